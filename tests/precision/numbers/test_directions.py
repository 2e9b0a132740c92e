"""Directions, saturation and flushing on every code point, held to gfloat and ml_dtypes.

Code points, the midpoints between neighbours, numbers beside all of these, and numbers beyond the
largest: the scalar specification and the arrays, for every format up to 16 bits.
"""

import itertools
import math
from fractions import Fraction

import gfloat
import gfloat.formats
import ml_dtypes
import numpy as np
import pytest
from gfloat import Domain, FormatInfo, RoundMode

from negeig.precision.numbers.array_rounding import around_array, round_array
from negeig.precision.numbers.formats import BF16, FORMATS, FP16, FP32, FP64, TF32, Format
from negeig.precision.numbers.rounding import Grid, Rounding
from support.format_oracles import ML_DTYPES

MODES = {"rne": RoundMode.TiesToEven, "rtz": RoundMode.TowardZero, "rna": RoundMode.TiesToAway}


def info(name: str, k: int, precision: int, bias: int, nans: int, *, ieee: bool) -> FormatInfo:
    """A format that gfloat does not list: as IEEE 754 has it, or fnuz."""
    return FormatInfo(
        name, k, precision, bias=bias, is_signed=True,
        domain=Domain.Extended if ieee else Domain.Finite, has_nz=ieee, num_high_nans=nans,
        has_subnormals=True, is_twos_complement=False,
    )  # fmt: skip


ORACLES = {
    "bf16": gfloat.formats.format_info_bfloat16,
    "fp16": gfloat.formats.format_info_binary16,
    "e5m2": gfloat.formats.format_info_ocp_e5m2,
    "e4m3fn": gfloat.formats.format_info_ocp_e4m3,
    "e3m2fn": gfloat.formats.format_info_ocp_e3m2,
    "e2m3fn": gfloat.formats.format_info_ocp_e2m3,
    "e2m1fn": gfloat.formats.format_info_ocp_e2m1,
    "e4m3": info("e4m3", 8, 4, 7, 7, ieee=True),
    "e3m4": info("e3m4", 8, 5, 3, 15, ieee=True),
    "e5m2fnuz": info("e5m2fnuz", 8, 3, 16, 0, ieee=False),
    "e4m3fnuz": info("e4m3fnuz", 8, 4, 8, 0, ieee=False),
    "e4m3b11fnuz": info("e4m3b11fnuz", 8, 4, 11, 0, ieee=False),
}
WIDE = ("bf16", "fp16")


def bits(x: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(x), np.nan, x).astype(np.float64).view(np.uint64)


def numbers(oracle: FormatInfo, every: int = 1) -> np.ndarray:
    """Every code point that is finite, midpoints, numbers beyond and beside them, infinities.

    Beside them is 2^-40 of them away: gfloat 0.5.2 adds 1/2 in float64 to find ties, which takes
    the float64 just below one for a tie.
    """
    points = [gfloat.decode_float(oracle, i).fval for i in range(0, 2**oracle.bits, every)]
    finite = sorted({x for x in points if math.isfinite(x)})
    middle = [(a + b) / 2 for a, b in itertools.pairwise(finite)]
    top, step = finite[-1], finite[-1] - finite[-2]
    beyond = [top + step * k for k in (0.25, 0.5, 0.75, 1, 1.5, 64)]
    low = finite[0]
    beyond += [low - step * k for k in (0.25, 0.5, 0.75, 1, 1.5, 64)]
    values = np.array([*finite, *middle, *beyond])
    near = [values * (1 + sign * 2.0**-40) for sign in (1, -1)]
    return np.array([*values, *np.concatenate(near), 0.0, -0.0, math.inf, -math.inf, math.nan])


def exactly(x: float, rounding: Rounding) -> float:
    if x == 0 or not math.isfinite(x):
        return rounding.special(x)
    return rounding.round(Fraction(x))


def by_gfloat(x: float, oracle: FormatInfo, rounding: Rounding) -> float:
    if math.isnan(x):
        return x
    saturates = rounding.saturates or not (rounding.target.has_inf or rounding.target.has_nan)
    return float(gfloat.round_float(oracle, x, MODES[rounding.direction], saturates))


def check(target: Format | Grid, oracle: FormatInfo, every: int = 1) -> None:
    values = numbers(oracle, every)
    for direction, saturates in itertools.product(MODES, (False, True)):
        rounding = Rounding(target=target, direction=direction, saturates=saturates)
        found = round_array(values, rounding)
        if isinstance(target, Format):
            expected = [by_gfloat(float(x), oracle, rounding) for x in values]
            assert (bits(np.array(expected)) == bits(found)).all(), rounding
        near = np.concatenate([np.nextafter(values, way) for way in (np.inf, -np.inf)])
        for points in (values, near):
            mine = [exactly(float(x), rounding) for x in points]
            assert (bits(np.array(mine)) == bits(round_array(points, rounding))).all(), rounding


