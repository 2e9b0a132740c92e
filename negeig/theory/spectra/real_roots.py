"""Real roots of squarefree integer polynomials, counted by two routes that share nothing.

The first is flint's certified isolation of all complex roots, in which a real root has the
imaginary part 0 exactly. The second is exact throughout: bisection with Descartes' rule of signs
(Collins and Akritas 1976, Polynomial real root isolation using Descartes' rule of signs). The
number of sign changes in the coefficients of (1 + y)^n f(1 / (1 + y)) is the number of roots of f
in (0, 1) or exceeds it by an even number; so 0 and 1 are exact, and a squarefree polynomial has
nothing else on short intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import fmpz_poly

from negeig.theory.exact.numbers import Interval

SHIFT = fmpz_poly([1, 1])
REFLECT = fmpz_poly([0, -1])


def isolated_counts(polynomial: fmpz_poly) -> tuple[int, int]:
    """Return how many roots are positive and how many negative, by flint's isolation.

    Parameters
    ----------
    polynomial : fmpz_poly
        Squarefree, not zero at 0.

    Examples
    --------
    >>> isolated_counts(fmpz_poly([-2, 0, 1])), isolated_counts(fmpz_poly([2, 0, 1]))
    ((1, 1), (0, 0))
    """
    found: list[Any] = list(polynomial.complex_roots())
    real = [root.real for root, _ in found if root.imag == 0]
    return sum(bool(x > 0) for x in real), sum(bool(x < 0) for x in real)


def isolate(polynomial: fmpz_poly) -> list[Interval]:
    """Return disjoint dyadic intervals with one real root each, ascending; exact.

    An interval is open, or a single point (both ends equal) which is the root.

    Parameters
    ----------
    polynomial : fmpz_poly
        Squarefree, not zero at 0.

    Examples
    --------
    >>> [(str(a), str(b)) for a, b in isolate(fmpz_poly([2, -3, 1]))]
    [('0', '2'), ('2', '2')]
    """
    negative = [(-high, -low) for low, high in _positive(polynomial(REFLECT))]
    return negative[::-1] + _positive(polynomial)


def separators(polynomial: fmpz_poly) -> list[Fraction]:
    """Return dyadic points, one on each side of every real root: their signs alternate.

    Where there are positive and negative roots, 0 is the point between them; where all have one
    sign, it is the end next to 0. So every root has its sign from the points alone.

    Parameters
    ----------
    polynomial : fmpz_poly
        Squarefree, not zero at 0.

    Examples
    --------
    >>> [str(x) for x in separators(fmpz_poly([-2, 0, 1]))]
    ['-4', '0', '4']
    """
    intervals = isolate(polynomial)
    bound = Fraction(2) ** _root_bound(polynomial.coeffs())
    points: list[Fraction] = []
    for i, (left, right) in enumerate(pairwise(intervals)):
        if left[1] <= 0 <= right[0]:
            points.append(Fraction(0))
            continue
        # Beyond the last root the sign is that of the leading coefficient.
        sign = (polynomial.leading_coefficient() > 0) == ((len(intervals) - i) % 2 == 1)
        points.append(_between(polynomial, left, right, sign))
    if not intervals:
        return []
    first = Fraction(0) if intervals[0][0] >= 0 else -bound
    last = Fraction(0) if intervals[-1][1] <= 0 else bound
    return [first, *points, last]


def sign_at(polynomial: fmpz_poly, x: Fraction) -> int:
    """Return the sign of an integer polynomial at a rational number, in integers."""
    value, scale = 0, 1
    for c in reversed(polynomial.coeffs()):
        value = value * x.numerator + int(c) * scale
        scale *= x.denominator
    return (value > 0) - (value < 0)


def _between(polynomial: fmpz_poly, left: Interval, right: Interval, positive: bool) -> Fraction:
    """Return a point between two neighbouring roots, where the sign is known.

    Intervals may share an end that is one of the roots; then the point is sought in the other.
    """
    sign = 1 if positive else -1
    if left[1] < right[0]:
        return (left[1] + right[0]) / 2
    shared = left[1]
    if sign_at(polynomial, shared) == sign:
        return shared
    step = right[1] - shared if left[0] == left[1] else left[0] - shared
    while sign_at(polynomial, shared + step / 2) != sign:
        step /= 2
    return shared + step / 2


def _positive(polynomial: fmpz_poly) -> list[Interval]:
    """Isolate the positive roots: scale them into (0, 1), bisect, and count sign changes."""
    exponent = _root_bound(polynomial.coeffs())
    unit = Fraction(2) ** exponent
    n = polynomial.degree()
    coefficients = [int(c) for c in polynomial.coeffs()]
    if exponent >= 0:
        scaled = fmpz_poly([c << (exponent * i) for i, c in enumerate(coefficients)])
    else:
        scaled = fmpz_poly([c << (-exponent * (n - i)) for i, c in enumerate(coefficients)])
    found: list[Interval] = []
    # The part on (a, a + 1) 2^-depth, as a polynomial on (0, 1); the leftmost is taken first.
    waiting = [(scaled, 0, 0)]
    while waiting:
        part, a, depth = waiting.pop()
        low, high = unit * a / 2**depth, unit * (a + 1) / 2**depth
        changes = _changes(fmpz_poly(part.coeffs()[::-1])(SHIFT).coeffs())
        if changes == 1:
            found.append((low, high))
        if changes > 1:
            size = part.degree()
            left = fmpz_poly([c << (size - i) for i, c in enumerate(part.coeffs())])
            right = left(SHIFT)
            middle = (low + high) / 2
            if right[0] == 0:
                found.append((middle, middle))
                right = fmpz_poly(right.coeffs()[1:])
            waiting += [(right // right.content(), 2 * a + 1, depth + 1)]
            waiting += [(left // left.content(), 2 * a, depth + 1)]
    return sorted(found)


def _root_bound(coefficients: Sequence[Any]) -> int:
    """Return e such that all roots are smaller than 2^e in modulus (Fujiwara's bound)."""
    n = len(coefficients) - 1
    top = int(coefficients[n]).bit_length() - 1
    # |c_i / c_n| < 2^(bits of c_i - top); the root of order n - i is rounded up, and doubled.
    return 1 + max(
        -((top - int(c).bit_length()) // (n - i)) for i, c in enumerate(coefficients[:n]) if c != 0
    )


def _changes(coefficients: Sequence[Any]) -> int:
    signs = [c > 0 for c in coefficients if c != 0]
    return sum(a != b for a, b in pairwise(signs))
