"""The one chooser: never dominated, more effort never loses, the same answer everywhere."""

from __future__ import annotations

import itertools
import json
import os
import random
import shlex
import subprocess
import sys

import pytest

from negeig import api
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import InputError, LimitReached, Resources, Stopped, Verdict
from negeig.pipeline import choosing
from negeig.pipeline.choosing import choose
from negeig.pipeline.parts.front import Demands, Point
from negeig.pipeline.parts.reach import best_demands, bounds_of
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.direct import scalar
from negeig.theory.constructions.route import Route
from negeig.theory.networks.network_json import to_json
from support.command_line import negeig, valid
from support.machines import drawn
from support.structures import small_structures, up_to_exchanged_letters

QUANTITIES = ("layers", "steps", "dim")


def random_machine(seed):
    """A minimal machine of 4 to 7 states over 1 to 3 letters."""
    source = random.Random(seed)
    while True:
        states, letters = source.randint(4, 7), source.randint(1, 3)
        machine = drawn(source, states, letters, outputs=3).minimal()
        if machine.size >= 4:
            return machine


class Remembered:
    """What an iterator yields and how it ends, for all who ask."""

    def __init__(self, source):
        self.source, self.items, self.end = source, [], None

    def __iter__(self):
        for i in itertools.count():
            while i >= len(self.items) and self.end is None:
                try:
                    self.items.append(next(self.source))
                except (StopIteration, LimitReached) as end:
                    self.end = end
            if i < len(self.items):
                yield self.items[i]
            elif isinstance(self.end, LimitReached):
                raise self.end
            else:
                return


@pytest.fixture
def asked_once(monkeypatch):
    """Routes and exact proofs depend on the machine and the effort alone: one run for all budgets.

    That they do is held by the tests of effort and of bytes below.
    """
    proposed, claimed, propose, claim = {}, {}, Route.propose, choosing.exact_claim

    def proposals(route, machine, level=1, progress=None):
        key = route.name, id(machine), level
        return iter(proposed.setdefault(key, Remembered(propose(route, machine, level))))

    def claims(network, machine, limits, progress):
        key = id(network), limits.max_closure
        if key not in claimed:  # the network is kept, so that its id is not used again
            claimed[key] = network, claim(network, machine, limits, progress)
        return claimed[key][1]

    monkeypatch.setattr(Route, "propose", proposals)
    monkeypatch.setattr(choosing, "exact_claim", claims)


def check_never_dominated(machine):
    """No tighter budget along any axis gives something at least as good in all three."""
    best = choose(machine).winner.cost
    for axis, quantity in enumerate(QUANTITIES):
        for allowed in range(best[axis] - 1, -1, -1):
            found = choose(machine, Budget(**{quantity: allowed})).winner
            if found is None:
                break
            assert not all(theirs <= ours for theirs, ours in zip(found.cost, best, strict=True)), (
                machine, quantity, allowed, found.cost, best,
            )  # fmt: skip


NAMES = ["parity", "mod:3", "mod:6", "sym:3", "flipflop", "starts-with:a", "dyck1:2", "tomita:5"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("asked_once")
def test_tasks_are_never_dominated(name):
    machine = get(name).minimal()  # it is kept, so that its id is not used again
    check_never_dominated(machine)


@pytest.mark.exhaustive
@pytest.mark.long
@pytest.mark.usefixtures("asked_once")
def test_no_machine_of_three_states_is_dominated():
    """Of two that differ by the names of their letters, one."""
    # All are kept, so that no id is used again.
    machines = list(up_to_exchanged_letters(small_structures()))
    assert len(machines) == 122
    for machine in machines:
        check_never_dominated(machine)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(30))
@pytest.mark.usefixtures("asked_once")
def test_random_machines_are_never_dominated(seed):
    check_never_dominated(random_machine(seed))


MEASURED = {
    "partial": ([[1, 2], [2, 3], [2, 2], [2, 1]], [1, 0, 1, 1], (1, 2, 2)),
    "five states": ([[2, 0, 1], [1, 2, 1], [0, 1, 1], [4, 4, 1], [3, 3, 1]], None, (1, 2, 3)),
    "clock with reset": ([[(q + 1) % 12, (q + 3) % 12, 0] for q in range(12)], None, (1, 2, 2)),
}


