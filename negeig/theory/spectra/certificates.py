"""Certificates about spectra: short data from which a small program sees that a statement holds.

All real: the characteristic polynomial as a product of factors, and for each factor of degree d
d + 1 rational points at which its signs alternate; so it has d real roots. If no point is negative,
none of the roots is.

Not all real: a polynomial q with tr(q(A)^2) < 0. The trace is the sum of q(x)^2 over the
eigenvalues, which is at least 0 when all are real. Likewise tr(A q(A)^2) < 0 says that they are
not all real and at least 0. Such a q exists whenever the statement is true: the two traces are
quadratic forms in the coefficients of q, given by the power sums of the eigenvalues, and their
signatures count real and positive eigenvalues (Hermite 1856; Basu, Pollack, Roy, Algorithms in
Real Algebraic Geometry, section 4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

from flint import fmpz_poly

from negeig.claims import InputError, LimitReached, NegeigError
from negeig.evidence import Evidence
from negeig.theory.exact.linear_algebra import (
    ZERO,
    Negative,
    characteristic_polynomial,
    dot,
    ldl,
    matvec,
)
from negeig.theory.exact.numbers import (
    FieldElement,
    Matrix,
    Number,
    NumberField,
    enclose,
    simplified,
)
from negeig.theory.spectra.counts import integer_characteristic, rational_parts, spectrum
from negeig.theory.spectra.field_roots import Polynomial, separating_points, squarefree_parts
from negeig.theory.spectra.real_roots import separators
from negeig.theory.spectra.verifier import problems, rational

Kind = Literal["nonnegative", "real", "non-real", "not-nonnegative"]

MAX_DIMENSION = 64
"""Largest matrix that a certificate is computed for."""

LONGEST = 1000
"""Longest decimal number in JSON; longer ones are written in hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class Factor:
    """A factor of the characteristic polynomial, its exponent, and points of alternating signs."""

    polynomial: Polynomial
    exponent: int
    points: tuple[Fraction, ...]


@dataclass(frozen=True, kw_only=True)
class SpectrumCertificate(Evidence[Matrix]):
    """A statement about the spectrum of a matrix, and the data that proves it.

    Attributes
    ----------
    kind : str
        What is proved: ``nonnegative`` (all eigenvalues are real and >= 0), ``real`` (all are),
        ``non-real`` (some is not real), ``not-nonnegative`` (some is not real, or negative).
    factors : tuple of Factor
        For the first two kinds.
    trace : tuple of Fraction
        Coefficients of q, constant term first: tr(q(A)^2) < 0 for ``non-real``, and
        tr(A q(A)^2) < 0 for ``not-nonnegative``.
    """

    kind: Kind
    factors: tuple[Factor, ...] = ()
    trace: tuple[Fraction, ...] = ()

    def problems(self, matrix: Matrix, /) -> list[str]:
        """Return why the data do not prove the statement about a matrix, rational or of a field.

        Exact, with :func:`negeig.theory.spectra.verifier.problems`.
        """
        return problems(matrix, self.to_json())

    def to_json(self) -> dict[str, Any]:
        """Return the certificate as a JSON object, which :func:`from_json` reads back."""
        if self.trace:
            return {"kind": self.kind, "trace": [number_text(c) for c in self.trace]}
        return {
            "kind": self.kind,
            "factors": [
                {
                    "polynomial": [_number(c) for c in factor.polynomial],
                    "exponent": factor.exponent,
                    "points": [number_text(x) for x in factor.points],
                }
                for factor in self.factors
            ],
        }


