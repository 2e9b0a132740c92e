"""One architecture, one task: impossible by a theorem, possible by a proved network, or open.

A released model answers for its recurrent layers, so many as it has; a layer that is no linear
recurrence is open, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from negeig.claims import InputError
from negeig.pipeline.choosing import Choice
from negeig.pipeline.parts.front import Point
from negeig.pipeline.parts.proving import theorem_of
from negeig.pipeline.parts.reach import violated
from negeig.theory.architectures import (
    Architecture,
    Outside,
    Released,
    Subject,
    entries,
    find,
    find_subject,
)
from negeig.theory.architectures.layer import LayerSpec
from negeig.theory.architectures.layer_inside import outside
from negeig.theory.architectures.layer_reading import read_layer
from negeig.theory.architectures.least_layers import ArchitectureDepth
from negeig.theory.architectures.verdicts import (
    ArchitectureRow,
    contained,
    contains,
    verdicts,
    with_layers,
)
from negeig.theory.bounds.limit import Limit, LimitVerdict
from negeig.theory.constructions.budget import Budget
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import LinearRNN
from negeig.theory.theorems import ids


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is known about one architecture, or released model, that was asked about, and why.

    ``layers`` is the least number of layers, None for what is no architecture of the catalogue.
    ``condition`` is what "possible" counts as given that the code only nears, if it does.
    """

    id: str
    name: str
    verdict: LimitVerdict
    theorem: str | None
    reason: str
    layers: ArchitectureDepth | None = None
    condition: str = ""

    @property
    def title(self) -> str:
        """The name, and under which condition the verdict holds."""
        return " ".join(filter(None, (self.name, self.condition)))

    def to_json(self) -> dict[str, Any]:
        """Return the answer as the key ``requested`` of ``negeig.check/1``."""
        return {
            "id": self.id,
            "name": self.name,
            "verdict": self.verdict,
            "theorem": self.theorem,
            "condition": self.condition or None,
            "reason": self.reason,
            "layers": None if self.layers is None else self.layers.to_json(),
        }


def subjects(asked: str | Sequence[str]) -> tuple[Subject, ...]:
    """Return what is asked about: names, or names with commas between them.

    Names that have commas of their own are known whole; none is listed twice.

    Raises
    ------
    InputError
        For names that are unknown, each with the nearest ones.

    Examples
    --------
    >>> [subject.id for subject in subjects("mamba2,qwen3_next")]
    ['mamba-2', 'qwen3-next']
    >>> [subject.id for subject in subjects("Mamba (range [-1, 1])")]
    ['mamba-negative']
    """
    found: dict[str, Subject] = {}
    problems: list[str] = []
    for text in (asked,) if isinstance(asked, str) else asked:
        parts = [text] if _is_known(text) else text.split(",")
        for name in parts:
            try:
                subject = find_subject(name, also=", and --layer describes another")
            except InputError as error:
                problems += error.problems
            else:
                found.setdefault(subject.id, subject)
    if problems:
        raise InputError("", problems)
    return tuple(found.values())


def _is_known(name: str) -> bool:
    try:
        find_subject(name)
    except InputError:
        return False
    return True


def ask(subject: Subject, limits: Sequence[Limit], found: Choice) -> Answer:
    """Return what is known about an architecture or a model, from what was found for the task.

    Parameters
    ----------
    subject : Architecture, Released or Outside
    limits : sequence of Limit
        All rows for the task.
    found : Choice
        The front of networks for the task, and its lower bounds.
    """
    if isinstance(subject, Outside):
        reason = f"outside what the theorems are about: {subject.reason}"
        return Answer(id=subject.id, name=subject.name, verdict="open", theorem=None, reason=reason)
    if isinstance(subject, Released):
        return _ask_model(subject, limits, found)
    return _ask_architecture(subject, limits, found)


