"""One specified layer, one task: impossible, possible with a network inside it, or open.

And the frontier: the least depth that is known for each number of steps a token, beside the least
that is possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Resources, StageProgress
from negeig.pipeline.choosing import Choice
from negeig.pipeline.parts.front import Terms, command
from negeig.pipeline.parts.layer_open import demand_on, why_open
from negeig.pipeline.parts.layer_search import Inside, search
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import unknown_format
from negeig.theory.architectures.layer import EXACT, SCALED, LayerSpec
from negeig.theory.architectures.layer_inside import outside
from negeig.theory.architectures.layer_limits import (
    Failure,
    broken,
    class_of,
    failure,
    least_layers,
    rounded_failure,
)
from negeig.theory.bounds.limit import Limit, LimitVerdict
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.bounds.witness_text import period_text
from negeig.theory.constructions.budget import Budget
from negeig.theory.networks.network_json import to_json
from negeig.theory.theorems import ids

AT_REST = (
    "where every operation rounds, such layers rest after finitely many repetitions of a word; "
    "with entries of both signs, of the word 2^depth times"
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """The least depth for so many steps a token of a head: what is known, and what is proved.

    Attributes
    ----------
    steps : int
    inside : Inside or None
        The proved network of fewest layers that is known, None where none is.
    bound : LowerBound
        No network inside the specification has fewer layers, at any depth and with so many steps;
        under its assumption, in its model.
    command : str or None
        What builds the network, None where no command does.
    """

    steps: int
    inside: Inside | None
    bound: LowerBound
    command: str | None

    @property
    def layers(self) -> int | None:
        """Layers of the network that is known."""
        return None if self.inside is None else self.inside.layers

    def to_json(self) -> dict[str, Any]:
        """Return the row of ``frontier``."""
        return {
            "steps": self.steps,
            "layers": self.layers,
            "least": self.bound.value,
            "theorem": self.bound.theorem,
            "model": self.bound.model,
            "proved_in": [] if self.inside is None else list(self.inside.proved_in),
            "command": self.command,
        }


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A theorem that says the same in another model of arithmetic, and by what length."""

    theorem: str
    model: str
    reason: str
    fails_by: Failure | None

    def to_json(self) -> dict[str, Any]:
        """Return the ground as a row of ``also``."""
        fails = None if self.fails_by is None else self.fails_by.to_json()
        return {"theorem": self.theorem, "model": self.model, "fails_by": fails}


