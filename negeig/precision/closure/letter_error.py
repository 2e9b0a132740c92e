"""How far one letter, read in rounded arithmetic, may be off the exact one: a rigorous bound.

A state that a format holds lies somewhere in a box. Reading a letter exactly moves it affinely;
reading it in rounded arithmetic gives something else. Every product and every sum is rounded once,
off by at most half a unit in the last place of the largest value that it may have, so the bound is
a sum over the operations, each taken through the rest of the letter. It does not depend on the
order in which the terms of a sum are added, or on whether a product is rounded before it is added:
one bound covers every order and every choice of fused multiply-adds.

*Sums.* Let terms of magnitudes ``m_1, ..., m_n`` be added in any order, and let ``T_k`` bound what
the first k additions err by, together. The next one gives a partial sum of at most ``m_1 + ... +
m_n + T_k``, so ``T_{k+1} = T_k + r(m_1 + ... + m_n + T_k)``, where r(M) bounds the error of one
rounding of a value of magnitude at most M.

*What is exact.* Multiples of a power of two ``u`` of magnitude at most ``2^p u`` are held by a
format of p significant bits whose smallest number is at most u: nothing is rounded then, as in
:mod:`negeig.precision.closure.spans`. A product with a power of two of at least 1 is exact, and
with a smaller one it only underflows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from negeig.claims import Letter
from negeig.precision.closure.spans import Span
from negeig.precision.numbers.formats import Format
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.numbers.rounding import Grid, Rounding
from negeig.theory.closure.boxes import (
    Affine,
    Box,
    Interval,
    Row,
    computed,
    largest,
    linear,
    moved,
    rational,
)
from negeig.theory.exact.numbers import Number
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, Step

ARITHMETIC_FIELDS = (
    *("name", "parameters", "keys", "betas", "initial", "normalisation", "operations", "state"),
    *("rounded", "chunk", "fma", "any_fma", "grid", "grid_bits", "direction", "saturates"),
    *("stochastic", "flushes", "order"),
)
"""The fields of an arithmetic that are modelled here; others must have their defaults.

