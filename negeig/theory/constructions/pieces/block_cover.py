"""Covers made of blocks of registers, for a group that is known to allow one.

A *block* is a set of registers that letters permute as the group does some points, with the places
that each letter overwrites. The order of last passing of any two edges of the group's Cayley graph
is told by a block with two overwritten places, so blocks of the regular action with at most two
are enough (docs/theory/cover.md); actions on fewer points and more places need fewer registers.
Two words that leave equal contents and must be told apart are kept; the cheapest blocks that tell
all of these apart are tried next, until exploring their contents finds no further pair.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.theory.constructions.pieces._passages_compiled import passages, telling
from negeig.theory.constructions.pieces.exploring import (
    Explorer,
    Letters,
    Pairs,
    Table,
    contents_of,
)
from negeig.theory.constructions.pieces.register_rows import Rows
from negeig.theory.constructions.pieces.transitive_actions import Action
from negeig.work import Work

MAX_CHOICES = 4_096
"""Most sets of overwritten places of one action; those with fewer places first."""

MAX_WRITES = 62
"""Most letters times places of an action: sets of overwritten places are bits of a number."""

MAX_BLOCKS = 6
"""Most blocks of a cover."""

MAX_COMBINED, COMBINATION = 2_000, 10
"""Most combinations of blocks looked at for one set of pairs, and the work of one."""


Block: TypeAlias = tuple[int, int]
"""The number of an action, and of a set of places that are overwritten."""

Chosen: TypeAlias = tuple[Block, ...]


@dataclass
class _Family:
    """All blocks of one action: the sets of places that are overwritten, and what they tell."""

    action: Action
    back: NDArray[np.int8]
    writes: NDArray[np.int64]
    tells: list[int]

    @property
    def places(self) -> int:
        return int(self.back.shape[1])


class BlockSearch:
    """What is known about blocks for one machine: the pairs of words that must be told apart.

    Parameters
    ----------
    products : int32 array (elements, letters)
        The transition monoid's right Cayley graph. Element 0 is the identity, and column a
        multiplies by letter a.
    explorer : Explorer
    """

    def __init__(self, products: Table, explorer: Explorer) -> None:
        self._products, self._explorer = products, explorer
        self._letters = products.shape[1]
        # Every letter does something, so the first is told apart from no letter at all.
        self._pairs = Pairs()
        self._pairs.add((0,), ())

    def cover(self, actions: Sequence[Action], work: Work) -> Rows | None:
        """Return rows of registers that determine the element, moved as these actions are.

        None where no blocks of these actions do that are few enough and have few enough contents.
        ``work`` is spent on sets of places tried on pairs, and on contents explored.
        """
        self._work = work
        families = [
            self._family(action)
            for action in actions
            if self._letters * len(action[0]) <= MAX_WRITES
        ]
        count = 0
        pair: tuple[Letters, Letters] | None = self._pairs.words(0)
        excluded: set[Chosen] = set()
        while True:
            if pair is not None:
                self._add(families, pair, count)
                count += 1
            chosen = self._cheapest(families, (1 << count) - 1, excluded)
            if chosen is None:
                return None
            table = side_by_side([self._rows(families[f], w) for f, w in chosen])
            number = self._pairs.confused(table)
            work.spend(self._pairs.count)
            if number >= 0:
                pair = self._pairs.words(number)
                continue
            outcome = self._explore(table)
            if outcome > 0:
                return self._reduced(table)
            if outcome < 0:
                pair = None
                excluded.add(chosen)
                continue
            pair = self._explorer.pair()
            self._pairs.add(*pair)

    def _reduced(self, table: Rows) -> Rows:
        """Leave out registers that are not needed; what took over their contents is overwritten."""
        i = 0
        while i < table.shape[1]:
            less = without(table, i)
            if less.shape[1] and self._explore(less) > 0:
                table = less
            else:
                i += 1
        return table

    def _family(self, action: Action) -> _Family:
        places = len(action[0])
        back = np.zeros((self._letters, places), dtype=np.int8)
        for a, images in enumerate(action):
            back[a, list(images)] = range(places)
        masks: list[int] = []
        for size in range(self._letters * places + 1):
            if size > 2 and len(masks) + math.comb(self._letters * places, size) > MAX_CHOICES:
                break
            for chosen in itertools.combinations(range(self._letters * places), size):
                masks.append(sum(1 << write for write in chosen))
        return _Family(action, back, np.array(masks, dtype=np.int64), [0] * len(masks))

    def _add(self, families: Sequence[_Family], pair: tuple[Letters, Letters], number: int) -> None:
        """Note which blocks tell a further pair apart."""
        for family in families:
            width = family.back.size + 2
            found = np.zeros((2, family.places, width), dtype=np.int8)
            for word, rows in zip(pair, found, strict=True):
                passages(family.back, np.array(word, dtype=np.int8), rows)
            tells = np.zeros(len(family.writes), dtype=np.bool_)
            telling(found[0], found[1], family.writes, tells)
            self._work.spend(len(tells))
            for w in np.flatnonzero(tells).tolist():
                family.tells[w] |= 1 << number

    def _cheapest(
        self, families: Sequence[_Family], wanted: int, excluded: set[Chosen]
    ) -> Chosen | None:
        """Return blocks that tell all wanted pairs apart, of the fewest registers if that is easy.

        Otherwise those that tell the most pairs apart for each register, one after the other.
        """
        best: dict[tuple[int, int], Block] = {}
        for f, family in enumerate(families):
            for w, tells in enumerate(family.tells):
                key = family.places, tells & wanted
                if key not in best:
                    best[key] = f, w
        blocks = _maximal(best)
        self._work.spend(sum(len(family.tells) for family in families) + len(best))
        if not blocks or wanted & ~_union(tells for _, tells, _ in blocks):
            return None
        by_pair = [
            [block for block in reversed(blocks) if block[1] >> p & 1]
            for p in range(wanted.bit_length())
        ]
        pairs = sorted(range(wanted.bit_length()), key=lambda p: len(by_pair[p]))
        smallest, largest = blocks[0][0], blocks[-1][0]
        left = MAX_COMBINED
        for registers in range(smallest, MAX_BLOCKS * largest + 1):
            stack: list[tuple[int, int, Chosen]] = [(wanted, registers, ())]
            while stack:
                missing, room, chosen = stack.pop()
                if not missing:
                    found = tuple(sorted(chosen))
                    if found not in excluded:
                        return found
                    continue
                if room < smallest:
                    continue
                hardest = next(p for p in pairs if missing >> p & 1)
                left -= 1
                for places, tells, block in by_pair[hardest]:
                    if places <= room:
                        stack.append((missing & ~tells, room - places, (*chosen, block)))
            if left < 0:
                break
        self._work.spend(COMBINATION * (MAX_COMBINED - left))
        chosen, missing = (), wanted
        while missing:
            _, tells, block = max(blocks, key=lambda b: (b[1] & missing).bit_count() / b[0])
            chosen, missing = (*chosen, block), missing & ~tells
            self._work.spend(len(blocks))
        found = tuple(sorted(chosen))
        return None if found in excluded else found

    def _rows(self, family: _Family, choice: int) -> Rows:
        """Return the rows of one block, its places numbered from 1."""
        table = family.back + np.int8(1)
        writes = int(family.writes[choice])
        for write in range(table.size):
            if writes >> write & 1:
                table[write // family.places, write % family.places] = 0
        return table

    def _explore(self, table: Rows) -> int:
        start, writes = contents_of(np.arange(table.size + table.shape[1] + 1), table)
        letters = np.arange(self._letters, dtype=np.int8)
        outcome = self._explorer.run(table, letters, start, writes, self._products, 0)
        self._work.spend(self._explorer.count)
        return outcome


def side_by_side(blocks: Sequence[Rows]) -> Rows:
    """Return the rows of the registers of all blocks, those of the first block first."""
    parts = []
    before = 0
    for block in blocks:
        parts.append(np.where(block == 0, 0, block + before).astype(np.int8))
        before += block.shape[1]
    return np.concatenate(parts, axis=1) if parts else np.zeros((0, 0), dtype=np.int8)


def without(table: Rows, register: int) -> Rows:
    """Return the rows of all other registers, of which none takes a content from this one.

    Examples
    --------
    >>> without(np.array([[2, 3, 1]], dtype=np.int8), 1).tolist()
    [[0, 1]]
    """
    gone = register + 1
    rest = np.delete(table, register, axis=1)
    return np.where(rest == gone, 0, rest - (rest > gone)).astype(np.int8)


def _maximal(
    best: dict[tuple[int, int], Block],
) -> list[tuple[int, int, Block]]:
    """Keep the blocks that no other one of as few places equals in what it tells apart."""
    kept: list[tuple[int, int, Block]] = []
    for (places, tells), block in sorted(
        best.items(), key=lambda item: (item[0][0], -item[0][1].bit_count(), item[1])
    ):
        if tells and not any(tells & ~other == 0 for _, other, _ in kept):
            kept.append((places, tells, block))
    return kept


def _union(sets: Iterable[int]) -> int:
    union = 0
    for bits in sets:
        union |= bits
    return union
