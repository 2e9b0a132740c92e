"""Files of the right words in another shape: fields in another order, numbers written twice, marks
that contradict each other, and files of other kinds."""

from __future__ import annotations

import json
import re

import pytest

from negeig.claims import InputError
from support.machine_files import parse, problems_of


@pytest.mark.parametrize("name", ["m.att", "m.fsm"])
@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("q0 a q1\nq1 b q0\nq1", "source letter target"),
        ("q0 a q1\nq0 b q0\nq1", "source letter target"),
        ("q0 a q1\nq1", "source letter target"),
        ("q0 a sink\nq0 b q0\nq0", "source letter target"),
        ("q0 a q1 x\nq1 b q0 y\nq1", "source letter target"),
        ("0 a 1\n1 b 0\n1", "source letter target"),
        ("a p q\nb q p\nq", "letter source target"),
        ("a 0 1\nb 1 0\n1", "letter source target"),
    ],
)
def test_fields_of_att_text_in_another_order(name: str, text: str, order: str) -> None:
    (problem,) = problems_of(text, name)
    assert problem.startswith(
        f"line 1, column 1: the lines may be 'source target letter', as in AT&T text, or '{order}'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "p q a\nq p b\nq",
        "p q a\nq",
        "0 1 5\n1 1 0\n1",
        "0 1 1\n1",
        "p q p\nq p q\nq",
        "p q a\np r b\nr",
    ],
)
def test_att_text_in_its_own_order(text: str) -> None:
    assert parse(text, "m.att")[0].size > 1


MATA = "@NFA-explicit\n%Alphabet-auto\n%Initial q0\n%Final q1\n"


def test_fields_of_mata_in_another_order() -> None:
    for edges, order in (
        ("q0 q1 a\nq1 q0 b", "source target letter"),
        ("q0 q1 a", "source target letter"),
        ("a q0 q1\nb q1 q0", "letter source target"),
    ):
        (problem,) = problems_of(MATA + edges, "m.mata")
        assert f"or '{order}', as in " in problem
    assert parse(MATA + "q0 a q1\nq1 q0 q0", "m.mata")[0].alphabet == ("a", "q0")


def test_zero_is_a_letter_where_the_empty_word_is_spelled() -> None:
    for epsilon in ("<eps>", "<epsilon>", "@0@", "@_EPSILON_SYMBOL_@", "@epsilon"):
        machine, notices = parse(f"0 1 0\n1 0 1\n1 1 {epsilon}\n1", "m.att")
        assert machine.alphabet == ("0", "1")
        assert machine.accepts("0")
        assert not machine.accepts("")
        assert notices[0] == f"0 was read as a letter: this file spells the empty word {epsilon}"
    with pytest.raises(InputError, match="is the empty word elsewhere"):
        parse("0 1 0\n1 0 1\n1 1 eps\n1", "m.att")
    # As an output too; on the transducer's edges it then writes a letter.
    (problem,) = problems_of("0 1 0 1\n1 0 1 <eps>\n1", "m.att")
    assert 'the edge from 1 to 0 on "1" writes the empty word' in problem
    assert parse("0 1 0\n1 0 1\n1", "m.att")[1][0] == (
        "every letter is a number, so 0 is the empty word"
    )


def test_the_number_of_the_empty_word_of_mata() -> None:
    machine, notices = parse(MATA + "q0 97 q1\nq1 4294967295 q0", "m.mata")
    assert machine.alphabet == ("97",)
    assert machine.run(["97", "97"]) == (0, 1, 1)
    assert notices[0] == "4294967295 was read as the empty word, as Mata writes it"
    for text in (
        "q0 a q1\nq1 4294967295 q0",
        "q0 97 q1\nq1 4294967294 q0",
        "q0 97 q1\nq1 0xFFFFFFFF q0",
        "q0 97 q1\nq1 18446744073709551615 q0",
    ):
        assert problems_of(MATA + text, "m.mata")[0].startswith("line 6, column 4: ")
    assert parse(MATA + 'q0 a q1\nq1 "4294967295" q0', "m.mata")[0].alphabet[1] == "4294967295"
    for name, text in (("m.att", "0 1 97\n1 0 4294967295\n1"), ("m.ba", "4294967295,[0]->[1]")):
        assert "is the empty word of Mata, as a number" in problems_of(text, name)[0]


