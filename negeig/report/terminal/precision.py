"""What ``negeig precision`` shows a person: a row for each arithmetic, with its words."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal, localcontext
from fractions import Fraction

from negeig.claims import Region
from negeig.pipeline.precision import PrecisionResult
from negeig.report.terminal.text_rows import line, notice_lines, word_text
from negeig.report.terminal.uses_rows import uses_lines


def precision_text(result: PrecisionResult, width: int = 100, verbose: bool = False) -> str:
    """Return the report of ``negeig precision``."""
    rows = [result.source, *notice_lines(result.notices)]
    for name, found in result.results:
        evidence = f"{found.states:,} states, depth {found.depth:,}"
        if found.boxes:
            evidence = f"{found.boxes:,} regions of states"
        rows.append(line(str(found.verdict), name, evidence, width))
        if found.verdict == "collision":
            one, two = found.words
            rows.append(line("", f"{word_text(one)}  and  {word_text(two)}"))
            rows.append(
                line("", "reach the same bits and need different outputs: no decoder exists")
            )
            if found.wrong_word and name not in result.through:
                letters = len(found.wrong_word)
                shortest = f"a shortest word that errs has {letters:,} letters"
                rows.append(line("", f"{shortest}: shorter ones are right"))
        elif found.verdict == "wrong":
            other = {
                True: "another decoder would be right",
                None: "whether another decoder would be right was not decided",
                False: "no decoder exists",
            }[found.decoder_exists]
            rows.append(line("", f"errs on {word_text(found.words[0])}; {other}"))
        elif found.reason:
            rows.append(line("", found.reason))
        if found.region is not None:
            rows += margin_lines(found.region, beside=not found.boxes)
        if name in result.through:
            rows.append(line("", result.through[name].about))
            if result.uses is not None and found.states:
                rows += uses_lines(result.uses, "  inputs", width=width)
        for a in found.assumptions:
            rows.append(line("  tested" if a.held else "  failed", a.statement, a.tested, width))
    return "\n".join(rows)


def margin_lines(region: Region, *, beside: bool = False) -> list[str]:
    """Return what the margin of regions says of other arithmetics, or of other orders.

    In exact arithmetic it is about every other one. In a rounded one where regions are ``beside``
    another proof it is about every order of the sums.

    Examples
    --------
    >>> for row in margin_lines(Region(boxes=2, margin=Fraction(1, 8))):
    ...     print(row)
                 whatever reads a letter in these regions with an error of at most 0.125 in each
                 coordinate that the letter changes, and none elsewhere, is right on every word too
    >>> margin_lines(Region(boxes=2))
    []
    """
    if region.error is not None and beside:
        count = f"{region.boxes:,} regions with a margin"
        return [line("", f"in every order of its sums too, fused or not: {count}")]
    if not region.margin or region.error is not None:
        return []
    most = floor_text(region.margin)
    return [
        line(
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
