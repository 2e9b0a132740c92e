"""What the powers of one matrix can do: the numbers that bounds of the cast model are made of.

Every coordinate of A^k w is, from k = ``index`` on, an exponential polynomial in k with at most
``nonzero`` terms. If all eigenvalues are real and not negative it changes its sign fewer than
``nonzero`` times (Polya and Szego, part V, 75).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq_mat

from negeig.claims import InputError
from negeig.theory.exact.numbers import Matrix, Vector, simplified, to_fmpq
from negeig.theory.spectra import spectrum


@dataclass(frozen=True)
class Growth:
    """Exact facts about a square matrix.

    Attributes
    ----------
    dimension : int
        n.
    nonzero : int
        N, the eigenvalues other than 0 counted with multiplicity.
    index : int
        m0, the size of the largest nilpotent Jordan block: the rank of A^k falls up to k = m0.
    real : bool
        Whether all eigenvalues are real.
    nonnegative : bool
        Whether all eigenvalues are real and at least 0.
    """

    dimension: int
    nonzero: int
    index: int
    real: bool
    nonnegative: bool

    def to_json(self) -> dict[str, Any]:
        """Return the facts as a JSON object."""
        return {
            "dimension": self.dimension,
            "nonzero_eigenvalues": self.nonzero,
            "nilpotent_index": self.index,
            "real": self.real,
            "nonnegative": self.nonnegative,
        }


def growth(matrix: Matrix) -> Growth:
    """Return the facts about a matrix of rationals, exactly.

    Eigenvalues are counted by :func:`negeig.theory.spectra.spectrum`, with its limits; O(n^4)
    operations on numbers that grow.

    Raises
    ------
    InputError
        When an entry is not rational.

    Examples
    --------
    >>> one, no = Fraction(1), Fraction(0)
    >>> growth(((no, one), (no, no)))
    Growth(dimension=2, nonzero=0, index=2, real=True, nonnegative=True)
    >>> growth(((no, -one), (one, no))).real, growth(((no, one), (one, no))).nonnegative
    (False, False)
    """
    rows = tuple(rational(row) for row in matrix)
    n = len(rows)
    if n == 0:
        return Growth(0, 0, 0, True, True)
    found = spectrum(rows)
    nonzero = n - found.zero
    return Growth(n, nonzero, _index(rows, nonzero), found.is_real, found.is_nonnegative)


def rational(vector: Vector) -> tuple[Fraction, ...]:
    """Return a vector with Fractions for entries.

    Raises
    ------
    InputError
        When an entry is not rational.
    """
    values = [simplified(x) for x in vector]
    if not all(isinstance(x, Fraction) for x in values):
        raise InputError(
            "matrix",
            "an entry is not rational: the cast model takes rationals only, as every network has "
            "that a number format holds (compile --held-by bf16)",
        )
    return tuple(x for x in values if isinstance(x, Fraction))


def _index(rows: Sequence[Sequence[Fraction]], nonzero: int) -> int:
    """Least m at which the rank of A^m is the number of nonzero eigenvalues."""
    n = len(rows)
    base = fmpq_mat(n, n, [to_fmpq(x) for row in rows for x in row])
    power = fmpq_mat(n, n, [int(i % (n + 1) == 0) for i in range(n * n)])
    index = 0
    while power.rank() > nonzero:
        power, index = power * base, index + 1
    return index
