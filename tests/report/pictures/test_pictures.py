"""Pictures show everything there is, and are the same every time."""

import hashlib
import itertools
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.eggbox import egg_boxes
from negeig.automata.monoids.green import green
from negeig.automata.monoids.j_order import j_order
from negeig.automata.monoids.labels import WordLabels
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import InputError, LimitReached
from negeig.report.drawing.svg import GROUP_FILL, LETTER_COLOURS
from negeig.report.pictures import (
    cayley_dot,
    cayley_svg,
    decomposition_dot,
    decomposition_svg,
    eggbox_dot,
    eggbox_svg,
    state_diagram_dot,
    state_diagram_svg,
)
from negeig.report.pictures.decomposition import legend
from support import svg_reading as reading
from support.paths import TESTS
from support.picture_cases import (
    EXAMPLES,
    SMALL,
    edges_of,
    graphs,
    language,
    pictures,
)


def brute_covers(monoid):
    """The Hasse diagram of the ideals MfM, by listing them: pairs of sets of elements."""
    elements = range(monoid.size)
    table = [[monoid.product(e, f) for f in elements] for e in elements]
    ideals = {
        frozenset(table[table[e][f]][g] for e in elements for g in elements) for f in elements
    }
    return {
        (a, b) for a in ideals for b in ideals if b < a and not any(b < c < a for c in ideals)
    }, ideals


def eggbox_structure(relations):
    """What an egg-box picture must show: classes, cells, groups, covers, idempotents."""
    boxes = j_order(relations).covers
    return {
        "j-class": relations.n_j,
        "cell": relations.n_h,
        "groups": sum(len({int(relations.h[e])}) for e in relations.monoid.idempotents),
        "cover": sum(map(len, boxes)),
    }


def eggbox_shown(svg):
    """What one shows."""
    parts = reading.parts(svg)
    cells = [part for part in parts if part.kind == "cell"]
    return {
        "j-class": sum(part.kind == "j-class" for part in parts),
        "cell": len(cells),
        "groups": sum(c.tagged("rect")[0].attrib["fill"] == GROUP_FILL for c in cells),
        "cover": sum(part.kind == "cover" for part in parts),
    }


def test_there_are_small_machines():
    assert len(SMALL) == 1 + 12 + 216


@pytest.mark.parametrize("name", EXAMPLES)
def test_state_diagram_counts(name):
    check_state_diagram(EXAMPLES[name])


def test_state_diagram_counts_of_small_machines():
    for machine in SMALL:
        check_state_diagram(machine)


def check_state_diagram(machine):
    parts = reading.parts(state_diagram_svg(machine))
    nodes = [part for part in parts if part.kind == "node"]
    assert len(nodes) == machine.size
    assert sum(part.kind == "initial" for part in parts) == 1
    labels = {part.title: part.texts for part in parts if part.kind == "label"}
    double = [len(part.tagged("rect")) == 2 for part in nodes]
    assert double == [machine.is_acceptor and output == 1 for output in machine.outputs]
    found = {}
    for part in parts:
        if part.kind == "edge":
            source, target, letters = re.fullmatch(r"(\d+) to (\d+): (.*)", part.title).groups()
            found[int(source), int(target)] = letters.split(", ")
            assert len(part.tagged("polygon")) == 1
            texts = part.texts if source == target else labels.pop(part.title)
            assert " ".join(texts) == letters
    assert labels == {}
    assert found == {
        (q, t): [a for a, u in zip(machine.alphabet, machine.transitions[q], strict=True) if u == t]
        for q, t in edges_of(machine)
    }


@pytest.mark.parametrize("side", ["right", "left"])
def test_cayley_counts(side):
    machines = [*SMALL, *EXAMPLES.values()]
    for machine in machines[:: 1 if side == "right" else 5]:
        monoid = transition_monoid(machine)
        if monoid.size > 120:
            continue
        parts = reading.parts(cayley_svg(monoid, side=side))
        nodes = [part for part in parts if part.kind == "node"]
        assert len(nodes) == monoid.size
        assert len({text for part in nodes for text in part.texts}) == monoid.size
        double = [e for e, part in enumerate(nodes) if len(part.tagged("rect")) == 2]
        assert double == monoid.idempotents.tolist()
        edges = [part for part in parts if part.kind == "edge"]
        assert len(edges) == monoid.size * len(machine.alphabet)
        colours = [part.tagged("path")[0].attrib["stroke"] for part in edges]
        for a in range(len(machine.alphabet)):
            assert colours.count(LETTER_COLOURS[a]) == monoid.size
        assert sum(part.kind == "legend" for part in parts) == len(machine.alphabet)


