"""The lemmas behind Theorems 1 and 2, for symbols wherever a small n can stand for all."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, pairwise, product

import pytest
import sympy as sp

from negeig.theory.bounds.growth import Growth, growth
from negeig.theory.exact.linear_algebra import ZERO, identity, multiply, solve
from negeig.theory.exact.numbers import Matrix
from negeig.theory.networks.network import DeltaStep, Layer


def compositions(n: int) -> list[tuple[int, ...]]:
    """Ways to distribute n terms over exponentials: d + 1 terms are a polynomial of degree d."""
    if n == 0:
        return [()]
    return [(first, *rest) for first in range(1, n + 1) for rest in compositions(n - first)]


def exponential_polynomial(shape: tuple[int, ...], t: sp.Symbol) -> tuple[sp.Expr, list[sp.Symbol]]:
    rates = list(sp.symbols(f"r0:{len(shape)}", real=True))
    f = sum(
        (sp.Symbol(f"c{j}_{i}", real=True) * t**i * sp.exp(rates[j] * t))
        for j, terms in enumerate(shape)
        for i in range(terms)
    )
    return f, rates


# A sum with n terms has at most n - 1 zeros.


@pytest.mark.parametrize("shape", [s for n in range(1, 5) for s in compositions(n)], ids=str)
def test_rolle_removes_one_term(shape: tuple[int, ...]) -> None:
    """The induction step: (e^(-r t) f)' has one term fewer than f, for symbols.

    Between two zeros of f there is one of the derivative (Rolle). If the derivative vanishes
    everywhere then e^(-r t) f is a constant, and f has no zero unless it is identically 0.
    """
    t = sp.Symbol("t", real=True)
    f, rates = exponential_polynomial(shape, t)
    derivative = sp.expand(sp.diff(sp.expand(f * sp.exp(-rates[0] * t)), t))
    left = 0
    for j, terms in enumerate(shape):
        rate = rates[j] - rates[0]
        part = sp.expand(
            sum(a for a in sp.Add.make_args(derivative) if _rate(a, t) == sp.expand(rate * t))
            * sp.exp(-rate * t)
        )
        degree = -1 if part == 0 else sp.Poly(sp.simplify(part), t).degree()
        assert degree == (terms - 2 if j == 0 else terms - 1)
        left += degree + 1
    assert left == sum(shape) - 1


def _rate(term: sp.Expr, t: sp.Symbol) -> sp.Expr:
    """The exponent of the exponential in one term of an expanded sum."""
    exponents = [a.exp for a in sp.Mul.make_args(term.rewrite(sp.exp)) if isinstance(a, sp.exp)]
    return sp.expand(sum(exponents, sp.Integer(0)))


def test_one_term_has_no_zero() -> None:
    """The base of the induction."""
    t, r = sp.symbols("t r", real=True)
    c = sp.Symbol("c", nonzero=True, real=True)
    assert (c * sp.exp(r * t)).is_nonzero


def sign_changes(values: list[Fraction]) -> int:
    signs = [v > 0 for v in values if v != 0]
    return sum(a != b for a, b in pairwise(signs))


BASES = [Fraction(1, 3), Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(3, 2), Fraction(2)]


def _terms(bases: tuple[Fraction, ...]) -> list[list[Fraction]]:
    """k^i lambda^k for k < 14, with i = 0, 1, ... for a base that is there several times."""
    return [
        [Fraction(k) ** bases[:j].count(base) * base**k for k in range(14)]
        for j, base in enumerate(bases)
    ]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_positive_bases_change_their_sign_less_than_n_times(n: int) -> None:
    rng = random.Random(n)
    for bases in combinations_with_replacement(BASES, n):
        terms = _terms(bases)
        for _ in range(5):
            c = [rng.choice([-1, 1]) * Fraction(2) ** rng.randint(-20, 20) for _ in range(n)]
            values = [
                sum((x * v[k] for x, v in zip(c, terms, strict=True)), ZERO) for k in range(14)
            ]
            assert sign_changes(values) <= n - 1, (bases, c)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_n_minus_1_changes_of_sign_are_reached(n: int) -> None:
    """Zeros may be prescribed: the bound is the best possible for every choice of bases."""
    for bases in combinations(BASES, n):
        zeros = [2 * i + 1 for i in range(n - 1)]
        terms = _terms(bases)
        rows = tuple(tuple(v[k] for v in terms[:-1]) for k in zeros)
        c = solve(rows, tuple(-terms[-1][k] for k in zeros))
        assert c is not None
        values = [
            sum((x * v[k] for x, v in zip([*c, 1], terms, strict=True)), ZERO) for k in range(14)
        ]
        assert sign_changes(values) == n - 1


def test_one_negative_base_changes_its_sign_for_ever() -> None:
    values = [Fraction(-1, 2) ** k for k in range(14)]
    assert sign_changes(values) == 13


# Powers of a matrix are such sums.


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_powers_of_a_jordan_block(size: int) -> None:
    """J^k has C(k, j) lambda^(k-j) on diagonal j: one exponential, degree below the size."""
    k, lam = sp.symbols("k lambda", positive=True)

    def entry(power: sp.Expr, j: int) -> sp.Expr:
        return sp.ff(power, j) / sp.factorial(j) * lam ** (power - j)

    block = sp.Matrix(size, size, lambda i, j: lam if i == j else int(j == i + 1))
    power = sp.Matrix(size, size, lambda i, j: entry(k, j - i) if j >= i else 0)
    following = sp.Matrix(size, size, lambda i, j: entry(k + 1, j - i) if j >= i else 0)
    assert (block * power - following).applyfunc(
        lambda x: sp.simplify(sp.expand_func(x))
    ) == sp.zeros(size)
    assert power.subs(k, 0) == sp.eye(size)
    for j in range(size):
        polynomial = sp.Poly(sp.expand(sp.expand_func(sp.ff(k, j))), k)
        assert polynomial.degree() == j


@pytest.mark.parametrize(
    ("sizes", "rest"), [((1,), 0), ((2,), 1), ((3, 1), 1), ((2, 2), 2), ((1, 1, 1), 0), ((), 3)]
)
def test_growth_of_known_jordan_forms(sizes: tuple[int, ...], rest: int) -> None:
    """m0 is the largest nilpotent block; N is the size of the others."""
    n = sum(sizes) + rest
    jordan = [[ZERO] * n for _ in range(n)]
    start = 0
    for size in sizes:
        for i in range(start, start + size - 1):
            jordan[i][i + 1] = Fraction(1)
        start += size
    for i in range(start, n):
        jordan[i][i] = Fraction(i + 1, 2)
        if i + 1 < n:
            jordan[i][i + 1] = Fraction(1)
    there = [[Fraction(i == j or i > j) for j in range(n)] for i in range(n)]
    back = [[Fraction(int(i == j) - int(i == j + 1)) for j in range(n)] for i in range(n)]
    matrix = multiply(multiply(_frozen(there), _frozen(jordan)), _frozen(back))
    nonzero = sum(jordan[i][i] != 0 for i in range(n))
    nilpotent = max(sizes, default=0)
    assert growth(matrix) == Growth(n, nonzero, nilpotent, True, True)


def _frozen(rows: list[list[Fraction]]) -> Matrix:
    return tuple(map(tuple, rows))


def test_spectra_of_all_small_integer_matrices() -> None:
    """Against the quadratic formula, for entries -2 to 2."""
    for a, b, c, d in product(range(-2, 3), repeat=4):
        trace, det = a + d, a * d - b * c
        real = trace * trace >= 4 * det
        found = growth(((Fraction(a), Fraction(b)), (Fraction(c), Fraction(d))))
        assert found.real == real
        assert found.nonnegative == (real and trace >= 0 and det >= 0)
        assert found.nonzero == (2 if det else int(trace != 0))
        nilpotent = det == 0 and trace == 0
        assert found.index == (0 if det else 2 if nilpotent and (a, b, c, d) != (0,) * 4 else 1)


# Products of factors with eigenvalues in [0, 1].


@pytest.mark.parametrize("n", [2, 3])
def test_two_semidefinite_factors_have_a_spectrum_of_one(n: int) -> None:
    """P = S S^T, Q = T T^T: PQ has the characteristic polynomial of (T^T S)^T (T^T S), symbols.

    That matrix is symmetric positive semidefinite, so all eigenvalues are real and >= 0.
    """
    s = sp.Matrix(n, n, sp.symbols(f"s0:{n * n}"))
    t = sp.Matrix(n, n, sp.symbols(f"t0:{n * n}"))
    if n == 3:  # generic lower triangular factors: every semidefinite matrix has one (Cholesky)
        s, t = s.lower_triangular(), t.lower_triangular()
    m = t.T * s
    left = (s * s.T * t * t.T).charpoly().all_coeffs()
    right = (m.T * m).charpoly().all_coeffs()
    assert all(sp.expand(a - b) == 0 for a, b in zip(left, right, strict=True))


def test_three_semidefinite_factors_need_not() -> None:
    """Three projections on lines that are pairwise obtuse: the trace of the product is < 0."""
    u, v, w = (sp.Matrix(k) for k in ((1, 0), (-1, 1), (-1, -2)))
    projections = [k * k.T / k.dot(k) for k in (u, v, w)]
    matrix = projections[0] * projections[1] * projections[2]
    assert all(p.is_positive_semidefinite for p in projections)
    assert sorted(matrix.eigenvals()) == [sp.Rational(-1, 10), 0]


def test_three_delta_steps_with_eigenvalues_in_0_1_may_rotate() -> None:
    """Non-real eigenvalues from three steps, real ones >= 0 from every two of them."""
    keys = [(1, 0), (-1, 1), (-1, -2)]
    steps = []
    for key in keys:
        square = Fraction(sum(x * x for x in key))
        steps.append(DeltaStep(Fraction(9, 10) / square, tuple(map(Fraction, key)), ZERO))
    assert all(step.eigenvalue == Fraction(1, 10) for step in steps)
    three = _layer(*steps).letter_matrix("a")
    assert not growth(three).real
    for pair in combinations(steps, 2):
        assert growth(_layer(*pair).letter_matrix("a")).nonnegative


def _layer(*steps: DeltaStep) -> Layer:
    zero = (ZERO,) * len(steps[0].key)
    return Layer(alphabet=("a",), initial=zero, steps={"a": steps}, codes=(zero,), emit=(("0",),))


@pytest.mark.parametrize("n", [2, 3, 4])
def test_the_norm_of_a_product_is_at_most_one(n: int) -> None:
    """|x|^2 - |F x|^2 = b (2 - b |k|^2) (k.x)^2 for symbols: >= 0 when 1 - b |k|^2 is in [-1, 1].

    So no factor lengthens a vector, and neither does a product of any number of them.
    """
    b = sp.Symbol("b")
    k, x = (sp.Matrix(sp.symbols(f"{name}0:{n}")) for name in "kx")
    image = x - b * k * (k.T * x)[0]
    loss = x.dot(x) - image.dot(image)
    assert sp.expand(loss - b * (2 - b * k.dot(k)) * k.dot(x) ** 2) == 0
    eigenvalue = 1 - b * k.dot(k)
    # b (2 - b |k|^2) |k|^2 = (1 - e)(1 + e): the sign is that of 1 - e^2.
    assert sp.expand(b * (2 - b * k.dot(k)) * k.dot(k) - (1 - eigenvalue**2)) == 0


def test_the_square_of_a_real_spectrum_is_nonnegative() -> None:
    """Theorem 2 rests on this: exhaustively for entries -2 to 2."""
    for a, b, c, d in product(range(-2, 3), repeat=4):
        matrix = ((Fraction(a), Fraction(b)), (Fraction(c), Fraction(d)))
        found, square = growth(matrix), growth(multiply(matrix, matrix))
        if found.real:
            assert square.nonnegative
            assert square.nonzero == found.nonzero
            assert square.index == -(-found.index // 2)
    rotation = ((ZERO, Fraction(-1)), (Fraction(1), ZERO))
    assert not growth(multiply(rotation, rotation)).nonnegative
    assert growth(identity(2)).nonnegative
