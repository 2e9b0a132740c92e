"""Embeddings of one listed group into another, by images of generators."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from negeig.automata.groups.permgroup import Indices, ListedGroup
from negeig.claims import LimitReached

MAX_TRIES = 5_000
"""Most choices of images of the generators that are checked."""


def embeddings(source: ListedGroup, target: ListedGroup) -> Iterator[Indices]:
    """Yield injective homomorphisms, every one up to conjugation in the target at least once.

    Parameters
    ----------
    source, target : ListedGroup
        Products are read left to right in both.

    Yields
    ------
    array of int, shape (source.order,)
        The image of every element. The check is exact: every element times every generator.

    Raises
    ------
    LimitReached
        More than ``MAX_TRIES`` choices of images passed the tests on orders of products.

    Notes
    -----
    The first generator goes to class representatives only; a later one to elements whose order,
    and whose products' orders with the images before it, are right.

    Examples
    --------
    >>> from itertools import permutations
    >>> s4 = ListedGroup(np.array(list(permutations(range(4)))))
    >>> c4 = ListedGroup(np.array([[0, 1, 2, 3], [1, 2, 3, 0], [2, 3, 0, 1], [3, 0, 1, 2]]))
    >>> len(list(embeddings(c4, s4))), len(list(embeddings(s4, c4)))
    (1, 0)
    """
    if target.order % source.order:
        return
    generators = source.own_generators
    tree = _spanning_tree(source, generators)
    columns = [source.times(g) for g in generators]
    for tries, images in enumerate(_choices(source, target, generators, []), 1):
        if tries > MAX_TRIES:
            raise LimitReached("images of generators tried", MAX_TRIES, reached=tries)
        moves = [target.times(y) for y in images]
        found = np.empty(source.order, np.int64)
        found[source.identity] = target.identity
        for x, i, y in tree:
            found[y] = moves[i][found[x]]
        homomorphic = all(
            np.array_equal(found[column], move[found])
            for column, move in zip(columns, moves, strict=True)
        )
        if homomorphic and len(np.unique(found)) == source.order:
            yield found


def _choices(
    source: ListedGroup, target: ListedGroup, generators: list[int], chosen: list[int]
) -> Iterator[list[int]]:
    """Yield images of the generators that orders of elements and products allow."""
    if len(chosen) == len(generators):
        yield chosen
        return
    g = generators[len(chosen)]
    fits: NDArray[np.bool_] = target.orders == source.orders[g]
    for y, x in zip(chosen, generators, strict=False):
        for image, element in ((y, x), (target.inverse(y), source.inverse(x))):
            product = source.product(g, element)
            fits &= target.orders[target.times(image)] == source.orders[product]
    candidates = np.flatnonzero(fits)
    if not chosen:
        candidates = np.intersect1d(candidates, target.class_representatives)
    for y in candidates.tolist():
        yield from _choices(source, target, generators, [*chosen, y])


def _spanning_tree(group: ListedGroup, generators: list[int]) -> list[tuple[int, int, int]]:
    """Return (x, i, y) with y = x * generators[i], breadth first, once for every y but 1."""
    columns = [group.times(g).tolist() for g in generators]
    seen, queue, tree = {group.identity}, [group.identity], []
    for x in queue:
        for i, column in enumerate(columns):
            y = column[x]
            if y not in seen:
                seen.add(y)
                queue.append(y)
                tree.append((x, i, y))
    return tree
