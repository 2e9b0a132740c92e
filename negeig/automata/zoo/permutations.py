"""Permutations of {0, ..., n-1} as the zoo writes, lists and numbers them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations, permutations
from math import factorial
from typing import TYPE_CHECKING

from negeig.automata.groups.cycles import cycles

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Permutation = tuple[int, ...]


def cycle_notation(permutation: Sequence[int]) -> str:
    """Write a permutation of {0, ..., n-1} as disjoint cycles, points counted from 1.

    Examples
    --------
    >>> cycle_notation([1, 2, 0, 4, 3, 5]), cycle_notation([0, 1])
    ('(1 2 3)(4 5)', '()')
    """
    written = [" ".join(str(point + 1) for point in own) for own in cycles(permutation)]
    return "".join(f"({own})" for own in written) or "()"


def cycle(points: Sequence[int], n: int) -> Permutation:
    """Return the permutation of {0, ..., n-1} that moves each listed point to the next one.

    Examples
    --------
    >>> cycle([0, 2], 4), cycle(range(3), 3)
    ((2, 1, 0, 3), (1, 2, 0))
    """
    images = list(range(n))
    for here, there in zip(points, [*points[1:], points[0]], strict=True):
        images[here] = there
    return tuple(images)


def swaps(n: int) -> dict[str, Permutation]:
    """Return the swap of every two points of {0, ..., n-1}, called ``i-j``, counted from 1.

    Examples
    --------
    >>> swaps(3)
    {'1-2': (1, 0, 2), '1-3': (2, 1, 0), '2-3': (0, 2, 1)}
    """
    return {f"{i + 1}-{j + 1}": cycle([i, j], n) for i, j in combinations(range(n), 2)}


def listed(n: int, even_only: bool = False) -> NDArray[np.int64]:
    """Return the permutations of {0, ..., n-1} as rows in lexicographic order, the identity first.

    Examples
    --------
    >>> listed(3, even_only=True).tolist()
    [[0, 1, 2], [1, 2, 0], [2, 0, 1]]
    """
    import numpy as np

    flat = chain.from_iterable(permutations(range(n)))
    elements = np.fromiter(flat, dtype=np.int64, count=factorial(n) * n).reshape(-1, n)
    if even_only:
        # Permutations 2k and 2k+1 differ by a swap of the last two places: one of them is even.
        inversions = sum(
            (elements[:, i] > elements[:, j]).astype(np.int64) for i, j in combinations(range(n), 2)
        )
        elements = elements[np.asarray(inversions) % 2 == 0]
    return elements


def rank(elements: NDArray[np.int64], even_only: bool = False) -> NDArray[np.int64]:
    """Return the row of each permutation (a row) in :func:`listed`, vectorised.

    Examples
    --------
    >>> rank(listed(4)[5:8]).tolist()
    [5, 6, 7]
    >>> rank(listed(4, even_only=True)[9:], even_only=True).tolist()
    [9, 10, 11]
    """
    import numpy as np

    n = elements.shape[1]
    place = np.zeros(len(elements), dtype=np.int64)
    for i in range(n - 1):
        smaller_later = (elements[:, i + 1 :] < elements[:, i : i + 1]).sum(axis=1)
        place += smaller_later * factorial(n - 1 - i)
    return place // 2 if even_only else place
