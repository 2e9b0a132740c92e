"""A few threads that do the same thing with different parts; compiled code releases the GIL."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor


class Team:
    """Threads of a search, on processors of their own; the caller's waits for them.

    Parameters
    ----------
    size : int
        At least 1.

    Examples
    --------
    >>> found = [0, 0, 0]
    >>> def square(part):
    ...     found[part] = part**2
    >>> with Team(3) as team:
    ...     team.each(square)
    >>> found
    [0, 1, 4]
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._pool: ThreadPoolExecutor | None = None
        if size > 1:
            from negeig.threads import pool

            self._pool = pool(size)

    def each(self, work: Callable[[int], None]) -> None:
        """Call ``work`` with every part, and return when all are done; raises what one raises."""
        if self._pool is None:
            work(0)
            return
        from concurrent.futures import wait

        parts = [self._pool.submit(work, part) for part in range(self.size)]
        try:
            wait(parts)
        finally:  # Ctrl-C: nobody reads what others still write
            wait(parts)
        for part in parts:
            part.result()

    def __enter__(self) -> Team:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()


def available_threads() -> int:
    """Return how many processors this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
