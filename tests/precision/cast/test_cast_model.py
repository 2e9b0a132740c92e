"""The cast model as a program: Theorems 1 and 2 with numbers, and what escapes them."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import islice, pairwise

import ml_dtypes
import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.pipeline.collide import collide
from negeig.precision.cast.cast import FormatCast, StepCast
from negeig.precision.cast.collisions import Collision, examine, find_collision
from negeig.precision.cast.families import Family
from negeig.precision.cast.freezing import freezing
from negeig.precision.cast.orbits import Affine, Enclosure, cast_orbit
from negeig.precision.numbers.formats import FORMATS
from negeig.theory.bounds.bounds import stack_changes, stack_power_changes, two_step_changes
from negeig.theory.bounds.growth import growth
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.stacks.two_reflections import construct as two_reflections
from negeig.theory.exact.linear_algebra import inverse, multiply
from negeig.theory.exact.numbers import Matrix
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN

E2M1, E3M2, E4M3, BF16 = (FormatCast(FORMATS[f]) for f in ("e2m1fn", "e3m2fn", "e4m3fn", "bf16"))
CASTS = 3 * [E2M1, E3M2, E4M3] + [BF16]
PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])


def counter(m: int, acceptor: bool = True) -> Machine:
    outputs = [int(q == 0) for q in range(m)] if acceptor else list(range(m))
    return Machine(
        alphabet="1", transitions=[[(q + 1) % m] for q in range(m)], initial=0, outputs=outputs
    )


def dense(matrix: Matrix, bias: list[Fraction], start: list[Fraction], letter: str = "1") -> Layer:
    step = DenseStep(tuple(map(tuple, matrix)), tuple(bias))
    return Layer(
        alphabet=(letter,), initial=tuple(start), steps={letter: (step,)}, codes=(), emit=()
    )


def vector(rng: random.Random, n: int, scale: int = 4) -> list[Fraction]:
    return [Fraction(rng.randint(-8 * scale, 8 * scale), 8) for _ in range(n)]


def with_spectrum(rng: random.Random, eigenvalues: list[Fraction]) -> Matrix:
    """A nonsymmetric matrix with these eigenvalues, sometimes with Jordan blocks."""
    n = len(eigenvalues)
    upper = [
        [
            eigenvalues[i] if i == j else Fraction(rng.randint(-2, 2) * (j == i + 1))
            for j in range(n)
        ]
        for i in range(n)
    ]
    basis = [[Fraction(i == j) for j in range(n)] for i in range(n)]
    for _ in range(2 * n):  # unimodular, so that entries stay small
        i, j = rng.randrange(n), rng.randrange(n)
        if i != j:
            c = rng.choice([-1, 1])
            basis[i] = [x + c * y for x, y in zip(basis[i], basis[j], strict=True)]
    change = tuple(map(tuple, basis))
    return multiply(multiply(change, tuple(map(tuple, upper))), inverse(change))


def nonnegative_layer(rng: random.Random) -> Layer:
    n = rng.randint(1, 4)
    pool = [Fraction(k, 8) for k in range(10)] + [Fraction(1, 3), Fraction(1)]
    matrix = with_spectrum(rng, [rng.choice(pool) for _ in range(n)])
    return dense(matrix, vector(rng, n), vector(rng, n))


def real_layer(rng: random.Random) -> Layer:
    n = rng.randint(1, 3)
    pool = [Fraction(k, 8) for k in range(-9, 10)] + [Fraction(-2, 3)]
    matrix = with_spectrum(rng, [rng.choice(pool) for _ in range(n)])
    return dense(matrix, vector(rng, n), vector(rng, n))


def diagonal_layer(rng: random.Random) -> Layer:
    n = rng.randint(1, 4)
    d = [Fraction(rng.randint(0, 18), 16) for _ in range(n)]
    matrix = tuple(tuple(d[i] * (i == j) for j in range(n)) for i in range(n))
    return dense(matrix, vector(rng, n), vector(rng, n))


def householder_layer(rng: random.Random) -> Layer:
    """One or two delta steps with eigenvalue in [0, 1]: DeltaNet, or DeltaProduct with n_h = 2."""
    n, steps = rng.randint(1, 4), []
    for _ in range(rng.randint(1, 2)):
        key = (*(Fraction(rng.randint(-3, 3)) for _ in range(n - 1)), Fraction(1))
        square = sum(k * k for k in key)
        beta = Fraction(rng.randint(0, 8), 8) / square
        steps.append(DeltaStep(beta, key, Fraction(rng.randint(-16, 16), 8)))
    return Layer(
        alphabet=("1",), initial=tuple(vector(rng, n)), steps={"1": tuple(steps)}, codes=(), emit=()
    )


CLASSES = {
    "nonnegative": nonnegative_layer,
    "diagonal": diagonal_layer,
    "householder": householder_layer,
}


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("variant", ["state", "terms"])
def test_parity_collides_within_the_bound(name: str, variant: str) -> None:
    for seed in range(100):
        layer = CLASSES[name](random.Random(seed))
        cast = CASTS[seed % 10]
        collision = find_collision(layer, PARITY, cast, variant=variant)
        where = f"{name}, {variant}, seed {seed}, {cast.name}"
        assert collision is not None, where
        assert collision.bound is not None, where
        assert collision.bound.theorem == "T1", where
        assert collision.exponents[1] <= collision.bound.exponent + 1, where
        assert collision.verify((layer, PARITY)), where


@pytest.mark.parametrize("variant", ["state", "terms"])
@pytest.mark.parametrize("acceptor", [True, False])
def test_mod_3_collides_within_the_bound(variant: str, acceptor: bool) -> None:
    task = counter(3, acceptor)
    negative = 0
    for seed in range(100):
        layer = real_layer(random.Random(seed))
        cast = CASTS[seed % 10]
        collision = find_collision(layer, task, cast, variant=variant)
        where = f"{variant}, seed {seed}, {cast.name}"
        assert collision is not None, where
        assert collision.bound is not None, where
        assert collision.exponents[1] <= collision.bound.exponent + collision.bound.gap, where
        assert collision.outputs[0] != collision.outputs[1], where
        assert collision.verify((layer, task)), where
        negative += collision.bound.theorem == "T2"
    assert negative > 50


def test_changes_never_exceed_the_bound() -> None:
    """Counted far beyond the bound's order of magnitude, in formats with few values."""
    most = 0.0
    for seed in range(60):
        rng = random.Random(seed)
        layer = nonnegative_layer(rng)
        family = Family(layer, (), ("1",), ())
        for variant in ("state", "terms"):
            report = examine(layer, PARITY, E2M1, variant=variant, max_steps=400)
            seen = list(islice(family.casts(E2M1, variant), 400))
            changes = sum(a != b for a, b in pairwise(seen))
            assert changes <= report.bounds[0].changes, f"seed {seed}, {variant}"
            most = max(most, changes / report.bounds[0].changes)
    assert most > 0.1  # the bound says something


