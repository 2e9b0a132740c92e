"""Exact closure: every state a network reaches, in product with the machine, over the exact field.

If the reachable set is finite and every reachable (state, letter) edge decodes to the machine's
output, the network is correct on words of every length: the finite table is the proof. Rational
entries are computed with flint's rationals, algebraic ones in their number field.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from typing import Any, TypeAlias

from flint import fmpq

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, LimitReached, Progress, Region
from negeig.theory.closure.explore import Exploration, explore
from negeig.theory.closure.regions import (
    Regions,
    closed_by_regions,
    contracts,
    proved_by_regions,
    widest,
)
from negeig.theory.closure.stacks import LAYER_STATES, explore_stack
from negeig.theory.closure.transducers import Close, Closed, close_with
from negeig.theory.exact.numbers import FieldElement, Number, NumberField, to_fmpq
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN, Step

ExactVector: TypeAlias = tuple[Any, ...]
"""Entries are integers, flint rationals or number-field elements."""

NetworkState: TypeAlias = tuple[int, ...]
"""One number for each layer, of its vector among those met so far."""


class ExactSemantics:
    """A network's exact transition function, for :func:`negeig.theory.closure.explore.explore`.

    A state is one exact vector for each layer, numbered as they are met: a vector is moved by
    each of a layer's actions once, however many network states and letters share it. What equals
    no code is decoded to the nearest one where some step of the layer contracts, as
    :meth:`~negeig.theory.networks.network.Layer.nearest` says; elsewhere nothing is emitted then,
    and the network errs. The layers above read on what the nearest code emits: what they keep has
    to be said, since two words that lead to one state are no collision where a layer just stood.
    """

    def __init__(self, network: LinearRNN) -> None:
        last = len(network.layers) - 1
        self._layers = [
            _ExactLayer(layer, network.field, is_read=i < last)
            for i, layer in enumerate(network.layers)
        ]

    def initial(self) -> NetworkState:
        """Return the state before the first letter."""
        return (0,) * len(self._layers)

    def step(self, state: NetworkState, letter: Letter) -> tuple[NetworkState, Letter | None]:
        """Return the state after one letter, and the symbol the last layer emits."""
        after, is_decoded = [], True
        symbol: Letter | None = letter
        for layer, number in zip(self._layers, state, strict=True):
            if symbol is not None:
                number, symbol, is_code = layer.step(number, symbol)
                is_decoded = is_decoded and is_code
            after.append(number)
        return tuple(after), symbol if is_decoded else None


class _ExactLayer:
    """One layer with its steps prepared: sparse keys, fast exact numbers, vectors numbered.

    ``is_read`` says that a layer above reads what it emits, even where the network errs.
    """

    def __init__(self, layer: Layer, field: NumberField | None, *, is_read: bool) -> None:
        exact = converter_of(layer, field)
        # Letters with the same steps are one action; exact steps are compared once where shared.
        same = {id(steps): steps for steps in layer.steps.values()}
        actions = {steps: i for i, steps in enumerate(dict.fromkeys(same.values()))}
        action = {key: actions[steps] for key, steps in same.items()}
        self._action = {a: action[id(steps)] for a, steps in layer.steps.items()}
        self._steps = [[prepared_step(s, exact) for s in steps] for steps in actions]
        self._decoded, self._contracts = exact_decoder(layer, exact), layer.rescales
        # Needed where a layer leaves its codes, and so built there: most never do.
        self._nearest = cache(partial(exact_decoder, layer, exact, always=True))
        self._is_read = is_read
        self._emit = [dict(zip(layer.alphabet, row, strict=True)) for row in layer.emit]
        initial = tuple(map(exact, layer.initial))
        self._number = {initial: 0}
        self._vectors = [initial]
        self._codes = [self._decoded_and_read(initial)]
        self._after: list[list[int | None]] = [[None] * len(actions)]

    def step(self, number: int, letter: Letter) -> tuple[int, Letter | None, bool]:
        """Return the number of the next vector, what is read above, and whether it is decoded."""
        action = self._action[letter]
        after = self._after[number][action]
        if after is None:
            after = self._after[number][action] = self._move(self._vectors[number], action)
        code, read = self._codes[after]
        return after, None if read is None else self._emit[read][letter], code is not None

    def _move(self, vector: ExactVector, action: int) -> int:
        values = list(vector)
        for apply in self._steps[action]:
            values = apply(values)
        moved = tuple(values)
        number = self._number.get(moved)
        if number is None:
            codes = self._decoded_and_read(moved)
            if codes[0] is None or self._contracts:
                _check_growth(moved)
            number = self._number[moved] = len(self._vectors)
            self._vectors.append(moved)
            self._codes.append(codes)
            self._after.append([None] * len(self._steps))
        return number

    def _decoded_and_read(self, vector: ExactVector) -> tuple[int | None, int | None]:
        """Return the code that a vector is decoded to, and the one whose symbol is read above."""
        code = self._decoded(vector)
        return code, self._nearest()(vector) if code is None and self._is_read else code


def _check_growth(vector: ExactVector) -> None:
    """Stop where entries grow for ever, as those of a contraction or an expansion do."""
    for entry in vector:
        parts = entry.polynomial.coeffs() if isinstance(entry, FieldElement) else [fmpq(entry)]
        bits = max((part.height_bits() for part in parts), default=0)
        if bits > MAX_BITS:
            raise LimitReached(
                "bits of an exact entry",
                MAX_BITS,
                reached=bits,
                detail="states whose entries grow never close; a rounded arithmetic may",
            )


def exact_decoder(
    layer: Layer, exact: Callable[[Any], Any], *, always: bool = False
) -> Callable[[ExactVector], int | None]:
    """Return what finds the code that a vector is decoded to, with numbers as ``exact`` makes them.

    The one that it equals, the first of equals; else None, or the nearest one where some step of
    the layer contracts: see :meth:`~negeig.theory.networks.network.Layer.nearest`; or ``always``.
    """
    listed = [tuple(map(exact, code)) for code in layer.codes]
    known = {code: i for i, code in reversed(list(enumerate(listed)))}
    by_distance = always or layer.rescales

    def decoded(vector: ExactVector) -> int | None:
        if vector in known or not by_distance:
            return known.get(vector)
        away = [
            sum((x - y) * (x - y) for x, y in zip(code, vector, strict=True)) for code in listed
        ]
        return min(range(len(away)), key=away.__getitem__, default=None)

    return decoded


def prepared_step(step: Step, exact: Callable[[Any], Any]) -> Callable[[list[Any]], list[Any]]:
    """Return a function that applies a step to a list of exact entries.

    ``exact`` turns a number into what entries are, see :func:`converter_of`. The function may
    change the list that it is given.
    """
    if isinstance(step, DeltaStep):
        support = [(j, exact(k)) for j, k in enumerate(step.key) if k != 0]
        beta, write = exact(step.beta), exact(step.write)

        def delta(values: list[Any]) -> list[Any]:
            amount = write
            for j, k in support:
                amount = amount - k * values[j]
            amount = beta * amount
            for j, k in support:
                values[j] = values[j] + k * amount
            return values

        return delta
    rows = [[(j, exact(a)) for j, a in enumerate(row) if a != 0] for row in step.matrix]
    bias = [exact(b) for b in step.bias]

    def dense(values: list[Any]) -> list[Any]:
        after = []
        for row, b in zip(rows, bias, strict=True):
            for j, a in row:
                b = b + a * values[j]
            after.append(b)
        return after

    return dense


def converter_of(layer: Layer, field: NumberField | None) -> Callable[[Any], Any]:
    """Return what turns a layer's numbers into a type whose arithmetic is exact and fast.

    Python integers where all are integers, flint rationals, or elements of the number field.
    """
    if all(isinstance(x, Fraction) and x.denominator == 1 for x in numbers_of(layer)):
        return int
    if field is None:
        return to_fmpq
    return lambda x: x if isinstance(x, FieldElement) else field.element([x])


def numbers_of(layer: Layer) -> list[Number]:
    """Return the numbers of a layer: of its initial state, its codes and its steps, each once."""
    vectors = [layer.initial, *layer.codes]
    same = {id(step): step for steps in layer.steps.values() for step in steps}
    for step in dict.fromkeys(same.values()):
        if isinstance(step, DeltaStep):
            vectors.append((step.beta, step.write, *step.key))
        else:
            vectors += [step.bias, *step.matrix]
    return [x for vector in vectors for x in vector]


def exact_closure(
    network: LinearRNN,
    machine: Machine,
    *,
    max_states: int = 2_000_000,
    progress: Progress | None = None,
) -> Exploration:
    """Explore all states of a network in exact arithmetic, in product with the machine.

    Exact; nothing is rounded. ``proved`` means: for every word, of any length, the network's
    output is the machine's. States have to equal codes, but for layers of which some step
    contracts: these are decoded to the nearest code, and a rational one that does not close soon
    is tried by regions of the cells of its codes (:mod:`negeig.theory.closure.regions`): its orbit
    may be infinite. Complexity: states x letters x steps x dimension rational operations.

    Examples
    --------
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> result = exact_closure(construct(parity)[0].network, parity)
    >>> result.verdict, result.states
    ('proved', 2)
    """
    entries = sum(layer.dim for layer in network.layers)
    max_states = max(1, min(max_states, MAX_ENTRIES // max(entries, 1)))

    def direct(limit: int) -> Exploration:
        semantics = ExactSemantics(network)
        return explore(semantics, network, machine, max_states=limit, progress=progress)

    if len(network.layers) == 1 and contracts(network):
        few = min(max_states, FEW_STATES)
        first = direct(few)
        if first.verdict == "proved":
            return first
        regions = None
        with suppress(LimitReached):
            regions = proved_by_regions(network, machine, progress=progress)
        if regions is None:
            return direct(max_states) if first.reason and few < max_states else first
        count = len(regions)
        return Exploration(
            "proved",
            states=0,
            depth=0,
            decoder_exists=True,
            reason=f"by regions: letters carry {count:,} boxes of states into each other",
            seconds=first.seconds,
            boxes=count,
            region=_evidence([regions], progress),
        )
    if len(network.layers) < 2:
        return direct(max_states)
    close = close_with(ExactSemantics, min(LAYER_STATES, max_states), progress)
    if contracts(network):
        found = _stack_by_regions(close, network, machine, max_states, progress)
        if found.verdict == "proved":
            return found
    return explore_stack(
        direct,
        close,
        network,
        machine,
        max_states=max_states,
        direct_states=DIRECT_STATES,
        progress=progress,
    )


def _stack_by_regions(
    close: Close,
    network: LinearRNN,
    machine: Machine,
    max_states: int,
    progress: Progress | None,
) -> Exploration:
    """Explore a stack layer by layer, those that contract closed by boxes of states.

    What is wrong of such a stack is not looked for here.
    """
    regions: list[Regions] = []
    listed: list[tuple[LinearRNN, Closed]] = []

    def either(layer: LinearRNN) -> Closed | None:
        if not contracts(layer):
            states = close(layer)
            if states is not None:
                listed.append((layer, states))
            return states
        found = closed_by_regions(layer, progress=progress)
        if found is None:
            return None
        regions.append(found)
        return found.closed()

    def none(_: int) -> Exploration:
        return Exploration.unexplored("regions do not close every layer")

    result = explore_stack(
        none, either, network, machine,
        max_states=max_states, direct_states=max_states, progress=progress,
    )  # fmt: skip
    if result.verdict != "proved":
        return result
    region = _evidence(regions, progress, listed)
    boxes = region.boxes
    reason = f"by regions, layer by layer: letters carry {boxes:,} boxes of states into each other"
    return replace(result, reason=reason, boxes=boxes, region=region)


def _evidence(
    regions: Sequence[Regions],
    progress: Progress | None,
    listed: Sequence[tuple[LinearRNN, Closed]] = (),
) -> Region:
    """Return the evidence of regions, and the least margin of all layers if there are few.

    Layers whose states were listed one by one have regions with a margin too, or else none has.
    """
    work = sum(len(found) * len(found.search.maps) for found in regions)
    work += sum(states.after.size for _, states in listed)
    margin = None
    if work <= MARGIN_WORK:
        with suppress(LimitReached):
            others = [closed_by_regions(layer, progress=progress) for layer, _ in listed]
            every = [*regions, *(found for found in others if found is not None)]
            if len(every) == len(regions) + len(listed):
                margins = [widest(found, progress=progress).margin for found in every]
                margin = min(own or Fraction(0) for own in margins)
    return Region(boxes=sum(map(len, regions)), margin=margin)


MARGIN_WORK = 500
"""Most regions times letters of all layers for which the margin is looked for too."""

FEW_STATES = 1_000
"""States of a layer that contracts, explored before regions are looked for."""

MAX_BITS = 4_096
"""Largest numerator or denominator of a state's entry, in bits, before the exploration stops."""

MAX_ENTRIES = 100_000_000
"""Most entries of all states together that an exact exploration holds."""

DIRECT_STATES = 5_000
"""States of a stack explored directly in exact arithmetic, before its layers are."""
