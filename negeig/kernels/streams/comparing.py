"""Words read on a backend, every symbol compared with the machine as it comes.

Rows are read side by side, a piece of so many letters at a time, by several threads. Which mismatch
is the first does not depend on pieces or threads: it is the first by position, then by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np

from negeig.arrays import Ints
from negeig.automata.machines.machine import Machine
from negeig.claims import Output, output_text
from negeig.kernels.backend import States, Stream
from negeig.kernels.streams.kinds import Letters, Part
from negeig.kernels.streams.together import COLUMNS, together
from negeig.theory.networks.network import LinearRNN
from negeig.threads import pool

PIECE_TOKENS = 2**17
"""Letters that one thread reads at once, at most: words and symbols stay in a processor's cache."""

PIECES = 16
"""Pieces that a thread reads before it waits for the others."""

PIECE_WORK = 50e6
"""Nanoseconds of work at once, about, so that a run can be stopped."""

SIDE = 2**12
"""Words of one length that are read side by side; the others follow."""

LANES = 16
"""Words of a vector: a thread has a multiple of it where rows allow it, and no fewer."""

SHOWN = 64
"""Letters of a word that is written out."""

Place: TypeAlias = tuple[int, int]
"""A position, the letters before it, and a row."""


class Reads(Protocol):
    """What reads words: a backend, or an implementation in its place."""

    device: str
    notice: str

    def nanoseconds_per_token(self) -> float:
        """Rough cost of one token."""

    def stream(self, rows: int, states: Sequence[States] | None = None) -> Stream:
        """Begin that many words, at the initial states or at given ones."""


class Standing(NamedTuple):
    """Where the rows of a part are, and what it takes to go on.

    Parameters
    ----------
    position : int
        Letters of each row before it.
    machine : int32 (rows,)
        The machine's states.
    states : tuple of States (rows, dim)
        The states of every layer.
    """

    position: int
    machine: Ints
    states: tuple[States, ...]


class Mismatch(NamedTuple):
    """A symbol that is not the machine's.

    Parameters
    ----------
    part : Part
        The words it was found on.
    row, position : int
        The word, and how many letters of it were read, the last one with the wrong symbol.
    letter : int or None
        That last letter; None where the empty word is wrong.
    expected, found : Output
        ``found`` is None where the state of some layer was not finite.
    before, after : Standing
        Before and after that letter, of this row alone.
    word : Ints or None
        All letters read since the initial state, where they are at most ``SHOWN``.
    again : bool
        Whether the letters of its piece give the same symbol when they are read once more.
    """

    part: Part
    row: int
    position: int
    letter: int | None
    expected: Output
    found: Output
    before: Standing
    after: Standing
    word: Ints | None
    again: bool = True


