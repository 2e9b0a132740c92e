"""The least number of layers for ranges of eigenvalues side by side, the narrowest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from negeig.pipeline.parts.depth import Depth
from negeig.report.terminal.layout import Item, Row
from negeig.report.terminal.styled import Text, styled
from negeig.report.terminal.table import Table

ASSUMED = "of delta steps with finitely many exact states"
"""What the numbers of layers are about."""


def depth_rows(depth: Sequence[Depth]) -> Iterator[Item]:
    """Yield the table of least layers, and what it is about; nothing where none is needed.

    Examples
    --------
    >>> from negeig.report.terminal.layout import report
    >>> ranges = ("[-1, 1]", 1, 1), ("(-1, 1]", 2, 3), ("[0, 1]", 2, None)
    >>> rows = depth_rows([Depth(eigenvalues=e, at_least=n, known=k) for e, n, k in ranges])
    >>> print(report([rows], 80))
    layers       eigenvalues in [0, 1]  in (-1, 1]  in [-1, 1]
                 2 or more              2 to 3      1
                   the least number, of delta steps with finitely many exact states
    """
    if all(row.known == 0 for row in depth):
        return
    rows = depth[::-1]
    first, *others = (f"in {row.eigenvalues}" for row in rows)
    yield Table("layers", [f"eigenvalues {first}", *others], [[_cell(row) for row in rows]])
    yield Row("", f"the least number, {ASSUMED}", indent=1)


def _cell(row: Depth) -> Text:
    """Return the number of layers, in the style of a no where no number is enough."""
    return styled(row.text, "no" if row.at_least is None else None)
