"""A certificate of a lower bound on the layers: the chain of idempotents, link by link, as words.

See :mod:`negeig.theory.bounds.peeling`. A link says which words generate what its layer leaves
alone, and a word in them, of the idempotent, in which all that are used occur: so they divide it.
A link of idempotents that come last in one order says words with that order instead, which lead to
all states of the first one's image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.automata.varieties.identities import word_map
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.endings import Ending, ending_of
from negeig.proofs_checks.runs.kernel_words import Kernel, KernelPart
from negeig.proofs_checks.runs.last_orders import loops_in_order
from negeig.proofs_checks.runs.subject import machine_json
from negeig.proofs_checks.runs.words_of_maps import (
    Elements,
    Map,
    Numbers,
    products,
    walks_to,
    word_of,
)
from negeig.theory.bounds.peeling import Link, Peeling

CLAIM = "peeling the machine's monoid at these idempotents leaves what the ending says"


def peeling_certificate(machine: Machine, found: Peeling) -> Certificate:
    """Return the certificate of a chain on a minimal machine.

    Raises
    ------
    InputError
        Where the chain shows nothing.
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
    one = np.arange(machine.size, dtype=machine.transitions.dtype)
    generators = [np.ascontiguousarray(column) for column in machine.transitions.T]
    links: list[_Link] = []
    for link in found.links:
        if link.parts:
            links.append(_Link.in_order(machine, link, generators, one))
        else:
            links.append(_Link.of(machine, link, generators, one, found.reflections))
        one, generators = links[-1].idempotent, [x for x, _ in links[-1].rest]
    ending = ending_of(machine, found, generators, one)
    rows, last = _written(links, ending, len(machine.alphabet), found.reflections)
    prefix, suffix = ending.context
    return Certificate(
        kind="peeling",
        claim=CLAIM,
        about=machine_json(machine),
        evidence={
            "reflections": found.reflections,
            "links": rows,
            "ending": found.ending,
            **last,
            "prefix": list(prefix),
            "suffix": list(suffix),
        },
    )


@dataclass(frozen=True, eq=False)
class _Link:
    """What a link's layer leaves alone, and what remains.

    ``kernel`` is what the layer leaves alone: all words of the generators, or K. ``base`` is a word
    in its parts that acts as the idempotent, ``walks`` has one more for each part that divides it,
    which may follow; ``rest`` generates what remains, as words in the parts. ``late`` are words
    that pass all parts, where these come last in one order; they are among what remains.
    """

    idempotent: Map
    kernel: Kernel
    base: Numbers
    walks: dict[int, Numbers]
    rest: list[tuple[Map, Numbers]]
    late: tuple[Numbers, ...] = ()

    @classmethod
    def in_order(cls, machine: Machine, link: Link, generators: Sequence[Map], one: Map) -> _Link:
        """Return the link of idempotents, the one that comes last first; it is the identity."""
        there = products(generators, one)
        idempotents = [word_map(machine, word) for word in link.parts]
        rest = [word_map(machine, word) for word in link.generators]
        kernel = Kernel([KernelPart(x, word_of(there, x)) for x in idempotents], {})
        loops, late = loops_in_order(idempotents, one, rest)
        kept = list(zip(rest, loops, strict=True))
        return cls(idempotents[0], kernel, (0,), {}, kept, tuple(late))

    @classmethod
    def of(
        cls, machine: Machine, link: Link, generators: Sequence[Map], one: Map, reflections: bool
    ) -> _Link:
        e = word_map(machine, link.idempotent)
        if reflections:
            kernel = Kernel.of(generators, one)
        else:
            alone = [KernelPart(x, (i,)) for i, x in enumerate(generators)]
            kernel = Kernel(alone, products(generators, one))
        parts = [part.map for part in kernel.parts]
        walks = walks_to(parts, e)
        numbers = list(walks)
        rest: Elements = {}
        for x, word in products([parts[i] for i in walks], e).values():
            rest.setdefault(e[x].tobytes(), (e[x], tuple(numbers[i] for i in word)))
        needed = [word_map(machine, word) for word in link.generators]
        return cls(
            e, kernel, word_of(kernel.elements, e), walks, [(x, word_of(rest, x)) for x in needed]
        )


def _written(
    links: Sequence[_Link], ending: Ending, letters: int, reflections: bool
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the links and the words of the ending, in the generators that are used alone.

    From the last link to the first: what is used of one level says what is needed of the level
    before, whose words are entered once the generators there have their numbers.
    """
    rows: list[dict[str, Any]] = []
    level: Any = ending
    for link in reversed(links):
        needed = sorted({i for word in level.words for i in word})
        level.enter(_numbered(level.words, needed), len(needed) + len(link.late))
        kept = [*(link.rest[i][1] for i in needed), *link.late]
        word = link.base
        for part in sorted({i for each in kept for i in each}):
            if part not in word and not link.late:
                word += link.walks[part]
        level = _Parts(link.kernel, [word, *kept]) if reflections else _Letters([word, *kept])
        rows.insert(0, level.row)
    level.enter([list(word) for word in level.words], letters)
    return rows, ending.row


class _Letters:
    """A link that leaves all words alone: its words are in the generators."""

    def __init__(self, words: list[Numbers]) -> None:
        self.words = words
        self.row: dict[str, Any] = {"parts": [], "idempotent": [], "generators": []}

    def enter(self, words: list[list[int]], _: int) -> None:
        """Enter the words once the generators have their numbers."""
        self.row["idempotent"], *self.row["generators"] = words


class _Parts:
    """A link that leaves K alone: its words are in parts, and these in the generators."""

    def __init__(self, kernel: Kernel, words: list[Numbers]) -> None:
        used = kernel.with_inner([i for word in words for i in word])
        self.parts = [kernel.parts[i] for i in used]
        self.inner = _numbered([part.inner for part in self.parts], used)
        self.words = [word for part in self.parts for word in (part.left, part.right)]
        idempotent, *generators = _numbered(words, used)
        self.row = {"parts": [], "idempotent": idempotent, "generators": generators}

    def enter(self, words: list[list[int]], count: int) -> None:
        """Enter the parts once there are so many generators, with numbers."""
        sides = zip(words[::2], self.inner, words[1::2], strict=True)
        self.row["parts"] = [
            [*left, *(count + i for i in inner), *right] for left, inner, right in sides
        ]


def _numbered(words: Sequence[Numbers], kept: Sequence[int]) -> list[list[int]]:
    index = {i: n for n, i in enumerate(kept)}
    return [[index[i] for i in word] for word in words]
