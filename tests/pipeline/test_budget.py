"""Budgets: what is refused, what cannot be met and why, and that the tightest ones are met."""

from __future__ import annotations

import itertools
import json
import shlex
from fractions import Fraction

import pytest

from negeig import api
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import InputError, LimitReached, Stopped, Verdict
from negeig.pipeline.choosing import choose
from negeig.pipeline.compile import budget as budget_of
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.budget import Budget, has_unit_keys
from negeig.theory.constructions.covers import contraction
from negeig.theory.constructions.routes import routes
from support.candidates import proposals
from support.command_line import negeig, valid


def failure(budget, **language):
    with pytest.raises(BudgetNotMet) as stop:
        api.compile(budget=budget, **language)
    return stop.value


def as_budget(point, asked):
    """One of the tightest budgets that can be met, with what was asked for besides."""
    low, high = map(Fraction, point["eigenvalues"])
    return Budget(
        layers=point["layers"],
        steps=point["steps"],
        dim=point["dim"],
        eigenvalues=(low, high),
        unit_keys=asked.unit_keys,
        format=asked.format,
        routes=asked.routes,
    )


# What is refused


def test_every_problem_of_a_budget_is_listed_at_once():
    with pytest.raises(InputError) as stop:
        budget_of(
            layers=-1, steps=-2, dim=-3, eigenvalues=(Fraction(-2), Fraction(1)),
            format="bf17", routes=("magic", "luck"),
        )  # fmt: skip
    problems = stop.value.problems
    assert len(problems) == 7
    for text in ("layers", "steps", "dim", "-2,1", "'magic'", "'luck'", "'bf17'"):
        assert sum(text in problem for problem in problems) == 1, text
    for route in routes():
        assert route.name in problems[4]
    assert "bf16" in problems[-1]
    assert "e4m3fn" in problems[-1]


@pytest.mark.parametrize("range_", [("1/2", "-1/2"), ("-1", "2"), ("-3/2", "0")])
def test_ranges_outside_or_upside_down_are_refused(range_):
    with pytest.raises(InputError, match="-1 <= LOW <= HIGH <= 1"):
        Budget(eigenvalues=tuple(map(Fraction, range_)))


def test_routes_that_need_more_layers_contradict_the_budget():
    for route in routes():
        if route.least_layers > 0:
            few = route.least_layers - 1
            with pytest.raises(InputError, match=f"{route.name!r} takes {route.least_layers}"):
                Budget(layers=few, routes=(route.name,))
        Budget(layers=route.least_layers, routes=(route.name,))
    # One that fits is enough.
    assert Budget(layers=1, routes=("blocks", "scalar")).layers == 1


@pytest.mark.parametrize("text", ["1", "a,b", "-1,1,1", "1/0,1", "", "-1;1", "1e9,1"])
def test_ranges_that_are_no_numbers_are_refused(capsys, text):
    code, _, err = negeig(capsys, "compile", "(11)*", "--eigenvalues", text)
    assert code == 2
    assert "LOW,HIGH" in err


