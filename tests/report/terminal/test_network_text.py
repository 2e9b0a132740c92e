"""Networks in words: every sentence about a step says what the step does."""

import itertools
import re
from dataclasses import replace
from fractions import Fraction as F

import pytest

from negeig.automata import zoo
from negeig.report.terminal.network_text import network_text, step_text
from negeig.theory.exact.numbers import NumberField
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.candidates import candidates
from support.field_networks import rotation
from support.kernel_networks import RIGHT, delta, parity, random_pair, symmetric, vector, with_layer

TASKS = ("parity", "sym:4", "dyck1:3", "quaternion", "starts-with:ab", "transformations:3")
NETWORKS = [
    rotation(),
    *(make()[0] for make in RIGHT.values()),
    *(candidates(zoo.get(name).minimal())[0].network for name in TASKS),
]
NAMES = ("x", "y", "z")
POINTS = [vector(2, 3, -5), vector(F(1, 3), 7, 11), vector(0, 1, 0)]


def linear(text):
    """The coefficients of x, y, z and the constant in a sum such as ``-2 x + 1/2``."""
    found = dict.fromkeys((*NAMES, ""), F(0))
    for sign, number, name in re.findall(r"([-+]?) ?(\d+(?:/\d+)?)? ?([xyz]?)", text):
        if number or name:
            found[name] += F(number or 1) * (-1 if sign == "-" else 1)
    return [found[name] for name in (*NAMES, "")]


def moved(direction, factor, point, plane):
    """Scale the distance to the plane where direction.h = plane, along the direction."""
    key = linear(direction)[:3]
    excess = sum((k * h for k, h in zip(key, point, strict=True)), F(0)) - plane
    amount = (factor - 1) * excess / sum(k * k for k in key)
    return tuple(h + k * amount for h, k in zip(point, key, strict=True))


def done(sentence, point):
    """Do to a point what a sentence says."""
    at = dict(zip(NAMES, point, strict=True))
    if sentence == "nothing":
        pass
    elif match := re.fullmatch("negate (.)", sentence):
        at[match[1]] = -at[match[1]]
    elif match := re.fullmatch("mirror (.) about (.*)", sentence):
        at[match[1]] = 2 * F(match[2]) - at[match[1]]
    elif match := re.fullmatch("(.) <- (.*)", sentence):
        *factors, constant = linear(match[2])
        values = zip(factors, point, strict=True)
        at[match[1]] = sum((a * h for a, h in values), constant)
    elif match := re.fullmatch("swap (.) and (.)(, and negate both)?", sentence):
        one, two, negated = match.groups()
        at[one], at[two] = at[two], at[one]
        if negated:
            at[one], at[two] = -at[one], -at[two]
    elif match := re.fullmatch("set (.*) to (.*)", sentence):
        return moved(match[1], 0, point, F(match[2]))
    else:
        pattern = r"(?:reflect|scale) along ([^,]*?)(?: by ([^,]*))?"
        match = re.fullmatch(pattern + "(?:, about the plane where it is (.*))?", sentence)
        factor = -1 if sentence.startswith("reflect") else F(match[2])
        return moved(match[1], factor, point, F(match[3] or 0))
    return tuple(at[name] for name in NAMES)


KEYS = list(itertools.product((0, 1, -1, F(1, 2)), repeat=2))
BETAS = (0, 1, 2, F(1, 2), 4, F(-1, 3))


@pytest.mark.parametrize("write", [0, 1, F(-5, 2)])
def test_every_sentence_does_what_its_step_does(write):
    for beta, (one, two), third in itertools.product(BETAS, KEYS, (0, 2)):
        step = delta(beta, (one, two, third), write)
        text = step_text(step, NAMES)
        sentence, value = re.fullmatch(r"(.*) \(eigenvalue (.*)\)", text).groups()
        assert F(value) == step.eigenvalue
        for point in POINTS:
            assert done(sentence, point) == step.apply(point), text


