"""Two letters in turn on symmetric layers with eigenvalues >= 0: theorem ``two-letters``."""

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.theory.architectures import find
from negeig.theory.architectures.verdicts import verdicts
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.periods import turning_pairs
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.spectra import spectrum
from negeig.theory.spectra.networks import has_real_spectrum, is_positive_symmetric
from negeig.theory.theorems import ids

CLASS = "nonnegative-symmetric"
SEED = 12


def row_of(machine):
    found = limits(machine, transition_monoid(machine))
    return next(row for row in found if row.class_ == CLASS), found


@pytest.mark.parametrize(("name", "word"), [("abab", "ab"), ("modarith:2", "1+")])
def test_a_word_of_two_letters_excludes_deltanet(name, word):
    machine = get(name).minimal()
    row, found = row_of(machine)
    assert (row.verdict, row.theorem) == ("impossible", ids.TWO_LETTERS)
    assert sorted(row.witness.word) == sorted(word)
    assert row.witness.verify(machine)
    rows = {find(r.name).id: r for r in verdicts(found)}
    for id_ in ("deltanet", "gated-deltanet", "comba"):
        assert (rows[id_].verdict, rows[id_].theorem) == ("impossible", ids.TWO_LETTERS)
    # Products of four factors, or a gate for each channel: the theorem does not speak of them.
    for id_ in ("kda", "kda-bounded", "deltaproduct-2", "gated-deltanet-2"):
        assert rows[id_].verdict == "open"


def test_three_letters_in_turn_are_not_excluded():
    """The word abc has period 2, no shorter one has a period above 1: open, not impossible."""
    machine = counting("abc")
    assert turning_pairs(machine) == []
    row, _ = row_of(machine)
    assert row.verdict == "open"
    assert max(transition_monoid(machine).periods) == 2