def test_problems_of_a_budget_on_the_command_line(capsys):
    arguments = ["compile", "(11)*", "--steps", "-1", "--route", "magic", "--format", "bf17"]
    code, out, err = negeig(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("negeig: budget: 3 problems\n")
    code, out, err = negeig(capsys, *arguments, "--json")
    assert (code, err) == (2, "")
    assert len(valid(out)["problems"]) == 3


# What cannot be met

UNMET = [
    ("mod:3", Budget(layers=1, steps=1)),
    ("mod:3", Budget(steps=1, dim=1)),
    ("mod:5", Budget(eigenvalues=(Fraction(0), Fraction(1)))),
    ("mod:3", Budget(dim=1, unit_keys=True)),
    ("mod:4", Budget(dim=1, layers=1, format="bf16")),
    ("mod:5", Budget(layers=1, dim=1, format="e4m3fn")),
    ("sym:4", Budget(layers=1, steps=1)),
    ("sym:3:swaps", Budget(layers=1, dim=1, format="bf16")),
    ("sym:3:swaps", Budget(layers=1, dim=1, unit_keys=True)),
    ("alt:4", Budget(layers=1, dim=2)),
    ("starts-with:a", Budget(layers=1)),
    ("transformations:3", Budget(layers=1)),
    ("dihedral:4", Budget(layers=1, steps=1, routes=("rotations", "two-reflections"))),
]


@pytest.mark.parametrize(("name", "budget"), UNMET, ids=str)
def test_a_budget_that_cannot_be_met_names_the_tightest(name, budget):
    """Each of the tightest budgets is met, and none of its numbers can be lowered for its route."""
    error = failure(budget, zoo=name)
    assert error.exit_code == (1 if error.impossible else 3)
    assert error.tightest
    if error.missing:
        # Every network at hand lacks something other than size, and the report says what.
        assert all(text.startswith(("a network found", "hint: ")) for text in error.missing)
        assert not any("needed" in text for text in error.missing)
        return
    for point in error.tightest:
        made = api.compile(zoo=name, budget=as_budget(point, budget))
        cost = dict(zip(("layers", "steps", "dim"), made.construction.cost, strict=True))
        assert made.budget.problems(made.construction) == ()
        assert all(claim.verdict is Verdict.PROVED for claim in made.claims)
        assert all(cost[quantity] <= point[quantity] for quantity in cost)
    costs = [(p["layers"], p["steps"], p["dim"]) for p in error.tightest]
    if budget.format is None:
        values = [tuple(map(Fraction, p["eigenvalues"])) for p in error.tightest]
        assert all(low <= high for low, high in values)
        others = [
            (*c, -low, not p["representable"], p["endless"])
            for c, (low, _), p in zip(costs, values, error.tightest, strict=True)
        ]
        assert not any(
            a != b and all(x <= y for x, y in zip(a, b, strict=True))
            for a, b in itertools.product(others, repeat=2)
        )


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("mod:3", ["--layers", "1", "--steps", "1"], "period 3"),
        ("mod:3", ["--eigenvalues", "0,1"], "period 3"),
        ("mod:3", ["--eigenvalues", "-1/2,1"], "period 3"),
        ("cyclic:5", ["--layers", "1", "--steps", "1"], "period 5"),
        ("alt:5", ["--dim", "2"], "simple group A5"),
        ("starts-with:a", ["--layers", "1"], "efe differs from fe"),
        ("parity", ["--layers", "0"], "last letter alone"),
    ],
)
def test_impossible_exits_1_with_the_bound(capsys, name, options, reason):
    code, out, err = negeig(capsys, "compile", "--zoo", name, *options)
    assert (code, out) == (1, "")
    assert "impossible: " in err
    assert "tightest budgets that can be met" in err
    code, out, err = negeig(capsys, "compile", "--zoo", name, *options, "--json")
    assert (code, err) == (1, "")
    document = valid(out)
    assert (document["code"], document["exit_code"]) == ("budget", 1)
    assert any(reason in text for text in document["impossible"])
    assert document["tightest"]


COMMANDS = [
    ["--zoo", "alt:5", "--dim", "2"],
    ["--zoo", "sym:3", "--unit-keys", "--format", "bf16", "--steps", "1", "--layers", "1"],
    ["--zoo", "mod:4", "--held-by", "fp16", "--layers", "1", "--steps", "1"],
    ["--zoo", "mod:4", "--eigenvalues", "-1,1/2", "--layers", "1", "--steps", "1"],
    ["--zoo", "sym:3", "--unit-keys"],
    ["--zoo", "sym:3", "--effort", "2", "--route", "permutation", "--route", "two-reflections"],
]


@pytest.mark.parametrize("options", COMMANDS, ids=" ".join)
def test_each_row_names_the_command_that_builds_it(capsys, options):
    """Of the front and of the tightest budgets, with what was asked for beside quantities."""
    _, out, _ = negeig(capsys, "compile", *options, "--json")
    document = json.loads(out)
    rows = document["tightest"] if "tightest" in document else document["about"]["front"]
    assert rows
    for row in rows:
        program, *words = shlex.split(row["command"])
        code, out, _ = negeig(capsys, *words, "--json")
        made = json.loads(out)["about"]
        assert (program, code) == ("negeig", 0)
        quantities = ("layers", "steps", "dim")
        assert made["route"] == row["route"]
        assert made["cost"] == {name: row[name] for name in quantities}
        same = ("route", *quantities, "eigenvalues", "representable", "unit_keys")
        assert any(all(other[k] == row[k] for k in same) for other in made["front"])
        # A network that only more effort finds is not found again without it.
        assert ("--effort 2" in row["command"]) == ("--effort" in options)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("alt:4", ["--layers", "2", "--steps", "1"]),
        ("mod:3", ["--route", "scalar"]),
        ("dyck1:2", ["--steps", "1", "--layers", "2"]),
    ],
)
def test_unmet_but_not_impossible_exits_3(capsys, name, options):
    code, out, err = negeig(capsys, "compile", "--zoo", name, *options)
    assert (code, out) == (3, "")
    assert "not proved impossible" in err
    code, out, _ = negeig(capsys, "compile", "--zoo", name, *options, "--json")
    document = valid(out)
    assert (code, document["exit_code"], document["impossible"]) == (3, 3, [])


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        (
            "mod:3",
            ["--layers", "1", "--steps", "1"],
            "impossible: it takes at least 2 steps a token in one layer: letter '1'",
        ),
        ("alt:4", ["--layers", "1", "--dim", "2"], "it takes dimension 3 or more in one layer: "),
        ("alt:5", ["--dim", "2"], "impossible: it takes dimension 3 or more: the simple group A5"),
        ("starts-with:a", ["--layers", "1"], "impossible: it takes at least 2 layers: words"),
        ("parity", ["--layers", "0"], "impossible: it takes at least 1 layer: the last letter"),
        ("mod:3", ["--eigenvalues", "0,1"], "impossible: it takes the eigenvalue -1: letter '1'"),
        (
            "parity",
            ["--eigenvalues", "0,1", "--steps", "2"],
            "it takes an eigenvalue below 0 with at most 2 steps a token: letter '1'",
        ),
        ("mod:3", ["--eigenvalues", "0,1"], "a network found uses the eigenvalue -1, outside 0"),
    ],
)
def test_reasons_say_what_it_takes_and_where(capsys, name, options, line):
    _, _, err = negeig(capsys, "compile", "--zoo", name, *options)
    assert line in err


