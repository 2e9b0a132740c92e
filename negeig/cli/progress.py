"""A progress line on the terminal for work that takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from negeig.automata.labels import visible

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
    from rich.table import Column

    # One line, however narrow the terminal is, of the text as it is: brackets are no markup.
    one_line = Column(no_wrap=True, overflow="ellipsis")
    text = TextColumn("{task.description}", markup=False, table_column=one_line)
    console = Console(stderr=True, highlight=False)
    columns = (SpinnerColumn(), text, TimeElapsedColumn())
    bar = stack.enter_context(Progress(*columns, console=console, transient=True))
    task = bar.add_task("")

    def show(stage: str, done: int) -> None:
        bar.update(task, description=f"{visible(stage)}: {done:,}")

    return show
