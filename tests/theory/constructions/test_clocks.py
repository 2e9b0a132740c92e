"""Solvable groups by turns alone: as deep as the derived series, right on every word, no deeper."""

import pytest

from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import Verdict
from negeig.pipeline.parts.proving import exact_claim, hardware_claim
from negeig.theory.bounds.periods import derived_length
from negeig.theory.bounds.reflection_bounds import units
from negeig.theory.constructions.pieces.clocks import clocks

SOLVABLE = ("parity", "mod:3", "mod:12", "sym:3", "sym:3:swaps", "dihedral:4", "dihedral:5",
            "quaternion", "alt:4", "sym:4", "cycle-nav:5")  # fmt: skip


def group_of(machine: Machine) -> ListedGroup:
    return units(transition_monoid(machine)).group


@pytest.mark.parametrize("zoo", SOLVABLE)
def test_a_layer_for_each_step_of_the_derived_series(zoo):
    machine = get(zoo).minimal()
    made = clocks(machine)
    assert len(made.layers) == derived_length(group_of(machine))
    assert exact_claim(made, machine).verdict is Verdict.PROVED


@pytest.mark.parametrize("zoo", SOLVABLE)
def test_matrices_turn_pairs_or_flip(zoo):
    for layer in clocks(get(zoo).minimal()).layers:
        for letter in layer.alphabet:
            matrix = layer.letter_matrix(letter)
            square = [
                [sum((r[i] * r[j] for r in matrix), 0 * matrix[0][0]) for j in range(layer.dim)]
                for i in range(layer.dim)
            ]
            assert all(x == (i == j) for i, row in enumerate(square) for j, x in enumerate(row))
            for row in matrix:
                assert sum(x != 0 for x in row) <= 2


@pytest.mark.parametrize("zoo", ["parity", "quaternion", "dihedral:4"])
def test_quarter_turns_round_nothing(zoo):
    machine = get(zoo).minimal()
    claim = hardware_claim(clocks(machine), machine, "bf16")
    assert claim.verdict is Verdict.PROVED
    assert claim.states == machine.size


@pytest.mark.parametrize("zoo", ["sym:5", "alt:5", "flipflop", "dyck1:3", "mod:1009"])
def test_no_network_for_others(zoo):
    assert clocks(get(zoo).minimal()) is None


def test_a_network_for_another_task_is_refuted():
    made = clocks(get("dihedral:3").minimal())
    other = get("dihedral:3").minimal()
    wrong = Machine(
        alphabet=other.alphabet,
        transitions=other.transitions[:, ::-1].tolist(),
        initial=other.initial,
        outputs=list(other.outputs),
    )
    assert exact_claim(made, wrong).verdict is Verdict.REFUTED