@pytest.mark.parametrize("name", MEASURED)
def test_what_a_tighter_budget_once_found_is_the_default(name):
    table, outputs, cost = MEASURED[name]
    machine = Machine(
        alphabet="abc"[: len(table[0])],
        transitions=table,
        initial=0,
        outputs=outputs or list(range(len(table))),
    )
    made = api.compile(machine=machine)
    assert all(mine <= most for mine, most in zip(made.construction.cost, cost, strict=True))


def test_check_compile_and_architectures_agree():
    """One front: what check shows is what compile builds, and what an architecture is asked of."""
    for name in ("mod:3", "sym:3", "starts-with:a", "dyck1:2"):
        shown = {point.cost for point in api.check(zoo=name, backends=()).front}
        built = {point.cost for point in api.compile(zoo=name).front}
        assert built <= shown
    asked = api.check(zoo="mod:3", backends=(), architecture="deltanet-negative").requested
    assert asked.verdict == "possible"
    assert "two-reflections" in asked.reason


@pytest.mark.parametrize("name", ["mod:3", "mod:6", "sym:4", "starts-with:a", "dyck1:2", "alt:4"])
def test_every_row_of_the_front_is_built_by_its_command(capsys, name):
    code, out, _ = negeig(capsys, "check", "--zoo", name, "--no-run", "--json")
    assert code == 0
    rows = valid(out)["front"]
    assert rows
    for row in rows:
        program, command, *arguments = shlex.split(row["command"])
        assert (program, command) == ("negeig", "compile")
        code, out, _ = negeig(capsys, command, *arguments, "--json")
        assert code == 0
        about = valid(out)["about"]
        assert about["cost"] == {quantity: row[quantity] for quantity in QUANTITIES}
        assert about["route"] == row["route"]
        chosen = [
            made
            for made in about["front"]
            if all(made[key] == row[key] for key in (*QUANTITIES, "eigenvalues", "representable"))
        ]
        assert len(chosen) == 1


def test_a_language_that_is_no_option_is_quoted(capsys):
    for regex in ("(a|b)*abb", "-*a"):
        _, out, _ = negeig(capsys, "check", "--no-run", "--json", "--", regex)
        for row in valid(out)["front"]:
            _, command, *arguments = shlex.split(row["command"])
            assert negeig(capsys, command, *arguments)[0] == 0


@pytest.mark.parametrize("name", ["mod:6", "starts-with:a", "dyck1:2"])
def test_more_effort_never_loses_a_network(name):
    machine = get(name).minimal()
    little, more = (choose(machine, resources=Resources(effort=effort)) for effort in (1, 2))
    for point in little.front:
        assert any(other.demands <= point.demands for other in more.front)
    assert more.winner.cost <= little.winner.cost


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", [0, 1, 2, *range(5, 12)])  # 3 and 4 take as long as all others
def test_more_effort_never_loses_a_network_of_random_machines(seed):
    machine = random_machine(1000 + seed)
    little, more = (choose(machine, resources=Resources(effort=effort)) for effort in (1, 2))
    for point in little.front:
        assert any(other.demands <= point.demands for other in more.front)


def test_more_effort_proves_what_was_open():
    """What a closure of effort 1 leaves open is tried with four times the states at effort 2."""
    machine = get("sym:3").minimal()
    states = []
    for effort in (1, 2):
        found = choose(machine, arithmetic=["bf16"], resources=Resources(effort=effort))
        states += [c.states for p in found.front for c in p.claims if c.verdict is Verdict.OPEN][:1]
    assert states == [20_000, 80_000]