GRAPH = """digraph finiteAutomaton {
node [shape=circle];
1 [shape=doublecircle];
%s
node [shape=none, label=""];
i0 -> 0;
}
"""


def test_graphs_that_mata_prints() -> None:
    machine, _ = parse(GRAPH % '0 -> {1 } [label="97"];\n1 -> {0 1 } [label="98"];', "m.dot")
    assert machine.alphabet == ("97", "98")
    for word, output in {"97": 1, "97 98": 1, "97 98 98": 1, "97 98 97": 1, "98": 0}.items():
        assert machine.output(word.split()) == output
    machine, notices = parse(GRAPH % '0 -> 1 [label="97,98,4294967295"];', "m.dot")
    assert machine.alphabet == ("97", "98")
    assert machine.accepts("")
    assert "labels such as ε were read as the empty word" in notices
    machine, _ = parse(GRAPH % "0 -> {1 } [label=97];\n1 -> {0 } [label=4294967295];", "m.dot")
    assert machine.run(["97", "97"]) == (0, 1, 1)
    assert parse(GRAPH % '0 -> 1 [label="<eps>,a"];', "m.dot")[0].accepts("")
    for edges, expected in {
        '0 -> 1 [label="97,98,9..."];': "looks like an elision",
        '0 -> 1 [label="[97-122]"];': "looks like a range",
        "0 -> 1;": "has no label",
        '0 -> 1 [label="97"]; 0 [label="0:0"];': "states have levels, as in a transducer of Mata",
    }.items():
        assert expected in problems_of(GRAPH % edges, "m.dot")[0]
    other = (GRAPH % '0 -> 1 [label="97,4294967295"];').replace("finiteAutomaton", "G")
    assert "is the empty word of Mata, as a number" in problems_of(other, "m.dot")[0]


def dot(body: str) -> str:
    return f"digraph {{ i [shape=point]; i -> p; p -> q [label=a]; q -> p [label=b]; {body} }}"


def test_groups_of_nodes_are_the_edges_one_by_one() -> None:
    final = "q [shape=doublecircle]; "
    machine, _ = parse(dot(final + "q -> {p; q, p} [label=a]"), "m.dot")
    assert machine == parse(dot(final + "q -> p [label=a]; q -> q [label=a]"), "m.dot")[0]
    assert parse(dot(final + "q -> {} [label=a]"), "m.dot")[0].alphabet == ("a", "b")
    for body in ("{p q} -> p [label=a]", "p -> {q [color=red]} [label=a]", "p -> {p -> q}"):
        assert "a subgraph as an end of an edge" in problems_of(dot(final + body), "m.dot")[0]


def test_rings_that_contradict_the_shape() -> None:
    for body, expected in {
        "q [shape=doublecircle, peripheries=1]": "contradicts shape=doublecircle",
        "q [shape=doublecircle, peripheries=0]": "contradicts shape=doublecircle",
        "q [shape=doubleoctagon, peripheries=1]": "contradicts shape=doubleoctagon",
        "q [shape=DoubleCircle]": "shape=DoubleCircle is not known",
        "q [shape=double_circle]": "shape=double_circle is not known",
    }.items():
        assert any(expected in problem for problem in problems_of(dot(body), "m.dot"))
    for body in ("q [shape=doublecircle, peripheries=2]", "q [shape=circle, peripheries=2]"):
        assert parse(dot(body), "m.dot")[0].accepts("a")


def test_numbers_written_in_two_ways() -> None:
    for name, text, what in (
        ("m.mata", MATA + "q0 10 q1\nq1 010 q0", "letters 10 and 010"),
        ("m.mata", "@NFA-explicit\n%Initial 0\n%Final 1\n0 a 1\n01 b 0", "states 1 and 01"),
        ("m.att", "0 1 10\n1 0 010\n1", "letters 10 and 010"),
        ("m.att", "0 01 a\n1 0 b\n1", "states 01 and 1"),
        ("m.ba", "[0]\na,[0]->[01]\nb,[1]->[0]", "states 01 and 1"),
        ("m.ba", "[0]\n7,[0]->[1]\n07,[1]->[0]", "letters 7 and 07"),
    ):
        assert problems_of(text, name)[0].startswith(f"{what} are one number, written in two ways")
    assert parse(MATA + 'q0 "10" q1\nq1 "010" q0', "m.mata")[0].alphabet == ("10", "010")
    assert parse(MATA + "q0 00 q1\nq1 01 q0\nq1 10 q1", "m.mata")[0].size == 3


