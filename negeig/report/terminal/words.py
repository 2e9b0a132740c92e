"""What ``negeig words`` shows a person."""

from __future__ import annotations

from negeig.claims import output_text
from negeig.pipeline.words import WordsResult
from negeig.report.terminal.text_rows import (
    LABEL,
    alphabet_text,
    notice_lines,
    source_text,
    word_text,
)


def words_text(result: WordsResult, width: int = 100) -> str:
    """Return the report of ``negeig words``: a title, then a line for each length or word."""
    number = "infinitely many words"
    if result.finite:
        number = "more words than can be written" if result.total is None else "no words"
    if result.total and result.total >= 10**30:
        number = f"a number of words with {len(str(result.total)):,} digits"
    elif result.total:
        number = f"{result.total:,} word{'s' * (result.total > 1)}"
    ending = "" if result.outputs is None else " with output "
    ending += " or ".join(map(output_text, result.outputs or ()))
    rows = [
        f"{source_text(result.source)}   over {alphabet_text(result.alphabet)}: {number}{ending}",
        *notice_lines(result.notices),
    ]
    if result.counts is not None:
        rows += ["", f"{'length':<{LABEL}}words"]
        rows += [f"{length:<{LABEL}}{number:,}" for length, number in enumerate(result.counts)]
    if result.first is not None:
        rows += ["", *(word_text(word, len(word)) for word in result.first)]
    if result.sample is not None:
        rows += ["", *(word_text(word, len(word)) for word in result.sample)]
    return "\n".join(rows)
