"""A certificate of a lower bound on the layers: the chain of idempotents, link by link, as words.

See :mod:`negeig.theory.bounds.peeling`. A link says which words generate what its layer leaves
alone, and a word in them, of the idempotent, in which all that are used occur: so they divide it.
Of the kernel K no more is used than products of idempotents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.automata.varieties.identities import separating_context, word_map
from negeig.claims import InputError
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.last_orders import orders_of
from negeig.proofs_checks.runs.subject import machine_json
from negeig.proofs_checks.runs.words_of_maps import (
    Elements,
    Map,
    Numbers,
    products,
    walks_to,
    word_of,
)
from negeig.theory.bounds.peeling import Peeling

CLAIM = "peeling the machine's monoid at these idempotents leaves what the ending says"


def peeling_certificate(machine: Machine, found: Peeling) -> Certificate:
    """Return the certificate of a chain on a minimal machine.

    Raises
    ------
    InputError
        Where the chain ends with a group complexity, shows nothing, or takes elements of the kernel
        that are no products of idempotents.
    LimitReached
        Beyond :data:`.words_of_maps.MAX_PRODUCTS` products in one link.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.bounds.peeling_greedy import peel
    >>> machine = get("transformations:3").minimal()
    >>> made = peeling_certificate(machine, peel(machine))
    >>> len(made.evidence["links"]), made.evidence["ending"]
    (0, 'idempotents')
    """
    if found.ending in ("trivial", "complexity"):
        raise InputError("certificate", f"there is none for a chain that ends in {found.ending}")
    one = np.arange(machine.size, dtype=machine.transitions.dtype)
    generators = [np.ascontiguousarray(column) for column in machine.transitions.T]
    links: list[_Link] = []
    for link in found.links:
        e = word_map(machine, link.idempotent)
        links.append(_Link.of(generators, one, e, found.reflections))
        one, generators = e, [x for x, _ in links[-1].rest]
    witness = [word_map(machine, word) for word in found.witness]
    last: list[dict[str, Any]] = []
    if found.ending.startswith("last"):
        orders = orders_of(machine, found, generators, one, witness)
        rows, own = _written(links, orders.words(len(generators)), found.reflections)
        count = len(rows[-1]["generators"] if rows else generators)
        last, ends = orders.written(len(generators), own, count)
        sides = orders.sides
    else:
        words, sides = _ending(found, generators, one, witness)
        rows, ends = _written(links, words, found.reflections)
        ends = [*ends, []]
    e_word, f_word, late = ends
    prefix, suffix = separating_context(machine, *sides)
    return Certificate(
        kind="peeling",
        claim=CLAIM,
        about=machine_json(machine),
        evidence={
            "reflections": found.reflections,
            "links": rows,
            "ending": found.ending,
            "e": e_word,
            "f": f_word,
            "late": late,
            "last": last,
            "prefix": list(prefix),
            "suffix": list(suffix),
        },
    )


@dataclass(frozen=True)
class _Link:
    """What a link's layer leaves alone, and what remains.

    ``parts`` are what the layer leaves alone, as words in the generators; ``base`` is a word in
    them that acts as the idempotent, ``walks`` has one more for each part that divides it, which
    may follow; ``rest`` what remains, as words in the parts.
    """

    parts: list[tuple[Map, Numbers]]
    base: Numbers
    walks: dict[int, Numbers]
    rest: list[tuple[Map, Numbers]]

    @classmethod
    def of(cls, generators: Sequence[Map], one: Map, e: Map, reflections: bool) -> _Link:
        there = products(generators, one)
        parts: list[tuple[Map, Numbers]] = [(x, (i,)) for i, x in enumerate(generators)]
        if reflections:
            parts = [(x, word) for x, word in there.values() if (x[x] == x).all()]
        known = {x.tobytes(): (i,) for i, (x, _) in reversed(list(enumerate(parts)))}
        base = known.get(e.tobytes()) or word_of(there, e)
        walks = walks_to([x for x, _ in parts], e)
        own = {i: parts[i][0] for i in walks}
        reached = products(list(own.values()), e)
        numbers = list(own)
        rest: Elements = {}
        for x, word in reached.values():
            rest.setdefault(e[x].tobytes(), (e[x], tuple(numbers[i] for i in word)))
        return cls(parts, base, walks, list(rest.values()))


def _ending(
    found: Peeling, generators: Sequence[Map], one: Map, witness: Sequence[Map]
) -> tuple[list[Numbers], tuple[Map, Map]]:
    """Return the two words of the ending, and the two maps that differ."""
    known = products(generators, one)
    if found.ending == "one layer":
        g = next(i for i, x in enumerate(generators) if (x != one).any())
        return [(), (g,)], (generators[g], one)
    e, f = witness
    if found.ending == "idempotents":
        return [word_of(known, e), word_of(known, f)], (e[f[e]], e[f])
    s = next(i for i, x in enumerate(generators) if (x == f).all())
    walks = walks_to(generators, e)
    return [word_of(known, e) + walks[s], (s,)], (e[f], e)


def _written(
    links: Sequence[_Link], words: Sequence[Numbers], reflections: bool
) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """Return the links and the words of the ending, in the generators that are used alone.

    From the last link to the first: what is used of one level says what is needed of the level
    before.
    """
    rows: list[dict[str, Any]] = []
    ends: list[list[int]] = []
    above: dict[str, Any] | None = None  # the level whose words are still to be numbered anew
    top = list(words)
    for link in reversed(links):
        needed = sorted({i for word in top for i in word})
        _finish(above, ends, _numbered(top, needed), reflections)
        kept = [link.rest[i][1] for i in needed]
        word = link.base
        for part in sorted({i for each in kept for i in each}):
            if part not in word:
                word += link.walks[part]
        above = {"parts": [], "idempotent": [], "generators": []}
        rows.insert(0, above)
        top = [word, *kept]
        if reflections:
            used = sorted(set(word))
            above["idempotent"], *above["generators"] = _numbered(top, used)
            top = [link.parts[i][1] for i in used]
    _finish(above, ends, [list(word) for word in top], reflections)
    return rows, ends


def _finish(
    row: dict[str, Any] | None, ends: list[list[int]], words: list[list[int]], reflections: bool
) -> None:
    """Enter the words of a level: of the ending, of a link's parts, or of its idempotent."""
    if row is None:
        ends += words
    elif reflections:
        row["parts"] = words
    else:
        row["idempotent"], *row["generators"] = words


def _numbered(words: Sequence[Numbers], kept: Sequence[int]) -> list[list[int]]:
    index = {i: n for n, i in enumerate(kept)}
    return [[index[i] for i in word] for word in words]