class Comparison:
    """A network on a backend, and the machine that it is compared with.

    Parameters
    ----------
    network : LinearRNN
    machine : Machine
        The backend takes its letters.
    backend : Reads
    """

    def __init__(self, network: LinearRNN, machine: Machine, backend: Reads) -> None:
        self.network, self.machine, self.backend = network, machine, backend
        self.letters = len(machine.alphabet)
        self.outputs: list[Output] = [*network.outputs.values(), None]
        texts = [output_text(output) for output in network.outputs.values()]
        first = {text: texts.index(text) for text in texts}
        # Symbols of equal outputs become one; the last entry is that of symbol -1, for none.
        self.same = np.array([*(first[text] for text in texts), -1], np.int32)
        self.distinct = len(first) == len(texts)
        wanted = np.array([first.get(output_text(o), -2) for o in machine.outputs], np.int64)
        after = machine.transitions.astype(np.int64)
        low = wanted[after] & 0xFFFFFFFF
        self.table = (after * self.letters << 32 | low).reshape(-1)

    def symbols(self, stream: Stream, words: Ints) -> Ints:
        """Read letters, and return symbols, one for each output."""
        found = stream.read(words)
        return found if self.distinct else self.same[found]

    def standing(self, rows: int, position: int = 0) -> Standing:
        """Return rows at their initial states."""
        machine = np.full(rows, self.machine.initial, np.int32)
        return Standing(position, machine, tuple(self.backend.stream(rows).states))

    def empty(self, part: Part) -> Mismatch | None:
        """Compare the empty word."""
        wanted = self.machine.outputs[self.machine.initial]
        if output_text(self.network.empty) == output_text(wanted):
            return None
        start, word = self.standing(1), np.zeros(0, np.int32)
        return Mismatch(part, 0, 0, None, wanted, self.network.empty, start, start, word)

    def mismatch(
        self,
        part: Part,
        place: Place,
        symbol: int,
        start: Standing,
        letters: Ints,
        word: Ints | None,
    ) -> Mismatch:
        """Return the mismatch of a symbol at a place.

        ``letters`` (n,) are those of one row from a standing to the wrong one, which are read once
        more for the states around it.
        """
        position, row = place
        q = int(start.machine[0])
        for a in letters[:-1].tolist():
            q = int(self.machine.transitions[q, a])
        stream = self.backend.stream(1, start.states)
        if len(letters) > 1:
            stream.read(letters[None, :-1])
        before = Standing(position, np.array([q], np.int32), _copied(stream.states))
        again = int(self.symbols(stream, letters[None, -1:])[0, 0]) == symbol
        q = int(self.machine.transitions[q, letters[-1]])
        after = Standing(position + 1, np.array([q], np.int32), _copied(stream.states))
        expected, found = self.machine.outputs[q], self.outputs[symbol]
        return Mismatch(part, row, position + 1, int(letters[-1]), expected, found,
                        before, after, word, again)  # fmt: skip


def _copied(states: Sequence[States]) -> tuple[States, ...]:
    return tuple(state.copy() for state in states)


class _Rows:
    """Rows that one thread reads."""

    def __init__(
        self, with_: Comparison, letters: Letters, first: int, start: Standing, most: int
    ) -> None:
        self.comparison, self.letters, self.first = with_, letters, first
        self.stream = with_.backend.stream(len(start.machine), start.states)
        self.machine, self.most = start.machine.copy(), most
        self.memory = np.empty(len(self.machine) * most, np.int32)
        self.before = start
        rows = len(self.machine)
        self.read_right = together(self.stream, letters, first, rows, with_.table)
        if not with_.distinct:  # symbols would have to be made one for each output
            self.read_right = None

    def read(self, position: int, count: int) -> Place | None:
        """Read so many letters of every row, piece by piece; the first place that is wrong."""
        blocks, was_wrong = count // COLUMNS, False
        if self.read_right is not None and blocks:
            start = Standing(position, self.machine.copy(), _copied(self.stream.states))
            if self.read_right(position, blocks, self.machine):
                position, count = position + blocks * COLUMNS, count - blocks * COLUMNS
            else:
                was_wrong, self.read_right, self.machine = True, None, start.machine
                self.stream = self.comparison.backend.stream(len(start.machine), start.states)
        pieces = (self._read(at, min(self.most, position + count - at))
                  for at in range(position, position + count, self.most))  # fmt: skip
        place = next(filter(None, pieces), None)
        if was_wrong and place is None:
            raise AssertionError("symbols were wrong once and right when they were read again")
        return place

    def _read(self, position: int, count: int) -> Place | None:
        from negeig.kernels.streams._letters_compiled import first_wrong, wrong_bits

        with_, rows = self.comparison, len(self.machine)
        self.before = Standing(position, self.machine.copy(), _copied(self.stream.states))
        self.words = self.memory[: rows * count].reshape(rows, count)
        self.letters.fill(self.first, position, self.machine, self.words)
        self.symbols = with_.symbols(self.stream, self.words)
        if not wrong_bits(self.words, self.symbols, with_.table, with_.letters, self.machine):
            return None
        machine = self.before.machine.copy()
        t, row = first_wrong(self.words, self.symbols, with_.table, with_.letters, machine)
        return position + t, row + self.first

    def read_since(self, place: Place) -> tuple[int, Standing, Ints]:
        """Return the symbol at a place, where its row stood before the piece, and its letters."""
        position, row = place[0], place[1] - self.first
        at, machine, states = self.before
        start = Standing(at, machine[row : row + 1], tuple(s[row : row + 1] for s in states))
        t = position - at
        return int(self.symbols[row, t]), start, self.words[row, : t + 1].copy()


