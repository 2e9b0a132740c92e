"""Exact factorisation into generalised Householder factors, and Proposition 1 as checks."""

import random
from fractions import Fraction
from itertools import permutations, product

import pytest
import sympy

from negeig.claims import InputError, LimitReached
from negeig.theory.exact.fields import polygon
from negeig.theory.exact.linear_algebra import (
    ONE,
    Negative,
    Semidefinite,
    add,
    characteristic_polynomial,
    defect,
    dot,
    identity,
    inverse,
    is_contraction,
    is_orthogonal,
    ldl,
    matvec,
    multiply,
    null_space,
    rank,
    solve,
    transpose,
)
from negeig.theory.exact.numbers import FieldElement, NumberField
from negeig.theory.exact.polynomials import has_only_real_roots, roots_in_field
from negeig.theory.factors import contraction_factors
from negeig.theory.factors.contraction_factors import factor_spectrum, step_matrix
from negeig.theory.factors.factorisation import partial_injection_steps
from negeig.theory.factors.householder import (
    affine_steps,
    contraction_steps,
    product_of,
    reflections,
)
from negeig.theory.factors.proposition import check_orthogonal, check_product
from negeig.theory.networks.network import DeltaStep

ZERO = Fraction(0)


def moved(matrix):
    """rank(I - M)."""
    return rank(add(identity(len(matrix)), matrix, -ONE))


def matrix_of(rows):
    return tuple(tuple(Fraction(x) for x in row) for row in rows)


def signed_permutations(n):
    for images in permutations(range(n)):
        for signs in product((1, -1), repeat=n):
            yield matrix_of(
                [[signs[j] if images[j] == i else 0 for j in range(n)] for i in range(n)]
            )


def partial_permutations(n):
    """All images with None for a coordinate that is dropped."""
    for images in product([None, *range(n)], repeat=n):
        kept = [i for i in images if i is not None]
        if len(set(kept)) == len(kept):
            yield images


def random_matrix(rng, n, size=9):
    return tuple(tuple(Fraction(rng.randint(-size, size), 8) for _ in range(n)) for _ in range(n))


def random_orthogonal(rng, n):
    """Cayley: (I - S)(I + S)^-1 for an antisymmetric S, times random signs."""
    half = random_matrix(rng, n)
    skew = add(half, transpose(half), -ONE)
    rotation = multiply(add(identity(n), skew, -ONE), inverse(add(identity(n), skew)))
    signs = [rng.choice((1, -1)) for _ in range(n)]
    return tuple(tuple(sign * x for x in row) for sign, row in zip(signs, rotation, strict=True))


def random_contraction(rng, n):
    while True:
        scale = Fraction(1, rng.randint(1, 2 * n))
        matrix = tuple(tuple(scale * x for x in row) for row in random_matrix(rng, n))
        if is_contraction(matrix):
            return matrix


def check(matrix):
    """Factor a contraction and verify everything that is promised about the result."""
    found = contraction_steps(matrix)
    assert product_of(found.steps, len(matrix)) == matrix == found.matrix
    assert all(not (s.eigenvalue < -1 or s.eigenvalue > 1) for s in found.steps)
    assert all(s.write == 0 for s in found.steps)
    assert moved(matrix) <= found.lower_bound <= moved(matrix) + 1
    assert found.lower_bound <= len(found.steps) <= found.published_bound == 3 * len(matrix)
    return found


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_every_signed_permutation_takes_its_rank(n):
    for matrix in signed_permutations(n):
        steps = reflections(matrix)
        assert product_of(steps, n) == matrix
        assert len(steps) == moved(matrix)
        assert all(step.eigenvalue == -1 for step in steps)
        assert all(abs(k) <= 1 for step in steps for k in step.key)
        if n < 4:
            assert len(check(matrix).steps) == moved(matrix)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_partial_permutation_takes_its_rank(n):
    for images in partial_permutations(n):
        matrix = matrix_of([[int(images[j] == i) for j in range(n)] for i in range(n)])
        found = check(matrix)
        assert len(found.steps) == moved(matrix) == len(partial_injection_steps(images))
        assert {s.eigenvalue for s in found.steps} <= {-1, 0}


