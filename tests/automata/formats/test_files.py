"""Machines from files: formats, completion, and every kind of bad input."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from negeig.automata import zoo
from negeig.automata.formats import dot_file, files, json_file
from negeig.automata.formats.completion import NOTHING_ACCEPTS
from negeig.automata.language import Language, language
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached, Resources
from support.paths import DATA

GOOD = {"alphabet": ["a", "b"], "initial": 0, "transitions": [[1, 0], [0, 1]], "accepting": [0]}


def from_json(**changes: object) -> tuple[Machine, tuple[str, ...]]:
    """Parse GOOD with some keys changed; a key set to ... is left out."""
    value = {key: entry for key, entry in {**GOOD, **changes}.items() if entry is not ...}
    return files.parse(json.dumps(value).encode(), "machine.json")


def problems_of(data: str | bytes, name: str = "machine.json") -> list[str]:
    with pytest.raises(InputError) as error:
        files.parse(data.encode() if isinstance(data, str) else data, name)
    assert error.value.exit_code == 2
    assert error.value.source == name
    str(error.value).encode("utf-8")
    return error.value.problems


def dot(body: str) -> tuple[Machine, tuple[str, ...]]:
    return files.parse(f"digraph {{ {body} }}".encode(), "machine.dot")


def words(alphabet: tuple[str, ...], longest: int) -> list[tuple[str, ...]]:
    return [w for length in range(longest + 1) for w in product(alphabet, repeat=length)]


PARITY = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])


def test_json() -> None:
    assert from_json() == (PARITY, ())
    assert from_json(accepting=..., outputs=[1, 0]) == (PARITY, ())
    machine, _ = from_json(accepting=..., outputs=["even", {"odd": [None, 1.5]}])
    assert machine.outputs == ("even", {"odd": [None, 1.5]})
    assert files.parse(b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), "bom.json") == (PARITY, ())


def test_letters_keep_their_order() -> None:
    machine, _ = from_json(alphabet=["z", "long letter"])
    assert machine.alphabet == ("z", "long letter")


def test_missing_transitions_go_to_a_new_sink() -> None:
    machine, notices = from_json(transitions=[[1, None], [0, []]])
    assert notices == ("2 missing transitions completed with a new sink state",)
    assert machine.transitions.tolist() == [[1, 2], [0, 2], [2, 2]]
    assert machine.outputs == (1, 0, 0)
    machine, notices = from_json(transitions=[[1, 0], [None, 0]], accepting=..., outputs=[7, 8])
    assert notices == ("1 missing transition completed with a new sink state that outputs null",)
    assert machine.outputs == (7, 8, None)


def test_a_list_of_one_target_is_no_choice() -> None:
    assert from_json(transitions=[[[1], [0, 0]], [0, 1]]) == (PARITY, ())


def brute_force_accepts(
    word: tuple[int, ...], transitions: list[list[set[int]]], accepting: set[int]
) -> bool:
    states = {0}
    for letter in word:
        states = {target for q in states for target in transitions[q][letter]}
    return bool(states & accepting)


def test_every_nondeterministic_machine_with_two_states_and_two_letters() -> None:
    subsets: list[list[int]] = [[], [0], [1], [0, 1]]
    tried = 0
    for entries in product(subsets, repeat=4):
        rows = [list(entries[:2]), list(entries[2:])]
        sets = [[set(entry) for entry in row] for row in rows]
        for accepting in subsets:
            machine, _ = from_json(transitions=rows, accepting=accepting)
            for word in words(("a", "b"), 4):
                columns = tuple("ab".index(letter) for letter in word)
                expected = brute_force_accepts(columns, sets, set(accepting))
                assert machine.accepts(word) == expected, (rows, accepting, word)
            tried += 1
    assert tried == 4**5


def test_nondeterministic_file() -> None:
    machine, notices = files.read(str(DATA / "nondeterministic.json"))
    assert machine.alphabet == ("b", "a")
    for word in words(("a", "b"), 8):
        assert machine.accepts(word) == (len(word) >= 2 and word[-2] == "a")
    assert notices == ("determinised: 3 states became 4",)


def test_only_acceptors_may_be_nondeterministic() -> None:
    rows = [[[0, 1], 0], [1, 1]]
    (problem,) = problems_of(
        json.dumps({**GOOD, "transitions": rows, "outputs": [3, 4]}).replace(
            ', "accepting": [0]', ""
        )
    )
    assert problem.startswith("state 0, letter 'a': 2 targets; only an acceptor")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"initial": ...}, 'no initial state: "initial" is missing'),
        ({"initial": 2}, '"initial" is 2, not one of 0 to 1'),
        ({"initial": -1}, '"initial" is -1, not one of 0 to 1'),
        ({"initial": True}, '"initial" must be the number of a state, found true'),
        ({"initial": 0.0}, '"initial" must be the number of a state, found 0.0'),
        ({"initial": None}, '"initial" must be the number of a state, found null'),
        ({"initial": [0]}, '"initial" must be the number of a state, found a list'),
        ({"initial": 10**50}, f'"initial" is {"1" + "0" * 36}..., not one of 0 to 1'),
        ({"alphabet": ...}, '"alphabet" is missing'),
        ({"alphabet": "ab"}, '"alphabet" must be a list, found "ab"'),
        ({"alphabet": ["a", "a"]}, 'letter "a" occurs twice'),
        ({"alphabet": ["a", ""]}, "letter 1 is the empty string"),
        ({"alphabet": ["a", 3]}, "letter 1 is 3, not a string"),
        ({"alphabet": ["a", "\ud800"]}, 'letter "\\ud800" has half of a surrogate pair'),
        ({"alphabet": [], "transitions": [[], []]}, "the alphabet is empty"),
        ({"transitions": ...}, '"transitions" is missing'),
        ({"transitions": [], "accepting": []}, "no states: transitions is empty"),
        ({"transitions": [[1, 0], [0]]}, "row 1 has 1 entries, expected 2, one for each letter"),
        ({"transitions": [[1, 0], "01"]}, 'row 1 must be a list, found "01"'),
        ({"transitions": [[1, 0], [0, 2]]}, 'row 1, letter "b": target 2 is not one of 0 to 1'),
        ({"transitions": [[1, 0], [0, -1]]}, 'row 1, letter "b": target -1 is not one of 0 to 1'),
        ({"transitions": [[1, 0], [0, True]]}, 'row 1, letter "b": true is not the number of a'),
        ({"transitions": [[1, 0], [0, 1.0]]}, 'row 1, letter "b": 1.0 is not the number of a'),
        ({"transitions": [[1, 0], [0, "1"]]}, 'row 1, letter "b": "1" is not the number of a'),
        ({"transitions": [[1, 0], [0, {}]]}, 'row 1, letter "b": an object is not the number'),
        ({"transitions": [[1, 0], [0, [1, [0]]]]}, 'row 1, letter "b": a list is not the number'),
        ({"transitions": [[1, 0], [0, [1, 5]]]}, 'row 1, letter "b": target 5 is not one of 0 to'),
        ({"transitions": [[1, 0], [0, 10**400]]}, 'row 1, letter "b": target 1000'),
        ({"accepting": [2]}, "accepting: state 2 is not one of 0 to 1"),
        ({"accepting": [0, 0]}, "accepting: state 0 is listed twice"),
        ({"accepting": [True]}, "accepting: true is not the number of a state"),
        ({"accepting": 0}, '"accepting" must be a list, found 0'),
        ({"accepting": ...}, 'exactly one of "outputs" and "accepting" is needed; neither is'),
        ({"outputs": [1, 0]}, 'exactly one of "outputs" and "accepting" is needed; both are'),
        ({"accepting": ..., "outputs": [1]}, "1 outputs for 2 rows of transitions"),
        ({"accepting": ..., "outputs": [1, "\udc00"]}, "output of state 1: half of a surrogate"),
        ({"accepting": ..., "outputs": [1, [{"\udc00": 1}]]}, "output of state 1: half of a surr"),
        ({"states": 2}, 'unknown key "states"; the keys are alphabet, initial, transitions,'),
    ],
)
def test_json_problems(changes: dict[str, object], expected: str) -> None:
    with pytest.raises(InputError) as error:
        from_json(**changes)
    (problem,) = error.value.problems
    assert problem.startswith(expected)


def test_one_message_lists_every_problem() -> None:
    found = problems_of(
        '{"alphabet": ["a", "b", "a"], "transitions": [[0, 1], [7, 0, 0]], "accepting": [9], "x":0}'
    )
    assert found == [
        'unknown key "x"; the keys are alphabet, initial, transitions, outputs, accepting',
        'letter "a" occurs twice',
        'no initial state: "initial" is missing',
        "accepting: state 9 is not one of 0 to 1",
        "row 0 has 2 entries, expected 3, one for each letter",
        'row 1, letter "a": target 7 is not one of 0 to 1',
    ]


def test_a_wrong_target_beyond_the_alphabet_is_named_by_its_column() -> None:
    for alphabet, where in ((..., "in column 2"), (["a"], "in column 2"), (["a", "b", "c"], '"c"')):
        with pytest.raises(InputError) as error:
            from_json(alphabet=alphabet, transitions=[[0, 1, 7], [0, 1, 1]])
        wrong = f"row 0, letter {where}: target 7 is not one of 0 to 1"
        assert wrong in error.value.problems


def test_a_long_list_of_problems_is_cut() -> None:
    rows = [[5000, 5000]] * 1000
    found = problems_of(json.dumps({**GOOD, "transitions": rows}))
    assert len(found) == 21
    assert found[-1] == "and 1,980 more"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        (" \n\t", "the file is empty"),
        ("\ufeff", "the file is empty"),
        ("[1]", "expected a JSON object, found a list"),
        ("3", "expected a JSON object, found 3"),
        ("{", "not valid JSON: line 1, column 2: it ends too early, before its last bracket"),
        ('{"a": 1,\n "b" 2}', "not valid JSON: line 2, column 6: a colon is expected after"),
        ('{"initial": 0, "initial": 1}', 'not valid JSON: the key "initial" occurs twice in one'),
        ('{"initial": NaN}', "not valid JSON: NaN is not JSON"),
        ('{"initial": -Infinity}', "not valid JSON: -Infinity is not JSON"),
        ('{"initial": 1e999}', "not valid JSON: the number 1e999 is too large"),
        (
            '{"initial": ' + "9" * 5000 + "}",
            "line 1, column 13: a number of more than 4,300 digits",
        ),
        ("[" * 200_000, "not valid JSON: lists or objects are nested too deeply"),
        ('{"a":' * 200_000, "not valid JSON: lists or objects are nested too deeply"),
    ],
    ids=range(14),
)
def test_text_that_is_not_a_json_machine(text: str, expected: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(expected)


def test_an_output_nested_too_deeply() -> None:
    text = json.dumps({**GOOD, "outputs": [0, 1]}).replace(', "accepting": [0]', "")
    nested = text.replace("[0, 1]}", "[0, " + "[" * 51 + "]" * 51 + "]}")
    assert problems_of(nested) == ["output of state 1: nested more than 50 deep"]
    allowed = nested.replace("[" * 51 + "]" * 51, "[" * 50 + "]" * 50)
    assert files.parse(allowed.encode(), "machine.json")[0].size == 2


@pytest.mark.parametrize("cut", range(len(json.dumps(GOOD))))
def test_every_truncation_is_refused(cut: int) -> None:
    assert problems_of(json.dumps(GOOD)[:cut])


def test_not_utf8() -> None:
    assert problems_of(b'{"alphabet": ["\xff"]}') == ["not UTF-8: byte 0xff at offset 15"]
    assert problems_of(b'\xef\xbb\xbf{"\xc3"}') == ["not UTF-8: byte 0xc3 at offset 5"]
    (problem,) = problems_of(json.dumps(GOOD).encode("utf-16"))
    assert problem == "not UTF-8: byte 0xff at offset 0; it looks like UTF-16: save it as UTF-8"
    for length in (0xF0, 0x70, 0x1234):
        (problem,) = problems_of(length.to_bytes(8, "little") + b'{"__metadata__":{}}')
        assert problem.startswith("a safetensors file")
    for model in (b"\x08\x08\x12\x06negeig:\xeb\x16", b"\x08\x07:\x02\n\x00"):
        (problem,) = problems_of(model)
        assert problem.startswith("an ONNX model, which runtimes read; a network is read as JSON")
    (problem,) = problems_of(bytes(8) + b"[0]\n")
    assert "null character" in problem


def test_dot_file() -> None:
    machine, notices = files.read(str(DATA / "parity.dot"))
    assert (machine, notices) == (PARITY, ())


@pytest.mark.parametrize(
    "body",
    [
        "__start -> p; p -> q -> p [label=a]; p -> p [label=b] q -> q [label=b]"
        "p[shape=doublecircle]",
        "i [shape=point] i -> p; p -> q -> p [label=a]; p:n -> p:s:ne [label=b]; q -> q [label=b];"
        "p [peripheries=2]",
        'x [style="filled,invis"]; x -> p edge [label=b]; p -> p; q -> q; p->q->p [label=a];'
        "p [shape=doublecircle]; alphabet=a;",
        'graph [alphabet="a, b"]; "" [shape=plaintext]; ""->p [label=""]; p -> p [label="b"]'
        'p -> q [label="a"]; q -> q [label=b]; q -> p [label=a] p [shape=doubleoctagon]',
        "node [shape=doublecircle]; p; node [shape=circle]; __start -> p; /* p -> q [label=b] */"
        "p -> q [label=a]; subgraph cluster { rank=same; node [color=red]; q -> p [label=a] };"
        '{ p -> p [label=b]; q -> q [la\\\nbel="b"] }'.replace("la\\\nbel", "label"),
        '__start -> "p"; "p" -> "q" [label="\\u0061", color="re" + "d"]; p [shape="doublecircle"];'
        'q -> p [label="a"]; q -> q [label=" b "]; p -> p [label="b"];',
        'alphabet="a\\nb"; __start -> p; p -> q [label=a]; p -> p [label=b, style=bold];'
        'q -> p [label=a]; q -> q [label=b][penwidth=2]; p [shape=doublecircle;color="blue"]',
    ],
)
def test_dot_conventions(body: str) -> None:
    if "alphabet=a;" in body:
        (problem,) = problems_of(f"digraph {{ {body} }}", "m.dot")[:1]
        assert "not in the alphabet" in problem
        body = body.replace("alphabet=a;", 'alphabet="a,b";')
    machine, notices = dot(body)
    assert machine.difference(PARITY) is None
    assert machine.size == 2
    assert notices == ()


def test_defaults_end_with_their_subgraph() -> None:
    inside = "subgraph s { node [shape=doublecircle] edge [label=b] q; p -> q }"
    machine, _ = dot(f"__start -> p; {inside} q -> r -> p [label=a]")
    assert machine.outputs == (0, 1, 0, 0)
    assert machine.run("baa") == (0, 1, 0, 0)
    (problem,) = problems_of(f"digraph {{ __start -> p; {inside} q -> r }}", "machine.dot")
    assert problem.endswith("the edge q -> r has no label")


def test_dot_letters_are_in_order_of_appearance() -> None:
    machine, notices = dot(
        '__start -> p; p -> q [label="c,a"]; q -> p [label="b,c"]; p [peripheries=2]'
    )
    assert notices[0] == "2 labels were split at commas or line breaks into several letters"
    assert machine.alphabet == ("c", "a", "b")
    machine, _ = dot(
        'alphabet="a,b,c,d"; __start -> p; p -> q [label="c,a"]; q -> p [label="b"];'
        "p [peripheries=2]"
    )
    assert machine.alphabet == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("label", "letters"),
    [
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        (" a , b ", ["a", "b"]),
        (r"a\nb\lc\rd", ["a", "b", "c", "d"]),
        (r"\,", [","]),
        (r"\\", ["\\"]),
        (r"\ ,a\ ", [" ", "a "]),
        (r"\u0020x", [" x"]),
        (r"\u03b5", ["ε"]),
        ("two words, x", ["two words", "x"]),
        ("(1 2)", ["(1 2)"]),
        ("a\n,\tb", ["a", "b"]),
        ("é", ["é"]),
    ],
)
def test_labels(label: str, letters: list[str]) -> None:
    assert dot_file.split_label(label) == letters


@pytest.mark.parametrize("label", ["", ",", "a,", "a,,b", " ", r"\x", "\\", "ε", "a,ε", r"\ud800"])
def test_bad_labels(label: str) -> None:
    with pytest.raises(ValueError, match=r"label|empty word"):
        dot_file.split_label(label)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("digraph {", "line 1, column 10: expected a node, an edge or '}', found the end of the"),
        ('digraph "a" "b" {}', "line 1, column 13: expected '{', found 'b'"),
        ("digraph {} x", "line 1, column 12: expected the end of the file, found 'x'"),
        ("digraph {} digraph {}", "line 1, column 12: expected the end of the file"),
        ("graph { p -- q }", "line 1, column 1: an undirected graph; a machine is a digraph"),
        ("digraph { p -- q }", "line 1, column 11: an undirected edge; write '->'"),
        ("network {}", "line 1, column 1: expected 'digraph', found 'network'"),
        ("digraph {\n p -> }", "line 2, column 7: expected a node, found '}'"),
        ("digraph {\n  p [label=}", "line 2, column 12: expected a value, found '}'"),
        ('digraph {\n  p [label="a]}', "line 2, column 12: this string does not end"),
        ("digraph { /* p }", "line 1, column 11: this comment does not end"),
        ("digraph { p [label=<b>] }", "line 1, column 20: HTML-like strings are not read"),
        ("digraph { p -> {q r} -> s }", "line 1, column 22: a subgraph as an end of an edge"),
        ("digraph { {q r} -> p }", "line 1, column 17: a subgraph as an end of an edge"),
        ("digraph { 0a -> p }", "line 1, column 11: a name that starts with a digit but is no"),
        ("digraph { p -> q [label=1.2.3] }", "line 1, column 25: a name that starts with a digit"),
        ("digraph { p @ q }", "line 1, column 13: unexpected character '@'"),
        ("digraph { \x01 }", "line 1, column 11: unexpected character '\\x01'"),
        ('digraph { p [a="b" + c] }', "line 1, column 22: expected a quoted string, found 'c'"),
        ("digraph" + "{" * 101, "line 1, column 109: subgraphs are nested more than 100 deep"),
        ("digraph {}", "no states"),
        ("digraph { p -> p [label=a] }", "no initial state: add an edge '__start -> q'"),
        ("digraph { __start -> p }", "the alphabet is empty: no edge has a label"),
        ("digraph { __start -> p; p -> q }", "line 1, column 25: the edge p -> q has no label"),
        ("digraph { __start -> p [label=a] }", "line 1, column 11: the edge from '__start' has a"),
        (
            "digraph { __start -> p; p -> __start [label=a] }",
            "line 1, column 25: an edge leads int",
        ),
        ('digraph { __start -> p; p -> p [label="a,"] }', "line 1, column 25: an empty letter"),
        ('digraph { alphabet="a,a"; __start -> p }', 'alphabet: letter "a" occurs twice'),
        ('digraph { alphabet="a,"; __start -> p }', "alphabet: an empty letter in label"),
        ("digraph { __start -> p; p -> q [label=a] p [output=1] }", "state 'q' has no output, but"),
        ("digraph { __start -> p; p -> p [label=a] p [output=x] }", "output of state 'p': not va"),
        ("digraph { __start -> p; p -> p [label=a] p [output=NaN] }", "output of state 'p': not v"),
        ("digraph { __start -> p; p -> p [label=a] }", "no state accepts and none has an output"),
    ],
)
def test_dot_problems(text: str, expected: str) -> None:
    (problem,) = problems_of(text, "machine.dot")
    assert problem.startswith(expected)


def test_dot_lists_every_problem_with_its_place() -> None:
    edges = "\n".join(f"q{i} -> q{i + 1};" for i in range(30))
    found = problems_of(f"digraph {{ __start -> q0\n{edges}\n}}", "machine.dot")
    assert len(found) == 21
    assert found[0] == "line 2, column 1: the edge q0 -> q1 has no label"
    assert found[19] == "line 21, column 1: the edge q19 -> q20 has no label"
    assert found[20] == "and 10 more"


@pytest.mark.parametrize("cut", range(1, len('digraph { i -> p [label="a"]; }')))
def test_every_truncation_of_dot_is_refused(cut: int) -> None:
    assert problems_of('digraph { i -> p [label="a"]; }'[:cut], "machine.dot")


def test_nondeterministic_dot() -> None:
    ends_with_ab = (
        'p -> p [label="a,b"]; p -> q [label=a]; q -> r [label=b]; r [shape=doublecircle]'
    )
    machine, notices = dot('alphabet="a,b"; __start -> p;' + ends_with_ab)
    assert notices == ("determinised: 3 states became 3",)
    for word in words(("a", "b"), 7):
        assert machine.accepts(word) == (word[-2:] == ("a", "b"))
    machine, _ = dot("i [shape=point]; i -> p; i -> r;" + ends_with_ab)
    for word in words(("a", "b"), 7):
        assert machine.accepts(word) == (word == () or word[-2:] == ("a", "b"))
    (problem,) = problems_of(
        "digraph { __start -> p; __start -> q; p -> q [label=a]; p [output=5] q [output=6] }",
        "m.gv",
    )
    assert problem.startswith("2 initial states; only an acceptor")


def test_dot_outputs() -> None:
    machine, _ = dot(r'__start -> p; p -> q -> p [label=a]; p [output="\"x\\\\y\""]; q [output=-3]')
    assert machine.outputs == ("x\\y", -3)


AWKWARD = [
    "a",
    ",",
    " ",
    "\\",
    '"',
    "\n",
    "ε",
    "é",
    "\t x",
    "a,b",
    "\u2028",
    "\U000e0001",
    "->",
    "\x7f",
]

ROUND_TRIPS = [
    *(zoo.get(name) for name in ("parity", "sym:4", "dyck2:3", "flipflop", "modarith:5")),
    *(zoo.get(name) for name in ("sym:4:swaps", "dihedral:5", "cyclic:2", "contains:é:x")),
    Machine(alphabet="ba", transitions=[[1, 1], [0, 1]], initial=1, outputs=[0, 0]),
    Machine(alphabet=AWKWARD, transitions=[[0] * len(AWKWARD)], initial=0, outputs=[0]),
    Machine(
        alphabet="a",
        transitions=[[1], [2], [3], [0]],
        initial=2,
        outputs=['"\\"\n\\n', [None, True, {"é\\": 1.5}], "\\", False],
    ),
]


@pytest.mark.parametrize("module", [json_file, dot_file])
@pytest.mark.parametrize("machine", ROUND_TRIPS, ids=range(len(ROUND_TRIPS)))
def test_round_trip(machine: Machine, module: object) -> None:
    write = json_file.dumps if module is json_file else dot_file.dumps
    again, notices = files.parse(write(machine).encode(), "no extension")
    assert again == machine
    assert list(map(type, again.outputs)) == list(map(type, machine.outputs))
    empty = machine.is_acceptor and not any(machine.outputs)
    assert notices == ((NOTHING_ACCEPTS,) if empty else ())


def test_writers_refuse_outputs_that_are_not_json() -> None:
    for output in (float("nan"), {1, 2}, float("inf")):
        machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[output])
        for write in (json_file.dumps, dot_file.dumps):
            with pytest.raises(InputError, match="not a JSON value"):
                write(machine)


def test_formats_are_recognised_by_content_when_the_extension_is_unknown() -> None:
    text = "// comment\nDiGraph { __start -> p; p -> p [label=a] p [peripheries=2] }"
    assert files.parse(text.encode(), "machine.txt")[0].size == 1
    assert files.parse(json.dumps(GOOD).encode(), "machine")[0] == PARITY
    assert files.parse(json.dumps(GOOD).encode(), "MACHINE.JSON")[0] == PARITY
    (problem,) = problems_of("no machine\nat all\n", "machine.txt")
    assert problem == (
        "the format is not recognised; negeig reads negeig JSON (.json), JFLAP (.jff), "
        "Mata (.mata, .vtf), DOT (.dot, .gv), Aldebaran (.aut), CSV (.csv, .tsv), AT&T FSM (.fsm, "
        ".att), BA (.ba)"
    )
    (problem,) = problems_of("(ab)*", "standard input")
    assert problem.endswith("; a regular expression is no file, but an argument")


def test_large_files_are_measured_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as stream:
        stream.truncate(10**12)
    with pytest.raises(InputError, match="it has 1,000,000,000,000 bytes, the limit is 64,000,000"):
        files.read(str(path))
    path = tmp_path / "small.json"
    text = json.dumps(GOOD)
    path.write_text(text)
    assert files.read(str(path), max_bytes=len(text)) == (PARITY, ())
    with pytest.raises(InputError, match="raise it with --max-bytes"):
        files.read(str(path), max_bytes=len(text) - 1)


def test_pipes_are_read_only_up_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def feed(data: bytes) -> None:
        with open(path, "wb") as stream:
            stream.write(data)

    data = json.dumps(GOOD).encode()
    for limit, fits in ((len(data), True), (len(data) - 1, False)):
        writer = threading.Thread(target=feed, args=(data,))
        writer.start()
        if fits:
            assert files.read(str(path), max_bytes=limit) == (PARITY, ())
        else:
            with pytest.raises(InputError, match="it has more bytes"):
                files.read(str(path), max_bytes=limit)
        writer.join()
    with pytest.raises(InputError, match="it has more bytes"):
        files.read("/dev/zero", max_bytes=10_000_000)


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    for path, expected in (
        (str(tmp_path), "Is a directory"),
        (str(tmp_path / "none.json"), "No such file or directory"),
        ("", "No such file or directory"),
        ("a\0b", "embedded null byte"),
        ("/dev/null/x", "Not a directory"),
        ("x" * 5000, "File name too long"),
        ("\udcff.json", "No such file or directory"),
    ):
        with pytest.raises(InputError, match=expected) as error:
            files.read(path)
        str(error.value).encode("utf-8")


class _Input:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Input(json.dumps(GOOD).encode()))
    assert language(file="-") == Language("standard input", PARITY, arguments=("--file", "-"))
    monkeypatch.setattr(sys, "stdin", _Input(b" " * 101))
    with pytest.raises(InputError, match="standard input: the file is too large"):
        language(file="-", resources=Resources(max_bytes=100))
    assert sys.stdin.buffer.read() == b""


@pytest.mark.exhaustive
def test_large_machines() -> None:
    n = 100_000
    rows = np.stack([(np.arange(n) + 1) % n, np.arange(n) // 2], axis=1)
    machine = Machine(alphabet="ab", transitions=rows, initial=7, outputs=[1] * n)
    assert files.parse(json_file.dumps(machine).encode(), "large.json")[0] == machine
    assert files.parse(dot_file.dumps(machine).encode(), "large.dot")[0] == machine
    for write in (json_file.dumps, dot_file.dumps):
        with pytest.raises(LimitReached, match="raise it with --max-states"):
            files.parse(write(machine).encode(), "large", max_states=n - 1)
    partial = json.dumps({**GOOD, "transitions": [[1, None]] * n})
    with pytest.raises(LimitReached, match="stopped at 100,001"):
        files.parse(partial.encode(), "partial.json")


def test_memory_is_bounded_by_states_times_letters() -> None:
    edges = "".join(f"q{i}->q{i + 1}[label=x{i}]" for i in range(20_000))
    with pytest.raises(LimitReached, match="20,001 states times 20,000 letters"):
        dot(f"__start->q0;q0[peripheries=2];{edges}")


def test_languages_by_name(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps({**GOOD, "transitions": [[1, None], [0, 1]]}))
    read = language(file=str(path))
    assert read.source == str(path)
    assert read.notices == ("1 missing transition completed with a new sink state",)
    assert language(zoo="sym:5").source == "zoo:sym:5"
    assert language(zoo="sym:5").machine == zoo.get("sym:5")
    read = language("(11)*")
    assert read.source == "(11)*"
    assert read.machine.alphabet == ("1",)
    assert language("(11)*", alphabet=["0"]).machine.alphabet == ("0", "1")
    for size, given in ((120, {"zoo": "sym:5"}), (3, {"file": str(path)}), (2, {"regex": "(11)*"})):
        assert language(**given, resources=Resources(max_states=size)).machine.size == size
        with pytest.raises(LimitReached):
            language(**given, resources=Resources(max_states=size - 1))
    with pytest.raises(InputError, match="too large"):
        language(file=str(path), resources=Resources(max_bytes=path.stat().st_size - 1))


IN_PYTHON, ON_THE_COMMAND_LINE = ("zoo='mod:3'", "file='machine.json'"), ("--zoo", "--file")


@pytest.mark.parametrize(
    ("given", "options", "found"),
    [
        ({}, IN_PYTHON, "none was given"),
        ({"alphabet": ["a"]}, IN_PYTHON, "none was given"),
        ({"regex": "a", "zoo": "parity"}, ON_THE_COMMAND_LINE, "2 were given"),
        ({"regex": "", "file": "-"}, ON_THE_COMMAND_LINE, "2 were given"),
        ({"regex": "", "zoo": "", "file": ""}, ON_THE_COMMAND_LINE, "3 were given"),
    ],
)
def test_exactly_one_language(given: dict[str, str], options: tuple[str, str], found: str) -> None:
    with pytest.raises(InputError) as error:
        language(**given)  # type: ignore[arg-type]
    assert error.value.exit_code == 2
    assert str(error.value).endswith(found)
    for option in ("regular expression", *options):
        assert option in str(error.value)


def test_an_alphabet_belongs_to_a_regular_expression() -> None:
    with pytest.raises(InputError, match="--alphabet belongs to a regular expression"):
        language(zoo="parity", alphabet=["2"])
