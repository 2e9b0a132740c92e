"""What a chain of idempotents ends in, as words that others replay: see docs/certificates.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from negeig.automata.decomposition.complexity import all_maps
from negeig.automata.machines.machine import Machine
from negeig.automata.varieties.identities import separating_context, word_map
from negeig.claims import InputError, Word
from negeig.proofs_checks.runs.last_orders import orders_of
from negeig.proofs_checks.runs.words_of_maps import Map, Numbers, products, walks_to, word_of
from negeig.theory.bounds.peeling import Peeling


class Ending(Protocol):
    """Words in the generators of what is left, and a context in which two maps are told apart."""

    @property
    def words(self) -> Sequence[Numbers]:
        """The words whose generators are still to be numbered."""
        ...

    @property
    def context(self) -> tuple[Word, Word]:
        """Prefix and suffix."""
        ...

    @property
    def row(self) -> dict[str, Any]:
        """What is written, once it was entered."""
        ...

    def enter(self, words: list[list[int]], count: int) -> None:
        """Enter the words once there are so many generators, with numbers."""
        ...


class _Plain:
    """An ending in three words that are told apart by two maps."""

    def __init__(
        self, context: tuple[Word, Word], e: Numbers = (), f: Numbers = (), late: Numbers = ()
    ) -> None:
        self.context, self.words = context, (e, f, late)
        self.row: dict[str, Any] = {}

    def enter(self, words: list[list[int]], _: int) -> None:
        """Enter the words."""
        self.row |= {**dict(zip(("e", "f", "late"), words, strict=True)), "last": []}


def ending_of(machine: Machine, found: Peeling, generators: Sequence[Map], one: Map) -> Ending:
    """Return how a chain ends, in the generators of what is left, whose identity is ``one``.

    Raises InputError where it shows nothing, LimitReached beyond
    :data:`.words_of_maps.MAX_PRODUCTS` products.
    """
    witness = [word_map(machine, word) for word in found.witness]
    if found.ending.startswith("last"):
        return orders_of(machine, found, generators, one, witness)
    if found.ending == "one layer":
        return _one_layer(machine, generators, one, bool(found.links))
    if found.ending == "complexity":
        return _all_maps(machine, generators, one)
    if found.ending == "trivial":
        raise InputError("certificate", "there is none for a chain that shows no layer")
    known = products(generators, one)
    e, f = witness
    if found.ending == "idempotents":
        context = separating_context(machine, e[f[e]], e[f])
        return _Plain(context, word_of(known, e), word_of(known, f))
    s = next(i for i, x in enumerate(generators) if (x == f).all())
    walks = walks_to(generators, e)
    return _Plain(separating_context(machine, e[f], e), word_of(known, e) + walks[s], (s,))


def _one_layer(machine: Machine, generators: Sequence[Map], one: Map, above: bool) -> Ending:
    """Return a generator that does something; to what is read later, if no layer is below."""
    if above:
        g = next(i for i, x in enumerate(generators) if (x != one).any())
        return _Plain(separating_context(machine, generators[g], one), f=(g,))
    for g, x in enumerate(generators):
        for letter, column in zip(machine.alphabet, machine.transitions.T, strict=True):
            if (column[x] != column).any():
                prefix, suffix = separating_context(machine, column[x], column)
                return _Plain((prefix, (letter, *suffix)), f=(g,))
    raise InputError("certificate", "the last letter tells the output, and that takes no layer")


def _all_maps(machine: Machine, generators: Sequence[Map], one: Map) -> Ending:
    """Return words that act as all maps of some points, the first two of which are told apart."""
    image = np.unique(one)
    acting = Machine(
        alphabet=[str(i) for i in range(len(generators))],
        transitions=np.searchsorted(image, np.array(generators)[:, image]).T,
        initial=0,
        outputs=range(len(image)),
    )
    found = all_maps(acting)
    first, second = image[list(found.points[:2])].tolist()
    moved = one.copy()
    moved[first] = second
    context = separating_context(machine, moved, one)
    return _Plain(context, found.swap, found.turn, found.merge)