def test_what_does_not_hold_the_entries_is_named(capsys):
    arguments = ["compile", "--zoo", "mod:3", "--layers", "1", "--steps", "1"]
    _, _, err = negeig(capsys, *arguments)
    assert "(rotations, with entries that bf16 does not hold)" in err
    error = failure(Budget(dim=1, layers=1, format="fp16"), zoo="mod:3")
    assert "bf16" not in str(error)


def test_ranges_of_the_tightest_budgets_are_those_of_the_steps():
    """Reflections alone: -1 to -1; a budget of that range is met by the same network."""
    error = failure(Budget(layers=1, steps=1), zoo="mod:3")
    assert {tuple(point["eigenvalues"]) for point in error.tightest} == {("-1", "-1")}
    for name in ("starts-with:a", "dyck1:2", "flipflop", "parity", "constant"):
        machine = api.language("a*").machine if name == "constant" else get(name)
        for point in choose(machine.minimal()).front:
            values = [v for layer in point.construction.network.layers for v in layer.eigenvalues]
            low, high = point.eigenvalues
            assert (low, high) == (min(values, default=1), max(values, default=1))
            assert Budget(eigenvalues=(low, high)).problems(point.construction) == ()
            assert point.to_json()["eigenvalues"] == [str(low), str(high)]


def pairs_modulo_3():
    """Two counters modulo 3, with a third letter that moves both."""
    pairs = list(itertools.product(range(3), repeat=2))
    return Machine(
        alphabet="xyz",
        transitions=[
            [pairs.index(((i + a) % 3, (j + b) % 3)) for a, b in ((1, 0), (0, 1), (1, 1))]
            for i, j in pairs
        ],
        initial=0,
        outputs=[f"{i}{j}" for i, j in pairs],
    )


def test_a_bound_under_an_assumption_proves_nothing_impossible():
    """The group's own representations take 4 steps; a larger group takes 2, so 3 is no refusal."""
    routes = ("permutation", "symmetric", "constituents")
    error = failure(Budget(layers=1, steps=3, routes=routes), machine=pairs_modulo_3())
    assert (error.exit_code, error.impossible) == (3, [])
    assert any(text.startswith("hint: ") and "own group" in text for text in error.missing)
    error = failure(Budget(layers=1, steps=1, routes=routes), machine=pairs_modulo_3())
    assert error.exit_code == 1


def test_what_is_impossible_in_one_layer_is_not_in_two():
    """A bound on one layer says nothing about a budget of two."""
    assert failure(Budget(layers=1, steps=1), zoo="mod:3").exit_code == 1
    made = api.compile(zoo="mod:3", budget=Budget(layers=2, steps=1))
    assert made.construction.cost[:2] == (2, 1)
    assert made.route == "two-reflections"
    # Nor does it where the budget leaves the layers free, and no route that may be used fits.
    error = failure(Budget(steps=1, routes=("rotations",)), zoo="mod:3")
    assert (error.exit_code, error.impossible) == (3, [])


# What is met


@pytest.mark.parametrize("name", ["mod:3", "sym:3", "sym:4:swaps", "dyck1:2", "starts-with:a"])
def test_unit_keys_have_length_exactly_1(name):
    made = api.compile(zoo=name, budget=Budget(unit_keys=True))
    keys = [
        step.key
        for layer in made.network.layers
        for steps in layer.steps.values()
        for step in steps
    ]
    assert keys
    assert all(sum(k * k for k in key) == 1 for key in keys)
    assert exact_closure(made.network, get(name).minimal()).verdict == "proved"
    assert has_unit_keys(made.network)


def test_unit_keys_in_bf16_are_proved_in_bf16():
    """Keys of length 1 that bf16 holds: S4 by swaps, one step a token."""
    made = api.compile(zoo="sym:4:swaps", budget=Budget(unit_keys=True, format="bf16"))
    assert [claim.id for claim in made.claims] == ["exact", "bf16"]
    assert has_unit_keys(made.network)


