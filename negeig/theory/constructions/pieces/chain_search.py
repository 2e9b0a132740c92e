"""The fewest chains of registers that determine a machine's state, driven by counterexamples.

Two words that leave equal contents and must be told apart name the chains to choose from, so the
search branches over those, pair by pair. Within a number of steps a token and of registers every
choice is tried. Before that one network is found whatever it costs: the pair's cheapest chain each
time, and then all registers that turned out not to be needed go.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from operator import add

import numpy as np

from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.chains import (
    Forest,
    Letters,
    cost_of,
    numbered,
    rows_of,
    separating,
    steps_of,
    tells_apart,
)
from negeig.theory.constructions.pieces.exploring import Explorer, Table, contents_of
from negeig.work import Work

MAX_CONTENTS = 20_000
"""Most contents of the registers of a forest at effort 1."""

MAX_REGISTERS = 60
"""Most registers of a forest."""

LONGEST = 12
"""Most registers of a chain."""

PAIR, RUN = 3, 60
"""What testing a register on a pair of words costs, and beginning to explore, in contents."""


class ChainSearch:
    """What is known about chains for one machine: the pairs of words that must be told apart.

    Parameters
    ----------
    products : int32 array (elements, letters)
        The transition monoid's right Cayley graph. Element 0 is the identity, and column a
        multiplies by letter a.
    work : Work
        Spent on pairs tested and contents explored.
    """

    def __init__(self, products: Table, work: Work) -> None:
        self._products = products
        self._letters = products.shape[1]
        self._work = work
        self._most = work.scaled(MAX_CONTENTS)
        self.explorer = Explorer(self._most)
        # Every letter does something, so the first is told apart from no letter at all.
        self._pairs: list[tuple[Letters, Letters]] = [((0,), ())]

    def forests(self) -> Iterator[Forest]:
        """Yield forests that determine the element, none beaten by another in steps and registers.

        For more than a few letters some sets of letters to keep are left out, see ``separating``.

        Raises LimitReached at the end where there may be further ones.
        """
        known = self._reduced(self._any())
        costs = [cost_of(known, self._letters)]
        limit: LimitReached | None = None
        try:
            for forest in self._cheapest(costs[0]):
                costs.append(cost_of(forest, self._letters))
                yield forest
        except LimitReached as reached:
            limit = reached
        (most_steps, most), *others = costs
        if not any(steps <= most_steps and n <= most for steps, n in others):
            yield known
        if limit is not None:
            raise limit

    def _any(self) -> Forest:
        """Return a forest that determines the element, each chain the cheapest for its pair."""
        forest: Forest = frozenset()
        while True:
            pair = self._confused(forest)
            if pair is None:
                return forest
            costs = self._costs(forest, pair)
            if not costs:
                raise LimitReached("registers of a chain", LONGEST, reached=LONGEST)
            least = min(costs.values())
            forest = min((larger for larger in costs if costs[larger] == least), key=numbered)
            if len(forest) > MAX_REGISTERS:
                raise LimitReached("registers of all chains", MAX_REGISTERS, reached=len(forest))

    def _reduced(self, forest: Forest) -> Forest:
        """Leave out what is not needed, the ends of the longest chains first."""
        for chain in reversed(numbered(forest)):
            if not any(other[:-1] == chain for other in forest):
                less = forest - {chain}
                if self._confused(less) is None:
                    forest = less
        return forest

    def _cheapest(self, known: tuple[int, int]) -> Iterator[Forest]:
        """Yield the cheapest forests below a known one, cell by cell."""
        cells, seen = [(1, 1, 1)], {(1, 1)}
        found = [known]
        while cells:
            _, steps, n = heapq.heappop(cells)
            if any(s <= steps and d <= n for s, d in found):
                continue
            forest = self._within(frozenset(), steps, n, set())
            if forest is not None:
                found.append(cost_of(forest, self._letters))
                yield forest
                continue
            for s, d in ((steps + 1, n), (steps, n + 1)):
                # Every register is replaced by some letter, in a step at least.
                if s < 2 * d and d <= s * self._letters and (s, d) not in seen:
                    seen.add((s, d))
                    heapq.heappush(cells, (s * d, s, d))

    def _within(self, forest: Forest, steps: int, n: int, seen: set[Forest]) -> Forest | None:
        """Return a forest above this one with at most so many steps and registers, if any."""
        pair = self._confused(forest)
        if pair is None:
            return forest
        costs = self._costs(forest, pair, steps, n)
        for larger in sorted(costs, key=lambda larger: (costs[larger], numbered(larger))):
            if larger not in seen:
                seen.add(larger)
                found = self._within(larger, steps, n, seen)
                if found is not None:
                    return found
        return None

    def _costs(
        self,
        forest: Forest,
        pair: tuple[Letters, Letters],
        steps: int = 2 * MAX_REGISTERS,
        n: int = 2 * MAX_REGISTERS,
    ) -> dict[Forest, tuple[int, int]]:
        """Return the costs of the forests with one chain more that tells a pair apart."""
        before = steps_of(forest, self._letters)
        longest = min(LONGEST, n - len(forest) + max(map(len, forest), default=0))
        found: dict[Forest, tuple[int, int]] = {}
        for chain in separating(*pair, self._letters, longest):
            links = frozenset(chain[: i + 1] for i in range(len(chain))) - forest
            larger = forest | links
            self._work.spend(PAIR)
            if larger not in found:
                # The cost of ``larger``: what it takes more is that of the links.
                more = map(add, before, steps_of(links, self._letters))
                cost = max(more, default=0), len(larger)
                if cost[0] <= steps and cost[1] <= n:
                    found[larger] = cost
        return found

    def _confused(self, forest: Forest) -> tuple[Letters, Letters] | None:
        """Return two words that leave equal contents and must be told apart, if there are any.

        Raises LimitReached where the contents are too many.
        """
        for k, pair in enumerate(self._pairs):
            self._work.spend(PAIR * len(forest))
            if not tells_apart(forest, *pair):
                self._pairs.insert(0, self._pairs.pop(k))
                return pair
        table = rows_of(forest, self._letters)
        start, writes = contents_of(np.arange(table.size + table.shape[1] + 1), table)
        letters = np.arange(self._letters, dtype=np.int8)
        outcome = self.explorer.run(table, letters, start, writes, self._products, 0)
        self._work.spend(RUN + self.explorer.count)
        if outcome < 0:
            raise LimitReached(
                "contents of chains", self._most, reached=self._most, option="--effort"
            )
        if outcome > 0:
            return None
        pair = self.explorer.pair()
        self._pairs.insert(0, pair)
        return pair
