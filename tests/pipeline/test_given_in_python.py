"""What Python's functions take for a language: text, machines, automata of other libraries."""

from pathlib import Path

import networkx as nx
import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA
from pyformlang.finite_automaton import EpsilonNFA, State, Symbol
from pyformlang.regular_expression import Regex

import negeig
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.operations import words

PARITY = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])


def several_starts():
    """Words that hold an a, or end in b, by two initial states and an empty step."""
    found = EpsilonNFA()
    found.add_start_state(State(0))
    found.add_start_state(State("s"))
    found.add_final_state(State(2))
    for p, x, q in ((0, "b", 0), (0, "a", 1), (1, "a", 1), (1, "b", 1), ("s", "a", "s"),
                    ("s", "b", "s"), ("s", "b", 2)):  # fmt: skip
        found.add_transition(State(p), Symbol(x), State(q))
    found.add_transition(State(1), "epsilon", State(2))
    return found


GIVEN = {
    "text": ("(ab)*", lambda word: word == "ab" * (len(word) // 2)),
    "machine": (PARITY, lambda word: word.count("a") % 2 == 0),
    "language": (negeig.language("(ab)*"), lambda word: word == "ab" * (len(word) // 2)),
    "partial DFA": (
        DFA(states={0, 1}, input_symbols={"a", "b"}, transitions={0: {"a": 1}, 1: {"b": 0}},
            initial_state=0, final_states={0}, allow_partial=True),
        lambda word: word == "ab" * (len(word) // 2),
    ),
    "NFA": (NFA.from_regex("(a|b)*a"), lambda word: word.endswith("a")),
    "EpsilonNFA": (several_starts(), lambda word: "a" in word or word.endswith("b")),
    "Regex": (Regex("(a|b)* b"), lambda word: word.endswith("b")),
    "graph": (PARITY.to_networkx(), lambda word: word.count("a") % 2 == 0),
}  # fmt: skip


@pytest.mark.parametrize("name", GIVEN)
def test_it_is_taken_as_it_is(name):
    """By position and, where it is no text, as ``machine``: the same language."""
    given, accepts = GIVEN[name]
    found = [negeig.language(given)]
    found += [] if isinstance(given, str) else [negeig.language(machine=given)]
    for one in found:
        for word in words("ab", 6):
            assert one.machine.accepts(word) == accepts("".join(word))


def test_every_function_takes_it():
    dfa = GIVEN["partial DFA"][0]
    result = negeig.check(dfa, backends=())
    assert (result.verdict, result.machine) == ("holds", negeig.language("(ab)*").machine.minimal())
    assert result.notices
    assert negeig.compile(dfa).network.run("ab") == (1, 0, 1)
    assert negeig.monoid(dfa).monoid["size"] == 6
    assert negeig.run(dfa, tokens=500).verdict.value == "passed"


def test_a_path_is_a_file(tmp_path):
    path = tmp_path / "parity.json"
    path.write_text('{"alphabet": ["1"], "initial": 0, "transitions": [[1], [0]], '
                    '"accepting": [0]}')  # fmt: skip
    assert negeig.language(path).machine == negeig.language(file=str(path)).machine
    with pytest.raises(negeig.InputError, match="not both"):
        negeig.language(Path("a"), file="b")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"layers": "2"}, "layers must be a whole number, found '2'"),
        ({"dim": 1.5}, "dim must be a whole number, found 1.5"),
        ({"steps": True}, "steps must be a whole number, found True"),
        ({"eigenvalues": "0,1"}, "eigenvalues must be two numbers"),
        ({"eigenvalues": (0, "1")}, "eigenvalues must be two numbers"),
        ({"eigenvalues": 1}, "eigenvalues must be two numbers"),
        ({"format": 16}, "format must be a name"),
        ({"held_by": "bf16"}, "held_by must be a tuple of names, found 'bf16'"),
        ({"routes": (1,)}, "routes must be a tuple of names"),
    ],
)
def test_a_budget_of_other_types_is_refused_in_a_sentence(fields, said):
    with pytest.raises(negeig.InputError, match=said):
        negeig.Budget(**fields)


def test_what_is_no_budget_and_letters_that_are_not_read_are_said():
    with pytest.raises(negeig.InputError, match=r"expected one, such as Budget\(layers=1\)"):
        negeig.compile("(11)*", budget=3)
    made = negeig.compile("(11)*", budget=negeig.Budget(eigenvalues=(-1.0, 1)))
    with pytest.raises(negeig.InputError, match="letter 'a' is not in the alphabet '1'"):
        made.network.run("1a")
    assert made.front[0].network.run("11") == (1, 0, 1)


@pytest.mark.parametrize(
    ("call", "keyword", "said"),
    [
        (negeig.check, "arch", "check takes no 'arch'; did you mean architecture?"),
        (negeig.check, "archtecture", "did you mean architecture?"),
        (negeig.compile, "steps", r"a budget is one object: budget=negeig.Budget\(steps=...\)"),
        (negeig.monoid, "zoos", "monoid takes no 'zoos'; did you mean zoo?"),
        (negeig.run, "token", "did you mean tokens?"),
        (negeig.compile, "quux", "compile takes no 'quux'; it takes regex, budget, .*zoo"),
    ],
)
def test_a_keyword_that_is_none_is_answered_with_what_was_meant(call, keyword, said):
    with pytest.raises(negeig.InputError, match=said):
        call("(11)*", **{keyword: "x"})


def test_letters_that_are_no_strings_are_named_and_said():
    loop = DFA(states={0}, input_symbols={("x", 1), 7}, transitions={0: {("x", 1): 0, 7: 0}},
               initial_state=0, final_states={0})  # fmt: skip
    found = negeig.language(loop)
    assert found.machine.alphabet == ("('x', 1)", "7")
    assert "2 symbols that were not strings named by str" in found.notices


class DFAOfMyOwn:
    """A class of somebody else: the name alone does not make it one of automata-lib."""


DFAOfMyOwn.__name__ = "DFA"
DFAOfMyOwn.__module__ = "automata.students"


@pytest.mark.parametrize(
    "given",
    [3, 2.5, True, ["a"], ("a",), {"a"}, {"a": 1}, b"ab", object(), DFAOfMyOwn(), DFA, nx.Graph()],
    ids=lambda given: repr(given).partition(" at 0x")[0],  # which differs between runs
)
def test_what_is_no_language_is_refused_in_a_sentence(given):
    for call in (negeig.check, negeig.compile, negeig.monoid, negeig.run, negeig.language):
        with pytest.raises(negeig.InputError, match="expected"):
            call(given)
    with pytest.raises(negeig.InputError, match="expected"):
        negeig.check(machine=given)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"zoo": 3}, "zoo: expected a name such as 'mod:3', found 3"),
        ({"file": ["a"]}, "file: expected a path"),
        ({"alphabet": 3}, "alphabet: expected names"),
        ({"resources": 3}, "resources: expected a negeig.Resources"),
        ({"arithmetic": "bf16"}, r"arithmetic: expected names, as \['bf16', 'fp32'\], found 'bf1"),
        ({"arithmetic": [3]}, "arithmetic: expected names"),
        ({"backends": 3}, "backends: expected names"),
        ({"architecture": 3}, "architecture: expected names"),
        ({"seed": "a"}, "seed: expected a whole number, found 'a'"),
        ({"dimension": 1.5}, "dimension: expected a whole number"),
        ({"depth": True}, "depth: expected a whole number"),
    ],
)  # fmt: skip
def test_options_of_a_wrong_type_are_refused_in_a_sentence(wrong, said):
    with pytest.raises(negeig.InputError, match=said):
        negeig.check("(11)*", **wrong)


def test_none_several_and_what_belongs_to_expressions():
    with pytest.raises(negeig.InputError, match="none was given"):
        negeig.check(None)
    with pytest.raises(negeig.InputError, match="not both"):
        negeig.check(PARITY, zoo="parity")
    with pytest.raises(negeig.InputError, match="its own letters"):
        negeig.check(PARITY, alphabet=["c"])
