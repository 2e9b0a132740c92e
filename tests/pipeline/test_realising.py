"""Realisations: networks that are exactly the same, rounded so that a format proves them."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from negeig import api
from negeig.automata.zoo import get
from negeig.claims import InputError, LimitReached, Resources, Verdict
from negeig.pipeline.choosing import choose
from negeig.pipeline.parts.budget_format import format_problems
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.realising import best_length, realisations
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.closure.explore import explore
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.direct import permutation_reset
from negeig.theory.constructions.groups import polyhedral, rotations
from negeig.theory.factors.unit_keys import has_dyadic_unit_keys
from negeig.theory.networks.equivalent import scaled, with_key_lengths
from negeig.theory.networks.network_json import to_json
from negeig.work import Work
from support.command_line import negeig


def made(name, **budget):
    return api.compile(zoo=name, budget=Budget(**budget))


def icosahedral():
    machine = get("alt:5").minimal()
    return machine, polyhedral.construct(machine)[0]


def first_of(name, format, units=100_000):
    machine, construction = icosahedral() if name == "alt:5" else (None, None)
    if machine is None:
        machine = get(name).minimal()
        construction = rotations.construct(machine)[0]
    work = Work("network states", units)
    return next(realisations(construction, machine, [parse(format)], work))


# A5 in three dimensions, where no entry is rational


def test_alt5_in_space_is_proved_on_the_grid_of_the_notes():
    found = made("alt:5", dim=3, format="grid:2^-6")
    assert (found.route, found.construction.cost) == ("polyhedral", (1, 2, 3))
    assert [(c.id, c.verdict, c.states) for c in found.claims] == [
        ("exact", Verdict.PROVED, 60),
        ("grid:2^-6", Verdict.PROVED, 60),
    ]
    assert not found.winner.realised


@pytest.mark.parametrize(("format", "states"), [("grid:2^-4", 60), ("grid:2^-7", 840)])
def test_it_closes_on_other_grids(format, states):
    assert made("alt:5", dim=3, format=format).claims[1].states == states


def test_where_it_does_not_close_as_it_is_another_start_does():
    """On the grid 2^-5 the polyhedral network runs on and on; realised, it closes."""
    machine, construction = icosahedral()
    as_it_is = closure(
        construction.network, machine, "grid:2^-5", round_parameters=True, max_states=20_000
    )
    assert as_it_is.verdict == "open"
    found = made("alt:5", dim=3, format="grid:2^-5", routes=("polyhedral",))
    assert found.winner.realised
    assert found.claims[1].id == "grid:2^-5"
    assert found.claims[1].verdict is Verdict.PROVED
    assert "start (1, 1, 0)" in found.idea
    assert exact_closure(found.network, machine).verdict == "proved"


def test_three_steps_of_the_grid_away_two_words_collide():
    """Negative twin: on the grid 2^-3 that network is beyond every decoder."""
    machine, construction = icosahedral()
    coarse = closure(construction.network, machine, "grid:2^-3", round_parameters=True)
    assert (coarse.verdict, coarse.decoder_exists) == ("collision", False)


def test_any_grid_is_the_coarsest_that_proves_it():
    found = made("alt:5", dim=3, format="grid")
    name = found.claims[1].id
    assert name == "grid:2^-2"
    machine = get("alt:5").minimal()
    for coarser in ("grid:2^-0", "grid:2^-1"):
        result = closure(found.network, machine, coarser, round_parameters=True, max_states=20_000)
        assert result.verdict != "proved"


def test_unit_keys_that_no_format_holds_are_realised():
    found = made("alt:5", dim=3, unit_keys=True, format="grid:2^-6")
    assert found.winner.realised
    assert not has_dyadic_unit_keys(found.network)
    assert found.claims[1].verdict is Verdict.PROVED


def test_unit_keys_that_a_format_holds_come_first():
    found = made("sym:5:adjacent", unit_keys=True, format="bf16")
    assert has_dyadic_unit_keys(found.network)
    assert not found.winner.realised
    assert found.rounded == 0


# What a realisation is


@pytest.mark.parametrize(
    ("name", "format"), [("alt:5", "grid:2^-5"), ("cyclic:5", "bf16"), ("cyclic:7", "fp16")]
)
def test_a_slow_search_finds_the_same(name, format):
    """The plain exploration, Fractions throughout, agrees in states and in the verdict."""
    machine, network = get(name).minimal(), first_of(name, format).network
    model = parse(format)
    stored, _ = round_parameters(network, model, round_parameters=True)
    plain = explore(ReferenceSemantics(network, stored, model), network, machine)
    fast = closure(network, machine, format, round_parameters=True)
    assert (plain.verdict, plain.states) == (fast.verdict, fast.states) == ("proved", fast.states)


def test_scales_and_key_lengths_change_no_output():
    source = random.Random(5)
    networks = [c.network for c in permutation_reset.construct(get("flipflop").minimal())]
    networks += [made("transformations:3").network, icosahedral()[1].network]
    for network in networks:
        twins = [
            scaled(network, Fraction(9, 8)),
            with_key_lengths(network, lambda step: Fraction(source.randint(1, 9), 4)),
        ]
        for twin in twins:
            for _ in range(5):
                word = source.choices(network.alphabet, k=12)
                assert twin.run(word) == network.run(word)


def test_a_write_that_is_not_scaled_is_noticed():
    """Negative twin: the state alone made larger is another network."""
    network = permutation_reset.construct(get("flipflop").minimal())[0].network
    right = scaled(network, Fraction(3))
    wrong = type(network)(
        alphabet=network.alphabet,
        layers=tuple(
            type(layer)(
                alphabet=layer.alphabet, initial=big.initial, steps=layer.steps,
                codes=big.codes, emit=layer.emit,
            )
            for layer, big in zip(network.layers, right.layers, strict=True)
        ),
        outputs=network.outputs, empty=network.empty,
    )  # fmt: skip
    machine = get("flipflop").minimal()
    assert exact_closure(right, machine).verdict == "proved"
    assert exact_closure(wrong, machine).verdict != "proved"


def test_key_lengths_correct_beta_for_the_stored_key():
    """The stored mirror is nearer to a mirror than the one that is rounded as it is."""
    _, construction = icosahedral()
    model = parse("bf16:acc32")

    def miss(network):
        stored, _ = round_parameters(network, model, round_parameters=True)
        (layer,) = stored.layers
        squares = (layer.key.astype(float) ** 2).sum(axis=1)
        return abs(layer.beta.astype(float) * squares - 2).max()

    longer = with_key_lengths(
        construction.network, lambda step: best_length(model.parameters, step)
    )
    assert miss(longer) < miss(construction.network) / 4


def test_layers_that_write_are_scaled():
    """Two digits of one number, which e2m3fn does not tell apart as they are."""
    budget = {"steps": 1, "routes": ("diagonal",)}
    found = made("contains:aba", format="e2m3fn", **budget)
    assert found.winner.realised
    assert "states times 15/16" in found.idea
    machine = get("contains:aba").minimal()
    again = closure(found.network, machine, "e2m3fn", round_parameters=True)
    assert again.verdict == "proved"
    plain = made("contains:aba", **budget).network
    assert closure(plain, machine, "e2m3fn", round_parameters=True).verdict != "proved"


def test_numbers_beyond_the_range_are_no_trial():
    with pytest.raises(BudgetNotMet):
        made("flipflop:5", steps=1, format="e2m1fn", routes=("permutation-reset", "diagonal"))


# The search


def test_the_search_counts_its_work_and_names_what_raises_it():
    machine, construction = icosahedral()
    search = realisations(construction, machine, [parse("bf16")], Work("network states", 5_000))
    with pytest.raises(LimitReached, match=r"network states: stopped at .* raise it with --effort"):
        next(search)


def test_what_is_not_found_is_named():
    with pytest.raises(BudgetNotMet) as failure:
        made("alt:5", dim=3, format="e4m3fn", routes=("polyhedral",))
    assert failure.value.exit_code == 3
    assert any("realisations (polyhedral)" in limit for limit in failure.value.limits)


def test_networks_that_are_proved_as_they_are_come_first():
    """However much cheaper a realisation is: a permutation rounds nothing."""
    machine, routes = get("alt:5").minimal(), ("permutation", "polyhedral")
    chosen = choose(machine, Budget(format="grid:2^-5", routes=routes))
    assert chosen.winner is not None
    assert not chosen.winner.realised
    tight = choose(machine, Budget(dim=3, format="grid:2^-5", routes=routes))
    assert tight.winner is not None
    assert tight.winner.realised


def test_the_same_network_each_time():
    one, two = (
        made("cyclic:5", dim=2, format="bf16:acc32", routes=("rotations",)) for _ in range(2)
    )
    assert to_json(one.network) == to_json(two.network)


def test_more_effort_never_loses_a_realisation():
    for effort in (1, 2):
        found = choose(
            get("alt:5").minimal(),
            Budget(dim=3, format="grid:2^-5", routes=("polyhedral",)),
            resources=Resources(effort=effort),
        )
        assert found.winner is not None


# On the command line


@pytest.mark.parametrize("name", ["bf17", "exact", "bf16:acc23", "grid:2^-150", "grid:6"])
def test_unknown_arithmetics_are_refused(capsys, name):
    assert format_problems(name)
    with pytest.raises(InputError):
        made("parity", format=name)
    assert negeig(capsys, "compile", "(11)*", "--format", name)[0] == 2


def test_the_command_of_a_front_names_the_arithmetic(capsys):
    code, out, _ = negeig(capsys, "compile", "--zoo", "mod:3", "--format", "bf16:acc32")
    assert code == 0
    assert "bf16:acc32 ✓" in out
    assert "fits bf16" in out
