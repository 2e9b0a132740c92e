"""The egg-box picture of a monoid: its J-classes as tables, and as text.

The rows of a table are the R-classes of its J-class, the columns its L-classes, the cells its
H-classes. A cell with an idempotent is a group, and all of these in one table are isomorphic.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from negeig.automata.groups.identify import identify
from negeig.automata.monoids.green import GreenRelations
from negeig.automata.monoids.j_order import JOrder, j_order
from negeig.automata.monoids.labels import WordLabels, text_columns
from negeig.claims import InputError

Cells = NDArray[np.int64]

_MOST_COVERS = 8  # named in a title
_MOST_RULED = 30  # cells up to which a table in text has rules between its rows


@dataclass(frozen=True, eq=False, kw_only=True)
class EggBox:
    """One J-class as a table.

    Attributes
    ----------
    number : int
        Its number, from 1, from top to bottom of the J-order.
    size, n_r, n_l, h_size : int
        Elements, rows, columns, elements in each cell; see :class:`.monoids.green.JClass`.
    group : str or None
        Name of its maximal subgroups; None where the class has no idempotent.
    covers : tuple of int
        Numbers of the J-classes directly below.
    first : array of int, shape (n_r, n_l)
        The element with the shortest word in every cell. Rows are in the order of their shortest
        words, and columns such that idempotents are on the diagonal as far as that is possible.
    idempotent : array of int, shape (n_r, n_l)
        The idempotent of every cell; -1 where there is none.
    """

    number: int
    size: int
    n_r: int
    n_l: int
    h_size: int
    group: str | None
    covers: tuple[int, ...]
    first: Cells
    idempotent: Cells

    @property
    def title(self) -> str:
        """A line that says what the table is: ``J2: 4 elements, 2 R x 2 L, regular``."""
        elements = f"{self.size:,} element{'s' * (self.size != 1)}"
        shape = f", {self.n_r:,} R x {self.n_l:,} L" if self.n_r * self.n_l > 1 else ""
        cells = f", H-classes of {self.h_size:,}" if self.h_size > 1 else ""
        kind = "not regular" if self.group is None else "regular"
        group = f", group {self.group}" if self.group not in (None, "C1") else ""
        named = [f"J{c}" for c in self.covers[:_MOST_COVERS]]
        if len(self.covers) > _MOST_COVERS:
            named.append(f"{len(self.covers) - _MOST_COVERS:,} more")
        below = f"; above {', '.join(named)}" if named else ""
        return f"J{self.number}: {elements}{shape}{cells}, {kind}{group}{below}"

    def cell(self, row: int, column: int, star: str = "*") -> str:
        """Return the content of a cell: ``*C2``, or ``*`` for a trivial group, or else the size."""
        if self.idempotent[row, column] < 0:
            return str(self.h_size)
        return star if self.group == "C1" else f"{star}{self.group}"


def egg_boxes(green: GreenRelations, order: JOrder | None = None) -> Iterator[EggBox]:
    """Yield the J-classes as tables, from top to bottom of the J-order.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> flipflop = Machine(alphabet="sr", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    >>> for box in egg_boxes(GreenRelations(transition_monoid(flipflop))):
    ...     print(box.title, box.first.tolist())
    J1: 1 element, regular; above J2 [[0]]
    J2: 2 elements, 1 R x 2 L, regular [[1, 2]]
    """
    order = order or j_order(green)
    number = {c: i for i, c in enumerate(order.downwards, start=1)}
    members = np.split(np.argsort(green.j, kind="stable"), np.cumsum(np.bincount(green.j))[:-1])
    idempotents = np.full(green.monoid.size, -1)
    idempotents[green.monoid.idempotents] = green.monoid.idempotents
    for c in order.downwards:
        found = green.j_classes[c]
        first, idempotent = _tables(green, members[c], idempotents)
        yield EggBox(
            number=number[c],
            size=found.size,
            n_r=found.n_r,
            n_l=found.n_l,
            h_size=found.h_size,
            group=_group_name(green, found.idempotent, found.h_size),
            covers=tuple(sorted(number[d] for d in order.lower_covers(c))),
            first=first,
            idempotent=idempotent,
        )


def eggbox_text(
    green: GreenRelations, *, max_cells: int = 400, max_classes: int = 100, width: int = 100
) -> str:
    """Write the egg-box picture as text, J-classes from top to bottom of the J-order.

    A cell holds ``*`` when it is a group, with the group's name, or else the number of its
    elements; and where there is room the shortest word in it, or of its idempotent.

    Parameters
    ----------
    green : GreenRelations
    max_cells : int
        Cells written of one J-class; what is left out is counted.
    max_classes : int
        J-classes written; the rest is counted.
    width : int
        Columns of a line, at least 40.

    Raises
    ------
    InputError
        A limit is too small to write anything.

    Examples
    --------
    >>> from negeig.automata.machines.machine import Machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> machine = Machine(alphabet="ab", transitions=[[1, 2], [2, 0], [2, 2]], initial=0,
    ...                   outputs=[1, 0, 0])
    >>> print(eggbox_text(GreenRelations(transition_monoid(machine))))
    6 elements in 3 J-classes; rows are R-classes, columns L-classes, * marks an idempotent
    <BLANKLINE>
    J1: 1 element, regular; above J2
      | * ε |
    <BLANKLINE>
    J2: 4 elements, 2 R x 2 L, regular; above J3
      +------+------+
      | * ab | a    |
      +------+------+
      | b    | * ba |
      +------+------+
    <BLANKLINE>
    J3: 1 element, regular
      | * aa |
    """
    if width < 40 or max_cells < 1 or max_classes < 1:
        raise InputError(
            "eggbox", "expected a width of 40 or more, and limits on cells and classes of 1 or more"
        )
    words = WordLabels(green.monoid)
    order = j_order(green)
    counts = (
        f"{green.monoid.size:,} element{'s' * (green.monoid.size != 1)} in {green.n_j:,} "
        f"J-class{'es' * (green.n_j != 1)}; rows are R-classes, columns L-classes, "
        f"{words.star} marks an idempotent"
    )
    lines = textwrap.wrap(counts, width)
    for box in egg_boxes(green, order):
        if box.number > max_classes:
            lines += ["", f"... {green.n_j - max_classes:,} more J-classes"]
            break
        title = textwrap.wrap(box.title, width, subsequent_indent="    ")
        lines += ["", *title, *_text_table(box, words, max_cells, width)]
    return "\n".join(lines)


def _group_name(green: GreenRelations, idempotent: int | None, order: int) -> str | None:
    if idempotent is None:
        return None
    return "C1" if order == 1 else identify(green.subgroup_permutations(idempotent)).name


def _tables(green: GreenRelations, members: Cells, idempotents: Cells) -> tuple[Cells, Cells]:
    """First element and idempotent of every cell; ``members`` are in increasing order."""
    _, row = np.unique(green.r[members], return_inverse=True)
    _, column = np.unique(green.l[members], return_inverse=True)
    shape = (int(row.max()) + 1, int(column.max()) + 1)
    first = np.full(shape, -1)
    first[row[::-1], column[::-1]] = members[::-1]  # the first one is written last
    idempotent = np.full(shape, -1)
    np.maximum.at(idempotent, (row, column), idempotents[members])
    columns = _diagonal_first(idempotent >= 0)
    return first[:, columns], idempotent[:, columns]


def _diagonal_first(marked: NDArray[np.bool_]) -> list[int]:
    """Order of the columns in which row i has a mark in column i, as long as one is left."""
    free = np.ones(marked.shape[1], bool)
    order: list[int] = []
    for row in marked:
        candidates = np.flatnonzero(row & free)
        if len(candidates):
            order.append(int(candidates[0]))
            free[order[-1]] = False
    return order + np.flatnonzero(free).tolist()


def _text_table(box: EggBox, words: WordLabels, max_cells: int, width: int) -> list[str]:
    """Lines of the table; with words where all columns then fit, else as many columns as fit."""
    rows = min(box.n_r, max(1, max_cells // box.n_l))
    if box.n_l <= min(max_cells, width // 4):
        named = [[_named(box, words, i, j) for j in range(box.n_l)] for i in range(rows)]
        lines = _ruled(named)
        if text_columns(lines[-1]) <= width:
            return lines + _left_out(box.n_r - rows, "row")
    pitch = max(len(box.cell(*place)) for place in _samples(box)) + 3
    columns = min(box.n_l, max_cells, (width - len("  |")) // pitch)
    rows = min(box.n_r, max(1, max_cells // columns))
    lines = _ruled([[box.cell(i, j, words.star) for j in range(columns)] for i in range(rows)])
    return lines + _left_out(box.n_r - rows, "row") + _left_out(box.n_l - columns, "column")


def _samples(box: EggBox) -> list[tuple[int, int]]:
    """Return a cell of every kind that the table has: with and without an idempotent."""
    found = []
    for kind in (box.idempotent >= 0, box.idempotent < 0):
        if kind.any():
            i, j = np.argwhere(kind)[0].tolist()
            found.append((i, j))
    return found


def _named(box: EggBox, words: WordLabels, row: int, column: int) -> str:
    """Content of a cell with the word of its idempotent, or else its shortest."""
    idempotent = int(box.idempotent[row, column])
    word = words.short(idempotent if idempotent >= 0 else int(box.first[row, column]))
    if idempotent < 0 and box.h_size == 1:
        return word
    return f"{box.cell(row, column, words.star)} {word}"


def _ruled(cells: list[list[str]]) -> list[str]:
    """Lines of a table; one of one cell has no rules, large ones have none between their rows."""
    widths = [max(map(text_columns, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  | "
        + " | ".join(c + " " * (w - text_columns(c)) for c, w in zip(row, widths, strict=True))
        + " |"
        for row in cells
    ]
    if len(cells) == len(widths) == 1:
        return lines
    rule = "  +" + "".join("-" * (w + 2) + "+" for w in widths)
    if len(cells) * len(widths) > _MOST_RULED:
        return [rule, *lines, rule]
    return [rule, *(line for row in lines for line in (row, rule))]


def _left_out(count: int, what: str) -> list[str]:
    return [f"  ... {count:,} more {what}{'s' * (count > 1)}"] if count else []
