"""Real roots of polynomials with coefficients in a real number field, counted by two routes.

A polynomial is a tuple of numbers, constant term first, the last one not 0. The first route is
Sturm's theorem with exact signs of field elements. The second encloses all complex roots by balls
and decides which are real by symmetry: complex conjugation permutes the roots, so a ball whose
mirror image meets no other ball holds a real root.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias

from flint import acb_poly, arb, ctx

from negeig.theory.exact.linear_algebra import ONE, ZERO
from negeig.theory.exact.numbers import Interval, Number, enclose, simplified, to_fmpq

Polynomial: TypeAlias = tuple[Number, ...]


def squarefree_parts(polynomial: Polynomial) -> list[tuple[Polynomial, int]]:
    """Return monic squarefree polynomials f_i, of degree 1 or more, and i: prod f_i^i is monic p.

    Yun's algorithm (1976, On square-free decomposition algorithms): O(n^2) operations on numbers.

    Examples
    --------
    >>> one = Fraction(1)
    >>> parts = squarefree_parts((-one, one, one, -one))  # -(x - 1)^2 (x + 1)
    >>> [([str(c) for c in f], i) for f, i in parts]
    [(['1', '1'], 1), (['-1', '1'], 2)]
    """
    polynomial = _monic(polynomial)
    slope = derivative(polynomial)
    common = _gcd(polynomial, slope)
    rest, slope = _divide(polynomial, common)[0], _divide(slope, common)[0]
    found, i = [], 1
    while len(rest) > 1:
        slope = _difference(slope, derivative(rest))
        part = _gcd(rest, slope)
        if len(part) > 1:
            found.append((part, i))
        rest, slope = _divide(rest, part)[0], _divide(slope, part)[0]
        i += 1
    return found


def sturm_counts(polynomial: Polynomial) -> tuple[int, int]:
    """Return how many distinct roots are positive and how many negative, by Sturm's theorem.

    Parameters
    ----------
    polynomial : tuple of Number
        Not 0 at 0; roots may be repeated.

    Examples
    --------
    >>> one = Fraction(1)
    >>> sturm_counts((-2 * one, 0 * one, one)), sturm_counts((2 * one, 0 * one, one))
    ((1, 1), (0, 0))
    """
    sequence = [polynomial, derivative(polynomial)]
    while sequence[-1]:
        sequence.append(tuple(-c for c in _divide(sequence[-2], sequence[-1])[1]))
    sequence.pop()
    right = [sign(p[-1]) for p in sequence]
    left = [s if len(p) % 2 else -s for s, p in zip(right, sequence, strict=True)]
    middle = [sign(p[0]) for p in sequence]
    at_zero = _changes(middle)
    return at_zero - _changes(right), _changes(left) - at_zero


def ball_counts(polynomial: Polynomial) -> tuple[int, int]:
    """Return how many roots are positive and how many negative, from enclosures of all roots.

    Parameters
    ----------
    polynomial : tuple of Number
        Squarefree, not 0 at 0.

    Examples
    --------
    >>> one = Fraction(1)
    >>> ball_counts((-2 * one, 0 * one, one)), ball_counts((2 * one, 0 * one, one))
    ((1, 1), (0, 0))
    """
    roots = _real_roots(polynomial)
    return sum(low > 0 for low, _ in roots), sum(high < 0 for _, high in roots)


def separating_points(polynomial: Polynomial) -> list[Fraction]:
    """Return dyadic points on each side of every real root, as `real_roots.separators` does.

    Examples
    --------
    >>> [str(x) for x in separating_points((Fraction(-2), Fraction(0), Fraction(1)))]
    ['-3', '0', '3']
    """
    roots = _real_roots(polynomial)
    if not roots:
        return []
    between = [Fraction(0) if a[1] < 0 < b[0] else (a[1] + b[0]) / 2 for a, b in pairwise(roots)]
    first = Fraction(0) if roots[0][0] > 0 else Fraction(math.floor(roots[0][0]) - 1)
    last = Fraction(0) if roots[-1][1] < 0 else Fraction(math.ceil(roots[-1][1]) + 1)
    return [first, *between, last]


def sign(number: Number) -> int:
    """Return -1, 0 or 1, exactly."""
    if isinstance(number, Fraction):
        return (number > 0) - (number < 0)
    return number.sign()


def derivative(polynomial: Polynomial) -> Polynomial:
    """Return the derivative."""
    return tuple(c * Fraction(i) for i, c in enumerate(polynomial) if i > 0)


def _real_roots(polynomial: Polynomial) -> list[Interval]:
    """Enclose the real roots by disjoint dyadic intervals without 0."""
    bits = 64
    while True:
        with ctx.workprec(bits):
            found = _chosen(polynomial, bits)
        if found is not None:
            return sorted(found)
        bits *= 2


def _chosen(polynomial: Polynomial, bits: int) -> list[Interval] | None:
    """Choose the real roots among balls around all; None where they are too wide to tell."""
    try:
        roots: list[Any] = acb_poly([ball(c, bits) for c in polynomial]).roots()
    except ValueError:  # not isolated at this precision
        return None
    real = []
    for i, root in enumerate(roots):
        if not root.imag.contains(0):
            continue
        mirror = root.conjugate()
        others = (other for j, other in enumerate(roots) if j != i)
        if root.real.contains(0) or any(mirror.overlaps(other) for other in others):
            return None
        real.append((dyadic(root.real.lower()), dyadic(root.real.upper())))
    return real


def ball(number: Number, bits: int) -> arb:
    """Return a ball around a number, of radius at most 2^-bits before rounding."""
    low, high = enclose(number, bits)
    return arb(to_fmpq((low + high) / 2)) + arb(0, to_fmpq((high - low) / 2))


def dyadic(ball: arb) -> Fraction:
    """Return the value of a ball of radius 0."""
    mantissa, exponent = ball.man_exp()
    return int(mantissa) * Fraction(2) ** int(exponent)


def _monic(polynomial: Polynomial) -> Polynomial:
    inverse = ONE / polynomial[-1]
    return (*(simplified(inverse * c) for c in polynomial[:-1]), ONE)


def _gcd(left: Polynomial, right: Polynomial) -> Polynomial:
    """Return the monic greatest common divisor; left is not 0."""
    while right:
        left, right = right, _divide(left, right)[1]
    return _monic(left)


def _divide(dividend: Polynomial, divisor: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Return quotient and remainder, both without leading zeros."""
    inverse = ONE / divisor[-1]
    rest = list(dividend)
    quotient: list[Number] = []
    for shift in range(len(dividend) - len(divisor), -1, -1):
        ratio = simplified(rest[shift + len(divisor) - 1] * inverse)
        quotient.append(ratio)
        for i, c in enumerate(divisor):
            rest[shift + i] = simplified(rest[shift + i] - ratio * c)
    return _trimmed(quotient[::-1]), _trimmed(rest[: len(divisor) - 1])


def _difference(left: Polynomial, right: Polynomial) -> Polynomial:
    size = max(len(left), len(right))
    padded = [(*p, *[ZERO] * (size - len(p))) for p in (left, right)]
    return _trimmed([simplified(a - b) for a, b in zip(*padded, strict=True)])


def _trimmed(coefficients: Sequence[Number]) -> Polynomial:
    end = len(coefficients)
    while end and coefficients[end - 1] == 0:
        end -= 1
    return tuple(coefficients[:end])


def _changes(signs: Sequence[int]) -> int:
    kept = [s for s in signs if s]
    return sum(a != b for a, b in pairwise(kept))
