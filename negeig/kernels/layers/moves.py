"""A network's layer as moves of a released layer: keys of length 1 without a negative entry.

Layers in use pass keys through SiLU, whose values are never below -0.2785, and divide them by
their length. So a key is written only where its entries are non-negative and its length divides
it exactly, and beta only where a saturated sigmoid, times the layer's range, gives it exactly:
0, 1 or 2, the eigenvalues 1, 0 and -1.

The signs of coordinates are free: with D diagonal, entries +-1, the state D h has the keys D k.
Where no D makes every key non-negative, a layer that reflects flips coordinates on the way: a flip
is a move along e_i with beta 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

import numpy as np
from numpy.typing import NDArray

from negeig.claims import Letter
from negeig.theory.exact.number_text import number_text, value_text
from negeig.theory.exact.numbers import Vector
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN, Step

REFLECT, OVERWRITE = Fraction(2), Fraction(1)

MOST_TRIES = 20_000_000
"""Entries of keys that are looked at while signs are chosen; what is best then counts."""

SHOWN = 3
"""Steps that are named for one reason."""

Key = tuple[Fraction, ...]
Signs = NDArray[np.int64]


@dataclass(frozen=True)
class Move:
    """``h <- h + beta key (write - key.h)`` with a key of length 1; exact.

    Examples
    --------
    >>> Move(REFLECT, (Fraction(1),), Fraction(3)).eigenvalue
    Fraction(-1, 1)
    """

    beta: Fraction
    key: Key
    write: Fraction

    @property
    def eigenvalue(self) -> Fraction:
        """The eigenvalue on the line of the key."""
        return 1 - self.beta

    @property
    def step(self) -> DeltaStep:
        """The move as a step of a network."""
        return DeltaStep(self.beta, self.key, self.write)

    def turned(self, signs: Sequence[int]) -> Move:
        """Return the same move of the state whose coordinates are multiplied by signs."""
        key = tuple(k * s for k, s in zip(self.key, signs, strict=True))
        return Move(self.beta, key, self.write)

    def reversed(self) -> Move:
        """Return the same move with the key's opposite."""
        return Move(self.beta, tuple(-k for k in self.key), -self.write)


@dataclass(frozen=True, kw_only=True)
class LayerMoves:
    """A layer in coordinates whose signs were chosen.

    Attributes
    ----------
    signs : tuple of int
        D: coordinate i of the state is ``signs[i]`` times the network's.
    initial : Vector
        The state before the first letter.
    moves : mapping from letter to tuple of Move
        No key has a negative entry.
    codes : tuple of Vector
    """

    signs: tuple[int, ...]
    initial: Key
    moves: Mapping[Letter, tuple[Move, ...]]
    codes: tuple[Key, ...]

    @property
    def most(self) -> int:
        """The most moves that a letter takes; at least 1, since every letter is a position."""
        return max(1, *(len(moves) for moves in self.moves.values()))


def refusals(network: LinearRNN, most_beta: int) -> list[str]:
    """Return why a layer whose beta is at most 1, or at most 2, cannot be a network; exact.

    Empty where :func:`layer_moves` gives the moves of every layer.

    Examples
    --------
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> from negeig.automata.zoo import get
    >>> parity = construct(get("parity").minimal())[0].network
    >>> refusals(parity, 2)
    []
    >>> refusals(parity, 1)  # doctest: +NORMALIZE_WHITESPACE
    ["the eigenvalue -1 takes beta 2, and this layer has beta <= 1: layer 1, letter '1', step 1"]
    """
    if not network.layers:
        return ["it has no state: the last letter says the output, so there is no layer to write"]
    places: dict[str, list[str]] = {}
    for number, layer in enumerate(network.layers, 1):
        for letter in layer.alphabet:
            for j, step in enumerate(layer.steps[letter], 1):
                for reason in _step_problems(step, most_beta):
                    place = f"layer {number}, letter {letter!r}, step {j}"
                    places.setdefault(reason, []).append(place)
        states = (layer.initial, *layer.codes)
        if not all(isinstance(x, Fraction) for state in states for x in state):
            places.setdefault(_irrational("a state"), []).append(f"layer {number}")
    found = [f"{reason}: {_listed(where)}" for reason, where in places.items()]
    if found or most_beta >= REFLECT:
        return found
    for number, layer in enumerate(network.layers, 1):
        signs = _signs(layer)
        if any(len(_letter(layer, a, signs)) > len(_unit_moves(layer, a)) for a in layer.alphabet):
            found.append(
                f"layer {number}: keys pass through SiLU, which makes none negative, and no choice "
                "of the coordinates' signs makes all of them non-negative; flipping a sign on the "
                "way is a reflection, beta 2, which this layer does not have"
            )
    return found


