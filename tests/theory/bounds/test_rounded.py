"""Diagonal layers where every operation rounds: at rest under every word, by closure on formats."""

import random
from fractions import Fraction
from itertools import product

import ml_dtypes
import numpy as np
import pytest

from negeig.automata import zoo
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.formats import FORMATS
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.rounded import BEYOND_FINITE, rest_bound, rounds_to_rest
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN

TYPES = {
    "bf16": ml_dtypes.bfloat16,
    "fp16": np.float16,
    "e4m3fn": ml_dtypes.float8_e4m3fn,
    "e5m2": ml_dtypes.float8_e5m2,
}
ROUNDED = ("rounded-nonnegative-diagonal", "rounded-real-diagonal")
SEED = 2606


def chain(name):
    """All values of a format but NaN in their order, -0 below +0."""
    kind = TYPES[name]
    bits = np.arange(2 ** (8 * np.dtype(kind).itemsize))
    values = bits.astype(f"u{np.dtype(kind).itemsize}").view(kind)
    values = values[~np.isnan(values.astype(np.float32))]
    key = values.astype(np.float64)
    return values[np.lexsort((~np.signbit(key), key))]


def places(ordered, values):
    """Where values stand in the chain; -1 for NaN."""
    wide = 8 * ordered.dtype.itemsize
    number = np.full(2**wide, -1)
    number[ordered.view(f"u{ordered.dtype.itemsize}")] = np.arange(len(ordered))
    return number[values.astype(ordered.dtype).view(f"u{ordered.dtype.itemsize}")]


@pytest.mark.parametrize("name", TYPES)
def test_how_many_values_a_coordinate_has(name):
    infinities = sum(np.isinf(chain(name).astype(np.float64)))
    assert len(chain(name)) == FORMATS[name].finite_values + 1 + infinities
    assert len(chain(name)) <= FORMATS[name].finite_values + BEYOND_FINITE


@pytest.mark.parametrize("name", ["e4m3fn", "e5m2"])
def test_every_map_of_one_number_is_monotone(name):
    """Every entry, every write, every state of an eight-bit format: the lemma, exhausted."""
    ordered = chain(name)
    finite = ordered[np.isfinite(ordered.astype(np.float32))]
    falls = 0
    with np.errstate(all="ignore"):
        for a in finite:
            products = (a * finite).astype(ordered.dtype)
            after = places(ordered, (products[None, :] + finite[:, None]).astype(ordered.dtype))
            for row in after:
                row = row[row >= 0]
                steps = np.diff(row)
                falls += int((steps < 0).any())
                assert (steps <= 0).all() if np.signbit(a) else (steps >= 0).all()
    assert falls > 1000  # the order is one that maps can turn round


@pytest.mark.parametrize("name", TYPES)
def test_a_gate_of_minus_zero_is_no_entry_at_least_zero(name):
    """It compares equal to 0, and alternates between the two zeros: hence +0 in the lemma."""
    plus, minus = np.array([0.0, -0.0]).astype(TYPES[name])
    signs, h = [], plus
    for _ in range(4):
        h = TYPES[name](TYPES[name](minus * h) + minus)
        signs.append(bool(np.signbit(np.float32(h))))
    assert signs == [True, False, True, False]
    assert not np.signbit(np.float32(TYPES[name](plus * h) + plus))


class Stack:
    """Layers of numbers moved one by one, every operation rounded; a cell of each is handed on."""

    def __init__(self, rng, name, layers, dim, least, letters=2):
        self.kind, self.layers, self.dim = TYPES[name], layers, dim
        self.letters = letters
        cells = 2**dim
        self.a, self.w = [], []
        for i in range(layers):
            reads = letters * cells**i
            size = (reads, dim)
            gates = rng.choice([least, 0, 0.25, 0.5, 1], size=size)
            odd = rng.random(size) < 0.3  # numbers that no rounding spares
            self.a.append((gates * np.where(odd, rng.uniform(0.6, 1, size), 1)).astype(self.kind))
            self.w.append(rng.choice([-1.5, -0.25, 0, 0, 0.25, 1], size=size).astype(self.kind))
        self.cuts = rng.choice([-0.5, 0.0, 0.3, 1.0], size=(layers, dim))

    def step(self, state, letter):
        after, read = [], letter
        for i in range(self.layers):
            h = np.frombuffer(state[i], self.kind)
            h = ((self.a[i][read] * h).astype(self.kind) + self.w[i][read]).astype(self.kind)
            after.append(h.tobytes())
            cell = sum(1 << j for j in range(self.dim) if float(h[j]) > self.cuts[i][j])
            read = read * 2**self.dim + cell
        return tuple(after)

    def closed(self, most=2_000):
        """The table of all states reached, None beyond so many."""
        start = tuple(np.zeros(self.dim, self.kind).tobytes() for _ in range(self.layers))
        number, states, table = {start: 0}, [start], []
        for state in states:
            row = []
            for letter in range(self.letters):
                after = self.step(state, letter)
                if after not in number:
                    if len(states) >= most:
                        return None
                    number[after] = len(states)
                    states.append(after)
                row.append(number[after])
            table.append(row)
        return np.array(table)


