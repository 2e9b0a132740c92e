"""Exact spectra: routes that agree, certificates that a small program checks, and their twins."""

import json
import random
from fractions import Fraction
from itertools import pairwise, product

import ml_dtypes
import numpy as np
import pytest
import sympy
from flint import fmpz_poly
from hypothesis import given
from hypothesis import strategies as st

from negeig.claims import InputError, LimitReached, NegeigError
from negeig.theory.exact.fields import polygon, real_cyclotomic, square_root
from negeig.theory.exact.linear_algebra import defect, dot, is_positive_semidefinite
from negeig.theory.factors.householder import product_of
from negeig.theory.networks.network import DeltaStep
from negeig.theory.spectra import (
    certificate,
    counts,
    product_spectrum,
    refutation,
    spectrum,
    verify,
)
from negeig.theory.spectra.certificates import from_json, power_sums
from negeig.theory.spectra.counts import polynomial_spectrum
from negeig.theory.spectra.eigenvalues import eigenvalues
from negeig.theory.spectra.field_roots import (
    ball_counts,
    separating_points,
    squarefree_parts,
    sturm_counts,
)
from negeig.theory.spectra.products import never_lengthens
from negeig.theory.spectra.real_roots import isolate, isolated_counts, separators, sign_at

SEED = 20260411


def exact(rows):
    return tuple(tuple(Fraction(x) for x in row) for row in rows)


def counted(matrix):
    """Signs of the eigenvalues from the list of exact ones: factors, not root counts."""
    zero = positive = negative = nonreal = 0
    for value in eigenvalues(matrix):
        if not value.is_real:
            nonreal += value.count
        elif value.real[0] > 0:
            positive += value.count
        elif value.real[1] < 0:
            negative += value.count
        else:
            assert value.real == (0, 0)
            zero += value.count
    return zero, positive, negative, nonreal


def signs(found):
    return found.zero, found.positive, found.negative, found.nonreal


def by_sympy(coefficients):
    """The same signs by a third route: sympy's count of the roots of each squarefree part."""
    x = sympy.Symbol("x")
    polynomial = sympy.Poly([int(c) for c in reversed(coefficients)], x)
    zero = positive = negative = 0
    for part, exponent in polynomial.sqf_list()[1]:
        at_zero = part.eval(0) == 0
        zero += exponent * at_zero
        positive += exponent * (part.count_roots(0, None) - at_zero)
        negative += exponent * (part.count_roots(None, 0) - at_zero)
    return zero, positive, negative, polynomial.degree() - zero - positive - negative


def proves(matrix):
    """Make both certificates of a matrix and check them, also as JSON; return the first."""
    found = spectrum(matrix)
    proof = certificate(matrix)
    assert proof.kind == found.class_
    assert verify(matrix, proof)
    assert verify(matrix, json.loads(json.dumps(proof.to_json())))
    against = refutation(matrix)
    assert (against is None) == found.is_nonnegative
    assert against is None or verify(matrix, against)
    return proof


def bf16(rng, n, kind):
    a = rng.standard_normal((n, n))
    if kind == "symmetric":
        a = a + a.T
    elif kind == "triangular":
        a = np.triu(np.abs(a))
    elif kind == "nilpotent":
        a = np.triu(a, 1)
    elif kind == "wide":
        a = a * np.exp2(rng.integers(-60, 60, a.shape))
    return exact(a.astype(ml_dtypes.bfloat16).astype(float).tolist())


@pytest.mark.exhaustive
def test_all_small_integer_matrices():
    known = {}
    matrices = [
        (size, entries)
        for size, values in ((1, range(-2, 3)), (2, range(-2, 3)), (3, range(-1, 2)))
        for entries in product(values, repeat=size * size)
    ]
    assert len(matrices) == 5 + 625 + 19_683
    for n, entries in matrices:
        matrix = exact(entries[i * n : (i + 1) * n] for i in range(n))
        found = spectrum(matrix)
        polynomial = tuple(counts.integer_characteristic(matrix)[0].coeffs())
        if polynomial not in known:  # the spectrum is a function of it
            known[polynomial] = found
            assert signs(found) == by_sympy(polynomial)
            assert signs(found) == signs(polynomial_spectrum(fmpz_poly(list(polynomial))))
            assert signs(found) == counted(matrix)
            proves(matrix)
        assert found == known[polynomial]
    assert {found.class_ for found in known.values()} == {"nonnegative", "real", "non-real"}