def _ask_model(model: Released, limits: Sequence[Limit], found: Choice) -> Answer:
    """Answer for the recurrent layers of a model, of which there are only so many."""
    architecture = find(model.architecture)
    answer = _ask_architecture(architecture, limits, found)
    verdict, theorem, reason = answer.verdict, answer.theorem, answer.reason
    if verdict == "possible":
        made = _made(architecture, found)
        layers = None if made is None else made.cost[0]
        if layers is None:
            verdict = "open"
            reason += "; how many layers that takes is not known"
        elif model.layers and layers > model.recurrent:
            verdict = "open"
            reason += f"; the model has {model.recurrent} recurrent layers"
        if verdict == "open":
            theorem = None
    return Answer(
        id=model.id,
        name=model.name,
        verdict=verdict,
        theorem=theorem,
        reason=f"{about(model)}; {reason}",
        layers=answer.layers,
        condition=answer.condition if verdict == "possible" else "",
    )


def about(model: Released) -> str:
    """Say which layers of a model an answer is about, and which not.

    Examples
    --------
    >>> from negeig.theory.architectures import find_subject
    >>> about(find_subject("qwen3_next"))
    'its 36 recurrent layers are Gated DeltaNet (beta <= 1), its 12 attention layers are outside \
the theorems'
    """
    name = find(model.architecture).name
    option = "" if model.key is None else f" ({model.key} {'on' if model.default else 'off'})"
    if not model.layers:
        return f"its recurrent layers are {name}{option}, its attention layers outside the theorems"
    text = f"its {model.recurrent} recurrent layers are {name}{option}"
    if model.attention:
        text += f", its {model.attention} attention layers are outside the theorems"
    return text


def _ask_architecture(architecture: Architecture, limits: Sequence[Limit], found: Choice) -> Answer:
    """Return what is known about an architecture, from what was found for the task.

    A delta rule is a budget of steps a token and eigenvalues, and a network within it is beaten by
    none but networks within it: so where the front has none, the routes at hand have none.

    Parameters
    ----------
    architecture : Architecture
    limits : sequence of Limit
        All rows for the task.
    found : Choice
        The front of networks for the task, and its lower bounds.
    """
    named = verdicts(limits, found.finite, endless=found.endless)
    rows = with_layers(named, limits, found.finite, found.bounds)
    by_name = {row.name: row for row in rows}
    row = by_name[architecture.name]
    if row.verdict == "impossible":
        by_class = {limit.class_: limit for limit in limits}
        inside = by_class.get(architecture.inside or "")
        return _answer(architecture, row, "" if inside is None else inside.reason)
    made = _made(architecture, found)
    if ids.is_about_one_network(row.theorem) and made is not None:
        row = replace(row, theorem=theorem_of(made.claims[0]))
        layers, steps, dim = made.cost
        size = f"layers {layers}, steps a token {steps}, dimension {dim}"
        route = made.construction.route
        reason = f"the {route} network, proved on every word in exact arithmetic: {size}"
        if not layers:
            return _answer(architecture, row, "a network without layers does it")
        condition, why = (
            _of_length_one(architecture, made.network)
            or _at_open_ends(architecture, made.network)
            or ("", "")
        )
        return _answer(architecture, row, reason + why, condition)
    if row.verdict == "possible" and row.theorem != architecture.theorem:
        names = (find(inner).name for inner in contained(architecture.id))
        able = next(name for name in names if by_name[name].verdict == "possible")
        return _answer(architecture, row, f"it contains {able}: theorem {row.theorem}")
    return _answer(architecture, row, _why_open(architecture, found) * (row.verdict == "open"))


def _of_length_one(architecture: Architecture, network: LinearRNN) -> tuple[str, str] | None:
    """Say where a network needs keys of length 1, which an epsilon makes shorter in exact numbers.

    Returns the condition and what explains it. The catalogue's ranges are closed; the same question
    about a layer counts the epsilon.
    """
    if architecture.key_epsilon is None or architecture.low is None:
        return None
    least = min((v for layer in network.layers for v in layer.eigenvalues), default=Fraction(1))
    spec = _exact_layer(architecture)
    if least > Fraction(architecture.low):
        return None
    if least == 0 and spec is not None and spec.gate is not None and spec.gate.holds(least):
        return None  # a gate may be 0 as well
    hint = ", which the answer with --depth counts" if architecture.layer else ""
    return "with keys of length exactly 1", (
        f"; it needs the eigenvalue {value_text(least)} and so keys of length 1: those of the code "
        f"are shorter, by an epsilon of {architecture.key_epsilon}{hint}"
    )


