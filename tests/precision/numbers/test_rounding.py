"""Rounding of arrays and of compiled operations, held to exact rational arithmetic."""

import itertools
import math
import random
from fractions import Fraction

import numpy as np
import pytest

from negeig.claims import InputError
from negeig.precision.closure.decode import Decoder
from negeig.precision.closure.native_operations import NativeReference
from negeig.precision.closure.reference import ReferenceSemantics, from_bits, to_bits
from negeig.precision.numbers import _rounding_compiled as compiled
from negeig.precision.numbers.arithmetic import known_names, parse
from negeig.precision.numbers.array_rounding import round_array
from negeig.precision.numbers.compiled_model import CompiledModel
from negeig.precision.numbers.formats import BF16, FORMATS, FP32, FP64, Format
from negeig.precision.numbers.operations import Operations
from negeig.precision.numbers.rounding import Rounding
from negeig.precision.stored import nearest, round_parameters
from negeig.theory.exact.fields import polygon
from negeig.theory.exact.numbers import NumberField
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN

SEED = 20250102


def bits(x: float) -> int:
    return to_bits([x])[0]


def interesting(f: Format, count: int) -> list[float]:
    """Random bit patterns, midpoints and their neighbours, thresholds, zeros, infinities, NaN."""
    print("seed", SEED)
    random = np.random.default_rng(SEED)
    raw = random.integers(0, 2**64, count, dtype=np.uint64, endpoint=False).view(np.float64)
    powers = random.integers(f.emin - 30, f.emax + 3, count)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        scale = np.ldexp(random.standard_normal(count), powers)
        rounded = round_array(scale, Rounding(target=f))
        half = np.ldexp(1.0, np.maximum(np.frexp(rounded)[1] - 1, f.emin) - f.precision)
        middle = rounded + half
    values = [*raw, *scale, *middle, *np.nextafter(middle, np.inf), *np.nextafter(middle, -np.inf)]
    top = float(f.max_finite)
    values += [top, float(f.smallest), float(f.smallest) / 2, 0.0, -0.0, math.inf, -math.inf]
    values += [math.nextafter(x, math.inf) for x in (top, float(f.smallest) / 2)]
    return [float(x) for x in values] + [math.nan]


def round_exactly(x: float, f: Format) -> float:
    """Round one float by the specification; what has no finite value overflows."""
    if math.isnan(x):
        return x
    if math.isinf(x):
        return f.nearest(Fraction(2) ** 2000 * (1 if x > 0 else -1))
    return f.nearest(Fraction(x)) if x else f.canonical(x)


@pytest.mark.parametrize("f", FORMATS.values(), ids=lambda f: f.name)
def test_arrays_round_as_exact_numbers_do(f: Format) -> None:
    values = interesting(f, 150)
    found = round_array(np.array(values), Rounding(target=f))
    for x, y in zip(values, found, strict=True):
        assert bits(float(y)) == bits(round_exactly(x, f)), x


@pytest.mark.parametrize(
    "f", [f for f in FORMATS.values() if f.precision < 24], ids=lambda f: f.name
)
def test_compiled_rounding_is_exact_rounding(f: Format) -> None:
    spec = CompiledModel(parse(f"{f.name}:all-ops")).spec
    for x in interesting(f, 150):
        assert bits(compiled.round_small(x, spec)) == bits(round_exactly(x, f)), x
        if f is BF16:
            with np.errstate(over="ignore"):
                y = np.float32(x)
            assert bits(compiled.round_bf16(y)) == bits(round_exactly(float(y), f)), x


def operations(name: str, kind: type[ReferenceSemantics] = ReferenceSemantics) -> Operations:
    """The scalar operations of one arithmetic, on no network at all."""
    empty = LinearRNN(alphabet=("a",), layers=(), outputs={}, empty=0)
    stored, _ = round_parameters(empty, parse(name), round_parameters=False)
    return kind(empty, stored, parse(name))


def every_value(f: Format) -> list[float]:
    """Every value of a small format, signed zeros and special values included."""
    unit = float(f.smallest)
    reached = {0.0}
    for e in range(f.emin, f.emax + 1):
        for m in range(2**f.precision):
            reached.add(math.ldexp(m, e - f.precision + 1))
    finite = [x for x in sorted(reached) if x <= float(f.max_finite)]
    assert finite[1] == unit
    special = ([math.inf, -math.inf] if f.has_inf else []) + ([math.nan] if f.has_nan else [])
    return finite + [-x for x in finite if x or f.has_negative_zero] + special


