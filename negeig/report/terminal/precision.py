"""What ``negeig precision`` shows a person: a row for each arithmetic, with its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction
from itertools import chain

from negeig.claims import Region
from negeig.pipeline.parts.arithmetics import shown
from negeig.pipeline.precision import PrecisionResult
from negeig.report.terminal.layout import Heading, Item, Row, report
from negeig.report.terminal.styled import Style, Text, joined, styled
from negeig.report.terminal.text_rows import count, few, notice_rows, source_text, word_text
from negeig.report.terminal.uses_rows import uses_rows
from negeig.theory.closure.explore import Exploration

ANSWERS: dict[str, tuple[str, Style]] = {
    "proved": ("proved", "yes"),
    "wrong": ("wrong", "no"),
    "collision": ("collision", "no"),
    "open": ("open", "open"),
}


def precision_text(result: PrecisionResult, width: int = 100, verbose: bool = False) -> Text:
    """Return the report of ``negeig precision``; verbose: what proofs are made of."""
    blocks: list[Iterable[Item]] = [
        [
            Heading(source_text(result.source), "", joined("; ", _answer(result))),
            *notice_rows(result.notices),
        ],
        chain.from_iterable(_rows(result, *one, verbose) for one in result.results),
        (Row(styled("missing", "open"), shown(name), "not reached") for name in result.missing),
    ]
    return report(blocks, width)


def _answer(result: PrecisionResult) -> Iterator[Text]:
    """Yield the answer for each kind: YES in these arithmetics, NO in those, OPEN in others."""
    kinds: tuple[tuple[str, Style, tuple[str, ...]], ...] = (
        ("NO", "no", ("wrong", "collision")),
        ("OPEN", "open", ("open",)),
        ("YES", "yes", ("proved",)),
    )
    for word, style, verdicts in kinds:
        names = [shown(name) for name, found in result.results if found.verdict in verdicts]
        if len(names) == len(result.results) and word == "YES" and not result.missing:
            yield styled(word, style) + ", proved for every length" + _as_far_as(result)
        elif names:
            text = _as_far_as(result) if verdicts == ("proved",) else ""
            yield styled(word, style) + f" in {few(names, 3)}" + text


def _as_far_as(result: PrecisionResult) -> str:
    """Say of implementations that are proved how long the calls were that were tested, if any."""
    tokens = [
        max(assumed.tokens or 0 for assumed in found.assumptions)
        for _, found in result.results
        if found.verdict == "proved" and found.assumptions
    ]
    return f", with calls of up to {count(min(tokens), 'token')} tested" if tokens else ""


def _rows(result: PrecisionResult, name: str, found: Exploration, verbose: bool) -> Iterator[Item]:
    """Yield the verdict in one arithmetic, its words, and what it rests on."""
    word, style = ANSWERS[found.verdict]
    evidence = f"{found.states:,} state{'s' * (found.states != 1)}, depth {found.depth:,}"
    if found.boxes:
        evidence = f"{found.boxes:,} regions of states"
    yield Row(styled(word, style), shown(name), evidence)
    if found.verdict == "collision":
        one, two = found.words
        yield Row("", f"{word_text(one)}  and  {word_text(two)}")
        yield Row("", "reach the same bits and need different outputs: no decoder exists")
        if found.wrong_word and found.wrong_is_shortest and name not in result.through:
            letters = count(len(found.wrong_word), "letter")
            shortest = f"a shortest word that errs has {letters}"
            yield Row("", f"{shortest}: shorter ones are right")
    elif found.verdict == "wrong":
        other = {
            True: "another decoder would be right",
            None: "whether another decoder would be right was not decided",
            False: "no decoder exists",
        }[found.decoder_exists]
        yield Row("", f"errs on {word_text(found.words[0])}; {other}")
    elif found.reason:
        yield Row("", found.reason)
    if found.region is not None:
        yield from margin_rows(found.region, beside=not found.boxes)
    if name in result.through:
        yield Row("", result.through[name].about)
        if result.uses is not None and found.states:
            yield from uses_rows(result.uses, "  inputs")
    for a in found.assumptions:
        label = "  tested" if a.held else styled("  failed", "no")
        yield Row(label, a.statement, a.tested)


def margin_rows(region: Region, *, beside: bool = False) -> list[Item]:
    """Return what the margin of regions says of other arithmetics, or of other orders.

    In exact arithmetic it is about every other one. In a rounded one where regions are ``beside``
    another proof it is about every order of the sums.

    Examples
    --------
    >>> print(report([margin_rows(Region(boxes=2, margin=Fraction(1, 8)))], 100))
                 whatever reads a letter in these regions with an error of at most 0.125 in each
                 coordinate that the letter changes, and none elsewhere, is right on every word too
    >>> margin_rows(Region(boxes=2))
    []
    """
    if region.error is not None and beside:
        count = f"{region.boxes:,} regions with a margin"
        return [Row("", f"in every order of its sums too, fused or not: {count}")]
    if not region.margin or region.error is not None:
        return []
    most = floor_text(region.margin)
    return [
        Row(
            "",
            f"whatever reads a letter in these regions with an error of at most {most} in each "
            "coordinate that the letter changes, and none elsewhere, is right on every word too",
        )
    ]


def floor_text(number: Fraction) -> str:
    """Return a positive number to three digits, rounded down.

    Examples
    --------
    >>> floor_text(Fraction(1, 8)), floor_text(Fraction(2, 3)), floor_text(Fraction(1, 2**20))
    ('0.125', '0.666', '9.53e-07')
    """
    with localcontext(prec=3, rounding=ROUND_DOWN):
        return f"{float(Decimal(number.numerator) / Decimal(number.denominator)):.3g}"
