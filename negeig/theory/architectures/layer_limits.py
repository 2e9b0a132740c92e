"""What theorems say of a specified layer: the class it lies in, and the length by which it fails.

A class is decided from the ranges. Write ``H = I - beta k k^T``, symmetric, with the eigenvalue
``1 - beta |k|^2`` and 1 elsewhere.

* ``beta |k|^2 <= 1`` makes H positive semidefinite; so is a nonnegative diagonal gate, and a
  product of two positive semidefinite matrices has real eigenvalues >= 0. So: one step with a gate
  a channel, or two steps with a gate a head.
* One step with any beta is symmetric, and times a nonnegative diagonal it has real eigenvalues;
  products of two such need not, so this is a class for one layer only.
* In heads of one coordinate every matrix is a number.

The lengths are those of :mod:`negeig.theory.bounds.bounds` with the sizes of the specification: a
coordinate sees only the ``dim`` eigenvalues of its head, and the state has so many coordinates as
heads, dim and columns multiply to. Where several layers are read at every letter of the word that
is repeated and of the suffix, each of these places counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import Word
from negeig.theory.architectures.architecture import End
from negeig.theory.architectures.layer import HARMLESS, LayerSpec
from negeig.theory.architectures.ranges import Range
from negeig.theory.bounds.bounds import (
    collision_bound,
    diagonal_changes,
    stack_changes,
    stack_power_changes,
    two_step_changes,
)
from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.bounds.rounded import BEYOND_FINITE, rest_bound, rounds_to_rest
from negeig.theory.bounds.witnesses import Contexts, PeriodWitness, period_witnesses
from negeig.theory.theorems import ids

CONTRACTIONS = (ids.IDEMPOTENTS, ids.COMPLEXITY, ids.PEELING, ids.ISOMETRY)
"""Theorems about layers of norm at most 1."""

NOT_ABOUT_STEPS = (*CONTRACTIONS, ids.SIMPLE_DIMENSION, ids.GROUP_DIMENSION, None)
"""Theorems whose bounds hold for matrices of every kind, not only for products of delta steps."""

MAX_DEPTH = 1_000
"""Most layers for which a length is computed: it has some thirty binary digits a layer."""

WRITTEN_BITS = 4_096
"""Lengths with more binary digits are given by a power of two only."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """By what length layers of these sizes must fail, in the cast model.

    Two words ``u w^k s`` and ``u w^(k + gap) s`` of at most so many letters have the same last
    letter, different outputs and equal cast states.

    Attributes
    ----------
    letters : int
        The length; ``power_of_two`` is the least exponent with ``letters <= 2^exponent``.
    changes : int
        How often the cast states change at most.
    layers, heads, dim, columns, format
        What it is stated for.
    """

    letters: int
    changes: int
    layers: int
    heads: int
    dim: int
    columns: int
    format: str

    @property
    def power_of_two(self) -> int:
        """The least exponent of two that the length does not exceed."""
        return (self.letters - 1).bit_length()

    def to_json(self) -> dict[str, Any]:
        """Return the bound as a JSON object; the length as text, null where it is too long."""
        shown = asdict(self)
        del shown["changes"]
        written = str(self.letters) if self.power_of_two <= WRITTEN_BITS else None
        return {**shown, "letters": written, "power_of_two": self.power_of_two}


def class_of(spec: LayerSpec) -> str | None:
    """Return the class of limits that holds every network of such layers, None for none.

    ``real-spectrum`` only for one layer: in deeper ones the class asks for more.

    Examples
    --------
    >>> from negeig.theory.architectures.layer_reading import read_layer
    >>> [class_of(read_layer(f"family=delta,beta={beta},depth={depth}"))
    ...  for beta, depth in (("0..1", 9), ("0..2", 1), ("0..2", 2))]
    ['nonnegative-symmetric', 'real-spectrum', None]
    """
    nonnegative = spec.gate is not None and spec.gate.least.value >= 0
    if spec.family == "rotation":
        return "complex-diagonal"
    # Without beta a delta rule is its gate, however many steps it takes.
    if spec.family == "diagonal" or spec.beta == Range.of(0, 0):
        return "nonnegative-diagonal" if nonnegative else "real-diagonal"
    positive = spec.step_range is not None and spec.step_range.least.value >= 0
    if spec.dim == 1:
        all_positive = nonnegative and (positive if spec.family == "delta" else False)
        return "nonnegative-diagonal" if all_positive else "real-diagonal"
    if spec.family == "dense" and spec.spectrum is not None:
        return _by_demand(spec)
    if spec.family == "dense":
        return None
    apart = spec.gates == "channel" and not _has_no_gate(spec)
    factors = None if spec.steps is None else spec.steps + apart
    if positive and nonnegative and factors == 1:
        return "nonnegative-symmetric"
    if positive and nonnegative and factors is not None and factors <= 2:
        return "nonnegative-spectrum"
    real = spec.steps == 1 and (nonnegative or spec.gates == "head")
    if real and spec.depth == 1:
        return "real-spectrum"
    return _by_demand(spec)


def _by_demand(spec: LayerSpec) -> str | None:
    """Return the class that a demand on the eigenvalues makes."""
    if spec.spectrum == "nonnegative":
        return "nonnegative-spectrum"
    return "real-spectrum" if spec.spectrum == "real" and spec.depth == 1 else None


def failure(spec: LayerSpec, limit: Limit, values: int) -> Failure | None:
    """Return the length by which layers of a class must fail, None where no theorem gives one.

    Parameters
    ----------
    spec : LayerSpec
        With a depth, and a state that is rounded.
    limit : Limit
        The row of the class of the specification, ``impossible``.
    values : int
        Finite values of the format of the state.

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.architectures.layer_reading import read_layer
    >>> from negeig.theory.bounds.limits import limits
    >>> parity = get("parity").minimal()
    >>> row = limits(parity, transition_monoid(parity))[0]
    >>> found = failure(read_layer("family=delta,depth=1"), row, 65_279)
    >>> found.letters == row.bound_detail.letters, found.power_of_two
    (True, 28)
    >>> failure(read_layer("family=delta,depth=4,heads=8"), row, 65_279).power_of_two
    124
    """
    witness = limit.witness
    if spec.depth is None or spec.depth > MAX_DEPTH or spec.is_exact:
        return None
    if not isinstance(witness, PeriodWitness):
        return None
    if limit.class_.endswith("diagonal"):
        each = diagonal_changes(spec.heads * spec.dim * spec.columns, values)
    else:
        coordinates = spec.heads * spec.dim * spec.columns
        each = spec.dim + coordinates * spec.dim * (values - 1)
    places = len(witness.word) + len(witness.suffix)
    stack = [each] * spec.depth
    if limit.theorem in (ids.T1, ids.TWO_LETTERS):
        gap = 1
        changes = each if spec.depth == 1 else stack_changes(stack, places=places)
    elif limit.theorem == ids.T2:
        gap = 2**spec.depth
        alone = spec.depth == 1
        changes = two_step_changes(each) if alone else stack_power_changes(stack, places=places)
    else:
        return None
    exponent = collision_bound(
        witness.outputs, witness.period, changes=changes, gap=gap, first=witness.first
    )
    return _failure(spec, witness, exponent + gap, changes)


def _failure(spec: LayerSpec, witness: PeriodWitness, exponent: int, changes: int) -> Failure:
    around = len(witness.prefix) + len(witness.suffix)
    return Failure(
        letters=around + len(witness.word) * exponent,
        changes=changes,
        layers=spec.depth or 0,
        heads=spec.heads,
        dim=spec.dim,
        columns=spec.columns,
        format=spec.state,
    )


def rounded_failure(
    spec: LayerSpec, machine: Machine, limit: Limit | None, values: int
) -> tuple[PeriodWitness, Failure] | None:
    """Return why diagonal layers of a depth fail where every operation rounds, and by what length.

    Theorem ``rounded``: L layers rest after ``L (values - 1)`` repetitions of a word, with entries
    of both signs of the word ``2^L`` times. None where it does not exclude them, or says nothing.

    Parameters
    ----------
    spec : LayerSpec
    machine : Machine
        The minimal machine of the task.
    limit : Limit or None
        The row of ``rounded`` for the class: its witness is a word where no letter will do.
    values : int
        Finite values of the format of the state.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.architectures.layer_reading import read_layer
    >>> four = get("mod:4").minimal()
    >>> spec = "family=diagonal,gate=-1..1,depth="
    >>> rounded_failure(read_layer(spec + "1"), four, None, 65_279)[1].letters
    130564
    >>> print(rounded_failure(read_layer(spec + "2"), four, None, 65_279))
    None
    """
    if spec.family != "diagonal" or spec.is_exact or spec.depth is None or spec.depth > MAX_DEPTH:
        return None
    nonnegative = spec.gate is not None and spec.gate.least.value >= 0
    gap = 1 if nonnegative else 2**spec.depth
    rest = gap * rounds_to_rest(spec.depth, values + BEYOND_FINITE)

    def allowed(period: int) -> bool:
        return gap % period == 0

    words: list[Word] = [(letter,) for letter in machine.alphabet]
    if limit is not None and isinstance(limit.witness, PeriodWitness):
        words.append(limit.witness.word)
    contexts = Contexts(machine)
    for word in words:
        for witness in period_witnesses(contexts, word, allowed):
            exponent = rest_bound(
                witness.outputs, witness.period, rest=rest, gap=gap, first=witness.first
            )
            return witness, _failure(spec, witness, exponent + gap, rest)
    return None


def broken(spec: LayerSpec, bounds: Sequence[LowerBound]) -> tuple[LowerBound, ...]:
    """Return the lower bounds that no network of such layers meets, whatever its weights.

    They are about finitely many exact states unless their model says otherwise.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.architectures.layer_reading import read_layer
    >>> from negeig.theory.bounds.lower_bounds import lower_bounds
    >>> bounds = lower_bounds(get("parity").minimal(), None)
    >>> [b.theorem for b in broken(read_layer("family=delta,beta=0..below2,steps=3"), bounds)]
    ['isometry']
    """
    return tuple(b for b in bounds if not b.own_group and _is_about(spec, b) and _breaks(spec, b))


def least_layers(spec: LayerSpec, bounds: Sequence[LowerBound], steps: int | None) -> LowerBound:
    """Return the bound that demands the most layers of networks with so many steps a token.

    One that nothing holds below some depth counts as a demand of one layer more.
    """
    found = [
        LowerBound(
            quantity="layers",
            value=layers,
            model=bound.model,
            theorem=bound.theorem,
            assumption=bound.assumption,
            reason=bound.reason,
        )
        for bound, layers in _layers_demanded(spec, bounds, steps)
    ]
    nothing = LowerBound(quantity="layers", value=0, reason="no layer may be enough")
    return max(found, key=lambda bound: bound.value, default=nothing)


def _layers_demanded(
    spec: LayerSpec, bounds: Sequence[LowerBound], steps: int | None
) -> Iterator[tuple[LowerBound, int]]:
    for bound in bounds:
        if bound.own_group or bound.on_eigenvalues or not _is_about(spec, bound):
            continue
        if bound.quantity == "layers":
            yield bound, bound.value
        elif bound.layers is not None and bound.steps is None:
            allowed = _allowed(spec, bound, steps)
            if allowed is not None and allowed < bound.value:
                yield bound, bound.layers + 1


def _is_about(spec: LayerSpec, bound: LowerBound) -> bool:
    """Whether a bound's assumptions hold of every network of such layers."""
    if bound.theorem in CONTRACTIONS and not _contracts(spec):
        return False
    if bound.no_reflections and _keeps_a_length(spec):
        return False
    if bound.quantity == "steps" or bound.steps is not None:
        return spec.family == "delta" and _has_no_gate(spec)
    if bound.on_eigenvalues:
        return bound.theorem in (ids.ISOMETRY, ids.INVERTIBLE_STEPS)
    return bound.theorem in NOT_ABOUT_STEPS or (spec.family == "delta" and _has_no_gate(spec))