def test_cayley_edges_say_where_they_lead():
    monoid = transition_monoid(EXAMPLES["tomita:3"])
    words = WordLabels(monoid)
    for side, table in (("right", monoid.right), ("left", monoid.left)):
        titles = {p.title for p in reading.parts(cayley_svg(monoid, side=side)) if p.kind == "edge"}
        assert titles == {
            f"{words.short(e)} to {words.short(int(t))}: {words.letters[a]}"
            for e, row in enumerate(table)
            for a, t in enumerate(row)
        }


def test_eggbox_counts():
    for machine in [*SMALL, *EXAMPLES.values()]:
        relations = green(transition_monoid(machine))
        assert eggbox_shown(eggbox_svg(relations)) == eggbox_structure(relations)


@pytest.mark.parametrize("kind", ["cell", "j-class", "cover"])
def test_a_missing_part_of_an_eggbox_is_noticed(kind):
    relations = green(transition_monoid(EXAMPLES["tomita:3"]))
    root = ET.fromstring(eggbox_svg(relations))
    parent, victim = next((p, g) for p in root.iter() for g in p if g.attrib.get("class") == kind)
    parent.remove(victim)
    assert eggbox_shown(ET.tostring(root, "unicode")) != eggbox_structure(relations)


def test_eggbox_cells_hold_their_elements():
    for machine in [*SMALL[::7], EXAMPLES["transformations:3"], EXAMPLES["dyck1:4"]]:
        monoid = transition_monoid(machine)
        relations = green(monoid)
        words = WordLabels(monoid)
        shown = []
        for part in reading.parts(eggbox_svg(relations)):
            if part.kind == "cell":
                elements = ", ".join(part.texts).replace(",,", ",").split(", ")
                shown.append({e for e in elements if e[:2] not in ("*C", "*S", "*D")})
        stars = set(monoid.idempotents.tolist())
        expected = {}
        for e in range(monoid.size):
            label = "*" * (e in stars) + words.short(e)
            expected.setdefault(int(relations.h[e]), set()).add(label)
        assert sorted(map(sorted, shown)) == sorted(map(sorted, expected.values()))


def test_eggbox_rows_and_columns_are_classes():
    for machine in SMALL:
        relations = green(transition_monoid(machine))
        for box in egg_boxes(relations):
            assert (box.first >= 0).all()
            for row in box.first:
                assert len({int(relations.r[e]) for e in row}) == 1
            for column in box.first.T:
                assert len({int(relations.l[e]) for e in column}) == 1
            assert box.first.size * box.h_size == box.size


def test_idempotents_of_inverse_monoids_are_on_the_diagonal():
    for name in ("(ab)*", "dyck1:4"):
        relations = green(transition_monoid(EXAMPLES[name]))
        assert relations.is_inverse
        for box in egg_boxes(relations):
            assert ((box.idempotent >= 0) == (box.first == box.first.diagonal()[:, None])).all()


def test_j_order_by_listing_ideals():
    for machine in [*SMALL, EXAMPLES["ends-with:abab"], EXAMPLES["tomita:3"]]:
        monoid = transition_monoid(machine)
        relations = green(monoid)
        found = j_order(relations)
        covers, ideals = brute_covers(monoid)
        assert len(ideals) == relations.n_j
        # An ideal is told by the J-classes in it; each class has one, of its largest elements.
        inside = {i: frozenset(int(relations.j[e]) for e in i) for i in ideals}
        top = {}
        for ideal, classes in inside.items():
            own = classes.difference(*(inside[o] for o in ideals if o < ideal))
            (top[ideal],) = own
        expected = {(top[a], top[b]) for a, b in covers}
        assert {(c, d) for c, ds in enumerate(found.covers) for d in ds} == expected
        one_by_one = j_order(relations, max_classes=0)
        assert {
            (c, d) for c in range(relations.n_j) for d in one_by_one.lower_covers(c)
        } == expected
        place = {c: i for i, c in enumerate(found.downwards)}
        assert all(place[c] < place[d] for c, d in expected)
        assert found.downwards[0] == relations.j[0]


def test_the_whole_j_order_has_a_limit():
    relations = green(transition_monoid(EXAMPLES["dyck1:4"]))
    assert len(j_order(relations, max_classes=6).covers) == 6
    with pytest.raises(LimitReached, match="max_classes of j_order") as caught:
        _ = j_order(relations, max_classes=5).covers
    assert caught.value.reached == 6


