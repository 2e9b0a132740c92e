"""``negeig run``: a network on as many letters as one likes, compared with the machine."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from negeig.claims import InputError, Resources, StageProgress
from negeig.cli.once import option
from negeig.cli.options import (
    Asked,
    given,
    language_options,
    letters,
    look_options,
    note,
    positive,
    search_options,
    search_progress,
)
from negeig.cli.pages import command
from negeig.cli.screen import Look

if TYPE_CHECKING:
    from negeig.pipeline.conform import Asked as Task
    from negeig.pipeline.running.options import RunOptions


def whole(_: click.Context, parameter: click.Parameter, text: str | None) -> int | None:
    """Read a number of letters: 1000000, 1_000_000 or 1e6."""
    if text is None:
        return None
    try:
        number = float(text) if "e" in text.lower() else int(text)
        if number == int(number):
            return int(number)
    except (ValueError, OverflowError):
        pass
    raise click.BadParameter(f"{text!r} is no whole number such as 1000000 or 1e6", param=parameter)


@command(
    section="Networks",
    examples="""
    negeig run --zoo sym:3 --tokens 1e6
        a million letters, each compared with the machine
    negeig run '(ab)*' --word abab
        one word, letter by letter
    """,
)
@language_options
@option(
    "--network",
    group="What runs",
    metavar="FILE",
    help="A network file; without LANGUAGE what it computes.",
)
@option("--backend", group="What runs", default="cpu", show_default=True, metavar="NAME",
        help="What runs it: cpu, reference, torch or triton.")  # fmt: skip
@option(
    "--impl",
    group="What runs",
    metavar="NAME",
    help="In its place somebody's implementation, or NAME@bf16.",
)
@option("--tokens", group="Words", metavar="N", callback=whole,
        help="Letters to read, 1e9 for instance; unless given, some seconds' worth.")  # fmt: skip
@option("--words", group="Words", default="mix", show_default=True, metavar="KIND",
        help="mix, all:N, closure, debruijn:N, runs, avoid-sinks or uniform.")  # fmt: skip
@option("--word", group="Words", metavar="LETTERS", help="This one word: ab, or up,down.")
@option(
    "--seed", group="Words", type=int, default=0, show_default=True, help="Of the random letters."
)
@option("--rows", group="Words", type=int, default=64, show_default=True, metavar="R",
        help="Words that are read side by side; 1 for one long word.")  # fmt: skip
@option("--row", group="Words", type=int, metavar="R", help="Read only this one of them.")
@option("--offset", "--from", "offset", group="Words", metavar="N", default="0",
        show_default=True, callback=whole, help="Begin at this letter of every row.")  # fmt: skip
@option(
    "--state", group="Words", metavar="TEXT", help="States to begin with, as a replay has them."
)
@option("--checkpoint", group="Long runs", metavar="FILE",
        help="Write the run to a file now and then; go on with one that is there.")  # fmt: skip
@option(
    "--threads",
    group="Long runs",
    type=positive,
    metavar="N",
    help="Threads of cpu at most, else one a core.",
)
@search_options
@look_options
def run(
    asked: Asked, network: str | None, backend: str, impl: str | None, tokens: int | None,
    words: str, word: str | None, seed: int, rows: int, row: int | None, offset: int,
    state: str | None, checkpoint: str | None, threads: int | None, resources: Resources,
    look: Look,
) -> int:  # fmt: skip
    """Run a network on up to billions of letters and compare every symbol with the machine.

    That of LANGUAGE which compile finds, or a network file.
    """
    from negeig.kernels.streams.saved import check_place
    from negeig.pipeline import run as pipeline
    from negeig.pipeline.running.options import RunOptions
    from negeig.report.terminal.run import run_text

    if impl is not None and given(("backend",)):
        raise InputError("", "--impl stands in the place of --backend: give one", code="usage")
    if word is not None and (other := given(("words", "rows", "seed", "tokens"))):
        raise InputError("", f"--word says everything; leave out {', '.join(other)}", code="usage")
    options = RunOptions(
        backend=backend,
        impl=impl,
        tokens=tokens,
        words=words,
        word=None if word is None else letters(word),
        seed=seed,
        rows=rows,
        row=row,
        offset=offset,
        state=state,
        checkpoint=checkpoint,
        threads=threads,
    )
    if checkpoint is not None:
        check_place(checkpoint)
    with search_progress() as progress:
        task = _task(asked, network, options, resources, progress)
        with _interrupted(progress) as report:
            result = pipeline.run(task, options, progress=report)
    return look.show(result, run_text)


def _task(
    asked: Asked, network: str | None, options: RunOptions, resources: Resources,
    progress: StageProgress | None,
) -> Task:  # fmt: skip
    from negeig.pipeline import conform, run
    from negeig.theory.networks.network_json import read

    has_language = any(x is not None for x in (asked.regex, asked.zoo, asked.file))
    if network is None:
        language = asked.read(resources)
        note(language)
        return run.language_task(language, options, resources=resources, progress=progress)
    if network == "-" and asked.file == "-":
        raise InputError("", "the network and the machine cannot both be standard input")
    exact = read(network, max_bytes=resources.max_bytes)
    spoken = None
    if has_language:
        spoken = asked.read(resources, () if asked.regex is None else exact.alphabet)
        note(spoken)
    return conform.network_task(exact, network, spoken, resources=resources)


@contextmanager
def _interrupted(progress: StageProgress | None) -> Iterator[StageProgress]:
    """Yield a progress callback that raises KeyboardInterrupt once Ctrl-C was pressed.

    Raised by the callback and not by the signal, so that what was read is whole. The second Ctrl-C
    is one as ever.
    """
    pressed: list[int] = []
    before = signal.getsignal(signal.SIGINT)

    def press(number: int, _: object) -> None:
        pressed.append(number)
        signal.signal(signal.SIGINT, before)

    def report(stage: str, done: int) -> None:
        if pressed:
            raise KeyboardInterrupt
        if progress is not None:
            progress(stage, done)

    signal.signal(signal.SIGINT, press)
    try:
        yield report
    finally:
        signal.signal(signal.SIGINT, before)


COMMAND = run