class Reading:
    """The rows of a part as they are read.

    Parameters
    ----------
    comparison : Comparison
    part : Part
        Streamed, or one word; ``length`` is where each row ends.
    letters : Letters
    rows : range
        Which rows of it are read.
    start : Standing
        Of these rows.
    threads : int
    fresh : bool
        Whether they stand at the initial states.

    Attributes
    ----------
    position : int
        Letters of every row before it.
    mismatch : Mismatch or None
    whole : bool
        False while a piece is being read: then there is no standing.
    """

    def __init__(
        self,
        comparison: Comparison,
        part: Part,
        letters: Letters,
        rows: range,
        start: Standing,
        threads: int,
        *,
        fresh: bool,
    ) -> None:
        self.comparison, self.part, self.letters = comparison, part, letters
        self.begun = self.position = start.position
        self.fresh = fresh
        self.mismatch: Mismatch | None = None
        self.whole = True
        count = max(1, min(threads, len(rows) // LANES))
        bounds = [len(rows) * i // count // LANES * LANES for i in range(count)] + [len(rows)]
        largest = max(b - a for a, b in pairwise(bounds))
        work = int(PIECE_WORK / comparison.backend.nanoseconds_per_token())
        most = max(1, min(PIECE_TOKENS, work) // largest)
        self.piece = most * (PIECES if count > 1 else 1)
        self.groups = [
            _Rows(
                comparison, letters, rows[a],
                Standing(start.position, start.machine[a:b], tuple(s[a:b] for s in start.states)),
                most,
            )
            for a, b in pairwise(bounds)
        ]  # fmt: skip

    def read(self, end: int) -> Iterator[int]:
        """Read on to a position; yields the position after every piece, and ends at a mismatch."""
        with pool(len(self.groups)) as threads:
            while self.position < end and self.mismatch is None:
                count = min(self.piece, end - self.position)
                self.whole = False
                if len(self.groups) == 1:
                    places = [self.groups[0].read(self.position, count)]
                else:
                    reads = [threads.submit(g.read, self.position, count) for g in self.groups]
                    places = [read.result() for read in reads]
                wrong = [(at, group) for at, group in zip(places, self.groups, strict=True) if at]
                if wrong:
                    self._stop(*min(wrong, key=lambda pair: pair[0]))
                self.position += count
                self.whole = True
                yield self.position

    def standing(self) -> Standing:
        """Return where the rows are."""
        machine = np.concatenate([group.machine for group in self.groups])
        layers = zip(*(group.stream.states for group in self.groups), strict=True)
        return Standing(self.position, machine, tuple(np.concatenate(s) for s in layers))

    def _stop(self, place: Place, group: _Rows) -> None:
        symbol, start, letters = group.read_since(place)
        word = None
        if self.fresh and place[0] - self.begun < SHOWN:
            word = np.empty((1, place[0] - self.begun + 1), np.int32)
            initial = np.full(1, self.comparison.machine.initial, np.int32)
            self.letters.fill(place[1], self.begun, initial, word)
            word = word[0]
        self.mismatch = self.comparison.mismatch(self.part, place, symbol, start, letters, word)


def read_all(
    comparison: Comparison, part: Part, letters: Letters, threads: int
) -> Iterator[tuple[int, Mismatch | None]]:
    """Read all words of one length, some at a time, and find a shortest wrong one.

    Yields the letters read so far, and the mismatch that is the first as far as they go: by
    position, then by row.
    """
    end, mismatch, done = part.length, None, 0
    for first in range(0, part.rows, SIDE):
        rows = range(first, min(first + SIDE, part.rows))
        start = comparison.standing(len(rows))
        reading = Reading(comparison, part, letters, rows, start, threads, fresh=True)
        for position in reading.read(end):
            yield done + position * len(rows), mismatch
        if reading.mismatch is not None:
            mismatch = reading.mismatch
            end = mismatch.position - 1
        done += part.length * len(rows)
        yield done, mismatch
        if not end:
            return
