"""Results as values: what ``check`` and ``precision`` return, with their JSON and exit codes."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import Claim, Verdict
from negeig.precision.closure.escapes import CertifiedEscape
from negeig.theory.architectures import ArchitectureRow
from negeig.theory.bounds.limits import Limit, LimitVerdict
from negeig.theory.bounds.lower_bounds import LowerBound
from negeig.theory.bounds.periods import Periods
from negeig.theory.closure.explore import Exploration
from negeig.theory.constructions import Construction, published_bound
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import Layer

EXIT_CODES = {"holds": 0, "refuted": 1, "undecided": 3}


def machine_json(machine: Machine) -> dict[str, Any]:
    """Return states, initial, outputs and transitions of a machine, ready for JSON."""
    return {
        "states": machine.size,
        "initial": machine.initial,
        "outputs": list(machine.outputs),
        "transitions": machine.transitions.tolist(),
    }


def versions() -> dict[str, str | None]:
    """Return the versions that a result depends on, from package metadata; None when missing."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    packages = {"negeig": "negeig", "numpy": "numpy", "flint": "python-flint"}
    packages |= {"torch": "torch", "triton": "triton"}
    for name, distribution in packages.items():
        try:
            found[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is known about one architecture that was asked about, and why."""

    id: str
    name: str
    verdict: LimitVerdict
    theorem: str | None
    reason: str

    def to_json(self) -> dict[str, str | None]:
        """Return the answer as the key ``requested`` of ``negeig.check/1``."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """Everything ``check`` found about one language.

    Attributes
    ----------
    source, machine, notices
        What was read, the minimal machine, and what was completed or determinised on the way.
    monoid : dict or None
        Summary of the transition monoid; None when a limit was hit (``undecided_because``).
    limits, architectures
        What provably cannot work, and what that means for named architectures.
    periods, lower_bounds, escapes
        Periods of letters and elements; what every network must have; layers that escape the limit
        on one contractive layer in another model of arithmetic.
    requested : Answer or None
        What was found about the architecture asked about; the verdict follows it too.
    construction : Construction or None
        The cheapest network whose claims are all proved, or the cheapest there is.
    construction_reason : str
        Why there is no construction, or how this one was chosen.
    alternatives : tuple of (Construction, reason)
        Cheaper networks that were tried and not proved.
    claims : tuple of Claim
        Statements about the construction, with verdicts.
    undecided_because : tuple of str
        Limits and missing pieces that keep the verdict from ``holds``.
    """

    source: str
    machine: Machine
    notices: tuple[str, ...]
    monoid: Mapping[str, Any] | None
    limits: tuple[Limit, ...]
    architectures: tuple[ArchitectureRow, ...]
    construction: Construction | None
    construction_reason: str
    alternatives: tuple[tuple[Construction, str], ...] = ()
    claims: tuple[Claim, ...] = ()
    undecided_because: tuple[str, ...] = ()
    device: str | None = None
    requested: Answer | None = None
    periods: Periods | None = None
    lower_bounds: tuple[LowerBound, ...] = ()
    escapes: tuple[CertifiedEscape, ...] = ()

    @property
    def verdict(self) -> str:
        """That of the claims, and of the architecture that was asked about."""
        asked = None if self.requested is None else self.requested.verdict
        found = self.claims_verdict
        if asked == "impossible" or found == "refuted":
            return "refuted"
        return "undecided" if asked == "open" else found

    @property
    def claims_verdict(self) -> str:
        """``refuted`` when a claim is, ``holds`` when all hold, otherwise ``undecided``."""
        verdicts = [claim.verdict for claim in self.claims]
        if Verdict.REFUTED in verdicts:
            return "refuted"
        if self.construction is None or Verdict.OPEN in verdicts or self.undecided_because:
            return "undecided"
        return "holds"

    @property
    def exit_code(self) -> int:
        """0 holds, 1 refuted, 3 undecided."""
        return EXIT_CODES[self.verdict]

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.check/1``."""
        return {
            "schema": "negeig.check/1",
            "language": {
                "source": self.source,
                "alphabet": list(self.machine.alphabet),
                "machine": machine_json(self.machine),
                "notices": list(self.notices),
            },
            "monoid": None if self.monoid is None else dict(self.monoid),
            "limits": [limit.to_json() for limit in self.limits],
            "periods": None if self.periods is None else self.periods.to_json(),
            "lower_bounds": [bound.to_json() for bound in self.lower_bounds],
            "escapes": [escape.to_json() for escape in self.escapes],
            "architectures": [row.to_json() for row in self.architectures],
            "requested": None if self.requested is None else self.requested.to_json(),
            "construction": None
            if self.construction is None
            else construction_json(self.construction, self.machine),
            "construction_reason": self.construction_reason,
            "alternatives": [
                {**construction_json(other, self.machine), "reason": reason}
                for other, reason in self.alternatives
            ],
            "claims": [claim_json(claim) for claim in self.claims],
            "verdict": self.verdict,
            "undecided_because": list(self.undecided_because),
            "versions": {**versions(), "device": self.device},
        }


@dataclass(frozen=True)
class PrecisionResult:
    """Closure of one network in several arithmetics."""

    source: str
    results: tuple[tuple[str, Exploration], ...]
    notices: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 all proved, 1 one is wrong or collides, 3 one is open."""
        verdicts = {exploration.verdict for _, exploration in self.results}
        return 1 if verdicts & {"wrong", "collision"} else 3 if "open" in verdicts else 0

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.precision/1``."""
        return {
            "schema": "negeig.precision/1",
            "network": self.source,
            "results": [
                {"arithmetic": name, **exploration_json(result)} for name, result in self.results
            ],
            "notices": list(self.notices),
            "versions": {**versions(), "device": "cpu"},
        }


def exploration_json(result: Exploration) -> dict[str, Any]:
    """Return one closure as a row of ``negeig.precision/1`` without its arithmetic."""
    return {
        "verdict": str(result.verdict),
        "states": result.states,
        "depth": result.depth,
        "words": [list(word) for word in result.words],
        "wrong_word": None if result.wrong_word is None else list(result.wrong_word),
        "decoder_exists": result.decoder_exists,
        "reason": result.reason,
        "seconds": round(result.seconds, 6),
    }


def construction_json(construction: Construction, machine: Machine) -> dict[str, Any]:
    """Return route, layers and the published bound of a construction."""
    network = construction.network
    return {
        "route": construction.route,
        "layers": [layer_json(layer) for layer in network.layers],
        "bound": published_bound(machine),
        "idea": construction.idea,
        "source": construction.source,
    }


def layer_json(layer: Layer) -> dict[str, Any]:
    """Return dimension, steps a token and eigenvalues of a layer."""
    return {
        "dim": layer.dim,
        "steps_per_token": layer.steps_per_token,
        "eigenvalues": [value_text(x) for x in layer.eigenvalues],
    }


def claim_json(claim: Claim) -> dict[str, Any]:
    """Return a claim as a row of ``negeig.check/1``."""
    return {
        "id": claim.id,
        "statement": claim.statement,
        "verdict": claim.verdict.value,
        "arithmetic": claim.arithmetic,
        "states": claim.states,
        "tokens": claim.tokens,
        "mismatches": claim.mismatches,
        "word": None if claim.word is None else list(claim.word),
        "seconds": round(claim.seconds, 6),
        "detail": claim.detail,
    }


def dumps(document: Mapping[str, Any] | Sequence[Any]) -> str:
    """Serialise a result as JSON, keys in the order of the contract."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False)
