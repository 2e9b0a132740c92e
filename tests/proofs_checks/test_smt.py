"""SMT-LIB: solvers of others find no wrong edge in a closed table, and one in a wrong table."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

import negeig
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.proofs_checks.closed_table import ClosedTable, closed_table
from negeig.proofs_checks.smt import smt
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN

PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])

ALWAYS = Machine(alphabet="1", transitions=[[0]], initial=0, outputs=[1])


def shrinking(numerator: int, denominator: int) -> LinearRNN:
    step = DenseStep(((Fraction(numerator, denominator),),), (Fraction(0),))
    layer = Layer(
        alphabet=("1",),
        initial=(Fraction(1),),
        steps={"1": (step,)},
        codes=((Fraction(1),), (Fraction(-1),)),
        emit=(("even",), ("odd",)),
    )
    return LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)


def replace_letter(machine: Machine, letter: str) -> Machine:
    """The machine of one letter, which has another name."""
    return Machine(
        alphabet=(letter,), transitions=machine.transitions, initial=0, outputs=machine.outputs
    )


def replace_letters(network: LinearRNN, alphabet: tuple[str, ...]) -> LinearRNN:
    (layer,) = network.layers
    steps = dict(zip(alphabet, layer.steps.values(), strict=True))
    layer = replace(layer, alphabet=alphabet, steps=steps)
    return replace(network, alphabet=alphabet, layers=(layer,))


def z3(text: str) -> str:
    import z3 as solver

    made = solver.Solver()
    made.from_string(text.removesuffix("(check-sat)"))
    return str(made.check())


def cvc5(text: str) -> str:
    import cvc5 as solver

    terms = solver.TermManager()
    made = solver.Solver(terms)
    made.setOption("fp-exp", "true")  # formats that IEEE 754 does not name, such as bf16
    symbols = solver.SymbolManager(terms)
    parser = solver.InputParser(made, symbols)
    parser.setStringInput(solver.InputLanguage.SMT_LIB_2_6, text, "closure")
    answer = ""
    while not (command := parser.nextCommand()).isNull():
        answer += command.invoke(made, symbols)
    return answer.strip()


def answer_of(table: ClosedTable, solver: Callable[[str], str]) -> str:
    return solver("\n".join(smt(table)))


@pytest.mark.provers
@pytest.mark.parametrize("arithmetic", ["fp16", "bf16:acc32", "e5m2:acc32-step"])
@pytest.mark.parametrize("solver", [z3, cvc5])
def test_a_closed_table_is_unsatisfiable(arithmetic: str, solver: Callable[[str], str]) -> None:
    """Up to some thousand states, subnormal numbers among them."""
    shrink = shrinking(-255, 256) if solver is z3 else shrinking(-15, 16)
    table = closed_table(shrink, PARITY, arithmetic, max_states=20_000, round_parameters=True)
    assert answer_of(table, solver) == "unsat"


@pytest.mark.provers
@pytest.mark.parametrize("arithmetic", ["bf16", "fp32:fma", "fp16:acc32"])
def test_delta_steps_writes_and_stacks(arithmetic: str) -> None:
    network = negeig.compile(zoo="transformations:3").network
    assert network is not None
    machine = negeig.language(zoo="transformations:3").machine
    table = closed_table(network, machine, arithmetic)
    assert answer_of(table, z3) == "unsat"
    assert answer_of(table, cvc5) == "unsat"


SMALL = closed_table(shrinking(-3, 4), PARITY, "e5m2")


def other_target(table: ClosedTable) -> ClosedTable:
    return replace(table, targets=(*table.targets[:-1], (len(table.states) - 1,)))


def other_state(table: ClosedTable) -> ClosedTable:
    return replace(table, states=(*table.states[:-1], ((-0.0,),)))


def other_weight(table: ClosedTable) -> ClosedTable:
    return replace(table, stored=closed_table(shrinking(-7, 8), PARITY, "e5m2").stored)


def other_output(table: ClosedTable) -> ClosedTable:
    flipped = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[0, 1])
    return replace(table, machine=flipped)


@pytest.mark.provers
@pytest.mark.parametrize("solver", [z3, cvc5])
@pytest.mark.parametrize(
    "tamper", [other_target, other_state, other_weight, other_output], ids=lambda t: t.__name__
)
def test_a_tampered_table_is_satisfiable(
    tamper: Callable[[ClosedTable], ClosedTable], solver: Callable[[str], str]
) -> None:
    assert answer_of(SMALL, solver) == "unsat"
    assert answer_of(tamper(SMALL), solver) == "sat"


@pytest.mark.provers
@pytest.mark.parametrize("solver", [z3, cvc5])
def test_a_table_that_names_another_state_of_the_machine_is_satisfiable(
    solver: Callable[[str], str],
) -> None:
    """The network never moves; the machine counts to two, which the table must not hide."""
    three = Machine(alphabet="1", transitions=[[1], [2], [2]], initial=0, outputs=[1, 1, 0])
    table = closed_table(shrinking(1, 1), ALWAYS, "bf16")
    assert answer_of(table, solver) == "unsat"
    assert answer_of(replace(table, machine=three), solver) == "sat"


@pytest.mark.parametrize(
    ("arithmetic", "reason"),
    [
        ("exact", "exact has no form"),
        ("grid:2^-6", "has no form"),
        ("bf16:rtz", "has no form"),
        ("e4m3fn", "its layout differs"),
    ],
)
def test_what_has_no_form_is_refused(arithmetic: str, reason: str) -> None:
    table = closed_table(shrinking(-1, 1), PARITY, arithmetic)
    with pytest.raises(InputError, match=reason):
        list(smt(table))


def test_a_format_is_that_of_smt_lib() -> None:
    """bf16 has 8 bits of exponent and 8 of significand, one of them hidden."""
    text = "\n".join(smt(closed_table(shrinking(-1, 1), PARITY, "bf16")))
    assert "(_ FloatingPoint 8 8)" in text
    assert "(fp #b1 #b01111111 #b0000000)" in text  # -1


def test_a_file_says_what_it_asks_and_which_logic_it_takes() -> None:
    """To whoever is sent it; letters begin no line of their own."""
    machine = replace_letter(PARITY, "a\n(assert false)")
    network = replace_letters(shrinking(-1, 1), machine.alphabet)
    comments = [line for line in smt(closed_table(network, machine, "bf16")) if line[0] == ";"]
    assert comments[0].startswith("; bf16:all-ops; 2 states; letters [")
    assert comments[1].startswith("; unsat: every letter leads")
    lines = list(smt(closed_table(network, machine, "bf16")))
    assert lines[len(comments)] == "(set-logic QF_FP)"
    assert not any("\n" in line for line in lines)
