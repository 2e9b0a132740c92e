"""Image sets of a machine under subduction: what the holonomy decomposition is computed from.

An image set is the set of states X.w that a word w can leave the machine in, X being all states;
the single states are added. P is subduced by Q when P lies inside Q.u for some word u, the empty
one included, and two sets are equivalent when each subduces the other: then they have as many
elements and words carry each one onto the other. The monoid itself is never listed.

Eilenberg, Automata, Languages, and Machines, volume B (1976), chapter II; Egri-Nagy and Nehaniv,
Computational holonomy decomposition of transformation semigroups (2015), arXiv:1508.06345.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.components import strong_components
from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached

StateSet = int
"""A set of states: bit q is set when state q is in it."""

DEFAULT_MAX_SETS = 50_000

# Above this many edges the compiled components are worth the import of numba.
_PLAIN_EDGES = 20_000


@dataclass(frozen=True, eq=False)
class ImageSets:
    """All image sets of a machine with their images, equivalence classes, tiles and heights.

    Made by :func:`image_sets`. Sets are meant by their number; that of all states is 0.

    Parameters
    ----------
    machine : Machine
        The machine, taken as it is.
    sets : tuple of int
        The sets as bit masks: the images in the order of their shortest words, then the single
        states that are no image.
    images : list of list of int
        ``images[p][a]`` is the number of the image of set p under letter a.

    Examples
    --------
    >>> starts_with_a = Machine(alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0,
    ...                         outputs=[0, 1, 0])
    >>> found = image_sets(starts_with_a)
    >>> [list(elements(s)) for s in found.sets]
    [[0, 1, 2], [1, 2], [0], [1], [2]]
    >>> found.heights, [found.tiles(p) for p in (0, 1)]
    ([2, 1, 0, 0, 0], [[2, 1], [3, 4]])
    """

    machine: Machine
    sets: tuple[StateSet, ...]
    images: list[list[int]]

    @cached_property
    def sizes(self) -> list[int]:
        """Number of elements of every set."""
        return [s.bit_count() for s in self.sets]

    @cached_property
    def classes(self) -> list[int]:
        """Class of every set: that of the sets which words carry onto it and back.

        A letter leads from a class to itself or to one with a smaller number.
        """
        successors = np.array(self.images, dtype=np.int32)
        if successors.size <= _PLAIN_EDGES:
            labels = strong_components(successors)
        else:
            from negeig.automata.monoids import _green_compiled

            labels = _green_compiled.strong_components(successors)
        found: list[int] = labels.tolist()
        return found

    @cached_property
    def members(self) -> dict[int, list[int]]:
        """Sets of every class of sets with more than one element; the first represents it."""
        members: dict[int, list[int]] = {}
        for p, label in enumerate(self.classes):
            if self.sizes[p] > 1:
                members.setdefault(label, []).append(p)
        return members

    @cached_property
    def upward(self) -> list[int]:
        """Classes of sets with more than one element, each after all that it properly subduces."""
        return sorted(self.members, key=lambda c: (self.sizes[self.members[c][0]], c))

    @cached_property
    def number(self) -> dict[StateSet, int]:
        """Number of each set."""
        return {s: p for p, s in enumerate(self.sets)}

    @cached_property
    def heights(self) -> list[int]:
        """Height of every set: the longest strict chain of subduction from it to a single state."""
        height = [0] * len(self.sets)
        for c in self.upward:
            lower = {q for p in self.members[c] for q in self.images[p] if self.classes[q] != c}
            lower.update(self.tiles(self.members[c][0]))
            above = 1 + max(height[q] for q in lower)
            for p in self.members[c]:
                height[p] = above
        return height

    @cached_property
    def _matrix(self) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Sets with more than one element, larger ones first, and their masks as 64-bit words."""
        order = [p for p in range(len(self.sets)) if self.sizes[p] > 1]
        order.sort(key=lambda p: (-self.sizes[p], self.sets[p]))
        words = -(-self.machine.size // 64)
        packed = b"".join(self.sets[p].to_bytes(8 * words, "little") for p in order)
        masks = np.frombuffer(packed, dtype="<u8").astype(np.uint64).reshape(len(order), words)
        return np.array(order, dtype=np.int64), masks

    @cached_property
    def _tiles(self) -> dict[int, list[int]]:
        return {}

    def tiles(self, p: int) -> list[int]:
        """Return the tiles of a set: the largest image sets and single states properly inside it.

        Every proper subset of it among the image sets and single states lies in a tile. Smaller
        tiles come first. O(sets x tiles) word operations, once.
        """
        if p not in self._tiles:
            self._tiles[p] = self._find_tiles(p)
        return self._tiles[p]

    def _find_tiles(self, p: int) -> list[int]:
        order, masks = self._matrix
        mask = np.frombuffer(
            self.sets[p].to_bytes(8 * masks.shape[1], "little"), dtype="<u8"
        ).astype(np.uint64)
        inside = np.flatnonzero(((masks & ~mask) == 0).all(axis=1))
        inside = inside[order[inside] != p]
        tiles: list[int] = []
        covered = 0
        while inside.size:  # the first one is a largest one
            largest = masks[inside[0]]
            tiles.append(int(order[inside[0]]))
            covered |= self.sets[tiles[-1]]
            inside = inside[((masks[inside] & ~largest) != 0).any(axis=1)]
        if self.sizes[p] > 1:
            tiles += [self.number[1 << q] for q in elements(self.sets[p] & ~covered)]
        return sorted(tiles, key=lambda t: (self.sizes[t], t))


MAX_TABLE_BYTES = 1 << 30
"""Most bytes of the tables by which letters are applied to sets of states."""


def image_sets(machine: Machine, *, max_sets: int = DEFAULT_MAX_SETS) -> ImageSets:
    """Return all image sets of a machine and its single states.

    Raises
    ------
    LimitReached
        As soon as there are more than ``max_sets`` sets; there can be 2^states. At once where the
        single states are too many, or the tables would take more than ``MAX_TABLE_BYTES``.

    Notes
    -----
    O(sets x letters x states / 8) table look-ups; tables of 4 states^2 bytes a letter.
    """
    if machine.size > max_sets:
        raise LimitReached("image sets", max_sets, reached=machine.size)
    bytes_needed = 4 * machine.size**2 * len(machine.alphabet)
    if bytes_needed > MAX_TABLE_BYTES:
        raise LimitReached("bytes of tables of sets", MAX_TABLE_BYTES, reached=bytes_needed)
    columns = machine.transitions.T.tolist()
    tables = [_byte_tables(column) for column in columns]
    sets = [(1 << machine.size) - 1]
    number = {sets[0]: 0}
    images: list[list[int]] = []

    def visit(p: int) -> None:
        row = []
        source = sets[p].to_bytes(len(tables[0]), "little")
        for table in tables:
            target = 0
            for byte, part in zip(source, table, strict=True):
                target |= part[byte]
            row.append(number.setdefault(target, len(sets)))
            if row[-1] == len(sets):
                sets.append(target)
        images.append(row)
        if len(sets) > max_sets:
            raise LimitReached(
                "image sets", max_sets, reached=len(sets), detail="max_sets of holonomy in Python"
            )

    for q in range(machine.size):
        while len(images) < len(sets):
            visit(len(images))
        if number.setdefault(1 << q, len(sets)) == len(sets):
            sets.append(1 << q)
    while len(images) < len(sets):
        visit(len(images))
    return ImageSets(machine=machine, sets=tuple(sets), images=images)


def height(machine: Machine, *, max_sets: int = DEFAULT_MAX_SETS) -> int:
    """Return the height of a machine: the longest strict chain of its image sets under subduction.

    It is the number of levels of the classical holonomy decomposition.

    Raises
    ------
    LimitReached
        There are more than ``max_sets`` image sets.

    Examples
    --------
    >>> flipflop = Machine(alphabet="sr", transitions=[[1, 0], [1, 0]], initial=0, outputs=[0, 1])
    >>> height(flipflop)
    1
    """
    return image_sets(machine, max_sets=max_sets).heights[0]


def elements(states: StateSet) -> Iterator[int]:
    """Yield the states in a set, in increasing order.

    Examples
    --------
    >>> list(elements(0b1101))
    [0, 2, 3]
    """
    while states:
        lowest = states & -states
        yield lowest.bit_length() - 1
        states ^= lowest


def _byte_tables(column: list[int]) -> list[list[int]]:
    """Image of every set of eight neighbouring states under a letter, one table for each eight."""
    tables = []
    for start in range(0, len(column), 8):
        table = [0]
        for target in column[start : start + 8]:
            table += [before | 1 << target for before in table]
        tables.append(table)
    return tables
