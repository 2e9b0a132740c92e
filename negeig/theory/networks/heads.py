"""The heads of a layer: coordinates that no step of any letter mixes with the others.

A layer in use has many heads, each with a state, keys and betas of its own, and every position of
a token updates all of them at once. So what counts as a layer's steps a token is what the busiest
head takes; and steps along one line are one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from negeig.claims import Letter
from negeig.theory.exact.linear_algebra import dot
from negeig.theory.exact.numbers import Matrix, Number, Vector, simplified
from negeig.theory.networks.network import DeltaStep, Layer, Step

ZERO = Fraction(0)


def heads(layer: Layer) -> tuple[tuple[int, ...], ...]:
    """Return the coordinates of each head, in order.

    O(steps x dimension). Coordinates that no step moves are heads of one.

    Examples
    --------
    >>> one, zero = Fraction(1), Fraction(0)
    >>> swap = DeltaStep(one, (one, -one, zero), zero)
    >>> layer = Layer(alphabet=("a",), initial=(one, zero, zero), steps={"a": (swap,)},
    ...               codes=((one, zero, zero),), emit=(("0",),))
    >>> heads(layer)
    ((0, 1), (2,))
    """
    head = list(range(layer.dim))
    for steps in {id(own): own for own in layer.steps.values()}.values():
        for step in steps:
            for first, *others in filter(None, _mixed(step)):
                joined = {head[j] for j in (first, *others)}
                head = [head[first] if h in joined else h for h in head]
    return tuple(
        tuple(j for j, h in enumerate(head) if h == number) for number in dict.fromkeys(head)
    )


def _mixed(step: Step) -> list[list[int]]:
    """Return sets of coordinates that a step mixes."""
    if isinstance(step, DeltaStep):
        return [[j for j, k in enumerate(step.key) if k != 0]]
    return [[i, *(j for j, a in enumerate(row) if a != 0)] for i, row in enumerate(step.matrix)]


@dataclass(frozen=True)
class Line:
    """What steps along one line do to the component t on a direction: t <- factor t + shift."""

    direction: Vector
    factor: Number
    shift: Number

    @property
    def is_idle(self) -> bool:
        """Whether nothing moves."""
        return self.factor == 1 and self.shift == 0

    @property
    def is_step(self) -> bool:
        """Whether one delta step does it: where nothing shrinks or turns nothing can be added."""
        return self.factor != 1 or self.shift == 0


def lines(layer: Layer, letter: Letter, head: tuple[int, ...]) -> list[Line] | None:
    """Return a letter's steps in one head, those along one line together; None for dense steps.

    Steps whose keys are orthogonal commute, so a step joins an earlier one on its line where all
    between are orthogonal to it.

    Examples
    --------
    >>> one = Fraction(1)
    >>> half = DeltaStep(one / 2, (one,), 4 * one)
    >>> layer = Layer(alphabet=("a",), initial=(one,), steps={"a": (half, half)},
    ...               codes=((one,),), emit=(("0",),))
    >>> [(str(line.factor), str(line.shift)) for line in lines(layer, "a", (0,))]
    [('1/4', '3')]
    """
    found: list[Line] = []
    for step in layer.steps[letter]:
        if not isinstance(step, DeltaStep):
            return None
        key = tuple(step.key[j] for j in head)
        if step.beta == 0 or all(k == 0 for k in key):
            continue
        place = next(i for i, k in enumerate(key) if k != 0)
        scale = key[place]
        direction = tuple(simplified(k / scale) for k in key)
        factor = step.eigenvalue
        # t is the component along the direction: h = t direction + what is orthogonal to it.
        shift = simplified(step.beta * step.write * scale)
        line = Line(direction, factor, shift)
        for i in range(len(found) - 1, -1, -1):
            other = found[i]
            if other.direction == direction:
                found[i] = Line(
                    direction,
                    simplified(factor * other.factor),
                    simplified(factor * other.shift + shift),
                )
                break
            if dot(other.direction, direction) != 0:
                found.append(line)
                break
        else:
            found.append(line)
    return [line for line in found if not line.is_idle]


def head_matrix(layer: Layer, letter: Letter, head: tuple[int, ...]) -> Matrix:
    """Return a letter's matrix in one head."""
    matrix = layer.letter_matrix(letter)
    return tuple(tuple(matrix[i][j] for j in head) for i in head)
