"""Directions in which regions are bounded: boxes, parallelepipeds, polygons.

A region is ``{h : low <= H h <= high}`` for the rows of a matrix H, a *template*: with the unit
vectors a box, with another basis a parallelepiped, with more rows than dimensions a polytope. The
numbers ``w = H h`` move affinely too: a letter ``h <- A h + b`` moves them by ``w <- M w + H b``
for every M with ``M H = H A``. So all that is done with boxes is done with w, exactly. Each row of
M is chosen with entries that are small in sum: then the box of the image is tight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations

import numpy as np

from negeig.arrays import Float64s
from negeig.theory.closure.boxes import Affine, Box, Row, dot, linear

SIDES = (4, 8)
"""Directions of the polygons that are tried in two dimensions; each bounds two sides."""

BITS = 10
"""Rows of templates are rounded to multiples of 2^-BITS."""

MAX_DIM = 12
"""Largest dimension in which other templates than boxes are tried."""

MAX_BASES = 4
"""Most bases that are tried."""


@dataclass(frozen=True, eq=False)
class Template:
    """Rows that bound regions; the first ``dim`` of them are a basis.

    Examples
    --------
    A rotation by 36.87 degrees that shrinks to nine tenths: its row is longer than 1 for a box,
    shorter for an octagon.

    >>> half = Fraction(9, 50)
    >>> turn = Affine(((4 * half, -3 * half), (3 * half, 4 * half)), (Fraction(0),) * 2)
    >>> for template in (boxes(2), polygon(boxes(2), 8)):
    ...     print(round(float(max(sum(map(abs, row)) for row in template.moved(turn).matrix)), 3))
    1.26
    0.916
    """

    rows: tuple[Row, ...]
    _known: dict[Row, Row] = field(default_factory=dict, repr=False)

    @property
    def dim(self) -> int:
        """Dimension of the states."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def is_boxes(self) -> bool:
        """Whether the regions are boxes."""
        return len(self.rows) == self.dim and all(
            x == (i == j) for i, row in enumerate(self.rows) for j, x in enumerate(row)
        )

    def combined(self, vector: Row) -> Row:
        """Return factors of the rows that give a vector: ``factors H = vector``. Exact."""
        if self.is_boxes:
            return vector
        found = self._known.get(vector)
        if found is None:
            found = self._known[vector] = self._solved(vector)
        return found

    def coordinates(self, state: Row) -> Row:
        """Return ``H h``."""
        return tuple(dot(row, state) for row in self.rows)

    def moved(self, letter: Affine) -> Affine:
        """Return what a letter does to ``H h``."""
        if self.is_boxes:
            return letter
        columns = list(zip(*letter.matrix, strict=True))
        images = [tuple(dot(row, column) for column in columns) for row in self.rows]
        return Affine(tuple(map(self.combined, images)), self.coordinates(letter.shift))

    def spread(self, moved: Sequence[Fraction]) -> Row:
        """Return how far ``H h`` moves at most where h moves so far in each coordinate."""
        return tuple(
            sum((abs(a) * x for a, x in zip(row, moved, strict=True) if a and x), Fraction(0))
            for row in self.rows
        )

    def hull(self, region: Box) -> Box:
        """Return a box of states around a region."""
        if self.is_boxes:
            return region
        unit = boxes(self.dim).rows
        return tuple(linear(self.combined(axis), Fraction(0), region) for axis in unit)

    def _solved(self, vector: Row) -> Row:
        """Solve for the factors with the basis of rows that makes them smallest in sum."""
        near = np.array([float(x) for x in vector])
        best, least = tuple(range(self.dim)), np.inf
        for basis, inverse in self._inverses:
            size = float(np.abs(near @ inverse).sum())
            if size < least * (1 - 1e-9):
                best, least = basis, size
        solved = _solve([self.rows[i] for i in best], vector)
        factors = dict(zip(best, solved, strict=True))
        return tuple(factors.get(i, Fraction(0)) for i in range(len(self.rows)))

    @cached_property
    def _inverses(self) -> list[tuple[tuple[int, ...], Float64s]]:
        """Bases of rows and their inverses; of polygons those of all pairs of rows."""
        rows = np.array([[float(x) for x in row] for row in self.rows])
        every = combinations(range(len(rows)), self.dim) if self.dim == 2 else [range(self.dim)]
        return [
            (tuple(basis), np.linalg.inv(rows[list(basis)]))
            for basis in every
            if abs(np.linalg.det(rows[list(basis)])) > 1e-9
        ]