Nothing overflows, so what overflow gives does not matter.
"""

FORMAT_FIELDS = (
    *("name", "precision", "emin", "emax", "unused"),
    *("has_inf", "has_nan", "has_negative_zero"),
)
"""The same of a format."""

MODELLED: Mapping[str, tuple[Any, ...]] = {
    "rounded": ("never", "letter", "step", "chunk"),
    "direction": ("rne", "rtz", "rna"),
    "order": ("left", "pairwise", "butterfly", "any"),
}
"""The values of fields that are modelled here, where a field has more than two."""

_ZERO, _ONE, _HALF = Fraction(0), Fraction(1), Fraction(1, 2)


class NoBound(Exception):
    """No error is bounded: something may overflow, or the arithmetic is not modelled here."""


def letter_error(layer: Layer, letter: Letter, box: Box, arithmetic: Arithmetic) -> Row:
    """Bound the error of one letter in each coordinate, for every state of a box. Exact.

    Parameters
    ----------
    layer : Layer
        With the parameters that run: see :func:`negeig.precision.closure.held_network.held`.
    letter : str
    box : Box
        Where the state lies that the letter is read in: any number of the arithmetic's state
        format in it, or the initial state.
    arithmetic : Arithmetic
        Not exact.

    Returns
    -------
    tuple of Fraction
        For each coordinate a bound on ``|computed(h) - exact(h)|``, whatever the order of each sum
        and with or without fused multiply-adds. 0 where nothing is ever rounded.

    Raises
    ------
    NoBound
        Where something may overflow, and for an arithmetic that is not modelled.
    ValueError
        When a parameter is not held by the arithmetic's format.

    Examples
    --------
    Three quarters of an overwrite in bf16, u = h - 1, t = 3/4 u, h - t, anywhere in [-1, 1]:

    >>> from negeig.precision.numbers.arithmetic import parse
    >>> one = Fraction(1)
    >>> layer = Layer(alphabet=("a",), initial=(one,), codes=((one,),), emit=(("a",),),
    ...               steps={"a": (DeltaStep(3 * one / 4, (one,), one),)})
    >>> str(*letter_error(layer, "a", ((-one, one),), parse("bf16")))
    '11/1024'
    >>> letter_error(layer, "a", ((-one, one),), parse("grid:2^-6"))
    (Fraction(1, 128),)
    """
    return _errors(layer, arithmetic).bound(letter, box)


@dataclass(frozen=True)
class _Errors:
    """What one rounding errs by at most; ``part`` of a unit in the last place."""

    rounding: Rounding
    part: Fraction

    @classmethod
    def of(cls, rounding: Rounding, *, stochastic: bool) -> _Errors:
        """Return them: to nearest half a unit, otherwise a whole one."""
        return cls(rounding, _ONE if stochastic or rounding.direction == "rtz" else _HALF)

    def error(self, span: Span) -> Fraction:
        """Bound the error of rounding any of these numbers. Raises NoBound on overflow."""
        target, most = self.rounding.target, self.rounding.target.max_finite
        if most is not None and span.largest > most:
            name = f"2^-{target.q}" if isinstance(target, Grid) else target.name
            raise NoBound(
                f"{name} may overflow: values up to {float(span.largest):.6g} are possible, it has "
                f"{float(most):.6g} at most"
            )
        if not span.largest:
            return _ZERO
        if isinstance(target, Grid):
            quantum = Fraction(1, 2**target.q)
            return _ZERO if span.unit >= quantum else self.part * quantum
        least = target.normal if self.rounding.flushes else target.smallest
        if span.unit >= least and span.bits <= target.precision:
            return _ZERO
        exponent = max(_below(span.largest), target.emin)
        found = self.part * Fraction(2) ** (exponent - target.precision + 1)
        return max(found, self._lost(span)) if self.rounding.flushes else found

    def of_product(self, factor: Fraction, span: Span) -> Fraction:
        """Bound the error of a product of a parameter and a number that the format holds."""
        product = _times(factor, span)
        found, size, target = self.error(product), abs(factor), self.rounding.target
        if not isinstance(target, Format) or not (_is_power(size.numerator, size.denominator)):
            return found
        if self.rounding.flushes:
            return min(found, self._lost(product))
        return _ZERO if size >= 1 else min(found, self.part * target.smallest)

    def _lost(self, span: Span) -> Fraction:
        """Bound what a number loses that becomes 0 since it is subnormal."""
        target = self.rounding.target
        return min(span.largest, target.normal) if isinstance(target, Format) else _ZERO


@lru_cache(maxsize=64)
def _errors(layer: Layer, arithmetic: Arithmetic) -> _LayerErrors:
    return _LayerErrors(layer, arithmetic)


class _LayerErrors:
    """Bounds for the letters of one layer in one arithmetic."""

    def __init__(self, layer: Layer, arithmetic: Arithmetic) -> None:
        check_modelled(arithmetic)
        operations, state = arithmetic.operations, arithmetic.state
        if operations is None or state is None:
            raise ValueError("exact arithmetic has no errors")
        _check_held(layer, arithmetic.of_kernel_keys.stored_formats)
        self.layer = layer
        rounded, stochastic = arithmetic.rounded, arithmetic.stochastic
        same = stochastic and operations == state
        self.operations = _Errors.of(arithmetic.operation_rounding, stochastic=same)
        self.state = _Errors.of(arithmetic.state_rounding, stochastic=stochastic)
        self.each_step = rounded == "step"
        # The initial state is stored as it is given, and inside a chunk nothing is rounded.
        initial = [x for x in rational(layer.initial) if x]
        self.is_stored = rounded != "chunk" and all(
            self.state.rounding.round(x) == x for x in initial
        )
        """Whether rounding a state changes nothing that was not computed just before."""
        self.least = Fraction(2) ** self.state.rounding.target.unit(state.smallest)
        self.unit = self.least
        if not self.is_stored:
            self.unit = min(self.least, operations.smallest, *(Span.of([x]).unit for x in initial))
        self._maps: dict[Letter, list[tuple[Step, Affine, Affine]]] = {}

    def bound(self, letter: Letter, box: Box) -> Row:
        """Return :func:`letter_error`."""
        dim = self.layer.dim
        units, fresh = [self.unit] * dim, [not self.is_stored] * dim
        total: Row = (_ZERO,) * dim
        ranges = box
        for step, alone, so_far in self.maps(letter):
            local, units = self._step(step, alone, moved(ranges, total), units)
            total = tuple(
                sum((abs(a) * e for a, e in zip(row, total, strict=True) if a and e), new)
                for row, new in zip(alone.matrix, local, strict=True)
            )
            ranges = so_far.image(box)
            fresh = [known or own for known, own in zip(fresh, computed(step), strict=True)]
            if self.each_step:
                total, units = self._stored(ranges, total, units, fresh)
                fresh = [not self.is_stored] * dim
        if not self.each_step:
            total, units = self._stored(ranges, total, units, fresh)
        return total

    def maps(self, letter: Letter) -> list[tuple[Step, Affine, Affine]]:
        """Return each step of a letter, what it does, and what all up to it do."""
        if letter not in self._maps:
            dim, found = self.layer.dim, []
            so_far = Affine.of((), dim)
            for step in self.layer.steps[letter]:
                so_far = so_far.then(step)
                found.append((step, Affine.of([step], dim), so_far))
            self._maps[letter] = found
        return self._maps[letter]

    def _step(
        self, step: Step, exact: Affine, box: Box, units: Sequence[Fraction]
    ) -> tuple[Row, list[Fraction]]:
        """Bound the errors of one step, read somewhere in a box, and say what divides the result.

        Each coordinate is a multiple of its unit, before the step and after it.
        """
        spans = [Span(unit, largest(ends)) for unit, ends in zip(units, box, strict=True)]
        if isinstance(step, DenseStep):
            found = [
                self._sum(rational(row), b, spans, linear(row, b, box))
                for row, b in zip(exact.matrix, exact.shift, strict=True)
            ]
            return tuple(error for error, _ in found), [span.unit for _, span in found]
        key, (beta, write) = rational(step.key), rational((step.beta, step.write))
        error, u = self._sum(key, -write, spans, linear(key, -write, box))
        error, t = self._product(beta, u, error)
        errors, after = [_ZERO] * len(key), list(units)
        for j, k in enumerate(key):
            if k:
                off, term = self._product(k, t, error)
                most = largest(linear(exact.matrix[j], exact.shift[j], box)) + off
                both = Span(min(term.unit, units[j]), most)
                errors[j], after[j] = off + self.operations.error(both), both.unit
        return tuple(errors), after

    def _product(self, factor: Fraction, span: Span, error: Fraction) -> tuple[Fraction, Span]:
        """Multiply a number that is off already, ``span`` being what is computed of it."""
        if not factor:
            return _ZERO, Span(Fraction(1), _ZERO)
        more, product = self.operations.of_product(factor, span), _times(factor, span)
        return abs(factor) * error + more, replace(product, largest=product.largest + more)

    def _sum(
        self, row: Sequence[Fraction], constant: Fraction, spans: Sequence[Span], exact: Interval
    ) -> tuple[Fraction, Span]:
        """Add up products with a row and a constant, in any order; ``exact`` is the sum's range."""
        terms = [Span.of([constant])] if constant else []
        error = _ZERO
        for a, span in zip(row, spans, strict=True):
            if a:
                off, product = self._product(a, span, _ZERO)
                error += off
                terms.append(product)
        if not terms:
            return _ZERO, Span(Fraction(1), _ZERO)
        unit, sizes = min(span.unit for span in terms), sum(span.largest for span in terms)
        for left in range(len(terms) - 1, 0, -1):
            # The last sum is the one whose exact range is known.
            most = sizes + error if left > 1 else min(sizes, largest(exact)) + error
            error += self.operations.error(Span(unit, most))
        return error, Span(unit, largest(exact) + error)

    def _stored(
        self, exact: Box, errors: Row, units: Sequence[Fraction], fresh: Sequence[bool]
    ) -> tuple[Row, list[Fraction]]:
        """Add the rounding of the state, of what was computed since it was rounded last."""
        if self.state == self.operations and self.is_stored:
            return errors, list(units)
        found, after = [], []
        for ends, error, unit, new in zip(exact, errors, units, fresh, strict=True):
            more = self.state.error(Span(unit, largest(ends) + error)) if new else _ZERO
            found.append(error + more)
            after.append(max(unit, self.least) if new else unit)
        return tuple(found), after


