"""Checking a certificate about a spectrum with integers and fractions only.

This file imports nothing outside Python's standard library and computes no eigenvalue. Numbers of
a field are lists of fractions, their signs found by bisecting the field's root.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any, TypeAlias

Entry: TypeAlias = tuple[Fraction, ...]
"""A number: coefficients of 1, r, r^2, ...; only the first without a field."""

Rows: TypeAlias = list[list[Entry]]


def verify(matrix: Sequence[Sequence[Any]], certificate: Any) -> bool:
    """Say whether a certificate proves its statement about a matrix.

    The arguments are those of :func:`problems`, which says why not.

    Examples
    --------
    >>> rotation = ((0, -1), (1, 0))
    >>> square = {"kind": "non-real", "trace": ["0", "1"]}  # tr(A^2) = -2
    >>> verify(rotation, square), verify(((0, 1), (1, 0)), square)
    (True, False)
    """
    return not problems(matrix, certificate)


def problems(matrix: Sequence[Sequence[Any]], certificate: Any) -> list[str]:
    """Return why a certificate does not prove its statement about a matrix; nothing if it does.

    Parameters
    ----------
    matrix : rows of Fraction, int, strings ``"p/q"``, or elements of one number field
    certificate : SpectrumCertificate, or its JSON object
        Of :func:`negeig.theory.spectra.certificates.certificate` or ``refutation``, or from
        anywhere else: it is not trusted. Whatever it holds, an empty answer is right.

    Notes
    -----
    Exact. O(d n^3) operations on numbers for a trace form of degree d, O(n^4) for the
    characteristic polynomial of a confirmation.

    Examples
    --------
    >>> problems([["0", "1"], ["1", "0"]], {"kind": "non-real", "trace": ["0", "1"]})
    ['trace: the trace is not negative']
    """
    data = certificate.to_json() if hasattr(certificate, "to_json") else certificate
    try:
        field = _Field.of(matrix)
        rows = [[field.entry(x) for x in row] for row in matrix]
        if any(len(row) != len(rows) for row in rows):
            return ["the matrix is not square"]
        if data["kind"] in ("non-real", "not-nonnegative"):
            weights = [rational(c) for c in data["trace"]]
            negative = _trace_form(field, rows, weights, data["kind"] == "not-nonnegative") < 0
            return [] if negative else ["trace: the trace is not negative"]
        if data["kind"] in ("real", "nonnegative"):
            problem = _root_problem(field, rows, data["factors"], data["kind"] == "nonnegative")
            return [f"factors: {problem}"] if problem else []
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        return [f"not of the form of a certificate: {error!r:.200}"]
    return ["kind: expected nonnegative, real, non-real or not-nonnegative"]


def rational(x: Any) -> Fraction:
    """Read ``p`` or ``p/q``, each in decimal or, as long numbers are written, after 0x."""
    if not isinstance(x, str):
        return Fraction(x)
    numerator, _, denominator = x.partition("/")
    return Fraction(int(numerator, 0), int(denominator or "1", 0))


class _Field:
    """Arithmetic of the rationals, or of Q(r) with r the root of a polynomial in an interval."""

    def __init__(self, modulus: Sequence[int], low: Fraction, high: Fraction) -> None:
        self.modulus = [Fraction(c, modulus[-1]) for c in modulus[:-1]]
        self.low, self.high = low, high
        self.zero: Entry = (Fraction(0),) * len(self.modulus)

    @staticmethod
    def of(matrix: Sequence[Sequence[Any]]) -> _Field:
        """Return the field that the entries of a matrix say they are in."""
        found = next((x.field for row in matrix for x in row if hasattr(x, "field")), None)
        if found is None:
            return _Field((0, 1), Fraction(0), Fraction(0))
        return _Field(found.minimal_polynomial, *found.root_interval(16))

    def entry(self, x: Any) -> Entry:
        """Read a number of the matrix, or one of JSON: a fraction or a list of them."""
        parts = x.coefficients if hasattr(x, "coefficients") else x
        listed = parts if isinstance(parts, (list, tuple)) else [parts]
        padded = [rational(c) for c in listed]
        if len(padded) > len(self.zero):
            raise ValueError("too many coefficients")
        return (*padded, *self.zero[len(padded) :])

    def times(self, a: Entry, b: Entry) -> Entry:
        """Multiply, modulo the minimal polynomial."""
        size = len(self.zero)
        if size == 1:
            return (a[0] * b[0],)
        product = [Fraction(0)] * (2 * size - 1)
        for i, x in enumerate(a):
            for j, y in enumerate(b):
                product[i + j] += x * y
        for top in range(2 * size - 2, size - 1, -1):
            for i, c in enumerate(self.modulus):
                product[top - size + i] -= product[top] * c
        return tuple(product[:size])

    def sign(self, a: Entry) -> int:
        """Return the sign; bisects the root until an enclosure of the value excludes 0."""
        if not any(a):
            return 0
        low, high = self.low, self.high
        while True:
            least, most = _range(a, low, high)
            if least > 0 or most < 0:
                return 1 if least > 0 else -1
            middle = (low + high) / 2
            if (self._value(middle) > 0) == (self._value(high) > 0):
                high = middle
            else:
                low = middle

    def _value(self, x: Fraction) -> Fraction:
        value = Fraction(1)
        for c in reversed(self.modulus):
            value = value * x + c
        return value


def _trace_form(field: _Field, rows: Rows, weights: Sequence[Fraction], times_a: bool) -> int:
    """Return the sign of tr(q(A)^2), or of tr(A q(A)^2), q given by its coefficients."""
    size = range(len(rows))
    value: Rows = [[field.zero] * len(rows) for _ in size]
    for weight in reversed(weights):
        value = _product(field, value, rows)
        for i in size:
            value[i][i] = _sum(value[i][i], (weight, *field.zero[1:]))
    left = _product(field, rows, value) if times_a else value
    total = field.zero
    for i in size:
        for j in size:
            total = _sum(total, field.times(left[i][j], value[j][i]))
    return field.sign(total)


def _root_problem(
    field: _Field, rows: Rows, factors: Sequence[Mapping[str, Any]], nonnegative: bool
) -> str | None:
    """Check factors of the characteristic polynomial that change sign as often as their degree.

    A polynomial of degree d with d sign changes between d + 1 points has d real roots.
    """
    if any(f["exponent"] < 1 or len(f["polynomial"]) < 2 for f in factors):
        return "one of them is a constant, or has no exponent above 0"
    if sum(f["exponent"] * (len(f["polynomial"]) - 1) for f in factors) != len(rows):
        return "their degrees do not add up to that of the characteristic polynomial"
    product: list[Entry] = [field.entry(1)]
    for factor in factors:
        polynomial = [field.entry(c) for c in factor["polynomial"]]
        points = [rational(x) for x in factor["points"]]
        values = [field.sign(_at(field, polynomial, x)) for x in points]
        alternates = all(a * b < 0 for a, b in pairwise(values))
        ascends = all(a < b for a, b in pairwise(points))
        if not (alternates and ascends and len(points) == len(polynomial)):
            return "the signs of one do not alternate at as many points as it has roots and one"
        if nonnegative and points[0] < 0 and not _is_x(polynomial):
            return "a negative point of one leaves room for a negative root"
        for _ in range(factor["exponent"]):
            product = _multiplied(field, product, polynomial)
    whole = _characteristic(field, rows)
    top = product[-1]  # that of the characteristic polynomial is 1
    if any(top) and all(field.times(top, a) == b for a, b in zip(whole, product, strict=True)):
        return None
    return "their product is not the characteristic polynomial"


def _is_x(polynomial: Sequence[Entry]) -> bool:
    return len(polynomial) == 2 and not any(polynomial[0])


def _characteristic(field: _Field, rows: Rows) -> list[Entry]:
    """Return det(x - A), constant term first, by the recursion of Faddeev and LeVerrier."""
    size = range(len(rows))
    found = [field.entry(1)]
    power: Rows = [[field.zero] * len(rows) for _ in size]
    for k in range(1, len(rows) + 1):
        for i in size:
            power[i][i] = _sum(power[i][i], found[-1])
        power = _product(field, rows, power)
        trace = field.zero
        for i in size:
            trace = _sum(trace, power[i][i])
        found.append(tuple(-c / k for c in trace))
    return found[::-1]


def _product(field: _Field, left: Rows, right: Rows) -> Rows:
    columns = list(zip(*right, strict=True))
    if len(field.zero) == 1:  # over one denominator, in integers
        a, scale_a = _integers([[x[0] for x in row] for row in left])
        b, scale_b = _integers([[x[0] for x in column] for column in columns])
        scale = scale_a * scale_b
        return [
            [(Fraction(sum(x * y for x, y in zip(u, v, strict=True)), scale),) for v in b]
            for u in a
        ]
    rows: Rows = []
    for row in left:
        rows.append([])
        for column in columns:
            total = field.zero
            for x, y in zip(row, column, strict=True):
                if any(x) and any(y):
                    total = _sum(total, field.times(x, y))
            rows[-1].append(total)
    return rows


def _integers(rows: list[list[Fraction]]) -> tuple[list[list[int]], int]:
    """Return a matrix over one common denominator."""
    scale = lcm(*(x.denominator for row in rows for x in row))
    return [[x.numerator * (scale // x.denominator) for x in row] for row in rows], scale


def _sum(a: Entry, b: Entry) -> Entry:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def _at(field: _Field, polynomial: Sequence[Entry], x: Fraction) -> Entry:
    value = field.zero
    for c in reversed(polynomial):
        value = _sum(tuple(v * x for v in value), c)
    return value


def _multiplied(field: _Field, p: Sequence[Entry], q: Sequence[Entry]) -> list[Entry]:
    found = [field.zero] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            found[i + j] = _sum(found[i + j], field.times(a, b))
    return found


def _range(polynomial: Sequence[Fraction], low: Fraction, high: Fraction) -> tuple[Fraction, ...]:
    """Return bounds of a polynomial's values on an interval, by interval arithmetic."""
    least = most = Fraction(0)
    for c in reversed(polynomial):
        ends = (least * low, least * high, most * low, most * high)
        least, most = min(ends) + c, max(ends) + c
    return least, most
