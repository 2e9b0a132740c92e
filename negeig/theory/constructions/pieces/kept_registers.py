"""Registers that tell words apart and have few contents, kept from one wish to the next.

What is wanted comes one by one, as for :mod:`.block_choice`: pairs of words, at least one of which
must leave different contents. Those registers are kept that tell what was wanted before; blocks
that tell the rest are added, and then every register is left out that is not needed any more. What
took over its contents is overwritten, so this is no longer a choice of whole blocks, and that makes
the contents few. Where they are many nevertheless, the registers are chosen anew some times, with
chance, and those with the fewest contents are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log2
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.theory.constructions.pieces._choice_compiled import take_most
from negeig.theory.constructions.pieces._kept_compiled import leave_out, untold
from negeig.theory.constructions.pieces._left_compiled import list_contents
from negeig.theory.constructions.pieces.block_choice import (
    GAINED,
    MAX_CHOSEN,
    Block,
    BlockChoice,
    Pair,
    side_by_side,
)
from negeig.theory.constructions.pieces.exploring import Letters, contents_of
from negeig.theory.constructions.pieces.register_rows import Rows
from negeig.theory.constructions.pieces.transitive_actions import Action
from negeig.work import Work

TRIES, FEW = 12, 3_000
"""How often registers are chosen, unless they have as few contents as this."""

MAX_LISTED = 3_000
"""Contents of a block by itself that are listed; one with more counts as one with twice as many."""

CHANCE, SEED, DIGITS = 1.5, 0, 6
"""By how much the logarithm of a block's weight varies, the seed of the numbers drawn, and to how
many digits weights are rounded: the last bits of an exponential are another processor's matter."""

COMPARED = 16
"""Contents compared for a unit of work."""


WantedArrays: TypeAlias = tuple[
    NDArray[np.int8], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]
]


class Wanted:
    """Sets of pairs of words, one of each set to be told apart, in arrays that grow."""

    def __init__(self) -> None:
        self._number: dict[Letters, int] = {}
        self._letters: list[int] = []
        self._first = [0]
        self._pairs: list[tuple[int, int]] = []
        self._crowds = [0]
        self._arrays: WantedArrays | None = None

    def add(self, pairs: Iterable[Pair]) -> None:
        """Add a set."""
        self._arrays = None
        for one, two in pairs:
            self._pairs.append((self._word(one), self._word(two)))
        self._crowds.append(len(self._pairs))

    def _word(self, word: Letters) -> int:
        number = self._number.setdefault(word, len(self._number))
        if number == len(self._first) - 1:
            self._letters += word
            self._first.append(len(self._letters))
        return number

    @property
    def arrays(self) -> WantedArrays:
        """The letters of all words, where each begins, the pairs, and where sets begin."""
        if self._arrays is None:
            pairs = np.array(self._pairs, dtype=np.int32).reshape(-1, 2)
            first, crowds = (np.array(x, dtype=np.int32) for x in (self._first, self._crowds))
            self._arrays = np.array(self._letters, dtype=np.int8), first, pairs, crowds
        return self._arrays


