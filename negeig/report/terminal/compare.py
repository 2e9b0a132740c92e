"""What ``negeig compare`` shows a person."""

from __future__ import annotations

from negeig.claims import output_text
from negeig.pipeline.compare import CompareResult
from negeig.report.terminal.layout import Heading, Item, Row, report
from negeig.report.terminal.styled import NO, YES, Text
from negeig.report.terminal.text_rows import alphabet_text, notice_rows, source_text, word_text


def compare_text(result: CompareResult, width: int = 100) -> Text:
    """Return the report of ``negeig compare``."""
    first, second = map(source_text, result.languages)
    names = f"{first} and {second}"
    rows: list[Item] = []
    if result.word is None or result.outputs is None:
        rows.append(Heading(names, "", YES + ", equal"))
    else:
        one, two = map(output_text, result.outputs)
        rows.append(Heading(names, "", NO + ", different"))
        rows.append(Row("word", f"{word_text(result.word)}, a shortest one that tells them apart"))
        rows.append(Row("", f"{first} outputs {one}, {second} outputs {two}"))
    rows.append(Row("alphabet", alphabet_text(result.alphabet)))
    for name, notices in zip((first, second), result.notices, strict=True):
        rows += notice_rows(f"{name}: {notice}" for notice in notices)
    return report([rows], width)