SENTENCES = {
    "nothing (eigenvalue 1)": delta(0, (1, 2, 3), 4),
    "negate y (eigenvalue -1)": delta(2, (0, 1, 0)),
    "mirror y about 3 (eigenvalue -1)": delta(2, (0, 1, 0), 3),
    "z <- 5 (eigenvalue 0)": delta(1, (0, 0, 1), 5),
    "z <- 1/2 z - 1 (eigenvalue 1/2)": delta(F(1, 2), (0, 0, -1), 2),
    "swap x and z (eigenvalue -1)": delta(1, (1, 0, -1)),
    "swap x and y, and negate both (eigenvalue -1)": delta(4, (F(1, 2), F(1, 2), 0)),
    "set x + y + z to 1 (eigenvalue 0)": delta(F(1, 3), (1, 1, 1), 1),
    "reflect along x - 2 y + 1/2 z (eigenvalue -1)": delta(F(8, 21), (1, -2, F(1, 2))),
    "reflect along x - z, about the plane where it is 2 (eigenvalue -1)": delta(1, (1, 0, -1), 2),
    "scale along x + z by 1/2 (eigenvalue 1/2)": delta(F(1, 4), (1, 0, 1)),
}


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences(text):
    assert step_text(SENTENCES[text], NAMES) == text


COMPOSITE = ("x + y", "x - y", "z, copy")
IN_SUMS = {
    "negate x + y (eigenvalue -1)": delta(2, (1, 0, 0)),
    "x + y <- 1/2 (x + y) + 1 (eigenvalue 1/2)": delta(F(1, 2), (1, 0, 0), 2),
    "reflect along 1/2 (x + y) - 1/2 (x - y) + (z, copy) (eigenvalue -1)": delta(
        F(4, 3), (F(1, 2), F(-1, 2), 1)
    ),
    "set (x + y) + (x - y) to 0 (eigenvalue 0)": delta(F(1, 2), (1, 1, 0)),
}


@pytest.mark.parametrize("text", IN_SUMS)
def test_names_that_are_sums_stand_in_brackets_inside_sums(text):
    assert step_text(IN_SUMS[text], COMPOSITE) == text


def test_plain_names_with_spaces_need_no_brackets():
    step = delta(F(8, 21), (1, -2, F(1, 2)))
    names = ("point 1", "point 2", "off-by-one")
    assert "along point 1 - 2 point 2 + 1/2 off-by-one" in step_text(step, names)


def test_letters_that_cannot_be_seen_are_quoted():
    network, _ = parity()
    renamed = {"0": " ", "1": ""}
    (layer,) = network.layers
    emit = (("even", "odd"), ("odd", "odd"))
    blank = replace(
        layer,
        alphabet=(" ", ""),
        steps={renamed[a]: steps for a, steps in layer.steps.items()},
        emit=emit,
    )
    text = network_text(replace(network, alphabet=(" ", ""), layers=(blank,)))
    assert '\n  " "        nothing\n' in text
    assert '\n  ""         negate h0' in text
    assert 'output 1 on " "; output 0 on ""' in text


def test_irrational_numbers_are_surds():
    root3 = NumberField((-3, 0, 1), "1.73205080756887729352744634151").element([0, 1])
    step = DeltaStep(F(2), ((1 + root3) / 2, -root3 / 2, F(0)), F(0))
    text = step_text(step, NAMES)
    assert text.startswith("scale along (1 + sqrt(3))/2 x - sqrt(3)/2 y by ")
    whole = DeltaStep(F(2), (1 + root3, F(1), F(0)), F(0))
    assert "along (1 + sqrt(3)) x + y by" in step_text(whole, NAMES)


