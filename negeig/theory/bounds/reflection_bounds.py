"""How many reflections a token the letters that permute the states cost one layer.

Those letters generate the group of units G of the transition monoid. On the finite orbit of one
layer they generate a finite group H of orthogonal maps, up to a choice of inner product, that has G
as a quotient, and a letter that takes r steps fixes all but r dimensions
(docs/theory/lower-bounds.md). If H is G itself, characters give the least costs; bounds that hold
for every H are weaker.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from negeig.automata.groups.characters import CharacterTable, RealIrreducible, character_table
from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import LimitReached

MAX_NODES = 50_000
"""Partial choices of irreducible representations examined for one front."""

# Orders of the irreducible finite reflection groups that belong to no infinite family, by rank.
_EXCEPTIONAL = {3: (120,), 4: (1_152, 14_400), 6: (51_840,), 7: (2_903_040,), 8: (696_729_600,)}


@dataclass(frozen=True, kw_only=True)
class ReflectionCost:
    """A faithful real representation of a group of units, by its irreducible constituents.

    Attributes
    ----------
    steps : int
        Steps a token: the largest rank(I - rho(a)) of a letter.
    dimension : int
        Dimension of the representation.
    constituents : tuple of RealIrreducible
        Distinct nontrivial irreducibles, whose common kernel is trivial.
    """

    steps: int
    dimension: int
    constituents: tuple[RealIrreducible, ...]


@dataclass(frozen=True, eq=False)
class Units:
    """The group of units of a transition monoid, and the letters that generate it.

    ``letters`` pairs each letter's column that permutes the states with its element of ``group``.
    """

    group: ListedGroup
    letters: tuple[tuple[int, int], ...]


def units(monoid: TransitionMonoid) -> Units:
    """Return the group of units: products of letters that permute the states."""
    maps = monoid.maps
    points = np.arange(maps.shape[1])
    members = np.flatnonzero((np.sort(maps, axis=1) == points).all(axis=1))
    position = {int(e): i for i, e in enumerate(members)}
    letters = [(a, position[e]) for a, e in enumerate(monoid.right[0].tolist()) if e in position]
    return Units(ListedGroup(maps[members]), tuple(letters))


def reflection_front(found: Units, *, max_nodes: int = MAX_NODES) -> tuple[ReflectionCost, ...]:
    """Return the best faithful real representations of a group: fewest steps, least dimension.

    Every representation in which the letters take some steps in some dimension is matched or
    beaten in both by one of these, fewer steps first. Each of them does track the group: a
    faithful representation has vectors that only the identity fixes.

    Raises
    ------
    LimitReached
        The group has too many elements or classes, or there are too many choices.

    Notes
    -----
    A representation is faithful when no minimal normal subgroup lies in its kernel, so the search
    is a branch and bound over the irreducibles that act nontrivially on the next such subgroup.
    Repeated constituents cost and do not help.

    Examples
    --------
    Fewest steps for the icosahedral group: two, in dimension 3.

    >>> from negeig.automata.groups.schreier_sims import PermutationGroup
    >>> a5 = ListedGroup(PermutationGroup([[1, 2, 3, 4, 0], [1, 2, 0, 3, 4]]).elements())
    >>> letters = tuple((x, x) for x in range(1, 60))
    >>> [(cost.steps, cost.dimension) for cost in reflection_front(Units(a5, letters))]
    [(2, 3)]
    """
    return _Search(character_table(found.group), found, max_nodes).front()


class _Search:
    """Branch and bound over sets of irreducibles."""

    def __init__(self, table: CharacterTable, found: Units, max_nodes: int) -> None:
        labels = table.classes.labels
        self.letter_classes = sorted({int(labels[x]) for _, x in found.letters} - {0})
        self.max_nodes, self.nodes = max_nodes, 0
        irreducibles = table.real_irreducibles[1:]
        self.normal = _minimal_normal_subgroups(irreducibles, len(table.classes))
        self.choices = self._undominated(irreducibles)
        self.best: list[ReflectionCost] = []

    def _costs(self, rho: RealIrreducible) -> tuple[int, ...]:
        """Rank of I - rho(a) for every letter, one for each class of letters."""
        return tuple(rho.dimension - rho.fixed[c] for c in self.letter_classes)

    def _covers(self, rho: RealIrreducible) -> frozenset[int]:
        """Minimal normal subgroups on which a representation is not trivial."""
        return frozenset(i for i, n in enumerate(self.normal) if not n <= rho.kernel)

    def _undominated(
        self, irreducibles: tuple[RealIrreducible, ...]
    ) -> list[tuple[RealIrreducible, tuple[int, ...], frozenset[int]]]:
        """Leave out irreducibles that another one replaces at no greater cost."""
        kept: list[tuple[RealIrreducible, tuple[int, ...], frozenset[int]]] = []
        by_cost = sorted(irreducibles, key=lambda r: (sum(self._costs(r)), r.dimension))
        for rho in by_cost:
            costs, covers = self._costs(rho), self._covers(rho)
            if covers and not any(
                covers <= more
                and other.dimension <= rho.dimension
                and all(x <= y for x, y in zip(less, costs, strict=True))
                for other, less, more in kept
            ):
                kept.append((rho, costs, covers))
        return kept

    def front(self) -> tuple[ReflectionCost, ...]:
        self._extend((), (0,) * len(self.letter_classes), 0, frozenset())
        return tuple(sorted(self.best, key=lambda cost: cost.steps))

    def _extend(
        self,
        chosen: tuple[RealIrreducible, ...],
        costs: tuple[int, ...],
        dimension: int,
        covered: frozenset[int],
    ) -> None:
        steps = max(costs, default=0)
        if any(best.steps <= steps and best.dimension <= dimension for best in self.best):
            return
        self.nodes += 1
        if self.nodes > self.max_nodes:
            raise LimitReached(
                "choices of irreducible representations",
                self.max_nodes,
                reached=self.nodes,
                detail="max_nodes of reflection_front in Python",
            )
        missing = [i for i in range(len(self.normal)) if i not in covered]
        if not missing:
            beaten = [b for b in self.best if steps <= b.steps and dimension <= b.dimension]
            self.best = [b for b in self.best if b not in beaten]
            self.best.append(ReflectionCost(steps=steps, dimension=dimension, constituents=chosen))
            return
        options = [[x for x in self.choices if i in x[2]] for i in missing]
        for rho, more, covers in min(options, key=len):
            total = tuple(x + y for x, y in zip(costs, more, strict=True))
            self._extend((*chosen, rho), total, dimension + rho.dimension, covered | covers)


def _minimal_normal_subgroups(
    irreducibles: tuple[RealIrreducible, ...], classes: int
) -> list[frozenset[int]]:
    """Return the minimal normal subgroups, as sets of classes.

    Normal subgroups are the intersections of kernels, so the least one with a class is the
    intersection of the kernels that contain it.
    """
    everything = frozenset(range(classes))
    closures = {
        everything.intersection(*(r.kernel for r in irreducibles if c in r.kernel))
        for c in range(1, classes)
    }
    return sorted((n for n in closures if not any(m < n for m in closures)), key=sorted)


@dataclass(frozen=True, kw_only=True)
class OneStep:
    """Elements of a group that one step a token does not track in one layer, and why."""

    elements: tuple[int, ...]
    reason: str


def one_step_obstruction(found: Units) -> OneStep | None:
    """Say why one step a token is not enough for one layer, whatever group covers this one.

    None where nothing is found. With one step each letter is a reflection or the identity on the
    finite orbit. Letters that do not commute are reflections of one irreducible finite reflection
    group, of rank at most the number of letters: a dihedral group, or one on Coxeter's list.

    Examples
    --------
    Three involutions generate the simple group of order 168, which no list has at rank 3.

    >>> from negeig.automata.groups.schreier_sims import PermutationGroup
    >>> letters = [[0, 1, 3, 2, 4, 6, 5], [0, 3, 4, 1, 2, 5, 6], [2, 1, 0, 3, 6, 5, 4]]
    >>> group = ListedGroup(PermutationGroup(letters).elements())
    >>> columns = [group.rows.tolist().index(x) for x in letters]
    >>> one_step_obstruction(Units(group, tuple(enumerate(columns)))).reason
    'letters generate a group of order 168, a quotient of no finite reflection group of rank 3'
    """
    group = found.group
    for _, x in found.letters:
        if group.orders[x] > 2:
            reason = "a letter has a period above 2, and a reflection has order 2"
            return OneStep(elements=(x,), reason=reason)
    for elements in _not_commuting(found):
        inside = group.closure(elements)
        order, rank = int(inside.sum()), len(elements)
        if rank > 2 and not _is_dihedral(group, elements, inside):
            orders = [w for n in range(3, rank + 1) for w in _reflection_orders(n)]
            if all(w % order for w in orders):
                at_most = "" if rank == 3 else "at most "
                reason = (
                    f"letters generate a group of order {order}, a quotient of no finite "
                    f"reflection group of rank {at_most}{rank}"
                )
                return OneStep(elements=tuple(elements), reason=reason)
    return None


def _not_commuting(found: Units) -> Iterator[list[int]]:
    """Yield the letters' elements, split where all letters of one part commute with the others."""
    rest = [x for _, x in found.letters if x != found.group.identity]
    while rest:
        part, rest = [rest[0]], rest[1:]
        for x in part:  # grows while it is read
            apart = found.group.centraliser([x])
            part += [y for y in rest if not apart[y]]
            rest = [y for y in rest if apart[y]]
        yield part


def _is_dihedral(group: ListedGroup, involutions: list[int], inside: np.ndarray) -> bool:
    """Whether some element generates half of the group and all the involutions invert it."""
    rotations = np.flatnonzero(inside & (2 * group.orders == inside.sum()))
    return any(
        all(group.product(s, r, s, r) == group.identity for s in involutions)
        for r in rotations.tolist()
    )


def _reflection_orders(rank: int) -> list[int]:
    """Orders of the irreducible finite reflection groups of a rank of at least 3."""
    return [
        math.factorial(rank + 1),
        2**rank * math.factorial(rank),
        2 ** (rank - 1) * math.factorial(rank),
        *_EXCEPTIONAL.get(rank, ()),
    ]
