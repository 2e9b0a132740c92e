"""Covers group by group: the search that is left where few registers of any kind do not do.

Some finite group always covers a machine with ``efe = fe``, and blocks of registers for it always
exist, so with enough work this search ends with a cover. It looks for one, not for the cheapest.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.acting_letters import ActingLetters
from negeig.theory.constructions.pieces.block_choice import MAX_WRITES
from negeig.theory.constructions.pieces.block_cover import BlockSearch
from negeig.theory.constructions.pieces.covering_groups import CoveringGroups, regular
from negeig.theory.constructions.pieces.exploring import Explorer
from negeig.theory.constructions.pieces.register_rows import Rows
from negeig.theory.constructions.pieces.transitive_actions import Action
from negeig.work import Work

ATTEMPT = 600_000
"""Work on the blocks of one group at effort 1."""

MAX_REGULAR = 10
"""Largest group at effort 1 whose action on itself is among those of its blocks."""


def group_cover(letters: ActingLetters, explorer: Explorer, work: Work) -> Rows:
    """Return rows of registers that determine the state, for the first group that has some.

    Raises LimitReached where the work is used up, or no group is left to be tried at this effort.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.theory.constructions.pieces.acting_letters import acting_letters
    >>> machine = Machine(alphabet="ab", transitions=[[0, 1], [2, 0], [1, 0]], initial=0,
    ...                   outputs=[0, 1, 2])
    >>> work = Work("an example", 100_000)
    >>> group_cover(acting_letters(machine, work, "an example"), Explorer(1000), work).tolist()
    [[2, 1, 4, 3, 6, 5], [3, 4, 1, 2, 0, 0]]
    """
    blocks = BlockSearch(letters.products, explorer)
    largest = min(work.scaled(MAX_REGULAR), MAX_WRITES // letters.products.shape[1])
    for actions in CoveringGroups(letters.products, letters.monoid, work):
        rows = _tried(blocks, actions, work)
        if rows is None and (itself := regular(actions, largest)) is not None:
            rows = _tried(blocks, [*actions, itself], work)
        if rows is not None:
            return rows
    raise LimitReached(work.name, work.limit, reached=work.done, option="--effort")


def _tried(blocks: BlockSearch, actions: Sequence[Action], work: Work) -> Rows | None:
    """Try blocks of these actions, with an attempt's work."""
    own = work.part(work.name, ATTEMPT)
    rows = None
    with suppress(LimitReached):
        rows = blocks.cover(actions, own)
    work.spend(own.done)
    return rows
