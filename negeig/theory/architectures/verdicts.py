"""Named architectures, and what the limits and a network at hand say about each.

An architecture is described by what its state-transition matrices can be, ranges closed (a gate
that approaches 0 or 1 counts as reaching it; an open end at -1 does not). Nothing is said about
training. A row is ``impossible`` when the architecture lies inside a class that a limit excludes,
``possible`` when it contains the network at hand, a cited theorem says so, or it contains an
architecture that can; and otherwise ``open``.

With a depth the question is about networks of at most so many layers: a network at hand with more
of them, and a theorem that does not say how many, are no answer then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from negeig.theory.architectures import Architecture, entries, find
from negeig.theory.architectures.containment import has_channels, has_steps
from negeig.theory.architectures.least_layers import ArchitectureDepth, lower_bound
from negeig.theory.bounds.limit import Limit, LimitVerdict
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.networks.network import LinearRNN
from negeig.theory.theorems import ids


@dataclass(frozen=True)
class ArchitectureRow:
    """One architecture against one task.

    Attributes
    ----------
    name, verdict
    theorem : str or None
        A registry entry, None when open.
    layers : ArchitectureDepth or None
        The least number of layers, as far as it is known; None where nobody asked.
    """

    name: str
    verdict: LimitVerdict
    theorem: str | None
    layers: ArchitectureDepth | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row of ``negeig.check/1``."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "theorem": self.theorem,
            "layers": None if self.layers is None else self.layers.to_json(),
        }


def verdicts(
    limits: Sequence[Limit],
    networks: Sequence[LinearRNN] = (),
    *,
    endless: Sequence[LinearRNN] = (),
    depth: int | None = None,
) -> tuple[ArchitectureRow, ...]:
    """Return one row for each architecture of the catalogue.

    Parameters
    ----------
    limits : sequence of Limit
        All rows of :func:`negeig.theory.bounds.limits.limits`.
    networks : sequence of LinearRNN
        Networks for the task, each proved on all words in exact arithmetic, with finitely many
        exact states. Their keys need not have unit length: scaling key and write, and beta against
        them, changes no step.
    endless : sequence of LinearRNN
        Those proved by regions, whose exact states may be infinitely many.
    depth : int, optional
        Most layers; without it any number.
    """
    by_class = {limit.class_: limit for limit in limits}
    proofs = {ids.CLOSURE: networks, ids.REGIONS: endless}
    few = {
        theorem: [n for n in proved if depth is None or len(n.layers) <= depth]
        for theorem, proved in proofs.items()
    }
    rows = {a.id: _verdict(a, by_class.get(a.inside or ""), few, depth) for a in entries()}
    answered = dict(rows)
    for id_, row in rows.items():
        able = next((i for i in contained(id_) if rows[i].verdict == "possible"), None)
        if row.verdict == "open" and able is not None:
            answered[id_] = ArchitectureRow(row.name, "possible", rows[able].theorem)
    return tuple(answered.values())


def with_layers(
    rows: Sequence[ArchitectureRow],
    limits: Sequence[Limit],
    networks: Sequence[LinearRNN],
    bounds: Sequence[LowerBound],
) -> tuple[ArchitectureRow, ...]:
    """Return the rows with the least number of layers of each architecture, as far as it is known.

    Parameters
    ----------
    rows : sequence of ArchitectureRow
        One for each architecture, in the order of the catalogue.
    limits : sequence of Limit
        All rows for the task.
    networks : sequence of LinearRNN
        Networks for the task with finitely many exact states, each proved on all words.
    bounds : sequence of LowerBound

    Examples
    --------
    >>> from negeig import api
    >>> found = api.check("(a(ab)*b)*", arithmetic=(), backends=())
    >>> depths = {row.name: row.layers.text for row in found.architectures}
    >>> [depths[f"DeltaProduct (any steps, beta <= {most})"] for most in (1, 2)]
    ['3', '1']
    """
    by_class = {limit.class_: limit for limit in limits}
    own = {
        a.id: [*_depths_known(a, row, by_class.get(a.inside or ""), networks)]
        for a, row in zip(entries(), rows, strict=True)
    }
    one_layer = by_class.get("one-contractive-layer")
    exists = one_layer is not None and one_layer.theorem == ids.ONE_LAYER
    found = []
    for a, row in zip(entries(), rows, strict=True):
        inside = (a.id, *contained(a.id))
        known = min(chain.from_iterable(own[id_] for id_ in inside), default=None)
        at_least, theorem = lower_bound(a, bounds, limits)
        layers = ArchitectureDepth(
            at_least=at_least,
            known=None if at_least is None else known,
            exists=exists and (known is None or known > 1) and any(map(_has_any_steps, inside)),
            theorem=theorem,
        )
        found.append(replace(row, layers=layers))
    return tuple(found)


def _has_any_steps(id_: str) -> bool:
    """Whether an architecture has all products of delta steps with eigenvalues in [-1, 1]."""
    architecture = find(id_)
    return architecture.low == -1 and architecture.steps is None


def _depths_known(
    architecture: Architecture,
    row: ArchitectureRow,
    limit: Limit | None,
    networks: Sequence[LinearRNN],
) -> Iterator[int]:
    """Yield numbers of layers that are enough: of networks that it contains, and by theorems."""
    yield from (len(n.layers) for n in networks if contains(architecture, n))
    if row.verdict == "possible" and row.theorem is not None:
        if row.theorem == architecture.theorem and architecture.theorem_layers is not None:
            yield architecture.theorem_layers
        if row.theorem == ids.SUBNORMAL and limit is not None and limit.least_layers is not None:
            yield limit.least_layers


def contained(id_: str) -> tuple[str, ...]:
    """Return the architectures whose matrices are all among those of one, the nearest first.

    Examples
    --------
    >>> contained("gated-deltanet")
    ('deltanet',)
    """
    inside: dict[str, list[str]] = {a.id: list(a.contains) for a in entries()}
    for a in entries():
        if a.wider is not None:
            inside[a.wider].append(a.id)
    found: list[str] = []
    waiting = [id_]
    while waiting:
        for inner in inside[waiting.pop(0)]:
            if inner not in found:
                found.append(inner)
                waiting.append(inner)
    return tuple(found)


def _verdict(
    architecture: Architecture,
    limit: Limit | None,
    proofs: Mapping[str, Sequence[LinearRNN]],
    depth: int | None,
) -> ArchitectureRow:
    name = architecture.name
    if limit is not None and limit.verdict == "impossible":
        return ArchitectureRow(name, "impossible", limit.theorem)
    for proof, networks in proofs.items():
        if any(contains(architecture, network) for network in networks):
            return ArchitectureRow(name, "possible", proof)
    if limit is not None and _too_deep(limit.least_layers, depth):
        return ArchitectureRow(name, "impossible", ids.SUBNORMAL)
    theorem = _cited(architecture, limit, depth)
    if theorem is not None:
        return ArchitectureRow(name, "possible", theorem)
    return ArchitectureRow(name, "open", None)


def _too_deep(least: int | None, depth: int | None) -> bool:
    """Whether a task takes more layers than there are."""
    return least is not None and depth is not None and least > depth


def _cited(architecture: Architecture, limit: Limit | None, depth: int | None) -> str | None:
    """Return the theorem by which the architecture does the task, in so many layers."""
    theorem = architecture.theorem
    if theorem is None or (limit is not None and limit.verdict != "possible"):
        return None
    if theorem == ids.SUBNORMAL:  # about groups, and says how many layers
        if limit is None:
            return None
        if limit.theorem == ids.SOLVABLE_LEVELS:  # about resets too: what forgets nothing has none
            return limit.theorem if depth is None and not architecture.unitary else None
        stated = limit.least_layers is not None
        return theorem if stated or (depth is None and limit.theorem == theorem) else None
    layers = architecture.theorem_layers
    return theorem if depth is None or (layers is not None and layers <= depth) else None


def contains(architecture: Architecture, network: LinearRNN) -> bool:
    """Whether the network is made of matrices that the architecture has, ranges closed.

    One without layers is made of none.
    """
    if not network.layers:
        return True
    if architecture.free_diagonal:
        return has_channels(architecture, network)
    return has_steps(architecture, network)