@pytest.mark.parametrize("name", ["e2m1fn", "e2m3fn", "e3m2fn", "e5m2", "e4m3fn", "e4m3fnuz"])
def test_every_operation_of_a_small_format(name: str) -> None:
    arithmetic = parse(name)
    spec, reference = CompiledModel(arithmetic).spec, operations(name)
    native = operations(name, NativeReference)
    values = every_value(FORMATS[name])
    for a, b in itertools.product(map(np.float32, values), repeat=2):
        total = reference.add(float(a), float(b))
        product = reference.multiply(float(a), float(b))
        assert bits(compiled.add(a, b, compiled.SMALL, spec)) == bits(total), (a, b)
        assert bits(compiled.multiply(a, b, compiled.SMALL, spec)) == bits(product), (a, b)
        assert bits(native.add(float(a), float(b))) == bits(total), (a, b)
        assert bits(native.multiply(float(a), float(b))) == bits(product), (a, b)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("bf16", compiled.BF16),
        ("fp16", compiled.SMALL),
        ("tf32", compiled.SMALL),
        ("fp32", compiled.NATIVE),
        ("fp32:fma", compiled.FMA),
    ],
)
def test_operations_of_wider_formats(name: str, model: int) -> None:
    """Operands far apart, nearly cancelling, subnormal and overflowing."""
    numbers, reference = CompiledModel(parse(name)), operations(name)
    native, f = operations(name, NativeReference), reference.operations
    values = interesting(f, 40)
    with np.errstate(over="ignore"):
        operands = [np.float32(x) for x in round_array(np.array(values), Rounding(target=f))]
    random = np.random.default_rng(SEED)
    triples = [*random.choice(np.array(operands), size=(1500, 3))]
    # Near one another, sums fall on midpoints and cancel; so do products and an addend.
    for _ in range(3000):
        significands = random.integers(-(2**f.precision) + 1, 2**f.precision, 3)
        powers = random.integers(-f.precision - 3, 3, 3) + random.choice([f.emin + 9, -6, 0])
        triples.append(np.ldexp(significands.astype(np.float32), powers))
    for a, b, c in triples:
        x, y, z = float(a), float(b), float(c)
        assert bits(compiled.add(a, b, model, numbers.spec)) == bits(reference.add(x, y)), (a, b)
        found = compiled.accumulate(a, b, c, model, numbers.spec)
        assert bits(found) == bits(reference.accumulate(x, y, z)), (a, b, c)
        assert bits(native.add(x, y)) == bits(reference.add(x, y)), (a, b)
        assert bits(native.multiply(x, y)) == bits(reference.multiply(x, y)), (a, b)
        assert bits(native.fused(x, y, z)) == bits(reference.fused(x, y, z)), (a, b, c)


def test_an_fma_is_not_a_double_rounding() -> None:
    """Rounding the float64 sum would give the even neighbour here; the exact one is odd."""
    a, b = np.float32(1 + 2.0**-12), np.float32(1 + 2.0**-12)
    c = np.float32(2.0**-70)
    exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
    twice = float(np.float32(float(a) * float(b) + float(c)))
    assert compiled.fma32(a, b, c) == FP32.nearest(exact) != twice
    assert operations("fp32:fma").accumulate(float(a), float(b), float(c)) == FP32.nearest(exact)


@pytest.mark.parametrize("sign_a", [1, -1])
@pytest.mark.parametrize("sign_b", [1, -1])
@pytest.mark.parametrize("sign_c", [1, -1])
def test_the_sign_of_an_exact_zero_in_an_fma(sign_a: int, sign_b: int, sign_c: int) -> None:
    for size_a, size_c in ((0.0, 0.0), (3.0, 6.0), (0.0, 6.0)):
        a, b, c = (
            np.float32(math.copysign(x, s))
            for x, s in ((size_a, sign_a), (2.0, sign_b), (size_c, sign_c))
        )
        found = operations("fp32:fma").accumulate(float(a), float(b), float(c))
        # float64 is exact on these and has the sign rules of every IEEE format.
        assert bits(found) == bits(float(a) * float(b) + float(c))
        assert bits(compiled.fma32(a, b, c)) == bits(found)


def test_the_grid_rounds_half_to_even_and_keeps_the_sign_of_zero() -> None:
    reference = operations("grid:2^-1")
    cases = {0.25: 0.0, -0.25: -0.0, 0.75: 1.0, 1.25: 1.0, -0.75: -1.0, 1e30: 1e30, -0.0: -0.0}
    for x, expected in cases.items():
        assert bits(reference.store(x)) == bits(expected)
        assert bits(compiled.round_grid(x, 0.5)) == bits(expected)