def boxes(dim: int) -> Template:
    """Return the template of boxes."""
    return Template(tuple(tuple(Fraction(i == j) for j in range(dim)) for i in range(dim)))


def polygon(basis: Template, sides: int) -> Template:
    """Return directions all around in two dimensions, in the coordinates of a basis.

    The first rows are those of the basis.
    """
    angles = [np.pi * i / sides for i in range(sides)]
    order = [0, sides // 2, *(i for i in range(sides) if i not in (0, sides // 2))]
    rows = [_rounded([np.cos(angles[i]), np.sin(angles[i])]) for i in order]
    columns = list(zip(*basis.rows, strict=True))
    return Template(tuple(tuple(dot(row, column) for column in columns) for row in rows))


def templates(letters: Sequence[Affine]) -> Iterator[Template]:
    """Yield templates in which letters may shrink regions: boxes first.

    Then the real eigenvectors of a letter's matrix, and axes in which all of them shrink on
    average; in two dimensions polygons in each. They are guesses, in floating point: what is
    proved with them is verified exactly.
    """
    dim = len(letters[0].shift) if letters else 0
    unit = boxes(dim)
    yield unit
    matrices = [matrix for own in dict.fromkeys(letters) if (matrix := _floats(own)) is not None]
    if not 2 <= dim <= MAX_DIM or len(matrices) < len(set(letters)):
        return
    bases = [unit, *_bases(matrices)][:MAX_BASES]
    yield from bases[1:]
    if dim == 2:
        yield from (polygon(basis, sides) for sides in SIDES for basis in bases)


def keeps_errors(letters: Sequence[Affine], moved: Sequence[Sequence[bool]]) -> bool:
    """Whether some letter, read over and over, adds up errors in the coordinates that are moved.

    Then they leave every bounded region. In floating point: it only tells what not to look for.
    """
    for letter, off in zip(letters, moved, strict=True):
        matrix = _floats(letter)
        if matrix is None:
            return True
        values, vectors = np.linalg.eig(matrix.T)
        lasting = np.abs(vectors[:, np.abs(values) > 1 - 1e-9])
        if lasting[np.array(off, bool)].max(initial=0.0) > 1e-6:
            return True
    return False


def _floats(letter: Affine) -> Float64s | None:
    """Return a letter's matrix in float64, None where an entry is beyond its range."""
    try:
        return np.array([[float(x) for x in row] for row in letter.matrix])
    except OverflowError:
        return None


def _bases(matrices: Sequence[Float64s]) -> Iterator[Template]:
    seen: set[tuple[Row, ...]] = set()
    for candidate in (_lyapunov(matrices), *map(_eigenvectors, matrices)):
        if candidate is None or not np.isfinite(candidate).all():
            continue
        size = np.abs(candidate).max(axis=1, keepdims=True)
        if not size.all() or np.linalg.cond(candidate / size) > 2.0**BITS / 4:
            continue
        rows = tuple(_rounded(row) for row in (candidate / size).tolist())
        if rows not in seen:
            seen.add(rows)
            yield Template(rows)


def _eigenvectors(matrix: Float64s) -> Float64s | None:
    """Return left eigenvectors as rows, where all eigenvalues are real."""
    values, vectors = np.linalg.eig(matrix.T)
    return np.real(vectors.T).astype(np.float64) if np.isreal(values).all() else None


def _lyapunov(matrices: Sequence[Float64s]) -> Float64s | None:
    """Return axes in which matrices shrink on average: K = 1 + mean of A' K A, by iteration."""
    dim = len(matrices[0])
    found = np.eye(dim)
    for _ in range(200):
        after = np.eye(dim) + sum(a.T @ found @ a for a in matrices) / len(matrices)
        if not np.isfinite(after).all() or np.abs(after).max() > 2.0**40:
            return None
        found = after
    return np.linalg.cholesky(found).T.astype(np.float64)


def _rounded(row: Sequence[float]) -> Row:
    return tuple(Fraction(round(float(x) * 2**BITS), 2**BITS) for x in row)


def _solve(rows: Sequence[Row], vector: Row) -> list[Fraction]:
    """Return the factors of independent rows that give a vector, by elimination. Exact."""
    n = len(vector)
    table = [[row[i] for row in rows] + [vector[i]] for i in range(n)]
    for c in range(n):
        pivot = next(r for r in range(c, n) if table[r][c])
        table[c], table[pivot] = table[pivot], table[c]
        table[c] = [x / table[c][c] for x in table[c]]
        for r in range(n):
            if r != c and table[r][c]:
                table[r] = [x - table[r][c] * y for x, y in zip(table[r], table[c], strict=True)]
    return [row[-1] for row in table]
