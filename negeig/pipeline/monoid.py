"""What a task is, as a result: its monoid's structure, varieties, circuit class, decomposition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.claims import DEFAULT_RESOURCES, Letter, LimitReached, Resources
from negeig.pipeline.result import claim_json, machine_json

MAX_DEGREE = 1_000
"""Most points of a group classified from its generators: orders stay below 10^4300."""

MAX_DECOMPOSED = 500
"""States of the largest machine that is decomposed here; the work grows with their cube."""

UNLISTED: dict[str, Any] = {"listed": False, "varieties": None, "circuits": None}
"""What a description lacks where the elements are not listed."""

SMALL = 100
"""Elements of a monoid whose egg-box picture is part of its description."""


def describe(
    source: str,
    machine: Machine,
    notices: Sequence[str],
    *,
    elements: bool = False,
    resources: Resources = DEFAULT_RESOURCES,
) -> dict[str, Any]:
    """Return everything about the transition monoid of a minimal machine, ``negeig.monoid/1``.

    A monoid with more elements than ``resources`` allow is not listed: its structure is computed
    without, and what needs the elements (varieties, circuit class) is left out. Raises
    LimitReached when its structure is too large as well, or when the elements were asked for.
    """
    result: dict[str, Any] = {
        "schema": "negeig.monoid/1",
        "source": source,
        "alphabet": list(machine.alphabet),
        "machine": machine_json(machine),
        "notices": list(notices),
    }
    try:
        monoid = _listed(machine, resources)
    except LimitReached:
        if elements:
            raise
        result |= {"monoid": _structure(machine, machine.alphabet, resources), **UNLISTED}
    else:
        result |= {"monoid": summary_of(monoid), "listed": True, **_classes(monoid)}
        if monoid.size <= SMALL:
            from negeig.automata.monoids.eggbox import eggbox_text
            from negeig.automata.monoids.green import GreenRelations

            result["eggbox"] = eggbox_text(GreenRelations(monoid)).splitlines()
        if elements:
            result |= {"acts_on": monoid.acts_on, "elements": _elements(monoid)}
    return {**result, "decomposition": _decomposition(machine)}


def describe_group(
    source: str, generators: Mapping[Letter, Sequence[int]], resources: Resources
) -> dict[str, Any]:
    """Return the same for the word problem of a permutation group, without building its machine.

    The transition monoid is the group itself, and Schreier-Sims needs only its generators.
    """
    degree = len(next(iter(generators.values())))
    if degree > MAX_DEGREE:
        raise LimitReached("points of the group", MAX_DEGREE, reached=degree)
    maps = [list(images) for images in generators.values()]
    monoid = _structure(maps, tuple(generators), resources)
    return {
        "schema": "negeig.monoid/1",
        "source": source,
        "alphabet": list(generators),
        "machine": None,
        "notices": [
            f"the machine of {monoid['size']:,} states is not built: the group is classified from "
            f"its generators on {degree} points"
        ],
        "monoid": monoid,
        **UNLISTED,
        "decomposition": {"levels": None, "reason": "a group is one level of permutations"},
    }


def summary_of(monoid: TransitionMonoid) -> dict[str, Any]:
    """Return the object ``monoid`` of ``negeig.check/1`` for a monoid that is listed."""
    from negeig.automata.monoids.green import summary

    letters = _letters(monoid.machine.alphabet, monoid.letter_index_period)
    return {**summary(monoid), "letters": letters}


def summary_unlisted(machine: Machine, resources: Resources) -> dict[str, Any] | None:
    """Return the same for a monoid that is too large to list, or None past the limits again."""
    try:
        return _structure(machine, machine.alphabet, resources)
    except LimitReached:
        return None


def _structure(
    source: Machine | list[list[int]], alphabet: Sequence[Letter], resources: Resources
) -> dict[str, Any]:
    """Describe the monoid of a machine, or of the letters' maps, without listing it."""
    from negeig.automata.monoids.structure import structure, summary

    found = structure(source, max_elements=resources.max_elements, max_memory=resources.max_memory)
    return {**summary(found), "letters": _letters(alphabet, found.letter_index_period)}


def _listed(machine: Machine, resources: Resources) -> TransitionMonoid:
    return transition_monoid(
        machine, max_elements=resources.max_elements, max_memory=resources.max_memory
    )


def _letters(alphabet: Sequence[Letter], orbits: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    return [
        {"letter": letter, "index": index, "period": period}
        for letter, (index, period) in zip(alphabet, orbits, strict=True)
    ]


def _elements(monoid: TransitionMonoid) -> list[dict[str, Any]]:
    idempotents = set(monoid.idempotents.tolist())
    return [
        {
            "word": list(monoid.word(e)),
            "map": monoid.maps[e].tolist(),
            "right": monoid.right[e].tolist(),
            "left": monoid.left[e].tolist(),
            "idempotent": e in idempotents,
        }
        for e in range(monoid.size)
    ]


def _classes(monoid: TransitionMonoid) -> dict[str, Any]:
    from negeig.automata.varieties.circuits import circuit_class
    from negeig.automata.varieties.membership import classify

    return {
        "varieties": [membership.to_json() for membership in classify(monoid)],
        "circuits": circuit_class(monoid).to_json(),
    }


def _decomposition(machine: Machine) -> dict[str, Any]:
    """Return a verified Krohn-Rhodes decomposition, or the limit that it hit."""
    from negeig.automata.decomposition.cascade_check import verify
    from negeig.automata.decomposition.cascade_text import describe as text
    from negeig.automata.decomposition.holonomy import holonomy

    if machine.size > MAX_DECOMPOSED:
        reason = f"not tried: {machine.size:,} states, and the limit is {MAX_DECOMPOSED}"
        return {"levels": None, "reason": reason}
    try:
        cascade = holonomy(machine)
        claim = verify(cascade, machine)
    except LimitReached as limit:
        return {"levels": None, "reason": str(limit)}
    return {
        "levels": [
            {
                "points": level.points,
                "notation": level.notation,
                "components": [asdict(component.group) for component in level.components],
            }
            for level in cascade.levels
        ],
        "height": cascade.height,
        "tuples": len(cascade.states),
        "claim": {**claim_json(claim), "seconds": round(claim.seconds, 6)},
        "text": text(cascade).splitlines(),
    }
