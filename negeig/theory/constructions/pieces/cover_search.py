"""The fewest registers that determine a machine's state: an exhaustive search, size by size.

A *cell* is a number of steps a token and a number of registers. Within a cell all systems of
registers are tried, letter by letter: a row for the first letter, one for each class up to
renumbering, then all rows for the second, and so on. What refuses a choice is a pair of words over
the letters that have rows so far which must be told apart and are not; the pairs are found by
exploring what the registers hold in product with the transition monoid, and every pair is kept for
all later choices. So a cell ends with a cover, or with the knowledge that it has none.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Mapping

import numpy as np

from negeig.claims import LimitReached
from negeig.theory.constructions.pieces._cover_compiled import has_smaller
from negeig.theory.constructions.pieces.covering import Cover, with_few_values
from negeig.theory.constructions.pieces.exploring import Explorer, Pairs, Table, contents_of
from negeig.theory.constructions.pieces.register_rows import (
    Kind,
    Renumberings,
    Rows,
    count_rows,
    fixing,
    renumberings,
    representatives,
    rows_of,
)
from negeig.work import LOG_GROWTH, Work

CONTENTS = "contents of the registers of a cover"

MAX_CONTENTS = 20_000
"""Most contents of the registers of one cover at effort 1; four times as many each step up."""

MOST_CONTENTS = 1 << 20
"""Most contents of the registers of one cover at any effort: what fits in memory with ease."""

MAX_ROWS = 20_000_000
"""Most rows of one number of steps and registers: what fits in memory with ease."""

MAX_RENUMBERED = 5
"""Most registers whose rows for the second and later letters are taken up to renumbering."""

IMPROVING = 8
"""Once a cover is known, this part of the work, one in so many, is spent on further ones."""

CHUNK = 4096
"""Rows tried between two looks at the work."""

CALL, RUN = 200, 60
"""What beginning with a list of rows costs, and with an exploration, in tests of one pair."""


class Search:
    """What is known about covers of one machine: the pairs of words that must be told apart.

    Parameters
    ----------
    table : int32 array (states, letters)
        The machine's transitions; no two columns are equal and none is the identity.
    initial : int
        The machine's initial state.
    products : int32 array (elements, letters)
        The transition monoid's right Cayley graph. Element 0 is the identity, and column a
        multiplies by letter a.
    work : Work
        Spent on pairs tested, rows listed and contents explored.
    """

    def __init__(
        self,
        table: Table,
        initial: int,
        products: Table,
        work: Work,
    ) -> None:
        self._table, self._initial, self._products = table, initial, products
        self._letters = self._products.shape[1]
        self._work = self._left = work
        units = work.limit >> (LOG_GROWTH * (work.level - 1))
        self._less = max(1, units // IMPROVING)
        self._pairs: dict[int, Pairs] = {}
        self._explorer = Explorer(min(work.scaled(MAX_CONTENTS), MOST_CONTENTS))
        self._too_many = False
        self._too_few = 0
        self._found: list[tuple[int, int]] = []

    def covers(self, kind: Kind) -> Iterator[Cover]:
        """Yield covers that no other beats in steps a token and registers, nor any found before.

        Cells are taken in the order of the number of their rows, so that all smaller ones came
        before. Raises LimitReached at the end where not all cells were searched in which there may
        be a further cover: a step moves two registers at most, so where there are more than two
        for each letter and step some are idle.
        """
        cells = [(0, 1, 1)]
        seen = {(1, 1)}
        while cells:
            _, n, steps = heapq.heappop(cells)
            if any(s <= steps and d <= n for s, d in self._found):
                continue
            cover = self.cell(kind, steps, n) if steps > self._too_few else None
            if cover is not None:
                if not self._found:
                    self._left = self._work.part(f"{self._work.name}, after the first", self._less)
                self._found.append(cover.cost)
                yield cover
                continue
            for s, d in ((steps + 1, n), (steps, n + 1)):
                if s <= d <= 2 * s * self._letters and (s, d) not in seen:
                    seen.add((s, d))
                    heapq.heappush(cells, (count_rows(kind, d, s), d, s))
        if self._too_many:
            most = self._explorer.most
            raise LimitReached(CONTENTS, most, reached=most, option="--effort")

    def cell(self, kind: Kind, steps: int, n: int) -> Cover | None:
        """Return a cover of n registers with at most so many steps a token; None: there is none.

        A choice whose contents are too many to explore is passed over, and ``covers`` says so.
        Raises LimitReached when the work is used up.
        """
        classes = np.array(representatives(kind, n, steps), dtype=np.int8)
        table = np.zeros((self._letters, n), dtype=np.int8)
        self._left.spend(CALL * len(classes))
        alone = [list(self._fitting(classes, table, 0, a)) for a in range(self._letters)]
        if not all(alone):
            # More registers than one letter can move do not help it.
            self._too_few = max(self._too_few, steps if n >= 2 * steps else 0)
            return None
        first = min(range(self._letters), key=lambda a: len(alone[a]))
        others = {}
        if self._letters > 1:
            count = count_rows(kind, n, steps)
            if count > MAX_ROWS:
                raise LimitReached("rows of registers listed for a cover", MAX_ROWS, reached=count)
            self._left.spend(count)
            rows = rows_of(kind, n, steps)
            for a in set(range(self._letters)) - {first}:
                others[a] = np.array(list(self._fitting(rows, table, 0, a)))
        group = renumberings(n if n <= MAX_RENUMBERED and self._letters > 2 else 0)
        return self._branch(first, np.array(alone[first]), others, 0, table, group)

    def _branch(
        self,
        letter: int,
        choices: Rows,
        others: Mapping[int, Rows],
        fixed: int,
        table: Rows,
        group: Renumberings,
    ) -> Cover | None:
        """Try rows for a letter, then for the other letters those that still fit.

        ``fixed`` is the set of letters with rows, as bits, and ``group`` what leaves these alone.
        """
        for row in choices:
            table[letter] = row
            if fixed and len(group[0]) > 1 and has_smaller(row, *group):
                continue
            left = self._narrowed(others, table, fixed | 1 << letter)
            if left is None:
                continue
            if not left:
                return with_few_values(self._explorer, table, self._table, self._initial)
            # Its rows change places under the group, so which letter follows does not depend on it.
            following = min(left, key=lambda a: len(left[a]))
            smaller = fixing(group, row) if len(group[0]) > 1 else group
            self._left.spend(len(group[0]))
            rest = {a: rows for a, rows in left.items() if a != following}
            found = self._branch(
                following, left[following], rest, fixed | 1 << letter, table, smaller
            )
            if found is not None:
                return found
        return None

    def _narrowed(
        self, others: Mapping[int, Rows], table: Rows, fixed: int
    ) -> dict[int, Rows] | None:
        """Keep the rows of other letters that fit those that are fixed; None: one has none."""
        left: dict[int, Rows] = {}
        for a in sorted(others, key=lambda a: len(others[a])):
            fitting = self._fitting(others[a], table, fixed, a)
            # Of the last letter one row is enough.
            rows = list(itertools.islice(fitting, 1 if len(others) == 1 else None))
            if not rows:
                return None
            left[a] = np.array(rows)
        return left

    def _fitting(self, choices: Rows, table: Rows, fixed: int, letter: int) -> Iterator[Rows]:
        """Yield the rows for a letter that, with those that are fixed, determine the element."""
        letters = fixed | 1 << letter
        pairs = self._pairs.setdefault(letters, Pairs())
        used = np.flatnonzero([letters >> a & 1 for a in range(self._letters)]).astype(np.int8)
        start, writes = contents_of(np.arange(table.size + table.shape[1] + 1), table)
        explorer = self._explorer
        self._left.spend(CALL)
        r = 0
        while r < len(choices):
            stop = min(r + CHUNK, len(choices))
            begun = r
            r = pairs.scan(choices, r, stop, table, letter)
            self._left.spend(pairs.take_tests() + r - begun)
            if r == stop:
                continue
            outcome = explorer.run(table, used, start, writes, self._products, 0)
            self._left.spend(explorer.count + RUN)
            if outcome == 0:
                pairs.add(*explorer.pair())
                continue  # the same row, which the new pair refuses
            if outcome < 0 and len(used) == self._letters:
                self._too_many = True
            else:
                yield choices[r]
            r += 1
