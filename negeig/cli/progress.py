"""Where work is: a line that is redrawn on a terminal, plain ones now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from threading import Event, Thread

import click

from negeig.automata.labels import visible
from negeig.work import CountedStage

DELAY_SECONDS = 1.0
"""How long work lasts before a line is drawn on a terminal."""

PLAIN_SECONDS = 15.0
"""How long it lasts before a line is written where there is none; the next comes at twice that."""

BAR = 20
"""Characters of the bar, where it is known how much there is to do."""


def progress() -> AbstractContextManager[Callable[[str, int], None]]:
    """Return the context of a callback (stage, amount done) that says it on standard error."""
    return _drawn() if sys.stderr.isatty() else _written()


@contextmanager
def _written() -> Iterator[Callable[[str, int], None]]:
    """Yield a callback whose last stage is written as a line, at 15 seconds, 30, 60 and so on.

    By a thread, since some stages report nothing before their end.
    """
    at = ["", 0]
    over = Event()

    def report(stage: str, done: int) -> None:
        at[:] = stage, done

    def write() -> None:
        start, seconds = time.monotonic(), PLAIN_SECONDS
        while not over.wait(start + seconds - time.monotonic()):
            stage, done = at
            where = f": {visible(str(stage))}; counted {done:,}" if stage else ""
            click.echo(f"negeig: at work for {seconds:,.0f} seconds{where}", err=True)
            seconds *= 2

    writer = Thread(target=write, daemon=True)
    writer.start()
    try:
        yield report
    finally:
        over.set()
        writer.join()


@contextmanager
def _drawn() -> Iterator[Callable[[str, int], None]]:
    """Yield a callback that draws one line, and removes it at the end.

    Nothing is drawn in the first second. rich is imported only once there is something to draw.
    """
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
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.progress_bar import ProgressBar
    from rich.table import Column

    class Bar(BarColumn):
        """A bar where it is known how much there is to do, and nothing where it is not."""

        def render(self, task: Task) -> ProgressBar:
            """Return the bar; without a total it has no width."""
            bar = super().render(task)
            if task.total is None:
                bar.width = 0
            return bar

    # One line, however narrow the terminal is, of the text as it is: brackets are no markup.
    one_line = Column(no_wrap=True, overflow="ellipsis")
    text = TextColumn("{task.description}", markup=False, table_column=one_line)
    console = Console(stderr=True, highlight=False)
    columns = (SpinnerColumn(), Bar(bar_width=BAR), text, TimeElapsedColumn())
    bar = stack.enter_context(Progress(*columns, console=console, transient=True))
    task = bar.add_task("", total=None)

    def show(stage: str, done: int) -> None:
        total = stage.total if isinstance(stage, CountedStage) else None
        bar.tasks[0].total = total
        bar.update(task, description=f"{visible(stage)}: {done:,}", completed=done)

    return show