def test_a_bound_that_is_reached() -> None:
    """One coordinate that doubles from below the smallest to above the largest value."""
    layer = dense(((Fraction(2),),), [Fraction(0)], [Fraction(1, 8)])
    cast = StepCast(
        [Fraction(2) ** k * Fraction(3, 16) for k in range(6)], [Fraction(k) for k in range(7)]
    )
    collision = find_collision(layer, PARITY, cast)
    assert collision is not None
    assert collision.bound is not None
    assert collision.bound.changes == 6
    assert collision.exponents == (6, 7)


# What escapes.


def scalar_parity() -> LinearRNN:
    one = Fraction(1)
    flip = DeltaStep(2 * one, (one,), 0 * one)
    layer = Layer(
        alphabet=("1",), initial=(one,), steps={"1": (flip,)},
        codes=((one,), (-one,)), emit=(("even",), ("odd",)),
    )  # fmt: skip
    return LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)


@pytest.mark.parametrize("cast", [E2M1, E4M3, BF16], ids=lambda c: c.name)
@pytest.mark.parametrize("variant", ["state", "terms"])
def test_a_negative_eigenvalue_escapes(cast: FormatCast, variant: str) -> None:
    network = scalar_parity()
    report = examine(network, PARITY, cast, variant=variant, max_steps=2000)
    assert report.collision is None
    assert report.bounds == ()
    assert report.searched == 1
    assert report.verdict == "open"
    assert exact_closure(network, PARITY).verdict == "proved"
    codes = {cast.cell(code[0]).bits for code in network.layers[0].codes}
    assert len(codes) == 2


