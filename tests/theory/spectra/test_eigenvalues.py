"""Exact eigenvalues: multiplied together they give the characteristic polynomial again."""

import itertools
import random
import re
from collections import Counter
from fractions import Fraction as F

import pytest
import sympy
from flint import acb, arb, ctx, fmpq

from negeig.automata import zoo
from negeig.claims import LimitReached
from negeig.theory.exact.number_text import (
    decimal_text,
    minimal_polynomial,
    number_text,
    polynomial_text,
    surds,
)
from negeig.theory.exact.numbers import NumberField, enclose
from negeig.theory.networks.network import DeltaStep, DenseStep
from negeig.theory.spectra.eigenvalues import eigenvalues, letter_eigenvalues, step_eigenvalues
from support.candidates import candidates
from support.kernel_networks import dense, symmetric, vector

X = sympy.Symbol("x")
ROOT3 = NumberField((-3, 0, 1), "1.73205080756887729352744634151")
CUBIC = NumberField((1, -3, 0, 1), "1.53208888623795607040478530112")


def value_of(text):
    """The number that a text stands for, the root above the real axis of a pair."""
    text = re.sub(r"(?<=[\w)]) (?=[a-z])", "*", text.replace("+-", "+"))
    return sympy.sympify(text.removeprefix("+"), {"i": sympy.I})


def assert_near(e, value):
    """The value is in the enclosure, or closer to it than its own rounding."""
    slack = sympy.Rational(1, 10**60)
    for part, (low, high) in zip(
        value.evalf(80).as_real_imag(), (e.real, e.imaginary), strict=True
    ):
        exact = sympy.Rational(part)
        assert sympy.Rational(low) - slack <= exact <= sympy.Rational(high) + slack


def rational(rows):
    return tuple(tuple(F(x) for x in row) for row in rows)


def assert_exact(matrix):
    """The factors make up sympy's characteristic polynomial, and every text is its value."""
    found = eigenvalues(matrix)
    n = len(matrix)
    assert sum(e.count for e in found) == n
    roots, product = Counter(), sympy.Integer(1)
    for e in found:
        roots[e.minimal_polynomial, e.multiplicity] += e.count // e.multiplicity
        if "root of" not in e.text:
            for text in e.text.split(" = "):
                assert_near(e, value_of(text))
        if e.number is not None:
            assert e.is_real
            assert e.minimal_polynomial == minimal_polynomial(e.number)
    for (coefficients, multiplicity), count in roots.items():
        factor = sympy.Poly(coefficients[::-1], X)
        assert factor.is_irreducible
        assert count == factor.degree()  # over the rationals all roots of a factor come together
        product *= factor.monic().as_expr() ** multiplicity
    whole = sympy.Matrix(n, n, [sympy.Rational(x) for row in matrix for x in row]).charpoly(X)
    assert sympy.expand(product - whole.as_expr()) == 0
    return found


def test_all_small_matrices():
    for entries in itertools.product((-1, 0, 1, 2), repeat=4):
        assert_exact(rational((entries[:2], entries[2:])))


@pytest.mark.parametrize("seed", range(3))
def test_random_rational_matrices(seed):
    rng = random.Random(seed)
    for n in (3, 4, 5):
        for _ in range(5):
            rows = [[F(rng.randint(-3, 3), rng.choice([1, 2])) for _ in range(n)] for _ in range(n)]
            assert_exact(rational(rows))


