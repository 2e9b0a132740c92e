"""The rows of one part of a search, copied out of all of them."""

from __future__ import annotations

from typing import Any

from negeig.compiled import njit
from negeig.precision.closure._tables_compiled import Words, hash_words
from negeig.precision.closure.scale._entries_compiled import part_of


@njit
def gather(source: Words, target: Words, at: int, dim: int, part: int, parts: int) -> Any:
    """Copy the rows of a part after the first ``at`` of the target; return the place after them.

    Returns -1 where the target has no room for them.
    """
    for i in range(source.shape[0]):
        if part_of(hash_words(source[i], dim), parts) == part:
            if at == target.shape[0]:
                return -1
            for j in range(source.shape[1]):
                target[at, j] = source[i, j]
            at += 1
    return at