def word_periods(table, longest=4):
    """The period of every word up to a length, as a map of the closed states."""
    for length in range(1, longest + 1):
        for word in product(range(table.shape[1]), repeat=length):
            image = np.arange(len(table))
            for letter in word:
                image = table[image, letter]
            yield word, map_period(image)


def map_period(image):
    power = image
    for _ in range(len(image).bit_length()):  # after doubling so often everything is on a cycle
        power = power[power]
    seen, found = power, 1
    current = image[power]
    while not np.array_equal(current, seen):
        current, found = image[current], found + 1
    return found


def dim_of(name):
    """Two numbers a layer in eight bits; in sixteen one, so that closures stay small."""
    return 2 if np.dtype(TYPES[name]).itemsize == 1 else 1


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("layers", [1, 2])
def test_random_nonnegative_stacks_are_aperiodic(name, layers):
    rng, closed = np.random.default_rng([SEED, layers]), 0
    for _ in range(40):
        table = Stack(rng, name, layers, dim_of(name), 0.9).closed()
        if table is None or len(table) < 3:
            continue
        closed += 1
        assert all(found == 1 for _, found in word_periods(table)), name
    assert closed >= 4


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("layers", [1, 2])
def test_random_signed_stacks_have_periods_that_divide_2_to_the_layers(name, layers):
    rng, periods = np.random.default_rng([SEED, 7, layers]), set()
    for _ in range(25):
        table = Stack(rng, name, layers, dim_of(name), -1).closed()
        if table is not None:
            periods |= {found for _, found in word_periods(table)}
    assert periods <= {2**i for i in range(layers + 1)}
    assert 2 in periods  # signs do what nonnegative entries cannot


def test_two_signed_layers_have_a_word_of_period_4():
    """The carry of the sign below: 2^L is attained, and one layer is not enough for it."""
    stack = Stack(np.random.default_rng(0), "bf16", 2, 1, -1, letters=1)
    one = np.ones(1, stack.kind)
    stack.a = [-np.ones((1, 1), stack.kind), np.array([[1], [-1]], stack.kind)]
    stack.w = [np.zeros((1, 1), stack.kind), np.zeros((2, 1), stack.kind)]
    stack.cuts = np.zeros((2, 1))
    state, seen = (one.tobytes(), one.tobytes()), []
    while state not in seen:
        seen.append(state)
        state = stack.step(state, 0)
    assert len(seen) == 4
    assert state == seen[0]


def run_by_rows(kind, matrix, bias, h):
    """A matrix times a state and a write, left to right, every operation rounded."""
    after = []
    for row, b in zip(matrix, bias, strict=True):
        total = (row[0] * h[0]).astype(kind)
        for a, x in zip(row[1:], h[1:], strict=True):
            total = (total + (a * x).astype(kind)).astype(kind)
        after.append((total + b).astype(kind))
    return np.array(after)


def triangular_table(kind, letters, start, most=2_000):
    number, states, table = {start.tobytes(): 0}, [start], []
    for state in states:
        row = []
        for matrix, bias in letters:
            after = run_by_rows(kind, matrix, bias, state)
            if after.tobytes() not in number:
                if len(states) >= most:
                    return None
                number[after.tobytes()] = len(states)
                states.append(after)
            row.append(number[after.tobytes()])
        table.append(row)
    return np.array(table)


@pytest.mark.parametrize("name", ["bf16", "e4m3fn"])
def test_triangular_letters_in_one_order_are_aperiodic(name):
    rng, kind, closed = np.random.default_rng(SEED), TYPES[name], 0
    for _ in range(40):
        letters = []
        for _ in range(2):
            matrix = np.tril(rng.uniform(-1.5, 1.5, (2, 2)), -1) + np.diag(rng.uniform(0, 0.9, 2))
            letters.append((matrix.astype(kind), rng.uniform(-1, 1, 2).astype(kind)))
        table = triangular_table(kind, letters, np.ones(2, kind))
        if table is not None:
            closed += 1
            assert all(found == 1 for _, found in word_periods(table))
    assert closed >= 10


