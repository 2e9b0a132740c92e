"""Compiled parts of the Schreier-Sims algorithm, on the flat tables of a stabiliser chain.

``position[i, p]`` is the row of ``inverses`` that holds the permutation taking p, a point of the
orbit of base point i under the i-th stabiliser, back to the base point; -1 off the orbit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.compiled import njit

Permutations = NDArray[np.uint16]


@njit
def sift(g: Permutations, base: Ints, position: Ints, inverses: Permutations, level: int) -> int:
    """Divide g, in place, by coset representatives from a level on; return where that ended."""
    for i in range(level, len(base)):
        row = position[i, g[base[i]]]
        if row < 0:
            return i
        if inverses[row, base[i]] != base[i] or g[base[i]] != base[i]:
            for q in range(len(g)):
                g[q] = inverses[row, g[q]]
    return len(base)


@njit
def is_one(g: Permutations) -> bool:
    """Whether a permutation is the identity."""
    for q in range(len(g)):  # noqa: SIM110 (compiled without generators)
        if g[q] != q:
            return False
    return True


@njit
def is_closed(position: Ints, generators: Permutations) -> bool:
    """Whether the orbit of one level is closed under some generators."""
    for p in range(len(position)):
        if position[p] >= 0:
            for g in generators:
                if position[g[p]] < 0:
                    return False
    return True


@njit
def extend(
    position: Ints,
    generators: Permutations,
    inverses: Permutations,
    rows: int,
    base: int,
    queue: Ints,
) -> int:
    """Close the orbit of one level under its generators; return the number of rows in use.

    Old coset representatives stay; every new orbit point takes one new row. ``queue`` has room
    for every point.
    """
    n = len(position)
    size = 0
    if position[base] < 0:
        position[base] = rows
        for q in range(n):
            inverses[rows, q] = q
        rows += 1
    for p in range(n):
        if position[p] >= 0:
            queue[size] = p
            size += 1
    done = 0
    while done < size:
        p = queue[done]
        done += 1
        for g in generators:
            image = g[p]
            if position[image] < 0:
                position[image] = rows
                for q in range(n):
                    inverses[rows, g[q]] = inverses[position[p], q]
                rows += 1
                queue[size] = image
                size += 1
    return rows


@njit
def first_outside(
    elements: Permutations,
    base: Ints,
    position: Ints,
    inverses: Permutations,
    start: int,
    stop: int,
    g: Permutations,
) -> int:
    """Return the first of some permutations that does not sift to the identity, or ``stop``.

    ``g`` has room for one.
    """
    for e in range(start, stop):
        for q in range(len(g)):
            g[q] = elements[e, q]
        if sift(g, base, position, inverses, 0) < len(base) or not is_one(g):
            return e
    return stop


@njit
def verify(
    level: int,
    start: int,
    stop: int,
    generators: Permutations,
    base: Ints,
    position: Ints,
    inverses: Permutations,
    representative: Permutations,
    residue: Permutations,
) -> int:
    """Sift the Schreier generators of the points ``start`` to ``stop`` of one level.

    Return the level at which one of them was not in the chain, its ``residue`` filled in, or -1
    where all were: O(points x generators x base x degree). ``representative`` has room for one
    permutation too.
    """
    n = len(residue)
    for p in range(start, stop):
        row = position[level, p]
        if row < 0:
            continue
        for q in range(n):
            representative[inverses[row, q]] = q
        for g in generators:
            for q in range(n):
                residue[q] = g[representative[q]]
            ended = sift(residue, base, position, inverses, level)
            if ended < len(base) or not is_one(residue):
                return ended
    return -1


@njit
def join(generators: Permutations, first: int, second: int, root: Ints, queue: Ints) -> None:
    """Label every point, in ``root``, by the finest invariant partition that joins two points.

    Atkinson (1975): a union-find over pairs whose images must be joined too. ``queue`` has room
    for as many pairs as there are points.
    """
    n = len(root)
    for p in range(n):
        root[p] = p
    queue[0] = first
    queue[1] = second
    root[second] = first
    size = 1
    done = 0
    while done < size:
        p = queue[2 * done]
        q = queue[2 * done + 1]
        done += 1
        for g in generators:
            a = np.int32(g[p])
            b = np.int32(g[q])
            while root[a] != a:
                root[a] = root[root[a]]
                a = root[a]
            while root[b] != b:
                root[b] = root[root[b]]
                b = root[b]
            if a != b:
                root[b] = a
                queue[2 * size] = a
                queue[2 * size + 1] = b
                size += 1
    for p in range(n):
        q = np.int32(p)
        while root[q] != q:
            q = root[q]
        root[p] = q
