"""Words read in one compiled loop: the same mismatch, or none, and the same states as in pieces."""

from dataclasses import replace
from fractions import Fraction as F

import pytest

from negeig.kernels.backend import load
from negeig.kernels.streams import comparing
from negeig.kernels.streams.comparing import Comparison, Reading
from negeig.kernels.streams.kinds import Part, letters_of
from negeig.kernels.streams.together import COLUMNS, together
from negeig.theory.networks.network import DeltaStep
from support.kernel_networks import parity, symmetric, two_layers
from support.long_runs import shrinking as dense


def shrinking(lost):
    """The same by delta steps, which lanes take: wrong after some 149 / bits letters 1."""
    network, machine = dense(lost)
    flip = DeltaStep(1 + F(1, 2**lost), (F(1),), F(0))
    steps = {"1": (flip,), "r": (DeltaStep(F(1), (F(1),), F(1)),)}
    return replace(network, layers=(replace(network.layers[0], steps=steps),)), machine


def read(network, machine, part, threads):
    found = Comparison(network, machine, load("cpu", network, machine.alphabet))
    letters = letters_of(part, machine, 5)
    start = found.standing(part.rows)
    reading = Reading(found, part, letters, range(part.rows), start, threads, fresh=True)
    positions = list(reading.read(part.length))
    return reading, positions


def bits(states):
    return [state.tobytes() for state in states]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("length", [COLUMNS - 1, COLUMNS, 3 * COLUMNS + 7, 40 * COLUMNS])
@pytest.mark.parametrize(
    "make", [parity, lambda: symmetric(4), lambda: shrinking(9), lambda: shrinking(30)]
)
def test_it_finds_what_pieces_find(monkeypatch, make, length, threads):
    network, machine = make()
    part = Part("uniform", 50, length)
    fast, positions = read(network, machine, part, threads)
    monkeypatch.setattr(comparing, "together", lambda *_: None)
    slow, same_positions = read(network, machine, part, threads)
    assert positions == same_positions
    if slow.mismatch is None:
        assert fast.mismatch is None
        assert fast.standing().position == slow.standing().position == length
        assert fast.standing().machine.tolist() == slow.standing().machine.tolist()
        assert bits(fast.standing().states) == bits(slow.standing().states)
        return
    one, other = fast.mismatch, slow.mismatch
    assert (one.row, one.position, one.letter, one.expected, one.found, one.again) == (
        other.row, other.position, other.letter, other.expected, other.found, other.again,
    )  # fmt: skip
    for a, b in ((one.before, other.before), (one.after, other.after)):
        assert (a.position, a.machine.tolist()) == (b.position, b.machine.tolist())
        assert bits(a.states) == bits(b.states)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_shrinks_is_wrong_here_too(threads):
    """Twin of the above: some of the cases are wrong, in the first block or behind it."""
    reading, _ = read(*shrinking(9), Part("uniform", 50, 40 * COLUMNS), threads)
    assert COLUMNS < reading.mismatch.position < 40 * COLUMNS
    reading, _ = read(*shrinking(30), Part("uniform", 50, 40 * COLUMNS), threads)
    assert reading.mismatch.position < COLUMNS


def test_what_is_wrong_once_and_right_again_is_no_pass(monkeypatch):
    network, machine = parity()
    monkeypatch.setattr(comparing, "together", lambda *_: lambda *_: False)
    with pytest.raises(AssertionError, match="wrong once"):
        read(network, machine, Part("uniform", 50, COLUMNS), 1)


@pytest.mark.parametrize(
    ("kind", "make", "backend", "taken"),
    [
        ("uniform", parity, "cpu", True),
        ("runs", parity, "cpu", False),
        ("uniform", two_layers, "cpu", False),
        ("uniform", parity, "reference", False),
    ],
)
def test_it_is_for_uniform_words_of_one_layer_on_cpu(kind, make, backend, taken):
    network, machine = make()
    stream = load(backend, network, machine.alphabet).stream(64)
    found = Comparison(network, machine, load("cpu", network, machine.alphabet))
    letters = letters_of(Part(kind, 64, 1000), machine, 0)
    assert (together(stream, letters, 0, 64, found.table) is not None) == taken