@pytest.mark.parametrize("kind", ["gauss", "symmetric", "triangular", "nilpotent", "wide"])
def test_bf16_matrices_by_three_routes(kind):
    rng = np.random.default_rng(SEED)
    for n in (3, 5, 8, 16, 32):
        matrix = bf16(rng, n, kind)
        found = spectrum(matrix)
        assert found.dim == n
        proof = proves(matrix)
        if n <= 8 and kind != "wide":
            assert signs(found) == by_sympy(counts.integer_characteristic(matrix)[0].coeffs())
        if kind == "symmetric":
            assert proof.kind in ("real", "nonnegative")
        if kind == "triangular":
            assert found.positive == sum(matrix[i][i] > 0 for i in range(n))
        if kind == "nilpotent":
            assert signs(found) == (n, 0, 0, 0)


ROOT = st.fractions(min_value=-4, max_value=4, max_denominator=8)
PAIR = st.tuples(ROOT, st.fractions(min_value=Fraction(1, 64), max_value=2, max_denominator=64))


@given(
    st.lists(st.tuples(ROOT, st.integers(1, 3)), max_size=4),
    st.lists(st.tuples(PAIR, st.integers(1, 2)), max_size=2),
)
def test_companion_matrices_of_known_roots(real, pairs):
    polynomial = [Fraction(1)]
    for root, exponent in real:
        for _ in range(exponent):
            polynomial = times(polynomial, [-root, Fraction(1)])
    for (centre, height), exponent in pairs:
        for _ in range(exponent):
            polynomial = times(polynomial, [centre**2 + height**2, -2 * centre, Fraction(1)])
    matrix = companion(polynomial)
    found = spectrum(matrix)
    expected = [0, 0, 0]
    for root, exponent in real:
        expected[(root > 0) - (root < 0)] += exponent
    assert [found.zero, found.positive, found.negative] == expected
    assert found.nonreal == 2 * sum(exponent for _, exponent in pairs)
    roots, circle = {root for root, _ in real}, {pair for pair, _ in pairs}
    assert found.distinct == (
        sum(root > 0 for root in roots), sum(root < 0 for root in roots), 2 * len(circle)
    )  # fmt: skip
    proves(matrix)


def times(p, q):
    found = [Fraction(0)] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            found[i + j] += a * b
    return found


def companion(polynomial):
    n = len(polynomial) - 1
    return tuple(
        tuple(-polynomial[i] if j == n - 1 else Fraction(i == j + 1) for j in range(n))
        for i in range(n)
    )


@given(st.lists(st.integers(-20, 20), min_size=2, max_size=9))
def test_four_counts_of_real_roots_agree(coefficients):
    if coefficients[0] == 0 or coefficients[-1] == 0:
        return
    for part, _ in fmpz_poly(coefficients).factor_squarefree()[1]:
        intervals = isolate(part)
        exactly = sum(high > 0 for _, high in intervals), sum(low < 0 for low, _ in intervals)
        numbers = tuple(Fraction(int(c)) for c in part.coeffs())
        assert exactly == isolated_counts(part) == sturm_counts(numbers) == ball_counts(numbers)
        for points, value in (
            (separators(part), sign_at), (separating_points(numbers), sign_at)
        ):  # fmt: skip
            values = [value(part, x) for x in points]
            assert all(a * b == -1 for a, b in pairwise(values))
            assert len(values) == (sum(exactly) + 1 if sum(exactly) else 0)
            assert [x > 0 for x in points].count(True) == exactly[0]


def test_close_roots_and_roots_at_dyadic_points():
    near = Fraction(1, 2**60)
    for roots in (
        (1, 1 + near), (1, 2, 4, 8), (Fraction(1, 2), 1, 2), (near, 2 * near), (-1, -1 - near, 1),
        (3, 4, 5, 6, 7, 8), (-8, -4, -2, -1, 1, 2, 4, 8), (2**70, 2**70 + 1),
    ):  # fmt: skip
        polynomial = [Fraction(1)]
        for root in roots:
            polynomial = times(polynomial, [-Fraction(root), Fraction(1)])
        scale = max(c.denominator for c in polynomial)
        part = fmpz_poly([int(c * scale) for c in polynomial])
        found = isolate(part)
        assert len(found) == len(roots)
        for (low, high), root in zip(found, sorted(map(Fraction, roots)), strict=True):
            assert low < root < high or low == root == high
        points = separators(part)
        for low, root, high in zip(points, sorted(roots), points[1:], strict=False):
            assert low < root < high
            assert low >= 0 or high <= 0
        proves(companion(polynomial))


