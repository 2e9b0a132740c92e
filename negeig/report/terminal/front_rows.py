"""The front of proved networks as a table, each row with the command that builds it."""

from __future__ import annotations

from collections.abc import Sequence

from negeig.claims import MAX_EFFORT, Verdict
from negeig.pipeline.choosing import Asked
from negeig.pipeline.parts.front import Point, Terms, command
from negeig.report.terminal.text_rows import LABEL, line

HEADER = ("layers", "steps", "dim", "eigenvalues", "held by", "proved in", "route")


def front_lines(
    front: Sequence[Point],
    chosen: Point,
    terms: Terms,
    arguments: Sequence[str],
    *,
    with_commands: bool = True,
) -> list[str]:
    """Return the table of the front, the chosen network marked; nothing for a single one.

    Parameters
    ----------
    front : sequence of Point
    chosen : Point
    terms : Terms
        What the front was made for.
    arguments : sequence of str
        What names the language on the command line.
    with_commands : bool
        Whether a row is followed by the command that builds it.
    """
    if len(front) < 2:
        return []
    header = [f"held by {terms.format}" if name == "held by" else name for name in HEADER]
    table = [header, *map(_cells, front)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    shown = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
    rows = [f"{'front':<{LABEL}}{shown[0]}"]
    for point, text in zip(front, shown[1:], strict=True):
        mark = "  <- this one" if point.construction is chosen.construction else ""
        rows.append(" " * LABEL + text + mark)
        if with_commands:
            rows.append(" " * (LABEL + 2) + command(point, front, terms, arguments))
    return rows


def _cells(point: Point) -> list[str]:
    least, most = map(str, point.eigenvalues)
    proved = [claim.id for claim in point.claims if claim.verdict is Verdict.PROVED]
    return [
        *map(str, point.cost),
        least if least == most else f"{least} to {most}",
        "yes" if point.representable else "no",
        ", ".join(proved),
        point.construction.route,
    ]


def asked_lines(asked: Sequence[Asked]) -> list[str]:
    """Return a row that names the routes that were cut short, if any, and what looks further.

    Examples
    --------
    >>> asked = Asked("cover", "cut short", 1, option="--effort"), Asked("scalar", "complete")
    >>> asked_lines(asked)
    ['cut short    cover: --effort 2 looks further']
    """
    short = [one for one in asked if one.outcome == "cut short"]
    raised = [one.route for one in short if one.option == "--effort"]
    others = [one.route for one in short if one.option != "--effort"]
    effort = max((one.effort for one in short), default=0)
    further = f": --effort {effort + 1} looks further" if effort < MAX_EFFORT else ""
    rows = [line("cut short", f"{', '.join(raised)}{further}")] if raised else []
    return rows + ([line("too large", f"for {', '.join(others)}")] if others else [])
