"""A group that divides a monoid, as words that permute some states, told apart by outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.automata.groups.permgroup import Indices, ListedGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import GreenRelations
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.subject import machine_json
from negeig.proofs_checks.runs.words_of_maps import columns_of
from negeig.theory.bounds.witnesses import Contexts

CLAIM = "words permute states that outputs tell apart, as a group with these needs"


def relations_of(machine: Machine) -> GreenRelations:
    """Return Green's relations of the maps of the states, whatever other points a group acts on.

    Raises LimitReached where the monoid is too large to list.
    """
    bare = Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial,
        outputs=machine.outputs,
    )
    return GreenRelations(transition_monoid(bare))


@dataclass(frozen=True, eq=False)
class Acting:
    """The group of an idempotent of a minimal machine's monoid, on the idempotent's image.

    ``elements[i]`` is the element of the monoid that is the i-th of ``group``, and ``points`` are
    the states of the image.
    """

    monoid: TransitionMonoid
    elements: Indices
    points: Indices
    group: ListedGroup

    @classmethod
    def of(cls, relations: GreenRelations, idempotent: int) -> Acting:
        """Return the group with some idempotent as its identity."""
        monoid = relations.monoid
        return cls(
            monoid,
            np.flatnonzero(relations.h == relations.h[idempotent]),
            np.unique(monoid.maps[idempotent]).astype(np.int64),
            ListedGroup(relations.subgroup_permutations(idempotent)),
        )

    def word(self, x: int) -> list[int]:
        """Return a word, as columns, that acts as an element of the group."""
        return columns_of(self.monoid.machine, self.monoid.word(int(self.elements[x])))

    def certificate(
        self,
        needs: str,
        generators: Sequence[int],
        words: Iterable[list[int]] | None = None,
        **hints: Any,
    ) -> Certificate:
        """Return the certificate that some elements generate a group with these needs.

        ``words`` are theirs, if others than the shortest are meant.
        """
        points = self._enough(generators)
        given = {"turn": [], "by": [], "elements": [], "commutators": []} | hints
        return Certificate(
            kind="group",
            claim=CLAIM,
            about=machine_json(self.monoid.machine),
            evidence={
                "needs": needs,
                "points": points,
                "apart": _apart(Contexts(self.monoid.machine), points),
                "generators": list(words or map(self.word, generators)),
                **given,
            },
        )

    def _enough(self, generators: Sequence[int]) -> list[int]:
        """Return states on which what some elements generate acts as it does on all of them.

        Whole orbits, left out one by one, the longest first, unless another takes their place.
        """
        rows = self.group.rows[self.group.closure(generators)]
        orbits = sorted({tuple(np.unique(column).tolist()) for column in rows.T}, key=len)
        for orbit in orbits[::-1]:
            rest = [q for other in orbits if other != orbit for q in other]
            if rest and len(np.unique(rows[:, rest], axis=0)) == len(rows):
                orbits.remove(orbit)
        return sorted(self.points[[q for orbit in orbits for q in orbit]].tolist())


@dataclass(frozen=True, eq=False)
class Words:
    """Words in some generators for the elements that they generate: shortest ones.

    Examples
    --------
    >>> turns = ListedGroup(np.array([[0, 1, 2], [1, 2, 0], [2, 0, 1]]))
    >>> Words(turns, [1])[2]
    [0, 0]
    """

    group: ListedGroup
    generators: Sequence[int]

    @cached_property
    def _reached_by(self) -> dict[int, tuple[int, int]]:
        """Each element's predecessor and generator."""
        start = self.group.identity
        found = {start: (start, -1)}
        queue = [start]
        for x in queue:  # grows while it is read
            for i, g in enumerate(self.generators):
                y = int(self.group.times(g)[x])
                if y not in found:
                    found[y] = (x, i)
                    queue.append(y)
        return found

    def __getitem__(self, x: int) -> list[int]:
        """Return a word for an element. Raises KeyError where they do not generate it."""
        word: list[int] = []
        while x != self.group.identity:
            x, i = self._reached_by[x]
            word.append(i)
        return word[::-1]


def _apart(contexts: Contexts, points: Sequence[int]) -> list[list[int]]:
    """Return words after which the outputs from any two of some states differ for one of them."""
    words: list[list[int]] = []
    groups = [list(points)]
    while groups:
        p, q, *_ = both = groups.pop()
        word = contexts.separate(p, q)
        words.append(columns_of(contexts.machine, word))
        after = contexts.image(word)
        groups = [
            part
            for group in (both, *groups)
            for part in _by_output(group, contexts.colours, after)
            if len(part) > 1
        ]
    return words


def _by_output(group: list[int], colours: list[int], after: NDArray[np.int64]) -> list[list[int]]:
    parts: dict[int, list[int]] = {}
    for q in group:
        parts.setdefault(colours[after[q]], []).append(q)
    return list(parts.values())
