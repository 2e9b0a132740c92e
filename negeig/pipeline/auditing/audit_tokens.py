"""Deciding the tokens of a stored layer: signs of their eigenvalues, and their norm, exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from flint import fmpz_mat

from negeig.claims import LimitReached
from negeig.pipeline.auditing.stored_layer import Array, StoredLayer, fractions_of, integer_rows
from negeig.theory.bounds.growth import rational
from negeig.theory.exact.numbers import Matrix
from negeig.theory.factors.householder import product_of
from negeig.theory.networks.network import DeltaStep
from negeig.theory.spectra import product_block, spectrum
from negeig.theory.spectra.counts import MAX_DIMENSION, polynomial_spectrum
from negeig.theory.spectra.products import never_lengthens

MAX_BITS = 32_768
"""Rows of a matrix times bits of its entries, over a common denominator: about the bits of its
determinant. Those of a longer one would take seconds, later minutes."""

NUMBERS = 1 << 18
"""Numbers of keys that are held as integers at a time, and most that a token has: an integer of
Python takes up to 300 bytes."""

MAX_DISTINCT = 1 << 22
"""Distinct tokens, of each of which some hundred bytes are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """What was decided about the matrix of one distinct token; None where it was not.

    Attributes
    ----------
    least, greatest : Fraction or None
        Least and greatest eigenvalue of a factor (entry of a diagonal), and which one it is.
    spectrum : (int, int) or None
        How many eigenvalues are negative, and how many are not real.
    eigenvalue : Fraction or None
        The one that a single factor adds to the ones.
    contractive : bool or None
        Whether the Euclidean norm is at most 1.
    norm : Fraction or float or None
        Exact, or rounded, where it is above 1.
    diagonal : bool
        Whether every factor is diagonal.
    """

    least: Fraction | None = None
    greatest: Fraction | None = None
    least_step: int = 0
    greatest_step: int = 0
    spectrum: tuple[int, int] | None = None
    eigenvalue: Fraction | None = None
    contractive: bool | None = None
    norm: Fraction | float | None = None
    diagonal: bool = False

    @property
    def class_(self) -> str:
        """``nonnegative``, ``real``, ``non-real`` or ``undecided``."""
        if self.spectrum is None:
            return "undecided"
        negative, nonreal = self.spectrum
        return "non-real" if nonreal else "real" if negative else "nonnegative"


