"""Progress: on a terminal one line, erased; in pipes plain lines, rarely; it names what is left."""

from __future__ import annotations

import io
import re
import sys
from threading import Event

from negeig.automata.zoo import get
from negeig.cli import progress as line
from negeig.cli.options import search_progress
from negeig.pipeline import precision as pipeline
from negeig.pipeline.choosing import choose
from negeig.pipeline.conform import conform, suite_tasks
from negeig.pipeline.theorems import theorems
from negeig.work import CountedStage
from support.command_line import negeig, valid


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch):
    made = Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    return made


class Pipe(io.StringIO):
    """Standard error that is no terminal; ``full`` is set once there are two lines."""

    def __init__(self) -> None:
        super().__init__()
        self.full = Event()

    def write(self, text: str) -> int:
        length = super().write(text)
        if self.getvalue().count("\n") >= 2:
            self.full.set()
        return length


def in_a_pipe(monkeypatch):
    made = Pipe()
    monkeypatch.setattr(sys, "stderr", made)
    return made


def test_nothing_is_said_of_short_work(monkeypatch):
    for there in (at_a_terminal(monkeypatch), in_a_pipe(monkeypatch)):
        monkeypatch.setattr(sys, "stderr", there)
        with search_progress() as report:
            report("route cover", 3)
        assert there.getvalue() == ""


def test_in_a_pipe_long_work_is_a_plain_line_now_and_then(monkeypatch):
    pipe = in_a_pipe(monkeypatch)
    monkeypatch.setattr(line, "PLAIN_SECONDS", 2.0**-6)
    with search_progress() as report:
        report("route \x1b[31m, 2 after it", 1234)
        assert pipe.full.wait(60)
    first, second, *_ = pipe.getvalue().splitlines()
    where = ": route \\x1b[31m, 2 after it; counted 1,234"
    assert second.startswith("negeig: at work for ")
    assert second.endswith(where)  # the first may be written before anything is reported
    assert first.startswith("negeig: at work for ")
    said = pipe.getvalue()
    with search_progress() as report:  # twin: nothing is said of work that is over
        pass
    assert pipe.getvalue() == said


def test_standard_output_has_the_answer_only(monkeypatch, capsys):
    monkeypatch.setattr(line, "PLAIN_SECONDS", 2.0**-10)
    code, out, err = negeig(capsys, "compile", "--zoo", "sym:4", "--json")
    assert code == 0
    assert valid(out)["schema"] == "negeig.network/1"
    assert "negeig: at work for" in err


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


BAR = re.compile("[\u2501\u2578\u257a]+")


def drawn_bars(monkeypatch, stages):
    """The bars of a line, one for each stage and amount, by their filled and their other cells."""
    terminal = at_a_terminal(monkeypatch)
    monkeypatch.setattr(line, "DELAY_SECONDS", 0)
    monkeypatch.setenv("COLUMNS", "100")
    with search_progress() as report:
        for stage, done in stages:
            report(stage, done)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue()).replace("\r", "\n")
    return [found[0] for text in plain.splitlines() if (found := BAR.search(text))], plain


def test_a_bar_is_drawn_where_it_is_known_how_much_there_is(monkeypatch):
    counted = CountedStage("instances", 4)
    bars, plain = drawn_bars(monkeypatch, [(counted, done) for done in range(5)])
    assert bars
    assert {len(bar) for bar in bars} == {line.BAR}
    assert "instances: 4" in plain
    bars, plain = drawn_bars(monkeypatch, [(str(counted), done) for done in range(5)])  # unknown
    assert (bars, "instances: 4" in plain) == ([], True)
    bars, _ = drawn_bars(monkeypatch, [(counted, 1), ("a search", 7)])  # no longer known
    assert not bars


def test_stages_of_which_the_amount_is_known_say_it():
    told = []
    found = theorems(
        ["P1"], run=True, progress=lambda stage, done: told.append((stage.total, done))
    )
    (cases,) = (len(one.cases) for one in found.runs)
    assert cases > 1
    assert told == [(cases, done) for done in range(1, cases + 1)]


def test_the_route_and_how_many_follow_are_named():
    stages: dict[str, int] = {}
    choose(get("sym:3").minimal(), progress=lambda stage, done: stages.update({stage: done}))
    routes = [stage for stage in stages if stage.startswith("route ")]
    left = [
        int(found[1]) for found in map(re.compile(r", (\d+) more to try$").search, routes) if found
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