def test_triangular_letters_in_two_orders_count_to_six():
    """Twin: one lower and one upper triangular letter, all entries on the diagonals 1."""
    kind = TYPES["bf16"]
    lower = np.array([[1, 0], [1, 1]]).astype(kind), np.zeros(2, kind)
    upper = np.array([[1, -1], [0, 1]]).astype(kind), np.zeros(2, kind)
    h = np.array([1, 0]).astype(kind)
    seen = []
    while h.tobytes() not in seen:
        seen.append(h.tobytes())
        h = run_by_rows(kind, *upper, run_by_rows(kind, *lower, h))
    assert len(seen) == 6


def test_a_dense_matrix_with_positive_eigenvalues_counts():
    """Twin: not diagonal. Eigenvalues about 0.111 and 0.272, and parity for every length."""
    numbers = ("-0.19921875", "0.91796875"), ("-0.1591796875", "0.58203125")
    matrix = tuple(tuple(map(Fraction, row)) for row in numbers)
    bias = Fraction("0.9453125"), Fraction("0.007171630859375")
    first, second = Fraction("0.62109375"), Fraction("0.6171875")
    below = Fraction("-0.2197265625")
    layer = Layer(
        alphabet=("0", "1"),
        initial=(first, below),
        steps={"0": (), "1": (DenseStep(matrix, bias),)},
        codes=((first, below), (second, below)),
        emit=(("even", "even"), ("odd", "odd")),
    )
    network = LinearRNN(
        alphabet=("0", "1"), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1
    )
    result = closure(network, zoo.get("parity").minimal(), "bf16")
    assert (result.verdict, result.states) == ("proved", 2)


def test_integers_that_wrap_around_count():
    """Twin: not monotone. Adding 1 modulo 256 has period 256."""
    assert map_period((np.arange(256, dtype=np.uint8) + np.uint8(1)).astype(int)) == 256


def test_a_map_that_is_not_monotone_is_noticed():
    assert map_period(np.array([1, 2, 0, 0])) == 3
    assert map_period(np.array([0, 0, 1, 3])) == 1


PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])


def test_parity_fails_by_a_length_that_does_not_depend_on_the_dimension():
    for dimension in (1, 64):
        rows = {r.class_: r for r in limits(PARITY, transition_monoid(PARITY), dimension=dimension)}
        row = rows[ROUNDED[0]]
        assert (row.verdict, row.theorem, row.model) == ("impossible", "rounded", "hardware")
        assert row.bound == rounds_to_rest(1, 65_279 + BEYOND_FINITE)
        assert row.bound_detail.letters == row.bound + 1
        assert rows[ROUNDED[1]].verdict == "open"


@pytest.mark.parametrize("name", ["e4m3fn", "e5m2", "fp16"])
def test_layers_are_at_rest_by_the_bound(name):
    """Random nonnegative layers under one letter: parity's outputs collide where the bound says."""
    rng, kind = random.Random(SEED), TYPES[name]
    rest = rounds_to_rest(1, FORMATS[name].finite_values + BEYOND_FINITE)
    at = rest_bound([1, 0], 2, rest=rest)
    latest = 0
    for _ in range(60):
        a, w = kind(rng.uniform(0.9, 1)), kind(rng.choice([1e-2, 3e-2, 0.1, -0.02]))
        h, changes = kind(rng.uniform(-100, 100)), 0
        for k in range(min(at, 5_000)):
            after = kind(kind(a * h) + w)
            if after.tobytes() != h.tobytes():
                changes, latest = changes + 1, max(latest, k)
            h = after
        assert changes <= rest
        assert kind(kind(a * h) + w).tobytes() == h.tobytes()
    assert latest > 3


@pytest.mark.parametrize("name", ["mod:3", "sym:3", "modarith:3", "contains:ab", "tomita:3"])
def test_rows_agree_with_the_monoid(name):
    machine = zoo.get(name).minimal()
    monoid = transition_monoid(machine)
    rows = {row.class_: row for row in limits(machine, monoid)}
    allowed = [lambda p: p == 1, lambda p: p & (p - 1) == 0]
    for class_, is_allowed in zip(ROUNDED, allowed, strict=True):
        every = all(is_allowed(int(p)) for p in monoid.periods)
        assert rows[class_].verdict == ("open" if every else "impossible")
        if not every:
            assert not is_allowed(rows[class_].witness.period)


def test_the_bound_is_the_first_exponent_at_rest_that_is_forced():
    assert rest_bound([1, 0, 0, 0], 4, rest=10) == 11  # outputs change from 11 to 12
    assert rest_bound([0, 1, 0], 2, rest=0, first=5) == 5
    with pytest.raises(ValueError, match="repeat after 2 steps"):
        rest_bound([1, 0], 2, rest=3, gap=2)
