"""Chains of registers: contents move on from one to the next, all with the eigenvalue 0.

A register keeps what it holds on some letters. On one other letter it may take what the register
before it held, which that letter replaces too; on all further letters it is overwritten. So the
end of a chain knows the last letter that it does not keep, and where that is the letter that moves,
what the register before it knew then. Registers that begin alike are shared: chains form a forest.

To take a content over, a register is erased and a projection leaves half the content in both; the
register before it is replaced next. Chains only lead away from their roots, so no content is halved
for ever, and there are finitely many.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from negeig.theory.constructions.pieces.register_rows import Rows
from negeig.theory.factors.factorisation import ONE, ZERO, overwrite
from negeig.theory.networks.network import DeltaStep

Chain: TypeAlias = tuple[tuple[int, int], ...]
"""A register, by its chain from the root: the letters that each keeps, as bits, and the letter on
which it takes over what the one before it held, -1 for the root."""

Forest: TypeAlias = frozenset[Chain]
"""Registers; with each all those before it in its chain."""

Letters: TypeAlias = tuple[int, ...]

HALF = Fraction(1, 2)

MAX_LISTED = 4
"""Most letters for which all sets of letters to keep are tried."""


def steps_of(forest: Forest, letters: int) -> tuple[int, ...]:
    """Return the steps of each letter: one to replace a content, and one more to take one over.

    Examples
    --------
    >>> steps_of(frozenset({((0, -1),), ((0, -1), (0b10, 0))}), 2)
    (3, 1)
    """
    return tuple(
        sum(not kept >> a & 1 for kept, _ in ends) + sum(moved == a for _, moved in ends)
        for ends in [[chain[-1] for chain in forest]]
        for a in range(letters)
    )


def cost_of(forest: Forest, letters: int) -> tuple[int, int]:
    """Return the steps a token and the number of registers."""
    return max(steps_of(forest, letters), default=0), len(forest)


def numbered(forest: Forest) -> list[Chain]:
    """Return the registers in a fixed order, those nearer to a root first."""
    return sorted(forest, key=lambda chain: (len(chain), chain))


def rows_of(forest: Forest, letters: int) -> Rows:
    """Return where the content of each register comes from: a letter a row, as in registers.py."""
    chains = numbered(forest)
    number = {chain: i for i, chain in enumerate(chains)}
    table = np.zeros((letters, len(chains)), dtype=np.int8)
    for i, chain in enumerate(chains):
        kept, moved = chain[-1]
        for a in range(letters):
            table[a, i] = i + 1 if kept >> a & 1 else 0
        if moved >= 0:
            table[moved, i] = number[chain[:-1]] + 1
    return table


def halvings(forest: Forest) -> list[int]:
    """Return how often each register's contents have been halved when they come to it.

    Registers that take over one content do so one after the other, each half of what is left.
    """
    chains = numbered(forest)
    found: dict[Chain, int] = {}
    taken: dict[tuple[Chain, int], int] = {}
    for chain in chains:
        before, (_, moved) = chain[:-1], chain[-1]
        if not before:
            found[chain] = 0
            continue
        taken[before, moved] = taken.get((before, moved), 0) + 1
        found[chain] = found[before] + taken[before, moved]
    return [found[chain] for chain in chains]


def chain_steps(forest: Forest, letter: int, writes: Sequence[int]) -> tuple[DeltaStep, ...]:
    """Return the delta steps of a letter, all of eigenvalue 0; ``writes`` are before the halving.

    Examples
    --------
    >>> root, end = ((0, -1),), ((0, -1), (0, 0))
    >>> state = (Fraction(6), Fraction(9))
    >>> for step in chain_steps(frozenset({root, end}), 0, (4, 0)):
    ...     state = step.apply(state)
    >>> [str(x) for x in state]
    ['4', '3']
    """
    chains = numbered(forest)
    number = {chain: i for i, chain in enumerate(chains)}
    scale = [HALF**times for times in halvings(forest)]
    dim = len(chains)
    steps: list[DeltaStep] = []
    # The ends first: a register is replaced once all that take over its content have done so.
    for length in range(max(map(len, chains), default=0), 0, -1):
        for i, chain in enumerate(chains):
            kept, moved = chain[-1]
            if len(chain) != length or kept >> letter & 1:
                continue
            if moved == letter:
                steps.append(overwrite(dim, i, ZERO))
                steps.append(_average(dim, i, number[chain[:-1]]))
            else:
                steps.append(overwrite(dim, i, writes[i] * scale[i]))
    return tuple(steps)


def _average(dim: int, i: int, j: int) -> DeltaStep:
    """Put the mean of two registers into both: a projection."""
    key = tuple(ONE if k == i else -ONE if k == j else ZERO for k in range(dim))
    return DeltaStep(HALF, key, ZERO)


def all_chains(letters: int, longest: int) -> Forest:
    """Return all chains of at most so many registers; no link keeps the letter that moves it on.

    Examples
    --------
    >>> [len(all_chains(2, longest)) for longest in (1, 2, 3)]
    [3, 11, 35]
    """
    every = (1 << letters) - 1
    last: list[Chain] = [((kept, -1),) for kept in range(every)]
    found = set(last)
    for _ in range(longest - 1):
        last = [
            (*chain, (kept, a))
            for chain in last
            for a in range(letters)
            for kept in range(every)
            if not (kept | chain[-1][0]) >> a & 1
        ]
        found.update(last)
    return frozenset(found)


def tells_apart(forest: Forest, one: Letters, two: Letters) -> bool:
    """Whether two words leave different contents, where all that is written or begins differs."""
    return any(_content(chain, one) != _content(chain, two) for chain in forest)


def _content(chain: Chain, word: Letters) -> tuple[int, int]:
    """Return which register's content it was, and the letter that wrote it; -1 for the start."""
    place = len(chain) - 1
    for a in reversed(word):
        kept, moved = chain[place]
        if kept >> a & 1:
            continue
        if a != moved:
            return place, a
        place -= 1
    return place, -1


