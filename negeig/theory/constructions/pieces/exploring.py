"""Pairs of words that registers must tell apart, and what registers hold, explored."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.theory.constructions.pieces._cover_compiled import explore, scan, separates
from negeig.theory.constructions.pieces.register_rows import Rows

Letters: TypeAlias = tuple[int, ...]

Table: TypeAlias = NDArray[np.int32]
"""For every state or element of an automaton a row: where each letter leads."""

Numbers: TypeAlias = NDArray[np.int64]
"""A number for every code: 1, ..., n name what the registers hold at first, then come the codes
of what each letter writes to each register."""


def contents_of(numbers: Numbers, table: Rows) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return what the registers hold at first and what is written, numbers in place of codes."""
    n = table.shape[1]
    held = numbers.astype(np.int16)
    return held[1 : n + 1], held[n + 1 :].reshape(table.shape)


class Pairs:
    """Pairs of words that must leave different contents, in arrays that grow.

    Examples
    --------
    >>> pairs = Pairs()
    >>> pairs.add((0,), ())
    >>> table, rows = np.zeros((1, 1), dtype=np.int8), np.array([[1], [-1]], dtype=np.int8)
    >>> pairs.scan(rows, 0, 2, table, 0), table.tolist(), pairs.take_tests()
    (1, [[-1]], 2)
    """

    def __init__(self) -> None:
        self.count = 0
        self._tests = np.zeros(1, dtype=np.int64)
        self._words = np.zeros((8, 2, 8), dtype=np.int8)
        self._lengths = np.zeros((8, 2), dtype=np.int16)
        self._order = np.arange(8, dtype=np.int32)

    def add(self, one: Letters, two: Letters) -> None:
        """Add a pair of words."""
        count, _, longest = self._words.shape
        if self.count == count or max(len(one), len(two)) > longest:
            more = count if self.count == count else 0
            grown = max(longest, 2 * len(one), 2 * len(two))
            self._words = np.pad(self._words, ((0, more), (0, 0), (0, grown - longest)))
            self._lengths = np.pad(self._lengths, ((0, more), (0, 0)))
            self._order = np.append(self._order, np.arange(count, count + more, dtype=np.int32))
        self._words[self.count, 0, : len(one)] = one
        self._words[self.count, 1, : len(two)] = two
        self._lengths[self.count] = len(one), len(two)
        self.count += 1

    def scan(self, rows: Rows, start: int, stop: int, table: Rows, letter: int) -> int:
        """Put rows in the table until one tells all pairs apart: its number, ``stop`` if none."""
        return scan(
            rows,
            start,
            stop,
            table,
            letter,
            self._words,
            self._lengths,
            self._order,
            self.count,
            self._tests,
        )

    def confused(self, table: Rows) -> int:
        """Return the number of the first pair that rows do not tell apart, -1 if there is none."""
        for pair in range(self.count):
            if not separates(table, self._words, self._lengths, pair):
                return pair
        return -1

    def words(self, pair: int) -> tuple[Letters, Letters]:
        """Return the words of a pair, by its number."""
        one, two = (
            tuple(word[:length].tolist())
            for word, length in zip(self._words[pair], self._lengths[pair], strict=True)
        )
        return one, two

    def take_tests(self) -> int:
        """Return how many tests there were since the last call."""
        tests = int(self._tests[0])
        self._tests[0] = 0
        return tests


class Explorer:
    """Explores contents of registers in product with an automaton, in arrays that are kept.

    After a run ``contents`` and ``elements`` hold what was met, in the first ``count`` places.

    Parameters
    ----------
    most : int
        Most contents.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.count = 0
        self.contents = np.zeros((0, 0), dtype=np.int16)
        self.elements = np.zeros(most + 1, dtype=np.int32)
        self._before = np.zeros(most + 1, dtype=np.int32)
        self._by = np.zeros(most, dtype=np.int8)
        slots = 1 << (2 * most).bit_length()
        self._slots = np.zeros(slots, dtype=np.int32)
        self._marks = np.zeros(slots, dtype=np.int32)
        self._mark = 0
        self._out = np.zeros(4, dtype=np.int64)

    def run(
        self,
        table: Rows,
        letters: NDArray[np.int8],
        start: NDArray[np.int16],
        writes: NDArray[np.int16],
        products: Table,
        state: int,
        most: int | None = None,
    ) -> int:
        """Explore the words over some letters from given contents and the state with them.

        Return 1 where contents decide the state, 0 where not, -1 where they are too many.
        """
        if self.contents.shape[1] != len(start):
            self.contents = np.zeros((self.most + 1, len(start)), dtype=np.int16)
        self.contents[0], self.elements[0] = start, state
        self._mark += 1
        outcome = explore(
            table,
            writes,
            letters,
            products,
            self.contents,
            self.elements,
            self._before,
            self._by[:most],
            self._slots,
            self._marks,
            self._mark,
            self._out,
        )
        self.count = int(self._out[0])
        return outcome

    def pair(self) -> tuple[Letters, Letters]:
        """Return the two words of the last exploration that leave equal contents."""
        _, earlier, before, letter = self._out.tolist()
        return self._word(earlier), (*self._word(before), letter)

    def _word(self, number: int) -> Letters:
        word = []
        while self._before[number] >= 0:
            word.append(int(self._by[number]))
            number = int(self._before[number])
        return tuple(reversed(word))
