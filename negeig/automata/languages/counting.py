"""How many words a machine accepts, which ones, and a random one.

Without ``outputs`` the machine must be an acceptor, and the words are those it accepts; with
``outputs`` they are the words after which the output is one of these. Numbers are exact.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import count as counter
from itertools import islice

import numpy as np

from negeig.automata.languages.reachability import States, reachable, reaching
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import colours
from negeig.automata.machines.operations import require_acceptors
from negeig.claims import InputError, LimitReached, Output, Word

LARGEST_RECURRENCE = 1000
"""States up to which a characteristic polynomial is computed: it takes seconds there."""


def counts(machine: Machine, *, outputs: Sequence[Output] = ()) -> Iterator[int]:
    """Yield the number of words of length 0, 1, 2, ..., without end.

    Complexity: each takes O(states x letters) additions of integers, which grow by log2(letters)
    bits for each length.

    Examples
    --------
    >>> no_aa = Machine(alphabet="ab", transitions=[[1, 0], [2, 0], [2, 2]], initial=0,
    ...                 outputs=[1, 1, 0])
    >>> list(islice(counts(no_aa), 8))
    [1, 2, 3, 5, 8, 13, 21, 34]
    """
    accepted: list[int] = _goal(machine, outputs).astype(int).tolist()
    rows: list[list[int]] = machine.transitions.tolist()
    while True:
        yield accepted[machine.initial]
        accepted = [sum(accepted[target] for target in row) for row in rows]


def count(machine: Machine, length: int, *, outputs: Sequence[Output] = ()) -> int:
    """Return the number of words of one length.

    Long lengths are reduced by the recurrence whose coefficients are those of the characteristic
    polynomial of the minimal machine's adjacency matrix: x^length modulo that polynomial, by
    repeated squaring (Fiduccia, An efficient formula for linear recurrences, 1985). Complexity:
    O(log length) products of polynomials of that degree; for short lengths, and above
    LARGEST_RECURRENCE states, as :func:`counts`.

    Examples
    --------
    >>> even = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])
    >>> [count(even, length) for length in range(5)], count(even, 100_000) == 2**99_999
    ([1, 1, 2, 4, 8], True)
    """
    _check_length(length)
    goal = _goal(machine, outputs)
    minimal = Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial,
        outputs=goal.astype(int).tolist(),
    ).minimal()
    if length <= 2 * minimal.size or minimal.size > LARGEST_RECURRENCE:
        return next(islice(counts(minimal), length, None))
    from flint import fmpz_mat, fmpz_poly

    adjacency = np.zeros((minimal.size, minimal.size), dtype=np.int64)
    for column in minimal.transitions.T:
        adjacency[np.arange(minimal.size), column] += 1
    polynomial = fmpz_mat(adjacency.tolist()).charpoly()
    power = fmpz_poly([1])
    for bit in f"{length:b}":
        power = power * power % polynomial
        if bit == "1":
            power = power * fmpz_poly([0, 1]) % polynomial
    first = islice(counts(minimal), minimal.size)
    return sum(int(c) * number for c, number in zip(power.coeffs(), first, strict=False))


def accepted_words(
    machine: Machine,
    min_length: int = 0,
    max_length: int | None = None,
    *,
    outputs: Sequence[Output] = (),
    max_memory: int = 4 << 30,
) -> Iterator[Word]:
    """Yield the words in order of length, then of letters.

    Without ``max_length`` the words of a finite language end, and others go on for ever. Letters
    after which no word of the right length is left are never tried, so the next word takes
    O(length x letters), and a length of which there is no word O(states x letters) before the next
    is looked at. Memory: one byte for each state and each length up to the current one; raises
    LimitReached when that is more than ``max_memory``.

    Examples
    --------
    >>> ends_b = Machine(alphabet="ab", transitions=[[0, 1], [0, 1]], initial=0, outputs=[0, 1])
    >>> ["".join(word) for word in islice(accepted_words(ends_b), 7)]
    ['b', 'ab', 'bb', 'aab', 'abb', 'bab', 'bbb']
    """
    goal = _goal(machine, outputs)
    # No word of a finite language is as long as there are states: it would repeat one.
    if max_length is None and is_finite(machine, outputs=outputs):
        max_length = machine.size - 1
    rows: list[list[int]] = machine.transitions.tolist()
    possible = [goal]  # where there is a word of exactly this length
    for length in counter() if max_length is None else range(max_length + 1):
        if length == len(possible):
            _check_memory(length, length * machine.size, max_memory)
            possible.append(np.any(possible[-1][machine.transitions], axis=1))
        if length >= min_length and possible[length][machine.initial]:
            for columns in _of_length(rows, possible, machine.initial, length):
                yield tuple(machine.alphabet[column] for column in columns)


def random_words(
    machine: Machine,
    length: int,
    seed: int,
    *,
    outputs: Sequence[Output] = (),
    max_memory: int = 4 << 30,
) -> Iterator[Word]:
    """Yield random words of one length without end, each with the same probability.

    The probabilities are exact, from exact counts and whole random numbers; one seed gives the same
    words everywhere. Complexity: O(length x states x letters) additions first, which are kept, then
    O(length x letters) for each word.

    Raises
    ------
    InputError
        There is no word of this length.
    LimitReached
        The counts would take more than about ``max_memory`` bytes.

    Examples
    --------
    >>> no_aa = Machine(alphabet="ab", transitions=[[1, 0], [2, 0], [2, 2]], initial=0,
    ...                 outputs=[1, 1, 0])
    >>> ["".join(word) for word in islice(random_words(no_aa, 6, seed=1), 3)]
    ['abbabb', 'bbbbab', 'ababbb']
    """
    _check_length(length)
    # A number counts words of at most this length, and half of it on the average.
    bits = length * (len(machine.alphabet) - 1).bit_length() // 2
    _check_memory(length, length * machine.size * (40 + bits // 8), max_memory)
    rows: list[list[int]] = machine.transitions.tolist()
    ways: list[list[int]] = [_goal(machine, outputs).astype(int).tolist()]
    for _ in range(length):
        ways.append([sum(ways[-1][target] for target in row) for row in rows])
    total = ways[length][machine.initial]
    if total == 0:
        raise InputError("", f"there is no word of length {length}; ask for another (--length)")
    source = random.Random(seed)
    while True:
        rank, state = source.randrange(total), machine.initial
        word = []
        for ahead in reversed(ways[:length]):
            column = 0
            while rank >= ahead[rows[state][column]]:
                rank -= ahead[rows[state][column]]
                column += 1
            word.append(machine.alphabet[column])
            state = rows[state][column]
        yield tuple(word)


def is_empty(machine: Machine, *, outputs: Sequence[Output] = ()) -> bool:
    """Whether there is no word. Complexity: linear in the table.

    Examples
    --------
    >>> machine = Machine(alphabet="a", transitions=[[0], [0]], initial=0, outputs=[0, 1])
    >>> is_empty(machine)
    True
    """
    return not bool((_goal(machine, outputs) & reachable(machine)).any())


def is_universal(machine: Machine, *, outputs: Sequence[Output] = ()) -> bool:
    """Whether it is every word. Complexity: linear in the table.

    Examples
    --------
    >>> machine = Machine(alphabet="a", transitions=[[0], [0]], initial=0, outputs=[1, 0])
    >>> is_universal(machine)
    True
    """
    return not bool((~_goal(machine, outputs) & reachable(machine)).any())


def is_finite(machine: Machine, *, outputs: Sequence[Output] = ()) -> bool:
    """Whether there are finitely many words. Complexity: linear in the table.

    Examples
    --------
    >>> only_a = Machine(alphabet="a", transitions=[[1], [2], [2]], initial=0, outputs=[0, 1, 0])
    >>> is_finite(only_a), is_finite(only_a, outputs=[0])
    (True, False)
    """
    return number_of_words(machine, outputs=outputs) is not None


def number_of_words(machine: Machine, *, outputs: Sequence[Output] = ()) -> int | None:
    """Return how many words there are, or None when they are infinitely many.

    They are finitely many exactly when no cycle goes through a state that can be reached and leads
    to a word's end. Complexity: linear in the table, in additions of integers.

    Examples
    --------
    >>> at_most_two = Machine(alphabet="ab", transitions=[[1, 1], [2, 2], [3, 3], [3, 3]],
    ...                       initial=0, outputs=[1, 1, 1, 0])
    >>> number_of_words(at_most_two), number_of_words(at_most_two, outputs=[0])
    (7, None)
    """
    goal = _goal(machine, outputs)
    useful = reachable(machine) & reaching(machine.transitions, np.flatnonzero(goal).tolist())
    rows: list[list[int]] = machine.transitions.tolist()
    entered = [0] * machine.size
    for state in np.flatnonzero(useful).tolist():
        for target in rows[state]:
            entered[target] += 1
    # Topological order; along it, the number of words that lead to each state.
    words = [0] * machine.size
    words[machine.initial] = 1
    order = [machine.initial] if useful[machine.initial] and not entered[machine.initial] else []
    for state in order:  # grows while it is walked
        for target in rows[state]:
            words[target] += words[state]
            entered[target] -= 1
            if useful[target] and not entered[target]:
                order.append(target)
    if len(order) < int(useful.sum()):
        return None
    return sum(words[state] for state in order if goal[state])


def _check_length(length: int) -> None:
    if length < 0:
        raise InputError("", f"the length of a word is at least 0, found {length}")


def _check_memory(length: int, needed: int, max_memory: int) -> None:
    if needed > max_memory:
        raise LimitReached(
            "memory of the counts in bytes",
            max_memory,
            reached=needed,
            option="--max-memory",
            detail=f"words of length {length:,}",
        )


def _goal(machine: Machine, outputs: Sequence[Output]) -> States:
    """Return the states with one of the outputs; without any, the accepting ones."""
    if not outputs:
        require_acceptors(machine)
    wanted = list(outputs) or [1]
    colour = colours([*wanted, *machine.outputs])
    flags: States = np.isin(colour[len(wanted) :], colour[: len(wanted)])
    return flags


def _of_length(
    rows: list[list[int]], possible: list[States], initial: int, length: int
) -> Iterator[list[int]]:
    """Yield the words of one length as columns, in order, with a stack instead of recursion."""
    word: list[int] = []
    states = [initial]
    column = 0  # the next one to try
    while True:
        if len(word) < length:
            row, ahead = rows[states[-1]], possible[length - len(word) - 1]
            while column < len(row) and not ahead[row[column]]:
                column += 1
            if column < len(row):
                word.append(column)
                states.append(row[column])
                column = 0
                continue
        else:
            yield word
        if not word:
            return
        column = word.pop() + 1
        states.pop()
