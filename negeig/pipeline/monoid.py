"""``negeig monoid``: a task's monoid: structure, varieties, circuit class, decomposition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from negeig.automata.language import Language
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.claims import DEFAULT_RESOURCES, Letter, LimitReached, Resources, Verdict
from negeig.pipeline.parts.documents import machine_json
from negeig.shown import Shown

MAX_DEGREE = 1_000
"""Most points of a group classified from its generators: orders stay below 10^4300."""

MAX_DECOMPOSED = 500
"""States of the largest machine that is decomposed here; the work grows with their cube."""

SMALL = 100
"""Elements of a monoid whose egg-box picture is part of its description."""


@dataclass(frozen=True, kw_only=True, repr=False)
class MonoidResult(Shown):
    """What the transition monoid of a task is.

    Attributes
    ----------
    source, alphabet, notices
        What was read, and what was completed or determinised on the way.
    machine : Machine or None
        Minimal; None for the word problem of a group that is too large to build.
    monoid : mapping
        Size, numbers of classes, subgroups, periods of letters.
    listed : bool
        Whether the elements were listed. Without, ``varieties``, ``circuits`` and
        ``since_depth`` are None.
    varieties, circuits, since_depth, decomposition
        Rows of ``negeig.monoid/1``.
    eggbox : tuple of str or None
        The picture of a small monoid, as text.
    acts_on, elements
        Every element with a shortest word, its map and both Cayley graphs, where asked for.
    """

    source: str
    alphabet: tuple[Letter, ...]
    machine: Machine | None
    notices: tuple[str, ...]
    monoid: Mapping[str, Any]
    listed: bool
    varieties: Sequence[Mapping[str, Any]] | None
    circuits: Mapping[str, Any] | None
    since_depth: Mapping[str, Any] | None
    decomposition: Mapping[str, Any]
    eggbox: tuple[str, ...] | None = None
    acts_on: str | None = None
    elements: Sequence[Mapping[str, Any]] | None = None
    exit_code: int = 0

    def __repr__(self) -> str:
        return f"MonoidResult({self.source!r}, {self.monoid['size']} elements)"

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.monoid/1``."""
        asked = {
            "eggbox": None if self.eggbox is None else list(self.eggbox),
            "acts_on": self.acts_on,
            "elements": self.elements,
        }
        return {
            "schema": "negeig.monoid/1",
            "source": self.source,
            "alphabet": list(self.alphabet),
            "machine": None if self.machine is None else machine_json(self.machine),
            "notices": list(self.notices),
            "monoid": self.monoid,
            "listed": self.listed,
            "varieties": self.varieties,
            "circuits": self.circuits,
            "since_depth": self.since_depth,
            **{key: value for key, value in asked.items() if value is not None},
            "decomposition": self.decomposition,
        }


def monoid(
    language: Language, *, elements: bool = False, resources: Resources = DEFAULT_RESOURCES
) -> MonoidResult:
    """Return everything about the transition monoid of a language's minimal machine.

    Structure, varieties with witnesses, circuit class, depth of nested Since and a verified
    Krohn-Rhodes decomposition; with ``elements``, every element too. A monoid with more elements
    than ``resources`` allow is not listed: its structure is computed without, and what needs the
    elements is left out. Raises LimitReached when its structure is too large as well, or when the
    elements were asked for.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> monoid(Source("regex", "(ab)*").read()).monoid["size"]
    6
    """
    machine = language.machine.minimal()
    decomposition = _decomposition(machine)
    found: dict[str, Any]
    try:
        listed = _listed(machine, resources)
    except LimitReached:
        if elements:
            raise
        found = {"monoid": _structure(machine, machine.alphabet, resources), **UNLISTED}
    else:
        found = {"monoid": summary_of(listed), "listed": True, **_classes(listed)}
        found["since_depth"] = _since(listed, decomposition)
        if listed.size <= SMALL:
            from negeig.automata.monoids.eggbox import eggbox_text
            from negeig.automata.monoids.green import GreenRelations

            found["eggbox"] = tuple(eggbox_text(GreenRelations(listed)).splitlines())
        if elements:
            found |= {"acts_on": listed.acts_on, "elements": _elements(listed)}
    return MonoidResult(
        source=language.source,
        alphabet=machine.alphabet,
        machine=machine,
        notices=language.notices,
        decomposition=decomposition,
        **found,
    )


def word_problem(name: str, resources: Resources = DEFAULT_RESOURCES) -> MonoidResult | None:
    """Return the same for the zoo's word problem of a permutation group, machine not built.

    The transition monoid is the group itself, and Schreier-Sims needs only its generators. None
    where the task is no such word problem.
    """
    from negeig.automata.zoo import find

    entry, parameters = find(name)
    if entry.generators is None:
        return None
    generators = entry.generators(*parameters)
    degree = len(next(iter(generators.values())))
    if degree > MAX_DEGREE:
        raise LimitReached("points of the group", MAX_DEGREE, reached=degree)
    maps = [list(images) for images in generators.values()]
    structure = _structure(maps, tuple(generators), resources)
    return MonoidResult(
        source=f"zoo:{name}",
        alphabet=tuple(generators),
        machine=None,
        notices=(
            f"the machine of {structure['size']:,} states is not built: the group is classified "
            f"from its generators on {degree} points",
        ),
        monoid=structure,
        decomposition={"levels": None, "reason": "a group is one level of permutations"},
        **UNLISTED,
    )


UNLISTED: dict[str, Any] = {
    "listed": False,
    "varieties": None,
    "circuits": None,
    "since_depth": None,
}
"""What a description lacks where the elements are not listed."""


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


def _since(monoid: TransitionMonoid, decomposition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the depth of nested Since; a cascade of resets says how much is enough."""
    from negeig.automata.varieties.since_depth import since_depth

    depth, levels = since_depth(monoid), decomposition["levels"]
    if levels is None or decomposition["claim"]["verdict"] != Verdict.PROVED:
        return depth.to_json()
    orders = [group["order"] for level in levels for group in level["components"]]
    return (depth.with_cascade(len(levels)) if set(orders) <= {1} else depth).to_json()


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
        "claim": claim.to_json(),
        "text": text(cascade).splitlines(),
    }
