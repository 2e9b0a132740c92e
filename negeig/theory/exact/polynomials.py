"""Exact polynomials in one variable over the rationals or a real number field: their roots.

A polynomial is the tuple of its coefficients, constant term first, the last one not 0.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import count, pairwise, product

from flint import fmpq_mat, fmpq_poly

from negeig.theory.exact.linear_algebra import ZERO
from negeig.theory.exact.numbers import Number, NumberField, simplified, to_fmpq, to_fraction

Polynomial = tuple[Number, ...]


def roots_in_field(polynomial: Polynomial, field: NumberField | None = None) -> tuple[Number, ...]:
    """Return all roots in a field that holds the coefficients, each once, the rationals first.

    Without a field flint factors over the rationals. Over Q(r) of degree d the polynomial f is
    shifted until its norm, a rational polynomial, has no double roots that f has not; the roots
    of f in the field then belong to the factors of degree d of the norm (Trager, SYMSAC 1976).

    Examples
    --------
    >>> [str(x) for x in roots_in_field((Fraction(-1, 4), Fraction(0), Fraction(1)))]
    ['-1/2', '1/2']
    >>> field = NumberField((-2, 0, 1), "1.41421356237309504880168872420969")
    >>> roots = roots_in_field((Fraction(-2), Fraction(0), Fraction(1)), field)
    >>> [[str(c) for c in x.coefficients] for x in roots]
    [['0', '-1'], ['0', '1']]
    """
    found: list[Number] = list(_rational_roots(polynomial))
    for root in found:
        while len(polynomial) > 1 and evaluate(polynomial, root) == 0:
            polynomial = _divide(polynomial, root)
    if len(polynomial) == 2:
        return (*found, simplified(-polynomial[0] / polynomial[1]))
    if field is None or len(polynomial) == 1:
        return tuple(found)
    return (*found, *_irrational_roots(polynomial, field))


def has_only_real_roots(polynomial: Polynomial) -> bool:
    """Say whether all complex roots are real.

    Sturm's theorem: the signs of the remainders of p and p' at the two infinities count the
    distinct real roots, and the last remainder, gcd(p, p'), tells how many distinct roots there
    are. O(n^2) operations on numbers that grow.

    Examples
    --------
    >>> one, no = Fraction(1), Fraction(0)
    >>> has_only_real_roots((no, -one, no, one)), has_only_real_roots((no, one, no, one))
    (True, False)
    """
    degree = len(polynomial) - 1
    sequence = [polynomial, tuple(i * c for i, c in enumerate(polynomial) if i > 0)]
    while sequence[-1]:
        sequence.append(tuple(-c for c in _remainder(sequence[-2], sequence[-1])))
    sequence.pop()
    up = [p[-1] > 0 for p in sequence]
    down = [positive == (len(p) % 2 == 1) for positive, p in zip(up, sequence, strict=True)]
    return _changes(down) - _changes(up) == degree - (len(sequence[-1]) - 1)


def evaluate(polynomial: Polynomial, x: Number) -> Number:
    """Return the value at x."""
    total: Number = ZERO
    for c in reversed(polynomial):
        total = simplified(total * x + c)
    return total


def parts(number: Number) -> tuple[Fraction, ...]:
    """Return the coefficients of 1, r, r^2, ... in a field with root r; of 1 for a Fraction."""
    return (number,) if isinstance(number, Fraction) else number.coefficients


def _rational_roots(polynomial: Polynomial) -> list[Fraction]:
    """Return the rational numbers at which the parts of 1, r, r^2, ... (r the root) all vanish."""
    split = [parts(c) for c in polynomial]
    by_power = [
        fmpq_poly([to_fmpq(p[i]) if i < len(p) else to_fmpq(ZERO) for p in split])
        for i in range(max(map(len, split)))
    ]
    _, factors = reduce(lambda a, b: a.gcd(b), by_power).factor()
    linear = (factor for factor, _ in factors if factor.degree() == 1)
    return sorted(to_fraction(-factor[0] / factor[1]) for factor in linear)


def _irrational_roots(polynomial: Polynomial, field: NumberField) -> list[Number]:
    """Return the roots in the field of a polynomial over it, by factoring a norm."""
    derivative = tuple(i * c for i, c in enumerate(polynomial) if i > 0)
    repeated = _gcd(polynomial, derivative)
    generator = field.element([0, 1])
    for shift in count():
        norm = _norm(polynomial, field, shift * generator)
        if norm.gcd(norm.derivative()).degree() == (len(repeated) - 1) * field.degree:
            break
    _, factors = norm.factor()
    found: list[Number] = []
    for factor, _ in factors:
        if factor.degree() == field.degree:
            moved: Polynomial = ()
            for c in reversed(factor.coeffs()):
                moved = _times(moved, shift * generator, to_fraction(c))
            common = _gcd(polynomial, moved)
            found.append(simplified(-common[0] / common[1]))
    return sorted(found)


def _norm(polynomial: Polynomial, field: NumberField, shift: Number) -> fmpq_poly:
    """Return the characteristic polynomial over Q of multiplication by x + shift modulo f."""
    degree, size = len(polynomial) - 1, field.degree
    matrix = fmpq_mat(degree * size, degree * size)
    for i, j in product(range(degree), repeat=2):
        entry: Number = shift if i == j else ZERO
        if j == i - 1:
            entry = entry + 1
        if j == degree - 1:
            entry = entry - polynomial[i] / polynomial[-1]
        for power in range(size):
            image = entry * field.element([0] * power + [1])
            for k, c in enumerate(parts(image)):
                matrix[i * size + k, j * size + power] = to_fmpq(c)
    return matrix.charpoly()


def _times(polynomial: Polynomial, shift: Number, constant: Fraction) -> Polynomial:
    """Return ``polynomial * (x + shift) + constant``."""
    raised = (ZERO, *polynomial)
    scaled = (*(shift * c for c in polynomial), ZERO)
    lifted = [simplified(a + b) for a, b in zip(raised, scaled, strict=True)]
    lifted[0] = simplified(lifted[0] + constant)
    return tuple(lifted)


def _gcd(left: Polynomial, right: Polynomial) -> Polynomial:
    while right:
        left, right = right, _remainder(left, right)
    return left


def _divide(polynomial: Polynomial, root: Number) -> Polynomial:
    """Divide by (x - root), a root: synthetic division."""
    quotient: list[Number] = []
    carry: Number = ZERO
    for c in reversed(polynomial[1:]):
        carry = simplified(carry * root + c)
        quotient.append(carry)
    return tuple(reversed(quotient))


def _remainder(dividend: Polynomial, divisor: Polynomial) -> Polynomial:
    """Return the remainder without leading zeros; the empty tuple is 0."""
    rest = list(dividend)
    while len(rest) >= len(divisor):
        ratio = rest[-1] / divisor[-1]
        shift = len(rest) - len(divisor)
        for i, c in enumerate(divisor[:-1]):
            rest[shift + i] = simplified(rest[shift + i] - ratio * c)
        rest.pop()
        while rest and rest[-1] == 0:
            rest.pop()
    return tuple(rest)


def _changes(signs: list[bool]) -> int:
    return sum(a != b for a, b in pairwise(signs))
