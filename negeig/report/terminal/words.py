"""What ``negeig words`` shows a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from negeig.claims import output_text
from negeig.pipeline.words import WordsResult
from negeig.report.terminal.layout import Heading, Item, printable, report
from negeig.report.terminal.styled import Text
from negeig.report.terminal.table import Table
from negeig.report.terminal.text_rows import alphabet_text, notice_rows, source_text, word_text


def words_text(result: WordsResult, width: int = 100) -> Text:
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
    blocks: list[Iterable[Item]] = [
        [
            Heading(
                source_text(result.source),
                f"over {alphabet_text(result.alphabet)}: {number}{ending}",
            ),
            *notice_rows(result.notices),
        ]
    ]
    if result.counts is not None:
        counts = [[f"{length}", f"{number:,}"] for length, number in enumerate(result.counts)]
        blocks.append([Table(None, ["length", "words"], counts)])
    for listed in (result.first, result.sample):
        if listed is not None:
            blocks.append([Word(word_text(word, len(word))) for word in listed])
    return report(blocks, width)


@dataclass(frozen=True)
class Word:
    """A word on a line of its own, whatever its length: it is taken from there."""

    text: str

    def lines(self, width: int) -> list[Text]:
        """Return the line."""
        return [printable(self.text)]
