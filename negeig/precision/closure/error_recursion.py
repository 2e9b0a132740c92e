"""How long errors stay below their limits: a recursion over places, with a closed form.

The error in a place is followed letter by letter, all words at once: reading a letter along an edge
takes an error e to at most ``expands e + added``, where what is added depends on how far the state
is off already. After some letters the errors of all places grow together. Then with *any* numbers
phi of the places, F taken to ``expands F + most (expands phi(source) + added - phi(target))``
bounds the errors by ``F + phi``: a number for all places, and its n-th iterate has a closed form.
All numbers are integers in one unit, rounded up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from negeig.claims import Progress
from negeig.precision.closure.exact_places import Edge

MAX_LENGTH = 10**12
"""Letters that are counted, at most."""

FINE = 80
"""Errors are multiples of the largest limit times 2^-FINE, about."""

ONE = 1 << 64
"""What factors are multiples of one part of."""

STAGES = (64, 8, 2, 1)
"""What errors add is bounded for states that are off by the limit over so much."""

FEW_UPDATES = 20_000
"""Edges that are followed one by one before the closed form goes on, about."""

MOST_STEPS = 256
"""Letters that are followed one by one at once, at most."""

MAX_ROUNDS = 64
"""How often edges are followed one by one, at most."""

Added = Callable[[int, Fraction], Fraction | None]
"""What reading along an edge, by its number, adds to an error of at most so much; None if no bound
is known."""


class Reached(NamedTuple):
    """How many letters are right, and the place where errors are then nearest to their limit.

    Parameters
    ----------
    length : int
    error, limit : Fraction
        After so many letters, in that place.
    settled : bool
        Whether no error grows any more, so that the length has no end.
    """

    length: int
    error: Fraction
    limit: Fraction
    settled: bool


@dataclass(frozen=True)
class Recursion:
    """What errors do along edges.

    Parameters
    ----------
    places : int
    edges : sequence of Edge
    expands : sequence of Fraction
        For each edge, how much it lengthens an error.
    limits : sequence of Fraction
        For each edge, what the error after it has to stay below.
    added : callable
        What it adds; grows with the error.
    start : Fraction
        The error of place 0 before the first letter.

    Examples
    --------
    A state that is off by a thousandth more with every letter, and may be off by one half:

    >>> half, off = Fraction(1, 2), Fraction(1, 1000)
    >>> loop = Recursion(1, [Edge(0, "a", 0)], [Fraction(1)], [half], lambda *_: off, Fraction(0))
    >>> loop.reached().length
    499
    """

    places: int
    edges: Sequence[Edge]
    expands: Sequence[Fraction]
    limits: Sequence[Fraction]
    added: Added
    start: Fraction

    def reached(self, progress: Progress | None = None) -> Reached:
        """Return for how many letters no error reaches its limit. O(edges) for each stage."""
        return _Walk(self, progress).run()


class _Walk:
    """The errors of all places after some letters, in units."""

    def __init__(self, of: Recursion, progress: Progress | None) -> None:
        self.of, self.progress = of, progress
        largest = max(of.limits)
        exponent = largest.numerator.bit_length() - largest.denominator.bit_length()
        self.unit = Fraction(2) ** (exponent - FINE)
        self.most = [ceil(limit / self.unit) - 1 for limit in of.limits]  # below the limit
        self.factor = [ceil(x * ONE) for x in of.expands]
        self.errors = [-1] * of.places  # -1: no word leads there yet
        self.errors[0] = ceil(of.start / self.unit)
        self.radii = [0, *(ceil(largest / self.unit / part) for part in STAGES)]
        self.stage, self.length = 0, 0
        self.known: dict[int, int] = {}
        self.is_closed = False

    def run(self) -> Reached:
        """Follow edges one by one, and leap, until a limit is reached."""
        steps = min(max(8, FEW_UPDATES // len(self.of.edges)), MOST_STEPS)
        for _ in range(MAX_ROUNDS):
            for _ in range(steps):
                if self.length >= MAX_LENGTH or not self._step():
                    return self._result()
            if self.is_closed:
                self.length = MAX_LENGTH
                return self._result()
            self._leap()
        return self._result()

    def _step(self) -> bool:
        """Read one more letter; False where some word may err."""
        self.is_closed = False
        if not self._reach(max(self.errors)):
            return False
        after, grows = list(self.errors), False
        for i, edge in enumerate(self.of.edges):
            error = self.errors[edge.source]
            if error < 0:
                continue
            added = self._added(i)
            if added is None:
                return False
            error = _scaled(self.factor[i], error) + added
            if error > self.most[i]:
                return False
            if error > after[edge.target]:
                after[edge.target], grows = error, True
        self.errors, self.is_closed = after, not grows
        self.length += 1
        return True

    def _reach(self, error: int) -> bool:
        """Go on to the stage of an error; False where there is none."""
        while self.stage < len(self.radii) and error > self.radii[self.stage]:
            self.stage += 1
            self.known.clear()
        return self.stage < len(self.radii)

    def _added(self, edge: int) -> int | None:
        """Return what an edge adds in this stage."""
        if edge not in self.known:
            if self.progress is not None and len(self.known) % 64 == 0:
                self.progress(len(self.known))
            added = self.of.added(edge, self.radii[self.stage] * self.unit)
            if added is None:
                return None
            self.known[edge] = ceil(added / self.unit)
        return self.known[edge]

    def _leap(self) -> None:
        """Read as many letters at once as this stage and the limits allow."""
        least, largest = min(self.errors), max(self.errors)
        if not self._reach(largest):
            return
        own = [error - max(least, 0) for error in self.errors]
        choices = [([0] * self.of.places, largest)]
        if least >= 0:
            choices.append((own, least))
        leaps = [(self._leap_by(phi, first), phi) for phi, first in choices]
        (count, last), phi = max(leaps, key=lambda leap: leap[0][0])
        if count:
            self.length += count
            self.errors = [last + x for x in phi]

    def _leap_by(self, phi: Sequence[int], first: int) -> tuple[int, int]:
        """Return how many letters, and F after them, with these numbers of the places."""
        step = 0
        for i, edge in enumerate(self.of.edges):
            added = self._added(i)
            if added is None:
                return 0, first
            over = _scaled(self.factor[i], phi[edge.source]) + added - phi[edge.target]
            step = max(step, over)
        bound = self.radii[self.stage] - max(phi)
        for most, edge in zip(self.most, self.of.edges, strict=True):
            bound = min(bound, most - phi[edge.target])
        if first > bound:
            return 0, first
        return iterated(max(self.factor), step, first, bound, MAX_LENGTH - self.length)

    def _result(self) -> Reached:
        """Return the place whose error is nearest to its limit."""
        limits = [max(self.of.limits)] * self.of.places
        for edge, limit in zip(self.of.edges, self.of.limits, strict=True):
            limits[edge.target] = min(limits[edge.target], limit)
        pairs = [
            (max(error, 0) * self.unit, limit)
            for error, limit in zip(self.errors, limits, strict=True)
        ]
        error, limit = max(pairs, key=lambda pair: pair[0] / pair[1] if pair[1] else 1)
        return Reached(self.length, error, limit, self.is_closed)


def iterated(factor: int, step: int, first: int, bound: int, most: int) -> tuple[int, int]:
    """Return how often F may be taken to ``factor F + step`` and stay within a bound, and F then.

    No more than ``most`` times. ``factor`` is in parts of ``ONE``; F is rounded up, and is within
    the bound at first. The sequence is monotone, so that its end is what counts; where it
    converges below the bound a bound of all of it is returned. O(log(most)) multiplications.

    Examples
    --------
    >>> iterated(ONE, 3, 0, 100, 10**12), iterated(ONE, 0, 0, 100, 10**12)
    ((33, 99), (1000000000000, 0))
    >>> iterated(ONE // 2, 10, 0, 25, 10**12)
    (1000000000000, 22)
    """
    if factor == ONE:
        count = most if step == 0 else min(most, (bound - first) // step)
        return count, first + count * step
    if first == step == 0:
        return most, 0
    if factor < ONE:
        fixed = -(-(step + 1) * ONE // (ONE - factor))  # from here F never grows
        if max(first, fixed) <= bound:
            return most, max(first, fixed)
    powers = [(factor, step)]  # of 2^k letters at once
    while 2 ** len(powers) <= most:
        a, b = powers[-1]
        if _scaled(a, first) + b > bound:
            break
        powers.append((_scaled(a, a), _scaled(a, b) + b))
    count = 0
    for k, (a, b) in reversed(list(enumerate(powers))):
        while count + 2**k <= most and (after := _scaled(a, first) + b) <= bound:
            first, count = after, count + 2**k
    return count, first


def _scaled(factor: int, error: int) -> int:
    """Return the product, rounded up."""
    return error if factor == ONE else -(-factor * error // ONE)
