"""The cascade route: what it proposes, what bounds it, and machines with many coordinates."""

from __future__ import annotations

import random

import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import LimitReached, Verdict
from negeig.pipeline.parts.proving import exact_claim, hardware_claim
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.pieces import stage_blocks
from negeig.theory.constructions.pieces.realisation import realise
from negeig.theory.constructions.stacks import cascade
from negeig.theory.constructions.stacks.cascade import construct
from negeig.work import Work
from support.candidates import proposals
from support.state_machines import random_machine, tcp

# Work


@pytest.mark.parametrize("name", ["tomita:3", "starts-with:aba", "ends-with:aba"])
def test_a_cascade_cut_short_is_still_a_proved_network(monkeypatch, name):
    """With little work levels are not joined, and the limit is named; more work only adds."""
    machine = get(name).minimal()
    least = []
    for units in (1, 10, 1_000_000):
        monkeypatch.setattr(cascade, "JOIN_WORK", units)
        made, limit = everything(machine)
        assert (limit is None) == (units == 1_000_000)
        assert limit is None or limit.option == "--effort"
        for construction in made:
            assert exact_closure(construction.network, machine).verdict == "proved"
        least.append(min(construction.cost for construction in made))
    assert least[0] > least[-1]
    assert least == sorted(least, reverse=True)


def test_no_work_is_said_and_leaves_what_needs_none():
    """The decomposition by sets is cut short; small holonomy decompositions come without it."""
    machine = get("tomita:3").minimal()
    made, limit = everything(machine, Work("moves of levels", 1))
    for construction in made:
        assert exact_closure(construction.network, machine).verdict == "proved"
    made_of_tcp, limit_of_tcp = everything(tcp(), Work("moves of levels", 1))
    assert made_of_tcp == []
    assert "moves of levels: stopped at 9, the limit is 1" in str(limit_of_tcp)
    assert "moves of levels: stopped at 2, the limit is 1" in str(limit)


def test_more_states_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(cascade, "MAX_STATES", 3)
    machine = get("tomita:3").minimal()
    made, limit = everything(machine, Work("moves of levels", 1_000_000))
    assert made == []
    assert "states of a cascade" in str(limit)
    made, limit = everything(machine, Work("moves of levels", 1_000_000, level=2))
    assert made
    assert limit is None


def test_a_decoder_table_past_the_limit_is_named(monkeypatch):
    monkeypatch.setattr(stage_blocks, "MAX_ENTRIES", 20)
    made, limit = everything(get("tomita:3").minimal())
    assert made == []
    assert "entries of a decoder table" in str(limit)


def test_where_all_letters_permute_there_is_no_cascade():
    assert everything(get("sym:4").minimal()) == ([], None)


def everything(machine, work=None):
    """All constructions, and the limit that the search ends with."""
    made = []
    try:
        for construction in construct(machine, work=work):
            made.append(construction)
    except LimitReached as limit:
        return made, limit
    return made, None


@pytest.mark.parametrize("name", ["dyck1:2", "tomita:3", "contains:aba", "transformations:3"])
def test_what_a_cascade_proposes_depends_on_machine_and_work_only(name):
    machine = get(name).minimal()
    one, two = everything(machine)[0], everything(machine)[0]
    assert [a.network.layers[0].steps for a in one] == [a.network.layers[0].steps for a in two]
    assert [a.cost for a in one] == [a.cost for a in two]


def test_plans_that_no_other_beats_are_all_proposed():
    """More layers with fewer steps and dimensions, and fewer layers with more."""
    costs = [made.cost for made in construct(get("dyck1:2").minimal())]
    assert any(steps <= 2 and dim <= 2 for _, steps, dim in costs)
    assert any(layers == 2 for layers, _, _ in costs)


# Machines with too many coordinates to list


@pytest.mark.parametrize("machine", [tcp(), random_machine(20, 0)], ids=["tcp", "random"])
def test_large_machines_have_a_proved_cascade(machine):
    made = next(iter(construct(machine)))
    assert len(made.network.layers) < machine.size
    for claim in (
        exact_claim(made.network, machine),
        hardware_claim(made.network, machine, "bf16"),
    ):
        assert claim.verdict is Verdict.PROVED
        assert claim.evidence.layerwise
    letters = random.Random(7).choices(machine.alphabet, k=300)
    assert made.network.run(letters) == machine.run(letters)


@pytest.mark.parametrize("name", ["dyck1:8", "dyck1:20"])
def test_deep_aperiodic_cascades(name):
    machine = get(name).minimal()
    made = next(iter(construct(machine)))
    assert exact_claim(made.network, machine).verdict is Verdict.PROVED
    assert hardware_claim(made.network, machine, "bf16").verdict is Verdict.PROVED
    assert made.cost[1:] == (2, 2)


def test_a_level_that_never_leaves_its_start():
    """A level may have several points of which words reach one: it needs no dimension."""
    trivial = realise([(0, 0, 0), (0, 1, 2)], 0, False, False, True)
    assert (trivial.dim, trivial.steps) == (0, ((), ()))
    machine = Machine(
        alphabet="ab",
        transitions=[[1, 2], [3, 4], [5, 4], [6, 5], [7, 1], [0, 4], [2, 0], [2, 7]],
        initial=0,
        outputs=[1, 0, 0, 0, 0, 0, 1, 1],
    )
    found = proposals(machine, "cascade")
    assert found
    for made in found:
        assert exact_claim(made.network, machine).verdict is Verdict.PROVED
