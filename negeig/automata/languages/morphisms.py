"""Replacing every letter by a word: images and inverse images of machines.

A map of letters is a mapping from each letter to a word: a sequence of letters, so that a string is
one of single characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from negeig.automata.languages.reachability import live
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.nfa import NFA, determinize
from negeig.automata.machines.operations import require_acceptors
from negeig.automata.machines.size import check_size
from negeig.claims import InputError, Letter

LetterMap = Mapping[Letter, Sequence[Letter]]


def image(
    machine: Machine,
    mapping: LetterMap,
    alphabet: Sequence[Letter] = (),
    max_states: int = 100_000,
) -> Machine:
    """Return the minimal acceptor of the words of a language with every letter replaced.

    Parameters
    ----------
    machine : Machine
        An acceptor.
    mapping : mapping
        The word, maybe empty, that replaces each letter of the machine, and no others.
    alphabet : sequence of str
        Letters of the result; those that occur in the mapping follow, in order of appearance.

    Raises
    ------
    InputError
        Not an acceptor, a letter without a word, a word without a letter, or no letter at all in
        the result.
    LimitReached
        When a machine on the way would have more than ``max_states`` states: in general the result
        is exponentially larger than the operand.

    Examples
    --------
    >>> odd = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[0, 1])
    >>> image(odd, {"a": "xy"}).accepts("xyxyxy")
    True
    """
    require_acceptors(machine)
    problems = [f"no word for the letter {a!r}" for a in machine.alphabet if a not in mapping]
    problems += [
        f"a word for {a!r}, which is no letter of the machine"
        for a in mapping
        if a not in machine.alphabet
    ]
    if problems:
        raise InputError("map of letters", problems)
    replaced = [tuple(mapping[a]) for a in machine.alphabet]
    letters = tuple(dict.fromkeys([*alphabet, *(x for word in replaced for x in word)]))
    if not letters:
        raise InputError(
            "map of letters", "every letter becomes the empty word; name an alphabet of the result"
        )
    numbers = {x: i for i, x in enumerate(letters)}
    words = [[numbers[x] for x in word] for word in replaced]
    check_size(1, machine.size * sum(map(len, words)), max_states, "the image")

    edges: list[dict[int, set[int]]] = [{} for _ in range(machine.size)]
    epsilon: list[list[int]] = [[] for _ in range(machine.size)]
    alive = live(machine).tolist()
    for q, row in enumerate(machine.transitions.tolist()):
        for word, target in zip(words, row, strict=True):
            if not alive[target]:
                continue
            state = q
            for x in word[:-1]:
                edges[state].setdefault(x, set()).add(len(edges))
                state = len(edges)
                edges.append({})
                epsilon.append([])
            if word:
                edges[state].setdefault(word[-1], set()).add(target)
            else:
                epsilon[q].append(target)
    nfa = NFA(
        alphabet=letters,
        transitions=tuple({x: tuple(ts) for x, ts in row.items()} for row in edges),
        initial=frozenset({machine.initial}),
        accepting=frozenset(q for q, output in enumerate(machine.outputs) if output),
        epsilon=tuple(map(tuple, epsilon)),
    )
    return determinize(nfa, max_states).minimal()


def inverse_image(machine: Machine, mapping: LetterMap) -> Machine:
    """Return the minimal machine that outputs, on a word, what a machine does on its replacement.

    Its letters are those of the mapping, in its order. For every machine, acceptor or not; it has
    no more states than the machine. Complexity: states times the length of all words, and one
    minimisation.

    Raises
    ------
    InputError
        The mapping is empty, or a word has a letter that is not the machine's.

    Examples
    --------
    >>> odd = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[0, 1])
    >>> inverse_image(odd, {"1": "a", "2": "aa", "0": ""}).run(["1", "2", "0", "1"])
    (0, 1, 1, 1, 0)
    """
    columns = {letter: i for i, letter in enumerate(machine.alphabet)}
    problems = [
        f"the word of {a!r} has {x!r}, which is no letter of the machine"
        for a, word in mapping.items()
        for x in dict.fromkeys(word)
        if x not in columns
    ]
    if problems or not mapping:
        raise InputError("map of letters", problems or "there is no letter")
    table = np.empty((machine.size, len(mapping)), dtype=np.int32)
    for i, word in enumerate(mapping.values()):
        states = np.arange(machine.size, dtype=np.int32)
        for x in word:
            states = machine.transitions[states, columns[x]]
        table[:, i] = states
    return Machine(
        alphabet=tuple(mapping),
        transitions=table,
        initial=machine.initial,
        outputs=machine.outputs,
    ).minimal()
