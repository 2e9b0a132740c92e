"""Coq: the development, theorems about networks, tables that are tampered with."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

import negeig
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached, Unavailable
from negeig.precision.numbers.arithmetic import parse
from negeig.proofs_checks import coq
from negeig.proofs_checks.closed_table import ClosedTable, closed_table
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN, Step

PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
FEW = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=["x", "y"])


def scalar(*steps: Step, letters: str = "1") -> LinearRNN:
    """One coordinate, the sign of which is read."""
    layer = Layer(
        alphabet=tuple(letters),
        initial=(Fraction(1),),
        steps=dict(zip(letters, [steps, ()], strict=False)),
        codes=((Fraction(1),), (Fraction(-1),)),
        emit=(("even",) * len(letters), ("odd",) * len(letters)),
    )
    outputs = {"even": 1, "odd": 0} if letters == "1" else {"even": "x", "odd": "y"}
    empty = outputs["even"]
    return LinearRNN(alphabet=tuple(letters), layers=(layer,), outputs=outputs, empty=empty)


def shrink(numerator: int, denominator: int) -> DenseStep:
    return DenseStep(((Fraction(numerator, denominator),),), (Fraction(0),))


FLIP = DeltaStep(Fraction(2), (Fraction(1),), Fraction(0))
HALVES = DeltaStep(Fraction(8), (Fraction(1, 2),), Fraction(0))
"""In exact arithmetic a reflection whose entries are no integers."""
MIRROR = DenseStep(((Fraction(-1),),), (Fraction(1, 2),))
"""It takes 1 to -1/2, which equals no code, and back."""

SMALL = closed_table(scalar(shrink(-3, 4)), PARITY, "e5m2")
"""It shrinks to twice the smallest number, whose sign says the rest."""


@pytest.fixture(scope="module")
def development() -> Iterator[coq.Development]:
    with coq.Development() as made:
        yield made


CASES = {
    "every operation": (scalar(shrink(-15, 16)), PARITY, "e4m3fn"),
    "after each letter": (scalar(shrink(-15, 16)), PARITY, "fp16:acc32"),
    "after each step": (scalar(FLIP, FLIP, FLIP), PARITY, "bf16:acc32-step"),
    "on a grid": (scalar(shrink(-31, 32)), PARITY, "grid:2^-6"),
    "fma": (scalar(FLIP), PARITY, "fp32:fma"),
    "double": (scalar(FLIP), PARITY, "fp64"),
    "integers": (scalar(FLIP), PARITY, "exact"),
    "between the codes": (scalar(MIRROR), PARITY, "exact"),
    "rationals": (scalar(HALVES, letters="ab"), FEW, "exact"),
}


@pytest.mark.provers
@pytest.mark.parametrize("name", CASES)
def test_a_closed_table_is_a_theorem(name: str, development: coq.Development) -> None:
    network, machine, arithmetic = CASES[name]
    table = closed_table(network, machine, arithmetic, round_parameters=True)
    done = development.check(coq.theorem(table))
    assert done.accepted, done.output
    assert done.output.strip() == "Closed under the global context"


@pytest.mark.provers
def test_stacks_of_layers_of_several_dimensions(development: coq.Development) -> None:
    """Two layers, seven letters, three registers; written and read by delta steps."""
    compiled = negeig.compile(zoo="transformations:3")
    machine = negeig.language(zoo="transformations:3").machine
    assert compiled.network is not None
    assert len(compiled.network.layers) > 1
    for arithmetic in ("bf16", "exact"):
        done = development.check(coq.theorem(closed_table(compiled.network, machine, arithmetic)))
        assert done.accepted, done.output


@pytest.mark.provers
def test_a_state_may_stand_for_two_of_the_machine(development: coq.Development) -> None:
    """The last letter tells them apart, not the state."""
    layer = Layer(
        alphabet=("a", "b"),
        initial=(Fraction(1),),
        steps={"a": (), "b": ()},
        codes=((Fraction(1),),),
        emit=(("A", "B"),),
    )
    network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"A": 1, "B": 0}, empty=0)
    last = Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    table = closed_table(network, last)
    assert table.states[0] == table.states[1]
    assert development.check(coq.theorem(table)).accepted


def test_exact_states_without_end_have_no_table() -> None:
    """A proof by regions lists no states; in a number format there are finitely many."""
    with pytest.raises(LimitReached, match="states of a table"):
        closed_table(scalar(shrink(-1, 2)), PARITY, max_states=100)


def test_exact_states_that_have_to_equal_a_code_do() -> None:
    """The nearest one would be right, but no step of the layer contracts."""
    (layer,) = scalar(FLIP).layers
    layer = replace(layer, codes=((Fraction(1),), (Fraction(-2),)))
    with pytest.raises(InputError, match="equals no code"):
        closed_table(replace(scalar(FLIP), layers=(layer,)), PARITY)


def other_target(table: ClosedTable) -> ClosedTable:
    return replace(table, targets=((0, *table.targets[0][1:]), *table.targets[1:]))


def other_state(table: ClosedTable) -> ClosedTable:
    (value,) = table.states[-1][0]
    return replace(table, states=(*table.states[:-1], ((float(value) * 2,),)))


def other_sign(table: ClosedTable) -> ClosedTable:
    """The states at the end decode as their negatives do, but for the sign."""
    (value,) = table.states[-1][0]
    assert abs(value) == 2.0**-15
    return replace(table, states=(*table.states[:-1], ((-float(value),),)))


def other_code(table: ClosedTable) -> ClosedTable:
    return replace(table, decoded=(*table.decoded[:-1], (1 - table.decoded[-1][0],)))


def other_machine_state(table: ClosedTable) -> ClosedTable:
    last = 1 - table.machine_states[-1]
    return replace(table, machine_states=(*table.machine_states[:-1], last))


def shorter(table: ClosedTable) -> ClosedTable:
    return replace(
        table,
        states=table.states[:-1],
        decoded=table.decoded[:-1],
        machine_states=table.machine_states[:-1],
        targets=table.targets[:-1],
    )


def other_start(table: ClosedTable) -> ClosedTable:
    """A table of the right network that begins elsewhere."""
    return replace(
        table,
        states=table.states[1:] + table.states[:1],
        decoded=table.decoded[1:] + table.decoded[:1],
        machine_states=table.machine_states[1:] + table.machine_states[:1],
        targets=tuple(
            tuple((t - 1) % len(table.states) for t in row)
            for row in table.targets[1:] + table.targets[:1]
        ),
    )


def other_outputs(table: ClosedTable) -> ClosedTable:
    flipped = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[0, 1])
    return replace(table, machine=flipped)


def other_weight(table: ClosedTable) -> ClosedTable:
    """The table of one network, the weights of another."""
    other = closed_table(scalar(shrink(-7, 8)), PARITY, "e5m2")
    return replace(table, stored=other.stored, network=other.network)


def other_arithmetic(table: ClosedTable) -> ClosedTable:
    return replace(table, arithmetic=parse("e4m3fn"))


TAMPERINGS = (
    other_target, other_state, other_sign, other_code, other_machine_state, shorter,
    other_start, other_outputs, other_weight, other_arithmetic,
)  # fmt: skip


@pytest.mark.provers
@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_a_tampered_table_does_not_compile(tamper, development: coq.Development) -> None:  # type: ignore[no-untyped-def]
    done = development.check(coq.theorem(tamper(SMALL)))
    assert not done.accepted
    assert '"eq_refl" has type' in done.output


@pytest.mark.provers
def test_the_table_that_is_tampered_with_is_right(development: coq.Development) -> None:
    assert development.check(coq.theorem(SMALL)).accepted


@pytest.mark.provers
def test_an_axiom_is_not_accepted(development: coq.Development) -> None:
    text = coq.theorem(SMALL).replace(
        "Theorem network", "Axiom easy : check A 1 N M table = true.\n\nTheorem network"
    )
    done = development.check(text.replace("vm_cast_no_check (eq_refl true)", "exact easy"))
    assert not done.accepted
    assert "easy" in done.output


@pytest.mark.provers
def test_the_general_theorems_have_no_assumptions() -> None:
    with coq.Development(coq.CLOSURE) as development:
        for name in coq.GENERAL:
            done = development.check(coq.source(name), name)
            assert done.accepted, done.output
            assert done.output.count("Closed under the global context") >= 1
        # Minus zero is no positive coefficient, and neither is one below zero.
        head = "From Coq Require Import ZArith.\nFrom Negeig Require Import Floating Freezing.\n"
        for a, holds in (("Fin 1 (-1)", True), ("Zero true", False), ("Fin (-1) 0", False)):
            goal = f"Goal Order.positive ({a})%Z. Proof. reflexivity || exact I. Qed.\n"
            assert development.check(head + goal).accepted == holds


def test_a_network_that_errs_has_no_table() -> None:
    with pytest.raises(InputError, match="a word errs"):
        closed_table(scalar(shrink(15, 16)), PARITY, "bf16", round_parameters=True)


def test_a_table_has_a_limit() -> None:
    with pytest.raises(LimitReached, match="--max-closure"):
        closed_table(scalar(shrink(-255, 256)), PARITY, "bf16", max_states=100)


def test_arithmetics_that_are_not_defined_are_refused() -> None:
    table = closed_table(scalar(FLIP), PARITY, "bf16:rtz")
    with pytest.raises(InputError, match="bf16:all-ops:rtz is not defined"):
        coq.theorem(table)
    with pytest.raises(InputError, match="has to lead to one state"):
        closed_table(scalar(FLIP), PARITY, "bf16:acc32:sr")


def test_without_coqc_how_to_install_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match="install Coq"):
        coq.Development()


def test_names_of_letters_end_no_comment() -> None:
    machine = Machine(alphabet=("*) Axiom", '"'), transitions=[[0, 0]], initial=0, outputs=[1])
    network = LinearRNN(
        alphabet=machine.alphabet, layers=(), outputs={"*) Axiom": 1, '"': 1}, empty=1
    )
    text = coq.theorem(closed_table(network, machine))
    assert "*) Axiom" not in text
    assert text.splitlines()[0].count('"') == 0
