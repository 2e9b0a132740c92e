"""Pull one or two generalised Householder factors out of a contraction, exactly.

Write A = I - M for a contraction M; then M and M^T fix the same vectors. A factor F with
M = N F, N again a contraction and rank(I - N) = rank(I - M) - 1 exists exactly along the
eigenvectors of T(M) = A^-1 M A^T, and its eigenvalue is that of T(M). Where T(M) has no eigenvalue
in the field of the entries, two factors F, F' with M = N F' F do the same; they are read off
rational points of a plane cubic. Proofs: docs/theory/factorisation.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement, count, islice, product
from math import gcd, lcm

import numpy as np
from numpy.typing import NDArray

from negeig.claims import LimitReached
from negeig.theory.exact.fields import field_of
from negeig.theory.exact.linear_algebra import (
    ONE,
    ZERO,
    add,
    characteristic_polynomial,
    combine,
    dot,
    identity,
    inverse,
    is_contraction,
    matvec,
    multiply,
    null_space,
    row_reduce,
    transpose,
)
from negeig.theory.exact.numbers import Matrix, Number, Vector, simplified
from negeig.theory.exact.polynomials import parts, roots_in_field
from negeig.theory.networks.network import DeltaStep

Point = tuple[Number, Number, Number]

MAX_VECTORS = 60
"""How many small vectors each search of :func:`split_pair` tries."""

MAX_BITS = 100_000
"""Bits of all entries beyond which :func:`split_pair` gives up; every pair makes them longer."""

SHORT = 1_000
"""Points far out on the cubic have long coordinates: they are tried below so many bits only."""

ENOUGH = 3
"""After so many pairs :func:`split_pair` takes the one with the shortest numbers."""


def householder_step(key: Vector, beta: Number) -> DeltaStep:
    """Return ``I - beta key key^T`` with the key scaled to coprime integers where that can be.

    Examples
    --------
    >>> step = householder_step((Fraction(1, 2), Fraction(-1, 2)), Fraction(4))
    >>> [str(k) for k in step.key], str(step.beta)
    (['1', '-1'], '1')
    """
    lead = next(k for k in key if k != 0)
    scaled = [simplified(k / lead) for k in key]
    factor: Number = lead
    if all(isinstance(k, Fraction) for k in scaled):
        rational = [k for k in scaled if isinstance(k, Fraction)]
        common = lcm(*(k.denominator for k in rational))
        shared = gcd(*(int(k * common) for k in rational))
        scaled = [k * Fraction(common, shared) for k in scaled]
        factor = lead * Fraction(shared, common)
    return DeltaStep(simplified(beta * factor * factor), tuple(scaled), ZERO)


def step_matrix(step: DeltaStep) -> Matrix:
    """Return the linear part ``I - beta key key^T`` of a step."""
    outer = tuple(tuple(k * other for other in step.key) for k in step.key)
    return add(identity(len(step.key)), outer, -step.beta)


def moving_coordinates(matrix: Matrix) -> tuple[int, ...]:
    """Coordinates whose unit vectors are a basis modulo the fixed vectors of a contraction."""
    return row_reduce(add(identity(len(matrix)), matrix, -ONE))[1]


def factor_spectrum(matrix: Matrix) -> tuple[Number, ...]:
    """Return the characteristic polynomial of T(M) = (I - M)^-1 M (I - M^T), constant term first.

    T acts on the space modulo the vectors that M fixes; its degree is rank(I - M). A contraction
    is a product of exactly rank(I - M) factors over the reals iff all roots are real, and then
    the roots are the eigenvalues of the factors of every such product.

    Examples
    --------
    >>> half, no = Fraction(1, 2), Fraction(0)
    >>> [str(c) for c in factor_spectrum(((half, no), (no, -half)))]
    ['-1/4', '0', '1']
    """
    support = moving_coordinates(matrix)
    away = add(identity(len(matrix)), matrix, -ONE)
    moved = _restrict(multiply(matrix, transpose(away)), support)
    return characteristic_polynomial(multiply(inverse(_restrict(away, support)), moved))


def factor_eigenvalues(matrix: Matrix) -> tuple[Number, ...]:
    """Return the eigenvalues of T(M) in the field of the entries, each once."""
    field = field_of([x for row in matrix for x in row])
    return roots_in_field(factor_spectrum(matrix), field)


def split_one(matrix: Matrix, eigenvalue: Number) -> tuple[DeltaStep, Matrix] | None:
    """Return F with this eigenvalue, and a contraction N, with M = N F and I - N of smaller rank.

    None when the number is no eigenvalue of T(M). With x the eigenvector the key is
    (I - M^T) x, and N fixes x.
    """
    support = moving_coordinates(matrix)
    away = add(identity(len(matrix)), matrix, -ONE)
    pencil = add(multiply(matrix, transpose(away)), away, -eigenvalue)
    kernel = null_space(_restrict(pencil, support))
    if not kernel:
        return None
    entries = dict(zip(support, kernel[0], strict=True))
    x = tuple(entries.get(i, ZERO) for i in range(len(matrix)))
    image, key = matvec(away, x), matvec(transpose(away), x)
    beta = 1 / dot(x, image)
    outer = tuple(tuple(a * k for k in key) for a in image)
    return householder_step(key, beta), add(matrix, outer, beta)


def split_pair(matrix: Matrix) -> tuple[tuple[DeltaStep, ...], Matrix]:
    """Return F, F' and a contraction N with M = N F' F and I - N of smaller rank.

    For a vector z let F send z to some p, and F' send p to x = M z. The pairs that fit M^T too,
    so that N x = N^T x = x, form a plane cubic. Its simplest point has F' x = M^T x and is tried
    first, then points further out; of the first few results the shortest is taken. All z tried
    are small. A reflection comes first, and alone if then T(N) has an eigenvalue in the field,
    where that gives short numbers (conformal maps, for example) or nothing else was found.

    Raises LimitReached when no vector works, or the entries are longer than MAX_BITS.
    """
    length = _length(matrix)
    if length > MAX_BITS:
        raise LimitReached("bits of the entries of a matrix to factor", MAX_BITS, reached=length)
    vectors = list(islice(_small_vectors(moving_coordinates(matrix), len(matrix)), MAX_VECTORS))
    mirrors = [_mirror(matrix, vector) for vector in vectors]
    if length <= SHORT:
        for mirror in mirrors:
            turned = multiply(matrix, step_matrix(mirror))
            if factor_eigenvalues(turned):
                return (mirror,), turned
    found = _shortest_pair(matrix, vectors, 0)
    if found is None and length <= SHORT:
        found = _shortest_pair(matrix, vectors, 2)
    if found is not None:
        return found
    for mirror in mirrors:
        found = _shortest_pair(multiply(matrix, step_matrix(mirror)), vectors, 0)
        if found is not None:
            return (mirror, *found[0]), found[1]
    raise LimitReached(
        "vectors tried for two factors of a contraction", MAX_VECTORS, reached=len(vectors)
    )


def _mirror(matrix: Matrix, vector: Vector) -> DeltaStep:
    """Return a reflection whose key (I - M^T) v is orthogonal to all that M fixes."""
    key = combine(ONE, vector, -ONE, matvec(transpose(matrix), vector))
    return householder_step(key, 2 / dot(key, key))


def _shortest_pair(
    matrix: Matrix, vectors: list[Vector], rounds: int
) -> tuple[tuple[DeltaStep, ...], Matrix] | None:
    found: list[tuple[int, tuple[DeltaStep, ...], Matrix]] = []
    rounded = np.array([[float(x) for x in row] for row in matrix])
    for z in vectors:
        if rounds == 0 and not _promising(rounded, np.array([float(c) for c in z])):
            continue
        for pair in _pairs(matrix, z, rounds):
            rest = matrix
            for step in pair:
                rest = multiply(rest, _inverse_matrix(step))
            if is_contraction(rest):
                found.append((_length(rest), pair, rest))
        if len(found) >= ENOUGH:
            break
    return min(found, key=lambda item: item[0])[1:] if found else None


def _promising(matrix: NDArray[np.float64], z: NDArray[np.float64]) -> bool:
    """Guess in floating point whether the first point of :func:`_pairs` leaves a contraction.

    Exact arithmetic then confirms it; a wrong "no" only means that another z is taken.
    """
    x = matrix @ z
    g = x - matrix.T @ x
    down = g @ x
    eigenvalue = 1 - g @ g / down if down else 0.0
    if eigenvalue == 0:
        return False
    k = z - x - g / eigenvalue
    further = k @ z
    if further <= 0:
        return False
    eye = np.eye(len(z))
    both = (eye - np.outer(g, g) / down) @ (eye - np.outer(k, k) / further)
    return bool(np.linalg.eigvalsh(both.T @ both - matrix.T @ matrix)[0] > -1e-9)


def _pairs(matrix: Matrix, z: Vector, rounds: int) -> Iterator[tuple[DeltaStep, DeltaStep]]:
    """Yield the pairs of legal factors (z to p, then p to M z) that fit M^T too."""
    x = matvec(matrix, z)
    e = combine(ONE, z, -ONE, x)
    g = combine(ONE, x, -ONE, matvec(transpose(matrix), x))
    if len(row_reduce((e, g))[1]) < 2:
        return
    for s, t, w in _cubic_points(e, g, x, rounds):
        if t == 0 or w == 0:
            continue
        first = combine(s / w, e, t / w, g)
        p = combine(ONE, z, -ONE, first)
        second = combine(ONE, p, -ONE, x)
        down, further = dot(first, z), dot(second, p)
        if not (down > 0 and further > 0):
            continue
        pair = householder_step(first, 1 / down), householder_step(second, 1 / further)
        if all(step.eigenvalue != 0 and not step.eigenvalue < -1 for step in pair):
            yield pair


def _cubic_points(e: Vector, g: Vector, x: Vector, rounds: int) -> list[Point]:
    """Points (s : t : w) of the cubic (k.x)(s + t)w + s k.k = 0 with k = (w - s)e - t g.

    The third point on the line through (1:0:1) and (0:1:0), where F' x = M^T x; in each round
    also those on all chords and tangents of (0:0:1) and the points so far.
    """
    ex, gx, ee, eg, gg = dot(e, x), dot(g, x), dot(e, e), dot(e, g), dot(g, g)

    def value(point: Point) -> Number:
        s, t, w = point
        u = w - s
        return (u * ex - t * gx) * (s + t) * w + s * (u * u * ee - 2 * u * t * eg + t * t * gg)

    def gradient(point: Point) -> Point:
        s, t, w = point
        u = w - s
        kx, kk = u * ex - t * gx, u * u * ee - 2 * u * t * eg + t * t * gg
        ke, kg = u * ee - t * eg, u * eg - t * gg
        return (
            -ex * (s + t) * w + kx * w + kk - 2 * s * ke,
            -gx * (s + t) * w + kx * w - 2 * s * kg,
            ex * (s + t) * w + kx * (s + t) + 2 * s * ke,
        )

    def third(p: Point, q: Point) -> Point:
        """Return the third point on the line through two, or on the tangent at one."""
        if p == q:
            direction = _cross(gradient(p), p)
            far = value(direction)
            near = value(_move(p, direction, ONE)) - far
            return _normal(_move(_scale(p, far), direction, -near))
        plus, minus = value(_move(p, q, ONE)), value(_move(p, q, -ONE))
        return _normal(_move(_scale(p, plus + minus), q, minus - plus))

    corners: list[Point] = [(ONE, ZERO, ONE), (ZERO, ONE, ZERO)]
    points = [third(*corners)]
    if rounds:
        points = [*corners, (ZERO, ZERO, ONE), *points]
    for _ in range(rounds):
        for p, q in list(combinations_with_replacement(points, 2)):
            new = third(p, q)
            if any(c != 0 for c in new) and new not in points:
                points.append(new)
    return points


def _move(p: Point, q: Point, scale: Number) -> Point:
    return (p[0] + scale * q[0], p[1] + scale * q[1], p[2] + scale * q[2])


def _scale(p: Point, scale: Number) -> Point:
    return (scale * p[0], scale * p[1], scale * p[2])


def _cross(p: Point, q: Point) -> Point:
    return (
        p[1] * q[2] - p[2] * q[1],
        p[2] * q[0] - p[0] * q[2],
        p[0] * q[1] - p[1] * q[0],
    )


def _normal(p: Point) -> Point:
    """Scale a point of the projective plane so that its last nonzero coordinate is 1."""
    last = next((c for c in reversed(p) if c != 0), ONE)
    scaled = _scale(p, 1 / last)
    return (simplified(scaled[0]), simplified(scaled[1]), simplified(scaled[2]))


def _small_vectors(support: tuple[int, ...], dim: int) -> Iterator[Vector]:
    """Yield integer vectors on a set of coordinates, up to sign, small ones first."""
    for size in count(1):
        cube = product(range(-size, size + 1), repeat=len(support))
        shell = [v for v in cube if max(map(abs, v)) == size and gcd(*v) == 1]
        for entries in sorted(shell, key=lambda v: sum(map(abs, v))):
            if next(c for c in entries if c != 0) > 0:
                placed = dict(zip(support, entries, strict=True))
                yield tuple(Fraction(placed.get(i, 0)) for i in range(dim))


def _inverse_matrix(step: DeltaStep) -> Matrix:
    """Return the inverse of a factor, which is one along the same key."""
    return step_matrix(DeltaStep(-step.beta / step.eigenvalue, step.key, ZERO))


def _restrict(matrix: Matrix, support: tuple[int, ...]) -> Matrix:
    return tuple(tuple(matrix[i][j] for j in support) for i in support)


def _length(matrix: Matrix) -> int:
    """Bits of all numerators and denominators."""
    return sum(
        part.numerator.bit_length() + part.denominator.bit_length()
        for row in matrix
        for x in row
        for part in parts(x)
    )
