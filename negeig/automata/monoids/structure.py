"""Structure of a large transformation monoid, without listing its elements.

An R-class is known by a kernel, a component of images and a coset of the component's group; it has
(images of the component) x (order of the group) elements. Letters act on R-classes from the left,
and the D-classes are the strongly connected components of that action. So the full monoid on twelve
points, with 8.9 million million elements, takes 4.2 million R-classes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negeig.arrays import Ints, Longs
from negeig.automata.groups.identify import Subgroup, identify_group
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.periods import map_index_period
from negeig.automata.monoids.idempotents import (
    count_idempotents,
    shares_an_image,
    transversals,
)
from negeig.automata.monoids.image_orbit import ImageOrbit, Maps, image_orbit
from negeig.automata.monoids.r_classes import RClasses, r_classes
from negeig.claims import InputError

__all__ = ["DClass", "Structure", "structure", "summary"]


class DClass(NamedTuple):
    """One D-class (which is a J-class): an egg-box of ``n_r`` rows by ``n_l`` columns.

    Every element maps onto ``rank`` points; ``h_size`` is the size of each H-class. ``group`` is
    the maximal subgroup where the class is regular, and None where it is not.
    """

    rank: int
    n_r: int
    n_l: int
    h_size: int
    group: Subgroup | None

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.n_r * self.n_l * self.h_size


@dataclass(frozen=True, eq=False, kw_only=True)
class Structure:
    """Class counts of the monoid that some maps generate; the identity is included.

    Everything is computed when first asked for. :attr:`is_group`, :attr:`is_aperiodic`,
    :attr:`is_solvable` and the letters need the images only, and so stay available where the
    R-classes are too many; the rest raises LimitReached there.

    Parameters
    ----------
    images : ImageOrbit
        The images of the elements, and the letters' maps.
    max_elements : int
        Stop as soon as there are more R-classes.
    max_memory : int
        Bytes the R-classes may take.
    """

    images: ImageOrbit
    max_elements: int
    max_memory: int

    def __repr__(self) -> str:
        letters, n = self.images.generators.shape
        return f"Structure({letters} letters on {n} points, {self.images.size} images)"

    @property
    def generators(self) -> Maps:
        """The letters' maps, shape (letters, n)."""
        return self.images.generators

    @cached_property
    def letter_index_period(self) -> tuple[tuple[int, int], ...]:
        """Index and period of every letter, in alphabet order."""
        return tuple(map_index_period(row) for row in self.generators)

    @cached_property
    def is_group(self) -> bool:
        """Whether every letter is a permutation: then the whole set is the only image."""
        return self.images.size == 1

    @property
    def is_aperiodic(self) -> bool:
        """Whether every subgroup is trivial.

        A word that permutes an image non-trivially has a power that generates a non-trivial group,
        so this asks that every Schutzenberger group be trivial.
        """
        return not self.images.nontrivial.any()

    @cached_property
    def is_solvable(self) -> bool:
        """Whether every maximal subgroup is solvable.

        A Schutzenberger group is the quotient of the words that take an image to itself, so it
        divides a maximal subgroup (and each of these is one): the groups of all images decide.
        """
        return all(group.is_solvable for group in self.images.groups.values())

    @cached_property
    def is_commutative(self) -> bool:
        """Whether all products commute; the letters decide."""
        letters = self.generators
        return all(bool((g[f] == f[g]).all()) for f in letters for g in letters)

    @cached_property
    def _r(self) -> RClasses:
        return r_classes(self.images, self.max_elements, self.max_memory)

    @property
    def n_r(self) -> int:
        """Number of R-classes."""
        return len(self._r.maps)

    @property
    def n_j(self) -> int:
        """Number of J-classes, which are the D-classes."""
        return len(self._r.d_first)

    @cached_property
    def size(self) -> int:
        """Number of elements, exact."""
        return sum(
            int(count) * int(images) * order
            for count, images, order in zip(
                np.bincount(self._r.components, minlength=len(self.images.first)),
                self.images.sizes,
                self.images.orders,
                strict=True,
            )
        )

    @cached_property
    def _d_component(self) -> Ints:
        return self._r.components[self._r.d_first]

    @cached_property
    def _d_n_r(self) -> Longs:
        return np.bincount(self._r.d)

    @cached_property
    def _by_d(self) -> Longs:
        """R-classes, D-class by D-class."""
        return np.argsort(self._r.d, kind="stable")

    @cached_property
    def _is_regular(self) -> NDArray[np.bool_]:
        """Whether each D-class holds an idempotent.

        It does when an image of its component meets every block of a kernel of it exactly once: a
        map with this kernel and image is in a subgroup.
        """
        return transversals(self.images, self._r, self._r.d_first, 1) > 0

    @property
    def n_regular_j(self) -> int:
        """Number of J-classes that hold an idempotent."""
        return int(self._is_regular.sum())

    @cached_property
    def idempotents(self) -> int:
        """Number of idempotents: one for each image that meets every block of a kernel once.

        O(n) for each pair of a regular R-class and an image of its component, except where all sets
        of one size are images: these pairs are counted by the product of the block sizes.
        """
        return count_idempotents(self.images, self._r, np.flatnonzero(self._is_regular[self._r.d]))

    @cached_property
    def is_block_group(self) -> bool:
        """Whether every R-class and every L-class holds at most one idempotent."""
        regular = self._by_d[self._is_regular[self._r.d[self._by_d]]]
        return not shares_an_image(self.images, self._r, regular)

    @property
    def is_inverse(self) -> bool:
        """Whether every R-class and every L-class holds exactly one idempotent."""
        return self.n_regular_j == self.n_j and self.is_block_group

    @cached_property
    def _h_sizes(self) -> list[int]:
        """Size of the H-classes of every D-class.

        In a regular D-class it is the order of the component's group. In another one it is the
        order of the subgroup of those g for which x g is also t x for some t.
        """
        orders, kinds = self.images.orders, self.images.kinds
        sizes = [orders[c] for c in self._d_component]
        starts = np.concatenate([[0], np.cumsum(self._d_n_r)])
        local = np.empty(self.n_r, np.int32)
        local[self._by_d] = np.arange(self.n_r) - np.repeat(starts[:-1], self._d_n_r)
        for d in np.flatnonzero(~self._is_regular & (kinds[self._d_component] != 0)):
            members = self._by_d[starts[d] : starts[d + 1]].astype(np.int32)
            sizes[d] = self._left_group(members, local).order
        return sizes

    def _left_group(self, members: Ints, local: Ints) -> PermutationGroup:
        from negeig.automata.monoids._structure_compiled import left_generators

        images, r = self.images, self._r
        rank = int(images.ranks[images.first[r.components[members[0]]]])
        rows = np.empty((len(members) * len(self.generators), rank), np.uint16)
        size = left_generators(
            members,
            r.d,
            local,
            self.generators,
            images.listed,
            images.first,
            images.masks,
            images.table,
            images.place,
            r.maps,
            r.components,
            r.successors,
            rows,
        )
        return PermutationGroup(np.arange(rank)).joined(rows[:size])

    @cached_property
    def _n_ls(self) -> list[int]:
        images = self.images
        return [
            int(images.sizes[c]) * images.orders[c] // h
            for c, h in zip(self._d_component, self._h_sizes, strict=True)
        ]

    @cached_property
    def n_l(self) -> int:
        """Number of L-classes."""
        return sum(self._n_ls)

    @cached_property
    def n_h(self) -> int:
        """Number of H-classes."""
        return sum(n_r * n_l for n_r, n_l in zip(self._d_n_r.tolist(), self._n_ls, strict=True))

    @property
    def is_r_trivial(self) -> bool:
        """Whether every R-class is a single element."""
        return self.n_r == self.size

    @property
    def is_l_trivial(self) -> bool:
        """Whether every L-class is a single element."""
        return self.n_l == self.size

    @property
    def is_j_trivial(self) -> bool:
        """Whether every J-class is a single element."""
        return self.n_j == self.size

    @cached_property
    def subgroups(self) -> tuple[Subgroup, ...]:
        """The maximal subgroup of every regular D-class, trivial ones included.

        In the order of :attr:`d_classes`.
        """
        return tuple(self._subgroup(int(c)) for c in self._d_component[self._is_regular])

    @cached_property
    def _identified(self) -> dict[int, Subgroup]:
        return {}

    def _subgroup(self, c: int) -> Subgroup:
        """Identify the group of a component."""
        if c not in self._identified:
            trivial = PermutationGroup([[0]])
            self._identified[c] = identify_group(self.images.groups.get(c, trivial))
        return self._identified[c]

    @cached_property
    def d_classes(self) -> tuple[DClass, ...]:
        """All D-classes, that of the identity first, in the order in which they were found."""
        ranks = self.images.ranks[self.images.first]
        rows = zip(
            self._d_component,
            self._d_n_r.tolist(),
            self._n_ls,
            self._h_sizes,
            self._is_regular,
            strict=True,
        )
        return tuple(
            DClass(int(ranks[c]), n_r, n_l, h, self._subgroup(int(c)) if regular else None)
            for c, n_r, n_l, h, regular in rows
        )


