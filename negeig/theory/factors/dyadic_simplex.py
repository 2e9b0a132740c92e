"""Unit vectors with dyadic entries whose reflections permute: exact keys of length exactly 1.

Swapping two coordinates is the reflection along ``(e_i - e_j) / sqrt 2``, and no number format
holds ``1 / sqrt 2``. But a symmetric group acts by reflections on any regular simplex, and some
regular simplices have dyadic vertices *and* an edge of dyadic length: then every edge, divided by
its length, is a key that bf16 holds and whose length is exactly 1. The edges
``p_1 - p_2, p_2 - p_3, ...`` so divided are simple roots of type A: consecutive inner products are
-1/2, all others 0. Which dimensions are possible is proved in ``docs/theory/exact-reflections.md``.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise, product
from math import isqrt

from negeig.claims import InputError

IntegerVector = tuple[int, ...]


def dimension(degree: int) -> int:
    """Dimension of :func:`simplex`: no smaller one has rational unit keys, for degree up to 16.

    Examples
    --------
    >>> [dimension(degree) for degree in range(2, 13)]
    [1, 4, 4, 6, 6, 7, 7, 8, 10, 12, 12]
    """
    _check(degree)
    if degree == 9:
        return 8
    hadamard = _hadamard_order(degree)
    return hadamard - 1 if hadamard else degree + degree % 2


def simplex(degree: int) -> tuple[IntegerVector, ...]:
    """Return the vertices of a regular simplex whose edges, divided by their length, are dyadic.

    All vertices have one length, so that the reflection along an edge swaps its ends and keeps the
    other vertices where they are. Three families: rotated pairs of coordinates, ``e_1 + e_2`` and
    ``e_1 - e_2`` and so on, for most degrees; the rows of a Hadamard matrix without its column of
    ones for 2, 7, 8, 31, 32, ...; and for 9 the rotated pairs with one more vertex.

    Parameters
    ----------
    degree : int
        Number of vertices, 2 or more.

    Returns
    -------
    tuple of integer vectors of length ``dimension(degree)``

    Raises
    ------
    InputError
        For a degree below 2.

    Examples
    --------
    >>> simplex(4)
    ((1, 1, 0, 0), (1, -1, 0, 0), (0, 0, 1, 1), (0, 0, 1, -1))
    >>> simplex(2)
    ((1,), (-1,))
    """
    _check(degree)
    if degree == 9:
        # The ninth vertex of the pairs is (1, 0, 1, 0, ...); the centre, (1, 0, 1, 0, ...) / 3,
        # becomes the origin, and everything is multiplied by 3.
        ones = (1, 0) * 4
        eight = (tuple(3 * x - o for x, o in zip(v, ones, strict=True)) for v in _pairs(8))
        return (*eight, tuple(2 * o for o in ones))
    order = _hadamard_order(degree)
    if order:
        return tuple(
            tuple((-1) ** (row & column).bit_count() for column in range(1, order))
            for row in range(degree)
        )
    return _pairs(degree)


def edge_length(vertices: tuple[IntegerVector, ...]) -> int:
    """Length of the edges of a simplex of this module.

    Examples
    --------
    >>> edge_length(simplex(6)), edge_length(simplex(8)), edge_length(simplex(9))
    (2, 4, 6)
    """
    return isqrt(sum((x - y) ** 2 for x, y in zip(vertices[0], vertices[1], strict=True)))


def roots(degree: int) -> tuple[tuple[Fraction, ...], ...]:
    """Return degree - 1 dyadic unit vectors, simple roots of type A.

    The reflection in the i-th is the transposition of the points i and i + 1, that in the sum of
    the i-th to the (j - 1)-th, a unit vector again, the transposition of i and j.

    Raises
    ------
    InputError
        For a degree below 2.

    Examples
    --------
    >>> for root in roots(4):
    ...     print(*root)
    0 1 0 0
    1/2 -1/2 -1/2 -1/2
    0 0 0 1
    """
    vertices = simplex(degree)
    length = edge_length(vertices)
    return tuple(
        tuple(Fraction(x - y, length) for x, y in zip(p, q, strict=True))
        for p, q in pairwise(vertices)
    )


def longest_chain(dim: int) -> tuple[IntegerVector, ...]:
    """Search for the longest chain of simple roots of type A, entries 0, 1/2 and 1 up to sign.

    Exhaustive up to the symmetries of the coordinates: of all chains that differ by permuting and
    negating coordinates only the one is built whose columns, read down the chain, are in descending
    order and begin with a positive entry. A chain as long as the dimension is not searched further,
    since its vectors are linearly independent.

    Parameters
    ----------
    dim : int
        Dimension. The vectors are +-e_i and those with four entries +-1/2.

    Returns
    -------
    tuple of integer vectors
        The chain, every vector multiplied by 2.

    Examples
    --------
    >>> [len(longest_chain(dim)) for dim in range(1, 9)]
    [1, 1, 1, 3, 3, 5, 7, 8]
    """
    vectors = _half_integer_units(dim)
    best: list[IntegerVector] = []

    def extend(chain: list[IntegerVector], orthogonal: list[IntegerVector]) -> bool:
        """Try every next vector; ``orthogonal`` holds those at right angles to all but the last."""
        nonlocal best
        if len(chain) > len(best):
            best = chain
        if len(best) == dim:
            return True
        columns = list(zip(*chain, strict=True)) or [()] * dim
        return any(
            extend([*chain, v], [u for u in orthogonal if not chain or _dot(u, chain[-1]) == 0])
            for v in orthogonal
            if (not chain or _dot(v, chain[-1]) == -2) and _in_order(columns, v)
        )

    extend([], vectors)
    return tuple(best)


def _check(degree: int) -> None:
    if degree < 2:
        raise InputError("degree", f"reflections permute 2 points or more, not {degree}")


def _hadamard_order(degree: int) -> int:
    """Return 2 * 4^j where that is the degree, or one more than it, and larger than 1; else 0.

    Two rows of a Hadamard matrix of that order are at the distance 2^(j + 1).
    """
    order = 2
    while order < degree:
        order *= 4
    return order if degree >= order - 1 else 0


def _pairs(degree: int) -> tuple[IntegerVector, ...]:
    """Return e_1 + e_2, e_1 - e_2, e_3 + e_4, ...: orthogonal, of squared length 2."""
    dim = degree + degree % 2
    vertices = []
    for point in range(degree):
        vector = [0] * dim
        first = point - point % 2
        vector[first], vector[first + 1] = 1, (-1) ** point
        vertices.append(tuple(vector))
    return tuple(vertices)


def _half_integer_units(dim: int) -> list[IntegerVector]:
    """List the unit vectors with entries 0, +-1/2 and +-1, multiplied by 2."""
    found = []
    for count, size in ((1, 2), (4, 1)):
        for places in combinations(range(dim), count):
            for signs in product((size, -size), repeat=count):
                vector = [0] * dim
                for place, sign in zip(places, signs, strict=True):
                    vector[place] = sign
                found.append(tuple(vector))
    return found


def _dot(u: IntegerVector, v: IntegerVector) -> int:
    return sum(x * y for x, y in zip(u, v, strict=True))


def _in_order(columns: list[IntegerVector], vector: IntegerVector) -> bool:
    """Whether the columns, each with one more entry, are in order and begin positively."""
    return all(
        (x >= 0 or any(column)) and (i == 0 or columns[i - 1] != column or vector[i - 1] >= x)
        for i, (column, x) in enumerate(zip(columns, vector, strict=True))
    )
