"""Named architectures, and what the limits and a network at hand say about each.

An architecture is described by what its state-transition matrices can be, ranges closed (a gate
that approaches 0 or 1 counts as reaching it; an open end at -1 does not). Nothing is said about
training. A row is ``impossible`` when the architecture lies inside a class that a limit excludes,
``possible`` when it contains the network at hand, a cited theorem says so, or it contains an
architecture that can; and otherwise ``open``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from negeig.theory.architectures import Architecture, entries
from negeig.theory.bounds.limit import Limit, LimitVerdict
from negeig.theory.networks.network import LinearRNN
from negeig.theory.spectra.networks import is_diagonal, is_householder
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
    limits: Sequence[Limit], networks: Sequence[LinearRNN] = ()
) -> tuple[ArchitectureRow, ...]:
    """Return one row for each architecture of the catalogue.

    Parameters
    ----------
    limits : sequence of Limit
        All rows of :func:`negeig.theory.bounds.limits.limits`.
    networks : sequence of LinearRNN
        Networks for the task, each proved on all words in exact arithmetic. Their keys need not
        have unit length: scaling key and write, and beta against them, changes no step.
    """
    by_class = {limit.class_: limit for limit in limits}
    rows = {a.id: _verdict(a, by_class.get(a.inside or ""), networks) for a in entries()}
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
    architecture: Architecture, limit: Limit | None, networks: Sequence[LinearRNN]
) -> ArchitectureRow:
    name = architecture.name
    if limit is not None and limit.verdict == "impossible":
        return ArchitectureRow(name, "impossible", limit.theorem)
    if any(contains(architecture, network) for network in networks):
        return ArchitectureRow(name, "possible", ids.CLOSURE)
    if architecture.theorem and (limit is None or limit.verdict == "possible"):
        return ArchitectureRow(name, "possible", architecture.theorem)
    return ArchitectureRow(name, "open", None)


def contains(architecture: Architecture, network: LinearRNN) -> bool:
    """Whether the network is made of matrices that the architecture has, ranges closed.

    One without layers is made of none.
    """
    if not network.layers:
        return True
    if architecture.free_diagonal:
        nonnegative = architecture.inside == "nonnegative-diagonal"
        inside = is_householder(network, low=0 if nonnegative else -1)
        return inside and is_diagonal(network, nonnegative=nonnegative)
    if architecture.low is None or not is_householder(network, low=architecture.low):
        return False
    most = max((layer.steps_per_token for layer in network.layers), default=0)
    return architecture.steps is None or most <= architecture.steps