def counting(word):
    """Return the parity of the words read one after the other without a mistake."""
    n, sink = len(word), 2 * len(word)
    table = [[sink] * n for _ in range(sink + 1)]
    for q in range(sink):
        table[q][q % n] = (q + 1) % sink
    outputs = [*(q // n for q in range(sink)), 2]
    return Machine(alphabet=word, transitions=table, initial=0, outputs=outputs).minimal()


def test_products_of_two_have_a_nonnegative_spectrum_and_of_three_need_not():
    source = random.Random(SEED)
    for size in (2, 3):
        for _ in range(40):
            first, second = (psd(source, size) for _ in range(2))
            assert spectrum(times(first, second)).is_nonnegative
    lines = ((1, 0), (1, 1), (-1, 2))  # each product of neighbours has another sign than the last
    a, b, c = (line(*v) for v in lines)
    assert not spectrum(times(times(a, b), c)).is_nonnegative
    found = (psd(source, 3) for _ in iter(int, 1))
    turning = (spectrum(times(times(next(found), next(found)), next(found))) for _ in range(400))
    assert any(not s.is_real for s in turning)


def psd(source, size):
    """Return G G^T for a random integer matrix of few columns: symmetric, eigenvalues >= 0."""
    columns = source.randrange(1, size + 1)
    g = [[Fraction(source.randrange(-3, 4)) for _ in range(columns)] for _ in range(size)]
    return tuple(
        tuple(sum((x * y for x, y in zip(r, s, strict=True)), Fraction(0)) for s in g) for r in g
    )


def line(x, y):
    """Return the projection onto a line, which is a delta step with beta |k|^2 = 1."""
    square = Fraction(x * x + y * y)
    return tuple(tuple(Fraction(p * q) / square for q in (x, y)) for p in (x, y))


def times(a, b):
    return tuple(
        tuple(
            sum((x * y for x, y in zip(r, s, strict=True)), Fraction(0))
            for s in zip(*b, strict=True)
        )
        for r in a
    )


def test_the_sign_of_three_projections_in_turn_alternates_for_ever():
    """The negative twin: a layer of the class, and a nondecreasing cast that sees the parity."""
    steps = {}
    for letter, (x, y) in zip("abc", ((0, 1), (1, -1), (2, 1)), strict=True):
        key = (Fraction(x), Fraction(y))
        steps[letter] = (DeltaStep(1 / Fraction(x * x + y * y), key, Fraction(0)),)
    layer = Layer(
        alphabet=("a", "b", "c"),
        initial=(Fraction(1), Fraction(0)),
        steps=steps,
        codes=((Fraction(1), Fraction(0)),),
        emit=(("0",) * 3,),
    )
    network = LinearRNN(alphabet=("a", "b", "c"), layers=(layer,), outputs={"0": 0}, empty=0)
    assert is_positive_symmetric(network)
    state, signs = layer.initial, []
    for _ in range(12):
        for letter in "abc":
            state = layer.apply(letter, state)
        signs.append(state[0] > 0)
    assert signs == [bool(k % 2) for k in range(12)]


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_stacks_of_such_layers_come_to_rest_on_two_letters_in_turn(layers):
    """Random layers, a coarse cast, random emissions; with reflections (the twin) many go on."""
    assert restless(layers, 0.3, 1) == 0
    assert restless(layers, 2, 2) > 10


def restless(layers, least, most):
    """Return how many of 60 stacks still change after 600 letters."""
    rng = np.random.default_rng(SEED + layers)
    found = 0
    for _ in range(60):
        stack = [random_layer(rng, least, most) for _ in range(layers)]
        states = [rng.standard_normal(2) for _ in range(layers)]
        history = []
        for t in range(800):
            symbol = t % 2
            seen = ()
            for i, (matrices, writes, table) in enumerate(stack):
                states[i] = matrices[symbol] @ states[i] + writes[symbol]
                cells = np.clip(np.floor(4 * states[i]), -2, 2).astype(int) + 2
                symbol = int(table[cells[0], cells[1], symbol])
                seen += (*cells, symbol)
            history.append(seen)
        found += any(history[t] != history[t - 2] for t in range(600, 800))
    return found


def random_layer(rng, least, most):
    """Return two delta steps with keys 30 degrees apart or more, or one key, and emissions."""
    matrices, writes = [], []
    for _ in range(2):
        angle = rng.integers(0, 6) * np.pi / 6
        key, beta = np.array([np.cos(angle), np.sin(angle)]), rng.uniform(least, most)
        matrices.append(np.eye(2) - beta * np.outer(key, key))
        writes.append(beta * key * rng.standard_normal())
    return matrices, writes, rng.integers(0, 2, size=(5, 5, 2))


def test_pairs_of_all_small_machines():
    """Against powers of the map of each word of two letters."""
    for rows in product(product(range(3), repeat=2), repeat=3):
        machine = Machine(alphabet="ab", transitions=rows, initial=0, outputs=[0, 1, 2])
        image, seen = tuple(rows[rows[q][0]][1] for q in range(3)), []
        power = image
        while power not in seen:
            seen.append(power)
            power = tuple(image[q] for q in power)
        assert bool(turning_pairs(machine)) == (len(seen) - seen.index(power) > 1)


def test_two_steps_a_token_leave_the_class():
    """The product of two projections has eigenvalues >= 0 and is not symmetric."""
    one, zero = Fraction(1), Fraction(0)
    steps = (DeltaStep(one, (one, zero), zero), DeltaStep(one / 2, (one, one), zero))

    def network(*own):
        layer = Layer(
            alphabet=("a",),
            initial=(one, one),
            steps={"a": own},
            codes=((one, one),),
            emit=(("0",),),
        )
        return LinearRNN(alphabet=("a",), layers=(layer,), outputs={"0": 0}, empty=0)

    assert has_real_spectrum(network(*steps), nonnegative=True)
    assert [is_positive_symmetric(network(*own)) for own in (steps, steps[:1], steps[1:])] == [
        False, True, True,
    ]  # fmt: skip
