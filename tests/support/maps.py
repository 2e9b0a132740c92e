"""Maps of few states as tuples, composed by brute force: what shares nothing with the package."""

import itertools

import numpy as np

from negeig.automata.machines.machine import Machine


def then(first, second):
    return tuple(second[q] for q in first)


def generated(letters):
    elements = {tuple(range(len(letters[0])))}
    queue = list(elements)
    for x in queue:
        new = {then(x, a) for a in letters} - elements
        elements |= new
        queue += new
    return elements


def starts(letters):
    """States from which all states can be reached."""
    states = range(len(letters[0]))
    elements = generated(letters)
    return [q for q in states if {x[q] for x in elements} == set(states)]


def structures(n):
    """Pairs of maps, up to renaming states and letters, in which some state reaches all."""
    maps = list(itertools.product(range(n), repeat=n))
    seen = set()
    for pair in itertools.product(maps, repeat=2):
        if pair in seen:
            continue
        for order in itertools.permutations(range(n)):
            back = np.argsort(order)
            renamed = [tuple(order[f[back[q]]] for q in range(n)) for f in pair]
            seen |= {tuple(renamed), tuple(renamed[::-1])}
        if starts(pair):
            yield pair


def machine_of(letters, initial):
    n = len(letters[0])
    return Machine(
        alphabet="abcdefgh"[: len(letters)],
        transitions=[[f[q] for f in letters] for q in range(n)],
        initial=initial,
        outputs=range(n),
    ).minimal()
