"""Solvable groups by turns: complex diagonal layers, one for each step of the derived series.

Theorem ``subnormal`` (arXiv 2603.01959), built. Let ``G = G_0 > G_1 > ... > G_k = 1`` be the
derived series, and ``T_i(g)`` the chosen element of the coset ``G_i g``. Write ``g = h T(g)`` with
``T = T_(i-1)`` and h in ``G_(i-1)``. A letter a takes h to ``h x`` where ``x = T(g) a T(ga)^-1`` is
in ``G_(i-1)`` and depends on the coset and the letter alone. So layer i adds the class of x in the
abelian group ``G_(i-1)/G_i``, which its characters turn into turns of pairs of coordinates. A layer
shows its state after the letter; that before it is had by turning back, and told the next layer.

A network for a task with this group has no fewer layers of this kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import lcm

import numpy as np

from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import LimitReached
from negeig.theory.bounds.reflection_bounds import units
from negeig.theory.constructions.pieces.representation import permutes
from negeig.theory.exact.fields import polygon, polygon_degree
from negeig.theory.exact.numbers import FieldElement, Number, Vector
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols

MAX_ORDER = 200
"""Largest group."""

MAX_DEGREE = 32
"""Largest degree of the number field of the entries."""

ZERO, ONE = Fraction(0), Fraction(1)
HALF = Fraction(1, 2)

Character = dict[int, Fraction]
"""For each class the part of a turn that it becomes, a homomorphism to the rationals modulo 1."""


def clocks(machine: Machine) -> LinearRNN | None:
    """Return the network of turns for a machine whose letters permute, where its group is solvable.

    Matrices are block diagonal: numbers +-1, and turns of pairs of coordinates; no writes. Exact.
    None for other machines, and for groups or fields that are too large. O(order^2) products.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> for name in ("mod:3", "sym:3", "sym:4", "sym:5"):
    ...     made = clocks(get(name).minimal())
    ...     print(name, None if made is None else [layer.dim for layer in made.layers])
    mod:3 [2]
    sym:3 [1, 2]
    sym:4 [1, 2, 2]
    sym:5 None
    """
    if machine.size < 2 or not permutes(machine):
        return None
    try:
        monoid = transition_monoid(machine, max_elements=MAX_ORDER)
    except LimitReached:
        return None
    found = units(monoid)
    cosets = _cosets(found.group)
    if cosets is None:
        return None
    letters = [element for _, element in sorted(found.letters)]
    stages = [_Stage(found.group, letters, above, below) for above, below in pairwise(cosets)]
    corners = lcm(*(f.denominator for s in stages for c in s.characters for f in c.values()))
    if polygon_degree(corners) > MAX_DEGREE:
        return None
    return _network(machine, found.group, letters, stages, corners)


def _cosets(group: ListedGroup) -> list[list[int]] | None:
    """Return for each term of the derived series the coset's element of every element."""
    inside = np.ones(group.order, bool)
    terms = [inside]
    while inside.sum() > 1:
        smaller = group.derived(group.generators(inside))
        if smaller.sum() == inside.sum():
            return None
        inside = smaller
        terms.append(inside)
    return [[int(group.times(g)[term].min()) for g in range(group.order)] for term in terms]


@dataclass(frozen=True, eq=False)
class _Stage:
    """A layer: which class of the abelian quotient a letter adds, below a coset."""

    group: ListedGroup
    letters: Sequence[int]
    above: Sequence[int]
    below: Sequence[int]

    @cached_property
    def classes(self) -> list[int]:
        """The classes of ``G_(i-1)/G_i``, the identity's first, by their chosen elements."""
        one = self.group.identity
        inside = [x for x in range(self.group.order) if self.above[x] == self.above[one]]
        return sorted({self.below[x] for x in inside}, key=lambda c: (c != self.below[one], c))

    def product(self, *elements: int) -> int:
        """Return the class of a product."""
        return self.below[self.group.product(*elements)]

    def added(self, coset: int, letter: int) -> int:
        """Return the class that a letter adds below a coset, given by its chosen element."""
        a = self.letters[letter]
        after = self.above[self.group.product(coset, a)]
        return self.product(coset, a, self.group.inverse(after))

    @cached_property
    def characters(self) -> list[Character]:
        """Characters of the quotient that tell its classes apart, few of them."""
        classes = self.classes
        known: list[Character] = [{classes[0]: ZERO}]
        for g in classes:
            if g not in known[0]:
                known = self._extended(known, g)
        chosen: list[Character] = []
        same = set(classes)
        while len(same) > 1:

            def rank(c: Character, same: set[int] = same) -> tuple[int, int]:
                return sum(c[x] == 0 for x in same), max(f.denominator for f in c.values())

            best = min(known, key=rank)
            chosen.append(best)
            same = {x for x in same if best[x] == 0}
        return chosen

    def _extended(self, known: list[Character], g: int) -> list[Character]:
        """Return all characters of the group that one more element generates."""
        powers = [self.classes[0]]
        while (power := self.product(powers[-1], g)) not in known[0]:
            powers.append(power)
        order = len(powers)
        return [
            {
                self.product(h, p): (value + j * (old[power] + r) / order) % 1
                for h, value in old.items()
                for j, p in enumerate(powers)
            }
            for old in known
            for r in range(order)
        ]


