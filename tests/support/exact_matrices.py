"""Rational matrices whose spectra are known exactly: a real root has imaginary part exactly 0."""

from fractions import Fraction

from flint import arb, fmpq_mat, fmpz_poly

from negeig.theory.exact.numbers import to_fmpq


def exact(rows):
    return fmpq_mat([[to_fmpq(Fraction(x)) for x in row] for row in rows])


def diagonal(values):
    return exact([[v if i == j else Fraction(0) for j, v in enumerate(values)]
                  for i in range(len(values))])  # fmt: skip


def eigenvalues(matrix):
    """All eigenvalues, as balls; a real one has imaginary part exactly 0."""
    characteristic = fmpz_poly((matrix.charpoly() * matrix.charpoly().denom()).numer())
    return [root for root, multiplicity in characteristic.complex_roots()
            for _ in range(multiplicity)]  # fmt: skip


def to_arb(number):
    return arb(to_fmpq(Fraction(number)))


def is_real(matrix, low, high):
    """Whether all eigenvalues are real and none is certainly outside a range."""
    return all(
        z.imag == 0 and not z.real < to_arb(low) and not z.real > to_arb(high)
        for z in eigenvalues(matrix)
    )


def rational(rng, low, high):
    """A random rational number between two, ends included."""
    return low + (high - low) * Fraction(rng.randint(0, 16), 16)


def unit(rng, n):
    """A random rational vector of length exactly 1, by stereographic projection."""
    x = [Fraction(rng.randint(-5, 5), rng.randint(1, 4)) for _ in range(n - 1)]
    square = sum(v * v for v in x)
    return [*(2 * v / (square + 1) for v in x), (square - 1) / (square + 1)]
