"""Pictures can be read: nothing overlaps, and colours are seen."""

import re
import xml.etree.ElementTree as ET

import pytest

from negeig.automata.machines.machine import Machine
from negeig.report.drawing.layers import Box, Layers, Link
from negeig.report.drawing.ordering import crossings, exchange, order
from negeig.report.drawing.svg import DASHES, LETTER_COLOURS
from negeig.report.pictures import (
    state_diagram_svg,
)
from support import svg_reading as reading
from support.picture_cases import EXAMPLES, SMALL, graphs, pictures


@pytest.mark.parametrize("name", EXAMPLES)
def test_nothing_overlaps(name):
    for kind, svg in pictures(EXAMPLES[name]).items():
        if len(svg) < 200_000:
            assert reading.faults(svg) == [], kind


@pytest.mark.exhaustive
def test_nothing_overlaps_in_small_machines():
    for machine in SMALL[::3]:
        for kind, svg in pictures(machine).items():
            assert reading.faults(svg) == [], (machine.transitions.tolist(), kind)


def test_wide_labels_do_not_overlap():
    letters = ["forwards", "backwards", "stay where you are", "x" * 50]
    table = [[1, 2, 0, 3], [2, 0, 1, 3], [0, 1, 2, 3], [3, 3, 3, 0]]
    for last in range(4):
        table[3][0] = last
        machine = Machine(
            alphabet=letters, transitions=table, initial=0, outputs=[0, "some state", None, -0.125]
        )
        for kind, svg in pictures(machine).items():
            assert reading.faults(svg) == [], kind


@pytest.mark.parametrize(
    "table",
    [
        [[3, 2, 1, 2], [2, 2, 3, 3], [1, 2, 2, 3], [2, 0, 1, 1]],
        [[3, 4, 4, 1], [4, 1, 1, 3], [4, 2, 2, 2], [4, 0, 1, 2], [3, 2, 4, 2]],
        [[1, 5, 2], [1, 0, 4], [1, 5, 3], [0, 5, 0], [5, 4, 3], [2, 5, 0]],
    ],
)
def test_labels_within_a_rank_stay_clear_of_other_edges(table):
    machine = Machine(
        alphabet="abcd"[: len(table[0])], transitions=table, initial=0, outputs=[0] * len(table)
    )
    assert reading.faults(state_diagram_svg(machine)) == []


def test_labels_are_drawn_on_paper_after_all_curves():
    kinds = [part.kind for part in reading.parts(state_diagram_svg(EXAMPLES["sym:3"]))]
    first = kinds.index("label")
    assert kinds[:first] == ["edge"] * 12
    assert kinds[first:].count("label") == 12
    assert kinds[first:].count("edge") == 0


def test_an_overlap_is_found():
    svg = state_diagram_svg(EXAMPLES["mod:5"])
    texts = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"', svg)
    (x, y), (u, v) = texts[0], texts[1]
    moved = svg.replace(f'<text x="{x}" y="{y}"', f'<text x="{u}" y="{v}"', 1)
    assert any("overlaps" in fault for fault in reading.faults(moved))
    away = svg.replace(f'<text x="{x}"', '<text x="-90"', 1)
    assert any("leaves the page" in fault for fault in reading.faults(away))
    straight = re.sub(r'd="M[\d. ]+C[^"]*"', 'd="M0 71C100 71 200 71 500 71"', svg, count=1)
    assert any("runs through" in fault for fault in reading.faults(straight))


def test_crossings_go_down():
    """Two ranks joined upside down have six crossings; exchanges, and ordering, remove them all."""
    boxes = [Box(width=9, height=9) for _ in range(8)]
    links = [Link(source=i, target=7 - i) for i in range(4)]
    for improve in (order, lambda layers: exchange(layers.rows[1])):
        layers = Layers(boxes, links, [0] * 4 + [1] * 4)
        assert crossings(layers) == 6
        improve(layers)
        assert crossings(layers) == 0


def test_looks_of_letters_differ():
    looks = {(LETTER_COLOURS[i % len(LETTER_COLOURS)], DASHES[i % len(DASHES)]) for i in range(28)}
    assert len(looks) == 28


def contrast(colour):
    """Contrast with white: Web Content Accessibility Guidelines 2, relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)


def test_colours_can_be_seen_on_the_paper_that_is_drawn():
    assert all(contrast(colour) > 2 for colour in LETTER_COLOURS)
    for svg in pictures(EXAMPLES["tomita:3"]).values():
        root = ET.fromstring(svg)
        paper = root.find(reading.NAMESPACE + "rect")
        assert paper.attrib["fill"] == "#ffffff"
        assert (paper.attrib["width"], paper.attrib["height"]) == (
            root.attrib["width"],
            root.attrib["height"],
        )
        for text in root.iter(reading.NAMESPACE + "text"):
            assert contrast(text.attrib["fill"]) > 4.5
    assert all('bgcolor="#ffffff"' in dot for dot in graphs(EXAMPLES["tomita:3"]).values())