def test_permutations_have_the_roots_of_unity_of_their_cycles():
    for n in range(1, 6):
        for images in itertools.permutations(range(n)):
            found = assert_exact(rational([[images[j] == i for j in range(n)] for i in range(n)]))
            cycles, seen = Counter(), set()
            for start in range(n):
                length = 0
                while start not in seen:
                    seen.add(start)
                    start, length = images[start], length + 1
                for order in sympy.divisors(length) if length else []:
                    cycles[order] += 1
            for order, count in cycles.items():
                poly = tuple(
                    int(c) for c in sympy.cyclotomic_poly(order, X, polys=True).all_coeffs()
                )
                mine = [e for e in found if e.minimal_polynomial == poly[::-1]]
                assert [e.multiplicity for e in mine] == [count] * max(sympy.totient(order) // 2, 1)


def test_texts():
    def texts(*rows):
        return [e.text for e in eigenvalues(rational(rows))]

    assert texts((0, -1), (1, 0)) == ["+-i"]
    assert texts((0, -1), (1, 1)) == ["(1 +- i sqrt(3))/2 = exp(+-pi i/3)"]
    assert texts((0, 1), (1, 1)) == ["(1 - sqrt(5))/2", "(1 + sqrt(5))/2"]
    assert texts((F(1, 2), 0), (7, -3)) == ["-3", "1/2"]
    fifth = [[int(i == (j + 1) % 5) for j in range(5)] for i in range(5)]
    assert texts(*fifth) == ["1", "exp(+-2 pi i/5)", "exp(+-4 pi i/5)"]
    assert texts((0, 0, 1), (1, 0, 1), (0, 1, 0)) == [
        "1.324717957, root of x^3 - x - 1",
        "-0.6623589786 +- 0.5622795121 i, root of x^3 - x - 1",
    ]


def field_matrix(field, rng, n):
    return tuple(
        tuple(field.element([rng.randint(-1, 1) for _ in range(field.degree)]) for _ in range(n))
        for _ in range(n)
    )


def ball(interval):
    low, high = (fmpq(x.numerator, x.denominator) for x in interval)
    return arb((low + high) / 2) + arb(0, (high - low) / 2)


def determinant(matrix):
    """By the sum over permutations."""
    total = acb(0)
    for images in itertools.permutations(range(len(matrix))):
        sign = (-1) ** sum(a > b for a, b in itertools.combinations(images, 2))
        term = acb(sign)
        for i, j in enumerate(images):
            term *= matrix[i][j]
        total += term
    return total


@pytest.mark.parametrize("field", [ROOT3, CUBIC])
@pytest.mark.parametrize("n", [2, 3, 4])
def test_random_matrices_over_a_number_field(field, n):
    """Each enclosure makes det(A - x) contain 0; n disjoint ones are all the eigenvalues."""
    rng = random.Random(n)
    for _ in range(6):
        matrix = field_matrix(field, rng, n)
        found = eigenvalues(matrix)
        assert sum(e.count for e in found) == n
        places = [(e.real, e.imaginary) for e in found]
        for (r1, i1), (r2, i2) in itertools.combinations(places, 2):
            assert r1[1] < r2[0] or r2[1] < r1[0] or i1[1] < i2[0] or i2[1] < i1[0]
        with ctx.workprec(200):
            for e in found:
                value = acb(ball(e.real), ball(e.imaginary))
                shifted = [
                    [acb(ball(enclose(x, 200))) - (value if i == j else 0) for j, x in enumerate(r)]
                    for i, r in enumerate(matrix)
                ]
                assert determinant(shifted).contains(0)
                assert abs(determinant(shifted)) < arb(2) ** -60


def times(a, b):
    return tuple(
        tuple(sum((x * b[k][j] for k, x in enumerate(row)), F(0)) for j in range(len(b)))
        for row in a
    )


def conjugated(diagonal, seed):
    """P D P^-1 with one strongly connected block, so that nothing splits off."""
    n = len(diagonal)
    rng = random.Random(seed)
    while True:
        p = sympy.Matrix(n, n, lambda i, j: rng.randint(-2, 2))
        if p.det() != 0 and all(x != 0 for x in p.inv()) and all(x != 0 for x in p):
            break
    inverse = rational([[F(int(x.p), int(x.q)) for x in p.inv().row(i)] for i in range(n)])
    plain = rational([[F(int(x)) for x in p.row(i)] for i in range(n)])
    zero = F(0)
    d = tuple(tuple(x if i == j else zero for j in range(n)) for i, x in enumerate(diagonal))
    return times(times(plain, d), inverse)


def test_eigenvalues_in_the_field_are_found_with_their_own_multiplicities():
    """Conjugates over the rationals, but not over the field: 2 times one and 1 time the other."""
    root3, r = ROOT3.element([0, 1]), CUBIC.element([0, 1])
    for seed in range(5):
        found = eigenvalues(conjugated([root3, root3, -root3], seed))
        assert [(e.text, e.multiplicity) for e in found] == [("-sqrt(3)", 1), ("sqrt(3)", 2)]
        assert [e.number for e in found] == [-root3, root3]
        found = eigenvalues(conjugated([r, F(1, 2), F(1, 2)], seed))
        assert [(e.text, e.multiplicity) for e in found] == [("1/2", 2), ("r = 1.532088886", 1)]
        assert found[1].number == r
        found = eigenvalues(conjugated([root3 + 1, 1 - root3, F(1)], seed))
        assert [e.number for e in found] == [1 - root3, F(1), 1 + root3]


def test_a_rotation_with_entries_in_a_field_has_named_roots_of_unity():
    half, sine = F(1, 2), ROOT3.element([0, F(1, 2)])
    (pair,) = eigenvalues(((half, -sine), (sine, half)))
    assert pair.text == "(1 +- i sqrt(3))/2 = exp(+-pi i/3)"
    assert (pair.multiplicity, pair.count, pair.is_real, pair.number) == (1, 2, False, None)
    (pair,) = eigenvalues(((F(0), -ROOT3.element([0, 1])), (ROOT3.element([0, 1]), F(0))))
    assert pair.text == "+-i sqrt(3)"
    assert pair.near == complex(0, 3**0.5)


def test_steps_and_letters():
    network, _ = symmetric(3)
    layer = network.layers[0]
    for letter in "ab":
        (step,) = layer.steps[letter]
        expected = [("-1", 1), ("1", 2)]
        assert [(e.text, e.multiplicity) for e in step_eigenvalues(step)] == expected
        assert [(e.text, e.multiplicity) for e in letter_eigenvalues(layer, letter)] == expected
    half = DeltaStep(F(1, 2), vector(1, 1, 1), F(3))
    assert [e.number for e in step_eigenvalues(half)] == [F(-1, 2), F(1)]
    assert [e.multiplicity for e in step_eigenvalues(half)] == [1, 2]
    same = DeltaStep(F(0), vector(1, 1), F(3))
    assert [(e.text, e.multiplicity) for e in step_eigenvalues(same)] == [("1", 2)]
    turn = dense()[0].layers[0]
    assert step_eigenvalues(turn.steps["g"][0]) == letter_eigenvalues(turn, "g")
    assert letter_eigenvalues(turn, "g")[0].text.endswith("exp(+-2 pi i/3)")


def test_every_letter_of_a_compiled_network_has_as_many_as_its_dimension():
    for name in ("sym:4", "dyck1:3", "transformations:3", "quaternion"):
        for layer in candidates(zoo.get(name).minimal())[0].network.layers:
            for letter in layer.alphabet:
                found = letter_eigenvalues(layer, letter)
                assert sum(e.count for e in found) == layer.dim
                assert all(abs(e.near) < 1 + 1e-15 for e in found)  # contractions


def test_limits():
    big = tuple(tuple(F(i == j) for j in range(201)) for i in range(201))
    with pytest.raises(LimitReached, match="rows of a matrix"):
        eigenvalues(big)
    with pytest.raises(LimitReached, match="rows of a matrix"):
        step_eigenvalues(DenseStep(big, (F(0),) * 201))
    assert [(e.text, e.multiplicity) for e in eigenvalues(tuple(r[:200] for r in big[:200]))] == [
        ("1", 200)
    ]
    with pytest.raises(LimitReached, match="digits of a matrix entry"):
        eigenvalues(rational([[10**5000, 1], [1, 0]]))
    (one, huge) = step_eigenvalues(DeltaStep(F(-(10**400)), vector(1, 0), F(0)))
    assert (one.text, huge.text) == ("1", "~1e+400")
    with pytest.raises(LimitReached, match="times the degree of its number field"):
        eigenvalues(field_matrix(ROOT3, random.Random(0), 13))


def test_all_small_quadratics():
    for a, b, c in itertools.product(range(1, 4), range(-4, 5), range(-4, 5)):
        poly = sympy.Poly([a, b, c], X)
        if not poly.is_irreducible or sympy.gcd_list([a, b, c]) != 1:
            continue
        roots = sympy.roots(poly)
        texts = surds((c, b, a))
        if b * b < 4 * a * c:
            assert texts[0] == texts[1]
            assert "+-" in texts[0]
            assert any(sympy.simplify(value_of(texts[0]) - r) == 0 for r in roots)
        else:
            below, above = map(value_of, texts)
            assert below < above
            assert all(any(sympy.simplify(v - r) == 0 for r in roots) for v in (below, above))


def test_number_texts():
    root3, r = ROOT3.element([0, 1]), CUBIC.element([0, 1])
    for x in (root3, -root3, root3 / 2, (1 - root3) / 3, 5 - 7 * root3, root3 * root3, F(-7, 3)):
        wide = value_of(number_text(x)).evalf(60)
        low, high = enclose(x, 100)
        slack = sympy.Rational(1, 10**40)
        assert sympy.Rational(low) - slack <= sympy.Rational(wide) <= sympy.Rational(high) + slack
    assert number_text(r - r * r / 2) == "-1/2 r^2 + r"
    assert number_text(r - r) == "0"
    assert number_text(F(10**30, 3)) == "~3.33333333333e+29"
    assert number_text(F(-1, 10**400)) == "~-1e-400"
    assert number_text(F(2 * 10**5000)) == "~2e+5000"
    tiny = 97 - 56 * root3  # 1/(97 + 56 sqrt 3)
    assert decimal_text(tiny, 10) == "0.005154776143"
    assert polynomial_text((0, -1, 0, 2)) == "2 x^3 - x"
    assert polynomial_text(()) == polynomial_text((0,)) == "0"
    assert polynomial_text([1] * 100) == "a polynomial in x of degree 99"
    assert minimal_polynomial(r * r) == (-1, 9, -6, 1)
    assert minimal_polynomial(ROOT3.element([F(2, 3)])) == (-2, 3)
