"""``negeig conform``: other people's implementations of the delta rule, compared with machines."""

from __future__ import annotations

import re
from functools import partial
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from negeig.claims import InputError, Progress, Resources, StageProgress, Stopped
from negeig.cli.certificate_option import certificate_option, save
from negeig.cli.once import Whole, option
from negeig.cli.options import (
    Asked,
    finite,
    language_options,
    look_options,
    positive,
    shown_progress,
    untimed_search_options,
)
from negeig.cli.pages import LIMITS, command
from negeig.cli.screen import Look

if TYPE_CHECKING:
    from negeig.pipeline.conform import Asked as Task


@command(
    section="Other people's layers and kernels",
    examples="""
    negeig conform --list
        the implementations there are, and what is installed
    negeig conform --suite standard --task parity --impl negeig.cpu
        one of them on one task
    negeig conform --zoo parity --impl negeig
        all of one package, on a task of mine; without --impl all that is installed
    """,
)
@language_options
@option(
    "--network",
    group="Tasks",
    metavar="FILE",
    help="A network file; without LANGUAGE what it computes.",
)
@option("--suite", group="Tasks", metavar="NAME", help="Tasks of our own: standard.")
@option(
    "--task", "tasks", group="Tasks", multiple=True, metavar="NAME", help="A task of the suite."
)
@option(
    "--impl", group="Implementations", default="found", show_default=True, metavar="A,B",
    help="Implementations, packages, found, all, or file.py:function.",
)  # fmt: skip
@option(
    "--dtype",
    group="Implementations",
    default="fp32,bf16",
    show_default=True,
    metavar="A,B",
    help="fp32, bf16, fp16.",
)
@option("--tokens", group="Words", type=positive, default=420, show_default=True, metavar="N",
        help="Letters of one batch of three words.")  # fmt: skip
@option(
    "--seed", group="Words", type=Whole(min=0), default=0, show_default=True, help="Of the words."
)
@option(
    "--list",
    "listed",
    group="Implementations",
    is_flag=True,
    help="Show the implementations and what is installed.",
)
@option("--jobs", group="Implementations", type=positive, default=1, show_default=True, metavar="N",
        help="Processes at a time; each package has one.")  # fmt: skip
@option("--timeout", type=float, callback=finite, default=None, metavar="SECONDS", group=LIMITS,
        help="Time of one result; what takes longer is ended, the rest goes on.")  # fmt: skip
@certificate_option
@untimed_search_options
@look_options
def conform(
    asked: Asked, network: str | None, suite: str | None, tasks: tuple[str, ...], impl: str,
    dtype: str, tokens: int, seed: int, listed: bool, jobs: int, timeout: float | None,
    certificate: str | None, resources: Resources, look: Look,
) -> int:  # fmt: skip
    """Test other people's implementations of the delta rule: every position, every state.

    On LANGUAGE with a network compiled for it, on a network file, or on a suite. Right on words is
    no proof: for a certificate what was right is explored too, as precision --arithmetic impl:NAME
    does. A wrong answer is one; both assume what was recorded.
    """
    from negeig.pipeline import conform as pipeline
    from negeig.report.terminal.conform import conform_text

    given = (asked.regex, asked.zoo, asked.file, network, suite)
    if listed:
        if any(x is not None for x in (*given, certificate)):
            raise InputError("", "--list takes no task and writes no certificate", code="usage")
        listing = _names(impl if impl != "found" else "all")
        return look.show(pipeline.conform((), listing, seconds=timeout), conform_text)
    if tasks and suite is None:
        raise InputError("", "--task names a task of a suite: give --suite standard", code="usage")
    with shown_progress() as progress:
        named = _tasks(asked, network, suite, tasks, resources, _within(timeout))
        result = pipeline.conform(
            named, _names(impl), dtypes=_names(dtype), tokens=tokens, seed=seed, jobs=jobs,
            seconds=timeout, resources=resources, progress=progress,
        )  # fmt: skip
    code = look.show(result, conform_text)
    if certificate is not None:
        from negeig.proofs_checks.of_results import of_conformity

        with shown_progress() as progress:
            told = partial(_told, progress, timeout)
            save(certificate, lambda: of_conformity(result, named, resources, told))
    return code


def _within(seconds: float | None) -> StageProgress:
    """Return a progress callback that stops a search once its time is over."""
    end = inf if seconds is None else monotonic() + seconds

    def report(stage: str, _: int) -> None:
        if seconds is not None and monotonic() > end:
            raise Stopped("seconds", seconds, reached=seconds, option="--timeout", detail=stage)

    return report


def _told(progress: StageProgress, seconds: float | None) -> Progress:
    """Return what is told of one exploration for a certificate; it ends once its time is over."""
    stop, stage = _within(seconds), "exploring for a certificate"

    def report(states: int) -> None:
        stop(stage, states)
        progress(stage, states)

    return report


def _tasks(
    asked: Asked, network: str | None, suite: str | None, tasks: tuple[str, ...],
    resources: Resources, progress: StageProgress,
) -> tuple[Task, ...]:  # fmt: skip
    from negeig.pipeline import conform as pipeline
    from negeig.theory.networks.network_json import read

    if re.fullmatch(r"[\w./-]+\.py:\w+(@\w+)?", asked.regex or ""):
        raise InputError("", f"a function is named by --impl {asked.regex}", code="usage")
    named = any(x is not None for x in (asked.regex, asked.zoo, asked.file))
    if (suite is not None) == (named or network is not None):
        raise InputError(
            "", "give one of LANGUAGE, --network FILE (with or without LANGUAGE) and --suite "
            "standard", code="usage",
        )  # fmt: skip
    if suite is not None:
        return pipeline.suite_tasks(suite, tasks)
    if network is None:
        language = asked.read(resources)
        return (pipeline.language_task(language, resources=resources, progress=progress),)
    spoken = asked.read(resources) if named else None
    exact = read(network, max_bytes=resources.max_bytes)
    return (pipeline.network_task(exact, network, spoken, resources=resources),)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


COMMAND = conform
