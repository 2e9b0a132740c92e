"""Proof by regions: boxes that letters carry into boxes, where the exact orbit is infinite.

A layer that contracts may reach infinitely many states, such as ``h <- h/4 + w``, whose state
holds all letters read so far. Then a closure never ends, but the states that decode to one code
lie in a box: for each machine state q and code c a box that holds every state that words leading
to q are decoded to c in. The start lies in its box; every letter carries every box into a box of
one code's cell, and there the decoder emits what the machine outputs. By induction the network is
right on words of every length. The boxes are found by following letters from the start, each
widened where it grows, and then verified from scratch, all in rationals.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, LimitReached, Progress
from negeig.theory.closure.explore import Task
from negeig.theory.closure.transducers import Closed
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN

MAX_BOXES = 20_000
"""Most boxes, one for each machine state and code."""

MAX_GROWTHS = 40
"""How often one box may grow before the search is given up."""

GRID = 40
"""Boxes have ends that are multiples of 2^-GRID times the size of the codes."""

Interval = tuple[Fraction, Fraction]
Box = tuple[Interval, ...]
Place = tuple[int, int]
"""A state of the machine and a code of the layer."""


@dataclass(frozen=True)
class Regions:
    """Boxes that letters carry into each other, verified exactly.

    Attributes
    ----------
    boxes : mapping of (machine state, code) to box
    """

    boxes: dict[Place, Box]


@dataclass(frozen=True)
class _Affine:
    """What a letter does: ``h <- matrix h + shift``."""

    matrix: tuple[tuple[Fraction, ...], ...]
    shift: tuple[Fraction, ...]

    def image(self, box: Box) -> Box:
        """Return the least box around the image of a box. Exact."""
        found = []
        for row, b in zip(self.matrix, self.shift, strict=True):
            low = high = b
            for a, (least, most) in zip(row, box, strict=True):
                low += a * (least if a > 0 else most)
                high += a * (most if a > 0 else least)
            found.append((low, high))
        return tuple(found)


def proved_by_regions(
    network: LinearRNN, machine: Machine, *, progress: Progress | None = None
) -> Regions | None:
    """Return boxes that prove a network of one rational layer right on every word, or None.

    Exact. The decoder takes the nearest code, the first of equals: a box lies in the cell of a
    code where every point of it is nearer to that code than to the ones before it, and no farther
    than from the ones after it. None proves nothing: the search gives up past its limits, and
    boxes are not the only regions.

    Complexity: O(boxes x letters x (dimension^2 + codes x dimension)) for each growth.

    Raises
    ------
    InputError
        When the alphabets differ as sets.

    Examples
    --------
    >>> from negeig.theory.networks.network import DeltaStep
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    >>> one, most = Fraction(1), Fraction(3, 4)
    >>> layer = Layer(alphabet=("a", "b"), initial=(-one,), emit=(("yes",) * 2, ("no",) * 2),
    ...               steps={"a": (DeltaStep(most, (one,), one),),
    ...                      "b": (DeltaStep(most, (one,), -one),)}, codes=((one,), (-one,)))
    >>> network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"yes": 1, "no": 0},
    ...                     empty=0)
    >>> for place, box in proved_by_regions(network, machine).boxes.items():
    ...     print(place, *(f"{float(low):.2f} to {float(high):.2f}" for low, high in box))
    (0, 1) -1.01 to -0.49
    (1, 0) 0.48 to 1.01
    """
    task = Task(network, machine)
    if len(network.layers) != 1 or network.field is not None or not task.empty_is_right:
        return None
    search = _Search(network, task)
    try:
        boxes = search.boxes(progress)
    except LimitReached:
        return None
    return Regions(boxes) if boxes is not None and search.verify(boxes) else None


def closed_by_regions(network: LinearRNN, progress: Progress | None = None) -> Closed | None:
    """Close one rational layer over its own letters by boxes, one for each code, or return None.

    A box holds every state that is decoded to its code. Where letters carry each box into one box,
    the layer does what the finite table says, on every word and whatever it reads: so a layer of a
    stack that contracts is a finite transducer, though its exact orbit is infinite.

    Parameters
    ----------
    network : LinearRNN
        Of one layer.

    Examples
    --------
    A register that is overwritten three quarters of the way, and held:

    >>> from negeig.theory.networks.network import DeltaStep
    >>> one = Fraction(1)
    >>> write = (DeltaStep(3 * one / 4, (one,), one),)
    >>> layer = Layer(alphabet=("w", "h"), initial=(-one,), steps={"w": write, "h": ()},
    ...               codes=((-one,), (one / 2,), (one,)),
    ...               emit=(("0", "0"), ("1", "1"), ("1", "1")))
    >>> network = LinearRNN(alphabet=("w", "h"), layers=(layer,), outputs={"0": 0, "1": 1},
    ...                     empty=0)
    >>> closed_by_regions(network).after.tolist()
    [[1, 0], [2, 1], [2, 2]]
    """
    if len(network.layers) != 1 or network.field is not None:
        return None
    (layer,) = network.layers
    symbols = tuple(str(code) for code in range(len(layer.codes)))
    alone = Layer(
        alphabet=layer.alphabet,
        initial=layer.initial,
        steps=layer.steps,
        codes=layer.codes,
        emit=tuple((symbol,) * len(layer.alphabet) for symbol in symbols),
    )
    anything = LinearRNN(
        alphabet=layer.alphabet, layers=(alone,), outputs=dict.fromkeys(symbols), empty=None
    )
    idle = Machine(
        alphabet=layer.alphabet,
        transitions=[[0] * len(layer.alphabet)],
        initial=0,
        outputs=[None],
    )
    search = _Search(anything, Task(anything, idle))
    boxes = search.boxes(progress)
    if boxes is None or not search.verify(boxes):
        return None
    number = {place: i for i, place in enumerate(boxes)}  # the start's box was the first
    columns = [idle.alphabet.index(letter) for letter in layer.alphabet]
    after = [
        [number[found] for a in columns if (found := search.after(place[0], a, box)) is not None]
        for place, box in boxes.items()
    ]
    return Closed(np.array(after), np.array([code for _, code in boxes]))


def contracts(network: LinearRNN) -> bool:
    """Whether some step shrinks or stretches a line, so that the orbit may well be infinite.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> contracts(construct(get("parity").minimal())[0].network)
    False
    """
    return any(
        layer.rescales
        or any(isinstance(step, DenseStep) for steps in layer.steps.values() for step in steps)
        for layer in network.layers
    )


class _Search:
    """Boxes for one network and one machine, found and then verified."""

    def __init__(self, network: LinearRNN, task: Task) -> None:
        (layer,) = network.layers
        self.layer, self.task = layer, task
        self.letters = [_affine(layer, letter) for letter in task.alphabet]
        self.columns = [layer.alphabet.index(letter) for letter in task.alphabet]
        self.codes = [tuple(_rational(x) for x in code) for code in layer.codes]
        sizes = [abs(x) for code in self.codes for x in code]
        self.unit = max(sizes, default=Fraction(1)) * Fraction(1, 2**GRID) or Fraction(1)
        self.floats: NDArray[np.float64] | None = None
        if self.unit.denominator < 2**1000 and max(sizes, default=Fraction(0)) < 2**500:
            rows = [[float(x) for x in code] for code in self.codes]
            self.floats = np.array(rows).reshape(len(rows), layer.dim)
        self.start: Box = tuple((_rational(x), _rational(x)) for x in layer.initial)

    def boxes(self, progress: Progress | None) -> dict[Place, Box] | None:
        """Follow letters from the start until no box grows; None where a step is wrong or open."""
        first = self._cell(self.start)
        if first is None:
            return None
        boxes = {(self.task.initial, first): self.start}
        growths: dict[Place, int] = {}
        queue = [(self.task.initial, first)]
        while queue:
            place = queue.pop(0)
            if progress is not None:
                progress(len(boxes))
            for a, letter in enumerate(self.letters):
                image = letter.image(boxes[place])
                after = self._after(place[0], a, image)
                if after is None:
                    return None
                known = boxes.get(after)
                if known is not None and _inside(image, known):
                    continue
                growths[after] = growths.get(after, -1) + 1
                if growths[after] > MAX_GROWTHS or len(boxes) > MAX_BOXES:
                    return None
                boxes[after] = self._widened(known, image, growths[after])
                if after not in queue:
                    queue.append(after)
        return boxes

    def verify(self, boxes: dict[Place, Box]) -> bool:
        """Whether the start lies in a box, and letters carry boxes into boxes, rightly decoded."""
        first = self._cell(self.start)
        if first is None or not _inside(self.start, boxes.get((self.task.initial, first))):
            return False
        for (state, _), box in boxes.items():
            for a, letter in enumerate(self.letters):
                image = letter.image(box)
                after = self._after(state, a, image)
                if after is None or not _inside(image, boxes.get(after)):
                    return False
        return True

    def after(self, state: int, letter: int, box: Box) -> Place | None:
        """Return where a letter leads from a box, None where that is not one place."""
        return self._after(state, letter, self.letters[letter].image(box))

    def _after(self, state: int, letter: int, image: Box) -> Place | None:
        """Return where a letter leads, None unless all of the image decodes to the right output."""
        code = self._cell(image)
        if code is None:
            return None
        symbol = self.layer.emit[code][self.columns[letter]]
        goal = self.task.delta[state][letter]
        return (goal, code) if self.task.is_right(symbol, goal) else None

    def _cell(self, box: Box) -> int | None:
        """Return the code that every point of a box is decoded to, or None where there is none."""
        middle = [(low + high) / 2 for low, high in box]
        distances = [
            sum(((x - m) ** 2 for x, m in zip(code, middle, strict=True)), Fraction(0))
            for code in self.codes
        ]
        if not distances:
            return None
        best = distances.index(min(distances))
        chosen = self.codes[best]
        for c in self._unclear(best, box):
            code = self.codes[c]
            # |h - chosen|^2 - |h - code|^2 is affine in h: its largest value on the box decides.
            worst = sum((x * x - y * y for x, y in zip(chosen, code, strict=True)), Fraction(0))
            for x, y, (low, high) in zip(chosen, code, box, strict=True):
                slope = 2 * (y - x)
                worst += slope * (high if slope > 0 else low)
            if c != best and (worst > 0 or (worst == 0 and c < best)):
                return None
        return best

    def _unclear(self, best: int, box: Box) -> list[int]:
        """Return the codes of which float64 does not tell that they are farther than the best one.

        Codes and ends of the box are rounded once, and each term a few times, so the sum is off by
        far less than 2^-40 of the sum of the products of their absolute values, for any dimension
        in sight.
        """
        if self.floats is None:
            return list(range(len(self.codes)))
        slopes = 2 * (self.floats - self.floats[best])
        low, high = np.array([[float(x), float(y)] for x, y in box]).T
        squares = self.floats[best] ** 2 - self.floats**2
        moved = np.where(slopes > 0, slopes * high, slopes * low)
        worst = (squares + moved).sum(axis=1)
        sizes = np.abs(self.floats) + np.abs(self.floats[best])
        scale = (sizes**2 + 2 * sizes * np.maximum(np.abs(low), np.abs(high))).sum(axis=1)
        unclear: list[int] = np.flatnonzero(~(worst < -scale * 2.0**-40)).tolist()
        return unclear

    def _widened(self, known: Box | None, image: Box, growths: int) -> Box:
        """Return a box around both on the grid; one that has grown before is made a bit wider."""
        both = image if known is None else tuple(map(_hull, known, image))
        found = []
        for low, high in both:
            extra = (high - low) / 64 if growths > 2 else Fraction(0)
            least, most = floor((low - extra) / self.unit), ceil((high + extra) / self.unit)
            found.append((least * self.unit, most * self.unit))
        return tuple(found)


def _affine(layer: Layer, letter: Letter) -> _Affine:
    matrix = layer.letter_matrix(letter)
    shift = layer.apply(letter, (Fraction(0),) * layer.dim)
    return _Affine(
        tuple(tuple(_rational(x) for x in row) for row in matrix),
        tuple(_rational(x) for x in shift),
    )


def _rational(number: object) -> Fraction:
    if not isinstance(number, Fraction):
        raise TypeError("regions are for rational networks")
    return number


def _inside(box: Box, other: Box | None) -> bool:
    return other is not None and all(
        low <= least and most <= high for (least, most), (low, high) in zip(box, other, strict=True)
    )


def _hull(one: Interval, other: Interval) -> Interval:
    return min(one[0], other[0]), max(one[1], other[1])
