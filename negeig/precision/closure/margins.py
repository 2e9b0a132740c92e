"""Proof by a margin: regions that rounded arithmetic does not leave, whatever it rounds, and when.

Where letters carry regions of states into each other with a margin
(:mod:`negeig.theory.closure.regions`), and one letter errs by no more than that
(:mod:`negeig.precision.closure.letter_error`), every state stays in them, and a network is right on
words of every length, however many states it reaches. The bound on the error covers every order of
every sum, and every choice of fused multiply-adds. A stack is proved layer by layer: a layer that
stays in its regions does what their finite table says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from time import perf_counter

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, LimitReached, Progress, Region
from negeig.precision.closure.held_network import held
from negeig.precision.closure.letter_error import NoBound, check_modelled, letter_error
from negeig.precision.closure.native_operations import reference_of
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.models import Arithmetic
from negeig.precision.stored import round_parameters as store_parameters
from negeig.theory.closure.boxes import Row, hull
from negeig.theory.closure.explore import Exploration
from negeig.theory.closure.regions import (
    Regions,
    closed_by_regions,
    contracts,
    proved_by_regions,
    widest,
)
from negeig.theory.closure.stacks import explore_stack
from negeig.theory.closure.transducers import Closed, close_with
from negeig.theory.networks.network import Layer, LinearRNN

LAYER_STATES = 2_000
"""Most states of a layer of a stack that is closed in the reference order, having no margin."""

FEW = 2_000
"""Most codes times letters of a layer that may well have few states, but is tried by regions."""

TOGETHER = 200_000
"""Most states of the tables of a stack's layers together."""

EVERY_ORDER = "in every order of every sum, with or without fused multiply-adds"


@dataclass(frozen=True)
class Margin:
    """Regions of one layer beside the error of its letters in one arithmetic.

    ``error`` bounds what any letter errs by in any coordinate, anywhere in the regions. It is no
    more than ``margin`` where ``holds``; coordinates in which nothing is ever rounded need none.
    """

    regions: Regions
    margin: Fraction
    error: Fraction
    holds: bool

    @property
    def ratio(self) -> Fraction:
        """How much of the margin the error takes."""
        return self.error / self.margin if self.margin else Fraction(self.error > 0)

    def evidence(self, boxes: int) -> Region:
        """Return it as evidence, of so many regions."""
        return Region(boxes=boxes, margin=self.margin, error=self.error)

    def __str__(self) -> str:
        if not self.error:
            return "nothing is rounded in them"
        return f"margin {_text(self.margin)}, one letter errs by at most {_text(self.error)}"


def proved_by_margin(
    network: LinearRNN,
    machine: Machine,
    arithmetic: str | Arithmetic,
    *,
    round_parameters: bool = False,
    progress: Progress | None = None,
) -> Exploration:
    """Prove a network right on every word in one arithmetic, by regions with a margin.

    Parameters
    ----------
    network : LinearRNN
    machine : Machine
        Over the same set of letters.
    arithmetic : str or Arithmetic
        Not exact.
    round_parameters : bool
        Round parameters that the format does not hold to nearest even, instead of refusing.
    progress : callable, optional
        Called now and then with a number of regions or states.

    Returns
    -------
    Exploration
        ``proved`` with ``region``, for every order of the sums where each layer has regions; or
        ``open`` with a reason: no regions, or a margin that is smaller than the error. Nothing is
        ever ``wrong``.

    Raises
    ------
    InputError
        For an unknown arithmetic, alphabets that differ, or parameters that the format does not
        hold.
    ValueError
        For exact arithmetic.

    Examples
    --------
    The last letter, held by one number that is overwritten three quarters of the way:

    >>> from negeig.theory.networks.network import DeltaStep
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    >>> one, most = Fraction(1), Fraction(3, 4)
    >>> layer = Layer(alphabet=("a", "b"), initial=(-one,), emit=(("yes",) * 2, ("no",) * 2),
    ...               steps={"a": (DeltaStep(most, (one,), one),),
    ...                      "b": (DeltaStep(most, (one,), -one),)}, codes=((one,), (-one,)))
    >>> network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"yes": 1, "no": 0},
    ...                     empty=0)
    >>> found = proved_by_margin(network, machine, "bf16")
    >>> found.verdict, str(found.region.margin), str(found.region.error)
    ('proved', '47/128', '7/512')
    """
    model, started = parse(arithmetic), perf_counter()
    if model.is_exact:
        raise ValueError("exact arithmetic has no errors: see exact_closure")
    stored, _ = store_parameters(network, model, round_parameters=round_parameters)
    own = held(network, stored)
    try:
        check_modelled(model)
        if len(own.layers) == 1:
            found = _one_layer(own, machine, model, progress)
        else:
            found = _stack(own, machine, model, progress)
    except NoBound as problem:
        found = Exploration.unexplored(f"no bound on the error of a letter: {problem}")
    except LimitReached as limit:  # progress has told it to stop
        found = Exploration.unexplored(str(limit))
    return replace(found, seconds=perf_counter() - started)


