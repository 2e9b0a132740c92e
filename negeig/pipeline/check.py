"""``negeig check``: everything about one language.

A language becomes a minimal machine and its transition monoid; from them follow the limits, the
front of proved networks, and the claims about the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Any

from negeig.automata.language import Language
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import (
    DEFAULT_RESOURCES,
    Claim,
    LimitReached,
    Resources,
    Run,
    StageProgress,
    Verdict,
)
from negeig.pipeline.choosing import Choice, choose
from negeig.pipeline.monoid import summary_of, summary_unlisted
from negeig.pipeline.parts.asking import Answer, ask
from negeig.pipeline.parts.budget_not_met import routes_text
from negeig.pipeline.parts.check_options import CheckOptions
from negeig.pipeline.parts.depth import Depth, depths_of
from negeig.pipeline.parts.documents import construction_json, machine_json, versions
from negeig.pipeline.parts.front import Point, front_json
from negeig.pipeline.parts.layer_answers import LayerAnswer, ask_layer
from negeig.pipeline.parts.proving import kernel_claim
from negeig.pipeline.parts.reach import bounds_of
from negeig.pipeline.parts.tables import Architectures, Claims, Front, Limits, LowerBounds
from negeig.precision.closure.escapes import CertifiedEscape, certified_escapes
from negeig.precision.numbers.formats import FORMATS
from negeig.shown import Shown
from negeig.theory.architectures.verdicts import ArchitectureRow, verdicts, with_layers
from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.periods import Periods, periods
from negeig.theory.constructions import Construction
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.route import why_not
from negeig.theory.networks.network import LinearRNN

EXIT_CODES = {"holds": 0, "refuted": 1, "undecided": 3}

ONE_LAYER = "one-contractive-layer"
"""Class of limits beside which the layers that escape it are shown."""


@dataclass(frozen=True, kw_only=True, repr=False)
class CheckResult(Shown):
    """Everything ``check`` found about one language.

    Attributes
    ----------
    source, machine, notices
        What was read, the minimal machine, and what was completed or determinised on the way.
    monoid : dict or None
        Summary of the transition monoid; where it was not listed, what its structure tells.
    limits, architectures
        What provably cannot work, and what that means for named architectures.
    periods, escapes
        Periods of letters and elements; layers that escape the limit on one contractive layer in
        another model of arithmetic.
    depth : tuple of Depth
        The least number of layers, as far as it is known, for three ranges of eigenvalues.
    choice : Choice
        The front of proved networks, the lower bounds, and what became of every route.
    shown : Point or None
        The winner; where no network has all its claims proved, the first that has the exact one.
    arguments : tuple of str
        What names the language on the command line; empty for an object of Python.
    claims : tuple of Claim
        Statements about the network shown, with verdicts.
    undecided_because : tuple of str
        What keeps the verdict from ``holds``.
    limits_reached : tuple of str
        Limits that were hit before the search for a network, each with the option that raises it.
    answers : tuple of Answer
        What was found about the architectures asked about; the verdict follows them too.
    layers : tuple of LayerAnswer
        What was found about the layers asked about; likewise.
    """

    source: str
    machine: Machine
    notices: tuple[str, ...]
    monoid: Mapping[str, Any] | None
    limits: tuple[Limit, ...]
    architectures: tuple[ArchitectureRow, ...]
    depth: tuple[Depth, ...]
    choice: Choice
    shown: Point | None
    arguments: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    undecided_because: tuple[str, ...] = ()
    limits_reached: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    layers: tuple[LayerAnswer, ...] = ()
    periods: Periods | None = None
    escapes: tuple[CertifiedEscape, ...] = ()

    def __repr__(self) -> str:
        return f"CheckResult({self.source!r}, {self.verdict}, {len(self.claims)} claims)"

    @property
    def network(self) -> LinearRNN | None:
        """The network that the claims are about."""
        return None if self.construction is None else self.construction.network

    @property
    def construction(self) -> Construction | None:
        """The cheapest network whose claims are all proved, or the cheapest there is."""
        return None if self.shown is None else self.shown.construction

    @property
    def construction_reason(self) -> str:
        """Why there is no construction, or how this one was chosen."""
        if self.shown is None:
            return "; ".join((*self.undecided_because, why_not(self.machine)))
        if self.shown.is_proved:
            return (
                "the first in the order of layers, steps a token, dimension with every claim proved"
            )
        return "the first in the order; not every claim is proved"

    @property
    def front(self) -> Front:
        """The networks, proved in exact arithmetic, that no other one beats."""
        return Front.of(self.choice.front, self.choice.terms, self.arguments)

    @property
    def lower_bounds(self) -> LowerBounds:
        """What every network must have, each with its assumption."""
        return LowerBounds(self.choice.bounds)

    @property
    def alternatives(self) -> tuple[tuple[Construction, str], ...]:
        """Networks before the one shown that were tried, and what is not proved of them."""
        return () if self.shown is None else self.choice.before(self.shown, Budget())

    @property
    def device(self) -> str | None:
        """What the network ran on last, None where it did not run."""
        tried = [c.evidence for c in self.claims if c.arithmetic == "hardware"]
        return tried[-1].device if tried and isinstance(tried[-1], Run) else None

    @property
    def requested(self) -> Answer | None:
        """The answer about the one architecture that was asked about; None for several."""
        return self.answers[0] if len(self.answers) == 1 else None

    @property
    def asked(self) -> tuple[LayerAnswer | Answer, ...]:
        """What was found about everything asked about: layers, then architectures."""
        return (*self.layers, *self.answers)

    @property
    def verdict(self) -> str:
        """That of the claims, and of the architectures and layers that were asked about."""
        asked = {one.verdict for one in self.asked}
        found = self.claims_verdict
        if "impossible" in asked or found == "refuted":
            return "refuted"
        return "undecided" if "open" in asked else found

    @property
    def claims_verdict(self) -> str:
        """``refuted`` when a claim is, ``holds`` when all hold, otherwise ``undecided``."""
        verdicts = [claim.verdict for claim in self.claims]
        if Verdict.REFUTED in verdicts:
            return "refuted"
        if self.shown is None or Verdict.OPEN in verdicts or self.choice.stopped is not None:
            return "undecided"
        return "holds"

    @property
    def exit_code(self) -> int:
        """0 holds, 1 refuted, 3 undecided."""
        return EXIT_CODES[self.verdict]

    def report(self, path: str | PathLike[str]) -> None:
        """Write the page of ``negeig report`` about it to a file, whole or not at all.

        Raises InputError, before the page is made, where the file cannot be written or its name
        does not end in ``.html`` or ``.htm``.
        """
        from negeig.pipeline.parts.outputs import PAGES, check_file, write_text

        name = fspath(path)
        check_file(name, PAGES)
        write_text(name, self._page())

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
            "depth": [depth.to_json() for depth in self.depth],
            "escapes": [escape.to_json() for escape in self.escapes],
            "architectures": [row.to_json() for row in self.architectures],
            "requested": None if self.requested is None else self.requested.to_json(),
            "answers": [answer.to_json() for answer in self.answers],
            "layer": self.layers[0].to_json() if len(self.layers) == 1 else None,
            "layers": [answer.to_json() for answer in self.layers],
            "construction": None
            if self.construction is None
            else construction_json(self.construction, self.machine),
            "construction_reason": self.construction_reason,
            "alternatives": [
                {**construction_json(other, self.machine), "reason": reason}
                for other, reason in self.alternatives
            ],
            "front": front_json(self.front, self.choice.terms, self.arguments),
            "routes": [asked.to_json() for asked in self.choice.asked],
            "claims": [claim.to_json() for claim in self.claims],
            "verdict": self.verdict,
            "undecided_because": list(self.undecided_because),
            "limits_reached": list(self.limits_reached),
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

    Finds the minimal machine, its transition monoid, what linear RNNs provably cannot do, the front
    of proved networks that the routes at hand build, floating-point proofs of the cheapest for all
    lengths, and runs it. A limit that is reached never becomes a verdict about the language.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> result = check(Source("regex", "(11)*").read(), CheckOptions(backends=()))
    >>> result.verdict, [claim.id for claim in result.claims]
    ('holds', ['exact', 'bf16', 'fp32'])
    """
    options = CheckOptions() if options is None else options
    minimal = language.machine.minimal()
    reached: list[str] = []

    monoid, summary = None, None
    try:
        monoid = transition_monoid(
            minimal, max_elements=resources.max_elements, max_memory=resources.max_memory
        )
        summary = summary_of(monoid)
    except LimitReached as limit:
        reached.append(str(limit))
        summary = summary_unlisted(minimal, resources)

    bounds = bounds_of(minimal, resources, monoid)
    found = choose(
        minimal,
        arithmetic=options.arithmetic,
        bounds=bounds,
        resources=resources,
        progress=progress,
    )
    shown = found.winner or next(iter((*found.front, *found.failed)), None)
    claims = list(() if shown is None else shown.claims)
    if shown is not None:
        claims += [
            kernel_claim(shown.construction.network, minimal, backend, options.seed)
            for backend in options.backends
        ]
        claims += [
            one.claim(shown.construction.network, minimal, resources, progress, found.stopped)
            for one in options.through
        ]
    rows = limits(
        minimal,
        monoid,
        dimension=options.dimension,
        format=options.format,
        format_values=FORMATS[options.format].finite_values,
        networks=found.finite,
        endless=found.endless,
    )
    named = verdicts(rows, found.finite, endless=found.endless)
    excluded = any(r.verdict == "impossible" and r.class_ == ONE_LAYER for r in rows)
    return CheckResult(
        source=language.source,
        machine=minimal,
        notices=(*language.notices, *options.notices),
        monoid=summary,
        limits=Limits(rows),
        architectures=Architectures(with_layers(named, rows, found.finite, bounds)),
        depth=depths_of(minimal, found.bounds, found.front, resources),
        periods=periods(minimal, monoid),
        escapes=certified_escapes(minimal) if excluded else (),
        answers=tuple(options.told(ask(subject, rows, found)) for subject in options.asked),
        layers=tuple(
            question.told(
                ask_layer(
                    question.name,
                    question.spec,
                    minimal,
                    rows,
                    bounds,
                    arguments=language.arguments,
                    resources=resources,
                    progress=progress,
                )
            )
            for question in options.layers
        ),
        choice=found,
        shown=shown,
        arguments=language.arguments,
        claims=Claims(claims),
        undecided_because=tuple(_undecided(found, shown, claims)),
        limits_reached=tuple(reached),
    )


def _undecided(found: Choice, shown: Point | None, claims: Sequence[Claim]) -> Iterator[str]:
    """Say what keeps the verdict open: a stop, no network, claims that are not decided."""
    if found.stopped is not None:
        yield str(found.stopped)
    if shown is None:
        yield f"no construction; {routes_text(found)}"
        yield from found.limits
    yield from (f"{c.id}: {c.detail}" for c in claims if c.verdict is Verdict.OPEN)
