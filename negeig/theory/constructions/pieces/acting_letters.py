"""What searches for registers ask of a machine: its letters that act differently, and its monoid.

A monoid in which two idempotents violate ``efe = fe`` is refused here: no single layer of the kind
exists (docs/theory/one-layer.md).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.claims import LimitReached
from negeig.theory.bounds.witnesses import Contexts, idempotent_witness
from negeig.work import Work

MAX_STATES = 64
"""Largest machine for which registers are searched."""

MAX_MONOID = 2_000
"""Largest transition monoid for which registers are searched, at effort 1."""

MAX_LETTERS = 100
"""Most letters that act differently; beyond it no registers are known that are worth it."""

Map: TypeAlias = tuple[int, ...]

T = TypeVar("T")


@dataclass(frozen=True)
class ActingLetters:
    """The letters of a minimal machine that act differently and do anything.

    Attributes
    ----------
    numbers : tuple of int or None
        For each letter of the alphabet its number here; None where it does nothing.
    table : int32 array (states, letters)
        Where each letter leads.
    products : int32 array (elements, letters)
        The same for the elements of the transition monoid; element 0 is the identity.
    monoid : TransitionMonoid
    """

    numbers: tuple[int | None, ...]
    table: NDArray[np.int32]
    products: NDArray[np.int32]
    monoid: TransitionMonoid

    def of_all(self, values: Sequence[T], nothing: T) -> list[T]:
        """Return a value for each letter of the alphabet, from those of the letters here."""
        return [nothing if a is None else values[a] for a in self.numbers]


def acting_letters(machine: Machine, work: Work, what: str) -> ActingLetters | None:
    """Return the letters of a minimal machine; None where ``efe = fe`` fails or nothing happens.

    Raises LimitReached, which says for ``what``, where the machine or its monoid is too large.

    Examples
    --------
    >>> machine = Machine(alphabet="abc", transitions=[[0, 1, 0], [0, 1, 1]], initial=0,
    ...                   outputs=[0, 1])
    >>> found = acting_letters(machine, Work("nothing", 1), "an example")
    >>> found.numbers, found.table.tolist(), found.monoid.size
    ((0, 1, None), [[0, 1], [0, 1]], 3)
    """
    identity = tuple(range(machine.size))
    columns = [tuple(column) for column in machine.transitions.T.tolist()]
    letters = list(dict.fromkeys(column for column in columns if column != identity))
    if machine.size < 2 or _short_words_violate(letters):
        return None
    _require(f"machine states for {what}", machine.size, MAX_STATES)
    _require(f"letters that act differently, for {what}", len(letters), MAX_LETTERS)
    monoid = _monoid(machine, work, what)
    if idempotent_witness(Contexts(machine), monoid)[0] is not None:
        return None
    first = [columns.index(letter) for letter in letters]
    return ActingLetters(
        numbers=tuple(letters.index(c) if c in letters else None for c in columns),
        table=np.array(letters, dtype=np.int32).T.copy(),
        products=np.ascontiguousarray(monoid.right[:, first], dtype=np.int32),
        monoid=monoid,
    )


def _require(what: str, size: int, most: int) -> None:
    if size > most:
        raise LimitReached(what, most, reached=size)


def _monoid(machine: Machine, work: Work, what: str) -> TransitionMonoid:
    most = work.scaled(MAX_MONOID)
    try:
        return transition_monoid(machine, max_elements=most)
    except LimitReached as limit:
        name = f"monoid elements for {what}"
        raise LimitReached(name, most, reached=limit.reached, option="--effort") from None


def _short_words_violate(columns: Sequence[Map]) -> bool:
    """Whether powers of words of at most three letters already violate ``efe = fe``."""
    idempotents = set()
    for length in (1, 2, 3):
        for word in itertools.islice(itertools.product(columns, repeat=length), 200):
            once = word[0]
            for letter in word[1:]:
                once = _then(once, letter)
            power = once
            for _ in range(200):
                if _then(power, power) == power:
                    idempotents.add(power)
                    break
                power = _then(power, once)
    return any(_then(_then(e, f), e) != _then(f, e) for e in idempotents for f in idempotents)


def _then(first: Map, second: Map) -> Map:
    return tuple([second[q] for q in first])
