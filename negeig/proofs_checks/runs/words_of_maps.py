"""Words for maps of the states, in any generators: what a chain of idempotents is written in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached, Word

MAX_PRODUCTS = 5_000_000
"""Products of elements that are looked at for a link."""

Map: TypeAlias = NDArray[Any]
Numbers: TypeAlias = tuple[int, ...]
Elements: TypeAlias = dict[bytes, tuple[Map, Numbers]]
"""Maps of the states, by their bytes, each with a word that acts as it."""


def columns_of(machine: Machine, word: Word) -> list[int]:
    """Return the columns of a word's letters."""
    return [machine.index(letter) for letter in word]


def check_products(count: int) -> None:
    """Raise LimitReached beyond ``MAX_PRODUCTS``."""
    if count > MAX_PRODUCTS:
        raise LimitReached("products of a chain", MAX_PRODUCTS, reached=MAX_PRODUCTS + 1)


def word_of(elements: Elements, x: Map) -> Numbers:
    """Return a word for a map. Raises InputError where none of the elements acts as it."""
    found = elements.get(x.tobytes())
    if found is None:
        raise InputError("certificate", "the chain takes elements that its generators do not give")
    return found[1]


def products(generators: Sequence[Map], one: Map) -> Elements:
    """List all products of some maps that begin with ``one``, with shortest words."""
    found: Elements = {one.tobytes(): (one, ())}
    queue = [(one, ())]
    for x, word in queue:  # grows while it is read
        check_products(len(queue) * len(generators))
        for i, g in enumerate(generators):
            if g[x].tobytes() not in found:
                made: Any = (g[x], (*word, i))
                found[g[x].tobytes()] = made
                queue.append(made)
    return found


def walks_to(parts: Sequence[Map], e: Map) -> dict[int, Numbers]:
    """Return for each part that divides e a word in which it occurs, w with ew = e."""
    there = products(parts, e)
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