def separating(one: Letters, two: Letters, letters: int, longest: int) -> Iterator[Chain]:
    """Yield chains of at most so many registers whose ends two words leave different.

    Shorter chains first. All of them for at most ``MAX_LISTED`` letters; for more, of those that
    look at the same letters of the words the ones that keep the fewest and the most.
    """
    # Where in each word an end of a chain is to be read, and the letter by which it is left.
    places: list[tuple[int, int, int, Chain]] = [(len(one), len(two), -1, ())]
    for _ in range(longest):
        further = []
        for i, j, by, after in places:
            for kept in _kept(one[:i], two[:j], by, letters):
                s, t = _last(one, i, kept), _last(two, j, kept)
                x, y = (one[s] if s >= 0 else -1), (two[t] if t >= 0 else -1)
                if x != y:
                    yield _chain(((kept, by), *after))
                elif x >= 0:
                    further.append((s, t, x, ((kept, by), *after)))
        places = further


def _chain(links: Sequence[tuple[int, int]]) -> Chain:
    """Give each register the letter by which the one before it is left."""
    letters = [-1, *(by for _, by in links[:-1])]
    return tuple((kept, by) for (kept, _), by in zip(links, letters, strict=True))


def _last(word: Letters, end: int, kept: int) -> int:
    """Return the place of the last letter before an end that is not kept, or -1."""
    for i in range(end - 1, -1, -1):
        if not kept >> word[i] & 1:
            return i
    return -1


def _kept(one: Letters, two: Letters, by: int, letters: int) -> list[int]:
    """Return sets of letters to keep, without the one by which the register is left."""
    every = (1 << letters) - 1
    allowed = every & ~(1 << by) if by >= 0 else every
    if letters <= MAX_LISTED:
        return [kept for kept in range(every) if kept & ~allowed == 0]
    found: dict[int, None] = {}
    for least in {x | y for x in _suffix_sets(one) for y in _suffix_sets(two)}:
        if not least & ~allowed:
            left = [word[at] for word in (one, two) if (at := _last(word, len(word), least)) >= 0]
            found |= {least: None, allowed & ~sum(1 << a for a in set(left)): None}
    found.pop(every, None)
    return sorted(found)


def _suffix_sets(word: Letters) -> list[int]:
    """Return the sets of letters of the suffixes of a word, smaller first."""
    sets = [0]
    for a in reversed(word):
        if not sets[-1] >> a & 1:
            sets.append(sets[-1] | 1 << a)
    return sets