@dataclass(frozen=True, kw_only=True)
class LayerAnswer:
    """What is known about one specified layer and a task.

    Attributes
    ----------
    name : str
        What it was asked by: a name of the catalogue, or ``"my layer"``.
    spec : LayerSpec
    verdict, theorem, model, reason
        The verdict, and where it is ``impossible`` the theorem and its model of arithmetic.
    parts : tuple of str
        The reason, where it is a list of what is known, sentence by sentence.
    fails_by : Failure or None
        The length by which layers of this depth and these sizes must fail.
    any_depth : bool
        Whether no depth helps: the theorem is about such layers in any number.
    also : tuple of Ground
        What says that it is impossible in another model of arithmetic.
    inside : Inside or None
        The network that shows ``possible``.
    frontier : tuple of Row
    """

    name: str
    spec: LayerSpec
    verdict: LimitVerdict
    reason: str
    parts: tuple[str, ...] = ()
    theorem: str | None = None
    model: str | None = None
    fails_by: Failure | None = None
    any_depth: bool = False
    also: tuple[Ground, ...] = ()
    inside: Inside | None = None
    frontier: tuple[Row, ...] = ()

    @property
    def title(self) -> str:
        """The name: a layer is held to its own ranges, so no condition stands beside it."""
        return self.name

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the key ``layer`` of ``negeig.check/1``."""
        inside = self.inside
        return {
            "name": self.name,
            "spec": {**self.spec.to_json(), "text": str(self.spec)},
            "verdict": self.verdict,
            "theorem": self.theorem,
            "model": self.model,
            "fails_by": None if self.fails_by is None else self.fails_by.to_json(),
            "any_depth": self.any_depth,
            "also": [ground.to_json() for ground in self.also],
            "reason": self.reason,
            "reasons": list(self.parts) or [self.reason],
            "proved_in": [] if inside is None else list(inside.proved_in),
            "network": None if inside is None else to_json(inside.network),
            "frontier": [row.to_json() for row in self.frontier],
        }


def check_formats(spec: LayerSpec) -> None:
    """Refuse a format of parameters, or an arithmetic of the state, that nobody knows.

    Raises
    ------
    InputError
        Lists both.
    """
    problems = [] if spec.format in EXACT else unknown_format(spec.format)
    if spec.state not in (*EXACT, spec.format):
        try:
            parse(spec.state)
        except InputError as error:
            problems += [f"state: {problem}" for problem in error.problems]
    if problems:
        raise InputError("layer", problems)


def ask_layer(
    name: str,
    spec: LayerSpec,
    machine: Machine,
    limits: Sequence[Limit],
    bounds: Sequence[LowerBound],
    *,
    arguments: Sequence[str] = (),
    resources: Resources,
    progress: StageProgress | None = None,
) -> LayerAnswer:
    """Return what is known about a specified layer, after a search for networks inside it.

    Parameters
    ----------
    name : str
        What to call it.
    spec : LayerSpec
    machine : Machine
        The minimal machine of the task.
    limits, bounds
        All rows, and all lower bounds, for the task.
    arguments : sequence of str
        What names the language on the command line.
    """
    class_ = class_of(spec)
    limit = next((row for row in limits if row.class_ == class_), None)
    grounds = _grounds(spec, machine, limits, limit)
    at_any_depth = (
        limit is not None
        and limit.verdict == "impossible"
        and class_of(replace(spec, depth=None)) == class_
    )
    found: Choice | None = None
    networks: tuple[Inside, ...] = ()
    inside: tuple[Inside, ...] = ()
    rows: tuple[Row, ...] = ()
    if not at_any_depth:
        found, networks = search(spec, machine, bounds, resources, progress)
        inside = tuple(n for n in networks if n.is_proved(spec))
        rows = tuple(_frontier(spec, inside, limits, found, bounds, arguments))
    if grounds:
        ground, *others = grounds
        return LayerAnswer(
            name=name, spec=spec, verdict="impossible", theorem=ground.theorem, model=ground.model,
            fails_by=ground.fails_by, reason=ground.reason, any_depth=at_any_depth,
            also=tuple(others), frontier=rows,
        )  # fmt: skip
    fitting = [n for n in inside if not outside(spec, n.network)] if found else []
    if fitting:
        best = fitting[0]
        return LayerAnswer(
            name=name, spec=spec, verdict="possible", theorem=best.theorem(spec),
            reason=_how(spec, best), inside=best, frontier=rows,
        )  # fmt: skip
    demands = broken(spec, bounds)
    if demands and spec.state == "exact-orbit":
        first = demands[0]
        return LayerAnswer(
            name=name, spec=spec, verdict="impossible", theorem=first.theorem, model=first.model,
            reason="; ".join(demand_on(spec, b) for b in demands), frontier=rows,
        )  # fmt: skip
    assert found is not None  # nothing excludes the layer, so it was searched
    parts = why_open(spec, demands, found, networks, limit)
    return LayerAnswer(
        name=name, spec=spec, verdict="open", reason="; ".join(parts), parts=parts, frontier=rows
    )


def _grounds(
    spec: LayerSpec, machine: Machine, limits: Sequence[Limit], limit: Limit | None
) -> list[Ground]:
    """Return the theorems that exclude a layer, in the cast model and where operations round."""
    state = None if spec.is_exact else parse(spec.state).state
    values = 0 if state is None else state.finite_values
    grounds: list[Ground] = []
    if limit is not None and limit.verdict == "impossible" and limit.theorem is not None:
        fails = failure(spec, limit, values) if values else None
        grounds.append(
            Ground(theorem=limit.theorem, model=limit.model, reason=limit.reason, fails_by=fails)
        )
    turning = _turning(spec, limits)
    if turning is not None and spec.depth is not None and spec.depth < (turning.least_layers or 0):
        reason = f"{turning.reason}, and the depth is {spec.depth}"
        grounds.append(
            Ground(theorem=ids.SUBNORMAL, model=turning.model, reason=reason, fails_by=None)
        )
    name = f"rounded-{class_of(spec)}"
    row = next((row for row in limits if row.class_ == name), None)
    rounded = rounded_failure(spec, machine, row, values)
    if rounded is not None:
        witness, fails = rounded
        reason = f"{period_text(witness)}, but {AT_REST}"
        grounds.append(Ground(theorem=ids.ROUNDED, model="hardware", reason=reason, fails_by=fails))
    return grounds


def _turning(spec: LayerSpec, limits: Sequence[Limit]) -> Limit | None:
    """Return the row of complex diagonal layers, for layers that are such."""
    is_diagonal = spec.family in ("diagonal", "rotation")
    rows = (row for row in limits if is_diagonal and row.class_ == "complex-diagonal")
    return next(rows, None)


def _frontier(
    spec: LayerSpec,
    inside: Sequence[Inside],
    limits: Sequence[Limit],
    found: Choice,
    bounds: Sequence[LowerBound],
    arguments: Sequence[str],
) -> list[Row]:
    """Return the least depth for each number of steps, as far as it changes."""
    rows: list[Row] = []
    if not inside:
        return rows
    fewest = min(n.layers for n in inside)
    is_delta = spec.family == "delta"
    most = max(n.steps for n in inside)
    turning = _turning(spec, limits)
    for steps in range(1, max(most, 1) + 1):
        allowed = replace(spec, depth=None, steps=steps if is_delta else 1)
        able = [n for n in inside if not outside(allowed, n.network)]
        best = able[0] if able else None
        bound = least_layers(spec, bounds, steps if is_delta else None)
        if turning is not None and bound.value < (turning.least_layers or 0):
            bound = LowerBound(
                quantity="layers",
                value=turning.least_layers or 0,
                model=turning.model,
                theorem=ids.SUBNORMAL,
                reason=turning.reason,
            )
        if rows and (rows[-1].layers, rows[-1].bound.value) == (best and best.layers, bound.value):
            continue
        rows.append(
            Row(steps=steps, inside=best, bound=bound, command=_command(best, found, arguments))
        )
        if best is not None and best.layers == fewest:
            break
    return rows


def _command(best: Inside | None, found: Choice, arguments: Sequence[str]) -> str | None:
    """Return the command that builds a network, or the one of delta steps that it comes from."""
    if best is None or best.point is None:
        return None
    budget = found.terms.budget
    plain = Budget(
        eigenvalues=best.point.eigenvalues,
        unit_keys=budget.unit_keys,
        format=budget.format,
        held_by=budget.held_by,
    )
    terms = Terms(found.terms.format, plain, found.terms.effort)
    return command(best.point, found.front, terms, arguments)


def _how(spec: LayerSpec, best: Inside) -> str:
    """Say which network shows that a layer can do the task, and in which arithmetic."""
    if best.layers == 0:
        return "a network without layers does it"
    size = f"layers {best.layers}, steps a token {best.steps}, dimension {best.dim}"
    if spec.family != "delta":
        size = f"layers {best.layers}, dimension {best.dim}"
    text = f"the {best.route} network, proved on every word in {', '.join(best.proved_in)}: {size}"
    if spec.family == "delta" and spec.keys == "unit" and spec.eps > 0 and not spec.is_exact:
        text += (
            f"; its keys times {SCALED} before they are normalised in fp32, where eps={spec.eps} "
            "vanishes: in exact arithmetic |k| is below 1"
        )
    return text