FA = "<structure><type>fa</type><automaton>\n{}</automaton></structure>"
STATES = '<state id="0"><initial/></state><state id="1"><final/></state>'


def jff(read: str, more: str = "", states: str = STATES) -> str:
    edge = f"<transition><from>0</from><to>1</to><read>{read}</read>{more}</transition>"
    return FA.format(states + edge)


def test_indentation_in_jflap_is_no_letter() -> None:
    machine, notices = parse(jff("\n      a\n    "), "m.jff")
    assert machine.alphabet == ("a",)
    assert notices[0] == "1 text was read without the line breaks and indentation around"
    assert "<read> holds line breaks or tabs alone" in problems_of(jff("\n   "), "m.jff")[0]
    assert "<read> has spaces around 'a'" in problems_of(jff(" a "), "m.jff")[0]
    moore = jff("a", states=STATES.replace("<final/>", "<output>\n  y\n</output>"))
    moore = moore.replace("fa<", "moore<").replace("<initial/>", "<initial/><output>x</output>")
    assert parse(moore, "m.jff")[0].run("a") == ("x", "y")
    for read, letters in ((" ", " "), ("&#10;", "\n"), ("a&#10;", "a\n"), ("&#32;a", " a")):
        assert parse(jff(read), "m.jff")[0].alphabet == tuple(letters)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (jff("a") + "", None),
        (jff("a").replace("</automaton>", "</automaton><automaton/>"), "a second <automaton>"),
        (jff("a").replace("<initial/>", "<initial/>", 1).replace('id="1"', 'id="1" final="true"'),
         "attribute 'final' in a <state> is not of"),
        (jff("a").replace('id="1"', 'id="1" initial="true"'), "attribute 'initial' in a <state>"),
        (jff("a").replace("<final/>", "<final>false</final>"), 'a mark with text "false"'),
        (jff("a").replace("<final/>", '<final value="no"/>'), "attribute 'value' in a <final>"),
        (jff("a").replace("<transition>", '<transition weight="2">'), "attribute 'weight'"),
        (jff("a").replace("<read>", '<read probability="0.5">'), "attribute 'probability'"),
        (jff("a", "<weight>2</weight>"), "<weight> in a <transition> is not of"),
        (jff("<b>a</b>"), "<b> within <read>, which holds text alone"),
        (jff("a").replace("<read>a</read>", "a"), "text 'a' in a <transition> is not of"),
        (jff("a", states=STATES + "final: 1"), "text 'final: 1' in a <automaton> is not of"),
        (jff("a", states=STATES + "<structure/>"), "<structure> in a <automaton> is not of"),
        (jff("a", states=STATES + '<state id="01"/>'), "ids 1 and 01 are one number"),
        (jff("any"), '<read> is "any", any letter, or any other letter'),
        (jff("[a-zA-Z]"), "a range of characters and text in JFLAP"),
        (jff("[a-z]").replace("fa<", "moore<").replace("<final/>", ""), "a range of characters"),
    ],
)  # fmt: skip
def test_parts_of_jflap_that_may_mean_something(text: str, expected: str | None) -> None:
    if expected is None:
        assert parse(text, "m.jff")[0].size == 3
        return
    assert any(expected in problem for problem in problems_of(text, "m.jff"))


def test_attributes_of_jflap_that_mean_nothing() -> None:
    text = jff("a").replace("<structure>", '<structure xmlns:x="y">')
    text = text.replace('id="1"', 'id="1" name="q"').replace(
        "<read>", '<read xml:space="preserve">'
    )
    assert parse(text, "m.jff")[0].size == 3


