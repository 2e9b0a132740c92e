"""The transition monoid of a machine: what all words do to all states.

Maps act on the right and words are read left to right: q.(uv) = (q.u).v. For the minimal machine
this is the syntactic monoid of the task. The identity (the empty word) is included.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negeig.arrays import Ints
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.periods import letter_orbits, map_index_period
from negeig.automata.monoids.enumeration import (
    DIRECT_BITS,
    Elements,
    enumerate_maps,
    enumerate_plain,
    pack,
    packed_bits,
)
from negeig.claims import InputError, Word
from negeig.shown import Shown

__all__ = [
    "TransitionMonoid",
    "enumerate_plain",
    "letter_orbits",
    "map_index_period",
    "transition_monoid",
]

Maps = NDArray[Any]

# Below this size plain Python is faster than importing numba.
_PLAIN_ENTRIES = 20_000
# Map entries a compiled call handles before it returns, so that Ctrl-C is seen: some 50 ms.
_CALL_ENTRIES = 10_000_000
# Entries of a table of all maps that are made in the time of tracing one product.
_ENTRIES_FOR_A_TRACE = 128


@dataclass(frozen=True, eq=False, kw_only=True)
class TransitionMonoid(Shown):
    """Every element of the monoid, with a shortest word and both Cayley graphs. Immutable.

    Elements are numbered in length-lexicographic order of their shortest words, letters in
    alphabet order; element 0 is the identity. Made by :func:`transition_monoid`.

    Parameters
    ----------
    machine : Machine
        The machine whose letters generate the monoid.
    acts_on : str
        ``"states"`` of the machine, or its natural ``"points"`` where it has fewer of these than
        states and they were verified to be a faithful action of the same monoid.
    generators : array of unsigned int, shape (letters, n)
        The letters' maps on that set.
    maps : array of unsigned int, shape (size, n)
        ``maps[e, q]`` is the image of q under element e, in the smallest unsigned type.
    right, left : array of int32, shape (size, letters)
        Cayley graphs: ``right[e, a]`` is e.a (letter appended), ``left[e, a]`` is a.e (prepended).
    parent, last_letter : array of int32, shape (size,)
        The shortest word of e is that of ``parent[e]`` and then letter number ``last_letter[e]``;
        both -1 for the identity.
    """

    machine: Machine
    acts_on: str
    generators: Maps
    maps: Maps
    right: Ints
    left: Ints
    parent: Ints
    last_letter: Ints

    @property
    def size(self) -> int:
        """Number of elements, the identity included."""
        return len(self.maps)

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"TransitionMonoid({self.size} elements on {self.maps.shape[1]} {self.acts_on})"

    def word(self, e: int) -> Word:
        """Shortest word of an element, the first in alphabet order among the shortest."""
        letters = []
        while e != 0:
            letters.append(self.machine.alphabet[self.last_letter[e]])
            e = int(self.parent[e])
        return tuple(reversed(letters))

    def length(self, e: int) -> int:
        """Length of the shortest word of an element."""
        return len(self.word(e))

    def element(self, word: Word | str) -> int:
        """Return the element a word maps to; InputError on a letter that is not in the alphabet."""
        e = 0
        for letter in word:
            e = int(self.right[e, self.machine.index(letter)])
        return e

    def to_networkx(self, side: Literal["right", "left"] = "right") -> Any:
        """Return a Cayley graph as a ``networkx.MultiDiGraph``.

        Nodes are the elements, with the attributes ``word``, the shortest one, and ``idempotent``;
        the graph has the attribute ``alphabet``. For every element and letter there is an edge to
        the product, with the letter appended (``right``) or prepended (``left``); the letter is its
        key and its attribute ``letter``. Complexity: O(size x (letters + longest word)).

        Examples
        --------
        >>> parity = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
        >>> graph = transition_monoid(parity).to_networkx()
        >>> graph.nodes[1], list(graph.edges(keys=True))
        ({'word': ('a',), 'idempotent': False}, [(0, 1, 'a'), (1, 0, 'a')])
        """
        import networkx as nx  # type: ignore[import-untyped]

        table = {"right": self.right, "left": self.left}.get(side)
        if table is None:
            raise InputError("", f"a Cayley graph is right or left, found {side!r}")
        idempotents = set(self.idempotents.tolist())
        graph = nx.MultiDiGraph(alphabet=self.machine.alphabet)
        graph.add_nodes_from(
            (e, {"word": self.word(e), "idempotent": e in idempotents}) for e in range(self.size)
        )
        graph.add_edges_from(
            (e, target, letter, {"letter": letter})
            for e, row in enumerate(table.tolist())
            for letter, target in zip(self.machine.alphabet, row, strict=True)
        )
        return graph

    def product(self, e: int, f: int) -> int:
        """Return e.f (first e, then f), by tracing the word of f from e: O(length of f)."""
        return int(self.products(e, f))

    def products(self, es: ArrayLike, fs: ArrayLike) -> Ints:
        """Products of two broadcast arrays of elements: O(longest word) array operations.

        Many products of maps of up to 8 points are composed and looked up: O(points) operations.
        """
        start, rest = np.broadcast_arrays(np.asarray(es), np.asarray(fs))
        bits = packed_bits(self.maps.shape[1])
        if bits <= DIRECT_BITS and start.size >= (1 << bits) // _ENTRIES_FOR_A_TRACE:
            composed = np.take_along_axis(self.maps[rest.ravel()], self.maps[start.ravel()], 1)
            found: Ints = self._elements[pack(composed)] - 1
            return found.reshape(start.shape)
        letters = []  # of the words of fs, last letters first; -1 where a word has ended
        while rest.any():
            letters.append(self.last_letter[rest])
            rest = np.maximum(self.parent[rest], 0)
        result: Ints = start.astype(np.int32)
        for a in reversed(letters):
            result = np.where(a >= 0, self.right[result, a], result)
        return result

    @cached_property
    def _elements(self) -> Ints:
        """Number + 1 of the element of every packed map, 0 where there is none."""
        elements = np.zeros(1 << packed_bits(self.maps.shape[1]), np.int32)
        elements[pack(self.maps)] = np.arange(1, self.size + 1, dtype=np.int32)
        return elements

    @cached_property
    def _orbits(self) -> tuple[Ints, Ints]:
        if self.maps.size <= _PLAIN_ENTRIES:
            pairs = [map_index_period(row) for row in self.maps.tolist()]
            indices, periods = np.array(pairs, dtype=np.int32).T
            return indices, periods
        from negeig.automata.machines._periods_compiled import indices_periods

        call = max(1, _CALL_ENTRIES // self.maps.shape[1])
        parts = [indices_periods(self.maps[b : b + call]) for b in range(0, self.size, call)]
        indices, periods = map(np.concatenate, zip(*parts, strict=True))
        return indices, periods

    @property
    def indices(self) -> Ints:
        """Index of every element x: the least i >= 0 with x^(i+p) = x^i for a p >= 1."""
        return self._orbits[0]

    @property
    def periods(self) -> Ints:
        """Period of every element; ``argmax(periods > 1)`` has the shortest word that has one."""
        return self._orbits[1]

    def index_period(self, e: int) -> tuple[int, int]:
        """Index and period of one element."""
        return map_index_period(self.maps[e])

    @cached_property
    def letter_index_period(self) -> tuple[tuple[int, int], ...]:
        """Index and period of every letter, in alphabet order."""
        return tuple(map_index_period(row) for row in self.generators)

    @cached_property
    def idempotents(self) -> NDArray[np.int64]:
        """Elements e with e.e = e, in increasing order."""
        return np.flatnonzero((self.indices <= 1) & (self.periods == 1))

    @cached_property
    def is_group(self) -> bool:
        """Whether every letter, and so every word, is a permutation."""
        points = np.arange(self.generators.shape[1])
        return bool((np.sort(self.generators, axis=1) == points).all())

    @cached_property
    def is_aperiodic(self) -> bool:
        """Whether every element has period 1; for an acceptor, whether it is star-free."""
        return bool((self.periods == 1).all())

    @cached_property
    def is_commutative(self) -> bool:
        """Whether all products commute; the letters decide."""
        pairs = self.right[self.right[0]]
        return bool((pairs == pairs.T).all())


def transition_monoid(
    machine: Machine, max_elements: int = 2_000_000, max_memory: int = 4 << 30
) -> TransitionMonoid:
    """Enumerate the transition monoid of a machine, taken as it is (minimise it first).

    Parameters
    ----------
    machine : Machine
        Where it carries ``points`` and fewer of them than states, permutations of the points are
        enumerated, once they are verified to generate the same monoid.
    max_elements : int
        Stop as soon as there are more elements.
    max_memory : int
        Bytes the enumeration may hold.

    Raises
    ------
    LimitReached
        Either limit; how far it got.

    Notes
    -----
    Froidure and Pin, Algorithms for computing finite semigroups (1997). Every element times every
    letter: O(size x letters) products of O(n) time, for n up to 16 points a few look-ups each.
    Large monoids hold n + 8 letters + 8 bytes for each element (twice n above 256 points), and up
    to 40 more while they are enumerated. :mod:`negeig.automata.monoids.enumeration` says how.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [2, 0], [2, 2]], initial=0,
    ...                   outputs=[0, 0, 1])
    >>> monoid = transition_monoid(machine)
    >>> ["".join(monoid.word(e)) for e in range(monoid.size)]
    ['', 'a', 'b', 'aa', 'ab', 'ba']
    >>> monoid.word(monoid.product(monoid.element("b"), monoid.element("ab")))
    ('b',)
    >>> monoid.is_aperiodic, monoid.is_group
    (True, False)
    """
    points = _point_generators(machine)
    if points is not None:
        found = enumerate_maps(points, max_elements, max_memory)
        if _is_same_monoid(machine, found):
            return _monoid(machine, "points", points, found)
    states = np.ascontiguousarray(machine.transitions.T).astype(
        np.min_scalar_type(machine.size - 1)
    )
    return _monoid(machine, "states", states, enumerate_maps(states, max_elements, max_memory))


def _monoid(machine: Machine, acts_on: str, generators: Maps, found: Elements) -> TransitionMonoid:
    for array in (generators, *found):
        array.setflags(write=False)
    return TransitionMonoid(
        machine=machine,
        acts_on=acts_on,
        generators=generators,
        maps=found.maps,
        right=found.right,
        left=found.left,
        parent=found.parent,
        last_letter=found.last_letter,
    )


def _point_generators(machine: Machine) -> Maps | None:
    """Return the letters on the natural points, where those are fewer than the states."""
    points = machine.points
    if not points or len(points) != len(machine.alphabet) or len(points[0]) >= machine.size:
        return None
    count = len(points[0])
    if any(sorted(image) != list(range(count)) for image in points):
        return None
    return np.array(points, dtype=np.min_scalar_type(count - 1))


def _is_same_monoid(machine: Machine, found: Elements) -> bool:
    """Whether the group of point permutations is the transition monoid, letter for letter.

    It acts on the states when "the state reached by the element's word" follows every Cayley
    edge and reaches every state. It acts faithfully when the stabiliser of the initial state
    contains no normal subgroup but the trivial one: the largest is found by discarding
    elements until what is left is closed under conjugation by every letter.
    """
    table = machine.transitions.tolist()
    reached = [machine.initial]
    for e, a in zip(found.parent[1:].tolist(), found.last_letter[1:].tolist(), strict=True):
        reached.append(table[reached[e]][a])
    states = np.array(reached)
    letters = range(len(machine.alphabet))
    if len(np.unique(states)) < machine.size or any(
        (states[found.right[:, a]] != machine.transitions[states, a]).any() for a in letters
    ):
        return False
    conjugates = [np.argsort(found.right[:, a])[found.left[:, a]] for a in letters]
    core = states == machine.initial
    before = -1
    while before != int(core.sum()):
        before = int(core.sum())
        for conjugate in conjugates:
            core &= core[conjugate]
    return before == 1
