"""The partial order of the J-classes of a monoid: J(f) <= J(g) when MfM lies inside MgM."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from negeig.automata.monoids.green import GreenRelations
from negeig.claims import LimitReached


@dataclass(frozen=True, eq=False)
class JOrder:
    """The J-order, by the steps down that single letters make.

    Made by :func:`j_order`. Classes have the numbers of ``green.j_classes``.

    Parameters
    ----------
    below : tuple of tuples of int
        ``below[c]``: the classes other than c that a letter, on either side, leads to from c, in
        increasing order. The covering relation is among these pairs, and the J-order is their
        transitive closure.
    max_classes : int
        The Hasse diagram of more classes is not computed as a whole.

    Examples
    --------
    >>> from negeig.automata.monoids.green import green
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> machine = Machine(alphabet="ab", transitions=[[1, 2], [2, 0], [2, 2]], initial=0,
    ...                   outputs=[1, 0, 0])  # (ab)*: the identity, four words, and zero
    >>> order = j_order(green(transition_monoid(machine)))
    >>> order.covers, order.depths, order.downwards
    (((1,), (2,), ()), (0, 1, 2), (0, 1, 2))
    """

    below: tuple[tuple[int, ...], ...]
    max_classes: int = 20_000

    @cached_property
    def depths(self) -> tuple[int, ...]:
        """Length of the longest chain from every class up to that of the identity."""
        above = [0] * len(self.below)
        for lower in self.below:
            for d in lower:
                above[d] += 1
        depth = [0] * len(self.below)
        free = [c for c, count in enumerate(above) if count == 0]
        for c in free:  # grows while it is walked
            for d in self.below[c]:
                depth[d] = max(depth[d], depth[c] + 1)
                above[d] -= 1
                if above[d] == 0:
                    free.append(d)
        return tuple(depth)

    @cached_property
    def downwards(self) -> tuple[int, ...]:
        """All classes from top to bottom: by depth, then by number."""
        return tuple(sorted(range(len(self.below)), key=lambda c: (self.depths[c], c)))

    @cached_property
    def covers(self) -> tuple[tuple[int, ...], ...]:
        """The Hasse diagram: the classes that every class covers, in increasing order.

        Class c covers d when d is below c with no class between them. O(classes x pairs in
        ``below``) bit operations.

        Raises
        ------
        LimitReached
            More than ``max_classes`` classes: their order takes a bit for every two of them.
        """
        if len(self.below) > self.max_classes:
            raise LimitReached(
                "J-classes",
                self.max_classes,
                reached=len(self.below),
                option="max_classes of j_order",
                detail="lower_covers answers for one class at a time",
            )
        place = {c: i for i, c in enumerate(self.downwards)}
        ideal = [0] * len(self.below)  # bit d: class d is below or equal
        covers: list[tuple[int, ...]] = [()] * len(self.below)
        for c in reversed(self.downwards):
            reached, own = 0, []
            for d in sorted(self.below[c], key=place.__getitem__):
                if not reached >> d & 1:
                    own.append(d)
                    reached |= ideal[d]
            ideal[c] = reached | 1 << c
            covers[c] = tuple(sorted(own))
        return tuple(covers)

    def lower_covers(self, c: int) -> tuple[int, ...]:
        """Return the classes that one class covers: at most O(pairs in ``below``), no limit."""
        if len(self.below) <= self.max_classes:
            return self.covers[c]
        inner: set[int] = set()  # below a class that is itself below c
        stack = [e for d in self.below[c] for e in self.below[d]]
        while stack:
            d = stack.pop()
            if d not in inner:
                inner.add(d)
                stack += self.below[d]
        return tuple(d for d in self.below[c] if d not in inner)


def j_order(green: GreenRelations, *, max_classes: int = 20_000) -> JOrder:
    """Return the partial order of the J-classes: O(size x letters) and a sort.

    ``max_classes`` limits the whole Hasse diagram only.
    """
    monoid = green.monoid
    source = np.repeat(green.j, monoid.right.shape[1]).astype(np.int64)
    steps = (source * green.n_j + green.j[table].ravel() for table in (monoid.right, monoid.left))
    below: list[list[int]] = [[] for _ in range(green.n_j)]
    for pair in np.unique(np.concatenate(tuple(steps))).tolist():
        c, d = divmod(pair, green.n_j)
        if c != d:
            below[c].append(d)
    return JOrder(tuple(map(tuple, below)), max_classes)
