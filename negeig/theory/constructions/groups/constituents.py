"""The constituents route: parts of permutation representations, in orthonormal coordinates.

The group of the machine acts on the cosets of its subgroups. A symmetric matrix that commutes
with such an action has eigenspaces that the group keeps; over the rationals they are the kernels
of the factors of its characteristic polynomial, found exactly. One of them, or a few side by side,
represent the group faithfully in fewer dimensions than the points. The cost, rank(I - rho(a)) for
letter a, is known before anything is built. A constituent that has no orthonormal coordinates
(:mod:`~.pieces.frames`) is given up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

import numpy as np
from flint import fmpz, fmpz_mat

from negeig.automata.groups.permgroup import ListedGroup, Mask
from negeig.automata.groups.small_action import (
    LetterGroup,
    Points,
    coset_action,
    letter_group,
    minimal_normal_subgroups,
    subgroups,
)
from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.pieces.frames import frame
from negeig.theory.constructions.pieces.representation import pareto, represent
from negeig.theory.constructions.pieces.resets import beside_resets
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.exact.fields import field_of
from negeig.theory.exact.numbers import Matrix, Number, Vector, simplified
from negeig.theory.factors.factorisation import ZERO
from negeig.theory.theorems import ids

MAX_INDEX = 24
"""Most points of an action that is split."""

MAX_ACTIONS = 16
"""Most actions that are split; actions with equal fixed-point counts are split once."""

MAX_MINIMAL = 10
"""Most minimal normal subgroups of a group for which constituents are put together."""

MAX_DIMENSION = 16
"""Largest dimension of a constituent."""

MAX_STABILISER = 200
"""Largest stabiliser of the initial state that a start is averaged over."""


@beside_resets
def construct(machine: Machine) -> list[Construction]:
    """Return networks on faithful sums of constituents, those that no other one beats.

    Exact. Complexity: O(points^4) rational operations to split each action, a bounded number of
    actions on at most ``MAX_INDEX`` points.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> min(c.cost for c in construct(get("sym:4:swaps").minimal()))
    (1, 1, 3)
    """
    letters = letter_group(machine)
    if letters is None or letters.group.order < 3:
        return []
    minimal = minimal_normal_subgroups(letters.group)
    if len(minimal) > MAX_MINIMAL:
        return []
    pieces = list(_pieces(letters, [_generator(letters.group, mask) for mask in minimal]))
    found = []
    for chosen in _faithful_sums(pieces, len(minimal)):
        try:
            field_of([x for piece in chosen for x in chain(*piece.frame)])
        except ValueError:
            continue  # two number fields at once
        construction = _construction(machine, letters, chosen)
        if construction is not None:
            found.append(construction)
    return pareto(found)


@dataclass(frozen=True, eq=False)
class _Piece:
    """A constituent: where it comes from, orthogonal vectors of one length, and what it costs.

    ``frame`` are the vectors, ``square`` their squared length; ``costs`` the reflections for each
    letter; bit i of ``moves`` is set when the i-th minimal normal subgroup acts on it.
    """

    subgroup: np.ndarray
    frame: tuple[Vector, ...]
    square: Fraction
    costs: tuple[int, ...]
    moves: int


def _pieces(letters: LetterGroup, normal: Sequence[int]) -> Iterator[_Piece]:
    """Yield constituents with a frame, none that costs what an earlier one does."""
    group = letters.group
    seen = set()
    for subgroup in split_subgroups(letters):
        images = coset_action(group, [*letters.letters, *normal], [subgroup])
        points, normal_points = images[: len(letters.letters)], images[len(letters.letters) :]
        for basis in eigenspaces(points):
            costs = tuple(_moved_rank(basis, row) for row in points)
            moves = sum(1 << i for i, row in enumerate(normal_points) if _moved_rank(basis, row))
            framed = frame(basis) if moves and basis.nrows() <= MAX_DIMENSION else None
            if framed is None:
                continue
            vectors, square = framed
            kind = (basis.nrows(), costs, moves, field_of(list(chain(*vectors))))
            if kind not in seen:
                seen.add(kind)
                yield _Piece(subgroup, vectors, square, costs, moves)


def split_subgroups(letters: LetterGroup) -> list[Mask]:
    """Return subgroups of small index, least first, that differ in the orders of their elements.

    At most ``MAX_ACTIONS``, of index up to ``MAX_INDEX``, with masks of the group's elements.
    """
    group = letters.group
    kinds: dict[tuple[int, ...], Mask] = {}
    for subgroup in subgroups(letters):
        index = group.order // int(subgroup.sum())
        if 1 < index <= MAX_INDEX:
            statistics = np.bincount(group.orders[subgroup]).tolist()
            kinds.setdefault((index, *statistics), subgroup)
    return [kinds[kind] for kind in sorted(kinds)][:MAX_ACTIONS]


def _generator(group: ListedGroup, minimal: np.ndarray) -> int:
    """Return an element whose normal closure is a minimal normal subgroup."""
    return int(next(x for x in np.flatnonzero(minimal) if x != group.identity))


def eigenspaces(points: Points) -> list[fmpz_mat]:
    """Split a permutation representation over the rationals.

    Parameters
    ----------
    points : Points
        For each generator of the group the images of the points.

    Returns
    -------
    list of fmpz_mat
        Rows are reduced integer bases of invariant subspaces, orthogonal to one another and
        together the whole space: the kernels of the factors of the characteristic polynomial of
        one symmetric matrix that commutes with the group.

    Notes
    -----
    Complete where no constituent occurs twice; a repeated one may stay in one piece with others.

    Examples
    --------
    >>> sorted(basis.nrows() for basis in eigenspaces([(1, 2, 3, 0)]))
    [1, 1, 2]
    """
    n = len(points[0])
    orbital = _orbitals(points)
    weight = [k * k + k + 1 for k in range(max(map(max, orbital)) + 1)]
    entries = [weight[orbital[i][j]] + weight[orbital[j][i]] for i in range(n) for j in range(n)]
    matrix = fmpz_mat(n, n, entries)
    one = fmpz_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
    bases = []
    for factor, _ in matrix.charpoly().factor()[1]:
        value = 0 * one
        for c in reversed(list(factor.coeffs())):
            value = value * matrix + c * one
        columns, nullity = value.nullspace()
        rows = [[columns[i, j] for i in range(n)] for j in range(int(nullity))]
        bases.append(fmpz_mat([_primitive(row) for row in rows]).lll())
    return bases


def _primitive(row: Sequence[fmpz]) -> list[int]:
    """Divide integers by their greatest common divisor."""
    divisor = math.gcd(*map(int, row))
    return [int(x) // divisor for x in row]


def _orbitals(points: Points) -> list[list[int]]:
    """Return the number of its orbit for every pair of points."""
    n = len(points[0])
    orbital = [[-1] * n for _ in range(n)]
    count = 0
    for start in ((i, j) for i in range(n) for j in range(n)):
        if orbital[start[0]][start[1]] >= 0:
            continue
        orbital[start[0]][start[1]] = count
        queue = [start]
        for i, j in queue:
            for images in points:
                if orbital[images[i]][images[j]] < 0:
                    orbital[images[i]][images[j]] = count
                    queue.append((images[i], images[j]))
        count += 1
    return orbital


def _moved_rank(basis: fmpz_mat, images: Sequence[int]) -> int:
    """Rank of I - P on an invariant subspace, P the permutation: the reflections it costs."""
    rows = basis.nrows()
    moved = [[basis[r, i] - basis[r, images[i]] for i in range(basis.ncols())] for r in range(rows)]
    return int(fmpz_mat(moved).rank())


def _faithful_sums(pieces: Sequence[_Piece], count: int) -> list[tuple[_Piece, ...]]:
    """Return sums of pieces in which every minimal normal subgroup acts; the rest are dearer.

    By dynamic programming over the sets of minimal normal subgroups that act, keeping what no
    other sum beats in dimension and steps a token.
    """
    full = (1 << count) - 1
    sums: dict[int, list[tuple[_Piece, ...]]] = {0: [()]}
    for done in range(full):
        for chosen in sums.get(done, []):
            for piece in pieces:
                reached = done | piece.moves
                if reached != done:
                    rivals = [*sums.get(reached, []), (*chosen, piece)]
                    sums[reached] = _cheapest(rivals)
    return sums.get(full, [])


def _cheapest(sums: list[tuple[_Piece, ...]]) -> list[tuple[_Piece, ...]]:
    """Keep the sums that no other one beats in dimension, steps and whether all is rational."""
    kept: list[tuple[tuple[int, ...], tuple[_Piece, ...]]] = []
    for price, chosen in sorted(((_price(chosen), chosen) for chosen in sums), key=lambda s: s[0]):
        if not any(all(x <= y for x, y in zip(other, price, strict=True)) for other, _ in kept):
            kept.append((price, chosen))
    return [chosen for _, chosen in kept]


def _price(chosen: Sequence[_Piece]) -> tuple[int, int, int]:
    steps = [sum(costs) for costs in zip(*(piece.costs for piece in chosen), strict=True)]
    fields = {field_of(list(chain(*piece.frame))) for piece in chosen} - {None}
    return max(steps), sum(len(piece.frame) for piece in chosen), len(fields)


def _construction(
    machine: Machine, letters: LetterGroup, chosen: Sequence[_Piece]
) -> Construction | None:
    """Build the network on some pieces side by side."""
    group = letters.group
    fixing = np.flatnonzero(letters.stabiliser).tolist()
    elements = [*letters.letters, *(fixing if len(fixing) <= MAX_STABILISER else [])]
    blocks = [
        [_matrix(piece, images) for images in coset_action(group, elements, [piece.subgroup])]
        for piece in chosen
    ]
    matrices = [_side_by_side(matrices) for matrices in zip(*blocks, strict=True)]
    width = len(letters.letters)
    network = represent(machine, matrices[:width], matrices[width:])
    if network is None:
        return None
    sizes = " + ".join(str(len(piece.frame)) for piece in chosen)
    idea = f"constituents of dimension {sizes} of the group's action on cosets of its subgroups"
    return Construction(ROUTE.name, network, idea, ids.T3)


def _matrix(piece: _Piece, images: Sequence[int]) -> Matrix:
    """Return the matrix of a permutation of the points in a piece's coordinates."""
    rows: list[list[Number]] = []
    for one in piece.frame:
        row = []
        for other in piece.frame:
            terms = (one[image] * x for image, x in zip(images, other, strict=True) if x != 0)
            row.append(simplified(sum(terms, ZERO) / piece.square))
        rows.append(row)
    return tuple(map(tuple, rows))


def _side_by_side(blocks: Sequence[Matrix]) -> Matrix:
    """Return the block diagonal matrix."""
    dim = sum(map(len, blocks))
    rows: list[Vector] = []
    for block in blocks:
        before, after = len(rows), dim - len(rows) - len(block)
        rows += [(ZERO,) * before + row + (ZERO,) * after for row in block]
    return tuple(rows)


ROUTE = Route(
    name="constituents",
    kind="more",
    rank=10,
    least_layers=1,
    summary="constituents of the permutation action",
    construct=construct,
)
