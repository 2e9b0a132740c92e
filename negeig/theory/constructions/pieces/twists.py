"""Twists: representations of a group with a sign of its own for every letter.

Let rho represent the group of the letters, and multiply the matrix of each letter by 1 or -1 as one
likes. The products represent a subgroup of G x C_2 x ... x C_2, which has G as a quotient. A sign
turns the eigenvalues -1 of a letter into 1, so it may take fewer reflections.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np
from flint import fmpz_mat

from negeig.automata.groups.embedding import embeddings
from negeig.automata.groups.small_action import LetterGroup, Points, coset_action
from negeig.claims import LimitReached
from negeig.theory.constructions.groups.constituents import eigenspaces, split_subgroups
from negeig.theory.constructions.groups.polyhedral import icosahedral
from negeig.theory.constructions.groups.symmetric import corner_blocks
from negeig.theory.constructions.pieces.frames import frame
from negeig.theory.constructions.pieces.lifts import Lifts
from negeig.theory.exact.linear_algebra import ONE, add, identity, rank
from negeig.theory.exact.numbers import Vector

MAX_DIMENSION = 8
"""Largest dimension of a constituent."""

MAX_SIGNED = 6
"""Most letters for which all choices of signs are listed; else each letter has its cheaper one."""


def twisted_constituents(letters: LetterGroup, elements: Sequence[int]) -> Iterator[Lifts]:
    """Yield the twists of each constituent of the group's actions on cosets.

    Parameters
    ----------
    letters : LetterGroup
        The group.
    elements : sequence of int
        The elements that are lifted.

    Examples
    --------
    A swap of two corners of a tetrahedron and a move of all four, and those times -1:

    >>> from negeig.automata.groups.small_action import letter_group
    >>> from negeig.automata.zoo import get
    >>> found = letter_group(get("sym:4").minimal())
    >>> lifts = list(twisted_constituents(found, found.letters))
    >>> max((chosen.costs.tolist() for chosen in lifts if chosen.dim == 3), key=max)
    [[1, 3], [1, 2], [2, 3], [2, 2]]
    """
    for subgroup in split_subgroups(letters):
        acting = coset_action(letters.group, letters.letters, [subgroup])
        moves = coset_action(letters.group, elements, [subgroup])
        width = len(moves[0])
        for basis in eigenspaces(acting):
            framed = frame(basis) if 1 < basis.nrows() <= MAX_DIMENSION else None
            if framed is not None:
                yield _twists(tuple(zip(*framed[0], strict=True)), moves, _costs(basis, moves))
        if width <= MAX_DIMENSION:
            whole = fmpz_mat([[int(i == j) for j in range(width)] for i in range(width)])
            yield _twists(identity(width), moves, _costs(whole, moves))
            differences = fmpz_mat(
                [[int(j == i) - int(j == i + 1) for j in range(width)] for i in range(width - 1)]
            )
            if width > 2:
                yield _twists(corner_blocks(acting), moves, _costs(differences, moves))


def twisted_icosahedra(letters: LetterGroup, elements: Sequence[int]) -> Iterator[Lifts]:
    """Yield the twists of embeddings in the symmetries of the icosahedron, of groups of order 60.

    Its rotations are a group A5; so are all groups of order 60 with an embedding.
    """
    if letters.group.order != math.factorial(5) // 2:
        return
    target = icosahedral()
    seen = set()
    try:
        for found in embeddings(letters.group, target.group):
            costs = tuple(
                (
                    target.cost(int(found[x])),
                    rank(add(identity(3), target.matrix(int(found[x])), ONE)),
                )
                for x in elements
            )
            if costs not in seen:
                seen.add(costs)
                points = tuple(tuple(target.group.rows[found[x]].tolist()) for x in elements)
                yield _twists(target.vectors, points, costs)
    except LimitReached:
        return


def _twists(points: Sequence[Vector], moves: Points, costs: Sequence[tuple[int, int]]) -> Lifts:
    """Return the twists of one representation.

    Parameters
    ----------
    points : sequence of Vector
        Vectors that the elements permute; some may be equal.
    moves : Points
        For each element the images of the points.
    costs : sequence of pairs of int
        For each element rank(I - M) and rank(I + M).
    """
    number: dict[Vector, int] = {}
    for point in points:
        number.setdefault(point, len(number))
        number.setdefault(_negative(point), len(number))
    signed = [(number[point], number[_negative(point)]) for point in points]
    images = np.empty((2, len(moves), len(number)), dtype=np.int16)
    for a, move in enumerate(moves):
        for (plus, minus), p in zip(signed, move, strict=True):
            images[0, a, [plus, minus]] = signed[p]
            images[1, a, [minus, plus]] = signed[p]
    signs = np.array(_choices(costs), dtype=np.int64)
    columns = np.arange(len(moves))
    return Lifts(tuple(number), images[signs, columns], np.array(costs)[columns, signs])


def _choices(costs: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Return choices of one sign a letter, 1 for minus."""
    if len(costs) <= MAX_SIGNED:
        return list(itertools.product((0, 1), repeat=len(costs)))
    cheaper = tuple(int(minus < plus) for plus, minus in costs)
    return list(dict.fromkeys([(0,) * len(costs), cheaper]))


def _negative(point: Vector) -> Vector:
    return tuple(-x for x in point)


def _costs(basis: fmpz_mat, moves: Points) -> list[tuple[int, int]]:
    """Ranks of I - P and of I + P on an invariant subspace, P each permutation of coordinates."""
    rows = range(basis.nrows())

    def cost(images: Sequence[int], sign: int) -> int:
        moved = [[basis[r, i] - sign * basis[r, p] for i, p in enumerate(images)] for r in rows]
        return int(fmpz_mat(moved).rank())

    return [(cost(images, 1), cost(images, -1)) for images in moves]