def test_a_stop_while_proofs_are_tried_again_keeps_what_was_proved():
    machine = get("sym:3").minimal()
    little = choose(machine, arithmetic=["bf16"])
    calls = []

    def report(stage, done):
        calls.append(done)

    choose(machine, arithmetic=["bf16"], progress=report)
    before = len(calls)
    again = iter(range(before + 2))

    def stop(stage, done):
        if next(again, None) is None:
            raise Stopped("seconds in all", 1.0, reached=1.0, option="--timeout")

    stopped = choose(machine, arithmetic=["bf16"], resources=Resources(effort=2), progress=stop)
    assert stopped.stopped is not None
    assert [point.cost for point in stopped.front] == [point.cost for point in little.front]


def test_each_quantity_can_be_preferred():
    machine = get("mod:6").minimal()
    costs = [point.cost for point in choose(machine).front]
    for axis, quantity in enumerate(QUANTITIES):
        winner = choose(machine, Budget(prefer=quantity)).winner
        assert winner.cost[axis] == min(cost[axis] for cost in costs)
    with pytest.raises(InputError, match="one of layers, steps, dim, found 'speed'"):
        Budget(prefer="speed")


def test_entries_that_a_format_must_hold():
    made = api.compile(zoo="mod:3", budget=Budget(held_by=("bf16",)))
    assert made.winner.representable
    assert made.construction.cost == (1, 2, 3)
    with pytest.raises(InputError, match="bf17"):
        api.compile(zoo="mod:3", budget=Budget(held_by=("bf17",)))


# What is left out


def test_a_route_is_left_out_only_where_a_bound_shows_that_it_has_nothing_better():
    parity = choose(get("parity").minimal())
    outcomes = {asked.route: asked.outcome for asked in parity.asked}
    assert outcomes["scalar"] == "complete"
    assert outcomes["cascade"] == "not needed"  # its room is not even opened: (1, 1, 1) is least
    found = choose(get("mod:3").minimal())
    assert {"rotations", "cascade", "cover"} <= {asked.route for asked in found.asked}


def test_a_bound_that_said_too_much_would_hide_networks():
    """The twin: with a false bound of two layers the rooms of one layer are not opened."""
    machine = get("mod:3").minimal()
    bounds = bounds_of(machine, Resources())
    wrong = [bound for bound in bounds if bound.quantity != "layers"]
    wrong.append(type(bounds[0])(quantity="layers", value=2, reason="made up"))
    for known, outcome in ((bounds, "complete"), (wrong, "not needed")):
        asked = {a.route: a.outcome for a in choose(machine, bounds=known).asked}
        assert asked["rotations"] == outcome


def test_the_best_that_bounds_allow():
    machine = get("mod:3").minimal()
    one, two = best_demands(bounds_of(machine, Resources()), 1, None)
    assert (one.layers, one.steps, one.dim, one.below) == (1, 2, 2, 1)
    assert (two.layers, two.steps) == (2, 1)
    assert best_demands(bounds_of(machine, Resources()), 1, 1) == [one]
    assert best_demands(bounds_of(machine, Resources()), 0, 0) == []


def test_points_are_compared_in_every_axis():
    least = Demands(1, 1, 1, below=1)
    for axis in ("layers", "steps", "dim", "below", "rounded", "unproved", "unfit"):
        worse = Demands(**{**vars(least), axis: 2 if axis in QUANTITIES or axis == "below" else 1})
        assert least <= worse
        assert not worse <= least


def test_a_wrong_proposal_never_wins_and_is_tried_once(monkeypatch):
    def cut_short(machine, work):
        yield from scalar.construct(get("parity").minimal())
        work.spend(work.limit + 1)

    wrong = scalar.construct(get("parity").minimal())
    monkeypatch.setitem(vars(scalar.ROUTE), "construct", cut_short)
    monkeypatch.setitem(vars(scalar.ROUTE), "work", 1)
    tried = []
    exact_claim = choosing.exact_claim

    def counted(network, *rest):
        tried.append(to_json(network))
        return exact_claim(network, *rest)

    monkeypatch.setattr(choosing, "exact_claim", counted)
    machine = Machine(alphabet="01", transitions=[[0, 1], [1, 2], [2, 0]], initial=0,
                      outputs=[0, 1, 2])  # fmt: skip
    found = choose(machine, resources=Resources(effort=2))
    assert found.winner is not None
    assert [point.construction.route for point in found.failed] == ["scalar"]
    assert found.failed[0].claims[0].verdict is Verdict.REFUTED
    assert tried.count(to_json(wrong[0].network)) == 1