@pytest.mark.parametrize("name", [name for name in ORACLES if name not in WIDE])
def test_every_code_point_and_midpoint_in_every_direction(name: str) -> None:
    check(FORMATS[name], ORACLES[name])


@pytest.mark.parametrize("name", WIDE)
def test_wide_formats_in_every_direction(name: str) -> None:
    check(FORMATS[name], ORACLES[name], every=61)


@pytest.mark.exhaustive
@pytest.mark.parametrize("direction", MODES)
@pytest.mark.parametrize("name", WIDE)
def test_every_code_point_of_wide_formats(name: str, direction: str) -> None:
    values = numbers(ORACLES[name])
    rounding = Rounding(target=FORMATS[name], direction=direction)
    found = bits(round_array(values, rounding))
    mine = [exactly(float(x), rounding) for x in values]
    assert (bits(np.array(mine)) == found).all()
    third = len(values) // 3  # code points and midpoints
    expected = [by_gfloat(float(x), ORACLES[name], rounding) for x in values[:third]]
    assert (bits(np.array(expected)) == found[:third]).all()


@pytest.mark.parametrize("name", ML_DTYPES)
def test_arrays_round_as_ml_dtypes_does_on_every_code_point(name: str) -> None:
    """And on midpoints and their float32 neighbours, what is beyond the range included."""
    oracle = ORACLES[name]
    with np.errstate(over="ignore"):
        values = numbers(oracle).astype(np.float32)
    values = np.concatenate([values, *(np.nextafter(values, np.float32(w)) for w in (9e9, -9e9))])
    values = values[np.isfinite(values)]
    with np.errstate(over="ignore"):
        expected = values.astype(ML_DTYPES[name]).astype(np.float64)
    found = round_array(values.astype(np.float64), Rounding(target=FORMATS[name]))
    assert (bits(found) == bits(expected)).all()


def test_all_of_ml_dtypes_are_here_but_the_one_without_zero_and_sign() -> None:
    known = {np.dtype(kind).name for kind in ML_DTYPES.values()}
    theirs = {name for name in dir(ml_dtypes) if name.startswith(("float", "bfloat"))}
    assert theirs - known == {"float8_e8m0fnu"}
    scales = np.arange(256, dtype=np.uint8).view(ml_dtypes.float8_e8m0fnu).astype(np.float64)
    assert (scales[:255] > 0).all()
    assert np.isnan(scales[255])


@pytest.mark.parametrize("direction", MODES)
def test_fixed_point_numbers_are_those_of_ocp_int8(direction: str) -> None:
    """Eight bits in units of 2^-6: every code point, midpoint, neighbour and what is beyond."""
    oracle, target = gfloat.formats.format_info_ocp_int8, Grid(q=6, bits=8)
    check(target, oracle)
    points = sorted(gfloat.decode_float(oracle, i).fval for i in range(256))
    assert (Fraction(points[0]), Fraction(points[-1])) == (target.lowest, target.max_finite)
    rounding = Rounding(target=target, direction=direction)
    for x in numbers(oracle):
        if math.isnan(x):
            continue
        expected = gfloat.round_float(oracle, float(x), MODES[direction], sat=True)
        assert bits(np.array([exactly(float(x), rounding)])) == bits(np.array([expected])), x


@pytest.mark.parametrize("bits", [2, 4])
def test_fixed_point_numbers_are_the_integers_of_ml_dtypes(bits: int) -> None:
    theirs = ml_dtypes.iinfo(getattr(ml_dtypes, f"int{bits}"))
    target = Grid(q=0, bits=bits)
    assert (target.lowest, target.max_finite) == (theirs.min, theirs.max)
    for x in range(-20, 21):
        held = min(max(x, theirs.min), theirs.max)
        assert exactly(float(x), Rounding(target=target)) == held


@pytest.mark.parametrize("direction", MODES)
@pytest.mark.parametrize("target", [Grid(q=3), Grid(q=0), TF32, FP32], ids=str)
def test_arrays_and_exact_numbers_agree_where_no_oracle_is_listed(target, direction: str) -> None:
    seed = 20261130
    print("seed", seed)
    random = np.random.default_rng(seed)
    values = np.ldexp(random.standard_normal(600), random.integers(-155, 132, 600))
    halves = np.ldexp(random.integers(-999, 999, 300) / 2, -3)
    values = np.array([*values, *halves, 0.0, -0.0, math.inf, -math.inf, math.nan, 1e300])
    rounding = Rounding(target=target, direction=direction)
    mine = [exactly(float(x), rounding) for x in values]
    assert (bits(round_array(values, rounding)) == bits(np.array(mine))).all()