def test_a_whole_network_with_a_field_two_layers_and_dense_steps():
    lines = network_text(rotation()).splitlines()
    assert lines[0] == "numbers      r is the root 1.73205080…34151 of x^2 - 3"
    for expected in (
        "layer 1      dimension 2, at most 2 steps a token",
        "  start      (1, 0)",
        "  0          nothing",
        "  1          negate größe (eigenvalue -1)",
        "             reflect along sqrt(3)/2 width - 1/2 größe (eigenvalue -1)",
        "             together: eigenvalues (-1 +- i sqrt(3))/2 = exp(+-2 pi i/3)",
        "  decoder    (1, 0)              emit x",
        "             (-1/2, -sqrt(3)/2)  emit z",
        "layer 2      dimension 1, at most 1 step a token",
        "  x          multiply by a 1 x 1 matrix and add a vector",
        '  decoder    h0 = 0    output [1, {"a": null}]',
        "empty word   output 1.5",
    ):
        assert expected in lines


def test_what_a_letter_decides_is_said_letter_by_letter():
    network, _ = parity()
    rows = (("even", "odd"), ("odd", "odd"))
    text = network_text(with_layer(network, 0, emit=rows))
    assert "h0 = 1   output 1 on 0; output 0 on 1" in text
    assert "h0 = -1  output 0\n" in text
    stacked = RIGHT["two layers"]()[0]
    assert 'emit "0 stay" on 0; emit "0 carry" on 1' in network_text(stacked)


@pytest.mark.parametrize("width", [60, 72, 100, 140])
@pytest.mark.parametrize("network", NETWORKS)
def test_every_line_fits(network, width):
    for line in network_text(network, width=width).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()


def test_long_lists_are_abridged_and_counted():
    network, _ = symmetric(4)
    text = network_text(network, max_rows=2)
    assert "and 1 more letters" in text
    assert "and 22 more states" in text
    assert "\n  c   " not in text
    assert network_text(network, max_rows=24).count("output") == 25
    steps = {"0": (), "1": (delta(2, (1,)),) * 7}
    text = network_text(with_layer(parity()[0], 0, steps=steps), max_rows=3)
    assert text.count("negate h0") == 3
    assert "and 4 more steps" in text
    assert "together: eigenvalues -1" in text


def test_networks_from_elsewhere_are_shown_too():
    """Long and unprintable letters and names, huge numbers, many coordinates."""
    dim = 300
    unit = tuple(F(int(j == 0)) for j in range(dim))
    layer = Layer(
        alphabet=("\x07" * 50, "a\nb"),
        initial=unit,
        steps={
            "\x07" * 50: (DeltaStep(F(1), tuple(map(F, range(dim))), F(10**300)),) * 2,
            "a\nb": (),
        },
        codes=(unit, tuple(F(1, 7**400) for _ in range(dim)), (F(0),) * dim),
        emit=(("x" * 500,) * 2, ("x" * 500,) * 2, ("y", "x" * 500)),
        names=tuple(f"name\n{'n' * 30} {j}" for j in range(dim)),
    )
    network = LinearRNN(
        alphabet=layer.alphabet,
        layers=(layer,),
        outputs={"x" * 500: "\u202e" * 90, "y": [None]},
        empty="\x1b[2J",
    )
    text = network_text(network)
    assert text.replace("\n", "").isprintable()
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "eigenvalues not computed: dimension 300" in text
    assert "(299 terms)" in text
    assert "all coordinates 0" in text
    small = replace(layer, initial=(F(1),), codes=((F(1),),), emit=(("y", "y"),), names=())
    steps = {a: (delta(F(10) ** 4000, (1,)),) * 2 for a in layer.alphabet}
    text = network_text(replace(network, layers=(replace(small, steps=steps),)))
    assert "eigenvalues not computed: digits of a matrix entry" in text


@pytest.mark.parametrize("seed", range(10))
def test_any_network_is_shown(seed):
    network, _ = random_pair(seed)
    text = network_text(network)
    assert text.count("decoder") == len(network.layers)
    assert all(len(line) <= 100 for line in text.splitlines())
