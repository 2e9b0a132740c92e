"""Where the exact states of a network lie, layer by layer, and how far from there a code errs.

The places of a layer are its exact states where these are finitely many, each with the letters that
words bring it, or else the boxes of a proof by regions. From a place a letter leads to one place.
The computed state is near the exact one; its code is the right one, or one that emits the same, as
long as it is on the right side of the walls between codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np

from negeig.claims import Letter, LimitReached, Progress
from negeig.precision.closure.decode import Decoder, decoder_of
from negeig.precision.closure.error_norms import Norm
from negeig.theory.closure.boxes import Affine, Box, inside, rational
from negeig.theory.closure.explore import Task
from negeig.theory.exact.numbers import Vector, enclose
from negeig.theory.networks.network import Layer, LinearRNN

ENCLOSURE = 96
"""Bits after the point to which irrational numbers are enclosed."""

NEAR = 1.01
"""Codes whose wall is so many times farther, in float64, than the nearest are not looked at again.
Float64 errs by far less than that where a code differs from another by more than ``APART``."""

APART = 1e-6


class NotFollowed(Exception):
    """The exact states are not finitely many codes, or no box is known for them."""


class Edge(NamedTuple):
    """A letter read in a place."""

    source: int
    letter: Letter
    target: int


@dataclass(frozen=True, eq=False)
class Places:
    """The places of one layer.

    Parameters
    ----------
    layer : Layer
        Exact.
    boxes : sequence of Box
        The exact states; the initial one is in the first.
    edges : sequence of Edge
        Every letter that some word has the layer read in a place.
    codes : sequence of int
        The code of each place, of the initial one any.
    meanings : mapping
        For each letter what every code emits on it, as far as it matters: equal numbers are as
        good as one another.
    images : sequence of Box
        Where the exact states are after each edge, if that is less than the box of its target.
    """

    layer: Layer
    boxes: Sequence[Box]
    edges: Sequence[Edge]
    codes: Sequence[int]
    meanings: Mapping[Letter, tuple[int, ...]]
    images: Sequence[Box] = ()

    def limits(self, norm: Norm) -> list[Fraction | None]:
        """Return for each edge a distance below which no state errs; None where none does.

        O(places x kinds of letters x codes x dimension).
        """
        found: dict[tuple[int, tuple[int, ...]], Fraction | None] = {}
        limits = []
        for i, edge in enumerate(self.edges):
            meanings, own = self.meanings[edge.letter], self.codes[edge.target]
            if self.images:
                limits.append(self._limit(self.images[i], own, meanings, norm))
                continue
            key = edge.target, meanings
            if key not in found:
                found[key] = self._limit(self.boxes[edge.target], own, meanings, norm)
            limits.append(found[key])
        return limits

    def _limit(self, box: Box, own: int, meanings: tuple[int, ...], norm: Norm) -> Fraction | None:
        first = self._decoder.first
        wrong = [i for i, c in enumerate(first) if meanings[c] != meanings[own]]
        if wrong and not self.images:  # the state is the code itself
            wrong = self._nearest(first.index(own), wrong, norm)
        walls = [self._wall(box, own, first[i], norm) for i in wrong]
        return min(walls, default=None)

    def _nearest(self, own: int, wrong: list[int], norm: Norm) -> list[int]:
        """Return the codes whose walls may be nearest to a code, by float64."""
        points = self._decoder.points
        gaps = points[wrong] - points[own]
        sizes = np.abs(gaps).max(axis=1, initial=0.0)
        walls = (gaps**2).sum(axis=1) / np.maximum(norm.along_all(2 * gaps), 1e-300)
        scale = np.abs(points[own]).max(initial=0.0) + sizes
        near = ~(walls > NEAR * walls.min()) | ~(sizes > APART * scale)
        return [i for i, is_near in zip(wrong, near.tolist(), strict=True) if is_near]

    def _wall(self, box: Box, own: int, other: int, norm: Norm) -> Fraction:
        """Bound from below how far a box is from where another code is as near as its own."""
        low = high = wide = Fraction(0)
        normal = []
        sizes = norm.sizes(Fraction(1))
        for c, d, (least, most), size in zip(
            self._codes[own], self._codes[other], box, sizes, strict=True
        ):
            # |h - d|^2 - |h - c|^2 = (d - c) (d + c - 2 h), summed over coordinates.
            gap = d[0] - c[1], d[1] - c[0]
            far = d[0] + c[0] - 2 * most, d[1] + c[1] - 2 * least
            products = [x * y for x in gap for y in far]
            low, high = low + min(products), high + max(products)
            normal.append(gap[0] + gap[1])
            wide += (gap[1] - gap[0]) * size
        return max(low, Fraction(0)) / (norm.along(normal) + wide)

    @cached_property
    def _decoder(self) -> Decoder:
        return decoder_of(self.layer)

    @cached_property
    def _codes(self) -> list[Box]:
        return [enclosed(code) for code in self.layer.codes]


def enclosed(vector: Vector) -> Box:
    """Return rational intervals around entries, points where they are rational."""
    return tuple(enclose(x, ENCLOSURE) for x in vector)


def orbit_places(
    network: LinearRNN, task: Task, max_states: int, progress: Progress | None = None
) -> list[Places]:
    """Return the places of each layer: the exact states that words reach, and letters read there.

    For a network that is proved right in exact arithmetic. Where the stack has more than
    ``max_states`` states the layers are walked over all their own letters, one by one.

    Raises LimitReached where one of them has more states than that, and NotFollowed for a state
    that is no code.
    """
    walks = [_Walk(layer) for layer in network.layers]
    start = (0,) * len(walks)
    seen, queue = {start}, [start]
    for state in queue:  # grows while it is read
        if progress is not None and len(queue) % 1024 == 0:
            progress(len(queue))
        for letter in task.alphabet:
            symbol, after = letter, []
            for walk, number in zip(walks, state, strict=True):
                number, symbol = walk.step(number, symbol)
                after.append(number)
            if (found := tuple(after)) not in seen:
                seen.add(found)
                queue.append(found)
        if len(queue) > max_states:
            walks = [_Walk(layer) for layer in network.layers]
            for walk in walks:
                walk.close(max_states)
            break
    meanings = _meanings(network, task)
    return [walk.places(own) for walk, own in zip(walks, meanings, strict=True)]


def region_places(
    network: LinearRNN, task: Task, boxes: Mapping[tuple[int, int], Box]
) -> list[Places]:
    """Return the boxes of a proof by regions, by (machine state, code), as places of its layer.

    Raises NotFollowed where they are boxes around other regions, and do not do themselves.
    """
    (layer,) = network.layers
    maps = {letter: Affine.of(layer.steps[letter], layer.dim) for letter in task.alphabet}
    number = {name: i for i, name in enumerate(boxes)}  # the start's box is the first
    found = list(boxes.values())
    if not inside(enclosed(layer.initial), found[0]):
        raise NotFollowed("the initial state is not in the first box")
    edges, images = [], []
    for (state, code), box in boxes.items():
        for a, letter in enumerate(task.alphabet):
            image = maps[letter].image(box)
            middle = tuple((low + high) / 2 for low, high in image)
            goal, after = task.delta[state][a], _nearest(layer.codes, middle)
            target = number.get((goal, after))
            symbol = layer.emit[after][layer.alphabet.index(letter)]
            if target is None or not inside(image, found[target]):
                raise NotFollowed("letters carry the boxes around the regions out of them")
            if not task.is_right(symbol, goal):
                raise NotFollowed("a box around a region is decoded wrongly")
            edges.append(Edge(number[state, code], letter, target))
            images.append(image)
    (meanings,) = _meanings(network, task)
    return [Places(layer, found, edges, [code for _, code in boxes], meanings, images)]


def _nearest(codes: Sequence[Vector], point: Sequence[Fraction]) -> int:
    """Return the number of the nearest of some rational codes, the first of equals."""
    squares = [
        sum(((x - y) ** 2 for x, y in zip(rational(code), point, strict=True)), Fraction(0))
        for code in codes
    ]
    return squares.index(min(squares))


class _Walk:
    """One layer's exact states, numbered as they are met, and the letters read in each."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.column = {letter: a for a, letter in enumerate(layer.alphabet)}
        self.code: dict[Vector, int] = {}
        for c, code in enumerate(layer.codes):
            self.code.setdefault(code, c)
        self.vectors: list[Vector] = [layer.initial]
        self.numbers = {layer.initial: 0}
        self.after: dict[tuple[int, Letter], int] = {}

    def step(self, number: int, letter: Letter) -> tuple[int, Letter]:
        """Read a letter: the state after it, and what is emitted."""
        target = self.after.get((number, letter))
        if target is None:
            vector = self.layer.apply(letter, self.vectors[number])
            target = self.numbers.setdefault(vector, len(self.vectors))
            if vector not in self.code:
                raise NotFollowed("an exact state is no code")
            if target == len(self.vectors):
                self.vectors.append(vector)
            self.after[number, letter] = target
        return target, self.layer.emit[self.code[self.vectors[target]]][self.column[letter]]

    def close(self, max_states: int) -> None:
        """Read all of the layer's letters in all of its states."""
        for number, _ in enumerate(self.vectors):  # grows while it is read
            if number >= max_states:
                raise LimitReached("exact states of a layer", max_states, reached=number)
            for letter in self.layer.alphabet:
                self.step(number, letter)

    def places(self, meanings: Mapping[Letter, tuple[int, ...]]) -> Places:
        """Return what was walked through."""
        edges = [Edge(source, a, target) for (source, a), target in self.after.items()]
        codes = [self.code.get(vector, 0) for vector in self.vectors]
        return Places(self.layer, list(map(enclosed, self.vectors)), edges, codes, meanings)


def _meanings(network: LinearRNN, task: Task) -> list[dict[Letter, tuple[int, ...]]]:
    """Return numbers for what codes emit, for each layer and letter; the last one's by outputs."""

    def same(symbol: Letter) -> str | None:
        return symbol

    found = []
    for i, layer in enumerate(network.layers):
        of: Callable[[Letter], str | None] = (
            task.emitted.get if i + 1 == len(network.layers) else same
        )
        numbers: dict[str | None, int] = {}
        found.append(
            {
                letter: tuple(numbers.setdefault(of(row[a]), len(numbers)) for row in layer.emit)
                for a, letter in enumerate(layer.alphabet)
            }
        )
    return found
