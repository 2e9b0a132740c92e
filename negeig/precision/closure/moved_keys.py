"""What the steps of a layer make of its keys and states: the orbits that a chunk is made of.

A position is one delta step, ``h <- M h + beta v k`` with ``M = I - beta k k^T``. Within a chunk of
positions 1, ..., C the quantities of the chunked form are inner products of keys and states with
``M_l ... M_m k_i``, a key moved by the positions of some stretch. Over all words these are orbits
of the keys under products of steps, and finite wherever the group or monoid of the steps is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any, TypeAlias

from negeig.claims import LimitReached, Progress
from negeig.precision.closure.spans import NotDyadic, Span
from negeig.theory.exact.numbers import FieldElement, Number, to_fmpq, to_fraction
from negeig.theory.networks.network import DeltaStep, Layer, Step

Point: TypeAlias = tuple[Any, ...]
"""A vector of flint's rationals."""

MOST_BITS = 53
"""Significant bits of an entry beyond which an orbit is left: no format in question holds it."""

FIRST = "the first position, which makes the initial state"

MOST_HEIGHT = 512
"""Bits of a numerator or denominator beyond which an orbit grows without bounds."""

REPORT_EVERY = 1024
"""Vectors between two calls of ``progress``."""


class NoOrbit(Exception):
    """An orbit that is left, because an entry needs too many bits."""


_ZERO, _ONE = to_fmpq(Fraction(0)), to_fmpq(Fraction(1))


@dataclass(frozen=True, eq=False, kw_only=True)
class Position:
    """One delta step in flint's rationals; ``places`` are the coordinates where its key is not 0.

    ``nexts`` are the numbers of the positions that may follow it, ``lasts`` of those before it. One
    that ``begins`` is the first of its word, in the state 0.
    """

    name: str
    beta: Any
    key: Point
    write: Any
    places: tuple[int, ...]
    nexts: tuple[int, ...]
    lasts: tuple[int, ...]
    begins: bool = False

    def product(self, x: Point) -> Any:
        """Return ``k.x``."""
        return sum((self.key[d] * x[d] for d in self.places), _ZERO)

    def moved(self, x: Point) -> Point:
        """Return ``M x``."""
        return self._added(x, -self.beta * self.product(x))

    def applied(self, h: Point) -> Point:
        """Return the state after it."""
        return self._added(h, self.beta * (self.write - self.product(h)))

    def _added(self, x: Point, amount: Any) -> Point:
        found = list(x)
        for d in self.places:
            found[d] += amount * self.key[d]
        return tuple(found)


@dataclass(frozen=True, eq=False, kw_only=True)
class Orbits:
    """Everything that positions make of the keys and states of one layer, exactly.

    Parameters
    ----------
    positions : tuple of Position
        Steps that are not 0 throughout, letters with the same ones counted once. One that moves
        nothing because its beta or its key is 0 is among them: its numbers are multiplied.
    moved : tuple of set of Point
        For each position its key, moved by any stretch of positions: ``M_l ... M_m k``.
    moved_first : tuple of set of Point
        The same where the stretch begins with the first position of a word, which nothing precedes.
    states : set of Point
        The states before and after every position of every word.
    from_zero : set of Point
        The same of words that start before any position, in the state 0.
    """

    positions: tuple[Position, ...]
    moved: tuple[set[Point], ...]
    moved_first: tuple[set[Point], ...]
    states: set[Point]
    from_zero: set[Point]


def orbits(
    layer: Layer,
    *,
    first_position: bool = False,
    max_vectors: int = 2_000_000,
    progress: Progress | None = None,
) -> Orbits:
    """Return what the steps of a layer make of its keys and states, over all words. Exact.

    Parameters
    ----------
    layer : Layer
        Of delta steps with dyadic numbers; all words of its alphabet count, whether or not a layer
        below emits them.
    first_position : bool
        Whether the initial state is made by a first position with key h_0, beta 1 and write 1 from
        the state 0.
    max_vectors : int
        Most vectors of all orbits together.
    progress : callable, optional
        Called now and then with the number of vectors; may raise LimitReached.

    Raises
    ------
    NotDyadic
        For a number of the layer that is no multiple of a power of two, and a dense step.
    NoOrbit
        Where an entry needs more than 53 bits, as in every orbit that does not end.
    LimitReached
        For more vectors.

    Notes
    -----
    Time: vectors x positions x dimension rational operations.

    Examples
    --------
    >>> import negeig
    >>> found = orbits(negeig.compile(zoo="sym:4:adjacent").network.layers[0])
    >>> len(found.positions), [len(keys) for keys in found.moved], len(found.states)
    (3, [12, 12, 12], 24)
    """
    positions, firsts = _positions(layer, first_position)
    walk = _Walk(positions, max_vectors, progress)
    zero: Point = (_ZERO,) * layer.dim
    initial = _point(layer.initial, "initial state")
    start = zero if first_position else initial
    anywhere = tuple(range(len(positions)))
    later = tuple(n for n in anywhere if not positions[n].begins)
    known: dict[Point, set[Point]] = {}
    moved, moved_first = list[set[Point]](), list[set[Point]]()
    for own in positions:
        if own.begins:
            moved.append({own.key})
        else:
            if own.key not in known:
                what = f"the key of {own.name}"
                known[own.key] = walk.closed(own.key, later, backwards=True, what=what)
            moved.append(known[own.key])
        others = [p for p in positions if p.begins and p is not own]
        moved_first.append({p.moved(x) for p in others for x in moved[-1]})
    return Orbits(
        positions=positions,
        moved=tuple(moved),
        moved_first=tuple(moved_first),
        states=walk.closed(start, firsts, backwards=False, what="the initial state"),
        from_zero=walk.closed(zero, anywhere, backwards=False, what="the state 0"),
    )


