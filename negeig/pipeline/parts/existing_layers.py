"""Whether so many layers do a task by theorems of last edges, over the groups that are tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.automata.monoids.submonoids import Multiplication
from negeig.claims import LimitReached, Resources
from negeig.theory.bounds.last_edges import layers_exist
from negeig.theory.constructions.pieces.covering_groups import CoveringGroups, regular
from negeig.theory.constructions.pieces.transitive_actions import Action
from negeig.work import Work, scaled

MAX_ELEMENTS = 3_000
"""Largest monoid that is looked at, at effort 1."""

MAX_GROUPS = 12
"""Most groups that are tried, at effort 1."""

MAX_ORDER = 200
"""Largest group that is tried."""

GROUP_WORK = 8_000_000
"""Work of finding groups, at effort 1."""

UNITS = 40_000_000
"""Marks of orders of edges, over all groups, at effort 1: about half a second."""


def exist(machine: Machine, layers: int, resources: Resources) -> bool:
    """Say whether a group was found over which two layers or more do a minimal machine's task.

    ``False`` proves nothing.

    Examples
    --------
    >>> from negeig.automata.language import language
    >>> from negeig.automata.zoo import get
    >>> from negeig.claims import DEFAULT_RESOURCES
    >>> exist(language("a(a|b)*").machine.minimal(), 2, DEFAULT_RESOURCES)
    True
    >>> exist(get("transformations:4").minimal(), 2, DEFAULT_RESOURCES)
    False
    """
    effort = resources.effort
    work = Work("orders of edges", UNITS, level=effort)
    with suppress(LimitReached):
        most = min(scaled(MAX_ELEMENTS, effort), resources.max_elements)
        monoid = transition_monoid(machine, max_elements=most, max_memory=resources.max_memory)
        groups = _groups(monoid, Work("values in groups", GROUP_WORK, level=effort))
        for group in islice(groups, scaled(MAX_GROUPS, effort)):
            if layers_exist(monoid, group, layers, work):
                return True
    return False


def _groups(monoid: TransitionMonoid, work: Work) -> Iterator[Action]:
    """Yield small groups, acting on themselves, that tell from 1 all but elements of the kernel.

    What no group tells from 1 is left to the layers above whatever the group is.
    """
    allowed = np.zeros(monoid.size, dtype=np.bool_)
    allowed[Multiplication(monoid).whole().kernel().elements] = True
    products = np.ascontiguousarray(monoid.right, dtype=np.int32)
    for actions in CoveringGroups(products, monoid, work, allowed):
        group = regular(actions, MAX_ORDER)
        if group is not None:
            yield group
