"""Compiled parts of the orbit of images of a transformation monoid.

An image is a set of points, kept as a bit mask of 64-bit words and as a sorted list. Imported on
first use by :mod:`negeig.automata.monoids.image_orbit`, which explains the tables.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints, Longs
from negeig.compiled import njit

Maps = NDArray[Any]
Masks = NDArray[np.uint64]


@njit
def find_image(mask: Masks, masks: Masks, table: Ints) -> int:
    """Slot of the table that holds this image, or the empty slot where it goes."""
    h = np.uint64(1469598103934665603)
    for word in mask:
        h = (h ^ word) * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(29)
    last = len(table) - 1
    slot = np.int64(h & np.uint64(last))
    while table[slot] >= 0:
        other = masks[table[slot]]
        same = True
        for w in range(len(mask)):
            if mask[w] != other[w]:
                same = False
                break
        if same:
            break
        slot = (slot + 1) & last
    return int(slot)


@njit
def fill_image_table(masks: Masks, size: int, table: Ints) -> None:
    """Enter the first ``size`` images into an empty hash table."""
    for i in range(size):
        table[find_image(masks[i], masks, table)] = i


@njit
def grow_images(
    generators: Maps, masks: Masks, successors: Ints, table: Ints, progress: Longs, budget: int
) -> None:
    """Go on with the orbit of images; ``progress`` is (images, next image to move)."""
    size, i = progress
    letters, points = generators.shape
    mask = np.empty(masks.shape[1], np.uint64)
    work = 0
    while i < size and work < budget and size + letters <= len(masks):
        for a in range(letters):
            mask[:] = 0
            for q in range(points):
                if masks[i, q >> 6] >> np.uint64(q & 63) & np.uint64(1):
                    p = np.int64(generators[a, q])
                    mask[p >> 6] |= np.uint64(1) << np.uint64(p & 63)
            slot = find_image(mask, masks, table)
            if table[slot] < 0:
                table[slot] = size
                masks[size] = mask
                size += 1
            successors[i, a] = table[slot]
            work += points
        i += 1
    progress[0] = size
    progress[1] = i


@njit
def list_images(masks: Masks, listed: Maps, ranks: Ints) -> None:
    """List the points of every image in increasing order."""
    for i in range(len(masks)):
        k = 0
        for q in range(listed.shape[1]):
            if masks[i, q >> 6] >> np.uint64(q & 63) & np.uint64(1):
                listed[i, k] = q
                k += 1
        ranks[i] = k


@njit
def place_points(
    generators: Maps,
    listed: Maps,
    ranks: Ints,
    successors: Ints,
    component: Ints,
    first: Longs,
    place: Maps,
    nontrivial: NDArray[np.bool_],
) -> None:
    """Carry the positions of the first image of every component to its other images.

    Along a tree in each component ``place`` follows the letters; every other edge inside the
    component then permutes the positions. ``nontrivial`` tells where one does not fix them all.
    """
    letters = len(generators)
    seen = np.zeros(len(listed), np.bool_)
    queue = np.empty(len(listed), np.int32)
    for c in range(len(first)):
        queue[0] = first[c]
        seen[first[c]] = True
        for k in range(ranks[first[c]]):
            place[first[c], listed[first[c], k]] = k
        size = 1
        done = 0
        while done < size:
            i = queue[done]
            done += 1
            for a in range(letters):
                j = successors[i, a]
                if component[j] != c:
                    continue
                if not seen[j]:
                    seen[j] = True
                    queue[size] = j
                    size += 1
                    for k in range(ranks[i]):
                        p = listed[i, k]
                        place[j, generators[a, p]] = place[i, p]
                else:
                    for k in range(ranks[i]):
                        p = listed[i, k]
                        if place[j, generators[a, p]] != place[i, p]:
                            nontrivial[c] = True


@njit
def schreier_generators(
    members: Ints,
    generators: Maps,
    listed: Maps,
    successors: Ints,
    component: Ints,
    place: Maps,
    permutations: NDArray[np.uint16],
) -> int:
    """Fill in the permutations of positions by the edges from some images of one component."""
    size = 0
    for i in members:
        for a in range(len(generators)):
            j = successors[i, a]
            if component[j] == component[i]:
                moved = False
                for k in range(permutations.shape[1]):
                    p = listed[i, k]
                    to = place[j, generators[a, p]]
                    permutations[size, place[i, p]] = to
                    moved |= to != place[i, p]
                if moved:
                    size += 1
    return size