@pytest.mark.parametrize("format", ["bf16", "fp16", "e4m3fn"])
@pytest.mark.parametrize("name", ["parity", "mod:3", "sym:3:swaps", "dyck1:2", "starts-with:a"])
def test_the_winner_is_proved_in_the_format(name, format):
    made = api.compile(zoo=name, budget=Budget(format=format))
    assert [(c.id, c.verdict) for c in made.claims] == [
        ("exact", Verdict.PROVED),
        (format, Verdict.PROVED),
    ]
    result = api.prove(made.network, get(name), [format], round_parameters=True)
    assert result.exit_code == 0


def test_eigenvalues_of_all_steps_are_in_the_range():
    made = api.compile(zoo="flipflop", budget=Budget(eigenvalues=(Fraction(0), Fraction(1))))
    values = {v for layer in made.network.layers for v in layer.eigenvalues}
    assert values == {0}
    made = api.compile(zoo="mod:4", budget=Budget(eigenvalues=(Fraction(-1), Fraction(-1))))
    assert {v for layer in made.network.layers for v in layer.eigenvalues} == {-1}


@pytest.mark.parametrize("route", ["permutation", "rotations", "two-reflections"])
def test_only_the_routes_asked_for(route):
    made = api.compile(zoo="mod:3", budget=Budget(routes=(route,)))
    assert made.route == route
    assert {point.construction.route for point in made.front} == {route}


def test_every_route_is_found_by_its_name():
    tasks = {
        "last-letter": "(a|b)*a", "scalar": "(11)*", "permutation": "(111)*", "rotations": "(111)*",
        "partial-injection": "(ab)*", "two-reflections": "(111)*", "cascade": "a(a|b)*",
    }  # fmt: skip
    for route, regex in tasks.items():
        machine = api.language(regex).machine.minimal()
        found = proposals(machine, route)
        assert {c.route for c in found} == {route}
    zoo_tasks = {"symmetric": "sym:4", "polyhedral": "alt:5", "blocks": "sym:4",
                 "dyadic-roots": "sym:5:swaps", "cyclic-sums": "mod:12",
                 "congruences": "mod:64"}  # fmt: skip
    for route, name in zoo_tasks.items():
        found = proposals(get(name).minimal(), route)
        assert {c.route for c in found} == {route}


# Limits, and the same answer twice


def test_a_limit_of_a_route_is_reported(monkeypatch, capsys):
    monkeypatch.setattr(contraction, "MAX_STATES", 1)
    made = choose(get("dyck1:2").minimal())
    assert any("semidefinite program" in text for text in made.limits)
    (asked,) = (asked for asked in made.asked if asked.route == "contraction")
    assert (asked.outcome, asked.effort) == ("cut short", 1)
    assert "semidefinite program" in asked.detail
    _, out, _ = negeig(capsys, "compile", "--zoo", "dyck1:2", "-v")
    assert "too large    for contraction" in out


def test_a_limit_that_every_route_hits(monkeypatch):
    def limited(machine, work=None):
        raise LimitReached("points of a test", 3, reached=4, option="--more")

    monkeypatch.setitem(vars(contraction.ROUTE), "construct", limited)
    error = failure(Budget(routes=("contraction",)), zoo="parity")
    assert error.exit_code == 3
    assert error.tightest == []
    assert "raise it with --more" in str(error)


def test_a_search_that_is_stopped_says_so_and_claims_nothing_more():
    """Stopped at once: nothing found. Stopped later: what is proved until then is kept."""

    def at_once(stage, done):
        raise Stopped("seconds in all", 1.0, reached=1.0, option="--timeout")

    with pytest.raises(BudgetNotMet) as stop:
        api.compile(zoo="mod:3", progress=at_once)
    assert stop.value.exit_code == 3
    assert any("--timeout" in text for text in stop.value.limits)

    calls = itertools.count()

    def later(stage, done):
        if next(calls) > 30:
            at_once(stage, done)

    made = api.compile(zoo="dyck1:4", progress=later)
    assert made.exit_code == 3
    assert "--timeout" in str(made.stopped)
    assert all(claim.verdict is Verdict.PROVED for claim in made.claims)
    whole = api.compile(zoo="dyck1:4")
    assert (whole.exit_code, whole.stopped) == (0, None)
    assert whole.construction.cost <= made.construction.cost


@pytest.mark.parametrize("name", ["mod:5", "dihedral:4", "transformations:3", "dyck1:2"])
def test_compiling_is_deterministic(name):
    def once():
        about = api.compile(zoo=name, budget=Budget(format="bf16")).about()
        for claim in about["claims"]:
            del claim["seconds"]
        return about

    assert once() == once()
