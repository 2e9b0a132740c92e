"""Pictures of networks: a diagram of layers, eigenvalues with a legend of what is there, states."""

import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction as F
from functools import cache

import pytest

import negeig
from negeig.automata.machines.machine import Machine
from negeig.report.drawing.summary import summary_svg
from negeig.report.pictures.closure import closure_svg
from negeig.report.pictures.eigenvalues import RADIUS, STEP, eigenvalues_svg
from negeig.report.pictures.network import MOST_LAYERS, network_svg
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN
from support.picture_cases import NASTY
from support.svg_reading import count, faults, parts, rectangle


@cache
def compiled(name):
    return negeig.compile(zoo=name).network


def of_matrices(matrices):
    """A network of one layer whose letters have these matrices: for pictures only."""
    size = len(next(iter(matrices.values())))
    zero = tuple(F(0) for _ in range(size))
    layer = Layer(
        alphabet=tuple(matrices),
        initial=zero,
        steps={a: (DenseStep(tuple(tuple(map(F, row)) for row in m), zero),)
               for a, m in matrices.items()},
        codes=(zero,),
        emit=(tuple("x" for _ in matrices),),
    )  # fmt: skip
    return LinearRNN(alphabet=tuple(matrices), layers=(layer,), outputs={"x": 0}, empty=0)


def dots(svg):
    """Where the eigenvalues lie, as their titles say and as they are drawn, in the one disk."""
    (disk,) = [part for part in parts(svg) if part.kind == "disk"]
    circle = rectangle(disk.tagged("rect")[0])
    middle = (circle.left + circle.right) / 2, (circle.top + circle.bottom) / 2
    found = {}
    for part in parts(svg):
        if part.kind == "eigenvalue":
            box = rectangle(part.tagged("rect")[0])
            x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
            found[part.title] = complex((x - middle[0]) / RADIUS, (middle[1] - y) / RADIUS)
    return found


@pytest.mark.parametrize("name", ["parity", "sym:3", "starts-with:a"])
def test_a_diagram_has_every_layer_and_nothing_overlaps(name):
    network = compiled(name)
    svg = network_svg(network)
    assert count(svg)["node"] == len(network.layers) + 2
    assert faults(svg) == []
    sizes = [part.texts[1] for part in parts(svg) if part.kind == "node"][1:-1]
    assert sizes == [f"dimension {layer.dim}" for layer in network.layers]


def test_of_many_layers_the_last_is_drawn_and_the_others_counted():
    layer = compiled("parity").layers[0]
    layers = (layer,) * 40
    many = LinearRNN(alphabet=layer.alphabet, layers=layers, outputs={"0": 0, "1": 1}, empty=0)
    texts = [part.texts for part in parts(network_svg(many)) if part.kind == "node"]
    assert len(texts) == MOST_LAYERS + 3
    assert ["34 more", "layers"] in texts
    assert texts[-2][0] == "layer 40"


def test_eigenvalues_are_where_they_are():
    turn, shift = [[0, -1], [1, 0]], [[0, 1], [0, 0]]
    svg = eigenvalues_svg(of_matrices({"t": turn, "s": shift, "m": [[-1, 0], [0, F(1, 2)]]}))
    wanted = {"0: letter s": 0, "0 + 1i: letter t": 1j, "0 - 1i: letter t": -1j,
              "-1: letter m": -1, "0.5: letter m": 0.5}  # fmt: skip
    found = dots(svg)
    assert found.keys() == wanted.keys()
    assert all(abs(found[title] - value) < 0.01 for title, value in wanted.items())


def test_a_nilpotent_matrix_has_one_dot():
    """Rounded eigenvalues of one Jordan block of seven would lie on a circle around 0."""
    block = [[int(j == i + 1) for j in range(7)] for i in range(7)]
    block[6][0], block[0][0] = F(0), F(0)
    assert list(dots(eigenvalues_svg(of_matrices({"a": block})))) == ["0: letter a"]


def test_the_legend_has_what_is_drawn_and_nothing_else():
    svg = eigenvalues_svg(compiled("mod:3"))
    legend = [part.title for part in parts(svg) if part.kind == "legend"]
    assert sorted(legend) == [STEP, "letter 0", "letter 1"]
    rings = [part.title for part in parts(svg) if part.kind == "step"]
    assert rings == ["a step has -1"]
    svg = eigenvalues_svg(compiled("parity"))  # one step a letter: no rings
    assert STEP not in svg
    svg = eigenvalues_svg(negeig.compile("(ab)*").network)
    legend = [part.title for part in parts(svg) if part.kind == "legend"]
    assert legend == ["every letter", STEP]


def test_disks_stand_in_rows_and_a_large_layer_says_so():
    layers = compiled("starts-with:a").layers
    wide = LinearRNN(alphabet=layers[0].alphabet, layers=layers[:1] * 5, outputs={"x": 0}, empty=0)
    svg = eigenvalues_svg(wide)
    tops = {rectangle(p.tagged("rect")[0]).top for p in parts(svg) if p.kind == "disk"}
    assert len(tops) == 2
    identity = [[int(i == j) for j in range(201)] for i in range(201)]
    assert "too large" in eigenvalues_svg(of_matrices({"a": identity}))


def test_a_closure_that_is_too_large_is_counted():
    network = compiled("sym:3")
    assert count(closure_svg(network, 6))["node"] == 6
    drawn = closure_svg(network, 5)
    assert "summary" in count(drawn)
    assert ">6<" in drawn
    endless = closure_svg(compiled("starts-with:a"), 60)
    assert ">at least 2,000<" in endless


def test_any_name_can_be_drawn():
    """As a letter, alone and among all others, and as an output: in XML, on the paper, and cut."""
    machine = Machine(
        alphabet=NASTY, transitions=[[1] * len(NASTY), [0] * len(NASTY)], initial=0, outputs=[0, 1]
    )
    network = negeig.compile(machine=machine).network
    layer = network.layers[0]
    pictures = [network_svg(network), eigenvalues_svg(network), closure_svg(network, 9)]
    for name in [*NASTY, "\ud800"]:
        alone = replace(
            layer, alphabet=(name,), steps={name: layer.steps[NASTY[0]]},
            emit=tuple((name,) for _ in layer.codes),
        )  # fmt: skip
        one = LinearRNN(alphabet=(name,), layers=(alone,), outputs={name: {"b": name}}, empty=name)
        pictures += [network_svg(one), eigenvalues_svg(one), closure_svg(one, 9)]
        assert faults(pictures[-3]) == []
    for svg in pictures:
        ET.fromstring(svg)
        svg.encode()
        assert "x" * 100 not in svg
        assert {c for c in svg if not c.isprintable()} == {"\n"}


def test_a_summary_fits_its_numbers():
    svg = summary_svg("Title", [("name", "1"), ("a longer name", "12,345,678")], ["note " * 20])
    width = float(ET.fromstring(svg).attrib["width"])
    assert faults(svg) == []
    assert width > 100 * 11 * 0.6
    assert math.isfinite(width)