def test_one_eigenvalue_made_negative_escapes() -> None:
    """A layer with spectrum >= 0, and the same with one eigenvalue -1 instead of 1."""
    escaped = 0
    for seed in range(40):
        rng = random.Random(seed)
        n = rng.randint(2, 4)
        rest = [Fraction(rng.randint(0, 7), 8) for _ in range(n - 1)]
        twins = []
        for first in (Fraction(1), Fraction(-1)):
            matrix = with_spectrum(random.Random(seed), [first, *rest])
            start = tuple(vector(random.Random(seed), n, 1))
            twins.append(dense(matrix, [Fraction(0)] * n, list(start)))
        positive, negative = twins
        assert find_collision(positive, PARITY, E4M3), f"seed {seed}"
        family = Family(negative, (), ("1",), ())
        tail = list(islice(family.casts(E4M3), 400))[-2:]
        report = examine(negative, PARITY, E4M3, max_steps=400)
        assert report.bounds == ()
        # With no component along the eigenvalue -1 the state converges and parity is lost.
        assert (report.collision is None) == (tail[0] != tail[1]), f"seed {seed}"
        escaped += report.collision is None
    assert escaped > 30


def test_rotation_escapes_mod_3_but_a_real_spectrum_does_not() -> None:
    """Two reflections a token, in the plane of the triangle, count modulo 3."""
    one, no = Fraction(1), Fraction(0)
    rotation = ((no, -one), (one, -one))
    assert not growth(rotation).real
    layer = dense(rotation, [no, no], [one, no])
    report = examine(layer, counter(3), BF16, max_steps=1000)
    assert report.collision is None
    assert report.bounds == ()


def test_the_decaying_sign_needs_an_edge_at_0() -> None:
    """A state that shrinks for ever: its sign is visible to a cast with an edge at 0 only."""
    half, no = Fraction(1, 2), Fraction(0)
    decay = DenseStep(((half,),), (no,))
    flip = DenseStep(((-half,),), (no,))
    layer = Layer(
        alphabet=("a", "1"), initial=(Fraction(1),), steps={"a": (decay,), "1": (flip,)},
        codes=(), emit=(),
    )  # fmt: skip
    parity = Machine(alphabet=("a", "1"), transitions=[[0, 1], [1, 0]], initial=0, outputs=[1, 0])
    sign = StepCast([no], [Fraction(-1), Fraction(1)])
    assert find_collision(layer, parity, sign, max_steps=500) is None
    signed = FormatCast(FORMATS["bf16"], signed_zero=True)
    assert find_collision(layer, parity, signed, max_steps=500) is None
    report = examine(layer, parity, sign, max_steps=10**6)
    assert report.collision is None
    assert "edge of a cell" in report.stopped[0]
    collision = find_collision(layer, parity, BF16)
    assert collision is not None
    assert collision.bound is None
    assert collision.verify((layer, parity))
    assert collision.states == ("0000",)


