"""Work that stops when its time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from negeig.claims import LimitReached, Progress, StageProgress


@contextmanager
def deadline(name: str, seconds: float, progress: StageProgress | None) -> Iterator[Progress]:
    """Yield a progress callback that raises LimitReached once the time is over."""
    start = time.perf_counter()

    def report(done: int) -> None:
        passed = time.perf_counter() - start
        if passed > seconds:
            raise LimitReached(
                f"seconds for the {name}",
                seconds,
                reached=round(passed, 1),
                option=f"--{name}-seconds",
                detail=f"{done:,} network states were explored",
            )
        if progress is not None:
            progress(name, done)

    yield report
