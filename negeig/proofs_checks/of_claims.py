"""Certificates of the claims of a command's result, and why some have none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import (
    DEFAULT_RESOURCES,
    Claim,
    Closure,
    Exactness,
    InputError,
    LimitReached,
    Progress,
    Refutation,
    Region,
    Verdict,
    Word,
)
from negeig.evidence import Evidence
from negeig.precision.numbers.models import is_any_order
from negeig.proofs_checks.certificate import Certificate, readable
from negeig.proofs_checks.kinds import kind_of
from negeig.proofs_checks.runs.any_order import any_order_certificate
from negeig.proofs_checks.runs.closure import closure_certificate
from negeig.proofs_checks.runs.horizon import LONGEST, horizon_certificate
from negeig.proofs_checks.runs.layers import layers_certificate
from negeig.proofs_checks.runs.recorded import closed_certificate
from negeig.proofs_checks.runs.regions import regions_certificate
from negeig.proofs_checks.runs.words import bits_certificate, word_certificate
from negeig.theory.closure.explore import Exploration
from negeig.theory.networks.network import LinearRNN

OF_IMPLEMENTATIONS = "negeig precision --arithmetic NAME --certificate FILE writes that of this one"

OF_STOPPED = 100_000
"""States that show at most up to which length a network is right that is not right for all."""


@dataclass
class Certificates:
    """What was made, in order, and for what no certificate was made, with the reason.

    Examples
    --------
    >>> import negeig
    >>> result = negeig.check("(11)*")
    >>> found = of_claims(result.network, result.machine, result.claims)
    >>> [(made.kind, made.about["arithmetic"] == "exact") for made in found.made]
    [('closure', True), ('closure', False), ('closure', False)]
    >>> found.missing
    ['kernel:cpu: a run on words is no proof']
    """

    made: list[Certificate] = field(default_factory=list)
    lacking: list[tuple[str, str]] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """What is lacking, a name and a reason each, as text."""
        return [f"{name}: {reason}" for name, reason in self.lacking]

    def add(self, name: str, make: Callable[[], Certificate]) -> None:
        """Make one, or note why there is none."""
        try:
            self.made.append(readable(make()))
        except (InputError, LimitReached) as error:
            self.lack(name, str(error).removeprefix("certificate: "))

    def add_once(self, name: str, make: Callable[[], Certificate]) -> None:
        """Add one, unless an equal one is there."""
        before = len(self.made)
        self.add(name, make)
        known = [(one.kind, one.about, one.evidence) for one in self.made]
        if len(known) > before and known[-1] in known[:-1]:
            self.made.pop()

    def lack(self, name: str, reason: str) -> None:
        """Note that there is none."""
        self.lacking.append((name, reason))


def of_claims(
    network: LinearRNN | None,
    machine: Machine,
    claims: Iterable[Claim],
    *,
    max_states: int = 2_000_000,
    progress: Progress | None = None,
) -> Certificates:
    """Make a certificate for each claim about a network that has one. See :class:`Certificates`."""
    found = Certificates()
    for claim in claims if network is not None else ():
        assert network is not None
        evidence = claim.evidence
        proof = _Proof(network, machine, claim.arithmetic, max_states, progress)
        if claim.assumptions:  # only what is said of an implementation rests on any
            found.lack(claim.id, OF_IMPLEMENTATIONS)
        elif isinstance(evidence, Closure):
            found.add(claim.id, proof.layer_by_layer if evidence.layerwise else proof.closed)
        elif isinstance(evidence, Region):
            found.add(claim.id, proof.by_regions)
        elif isinstance(evidence, Exactness):
            found.add(claim.id, partial(proof.in_any_order, evidence))
        elif isinstance(evidence, Refutation) and evidence.word is not None:
            found.add(claim.id, partial(proof.errs, evidence.word))
        elif claim.verdict is Verdict.OPEN:
            found.lack(claim.id, "nothing is decided")
        else:
            found.lack(claim.id, "a run on words is no proof")
    return found


@dataclass(frozen=True)
class _Proof:
    """What is certified of a network in one arithmetic, each way to prove it."""

    network: LinearRNN
    machine: Machine
    arithmetic: str
    max_states: int
    progress: Progress | None

    def closed(self) -> Certificate:
        return closure_certificate(
            self.network, self.machine, self.arithmetic,
            max_states=self.max_states, progress=self.progress,
        )  # fmt: skip

    def layer_by_layer(self) -> Certificate:
        return layers_certificate(
            self.network, self.machine, self.arithmetic, progress=self.progress,
            regions=self.arithmetic == "exact",
        )  # fmt: skip

    def by_regions(self) -> Certificate:
        if len(self.network.layers) > 1:
            return layers_certificate(
                self.network, self.machine, self.arithmetic, progress=self.progress
            )
        return regions_certificate(self.network, self.machine, self.arithmetic)

    def in_any_order(self, found: Exactness) -> Certificate:
        return any_order_certificate(
            self.network, self.machine, found, max_states=self.max_states, progress=self.progress
        )

    def up_to(self, length: int) -> Certificate:
        """Of a length that was found, or of a shorter one that is closed in so many states."""
        return horizon_certificate(
            self.network, self.machine, self.arithmetic, min(length, LONGEST), shorten=True,
            max_states=min(self.max_states, OF_STOPPED), progress=self.progress,
        )  # fmt: skip

    def errs(self, word: Word) -> Certificate:
        return word_certificate(self.network, self.machine, self.arithmetic, word)


def of_explorations(
    network: LinearRNN,
    machine: Machine,
    results: Iterable[tuple[str, Exploration]],
    *,
    through: Mapping[str, Any] | None = None,
    max_states: int = 2_000_000,
    max_memory: int = DEFAULT_RESOURCES.max_memory,
    progress: Progress | None = None,
) -> Certificates:
    """Make a certificate for each arithmetic in which a network was explored.

    ``through`` are those that are implementations, with their ``dtype``; they are explored again.
    """
    found = Certificates()
    for name, result in results:
        proof = _Proof(network, machine, name, max_states, progress)
        if through is not None and name in through:
            closed = partial(
                closed_certificate, through[name].implementation, network, machine,
                through[name].dtype, max_states=max_states, max_memory=max_memory,
                progress=progress,
            )  # fmt: skip
            found.add(name, closed)
        elif result.exactness is not None:
            found.add(name, partial(proof.in_any_order, result.exactness))
        elif is_any_order(name):
            found.lack(name, "there is none where sums are added in any order and may be rounded")
        elif result.proof is not None:
            make = {
                "closure": proof.closed, "layers": proof.layer_by_layer,
                "regions": proof.by_regions,
            }[result.proof]  # fmt: skip
            found.add(name, make)
        elif result.verdict == "collision":
            one, two = result.words
            found.add(name, partial(bits_certificate, network, machine, name, (one, two)))
        elif result.wrong_word is not None:
            found.add(name, partial(proof.errs, result.wrong_word))
        elif result.horizon is not None:
            found.add(name, partial(proof.up_to, result.horizon.length))
        elif result.states:  # stopped: what was right until then
            found.add(name, partial(proof.up_to, LONGEST))
        else:
            found.lack(name, "nothing is decided")
    return found


def of_evidence(name: str, evidence: Evidence[Any] | None, about: Any, found: Certificates) -> None:
    """Add the certificate of a piece of evidence that verifies itself, once."""
    if evidence is None:
        return
    found.add_once(name, lambda: kind_of(evidence).certificate(evidence, about))