def test_encodings() -> None:
    text = dot("q [shape=doublecircle]")
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        for name in ("m.dot", "m.fsm", "m.csv", "m"):
            (problem,) = problems_of(text.encode(encoding), name)
            assert "looks like UTF-16" in problem
            assert problem.endswith("save it as UTF-8")
    assert parse("\ufeff0 1 a\n1", "m.fsm")[0].alphabet == ("a",)
    for name, odd in {
        "m.fsm": "0 1 a\n\ufeff1 0 b\n1",
        "m.csv": "state,a,accepting\n->\ufeffp,p,1",
        "m.dot": dot("q [shape=doublecircle]").replace("label=a", 'label="\ufeffa"'),
        "m.mata": MATA + "q0 \ufeffa q1",
        "m.jff": jff("\ufeff"),
    }.items():
        assert "a byte order mark (U+FEFF) within the text" in problems_of(odd, name)[0]
        hidden = odd.replace("\ufeff", "\u200b")
        assert "a character that cannot be seen" in problems_of(hidden, name)[0]


def test_a_number_of_thousands_of_digits() -> None:
    number = "9" * 5000
    for name, text in {
        "m.json": f'{{"initial": {number}}}',
        "m.fsm": f"0 1 {number}",
        "m.aut": f"des (0, 1, {number})",
        "m.dot": dot(f"p [output={number}]; q [output=1]"),
        "m.csv": f"state,a,output\n->p,p,{number}",
        "m.jff": jff(number),
        "m.mata": MATA + f"q0 {number} q1",
        "m.ba": f"a,[0]->[{number}]",
    }.items():
        (problem,) = problems_of(text, name)
        assert "a number of more than 4,300 digits" in problem


FOREIGN = {
    "graph TD\nA-->B": "a flowchart of Mermaid",
    "flowchart LR\n a-->b": "a flowchart of Mermaid",
    "%% drawn\nstateDiagram-v2\n[*] --> s": "Mermaid",
    "graph [\n directed 1\n node [ id 0 ] ]": "GML",
    'Creator "yEd"\nVersion 2\ngraph\n[\n]': "GML",
    "@startuml\n[*] --> a\n@enduml": "PlantUML",
    "<!DOCTYPE html>\n<html></html>": "a web page (HTML)",
    "<html><body/></html>": "a web page (HTML)",
    '<?xml version="1.0"?>\n<!-- x -->\n<scxml/>': "SCXML",
    '<?xml version="1.0"?><graphml/>': "GraphML",
    "<nta/>": "a model of UPPAAL",
    "S -> a S b | ε": "a context-free grammar",
    "S → aSb\nS → ε": "a context-free grammar",
    "<S> ::= a <S> b": "a context-free grammar",
    "%token A\n%%": "a context-free grammar",
    "##foma-net 1.0##": "foma",
    "dfa {a, b} {\n}": "TAF",
    "[general]\nis dfa = true": "libalf",
    "states:\n  - q0\n": "YAML",
    "\\begin{tikzpicture}": "LaTeX",
    "MODULE main": "NuSMV",
    "HOA: v1": "HOA",
}


@pytest.mark.parametrize("text", FOREIGN)
@pytest.mark.parametrize("name", ["m.dot", "m.jff", "m.fsm", "m.json", "m.txt"])
def test_files_of_other_kinds_are_named(text: str, name: str) -> None:
    (problem,) = problems_of(text, name)
    assert "this looks like " in problem
    assert FOREIGN[text] in problem
    assert "convert it to one of negeig JSON (.json), JFLAP (.jff)" in problem


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"id": "m", "initial": "a", "states": {"a": {"on": {"x": "a"}}}}, "an XState machine"),
        ({"jani-version": 1, "name": "m"}, "a model of JANI"),
        ({"nodes": [], "links": []}, "a graph in JSON"),
        ({"schema": "negeig.network/1", "alphabet": ["a"], "layers": []}, "a network of negeig"),
        ({"alphabet": ["a"], "layers": [], "outputs": {}}, "a network of negeig"),
    ],
)
def test_objects_of_other_kinds_are_named(value: dict[str, object], expected: str) -> None:
    (problem,) = problems_of(json.dumps(value), "m.json")
    assert re.match(f"this (looks like|is) {expected}", problem)
    assert "write an object with alphabet, initial, transitions" in problem