def check_modelled(arithmetic: Arithmetic) -> None:
    """Raise NoBound for an arithmetic of which some field says what is not modelled here."""
    operations = arithmetic.operations
    if operations is None or arithmetic.state is None:
        raise ValueError("exact arithmetic has no errors")
    formats = (*arithmetic.stored_formats.values(), operations, arithmetic.state)
    odd = [f"{name} = {value!r}" for name, value in _beyond(arithmetic, ARITHMETIC_FIELDS)]
    for each in dict.fromkeys(formats):
        beyond = _beyond(each, FORMAT_FIELDS)
        odd += [f"{name} of {each.name} = {value!r}" for name, value in beyond]
    values = {name: getattr(arithmetic, name) for name in MODELLED}
    odd += [f"{name} = {value!r}" for name, value in values.items() if value not in MODELLED[name]]
    if odd:
        raise NoBound(f"{arithmetic.short_name}: errors are not bounded for {', '.join(odd)}")
    if not all(f.within(operations) for f in formats):
        raise NoBound(
            f"{arithmetic.short_name}: operations in {operations.name} lose what is stored"
        )


def _beyond(model: Arithmetic | Format, known: Sequence[str]) -> list[tuple[str, Any]]:
    """Return the fields that are not modelled and do not have their defaults."""
    return [
        (field.name, getattr(model, field.name))
        for field in fields(model)
        if field.name not in known and getattr(model, field.name) != _default(field)
    ]


