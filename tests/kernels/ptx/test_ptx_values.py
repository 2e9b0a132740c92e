"""Every instruction on values: its array twin against its exact scalar definition."""

import random
from fractions import Fraction

import numpy as np
import pytest

from negeig.kernels.ptx.binary_floats import FORMATS, fused, rounded, value
from negeig.kernels.ptx.float_arrays import fused_arrays, sum_to_odd
from negeig.kernels.ptx.operation import DTYPES, WIDTHS
from negeig.kernels.ptx.values import VALUES

SEED = 20_261_130
CORNERS = {
    1: [0, 1],
    8: [0, 1, 0x7F, 0x80, 0xFF],
    16: [0, 1, 2, 0x3FF, 0x400, 0x7BFF, 0x7C00, 0x7F80, 0x7FFF, 0x8000, 0x8001, 0xFC00, 0xFFFF,
         0x3C00, 0x3F80, 0xBC00, 0x3C01, 0x0080, 0x007F, 0x7F7F, 0xFF80, 31, 16, 15],
    32: [0, 1, 2, 31, 32, 33, 255, 256, 0x7FFFFF, 0x800000, 0x3F800000, 0x3F800001, 0xBF800000,
         0x7F7FFFFF, 0x7F800000, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFF800000, 0xFFFFFFFF,
         0x33800000, 0xB3800000, 0x34000000, 0x4B800000, 0x5F000000, 0xDF000000, 0x3F000000,
         0x3FC00000, 0xBFC00000, 0x477FF000, 0x477FE000, 0x33000000, 0x00400000, 0x7F000000,
         0x3C003C00, 0x7FFF0001, 0x80007F80, 0x4F800000, 0x4F000000, 0xCF000000],
    64: [0, 1, 63, 64, 1 << 24, (1 << 24) + 1, (1 << 53) + 1, (1 << 31), (1 << 32) - 1, 1 << 32,
         (1 << 63) - 1, 1 << 63, (1 << 64) - 1, (1 << 64) - (1 << 39), (1 << 40) + (1 << 16) + 1,
         (1 << 63) + (1 << 39) + 1, (1 << 62) + (1 << 38) + 1, (1 << 63) + (1 << 55) + 1],
}  # fmt: skip
"""Ends of ranges, both zeros, infinities, NaN, subnormal numbers, ties."""


