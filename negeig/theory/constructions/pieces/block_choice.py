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

from negeig.theory.constructions.pieces._choice_compiled import (
    cheapest_blocks,
    keep_maximal,
    released,
    take_most,
)
from negeig.theory.constructions.pieces._passages_compiled import tells_one
from negeig.theory.constructions.pieces.exploring import Letters
from negeig.theory.constructions.pieces.register_rows import Rows
from negeig.theory.constructions.pieces.transitive_actions import Action
from negeig.work import Work

COMMON = 720_720
"""A multiple of all numbers of places up to 16: shares of it are compared exactly."""

MAX_CHOICES = 4_096
"""Most sets of overwritten places of one action; those with fewer places first."""

MAX_WRITES = 62
"""Most letters times places of an action: sets of overwritten places are bits of a number."""

MAX_BLOCKS = 6
"""Most blocks of a cover."""

MAX_COMBINED, COMBINED, MAX_FAILED = 3_000, 8, 50
"""Most combinations of blocks looked at for one set of pairs, how many are a unit of work, and how
often in a row that may settle nothing before it is not tried again."""

FIRST, MAX_CHOSEN, GAINED = 6, 40, 256
"""Blocks with which a choice begins that takes what tells most, one after the other; most blocks
that are taken; and words of bits looked at for a unit of work."""

TELLING, RELEASED, KEPT = 8, 64, 2
"""Sets of places tried on a pair of words for a unit of work, and compared with one that tells as
much; the units of one that is compared with all that are kept."""