def examine(
    stored: StoredLayer, epsilon: Fraction | None, max_tokens: int, reasons: list[str]
) -> Iterator[Token]:
    """Decide the distinct tokens one after the other; note in ``reasons`` what was left out.

    With ``epsilon`` keys count as k / sqrt(|k|^2 + epsilon), None as they are stored. Raises
    LimitReached for keys of more than :data:`NUMBERS` numbers a token, and for more than
    :data:`MAX_DISTINCT` tokens.
    """
    if len(stored.values) > MAX_DISTINCT:
        raise LimitReached("distinct tokens", MAX_DISTINCT, reached=len(stored.values))
    numbers = stored.values[0].size
    if stored.kind == "delta" and numbers > NUMBERS:
        raise LimitReached("numbers of a token's keys", NUMBERS, reached=numbers)
    left = max_tokens
    skipped: dict[str, list[LimitReached]] = {}

    def within(decide: Callable[[], Token], undecided: Callable[[], Token]) -> Token:
        nonlocal left
        left -= 1
        if left < 0:
            return undecided()
        try:
            return decide()
        except LimitReached as limit:
            skipped.setdefault(limit.limit, []).append(limit)
            return undecided()

    step = max(1, NUMBERS // numbers)
    for start in range(0, len(stored.values), step):
        part = stored.values[start : start + step]
        if stored.kind == "diagonal":
            yield from map(_diagonal, part)
            continue
        if stored.kind == "dense":
            for matrix in part:
                yield within(partial(_dense, matrix), Token)
            continue
        assert stored.betas is not None
        betas = fractions_of(stored.betas[start : start + step])
        for rows, scale, row_betas in zip(*_integer_keys(part), betas, strict=True):
            token = _Delta(rows, scale, row_betas, stored.dim, epsilon)
            if len(token.moving) < 2:
                yield token.single()
            else:
                yield within(token.product, token.undecided)
    for limits in skipped.values():
        most = max(limits, key=lambda limit: limit.reached)
        reasons.append(f"{most}; tokens left for it: {len(limits):,}")
    if left < 0:
        reasons.append(
            str(
                LimitReached(
                    "distinct tokens whose characteristic polynomial is computed",
                    max_tokens,
                    reached=max_tokens,
                    option="--max-tokens",
                    detail=f"distinct tokens left: {-left:,}",
                )
            )
        )


def _integer_keys(keys: Array) -> tuple[Array, list[list[int]]]:
    """Return keys [tokens, steps, dim] as integers, with an exponent of 2 for each key."""
    rows, exponents = integer_rows(keys.reshape(-1, keys.shape[-1]))
    scale = [[int(x) for x in token] for token in exponents.reshape(keys.shape[:-1])]
    return rows.reshape(keys.shape), scale


class _Delta:
    """A product of factors I - beta k k^T: keys as integers times powers of two."""

    def __init__(
        self,
        rows: Array,
        scale: list[int],
        betas: list[Fraction],
        dim: int,
        epsilon: Fraction | None,
    ) -> None:
        self.rows, self.scale, self.dim = rows, scale, dim
        squares = [self.inner(i, i) for i in range(len(betas))]
        if epsilon is not None:
            # beta / (|k|^2 + epsilon) acts on the stored key as beta on the normalised one: the
            # root is squared again, and nothing is rounded.
            lengths = [square + epsilon for square in squares]
            betas = [b / s if s else Fraction(0) for b, s in zip(betas, lengths, strict=True)]
        self.betas = betas
        self.values = [1 - b * s for b, s in zip(betas, squares, strict=True)]
        self.moving = [i for i, value in enumerate(self.values) if value != 1]
        self.contractive = all(-1 <= value <= 1 for value in self.values)

    def inner(self, i: int, j: int) -> Fraction:
        """Inner product of two keys."""
        product = int((self.rows[i] * self.rows[j]).sum())
        return Fraction(product) * Fraction(2) ** (self.scale[i] + self.scale[j])

    def undecided(self, **known: Any) -> Token:
        """Return what holds for the factors, whatever their product is."""
        least, greatest = min(self.values), max(self.values)
        diagonal = all(np.count_nonzero(self.rows[i]) <= 1 for i in self.moving)
        return Token(
            least=least,
            greatest=greatest,
            least_step=self.values.index(least),
            greatest_step=self.values.index(greatest),
            diagonal=diagonal,
            **({"contractive": True if self.contractive else None} | known),
        )

    def single(self) -> Token:
        """One factor has the eigenvalues 1 and 1 - beta |k|^2, and is symmetric."""
        value = self.values[self.moving[0]] if self.moving else Fraction(1)
        rest = Fraction(1 if self.dim > 1 else 0)
        return self.undecided(
            spectrum=(int(value < 0), 0),
            eigenvalue=value,
            contractive=self.contractive,
            norm=max(abs(value), rest),
        )

    def product(self) -> Token:
        """Several factors, by the Gram matrix of their keys."""
        gram = tuple(tuple(self.inner(i, j) for j in self.moving) for i in self.moving)
        betas = [self.betas[i] for i in self.moving]
        _limit_rows(len(self.moving))
        block = product_block(gram, betas)
        _limit_bits(scaled_bits(block))
        found = spectrum(block)
        contractive = self.contractive or never_lengthens(gram, betas)
        return self.undecided(
            spectrum=(found.negative, found.nonreal),
            contractive=contractive,
            norm=None if contractive else self.about(),
        )

    def about(self) -> float:
        """Return the norm of the product, in float64; infinite where that overflows."""
        sizes = [max(abs(int(x)) for x in self.rows[i]) for i in self.moving]
        moving = list(zip(self.moving, sizes, strict=True))
        keys = np.array([[int(x) / size for x in self.rows[i]] for i, size in moving])
        # Coordinates in which only as many differ from 0 as there are keys: the rest stands still.
        inside = np.asarray(np.linalg.qr(keys.T, mode="r")).T
        matrix = np.eye(inside.shape[1])
        with np.errstate(all="ignore"):
            for key, (i, size) in zip(inside, moving, strict=True):
                beta = self.betas[i] * (size * Fraction(2) ** self.scale[i]) ** 2
                matrix = matrix - _float(beta) * np.outer(key, key @ matrix)
        return max(_norm_about(matrix), float(len(matrix) < self.dim))

    def matrix(self) -> Matrix:
        """Return the product as a matrix."""
        steps = []
        for i in self.moving:
            unit = Fraction(2) ** self.scale[i]
            key = tuple(int(x) * unit for x in self.rows[i])
            steps.append(DeltaStep(self.betas[i], key, Fraction(0)))
        return product_of(steps, self.dim)


def _dense(stored: Array) -> Token:
    size = len(stored)
    _limit_rows(size)
    rows, exponents = integer_rows(stored.reshape(1, -1))
    exponent = int(exponents[0])
    _limit_bits(size * max(abs(int(x)) for x in rows[0]).bit_length())
    integers = fmpz_mat(size, size, [int(x) for x in rows[0].tolist()])
    found = polynomial_spectrum(integers.charpoly())  # of the matrix over a power of two
    contractive = _is_contraction(integers, exponent)
    diagonal = not np.any(stored[~np.eye(size, dtype=bool)])
    norm: Fraction | float | None = None
    if diagonal:
        norm = max(abs(x) for x in fractions_of(np.diagonal(stored)))
    elif not contractive:
        norm = _norm_about(stored.astype(np.float64))
    return Token(
        spectrum=(found.negative, found.nonreal),
        contractive=contractive,
        norm=norm,
        diagonal=diagonal,
    )


def scaled_bits(matrix: Matrix) -> int:
    """Return the rows of a matrix times the bits of an entry, over a common denominator."""
    entries = [x for row in matrix for x in rational(row)]
    scale = math.lcm(*(x.denominator for x in entries))
    return len(matrix) * max(scale, *(abs(int(x * scale)) for x in entries)).bit_length()


def _limit_rows(rows: int) -> None:
    if rows > MAX_DIMENSION:
        raise LimitReached("rows of a matrix for its spectrum", MAX_DIMENSION, reached=rows)


def _limit_bits(bits: int) -> None:
    if bits > MAX_BITS:
        raise LimitReached("rows of a matrix times bits of its entries", MAX_BITS, reached=bits)


def _diagonal(entries: Array) -> Token:
    places = int(np.argmin(entries)), int(np.argmax(entries))
    least, greatest = (Fraction(float(entries[i])) for i in places)
    norm = max(-least, greatest)
    return Token(
        least=least,
        greatest=greatest,
        least_step=places[0],
        greatest_step=places[1],
        spectrum=(int(np.count_nonzero(entries < 0)), 0),
        contractive=norm <= 1,
        norm=norm,
        diagonal=True,
    )


def _is_contraction(integers: fmpz_mat, exponent: int) -> bool:
    """Say whether B 2^exponent has norm at most 1: the signs of det(x - (I - A^T A)) alternate.

    The matrix I - A^T A is symmetric, so all roots are real, and they are >= 0 exactly when the
    coefficients alternate in sign, zeros aside (Descartes).
    """
    size = integers.nrows()
    one, scale = (1, 4**exponent) if exponent > 0 else (4**-exponent, 1)
    identity = fmpz_mat(size, size, [one * (i == j) for i in range(size) for j in range(size)])
    loss = identity - integers.transpose() * integers * scale
    if any(loss[i, i] < 0 for i in range(size)):  # a column is longer than 1
        return False
    return all(c * (-1) ** (size - k) >= 0 for k, c in enumerate(loss.charpoly().coeffs()))


def _float(number: Fraction) -> float:
    """Round to float64; infinite where that cannot hold it."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _norm_about(matrix: Array) -> float:
    """Return the Euclidean norm of a matrix in float64; infinite where that overflows."""
    largest = float(np.abs(matrix).max())
    if not math.isfinite(largest):
        return math.inf
    return float(np.linalg.norm(matrix / largest, 2)) * largest


def token_matrix(stored: StoredLayer, d: int, epsilon: Fraction | None) -> Matrix:
    """Return the matrix of a distinct token, exactly."""
    values = fractions_of(stored.values[d])
    if stored.kind == "dense":
        return tuple(tuple(row) for row in values)
    if stored.kind == "diagonal":
        size = range(stored.dim)
        return tuple(tuple(values[i] if i == j else Fraction(0) for j in size) for i in size)
    assert stored.betas is not None
    rows, scale = _integer_keys(stored.values[d : d + 1])
    betas = fractions_of(stored.betas[d])
    return _Delta(rows[0], scale[0], betas, stored.dim, epsilon).matrix()
