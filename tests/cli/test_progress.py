"""The progress line: on a terminal, after a second, one line, erased; it names what is left."""

from __future__ import annotations

import io
import re
import sys

from negeig.automata.zoo import get
from negeig.cli import progress as line
from negeig.cli.options import search_progress
from negeig.pipeline import precision as pipeline
from negeig.pipeline.choosing import choose
from negeig.pipeline.conform import conform, suite_tasks


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch):
    made = Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    return made


def test_nothing_is_drawn_in_pipes_or_within_a_second(monkeypatch):
    terminal = at_a_terminal(monkeypatch)
    with search_progress() as report:
        report("route cover", 3)
    assert terminal.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with search_progress() as report:
        assert report is None


def test_one_line_is_drawn_and_erased(monkeypatch):
    terminal = at_a_terminal(monkeypatch)
    monkeypatch.setattr(line, "DELAY_SECONDS", 0)
    with search_progress() as report:
        for done in range(3):
            report(f"[0, 1], \x1b[31m {'word ' * 40}", done)
    drawn = terminal.getvalue()
    assert "[0, 1], \\x1b[31m" in drawn
    texts = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn).replace("\r", "\n").splitlines()
    assert max(map(len, texts)) <= 60
    assert "\x1b[1A" not in drawn.replace("\r\x1b[1A\x1b[2K", "")  # no more than one line goes
    assert drawn.endswith(("\x1b[2K", "\x1b[?25h\r\x1b[1A\x1b[2K"))


def test_the_route_and_how_many_follow_are_named():
    stages: dict[str, int] = {}
    choose(get("sym:3").minimal(), progress=lambda stage, done: stages.update({stage: done}))
    routes = [stage for stage in stages if stage.startswith("route ")]
    left = [
        int(found[1]) for found in map(re.compile(r", (\d+) after it$").search, routes) if found
    ]
    assert len(left) > 2
    assert left == sorted(left, reverse=True)


def test_the_arithmetic_and_how_many_there_are_is_named():
    machine = get("sym:4").minimal()
    network = choose(machine).winner.construction.network
    stages = []
    pipeline.precision(
        network, machine, ["exact", "any-order"], progress=lambda stage, _: stages.append(stage)
    )
    assert set(stages) <= {"exact, 1 of 2", "any-order"}


def test_how_many_results_are_left_is_named():
    stages = []
    conform(
        suite_tasks("standard", ["parity", "idle"]), ["negeig.cpu"], dtypes=["fp32"],
        progress=lambda stage, done: stages.append((stage, done)),
    )  # fmt: skip
    assert [stage.partition("; ")[2] for stage, _ in stages][-1] == "0 left, done"
