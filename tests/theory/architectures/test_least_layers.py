"""How many layers of each architecture: what theorems say, and never more than a network has."""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from negeig import api
from negeig.automata.language import language
from negeig.automata.monoids.monoid import transition_monoid
from negeig.pipeline.parts.asking import ask
from negeig.theory.architectures import entries, find, find_subject
from negeig.theory.architectures.least_layers import contracts, lower_bound, never_turns
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.lower_bounds import lower_bounds

FIRST_LETTER, NESTED = "a(a|b)*", "(a(ab)*b)*"
IDS = {a.name: a.id for a in entries()}


def bounds_of(regex):
    machine = language(regex).machine.minimal()
    monoid = transition_monoid(machine)
    return lower_bounds(machine, monoid), limits(machine, monoid)


@cache
def rows_of(**task):
    result = api.check(**task, arithmetic=(), backends=())
    return result, {IDS[row.name]: row.layers for row in result.architectures}


@pytest.mark.parametrize(
    ("name", "first_letter", "nested", "parity"),
    [
        ("mamba-2", 2, 3, None),  # diagonal, entries in [0, 1]
        ("deltanet", 2, 3, None),  # one step in [0, 1]
        ("kda", 2, 3, None),  # with gates of its own in each channel
        ("deltaproduct", 2, 3, None),  # products of such have complex eigenvalues
        ("mamba-negative", 2, 1, 1),  # diagonal, entries in [-1, 1]
        ("gateloop", 2, 1, 1),  # diagonal, complex
        ("deltanet-negative", 2, 1, 1),
        ("gated-deltaproduct-negative", 2, 1, 1),
        ("gated-deltanet-2", 1, 1, None),  # its norm exceeds 1
        ("rwkv-7", 1, 1, 1),  # no norm is recorded
        ("block-diagonal", 1, 1, 1),
    ],
)
def test_what_the_theorems_say_of_each_class(name, first_letter, nested, parity):
    found = [
        lower_bound(find(name), *bounds_of(task))[0] for task in (FIRST_LETTER, NESTED, "(11)*")
    ]
    assert found == [first_letter, nested, parity]


def test_only_contractions_are_bounded_and_only_without_minus_one_by_more():
    assert {a.id for a in entries() if never_turns(a)} < {a.id for a in entries() if contracts(a)}
    for a in entries():
        if never_turns(a):
            assert a.low == 0 or (a.least is not None and a.least.value >= 0), a.id
    assert not contracts(find("gated-deltanet-2"))


def test_a_single_step_takes_two_layers_where_a_letter_has_a_longer_period():
    names = ("deltanet-negative", "gated-deltanet-negative", "deltaproduct-2-negative")
    found = [lower_bound(find(name), *bounds_of("(111)*")) for name in names]
    # The bound speaks of steps alone, without gates.
    assert found == [(2, "period-steps"), (1, None), (1, None)]


def test_a_solvable_group_takes_as_many_diagonal_layers_as_its_derived_series():
    _, layers = rows_of(zoo="sym:4")
    assert layers["gateloop"].text == "3"
    assert layers["gateloop"].theorem == "subnormal"
    assert layers["deltaproduct-negative"].text == "1"


@pytest.mark.parametrize(
    "task",
    [
        *({"regex": regex} for regex in (FIRST_LETTER, NESTED, "(111)*")),
        *(
            pytest.param(task, marks=pytest.mark.exhaustive)
            for task in (
                *({"regex": regex} for regex in ("(11)*", "(a|b)*abb", "(ab)*")),
                *({"zoo": name} for name in ("flipflop", "sym:3", "contains:ab", "dyck1:3")),
            )
        ),
    ],
    ids=lambda task: "".join(task.values()),
)
def test_no_network_at_hand_has_fewer_layers(task):
    _, layers = rows_of(**task)
    for name, depth in layers.items():
        if depth.at_least is None:
            assert depth.known is None, name
        elif depth.known is not None:
            assert depth.at_least <= depth.known, name


def test_a_norm_that_is_claimed_wrongly_would_be_contradicted():
    """Twin: one-hot matrices do every task in one layer, and would seem to need two."""
    _, layers = rows_of(regex=FIRST_LETTER)
    assert layers["block-diagonal"].text == "1"
    wrong = replace(find("block-diagonal"), norm_squared=Fraction(1))
    assert lower_bound(wrong, *bounds_of(FIRST_LETTER)) == (2, "idempotents")


def test_networks_that_shrink_for_ever_are_no_answer():
    """The diagonal network at hand has infinitely many exact states, so it decides nothing."""
    result, layers = rows_of(regex=NESTED)
    least = min(p.cost[0] for p in result.front if p.demands.endless)
    assert (layers["gla"].at_least, layers["gla"].known, least) == (3, None, 3)
    assert layers["deltaproduct"].text == "3"
    assert layers["deltaproduct-negative"].text == "1"


def test_json_and_what_is_asked():
    result, layers = rows_of(regex=FIRST_LETTER)
    row = next(r for r in result.to_json()["architectures"] if r["name"] == "GLA")
    assert row["layers"] == {
        "at_least": 2,
        "known": None,
        "exists": False,
        "decided": False,
        "theorem": "idempotents",
        "assumption": "finitely many exact states",
    }
    answer = ask(find("deltaproduct-2-negative"), result.limits, result.choice)
    assert answer.layers == layers["deltaproduct-2-negative"]
    assert answer.reason.endswith(
        "with finitely many exact states it takes 2 layers (theorem idempotents)"
    )
    one = ask(find("block-diagonal"), result.limits, result.choice)
    assert one.layers.text == "1"
    assert "layers" not in one.reason
    model = ask(find_subject("qwen3_next"), result.limits, result.choice)
    assert model.to_json()["layers"]["at_least"] == 2
    assert ask(find_subject("lstm"), result.limits, result.choice).to_json()["layers"] is None
