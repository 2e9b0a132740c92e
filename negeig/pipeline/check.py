"""``negeig check``: everything about one language.

A language becomes a minimal machine and its transition monoid; from them follow the limits, the
candidates for a network, and the claims about it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from negeig.automata.language import Language
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import (
    DEFAULT_RESOURCES,
    Claim,
    InputError,
    LimitReached,
    Resources,
    Run,
    StageProgress,
    Verdict,
)
from negeig.pipeline.monoid import summary_of, summary_unlisted
from negeig.pipeline.parts.asking import Answer, ask
from negeig.pipeline.parts.choosing import choose
from negeig.pipeline.parts.deadline import deadline
from negeig.pipeline.parts.documents import construction_json, machine_json, versions
from negeig.pipeline.parts.optimising import BOUND_ELEMENTS
from negeig.pipeline.parts.proving import kernel_claim
from negeig.precision.closure.escapes import CertifiedEscape, certified_escapes
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import FORMATS, unknown_format
from negeig.theory.architectures import Architecture, find
from negeig.theory.architectures.verdicts import ArchitectureRow, verdicts
from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.bounds.periods import Periods, periods
from negeig.theory.constructions import Construction

EXIT_CODES = {"holds": 0, "refuted": 1, "undecided": 3}

ONE_LAYER = "one-contractive-layer"
"""Class of limits beside which the layers that escape it are shown."""


class CheckOptions:
    """What to ask about a language.

    Parameters
    ----------
    arithmetic : sequence of str
        Arithmetic models in which closure is attempted, beside exact arithmetic.
    backends : sequence of str
        Kernels that run the network; empty for none.
    dimension, format
        Head dimension and number format for which the length bounds of the limits are stated.
    seed : int
        Seed of the random words.
    architecture : str, optional
        An architecture to ask about: the verdict then says whether it can do the task.

    Raises
    ------
    InputError
        For an unknown arithmetic, backend, architecture or format, and a dimension below 1.
    """

    def __init__(
        self,
        *,
        arithmetic: Sequence[str] = ("bf16", "fp32"),
        backends: Sequence[str] = ("cpu",),
        dimension: int = 64,
        format: str = "bf16",
        seed: int = 0,
        architecture: str | None = None,
    ) -> None:
        names = {parse(name).name: name.strip().lower() for name in reversed(arithmetic)}
        self.arithmetic = tuple(names.values())[::-1]
        self.backends = tuple(backends)
        _check_backends(self.backends)
        self.asked: Architecture | None = None if architecture is None else find(architecture)
        for problem in unknown_format(format):
            raise InputError("", problem)
        if dimension < 1:
            raise InputError("", f"the dimension of a head must be at least 1, found {dimension}")
        self.dimension, self.format, self.seed = dimension, format, seed


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
    requested: Answer | None = None
    periods: Periods | None = None
    lower_bounds: tuple[LowerBound, ...] = ()
    escapes: tuple[CertifiedEscape, ...] = ()

    @property
    def device(self) -> str | None:
        """What the network ran on last, None where it did not run."""
        tried = [c.evidence for c in self.claims if c.arithmetic == "hardware"]
        return tried[-1].device if tried and isinstance(tried[-1], Run) else None

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
            "claims": [claim.to_json() for claim in self.claims],
            "verdict": self.verdict,
            "undecided_because": list(self.undecided_because),
            "versions": {**versions(), "device": self.device},
        }


def check(
    language: Language,
    options: CheckOptions | None = None,
    *,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> CheckResult:
    """Check one language, end to end.

    Finds the minimal machine, its transition monoid, what linear RNNs provably cannot do, the
    cheapest network that the routes at hand build, exact and floating-point proofs of it for all
    lengths, and runs it. A limit that is reached leaves the verdict undecided.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> result = check(Source("regex", "(11)*").read(), CheckOptions(backends=()))
    >>> result.verdict, [claim.id for claim in result.claims]
    ('holds', ['exact', 'bf16', 'fp32'])
    """
    options = CheckOptions() if options is None else options
    minimal = language.machine.minimal()
    undecided: list[str] = []

    monoid, summary = None, None
    try:
        monoid = transition_monoid(
            minimal, max_elements=resources.max_elements, max_memory=resources.max_memory
        )
        summary = summary_of(monoid)
    except LimitReached as limit:
        undecided.append(str(limit))
        summary = summary_unlisted(minimal, resources)

    with deadline("construction", resources.construction_seconds, progress) as report:
        chosen, reason, alternatives, claims = choose(
            minimal, options.arithmetic, resources=resources, progress=report
        )
    if chosen is None:
        undecided.append(f"no construction: {reason}")
    proved_exactly = bool(claims) and claims[0].verdict is Verdict.PROVED

    rows = limits(
        minimal,
        monoid,
        dimension=options.dimension,
        format=options.format,
        format_values=FORMATS[options.format].finite_values,
        network=chosen.network if chosen is not None and proved_exactly else None,
    )
    if chosen is not None:
        claims += [
            kernel_claim(chosen.network, minimal, backend, options.seed, resources)
            for backend in options.backends
        ]
    undecided += [
        f"{claim.id}: {claim.detail}" for claim in claims if claim.verdict is Verdict.OPEN
    ]
    in_hand = chosen.network if proved_exactly and chosen else None
    excluded = any(r.verdict == "impossible" and r.class_ == ONE_LAYER for r in rows)
    small = monoid is not None and monoid.size <= BOUND_ELEMENTS
    requested = None
    if options.asked is not None:
        with deadline("construction", resources.construction_seconds, progress) as report:
            requested = ask(options.asked, minimal, rows, in_hand, resources, report)
    return CheckResult(
        source=language.source,
        machine=minimal,
        notices=language.notices,
        monoid=summary,
        limits=rows,
        architectures=verdicts(rows, in_hand),
        periods=periods(minimal, monoid),
        lower_bounds=lower_bounds(minimal, monoid if small else None),
        escapes=certified_escapes(minimal) if excluded else (),
        requested=requested,
        construction=chosen,
        construction_reason=reason,
        alternatives=tuple(alternatives),
        claims=tuple(claims),
        undecided_because=tuple(undecided),
    )


def _check_backends(backends: Sequence[str]) -> None:
    """Refuse an unknown backend before any work is done."""
    from negeig.kernels.backend import BACKENDS

    unknown = [backend for backend in backends if backend not in BACKENDS]
    if unknown:
        raise InputError("", f"unknown backend {unknown[0]!r}; known: {', '.join(BACKENDS)}")
