"""Certificates of the claims of a command's result, and why some have none."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import (
    Claim,
    Closure,
    InputError,
    LimitReached,
    Progress,
    Refutation,
    Verdict,
)
from negeig.evidence import Evidence
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.kinds import kind_of
from negeig.proofs_checks.runs.closure import closure_certificate
from negeig.proofs_checks.runs.words import bits_certificate, word_certificate
from negeig.theory.closure.explore import Exploration
from negeig.theory.networks.network import LinearRNN


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
    missing: list[str] = field(default_factory=list)

    def add(self, name: str, make: Callable[[], Certificate]) -> None:
        """Make one, or note why there is none."""
        try:
            self.made.append(make())
        except (InputError, LimitReached) as error:
            self.missing.append(f"{name}: {error}")

    def lack(self, name: str, reason: str) -> None:
        """Note that there is none."""
        self.missing.append(f"{name}: {reason}")


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
        if claim.assumptions:  # only what is said of an implementation rests on any
            found.lack(claim.id, "there is none for implementations")
        elif isinstance(evidence, Closure):
            found.add(
                claim.id,
                lambda model=claim.arithmetic: closure_certificate(  # type: ignore[misc]
                    network, machine, model, max_states=max_states, progress=progress
                ),
            )
        elif isinstance(evidence, Refutation) and evidence.word is not None:
            found.add(
                claim.id,
                lambda model=claim.arithmetic, word=evidence.word: word_certificate(  # type: ignore[misc]
                    network, machine, model, word
                ),
            )
        elif claim.verdict is Verdict.OPEN:
            found.lack(claim.id, "nothing is decided")
        elif claim.verdict is Verdict.PASSED:
            found.lack(claim.id, "a run on words is no proof")
        else:
            found.lack(claim.id, "there is none for this kind of proof")
    return found


def of_explorations(
    network: LinearRNN,
    machine: Machine,
    results: Iterable[tuple[str, Exploration]],
    *,
    max_states: int = 2_000_000,
    progress: Progress | None = None,
) -> Certificates:
    """Make a certificate for each arithmetic in which a network was explored."""
    found = Certificates()
    for name, result in results:
        if name.startswith("impl:") or name.startswith("any-order"):
            found.lack(name, "there is none for implementations and any order")
        elif result.proof in ("closure", "layers"):
            found.add(
                name,
                lambda model=name: closure_certificate(  # type: ignore[misc]
                    network, machine, model, max_states=max_states, progress=progress
                ),
            )
        elif result.verdict == "collision":
            one, two = result.words
            found.add(
                name,
                lambda model=name, words=(one, two): bits_certificate(  # type: ignore[misc]
                    network, machine, model, words
                ),
            )
        elif result.wrong_word is not None:
            found.add(
                name,
                lambda model=name, word=result.wrong_word: word_certificate(  # type: ignore[misc]
                    network, machine, model, word
                ),
            )
        elif result.verdict == "open":
            found.lack(name, "nothing is decided")
        else:
            found.lack(name, "there is none for this kind of proof")
    return found


def of_evidence(name: str, evidence: Evidence[Any] | None, about: Any, found: Certificates) -> None:
    """Add the certificate of a piece of evidence that verifies itself, once."""
    if evidence is None:
        return
    before = len(found.made)
    found.add(name, lambda: kind_of(evidence).certificate(evidence, about))
    if len(found.made) > before and any(
        one.kind == found.made[-1].kind and one.evidence == found.made[-1].evidence
        for one in found.made[:-1]
    ):
        found.made.pop()