def certificate(matrix: Matrix) -> SpectrumCertificate:
    """Return a proof that all eigenvalues are real (and, if so, >= 0), or that some is not real.

    The kind is the class of the spectrum: ``nonnegative``, ``real`` or ``non-real``.
    :func:`negeig.theory.spectra.verifier.verify` checks it. Exact.

    Raises
    ------
    InputError
        When the matrix is not square.
    LimitReached
        For more than 64 rows, or 24 with entries in a number field.

    Examples
    --------
    >>> one = Fraction(1)
    >>> certificate(((0 * one, one), (one, 0 * one))).to_json()["factors"]
    [{'polynomial': ['-1', '0', '1'], 'exponent': 1, 'points': ['-4', '0', '4']}]
    >>> certificate(((0 * one, -one), (one, 0 * one))).to_json()
    {'kind': 'non-real', 'trace': ['0', '1']}
    """
    _check(matrix)
    found = spectrum(matrix)
    if not found.is_real:
        return _trace("non-real", matrix, sum(found.distinct) + (found.zero > 0))
    kind: Kind = "nonnegative" if found.is_nonnegative else "real"
    return SpectrumCertificate(kind=kind, factors=_factors(matrix))


def refutation(matrix: Matrix) -> SpectrumCertificate | None:
    """Return a proof that not all eigenvalues are real and >= 0; None where they are.

    Raises as :func:`certificate` does.

    Examples
    --------
    >>> one = Fraction(1)
    >>> refutation(((0 * one, one), (one, 0 * one))).to_json()
    {'kind': 'not-nonnegative', 'trace': ['1', '-1']}
    >>> refutation(((one,),)) is None
    True
    """
    _check(matrix)
    found = spectrum(matrix)
    if found.is_nonnegative:
        return None
    return _trace("not-nonnegative", matrix, sum(found.distinct) + (found.zero > 0))


def from_json(data: Any, field: NumberField | None = None) -> SpectrumCertificate:
    """Read a certificate, of a matrix over a number field if one is given.

    Reading checks the form only. Raises InputError where the object is no certificate.

    Examples
    --------
    >>> from_json({"kind": "non-real", "trace": ["0", "1/2"]}).trace
    (Fraction(0, 1), Fraction(1, 2))
    """
    try:
        if data["kind"] in ("non-real", "not-nonnegative"):
            return SpectrumCertificate(
                kind=data["kind"], trace=tuple(rational(c) for c in data["trace"])
            )
        if data["kind"] in ("nonnegative", "real"):
            factors = tuple(
                Factor(
                    polynomial=tuple(_read(c, field) for c in factor["polynomial"]),
                    exponent=int(factor["exponent"]),
                    points=tuple(rational(x) for x in factor["points"]),
                )
                for factor in data["factors"]
            )
            return SpectrumCertificate(kind=data["kind"], factors=factors)
    except (ArithmeticError, KeyError, TypeError, ValueError) as error:
        raise InputError("certificate", f"not a certificate of a spectrum: {error!r}") from None
    raise InputError("certificate", f"kind: expected one of {', '.join(get_args(Kind))}")


def _check(matrix: Matrix) -> None:
    if len(matrix) > MAX_DIMENSION:
        raise LimitReached("rows of a matrix for a certificate", MAX_DIMENSION, reached=len(matrix))


def _in_field(matrix: Matrix) -> bool:
    return any(isinstance(simplified(x), FieldElement) for row in matrix for x in row)


def _factors(matrix: Matrix) -> tuple[Factor, ...]:
    """Return the squarefree parts of the characteristic polynomial with separating points."""
    if _in_field(matrix):
        whole = characteristic_polynomial(matrix)
        zero = next(i for i, c in enumerate(whole) if c != 0)
        found = [
            Factor(polynomial=part, exponent=e, points=tuple(separating_points(part)))
            for part, e in squarefree_parts(whole[zero:])
        ]
    else:
        polynomial, scale = integer_characteristic(
            tuple(tuple(simplified(x) for x in row) for row in matrix)
        )
        zero, parts = rational_parts(polynomial)
        found = []
        for part, exponent in parts:
            stretched = [int(c) * scale**i for i, c in enumerate(part.coeffs())]
            primitive = fmpz_poly(stretched)
            primitive = primitive // primitive.content()
            coefficients = tuple(Fraction(int(c)) for c in primitive.coeffs())
            points = tuple(separators(primitive))
            found.append(Factor(polynomial=coefficients, exponent=exponent, points=points))
    if zero:
        x = Factor(polynomial=(ZERO, ZERO + 1), exponent=zero, points=(ZERO - 1, ZERO + 1))
        found.append(x)
    return tuple(found)