def _network(
    machine: Machine,
    group: ListedGroup,
    letters: Sequence[int],
    stages: Sequence[_Stage],
    corners: int,
) -> LinearRNN:
    texts, states = symbols(machine.outputs), _states(machine, group, letters)
    layers: list[Layer] = []
    read = [(stages[0].above[group.identity], a) for a in range(len(letters))]
    for i, stage in enumerate(stages):
        classes, characters = stage.classes, stage.characters
        codes = [_code([c[x] for c in characters], characters, corners) for x in classes]
        steps = {x: (_step([c[x] for c in characters], characters, corners),) for x in classes}
        is_last = i == len(stages) - 1
        emit: list[tuple[str, ...]] = []
        told: dict[tuple[int, int], None] = {}
        for c in classes:
            row = []
            for coset, a in read:
                undone = group.inverse(stage.added(coset, a))
                before = stage.below[group.product(stage.product(c, undone), coset)]
                if is_last:
                    row.append(texts[states[group.product(before, letters[a])]])
                else:
                    told[before, a] = None
                    row.append(_symbol(before, a))
            emit.append(tuple(row))
        alphabet = [machine.alphabet[a] if i == 0 else _symbol(u, a) for u, a in read]
        added = [steps[stage.added(u, a)] for u, a in read]
        layers.append(
            Layer(
                alphabet=tuple(alphabet),
                initial=codes[0],
                steps=dict(zip(alphabet, added, strict=True)),
                codes=tuple(codes),
                emit=tuple(emit),
            )
        )
        read = sorted(told)
    numbers = (x for layer in layers for code in layer.codes for x in code)
    return LinearRNN(
        alphabet=machine.alphabet,
        layers=tuple(layers),
        outputs=dict(zip(texts, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
        field=next((x.field for x in numbers if isinstance(x, FieldElement)), None),
    )


def _states(machine: Machine, group: ListedGroup, letters: Sequence[int]) -> dict[int, int]:
    """Return the machine's state after words of each element of its group."""
    found = {group.identity: machine.initial}
    waiting = [group.identity]
    for g in waiting:
        for column, letter in enumerate(letters):
            after = group.product(g, letter)
            if after not in found:
                found[after] = int(machine.transitions[found[g], column])
                waiting.append(after)
    return found


def _symbol(coset: int, letter: int) -> str:
    return f"{coset}:{letter}"


def _is_sign(character: Character) -> bool:
    return all(part in (ZERO, HALF) for part in character.values())


def _corner(part: Fraction, corners: int) -> tuple[Number, Number]:
    return polygon(corners)[int(part * corners) % corners]


def _code(parts: Sequence[Fraction], characters: Sequence[Character], corners: int) -> Vector:
    """Return the state that stands for a class."""
    found: list[Number] = []
    for part, character in zip(parts, characters, strict=True):
        pair = _corner(part, corners)
        found += pair[:1] if _is_sign(character) else pair
    return tuple(found)


def _step(parts: Sequence[Fraction], characters: Sequence[Character], corners: int) -> DenseStep:
    """Return the turns that add a class."""
    size = sum(1 if _is_sign(c) else 2 for c in characters)
    rows: list[list[Number]] = [[ZERO] * size for _ in range(size)]
    at = 0
    for part, character in zip(parts, characters, strict=True):
        cosine, sine = _corner(part, corners)
        rows[at][at] = cosine
        if not _is_sign(character):
            rows[at + 1][at], rows[at][at + 1], rows[at + 1][at + 1] = sine, -sine, cosine
            at += 1
        at += 1
    return DenseStep(tuple(map(tuple, rows)), (ZERO,) * size)
