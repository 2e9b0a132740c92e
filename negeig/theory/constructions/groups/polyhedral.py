"""The polyhedral route: finite groups of symmetries of space, and of four dimensions.

A4, S4 and A5 are the rotations of the tetrahedron, the cube and the icosahedron, and every
rotation of space is two reflections: the word problem of A5, which is complete for NC1
(Barrington 1989), takes 2 steps a token in dimension 3. The group of the machine is embedded in
the full symmetry group of the cube (entries 0 and +-1) or of the icosahedron (entries in
Q(sqrt 5)), and where that fails in that of the 24-cell (entries multiples of 1/2; Q8 and SL(2,3)
are in it) or in the binary icosahedral group SL(2,5), acting on the quaternions. Of all
embeddings the one with fewest steps a token is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property, partial

import numpy as np

from negeig.automata.groups.embedding import embeddings
from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.groups.small_action import LetterGroup, letter_group, listed
from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.pieces.representation import pareto, reflection_count, represent
from negeig.theory.constructions.pieces.resets import beside_resets
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.exact.fields import golden_ratio
from negeig.theory.exact.linear_algebra import dot, matvec
from negeig.theory.exact.numbers import Matrix, Vector, simplified
from negeig.theory.factors.factorisation import ONE, TWO, ZERO, unit
from negeig.theory.networks.network import DeltaStep
from negeig.theory.theorems import ids

MAX_ORDER = 1_152
"""Order of the largest group that others are embedded in, that of the 24-cell."""

HALF = Fraction(1, 2)


@beside_resets
def construct(machine: Machine) -> list[Construction]:
    """Return networks in three dimensions, or else in four, for the machine's transition group.

    Exact. Complexity: O(order x letters x states) to list the group, then at most
    :data:`negeig.automata.groups.embedding.MAX_TRIES` products over the group.

    Raises
    ------
    LimitReached
        The search for embeddings was cut short.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> [c.cost for c in construct(get("alt:5").minimal())]
    [(1, 2, 3)]
    """
    letters = letter_group(machine, MAX_ORDER)
    if letters is None or letters.group.order < 3:
        return []
    for targets in TARGETS:
        fitting = [target for target, order in targets if order % letters.group.order == 0]
        found = [_embedded(machine, letters, target()) for target in fitting]
        made = [construction for construction in found if construction is not None]
        if made:
            return pareto(made)
    return []


@dataclass(frozen=True, eq=False)
class MatrixGroup:
    """A finite group of orthogonal matrices, as permutations of an orbit with all unit vectors.

    Element x takes ``vectors[i]`` to ``vectors[group.rows[x, i]]``; a product is read left to
    right, so it is first the matrix of its first factor that is applied.
    """

    name: str
    vectors: tuple[Vector, ...]
    group: ListedGroup

    @cached_property
    def _units(self) -> list[int]:
        dim = len(self.vectors[0])
        return [self.vectors.index(unit(dim, i)) for i in range(dim)]

    def matrix(self, x: int) -> Matrix:
        """Return the matrix of an element: its columns are the images of the unit vectors."""
        columns = [self.vectors[self.group.rows[x, i]] for i in self._units]
        return tuple(zip(*columns, strict=True))

    @cached_property
    def costs(self) -> dict[int, int]:
        """Reflections that each element takes, the same throughout a conjugacy class."""
        return {}

    def cost(self, x: int) -> int:
        """Return the number of reflections that an element takes, rank(I - matrix)."""
        if x not in self.costs:
            self.costs[x] = reflection_count(self.matrix(x))
        return self.costs[x]


def _embedded(machine: Machine, letters: LetterGroup, target: MatrixGroup) -> Construction | None:
    """Return the network of the embedding with fewest steps a token; None where there is none."""
    best: tuple[int, np.ndarray] | None = None
    for images in embeddings(letters.group, target.group):
        steps = max(target.cost(int(images[g])) for g in letters.letters)
        if best is None or steps < best[0]:
            best = steps, images
        if steps == 1:
            break
    if best is None:
        return None
    images = best[1]
    network = represent(
        machine,
        [target.matrix(int(images[g])) for g in letters.letters],
        [target.matrix(int(x)) for x in images[letters.stabiliser]],
    )
    if network is None:
        return None
    idea = f"the letters are symmetries of {target.name}"
    return Construction(ROUTE.name, network, idea, ids.T3)


def _matrix_group(
    name: str, dim: int, generators: Sequence[Callable[[Vector], Vector]]
) -> MatrixGroup:
    """List the group that some maps generate, from the orbit of the first unit vector."""
    vectors: dict[Vector, int] = {unit(dim, 0): 0}
    queue: list[Vector] = [unit(dim, 0)]
    images: list[list[int]] = [[] for _ in generators]
    for vector in queue:
        for move, row in zip(generators, images, strict=True):
            image = move(vector)
            row.append(vectors.setdefault(image, len(queue)))
            if len(vectors) > len(queue):
                queue.append(image)
    rows = listed([np.array(row, dtype=np.int32) for row in images], MAX_ORDER)
    if rows is None:
        raise ValueError(f"the symmetries of {name} are no finite group of order {MAX_ORDER}")
    return MatrixGroup(name, tuple(queue), ListedGroup(rows))


def _mirror(root: Vector) -> Callable[[Vector], Vector]:
    """Return the reflection along a vector."""
    step = DeltaStep(TWO / dot(root, root), root, ZERO)
    return lambda vector: tuple(map(simplified, step.apply(vector)))


def _turn(quaternion: Vector) -> Callable[[Vector], Vector]:
    """Return the product with a quaternion on the left."""
    a, b, c, d = quaternion
    matrix = ((a, -b, -c, -d), (b, a, -d, c), (c, d, a, -b), (d, -c, b, a))
    return partial(matvec, matrix)


@cache
def octahedral() -> MatrixGroup:
    """Return the symmetries of the cube, of order 48: signed permutations of three coordinates."""
    mirrors = [_mirror(root) for root in ((ONE, -ONE, ZERO), (ZERO, ONE, -ONE), unit(3, 2))]
    return _matrix_group("the cube", 3, mirrors)


@cache
def icosahedral() -> MatrixGroup:
    """Return the symmetries of the icosahedron, of order 120: reflections in its mirror planes.

    One mirror plane is that of the root (1, phi, 1/phi)/2, phi the golden ratio; three are the
    coordinate planes (Coxeter, Regular Polytopes, section 6.5).
    """
    phi = golden_ratio()
    mirrors = [_mirror(root) for root in (unit(3, 0), unit(3, 1), unit(3, 2), (ONE, phi, phi - 1))]
    return _matrix_group("the icosahedron", 3, mirrors)


@cache
def cell24() -> MatrixGroup:
    """Return the symmetries of the 24-cell, of order 1152: the reflection group F4."""
    roots = ((ONE, -ONE, ZERO, ZERO), (ZERO, ONE, -ONE, ZERO), (ZERO, ZERO, ONE, -ONE))
    mirrors = [_mirror(root) for root in (*roots, unit(4, 3), (ONE, ONE, ONE, ONE))]
    return _matrix_group("the 24-cell", 4, mirrors)


@cache
def binary_icosahedral() -> MatrixGroup:
    """Return SL(2,5), of order 120, acting on the quaternions by products on the left.

    It is generated by (1 + i + j + k)/2 and (phi + i + j/phi)/2 (Coxeter and Moser 6.5 and 6.6).
    """
    phi = golden_ratio()
    generators = ((HALF, HALF, HALF, HALF), (phi / 2, HALF, (phi - 1) / 2, ZERO))
    turns = [_turn(quaternion) for quaternion in generators]
    return _matrix_group("the icosians", 4, turns)


TARGETS = (
    ((octahedral, 48), (icosahedral, 120)),
    ((cell24, 1_152), (binary_icosahedral, 120)),
)
"""Groups in three and in four dimensions, and their orders, which a subgroup's order divides."""

ROUTE = Route(
    name="polyhedral",
    kind="direct",
    rank=70,
    least_layers=1,
    summary="A4, S4, A5 in space, Q8 in four dimensions",
    construct=construct,
)