@pytest.mark.parametrize("seed", range(12))
def test_rational_orthogonal_matrices(seed):
    rng = random.Random(seed)
    n = 1 + seed % 6
    print("seed", seed)
    matrix = random_orthogonal(rng, n)
    steps = reflections(matrix)
    assert product_of(steps, n) == matrix
    assert len(steps) == moved(matrix) == len(check(matrix).steps)
    assert all(isinstance(x, Fraction) for s in steps for x in (s.beta, *s.key))
    # One entry changed: not orthogonal any more, or at least another product.
    spoiled = ((matrix[0][0] / 2, *matrix[0][1:]), *matrix[1:])
    if spoiled != matrix:
        with pytest.raises(InputError, match="not orthogonal"):
            reflections(spoiled)


@pytest.mark.parametrize("seed", range(24))
def test_rational_contractions(seed):
    rng = random.Random(seed)
    n = 1 + seed % 3
    print("seed", seed)
    matrix = random_contraction(rng, n)
    found = check(matrix)
    assert len(found.steps) <= max(1, 3 * moved(matrix) - 2)
    assert all(isinstance(x, Fraction) for s in found.steps for x in (s.beta, *s.key))


@pytest.mark.parametrize("seed", range(3))
def test_contractions_in_dimension_four(seed):
    rng = random.Random(seed)
    print("seed", seed)
    # A product of three random factors and an orthogonal one, so that numbers stay short.
    key = tuple(Fraction(rng.randint(-2, 2)) for _ in range(4))
    factor = DeltaStep(Fraction(rng.choice((1, 3)), 2) / (1 + dot(key, key)), key, ZERO)
    matrix = multiply(step_matrix(factor), random_orthogonal(rng, 4))
    check(matrix)


@pytest.mark.parametrize("seed", range(8))
def test_singular_contractions(seed):
    rng = random.Random(seed)
    print("seed", seed)
    n = 2 + seed % 2
    keep = random_contraction(rng, n)
    matrix = tuple((ZERO,) * n if i == seed % n else row for i, row in enumerate(keep))
    found = check(matrix)
    assert any(s.eigenvalue == 0 for s in found.steps)


@pytest.mark.parametrize("seed", range(6))
def test_orthogonal_sums_leave_the_fixed_vectors_alone(seed):
    """Conjugate M + 1 by a rotation: the keys stay orthogonal to what is fixed."""
    rng = random.Random(seed)
    print("seed", seed)
    small = random_contraction(rng, 2)
    big = (*((*row, ZERO) for row in small), (ZERO, ZERO, ONE))
    turn = random_orthogonal(rng, 3)
    matrix = multiply(multiply(turn, big), transpose(turn))
    found = check(matrix)
    fixed = matvec(turn, (ZERO, ZERO, ONE))
    assert all(dot(step.key, fixed) == 0 for step in found.steps)
    assert len(found.steps) <= 4


def test_diagonal_and_triangular_spectra_take_the_rank():
    values = [Fraction(p, 3) for p in range(-3, 4)]
    for a, b, c in product(values, repeat=3):
        matrix = matrix_of([[a, 0, 0], [0, b, 0], [0, 0, c]])
        found = check(matrix)
        assert len(found.steps) == sum(x != 1 for x in (a, b, c)) == found.lower_bound
        assert sorted(s.eigenvalue for s in found.steps) == sorted(x for x in (a, b, c) if x != 1)


def test_products_of_two_factors_are_recognised():
    """Any product of independent factors is found again with as many, and their eigenvalues."""
    rng = random.Random(5)
    for _ in range(40):
        keys = [tuple(Fraction(rng.randint(-3, 3)) for _ in range(3)) for _ in range(2)]
        if rank(tuple(keys)) < 2:
            continue
        lams = [Fraction(rng.randint(-4, 3), 4) for _ in keys]
        steps = [
            DeltaStep((1 - lam) / dot(key, key), key, ZERO)
            for lam, key in zip(lams, keys, strict=True)
        ]
        found = check(product_of(steps, 3))
        assert len(found.steps) == 2 == found.lower_bound
        assert sorted(s.eigenvalue for s in found.steps) == sorted(lams)
        assert set(roots_in_field(factor_spectrum(found.matrix))) == set(lams)


@pytest.mark.parametrize("half", [Fraction(1, 2), Fraction(3, 4), Fraction(1, 100)])
def test_a_shrinking_rotation_needs_one_more_than_its_rank(half):
    matrix = ((ZERO, -half), (half, ZERO))
    assert not has_only_real_roots(factor_spectrum(matrix))
    found = check(matrix)
    assert moved(matrix) == 2
    assert len(found.steps) == 3 == found.lower_bound


def test_a_real_but_irrational_spectrum_is_not_called_impossible():
    matrix = matrix_of([["1/2", "1/4"], ["1/4", 0]])
    found = check(matrix)
    assert found.lower_bound == 2
    assert roots_in_field(factor_spectrum(matrix)) == ()
    assert has_only_real_roots(factor_spectrum(matrix))


