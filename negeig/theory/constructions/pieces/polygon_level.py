"""A polygon that carries out a level: letters keep it, reflect it in a mirror, or turn it.

Points are the corners 0, 1, ..., m - 1 of a regular m-gon, and where its mirror images count as
well the point m + j is the mirror image that has j turns after it. A turn is two reflections.
Nothing is overwritten, so the point before a letter is had from the point after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from negeig.theory.constructions.pieces.listed_level import ListedLevel
from negeig.theory.constructions.pieces.mirrors import Mirrors, plane_mirrors, rational_mirrors
from negeig.theory.constructions.pieces.realisation import PartialMap
from negeig.theory.exact.numbers import Vector
from negeig.theory.networks.network import DeltaStep, Step


@dataclass(frozen=True)
class Polygon:
    """What the points of a level are.

    Attributes
    ----------
    corners : int
        At least 3.
    mirrored : bool
        Whether mirror images are points of their own.
    turns : bool
        Whether maps turn the polygon, by two reflections, or each is one reflection.
    """

    corners: int
    mirrored: bool = False
    turns: bool = False

    @property
    def points(self) -> int:
        """How many there are."""
        return self.corners * (2 if self.mirrored else 1)


def mirrors_for(polygons: Sequence[Polygon]) -> dict[int, Mirrors]:
    """Return mirrors for each number of corners: rational, or all with entries in one field.

    The order of the mirrors is a multiple of the corners.

    Examples
    --------
    >>> found = mirrors_for([Polygon(3), Polygon(5), Polygon(7)])
    >>> {corners: mirrors.order for corners, mirrors in found.items()}
    {3: 3, 5: 35, 7: 35}
    """
    corners = sorted({polygon.corners for polygon in polygons})
    known = {m: plane_mirrors(4) if m == 4 else rational_mirrors(m) for m in corners}
    together = lcm(*(m for m, mirrors in known.items() if mirrors is None))
    return {m: mirrors or plane_mirrors(together) for m, mirrors in known.items()}


def polygon_level(
    polygon: Polygon, maps: Sequence[PartialMap], start: int, mirrors: Mirrors
) -> ListedLevel:
    """Return the level as a polygon.

    Parameters
    ----------
    maps : sequence of partial maps
        Images of the points, each a turn, a reflection or the identity where points occur.
    mirrors : Mirrors
        Of a polygon with as many corners, or a multiple.

    Examples
    --------
    >>> level = polygon_level(Polygon(3), [(0, 2, 1), (0, 1, 2)], 0, mirrors_for([Polygon(3)])[3])
    >>> [len(steps) for steps in level.steps], level.befores
    ([1, 0], ((0, 2, 1), (0, 1, 2)))
    """
    unit = mirrors.order // polygon.corners
    first = mirrors.generic if polygon.mirrored else mirrors.axis(0)

    def mirror(corner: int) -> DeltaStep:
        return mirrors.step(corner % polygon.corners * unit)

    def turn(corner: int) -> tuple[Step, ...]:
        return mirror(0), mirror(corner)

    def place(point: int) -> Vector:
        corner, is_mirrored = point % polygon.corners, point >= polygon.corners
        steps = (mirror(corner),) if is_mirrored else turn(corner)
        vector = first
        for step in steps:
            vector = step.apply(vector)
        return vector

    points = {place(point): point for point in range(polygon.points)}
    steps: list[tuple[Step, ...]] = []
    befores: list[tuple[int | None, ...]] = []
    for images in maps:
        known = [(p, image) for p, image in enumerate(images) if image is not None]
        p, image = next(((p, q) for p, q in known if p != q), (0, 0))
        if p == image:
            steps.append(())
            befores.append(tuple(range(polygon.points)))
        elif polygon.turns:
            steps.append(turn(image - p))
            befores.append(tuple((q - image + p) % polygon.corners for q in range(polygon.points)))
        else:
            steps.append((mirror(p + image),))
            befores.append(tuple(reflected(polygon, p + image, q) for q in range(polygon.points)))
    return ListedLevel(
        steps=tuple(steps),
        points=points,
        dim=len(first),
        start=place(start),
        names=mirrors.names,
        remembers=False,
        befores=tuple(befores),
    )


def reflected(polygon: Polygon, mirror: int, point: int) -> int:
    """Return the point that a mirror takes a point to.

    Examples
    --------
    >>> [reflected(Polygon(3), 1, point) for point in range(3)]
    [1, 0, 2]
    >>> [reflected(Polygon(3, mirrored=True), 1, point) for point in range(6)]
    [4, 3, 5, 1, 0, 2]
    """
    corner = (mirror - point) % polygon.corners
    return corner + polygon.corners * (polygon.mirrored and point < polygon.corners)
