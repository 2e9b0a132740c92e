"""Comparing machines, and Boolean operations on acceptors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import colours
from negeig.claims import InputError, Letter, LimitReached, Word


def words(alphabet: Sequence[Letter], max_length: int) -> Iterator[Word]:
    """Yield every word up to a length, shorter ones first, letters in the order given.

    Examples
    --------
    >>> ["".join(word) for word in words("ab", 2)]
    ['', 'a', 'b', 'aa', 'ab', 'ba', 'bb']
    """
    for length in range(max_length + 1):
        yield from product(alphabet, repeat=length)


def reorder(machine: Machine, alphabet: Sequence[Letter]) -> Machine:
    """Return the same machine with its letters in another order; states keep their numbers.

    Raises InputError when ``alphabet`` is not a rearrangement of the machine's.

    Examples
    --------
    >>> first_a = Machine(alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0,
    ...                   outputs=[0, 1, 0])
    >>> reorder(first_a, "ba").transitions.tolist()
    [[2, 1], [1, 1], [2, 2]]
    """
    columns = letter_columns(machine.alphabet, tuple(alphabet), ("the machine", "the new order"))
    return Machine(
        alphabet=alphabet,
        transitions=machine.transitions[:, columns],
        initial=machine.initial,
        outputs=machine.outputs,
        points=None if machine.points is None else [machine.points[a] for a in columns],
    )


def difference(first: Machine, second: Machine) -> Word | None:
    """Return the shortest word on which the outputs differ, or None when there is none.

    Of several shortest words it is the first in the letter order of ``first``. The letters of
    ``second`` may be in another order.

    Pairs of states are visited breadth first, and a pair is skipped when earlier pairs already
    identify its two states (Hopcroft and Karp, A linear algorithm for testing equivalence of
    finite automata, 1971). A word that separates a skipped pair separates one of the earlier
    pairs, which an earlier word reaches, so no shorter word is lost. Complexity: near-linear,
    at most as many pairs as both machines have states, times letters.

    Raises
    ------
    InputError
        When the alphabets differ as sets, naming the letters each one lacks.

    Examples
    --------
    >>> even = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> empty = Machine(alphabet="a", transitions=[[1], [1]], initial=0, outputs=[1, 0])
    >>> difference(even, empty), difference(even, even)
    (('a', 'a'), None)
    """
    columns = letter_columns(
        second.alphabet, first.alphabet, ("the second machine", "the first machine")
    )
    shift = first.size
    joint = np.concatenate([first.transitions, second.transitions[:, columns] + shift])
    rows: list[list[int]] = joint.tolist()
    colour: list[int] = colours(first.outputs + second.outputs).tolist()

    parent = list(range(len(rows)))

    def root(state: int) -> int:
        while parent[state] != state:
            parent[state] = parent[parent[state]]
            state = parent[state]
        return state

    pairs = [(first.initial, second.initial + shift)]
    reached_by = [(0, 0)]  # the pair and the letter before, for reading the word backwards
    parent[first.initial] = second.initial + shift
    for i, (p, q) in enumerate(pairs):  # grows while it is walked
        if colour[p] != colour[q]:
            letters: list[Letter] = []
            while i:
                i, letter = reached_by[i]
                letters.append(first.alphabet[letter])
            return tuple(reversed(letters))
        for letter, (s, t) in enumerate(zip(rows[p], rows[q], strict=True)):
            a, b = root(s), root(t)
            if a != b:
                parent[a] = b
                pairs.append((s, t))
                reached_by.append((i, letter))
    return None


def equivalent(first: Machine, second: Machine) -> bool:
    """Whether two machines have the same outputs on every word; letters in any order.

    Raises and complexity as for :func:`difference`, which also names a word.

    Examples
    --------
    >>> even = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> equivalent(even, complement(complement(even))), equivalent(even, complement(even))
    (True, False)
    """
    return difference(first, second) is None


def combine(
    first: Machine,
    second: Machine,
    op: Callable[[int, int], int],
    *,
    max_states: int = 100_000,
) -> Machine:
    """Return the minimal acceptor whose output is ``op`` of the two outputs.

    Letters are in the order of ``first``; only reachable pairs of states are built.

    Raises
    ------
    InputError
        When an operand is not an acceptor or the alphabets differ as sets.
    LimitReached
        As soon as more than ``max_states`` pairs of states are reached.

    Examples
    --------
    >>> by2 = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> by3 = Machine(alphabet="a", transitions=[[1], [2], [0]], initial=0, outputs=[1, 0, 0])
    >>> combine(by2, by3, lambda x, y: x & y)
    Machine(6 states over a)
    """
    require_acceptors(first, second)
    columns = letter_columns(
        second.alphabet, first.alphabet, ("the second machine", "the first machine")
    )
    left: list[list[int]] = first.transitions.tolist()
    right: list[list[int]] = second.transitions[:, columns].tolist()
    pairs = [(first.initial, second.initial)]
    numbers = {pairs[0]: 0}
    table: list[list[int]] = []
    for p, q in pairs:  # grows while it is walked
        row = []
        for pair in zip(left[p], right[q], strict=True):
            number = numbers.setdefault(pair, len(pairs))
            if number == len(pairs):
                pairs.append(pair)
            row.append(number)
        table.append(row)
        if len(pairs) > max_states:
            raise LimitReached(
                "machine states", max_states, reached=len(pairs), option="--max-states"
            )
    return Machine(
        alphabet=first.alphabet,
        transitions=table,
        initial=0,
        outputs=[int(op(first.outputs[p], second.outputs[q])) for p, q in pairs],
    ).minimal()


def union(first: Machine, second: Machine, max_states: int = 100_000) -> Machine:
    """Return the minimal acceptor of the words that one or both accept.

    Raises and complexity as for :func:`combine`: at most the product of both sizes.

    Examples
    --------
    >>> by2 = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> union(by2, complement(by2)).outputs
    (1,)
    """
    return combine(first, second, lambda a, b: a | b, max_states=max_states)


def intersection(first: Machine, second: Machine, max_states: int = 100_000) -> Machine:
    """Return the minimal acceptor of the words that both accept; otherwise as :func:`union`.

    Examples
    --------
    >>> by2 = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> intersection(by2, complement(by2)).outputs
    (0,)
    """
    return combine(first, second, lambda a, b: a & b, max_states=max_states)


def subtract(first: Machine, second: Machine, max_states: int = 100_000) -> Machine:
    """Return the minimal acceptor of the first's words that the second refuses.

    Otherwise as :func:`union`.

    Examples
    --------
    >>> by2 = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> subtract(by2, by2).outputs
    (0,)
    """
    return combine(first, second, lambda a, b: a & (1 - b), max_states=max_states)


def symmetric_difference(first: Machine, second: Machine, max_states: int = 100_000) -> Machine:
    """Return the minimal acceptor of the words that exactly one accepts; otherwise as union.

    Examples
    --------
    >>> by2 = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> symmetric_difference(by2, complement(by2)).outputs
    (1,)
    """
    return combine(first, second, lambda a, b: a ^ b, max_states=max_states)


def complement(machine: Machine) -> Machine:
    """Return the acceptor of the words a given acceptor refuses; states keep their numbers.

    Raises InputError when the machine is not an acceptor.

    Examples
    --------
    >>> even = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> complement(even).outputs
    (0, 1)
    """
    require_acceptors(machine)
    return Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial,
        outputs=[1 - output for output in machine.outputs],
        points=machine.points,
    )


def require_acceptors(*machines: Machine) -> None:
    """Raise InputError showing an output other than 0 and 1 of every machine that has one."""
    problems = []
    for position, machine in zip(("first", "second"), machines, strict=False):
        if not machine.is_acceptor:
            which = f"the {position} machine" if len(machines) > 1 else "the machine"
            other = next(o for o in machine.outputs if type(o) is not int or o not in (0, 1))
            problems.append(f"{which} outputs {other!r}, expected an acceptor (outputs 0 and 1)")
    if problems:
        raise InputError("machine", problems)


def letter_columns(
    alphabet: tuple[Letter, ...], order: tuple[Letter, ...], names: tuple[str, str]
) -> list[int]:
    """Return where each letter of ``order`` is in ``alphabet``; InputError if the sets differ.

    Examples
    --------
    >>> letter_columns(("a", "b"), ("b", "a"), ("the machine", "the new order"))
    [1, 0]
    """
    where = {letter: column for column, letter in enumerate(alphabet)}
    problems = []
    for name, letters, others in ((names[0], alphabet, order), (names[1], order, alphabet)):
        lacking = set(others).difference(letters)
        if lacking:
            problems.append(f"{name} has no letter {', '.join(map(repr, sorted(lacking)))}")
    if len(set(order)) != len(order):
        problems.append(f"{names[1]} names a letter twice")
    if problems:
        raise InputError("alphabets differ", problems)
    return [where[letter] for letter in order]
