"""The screen: its width, whether colours are shown, and how a result is printed on it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import click

if TYPE_CHECKING:
    from negeig.pipeline.parts.documents import Result

Color: TypeAlias = Literal["auto", "always", "never"]

NARROWEST, WIDEST, PLAIN = 40, 200, 100
"""Columns that text is laid out for at least, at most, and where nothing says how many."""


def width() -> int:
    """Return the columns to lay text out for.

    Those of the terminal, within bounds; where the output is none, those of ``COLUMNS``, or 100.
    """
    if sys.stdout.isatty():
        columns = shutil.get_terminal_size((PLAIN, 24)).columns
    else:
        given = os.environ.get("COLUMNS", "")
        columns = int(given) if given.isdecimal() and int(given) else PLAIN
    return min(max(columns, NARROWEST), WIDEST)


def colours(color: Color = "auto") -> bool:
    """Whether colours are shown: on a terminal that has them, unless ``NO_COLOR`` is set.

    ``FORCE_COLOR`` stands for a terminal where there is none. What was asked for counts first.
    """
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


@dataclass(frozen=True)
class Look:
    """How a command was asked to show its result."""

    as_json: bool = False
    color: Color = "auto"
    verbose: bool = False
    everything: bool = False

    def show(self, result: Result, text: Callable[..., str]) -> int:
        """Print a result as JSON or as text, and return its exit code.

        ``text`` takes the result and a width, and those of ``verbose`` and ``everything`` that its
        command has an option for.
        """
        if self.as_json:
            from negeig.pipeline.parts.documents import dumps

            click.echo(dumps(result.to_json()))
        else:
            asked = {"verbose": self.verbose, "everything": self.everything}
            flags: dict[str, Any] = {name: True for name, given in asked.items() if given}
            self.echo(text(result, width(), **flags))
        return result.exit_code

    def echo(self, text: str) -> None:
        """Print text for people, in colours where these are shown."""
        from negeig.report.terminal.styled import rendered

        shown = colours(self.color)
        click.echo(rendered(text, shown, sys.stdout.encoding or "utf-8"), color=shown)