def _at_open_ends(architecture: Architecture, network: LinearRNN) -> tuple[str, str] | None:
    """Say where a network takes the end of a range that the code of an architecture only nears.

    Returns the condition and what explains it. The catalogue's ranges are closed; the same question
    about a layer holds it to its ranges.
    """
    spec = _exact_layer(architecture)
    if spec is None or architecture.key_epsilon is not None:
        return None
    beyond = outside(spec, network, sizes=False)
    if not beyond:
        return None
    return "where rounding reaches the ends of its ranges", (
        "; this counts ends of ranges as reached, since formats may round what is near them; in "
        f"exact numbers the network is outside: {'; '.join(beyond)}; --depth holds the layer to "
        "its ranges"
    )


def _exact_layer(architecture: Architecture) -> LayerSpec | None:
    """Return the layer of an architecture in exact numbers, None where the catalogue has none."""
    if not architecture.layer:
        return None
    return read_layer(architecture.layer, {"format": "exact", "state": "exact"})


def _made(architecture: Architecture, found: Choice) -> Point | None:
    """Return the first network of the front that the architecture, or one within it, has."""
    within = {architecture.id, *contained(architecture.id)}
    inner = [a for a in entries() if a.id in within]
    return next(
        (
            point
            for point in found.front
            if any(contains(a, point.construction.network) for a in inner)
        ),
        None,
    )


def _why_open(architecture: Architecture, found: Choice) -> str:
    """Say what is known where no theorem decides: bounds in another model, limits, what is near."""
    reasons = []
    if architecture.low is not None:
        low = Fraction(architecture.low)
        budget = Budget(steps=architecture.steps, eigenvalues=(low, Fraction(1)))
        impossible, _ = violated(found.bounds, budget)
        finite = [bound.reason for bound in impossible if bound.model == "exact-orbit"]
        if finite:
            reasons.append(
                "open in the cast model; with finitely many exact states it is impossible: "
                + "; ".join(finite)
            )
        reasons += found.limits
    elif found.front:
        reasons.append(_out_of_reach(architecture, found.front[0].construction.network))
    return "; ".join(filter(None, reasons))


def _out_of_reach(architecture: Architecture, network: LinearRNN) -> str:
    """Say which eigenvalue keeps the network at hand out of an open architecture, if one does."""
    end = architecture.negative_end
    if end is None:
        return ""
    least = min((v for layer in network.layers for v in layer.eigenvalues), default=Fraction(1))
    if least > end:
        return ""
    return (
        "no theorem at hand excludes it; the network at hand has a step with the eigenvalue "
        f"{value_text(least)}, which the range of this architecture does not reach: "
        f"{architecture.eigenvalues}"
    )


def _answer(
    architecture: Architecture, row: ArchitectureRow, reason: str, condition: str = ""
) -> Answer:
    if not reason:
        reason = (
            f"theorem {row.theorem}"
            if row.theorem
            else "no theorem at hand excludes it, and no construction is known"
        )
    return Answer(
        id=architecture.id,
        name=architecture.name,
        verdict=row.verdict,
        theorem=row.theorem,
        reason=reason + _layers_text(row),
        layers=row.layers,
        condition=condition,
    )


def _layers_text(row: ArchitectureRow) -> str:
    """Say how many layers an architecture takes at least, where some may be enough and one not.

    Examples
    --------
    >>> depth = ArchitectureDepth(at_least=3, known=None, theorem="peeling")
    >>> print(_layers_text(ArchitectureRow("GLA", "possible", "closure", depth)))
    ; with finitely many exact states it takes 3 or more layers (theorem peeling)
    """
    depth = row.layers
    if row.verdict == "impossible" or depth is None or depth.at_least in (None, 0, 1):
        return ""
    return f"; with {depth.assumption} it takes {depth.text} layers (theorem {depth.theorem})"