@pytest.mark.parametrize("name", EXAMPLES)
def test_decomposition_counts(name):
    cascade = holonomy(EXAMPLES[name])
    components = [c for level in cascade.levels for c in level.components]
    parts = reading.parts(decomposition_svg(cascade))
    assert [p.texts[0] for p in parts if p.kind == "component"] == [c.notation for c in components]
    assert sum(p.kind == "below" for p in parts) == sum(len(c.below) for c in components)
    filled = [
        p.tagged("rect")[0].attrib["fill"] == GROUP_FILL for p in parts if p.kind == "component"
    ]
    assert filled == [c.group.order > 1 for c in components]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_decomposition_explains_what_it_shows_and_nothing_else(name):
    cascade = holonomy(EXAMPLES[name])
    components = [c for level in cascade.levels for c in level.components]
    if not components:
        return
    said = "\n".join(legend(components))
    assert ("blue" in said) == any(c.group.order > 1 for c in components)
    assert ("grey" in said) == any(c.group.order == 1 for c in components)
    assert ("in each of them" in said) == any(c.sets > 1 for c in components)
    assert ("an arrow" in said) == any(c.below for c in components)
    assert "behind the colon" in said
    drawn = [e.text for e in ET.fromstring(decomposition_svg(cascade)).iter() if e.text]
    assert set(legend(components)) <= set(drawn)


def test_a_single_state_has_pictures():
    machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[1])
    assert all(reading.faults(svg) == [] for svg in pictures(machine).values())
    assert all(graphs(machine).values())


def digest():
    names = ("tomita:3", "transformations:3", "modarith:3", "sym:3")
    texts = [t for n in names for draw in (pictures, graphs) for t in draw(language(n)).values()]
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def test_the_same_bytes_in_every_process():
    folders = [str(TESTS), str(Path(__file__).parent)]
    code = f"import sys; sys.path += {folders!r}; import test_pictures as t; print(t.digest())"
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        assert done.stdout.strip() == digest()


def test_what_is_too_large_is_drawn_as_its_numbers():
    """The numbers are those of the object, and what would draw it is named."""
    machine = language("sym:4")
    monoid = transition_monoid(machine)
    for draw, subject, size, told in (
        (state_diagram_svg, machine, 24, {"states": "24", "letters": "2", "outputs": "24"}),
        (cayley_svg, monoid, 24, {"elements": "24", "edges": "48", "idempotents": "1"}),
        (eggbox_svg, green(transition_monoid(EXAMPLES["dyck1:4"])), 56, {"J-classes": "6"}),
        (decomposition_svg, holonomy(EXAMPLES["dyck1:4"]), 5, {"levels": "5", "components": "5"}),
    ):
        whole, numbers = draw(subject, max_nodes=size), draw(subject, max_nodes=size - 1)
        assert "summary" not in reading.count(whole)
        (card,) = [part for part in reading.parts(numbers) if part.kind == "summary"]
        pairs = dict(itertools.pairwise(card.texts))
        assert told.items() <= pairs.items()
        assert any("--max-nodes" in text for text in card.texts)
        assert draw(subject, max_nodes=1) == draw(subject, max_nodes=1)


def test_limits_name_the_option():
    machine = language("sym:4")
    monoid = transition_monoid(machine)
    relations = green(transition_monoid(EXAMPLES["dyck1:4"]))
    cascade = holonomy(EXAMPLES["dyck1:4"])
    for draw, subject, size in (
        (state_diagram_dot, machine, 24),
        (cayley_dot, monoid, 24),
        (eggbox_dot, relations, 56),
        (decomposition_dot, cascade, 5),
    ):
        assert draw(subject, max_nodes=size)
        with pytest.raises(LimitReached, match="--max-nodes") as caught:
            draw(subject, max_nodes=size - 1)
        assert caught.value.reached == size


def test_a_few_hundred_nodes_are_drawn():
    monoid = transition_monoid(language("transformations:4"))
    assert reading.count(cayley_svg(monoid))["node"] == 256


def test_a_wrong_side():
    monoid = transition_monoid(EXAMPLES["parity"])
    for draw in (cayley_svg, cayley_dot):
        with pytest.raises(InputError, match="'up' is not one of right, left"):
            draw(monoid, side="up")


def test_many_letters_are_written_at_the_edges():
    letters = [f"l{i}" for i in range(13)]
    machine = Machine(
        alphabet=letters,
        transitions=[[i % 2 for i in range(13)], [0] * 13],
        initial=0,
        outputs=[0, 1],
    )
    monoid = transition_monoid(machine)
    parts = reading.parts(cayley_svg(monoid))
    assert not any(part.kind == "legend" for part in parts)
    titles = [part.title for part in parts if part.kind == "edge"]
    assert sum(len(title.split(": ")[1].split(", ")) for title in titles) == monoid.size * 13


def test_pictures_are_light_to_import():
    code = "import negeig.report.pictures, sys; print(*{n.split('.')[0] for n in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"torch", "triton", "numba", "matplotlib", "sympy", "networkx", "graphviz"}
    assert set(done.stdout.split()) & heavy == set()
