"""Tables of a stabiliser chain, and the randomised, then verified, algorithm that fills them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.claims import LimitReached

Permutations = NDArray[np.uint16]

# Random elements that must sift to the identity before the chain is verified.
_CONFIDENCE = 12
# Table entries a compiled call handles before it returns, so that Ctrl-C is seen: some 50 ms.
_CHUNK = 50_000_000


class StabiliserChain:
    """The tables of a stabiliser chain, and the algorithm that completes them."""

    def __init__(
        self, generators: Permutations, degree: int, prefix: Sequence[int], max_memory: int
    ) -> None:
        self.degree = degree
        self.max_memory = max_memory
        self.generators = generators
        self.base = np.array(prefix, np.int32)
        self.position = np.full((len(prefix), degree), -1, np.int32)
        self.inverses: Permutations = np.empty((0, degree), np.uint16)
        self.rows = 0
        self.strong: Permutations = np.empty((0, degree), np.uint16)
        self.depth = np.empty(0, np.int32)  # how many base points a strong generator fixes
        for level in range(len(prefix)):
            self._extend(level)

    @property
    def tables(self) -> tuple[Ints, Ints, Permutations]:
        """Base, positions and inverses, as the compiled functions take them."""
        return self.base, self.position, self.inverses

    @property
    def order(self) -> int:
        """Product of the orbit lengths: that of the group once the chain is complete."""
        lengths = (self.position >= 0).sum(axis=1)
        return math.prod(int(length) for length in lengths)

    def inverse_rows(self, level: int) -> Permutations:
        """Return the inverses of the coset representatives of one level, by orbit point."""
        rows = self.position[level]
        found: Permutations = self.inverses[rows[rows >= 0]]
        return found

    def complete(self, bound: int) -> None:
        """Fill the chain from the generators; ``bound`` is an upper bound of the order."""
        from negeig.automata.groups._schreier_sims_compiled import is_one, sift

        for g in self.generators:
            self._sift_in(g.copy())
        if self.order < bound and len(self.generators) > 1:
            random = random_elements(self.generators)
            trivial = 0
            while trivial < _CONFIDENCE:
                g = next(random)
                level = sift(g, *self.tables, 0)
                trivial += 1
                if level < len(self.base) or not is_one(g):
                    self._insert(g, level)
                    trivial = 0
                    if self.order == bound:
                        break
        level = len(self.base) - 1
        while level >= 0 and self.order < bound:
            failed = self._verify(level)
            level = level - 1 if failed is None else failed

    def _sift_in(self, g: Permutations) -> None:
        from negeig.automata.groups._schreier_sims_compiled import is_one, sift

        level = sift(g, *self.tables, 0)
        if level < len(self.base) or not is_one(g):
            self._insert(g, level)

    def _verify(self, level: int) -> int | None:
        """Sift the Schreier generators of a level; enlarge the chain where one was missing."""
        from negeig.automata.groups._schreier_sims_compiled import verify

        generators = self.strong[self.depth >= level]
        room, residue = np.empty((2, self.degree), np.uint16)
        work = max(1, len(generators)) * self.degree * (len(self.base) - level)
        step = max(1, _CHUNK // work)
        for start in range(0, self.degree, step):
            stop = min(start + step, self.degree)
            failed = int(verify(level, start, stop, generators, *self.tables, room, residue))
            if failed >= 0:
                self._insert(residue, failed)
                return failed
        return None

    def _insert(self, g: Permutations, level: int) -> None:
        """Add a strong generator that fixes the base points before ``level``."""
        if level == len(self.base):
            moved = int(np.argmax(g != np.arange(self.degree)))
            self.base = np.append(self.base, np.int32(moved))
            row = np.full((1, self.degree), -1, np.int32)
            self.position = np.concatenate([self.position, row])
        self.strong = np.concatenate([self.strong, g[None]])
        self.depth = np.append(self.depth, np.int32(level))
        for i in range(level + 1):
            self._extend(i)

    def _extend(self, level: int) -> None:
        from negeig.automata.groups._schreier_sims_compiled import extend, is_closed

        position = self.position[level]
        if position[self.base[level]] >= 0 and is_closed(position, self.strong[-1:]):
            return
        needed = self.rows + self.degree
        if needed > len(self.inverses):
            capacity = max(needed, 2 * len(self.inverses))
            if 2 * capacity * self.degree > self.max_memory:
                capacity = needed
            if 2 * capacity * self.degree > self.max_memory:
                raise LimitReached(
                    "memory of the stabiliser chain in bytes",
                    self.max_memory,
                    reached=2 * self.rows * self.degree,
                    option="--max-memory",
                    detail=f"{len(self.base)} base points so far, degree {self.degree:,}",
                )
            grown = np.empty((capacity, self.degree), np.uint16)
            grown[: self.rows] = self.inverses[: self.rows]
            self.inverses = grown
        generators = self.strong[self.depth >= level]
        base, room = int(self.base[level]), np.empty(self.degree, np.int32)
        self.rows = int(extend(position, generators, self.inverses, self.rows, base, room))


def random_elements(generators: Permutations) -> Iterator[Permutations]:
    """Yield random products of generators for ever: product replacement, with a fixed seed.

    Celler et al., Generating random elements of a finite group (1995).
    """
    random = np.random.default_rng(0)
    count = max(10, len(generators))
    slots = [generators[i % len(generators)] for i in range(count)]
    last = generators[0]
    for step in itertools.count():
        i, j = random.choice(count, 2, replace=False)
        factor = slots[j]
        if random.integers(2):
            factor = np.argsort(factor).astype(np.uint16)
        slots[i] = factor[slots[i]]
        last = slots[i][last]
        if step > 4 * count:
            yield last.copy()


def cycle_lengths(g: NDArray[Any]) -> list[int]:
    """Lengths of the cycles, fixed points included."""
    image = g.tolist()
    seen = [False] * len(image)
    lengths = []
    for start in range(len(image)):
        length = 0
        q = start
        while not seen[q]:
            seen[q] = True
            length += 1
            q = image[q]
        if length:
            lengths.append(length)
    return lengths