def test_field_entries():
    """The rotation by a fifth of a turn, a shrunken one, and a diagonal matrix, in one field."""
    cosine, sine = polygon(5)[1]
    turn = ((cosine, -sine), (sine, cosine))
    steps = reflections(turn)
    assert product_of(steps, 2) == turn
    assert len(steps) == 2
    assert any(isinstance(k, FieldElement) for s in steps for k in s.key)
    shrunk = tuple(tuple(x * Fraction(1, 2) for x in row) for row in turn)
    assert len(check(shrunk).steps) == 3
    diagonal = ((cosine, ZERO), (ZERO, -sine))
    assert len(check(diagonal).steps) == 2
    # T = M here, and its characteristic polynomial x^2 - 1/2 is rational: its roots are not.
    root = NumberField((-2, 0, 1), "1.41421356237309504880168872420969").element([0, 1])
    assert len(check(((root / 2, ZERO), (ZERO, -root / 2))).steps) == 2
    with pytest.raises(InputError, match="not orthogonal"):
        reflections(((cosine, sine), (sine, cosine)))
    with pytest.raises(InputError, match="not a contraction"):
        contraction_steps(((cosine * 4, ZERO), (ZERO, ONE)))


def test_two_fields_do_not_mix():
    two = NumberField((-2, 0, 1), "1.41421356237309504880168872420969").element([0, 1])
    three = NumberField((-3, 0, 1), "1.73205080756887729352744634150587").element([0, 1])
    for matrix in (((two / 2, ZERO), (three / 4, ZERO)), ((two / 2, ZERO), (ZERO, three / 4))):
        with pytest.raises(InputError, match="expected one field"):
            contraction_steps(matrix)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[2]], "not a contraction"),
        ([[1, "1/100"], [0, 1]], "not a contraction"),
        ([[1, 0]], "expected a square"),
        ([[1, 0], [0]], "expected a square"),
        ([], "expected a square"),
    ],
)
def test_what_is_no_contraction_is_refused(rows, message):
    with pytest.raises(InputError, match=message):
        contraction_steps(matrix_of(rows))


def test_the_vector_that_proves_a_refusal_is_lengthened():
    matrix = matrix_of([["3/5", "4/5"], ["4/5", "3/5"]])
    verdict = ldl(defect(matrix))
    assert isinstance(verdict, Negative)
    image = matvec(matrix, verdict.vector)
    assert dot(image, image) > dot(verdict.vector, verdict.vector)
    lost = dot(verdict.vector, verdict.vector) - dot(image, image)
    assert lost == verdict.value < 0


@pytest.mark.parametrize("rows", [[[1, 1], [0, 1]], [[1, 0]], [["3/5", "4/5"], ["4/5", "3/5"]]])
def test_what_is_not_orthogonal_is_refused(rows):
    with pytest.raises(InputError, match=r"not orthogonal|expected a square"):
        reflections(matrix_of(rows))


def test_the_search_for_pairs_stops_at_its_limits(monkeypatch):
    matrix = ((ZERO, Fraction(-1, 2)), (Fraction(1, 2), ZERO))
    monkeypatch.setattr(contraction_factors, "MAX_BITS", 3)
    with pytest.raises(LimitReached, match="bits"):
        contraction_steps(matrix)
    monkeypatch.undo()
    monkeypatch.setattr(contraction_factors, "MAX_VECTORS", 0)
    with pytest.raises(LimitReached, match="vectors"):
        contraction_steps(matrix)


@pytest.mark.parametrize("seed", range(10))
def test_affine_maps_with_a_fixed_point(seed):
    rng = random.Random(seed)
    print("seed", seed)
    n = 1 + seed % 2
    matrix = random_orthogonal(rng, n) if seed % 3 == 0 else random_contraction(rng, n)
    point = tuple(Fraction(rng.randint(-5, 5), 3) for _ in range(n))
    bias = tuple(x - y for x, y in zip(point, matvec(matrix, point), strict=True))
    steps = affine_steps(matrix, bias)
    for _ in range(5):
        state = start = tuple(Fraction(rng.randint(-9, 9), 2) for _ in range(n))
        for step in steps:
            state = step.apply(state)
        assert state == tuple(x + b for x, b in zip(matvec(matrix, start), bias, strict=True))


