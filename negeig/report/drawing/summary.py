"""What is too large to draw, as a picture of its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from negeig.report.drawing.svg import FAINT, FONT_SIZE, INK, LINE_HEIGHT, RULE, Svg, text_box

MARGIN, GAP, SMALL = 18.0, 24.0, 11.0


def summary_svg(title: str, rows: Sequence[tuple[str, str]], notes: Sequence[str] = ()) -> str:
    """Draw a card: a title, a row for each number with its name, and notes below.

    Examples
    --------
    >>> drawn = summary_svg("State diagram", [("states", "1,000")], ["at most 300 are drawn"])
    >>> [text in drawn for text in (">State diagram<", ">states<", ">1,000<")]
    [True, True, True]
    """
    line = FONT_SIZE * LINE_HEIGHT * 1.2
    names, _ = text_box([name for name, _ in rows])
    values, _ = text_box([value for _, value in rows])
    head, _ = text_box([title])
    note, note_height = text_box(notes, SMALL)
    width = 2 * MARGIN + max(names + GAP + values, head * 1.1, note)
    rule = MARGIN + 1.4 * line
    bottom = rule + (len(rows) + 0.5) * line
    svg = Svg(width, bottom + note_height + MARGIN, f"{title}, in numbers")
    svg.begin("summary")
    svg.text([title], (MARGIN, MARGIN + line / 2), anchor="start", bold=True)
    svg.line((MARGIN, rule), (width - MARGIN, rule), RULE)
    for i, (name, value) in enumerate(rows):
        y = rule + (i + 0.75) * line
        svg.text([name], (MARGIN, y), colour=FAINT, anchor="start")
        svg.text([value], (MARGIN + names + GAP, y), colour=INK, anchor="start")
    if notes:
        svg.text(notes, (MARGIN, bottom + note_height / 2), SMALL, FAINT, "start")
    svg.end()
    return svg.document()


def not_drawn(count: int, most: int, what: str) -> tuple[str, ...]:
    """Say why numbers stand in place of a picture, and what draws it.

    Examples
    --------
    >>> not_drawn(1000, 300, "states")[0]
    'Too many to draw: 1,000 states, and at most 300 are drawn.'
    """
    return (
        f"Too many to draw: {count:,} {what}, and at most {most:,} are drawn.",
        "negeig monoid --max-nodes draws more; --dot writes the same for Graphviz.",
    )
