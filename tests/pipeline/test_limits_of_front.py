"""A class of layers that some network of the front is of is possible, however it was proved."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest

from negeig import api
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import Region
from negeig.theory.bounds.limits import limits
from negeig.theory.closure.regions import proved_by_regions
from negeig.theory.spectra.networks import (
    has_real_spectrum,
    is_diagonal,
    is_householder,
    is_positive_symmetric,
)
from negeig.theory.spectra.real_products import has_real_products
from negeig.theory.theorems import ids
from support.command_line import copied, negeig, valid

IN_CLASS = {
    "nonnegative-spectrum": lambda network: has_real_spectrum(network, nonnegative=True),
    "real-spectrum": has_real_products,
    "nonnegative-symmetric": is_positive_symmetric,
    "nonnegative-diagonal": lambda network: is_diagonal(network, nonnegative=True),
    "real-diagonal": lambda network: is_diagonal(network, nonnegative=False),
    "complex-diagonal": lambda network: is_diagonal(network, nonnegative=False),
}
"""The classes of the cast model."""

MET = ("(aa|b)*", "(b*ab*ab*)*c(a|b|c)*", "~((a|b)*(aab|bba)(a|b)*)&(aa|b|ab)*")
"""Tasks with a diagonal network whose exact states are infinitely many, and a group inside."""


def found_for(task):
    return api.check(task, arithmetic=(), backends=())


@pytest.mark.parametrize("task", [*MET, "a(a|b)*", "(a|b)*ab", "(ab)*", "(aaa|b)*", "(11)*"])
def test_every_class_of_a_network_of_the_front_is_possible(task):
    result = found_for(task)
    networks = [point.network for point in result.choice.front]
    for limit in result.limits:
        holds = IN_CLASS.get(limit.class_)
        if holds is not None:
            assert limit.in_hand == any(map(holds, networks)), limit
    one = result.limits[-1]
    assert one.in_hand == any(
        len(p.network.layers) <= 1 and is_householder(p.network, low=-1) and not p.demands.endless
        for p in result.choice.front
    )


@pytest.mark.parametrize("task", MET)
def test_the_classes_are_decided_by_networks_proved_by_regions_too(task):
    """Without those the row is open: nothing else decides it."""
    result = found_for(task)
    endless = [p for p in result.choice.front if isinstance(p.claims[0].evidence, Region)]
    finite = [p.network for p in result.choice.front if p not in endless]
    rows = limits(result.machine, transition_monoid(result.machine), networks=finite)
    without = {row.class_: row.verdict for row in rows}
    found = {row.class_: row.verdict for row in result.limits}
    assert endless
    assert (without["real-diagonal"], found["real-diagonal"]) == ("open", "possible")
    assert found["nonnegative-diagonal"] == "impossible"


def test_endless_networks_say_nothing_of_finitely_many_exact_states():
    result = found_for("(a|b)*ab")
    (digits,) = [p.network for p in result.choice.front if p.demands.endless]
    monoid = transition_monoid(result.machine)
    assert is_householder(digits, low=-1)
    assert len(digits.layers) == 1
    endless = limits(result.machine, monoid, endless=[digits])
    finite = limits(result.machine, monoid, networks=[digits])
    assert [rows[-1].theorem for rows in (endless, finite)] == [ids.ONE_LAYER, ids.CLOSURE]
    for one, other in zip(endless[:-1], finite[:-1], strict=True):
        assert one.in_hand == other.in_hand
        assert one.theorem == (ids.REGIONS if one.in_hand else other.theorem)
        assert replace(one, theorem=other.theorem) == other
    assert {row.theorem for row in endless} >= {ids.REGIONS}


def test_what_proves_a_network_is_what_a_class_and_an_architecture_cite():
    """By regions where only such a network is of the class; by its closure where one is finite."""
    cited = {}
    for task in ("(a|b)*ab", "(11)*"):
        result = found_for(task)
        rows = {row.class_: row for row in result.limits}
        names = {row.name: row for row in result.architectures}
        cited[task] = rows["real-diagonal"].theorem, names["GLA"].theorem
        for row in (*result.limits, *result.architectures):
            proofs = {
                ids.REGIONS if point.demands.endless else ids.CLOSURE
                for point in result.choice.front
            }
            assert row.theorem not in {ids.REGIONS, ids.CLOSURE} - proofs, (task, row)
    assert cited == {"(a|b)*ab": (ids.REGIONS, ids.REGIONS), "(11)*": (ids.CLOSURE, ids.T1)}


@pytest.mark.parametrize("task", ["(a|b)*ab", "(a|b)*abb", "(a|b)*a(a|b)"])
def test_a_cast_into_a_finite_set_is_fine_enough_for_a_network_proved_by_regions(task):
    """Boxes of different codes are a distance apart; a cast three times as fine parts them."""
    result = found_for(task)
    (network,) = [
        point.network
        for point in result.choice.front
        if point.demands.endless and point.cost == (1, 1, 1)
    ]
    boxes = proved_by_regions(network, result.machine).boxes
    ends = sorted((*interval, code) for (_, code), (interval,) in boxes.items())
    gap = min(later[0] - one[1] for one, later in pairwise(ends) if one[2] != later[2])
    assert gap > 0

    def cells(unit):
        return [
            {(n, code) for n in range(floor(low / unit), floor(high / unit) + 1)}
            for low, high, code in ends
        ]

    for unit, parts in ((gap / 3, True), (Fraction(4), False)):
        taken = set().union(*cells(unit))
        assert (len({n for n, _ in taken}) == len(taken)) == parts


def test_the_report_names_them_as_enough(capsys):
    code, out, _ = negeig(capsys, "check", MET[0], "--no-run", "-v")
    assert code == 0
    assert "enough real diagonal layers, with a negative eigenvalue;" in copied(out)
    document = valid(negeig(capsys, "check", MET[0], "--no-run", "--json")[1])
    row = next(row for row in document["limits"] if row["class"] == "real-diagonal")
    assert (row["verdict"], row["in_hand"]) == ("possible", True)
