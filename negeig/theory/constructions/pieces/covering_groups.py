"""Groups over which a machine may be covered: permutations for the letters, tested and mended.

Registers moved by a group determine a machine with ``efe = fe`` exactly when words of value 1 in
the group act on the states as idempotents (docs/theory/one-layer.md). Exploring elements and values
together settles that, or yields a word of value 1 that is none. In every group that will do it has
another value, so such words are kept, and the smallest groups are tried in which each of them moves
some point. Some finite group always does.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces._word_values_compiled import explore_values
from negeig.theory.constructions.pieces.exploring import Letters, Table
from negeig.theory.constructions.pieces.transitive_actions import Action, transitive_actions
from negeig.work import Work

Actions: TypeAlias = tuple[Action, ...]

MAX_PAIRS = 1_000_000
"""Most pairs of an element and a value that are explored at effort 1."""

MAX_TABLES = 4_000
"""Most tables of actions on few points that are listed at effort 1."""

MAX_ORDER = 1_000
"""Largest group whose order is found; of larger ones it is bounded."""

MAX_TOGETHER, COMBINATION = 3, 5
"""Most actions that are taken together, and the work of looking at one set of them."""


class CoveringGroups:
    """What is known about the groups over which one machine may be covered.

    Parameters
    ----------
    products : int32 array (elements, letters)
        The transition monoid's right Cayley graph. Element 0 is the identity, and column a
        multiplies by letter a.
    monoid : TransitionMonoid
        Its idempotents satisfy ``efe = fe``.
    work : Work
        Spent on pairs explored and on actions tried on words.
    allowed : array of bool, optional
        The elements as which words of value 1 may act: the idempotents where it is not given.
    """

    def __init__(
        self,
        products: Table,
        monoid: TransitionMonoid,
        work: Work,
        allowed: NDArray[np.bool_] | None = None,
    ) -> None:
        self._products, self._monoid, self._work = products, monoid, work
        self._largest = work.scaled(MAX_PAIRS) // monoid.size
        if allowed is None:
            allowed = np.zeros(monoid.size, dtype=np.bool_)
            allowed[monoid.idempotents] = True
        self._allowed = allowed
        self._pool = transitive_actions(products.shape[1], work.scaled(MAX_TABLES))
        self._orders = _orders(self._pool)
        self._by_order = sorted(range(len(self._pool)), key=lambda i: self._orders[i])
        self._moved: list[int] = [0] * len(self._pool)
        self._known = 0
        self._tried: set[tuple[int, ...]] = set()

    def __iter__(self) -> Iterator[Actions]:
        """Yield sets of actions whose group will do, small groups first.

        Raises LimitReached at the end: there are further ones.
        """
        while (chosen := self._cheapest()) is not None:
            self._tried.add(chosen)
            actions = tuple(self._pool[i] for i in chosen)
            try:
                group = cayley_table(actions, self._largest)
            except LimitReached:
                continue
            word = self._violating(group)
            if word is None:
                yield actions
            else:
                self._keep(word)
        points = len(self._pool[-1][0])
        raise LimitReached(
            "points that letters permute for a cover", points, reached=points, option="--effort"
        )

    def _cheapest(self) -> tuple[int, ...] | None:
        """Return the actions, of the smallest orders, that move a point by each word kept."""
        every = (1 << self._known) - 1
        alike: dict[int, list[int]] = {}
        for i in self._by_order:
            alike.setdefault(self._moved[i], []).append(i)
        best: tuple[int, tuple[int, ...]] | None = None
        least = {moved: self._orders[them[0]] for moved, them in alike.items()}
        self._work.spend(len(self._pool))
        for count in range(1, MAX_TOGETHER + 1):
            if count > 2 and best is not None:
                break  # three together are many choices
            for sets in itertools.combinations_with_replacement(alike, count):
                self._work.spend(COMBINATION)
                if best is not None and best[0] <= math.prod(least[moved] for moved in sets):
                    continue
                if _union(sets) != every or any(
                    _union(sets[:i] + sets[i + 1 :]) == every for i in range(count) if count > 1
                ):
                    continue
                for chosen in itertools.product(*(alike[moved] for moved in sets)):
                    order = math.prod(self._orders[i] for i in chosen)
                    if best is not None and order >= best[0]:
                        break
                    key = tuple(sorted(set(chosen)))
                    if key not in self._tried:
                        best = order, key
                        break
        return None if best is None else best[1]

    def _keep(self, word: Letters) -> None:
        """Keep a word that must not have the value 1."""
        self._work.spend(len(self._pool))
        for i, action in enumerate(self._pool):
            points = range(len(action[0]))
            images: Sequence[int] = points
            for a in word:
                letter = action[a]
                images = [letter[p] for p in images]
            if any(p != q for p, q in zip(points, images, strict=True)):
                self._moved[i] |= 1 << self._known
        self._known += 1

    def _violating(self, group: Table) -> Letters | None:
        """Return a word of value 1 in a group that no group may give it, if there is one."""
        order, letters = group.shape
        size = order * self._monoid.size
        before = np.full(size, -1, dtype=np.int32)
        by = np.zeros(size, dtype=np.int8)
        queue = np.zeros(size, dtype=np.int32)
        count = explore_values(self._products, group, self._allowed, before, by, queue)
        self._work.spend(int((before >= 0).sum()) + order * letters)
        return None if count > 0 else _word(-1 - count, before, by)


@cache
def _orders(actions: tuple[Action, ...]) -> tuple[int, ...]:
    """Return the order of the group of each action; of a very large one, more than it may have."""
    found = []
    for action in actions:
        try:
            found.append(len(cayley_table((action,), MAX_ORDER)))
        except LimitReached:
            found.append(math.factorial(len(action[0])))
    return tuple(found)


def _union(masks: Sequence[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def _word(pair: int, before: NDArray[np.int32], by: NDArray[np.int8]) -> Letters:
    word = []
    while pair:
        word.append(int(by[pair]))
        pair = int(before[pair])
    return tuple(reversed(word))


def regular(actions: Actions, most: int) -> Action | None:
    """Return how the letters permute the group's elements; None if these are more than ``most``.

    Examples
    --------
    >>> regular((((1, 0),), ((1, 2, 0),)), 6)
    ((1, 2, 3, 4, 5, 0),)
    """
    try:
        table = cayley_table(actions, most)
    except LimitReached:
        return None
    return tuple(map(tuple, table.T.tolist()))


def cayley_table(actions: Actions, most: int) -> Table:
    """Return where each letter leads in the group of actions side by side; 0 is the identity.

    Raises LimitReached for a group of more than ``most`` elements.

    Examples
    --------
    >>> cayley_table((((1, 0),), ((1, 2, 0),)), 10).tolist()
    [[1], [2], [3], [4], [5], [0]]
    """
    letters = []
    for a in range(len(actions[0])):
        images: list[int] = []
        for action in actions:
            first = len(images)
            images += [first + p for p in action[a]]
        letters.append(bytes(images) + bytes(range(len(images), 256)))
    identity = bytes(range(sum(len(action[0]) for action in actions)))
    number = {identity: 0}
    rows: list[list[int]] = []
    elements = [identity]
    for element in elements:
        row = []
        for letter in letters:
            image = element.translate(letter)
            if image not in number:
                number[image] = len(elements)
                elements.append(image)
                if len(elements) > most:
                    raise LimitReached(
                        "elements of a group for a cover", most, reached=most, option="--effort"
                    )
            row.append(number[image])
        rows.append(row)
    return np.array(rows, dtype=np.int32)
