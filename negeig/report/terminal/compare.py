"""What ``negeig compare`` shows a person."""

from __future__ import annotations

from negeig.claims import output_text
from negeig.pipeline.compare import CompareResult
from negeig.report.terminal.text_rows import (
    LABEL,
    alphabet_text,
    notice_lines,
    source_text,
    word_text,
)


def compare_text(result: CompareResult, width: int = 100) -> str:
    """Return the report of ``negeig compare``."""
    first, second = map(source_text, result.languages)
    if result.word is None or result.outputs is None:
        rows = [f"{'equal':<{LABEL}}{first}  and  {second}"]
    else:
        one, two = map(output_text, result.outputs)
        rows = [
            f"{'different':<{LABEL}}on {word_text(result.word)}",
            f"{'':<{LABEL}}{first} outputs {one}, {second} outputs {two}",
        ]
    rows.append(f"{'alphabet':<{LABEL}}{alphabet_text(result.alphabet)}")
    for name, notices in zip((first, second), result.notices, strict=True):
        rows += notice_lines(f"{name}: {notice}" for notice in notices)
    return "\n".join(rows)
