"""The R-classes of a transformation monoid: representatives, and how letters act on them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negeig.arrays import Ints, Longs
from negeig.automata.monoids.image_orbit import ImageOrbit, Maps, empty_table, numbered
from negeig.claims import LimitReached

# Table entries a compiled call handles before it returns, so that Ctrl-C is seen: some 50 ms.
_CHUNK = 10_000_000


class RClasses(NamedTuple):
    """All R-classes; class 0 is that of the identity.

    ``maps`` holds a representative of each, onto the positions of the first image of its component;
    ``successors[r, a]`` is the class of letter a before class r. ``d`` is the D-class of every
    R-class, and ``d_first`` the first R-class of every D-class.
    """

    maps: Maps
    components: Ints
    successors: Ints
    d: Ints
    d_first: Longs


def r_classes(images: ImageOrbit, max_elements: int, max_memory: int) -> RClasses:
    """Find a representative of every R-class: O(R-classes x letters x n).

    Works in chunks that let Ctrl-C through; LimitReached, with how far it got, on more R-classes
    or bytes.
    """
    from negeig.automata.monoids import _green_compiled
    from negeig.automata.monoids._structure_compiled import (
        canonical,
        fill_class_table,
        grow_classes,
    )

    generators = images.generators
    letters, n = generators.shape
    # A map, its component, its successors, up to four slots of the hash table, the D-classes.
    bytes_each = n * generators.itemsize + 4 + 4 * letters + 16 + 40
    affordable = max(1, max_memory // bytes_each)
    capacity = min(1024 + letters, max_elements + letters, affordable)
    maps = np.empty((capacity, n), generators.dtype)
    maps[0] = np.arange(n)
    levels, rows, base, pool = images.chains
    scratch = np.empty((4, n), np.int32)
    canonical(maps[0], n, int(images.kinds[0]), levels[:2], rows, base, pool, scratch)
    components = np.zeros(capacity, np.int32)
    successors = np.empty((capacity, letters), np.int32)
    table = empty_table(capacity)
    fill_class_table(maps, components, 1, table)
    progress = np.array([1, 0], np.int64)
    while progress[1] < progress[0]:
        size = int(progress[0])
        if size > max_elements:
            break
        if size + letters > capacity:
            if size + letters > affordable:
                raise LimitReached(
                    "memory of the R-classes in bytes",
                    max_memory,
                    reached=size * bytes_each,
                    option="--max-memory",
                    detail=f"{size:,} R-classes found; each is a map of {n:,} points",
                )
            capacity = min(2 * capacity, max_elements + letters, affordable)
            for array in (maps, components, successors):
                array.resize((capacity, *array.shape[1:]), refcheck=False)
            table = empty_table(capacity)
            fill_class_table(maps, components, size, table)
        grow_classes(
            generators,
            images.listed,
            images.first,
            images.masks,
            images.table,
            images.place,
            images.component,
            images.ranks,
            images.kinds,
            levels,
            rows,
            base,
            pool,
            maps,
            components,
            successors,
            table,
            progress,
            _CHUNK,
        )
    size = int(progress[0])
    if size > max_elements:
        raise LimitReached(
            "R-classes of the monoid",
            max_elements,
            reached=max_elements + 1,
            option="--max-elements",
            detail=f"{images.size:,} images",
        )
    maps, components, successors = maps[:size], components[:size], successors[:size]
    d, d_first = numbered(_green_compiled.strong_components(successors))
    return RClasses(maps, components, successors, d, d_first)