def test_a_format_of_one_zero_shows_no_sign_of_a_zero() -> None:
    # What halves and changes its sign ends in zeros of either sign, where the format has two.
    layer = dense(((Fraction(-1, 2),),), [Fraction(0)], [Fraction(1)])
    network = LinearRNN(alphabet=("1",), layers=(layer,), outputs={}, empty=1)
    for name, known in FORMATS.items():
        for zero in ("signed", "one"):
            told_apart = zero == "signed" and known.has_negative_zero
            found = collide(network, PARITY, format=name, zero=zero, max_steps=2_000)
            assert found.zero == ("signed" if told_apart else "one")
            assert (found.report.collision is None) == told_apart


# Certificates.


EXAMPLE = dense(
    ((Fraction(1, 2), Fraction(1, 4)), (Fraction(0), Fraction(3, 4))),
    [Fraction(1), Fraction(-1)],
    [Fraction(3), Fraction(1, 3)],
)


def _example(variant: str = "state") -> Collision:
    collision = find_collision(EXAMPLE, PARITY, BF16, variant=variant)
    assert collision is not None
    return collision


@pytest.mark.parametrize("variant", ["state", "terms"])
def test_tampered_certificates_fail(variant: str) -> None:
    good = _example(variant)
    assert good.verify((EXAMPLE, PARITY))
    low, high = good.exponents
    bits = good.states
    other = f"{int(bits[0], 16) ^ 1:04x}"
    tampered = [
        replace(good, exponents=(low - 1, high)),
        replace(good, exponents=(low, low)),
        replace(good, outputs=(good.outputs[1], good.outputs[0])),
        replace(good, outputs=(1, 1)),
        replace(good, states=(other, *bits[1:])),
        replace(good, states=bits[:1]),
        replace(good, states=("7f80", *bits[1:])),
        replace(good, states=("", *bits[1:])),
        replace(good, prefix=("0",)),
        replace(good, word=("1", "1")),
        replace(good, bound=replace(good.bound, exponent=good.bound.exponent - 1)),
        replace(good, bound=replace(good.bound, theorem="T2")),
    ]
    for i, certificate in enumerate(tampered):
        assert not certificate.verify((EXAMPLE, PARITY)), i
    assert not good.verify((EXAMPLE, counter(7)))
    flip = dense(((Fraction(-1),),), [Fraction(0)], [Fraction(1)])
    assert not good.verify((flip, PARITY))


def test_a_certificate_survives_json() -> None:
    good = _example()
    data = good.to_json()
    again = Collision.from_json(data, BF16)
    assert again.verify((EXAMPLE, PARITY))
    assert again.to_json() == {**data, "bound": None}
    for broken in (
        {**data, "cast": "fp16"},
        {**data, "exponents": [3]},
        {k: v for k, v in data.items() if k != "states"},
    ):
        with pytest.raises(InputError, match="certificate"):
            Collision.from_json(broken, BF16)


def test_words_end_in_the_same_letter_and_may_have_a_context() -> None:
    """Letter b flips, letter a ends the word: the family needs a prefix and a suffix."""
    half, one, no = Fraction(1, 2), Fraction(1), Fraction(0)
    # 0: nothing yet; after c, count b modulo 2 and show it after a final d.
    task = Machine(
        alphabet="bcd",
        transitions=[[0, 1, 0], [2, 1, 3], [1, 1, 0], [3, 3, 3]],
        initial=0,
        outputs=[0, 0, 0, 1],
    )
    write = {"b": one, "c": -one, "d": Fraction(1, 3)}
    layer = Layer(
        alphabet=("b", "c", "d"), initial=(no, no), codes=(), emit=(),
        steps={
            a: (DenseStep(((half, no), (half, half)), (w, no)),) for a, w in write.items()
        },
    )  # fmt: skip
    for variant in ("state", "terms"):
        collision = find_collision(layer, task, E4M3, variant=variant)
        assert collision is not None
        assert collision.verify((layer, task))
        first, second = collision.words
        assert first[-1] == second[-1]
        assert task.output(first) != task.output(second)
        assert {"c"} <= set(collision.prefix)
        assert "d" in collision.suffix