Bits: TypeAlias = NDArray[np.uint64]
"""For each of some blocks a row of bits, or one such row: which of what is wanted it tells."""

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
        self._failed = 0  # times in a row to find blocks of the fewest registers
        self._families = [
            self._family(action) for action in actions if letters * len(action[0]) <= MAX_WRITES
        ]
        self._blocks: list[Block] = [
            (f, w) for f, family in enumerate(self._families) for w in range(len(family.writes))
        ]
        counts = [len(family.writes) for family in self._families]
        self._places = np.repeat([family.places for family in self._families], counts)
        # For each block a row of bits: which of what is wanted it tells, and how much that is.
        self._tells = np.zeros((len(self._blocks), 1), dtype=np.uint64)
        self._told = np.zeros(len(self._blocks), dtype=np.int64)
        # In which block each is that tells no more than one of as few places, and those in none.
        self._inside = np.full(len(self._blocks), -1, dtype=np.int64)
        self._maximal_ones = np.zeros(0, dtype=np.int64)
        self._compared = 0  # of what is wanted

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
        return _Family(back, np.array(masks, dtype=np.int64))

    def add(self, pairs: Iterable[Pair]) -> None:
        """Want at least one of some pairs told apart, and note which blocks do that."""
        words = [word for pair in pairs for word in pair]
        letters = np.array(list(itertools.chain(*words)), dtype=np.int8)
        first = np.cumsum([0, *map(len, words)], dtype=np.int64)
        found_by = []
        for family in self._families:
            tells = np.zeros(len(family.writes), dtype=np.bool_)
            found = np.zeros((2, family.places, family.back.size + 2), dtype=np.int8)
            tried = tells_one(family.back, letters, first, family.writes, found, tells)
            self._work.spend(1 + tried // TELLING)
            found_by.append(tells)
        row, bit = divmod(self.wanted, 64)
        if row == self._tells.shape[1]:
            self._tells = np.pad(self._tells, ((0, 0), (0, row)))
        if found_by:
            told = np.concatenate(found_by)
            self._tells[told, row] |= np.uint64(1 << bit)
            self._told += told
        self.wanted += 1

    def cheapest(self, excluded: AbstractSet[Chosen]) -> Chosen | None:
        """Return blocks that tell all that is wanted, of the fewest registers if that is easy.

        Otherwise those that tell the most for each register, one after the other. None where no
        blocks tell it, or those found are excluded.
        """
        kept = self._kept()
        bits = self._tells[kept]
        every = np.bitwise_or.reduce(bits, axis=0, initial=np.uint64(0))
        if not len(kept) or sum(map(int.bit_count, every.tolist())) < self.wanted:
            return None
        found = None
        if self._failed < MAX_FAILED:
            found = self._fewest(kept, bits, every, excluded)
        self._failed = 0 if found is not None else self._failed + 1
        return self._greedy(kept, bits, every, excluded) if found is None else found

    def _fewest(
        self, kept: NDArray[np.int64], bits: Bits, every: Bits, excluded: AbstractSet[Chosen]
    ) -> Chosen | None:
        """Return blocks of the fewest registers; None where they are not found with ease.

        ``bits`` are those of the maximal blocks, which are ``kept``, and ``every`` has all of them.
        """
        places, words = self._places[kept], bits.shape[1]
        flags = np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little")[:, : self.wanted]
        by = np.nonzero(flags.T)[1]
        counts = flags.sum(axis=0, dtype=np.int64)
        first = np.concatenate([[0], np.cumsum(counts)])
        pairs = np.argsort(counts, kind="stable")
        number = {self._blocks[i]: n for n, i in enumerate(kept.tolist())} if excluded else {}
        avoided = np.full((len(excluded), MAX_BLOCKS), -1, dtype=np.int64)
        for row, known in zip(avoided, excluded, strict=True):
            if len(known) <= MAX_BLOCKS and all(block in number for block in known):
                row[: len(known)] = [number[block] for block in known]
        chosen = np.zeros(MAX_BLOCKS, dtype=np.int64)
        at, room = np.zeros_like(chosen), np.zeros_like(chosen)
        missing = np.zeros((MAX_BLOCKS + 1, words), dtype=np.uint64)
        missing[0] = every
        left = MAX_COMBINED
        for registers in range(int(places[0]), MAX_BLOCKS * int(places[-1]) + 1):
            count, steps = cheapest_blocks(
                bits,
                places,
                by,
                first,
                pairs,
                avoided,
                left,
                registers,
                chosen,
                at,
                room,
                missing,
            )
            left -= steps
            self._work.spend(steps // COMBINED)
            if count > 0:
                return self._named(kept, chosen[:count].tolist())
            if count < 0:
                break
        return None

    def _greedy(
        self, kept: NDArray[np.int64], bits: Bits, every: Bits, excluded: AbstractSet[Chosen]
    ) -> Chosen | None:
        """Return blocks each of which tells the most for each register of what is left to tell."""
        places = self._places[kept]
        weights = np.round(COMMON / places)
        best: tuple[int, Chosen] | None = None
        for first in np.argsort(-self._told[kept] / places, kind="stable")[:FIRST].tolist():
            chosen = np.zeros(MAX_CHOSEN, dtype=np.int64)
            count = take_most(bits, weights, every & ~bits[first], chosen)
            self._work.spend((1 + abs(count)) * bits.size // GAINED)
            own = [first, *chosen[:count].tolist()]
            for block in tuple(own):
                others = [other for other in own if other != block]
                if others and (np.bitwise_or.reduce(bits[others], axis=0) == every).all():
                    own = others
            found, registers = self._named(kept, own), int(places[own].sum())
            if count >= 0 and found not in excluded and (best is None or registers < best[0]):
                best = registers, found
        return None if best is None else best[1]

    def _named(self, kept: NDArray[np.int64], chosen: Sequence[int]) -> Chosen:
        """Return some of the maximal blocks, given by their numbers among these, in order."""
        return tuple(sorted(self._blocks[i] for i in kept[list(chosen)].tolist()))

    def maximal(self) -> tuple[list[Block], Bits]:
        """Return the blocks that no other of as few places equals in what it tells apart.

        Those of few places come first, and of these those that tell much. Each has a row of bits:
        which of what is wanted it tells.
        """
        kept = self._kept()
        return [self._blocks[i] for i in kept.tolist()], self._tells[kept]

    def _kept(self) -> NDArray[np.int64]:
        """Return the numbers of the maximal blocks; only what was wanted since is compared."""
        if self._compared < self.wanted:
            bits, inside = self._tells, self._inside
            found = np.zeros(len(inside), dtype=np.int64)
            rows = found[: released(bits, inside, self._compared // 64, found)]
            rows = rows[np.lexsort((-self._told[rows], self._places[rows]))]
            known = len(self._maximal_ones)
            kept = np.concatenate([self._maximal_ones, np.zeros_like(rows)])
            count = keep_maximal(bits, self._places, inside, rows, kept, known)
            kept = np.sort(kept[:count])
            self._maximal_ones = kept[np.lexsort((-self._told[kept], self._places[kept]))]
            self._work.spend(len(inside) // RELEASED + KEPT * len(rows))
            self._compared = self.wanted
        return self._maximal_ones

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
