"""The table of implementations: ``negeig conform --suite standard --impl all --json`` as a page.

``negeig conform --suite standard --impl all --json | python docs/conform_table.py`` writes
``docs/conform-implementations.md``; a test of the third tier holds the page to what is found.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from negeig.kernels.standard_suite import TASKS
from negeig.report.terminal.text_rows import count

PAGE = Path(__file__).parent / "conform-implementations.md"

HEAD = """# Implementations and what was found

The standard suite, run on a CPU over every implementation of the extra `peers`. This page is made
by `negeig conform --suite standard --impl all --json | python docs/conform_table.py`; what the
verdicts mean is in [conformance](conform.md). Drift is the largest error of a state on `s5-root`,
whose keys every format rounds.

"""


def page(document: dict[str, Any]) -> str:
    """Return the page of one run."""
    parts = (_summary(document), _edges(document), _wrong(document), _missing(document), _tasks())
    return HEAD + "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _summary(document: dict[str, Any]) -> list[str]:
    rows = [
        "| implementation | version | exact | right | wrong | refused | drift fp32 | drift bf16 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in _ran(document):
        own = [r for r in document["results"] if r["impl"] == one["name"]]
        counts = [sum(r["verdict"] == v for r in own) for v in ("exact", "right", "wrong")]
        refused = sum(r["verdict"] == "refused" for r in own)
        drifts = [_drift(own, dtype) for dtype in ("fp32", "bf16")]
        cells = [f"`{one['name']}`", one["version"] or "missing", *counts, refused, *drifts]
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return rows


def _ran(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in document["implementations"] if one["missing"] is None]


def _missing(document: dict[str, Any]) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for one in document["implementations"]:
        if one["missing"] is not None:
            reasons.setdefault(one["missing"], []).append(f"`{one['name']}`")
    return [f"Not run, since {reason}: {', '.join(names)}." for reason, names in reasons.items()]


EDGES = {
    "no_letters": "words of no letters",
    "no_rows": "no rows",
    "scale": "the scale",
    "nan": "a NaN",
    "views": "views",
    "inputs": "inputs",
}


def _edges(document: dict[str, Any]) -> list[str]:
    """Return a table of what raises at the edges, or does something else than it should."""
    rows = [
        f"| at the edges | {' | '.join(EDGES.values())} |",
        f"|---|{'---|' * len(EDGES)}",
    ]
    for one in _ran(document):
        own = [r["edge_cases"] for r in document["results"] if r["impl"] == one["name"]]
        cells = [_edge([cases[case] for cases in own if case in cases]) for case in EDGES]
        rows.append(f"| `{one['name']}` | {' | '.join(cells)} |")
    return rows


def _edge(texts: Sequence[str | None]) -> str:
    """Return the kind of what was raised or told: what stands before the first colon."""
    kinds = {text.partition(":")[0] for text in texts if text is not None}
    return ", ".join(sorted(kinds)) if kinds else "fine" if texts else "-"


def _drift(results: Sequence[dict[str, Any]], dtype: str) -> str:
    for result in results:
        if (result["task"], result["dtype"]) == ("s5-root", dtype):
            error = result["max_error"]
            return "-" if error is None else f"{error:.0e}"
    return "-"


def _wrong(document: dict[str, Any]) -> list[str]:
    rows = ["What is wrong, and where first:", ""]
    for result in document["results"]:
        first = result["first_wrong"]
        if first is not None:
            rows.append(
                f"* `{result['impl']}`, {result['task']} in {result['dtype']}: after "
                f"{count(first['position'], 'letter')} expected `{first['expected']}`, found "
                f"`{first['found']}`"
            )
    return rows


def _tasks() -> list[str]:
    rows = ["| task | what it is there for |", "|---|---|"]
    return rows + [f"| `{name}` | {task.about} |" for name, task in TASKS.items()]


if __name__ == "__main__":
    PAGE.write_text(page(json.load(sys.stdin)), encoding="utf-8")
