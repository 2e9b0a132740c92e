"""Claims about a network: exact proof, proof in floating point, and a run on words.

Constructions are proposals; :func:`choose` picks one by proving it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.claims import (
    DEFAULT_RESOURCES,
    Claim,
    InputError,
    LimitReached,
    Progress,
    Resources,
    Unavailable,
    Verdict,
    Word,
)
from negeig.theory.closure.exact_closure import ExactSemantics, exact_closure
from negeig.theory.closure.explore import Exploration, Semantics, Task
from negeig.theory.constructions.route import Construction, why_not
from negeig.theory.constructions.routes import proposals
from negeig.theory.networks.network import LinearRNN

CLAIM_VERDICTS = {
    "proved": Verdict.PROVED,
    "collision": Verdict.REFUTED,
    "wrong": Verdict.REFUTED,
    "open": Verdict.OPEN,
}

CLOSURE_STATEMENT = "the network's output is the machine's on every word of every length"

Choice: TypeAlias = tuple[Construction | None, str, list[tuple[Construction, str]], list[Claim]]


def choose(
    minimal: Machine,
    arithmetic: Sequence[str],
    *,
    resources: Resources = DEFAULT_RESOURCES,
    progress: Progress | None = None,
) -> Choice:
    """Return the cheapest network whose claims are all proved, why, the cheaper ones, the claims.

    Constructions are proposals; they are chosen by proving them. Where none has all its claims
    proved, the cheapest one that is exactly right is returned with what was found. Searches and the
    cascade are asked until some network needs no rounding to be stored. While a dearer proposal is
    left, a closure may take no more than ``TRIAL_STATES`` states.
    """
    found = proposals(
        minimal,
        fits=lambda c: all(is_held(c.network, name) for name in arithmetic),
        seconds=resources.construction_seconds,
        progress=progress,
    )
    if not found.constructions:
        reasons = [str(limit) for limit in found.limits] or [why_not(minimal)]
        return None, "; ".join(reasons), [], []

    def prove(proposal: Construction, limits: Resources) -> list[Claim]:
        claims = [exact_claim(proposal.network, minimal, limits, progress)]
        if claims[0].verdict is Verdict.PROVED:
            claims += [
                hardware_claim(proposal.network, minimal, name, limits, progress)
                for name in arithmetic
                if name != "exact"
            ]
        return claims

    trial = replace(resources, max_closure=min(TRIAL_STATES, resources.max_closure))
    tried: list[tuple[Construction, list[Claim]]] = []
    for proposal in found.constructions:
        is_last = proposal is found.constructions[-1]
        claims = prove(proposal, resources if is_last else trial)
        if all(claim.verdict is Verdict.PROVED for claim in claims):
            others = [(other, failure_text(made)) for other, made in tried]
            return proposal, "the cheapest at hand with every claim proved", others, claims
        tried.append((proposal, claims))
    tried.sort(key=lambda pair: pair[1][0].verdict is not Verdict.PROVED)
    (best, claims), *rest = tried
    if best is not found.constructions[-1]:
        claims = prove(best, resources)
    others = [(other, failure_text(made)) for other, made in rest]
    return best, "the cheapest at hand; not every claim is proved", others, claims


TRIAL_STATES = 20_000
"""Most network states of the closure of a network while a dearer proposal is left to try."""


def is_held(network: LinearRNN, arithmetic: str) -> bool:
    """Whether every parameter of a network is a value of an arithmetic's format."""
    from negeig.precision.numbers.arithmetic import parse
    from negeig.precision.stored import round_parameters

    model = parse(arithmetic)
    if model.is_exact:
        return True
    try:
        round_parameters(network, model, round_parameters=False)
    except InputError:
        return False
    return True


def rounded(network: LinearRNN, arithmetic: str) -> int:
    """Return how many parameters an arithmetic's format does not hold and rounds.

    Raises InputError where one is beyond the range of the format.
    """
    from negeig.precision.numbers.arithmetic import parse
    from negeig.precision.stored import round_parameters

    model = parse(arithmetic)
    if model.is_exact:
        return 0
    return len(round_parameters(network, model, round_parameters=True)[1])


def exact_claim(
    network: LinearRNN,
    machine: Machine,
    resources: Resources = DEFAULT_RESOURCES,
    progress: Progress | None = None,
) -> Claim:
    """Return the claim that a network is right for all lengths in exact arithmetic."""
    return _closure_claim(
        "exact",
        "exact",
        network,
        machine,
        lambda: ExactSemantics(network),
        lambda: exact_closure(
            network, machine, max_states=resources.max_closure, progress=progress
        ),
    )


