"""Layers that escape the limit on one contractive layer: certified by closure, or refuted."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.precision.closure.escapes import certified_escapes, certify
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import parse
from negeig.theory.bounds.counterexamples import decaying_sign, decaying_state, escapes
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.exact.linear_algebra import is_positive_semidefinite
from negeig.theory.networks.network import DenseStep
from support.limit_rows import SMALL, rows_of

FIRST = get("starts-with:a").minimal()
TABLES = {m.transitions.tobytes(): m for m in SMALL if m.size == 3}


def with_steps(escape, change):
    """The escape with every matrix replaced."""
    (layer,) = escape.network.layers
    steps = {
        letter: tuple(DenseStep(change(letter, step.matrix), step.bias) for step in steps)
        for letter, steps in layer.steps.items()
    }
    network = replace(escape.network, layers=(replace(layer, steps=steps),))
    return replace(escape, network=network)


@pytest.mark.parametrize(
    ("arithmetic", "sign", "state"),
    [("bf16", 363, 321), ("fp16", 65, 59), ("e4m3fn", 25, 23), ("fp32", 405, 359)],
)
def test_both_layers_do_the_first_letter_for_all_lengths(arithmetic, sign, state):
    for escape, states in zip(escapes(FIRST), (sign, state), strict=True):
        found = certify(escape, FIRST, arithmetic)
        assert found.holds
        assert (found.result.verdict, found.result.states) == ("proved", states)


def test_reading_the_sign_takes_the_sign_bit():
    """A decoder that compares distances, or the state with 0, errs once the state is -0."""
    escape = decaying_sign(FIRST)
    result = closure(escape.network, FIRST, "bf16", round_parameters=True)
    assert (result.verdict, result.decoder_exists) == ("wrong", True)
    assert not certify(replace(escape, decoder="nearest"), FIRST).holds


@pytest.mark.exhaustive
def test_every_three_state_task_that_the_limit_excludes_escapes():
    """All transition tables over two letters, in eight bits; some of them in bf16 and fp32."""
    excluded = 0
    for table in TABLES.values():
        if rows_of(table)["one-contractive-layer"].verdict != "impossible":
            continue
        arithmetic = ("bf16", "fp32") if excluded % 10 == 0 else ("e4m3fn",)
        found = certified_escapes(table, arithmetic)
        assert [one.arithmetic for one in found] == [parse(a).name for a in arithmetic]
        assert all(one.holds and one.escape.norm_squared < 1 for one in found)
        excluded += 1
    assert excluded > 50


def norm_is_at_most(matrix, squared):
    """Whether the squared Euclidean norm is at most a number: squared I - A^T A >= 0, exactly."""
    n = range(len(matrix))
    rest = tuple(
        tuple(squared * (i == j) - sum(matrix[k][i] * matrix[k][j] for k in n) for j in n)
        for i in n
    )
    return is_positive_semidefinite(rest)


@pytest.mark.parametrize("name", ["starts-with:a", "contains:ab", "transformations:3", "mod:3"])
def test_norms_and_exact_states(name):
    """Contractions that in exact arithmetic are right and never repeat a state."""
    machine = get(name).minimal()
    for escape in escapes(machine):
        (layer,) = escape.network.layers
        norms = []
        for letter in layer.alphabet:
            matrix = layer.letter_matrix(letter)
            assert norm_is_at_most(matrix, escape.norm_squared)
            norms.append(norm_is_at_most(matrix, escape.norm_squared - Fraction(1, 10**6)))
        assert not all(norms), "the bound is attained"
        for word in product(machine.alphabet, repeat=5):
            state, seen = layer.initial, [layer.initial]
            for letter, q in zip(word, list(machine.states(word))[1:], strict=True):
                state = layer.apply(letter, state)
                assert state not in seen
                seen.append(state)
                assert layer.emit[read(escape, layer, state)][0] == str(machine.outputs[q])
        assert exact_closure(escape.network, machine).verdict != "proved"


def read(escape, layer, state):
    if escape.decoder == "sign":
        return 0 if state[0] > 0 else 1
    distances = [sum((c - h) ** 2 for c, h in zip(k, state, strict=True)) for k in layer.codes]
    return distances.index(min(distances))


def test_what_does_not_apply():
    merging = Machine(  # both letters send all four states to one
        alphabet="ab", transitions=[[1, 2]] * 4, initial=0, outputs=[0, 1, 2, 3]
    )
    assert decaying_state(merging) is None
    assert decaying_sign(get("contains:ab").minimal()) is None
    assert decaying_sign(get("mod:2").minimal()) is None
    three = Machine(  # three answers need more than a sign
        alphabet="abc",
        transitions=[[1, 2, 3], [1] * 3, [2] * 3, [3] * 3],
        initial=0,
        outputs=[0, 1, 2, 3],
    )
    assert [escape.name for escape in escapes(three)] == ["decaying-state"]
    several = get("starts-with:a")
    assert several.minimal().size == 3
    wide = Machine(
        alphabet="abc", transitions=[[1, 2, 1], [1] * 3, [2] * 3], initial=0, outputs=[0, 1, 0]
    )
    assert certify(decaying_sign(wide), wide).holds
    assert escapes(Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[1])) == ()


def test_an_arithmetic_that_reaches_zero_refutes():
    """e5m2 rounds 9/16 to 1/2, and half the least number to 0; a fixed grid does not."""
    state = decaying_state(FIRST)
    found = certify(state, FIRST, "e5m2")
    assert found.result.verdict == "collision"
    one, two = found.result.words
    assert FIRST.output(one) != FIRST.output(two)
    assert one[-1] == two[-1]
    assert certify(state, FIRST, "grid:2^-6").holds
    half = with_steps(state, lambda _, m: tuple(tuple(x * Fraction(8, 9) for x in r) for r in m))
    assert certify(half, FIRST).result.verdict == "collision"


def test_a_changed_layer_is_refuted():
    other = {"a": "b", "b": "a"}
    for escape in escapes(FIRST):
        (layer,) = escape.network.layers
        swapped = with_steps(escape, lambda a, _, layer=layer: layer.letter_matrix(other[a]))
        assert certify(swapped, FIRST).result.verdict in ("wrong", "collision")
        mirrored = with_steps(
            escape, lambda a, m: tuple(tuple(-x for x in r) for r in m) if a == "a" else m
        )
        assert not certify(mirrored, FIRST).holds


def test_a_large_task_is_not_explored():
    assert certified_escapes(get("modarith:5").minimal()) == ()


def test_json():
    (found,) = certified_escapes(FIRST)
    assert found.to_json() == {
        "name": "decaying-sign",
        "idea": found.escape.idea,
        "dim": 2,
        "norm_squared": "13/25",
        "decoder": "sign",
        "arithmetic": "bf16:all-ops",
        "verdict": "proved",
        "states": 363,
    }
