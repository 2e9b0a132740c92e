"""Width and colours: those of the terminal, of the environment, and of --color."""

from __future__ import annotations

import io
import os
import shutil
import sys

import pytest

from negeig.cli.screen import Look, colours, width
from negeig.report.terminal.styled import styled
from support.command_line import copied, negeig


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [("", 100), ("80", 80), ("7", 40), ("999", 200), ("wide", 100), ("0", 100), ("-5", 100)],
)
def test_in_a_pipe_the_width_is_that_of_the_environment(monkeypatch, columns, wanted):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    monkeypatch.setenv("COLUMNS", columns)
    assert width() == wanted


@pytest.mark.parametrize(("columns", "wanted"), [(60, 60), (10, 40), (500, 200)])
def test_on_a_terminal_it_is_the_terminals(monkeypatch, columns, wanted):
    monkeypatch.setattr(sys, "stdout", Terminal())
    size = os.terminal_size((columns, 24))
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_, **__: size)  # pytest asks, too
    assert width() == wanted


@pytest.mark.parametrize(
    ("color", "terminal", "environment", "shown"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": "0"}, False),
        ("auto", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours(monkeypatch, color, terminal, environment, shown):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", Terminal() if terminal else io.StringIO())
    assert colours(color) is shown
    Look(color=color).echo(styled("YES", "yes"))
    assert ("\x1b[" in sys.stdout.getvalue()) is shown


def test_options_reach_the_report(capsys):
    plain = negeig(capsys, "check", "(11)*", "--no-run")[1]
    coloured = negeig(capsys, "check", "(11)*", "--no-run", "--color", "always")[1]
    assert "\x1b[1;32mYES" in coloured
    assert "\x1b" not in plain
    folded = "--all lists them"
    assert folded in copied(plain)
    assert folded not in copied(negeig(capsys, "check", "(11)*", "--no-run", "--all")[1])
    verbose = negeig(capsys, "check", "(11)*", "--no-run", "-v")[1]
    assert len(verbose) > len(plain)


def test_json_takes_no_notice_of_them(capsys):
    asked = ("words", "(ab)*", "--json")
    assert negeig(capsys, *asked) == negeig(capsys, *asked, "--color", "always")
