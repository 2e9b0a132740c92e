"""A progress line on the terminal for work that takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

DELAY_SECONDS = 1.0


@contextmanager
def terminal_progress() -> Iterator[Callable[[str, int], None] | None]:
    """Yield a callback (stage, amount done) that draws on standard error, or None.

    None when standard error is no terminal. Nothing is drawn in the first second, and what was
    drawn is removed at the end. rich is imported only once there is something to draw.
    """
    if not sys.stderr.isatty():
        yield None
        return
    start = time.monotonic()
    with ExitStack() as stack:
        show: list[Callable[[str, int], None]] = []

        def report(stage: str, done: int) -> None:
            if not show:
                if time.monotonic() - start < DELAY_SECONDS:
                    return
                show.append(_rich_progress(stack))
            show[0](stage, done)

        yield report


def _rich_progress(stack: ExitStack) -> Callable[[str, int], None]:
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    task = bar.add_task("")

    def show(stage: str, done: int) -> None:
        bar.update(task, description=f"{stage}: {done:,}")

    return show