def test_names() -> None:
    for name in known_names():
        assert parse(name).name == name
        assert parse(name.upper()) == parse(name) == parse(parse(name))
        assert parse(name).describe()
    assert parse("bf16").name == "bf16:all-ops"
    assert parse("fp64:all-ops").name == "fp64"
    assert parse("grid:2^-06").name == "grid:2^-6"
    for bad in ("grid:2^-150", "grid:2^6", "", ":", "bf16:acc23", "bf16:", "bf16:acc32-chunk0"):
        with pytest.raises(InputError, match=r"is unknown; .*known are exact, fp32"):
            parse(bad)


ROOT2 = NumberField((-2, 0, 1), "1.41421356237309504880168872420969807857").element([0, 1])


def one_layer(beta, key, write=Fraction(0)) -> LinearRNN:
    layer = Layer(
        alphabet=("a",),
        initial=tuple(Fraction(j) for j in range(len(key))),
        steps={"a": (DeltaStep(beta, key, write),)},
        codes=(tuple(Fraction(j) for j in range(len(key))),),
        emit=(("x",),),
    )
    return LinearRNN(alphabet=("a",), layers=(layer,), outputs={"x": 0}, empty=0)


def test_every_parameter_that_is_not_held_is_named() -> None:
    network = one_layer(Fraction(1, 3), (1 / ROOT2, Fraction(1)), Fraction(257, 256))
    with pytest.raises(InputError) as caught:
        round_parameters(network, parse("bf16"), round_parameters=False)
    text = str(caught.value)
    for place in ("beta: 1/3", "key[0]: 0.7071067811865475", "write: 257/256"):
        assert f"layer 0, letter 'a', step 0, {place}" in text
    assert "key[1]" not in text
    assert "--round-parameters" in text
    stored, changed = round_parameters(network, parse("bf16"), round_parameters=True)
    (layer,) = stored.layers
    assert (layer.beta, layer.key.tolist(), layer.write) == (171 / 512, [[0.70703125, 1.0]], 1.0)
    assert [r.place.split(", ")[-1] for r in changed] == ["beta", "key[0]", "write"]
    exact = one_layer(Fraction(1), (Fraction(1), Fraction(-1)))
    assert round_parameters(exact, parse("e4m3fn"), round_parameters=False)[1] == []


def test_a_long_list_of_parameters_is_cut() -> None:
    network = one_layer(Fraction(1), tuple(Fraction(1, 3 + j) for j in range(1, 50, 2)))
    dense = DenseStep(tuple((Fraction(1, 3),) * 25 for _ in range(25)), (Fraction(1, 3),) * 25)
    network.layers[0].steps["a"] = (dense,)
    with pytest.raises(InputError, match="and 630 more") as caught:
        round_parameters(network, parse("bf16"), round_parameters=False)
    assert "matrix[0][3]" in str(caught.value)


@pytest.mark.parametrize("name", ["bf16", "e4m3fn", "e2m1fn", "fp64"])
def test_a_parameter_out_of_range_is_refused_even_with_rounding(name: str) -> None:
    for sign in (1, -1):
        network = one_layer(sign * Fraction(2) ** 1025, (Fraction(1),))
        with pytest.raises(InputError, match=r"beta: .*not in"):
            round_parameters(network, parse(name), round_parameters=True)


def test_algebraic_numbers_round_through_enclosures() -> None:
    """Elements so close to a midpoint that a 64-bit enclosure does not decide."""
    for f in (BF16, FP32, FP64):
        middle = 1 + Fraction(1, 2**f.precision)
        for sign in (1, -1):
            near = (ROOT2 - Fraction(7, 5)) * Fraction(sign, 2**200) + middle
            above = 1 + Fraction(2, 2**f.precision)
            assert nearest(near, f) == float(above if sign > 0 else 1)
    tiny = ROOT2 * Fraction(-1, 2**2000)
    assert bits(nearest(tiny, FP64)) == bits(-0.0)
    assert nearest(ROOT2 * 0 + 3, BF16) == 3


