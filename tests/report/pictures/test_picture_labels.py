"""Letters, words and outputs in pictures: escaped, abbreviated, told apart; DOT."""

import re
import xml.etree.ElementTree as ET

import pytest

from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.formats import dot_file, dot_syntax
from negeig.automata.labels import visible
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import green
from negeig.automata.monoids.j_order import j_order
from negeig.automata.monoids.labels import WordLabels, letter_labels, output_labels
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import InputError, Resources
from negeig.report.pictures import (
    cayley_dot,
    decomposition_dot,
    eggbox_dot,
    eggbox_text,
    state_diagram_dot,
    state_diagram_svg,
)
from negeig.report.pictures import draw as drawing
from support import svg_reading as reading
from support.picture_cases import EXAMPLES, NASTY, SMALL, edges_of, graphs, nasty_machine, pictures


@pytest.mark.parametrize(
    ("what", "format", "said"),
    [
        (
            "caylee",
            "svg",
            "no picture 'caylee'; did you mean cayley? the pictures are machine",
        ),
        ("xyzzy", "dot", "no picture 'xyzzy'; the pictures are machine, "),
        ("cayley", "text", "cayley is drawn as dot or svg, not as text"),
    ],
)
def test_a_picture_that_is_none_has_the_nearest(what, format, said):
    with pytest.raises(InputError, match=re.escape(said)):
        drawing.draw(what, format, EXAMPLES["dyck1:4"], Resources())


def test_every_character_can_be_drawn():
    """All characters of two bytes in UTF-8, the surrogates, and the ends of the planes."""
    codes = [*range(0x800), *range(0xD7F0, 0xE010), *range(0xFDC0, 0xFE10), *range(0xFFE0, 0x10000)]
    codes += [p * 0x10000 + last for p in range(1, 17) for last in (0, 0xFFFE, 0xFFFF)]
    for start in range(0, len(codes), 256):
        letters = [chr(c) for c in codes[start : start + 256]]
        labels = letter_labels(letters)
        assert len(set(labels)) == len(letters)
        assert all(label.isprintable() and " " not in label for label in labels)
        machine = nasty_machine(letters)
        svg = state_diagram_svg(machine)
        svg.encode()
        titles = [p.title for p in reading.parts(svg) if p.kind == "edge"]
        assert len(titles) == len(edges_of(machine))
        shown = "".join(titles)
        assert all(label in shown for label in labels)
        graph = dot_syntax.parse(state_diagram_dot(machine), "")
        assert len(graph.edges) == 1 + len(edges_of(machine))


def test_nasty_letters_in_every_picture():
    machine = nasty_machine()
    monoid = transition_monoid(machine)
    for kind, svg in pictures(machine).items():
        svg.encode()
        assert reading.count(svg), kind
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", svg)
    for kind, dot in graphs(machine).items():
        dot.encode()
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", dot)
        if kind != "eggbox":
            dot_syntax.parse(dot, kind)
    assert len(eggbox_text(green(monoid)).encode().splitlines()) > 3


def test_html_tables_are_well_formed():
    """An HTML-like label of Graphviz is XML; the tags in letters must not be."""
    for machine in (nasty_machine(), *EXAMPLES.values()):
        relations = green(transition_monoid(machine))
        tables = re.findall(r"\[label=<(<TABLE.*?</TABLE>)>\];", eggbox_dot(relations), re.S)
        assert len(tables) == relations.n_j
        cells = [
            cell
            for table in tables
            for row in ET.fromstring(table).findall("TR")[1:]
            for cell in row.findall("TD")
        ]
        assert len(cells) == relations.n_h
        assert sum("BGCOLOR" in cell.attrib for cell in cells) == len(relations.monoid.idempotents)


def test_letters_are_told_apart():
    labels = letter_labels(NASTY)
    assert len(set(labels)) == len(NASTY)
    assert max(map(len, labels)) < 20
    assert visible("\n") == "\\n"
    assert letter_labels(["\n", "\\n"]) == ("\\n#0", "\\n#1")


def test_marks_are_not_letters():
    one = Machine(alphabet=["ε", "*"], transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    words = WordLabels(transition_monoid(one))
    assert (words.empty, words.star) == ("1", "★")
    assert "★" in eggbox_text(green(transition_monoid(one)))
    both = Machine(alphabet=["ε", "1"], transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    assert WordLabels(transition_monoid(both)).empty == "(empty word)"


def test_long_words_keep_apart():
    """The words of length up to 400 in one letter are elements with labels that differ."""
    n = 400
    machine = Machine(
        alphabet=["go"], transitions=[[(q + 1) % n] for q in range(n)], initial=0, outputs=range(n)
    )
    words = WordLabels(transition_monoid(machine))
    labels = [words.short(e) for e in range(n)]
    assert len(set(labels)) == n
    assert max(map(len, labels)) <= 20


def test_outputs_that_look_alike_are_told_apart():
    machine = nasty_machine("abc", outputs=(1, "1", True))
    assert output_labels(machine) == ("1", '"1"', "true")
    assert output_labels(nasty_machine("abc", outputs=("x", 1, None))) == ("x", "1", "null")


def test_an_output_that_is_no_json_value():
    machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[{1}])
    for draw in (state_diagram_svg, state_diagram_dot):
        with pytest.raises(InputError, match="not a JSON value"):
            draw(machine)


def test_state_diagrams_are_read_back():
    letters = [a for a in NASTY if a == visible(a) and a.strip() == a and len(a) < 12]
    letters = [a for a in letters if a not in ("ε", "&lt;")]
    assert {'"', "\\", "<", ",", "😀", "\\n"} <= set(letters)
    machines = [*SMALL, *EXAMPLES.values(), nasty_machine(letters)]
    machines += [Machine(alphabet="ab", transitions=[[0, 1], [1, 0]], initial=1, outputs=[1, 0])]
    for machine in machines:
        read, notices = dot_file.parse(state_diagram_dot(machine), "")
        assert read == machine
        assert notices == ()


def test_dot_counts():
    for machine in [*SMALL[::5], *EXAMPLES.values()]:
        monoid = transition_monoid(machine)
        for graph, table in (("right", monoid.right), ("left", monoid.left)):
            read = dot_syntax.parse(cayley_dot(monoid, side=graph), "")
            assert len(read.nodes) == monoid.size
            found = [(int(e.source), int(e.target), e.label) for e in read.edges]
            letters = [letter.replace("\\", "\\\\") for letter in machine.alphabet]
            assert found == [
                (e, int(t), letters[a]) for e, row in enumerate(table) for a, t in enumerate(row)
            ]
            double = [int(n) for n, at in read.nodes.items() if at.get("peripheries") == "2"]
            assert double == monoid.idempotents.tolist()
        cascade = holonomy(machine)
        components = [c for level in cascade.levels for c in level.components]
        read = dot_syntax.parse(decomposition_dot(cascade), "")
        assert len(read.nodes) == len(components)
        assert len(read.edges) == sum(len(c.below) for c in components)
        relations = green(monoid)
        covers = re.findall(r"^  \d+ -> \d+;$", eggbox_dot(relations), re.M)
        assert len(covers) == sum(map(len, j_order(relations).covers))