def layer_moves(layer: Layer) -> LayerMoves:
    """Return the moves of a layer that :func:`refusals` does not refuse.

    Signs are chosen so that few coordinates have to be flipped on the way: first so that keys agree
    with those before them, then one at a time while that saves moves. O(dim^2 x steps) a round.

    Examples
    --------
    >>> half, one, zero = Fraction(1, 2), Fraction(1), Fraction(0)
    >>> def layer(*keys):
    ...     steps = tuple(DeltaStep(2 * one, tuple(half * k for k in key), zero) for key in keys)
    ...     return Layer(alphabet=("a",), initial=(zero,) * 4, steps={"a": steps}, codes=(),
    ...                  emit=())
    >>> chosen = layer_moves(layer((1, -1, -1, -1)))
    >>> chosen.signs, len(chosen.moves["a"])
    ((1, -1, -1, -1), 1)

    Keys that no signs make non-negative together take flips, here of the last coordinate.

    >>> chosen = layer_moves(layer((1, 1, 1, 1), (1, 1, 1, -1)))
    >>> [" ".join(map(str, move.key)) for move in chosen.moves["a"]]
    ['0 0 0 1', '1/2 1/2 1/2 1/2', '0 0 0 1', '1/2 1/2 1/2 1/2']
    """
    signs = _signs(layer)
    return LayerMoves(
        signs=signs,
        initial=_turned(layer.initial, signs),
        moves={letter: _letter(layer, letter, signs) for letter in layer.alphabet},
        codes=tuple(_turned(code, signs) for code in layer.codes),
    )


