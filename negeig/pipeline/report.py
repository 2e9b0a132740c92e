"""``negeig report``: what ``check`` finds about languages, for one page that can be handed out."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from negeig.automata.language import Language
from negeig.claims import DEFAULT_RESOURCES, InputError, Resources, StageProgress
from negeig.pipeline.check import CheckResult, check
from negeig.pipeline.parts.check_options import CheckOptions
from negeig.pipeline.parts.documents import versions

MOST_LANGUAGES = 50
"""Languages of one page."""


@dataclass(frozen=True)
class ReportResult:
    """What was found about each language, and the command line that makes the page."""

    languages: tuple[CheckResult, ...]
    command: str

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
    command: Sequence[str] = (),
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> ReportResult:
    """Check languages, one after the other, for a page about them.

    The page is :func:`negeig.report.html.page.page`; ``command`` are the arguments of the command
    line, to be quoted in it. Raises InputError for none or too many languages.

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
    return ReportResult(found, shlex.join(("negeig", "report", *command)))