def inputs(operation, count, seed):
    """Corners among themselves and random bits: a list of tuples of sources."""
    draw = random.Random(f"{seed} {operation.name}")
    widths = [WIDTHS[kind] for kind in operation.sources]

    def one(width):
        if draw.random() < 0.6:
            return draw.choice(CORNERS[width])
        return draw.getrandbits(draw.choice((width, max(1, width // 2), min(width, 6))))

    def near(width):  # numbers of like exponents, where sums cancel and round
        return (draw.getrandbits(1) << (width - 1)) | (
            0x3F800000 + draw.randrange(-(1 << 25), 1 << 25)
            if width == 32
            else draw.getrandbits(15)
        )

    cases = [tuple(map(one, widths)) for _ in range(count)]
    if "f" in operation.sources[0]:
        cases += [tuple(map(near, widths)) for _ in range(count)]
    if len(widths) == 1:
        cases += [(corner,) for corner in CORNERS[widths[0]]]
        if widths[0] <= 16:
            cases += [(bits,) for bits in range(0, 1 << widths[0], 97)]
    return cases


def disagreements(operation, cases):
    """Compare both meanings where bits are defined; what is defined must agree as well."""
    columns = [
        np.array([case[i] for case in cases], DTYPES[WIDTHS[kind]])
        for i, kind in enumerate(operation.sources)
    ]
    with np.errstate(all="ignore"):
        found = operation.array(*columns)
        defined = operation.defined(*columns) if operation.defined else np.ones(len(cases), bool)
    assert found.dtype == DTYPES[WIDTHS[operation.results[0]]], operation.name
    wrong = []
    for case, array, is_defined in zip(cases, found.tolist(), defined.tolist(), strict=True):
        scalar = operation.scalar(*case)
        if operation.name.startswith(("div", "rem")) and not is_defined:
            continue
        if (scalar is not None) != is_defined or (is_defined and scalar != array):
            wrong.append((operation.name, [hex(bits) for bits in case], scalar, array))
    return wrong


BY_LETTER = sorted({name[0] for name in VALUES})


@pytest.mark.parametrize("first", BY_LETTER)
def test_arrays_agree_with_the_exact_definition(first):
    for name in (name for name in VALUES if name[0] == first):
        assert not disagreements(VALUES[name], inputs(VALUES[name], 60, SEED)), name


@pytest.mark.exhaustive
@pytest.mark.parametrize("first", BY_LETTER)
def test_arrays_agree_on_many_inputs_and_on_all_of_16_bits(first):
    for name, operation in VALUES.items():
        if name[0] != first:
            continue
        cases = inputs(operation, 400, SEED + 1)
        if [WIDTHS[kind] for kind in operation.sources] == [16]:
            cases = [(bits,) for bits in range(1 << 16)]
        assert not disagreements(operation, cases), name


def test_conversions_between_16_and_32_bits_on_all_numbers():
    """What widens is exact, and what narrows it again gives it back."""
    bits = np.arange(1 << 16, dtype=np.uint16)
    for kind in ("f16", "bf16"):
        with np.errstate(invalid="ignore"):  # of signaling NaN
            wide = VALUES[f"cvt.f32.{kind}"].array(bits)
            back = VALUES[f"cvt.rn.{kind}.f32"].array(wide)
        form = FORMATS[kind]
        nan = (bits & np.uint16(form.sign - 1)) > form.infinity
        assert (back[~nan] == bits[~nan]).all()
        assert (back[nan] == form.nan).all()


def ties(kind, count):
    """Sources of fma whose product is half way between two numbers, and an addend that decides."""
    form, draw = FORMATS[kind], random.Random(SEED)
    one = form.bias << form.fraction
    places = (form.fraction + 1) // 2, form.fraction + 1 - (form.fraction + 1) // 2
    for _ in range(count):
        # (1 + i 2^-m) (1 + j 2^-n), i and j odd, ends one bit behind the format's last one.
        odd = (2 * draw.randrange(1 << (place - 2)) + 1 for place in places)
        a, b = (one | k << (form.fraction - place) for k, place in zip(odd, places, strict=True))
        exponent = draw.randrange(1, max(3, form.bias - 2 * form.fraction))
        c = draw.getrandbits(1) << (form.width - 1) | exponent << form.fraction
        yield a | draw.getrandbits(1) << (form.width - 1), b, draw.choice((c, c & form.sign))


@pytest.mark.parametrize("kind", ["f32", "f16", "bf16"])
@pytest.mark.parametrize("mode", ["rn", "rz", "rm", "rp"])
def test_an_fma_is_rounded_once(kind, mode):
    form = FORMATS[kind]
    cases = list(ties(kind, 400))
    columns = np.array(cases, DTYPES[form.width]).T
    found = fused_arrays(kind, *(np.ascontiguousarray(column) for column in columns), mode)
    right = [fused(form, *case, mode) for case in cases]
    assert found.tolist() == right
    if mode == "rn":  # the cases are hard: rounding the product, or twice, errs on some
        values = [[value(form, bits) for bits in case] for case in cases]
        products = [value(form, rounded(form, a * b)) for a, b, _ in values]
        product_first = [
            rounded(form, p + c) for p, (_, _, c) in zip(products, values, strict=True)
        ]
        assert product_first != right


def test_an_fma_rounded_to_nearest_in_float64_first_is_wrong():
    """The reason for rounding to odd: a negative twin of the test above."""
    form = FORMATS["f32"]
    a = b = 0x3F800800  # 1 + 2^-12: the square is 1 + 2^-11 + 2^-24, half way
    c = 0x00800000  # 2^-126 decides upward
    right = fused(form, a, b, c)
    twice = np.float32(np.float64(value(form, a) * value(form, b)) + np.float64(2.0**-126))
    assert right == 0x3F801001
    assert int(twice.view(np.uint32)) == 0x3F801000
    columns = (np.array([bits], np.uint32) for bits in (a, b, c))
    assert fused_arrays("f32", *columns).tolist() == [right]


def test_sums_to_odd_are_exact_or_odd():
    draw = random.Random(SEED)
    a, b = (
        np.array([draw.uniform(-2, 2) * 2.0 ** draw.randrange(-80, 80) for _ in range(3000)])
        for _ in range(2)
    )
    for x, y, found in zip(a.tolist(), b.tolist(), sum_to_odd(a, b).tolist(), strict=True):
        exact = Fraction(x) + Fraction(y)
        odd = int(np.float64(found).view(np.uint64)) & 1
        assert Fraction(found) == exact or odd
        assert abs(Fraction(found) - exact) < abs(exact) * Fraction(1, 1 << 52)


ZERO, ONE, INFINITE, NAN = 0, 0x3F800000, 0x7F800000, 0x7FFFFFFF
MINUS = 0x80000000
MANUAL = {
    # -Inf, -normal, -subnormal, -0, +0, +subnormal, +Inf, NaN; None where the manual has an error
    # bound only. Without .ftz, then with it.
    "ex2": ([ZERO, None, None, ONE, ONE, None, INFINITE, NAN],
            [ZERO, None, ONE, ONE, ONE, ONE, INFINITE, NAN]),
    "lg2": ([NAN, NAN, None, MINUS | INFINITE, MINUS | INFINITE, None, INFINITE, NAN],
            [NAN, NAN, *[MINUS | INFINITE] * 4, INFINITE, NAN]),
    "rcp": ([MINUS, None, None, MINUS | INFINITE, INFINITE, None, ZERO, NAN],
            [MINUS, None, *[MINUS | INFINITE] * 2, *[INFINITE] * 2, ZERO, NAN]),
    "rsqrt": ([NAN, NAN, None, MINUS | INFINITE, INFINITE, None, ZERO, NAN],
              [NAN, NAN, *[MINUS | INFINITE] * 2, *[INFINITE] * 2, ZERO, NAN]),
    "sqrt": ([NAN, NAN, None, MINUS, ZERO, None, INFINITE, NAN],
             [NAN, NAN, MINUS, MINUS, ZERO, ZERO, INFINITE, NAN]),
    "sin": ([NAN, None, None, MINUS, ZERO, None, NAN, NAN],
            [NAN, None, MINUS, MINUS, ZERO, ZERO, NAN, NAN]),
    "cos": ([NAN, None, None, ONE, ONE, None, NAN, NAN],
            [NAN, None, ONE, ONE, ONE, ONE, NAN, NAN]),
}  # fmt: skip


@pytest.mark.parametrize("name", MANUAL)
@pytest.mark.parametrize("flushes", [False, True])
def test_approximate_instructions_have_the_values_of_the_manual_and_no_others(name, flushes):
    operation = VALUES[f"{name}.approx{'.ftz' if flushes else ''}.f32"]
    kinds = [0xFF800000, 0xBF800000, 0x80000001, MINUS, ZERO, 1, INFINITE, 0x7F800001]
    more = [0xFF800000, 0x80800000, 0x807FFFFF, MINUS, ZERO, 0x7FFFFF, INFINITE, 0xFFFFFFFF]
    right = MANUAL[name][flushes]
    for inputs_ in (kinds, more):
        bits = np.array(inputs_, np.uint32)
        assert [operation.scalar(int(x)) for x in bits] == right
        defined = operation.defined(bits)
        assert defined.tolist() == [x is not None for x in right]
        assert operation.array(bits)[defined].tolist() == [x for x in right if x is not None]
    for x in (ONE, 0x40000000, 0x800000, 0x3F000000):  # powers of 2 have an error bound as well
        assert operation.scalar(x) is None
    assert "div.full.f32" not in VALUES
