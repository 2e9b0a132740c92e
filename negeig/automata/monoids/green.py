"""Green's relations of a transition monoid M, and what they say about the language.

f R g when fM = gM (each is the other with letters appended), f L g when Mf = Mg (prepended),
f J g when MfM = MgM, and H is R and L together; in a finite monoid D = J. In the full
transformation monoid f R g means equal kernels and f L g equal images.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.automata.groups.identify import Subgroup, identify
from negeig.automata.machines.components import strong_components
from negeig.automata.monoids.monoid import TransitionMonoid

# Below this many edges plain Python is faster than importing numba.
_PLAIN_EDGES = 20_000


@dataclass(frozen=True, kw_only=True)
class JClass:
    """One J-class: an egg-box of ``n_r`` rows (R-classes) by ``n_l`` columns (L-classes).

    ``first`` is its element with the shortest word and ``h_size`` the size of each of its
    H-classes. ``idempotent`` is its first idempotent; the class is regular when there is one, and
    ``h_size`` is then the order of its maximal subgroups.
    """

    first: int
    size: int
    n_r: int
    n_l: int
    h_size: int
    idempotent: int | None


@dataclass(frozen=True, eq=False)
class GreenRelations:
    """The classes of every element of a monoid, labelled 0, 1, ... by their first element.

    O(size x letters): the R-classes are the strongly connected components of the right Cayley
    graph and the L-classes of the left one (Froidure and Pin 1997). In a J-class, which is a
    D-class, every R-class meets every L-class (Green 1951); the other relations follow from that.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> flipflop = Machine(alphabet="sr", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    >>> green = GreenRelations(transition_monoid(flipflop))
    >>> green.n_j, green.n_r, green.n_l  # both resets have one kernel and two images
    (2, 2, 3)
    >>> [subgroup.name for subgroup in green.subgroups]
    ['C1', 'C1']
    """

    monoid: TransitionMonoid

    @cached_property
    def r(self) -> Ints:
        """R-class of every element."""
        return self._classes(self.monoid.right)

    @cached_property
    def l(self) -> Ints:  # noqa: E743
        """L-class of every element."""
        return self._classes(self.monoid.left)

    @cached_property
    def j(self) -> Ints:
        """J-class, which is the D-class, of every element."""
        return _by_first_element(self._first_column[self.r])

    @cached_property
    def h(self) -> Ints:
        """H-class of every element."""
        j_of_row, j_of_column = self.j[_first(self.r)], self.j[_first(self.l)]
        columns = np.bincount(j_of_column)
        boxes = np.bincount(j_of_row) * columns
        start = np.cumsum(boxes) - boxes
        cell_of_row = start[j_of_row] + _rank_within(j_of_row) * columns[j_of_row]
        return _by_first_element(cell_of_row[self.r] + _rank_within(j_of_column)[self.l])

    @cached_property
    def _first_column(self) -> Ints:
        """For every R-class the least label of an L-class that meets it: one for each J-class."""
        first = np.full(self.n_r, self.n_l, np.int32)
        np.minimum.at(first, self.r, self.l)
        return first

    def _classes(self, successors: Ints) -> Ints:
        if self.monoid.is_group:
            return np.zeros(self.monoid.size, np.int32)
        if successors.size <= _PLAIN_EDGES:
            return _by_first_element(strong_components(successors))
        from negeig.automata.monoids import _green_compiled

        return _by_first_element(_green_compiled.strong_components(successors))

    @cached_property
    def n_r(self) -> int:
        """Number of R-classes."""
        return int(self.r.max()) + 1

    @cached_property
    def n_l(self) -> int:
        """Number of L-classes."""
        return int(self.l.max()) + 1

    @cached_property
    def n_h(self) -> int:
        """Number of H-classes."""
        return int(self.h.max()) + 1

    @cached_property
    def n_j(self) -> int:
        """Number of J-classes."""
        return int(self.j.max()) + 1

    @property
    def n_regular_j(self) -> int:
        """Number of J-classes that hold an idempotent."""
        return len(self.regular)

    @cached_property
    def j_classes(self) -> tuple[JClass, ...]:
        """All J-classes, in the order of their labels: that of the identity is the first."""
        size = np.bincount(self.j)
        first = _first(self.j)
        n_r = np.bincount(self.j[_first(self.r)])
        n_l = np.bincount(self.j[_first(self.l)])
        n_h = np.bincount(self.j[_first(self.h)])
        idempotents = self.monoid.idempotents
        idempotent = np.full(self.n_j, -1)
        idempotent[self.j[idempotents[::-1]]] = idempotents[::-1]  # the first one is written last
        return tuple(
            JClass(
                first=int(first[c]),
                size=int(size[c]),
                n_r=int(n_r[c]),
                n_l=int(n_l[c]),
                h_size=int(size[c] // n_h[c]),
                idempotent=int(idempotent[c]) if idempotent[c] >= 0 else None,
            )
            for c in range(self.n_j)
        )

    @cached_property
    def subgroups(self) -> tuple[Subgroup, ...]:
        """The maximal subgroup of every regular D-class, trivial ones included, in label order."""
        return tuple(identify(self.subgroup_permutations(e)) for e in self.regular)

    @property
    def regular(self) -> tuple[int, ...]:
        """The first idempotent of every regular D-class, in label order."""
        return tuple(c.idempotent for c in self.j_classes if c.idempotent is not None)

    def subgroup_permutations(self, idempotent: int) -> NDArray[Any]:
        """Return the group of an idempotent's H-class as permutations of the idempotent's image.

        Shape (order, points of the image): the elements of the H-class, restricted to the image,
        on which they act faithfully; the image is renumbered 0, 1, ... in increasing order.
        """
        elements = np.flatnonzero(self.h == self.h[idempotent])
        maps = self.monoid.maps
        image = np.unique(maps[idempotent])
        position = np.zeros(maps.shape[1], maps.dtype)
        position[image] = np.arange(len(image))
        restricted: NDArray[Any] = position[maps[np.ix_(elements, image)]]
        return restricted

    def to_networkx(self, max_classes: int = 20_000) -> Any:
        """Return the order of the J-classes as a ``networkx.DiGraph``, its covering relation.

        An edge leads from a class to one that it covers. Nodes are the labels of the classes, with
        the attributes ``word``, the shortest one of their elements, ``size``, ``n_r``, ``n_l``,
        ``h_size``, ``regular``, and ``group``, the name of the maximal subgroups of a regular class
        and None for others.

        Raises
        ------
        LimitReached
            More than ``max_classes`` classes.

        Examples
        --------
        >>> from negeig.automata.machines.machine import Machine
        >>> from negeig.automata.monoids.monoid import transition_monoid
        >>> reset = Machine(alphabet="sr", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
        >>> order = GreenRelations(transition_monoid(reset)).to_networkx()
        >>> list(order.edges), order.nodes[1]["word"], order.nodes[1]["n_l"]
        ([(0, 1)], ('s',), 2)
        """
        import networkx as nx  # type: ignore[import-untyped]

        from negeig.automata.monoids.j_order import j_order

        covers = j_order(self, max_classes=max_classes).covers
        groups = iter(self.subgroups)
        graph = nx.DiGraph()
        for c, found in enumerate(self.j_classes):
            regular = found.idempotent is not None
            graph.add_node(
                c,
                word=self.monoid.word(found.first),
                size=found.size,
                n_r=found.n_r,
                n_l=found.n_l,
                h_size=found.h_size,
                regular=regular,
                group=next(groups).name if regular else None,
            )
        graph.add_edges_from((c, d) for c, lower in enumerate(covers) for d in lower)
        return graph

    @property
    def is_r_trivial(self) -> bool:
        """Whether every R-class is a single element."""
        return self.n_r == self.monoid.size

    @property
    def is_l_trivial(self) -> bool:
        """Whether every L-class is a single element."""
        return self.n_l == self.monoid.size

    @property
    def is_j_trivial(self) -> bool:
        """Whether every J-class is a single element; if so the language is piecewise testable."""
        return self.n_j == self.monoid.size

    @cached_property
    def is_inverse(self) -> bool:
        """Whether every R-class and every L-class holds exactly one idempotent."""
        return all((counts == 1).all() for counts in self._idempotents_per_class())

    @cached_property
    def is_block_group(self) -> bool:
        """Whether every R-class and every L-class holds at most one idempotent."""
        return all((counts <= 1).all() for counts in self._idempotents_per_class())

    def _idempotents_per_class(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        e = self.monoid.idempotents
        in_r = np.bincount(self.r[e], minlength=self.n_r)
        return in_r, np.bincount(self.l[e], minlength=self.n_l)

    @property
    def is_group(self) -> bool:
        """Whether the monoid is a group."""
        return self.monoid.is_group

    @property
    def is_aperiodic(self) -> bool:
        """Whether every element has period 1, that is, every subgroup is trivial."""
        return self.monoid.is_aperiodic

    @property
    def is_commutative(self) -> bool:
        """Whether all products commute."""
        return self.monoid.is_commutative

    @property
    def is_solvable(self) -> bool:
        """Whether every maximal subgroup is solvable."""
        return all(group.solvable for group in self.subgroups)


def green(monoid: TransitionMonoid) -> GreenRelations:
    """Return Green's relations of a monoid; everything in them is computed when first asked for."""
    return GreenRelations(monoid)


def summary(monoid: TransitionMonoid) -> dict[str, Any]:
    """Return the monoid's structure with the names of ``negeig check --json``.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> parity = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> found = summary(transition_monoid(parity))
    >>> found["size"], [group["name"] for group in found["subgroups"]]
    (2, ['C2'])
    """
    classes = green(monoid)
    return {
        "size": monoid.size,
        "idempotents": len(monoid.idempotents),
        "n_j": classes.n_j,
        "n_l": classes.n_l,
        "n_r": classes.n_r,
        "n_h": classes.n_h,
        "n_regular_j": classes.n_regular_j,
        "is_group": classes.is_group,
        "is_aperiodic": classes.is_aperiodic,
        "is_commutative": classes.is_commutative,
        "is_r_trivial": classes.is_r_trivial,
        "is_l_trivial": classes.is_l_trivial,
        "is_j_trivial": classes.is_j_trivial,
        "is_inverse": classes.is_inverse,
        "is_block_group": classes.is_block_group,
        "is_solvable": classes.is_solvable,
        "subgroups": [asdict(group) for group in classes.subgroups],
    }


def _first(labels: Ints) -> NDArray[np.int64]:
    """First element of every class of labels 0, 1, ..., n-1."""
    first = np.empty(int(labels.max()) + 1, np.int64)
    first[labels[::-1]] = np.arange(len(labels))[::-1]  # the smallest index is written last
    return first


def _by_first_element(labels: NDArray[Any]) -> Ints:
    """Renumber classes 0, 1, ... in the order of their first elements; labels may be missing."""
    elements = len(labels)
    first = np.full(int(labels.max()) + 1, elements)
    first[labels[::-1]] = np.arange(elements)[::-1]  # the smallest index is written last
    number: Ints = np.empty(len(first), np.int32)
    number[np.argsort(first)] = np.arange(len(first))
    renumbered: Ints = number[labels]
    return renumbered


def _rank_within(labels: Ints) -> NDArray[np.int64]:
    """For every item the number of items before it with its label."""
    order = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels)
    rank = np.empty(len(labels), np.int64)
    rank[order] = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return rank