def hardware_claim(
    network: LinearRNN,
    machine: Machine,
    name: str,
    resources: Resources = DEFAULT_RESOURCES,
    progress: Progress | None = None,
) -> Claim:
    """Return the claim that a network is right for all lengths in one arithmetic.

    Parameters that the format cannot hold are rounded to nearest even, and the detail says so.
    """
    from negeig.precision.closure.reference import ReferenceSemantics
    from negeig.precision.closure.rounded_closure import closure
    from negeig.precision.numbers.arithmetic import parse
    from negeig.precision.stored import round_parameters

    model = parse(name)
    claim_id = name.removesuffix(":all-ops")
    try:
        parameters, changed = round_parameters(network, model, round_parameters=True)
    except InputError as error:
        return Claim(
            id=claim_id,
            statement=CLOSURE_STATEMENT,
            arithmetic=model.name,
            verdict=Verdict.OPEN,
            detail=f"the format cannot hold the network: {error}",
        )
    note = f"; {_parameters(len(changed))} rounded to nearest even" if changed else ""
    return _closure_claim(
        claim_id,
        model.name,
        network,
        machine,
        lambda: ReferenceSemantics(network, parameters, model),
        lambda: closure(
            network,
            machine,
            model,
            max_states=resources.max_closure,
            max_memory=resources.max_memory,
            round_parameters=True,
            progress=progress,
        ),
        note,
    )


def kernel_claim(
    network: LinearRNN,
    machine: Machine,
    backend: str,
    seed: int = 0,
    resources: Resources = DEFAULT_RESOURCES,
) -> tuple[Claim, str | None]:
    """Run a network on one backend; return the empirical claim and the device it ran on.

    A backend that is missing, or cannot take the network, leaves the claim open and says why.

    Only the CPU loop is held to ``resources.run_seconds``: an interpreted kernel is slow, and was
    asked for by name.
    """
    from negeig.kernels.conformance import compare

    statement = f"the {backend} kernel gives the machine's output at every position tried"
    try:
        result = compare(
            network,
            machine,
            backend=backend,
            seed=seed,
            budget_seconds=resources.run_seconds if backend == "cpu" else None,
        )
    except Unavailable as missing:
        claim = Claim(
            id=f"kernel:{backend}",
            statement=statement,
            arithmetic="hardware",
            verdict=Verdict.OPEN,
            detail=str(missing),
        )
        return claim, None
    claim = Claim(
        id=f"kernel:{backend}",
        statement=statement,
        arithmetic="hardware",
        verdict=result.verdict,
        tokens=result.tokens,
        mismatches=result.mismatches,
        word=result.word,
        seconds=result.seconds,
        detail=result.detail,
    )
    return claim, result.device


def _closure_claim(
    claim_id: str,
    arithmetic: str,
    network: LinearRNN,
    machine: Machine,
    semantics: Callable[[], Semantics[Any]],
    explore: Callable[[], Exploration],
    note: str = "",
) -> Claim:
    """Turn an exploration into a claim; one that ran out of time or memory stays open."""
    start = time.perf_counter()
    try:
        result = explore()
    except LimitReached as limit:
        result = Exploration("open", states=0, depth=0, reason=str(limit))
    word = result.wrong_word
    if word is None and result.verdict == "collision":
        word = _erring(result.words, semantics(), network, machine)
    details = {
        "proved": result.reason or f"closed at {result.states:,} states, depth {result.depth:,}",
        "collision": "two words reach the same state and need different outputs",
        "wrong": "the decoder table errs on the word",
        "open": result.reason,
    }
    return Claim(
        id=claim_id,
        statement=CLOSURE_STATEMENT,
        arithmetic=arithmetic,
        verdict=CLAIM_VERDICTS[result.verdict],
        states=result.states,
        word=word,
        seconds=time.perf_counter() - start,
        detail=details[result.verdict] + note,
    )


def _erring(
    words: Sequence[Word], semantics: Semantics[Any], network: LinearRNN, machine: Machine
) -> Word:
    """Return the word of a collision on which the tables err: at the other they may be right."""
    task = Task(network, machine)
    for word in words:
        state, symbol = semantics.initial(), None
        goal = task.initial
        for letter in word:
            state, symbol = semantics.step(state, letter)
            goal = task.delta[goal][task.alphabet.index(letter)]
        if not task.is_right(symbol, goal):
            return word
    raise AssertionError("one of two colliding words must be wrong")


def _parameters(count: int) -> str:
    return f"{count:,} parameter{'' if count == 1 else 's'}"


def failure_text(claims: Sequence[Claim]) -> str:
    """Say which claims are not proved, and why; empty where all are."""
    failed = [claim for claim in claims if claim.verdict is not Verdict.PROVED]
    return "; ".join(f"{claim.id} {claim.verdict.value}: {claim.detail}" for claim in failed)
