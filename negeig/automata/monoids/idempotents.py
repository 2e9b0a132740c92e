"""Idempotents of a monoid that is not listed: images that meet every block of a kernel once.

A map with such a kernel and image is in a subgroup, whose identity is the idempotent.
"""

from __future__ import annotations

import math

import numpy as np

from negeig.arrays import Longs
from negeig.automata.monoids.image_orbit import ImageOrbit
from negeig.automata.monoids.r_classes import RClasses

# Table entries a compiled call handles before it returns, so that Ctrl-C is seen: some 50 ms.
_CHUNK = 10_000_000


def transversals(images: ImageOrbit, r: RClasses, classes: Longs, most: int) -> Longs:
    """Return for some R-classes how many images, up to ``most``, meet every kernel block once."""
    from negeig.automata.monoids._structure_compiled import count_transversals

    counts, done = np.zeros(len(classes), np.int64), 0
    while done < len(classes):
        done = count_transversals(
            classes,
            done,
            _CHUNK,
            most,
            r.maps,
            r.components,
            images.members,
            images.starts,
            images.listed,
            images.ranks,
            counts,
        )
    return counts


def count_idempotents(images: ImageOrbit, r: RClasses, classes: Longs) -> int:
    """Return the number of idempotents in some R-classes, those that are regular.

    O(n) for each pair of an R-class and an image of its component, except where all sets of one
    size are images: these pairs are counted by the product of the block sizes.
    """
    from negeig.automata.monoids._structure_compiled import count_all_transversals

    n = images.generators.shape[1]
    ranks = images.ranks[images.first]
    is_full = np.array(
        [s == math.comb(n, int(k)) for s, k in zip(images.sizes, ranks, strict=True)]
    )
    full = is_full[r.components[classes]]
    counts = np.zeros(int(full.sum()), np.int64)
    rank_of = ranks[r.components[classes[full]]].astype(np.int64)
    count_all_transversals(classes[full], r.maps, rank_of, counts)
    return int(counts.sum()) + int(transversals(images, r, classes[~full], images.size).sum())


def shares_an_image(images: ImageOrbit, r: RClasses, classes: Longs) -> bool:
    """Whether an image meets every block of two kernels of one D-class once.

    ``classes`` are the regular R-classes, D-class by D-class.
    """
    from negeig.automata.monoids._structure_compiled import has_two_kernels

    owner = np.full(images.size, -1, np.int32)
    step = max(1, _CHUNK // (4 * int(images.sizes.max())))
    return any(
        has_two_kernels(
            classes[start : start + step],
            r.d,
            r.maps,
            r.components,
            images.members,
            images.starts,
            images.listed,
            images.ranks,
            owner,
        )
        for start in range(0, len(classes), step)
    )