class KeptRegisters:
    """Registers in blocks moved by some actions, or in parts of blocks.

    Parameters
    ----------
    letters : int
    actions : sequence of Action
    most : int
        Most contents.
    work : Work
        Spent on contents listed and compared, and on blocks looked at.

    Notes
    -----
    A function of what was wanted, in its order: the numbers that are drawn have a fixed seed.

    Examples
    --------
    >>> kept = KeptRegisters(2, [((0,), (0,))], 100, Work("contents", 10**6))
    >>> kept.add([((0,), (1,))])  # the last letter
    >>> kept.rows().tolist()
    [[0], [1]]
    >>> kept.add([((0, 1), (0, 1, 0))])
    >>> kept.rows().tolist()
    [[0], [0]]
    """

    def __init__(self, letters: int, actions: Sequence[Action], most: int, work: Work) -> None:
        self._choice = BlockChoice(letters, actions, work)
        self._wanted, self._most, self._work = Wanted(), most, work
        self._kept = np.zeros((letters, 0), dtype=np.int8)
        self._costs: dict[Block, float] = {}
        self._random = np.random.default_rng(SEED)

    def add(self, pairs: Iterable[Pair]) -> None:
        """Want at least one of some pairs told apart."""
        pairs = tuple(pairs)
        self._choice.add(pairs)
        self._wanted.add(pairs)

    def rows(self) -> Rows | None:
        """Return registers that tell all that is wanted; None for none, or too many contents."""
        cheapest = self._choice.cheapest(frozenset())
        if cheapest is None:
            return None
        found = self._choice.rows(cheapest)
        contents = count_contents(found, FEW)
        self._work.spend(abs(contents))
        rows = found if contents >= 0 else self._fewest_contents()
        if rows is not None:
            self._kept = rows
        return rows

    def _fewest_contents(self) -> Rows | None:
        """Return those with the fewest contents among some choices; None where all have too many.

        The first choice adds to those that are kept.
        """
        blocks, bits = self._choice.maximal()
        every = np.bitwise_or.reduce(bits, axis=0)  # all that is wanted is told by some block
        missing = np.zeros_like(every)
        gone = np.zeros(self._kept.shape[1], dtype=np.bool_)
        used = np.zeros(bits_of(len(gone)), dtype=np.uint64)
        compared = untold(self._kept, gone, *self._wanted.arrays, used, missing)
        self._work.spend(compared // COMPARED)
        usual = weights = np.round(1 / np.array([self._cost(block) for block in blocks]), DIGITS)
        kept, best, most = self._kept, None, self._most
        for _ in range(TRIES):
            chosen = np.zeros(MAX_CHOSEN, dtype=np.int64)
            count = take_most(bits, weights, missing, chosen)
            self._work.spend((1 + abs(count)) * bits.size // GAINED)
            if count >= 0:
                added = [self._choice.rows((blocks[i],)) for i in chosen[:count].tolist()]
                rows = self._needed(side_by_side([kept, *added]))
                contents = count_contents(rows, most)
                self._work.spend(abs(contents))
                if contents >= 0:
                    best, most = rows, contents
                    if contents <= FEW:
                        break
            kept, missing = kept[:, :0], every.copy()
            factors = np.exp(self._random.uniform(-CHANCE, 0, len(usual)))
            weights = np.round(usual * factors, DIGITS)
        return best

    def _needed(self, rows: Rows) -> Rows:
        """Leave out registers that are not needed, in an order drawn by chance."""
        order = self._random.permutation(rows.shape[1])
        gone = np.zeros(rows.shape[1], dtype=np.bool_)
        wanted = self._wanted.arrays
        crowds = len(wanted[-1]) - 1
        used = np.zeros((2 * crowds, bits_of(len(gone))), dtype=np.uint64)
        changed = np.zeros(crowds, dtype=np.int64)
        self._work.spend(leave_out(rows, order, gone, *wanted, used, changed) // COMPARED)
        number = np.concatenate([[0], np.where(gone, 0, np.cumsum(~gone))]).astype(np.int8)
        return np.ascontiguousarray(number[rows[:, ~gone]])

    def _cost(self, block: Block) -> float:
        """Return how many bits tell the contents of a block by itself, and a little more."""
        if block not in self._costs:
            contents = count_contents(self._choice.rows((block,)), MAX_LISTED)
            self._work.spend(abs(contents))
            self._costs[block] = 0.2 + log2(contents if contents > 0 else -2 * contents)
        return self._costs[block]


def bits_of(count: int) -> int:
    """Return how many numbers of 64 bits hold a bit for each of so many things."""
    return -(-count // 64)


def targets_of_contents(rows: Rows, most: int) -> NDArray[np.int32] | None:
    """Return where each letter leads from each content of some registers, that at the start first.

    None for no fewer contents than ``most``. O(contents x letters x registers).
    """
    contents = np.zeros((most + 1, rows.shape[1]), dtype=np.int16)
    contents[0], writes = contents_of(np.arange(rows.size + rows.shape[1] + 1), rows)
    targets = np.zeros((most, len(rows)), dtype=np.int32)
    slots = np.full(1 << (2 * most).bit_length(), -1, dtype=np.int32)
    count = list_contents(rows, writes, contents, targets, slots)
    return None if count < 0 else targets[:count]


def count_contents(rows: Rows, most: int) -> int:
    """Return how many contents some registers have, and ``-most`` where that is no fewer."""
    targets = targets_of_contents(rows, most)
    return -most if targets is None else len(targets)
