"""Compiled parts of the structure of large transformation monoids: R-classes and idempotents.

Imported on first use by :mod:`.monoids.r_classes` and :mod:`.monoids.structure`; the
tables of images are those of :mod:`negeig.automata.monoids.image_orbit`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints, Longs
from negeig.automata.monoids._images_compiled import find_image
from negeig.compiled import njit

Maps = NDArray[Any]
Masks = NDArray[np.uint64]


@njit
def canonical(
    x: Maps,
    rank: int,
    kind: int,
    levels: Longs,
    rows: Longs,
    base: Ints,
    pool: Maps,
    scratch: Ints,
) -> None:
    """Replace x by the representative of x G, for the group G of one component.

    x is a map to positions 0, ..., rank-1. Blocks of its kernel are numbered in the order of their
    first points; the representative makes the block numbers that the base points of G come from
    lexicographically least. ``kind`` is 0 for trivial, 1 symmetric, 2 alternating, 3 any other G;
    ``scratch`` has shape (4, n).
    """
    if kind == 0:
        return
    block, beta, gamma, other = scratch
    for k in range(rank):
        gamma[k] = -1
    blocks = 0
    for q in range(len(x)):
        if gamma[x[q]] < 0:
            gamma[x[q]] = blocks
            blocks += 1
        block[q] = gamma[x[q]]
    if kind == 3:
        for level in range(levels[0], levels[1]):
            best = rows[level]
            for row in range(rows[level] + 1, rows[level + 1]):
                if gamma[pool[row, base[level]]] < gamma[pool[best, base[level]]]:
                    best = row
            for k in range(rank):
                other[k] = gamma[pool[best, k]]
            for k in range(rank):
                gamma[k] = other[k]
        for k in range(rank):
            beta[gamma[k]] = k
    else:
        for k in range(rank):
            beta[k] = k
        if kind == 2:
            odd = False
            for k in range(rank):
                while gamma[k] != k:
                    to = gamma[k]
                    gamma[k] = gamma[to]
                    gamma[to] = to
                    odd = not odd
            if odd:
                beta[rank - 1] = rank - 2
                beta[rank - 2] = rank - 1
    for q in range(len(x)):
        x[q] = beta[block[q]]


@njit
def _find_class(x: Maps, c: int, maps: Maps, kinds: Ints, table: Ints) -> int:
    """Slot of the table that holds the R-class of this representative, or where it goes."""
    h = np.uint64(1469598103934665603) ^ np.uint64(c)
    for k in x:
        h = (h ^ np.uint64(k)) * np.uint64(1099511628211)
    h ^= h >> np.uint64(32)
    last = len(table) - 1
    slot = np.int64(h & np.uint64(last))
    while table[slot] >= 0:
        r = table[slot]
        same = kinds[r] == c
        if same:
            for q in range(len(x)):
                if x[q] != maps[r, q]:
                    same = False
                    break
        if same:
            break
        slot = (slot + 1) & last
    return int(slot)


@njit
def fill_class_table(maps: Maps, components: Ints, size: int, table: Ints) -> None:
    """Enter the first ``size`` R-classes into an empty hash table."""
    for r in range(size):
        table[_find_class(maps[r], components[r], maps, components, table)] = r


@njit
def _times(
    a: int,
    r: int,
    generators: Maps,
    listed: Maps,
    first: Longs,
    maps: Maps,
    components: Ints,
    masks: Masks,
    image_table: Ints,
    place: Maps,
    mask: Masks,
    y: Maps,
) -> int:
    """Fill in the map y of letter a before representative r, in positions; return its image."""
    points = listed[first[components[r]]]
    mask[:] = 0
    for q in range(len(y)):
        p = np.int64(points[maps[r, generators[a, q]]])
        y[q] = p
        mask[p >> 6] |= np.uint64(1) << np.uint64(p & 63)
    image = image_table[find_image(mask, masks, image_table)]
    for q in range(len(y)):
        y[q] = place[image, y[q]]
    return int(image)


@njit
def grow_classes(
    generators: Maps,
    listed: Maps,
    first: Longs,
    masks: Masks,
    image_table: Ints,
    place: Maps,
    component: Ints,
    ranks: Ints,
    kinds: Ints,
    levels: Longs,
    rows: Longs,
    base: Ints,
    pool: Maps,
    maps: Maps,
    components: Ints,
    successors: Ints,
    table: Ints,
    progress: Longs,
    budget: int,
) -> None:
    """Go on with the left action on R-classes; ``progress`` is (classes, next class to move)."""
    size, r = progress
    letters, n = generators.shape
    y = np.empty(n, maps.dtype)
    mask = np.empty(masks.shape[1], np.uint64)
    scratch = np.empty((4, n), np.int32)
    work = 0
    while r < size and work < budget and size + letters <= len(maps):
        for a in range(letters):
            image = _times(
                a,
                r,
                generators,
                listed,
                first,
                maps,
                components,
                masks,
                image_table,
                place,
                mask,
                y,
            )
            c = component[image]
            if kinds[c] == 3:
                work += ranks[image] * (rows[levels[c + 1]] - rows[levels[c]])
            canonical(y, ranks[image], kinds[c], levels[c : c + 2], rows, base, pool, scratch)
            slot = _find_class(y, c, maps, components, table)
            if table[slot] < 0:
                table[slot] = size
                maps[size] = y
                components[size] = c
                size += 1
            successors[r, a] = table[slot]
            work += 4 * n
        r += 1
    progress[0] = size
    progress[1] = r


@njit
def left_generators(
    members: Ints,
    d: Ints,
    local: Ints,
    generators: Maps,
    listed: Maps,
    first: Longs,
    masks: Masks,
    image_table: Ints,
    place: Maps,
    maps: Maps,
    components: Ints,
    successors: Ints,
    permutations: NDArray[np.uint16],
) -> int:
    """Fill in generators of the group of an H-class of one D-class, as permutations of positions.

    Inside a D-class letter a takes x_r to x_s g with g in the group of the images. With t_r the
    product of such g along a tree from the first class, t_s^-1 g t_r generate the g with x_0 g
    in the L-class of x_0. ``local`` numbers the R-classes inside their D-class.
    """
    letters, n = generators.shape
    rank = permutations.shape[1]
    tree = np.full((len(members), rank), -1, np.int32)
    tree[0] = np.arange(rank)
    queue = np.empty(len(members), np.int32)
    queue[0] = members[0]
    y = np.empty(n, maps.dtype)
    mask = np.empty(masks.shape[1], np.uint64)
    size = 1
    done = 0
    found = 0
    while done < size:
        r = queue[done]
        done += 1
        for a in range(letters):
            s = successors[r, a]
            if d[s] != d[r]:
                continue
            _times(
                a,
                r,
                generators,
                listed,
                first,
                maps,
                components,
                masks,
                image_table,
                place,
                mask,
                y,
            )
            if tree[local[s], 0] < 0:
                for q in range(n):
                    tree[local[s], maps[s, q]] = tree[local[r], y[q]]
                queue[size] = s
                size += 1
            else:
                for q in range(n):
                    permutations[found, tree[local[s], maps[s, q]]] = tree[local[r], y[q]]
                found += 1
    return found


@njit
def count_transversals(
    classes: Longs,
    start: int,
    budget: int,
    most: int,
    maps: Maps,
    components: Ints,
    members: Ints,
    starts: Longs,
    listed: Maps,
    ranks: Ints,
    counts: Longs,
) -> int:
    """Count, for some R-classes, the images of their component that meet each kernel block once.

    Stops counting a class at ``most``; returns how many classes are done within the budget.
    """
    stamp = np.full(listed.shape[1], -1, np.int64)
    now = 0
    work = 0
    for e in range(start, len(classes)):
        if work > budget:
            return e
        x = maps[classes[e]]
        c = components[classes[e]]
        for m in range(starts[c], starts[c + 1]):
            i = members[m]
            now += 1
            k = 0
            while k < ranks[i] and stamp[x[listed[i, k]]] != now:
                stamp[x[listed[i, k]]] = now
                k += 1
            work += 4
            if k == ranks[i]:
                counts[e] += 1
                if counts[e] >= most:
                    break
    return len(classes)


@njit
def count_all_transversals(classes: Longs, maps: Maps, ranks: Longs, counts: Longs) -> None:
    """Count the sets that meet each kernel block once: the product of the blocks' sizes."""
    sizes = np.empty(maps.shape[1], np.int64)
    for e in range(len(classes)):
        sizes[:] = 0
        for k in maps[classes[e]]:
            sizes[k] += 1
        total = np.int64(1)
        for k in range(ranks[e]):
            total *= sizes[k]
        counts[e] = total


@njit
def has_two_kernels(
    classes: Longs,
    d: Ints,
    maps: Maps,
    components: Ints,
    members: Ints,
    starts: Longs,
    listed: Maps,
    ranks: Ints,
    owner: Ints,
) -> bool:
    """Whether an image is a transversal of two kernels, or two images of one, in a D-class.

    ``owner`` (-1 for every image) remembers the D-class in which an image was one; classes come
    D-class by D-class.
    """
    stamp = np.full(listed.shape[1], -1, np.int64)
    now = 0
    for r in classes:
        x = maps[r]
        c = components[r]
        own = 0
        for m in range(starts[c], starts[c + 1]):
            i = members[m]
            now += 1
            k = 0
            while k < ranks[i] and stamp[x[listed[i, k]]] != now:
                stamp[x[listed[i, k]]] = now
                k += 1
            if k == ranks[i]:
                own += 1
                if own > 1 or owner[i] == d[r]:
                    return True
                owner[i] = d[r]
    return False