def test_letters_that_are_not_there_are_refused() -> None:
    layer = dense(((Fraction(1),),), [Fraction(0)], [Fraction(1)], letter="x")
    with pytest.raises(InputError, match="letter '1'"):
        find_collision(layer, PARITY, BF16)
    with pytest.raises(InputError, match="2 problems"):
        examine(layer, PARITY, BF16, variant="other")  # type: ignore[arg-type]


def test_irrational_entries_are_refused() -> None:
    network = next(c.network for c in two_reflections(counter(5, acceptor=False)))
    if network.field is None:
        pytest.fail("expected an irrational network")
    with pytest.raises(InputError, match="not rational"):
        find_collision(network, counter(5, acceptor=False), BF16)


# Casts.


def _codes(cast: FormatCast) -> list[int]:
    """Encodings of magnitudes: all of them, or those next to powers of two and some more."""
    last = int(cast.cell(cast.format.max_finite).bits, 16)
    if last < 1000:
        return list(range(last))
    binade = 1 << (cast.format.precision - 1)
    near = {c + d for c in range(0, last, binade) for d in (-2, -1, 0, 1)}
    return sorted(c for c in {*near, *range(300), last - 1} if 0 <= c < last)


@pytest.mark.parametrize("name", [f for f in FORMATS if f not in ("fp64", "fp32", "tf32")])
@pytest.mark.parametrize("signed", [False, True])
def test_every_cell_ends_where_the_next_one_begins(name: str, signed: bool) -> None:
    cast = FormatCast(FORMATS[name], signed_zero=signed)
    signed = cast.signed_zero  # not in a format of one zero
    width = len(cast.cell(Fraction(0)).bits)
    sign = int(cast.cell(-cast.format.smallest).bits, 16) - 1
    for code in _codes(cast):
        a, b = (cast.cell_of(f"{c:0{width}x}") for c in (code, code + 1))
        assert a.value < b.value
        assert a.high == b.low
        assert a.closed_high != b.closed_low
        if code or signed:
            mirror = cast.cell_of(f"{code + sign:0{width}x}")
            assert (mirror.value, mirror.low) == (-a.value, None if a.high is None else -a.high)
            assert mirror.closed_low == a.closed_high
            assert code == 0 or (mirror.high, mirror.closed_high) == (-a.low, a.closed_low)
    zero = cast.cell(Fraction(0))
    assert (zero.low == 0) == signed
    assert cast.cell(cast.format.max_finite).high is None
    assert cast.values == cast.format.finite_values + signed


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        ("bf16", ml_dtypes.bfloat16),
        ("fp16", np.float16),
        ("e4m3fn", ml_dtypes.float8_e4m3fn),
        ("e5m2", ml_dtypes.float8_e5m2),
        ("e4m3fnuz", ml_dtypes.float8_e4m3fnuz),
        ("e3m2fn", ml_dtypes.float6_e3m2fn),
        ("e2m1fn", ml_dtypes.float4_e2m1fn),
    ],
)
def test_bits_and_rounding_are_those_of_ml_dtypes(name: str, dtype: type) -> None:
    cast = FormatCast(FORMATS[name])
    rng = random.Random(name)
    largest = float(cast.format.max_finite)
    for _ in range(400):
        x = rng.choice([-1, 1]) * rng.uniform(0.5, 1) * 2.0 ** rng.randint(-30, 20)
        if abs(x) > largest:
            continue
        # float32 first: ml_dtypes rounds a float64 through it.
        cell = cast.cell(Fraction(float(np.float32(x))))
        expected = np.array([np.float32(x)]).astype(dtype)
        if float(expected[0]) == 0:
            assert cell.value == 0
            continue
        bits = expected.view(np.uint16 if expected.itemsize == 2 else np.uint8)[0]
        assert int(cell.bits, 16) == int(bits) & ((1 << cast._width) - 1), x
        assert cell.holds(*Fraction(float(np.float32(x))).as_integer_ratio())


