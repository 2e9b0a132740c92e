"""The keys that a kernel uses where it divides those that it is given by their length."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from negeig.claims import InputError
from negeig.precision.numbers.formats import Format
from negeig.precision.numbers.operations import Operations, additions, terms_of

ROOT_BITS = 80
"""Bits of a root beyond those of any format, before it is rounded."""


class _Term(NamedTuple):
    """A number, and the one that it is the rounded square of while an addition may take it."""

    value: float
    root: float | None = None


def kernel_keys(key: Sequence[float], stored: Format, run: Operations) -> list[tuple[float, ...]]:
    """Return what a kernel makes of a stored key: ``k * (1 / sqrt(sum k^2 + epsilon))``.

    Every operation is rounded once, as the arithmetic has it, and the squares are added in its
    order, their products fused as it says. O(dim) operations; with ``fma?`` sets of them.

    Parameters
    ----------
    key : sequence of float
    stored : Format
        That keys are stored in: the caller's factor must not lead beyond it.
    run : Operations
        Of an arithmetic with a ``normalisation``: raises ValueError for another.

    Returns
    -------
    list of tuple of float
        One key, or several where it is a choice what is fused.

    Raises
    ------
    InputError
        Where the caller's factor or the division leads to infinity or NaN.

    Examples
    --------
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> from negeig.precision.numbers.formats import FP32
    >>> [kernel_keys([1.0], FP32, Operations(parse(f"fp32:{kind}")))
    ...  for kind in ("l2norm", "l2norm-scale8", "l2norm-eps0")]
    [[(0.9999995231628418,)], [(1.0,)], [(1.0,)]]
    """
    how, operations = run.arithmetic.normalisation, run.operations
    if how is None:
        raise ValueError(f"{run.arithmetic.short_name} divides no keys")
    given = [math.ldexp(k, how.scale) for k in key]
    problem = any(k and stored.overflows(Fraction(k)) for k in given)
    found: list[tuple[float, ...]] = []
    if not problem:
        epsilon = operations.nearest(how.epsilon)
        squares = {s for term in _summed(given, run) for s in _with_epsilon(term, epsilon, run)}
        roots = {_root(square, run) for square in squares}
        if how.divides:
            found = [tuple(_divided(k, root, run) for k in given) for root in roots]
        else:
            inverses = {_divided(1.0, root, run) for root in roots}
            found = [tuple(run.multiply(k, inverse) for k in given) for inverse in inverses]
        problem = not all(math.isfinite(k) for one in found for k in one)
    if problem:
        raise InputError(
            "key",
            f"{list(key)} leads beyond {stored.name} or to NaN where {run.arithmetic.short_name} "
            "divides keys by their length",
            "key-not-divided",
        )
    return sorted(set(found))


def _summed(key: Sequence[float], run: Operations) -> set[_Term]:
    """Return the outcomes of the sum of squares: one, unless what is fused is a choice."""
    order, fuses = run.arithmetic.order, run.arithmetic.fma or run.arithmetic.any_fma
    padded = [*key, *[0.0] * (terms_of(order, len(key)) - len(key))]
    sums = [{_Term(run.multiply(k, k), k if fuses else None)} for k in padded]
    for i, j in additions(order, len(sums)):
        sums[i] = {s for x in sums[i] for y in sums[j] for s in _added(x, y, run)}
    total = sums[0] if sums else {_Term(0.0)}
    if run.arithmetic.any_fma:
        return total
    return {_Term(run.summed(term.value)) for term in total}


def _added(x: _Term, y: _Term, run: Operations) -> Iterator[_Term]:
    """Yield what adding two terms may give; of two squares an fma always takes the second."""
    always = run.arithmetic.fma
    if not always or (x.root is None and y.root is None):
        yield _Term(run.add_products(x.value, y.value))
    if y.root is not None:
        yield _Term(run.fused(y.root, y.root, x.value))
    if x.root is not None and not (always and y.root is not None):
        yield _Term(run.fused(x.root, x.root, y.value))


def _with_epsilon(term: _Term, epsilon: float, run: Operations) -> Iterator[float]:
    yield run.add(term.value, epsilon) if epsilon else term.value
    if term.root is not None:
        yield run.fused(term.root, term.root, epsilon)


def _root(x: float, run: Operations) -> float:
    """Return a square root, rounded once."""
    x = run.read_operand(x)
    if not x or not math.isfinite(x):
        return run.rounding.special(x)
    square = Fraction(x)
    shift = ROOT_BITS + run.operations.precision - math.frexp(x)[1] // 2
    lifted = square * Fraction(4) ** shift
    whole = math.isqrt(math.floor(lifted))
    # What is left over lies strictly between two integers: so does a half, and rounds the same.
    root = Fraction(whole) if whole * whole == lifted else whole + Fraction(1, 2)
    return run.rounding.round(root / Fraction(2) ** shift)


def _divided(a: float, b: float, run: Operations) -> float:
    """Return a / b, rounded once, for b of a root: no negative number."""
    a, b = run.read_operand(a), run.read_operand(b)
    if math.isfinite(b) and b and a:
        return run.rounding.round(Fraction(a) / Fraction(b))
    if math.isnan(b) or (not a and not b):
        return math.nan
    return math.copysign(math.inf if not b else 0.0, a)