def _trace(kind: Kind, matrix: Matrix, distinct: int) -> SpectrumCertificate:
    """Find q of degree below the number of distinct eigenvalues, with few bits."""
    offset = 1 if kind == "not-nonnegative" else 0
    sums = power_sums(characteristic_polynomial(matrix), 2 * distinct - 1 + offset)
    form = tuple(tuple(sums[i + j + offset] for j in range(distinct)) for i in range(distinct))
    found = ldl(form)
    if not isinstance(found, Negative):
        raise NegeigError("internal error: a trace form is semidefinite where it cannot be")
    bits = 2
    while True:
        q = tuple(_rounded(x, bits) for x in found.vector)
        value = dot(q, matvec(form, q))
        if value < 0:
            while q[-1] == 0:
                q = q[:-1]
            return SpectrumCertificate(kind=kind, trace=q)
        bits *= 2


def power_sums(polynomial: Polynomial, count: int) -> list[Number]:
    """Return the sums of the k-th powers of all roots for k = 0, ..., count - 1, by Newton.

    Parameters
    ----------
    polynomial : tuple of Number
        Constant term first, leading coefficient 1.

    Examples
    --------
    >>> one = Fraction(1)
    >>> [str(s) for s in power_sums((-2 * one, 0 * one, one), 5)]  # roots +-sqrt(2)
    ['2', '0', '4', '0', '8']
    """
    degree = len(polynomial) - 1
    lower = polynomial[-2::-1]  # coefficients of x^(n-1), x^(n-2), ...
    sums: list[Number] = [Fraction(degree)]
    for k in range(1, count):
        total: Number = k * lower[k - 1] if k <= degree else ZERO
        for i in range(1, min(k - 1, degree) + 1):
            total = total + lower[i - 1] * sums[k - i]
        sums.append(simplified(-total))
    return sums


def _rounded(number: Number, bits: int) -> Fraction:
    """Return a dyadic number with few bits near a number."""
    if number == 0:
        return ZERO
    precision = 16
    low, high = enclose(number, precision)
    while low <= 0 <= high:
        precision *= 2
        low, high = enclose(number, precision)
    middle = (low + high) / 2
    exponent = abs(middle.numerator).bit_length() - middle.denominator.bit_length() - bits
    low, high = enclose(number, max(0, -exponent) + 2)
    unit = Fraction(2) ** exponent
    return round((low + high) / 2 / unit) * unit


def _number(number: Number) -> str | list[str]:
    number = simplified(number)
    if isinstance(number, FieldElement):
        return [number_text(c) for c in number.coefficients]
    return number_text(number)


def number_text(number: Fraction) -> str:
    """Write p or p/q; hexadecimal where Python would refuse to write so many decimal digits.

    :func:`negeig.theory.spectra.verifier.rational` reads both.

    Examples
    --------
    >>> number_text(Fraction(-3, 2)), number_text(Fraction(2**4000))[:6]
    ('-3/2', '0x1000')
    """
    largest = max(abs(number.numerator), number.denominator)
    if largest.bit_length() <= 3 * LONGEST:
        return str(number)
    denominator = "" if number.denominator == 1 else f"/{number.denominator:#x}"
    return f"{number.numerator:#x}{denominator}"


def _read(data: Any, field: NumberField | None) -> Number:
    if isinstance(data, list):
        if field is None:
            raise ValueError("a number of a field, but no field")
        return field.element([rational(c) for c in data])
    return rational(data)
