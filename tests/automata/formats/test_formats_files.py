"""Every file format both ways, on small machines, on the zoo and on awkward letters and outputs."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from negeig.automata import zoo
from negeig.automata.formats import ba_file, files
from negeig.automata.formats.completion import NOTHING_ACCEPTS, OUT_OF_REACH, complete
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.operations import words
from negeig.claims import InputError, LimitReached
from support.machines import minimal_machines, small_machines
from support.paths import ROOT

SMALL = minimal_machines(3)
FORMATS = [known.key for known in files.FORMATS if known.key not in ("ba", "aut")]
"""Formats that hold every acceptor; test_ba and test_aut are of the others."""

SAY_THEIR_END = ["json", "dot", "jff"]
WITH_OUTPUTS = [*SAY_THEIR_END, "csv"]


AWKWARD = [
    *(
        "a",
        "0",
        "1",
        "q1",
        " ",
        "  x ",
        "a b",
        '"',
        "'",
        "\\",
        "\\\\",
        "\\u0041",
        "\\n",
        "\n",
        "\t",
    ),
    *("<", "&", ">", "&lt;", "]]>", "<eps>", "<!--", "#", "%", "|", "(", ")", "!", "--", "->"),
    *("é", "ε", "λ", "\u2028", "\U0001f600", "\U000e0001", "[a-c]", "[", "{", ",", "\r", "\r\n"),
    *("@0@", "@_EPSILON_SYMBOL_@", "@x@", "<epsilon>", "epsilon", "eps", "&epsilon;", "tau", "i"),
    *(
        "*",
        ".",
        "?",
        "Σ",
        "any",
        "output",
        "accepting",
        "state",
        "a / b",
        "a|b",
        "@",
        "0.5",
        "lambda",
    ),
    *("\\true", "true", "%Final", "@NFA-explicit", "&#10;", "q0 a q1", "\ufeff"),
]


def round_trip(machine: Machine, format: str) -> Machine:
    again, notices = files.parse(files.dumps(machine, format).encode(), f"machine.{format}")
    expected: tuple[str, ...] = ()
    if machine.is_acceptor and not any(machine.minimal().outputs):
        expected = (OUT_OF_REACH if any(machine.outputs) else NOTHING_ACCEPTS,)
    assert notices == expected
    assert list(map(type, again.outputs)) == list(map(type, machine.outputs))
    return again


def test_there_are_as_many_small_languages_as_counted_by_hand() -> None:
    """2 with one state and 24 with two (see test_operations); the rest have three."""
    assert [sum(m.size == n for m in SMALL) for n in (1, 2, 3)] == [2, 24, 1028]


@pytest.mark.parametrize("format", FORMATS)
def test_every_minimal_machine_of_at_most_three_states(format: str) -> None:
    for machine in SMALL:
        assert round_trip(machine, format) == machine


@pytest.mark.parametrize("format", FORMATS)
def test_every_table_of_two_states_whatever_is_reachable(format: str) -> None:
    for machine in small_machines(2):
        assert round_trip(machine, format) == machine


@pytest.mark.parametrize("format", FORMATS)
def test_every_zoo_task(format: str) -> None:
    written = 0
    for entry in zoo.entries():
        for example in entry.examples:
            machine = zoo.get(example)
            if machine.size > 2000:
                continue
            if machine.is_acceptor or format in WITH_OUTPUTS:
                assert round_trip(machine, format) == machine, example
                written += 1
            else:
                with pytest.raises(InputError, match=r"the format has no outputs.*negeig JSON"):
                    files.dumps(machine, format)
    assert written >= 15


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("letter", AWKWARD, ids=ascii)
def test_awkward_letters(letter: str, format: str) -> None:
    for other in ("b", "zz"):
        for alphabet in ([letter, other], [other, letter], [letter]):
            machine = Machine(
                alphabet=alphabet,
                transitions=[[1, 0][: len(alphabet)], [0, 1][: len(alphabet)]],
                initial=1,
                outputs=[0, 1],
            )
            assert round_trip(machine, format) == machine


@pytest.mark.parametrize("format", FORMATS)
def test_all_awkward_letters_at_once_keep_their_order(format: str) -> None:
    for alphabet in (AWKWARD, AWKWARD[::-1]):
        machine = Machine(
            alphabet=alphabet,
            transitions=[[(q + i) % 3 for i in range(len(alphabet))] for q in range(3)],
            initial=2,
            outputs=[0, 0, 1],
        )
        assert round_trip(machine, format) == machine


@pytest.mark.parametrize("format", FORMATS)
def test_control_characters_and_non_characters(format: str) -> None:
    for letter in ("\0", "\x1b", "a\x07", "\x85", "\uffff", "\ufffe"):
        machine = Machine(alphabet=[letter], transitions=[[0]], initial=0, outputs=[1])
        if format == "jff" and letter != "\x85":
            with pytest.raises(InputError, match=r"XML cannot hold.*write negeig JSON"):
                files.dumps(machine, format)
        else:
            assert round_trip(machine, format) == machine


@pytest.mark.parametrize("format", FORMATS)
def test_half_of_a_surrogate_pair_is_refused(format: str) -> None:
    machine = Machine(alphabet=["a\ud800"], transitions=[[0]], initial=0, outputs=[1])
    with pytest.raises(InputError, match="half of a surrogate pair"):
        files.dumps(machine, format)


OUTPUTS = [
    *("", "x", " ", "0", "1.5", "true", "null", '"', '"a"', "[1]", "<&>", "\0", "\n", "\r", "NaN"),
    *("-", "01", "é\U0001f600", "\\", "\\n", " 1", "1 ", "{", "]]>", "1e999", "\t"),
    *(0, 1, -7, 1.5, True, False, None, 10**40, [1, ["\0"]], {"a": [None, "<"]}, [], {}),
]


@pytest.mark.parametrize("format", WITH_OUTPUTS)
def test_outputs(format: str) -> None:
    for output in OUTPUTS:
        machine = Machine(
            alphabet="a", transitions=[[1], [0]], initial=0, outputs=[output, "other"]
        )
        assert round_trip(machine, format) == machine, output


@pytest.mark.parametrize("format", WITH_OUTPUTS)
def test_outputs_that_are_not_json(format: str) -> None:
    for output in (float("nan"), {1, 2}, float("inf"), 10**5000):
        machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[output])
        with pytest.raises(InputError, match="not a JSON value"):
            files.dumps(machine, format)


@pytest.mark.parametrize("format", FORMATS)
def test_content_tells_the_format(format: str) -> None:
    machine = zoo.get("tomita:4")
    text = files.dumps(machine, format)
    for name in ("standard input", "machine", "machine.txt"):
        assert files.parse(text.encode(), name)[0] == machine
        assert files.parse(b"\xef\xbb\xbf" + text.encode(), name)[0] == machine
        assert files.parse(text.replace("\n", "\r\n").encode(), name)[0] == machine


def test_content_of_files_with_comments_first() -> None:
    mata = b"# a comment\n\n  # another\n@NFA-explicit\n%Initial q\nq a q"
    assert files.parse(mata, "no extension")[0].size == 1
    dot = b"# a preprocessor line\ndigraph { __start -> p; p -> p [label=a] p [peripheries=2] }"
    assert files.parse(dot, "no extension")[0].size == 1
    final_first = b"3\n3 4 a\n"
    assert files.parse(final_first, "no extension")[0].accepts("")
    hashes = b"# \n" * 100_000
    with pytest.raises(InputError):
        files.parse(hashes, "no extension")


@pytest.mark.parametrize("format", FORMATS)
def test_write_and_read_a_file(format: str, tmp_path: Path) -> None:
    machine = zoo.get("contains:ab")
    path = str(tmp_path / f"machine.{format}")
    files.write(machine, path)
    assert files.read(path) == (machine, ())
    assert Path(path).read_text(encoding="utf-8").endswith("\n")
    files.write(machine, str(tmp_path / "plain"), format)
    assert (tmp_path / "plain").read_bytes() == Path(path).read_bytes()


def test_the_format_named_wins_over_the_extension(tmp_path: Path) -> None:
    files.write(zoo.get("parity"), str(tmp_path / "machine.json"), "mata")
    assert (tmp_path / "machine.json").read_text().startswith("@NFA-explicit")


def test_write_to_standard_output(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    files.write(zoo.get("parity"), "-", "json")
    assert files.parse(capfdbinary.readouterr().out, "-.json")[0] == zoo.get("parity")
    with pytest.raises(InputError, match=r"name a format, or an extension of negeig JSON"):
        files.write(zoo.get("parity"), "-")


def test_writing_fails_with_one_clear_message(tmp_path: Path) -> None:
    parity, group = zoo.get("parity"), zoo.get("sym:3")
    for path, format, expected in [
        (tmp_path / "no folder" / "m.json", None, "cannot be written: No such file or directory"),
        (tmp_path, "json", "cannot be written: Is a directory"),
        (tmp_path / "m.xyz", None, "name a format, or an extension of negeig JSON (.json), JFLAP"),
        (
            tmp_path / "m.json",
            "yaml",
            "unknown format 'yaml'; the formats are json, jff, mata, dot, aut, csv, fsm, ba",
        ),
        ("m\0.json", None, "cannot be written: embedded null byte"),
    ]:
        with pytest.raises(InputError) as error:
            files.write(parity, str(path), format)
        assert error.value.problems[0].startswith(expected)
        assert error.value.exit_code == 2
    kept = tmp_path / "kept.fsm"
    kept.write_text("kept")
    with pytest.raises(InputError):
        files.write(group, str(kept))
    assert kept.read_text() == "kept"


EXAMPLES = {
    "json": '{"alphabet": ["a"], "initial": 0, "transitions": [[1], [0]], "accepting": [1]}',
    "dot": "digraph { __start -> p; p -> q -> p [label=a]; q [shape=doublecircle] }",
    "jff": '<structure><type>fa</type><automaton><state id="0"><initial/></state><state id="1">'
    "<final/></state><transition><from>0</from><to>1</to><read>a</read></transition>"
    "<transition><from>1</from><to>0</to><read>a</read></transition></automaton></structure>",
    "csv": "state,a\n->p,q\n*q,p",
    "fsm": "0 1 a\n1 0 a\n1",
    "mata": "@NFA-explicit\n%Initial p\n%Final q\np a q\nq a p",
}


def parsed(data: bytes, format: str) -> Machine | None:
    """The machine, or None when it is refused with one message that lists what is wrong."""
    try:
        return files.parse(data, f"m.{format}")[0]
    except InputError as error:
        message, problems, code = str(error), error.problems, error.exit_code
    assert code == 2
    assert problems
    assert message.startswith(f"m.{format}: ")
    return None


@pytest.mark.parametrize("format", FORMATS)
def test_truncations(format: str) -> None:
    """Formats that say where they end are never read as a machine."""
    text = EXAMPLES[format]
    odd = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[0, 1])
    assert parsed(text.encode(), format) == odd
    refused = [cut for cut in range(len(text)) if parsed(text[:cut].encode(), format) is None]
    assert len(refused) >= 4
    if format in SAY_THEIR_END:
        assert len(refused) == len(text)


@pytest.mark.parametrize("format", FORMATS)
def test_every_character_changed(format: str) -> None:
    """Whatever a character becomes, the answer is a machine or one message."""
    text = EXAMPLES[format]
    machines = refusals = 0
    for place in range(len(text)):
        for other in '\0 "<>[]{}\\&#%@!0z\n\udc80':
            changed = text[:place] + other + text[place + 1 :]
            machine = parsed(changed.encode("utf-8", "surrogateescape"), format)
            machines += machine is not None
            refusals += machine is None
            assert machine is None or machine.size <= 8
    assert min(machines, refusals) > 20


@pytest.mark.parametrize("format", ["dot", "jff", "csv", "fsm", "mata"])
def test_the_same_partial_machine_from_every_format(format: str) -> None:
    text = {
        "dot": "digraph { __start -> p; p -> q [label=a]; q [shape=doublecircle] }",
        "jff": EXAMPLES["jff"].replace("<from>1</from><to>0</to>", "<from>0</from><to>1</to>"),
        "csv": "state,a\n->p,q\n*q,-",
        "fsm": "0 1 a\n1",
        "mata": "@NFA-explicit\n%Initial p\n%Final q\np a q",
    }[format]
    machine, notices = files.parse(text.encode(), f"m.{format}")
    assert notices == ("1 missing transition completed with a new sink state",)
    assert (machine.transitions.tolist(), machine.outputs) == ([[1], [2], [2]], (0, 1, 0))


@pytest.mark.parametrize("format", ["dot", "jff", "csv", "fsm", "mata"])
def test_the_same_nondeterministic_machine_from_every_format(format: str) -> None:
    edges = [("p", "a", "p"), ("p", "b", "p"), ("p", "a", "q"), ("q", "b", "r")]
    states = ["p", "q", "r"]
    jff = "".join(
        f'<state id="{i}">{"<initial/>" * (i == 0)}{"<final/>" * (i == 2)}</state>'
        for i in range(3)
    ) + "".join(
        f"<transition><from>{states.index(p)}</from><to>{states.index(q)}</to><read>{x}</read>"
        "</transition>"
        for p, x, q in edges
    )
    text = {
        "dot": "digraph { __start -> p; r [shape=doublecircle]; "
        + "".join(f"{p} -> {q} [label={x}];" for p, x, q in edges)
        + "}",
        "jff": f"<structure><type>fa</type>{jff}</structure>",
        "csv": 'state,a,b\n->p,"{p,q}",p\nq,,r\n*r,,',
        "fsm": "\n".join(f"{p} {q} {x}" for p, x, q in edges) + "\nr",
        "mata": "@NFA-explicit\n%Initial p\n%Final r\n" + "\n".join(map(" ".join, edges)),
    }[format]
    machine, notices = files.parse(text.encode(), f"m.{format}")
    assert notices == ("determinised: 3 states became 3",)
    assert machine.alphabet == ("a", "b")
    for word in words("ab", 6):
        assert machine.accepts(word) == (word[-2:] == ("a", "b"))


@pytest.mark.parametrize("format", ["jff", "fsm", "mata"])
def test_limits(format: str) -> None:
    machine = zoo.get("mod:50")
    text = files.dumps(machine, format).encode()
    assert files.parse(text, f"m.{format}", max_states=50)[0] == machine
    with pytest.raises(LimitReached, match="machine states: stopped at 50, the limit is 49"):
        files.parse(text, f"m.{format}", max_states=49)


@pytest.mark.parametrize("format", ["jff", "fsm", "mata"])
def test_many_letters_and_states_hit_the_limit_before_memory(format: str) -> None:
    n = 4000
    edges = [(f"s{i}", f"x{i}", f"s{i + 1}") for i in range(n)]
    text = {
        "fsm": "\n".join(f"{p} {q} {x}" for p, x, q in edges),
        "mata": "@NFA-explicit\n%Initial s0\n" + "\n".join(map(" ".join, edges)),
        "jff": "<structure><type>fa</type><alphabet>"
        + "".join(f"<letter>{x}</letter>" for _, x, _ in edges)
        + '</alphabet><state id="s0"><initial/></state>'
        + "".join(f'<state id="{q}"/>' for _, _, q in edges)
        + "".join(
            f"<transition><from>{p}</from><to>{q}</to><read>{x}</read></transition>"
            for p, x, q in edges
        )
        + "</structure>",
    }[format]
    with pytest.raises(LimitReached, match="machine table entries"):
        files.parse(text.encode(), f"m.{format}", max_states=5000)


def test_completion_of_other_machines_than_acceptors_wants_one_choice() -> None:
    with pytest.raises(InputError) as error:
        complete(
            "task",
            alphabet="a",
            table=np.zeros((2, 1), dtype=np.int32),
            choices={(0, 0): (0, 1)},
            initial=[0, 1],
            outputs=[5, 6],
            max_states=10,
            epsilon=[(1, 0)],
        )
    assert error.value.problems == [
        f"{what}; only an acceptor (outputs 0 and 1) may be nondeterministic"
        for what in (
            "2 initial states",
            "state 0, letter 'a': 2 targets",
            "state 1: the empty word leads to 0",
        )
    ]


def test_the_examples_of_the_documentation() -> None:
    text = (ROOT / "docs" / "file-formats.md").read_text(encoding="utf-8")
    fences = re.findall(r"^```(json|dot|xml|text)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    begun = [kind + body[:3] for kind, body in fences]
    names = [f"{name} {begun[:i].count(name)}" for i, name in enumerate(begun)]
    read = (files.parse(body.encode(), "docs") for _, body in fences)
    machines = dict(zip(names, read, strict=True))
    kinds = ['json{"a 0', 'json{"a 1', 'json{"s 0', "dotdig 0", "xml<st 0"]
    kinds += ["text0 1 0", "text@NF 0", "textdes 0", "textsta 0", "text[0] 0"]
    assert list(machines) == kinds
    assert machines.pop('json{"a 0')[1] == ("1 missing transition completed with a new sink state",)
    door, notices = machines.pop("textdes 0")
    assert len(notices) == 2
    assert door.run(["open", "close", "close"]) == (1, 1, 1, 0)
    for kind, (machine, notices) in machines.items():
        assert notices == (() if kind != "text[0] 0" else (ba_file.ON_FINITE_WORDS,))
        for word in words(machine.alphabet, 5):
            assert machine.accepts(word) == (word.count("a") % 2 == 0)
    for known in files.FORMATS:
        extensions = ", ".join(f"`{extension}`" for extension in known.extensions)
        assert f"| {known.name} | {extensions} | `{known.key}` |" in text
