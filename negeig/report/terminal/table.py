"""Tables of a report: columns where they fit, and otherwise a list for each row."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from negeig.report.terminal.layout import (
    GAP,
    command_lines,
    glued,
    indented,
    inner,
    labelled,
    printable,
    words,
    wrapped,
)
from negeig.report.terminal.styled import Text, columns, joined, styled

NOTHING = "-"
"""A cell of which there is nothing to say; a list leaves it out."""

LAST = 12
"""Columns that the last column of a table is not broken to fewer than."""


@dataclass(frozen=True)
class Table:
    """Columns under a header, each row with a command beside it where all fit, or else below.

    Without a label, not even an empty one, they begin at the left.
    """

    label: str | None
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    commands: Sequence[str] = ()

    def lines(self, width: int) -> list[Text]:
        """Return the lines; the last column is broken where it is wide and has some room.

        Where the columns do not fit beside the label they stand below it, and where they do not
        fit there each row is a list of its cells.

        Examples
        --------
        >>> table = Table("", ["layers", "proved in"], [["1", "exact, bf16, fp32"]])
        >>> print(*(line.strip() for line in table.lines(80)), sep=chr(10))
        layers  proved in
        1       exact, bf16, fp32
        >>> print(*table.lines(16), sep=chr(10))
          layers 1,
            proved in
            exact, bf16,
            fp32
        """
        room = width if self.label is None else inner(width)
        beside = self._columns(room)
        if beside is not None:
            return labelled(self.label, beside, width)
        below = self._columns(width - len(GAP)) if self.label else None
        if below is not None:
            return [*labelled(self.label, [], width), *indented(below, GAP)]
        return labelled(self.label, list(self._stacked(room)), width)

    def _columns(self, room: int) -> list[Text] | None:
        """Return the lines in so many columns, or None."""
        header = [styled(cell, "dim") for cell in self.header]
        table = [header, *([printable(cell) for cell in row] for row in self.rows)]
        widths = [max(map(columns, column)) for column in zip(*table, strict=True)]
        fixed = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
        least = max((columns(w) for row in table for w in words(row[-1])), default=0)
        if fixed + max(least, min(widths[-1], LAST)) > room:
            return None
        widths[-1] = min(widths[-1], room - fixed)
        beside = fixed + widths[-1] + len(GAP)
        commands = [joined("", command_lines(command, sys.maxsize)) for command in self.commands]
        fits = all(beside + columns(command) <= room for command in commands)
        lines: list[Text] = list(_cells(table[0], widths)) if any(self.header) else []
        for i, row in enumerate(table[1:]):
            made = list(_cells(row, widths))
            if commands and fits and commands[i]:
                made[0] += " " * (beside - columns(made[0])) + commands[i]
            elif commands and not fits:
                made += indented(command_lines(self.commands[i], room - len(GAP)), GAP)
            lines += made
        return lines

    def _stacked(self, room: int) -> Iterator[Text]:
        """Yield each row as text: its first cell, then each cell with what it is."""
        for i, row in enumerate(self.rows):
            named = [
                glued(joined(" ", filter(None, (styled(name, "dim"), printable(cell)))))
                for name, cell in zip(self.header, row, strict=True)
                if cell and cell != NOTHING
            ]
            first, *others = wrapped(joined(", ", named), room - len(GAP))
            yield from (first, *indented(others, GAP))
            if self.commands:
                yield from indented(command_lines(self.commands[i], room - len(GAP)), GAP)


def _cells(row: Sequence[str], widths: Sequence[int]) -> Iterator[Text]:
    """Yield the lines of one row: one, or more where the last cell is broken."""
    *fixed, last = row
    start = Text("")
    for cell, wide in zip(fixed, widths[:-1], strict=True):
        start += cell + " " * (wide - columns(cell) + len(GAP))
    broken = wrapped(last, widths[-1])
    if not broken:
        yield start[: len(start.rstrip())]
        return
    yield start + broken[0]
    yield from indented(broken[1:], " " * columns(start))
