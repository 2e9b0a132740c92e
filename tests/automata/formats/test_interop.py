"""Objects of automata-lib and pyformlang in and out, against what those libraries say of words."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from typing import Any

import numpy as np
import pytest
from automata.fa.dfa import DFA
from automata.fa.gnfa import GNFA
from automata.fa.nfa import NFA
from automata.pda.dpda import DPDA
from pyformlang.cfg import CFG
from pyformlang.finite_automaton import (
    DeterministicFiniteAutomaton,
    Epsilon,
    EpsilonNFA,
    NondeterministicFiniteAutomaton,
    NondeterministicTransitionFunction,
    State,
    Symbol,
)
from pyformlang.regular_expression import PythonRegex, Regex

from negeig.automata.formats import interop
from negeig.automata.formats.interop import from_object, to_automata_lib, to_pyformlang
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.operations import words
from negeig.claims import InputError, LimitReached, Unavailable
from support.machines import minimal_machines, random_machine

SMALL = minimal_machines(3)
WORDS = list(words("ab", 5))


def test_every_small_machine_through_both_libraries() -> None:
    for machine in SMALL[:400]:
        for there in (to_automata_lib(machine), to_pyformlang(machine)):
            again, notices = from_object(there)
            assert again == machine  # both are numbered breadth first
            assert notices == ()


def test_both_libraries_accept_the_same_words() -> None:
    seed = 3
    print("seed", seed)
    rng = np.random.default_rng(seed)
    for _ in range(30):
        machine = random_machine(rng, int(rng.integers(1, 8)), 2, 2)
        ours = Machine(
            alphabet="ab",
            transitions=machine.transitions,
            initial=machine.initial,
            outputs=machine.outputs,
        )
        lib, lang = to_automata_lib(ours), to_pyformlang(ours)
        for word in WORDS:
            expected = ours.accepts(word)
            assert lib.accepts_input("".join(word)) == expected
            assert lang.accepts(list(word)) == expected


def random_edges(rng: np.random.Generator, states: int, epsilon: str) -> list[tuple[int, str, int]]:
    triples = list(product(range(states), ("a", "b", epsilon), range(states)))
    chosen = rng.random(len(triples)) < 0.2
    return [triple for triple, taken in zip(triples, chosen, strict=True) if taken]


def test_random_nondeterministic_automata() -> None:
    seed = 5
    print("seed", seed)
    rng = np.random.default_rng(seed)
    for _ in range(60):
        states = int(rng.integers(1, 6))
        edges = random_edges(rng, states, "")
        final = {q for q in range(states) if rng.random() < 0.4}
        rows: dict[int, dict[str, set[int]]] = {q: {} for q in range(states)}
        enfa = EpsilonNFA()
        for p, x, q in edges:
            rows[p].setdefault(x, set()).add(q)
            enfa.add_transition(p, x or Epsilon(), q)
        for x in "ab":
            enfa.add_symbol(x)
        starts = {0, states - 1}
        for q in starts:
            enfa.add_start_state(State(q))
        for q in final:
            enfa.add_final_state(State(q))
        nfa = NFA(
            states=set(range(states)),
            input_symbols={"a", "b"},
            transitions=rows,
            initial_state=0,
            final_states=final,
        )
        ours, _ = from_object(nfa)
        several, _ = from_object(enfa)
        for word in WORDS:
            assert ours.accepts(word) == nfa.accepts_input("".join(word)), (edges, word)
            assert several.accepts(word) == enfa.accepts(list(word)), (edges, word)
        assert ours.difference(from_object(DFA.from_nfa(nfa))[0]) is None


def test_partial_dfa_of_automata_lib() -> None:
    partial = DFA(
        states={"p", "q", "unreachable"},
        input_symbols={"b", "a"},
        transitions={"p": {"b": "q"}, "q": {}, "unreachable": {"a": "p"}},
        initial_state="p",
        final_states={"q"},
        allow_partial=True,
    )
    machine, notices = from_object(partial)
    assert machine.alphabet == ("a", "b")
    assert machine.transitions.tolist() == [[1, 2], [1, 1], [1, 1]]
    assert machine.outputs == (0, 0, 1)
    assert notices == ("4 missing transitions completed with a new sink state",)


def test_partial_dfa_and_nfa_of_pyformlang() -> None:
    for kind in (DeterministicFiniteAutomaton, NondeterministicFiniteAutomaton):
        dfa = kind()
        dfa.add_start_state(State("p"))
        dfa.add_transitions([("p", "long letter", "q"), ("q", 7, "q")])
        dfa.add_final_state(State("q"))
        machine, notices = from_object(dfa)
        assert machine.alphabet == ("7", "long letter")
        assert machine.accepts(["long letter", "7", "7"])
        assert not machine.accepts(["7"])
        assert notices == (
            "1 symbol that was not a string named by str",
            "2 missing transitions completed with a new sink state",
        )


@pytest.mark.parametrize(
    ("regex", "ours"),
    [
        (Regex("(a|b)*.a.b"), lambda w: w[-2:] == ("a", "b")),
        (PythonRegex("(ab)*"), lambda w: w == ("a", "b") * (len(w) // 2)),
        (Regex("a b|epsilon"), lambda w: w in ((), ("a", "b"))),
    ],
)
def test_regular_expressions_of_pyformlang(regex: Any, ours: Any) -> None:
    machine, notices = from_object(regex)
    assert "determinised" in notices[-1]
    for word in WORDS:
        assert machine.accepts(word) == ours(word)


def test_states_and_symbols_that_only_edges_name() -> None:
    function = NondeterministicTransitionFunction()
    function.add_transition(State(0), Symbol("a"), State(1))
    function.add_transition(State(1), Symbol("a"), State(1))
    enfa = EpsilonNFA(transition_function=function, start_state={0}, final_states={1})
    machine, _ = from_object(enfa)
    assert machine.transitions.tolist() == [[1], [1]]


def test_without_a_start_state_no_word_is_accepted() -> None:
    machine, notices = from_object(EpsilonNFA(states={0}, input_symbols={"a"}, final_states={0}))
    assert machine == Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[0])
    assert notices == ("there is no start state, so no word is accepted",)


def test_a_machine_is_itself() -> None:
    machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=["any"])
    assert from_object(machine) == (machine, ())


PARTIAL = {"states": {0}, "input_symbols": {"a"}, "transitions": {0: {}}, "allow_partial": True}


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        ("(ab)*", "is not an automaton that negeig knows; expected a Machine, DFA or NFA"),
        (None, "is not an automaton that negeig knows"),
        (DFA, "is not an automaton that negeig knows"),
        (CFG(), "is not an automaton that negeig knows"),
        (GNFA.from_nfa(NFA.from_regex("a*")), "is not an automaton that negeig knows"),
        (
            DPDA(
                states={"q"},
                input_symbols={"a"},
                stack_symbols={"0"},
                transitions={"q": {"a": {"0": ("q", ("0",))}}},
                initial_state="q",
                initial_stack_symbol="0",
                final_states={"q"},
            ),
            "is not an automaton that negeig knows",
        ),
        (EpsilonNFA(), "the alphabet is empty"),
        (
            EpsilonNFA(states={0}, input_symbols={7, "7"}, start_state={0}),
            'letter "7" occurs twice',
        ),
        (
            DFA(
                states={0},
                input_symbols=set(),
                transitions={0: {}},
                initial_state=0,
                final_states=set(),
            ),
            "the alphabet is empty",
        ),
    ],
    ids=range(9),
)
def test_what_is_refused(obj: object, expected: str) -> None:
    with pytest.raises(InputError) as error:
        from_object(obj)
    assert error.value.exit_code == 2
    assert error.value.problems[0].startswith(expected)


def test_machines_with_outputs_and_the_letter_epsilon_do_not_fit() -> None:
    task = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[7])
    for convert in (to_automata_lib, to_pyformlang):
        with pytest.raises(InputError, match="final states only"):
            convert(task)
    machine = Machine(alphabet=["epsilon"], transitions=[[0]], initial=0, outputs=[1])
    assert from_object(to_automata_lib(machine)) == (machine, ())
    with pytest.raises(InputError, match="takes the letter 'epsilon' for the empty word"):
        to_pyformlang(machine)
    # The other name under which pyformlang's functions take the empty word is safe.
    machine = Machine(alphabet=["ɛ"], transitions=[[1], [0]], initial=0, outputs=[1, 0])
    assert from_object(to_pyformlang(machine)) == (machine, ())


def test_limit_on_states() -> None:
    ninth_from_the_end = NFA.from_regex("(a|b)*a" + "(a|b)" * 8)
    with pytest.raises(LimitReached):
        from_object(ninth_from_the_end, max_states=511)
    parity = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])
    for there in (to_automata_lib(parity), to_pyformlang(parity)):
        assert from_object(there, max_states=2) == (parity, ())
        with pytest.raises(LimitReached, match="machine states: stopped at 2, the limit is 1"):
            from_object(there, max_states=1)
    assert from_object(ninth_from_the_end, max_states=600)[0].minimal().size == 512


@pytest.mark.parametrize(
    ("convert", "module", "package"),
    [
        (to_automata_lib, "automata.fa.dfa", "automata-lib"),
        (to_pyformlang, "pyformlang.finite_automaton", "pyformlang"),
    ],
)
def test_a_missing_package(
    convert: Any, module: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[1])
    with pytest.raises(Unavailable, match=f"{package} is not installed; pip install {package}"):
        convert(machine)


def test_neither_package_is_loaded_until_needed() -> None:
    code = (
        "import negeig.automata.formats.interop, sys;"
        "print({'automata', 'pyformlang'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
    assert "Regex of pyformlang" in interop.ACCEPTED
