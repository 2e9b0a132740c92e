"""One number that carries out a level: letters keep it, turn its sign, or write into it.

Points are odd or even whole numbers around 0, and a pair that letters swap is w and -w. The last
level overwrites: h <- w. Another level has to tell the layers below what it overwrote, and so it
writes a digit in base B, ``h <- h/B + (1 - 1/B) w``: the first digit of h is the point, and the
second, after an overwrite, the point before it. All of it is diagonal, with entries 1, -1, 0, 1/B.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from negeig.automata.decomposition.stages import Stage
from negeig.theory.constructions.pieces.listed_level import ListedLevel
from negeig.theory.constructions.pieces.realisation import PartialMap
from negeig.theory.exact.numbers import Vector
from negeig.theory.factors.factorisation import ONE, TWO, ZERO
from negeig.theory.networks.network import DeltaStep, Step

KEY: Vector = (ONE,)


def digit_level(
    stage: Stage, maps: Sequence[PartialMap], start: int, *, is_last: bool, mirrors: bool
) -> ListedLevel | None:
    """Return the level as one number, None where its maps are others than a number's.

    Parameters
    ----------
    maps : sequence of partial maps
        Images of the points; None where a point does not occur.
    mirrors : bool
        Whether the eigenvalue -1 may be used: at most one permutation, which swaps points in
        pairs and fixes at most one.

    Examples
    --------
    >>> level = digit_level(Stage(2, {}, {}), [(0, 1), (1, 1)], 0, is_last=False, mirrors=False)
    >>> [[str(step.eigenvalue) for step in steps] for steps in level.steps], level.befores
    ([[], ['1/4']], ((0, 0, 1, 1), (None, None, 0, 1)))
    """
    size = stage.points
    kinds = [_kind(images) for images in maps]
    swaps = list(dict.fromkeys(kind for kind in kinds if isinstance(kind, tuple)))
    if swaps and not mirrors:
        return None
    pairing = _pairing(swaps, size)
    if pairing is None:
        return None
    digits = _digits(pairing)
    base = 1 << (2 * (size - 1)).bit_length()
    part = ONE if is_last or size == 1 else 1 - ONE / base
    if is_last or size == 1:
        places = [(p, p) for p in range(size)]
    else:
        places = [(p, q) for p in range(size) for q in range(size)]
    points: dict[Vector, int] = {(part * digits[p] + (1 - part) * digits[q],): p for p, q in places}
    if len(points) < len(places):
        return None
    steps: list[tuple[Step, ...]] = []
    befores: list[tuple[int | None, ...]] = []
    for kind in kinds:
        if kind is None:
            steps.append(())
            befores.append(tuple(p for p, _ in places))
        elif isinstance(kind, int):
            steps.append((DeltaStep(part, KEY, digits[kind]),))
            befores.append(tuple(q if p == kind else None for p, q in places))
        else:
            steps.append((DeltaStep(TWO, KEY, ZERO),))
            befores.append(tuple(pairing[p] for p, _ in places))
    return ListedLevel(
        steps=tuple(steps),
        points=points,
        dim=1,
        start=(digits[start],),
        names=("point",) if is_last else ("points",),
        remembers=False,
        befores=tuple(befores),
    )


def _kind(images: PartialMap) -> tuple[int, ...] | int | None:
    """Return a permutation, the point of an overwrite, or None for what keeps every point."""
    known = {p: image for p, image in enumerate(images) if image is not None}
    if all(p == image for p, image in known.items()):
        return None
    if len(set(known.values())) == 1:
        return next(iter(known.values()))
    return tuple(known.get(p, -1) for p in range(len(images)))


def _pairing(swaps: Sequence[tuple[int, ...]], size: int) -> tuple[int, ...] | None:
    """Return the one involution that all partial swaps are parts of, None where there is none."""
    pairing = [-1] * size
    for swap in swaps:
        for p, q in enumerate(swap):
            if q < 0:
                continue
            if pairing[p] not in (-1, q) or pairing[q] not in (-1, p):
                return None
            pairing[p], pairing[q] = q, p
    free = [p for p, q in enumerate(pairing) if q < 0]
    fixed = [p for p, q in enumerate(pairing) if q == p]
    if len(fixed) > 1 or (fixed and size % 2 == 0):
        return None
    while len(free) > 1:
        p, q = free.pop(0), free.pop()
        pairing[p], pairing[q] = q, p
    for p in free:
        if fixed:
            return None
        pairing[p] = p
    return tuple(pairing)


def _digits(pairing: Sequence[int]) -> list[Fraction]:
    """Return a whole number for each point, two apart, opposite ones for paired points."""
    size = len(pairing)
    digits = [ZERO] * size
    largest = size - 1
    for p, q in enumerate(pairing):
        if p < q:
            digits[p], digits[q] = Fraction(-largest), Fraction(largest)
            largest -= 2
    return digits
