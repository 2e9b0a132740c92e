"""The states that a backend reaches, breadth first, and every letter in each of them compared.

This reads the shortest words to its states without reading any letter twice: a state that was
reached is handed back to the backend. States are told apart by 64 bits of a hash of their own bits
and the machine's state; two of equal hash, a chance of one in 10^7 among a million, would count as
one. Nothing is proved: for that see :mod:`negeig.precision.closure`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints, Longs
from negeig.kernels.backend import States
from negeig.kernels.streams.comparing import PIECE_TOKENS, PIECE_WORK, SHOWN, Comparison, Mismatch
from negeig.kernels.streams.kinds import Part

_MIX = np.uint64(0x9E3779B97F4A7C15)


class Reaching:
    """An exploration of the states that a backend reaches.

    Attributes
    ----------
    read : int
        Letters compared, with the wrong one.
    states : int
        States found, the initial one included.
    closed : bool
        Whether every letter was read in all of them, and they are all.
    mismatch : Mismatch or None
        On a shortest wrong word, the first in the order of letters.
    """

    def __init__(self, comparison: Comparison, part: Part) -> None:
        self.comparison, self.part = comparison, part
        self.read, self.states, self.closed = 0, 1, False
        self.mismatch: Mismatch | None = None
        start = comparison.standing(1)
        self._machine, self._layers = start.machine, start.states
        self._seen = hashes(self._machine, self._layers)
        # For each state the edge it was first reached by: source times letters, plus the letter.
        self._edges = np.full(1, -1, np.int64)
        self._first = 0  # number of the first state of the frontier

    def explore(self) -> Iterator[int]:
        """Read until the states are closed, a symbol is wrong or the part is over.

        Yields the letters read so far.
        """
        letters = self.comparison.letters
        work = int(PIECE_WORK / self.comparison.backend.nanoseconds_per_token())
        rows = max(1, min(PIECE_TOKENS, work) // letters)
        while self.mismatch is None and len(self._machine):
            found = []
            for at in range(0, len(self._machine), rows):
                room = (self.part.length - self.read) // letters
                piece = slice(at, at + min(rows, room))
                if not room:
                    return
                found.append(self._cross(piece))
                yield self.read
                if self.mismatch is not None:
                    return
            self._advance(found)
        self.closed = self.mismatch is None

    def _cross(self, piece: slice) -> tuple[Ints, tuple[States, ...], Longs]:
        """Read every letter in some states of the frontier: what follows, and by which edges."""
        with_ = self.comparison
        machine = np.repeat(self._machine[piece], with_.letters)
        layers = tuple(np.repeat(s[piece], with_.letters, axis=0) for s in self._layers)
        words = np.tile(np.arange(with_.letters, dtype=np.int32), len(machine) // with_.letters)
        stream = with_.backend.stream(len(machine), layers)
        symbols = with_.symbols(stream, words[:, None])[:, 0]
        entries = with_.table[machine * np.int64(with_.letters) + words]
        wrong = np.flatnonzero((entries ^ symbols) & 0xFFFFFFFF)
        edges = (self._first + piece.start) * with_.letters + np.arange(len(machine))
        self.read += int(wrong[0]) + 1 if len(wrong) else len(machine)
        if len(wrong):
            i = int(wrong[0])
            self._stop(i, int(symbols[i]), machine, layers, int(edges[i]))
        after = with_.machine.transitions[machine, words].astype(np.int32)
        return after, stream.states, edges

    def _advance(self, found: list[tuple[Ints, tuple[States, ...], Longs]]) -> None:
        """Make the states that are new the frontier."""
        machine = np.concatenate([after for after, _, _ in found])
        layers = tuple(np.concatenate(s) for s in zip(*(s for _, s, _ in found), strict=True))
        edges = np.concatenate([e for _, _, e in found])
        keys, first = np.unique(hashes(machine, layers), return_index=True)
        place = np.searchsorted(self._seen, keys)
        known = self._seen[np.minimum(place, len(self._seen) - 1)] == keys
        new = np.sort(first[~known])
        self._seen = np.sort(np.concatenate([self._seen, keys[~known]]))
        self._first += len(self._machine)
        self._machine, self._layers = machine[new], tuple(s[new] for s in layers)
        self._edges = np.concatenate([self._edges, edges[new]])
        self.states += len(new)

    def _stop(
        self, i: int, symbol: int, machine: Ints, layers: tuple[States, ...], edge: int
    ) -> None:
        with_ = self.comparison
        spelt = self._spelt(edge)
        start = with_.standing(1, len(spelt) - 1)
        start = start._replace(
            machine=machine[i : i + 1], states=tuple(s[i : i + 1] for s in layers)
        )
        place = (len(spelt) - 1, 0)
        word = spelt if len(spelt) <= SHOWN else None
        self.mismatch = with_.mismatch(self.part, place, symbol, start, spelt[-1:], word)

    def _spelt(self, edge: int) -> Ints:
        """Return the word to a state, and a letter."""
        word = []
        while edge >= 0:
            source, letter = divmod(edge, self.comparison.letters)
            word.append(letter)
            edge = int(self._edges[source])
        return np.array(word[::-1], np.int32)


def hashes(machine: Ints, layers: tuple[States, ...]) -> NDArray[np.uint64]:
    """Hash each row: the machine's state and the bits of all layers.

    Examples
    --------
    >>> same = hashes(np.array([3, 3, 3]), (np.array([[1.0], [1.0], [-0.0]], np.float32),))
    >>> bool(same[0] == same[1]), bool(same[0] == same[2])
    (True, False)
    """
    found = machine.astype(np.uint64)
    for layer in layers:
        width = np.uint64 if layer.dtype.itemsize == 8 else np.uint32
        for column in np.ascontiguousarray(layer).view(width).T:
            found = (found ^ column.astype(np.uint64)) * _MIX
            found ^= found >> np.uint64(29)
    return found
