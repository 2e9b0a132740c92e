"""Formats against ml_dtypes and gfloat: every code point, every midpoint and its neighbours."""

import itertools
import math
from fractions import Fraction

import gfloat
import gfloat.formats
import numpy as np
import pytest

from negeig.claims import InputError
from negeig.precision.numbers.formats import (
    BF16,
    E4M3FN,
    FORMATS,
    FP16,
    FP32,
    FP64,
    TF32,
    get_format,
)
from support.format_oracles import ML_DTYPES

BITS = {"bf16": 16, "fp16": 16, "e3m2fn": 6, "e2m3fn": 6, "e2m1fn": 4}

GFLOAT = {
    "bf16": gfloat.formats.format_info_bfloat16,
    "fp16": gfloat.formats.format_info_binary16,
    "e5m2": gfloat.formats.format_info_ocp_e5m2,
    "e4m3fn": gfloat.formats.format_info_ocp_e4m3,
    "e3m2fn": gfloat.formats.format_info_ocp_e3m2,
    "e2m3fn": gfloat.formats.format_info_ocp_e2m3,
    "e2m1fn": gfloat.formats.format_info_ocp_e2m1,
}


def code_points(name: str) -> np.ndarray:
    """Every code point of a format, as float64."""
    bits = BITS.get(name, 8)
    codes = np.arange(2**bits, dtype=np.uint16 if bits == 16 else np.uint8)
    with np.errstate(invalid="ignore"):  # signalling NaNs are among them
        return codes.view(ML_DTYPES[name]).astype(np.float64)


def finite_values(name: str) -> list[float]:
    points = code_points(name)
    return sorted({float(x) for x in points[np.isfinite(points)]})


def same(x: float, y: float) -> bool:
    return (math.isnan(x) and math.isnan(y)) or (
        x == y and math.copysign(1, x) == math.copysign(1, y)
    )


def cast(name: str, x: list[float]) -> list[float]:
    """What ml_dtypes makes of float32 values."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.array(x, dtype=np.float32).astype(ML_DTYPES[name]).astype(np.float64).tolist()


@pytest.mark.parametrize("name", ML_DTYPES)
def test_values_are_those_of_ml_dtypes(name: str) -> None:
    f, values, points = FORMATS[name], finite_values(name), code_points(name)
    assert f.finite_values == len(values)
    assert f.max_finite == Fraction(values[-1])
    assert f.smallest == min(Fraction(x) for x in values if x > 0)
    assert f.has_inf == bool(np.isinf(points).any())
    assert f.has_nan == bool(np.isnan(points).any())
    assert f.has_negative_zero == any(x == 0 and math.copysign(1, x) < 0 for x in points)
    for x in values:
        assert f.holds(Fraction(x))


@pytest.mark.parametrize("name", ML_DTYPES)
def test_midpoints_and_their_neighbours_round_as_in_ml_dtypes(name: str) -> None:
    f, values = FORMATS[name], finite_values(name)
    step = np.float32(values[-1]) - np.float32(values[-2])
    with np.errstate(over="ignore"):
        beyond = [float(np.float32(values[-1]) + step * np.float32(k)) for k in (0.5, 1, 2)]
    tests = [(a + b) / 2 for a, b in itertools.pairwise(values)]
    tests += [x for x in beyond if math.isfinite(x)] + [-x for x in beyond if math.isfinite(x)]
    tests = [
        float(y)
        for x in np.array(tests, dtype=np.float32)
        for y in (np.nextafter(x, np.float32(-np.inf)), x, np.nextafter(x, np.float32(np.inf)))
        if np.isfinite(y)
    ]
    expected = [f.canonical(x) for x in cast(name, tests)]
    found = [f.nearest(Fraction(x)) for x in tests]
    wrong = [t for t in zip(tests, found, expected, strict=True) if not same(*t[1:])]
    assert not wrong[:10]


@pytest.mark.parametrize("name", ML_DTYPES)
def test_overflow_begins_half_a_unit_beyond_the_largest_value(name: str) -> None:
    f, values = FORMATS[name], finite_values(name)
    largest, below = Fraction(values[-1]), Fraction(values[-2])
    edge, tiny = largest + (largest - below) / 2, Fraction(1, 2**200)
    for sign in (1, -1):
        assert not f.overflows(sign * (edge - tiny))
        assert f.overflows(sign * (edge + tiny))
        assert not f.holds(sign * edge)


@pytest.mark.parametrize("name", GFLOAT)
def test_gfloat_agrees(name: str) -> None:
    f, info = FORMATS[name], GFLOAT[name]
    every = 1 if info.bits <= 8 else 17
    points = [gfloat.decode_float(info, i).fval for i in range(0, 2**info.bits, every)]
    finite = sorted({x for x in points if math.isfinite(x)})
    assert f.precision == info.precision
    assert all(f.holds(Fraction(x)) for x in finite)
    for a, b in itertools.pairwise(finite):
        for x in ((a + b) / 2, (3 * a + b) / 4, (a + 2 * b) / 3):
            expected = gfloat.round_float(info, x, sat=not f.has_nan)
            assert same(f.nearest(Fraction(x)), expected), x
    largest = float(f.max_finite)
    for x in (largest * 1.01, largest * 1.0625, largest * 1.2, -largest * 2):
        assert same(f.nearest(Fraction(x)), gfloat.round_float(info, x, sat=not f.has_nan)), x


@pytest.mark.parametrize(
    ("f", "kind", "integer"), [(FP32, np.float32, np.uint32), (FP64, np.float64, np.uint64)]
)
def test_wide_formats_round_as_numpy_does(f, kind, integer) -> None:
    seed = 20250101
    print("seed", seed)
    random = np.random.default_rng(seed)
    patterns = random.integers(0, np.iinfo(integer).max, 3000, dtype=integer, endpoint=True)
    edges = [0, 1, 2, np.iinfo(integer).max >> 1]
    values = [float(x) for x in patterns.view(kind)] + [
        float(np.array([e], dtype=integer).view(kind)[0]) for e in edges
    ]
    for x in values:
        if math.isfinite(x):
            assert same(f.nearest(Fraction(x)), x if x else 0.0)
            near = Fraction(x) * Fraction(2**30 + 1, 2**30)
            if f is FP32 and not f.overflows(near):
                assert float(np.float32(float(near))) == f.nearest(near)
    if f is FP64:
        third = Fraction(1, 3)
        assert f.nearest(third) == 1 / 3
        assert f.nearest(Fraction(2) ** 1024) == math.inf
        assert f.nearest(f.smallest / 2) == 0
        assert f.nearest(f.smallest * Fraction(3, 4)) == float(f.smallest)


def test_tf32_has_the_range_of_fp32_and_the_precision_of_fp16() -> None:
    assert (TF32.precision, TF32.emin, TF32.emax) == (FP16.precision, FP32.emin, FP32.emax)
    assert TF32.within(FP32)
    assert not TF32.within(FP16)
    assert BF16.within(TF32)
    assert all(f.within(FP64) for f in FORMATS.values())


def test_the_published_counts() -> None:
    assert BF16.finite_values == 65_279
    assert E4M3FN.finite_values == 253


def test_unknown_format() -> None:
    with pytest.raises(InputError, match=r"'bf17' is unknown; known are .*bf16"):
        get_format("bf17")
