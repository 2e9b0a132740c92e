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

from collections.abc import Sequence
from dataclasses import dataclass

from negeig.theory.architectures import Architecture, entries
from negeig.theory.architectures.containment import has_channels, has_steps
from negeig.theory.bounds.limit import Limit, LimitVerdict
from negeig.theory.networks.network import LinearRNN
from negeig.theory.theorems import ids


@dataclass(frozen=True)
class ArchitectureRow:
    """One architecture against one task; ``theorem`` is a registry entry, None when open."""

    name: str
    verdict: LimitVerdict
    theorem: str | None

    def to_json(self) -> dict[str, str | None]:
        """Return the row of ``negeig.check/1``."""
        return {"name": self.name, "verdict": self.verdict, "theorem": self.theorem}


def verdicts(
    limits: Sequence[Limit], networks: Sequence[LinearRNN] = (), *, depth: int | None = None
) -> tuple[ArchitectureRow, ...]:
    """Return one row for each architecture of the catalogue.

    Parameters
    ----------
    limits : sequence of Limit
        All rows of :func:`negeig.theory.bounds.limits.limits`.
    networks : sequence of LinearRNN
        Networks for the task, each proved on all words in exact arithmetic. Their keys need not
        have unit length: scaling key and write, and beta against them, changes no step.
    depth : int, optional
        Most layers; without it any number.
    """
    by_class = {limit.class_: limit for limit in limits}
    few = [n for n in networks if depth is None or len(n.layers) <= depth]
    rows = {a.id: _verdict(a, by_class.get(a.inside or ""), few, depth) for a in entries()}
    answered = dict(rows)
    for id_, row in rows.items():
        able = next((i for i in contained(id_) if rows[i].verdict == "possible"), None)
        if row.verdict == "open" and able is not None:
            answered[id_] = ArchitectureRow(row.name, "possible", rows[able].theorem)
    return tuple(answered.values())


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
    networks: Sequence[LinearRNN],
    depth: int | None,
) -> ArchitectureRow:
    name = architecture.name
    if limit is not None and limit.verdict == "impossible":
        return ArchitectureRow(name, "impossible", limit.theorem)
    if any(contains(architecture, network) for network in networks):
        return ArchitectureRow(name, "possible", ids.CLOSURE)
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