class _Walk:
    """Positions as a graph, and what they reach; vectors are counted over all orbits."""

    def __init__(
        self, positions: tuple[Position, ...], max_vectors: int, progress: Progress | None
    ) -> None:
        self.positions, self.max_vectors, self.progress = positions, max_vectors, progress
        self.count = 0

    def closed(
        self, start: Point, following: tuple[int, ...], *, backwards: bool, what: str
    ) -> set[Point]:
        """Return every point that is reached; depth first, so that endless orbits soon show."""
        seen, stack = {(start, following)}, [(start, following)]
        while stack:
            point, following = stack.pop()
            for number in following:
                own = self.positions[number]
                after = own.moved(point) if backwards else own.applied(point)
                found = after, own.lasts if backwards else own.nexts
                if found not in seen:
                    seen.add(found)
                    stack.append(found)
                    self._counted(after, what)
        return {point for point, _ in seen}

    def _counted(self, point: Point, what: str) -> None:
        self.count += 1
        for entry in point:
            if entry.height_bits() > MOST_BITS:
                bits = Span.of([to_fraction(entry)]).bits
                if bits > MOST_BITS:
                    raise NoOrbit(f"{what}, moved by positions, has an entry of {bits} bits")
                if entry.height_bits() > MOST_HEIGHT:
                    raise NoOrbit(f"{what}, moved by positions, has entries without bounds")
        if self.count > self.max_vectors:
            name = "moved keys and states"
            raise LimitReached(name, self.max_vectors, reached=self.count, option="--max-closure")
        if self.progress is not None and self.count % REPORT_EVERY == 0:
            self.progress(self.count)


Exact: TypeAlias = tuple[Any, Point, Any]
"""Beta, key and write of a step."""


def _positions(layer: Layer, first_position: bool) -> tuple[tuple[Position, ...], tuple[int, ...]]:
    """Return the positions of a layer, and the numbers of those that may be the first of a word.

    Letters with the same steps are one chain, and any chain may follow any.
    """
    chains: dict[tuple[Exact, ...], list[str]] = {}
    for letter in layer.alphabet:
        named = [(f"letter {letter!r}, step {j}", s) for j, s in enumerate(layer.steps[letter])]
        exact = [(name, _exact(step, name)) for name, step in named]
        acting = [(name, step) for name, step in exact if any((step[0], *step[1], step[2]))]
        if acting:
            chains.setdefault(tuple(step for _, step in acting), [name for name, _ in acting])
    joined = [(names, steps) for steps, names in chains.items()]
    begins = first_position and any(layer.initial)
    if begins:
        made = DeltaStep(Fraction(1), layer.initial, Fraction(1))
        joined.insert(0, ([FIRST], (_exact(made, FIRST),)))
    ends = list(accumulate((len(names) for names, _ in joined), initial=0))
    heads, tails = tuple(ends[begins:-1]), tuple(end - 1 for end in ends[1 + begins :])
    positions = list[Position]()
    for start, end, (names, steps) in zip(ends, ends[1:], joined, strict=False):
        for n, name, (beta, key, write) in zip(range(start, end), names, steps, strict=True):
            positions.append(
                Position(
                    name=name,
                    beta=beta,
                    key=key,
                    write=write,
                    places=tuple(d for d, k in enumerate(key) if k),
                    nexts=(n + 1,) if n + 1 < end else heads,
                    lasts=(n - 1,) if n > start else tails,
                    begins=begins and n == 0,
                )
            )
    return tuple(positions), (0,) if begins else heads


def _exact(step: Step, name: str) -> Exact:
    """Return the numbers of a delta step. Raises NotDyadic."""
    if not isinstance(step, DeltaStep):
        raise NotDyadic(f"{name} is a dense step, such as a decay")
    (beta,), (write,) = (
        _point([step.beta], f"beta of {name}"),
        _point([step.write], f"write of {name}"),
    )
    return beta, _point(step.key, f"key of {name}"), write


def _point(numbers: Sequence[Number], what: str) -> Point:
    try:
        Span.of(numbers)
    except NotDyadic as error:
        raise NotDyadic(f"the {what}: {error}") from None
    return tuple(
        to_fmpq(Fraction(number)) for number in numbers if not isinstance(number, FieldElement)
    )
