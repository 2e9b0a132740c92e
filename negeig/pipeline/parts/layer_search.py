"""Networks inside a specified layer: the chooser under a budget, and each as the layer computes it.

The chooser's networks are made of delta steps. A layer of another family multiplies by a matrix
instead and adds a vector, which rounds differently: its proof in a format is made again for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from negeig.automata.machines.machine import Machine
from negeig.claims import Claim, Resources, StageProgress, Verdict
from negeig.pipeline.choosing import TRIAL_STATES, Choice, choose, naming_effort
from negeig.pipeline.parts.front import Point
from negeig.pipeline.parts.proving import exact_claim, hardware_claim, theorem_of
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import Format
from negeig.precision.stored import nearest
from negeig.theory.architectures.layer import LayerSpec
from negeig.theory.architectures.layer_inside import outside, steps_in
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.constructions.budget import HIGHEST, LOWEST, Budget
from negeig.theory.constructions.pieces.clocks import clocks
from negeig.theory.constructions.route import Construction
from negeig.theory.exact.numbers import Number
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import one_hot
from negeig.work import scaled

ONE_HOT, CLOCKS = "one-hot", "clocks"
"""What the networks are called that have the machine's own maps for matrices, and turns alone."""

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, kw_only=True)
class LayerBudget(Budget):
    """A budget that also asks for networks inside a specified layer, of any depth and steps."""

    spec: LayerSpec

    def other_problems(self, construction: Construction) -> tuple[str, ...]:
        """Say what keeps a construction out of the specification beside depth and steps."""
        return outside(self.spec, construction.network, sizes=False)


@dataclass(frozen=True, kw_only=True)
class Inside:
    """A network inside a specified layer, of any depth and steps, and what is proved of it.

    Attributes
    ----------
    route : str
    network : LinearRNN
        As the layer computes it.
    layers, steps, dim : int
        Layers, steps a token of a head, and the largest dimension of a layer.
    claims : tuple of Claim
    point : Point or None
        The point of the front that it comes from.
    endless : bool
        Whether its exact states may be infinite in number.
    """

    route: str
    network: LinearRNN
    layers: int
    steps: int
    dim: int
    claims: tuple[Claim, ...]
    point: Point | None = None
    endless: bool = False

    @property
    def proved_in(self) -> tuple[str, ...]:
        """The arithmetics in which it is inside, and proved for words of every length."""
        return tuple(c.id for c in self.claims if c.verdict is Verdict.PROVED)

    def is_proved(self, spec: LayerSpec) -> bool:
        """Whether it is proved in the arithmetic of a specification."""
        if spec.is_exact and self.endless and spec.state == "exact-orbit":
            return False
        claims = self._claims(spec)
        return bool(claims) and claims[-1].verdict is Verdict.PROVED

    def theorem(self, spec: LayerSpec) -> str:
        """Return the theorem that proves it in the arithmetic of a specification, if proved."""
        return theorem_of(self._claims(spec)[-1])

    def _claims(self, spec: LayerSpec) -> list[Claim]:
        """Return the claims in exact arithmetic, or in rounded ones, as a specification asks."""
        return [c for c in self.claims if (c.arithmetic == "exact") == spec.is_exact]


def budget_of(spec: LayerSpec) -> LayerBudget:
    """Return the budget under which the chooser looks for networks inside a layer.

    Examples
    --------
    >>> from negeig.theory.architectures.layer_reading import read_layer
    >>> budget = budget_of(read_layer("family=delta,beta=0..1.5"))
    >>> [str(x) for x in budget.eigenvalues], budget.unit_keys, budget.format
    (['-1/2', '1'], True, 'bf16')
    """
    values = spec.step_range if spec.family == "delta" else None
    if spec.family == "diagonal":
        values = spec.gate
    low = LOWEST if values is None else max(LOWEST, min(HIGHEST, values.least.value))
    is_stored = spec.family == "delta" and not spec.is_exact
    return LayerBudget(
        spec=spec,
        eigenvalues=(low, HIGHEST),
        unit_keys=is_stored and spec.keys == "unit",
        format=spec.state if is_stored else None,
        held_by=tuple(dict.fromkeys((spec.format, spec.state))) if is_stored else (),
    )


def search(
    spec: LayerSpec,
    machine: Machine,
    bounds: Sequence[LowerBound],
    resources: Resources,
    progress: StageProgress | None = None,
) -> tuple[Choice, tuple[Inside, ...]]:
    """Return what the chooser finds under the layer's budget, and what of it is inside.

    In the order of layers, steps a token and dimension; whatever is proved of them.
    """
    found = choose(machine, budget_of(spec), bounds=bounds, resources=resources, progress=progress)
    inside = list(_inside(spec, machine, found, resources, progress))
    return found, tuple(sorted(inside, key=lambda i: (i.layers, i.steps, i.dim)))