def test_a_translation_is_refused_and_so_is_a_bias_of_another_length():
    with pytest.raises(InputError, match="no fixed point"):
        affine_steps(identity(2), (ONE, ZERO))
    with pytest.raises(InputError, match="expected 2"):
        affine_steps(identity(2), (ONE,))
    assert affine_steps(identity(2), (ZERO, ZERO)) == ()


# Proposition 1


@pytest.mark.parametrize("n", [2, 3])
def test_how_much_one_factor_shortens_a_vector(n):
    """|x|^2 - |F x|^2 = (1 - lam^2) (k.x)^2 / |k|^2, for symbols."""
    k = sympy.Matrix(sympy.symbols(f"k:{n}", real=True))
    x = sympy.Matrix(sympy.symbols(f"x:{n}", real=True))
    lam = sympy.Symbol("lam", real=True)
    square = k.dot(k)
    image = x - (1 - lam) / square * k * k.dot(x)
    shortening = x.dot(x) - image.dot(image) - (1 - lam**2) * k.dot(x) ** 2 / square
    assert sympy.simplify(shortening) == 0


def random_steps(rng, n, count, values):
    steps = []
    while len(steps) < count:
        key = tuple(Fraction(rng.randint(-3, 3)) for _ in range(n))
        if any(key):
            steps.append(DeltaStep((1 - rng.choice(values)) / dot(key, key), key, ZERO))
    return steps


@pytest.mark.parametrize("seed", range(8))
def test_products_have_norm_at_most_one(seed):
    rng = random.Random(seed)
    print("seed", seed)
    n, count = 2 + seed % 3, 1 + seed % 5
    steps = random_steps(rng, n, count, [Fraction(i, 4) for i in range(-4, 5)])
    facts = check_product(steps, n)
    lower, diagonal = facts.norm.lower, facts.norm.diagonal
    scaled = tuple(tuple(a * d for a, d in zip(row, diagonal, strict=True)) for row in lower)
    product_back = (
        multiply(scaled, transpose(lower)) if diagonal else tuple((ZERO,) * n for _ in range(n))
    )
    assert product_back == defect(facts.matrix)
    assert all(d > 0 for d in diagonal)
    assert facts.fixed >= n - count
    assert facts.eigenvalues == tuple(s.eigenvalue for s in steps)


@pytest.mark.parametrize("seed", range(8))
def test_without_reflections_only_the_eigenvalue_one_has_modulus_one(seed):
    rng = random.Random(seed)
    print("seed", seed)
    steps = random_steps(rng, 3, 3, [Fraction(i, 4) for i in range(-3, 5)])
    assert check_product(steps, 3).only_one_on_the_circle


def test_with_reflections_other_eigenvalues_have_modulus_one():
    for matrix in signed_permutations(2):
        facts = check_product(reflections(matrix), 2)
        assert facts.isometric == 2
        assert facts.only_one_on_the_circle == (matrix == identity(2))


def test_two_factors_without_negative_eigenvalues_have_a_real_spectrum():
    rng = random.Random(3)
    for _ in range(30):
        steps = random_steps(rng, 3, 2, [Fraction(i, 4) for i in range(5)])
        assert check_product(steps, 3).real_spectrum


def test_three_such_factors_need_not_and_neither_do_two_with_negative_ones():
    rng = random.Random(4)
    three = [random_steps(rng, 2, 3, [Fraction(i, 8) for i in range(3)]) for _ in range(60)]
    assert not all(check_product(steps, 2).real_spectrum for steps in three)
    two = [random_steps(rng, 2, 2, [Fraction(-7, 8)]) for _ in range(20)]
    assert not all(check_product(steps, 2).real_spectrum for steps in two)


def test_steps_outside_the_range_are_all_named():
    one = Fraction(1)
    with pytest.raises(InputError, match="2 problems") as caught:
        check_product([DeltaStep(3 * one, (one,), ZERO), DeltaStep(-one, (one,), ZERO)], 1)
    assert len(caught.value.problems) == 2
    with pytest.raises(InputError, match="expected 2"):
        check_product([DeltaStep(one, (one,), ZERO)], 2)


def test_permutations_take_fewer_than_n_reflections():
    for n in (1, 2, 3, 4):
        for images in permutations(range(n)):
            matrix = matrix_of([[int(images[j] == i) for j in range(n)] for i in range(n)])
            facts = check_orthogonal(matrix)
            assert len(facts.steps) <= facts.published_bound == n - 1
    minus = matrix_of([[-1, 0], [0, -1]])
    assert len(check_orthogonal(minus).steps) == check_orthogonal(minus).published_bound == 2


