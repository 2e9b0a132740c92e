"""Certificates of what a page claims, as files inside it that are downloaded."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negeig.claims import Resources, Verdict

if TYPE_CHECKING:
    from negeig.pipeline.check import CheckResult

FEW_STATES, MOST_BYTES = 2_000, 200_000
"""Most states of a closure, and bytes of a certificate, that a page carries."""


def downloads(result: CheckResult) -> tuple[list[dict[str, str]], list[str]]:
    """Return a file for each certificate: its ``file`` name, ``text`` and ``data`` in base64.

    Those of closures of more than :data:`FEW_STATES` states are left out: a page stays small. Then
    what is proved and has no file.
    """
    from negeig.proofs_checks.of_results import of_check

    certificates = of_check(result, Resources(max_closure=FEW_STATES))
    none = {name for name, _ in certificates.lacking}
    proved = [claim.id for claim in result.claims if claim.verdict is Verdict.PROVED]
    found, lacking = [], [name for name in proved if name in none]
    for number, one in enumerate(certificates.made, 1):
        data = "".join(line + "\n" for line in one.lines()).encode()
        if len(data) <= MOST_BYTES:
            found.append(
                {
                    "file": f"{number}-{one.kind}.json",
                    "text": f"{number}-{one.kind}{_arithmetic(one.about)}",
                    "data": base64.b64encode(data).decode(),
                }
            )
        else:
            lacking.append(f"{number}-{one.kind}{_arithmetic(one.about)}")
    return found, lacking


def checker_file() -> str:
    """Return the checker in base64: who is sent a page need not have negeig."""
    from negeig.proofs_checks import checker

    return base64.b64encode(Path(checker.__file__).read_bytes()).decode()


def _arithmetic(about: Any) -> str:
    """Return the arithmetic that a certificate is about, by its name; nothing for none."""
    from negeig.proofs_checks.runs.arithmetic_names import arithmetic_name

    found = about.get("arithmetic") if isinstance(about, dict) else None
    name = arithmetic_name(found) if isinstance(found, dict) else found
    return "" if name is None else f" ({name})"