def test_parameters_round_to_float32_once_and_to_even() -> None:
    print("seed", SEED)
    r = random.Random(SEED)
    for _ in range(2000):
        x = Fraction(r.randint(-(2**40), 2**40), r.randint(1, 2**30))
        x *= Fraction(2) ** r.randint(-160, 100)
        found = np.float32(nearest(x, FP32))
        below, above = np.nextafter(found, np.float32([-np.inf, np.inf]))
        gap = abs(Fraction(float(found)) - x)
        for other in (below, above):
            assert gap <= abs(Fraction(float(other)) - x)
            if gap == abs(Fraction(float(other)) - x):
                assert found.view(np.uint32) % 2 == 0
    assert nearest(Fraction(2**24 + 1), FP32) == 2**24
    assert nearest(Fraction(2**24 + 3), FP32) == 2**24 + 4
    # Just above a tie: rounding to float64 first would lose what breaks it.
    assert nearest(1 + Fraction(1, 2**24) + Fraction(1, 2**80), FP32) == 1 + 2.0**-23
    assert nearest(1 + Fraction(3, 2**24) - Fraction(1, 2**80), FP32) == 1 + 2.0**-23
    assert nearest(Fraction(1, 2**150), FP32) == 0
    assert nearest(2**128 - Fraction(2) ** 103 - 1, FP32) == np.finfo(np.float32).max
    assert np.isinf(nearest(2**128 - Fraction(2) ** 103, FP32))
    # What underflows keeps its sign, in kernels as in closures.
    assert math.copysign(1, nearest(Fraction(-1, 2**200), FP32)) == -1
    assert np.float32(nearest(ROOT2, FP32)).view(np.uint32) == 0x3FB504F3


def test_decoding_is_exact() -> None:
    tiny = 2.0**-1000
    decoder = Decoder([(Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))])
    assert decoder.nearest([0.0, 0.0]) == 0
    assert decoder.nearest([0.0, tiny]) == 1
    assert decoder.nearest([tiny, 0.0]) == 0
    assert decoder.nearest([math.nan, 0.0]) is None
    irrational = Decoder([(ROOT2,), (Fraction(0),)])
    half = 0.7071067811865476  # float64 just above sqrt(2)/2
    assert irrational.nearest([half]) == 0
    assert irrational.nearest([math.nextafter(half, 0)]) == 1
    assert Decoder([]).nearest([1.0]) is None


@pytest.mark.parametrize("count", [2, 9, 40])
def test_few_codes_and_many_are_decoded_as_by_exact_distances(count: int) -> None:
    """At random states, and between two codes, where distances are equal or differ by one bit."""
    random = np.random.default_rng(SEED)
    print("seed", SEED)
    codes = [tuple(Fraction(int(x), 4) for x in row) for row in random.integers(-9, 9, (count, 2))]
    decoder = Decoder(codes)
    states = random.standard_normal((60, 2)).tolist()
    for one, other in random.choice(count, (60, 2)).tolist():
        middle = [float(x + y) / 2 for x, y in zip(codes[one], codes[other], strict=True)]
        states += [middle, [math.nextafter(middle[0], math.inf), middle[1]]]
    for state in states * 2:  # the second time it is remembered
        squares = [
            sum((x - Fraction(h)) ** 2 for x, h in zip(code, state, strict=True)) for code in codes
        ]
        assert decoder.nearest(state) == squares.index(min(squares))


def test_tiny_states_are_decoded_by_direction_as_exactly_as_any() -> None:
    """Corners of a polygon are equally long: scaled inner products against exact distances."""
    corners = polygon(7)
    decoder = Decoder([*corners, corners[0]])
    random = np.random.default_rng(SEED)
    print("seed", SEED)
    for exponent in (0, -20, -60, -500, -1040, -1074):
        for state in random.standard_normal((40, 2)):
            point = np.ldexp(state, exponent).tolist()
            assert decoder.nearest(point) == decoder._exactly(point)
    first, second = (tuple(map(float, corner)) for corner in corners[:2])
    middle = [(a + b) * 2.0**-300 for a, b in zip(first, second, strict=True)]
    for nudged in (middle, [math.nextafter(middle[0], 1), middle[1]], [0.0, -0.0]):
        assert decoder.nearest(nudged) == decoder._exactly(nudged)
    # Codes of different lengths: the direction alone would be wrong.
    uneven = Decoder([(Fraction(1), Fraction(0)), (Fraction(0), Fraction(2))])
    assert uneven.nearest([2.0**-70, 2.0**-70]) == 0


def test_bits_round_trip_and_distinguish_zeros() -> None:
    assert to_bits([0.0]) != to_bits([-0.0])
    assert to_bits([math.nan]) == to_bits([-math.nan])
    assert from_bits(to_bits([1.5, -2.25])) == [1.5, -2.25]