def test_one_pair_just_off_the_real_line():
    n = 12
    tiny = Fraction(1, 2**30)
    polynomial = [1 + tiny**2, Fraction(-2), Fraction(1)]
    for root in range(2, n):
        polynomial = times(polynomial, [Fraction(-root), Fraction(1)])
    matrix = companion(polynomial)
    assert spectrum(matrix).distinct == (n - 2, 0, 2)
    proof = proves(matrix)
    # The same q does not refute the neighbour whose pair has met on the real line.
    polynomial = [Fraction(1), Fraction(-2), Fraction(1)]
    for root in range(2, n):
        polynomial = times(polynomial, [Fraction(-root), Fraction(1)])
    assert spectrum(companion(polynomial)).is_nonnegative
    assert not verify(companion(polynomial), proof)


def test_products_of_householder_factors():
    rng = random.Random(SEED)
    classes = set()
    for trial in range(150):
        dim, number = rng.randint(1, 5), rng.randint(1, 4)
        keys = [[Fraction(rng.randint(-2, 2)) for _ in range(dim)] for _ in range(number)]
        betas = [Fraction(rng.randint(0, 8), 4) for _ in range(number)]
        if trial % 2:  # eigenvalues in [-1, 1]
            betas = [b / max(dot(k, k), 1) for b, k in zip(betas, keys, strict=True)]
        steps = [DeltaStep(b, tuple(k), Fraction(0)) for b, k in zip(betas, keys, strict=True)]
        matrix = product_of(steps, dim)
        gram = tuple(tuple(dot(k, other) for other in keys) for k in keys)
        found = product_spectrum(gram, betas, dim)
        assert found == spectrum(matrix)
        assert signs(found) == counted(matrix)
        assert never_lengthens(gram, betas) == is_positive_semidefinite(defect(matrix))
        assert never_lengthens(gram, betas) or trial % 2 == 0
        classes.add((found.class_, never_lengthens(gram, betas)))
    assert len(classes) == 6


def test_number_fields():
    rng = random.Random(SEED)
    fields = [real_cyclotomic(m) for m in (5, 7, 12)]
    classes = set()
    for trial in range(60):
        field, n = fields[trial % 3], 1 + trial % 5
        matrix = tuple(
            tuple(
                field.element([Fraction(rng.randint(-2, 2), 2) for _ in range(field.degree)])
                for _ in range(n)
            )
            for _ in range(n)
        )
        if trial % 4 == 0:
            matrix = tuple(tuple(matrix[i][j] + matrix[j][i] for j in range(n)) for i in range(n))
        if trial % 7 == 0:  # repeated eigenvalues
            zero = (Fraction(0),) * n
            matrix = (*((*row, *zero) for row in matrix), *((*zero, *row) for row in matrix))
        if len(matrix) * field.degree <= 24:
            assert signs(spectrum(matrix)) == counted(matrix)
        proof = proves(matrix)
        assert from_json(proof.to_json(), field) == proof
        classes.add(proof.kind)
    assert classes == {"nonnegative", "real", "non-real"}


def test_eigenvalues_that_only_the_chosen_root_tells():
    # The conjugate of x^2 - sqrt(2) is x^2 + sqrt(2): the norm has roots of both.
    root = square_root(Fraction(2))
    for number, real in ((root, True), (-root, False), (root - Fraction(3, 2), False)):
        matrix = ((Fraction(0), number, Fraction(0)), (Fraction(1), Fraction(0), Fraction(0)),
                  (Fraction(0), Fraction(0), root))  # fmt: skip
        assert spectrum(matrix).is_real == real
        proves(matrix)


@pytest.mark.parametrize("m", [3, 5, 8])
def test_rotations_and_mirrors_of_a_polygon(m):
    cosine, sine = polygon(m)[1]
    rotation = ((cosine, -sine), (sine, cosine))
    mirror = ((cosine, sine), (sine, -cosine))
    assert proves(rotation).kind == "non-real"
    assert proves(mirror).kind == "real"
    big = tuple((*row, *(Fraction(0),) * 2) for row in rotation)
    big += tuple((*(Fraction(0),) * 2, *row) for row in mirror)
    assert signs(spectrum(big)) == (0, 1, 1, 2)
    proves(big)


