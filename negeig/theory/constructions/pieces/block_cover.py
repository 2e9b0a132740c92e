"""Covers made of blocks of registers, for a group that is known to allow one.

The order of last passing of any two edges of the group's Cayley graph is told by a block with two
overwritten places (:mod:`.block_choice`), so blocks of the regular action with at most two are
enough (docs/theory/cover.md); actions on fewer points and more places need fewer registers. Two
words that leave equal contents and must be told apart are kept; the cheapest blocks that tell all
of these apart are tried next, until exploring their contents finds no further pair.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negeig.theory.constructions.pieces.block_choice import BlockChoice, Chosen, Pair, without
from negeig.theory.constructions.pieces.exploring import Explorer, Pairs, Table, contents_of
from negeig.theory.constructions.pieces.register_rows import Rows
from negeig.theory.constructions.pieces.transitive_actions import Action
from negeig.work import Work


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
        choice = BlockChoice(self._letters, actions, work)
        pair: Pair | None = self._pairs.words(0)
        excluded: set[Chosen] = set()
        while True:
            if pair is not None:
                choice.add([pair])
            chosen = choice.cheapest(excluded)
            if chosen is None:
                return None
            table = choice.rows(chosen)
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

    def _explore(self, table: Rows) -> int:
        start, writes = contents_of(np.arange(table.size + table.shape[1] + 1), table)
        letters = np.arange(self._letters, dtype=np.int8)
        outcome = self._explorer.run(table, letters, start, writes, self._products, 0)
        self._work.spend(self._explorer.count)
        return outcome
