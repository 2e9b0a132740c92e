"""A certificate of a lower bound on the layers: the chain of idempotents, link by link, as words.

See :mod:`negeig.theory.bounds.peeling`. A link says which words generate what its layer leaves
alone, and a word in them, of the idempotent, in which all that are used occur: so they divide it.
Of the kernel K no more is used than products of idempotents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.automata.varieties.identities import separating_context, word_map
from negeig.claims import InputError, LimitReached
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.subject import machine_json
from negeig.theory.bounds.peeling import Peeling

CLAIM = "peeling the machine's monoid at these idempotents leaves what the ending says"

MAX_PRODUCTS = 2_000_000
"""Products of elements that are looked at for a link."""

Map: TypeAlias = NDArray[Any]
Numbers: TypeAlias = tuple[int, ...]
Elements: TypeAlias = dict[bytes, tuple[Map, Numbers]]
"""Maps of the states, by their bytes, each with a word that acts as it."""


def peeling_certificate(machine: Machine, found: Peeling) -> Certificate:
    """Return the certificate of a chain on a minimal machine.

    Raises
    ------
    InputError
        Where the chain ends with a group complexity or with last edges or letters, shows nothing,
        or takes elements of the kernel that are no products of idempotents.
    LimitReached
        Beyond ``MAX_PRODUCTS`` products in one link.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.bounds.peeling_greedy import peel
    >>> machine = get("transformations:3").minimal()
    >>> made = peeling_certificate(machine, peel(machine))
    >>> len(made.evidence["links"]), made.evidence["ending"]
    (0, 'idempotents')
    """
    if found.ending in ("trivial", "complexity", "last edges", "last letters"):
        raise InputError("certificate", f"there is none for a chain that ends in {found.ending}")
    one = np.arange(machine.size, dtype=machine.transitions.dtype)
    generators = [np.ascontiguousarray(column) for column in machine.transitions.T]
    links: list[_Link] = []
    for link in found.links:
        e = word_map(machine, link.idempotent)
        links.append(_Link.of(generators, one, e, found.reflections))
        one, generators = e, [x for x, _ in links[-1].rest]
    witness = [word_map(machine, word) for word in found.witness]
    if found.ending == "last parts":
        last, words, ends, sides = _last_parts(generators, one, witness)
        rows, last["parts"] = _written(links, words, found.reflections)
        rows.append(last)
    else:
        words, sides = _ending(found, generators, one, witness)
        rows, ends = _written(links, words, found.reflections)
    e_word, f_word = ends
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
        elements = _elements(generators, one)
        parts: list[tuple[Map, Numbers]] = [(x, (i,)) for i, x in enumerate(generators)]
        if reflections:
            parts = [(x, word) for x, word in elements.values() if (x[x] == x).all()]
        known = {x.tobytes(): (i,) for i, (x, _) in reversed(list(enumerate(parts)))}
        base = known.get(e.tobytes()) or _word(elements, e)
        walks = _walks([x for x, _ in parts], e)
        own = {i: parts[i][0] for i in walks}
        reached = _elements(list(own.values()), e)
        numbers = list(own)
        rest: Elements = {}
        for x, word in reached.values():
            rest.setdefault(e[x].tobytes(), (e[x], tuple(numbers[i] for i in word)))
        return cls(parts, base, walks, list(rest.values()))


def _word(elements: Elements, x: Map) -> Numbers:
    """Return a word for a map. Raises InputError where none of the elements acts as it."""
    found = elements.get(x.tobytes())
    if found is None:
        raise InputError("certificate", "the chain takes more than products of idempotents")
    return found[1]


def _elements(generators: Sequence[Map], one: Map) -> Elements:
    """List all products of some maps that begin with ``one``, with shortest words."""
    found: Elements = {one.tobytes(): (one, ())}
    queue = [(one, ())]
    for x, word in queue:  # grows while it is read
        if len(queue) * len(generators) > MAX_PRODUCTS:
            raise LimitReached("products of a chain", MAX_PRODUCTS, reached=MAX_PRODUCTS + 1)
        for i, g in enumerate(generators):
            if g[x].tobytes() not in found:
                made: Any = (g[x], (*word, i))
                found[g[x].tobytes()] = made
                queue.append(made)
    return found


def _walks(parts: Sequence[Map], e: Map) -> dict[int, Numbers]:
    """Return for each part that divides e a word in which it occurs, w with ew = e."""
    there = _elements(parts, e)
    sources: dict[bytes, list[tuple[bytes, int]]] = {}
    for key, (x, _) in there.items():
        for i, part in enumerate(parts):
            sources.setdefault(part[x].tobytes(), []).append((key, i))
    back: dict[bytes, Numbers] = {e.tobytes(): ()}
    queue = [e.tobytes()]
    for target in queue:  # grows while it is read
        for key, i in sources.get(target, ()):
            if key not in back:
                back[key] = (i, *back[target])
                queue.append(key)
    walks: dict[int, Numbers] = {}
    for key in back:
        x, word = there[key]
        for i, part in enumerate(parts):
            after = part[x].tobytes()
            if after in back and i not in walks:
                walks[i] = (*word, i, *back[after])
    return walks


def _ending(
    found: Peeling, generators: Sequence[Map], one: Map, witness: Sequence[Map]
) -> tuple[list[Numbers], tuple[Map, Map]]:
    """Return the two words of the ending, and the two maps that differ."""
    elements = _elements(generators, one)
    if found.ending == "one layer":
        g = next(i for i, x in enumerate(generators) if (x != one).any())
        return [(), (g,)], (generators[g], one)
    e, f = witness
    if found.ending == "idempotents":
        return [_word(elements, e), _word(elements, f)], (e[f[e]], e[f])
    s = next(i for i, x in enumerate(generators) if (x == f).all())
    walks = _walks(generators, e)
    return [_word(elements, e) + walks[s], (s,)], (e[f], e)


def _last_parts(
    generators: Sequence[Map], one: Map, witness: Sequence[Map]
) -> tuple[dict[str, Any], list[Numbers], list[list[int]], tuple[Map, Map]]:
    """Return the link that has x and y, the words of its parts, e and f in x and y, and both sides.

    The parts are idempotents in the generators, x and y words in them. The idempotent of the link
    is a word that ends in x after y, after which efe and fe differ.
    """
    x, y, e, f = witness
    parts = [
        (part, word) for part, word in _elements(generators, one).values()
        if (part[part] == part).all()
    ]  # fmt: skip
    products = _elements([part for part, _ in parts], one)
    both = [_word(products, z) for z in (x, y)]
    used = sorted({i for word in both for i in word})
    after = _ending_in(x, y, one)
    powers = {key: word for (key, has_y, is_x), word in after.items() if is_x and not has_y}
    late = {key: word for (key, has_y, is_x), word in after.items() if is_x and has_y}
    ends = [list((late | powers)[z.tobytes()]) for z in (e, f)]
    for key, word in late.items():
        t = np.frombuffer(key, one.dtype)
        sides = e[f[e[t]]], e[f[t]]
        if (sides[0] != sides[1]).any():
            row = {"parts": [], "idempotent": list(word), "generators": _numbered(both, used)}
            return row, [parts[i][1] for i in used], ends, sides
    raise AssertionError("efe and fe differ after one of them")


def _ending_in(x: Map, y: Map, one: Map) -> dict[tuple[bytes, bool, bool], Numbers]:
    """Return the maps of words over x and y, with whether y occurs, and whether x comes last.

    Each with a shortest word, x as 0 and y as 1.
    """
    start = one.tobytes(), False, False
    found: dict[tuple[bytes, bool, bool], Numbers] = {start: ()}
    queue = [(start, one)]
    for key, before in queue:  # grows while it is read
        for i, part in enumerate((x, y)):
            map_ = part[before]
            after = map_.tobytes(), key[1] or i == 1, i == 0
            if after not in found:
                found[after] = (*found[key], i)
                queue.append((after, map_))
    return found


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