def neighbours(values: list[float], x: float) -> set[float]:
    """By search in the sorted values of a format."""
    below = max(v for v in values if v <= x)
    above = min(v for v in values if v >= x)
    return {below, above}


@pytest.mark.parametrize("name", [name for name in ORACLES if name not in WIDE])
def test_stochastic_rounding_leads_to_both_neighbours_and_to_nothing_else(name: str) -> None:
    target, oracle = FORMATS[name], ORACLES[name]
    points = {gfloat.decode_float(oracle, i).fval for i in range(2**oracle.bits)}
    finite = sorted(x for x in points if math.isfinite(x))
    values = numbers(oracle)
    values = values[np.isfinite(values) & (values != 0)]
    inner, outer = around_array(values, Rounding(target=target))
    for x, near, far in zip(values.tolist(), inner.tolist(), outer.tolist(), strict=True):
        found = Rounding(target=target).around(Fraction(x))
        assert list(map(repr, found)) == list(dict.fromkeys([repr(near), repr(far)])), x
        if finite[0] <= x <= finite[-1]:
            assert set(found) == neighbours(finite, x), x
            assert abs(found[0]) <= abs(found[-1])
        nearest = exactly(x, Rounding(target=target))
        assert repr(nearest) in map(repr, found)


def test_stochastic_rounding_beyond_the_largest_number_may_overflow() -> None:
    largest = BF16.max_finite
    unit = Fraction(2) ** BF16.unit(largest)
    assert Rounding(target=BF16).around(largest) == (float(largest),)
    assert Rounding(target=BF16).around(-largest - unit / 9) == (-float(largest), -math.inf)
    assert Rounding(target=BF16).around(largest + unit) == (math.inf,)
    assert Rounding(target=BF16, saturates=True).around(largest + unit / 2) == (float(largest),)


@pytest.mark.parametrize("direction", MODES)
@pytest.mark.parametrize("target", [BF16, FP16, FORMATS["e4m3fn"], FORMATS["e4m3fnuz"], FP64])
def test_flushing_makes_zeros_of_subnormal_results_only(target: Format, direction: str) -> None:
    """Of their sign, judged after rounding: what rounds up to the smallest normal number stays."""
    kept = Rounding(target=target, direction=direction)
    flushed = Rounding(target=target, direction=direction, flushes=True)
    normal, smallest = target.normal, target.smallest
    assert normal == smallest * 2 ** (target.precision - 1)
    ends = [smallest * k / 4 for k in range(1, 12)]
    cases = [x for y in (*ends, *(normal + e for e in ends), *(normal - e for e in ends))
             for x in (y, -y) if x]  # fmt: skip
    changed = 0
    for x in cases:
        before, after = kept.round(x), flushed.round(x)
        if before != 0 and abs(before) < normal:
            assert after == 0
            sign = -1 if x < 0 and target.has_negative_zero else 1
            assert math.copysign(1, after) == sign
            changed += 1
        else:
            assert repr(after) == repr(before)
    assert changed > 10
    if target != FP64:
        values = np.array([float(x) for x in cases])
        mine = np.array([flushed.round(x) for x in cases])
        assert (bits(round_array(values, flushed)) == bits(mine)).all()


def test_the_float64_just_below_a_tie_is_none() -> None:
    """Where gfloat 0.5.2 goes wrong; both of ours do not."""
    below = math.nextafter(1 + 2.0**-8, 0)  # a tie of bf16 is 1 + 2^-8
    away = Rounding(target=BF16, direction="rna")
    assert away.round(Fraction(below)) == 1 == round_array(np.array([below]), away)[0]
    assert away.round(1 + Fraction(1, 2**8)) == 1 + 2.0**-7


def test_a_wrong_direction_is_found() -> None:
    """The negative twin: rounding down, or ties to odd, would not pass for any of the three."""
    values = numbers(ORACLES["e4m3fn"])
    values = values[np.isfinite(values)]
    made = {way: bits(round_array(values, Rounding(target=FORMATS["e4m3fn"], direction=way)))
            for way in MODES}  # fmt: skip
    for one, other in itertools.combinations(made, 2):
        assert (made[one] != made[other]).any()
