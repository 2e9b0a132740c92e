"""Threads of a pool on processors of their own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count


def pool(threads: int) -> ThreadPoolExecutor:
    """Return threads that may run on disjoint shares of the processors of this process.

    Some schedulers, those of small virtual machines among them, put what wakes for less than some
    milliseconds on the processor that is awake, where threads run one after the other. Where there
    are more threads than processors, or the system lets none be chosen, they run anywhere.

    Examples
    --------
    >>> with pool(2) as two:
    ...     list(two.map(abs, (-1, -2)))
    [1, 2]
    """
    if not hasattr(os, "sched_setaffinity"):
        return ThreadPoolExecutor(threads)
    found, number = shares(sorted(os.sched_getaffinity(0)), threads), count()

    def confine() -> None:
        with suppress(OSError):  # a processor that was taken away since
            os.sched_setaffinity(0, found[next(number)])

    return ThreadPoolExecutor(threads, initializer=confine if found else None)


def shares(processors: Sequence[int], threads: int) -> list[Sequence[int]]:
    """Return a share of the processors for each thread, none where some would be empty.

    Examples
    --------
    >>> shares([0, 1, 2, 5, 6], 2), shares([0, 1], 3)
    ([[0, 1], [2, 5, 6]], [])
    """
    size = len(processors)
    if threads > size:
        return []
    return [processors[size * i // threads : size * (i + 1) // threads] for i in range(threads)]
