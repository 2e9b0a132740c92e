"""How many layers a task takes: decided or an interval, for three ranges of eigenvalues."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest

from negeig import api
from negeig.automata.language import language
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import DEFAULT_RESOURCES
from negeig.pipeline.choosing import choose
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.depth import Depth, depths, depths_of
from negeig.report.terminal.compile import compilation_text
from negeig.report.terminal.depth_rows import depth_rows
from negeig.report.terminal.layout import report
from negeig.report.terminal.limit_rows import bound_rows
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.constructions.budget import Budget


def rows(machine):
    found = choose(machine.minimal())
    return [(d.at_least, d.known) for d in depths(found.bounds, found.front)]


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        ("(a(ab)*b)*", [(1, 1), (3, 3), (3, 3)]),
        ("a(a|b)*", [(2, 2)] * 3),
        ("(a|b)*bb", [(1, 1)] * 3),
        ("(a|b)*a", [(0, 0)] * 3),
    ],
)
def test_aperiodic_tasks(regex, expected):
    assert rows(language(regex, alphabet="ab").machine) == expected


def test_a_period_takes_the_eigenvalue_minus_one_at_any_depth():
    assert rows(get("parity")) == [(1, 1), (None, None), (None, None)]


def test_networks_that_shrink_for_ever_do_not_count():
    """The front has one whose states are endless, and the bound is not about it."""
    found = choose(language("a(a|b)*").machine.minimal())
    assert any(point.demands.endless for point in found.front)
    finite = [point for point in found.front if not point.demands.endless]
    assert depths(found.bounds, found.front) == depths(found.bounds, finite)


def test_what_is_decided():
    for at_least, known, decided in (
        (2, 2, True),
        (2, 3, False),
        (2, None, False),
        (None, None, True),
    ):
        row = Depth(eigenvalues="[0, 1]", at_least=at_least, known=known)
        assert row.decided is decided
        assert row.to_json()["decided"] is decided


def test_one_layer_that_exists_is_decided():
    found = choose(get("ends-with:a").minimal())
    unknown = depths(found.bounds, (), existing=1)
    assert [row.known for row in unknown] == [None] * 3
    assert [row.decided for row in unknown] == [True, False, False]
    assert not any(row.decided for row in depths(found.bounds, ()))


@pytest.mark.exhaustive
def test_one_layer_that_exists_is_decided_without_a_network():
    """The machine of six states for which no route finds the layer that efe = fe promises."""
    rows = [[1, 2], [2, 0], [3, 4], [5, 5], [4, 0], [1, 2]]
    task = Machine(alphabet="ab", transitions=rows, initial=0, outputs=range(6))
    found = api.check(machine=task, arithmetic=(), backends=())
    known = found.depth[0].known
    assert known is None or known > 1, "a route finds one: look for another machine"
    assert found.to_json()["depth"][0]["exists"]
    assert found.depth[0].decided
    # Twin: where idempotents exclude one layer nothing of the kind is said.
    other = api.check("a(a|b)*", arithmetic=(), backends=())
    assert not any(row["exists"] for row in other.to_json()["depth"])


def test_check_says_it():
    result = api.check("(a(ab)*b)*", backends=())
    assert [d["at_least"] for d in result.to_json()["depth"]] == [1, 3, 3]
    shown = " ".join(report([bound_rows(result.lower_bounds, result.front)], 100).split())
    bound = "layers >= 3 without the eigenvalue -1 negeig explain peeling since what remains"
    assert bound in shown
    assert "eigenvalues in (-1, 1]" in shown
    alone = report([bound_rows(result.lower_bounds)], 100)
    assert "layers >= 3 " in alone


def test_compile_says_the_same_as_check():
    made = api.compile("(ab)*")
    found = made.to_json()["about"]["depth"]
    assert [(row["at_least"], row["known"]) for row in found] == [(1, 1), (2, 2), (2, 2)]
    assert found == api.check("(ab)*", arithmetic=(), backends=()).to_json()["depth"]
    lines = " ".join(compilation_text(made).split())
    assert "in [0, 1] in (-1, 1] in [-1, 1] 2 2 1 the least number, of delta steps" in lines
    assert compilation_text(api.compile("(a|b)*a")).count("the least number") == 0  # it takes none


def test_ranges_are_told_apart_where_no_number_is_enough():
    shown = " ".join(report([depth_rows(api.compile("(11)*").depth)], 100).split())
    assert "in [-1, 1] no depth no depth 1 the least number, of delta steps" in shown


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (Budget(layers=1), "eigenvalues in [-1, 1] and finitely many exact states: 2"),
        (
            Budget(layers=1, eigenvalues=(Fraction(-1, 2), Fraction(1))),
            "eigenvalues in (-1, 1] and finitely many exact states: 2",
        ),
    ],
)
def test_a_refused_number_of_layers_says_how_many_it_takes(budget, said):
    with pytest.raises(BudgetNotMet) as stop:
        api.compile("a(a|b)*", budget=budget)
    assert said in str(stop.value)
    assert [row["at_least"] for row in stop.value.depth] == [2, 2, 2]
    with pytest.raises(BudgetNotMet) as stop:
        api.compile("a(a|b)*", budget=Budget(steps=0))
    assert "least layers" not in str(stop.value)


def test_a_layer_that_exists_is_told_from_one_that_is_impossible():
    machine = get("flipflop").minimal()
    found = replace(choose(machine), winner=None, front=())
    rows = depths(found.bounds, (), existing=1)
    for budget, exists in (
        (Budget(layers=1), True),
        (Budget(layers=1, steps=1), False),  # of its steps nothing is known
        (Budget(layers=0), False),
        (Budget(layers=1, eigenvalues=(Fraction(0), Fraction(1))), False),
    ):
        error = BudgetNotMet("flipflop", budget, found, rows, machine=machine)
        assert ("one of one layer exists: negeig explain one-layer" in str(error)) == exists
        assert error.exit_code == (1 if budget.layers == 0 else 3)
    few = depths(found.bounds, ())
    unknown = BudgetNotMet("flipflop", Budget(layers=1), found, few, machine=machine)
    assert "not proved impossible" in str(unknown)
    assert "exact states: 1 or more" in str(unknown)


@pytest.mark.parametrize(("name", "exists"), [("flipflop", True), ("starts-with:a", False)])
def test_idempotents_are_asked_where_no_network_is_at_hand(name, exists):
    machine = get(name).minimal()
    bounds = [bound for bound in lower_bounds(machine, None) if bound.value == 1]
    assert depths_of(machine, bounds, (), DEFAULT_RESOURCES)[0].exists is exists
    few = replace(DEFAULT_RESOURCES, max_elements=2)
    assert not depths_of(machine, bounds, (), few)[0].exists


@pytest.mark.parametrize(("name", "text"), [("starts-with:a", "2, not at hand"), ("sym:3", "1")])
def test_orders_of_last_edges_are_asked_where_no_network_of_two_layers_is_at_hand(name, text):
    machine = get(name).minimal()
    found = choose(machine)
    above = [point for point in found.front if point.cost[0] != 2]
    row = depths_of(machine, found.bounds, above, DEFAULT_RESOURCES)[0]
    assert row.text == text
    assert row.decided
    few = replace(DEFAULT_RESOURCES, max_elements=2)
    assert depths_of(machine, found.bounds, above, few)[0].exists is False
    unfound = replace(found, winner=None, front=())
    rows = depths_of(machine, found.bounds, (), DEFAULT_RESOURCES)
    error = BudgetNotMet(name, Budget(layers=row.at_least), unfound, rows, machine=machine)
    assert ("negeig explain last-edges" in str(error)) == (text == "2, not at hand")
    budget = Budget(layers=row.at_least - 1)
    less = BudgetNotMet(name, budget, unfound, rows, machine=machine)
    assert "exists" not in str(less)


def test_two_layers_are_not_said_to_exist_where_it_takes_three():
    rows = [[1, 2], [2, 3], [0, 1], [2, 2]]
    machine = Machine(alphabet="ab", transitions=rows, initial=0, outputs=[0, 1, 0, 1])
    bounds = [replace(bound, value=min(bound.value, 2)) for bound in choose(machine).bounds]
    row = depths_of(machine, bounds, (), DEFAULT_RESOURCES)[0]
    assert (row.at_least, row.exists) == (2, False)


def test_one_layer_more_than_the_bounds_say_may_exist():
    """The interval is no wider than what is known to exist, whatever networks there are."""
    rows = [[1, 0], [2, 3], [3, 3], [4, 5], [5, 2], [5, 1]]
    machine = Machine(alphabet="ab", transitions=rows, initial=0, outputs=[0, 1, 1, 0, 0, 0])
    bounds = lower_bounds(machine, None)
    row = depths_of(machine, bounds, (), DEFAULT_RESOURCES)[0]
    assert (row.at_least, row.known, row.exists, row.text) == (2, 3, False, "2 to 3")
    assert not row.decided
    few = replace(DEFAULT_RESOURCES, max_elements=2)
    assert depths_of(machine, bounds, (), few)[0].text == "2 or more"


def three_state_structures():
    """One machine for each structure of three states and two letters, up to their names."""
    seen = set()
    for a, b in product(product(range(3), repeat=3), repeat=2):
        names = {
            tuple(tuple(s.index(x[s[q]]) for q in range(3)) for x in pair)
            for s in permutations(range(3))
            for pair in ((a, b), (b, a))
        }
        machines = [
            Machine(alphabet="ab", transitions=np.array([a, b]).T, initial=0, outputs=outputs)
            for outputs in ((0, 0, 1), (0, 1, 0), (0, 1, 1))
        ]
        full = [machine.minimal() for machine in machines if machine.minimal().size == 3]
        if full and seen.isdisjoint(names):
            seen |= names
            yield full[0]


@pytest.mark.exhaustive
def test_every_structure_of_three_states_is_decided_in_every_range():
    """The bound is met by a network of all 62, as docs/theory/layers.md says."""
    counted = Counter()
    for machine in three_state_structures():
        found = choose(machine)
        counted[tuple(depth.text for depth in depths(found.bounds, found.front))] += 1
    assert counted == {
        ("1", "no depth", "no depth"): 29,
        ("2", "no depth", "no depth"): 16,
        ("1", "1", "1"): 12,
        ("2", "2", "2"): 3,
        ("1", "2", "2"): 2,
    }
