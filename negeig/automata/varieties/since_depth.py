"""How deeply strict Since must be nested to say what a task outputs.

``p since q`` holds before a letter when, at some earlier letter, q held, and at all letters after
that one p did. A flip-flop that shows its state before the letter computes it, so formulas of depth
n are n layers of flip-flops, and a task needs depth n exactly when its transition monoid divides a
wreath product of n right regular bands and of no fewer. docs/theory/since-depth.md has the proofs.

It is decided by the loops of the Cayley graph of the orders of last passages of depth n - 1
(:mod:`.varieties.last_passages`): depth n is enough if and only if pss = ps and psts = pts in the
monoid for all words p and all words s, t that lead the vertex reached by p back to itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.automata.varieties.identities import separating_context, word_map
from negeig.automata.varieties.last_passages import last_passages, passage_graph
from negeig.automata.varieties.subsemigroup import Elements, Search, Structure, components
from negeig.claims import InputError, LimitReached, Output, Word, output_text
from negeig.evidence import Evidence, read_word, unknown_letters

MAX_LOOKUPS = 50_000_000
"""Look-ups in tables that the decision may take: about a second."""

MAX_VALUES = 20_000
"""Orders of last passages that are listed: for depth 2 up to seven letters, for 3 two."""

GROUPS = "there are groups inside, and such formulas do not count"


@dataclass(frozen=True)
class AlikeWords(Evidence[Machine]):
    """Two words with different outputs on which all formulas of a depth agree.

    Attributes
    ----------
    depth : int
        Which is therefore too little.
    words : tuple of two Words
    outputs : tuple of two outputs
        What the machine outputs after each.
    """

    depth: int
    words: tuple[Word, Word]
    outputs: tuple[Output, Output]

    def problems(self, machine: Machine, /) -> list[str]:
        """Return why the words do not show it; they are run, their orders computed anew."""
        if unknown := unknown_letters(machine.alphabet, *self.words):
            return unknown
        if type(self.depth) is not int or self.depth < 0:
            return ["depth: not a number of nestings"]
        found = tuple(machine.output(word) for word in self.words)
        if output_text(found) != output_text(self.outputs):
            return ["outputs: not these"]
        if output_text(found[0]) == output_text(found[1]):
            return ["outputs: the same"]
        if len(set(last_passages(self.words, self.depth))) > 1:
            return [f"words: a formula of depth {self.depth} tells them apart"]
        return []

    def to_json(self) -> dict[str, Any]:
        """JSON object with the attributes' names; words are lists of letters."""
        return {
            "depth": self.depth,
            "words": [list(word) for word in self.words],
            "outputs": list(self.outputs),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> AlikeWords:
        """Read what :meth:`to_json` wrote; InputError where the form is wrong."""
        try:
            one, other = map(read_word, data["words"])
            first, second = data["outputs"]
            return AlikeWords(data["depth"], (one, other), (first, second))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError("witness", f"no pair of words: {error!r:.200}") from None


@dataclass(frozen=True, kw_only=True)
class SinceDepth:
    """The least depth of nested strict Since that says a task's outputs, or what is known of it.

    Attributes
    ----------
    depth : int or None
        None where no depth is enough or where it is not decided.
    at_least, at_most : int or None
        Proved of it; ``depth`` where that is decided. Both are None where no depth is enough, and
        ``at_most`` where no cascade is known.
    witness : AlikeWords or None
        Shows that one less than ``at_least`` is too little; None for 0 and where there is no depth.
    reason : str
        Why there is no depth, or which limit stopped the decision; else empty.
    """

    depth: int | None
    at_least: int | None
    at_most: int | None = None
    witness: AlikeWords | None = None
    reason: str = ""

    def with_cascade(self, levels: int) -> SinceDepth:
        """Return what is known with a cascade of so many levels of resets that does the task.

        A level whose letters keep its point or overwrite it is a layer of flip-flops that reads
        the states of the levels above before the letter.
        """
        if self.at_least is None or self.depth is not None:
            return self
        if levels == self.at_least:
            return replace(self, depth=levels, at_most=levels, reason="")
        return replace(self, at_most=levels)

    def to_json(self) -> dict[str, Any]:
        """JSON object with the attributes' names."""
        return {
            "depth": self.depth,
            "at_least": self.at_least,
            "at_most": self.at_most,
            "witness": None if self.witness is None else self.witness.to_json(),
            "reason": self.reason,
        }


def since_depth(
    monoid: TransitionMonoid, *, max_lookups: int = MAX_LOOKUPS, max_values: int = MAX_VALUES
) -> SinceDepth:
    """Return how deeply strict Since must be nested to say the outputs of a task.

    Parameters
    ----------
    monoid : TransitionMonoid
        Of the minimal machine of the task.
    max_lookups : int
        Look-ups in tables in all; past it the depth is at least one more than what was refuted, and
        no word comes to rest after more repetitions than the depth.
    max_values : int
        Most orders of last passages that are listed for a depth.

    Raises
    ------
    InputError
        When the machine is not minimal.

    Notes
    -----
    The orders of depth n - 1 are counted over letters that generate the monoid and are not products
    of others. For each of them, with the N that it shares a strong component with, the loops are
    found in O(N x size x letters), then tried in O(X T P): X elements that reach it, and T loops,
    P of them without a stop at it, that act differently on these. Orders get very many: 16 of depth
    1 over three letters, above three millions of depth 2.

    Examples
    --------
    "The last letter is b", and "the first letter is a": for that a position must be said to have
    none before it.

    >>> from negeig.automata.expressions.regex_machine import regex_to_machine
    >>> from negeig.automata.monoids.monoid import transition_monoid
    >>> last, first, parity = (
    ...     since_depth(transition_monoid(regex_to_machine(regex).minimal()))
    ...     for regex in ("(a|b)*b", "a(a|b)*", "(aa)*")
    ... )
    >>> last.depth, first.depth, parity.depth, parity.reason
    (1, 2, None, 'there are groups inside, and such formulas do not count')
    >>> first.witness.words, first.witness.depth
    ((('a', 'b', 'a'), ('b', 'a')), 1)
    """
    machine = monoid.machine
    if machine.minimal().size != machine.size:
        raise InputError("machine", "the depth is that of the minimal machine; minimise it first")
    if not monoid.is_aperiodic:
        return SinceDepth(depth=None, at_least=None, reason=GROUPS)
    structure = Structure(monoid, max_lookups, use="the depth of Since", function="since_depth")
    letters = irredundant_letters(monoid)
    level, witness = 0, None
    try:
        while (pair := _alike(structure, letters, level, max_values)) is not None:
            witness = _shown(machine, pair, level)
            level += 1
    except LimitReached as limit:
        index = int(monoid.indices.max())
        if index > level:
            level, witness = index, _power(monoid)
        return SinceDepth(depth=None, at_least=level, witness=witness, reason=str(limit))
    return SinceDepth(depth=level, at_least=level, at_most=level, witness=witness)


def irredundant_letters(monoid: TransitionMonoid) -> list[int]:
    """Return numbers of letters that generate the monoid, none of them a product of others.

    Letters are dropped from the last to the first.
    """
    kept = list(range(len(monoid.machine.alphabet)))
    for a in reversed(range(len(kept))):
        others = [b for b in kept if b != a]
        if Search(monoid.right[:, others], [0]).seen[monoid.right[0, a]]:
            kept = others
    return kept


def _alike(
    structure: Structure, letters: list[int], depth: int, max_values: int
) -> tuple[Word, Word] | None:
    """Return words of different elements that have one order of last passages of a depth."""
    monoid = structure.monoid
    if depth == 0:
        return None if monoid.size == 1 else ((), monoid.word(1))
    graph = passage_graph(len(letters), depth - 1, max_values)
    right = monoid.right[:, letters]
    labels = components(graph)
    access = Search(_Product(structure, graph, right, np.arange(len(graph))), [0])
    reached = access.seen.reshape(len(graph), monoid.size)
    for u, label in enumerate(labels.tolist()):
        vertices = np.flatnonzero(labels == label)
        if not np.isin(graph[vertices], vertices).any():
            continue
        loops = _Loops(structure, graph, right, vertices, u)
        before = np.flatnonzero(reached[u])
        found = _broken(structure, before, loops.elements(), loops.elements(prime=True))
        if found is not None:
            p, s, t = found
            first = structure.spell([letters[a] for a in access.path(u * monoid.size + p)[1]])
            one, other = (
                structure.spell([letters[a] for a in loops.path(loop)]) for loop in (s, t)
            )
            return (first + one + other + one, first + other + one)
    return None


class _Product:
    """The product of a graph, on some of its vertices, with the right Cayley graph of a monoid.

    Vertex ``i * size + m`` is the i-th of these vertices with the element m. Edges that leave them
    stay where they are.
    """

    def __init__(self, structure: Structure, graph: Ints, right: Ints, vertices: Elements) -> None:
        place = np.full(len(graph), -1, np.int64)
        place[vertices] = np.arange(len(vertices))
        self._structure, self._right = structure, right
        self._graph = place[graph[vertices]]
        self.shape = (len(vertices) * len(right), right.shape[1])
        structure.charge(self.shape[0])

    def __getitem__(self, vertices: Elements, /) -> Elements:
        self._structure.charge(vertices.size * self.shape[1])
        place, m = np.divmod(vertices, len(self._right))
        heads = self._graph[place]
        inside: Elements = np.where(
            heads >= 0, heads * len(self._right) + self._right[m], vertices[:, None]
        )
        return inside


class _Loops:
    """The words that lead a vertex back to itself, as elements of the monoid."""

    def __init__(
        self, structure: Structure, graph: Ints, right: Ints, vertices: Elements, u: int
    ) -> None:
        self._product = _Product(structure, graph, right, vertices)
        self._start = int(np.searchsorted(vertices, u)) * len(right)
        self._size = len(right)
        self._search = Search(self._product, [self._start])

    def elements(self, prime: bool = False) -> Elements:
        """Return the elements of all loops, or of those that are at the vertex at their ends only.

        These generate the others.
        """
        here = slice(self._start, self._start + self._size)
        if not prime:
            return np.flatnonzero(self._search.seen[here])
        stops = _Stopping(self._product, self._start, self._start + self._size)
        return np.flatnonzero(Search(stops, [self._start]).seen[here])

    def path(self, element: int) -> list[int]:
        """Return the letters of a loop."""
        return self._search.path(self._start + element)[1]


class _Stopping:
    """A graph in which vertices of a range have no edges to others, but for the first of them."""

    def __init__(self, graph: _Product, start: int, end: int) -> None:
        self.shape = graph.shape
        self._graph, self._start, self._end = graph, start, end

    def __getitem__(self, vertices: Elements, /) -> Elements:
        stop = (vertices > self._start) & (vertices < self._end)
        heads: Elements = np.where(stop[:, None], vertices[:, None], self._graph[vertices])
        return heads


def _broken(
    structure: Structure, before: Elements, loops: Elements, prime: Elements
) -> tuple[int, int, int] | None:
    """Return p, s, t with psts unlike pts; t is the identity where pss is unlike ps.

    It is enough to try t that generate the loops: if sts = ts for all s and two t, then also for
    their product, s t t' s = s t s t' s = t s t' s = t t' s.
    """
    act = _action(structure, before, loops)
    act, distinct = np.unique(act, axis=1, return_index=True)
    turn = _action(structure, before, prime)
    turn, turning = np.unique(turn, axis=1, return_index=True)
    structure.charge(act.size * (1 + turn.shape[1]))
    for s in range(act.shape[1]):
        after = act[:, s]
        if (wrong := after[after] != after).any():
            return int(before[np.argmax(wrong)]), int(loops[distinct[s]]), 0
        wrongs = after[turn[after]] != after[turn]
        if wrongs.any():
            p, t = np.argwhere(wrongs)[0]
            return int(before[p]), int(loops[distinct[s]]), int(prime[turning[t]])
    return None


def _action(structure: Structure, elements: Elements, loops: Elements) -> NDArray[np.int64]:
    """Return the place of each product of an element with a loop among the elements."""
    return np.searchsorted(elements, structure.products(elements[:, None], loops[None, :]))


def _power(monoid: TransitionMonoid) -> AlikeWords:
    """Return powers of a word that depths below its index do not tell apart.

    By induction on n: after n - 1 repetitions of s the orders of depth n - 1 rest, so the next one
    passes edges of a loop, and another one passes them in the same order.
    """
    s = int(np.argmax(monoid.indices))
    depth = int(monoid.indices[s]) - 1
    word = monoid.word(s)
    return _shown(monoid.machine, (word * depth, word * (depth + 1)), depth)


def _shown(machine: Machine, pair: tuple[Word, Word], depth: int) -> AlikeWords:
    """Return two words that act differently, in a context in which the outputs differ."""
    prefix, suffix = separating_context(machine, *(word_map(machine, word) for word in pair))
    one, other = (prefix + word + suffix for word in pair)
    return AlikeWords(depth, (one, other), (machine.output(one), machine.output(other)))