def structure(
    source: Machine | ArrayLike, *, max_elements: int = 2_000_000, max_memory: int = 4 << 30
) -> Structure:
    """Find the structure of a transition monoid, or of the monoid that some maps generate.

    Parameters
    ----------
    source : Machine, or array_like of int, shape (letters, n)
        A machine, taken as it is (minimise it first), or maps of {0, ..., n-1} to itself.
    max_elements : int
        Limit on the number of images, and on that of R-classes.
    max_memory : int
        Bytes that each of both may take.

    Raises
    ------
    InputError
        The array is no table of maps.
    LimitReached
        There are more images; and later, when the counts are asked for, more R-classes.

    Notes
    -----
    East, Egri-Nagy, Mitchell and Peresse, Computing finite semigroups (2019), after Lallement and
    McFadden (1990) and Konieczny (1994): O((images + R-classes) x letters x n), and a stabiliser
    chain for every component of images. Where a group is neither trivial nor symmetric nor
    alternating, the representative of a coset takes (sum of orbit lengths) x rank steps.

    Examples
    --------
    >>> cycle, swap, merge = [1, 2, 3, 4, 0], [1, 0, 2, 3, 4], [0, 0, 2, 3, 4]
    >>> found = structure([cycle, swap, merge])
    >>> found.size == 5**5, found.n_r, found.n_l, found.n_j  # Bell(5) kernels, 2^5 - 1 images
    (True, 52, 31, 5)
    >>> [(c.rank, c.n_r, c.n_l, c.group.name) for c in found.d_classes]
    [(5, 1, 1, 'S5'), (4, 10, 5, 'S4'), (3, 25, 10, 'S3'), (2, 15, 10, 'C2'), (1, 1, 5, 'C1')]
    """
    if isinstance(source, Machine):
        table: NDArray[Any] = source.transitions.T
    else:
        table = _checked_maps(source)
    generators = np.ascontiguousarray(table).astype(np.min_scalar_type(table.shape[1] - 1))
    generators.setflags(write=False)
    return Structure(
        images=image_orbit(generators, max_elements, max_memory),
        max_elements=max_elements,
        max_memory=max_memory,
    )


