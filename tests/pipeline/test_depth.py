"""How many layers a task takes: decided or an interval, for three ranges of eigenvalues."""

from __future__ import annotations

import pytest

from negeig import api
from negeig.automata.language import language
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.pipeline.choosing import choose
from negeig.pipeline.parts.depth import Depth, depths
from negeig.report.terminal.layout import report
from negeig.report.terminal.limit_rows import bound_rows


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
    unknown = depths(found.bounds, (), one_layer=True)
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
    bound = "layers >= 3 without the eigenvalue -1, and 3 are enough"
    assert f"{bound} negeig explain peeling since what remains" in shown
    assert "eigenvalues in (-1, 1]" in shown
    alone = report([bound_rows(result.lower_bounds)], 100)
    assert "layers >= 3 " in alone
