"""Aldebaran, BA, CSV, automata-lib's JSON and --accepting: what is read, and what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from automata.fa.dfa import DFA
from automata.fa.nfa import NFA

from negeig.automata.formats import ba_file, files
from negeig.automata.formats.mealy import complete_mealy
from negeig.automata.language import Source, language, named
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.operations import words
from negeig.claims import InputError, LimitReached
from support.machines import minimal_machines

SMALL = minimal_machines(3)


def problems_of(text: str, name: str, **options: list[str]) -> list[str]:
    with pytest.raises(InputError) as error:
        files.parse(text.encode(), name, **options)  # type: ignore[arg-type]
    assert error.value.exit_code == 2
    return error.value.problems


def test_ba_holds_every_language_but_the_empty_one() -> None:
    for machine in SMALL:
        if not any(machine.outputs):
            with pytest.raises(InputError, match="no state accepts, which in a BA file means all"):
                files.dumps(machine, "ba")
            continue
        again, notices = files.parse(files.dumps(machine, "ba").encode(), "m.ba")
        assert again == machine
        assert notices == (ba_file.ON_FINITE_WORDS,)


def test_aldebaran_holds_prefix_closed_languages() -> None:
    held = 0
    for machine in SMALL:
        accepted = {word for word in words("ab", 4) if machine.accepts(word)}
        closed = () in accepted and all(word[:-1] in accepted for word in accepted if word)
        used = {letter for word in accepted for letter in word}
        if not closed or len(used) < 2:
            with pytest.raises(InputError, match=r"that it accepts|no transition has the letter"):
                files.dumps(machine, "aut")
            continue
        held += 1
        again, notices = files.parse(files.dumps(machine, "aut").encode(), "m.aut")
        assert notices[0] == "a labelled transition system: every state accepts"
        assert again.difference(machine) is None
    assert held >= 10


@pytest.mark.parametrize("format", ["ba", "aut"])
@pytest.mark.parametrize(
    "letter",
    [
        " ",
        ",",
        '"',
        "\\",
        "i",
        "tau",
        "<eps>",
        "]",
        "[",
        "->",
        "a,[0]->[1]",
        "é",
        "\n",
        "@0@",
        "(",
        ")",
    ],
)
def test_awkward_letters(format: str, letter: str) -> None:
    machine = Machine(
        alphabet=["b", letter], transitions=[[0, 1], [1, 1]], initial=0, outputs=[1, 1]
    )
    again, _ = files.parse(files.dumps(machine, format).encode(), f"m.{format}")
    assert again == machine


@pytest.mark.parametrize("format", ["ba", "aut"])
def test_no_outputs(format: str) -> None:
    machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[2])
    with pytest.raises(InputError, match="the format has no outputs"):
        files.dumps(machine, format)


BA = "[0]\na,[0]->[1]\nb,[1]->[0]\n[0]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BA.replace("a,", "a "), "line 2, column 1: expected 'letter,[source]->[target]' or '[sta"),
        (BA.replace("->", "-"), "line 2, column 1: expected 'letter,[source]->[target]' or '[sta"),
        (BA.replace("a,", ","), "line 2, column 1: expected 'letter,[source]->[target]' or '[sta"),
        (BA.replace("[1]\n", "[1\n"), "line 2, column 1: expected 'letter,[source]->[target]' or"),
        ("[2]\n" + BA, "several states before the first edge; a BA file has one initial state"),
        (BA + "\na,[0]->[0]", "line 5, column 1: an edge after the accepting states, which end t"),
        ("[0]", "no edges: expected lines 'letter,[source]->[target]'"),
        (BA.replace("a,", "<sigma>,"), 'line 2, column 1: "<sigma>" is any letter in OpenFst'),
        (BA.replace("a,", "ε,"), 'line 2, column 1: "ε" is the empty word elsewhere'),
        (BA.replace("a,[0]", "a,0"), "a state is named with and without brackets"),
        (BA.replace("a,", "\\ud800,"), "line 2, column 1: U+D800 is no Unicode character"),
    ],
)
def test_ba_problems(text: str, expected: str) -> None:
    assert problems_of(text, "m.ba")[0].startswith(expected)


AUT = 'des (0, 2, 2)\n(0, "a", 1)\n(1, b, 0)\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (AUT.replace("0, 2, 2", "0, 3, 2"), "the first line says 3 transitions, found 2"),
        (AUT.replace("0, 2, 2", "2, 2, 2"), "the initial state 2 is not one of 0 to 1"),
        (AUT.replace("0, 2, 2", "0, 2, 1"), "line 2, column 1: a state is not one of 0 to 0, as t"),
        (AUT.replace("0, 2, 2", "0, 2, 0"), "line 2, column 1: a state is not one of 0 to -1, as "),
        (AUT.replace("des ", "def "), "line 1, column 1: expected 'des (initial, transitions, st"),
        (AUT.replace("1)\n", "1\n", 1), "line 2, column 1: expected '(source, \"label\", target)'"),
        (AUT.replace('"a"', '"a'), "line 2, column 1: expected '(source, \"label\", target)'"),
        (AUT.replace('"a"', ""), "line 2, column 1: expected '(source, \"label\", target)'"),
        (AUT.replace('"a"', '""'), "line 2, column 1: an empty label"),
        (AUT.replace('"a"', '"i"'), 'line 2, column 1: "i" in quotes is the internal action or a'),
        (AUT.replace("(1, b, 0)", "(1, b, x)"), 'line 3, column 1: expected \'(source, "label"'),
        (AUT.replace('"a"', "i").replace("b", "tau"), "the alphabet is empty"),
    ],
)
def test_aldebaran_problems(text: str, expected: str) -> None:
    assert problems_of(text, "m.aut")[0].startswith(expected)


def test_aldebaran_quotes_do_not_change_a_letter() -> None:
    machine, _ = files.parse(AUT.replace("(1, b, 0)", "(1, a, 0)").encode(), "m.aut")
    assert machine.alphabet == ("a",)
    assert machine.run("aa") == (1, 1, 1)


CSV = "state,a,b,accepting\n->p,q,,1\nq,p,q,0\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CSV.replace("state", "name"), "line 1, cell 1: expected 'state', found \"name\"; a table"),
        (CSV.replace("->", ""), "no initial state: write '->' before one"),
        (CSV.replace("\nq,p", "\np,p"), 'line 3, cell 1: a second row of state "p"'),
        (CSV.replace("\nq,p", "\n,p"), "line 3, cell 1: no name of a state in"),
        (CSV.replace("\nq,p", "\n-,p"), "line 3, cell 1: no name of a state in"),
        (CSV.replace("q,p,q,0", "q,p,q"), "line 3: 3 cells, expected 4, as in the first line"),
        (CSV.replace("q,p,q,0", "q,p,r,0"), 'line 3, cell 3: "r" is no state of the table'),
        (CSV.replace("q,p,q,0", "q,p,{q;r},0"), 'line 3, cell 3: "{q;r}" is no state of the table'),
        (CSV.replace(",0\n", ",2\n"), 'state "q": accepting is "2", expected 1 or 0'),
        (CSV.replace("->p", "->*p"), "a column accepting and stars say what states accept"),
        (CSV.replace("q,p,q,0", "q,p/1,q,0"), "line 2, cell 2: a step without output"),
        ("state,a\n->p,p/1\n*q,q", "line 3, cell 2: a step without output, but others have one"),
        (CSV.replace("a,b", "a,a"), 'line 1: letter "a" occurs twice'),
        (CSV.replace("a,b", "ε,eps"), "line 1: the alphabet is empty"),
        (CSV.replace("a,b", "*,b"), 'line 1, cell 2: "*" is any letter in some drawings'),
        (CSV.replace("a,b", "final,b"), 'line 1, cell 2: "final" is a column of outputs, which'),
        (CSV.replace("a,b", ",b"), "line 1: letter 0 is the empty string"),
        (CSV.replace("q,,1", '"q,,1'), "line 3: not valid CSV: unexpected end of data"),
        ("state,a,accepting\n", "no states: there is only one line"),
        (" , ,\n", "no cell of the table has anything in it"),
        ("state,a\n->p,p", "no state accepts and none has an output; add a column 'accepting'"),
        ("state,a,output\n->p,p," + "[" * 60 + "]" * 60, 'output of state "p": nested more than 5'),
        ("state,a,ε\n*->p,p,p/1", "line 2, cell 3: an output where no letter is read"),
    ],
)
def test_csv_problems(text: str, expected: str) -> None:
    assert problems_of(text, "m.csv")[0].startswith(expected)


def test_csv_delimiters_and_marks() -> None:
    expected, _ = files.parse(CSV.encode(), "m.csv")
    for delimiter in ",;\t":
        for start in ("->", "→", " -> "):
            text = CSV.replace("->", start).replace(",", delimiter)
            assert files.parse(text.encode(), "m.csv")[0] == expected
    starred = "state,a,b\n*->p,q,\nq,p,q\n"
    assert files.parse(starred.encode(), "m.csv")[0] == expected


def test_csv_limits() -> None:
    rows = "\n".join(f"q{i},q{i}" for i in range(100))
    with pytest.raises(LimitReached, match="machine states"):
        files.parse(f"state,a\n->*p,p\n{rows}".encode(), "m.csv", max_states=99)


def test_automata_lib_reads_the_same_json() -> None:
    """Every partial DFA with two states and two letters, against automata-lib."""
    tried = 0
    targets = [None, "0", "1"]
    for flat in range(81):
        cells = [targets[flat // 3**i % 3] for i in range(4)]
        rows = {
            str(q): {x: t for x, t in zip("ab", cells[2 * q : 2 * q + 2], strict=True) if t}
            for q in range(2)
        }
        for final in ([], ["0"], ["1"], ["0", "1"]):
            value = {
                "states": ["0", "1"],
                "input_symbols": ["a", "b"],
                "transitions": rows,
                "initial_state": "0",
                "final_states": final,
                "allow_partial": True,
            }
            machine, _ = files.parse(json.dumps(value).encode(), "m.json")
            theirs = DFA(
                **{
                    **value,
                    **{k: set(value[k]) for k in ("states", "input_symbols")},
                    "final_states": set(final),
                }
            )
            for word in words("ab", 4):
                assert machine.accepts(word) == theirs.accepts_input("".join(word))
            tried += 1
    assert tried == 81 * 4


def test_automata_lib_reads_the_same_nfa() -> None:
    rows = {"p": {"": ["q"], "a": ["p", "q"]}, "q": {"b": ["r"]}, "r": {"": ["p"]}}
    value = {
        "states": ["p", "q", "r"],
        "input_symbols": ["a", "b"],
        "transitions": rows,
        "initial_state": "p",
        "final_states": ["r"],
    }
    machine, _ = files.parse(json.dumps(value).encode(), "m.json")
    theirs = NFA(
        states=set("pqr"),
        input_symbols=set("ab"),
        transitions={q: {x: set(t) for x, t in row.items()} for q, row in rows.items()},
        initial_state="p",
        final_states={"r"},
    )
    for word in words("ab", 6):
        assert machine.accepts(word) == theirs.accepts_input("".join(word))


AUTOMATON = {
    "states": ["p", 1],
    "input_symbols": ["a"],
    "transitions": {"p": {"a": 1}, "1": {"a": "p"}},
    "initial_state": "p",
    "final_states": [1],
}


def test_numbers_name_states_in_json() -> None:
    machine, notices = files.parse(json.dumps(AUTOMATON).encode(), "m.json")
    assert (machine.run("aa"), notices) == ((0, 1, 0), ())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"tape_symbols": []}, '"tape_symbols": a Turing machine is not read, only DFA and NFA'),
        ({"weights": []}, 'unknown key "weights" in an automaton of automata-lib'),
        ({"final_states": ...}, '"final_states" is missing from an automaton of automata-lib'),
        ({"states": []}, "no states"),
        ({"states": "p"}, '"states" must be a list of names'),
        ({"states": ["p", 1, "1"]}, '"states" has a state twice'),
        ({"input_symbols": ["ab", ""]}, '"input_symbols": letter 1 is the empty string'),
        ({"initial_state": "r"}, '"initial_state": "r" is not in "states"'),
        ({"final_states": ["r"]}, '"final_states": "r" is not in "states"'),
        ({"transitions": []}, '"transitions" must be an object'),
        ({"transitions": {"r": {}}}, '"transitions": "r" is not in "states"'),
        ({"transitions": {"p": []}}, 'transitions of "p" must be an object, found a list'),
        ({"transitions": {"p": {"b": "p"}}}, 'transitions of "p", letter "b": not in "input_symb'),
        (
            {"transitions": {"p": {"a": "r"}}},
            'transitions of "p", letter "a": target "r" is not in',
        ),
        ({"transitions": {"p": {"a": [["p"]]}}}, 'transitions of "p", letter "a": target a list'),
    ],
)
def test_automata_lib_problems(changes: dict[str, object], expected: str) -> None:
    value = {k: v for k, v in {**AUTOMATON, **changes}.items() if v is not ...}
    assert problems_of(json.dumps(value), "m.json")[0].startswith(expected)


PLAIN = "digraph { i [shape=point]; i -> p; p -> q -> p [label=a] }"


def test_accepting_states_by_name() -> None:
    for name, text, states in (
        ("m.dot", PLAIN, ["q"]),
        ("m.csv", "state,a\n->p,q\nq,p", ["q"]),
        ("m.aut", "des (0, 2, 2)\n(0, a, 1)\n(1, a, 0)", ["1"]),
    ):
        machine, notices = files.parse(text.encode(), name, accepting=states)
        assert (machine.run("aaa"), notices) == ((0, 1, 0, 1), ())
        nothing, _ = files.parse(text.encode(), name, accepting=[])
        assert nothing.run("aaa") == (0, 0, 0, 0)
        assert problems_of(text, name, accepting=["r"]) == ['--accepting: there is no state "r"']


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "m.dot",
            PLAIN.replace("i ->", "q [peripheries=2]; i ->"),
            "--accepting names states, but",
        ),
        (
            "m.dot",
            PLAIN.replace("label=a", 'label="a/x"'),
            "edges have outputs, as in a Mealy mach",
        ),
        (
            "m.dot",
            PLAIN.replace("{ i", "{ p [output=1] q [output=2] i"),
            "--accepting names states",
        ),
        ("m.csv", "state,a\n->*q,q", "stars and --accepting say what states accept"),
        (
            "m.fsm",
            "0 1 a\n",
            "--accepting is not for AT&T FSM, whose files say which states accept",
        ),
        ("m.ba", BA, "--accepting is not for BA, whose files say which states accept"),
        ("m.json", "{}", "--accepting is not for negeig JSON, whose files say which states accept"),
    ],
)
def test_accepting_is_refused_where_a_file_says_it(name: str, text: str, expected: str) -> None:
    assert problems_of(text, name, accepting=["q"])[0].startswith(expected)


def test_accepting_reaches_the_file(tmp_path: Path) -> None:
    path = tmp_path / "m.dot"
    path.write_text(PLAIN)
    read = language(file=str(path), accepting=["q"])
    assert read.machine.run("a") == (0, 1)
    assert read.arguments == ("--file", str(path), "--accepting", "q")
    assert named(file=str(path), accepting=["q"]) == Source("file", str(path), accepting=("q",))
    for given in ({"regex": "a"}, {"zoo": "parity"}):
        with pytest.raises(InputError, match="--accepting belongs to a file"):
            language(**given, accepting=["q"])  # type: ignore[arg-type]


def test_mealy_machines() -> None:
    """Outputs of every word, against following the steps."""
    steps = {(0, 0): (1, "x"), (0, 1): (0, "1"), (1, 0): (1, "y"), (1, 1): (0, "x")}
    machine, _ = complete_mealy(
        "m",
        alphabet="ab",
        states=["p", "q"],
        steps=[(q, a, t, o) for (q, a), (t, o) in steps.items()],
        initial=[1],
        max_states=10,
    )
    for word in words("ab", 6):
        state, output = 1, None
        for letter in word:
            state, output = steps[state, "ab".index(letter)]
        assert machine.output(word) == (1 if output == "1" else output)
    assert machine.outputs[machine.initial] is None


def test_mealy_problems() -> None:
    def build(steps: list[tuple[int, int, int, str]], initial: list[int], limit: int = 10) -> None:
        complete_mealy(
            "m", alphabet="ab", states="pq", steps=steps, initial=initial, max_states=limit
        )

    with pytest.raises(InputError, match='state "p", letter "a": two steps'):
        build([(0, 0, 0, "x"), (0, 0, 0, "y")], [0])
    with pytest.raises(InputError, match="one initial state, found 2"):
        build([(0, 0, 0, "x")], [0, 1])
    with pytest.raises(LimitReached):
        build([(0, 0, 0, "x"), (0, 1, 1, "y")], [0], 2)
