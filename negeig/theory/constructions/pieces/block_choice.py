"""Blocks of registers to choose from, as cheap as possible, so that words are told apart.

A *block* is a set of registers that letters permute as they permute some points, with the places
that each letter overwrites. What is wanted comes one by one: pairs of words, at least one of which
must leave different contents.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.theory.constructions.pieces._passages_compiled import passages, telling
from negeig.theory.constructions.pieces.exploring import Letters
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

Pair: TypeAlias = tuple[Letters, Letters]
"""Two words."""


@dataclass
class _Family:
    """All blocks of one action: the sets of places that are overwritten, and what they tell."""

    back: NDArray[np.int8]
    writes: NDArray[np.int64]
    tells: list[int]

    @property
    def places(self) -> int:
        return int(self.back.shape[1])


class BlockChoice:
    """The blocks of some actions, and which of the pairs of words that came so far each tells.

    Parameters
    ----------
    letters : int
    actions : sequence of Action
        Those with too many letters times places are left out.
    work : Work
        Spent on sets of places tried on pairs.
    """

    def __init__(self, letters: int, actions: Sequence[Action], work: Work) -> None:
        self._letters, self._work = letters, work
        self.wanted = 0
        self._families = [
            self._family(action) for action in actions if letters * len(action[0]) <= MAX_WRITES
        ]

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
        return _Family(back, np.array(masks, dtype=np.int64), [0] * len(masks))

    def add(self, pairs: Iterable[Pair]) -> None:
        """Want at least one of some pairs told apart, and note which blocks do that."""
        pairs = tuple(pairs)
        for family in self._families:
            width = family.back.size + 2
            some = np.zeros(len(family.writes), dtype=np.bool_)
            tells = np.zeros(len(family.writes), dtype=np.bool_)
            for pair in pairs:
                found = np.zeros((2, family.places, width), dtype=np.int8)
                for word, rows in zip(pair, found, strict=True):
                    passages(family.back, np.array(word, dtype=np.int8), rows)
                telling(found[0], found[1], family.writes, tells)
                some |= tells
                self._work.spend(len(tells))
            for w in np.flatnonzero(some).tolist():
                family.tells[w] |= 1 << self.wanted
        self.wanted += 1

    def cheapest(self, excluded: AbstractSet[Chosen]) -> Chosen | None:
        """Return blocks that tell all that is wanted, of the fewest registers if that is easy.

        Otherwise those that tell the most for each register, one after the other. None where no
        blocks tell it, or those found are excluded.
        """
        every = (1 << self.wanted) - 1
        best: dict[tuple[int, int], Block] = {}
        for f, family in enumerate(self._families):
            # The last one that is put in a dictionary stays, and the first is wanted.
            backwards = range(len(family.tells) - 1, -1, -1)
            first = dict(zip(reversed(family.tells), backwards, strict=True))
            for tells, w in first.items():
                best.setdefault((family.places, tells), (f, w))
        blocks, tellers = _maximal(best, self.wanted)
        self._work.spend(sum(len(family.tells) for family in self._families) + len(best))
        if not blocks or every & ~_union(tells for _, tells, _ in blocks):
            return None
        by_pair = [tellers.of(1 << p) for p in range(self.wanted)]
        pairs = sorted(range(self.wanted), key=lambda p: len(by_pair[p]))
        smallest, largest = blocks[0][0], blocks[-1][0]
        left = MAX_COMBINED
        for registers in range(smallest, MAX_BLOCKS * largest + 1):
            stack: list[tuple[int, int, Chosen]] = [(every, registers, ())]
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
                # Where no second one fits beside it, it has to tell all that is missing.
                last = room < 2 * smallest
                for i in reversed(tellers.of(missing) if last else by_pair[hardest]):
                    places, tells, block = blocks[i]
                    if places <= room:
                        stack.append((missing & ~tells, room - places, (*chosen, block)))
            if left < 0:
                break
        self._work.spend(COMBINATION * (MAX_COMBINED - left))
        chosen, missing = (), every
        while missing:
            _, tells, block = max(blocks, key=lambda b: (b[1] & missing).bit_count() / b[0])
            chosen, missing = (*chosen, block), missing & ~tells
            self._work.spend(len(blocks))
        found = tuple(sorted(chosen))
        return None if found in excluded else found

    def rows(self, chosen: Chosen) -> Rows:
        """Return the rows of some blocks side by side."""
        return side_by_side([self._rows(self._families[f], w) for f, w in chosen])

    def _rows(self, family: _Family, choice: int) -> Rows:
        """Return the rows of one block, its places numbered from 1."""
        table = family.back + np.int8(1)
        writes = int(family.writes[choice])
        for write in range(table.size):
            if writes >> write & 1:
                table[write // family.places, write % family.places] = 0
        return table


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


class _Tellers:
    """Of some sets of pairs, which contain all of another one; sets are bits of numbers.

    Examples
    --------
    >>> tellers = _Tellers(4)
    >>> for tells in (0b011, 0b110, 0b111):
    ...     tellers.add(tells)
    >>> tellers.of(0b010), tellers.of(0b110), tellers.of(0b1000)
    ([0, 1, 2], [1, 2], [])
    """

    def __init__(self, pairs: int) -> None:
        self._number = 0
        self._by_pair = [0] * pairs

    def add(self, tells: int) -> None:
        for p in _bits(tells):
            self._by_pair[p] |= 1 << self._number
        self._number += 1

    def of(self, wanted: int) -> list[int]:
        """Return the numbers of the sets that contain all that is wanted, ascending."""
        return _bits(self._all(wanted))

    def any(self, wanted: int) -> bool:
        """Whether a set contains all that is wanted."""
        return self._all(wanted) != 0

    def _all(self, wanted: int) -> int:
        found = (1 << self._number) - 1
        while wanted and found:
            lowest = wanted & -wanted
            found &= self._by_pair[lowest.bit_length() - 1]
            wanted ^= lowest
        return found


def _bits(number: int) -> list[int]:
    """Numbers of the bits that are set, ascending."""
    return [i for i, bit in enumerate(reversed(f"{number:b}")) if bit == "1"]


def _maximal(
    best: dict[tuple[int, int], Block], pairs: int
) -> tuple[list[tuple[int, int, Block]], _Tellers]:
    """Keep the blocks that no other one of as few places equals in what it tells apart."""
    kept: list[tuple[int, int, Block]] = []
    tellers = _Tellers(pairs)
    for (places, tells), block in sorted(
        best.items(), key=lambda item: (item[0][0], -item[0][1].bit_count(), item[1])
    ):
        if tells and not tellers.any(tells):
            kept.append((places, tells, block))
            tellers.add(tells)
    return kept, tellers


def _union(sets: Iterable[int]) -> int:
    union = 0
    for bits in sets:
        union |= bits
    return union