def layer_margin(
    regions: Regions, arithmetic: Arithmetic, progress: Progress | None = None
) -> Margin:
    """Return regions of the largest margin, and the error of letters in them in one arithmetic.

    The layer has the parameters that run. Where the error is 0 in some coordinates that a letter
    computes, as on a grid, no margin is needed there.

    Raises NoBound as :func:`negeig.precision.closure.letter_error.letter_error`.
    """
    layer = regions.search.layer
    moved = _rounds(_errors(layer, regions, arithmetic))
    while True:
        wide = widest(regions, moved, progress=progress)
        errors = _errors(layer, wide, arithmetic)
        rounds = _rounds(errors)
        margin, error = wide.margin or Fraction(0), max(e for row in errors.values() for e in row)
        # What is exact in the smaller regions may be rounded in the larger ones.
        more = {
            letter: tuple(x or y for x, y in zip(row, moved[letter], strict=True))
            for letter, row in rounds.items()
        }
        if more == moved:
            return Margin(wide, margin, error, holds=error <= margin)
        moved = more


def _errors(layer: Layer, regions: Regions, arithmetic: Arithmetic) -> dict[Letter, Row]:
    around = reduce(hull, regions.boxes.values())
    same: dict[int, Row] = {}  # letters share steps more often than not
    for letter, steps in layer.steps.items():
        if id(steps) not in same:
            same[id(steps)] = letter_error(layer, letter, around, arithmetic)
    return {letter: same[id(layer.steps[letter])] for letter in layer.alphabet}


def _rounds(errors: dict[Letter, Row]) -> dict[Letter, tuple[bool, ...]]:
    return {letter: tuple(e > 0 for e in row) for letter, row in errors.items()}


def _one_layer(
    network: LinearRNN, machine: Machine, model: Arithmetic, progress: Progress | None
) -> Exploration:
    regions = proved_by_regions(network, machine, progress=progress)
    if regions is None:
        return Exploration.unexplored(_no_regions(network.layers[0]))
    found = layer_margin(regions, model, progress)
    if not found.holds:
        return Exploration.unexplored(_too_small(found))
    count = len(found.regions)
    return _proved(found, count, f"by {_regions(count)}: {found}, {EVERY_ORDER}")


def _stack(
    network: LinearRNN, machine: Machine, model: Arithmetic, progress: Progress | None
) -> Exploration:
    """Prove a stack by the tables of its layers: of their regions, or else of all their states."""
    margins: list[Margin] = []
    closed: list[int] = []
    failures: list[str] = []

    def semantics(layer: LinearRNN) -> ReferenceSemantics:
        stored, _ = store_parameters(layer, model.of_kernel_keys, round_parameters=False)
        return reference_of(layer, stored, model)

    def close(layer: LinearRNN) -> Closed | None:
        few = len(layer.layers[0].codes) * len(layer.alphabet) <= FEW
        wanted = few or contracts(layer) or model.has_choices
        regions = closed_by_regions(layer, progress=progress) if wanted else None
        found = None if regions is None else layer_margin(regions, model, progress)
        if found is not None and found.holds:
            margins.append(found)
            return found.regions.closed()
        failures.append(_no_regions(layer.layers[0]) if found is None else _too_small(found))
        if model.has_choices:
            return None
        states = close_with(semantics, LAYER_STATES, progress)(layer)
        if states is not None:
            closed.append(len(states.codes))
        return states

    def none(_: int) -> Exploration:
        return Exploration.unexplored("the tables of the layers are no proof together")

    result = explore_stack(
        none, close, network, machine,
        max_states=TOGETHER, direct_states=TOGETHER, progress=progress,
    )  # fmt: skip
    if result.verdict != "proved":
        at = len(margins) + len(closed)
        if at < len(network.layers) and failures:
            return Exploration.unexplored(f"layer {at}: {failures[-1]}")
        return none(0)
    if not margins:
        return Exploration.unexplored(f"no layer has a margin; the first: {failures[0]}")
    tightest = max(margins, key=lambda margin: margin.ratio)
    count = sum(len(margin.regions) for margin in margins)
    reason = (
        f"layer by layer, by {_regions(count)}: in the tightest layer {tightest}, {EVERY_ORDER}"
    )
    if closed:
        reason += f"; the others, in the reference's order, by {sum(closed):,} states"
    return replace(_proved(tightest, count, reason), layerwise=True)


def _proved(margin: Margin, count: int, reason: str) -> Exploration:
    return Exploration(
        "proved",
        states=0,
        depth=0,
        decoder_exists=True,
        reason=reason,
        boxes=count,
        region=margin.evidence(count),
    )


def _regions(count: int) -> str:
    return f"{count:,} regions of states that letters carry into each other"


def _no_regions(layer: Layer) -> str:
    if any(not isinstance(x, Fraction) for code in layer.codes for x in code):
        return "regions are looked for where codes are rational"
    return "no regions were found that letters carry into each other, even in exact arithmetic"


def _too_small(found: Margin) -> str:
    if found.margin == 0:
        return (
            "the regions have no margin, as where letters move states and do not draw them "
            f"together; one letter may err by {_text(found.error)}"
        )
    return f"the margin is too small: {found}"


def _text(number: Fraction) -> str:
    return f"{float(number):.4g}"
