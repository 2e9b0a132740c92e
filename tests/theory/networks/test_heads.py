"""Heads of a layer and lines of its letters, against the layer itself on random states."""

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from negeig.theory.exact.linear_algebra import dot, matvec
from negeig.theory.networks.heads import head_matrix, heads, lines
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer

SEED = 12


def layer_of(steps, dim):
    zero = (Fraction(0),) * dim
    return Layer(
        alphabet=tuple(steps),
        initial=zero,
        steps={letter: tuple(own) for letter, own in steps.items()},
        codes=(zero,),
        emit=(("0",) * len(steps),),
    )


def random_layer(rng, dim):
    """Keys inside blocks of a random partition, some of them parallel or idle."""
    blocks = [rng.randrange(3) for _ in range(dim)]
    steps = {}
    for letter in "ab":
        own = []
        for _ in range(rng.randrange(5)):
            block = rng.choice(blocks)
            scale = Fraction(rng.choice((-2, 1, 3)), 2)
            key = [scale * rng.choice((0, 1, 1, -1)) if b == block else 0 for b in blocks]
            beta = Fraction(rng.choice((0, 1, 2, 3)), 4)
            own.append(DeltaStep(beta, tuple(map(Fraction, key)), Fraction(rng.randrange(-2, 3))))
        steps[letter] = own
    return layer_of(steps, dim)


def applied(found, state):
    """Carry out lines in turn: the component along the direction is scaled and shifted."""
    for line in found:
        square = dot(line.direction, line.direction)
        t = dot(line.direction, state) / square
        moved = line.factor * t + line.shift - t
        state = tuple(x + moved * d for x, d in zip(state, line.direction, strict=True))
    return state


@pytest.mark.parametrize("seed", range(60))
def test_lines_of_all_heads_do_what_the_letter_does(seed):
    rng = random.Random(f"{SEED} {seed}")
    layer = random_layer(rng, rng.randrange(1, 6))
    parts = heads(layer)
    assert sorted(j for head in parts for j in head) == list(range(layer.dim))
    for letter in layer.alphabet:
        state = tuple(Fraction(rng.randrange(-9, 10), 2) for _ in range(layer.dim))
        after = layer.apply(letter, state)
        shift = layer.apply(letter, (Fraction(0),) * layer.dim)
        for head in parts:
            own = tuple(state[j] for j in head)
            found = lines(layer, letter, head)
            assert applied(found, own) == tuple(after[j] for j in head)
            linear = matvec(head_matrix(layer, letter, head), own)
            assert linear == tuple(after[j] - shift[j] for j in head)
            # Two lines next to each other are never one.
            assert all(a.direction != b.direction for a, b in pairwise(found))


ONE, TWO = Fraction(1), Fraction(2)


def test_mirrors_along_one_line_cancel_or_shift():
    mirror, other = DeltaStep(TWO, (ONE,), ONE), DeltaStep(TWO, (ONE,), TWO)
    assert lines(layer_of({"a": [mirror, mirror]}, 1), "a", (0,)) == []
    (line,) = lines(layer_of({"a": [mirror, other]}, 1), "a", (0,))
    assert (line.factor, line.shift, line.is_step) == (1, 2, False)  # a shift is no delta step


def test_a_step_between_that_is_not_orthogonal_keeps_two_steps_apart():
    along, across, aslant = (ONE, ONE - 1), (ONE - 1, ONE), (ONE, ONE)
    half = ONE / 2
    first, last = DeltaStep(half, along, ONE), DeltaStep(half, along, ONE)
    for between, count in ((across, 2), (aslant, 3)):
        layer = layer_of({"a": [first, DeltaStep(half, between, ONE), last]}, 2)
        assert sum(len(lines(layer, "a", head)) for head in heads(layer)) == count


def test_dense_steps_have_heads_and_no_lines():
    matrix = ((ONE, ONE - 1, ONE), (ONE - 1, TWO, ONE - 1), (ONE - 1, ONE - 1, ONE))
    layer = layer_of({"a": [DenseStep(matrix, (ONE,) * 3)]}, 3)
    assert heads(layer) == ((0, 2), (1,))
    assert lines(layer, "a", (1,)) is None