def summary(found: Structure) -> dict[str, Any]:
    """Return the structure with the names of ``negeig check --json``, as for a listed monoid.

    Examples
    --------
    >>> found = summary(structure([[1, 2, 3, 0], [0, 0, 0, 0]]))
    >>> found["size"], found["n_j"], [group["name"] for group in found["subgroups"]]
    (8, 2, ['C4', 'C1'])
    """
    names = "size idempotents n_j n_l n_r n_h n_regular_j is_group is_aperiodic is_commutative"
    names += " is_r_trivial is_l_trivial is_j_trivial is_inverse is_block_group is_solvable"
    counts = {name: getattr(found, name) for name in names.split()}
    return {**counts, "subgroups": [asdict(group) for group in found.subgroups]}


def _checked_maps(source: ArrayLike) -> NDArray[Any]:
    """Return maps as an array, or raise with every row that is wrong."""
    table = np.asarray(source)
    if table.ndim != 2 or table.dtype.kind not in "iu" or 0 in table.shape:
        raise InputError(
            "", f"expected rows of integers, one row a map, found {table.dtype} {table.shape}"
        )
    n = table.shape[1]
    wrong = np.flatnonzero(((table < 0) | (table >= n)).any(axis=1))
    if len(wrong):
        raise InputError("", [f"map {i} leaves the points 0 to {n - 1}" for i in wrong[:10]])
    return table