@pytest.mark.parametrize("cast", [E2M1, E4M3, BF16, StepCast([0, 1], [0, 1, 2], upper=False)])
def test_casts_do_not_decrease(cast: FormatCast | StepCast) -> None:
    rng = random.Random(5)
    points = sorted(Fraction(rng.randint(-4096, 4096), rng.randint(1, 64)) for _ in range(500))
    cells = [cast.cell(x) for x in points]
    assert all(a.value <= b.value for a, b in pairwise(cells))
    assert all(c.holds(x.numerator, x.denominator) for c, x in zip(cells, points, strict=True))
    assert all(cast.cell_of(c.bits) == c for c in cells)


def test_casts_of_any_kind_are_checked() -> None:
    with pytest.raises(InputError, match="increasing"):
        StepCast([Fraction(1), Fraction(0)], [Fraction(0)] * 3)
    for bits in ("", "zz", "7f80", "-001", "12345"):
        with pytest.raises(InputError, match="no finite value"):
            BF16.cell_of(bits)


# Orbits: enclosures against exact states.


def test_enclosures_hold_the_exact_states() -> None:
    for seed in range(30):
        rng = random.Random(seed)
        layer = (nonnegative_layer if seed % 2 else real_layer)(rng)
        family = Family(layer, (), ("1",), ())
        orbit = Enclosure(family.step, family.view, family.start, 40)
        for k in range(60):
            values, q = family.step.iterate(family.start, k)
            for seen, exact in zip(orbit.seen(), values, strict=True):
                assert abs((seen * q) - (exact << 40)) <= orbit.seen_error * q, f"seed {seed}"
            orbit.advance()


def test_casts_by_enclosure_are_the_exact_casts() -> None:
    for seed in range(40):
        rng = random.Random(seed)
        layer = (nonnegative_layer if seed % 2 else real_layer)(rng)
        family = Family(layer, ("1",) * (seed % 3), ("1",) * (1 + seed % 2), ("1",) * (seed % 4))
        for variant in ("state", "terms"):
            for k, cells in enumerate(islice(family.casts(E4M3, variant), 25)):
                assert cells == family.exact_casts(k, E4M3, variant), f"seed {seed}, k {k}"


def test_states_on_the_edge_of_a_cell_are_decided() -> None:
    """The state tends to 1 + 2^-8, half way between two values of bf16, and then stays there."""
    edge = 1 + Fraction(1, 256)
    down, up = BF16.cell(edge), BF16.cell(edge + Fraction(1, 2**2000))
    assert down.value == 1
    assert up.value == 1 + Fraction(1, 128)
    half = Affine.of([[Fraction(1, 2)]], [edge / 2])
    start = edge + 1
    cells = list(islice(cast_orbit(half, Affine.identity(1), _scaled(start), BF16), 3000))
    assert {c[0].value for c in cells[50:]} == {up.value}  # above it, however near
    third = Affine.of([[Fraction(3), Fraction(0)], [Fraction(0), Fraction(1)]], [Fraction(0)] * 2)
    view = Affine.of([[Fraction(1), Fraction(1)], [Fraction(0), Fraction(1)]], [Fraction(0)] * 2)
    # 3 * (1/3) + 1/256 is the edge itself: no enclosure of 1/3 decides it, the exact state does.
    orbit = cast_orbit(third, view, ((256, 3), 768), BF16)
    assert [c[0].value for c in islice(orbit, 2)][1] == down.value


def _scaled(x: Fraction) -> tuple[tuple[int, ...], int]:
    return (x.numerator,), x.denominator


# Freezing.