def _has_no_gate(spec: LayerSpec) -> bool:
    """Whether matrices are products of the delta steps alone."""
    return spec.gate is not None and spec.gate.least.value == spec.gate.most.value == 1


def _contracts(spec: LayerSpec) -> bool:
    """Whether every matrix has Euclidean norm at most 1."""
    if spec.family == "delta":
        steps = spec.step_range
        return steps is not None and steps.within(Range.of(-1, 1))
    return spec.gate is not None and spec.gate.within(Range.of(-1, 1))


def _breaks(spec: LayerSpec, bound: LowerBound) -> bool:
    if bound.theorem == ids.ISOMETRY:
        return not _keeps_a_length(spec)
    if bound.theorem == ids.INVERTIBLE_STEPS:
        return _is_invertible(spec)
    if bound.on_eigenvalues:
        return False
    if bound.layers is not None and (spec.depth is None or spec.depth > bound.layers):
        return False
    if bound.steps is not None and (spec.steps is None or spec.steps > bound.steps):
        return False
    allowed = _allowed(spec, bound, spec.steps)
    return allowed is not None and allowed < bound.value


def _allowed(spec: LayerSpec, bound: LowerBound, steps: int | None) -> int | None:
    """Return what a layer of the specification has of a bound's quantity; None for any number."""
    if bound.quantity == "layers":
        return spec.depth
    if bound.quantity == "dim":
        # A simple factor of a product of blocks is one of a block.
        return spec.dim if bound.theorem == ids.SIMPLE_DIMENSION else spec.heads * spec.dim
    if steps is None:
        return None
    # Single steps in several heads are commuting, so that they too have order 1 or 2 together.
    return steps if bound.theorem == ids.PERIOD_STEPS else steps * spec.heads