def _default(field: Field[Any]) -> Any:
    made = field.default_factory
    return field.default if made is MISSING else made()


def _check_held(layer: Layer, formats: Mapping[str, Format]) -> None:
    for letter, steps in layer.steps.items():
        for step in steps:
            kinds: dict[str, Iterable[Number]]
            if isinstance(step, DeltaStep):
                kinds = {"keys": step.key, "betas": [step.beta], "parameters": [step.write]}
            else:
                kinds = {"parameters": [*step.bias, *(x for row in step.matrix for x in row)]}
            for kind, numbers in kinds.items():
                for x in rational(numbers):
                    if not formats[kind].holds(x):
                        raise ValueError(
                            f"letter {letter!r}: {formats[kind].name} does not hold {x}"
                        )


def _is_power(numerator: int, denominator: int) -> bool:
    """Whether a positive fraction is a power of two."""
    return not (numerator & (numerator - 1) or denominator & (denominator - 1))


def _times(factor: Fraction, span: Span) -> Span:
    return Span.of([factor]) * span


def _below(size: Fraction) -> int:
    """Return the largest exponent e with 2^e < size, which is positive.

    A power of two itself is held exactly, and what is below it has the smaller unit.
    """
    p, q = size.numerator, size.denominator
    guess = p.bit_length() - q.bit_length()
    fits = p > q << guess if guess >= 0 else p << -guess > q
    return guess if fits else guess - 1