def test_frozen_states_stay_frozen() -> None:
    proved = 0
    for seed in range(60):
        rng = random.Random(seed)
        layer = (nonnegative_layer if seed % 2 else diagonal_layer)(rng)
        family = Family(layer, (), ("1",), ())
        for variant in ("state", "terms"):
            found = freezing(family, E4M3, variant=variant, max_steps=600)
            if found.step is None:
                continue
            proved += 1
            cells = list(islice(family.casts(E4M3, variant), 2 * found.examined + 200))
            assert all(c == cells[found.step] for c in cells[found.step :]), f"seed {seed}"
            assert found.step == 0 or cells[found.step - 1] != cells[found.step], f"seed {seed}"
    assert proved > 60


def test_freezing_is_open_where_it_is_not_proved() -> None:
    # A sign that alternates, and a state that tends to the edge of a cell from above.
    alternating = dense(((Fraction(-1),),), [Fraction(0)], [Fraction(1)])
    edge = 1 + Fraction(1, 256)
    towards = dense(((Fraction(1, 2),),), [edge / 2], [Fraction(3)])
    # Two eigenvalues above 1: the signs of the increments are not settled by this argument.
    for layer, cast in ((alternating, BF16), (towards, BF16)):
        found = freezing(Family(layer, (), ("1",), ()), cast, max_steps=300)
        assert found.step is None
        assert found.examined == 300
        assert found.to_json()["verdict"] == "open"


def test_a_slow_state_freezes_late() -> None:
    """Eigenvalue 1 - 2^-10: the last change comes long after the first collision."""
    slow = 1 - Fraction(1, 1024)
    layer = dense(((slow,),), [Fraction(1, 1024)], [Fraction(0)])
    report = examine(layer, PARITY, BF16, freeze_steps=20_000)
    assert report.collision is not None
    ((_, frozen),) = report.freezing
    assert frozen.step is not None
    assert frozen.step > 10 * report.collision.exponents[1]


def test_a_drift_saturates() -> None:
    one = Fraction(1)
    layer = dense(((one,),), [one], [Fraction(0)])
    found = freezing(Family(layer, (), ("1",), ()), E2M1)
    assert (found.step, found.last_change) == (6, 6)  # 0 1 2 3 4 (5 -> 4) 6, the largest value


def test_a_drift_that_turns_round_is_not_taken_for_the_end() -> None:
    """Increments 64 (15/16)^k - 1: above the largest value at first, far below in the end."""
    one, no = Fraction(1), Fraction(0)
    layer = dense(((one, 2**20 * one), (no, Fraction(15, 16))), [-one, no], [no, one / 2**14])
    family = Family(layer, (), ("1",), ())
    assert freezing(family, E2M1, max_steps=64).step is None
    found = freezing(family, E2M1)
    assert found.step is not None
    assert found.step > 1000
    cells = list(islice(family.casts(E2M1), found.step + 100))
    assert cells[-1][0].value == -6
    assert cells[found.step - 1] != cells[found.step] == cells[-1]


# Stacks.


def relay(first: Layer, matrix: Matrix, bias: dict[str, list[Fraction]]) -> LinearRNN:
    """A second layer reads low or high, as the first one's cast state is nearer to -1 or 1."""
    n = len(matrix)
    one = Fraction(1)
    below = replace(first, codes=((-one,), (one,)), emit=(("low",), ("high",)))
    above = Layer(
        alphabet=("low", "high"), initial=(Fraction(0),) * n,
        steps={a: (DenseStep(matrix, tuple(b)),) for a, b in bias.items()},
        codes=((Fraction(0),) * n,), emit=(("0", "1"),),
    )  # fmt: skip
    return LinearRNN(alphabet=("1",), layers=(below, above), outputs={"0": 0, "1": 1}, empty=1)


def _random_stack(rng: random.Random, low: int) -> LinearRNN:
    scalar = Fraction(rng.randint(low, 9), 8)
    first = dense(((scalar,),), vector(rng, 1, 1), vector(rng, 1))
    n = rng.randint(1, 3)
    d = [Fraction(rng.randint(low, 9), 8) for _ in range(n)]
    matrix = with_spectrum(rng, d)
    return relay(first, matrix, {a: vector(rng, n) for a in ("low", "high")})