def _inside(
    spec: LayerSpec,
    machine: Machine,
    found: Choice,
    resources: Resources,
    progress: StageProgress | None,
) -> Iterator[Inside]:
    states = max(scaled(TRIAL_STATES, resources.effort), 2 * machine.size)
    exact = replace(spec, format="exact", state="exact")
    limits = replace(resources, max_closure=min(states, resources.max_closure))

    def told(claim: Claim) -> Claim:
        return naming_effort(claim, states) if states < resources.max_closure else claim

    tell = None if progress is None else partial(progress, "layer that is asked about")

    def rounded(network: LinearRNN) -> Claim:
        return told(hardware_claim(network, machine, spec.state, limits, tell))

    for point in (p for p in found.front if not p.lacks):
        own, claims = point.construction.network, point.claims
        if spec.family != "delta":
            own = in_matrices(own)
            claims = claims[:1]
            if not spec.is_exact:
                stored = _stored(spec, own)
                if stored is None:
                    continue
                claims = (*_kept(claims, own, stored), rounded(stored))
                own = stored
        elif outside(exact, own, sizes=False):
            claims = claims[1:]  # an epsilon that only rounding makes vanish
        yield Inside(
            route=point.construction.route,
            network=own,
            layers=len(own.layers),
            steps=steps_in(spec, point.construction.network) if spec.family == "delta" else 1,
            dim=max((layer.dim for layer in own.layers), default=0),
            claims=claims,
            point=point,
            endless=point.demands.endless,
        )
    for route, own in _own(spec, machine):  # with finitely many exact states, all of them
        if outside(exact, own, sizes=False):
            continue
        claims = (told(exact_claim(own, machine, limits, tell)),)
        stored = None if spec.is_exact else _stored(spec, own)
        if stored is not None:
            own, claims = stored, (*_kept(claims, own, stored), rounded(stored))
        yield Inside(
            route=route,
            network=own,
            layers=len(own.layers),
            steps=1,
            dim=max(layer.dim for layer in own.layers),
            claims=claims,
        )


def _kept(claims: Sequence[Claim], exact: LinearRNN, stored: LinearRNN) -> Sequence[Claim]:
    """Return what is proved of a network in exact arithmetic if storing it changed no number."""
    pairs = zip(exact.layers, stored.layers, strict=True)
    same = all(a.initial == b.initial and a.steps == b.steps for a, b in pairs)
    return claims if same else ()


def _own(spec: LayerSpec, machine: Machine) -> Iterator[tuple[str, LinearRNN]]:
    """Yield networks that only the matrices of a family make."""
    if spec.family == "dense" and machine.size <= spec.dim:
        yield ONE_HOT, one_hot(machine)
    made = clocks(machine) if spec.family == "rotation" else None
    if made is not None:
        yield CLOCKS, made


def in_matrices(network: LinearRNN) -> LinearRNN:
    """Return the same network with one matrix and one vector for each letter. Exact."""
    return replace(network, layers=tuple(map(_layer_in_matrices, network.layers)))


def _layer_in_matrices(layer: Layer) -> Layer:
    origin = tuple(ZERO for _ in range(layer.dim))
    shared: dict[int, tuple[DenseStep, ...]] = {}
    for letter, steps in layer.steps.items():
        if id(steps) not in shared:
            step = DenseStep(layer.letter_matrix(letter), layer.apply(letter, origin))
            shared[id(steps)] = (step,)
    return replace(layer, steps={a: shared[id(steps)] for a, steps in layer.steps.items()})


def _stored(spec: LayerSpec, network: LinearRNN) -> LinearRNN | None:
    """Round a network in matrices to the format of the parameters, so that it stays inside.

    Entries are rounded to nearest; where that leaves the ranges, those that the format does not
    hold are made smaller first. None where that leaves them too, or an entry overflows.
    """
    target = parse(spec.format).parameters
    if target is None:
        return network
    for factor in (ONE, 1 - Fraction(1, 2**target.precision)):
        try:
            stored = _rounded(network, target, factor)
        except (ValueError, OverflowError):  # no finite number
            return None
        if not outside(replace(spec, depth=None), stored):
            return stored
    return None


def _rounded(network: LinearRNN, target: Format, factor: Fraction) -> LinearRNN:
    def number(x: Number, factor: Fraction = ONE) -> Fraction:
        value = Fraction(nearest(x, target))
        return value if value == x or factor == 1 else Fraction(nearest(x * factor, target))

    def step(old: DenseStep) -> DenseStep:
        matrix = tuple(tuple(number(x, factor) for x in row) for row in old.matrix)
        return DenseStep(matrix, tuple(map(number, old.bias)))

    def layer(old: Layer) -> Layer:
        steps = {
            letter: tuple(step(s) for s in steps if isinstance(s, DenseStep))
            for letter, steps in old.steps.items()
        }
        return replace(old, initial=tuple(map(number, old.initial)), steps=steps)

    return replace(network, layers=tuple(map(layer, network.layers)))
