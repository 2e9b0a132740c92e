"""What ``negeig compare`` shows a person."""

from __future__ import annotations

from negeig.pipeline.compare import CompareResult
from negeig.report.terminal.text_rows import LABEL, source_text, word_text


def compare_text(result: CompareResult, width: int = 100) -> str:
    """Return the report of ``negeig compare``."""
    first, second = map(source_text, result.languages)
    if result.word is None or result.outputs is None:
        return f"equal        {first}  and  {second}"
    one, two = result.outputs
    return (
        f"different    on {word_text(result.word)}\n"
        f"{'':<{LABEL}}{first} outputs {one}, {second} outputs {two}"
    )