@pytest.mark.parametrize(("effort", "limits", "outcome"), [(1, 1, "cut short"), (2, 0, "complete")])
def test_a_limit_that_more_effort_lifted_is_no_longer_listed(monkeypatch, effort, limits, outcome):
    def once_more(machine, work):
        work.spend(3)
        yield from ()

    monkeypatch.setitem(vars(scalar.ROUTE), "construct", once_more)
    monkeypatch.setitem(vars(scalar.ROUTE), "work", 2)
    found = choose(get("dyck1:2").minimal(), resources=Resources(effort=effort))
    (asked,) = (asked for asked in found.asked if asked.route == "scalar")
    assert (asked.outcome, asked.effort) == (outcome, effort)
    assert sum("(scalar)" in text for text in found.limits) == limits


# Stopping, and what no longer exists


def test_what_is_proved_when_it_is_stopped_is_shown_and_exits_3():
    calls = []

    def report(stage, done):
        calls.append(done)
        if len(calls) > 12:
            raise Stopped("seconds in all", 1.0, reached=1.0, option="--timeout")

    result = api.check(zoo="mod:6", backends=(), progress=report)
    assert (result.verdict, result.exit_code) == ("undecided", 3)
    assert "--timeout" in result.undecided_because[0]
    assert result.shown is None or result.claims[0].verdict is Verdict.PROVED
    assert isinstance(result.shown, Point | None)


def test_the_clock_only_stops(capfd):
    """A real child process under a time limit: ends with 3 and says so, or was done before."""
    command = [sys.executable, "-m", "negeig", "compile", "--zoo", "dyck1:12", "--effort", "8"]
    done = subprocess.run(
        [*command, "--timeout", "6", "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    document = valid(done.stdout)
    if document["schema"] == "negeig.network/1":
        assert "--timeout" in document["about"]["stopped"]
        assert "--timeout" in done.stderr
    else:
        assert "--timeout" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--construction-seconds", "3"], "--effort"),
        (["--run-seconds", "3"], "sizes of the network"),
        (["--effort", "0"], "from 1 to 8, found '0'"),
        (["--effort", "9"], "from 1 to 8, found '9'"),
        (["--effort", "much"], "whole number"),
        (["--prefer", "speed"], "layers"),
    ],
)
def test_bad_options_exit_2_with_what_to_use(capsys, arguments, text):
    code, out, err = negeig(capsys, "compile", "(11)*", *arguments)
    assert (code, out) == (2, "")
    assert text in err


def test_an_effort_out_of_range_is_refused_in_python():
    with pytest.raises(InputError, match="from 1 to 8, found 0"):
        Resources(effort=0)


# The same answer everywhere

TASKS = [
    ["check", "--zoo", "mod:6", "--json"],
    ["check", "(ab|b)*a", "--json"],
    ["compile", "--zoo", "dyck1:2", "--json"],
    ["compile", "--zoo", "sym:4", "--steps", "2", "--json"],
]


def answer(arguments, seed, threads):
    """The JSON of a command, seconds and versions aside, in a process of its own."""
    names = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {**os.environ, "PYTHONHASHSEED": seed, **dict.fromkeys(names, threads)}
    done = subprocess.run(
        [sys.executable, "-m", "negeig", *arguments],
        capture_output=True, text=True, env=environment, check=True,
    )  # fmt: skip
    return json.dumps(without_times(json.loads(done.stdout)))


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in ("seconds", "versions")}
    return [without_times(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("arguments", TASKS, ids=" ".join)
def test_json_is_the_same_for_hash_seeds_and_threads(arguments):
    assert answer(arguments, "0", "1") == answer(arguments, "12345", "2")


def test_json_is_the_same_beside_a_busy_process():
    """A search, which counts its work and takes twice the time."""
    search = TASKS[2]
    alone = answer(search, "0", "1")
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        assert answer(search, "0", "1") == alone
    finally:
        for process in busy:
            process.kill()
            process.wait()
