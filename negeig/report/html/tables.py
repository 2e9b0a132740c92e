"""Tables of a page as plain values: what each cell holds, for the macro that lays tables out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind = Literal["mark", "code", "key", "note", "matrix", "step"]


@dataclass(frozen=True)
class Cell:
    """Text that is shown in a way of its own.

    ``mark`` is a verdict, ``code`` a command, ``key`` a letter or word, ``note`` fainter text. A
    ``matrix`` has rows of numbers in ``rows``. A ``step`` is a button that steps through the word
    ``text`` in the arithmetic ``about``.
    """

    kind: Kind
    text: str = ""
    about: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


Content: TypeAlias = str | Cell | Sequence[str | Cell]
"""What is in a cell of a table: one thing, or several below each other."""


@dataclass(frozen=True)
class Table:
    """A table: its caption, the names of its columns, and its rows, the first cell naming each.

    ``shown`` are the rows that stand out.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Content, ...], ...]
    shown: frozenset[int] = frozenset()


def mark(verdict: str) -> Cell:
    """Return a verdict as a cell."""
    return Cell("mark", verdict)