def test_tampered_certificates_prove_nothing():
    swap = exact([[0, 1], [1, 0]])
    rotation = exact([[0, -1], [1, 0]])
    jordan = exact([[1, 1, 0], [0, 1, 0], [0, 0, 0]])
    good = {name: certificate(m).to_json() for name, m in
            (("swap", swap), ("rotation", rotation), ("jordan", jordan))}  # fmt: skip
    assert verify(swap, good["swap"])
    assert verify(rotation, good["rotation"])
    assert verify(jordan, good["jordan"])
    assert not verify(rotation, good["swap"])
    assert not verify(swap, good["rotation"])
    claims_more = {**good["swap"], "kind": "nonnegative"}
    assert not verify(swap, claims_more)
    assert not verify(swap, {**good["rotation"], "kind": "not-nonnegative"})
    for change in (
        {"points": ["-4", "0"]},  # one too few
        {"points": ["-4", "0", "1/2"]},  # no change of sign
        {"points": ["4", "0", "4"]},  # not ascending
        {"points": ["-4", "1", "4"]},  # a root
        {"exponent": 2},
        {"exponent": 10**12},
        {"polynomial": ["-1", "0", "2"]},
        {"polynomial": ["0"]},
        {"polynomial": []},
        {"polynomial": ["-1", "0", "x"]},
        {"points": None},
    ):
        factor = {**good["swap"]["factors"][0], **change}
        assert not verify(swap, {"kind": "real", "factors": [factor]}), change
    factors = good["swap"]["factors"]
    nothing = {"polynomial": ["0"], "exponent": 1, "points": ["0"]}
    assert not verify(rotation, {"kind": "real", "factors": [*factors, nothing]})
    for broken in ({}, {"kind": "real"}, {"kind": "any", "trace": ["0", "1"]}, [], None, 3,
                   {"kind": "non-real", "trace": [["1", "2"]]},
                   {"kind": "non-real", "trace": ["1e9"]},
                   {"kind": "non-real", "trace": []}):  # fmt: skip
        assert not verify(rotation, broken)
        if not (isinstance(broken, dict) and broken.get("trace") == []):
            with pytest.raises(InputError):
                from_json(broken)
    assert not verify(((1, 2),), good["swap"])


@given(
    st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=3, max_size=3),
    st.lists(st.integers(-3, 3), max_size=3),
    st.sampled_from(["non-real", "not-nonnegative"]),
)
def test_no_trace_form_refutes_a_true_statement(rows, q, kind):
    matrix = exact(rows)
    found = spectrum(matrix)
    if verify(matrix, {"kind": kind, "trace": q}):
        assert not found.is_nonnegative
        assert kind == "not-nonnegative" or not found.is_real


def test_power_sums_are_traces_of_powers():
    matrix = exact([[1, 2, 0], [-1, 3, 5], [2, 2, -2]])
    polynomial = [Fraction(int(c)) for c in counts.integer_characteristic(matrix)[0].coeffs()]
    power = np.eye(3, dtype=object)
    for found in power_sums(tuple(polynomial), 7):
        assert found == np.trace(power)
        power = power @ np.array([[int(x) for x in row] for row in matrix], object)


def test_squarefree_parts_multiply_to_the_polynomial():
    root = square_root(Fraction(3))
    one = Fraction(1)
    polynomial = [one]
    for factor, exponent in (([-root, one], 3), ([root, one], 1), ([one, one], 3)):
        for _ in range(exponent):
            polynomial = times(polynomial, factor)
    parts = squarefree_parts(tuple(polynomial))
    assert [(len(part) - 1, exponent) for part, exponent in parts] == [(1, 1), (2, 3)]
    product_ = [one]
    for part, exponent in parts:
        for _ in range(exponent):
            product_ = times(product_, part)
    assert product_ == polynomial


def test_counts_that_differ_are_an_error_and_never_an_answer(monkeypatch):
    matrix = exact([[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    spectrum(matrix)
    monkeypatch.setattr(counts, "isolated_counts", lambda part: (part.degree(), 0))
    with pytest.raises(NegeigError, match="two counts of real roots differ"):
        spectrum(matrix)


def test_refused_matrices():
    with pytest.raises(InputError, match="2 rows of lengths"):
        spectrum(((Fraction(1),), (Fraction(1), Fraction(2))))
    large = tuple(tuple(Fraction(i == j) for j in range(201)) for i in range(201))
    with pytest.raises(LimitReached, match="rows of a matrix for its spectrum"):
        spectrum(large)
    with pytest.raises(LimitReached, match="for a certificate"):
        certificate(large)
    root = square_root(Fraction(2))
    field = tuple(tuple(root if i == j else Fraction(0) for j in range(25)) for i in range(25))
    with pytest.raises(LimitReached, match="number field"):
        spectrum(field)


def test_long_numbers_pass_through_json():
    tiny = Fraction(1, 2**9000)
    matrix = ((tiny, Fraction(1)), (tiny, -tiny))
    text = json.dumps(certificate(matrix).to_json())
    assert "0x" in text
    assert verify(matrix, json.loads(text))
