"""All products of some maps, with shortest words and both Cayley graphs, in four ways.

Every way numbers the elements in length-lexicographic order of their shortest words, and all give
equal arrays. Element by element in that order, an element is multiplied on the right by every
letter; a product not seen before is the next element (Froidure and Pin, Algorithms for computing
finite semigroups, 1997). The ways differ in how products are computed and recognised:

* ``plain``: with numpy and a dictionary, the specification, for small monoids;
* ``direct``: up to 8 points a map packs into 24 bits, which index a table of all maps;
* ``packed``: up to 16 points a map packs into one machine word, which is hashed;
* ``rows``: any number of points; rows of images are hashed.

The last three are compiled, and run in short calls so that Ctrl-C is seen.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.claims import LimitReached

Maps = NDArray[Any]

# Below these sizes plain Python is faster than importing numba, and once that is done.
_PLAIN_EDGES = 20_000
_PLAIN_EDGES_LOADED = 500
_PLAIN_ENTRIES = 4_000_000
# Products in one compiled call, and points in the maps of these: some 20 ms.
_CALL_PRODUCTS = 500_000
_CALL_POINTS = 10_000_000
# Bits of a packed map up to which a table of all maps is small enough, and bits in a word.
DIRECT_BITS = 24
_WORD_BITS = 64
# Letters up to which the tables that multiply packed maps stay in the second cache.
_PACKED_LETTERS = 64
# Slots of the first hash table, as a power of 2.
_FIRST_SLOTS = 16
# Elements are 32-bit numbers.
_MOST = 2**31 - 2**24


class Elements(NamedTuple):
    """The arrays of :class:`.monoids.monoid.TransitionMonoid`, under the same names."""

    maps: Maps
    right: Ints
    left: Ints
    parent: Ints
    last_letter: Ints


def enumerate_maps(generators: Maps, max_elements: int, max_memory: int) -> Elements:
    """Enumerate all products of the rows of ``generators``; small monoids in plain Python.

    Parameters
    ----------
    generators : array of unsigned int, shape (letters, points)
        The image of every point under every letter.
    max_elements, max_memory : int
        Limits on the number of elements and on bytes held.

    Raises
    ------
    LimitReached
        Either limit; how far it got.
    """
    letters, points = generators.shape
    edges = _PLAIN_EDGES_LOADED if "numba" in sys.modules else _PLAIN_EDGES
    affordable = min(edges, _PLAIN_ENTRIES // points) // letters
    small = enumerate_plain(generators, min(affordable, max_elements))
    if small is not None:
        return small
    bits = packed_bits(points)
    if letters > _PACKED_LETTERS:
        return enumerate_rows(generators, max_elements, max_memory)
    if bits <= DIRECT_BITS and 4 << bits <= max_memory // 4:
        return enumerate_direct(generators, max_elements, max_memory)
    if bits <= _WORD_BITS:
        return enumerate_packed(generators, max_elements, max_memory)
    return enumerate_rows(generators, max_elements, max_memory)


def enumerate_plain(generators: Maps, max_elements: int) -> Elements | None:
    """Enumerate by the definition, with numpy and a dictionary; None beyond ``max_elements``."""
    letters, points = generators.shape
    identity = np.arange(points, dtype=generators.dtype)
    maps, parent, last = [identity], [-1], [-1]
    number = {identity.tobytes(): 0}
    right: list[list[int]] = []
    for e, row in enumerate(maps):  # grows while it is read
        if len(maps) > max_elements:
            return None
        right.append([])
        for a in range(letters):
            image = generators[a][row]
            target = number.setdefault(image.tobytes(), len(maps))
            if target == len(maps):
                maps.append(image)
                parent.append(e)
                last.append(a)
            right[e].append(target)
    left = [[number[row[generators[a]].tobytes()] for a in range(letters)] for row in maps]
    tables = (np.array(table, dtype=np.int32) for table in (right, left, parent, last))
    return Elements(np.array(maps), *tables)


def enumerate_direct(generators: Maps, max_elements: int, max_memory: int) -> Elements:
    """Enumerate with a table of all packed maps: 64 MiB for 8 points, which is the most."""
    return _enumerate_words(generators, max_elements, max_memory, np.uint32)


def enumerate_packed(generators: Maps, max_elements: int, max_memory: int) -> Elements:
    """Enumerate with a hash table of packed maps; 16 points at most."""
    return _enumerate_words(generators, max_elements, max_memory, np.uint64)


def _enumerate_words(
    generators: Maps, max_elements: int, max_memory: int, word: type[Any]
) -> Elements:
    from negeig.automata.monoids import _monoid_packed as compiled

    letters, points = generators.shape
    direct = word is np.uint32
    bits = packed_bits(points) if direct else _FIRST_SLOTS
    # Without shift, a packed map is its slot in the table; otherwise the top bits of its hash are.
    shift = 0 if direct else _WORD_BITS - bits
    append = _contributions(generators, word, compiled.CHUNK, prepend=False)
    prepend = _contributions(generators, word, compiled.CHUNK, prepend=True)
    limits = _Limits(
        max_elements,
        max_memory,
        fixed=append.nbytes + prepend.nbytes + (4 << bits),
        # A word, a map, both Cayley graphs, parent and last letter; up to four slots of a table.
        each=append.itemsize + points + 8 * letters + 8 + (0 if direct else 16),
        points=points,
    )
    capacity = limits.capacity(compiled.BATCH * letters)
    words = np.empty(capacity, word)
    words[0] = pack(np.arange(points, dtype=word)[None])[0]
    right, parent, last = _graph(capacity, letters)
    table = np.zeros(1 << bits, np.int32)  # memory that is never written to is never taken
    compiled.fill_table(words, 0, 1, table, shift)
    progress = np.array([1, 0])
    call = max(1, _CALL_PRODUCTS // letters)
    while progress[1] < progress[0]:
        size = limits.check(int(progress[0]))
        while shift and 2 * (size + letters) > len(table):
            shift -= 1
            table = np.zeros(2 * len(table), np.int32)
            for begin in range(0, size, call):
                compiled.fill_table(words, begin, min(begin + call, size), table, shift)
        room = min(capacity, len(table) * 3 // 4) if shift else capacity
        compiled.advance(words, append, table, shift, right, parent, last, progress, room, call)
    size = limits.check(int(progress[0]))
    _trim(size, words, right, parent, last)
    left = np.empty((size, letters), np.int32)
    maps = np.empty((size, points), generators.dtype)
    for begin in range(0, size, call):
        end = min(begin + call, size)
        compiled.finish(words, prepend, table, shift, left, maps, _field(points), begin, end)
    return Elements(maps, right, left, parent, last)


def enumerate_rows(generators: Maps, max_elements: int, max_memory: int) -> Elements:
    """Enumerate with a hash table of rows."""
    from negeig.automata.monoids import _monoid_compiled as compiled

    letters, points = generators.shape
    limits = _Limits(
        max_elements,
        max_memory,
        fixed=8 << _FIRST_SLOTS,
        # A map, both Cayley graphs, parent and last letter; up to four slots of the table.
        each=points * generators.itemsize + 8 * letters + 8 + 32,
        points=points,
    )
    capacity = limits.capacity(compiled.BATCH * letters)
    maps = np.empty((capacity, points), generators.dtype)
    maps[0] = np.arange(points)
    right, parent, last = _graph(capacity, letters)
    weights = _weights(points)
    table = np.zeros(1 << _FIRST_SLOTS, np.uint64)
    compiled.fill_table(maps, 0, 1, weights, table)
    progress = np.array([1, 0])
    call = max(1, min(_CALL_PRODUCTS, _CALL_POINTS // points) // letters)
    while progress[1] < progress[0]:
        size = limits.check(int(progress[0]))
        while 2 * (size + letters) > len(table):
            table = np.zeros(2 * len(table), np.uint64)
            for begin in range(0, size, call):
                compiled.fill_table(maps, begin, min(begin + call, size), weights, table)
        room = min(capacity, len(table) * 3 // 4)
        compiled.advance(
            generators, maps, weights, table, right, parent, last, progress, room, call
        )
    size = limits.check(int(progress[0]))
    _trim(size, maps, right, parent, last)
    left = np.empty((size, letters), np.int32)
    for begin in range(0, size, call):
        compiled.finish(right, parent, last, left, begin, min(begin + call, size))
    return Elements(maps, right, left, parent, last)


def _weights(points: int) -> NDArray[np.uint64]:
    """Coefficients of the hash of a row; odd, since multiples of an even number lose a bit."""
    return 2 * np.random.default_rng(0).integers(2**63, size=(points,), dtype=np.uint64) + 1


@dataclass(frozen=True)
class _Limits:
    """Limits on elements and memory, of which ``fixed`` bytes and ``each`` for an element."""

    max_elements: int
    max_memory: int
    fixed: int
    each: int
    points: int

    @property
    def affordable(self) -> int:
        return min(max(0, self.max_memory - self.fixed) // self.each, _MOST)

    def capacity(self, spare: int) -> int:
        """Elements to reserve memory for, some more than the limits; untouched memory is free."""
        return min(self.max_elements, self.affordable) + spare

    def check(self, size: int) -> int:
        """Return the number of elements found; LimitReached when it is past a limit."""
        if size > self.max_elements:
            raise LimitReached(
                "monoid elements",
                self.max_elements,
                reached=self.max_elements + 1,
                option="--max-elements",
            )
        if size > self.affordable:
            raise LimitReached(
                "memory of the monoid in bytes",
                self.max_memory,
                reached=min(self.max_memory, self.fixed + self.affordable * self.each),
                option="--max-memory",
                detail=f"More than {self.affordable:,} elements were found; "
                f"each is a map of {self.points:,} points",
            )
        return size


def _graph(capacity: int, letters: int) -> tuple[Ints, Ints, Ints]:
    """Make room for right products, parents and last letters, and enter those of the identity."""
    parent, last = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
    parent[0] = last[0] = -1
    return np.empty((capacity, letters), np.int32), parent, last


def _trim(size: int, *arrays: NDArray[Any]) -> None:
    for array in arrays:
        array.resize((size, *array.shape[1:]), refcheck=False)


def _field(points: int) -> int:
    """Bits for the image of one point."""
    return max(1, (points - 1).bit_length())


def packed_bits(points: int) -> int:
    """Bits of a packed map."""
    return _field(points) * points


def pack(maps: Maps) -> NDArray[Any]:
    """Pack maps into words of 32 bits, or 64: the image of point q is field q, from the lowest on.

    Examples
    --------
    >>> [bin(word) for word in pack(np.array([[3, 0, 1], [2, 2, 2]])).tolist()]
    ['0b10011', '0b101010']
    """
    points = maps.shape[1]
    word: type[Any] = np.uint32 if packed_bits(points) <= DIRECT_BITS else np.uint64
    packed: NDArray[Any] = np.zeros(len(maps), word)
    for q in range(points):
        packed |= maps[:, q].astype(word) << word(_field(points) * q)
    return packed


def _contributions(generators: Maps, word: type[Any], chunk: int, *, prepend: bool) -> NDArray[Any]:
    """Tables that multiply a packed map by a letter: look every chunk of bits up, take the union.

    Entry [c, x, a] is what the points of chunk c contribute to the product with letter a when the
    bits of that chunk are x.
    """
    letters, points = generators.shape
    field = _field(points)
    in_chunk = chunk // field
    values: NDArray[Any] = np.arange(1 << chunk, dtype=word)
    tables = np.zeros((-(-points // in_chunk), 1 << chunk, letters), word)
    for a, generator in enumerate(generators.tolist()):
        images = np.zeros(1 << field, word)
        images[:points] = generator
        for q in range(points):
            c, place = divmod(generator[q] if prepend else q, in_chunk)
            x = values >> word(field * place) & word((1 << field) - 1)
            tables[c, :, a] |= (x if prepend else images[x]) << word(field * q)
    return tables
