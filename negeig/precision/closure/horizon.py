"""Horizon: words up to a length are right by a bound of the errors, where nothing else closes.

The exact states are known: finitely many, or in boxes. In each of them a letter's error is bounded,
rounding and rounded parameters together, in a norm in which letters do not expand. So errors add
up, and until they reach half the way to the next code that emits something else, every symbol is
the exact one. See the page on horizons in ``docs/theory``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from negeig.automata.machines.machine import Machine
from negeig.claims import Horizon, LimitReached, Open, Progress, Stopped
from negeig.precision.closure.error_norms import (
    Chart,
    Enclosed,
    Euclidean,
    Largest,
    Norm,
    above,
    invariant,
)
from negeig.precision.closure.error_recursion import MAX_LENGTH, Reached, Recursion
from negeig.precision.closure.exact_places import (
    Edge,
    NotFollowed,
    Places,
    enclosed,
    orbit_places,
    region_places,
)
from negeig.precision.closure.held_network import held
from negeig.precision.closure.letter_error import NoBound, check_modelled, letter_error
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.stored import round_parameters as store_parameters
from negeig.theory.closure.boxes import Box, hull, largest, linear, moved
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.closure.explore import Exploration, Task
from negeig.theory.closure.regions import proved_by_regions
from negeig.theory.exact.linear_algebra import add
from negeig.theory.exact.numbers import Matrix, Vector
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN, Step

MAX_WORK = 125_000
"""Letters read in exact states of a layer, times the square of its dimension, at most; of more, all
states are taken together."""

FEW_STATES = 5_000
"""The same where there may be too many: of a stack, and then of each of its layers."""

MAX_ORBIT = 10_000
"""Exact states that are listed, at most."""


def horizon(
    network: LinearRNN,
    machine: Machine,
    arithmetic: str | Arithmetic,
    *,
    round_parameters: bool = False,
    exact: Exploration | None = None,
    max_states: int = MAX_ORBIT,
    progress: Progress | None = None,
) -> Horizon | Open:
    """Return for how many letters a network is surely right in one arithmetic.

    Parameters
    ----------
    network : LinearRNN
        Proved right in exact arithmetic for words of every length.
    machine : Machine
        Over the same set of letters.
    arithmetic : str or Arithmetic
        Any one whose error a letter is bounded, see
        :func:`negeig.precision.closure.letter_error.letter_error`: its order of operations does
        not matter, nor do fused multiply-adds.
    round_parameters : bool
        Round parameters that the format does not hold, instead of refusing.
    exact : Exploration, optional
        How exact arithmetic ended, where that is known.
    max_states : int
        Exact states that are listed, at most.
    progress : callable, optional
        Called now and then with a count of states or letters.

    Returns
    -------
    Horizon
        On words of at most ``length`` letters, 10^12 at most, every symbol is right. ``error`` and
        ``limit`` are of the place and the layer whose error is then nearest to its limit.
    Open
        Where nothing can be said, and why.

    Raises
    ------
    InputError
        As :func:`negeig.precision.closure.rounded_closure.closure`.

    Notes
    -----
    Each layer of a stack for itself: while those below are right it reads the exact letters. Time:
    the errors of all letters in all exact states, some hundred a second, for each of five sizes.

    Examples
    --------
    Counting modulo 3 by rotations, whose entries have the root of 3, in float32 of any order:

    >>> from negeig.kernels.standard_suite import TASKS
    >>> task = TASKS["mod3-rotations"]
    >>> horizon(task.network, task.machine, "fp32", round_parameters=True).length > 10**6
    True
    """
    model = parse(arithmetic)
    if model.is_exact:
        return Open(detail="exact arithmetic rounds nothing")
    stored, _ = store_parameters(network, model, round_parameters=round_parameters)
    task = Task(network, machine)
    try:
        check_modelled(model)
        runs = held(network, stored)
        if exact is None:
            exact = exact_closure(network, machine, max_states=max_states, progress=progress)
        places = _places(network, machine, task, exact, max_states, progress)
        found = {
            i: _layer(own, layer, model, progress)
            for i, (own, layer) in enumerate(zip(places, runs.layers, strict=True))
            if layer.dim  # one without coordinates has nothing that could be off
        }
    except Stopped:
        raise
    except (NoBound, LimitReached, NotFollowed) as error:
        return Open(detail=str(error))
    if not found:
        return Open(detail="a network without states has nothing that could be off")
    which = min(found, key=lambda i: found[i].reached.length)
    return _horizon(found[which], which if len(network.layers) > 1 else None)


class _Found(NamedTuple):
    """What is known of one layer, and the norm that says most."""

    reached: Reached
    norm: Norm


def _horizon(found: _Found, layer: int | None) -> Horizon:
    reached, norm = found
    scale = max(norm.sizes(Fraction(1)))
    where = "" if layer is None else f" of layer {layer}"
    more = ", for ever" if reached.settled else ""
    more = ", where counting ends" if reached.length == MAX_LENGTH and not more else more
    return Horizon(
        length=reached.length,
        error=scale * reached.error,
        limit=scale * reached.limit,
        detail=f"{norm.name} of what the state{where} is off by is then at most "
        f"{float(reached.error):.3g}, and nothing errs before {float(reached.limit):.3g}{more}",
    )


def _places(
    network: LinearRNN,
    machine: Machine,
    task: Task,
    exact: Exploration,
    max_states: int,
    progress: Progress | None,
) -> list[Places]:
    """Return where the exact states of each layer are."""
    if exact.verdict != "proved":
        why = f": {exact.reason}" if exact.reason else ""
        raise NotFollowed(f"in exact arithmetic it is {exact.verdict}, not proved{why}")
    if exact.boxes and len(network.layers) == 1:
        regions = proved_by_regions(network, machine, progress=progress)
        if regions is None:
            raise NotFollowed("the regions of the exact states were not found again")
        return region_places(network, task, regions.boxes)
    # What is proved by regions, or layer by layer, may have many states, or infinitely many.
    few = FEW_STATES if exact.boxes or exact.layerwise else max_states
    return orbit_places(network, task, min(few, max_states), progress)


def _layer(places: Places, runs: Layer, model: Arithmetic, progress: Progress | None) -> _Found:
    """Return the greatest length that any of the norms certifies for one layer."""
    best: _Found | None = None
    for norm in _norms(places):
        expands = {letter: expansion(places.layer, letter, norm) for letter in _letters(places)}
        reached = _reached(places, runs, model, norm, expands, progress)
        if best is None or reached.length > best.reached.length:
            best = _Found(reached, norm)
        if max(expands.values(), default=Fraction(1)) <= 1 or reached.length == MAX_LENGTH:
            break
    if best is None:
        raise NotFollowed("no norm was tried")
    return best


def _norms(places: Places) -> Iterator[Norm]:
    """Yield norms to measure errors in; the later ones are for letters that expand before."""
    dim = places.layer.dim
    yield Euclidean(dim)
    yield Largest(dim)
    matrices = [_matrix(places.layer.letter_matrix(letter)) for letter in _letters(places)]
    chart: Chart | None = invariant(matrices, dim)
    if chart is not None:
        yield chart


def _letters(places: Places) -> list[str]:
    return list(dict.fromkeys(edge.letter for edge in places.edges))


def _reached(
    places: Places,
    runs: Layer,
    model: Arithmetic,
    norm: Norm,
    expands: dict[str, Fraction],
    progress: Progress | None,
) -> Reached:
    """Follow the errors of one layer in one norm."""
    walls = places.limits(norm)
    known = [limit for limit in walls if limit is not None]
    # Where all codes emit the same the state only has to stay where it is: nothing may overflow.
    sizes = [largest(ends) for box in places.boxes for ends in box]
    most: Fraction = max(known, default=max(sizes) or Fraction(1))
    limits = [most if limit is None else limit for limit in walls]
    boxes, edges = places.boxes, places.edges
    if (
        len(edges) * places.layer.dim**2 > MAX_WORK
    ):  # all states as one: coarser, and as cheap as the letters are few
        boxes, edges, limits = [reduce(hull, boxes)], *_merged(edges, limits)
    off = {letter: Misplaced(places.layer, runs, letter) for letter in expands}
    refused: list[NoBound] = []

    def added(number: int, radius: Fraction) -> Fraction | None:
        edge = edges[number]
        around = moved(boxes[edge.source], norm.sizes(radius))
        try:
            rounding = letter_error(runs, edge.letter, around, model)
        except NoBound as error:
            refused.append(error)
            return None
        wrong = off[edge.letter].bound(around)
        return above(norm.of_vector([a + b for a, b in zip(rounding, wrong, strict=True)]))

    (apart,) = add((runs.initial,), (places.layer.initial,), Fraction(-1))
    start = norm.of_vector([largest(ends) for ends in enclosed(apart)])
    recursion = Recursion(
        places=len(boxes),
        edges=edges,
        expands=[expands[edge.letter] for edge in edges],
        limits=limits,
        added=added,
        start=start,
    )
    found = recursion.reached(progress)
    if refused and not found.length:
        raise refused[0]
    return found


def _merged(edges: Sequence[Edge], limits: Sequence[Fraction]) -> tuple[list[Edge], list[Fraction]]:
    """Return one edge for each letter, from the only place to itself, with the least limit."""
    least: dict[str, Fraction] = {}
    for edge, limit in zip(edges, limits, strict=True):
        least[edge.letter] = min(limit, least.get(edge.letter, limit))
    return [Edge(0, letter, 0) for letter in least], list(least.values())


class Misplaced:
    """How far a letter's stored steps, nothing rounded, are from the exact ones.

    Parameters
    ----------
    layer, runs : Layer
        Exact, and as it is stored.
    letter : str
    """

    def __init__(self, layer: Layer, runs: Layer, letter: str) -> None:
        origin: Vector = (Fraction(0),) * layer.dim
        matrix = add(runs.letter_matrix(letter), layer.letter_matrix(letter), Fraction(-1))
        (shift,) = add((runs.apply(letter, origin),), (layer.apply(letter, origin),), Fraction(-1))
        self.rows = [
            [(j, *ends) for j, ends in enumerate(row) if any(ends)] for row in _matrix(matrix)
        ]
        self.shift = enclosed(shift)

    def bound(self, box: Box) -> list[Fraction]:
        """Bound each coordinate of the difference, read anywhere in a box."""
        found = []
        for row, (low, high) in zip(self.rows, self.shift, strict=True):
            least, most = linear([a for _, a, _ in row], low, tuple(box[j] for j, *_ in row))
            wide = high - low
            for j, a, b in row:
                wide += (b - a) * largest(box[j])
            found.append(max(abs(least), abs(most)) + wide)
        return found


def expansion(layer: Layer, letter: str, norm: Norm) -> Fraction:
    """Bound how much a letter lengthens an error: by its steps, or by their product.

    Examples
    --------
    >>> one = Fraction(1)
    >>> halve = DeltaStep(one / 2, (one,), one)
    >>> layer = Layer(alphabet=("a",), initial=(one,), steps={"a": (halve, halve)},
    ...               codes=((one,),), emit=(("a",),))
    >>> expansion(layer, "a", Euclidean(1))
    Fraction(1, 4)
    """
    by_steps = Fraction(1)
    for step in layer.steps[letter]:
        by_steps = above(by_steps * _of_step(step, norm))
    if by_steps <= 1 or len(layer.steps[letter]) < 2:
        return by_steps
    return min(by_steps, norm.of_matrix(_matrix(layer.letter_matrix(letter))))


def _of_step(step: Step, norm: Norm) -> Fraction:
    """Bound how much a step lengthens vectors: of a delta step in Euclidean norm by eigenvalue."""
    if not isinstance(step, DeltaStep):
        return norm.of_matrix(_matrix(step.matrix))
    if isinstance(norm, Euclidean):
        value = step.eigenvalue
        size = Fraction(1) if value in (1, -1) else above(largest(enclosed((value,))[0]))
        return max(size, Fraction(1)) if len(step.key) > 1 else size
    dim = len(step.key)
    alone = Layer(
        alphabet=("a",), initial=(Fraction(0),) * dim, steps={"a": (step,)}, codes=(), emit=()
    )
    return norm.of_matrix(_matrix(alone.letter_matrix("a")))


def _matrix(matrix: Matrix) -> Enclosed:
    return [enclosed(row) for row in matrix]
