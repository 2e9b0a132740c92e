"""``negeig report``: what ``check`` finds about languages, for one page that can be handed out."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from negeig.automata.language import Language
from negeig.claims import (
    DEFAULT_RESOURCES,
    InputError,
    LimitReached,
    Open,
    Resources,
    StageProgress,
    Unavailable,
    Verdict,
)
from negeig.pipeline.check import CheckResult, check
from negeig.pipeline.parts.check_options import CheckOptions
from negeig.pipeline.parts.documents import versions
from negeig.pipeline.parts.horizons import HorizonRow, horizons
from negeig.precision.numbers.arithmetic import parse

MOST_LANGUAGES = 50
"""Languages of one page."""


FORMATS = ("e5m2", "e4m3fn", "bf16", "fp16", "fp32", "fp64")
"""Formats in which the network of each language is tried on long words."""

LETTERS, STATES = 200_000, 20_000
"""Letters that are read, and states that are explored, in each format: counted work."""


@dataclass(frozen=True)
class ReportResult:
    """What was found about each language, and the command line that makes the page.

    ``horizons`` has, for each, up to which length its network is right in every format of
    ``FORMATS`` that holds its numbers; nothing where there is no network. ``command`` is empty for
    what no command line names.
    """

    languages: tuple[CheckResult, ...]
    command: str
    horizons: tuple[tuple[HorizonRow, ...], ...]

    @classmethod
    def of(
        cls,
        languages: Sequence[CheckResult],
        command: Sequence[str] | None = None,
        progress: StageProgress | None = None,
    ) -> ReportResult:
        """Return what a page about languages that were checked needs beside."""
        if command is None:
            named = all(one.arguments for one in languages)
            words = [argument for one in languages for argument in one.arguments]
            command = [*words, "-o", "report.html"] if named else ()
        line = shlex.join(("negeig", "report", *command)) if command else ""
        return cls(tuple(languages), line, tuple(_horizons(one, progress) for one in languages))

    @property
    def exit_code(self) -> int:
        """That of ``check``; of several, refuted before undecided before holds."""
        codes = {one.exit_code for one in self.languages}
        return next(code for code in (1, 3, 0) if code in codes)

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.report/1``."""
        return {
            "schema": "negeig.report/1",
            "languages": [{"source": one.source, "verdict": one.verdict} for one in self.languages],
            "command": self.command,
            "versions": versions(),
        }


def report(
    languages: Sequence[Language],
    options: CheckOptions | None = None,
    *,
    command: Sequence[str] | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> ReportResult:
    """Check languages, one after the other, for a page about them.

    The page is :func:`negeig.report.html.page.page`; ``command`` are the arguments of the command
    line, to be quoted in it, those that name the languages unless they are given.
    Raises InputError for none or too many languages.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> report([Source("regex", "(11)*").read()], CheckOptions(backends=())).exit_code
    0
    """
    if not 1 <= len(languages) <= MOST_LANGUAGES:
        raise InputError(
            "report", f"expected 1 to {MOST_LANGUAGES} languages, found {len(languages)}"
        )
    found = tuple(
        check(language, options, resources=resources, progress=progress) for language in languages
    )
    return ReportResult.of(found, command, progress)


def _horizons(result: CheckResult, progress: StageProgress | None) -> tuple[HorizonRow, ...]:
    """Return the lengths of one network; without the formats that its numbers are out of range of.

    What a claim has proved is not searched again. A limit leaves out a format.
    """
    if result.network is None:
        return ()
    rows: list[HorizonRow] = []
    proved = {one.arithmetic for one in result.claims if one.verdict is Verdict.PROVED}
    for name in FORMATS:
        model = parse(name)
        if model.name in proved and model.state is not None:
            bits = model.state.precision
            known = Open(detail="a claim")
            rows.append(HorizonRow(arithmetic=model.name, bits=bits, closed=True, found=known))
            continue
        with suppress(InputError, LimitReached, Unavailable):
            rows += horizons(
                result.network,
                result.machine,
                [name],
                letters=LETTERS,
                max_states=STATES,
                progress=progress,
            )
    return tuple(rows)