# Linear algebra and polynomials


@pytest.mark.parametrize("corners", [5, 7])
def test_roots_in_a_field_are_all_found(corners):
    """Products of known linear factors, and x^2 + 1 or x^3 - 2, which have no root in the field."""
    cosine, sine = polygon(corners)[1]
    pool = [cosine, sine, cosine + sine, -cosine, sine * sine, Fraction(1, 2), cosine * sine + 1]
    rng = random.Random(corners)
    for trial in range(8):
        roots = [rng.choice(pool) for _ in range(rng.randint(1, 3))]
        polynomial = [(ONE,), (ONE, ZERO, ONE), (-2 * ONE, ZERO, ZERO, ONE)][trial % 3]
        for root in roots:
            shifted = (ZERO, *polynomial)
            scaled = (*(-root * c for c in polynomial), ZERO)
            polynomial = tuple(a + b for a, b in zip(shifted, scaled, strict=True))
        assert set(roots_in_field(polynomial, cosine.field)) == set(roots)


@pytest.mark.parametrize("seed", range(6))
def test_linear_algebra_agrees_with_sympy(seed):
    rng = random.Random(seed)
    print("seed", seed)
    n = 1 + seed % 4
    matrix = random_matrix(rng, n, size=2)
    other = sympy.Matrix(n, n, lambda i, j: sympy.Rational(str(matrix[i][j])))
    assert rank(matrix) == other.rank()
    assert len(null_space(matrix)) == n - other.rank()
    assert all(matvec(matrix, v) == (ZERO,) * n for v in null_space(matrix))
    expected = [Fraction(str(c)) for c in reversed(other.charpoly().all_coeffs())]
    assert list(characteristic_polynomial(matrix)) == expected
    real = all(root.is_real for root in sympy.Poly(expected[::-1], sympy.Symbol("x")).all_roots())
    assert has_only_real_roots(tuple(expected)) == real
    symmetric = add(matrix, transpose(matrix))
    definite = (other + other.T).is_positive_semidefinite
    assert isinstance(ldl(symmetric), Semidefinite) == definite
    if rank(matrix) == n:
        assert multiply(matrix, inverse(matrix)) == identity(n)
    else:
        with pytest.raises(InputError, match="singular"):
            inverse(matrix)


def test_the_recursion_for_fields_gives_the_polynomial_of_the_rationals():
    """Entries a + b r both ways: a matrix over Q conjugated by one over Q(r)."""
    root = NumberField((-2, 0, 1), "1.41421356237309504880168872420969").element([0, 1])
    matrix = matrix_of([[1, 2, 0], [0, 3, 1], [5, 0, "1/2"]])
    change = ((ONE, root, ZERO), (ZERO, ONE, root), (ZERO, ZERO, ONE))
    turned = multiply(multiply(change, matrix), inverse(change))
    assert any(isinstance(x, FieldElement) for row in turned for x in row)
    assert characteristic_polynomial(turned) == characteristic_polynomial(matrix)


def test_ldl_proves_both_answers_for_all_small_symmetric_matrices():
    for a, b, c, d, e, f in product((-1, 0, 1), repeat=6):
        matrix = matrix_of([[a, b, c], [b, d, e], [c, e, f]])
        verdict = ldl(matrix)
        if isinstance(verdict, Negative):
            assert dot(verdict.vector, matvec(matrix, verdict.vector)) == verdict.value < 0
        else:
            assert all(x > 0 for x in verdict.diagonal)
            assert len(verdict.diagonal) == rank(matrix)
            for i, j in product(range(3), repeat=2):
                entry = sum(
                    p * x * q
                    for p, x, q in zip(
                        verdict.lower[i], verdict.diagonal, verdict.lower[j], strict=True
                    )
                )
                assert entry == matrix[i][j]


def test_solve_finds_a_solution_or_none():
    matrix = matrix_of([[1, 1], [2, 2]])
    assert matvec(matrix, solve(matrix, (ONE, 2 * ONE))) == (ONE, 2 * ONE)
    assert solve(matrix, (ONE, ONE)) is None


def test_norms_are_not_confused_with_orthogonality():
    assert is_orthogonal(identity(3))
    assert not is_orthogonal(((ONE, ZERO),))
    assert is_contraction(matrix_of([[0, "1/2"], [0, 0]]))
    assert not is_orthogonal(matrix_of([[0, "1/2"], [0, 0]]))
    with pytest.raises(InputError, match="not symmetric"):
        ldl(matrix_of([[1, 1], [0, 1]]))