def test_stacks_collide_within_the_bound() -> None:
    for seed in range(100):
        network = _random_stack(random.Random(seed), 0)
        collision = find_collision(network, PARITY, E3M2)
        assert collision is not None, f"seed {seed}"
        assert collision.bound is not None, f"seed {seed}"
        assert collision.bound.theorem == "T1"
        assert collision.exponents[1] <= collision.bound.exponent + 1, f"seed {seed}"
        assert collision.verify((network, PARITY)), f"seed {seed}"
        wrong = f"{int(collision.states[0], 16) ^ 1:02x}"
        assert not replace(collision, states=(wrong, *collision.states[1:])).verify(
            (network, PARITY)
        )


def test_real_stacks_collide_within_the_bound_mod_3() -> None:
    second = 0
    for seed in range(100):
        network = _random_stack(random.Random(seed), -9)
        collision = find_collision(network, counter(3), E3M2)
        assert collision is not None, f"seed {seed}"
        assert collision.bound is not None, f"seed {seed}"
        assert collision.exponents[1] <= collision.bound.exponent + 4, f"seed {seed}"
        assert collision.verify((network, counter(3))), f"seed {seed}"
        second += collision.bound.theorem == "T2"
    assert second > 30


def test_two_layers_of_single_reflections_escape_mod_3() -> None:
    """Every matrix is a reflection, but a product of two in the second layer is a rotation."""
    task = counter(3, acceptor=False)
    no, one = Fraction(0), Fraction(1)
    flip = DeltaStep(2 * one, (one,), no)
    first = Layer(
        alphabet=("1",), initial=(one,), steps={"1": (flip,)},
        codes=((one,), (-one,)), emit=(("even",), ("odd",)),
    )  # fmt: skip
    swap = {
        "odd": DeltaStep(one, (one, -one, no), no),
        "even": DeltaStep(one, (no, one, -one), no),
    }
    point = (one, 2 * one, 3 * one)
    images = {point: "0"}
    state = point
    for symbol, name in (("odd", "1"), ("even", "2"), ("odd", "0x"), ("even", "1x"), ("odd", "2x")):
        state = swap[symbol].apply(state)
        images[state] = name  # type: ignore[index]
    codes = tuple(images)
    second = Layer(
        alphabet=("odd", "even"), initial=point, codes=codes,
        steps={a: (s,) for a, s in swap.items()},
        emit=tuple((name[0],) * 2 for name in images.values()),
    )  # fmt: skip
    network = LinearRNN(
        alphabet=("1",), layers=(first, second), outputs={"0": 0, "1": 1, "2": 2}, empty=0
    )
    assert exact_closure(network, task).verdict == "proved"
    assert all(growth(second.letter_matrix(a)).real for a in second.alphabet)
    report = examine(network, task, BF16, max_steps=600)
    assert report.collision is None
    assert report.bounds == ()


def test_bounds_of_stacks() -> None:
    assert stack_changes([5]) == 5
    assert stack_changes([5, 6]) == 6 * 7 - 1
    assert stack_power_changes([5]) == two_step_changes(5)
    assert stack_power_changes([5, 6]) == (1 + 2 * 6) * (1 + 4 * 7) - 1
    with pytest.raises(InputError, match="one layer"):
        examine(_random_stack(random.Random(0), 0), PARITY, E3M2, variant="terms")


def test_a_network_without_layers_sees_the_last_letter_only() -> None:
    network = LinearRNN(alphabet=("1",), layers=(), outputs={"1": 0}, empty=1)
    collision = find_collision(network, PARITY, BF16)
    assert collision is not None
    assert (collision.exponents, collision.states) == ((1, 2), ())
    assert collision.verify((network, PARITY))