def unit_move(step: DeltaStep) -> Move | None:
    """Return a step as a move, None where its key divided by its length is no dyadic vector.

    The least integer multiple of such a key has a power of 4 for its squared length.

    Examples
    --------
    >>> unit_move(DeltaStep(Fraction(1, 2), (Fraction(0), Fraction(2)), Fraction(6)))
    Move(beta=Fraction(2, 1), key=(Fraction(0, 1), Fraction(1, 1)), write=Fraction(3, 1))
    >>> unit_move(DeltaStep(Fraction(1), (Fraction(1), Fraction(-1)), Fraction(0)))
    """
    key = [k for k in step.key if isinstance(k, Fraction)]
    scalars = [x for x in (step.beta, step.write) if isinstance(x, Fraction)]
    if len(key) < len(step.key) or len(scalars) < 2:
        return None
    beta, write = scalars
    multiple = Fraction(lcm(*(k.denominator for k in key)), gcd(*(k.numerator for k in key)))
    whole = [k * multiple for k in key]
    square = int(sum(k * k for k in whole))
    if square.bit_count() != 1 or not square.bit_length() % 2:
        return None
    length = Fraction(1 << (square.bit_length() // 2))
    # The key is the unit vector times length / multiple.
    factor = length / multiple
    return Move(beta * factor * factor, tuple(k / length for k in whole), write / factor)


def _step_problems(step: Step, most_beta: int) -> Iterator[str]:
    """Yield why a step is no move of a layer."""
    if not isinstance(step, DeltaStep):
        yield "a dense step, which is no delta step"
        return
    if _is_idle(step):
        return
    if not all(isinstance(x, Fraction) for x in (step.beta, *step.key, step.write)):
        yield _irrational("an entry")
        return
    eigenvalue = step.eigenvalue
    if eigenvalue == -1 and most_beta < REFLECT:
        yield f"the eigenvalue -1 takes beta 2, and this layer has beta <= {most_beta}"
    elif eigenvalue not in (-1, 0):
        betas = "0, 1 and 2" if most_beta >= REFLECT else "0 and 1"
        yield (
            f"the eigenvalue {value_text(eigenvalue)} takes beta {value_text(1 - eigenvalue)} for "
            f"a key of length 1; a saturated sigmoid gives {betas} exactly"
        )
    if unit_move(step) is None:
        key = ", ".join(number_text(k) for k in step.key)
        yield f"the layer divides ({key}) by its length, and no number format holds the quotient"


def _irrational(what: str) -> str:
    return f"{what} is irrational: every number format rounds it, and the state drifts"


def _listed(places: Sequence[str]) -> str:
    more = len(places) - SHOWN
    return "; ".join(places[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _is_idle(step: DeltaStep) -> bool:
    return step.beta == 0 or all(k == 0 for k in step.key)


def _unit_moves(layer: Layer, letter: Letter) -> list[Move]:
    """Return the moves of a letter in the network's own coordinates."""
    steps = [s for s in layer.steps[letter] if isinstance(s, DeltaStep) and not _is_idle(s)]
    return [move for move in map(unit_move, steps) if move is not None]


def _letter(layer: Layer, letter: Letter, signs: Sequence[int]) -> tuple[Move, ...]:
    """Return a letter's moves with the flips between them; no key has a negative entry."""
    flipped = [1] * layer.dim
    found: list[Move] = []

    def flip(i: int) -> None:
        unit = tuple(Fraction(int(i == j)) for j in range(layer.dim))
        found.append(Move(REFLECT, unit, Fraction(0)))
        flipped[i] = -flipped[i]

    for move in _unit_moves(layer, letter):
        turned = move.turned(signs).turned(flipped)
        there, back = ([j for j, k in enumerate(turned.key) if k * s < 0] for s in (1, -1))
        if len(back) < len(there):
            turned, there = turned.reversed(), back
        for j in there:
            flip(j)
        found.append(turned.turned([-1 if j in there else 1 for j in range(layer.dim)]))
    for j in range(layer.dim):
        if flipped[j] < 0:
            flip(j)
    return tuple(found)


def _flips(keys: Sequence[Signs], signs: Signs) -> int:
    """Return how many flips :func:`_letter` takes for keys of these signs."""
    flips, flipped = 0, np.ones_like(signs)
    for key in keys:
        turned = key * signs * flipped
        away = turned < 0
        if 2 * away.sum() > np.count_nonzero(turned):
            away = turned > 0
        flips += int(away.sum())
        flipped[away] *= -1
    return flips + int((flipped < 0).sum())


def _signs(layer: Layer) -> tuple[int, ...]:
    """Choose the coordinates' signs."""
    letters = [_unit_moves(layer, letter) for letter in layer.alphabet]
    keys = [
        [np.array([int(k > 0) - int(k < 0) for k in move.key]) for move in moves]
        for moves in letters
    ]

    def cost(signs: Signs) -> tuple[int, int]:
        counts = [len(own) + _flips(own, signs) for own in keys]
        return max(counts), sum(counts)

    signs = np.array(_agreeing(layer.dim, sorted({m.key for own in letters for m in own})))
    least = sum(len(own) for own in keys)
    best, tries = cost(signs), MOST_TRIES
    improved = True
    while improved and best[1] > least:
        improved = False
        for j in range(layer.dim):
            tries -= least * layer.dim
            if tries < 0:
                return tuple(signs.tolist())
            other = signs.copy()
            other[j] *= -1
            if cost(other) < best:
                signs, best, improved = other, cost(other), True
    return tuple(signs.tolist())


def _agreeing(dim: int, keys: Sequence[Key]) -> list[int]:
    """Return signs that make keys non-negative where it can be done for all; a start elsewhere.

    Two coordinates of one key must have the signs of its entries, or both the opposite ones.
    """
    signs = [0] * dim
    for first in range(dim):
        if signs[first]:
            continue
        signs[first], waiting = 1, [first]
        for i in waiting:
            for key in keys:
                for j, k in enumerate(key):
                    if key[i] != 0 and k != 0 and not signs[j]:
                        signs[j] = signs[i] if key[i] * k > 0 else -signs[i]
                        waiting.append(j)
    return signs


def _turned(vector: Vector, signs: Sequence[int]) -> Key:
    return tuple(x * s for x, s in zip(vector, signs, strict=True) if isinstance(x, Fraction))
