"""Conjugacy classes and power maps of a listed group."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from negeig.automata.groups.permgroup import Indices, ListedGroup
from negeig.automata.machines.components import strong_components

Counts = NDArray[np.int64]


class ConjugacyClasses:
    """The conjugacy classes of a group; class 0 is that of the identity.

    The others follow by the order of their elements, then by size, then by their first element.

    Parameters
    ----------
    group : ListedGroup
        All the elements.

    Attributes
    ----------
    labels : array of int, shape (order,)
        Class of every element.
    representatives, sizes, orders : arrays of int, shape (classes,)
        First element of every class, number of elements, order of each.

    Notes
    -----
    O(order x generators) products.

    Examples
    --------
    >>> from negeig.automata.groups.schreier_sims import PermutationGroup
    >>> s4 = ListedGroup(PermutationGroup([[1, 0, 2, 3], [1, 2, 3, 0]]).elements())
    >>> classes = ConjugacyClasses(s4)
    >>> classes.sizes.tolist(), classes.orders.tolist()
    ([1, 3, 6, 8, 6], [1, 2, 2, 3, 4])
    >>> classes.powers[4].tolist()  # of a 4-cycle: identity, itself, two swaps, itself
    [0, 4, 1, 4]
    """

    def __init__(self, group: ListedGroup) -> None:
        self.group = group
        moves = np.stack(
            [np.arange(group.order), *map(group.conjugates, group.own_generators)], axis=1
        )
        found = strong_components(moves.astype(np.int32))
        _, first, sizes = np.unique(found, return_index=True, return_counts=True)
        orders = group.orders[first]
        order = np.lexsort((first, sizes, orders))
        self.labels: Indices = np.argsort(order)[found]
        self.representatives: Indices = first[order]
        self.sizes: Counts = sizes[order]
        self.orders: Counts = orders[order]

    def __len__(self) -> int:
        return len(self.sizes)

    @cached_property
    def powers(self) -> tuple[Indices, ...]:
        """Classes of the powers x^0, x^1, ..., x^(n-1) of each representative x, n its order."""
        found = []
        for x, order in zip(self.representatives.tolist(), self.orders.tolist(), strict=True):
            times_x = self.group.times(x)
            powers = [self.group.identity]
            while len(powers) < order:
                powers.append(int(times_x[powers[-1]]))
            found.append(self.labels[powers])
        return tuple(found)

    @cached_property
    def inverses(self) -> Indices:
        """Class of the inverses of every class."""
        return np.array([p[-1] for p in self.powers])

    @cached_property
    def exponent(self) -> int:
        """Least common multiple of the orders of all elements."""
        return int(np.lcm.reduce(self.orders))

    def structure_constants(self) -> Counts:
        """Return a[i, j, k], the number of pairs x in class i, y in class j with xy = z in class k.

        O(classes x order) products.
        """
        count = len(self)
        inverse = self.inverses[self.labels]
        table = np.empty((count, count, count), np.int64)
        for k, z in enumerate(self.representatives.tolist()):
            pairs = inverse * count + self.labels[self.group.times(z)]
            table[:, :, k] = np.bincount(pairs, minlength=count**2).reshape(count, count)
        return table
