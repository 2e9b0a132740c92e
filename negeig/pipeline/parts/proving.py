"""Claims about a network: exact proof, proof in floating point, and a run on words."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from negeig.automata.machines.machine import Machine
from negeig.claims import (
    DEFAULT_RESOURCES,
    Claim,
    Closure,
    Exactness,
    InputError,
    LimitReached,
    Open,
    Progress,
    Refutation,
    Region,
    Resources,
    Run,
    Unavailable,
    Verdict,
    Word,
)
from negeig.precision.numbers.models import short_name
from negeig.theory.closure.exact_search import ExactSemantics, exact_closure
from negeig.theory.closure.explore import Exploration, Semantics, Task
from negeig.theory.networks.network import LinearRNN
from negeig.theory.theorems import ids

if TYPE_CHECKING:
    from negeig.kernels.uses import Uses

CLOSURE_STATEMENT = "the network's output is the machine's on every word of every length"


@dataclass(frozen=True, kw_only=True)
class ThroughClaim(Claim):
    """A claim about an implementation that was given a network, and not about the network.

    Parameters
    ----------
    uses : Uses
        The inputs that the network gives it: nothing is said of others.
    """

    uses: Uses

    def to_json(self) -> dict[str, Any]:
        """Return the claim as a row of ``negeig.check/1``, with ``uses``."""
        return super().to_json() | {"uses": self.uses.to_json()}


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
    from negeig.pipeline.parts.rounded import explore_rounded
    from negeig.precision.closure.kernel_key_effect import kernel_key_effect
    from negeig.precision.closure.native_operations import reference_of
    from negeig.precision.numbers.arithmetic import parse
    from negeig.precision.stored import round_parameters

    model = parse(name)
    claim_id = short_name(name)
    try:
        parameters, changed = round_parameters(network, model, round_parameters=True)
        effect = kernel_key_effect(network, model)
    except InputError as error:
        return Claim(
            id=claim_id,
            statement=CLOSURE_STATEMENT,
            arithmetic=model.name,
            evidence=Open(detail=f"the network cannot be stored: {error}"),
        )
    note = f"; {parameters_text(len(changed))} rounded to nearest even" if changed else ""
    note += "" if effect is None else f"; {effect}"
    return _closure_claim(
        claim_id,
        model.name,
        network,
        machine,
        lambda: reference_of(network, parameters, model),
        lambda: explore_rounded(
            network,
            machine,
            model,
            round_parameters=True,
            resources=resources,
            progress=progress,
        ),
        note,
    )


def kernel_claim(
    network: LinearRNN,
    machine: Machine,
    backend: str,
    seed: int = 0,
) -> Claim:
    """Run a network on one backend, and return the empirical claim.

    How many words are run follows from the sizes of the network. A backend that is missing, or
    cannot take the network, leaves the claim open and says why.
    """
    from negeig.kernels.conformance import compare

    evidence: Run | Open
    seconds = 0.0
    try:
        result = compare(network, machine, backend=backend, seed=seed)
    except Unavailable as missing:
        evidence = Open(detail=str(missing))
    else:
        seconds = result.seconds
        evidence = Run(
            tokens=result.tokens,
            mismatches=result.mismatches,
            word=result.word,
            verdict=result.verdict,
            device=result.device,
            detail=result.detail,
        )
    return Claim(
        id=f"kernel:{backend}",
        statement=f"the {backend} kernel gives the machine's output at every position tried",
        arithmetic="hardware",
        evidence=evidence,
        seconds=seconds,
    )


def through_claim(
    claim_id: str,
    arithmetic: str,
    found: Exploration,
    note: str = "",
    uses: Uses | None = None,
) -> Claim:
    """Return the claim of an exploration in any order, or through an implementation.

    With what it assumes, and what the network uses where it is about an implementation.
    """
    evidence: Closure | Exactness | Refutation | Open
    if found.verdict == "proved" and found.exactness is not None:
        evidence = replace(found.exactness, detail=found.exactness.detail + note)
    elif found.verdict == "proved":
        evidence = Closure(states=found.states, detail=_closed(found) + note)
    elif found.wrong_word is not None:
        why = "an output is wrong in one call of all tokens"
        evidence = Refutation(word=found.wrong_word, states=found.states, detail=why + note)
    else:
        evidence = Open(states=found.states, detail=found.reason + note)
    kind = Claim if uses is None else partial(ThroughClaim, uses=uses)
    return kind(
        id=claim_id,
        statement=CLOSURE_STATEMENT,
        arithmetic=arithmetic,
        evidence=evidence,
        seconds=found.seconds,
        assumptions=found.assumptions,
    )


def theorem_of(claim: Claim) -> str:
    """Return the theorem by which a proved claim of a network holds for words of every length.

    Examples
    --------
    >>> from negeig.claims import Region
    >>> exact, rounded = (
    ...     Claim(id=a, statement=CLOSURE_STATEMENT, arithmetic=a, evidence=Region(boxes=2))
    ...     for a in ("exact", "bf16")
    ... )
    >>> theorem_of(exact), theorem_of(rounded)
    ('regions', 'margin')
    """
    if not isinstance(claim.evidence, Region):
        return ids.CLOSURE
    return ids.REGIONS if claim.arithmetic == "exact" else ids.MARGIN


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
        result = Exploration.unexplored(str(limit))
    return Claim(
        id=claim_id,
        statement=CLOSURE_STATEMENT,
        arithmetic=arithmetic,
        evidence=_evidence(result, semantics, network, machine, note),
        seconds=time.perf_counter() - start,
    )


def _evidence(
    result: Exploration,
    semantics: Callable[[], Semantics[Any]],
    network: LinearRNN,
    machine: Machine,
    note: str,
) -> Closure | Region | Refutation | Open:
    """Return what an exploration shows; ``note`` says what was rounded for it."""
    states = result.states
    if result.boxes:
        region = result.region or Region(boxes=result.boxes)
        return replace(region, detail=result.reason + note)
    if result.verdict == "proved":
        closed = result.reason or _closed(result)
        return Closure(states=states, layerwise=result.layerwise, detail=closed + note)
    if result.verdict == "open":
        return Open(states=states, detail=result.reason + note)
    word, why = result.wrong_word, "the decoder table errs on the word"
    if result.verdict == "collision":
        why = "two words reach the same state and need different outputs"
        if word is None:
            word = _erring(result.words, semantics(), network, machine)
    return Refutation(word=word, states=states, detail=why + note)


def _closed(result: Exploration) -> str:
    return f"closed at {result.states:,} states, depth {result.depth:,}"


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


def parameters_text(count: int) -> str:
    """Return ``1 parameter``, ``2 parameters``."""
    return f"{count:,} parameter{'' if count == 1 else 's'}"


def failure_text(claims: Sequence[Claim]) -> str:
    """Say which claims are not proved, and why; empty where all are."""
    failed = [claim for claim in claims if claim.verdict is not Verdict.PROVED]
    return "; ".join(f"{claim.id} {claim.verdict.value}: {claim.detail}" for claim in failed)
