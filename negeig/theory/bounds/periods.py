"""Periods of a task, and what each class of layers allows.

A letter's period is how soon its powers repeat; likewise for every element of the transition
monoid. The theorems of :mod:`negeig.theory.bounds.limits` are conditions on these numbers, and for
complex diagonal layers on the groups that occur.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.periods import letter_orbits, map_index_period
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import Letter, Word
from negeig.theory.bounds.witness_text import show

ALLOWS = {
    "nonnegative-spectrum": "letters of period 1",
    "real-spectrum": "letters whose period is a power of two",
    "nonnegative-symmetric": "words of one letter or two of period 1",
    "nonnegative-diagonal": "words of period 1: aperiodic monoids",
    "real-diagonal": "words whose period is a power of two",
    "complex-diagonal": "groups that are solvable, a layer for each step of the derived series",
    "rounded-nonnegative-diagonal": "words of period 1: aperiodic monoids",
    "rounded-real-diagonal": "words whose period is a power of two",
    "one-contractive-layer": "monoids whose idempotents e, f satisfy efe = fe",
}
"""What every task must satisfy that networks of a class can do; "letters" are those of the task."""

MAX_DERIVED = 50_000
"""Largest group whose derived series is listed."""

MAX_PAIR_ENTRIES = 1_000_000
"""Most entries of the maps of words of two letters that are looked through."""


@dataclass(frozen=True, kw_only=True)
class Periods:
    """Periods of the letters, and how many monoid elements have each period.

    ``elements`` is None where the monoid was not listed. The identity counts, with period 1.
    """

    letters: dict[Letter, int]
    elements: dict[int, int] | None

    def to_json(self) -> dict[str, Any]:
        """Return the periods as a JSON object; its keys are texts."""
        counts = self.elements
        return {
            "letters": dict(self.letters),
            "elements": None if counts is None else {str(p): n for p, n in counts.items()},
        }


def periods(machine: Machine, monoid: TransitionMonoid | None) -> Periods:
    """Return the periods of a minimal machine's letters and of its monoid's elements.

    O(states x letters) and O(elements).

    Examples
    --------
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> swap_and_turn = Machine(alphabet="st", transitions=[[1, 1], [0, 2], [2, 0]], initial=0,
    ...                         outputs=[0, 1, 2])
    >>> periods(swap_and_turn, transition_monoid(swap_and_turn)).to_json()
    {'letters': {'s': 2, 't': 3}, 'elements': {'1': 1, '2': 3, '3': 2}}
    """
    letters = dict(zip(machine.alphabet, (p for _, p in letter_orbits(machine)), strict=True))
    if monoid is None:
        return Periods(letters=letters, elements=None)
    found, counts = np.unique(monoid.periods, return_counts=True)
    return Periods(
        letters=letters, elements=dict(zip(found.tolist(), counts.tolist(), strict=True))
    )


def with_period(
    machine: Machine, monoid: TransitionMonoid | None, wanted: Callable[[int], bool]
) -> str | None:
    """Name a letter, or else a word, whose period is as wanted."""
    found = word_with_period(machine, monoid, wanted)
    if found is None:
        return None
    word, period = found
    named = f"letter {word[0]!r}" if len(word) == 1 else f"word {show(word)}"
    return f"{named} has period {period}"


def word_with_period(
    machine: Machine, monoid: TransitionMonoid | None, wanted: Callable[[int], bool]
) -> tuple[Word, int] | None:
    """Return a word of one letter, or else of more, whose period is as wanted, and its period.

    Words of more letters are looked for where the monoid was listed. O(states x letters) and
    O(elements).

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> word_with_period(get("abab").minimal(), None, above_one)
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> word_with_period(get("abab").minimal(), transition_monoid(get("abab").minimal()), above_one)
    (('a', 'b'), 2)
    """
    for letter, (_, period) in zip(machine.alphabet, letter_orbits(machine), strict=True):
        if wanted(period):
            return (letter,), period
    if monoid is None:
        return None
    found = next((p for p in np.unique(monoid.periods).tolist() if wanted(p)), None)
    if found is None:
        return None
    return monoid.word(int(np.argmax(monoid.periods == found))), found


def turning_pairs(machine: Machine) -> list[Word]:
    """Return the words of two different letters whose period is above 1.

    Two letters in either order have one period. None are looked for where the maps of all pairs
    have more than ``MAX_PAIR_ENTRIES`` entries.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> turning_pairs(get("abab").minimal()), turning_pairs(get("contains:aba").minimal())
    ([('a', 'b')], [])
    """
    pairs = list(combinations(range(len(machine.alphabet)), 2))
    if len(pairs) * machine.size > MAX_PAIR_ENTRIES:
        return []
    table = machine.transitions
    return [
        (machine.alphabet[a], machine.alphabet[b])
        for a, b in pairs
        if map_index_period(table[table[:, a], b].tolist())[1] > 1
    ]


def above_one(period: int) -> bool:
    """Whether a letter or word of this period does more than settle down."""
    return period > 1


def has_odd_factor(period: int) -> bool:
    """Whether an odd prime divides a period."""
    return period & (period - 1) != 0


def derived_length(group: ListedGroup) -> int | None:
    """Return the number of steps of the derived series; None where the group is not solvable.

    No subnormal series with abelian factors is shorter: by induction the i-th derived subgroup
    lies in the i-th term of each. O(order x generators) for each step.

    Examples
    --------
    >>> import itertools
    >>> def symmetric(n):
    ...     return ListedGroup(np.array(list(itertools.permutations(range(n)))))
    >>> [derived_length(symmetric(n)) for n in range(1, 6)]
    [0, 1, 2, 3, None]
    """
    length, order, generators = 0, group.order, group.own_generators
    while order > 1:
        inside = group.derived(generators)
        smaller = int(inside.sum())
        if smaller == order:
            return None
        length, order, generators = length + 1, smaller, group.generators(inside)
    return length