def _keeps_a_length(spec: LayerSpec) -> bool:
    """Whether some step or matrix may turn a vector and keep its length: an eigenvalue -1."""
    minus, one = Fraction(-1), Fraction(1)
    gate = spec.gate
    if gate is None:
        return True
    if spec.family == "delta":
        steps = _reached(spec)
        turned = steps is None or steps.holds(minus)
        return (turned and (gate.holds(one) or gate.holds(minus))) or gate.holds(minus)
    if spec.family == "diagonal":
        return gate.holds(minus)
    return gate.holds(one)


def _is_invertible(spec: LayerSpec) -> bool:
    """Whether no step and no matrix can have the eigenvalue 0."""
    zero = Fraction(0)
    gate = spec.gate
    if gate is None or gate.holds(zero) or spec.family == "dense":
        return False
    steps = _reached(spec)
    return spec.family != "delta" or (steps is not None and not steps.holds(zero))


def _reached(spec: LayerSpec) -> Range | None:
    """Return the eigenvalues that steps reach where the layer runs; None for all.

    In a format a small epsilon vanishes beside long keys, and the ends are reached as without it.
    """
    steps = spec.step_range
    vanishes = spec.eps == 0 or (spec.eps <= HARMLESS and not spec.is_exact)
    if steps is None or vanishes or spec.beta is None:
        return steps
    # |k|^2 is in [0, 1): from 1 to the ends, which are not reached.
    low, high = min(steps.least.value, Fraction(1)), max(steps.most.value, Fraction(1))
    return Range(End(low, low == 1), End(high, high == 1))
