"""Lengths over arithmetics, as SVG: up to where a network is proved right, and where it errs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from negeig.precision.closure.error_recursion import MAX_LENGTH
from negeig.precision.numbers.models import short_name
from negeig.report.drawing.svg import (
    FAINT,
    FONT_SIZE,
    GROUP_FILL,
    INK,
    LETTER_COLOURS,
    LINE_HEIGHT,
    RULE,
    Svg,
    text_width,
)

if TYPE_CHECKING:
    from negeig.pipeline.parts.horizons import HorizonRow

HEIGHT, GAP, SMALL = 300.0, 24.0, 11.0
LEFT, TOP, RIGHT = 130.0, 30.0, 20.0
PROVED, ERRS = LETTER_COLOURS[2], LETTER_COLOURS[1]

EVERY = 13.0
"""Where a proof of every length is drawn, in powers of ten: beyond all lengths that are counted."""


def horizon_svg(rows: Sequence[HorizonRow], source: str = "a network") -> str:
    """Draw a column for each arithmetic, those of few significant bits first; lengths are logs.

    A bar reaches up to the length that is proved, beyond all of them where every length is. A mark
    shows the word that errs, and a dotted line what is not known in between. The numbers are below.

    Examples
    --------
    >>> from negeig.claims import Horizon
    >>> from negeig.pipeline.parts.horizons import HorizonRow
    >>> from fractions import Fraction
    >>> some = Horizon(length=155, error=Fraction(1, 4), limit=Fraction(1, 2), word=("1",) * 903)
    >>> row = HorizonRow(arithmetic="fp32", bits=24, closed=False, found=some)
    >>> svg = horizon_svg([row])
    >>> [text in svg for text in (">155<", ">903<")]
    [True, True]
    """
    ordered = sorted(rows, key=lambda row: row.bits)
    texts = [_texts(row) for row in ordered]
    # What no arithmetic has, is not listed.
    listed = [i for i, name in enumerate(NAMES) if any(own[i] != "-" for own in texts) or not texts]
    names = [NAMES[i] for i in listed]
    table = [[own[i] for i in listed] for own in texts]
    widths = [max(text_width(text, SMALL) for text in own) + GAP for own in table]
    lines = FONT_SIZE * LINE_HEIGHT
    right = LEFT + sum(widths)
    tall = TOP + HEIGHT
    svg = Svg(right + RIGHT, tall + (len(names) + 1) * lines, f"Lengths proved of {source}")

    def at(power: float) -> float:
        return tall - HEIGHT * power / EVERY

    svg.begin("axes")
    for power in range(0, 13, 3):
        svg.line((LEFT, at(power)), (right, at(power)), RULE)
        svg.text([f"10^{power}" if power > 6 else f"{10**power:,}"], (GAP, at(power)), SMALL,
                 FAINT, "start")  # fmt: skip
    svg.text(["every length"], (GAP, at(EVERY)), SMALL, FAINT, "start")
    for i, name in enumerate(names):
        svg.text([name], (GAP, tall + (i + 1) * lines), SMALL, FAINT, "start")
    svg.end()
    middle = LEFT
    for row, own, width in zip(ordered, table, widths, strict=True):
        middle += width / 2
        svg.begin("arithmetic", _told(row))
        _column(svg, row, middle, min(width - GAP, 40.0), at)
        for i, text in enumerate(own):
            svg.text([text], (middle, tall + (i + 1) * lines), SMALL, INK)
        svg.end()
        middle += width / 2
    return svg.document()


NAMES = ("arithmetic", "bits", "right up to", "errs at", "longest read")


def _column(
    svg: Svg, row: HorizonRow, middle: float, width: float, at: Callable[[float], float]
) -> None:
    proved = _power(row)
    top, bottom = at(proved), at(0)
    if top < bottom:
        centre = (middle, (top + bottom) / 2)
        svg.rectangle(centre, width, bottom - top, 0, GROUP_FILL, PROVED)
    if row.word is not None:
        wrong = at(math.log10(max(len(row.word), 1)))
        svg.line((middle, wrong), (middle, min(top, bottom)), RULE)
        svg.line((middle - width / 2, wrong), (middle + width / 2, wrong), ERRS)
        for sign in (-1, 1):
            svg.line((middle - 5, wrong - 5 * sign), (middle + 5, wrong + 5 * sign), ERRS)


def _power(row: HorizonRow) -> float:
    """Return the logarithm of what is proved."""
    if row.certified is None:
        return EVERY
    return math.log10(max(row.certified, 1))


def _texts(row: HorizonRow) -> list[str]:
    certified = "every length" if row.certified is None else f"{row.certified:,}"
    if row.certified == MAX_LENGTH:
        certified = "10^12 and more"
    wrong = "-" if row.word is None else f"{len(row.word):,}"
    read = f"{row.longest:,}" if row.longest else "-"
    return [short_name(row.arithmetic), str(row.bits), certified, wrong, read]


def _told(row: HorizonRow) -> str:
    """Say what a column shows, for a pointer that rests on it."""
    name, _, certified, wrong, _ = _texts(row)
    told = f"{name}: right on words of " + ("every length" if row.closed else f"up to {certified}")
    return told if row.word is None else f"{told}; errs on one of {wrong} letters"
