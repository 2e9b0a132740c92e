"""The front of proved networks as a table, each row with the command that builds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from negeig.claims import MAX_EFFORT, Verdict
from negeig.pipeline.choosing import Asked
from negeig.pipeline.parts.front import Point, Terms, command
from negeig.report.terminal.layout import Item, Row
from negeig.report.terminal.styled import Text, styled
from negeig.report.terminal.table import Table

HEADER = ("layers", "steps", "dim", "eigenvalues")


def front_rows(
    front: Sequence[Point],
    chosen: Point,
    terms: Terms,
    arguments: Sequence[str],
    *,
    verbose: bool = False,
) -> Iterator[Item]:
    """Yield the table of the front, each row with its command; nothing for a single network.

    What is the same in all rows is left out; the chosen network is marked where it is not first.

    Parameters
    ----------
    front : sequence of Point
        What costs least first.
    chosen : Point
    terms : Terms
        What the front was made for.
    arguments : sequence of str
        What names the language on the command line.
    verbose : bool
        Whether routes are named.
    """
    if len(front) < 2:
        return
    fits = [_yes(point.representable) for point in front]
    proved = [Text(", ".join(_proved(point))) for point in front]
    routes = [Text(point.construction.route) for point in front]
    marks = [Text("shown above" * (p.construction is chosen.construction)) for p in front]
    further = [
        (name, cells)
        for name, cells in ((f"fits {terms.format}", fits), ("proved in", proved))
        if len(set(cells)) > 1
    ]
    further += [("route", routes)] * verbose
    further += [("", marks)] * (front[0].construction is not chosen.construction)
    rows = [[*_cells(point), *(cells[i] for _, cells in further)] for i, point in enumerate(front)]
    header = [*HEADER, *(name for name, _ in further)]
    commands = [command(point, front, terms, arguments) for point in front]
    yield Table("trade-offs", header, rows, commands)


def _cells(point: Point) -> list[str]:
    least, most = map(str, point.eigenvalues)
    return [*map(str, point.cost), least if least == most else f"{least} to {most}"]


def _proved(point: Point) -> list[str]:
    return [claim.id for claim in point.claims if claim.verdict is Verdict.PROVED]


def _yes(holds: bool) -> Text:
    return styled("yes", "yes") if holds else styled("no", "no")


def asked_rows(asked: Sequence[Asked]) -> list[Item]:
    """Return the routes by what became of them, and what looks further into those cut short.

    Examples
    --------
    >>> asked = Asked("cover", "cut short", 1, option="--effort"), Asked("scalar", "complete")
    >>> [(row.label, row.text) for row in asked_rows(asked)]
    [('routes', 'tried: scalar'), ('cut short', 'cover: --effort 2 looks further')]
    """
    whole = {
        word: [one.route for one in asked if one.outcome == outcome]
        for word, outcome in (("tried", "complete"), ("not needed", "not needed"))
    }
    told = "; ".join(f"{word}: {', '.join(names)}" for word, names in whole.items() if names)
    short = [one for one in asked if one.outcome == "cut short"]
    raised = [one.route for one in short if one.option == "--effort"]
    others = [one.route for one in short if one.option != "--effort"]
    effort = max((one.effort for one in short), default=0)
    further = f": --effort {effort + 1} looks further" if effort < MAX_EFFORT else ""
    rows: list[Item] = [Row("routes", told)] if told else []
    rows += [Row("cut short", f"{', '.join(raised)}{further}")] if raised else []
    return rows + ([Row("too large", f"for {', '.join(others)}")] if others else [])
