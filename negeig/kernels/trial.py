"""One batch of words run through an implementation in several ways, and what was wrong first.

A batch is run whole (a length that is no multiple of a chunk), cut to a multiple of 64, for one
letter, in pieces that hand on their state, one row alone, in other orders, and once more; with
other words in other heads, several value channels and as views where tensors can be. A call takes
as many letters as memory allows: what comes out is compared piece by piece, and kept as a digest
only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from negeig.arrays import Float32s, Float64s, Ints
from negeig.claims import InputError, NegeigError, Word
from negeig.kernels.batch import Batch
from negeig.kernels.decoder import FastDecoder
from negeig.kernels.implementation import (
    Answer,
    Implementation,
    Kernel,
    Misbehaved,
    Recurrence,
    Undetermined,
    held,
)
from negeig.kernels.positions import Positions
from negeig.kernels.raised import NoDevice, told
from negeig.kernels.runnable import runnable
from negeig.kernels.standard_suite import Task
from negeig.precision.numbers.formats import FORMATS

CHUNK = 64
PIECES = (1, 1, CHUNK + 1)
"""Lengths of the first pieces of a word that is run in pieces; the last one takes the rest."""

MIXED_PIECES = (CHUNK // 2 + 1, CHUNK)
"""Lengths of the first of two pieces where heads hold other words: within a chunk, and a whole one.

What heads hold at a position of a call may be the same by chance; it seldom is from each start.
"""

ORDERS = 2
"""Other orders of the rows that are tried."""

VALUES = 65
"""Value channels that are tried, of dimensions up to ``NARROW``; of larger ones 2 are."""

NARROW = 16

NUMBERS, PAIRS = 16, 3
"""Numbers of one head and position that a call holds at once: of each of K and of a chunk, and of
each pair of them, as chunks with a decay for each of K do. Measured of fla's and transformers'."""


NO_DRIVER = "0 active drivers"
"""What Triton says where there is no GPU."""

EVERY_STATE = "states of every position"
"""What was expected of a call that failed."""


class FirstWrong(NamedTuple):
    """The first wrong position, counted in letters read; 0 where the call itself failed.

    ``word`` is what was read until then, of the words of the batch; empty at position 0.
    """

    position: int
    expected: str
    found: str
    word: Word = ()


class Done(NamedTuple):
    """How many letters of each row were read, and the digests of the states of each row."""

    letters: int
    digests: tuple[bytes, ...]


class Trial:
    """An implementation on a batch in a number format; :meth:`run` runs it.

    Parameters
    ----------
    max_memory : int
        Bytes of one call, about: a longer batch is several calls that hand on their state, and is
        cut where no state can be handed on.
    report : callable
        Told before each call what it is, and what was wrong until then.

    Attributes
    ----------
    tokens : int
        Positions compared.
    exact : bool
        Whether every state was the exact one, as far as the format it came in holds it.
    first : FirstWrong or None
    assumptions : dict
        As :class:`negeig.kernels.conforming.Conformity` has them. Where two equal calls give other
        bits, no other comparison of bits says anything: outputs alone are judged.
    changed : set of str
        Tensors that some call changed.
    views : Misbehaved or None
        How it failed on views, where it did.
    """

    def __init__(
        self, one: Implementation, kernel: Kernel, task: Task, batch: Batch, dtype: str,
        max_memory: int, report: Callable[[str, FirstWrong | None], None],
    ) -> None:  # fmt: skip
        self.one, self.kernel, self.batch, self.dtype = one, kernel, batch, dtype
        self.report, self.key_scale = report, task.key_scale
        self.alphabet = task.machine.alphabet
        self.ready = runnable(task.network, task.machine.alphabet, FORMATS[dtype])
        self.layers = [
            Positions.of(layer, stored)
            for layer, stored in zip(task.network.layers, self.ready.stored.layers, strict=True)
        ]
        self.rows: Ints = np.arange(len(batch.words), dtype=np.int32)
        self.most = max(1, max_memory // max(map(_bytes, self.layers)) // len(self.rows))
        self.hands_on = one.resumes or dtype == "fp32"  # else the state would be rounded
        self.tokens, self.exact = 0, True
        self.errors = dict[bool, float]()
        self.first: FirstWrong | None = None
        self.changed = set[str]()
        self.views: Misbehaved | None = None
        self.assumptions: dict[str, bool | None] = {
            "deterministic": None, "batch_independent": None, "split_is_whole": None,
        }  # fmt: skip

    @property
    def error(self) -> float | None:
        """The largest error of states in float32, or, where there are none, of those read."""
        return self.errors.get(True, self.errors.get(False))

    def failed(self, what: str, expected: str = EVERY_STATE) -> None:
        """Note that a call failed, unless something was wrong before."""
        self.first = self.first or FirstWrong(0, expected, what)

    def run(self) -> None:
        """Run the batch in every way. Raises Misbehaved when a call fails."""
        length, rows = self.batch.words.shape[1], self.rows
        whole = self.way(rows, (length,))
        again = whole == self.way(rows, (length,))
        self.assumptions["deterministic"] = again
        self.way(rows, (1,))
        # Heads hold other words in calls of every length: what is wrong in a later chunk only is
        # seen in those that reach it.
        heads = max(len(layer.initial) for layer in self.layers)
        mixed = self.one.tensors and min(heads, len(rows)) > 1
        if multiple := length // CHUNK * CHUNK:
            self.way(rows, (multiple,), turned=mixed)
        if mixed:
            self.way(rows, (length,), turned=True)
            for first in MIXED_PIECES * self.hands_on:
                self.way(rows, _cut((first,), length), turned=True)
        if len(rows) > 1:
            shuffles = [np.random.Generator(np.random.PCG64(i)).permutation(rows)
                        for i in range(ORDERS)]  # fmt: skip
            alike = [
                self.way(order, (length,)) == _rows(whole, order) for order in (rows[:1], *shuffles)
            ]
            self.assumptions["batch_independent"] = all(alike) if again else None
        if self.hands_on:
            pieces = _cut(PIECES, length)
            split = self.way(rows, pieces)
            if again and len(pieces) > 1 and split.letters == whole.letters:  # both to the end
                self.assumptions["split_is_whole"] = split == whole
        if self.one.tensors:
            self._laid_out_otherwise(rows, min(length, CHUNK + 3), heads > NARROW, mixed)

    def _laid_out_otherwise(self, rows: Ints, length: int, wide: bool, mixed: bool) -> None:
        for values in (2,) if wide else (2, VALUES):
            # In two pieces, so that what is handed on of other channels is judged by what is read.
            self.way(rows, _cut((CHUNK + 1,), length), values=values, turned=mixed)
        try:
            self.way(rows, (length,), views=True, turned=mixed)
        except Misbehaved as error:  # some ask for contiguous tensors, and say so
            self.views = error

    def way(self, rows: Ints, pieces: Sequence[int], **how: Any) -> Done:
        """Run rows in pieces that hand on their state, and compare them with what is right.

        No further than a state is handed on, and not beyond a piece that is wrong.
        """
        batch, count = self.batch, len(rows)
        digests = [[blake2b(digest_size=16) for _ in rows] for _ in self.layers]
        carried = [np.repeat(layer.initial[None], count, axis=0) for layer in self.layers]
        done, handed = 0, dict[int, Float32s]()
        for length in self._pieces(pieces):
            words = batch.words[:, done : done + length][rows]
            letters = self.ready.letters[words]
            lost = np.zeros(letters.shape, np.bool_)  # a state was not finite
            for i, layer in enumerate(self.layers):
                asked = layer.recurrence(letters, carried[i], self.dtype, self.key_scale, **how)
                answer = self.call(asked)
                states = np.ascontiguousarray(answer.states[:, layer.steps - 1 :: layer.steps])
                exact = batch.exact(i, rows, done, length)
                self._compare(states, exact, answer.format)
                if answer.final is not None:
                    self._compare(answer.final, exact[:, -1], "fp32")
                    carried[i] = handed[i] = answer.final.astype(np.float32)
                decoder = FastDecoder(self.ready.codebooks[i])
                flat = states.reshape(-1, states.shape[2])
                letters = decoder.symbols(flat, letters.reshape(-1), 0, length)
                letters = letters.reshape(count, length)
                lost |= letters < 0
                letters[lost] = 0
                for digest, row in zip(digests[i], states, strict=True):
                    digest.update(row)
            letters[lost] = -1
            self._judge(letters, rows, done)
            done += length
            if self.first or len(handed) < len(self.layers):
                break
        for i, state in handed.items():
            for digest, row in zip(digests[i], np.ascontiguousarray(state), strict=True):
                digest.update(row)
        texts = ((digest.digest() for digest in layer) for layer in digests)
        return Done(done, tuple(b"".join(row) for row in zip(*texts, strict=True)))

    def _pieces(self, pieces: Sequence[int]) -> list[int]:
        """Cut pieces that one call cannot take; only the first call, where no state goes on."""
        cut = [min(self.most, length - start) for length in pieces
               for start in range(0, length, self.most)]  # fmt: skip
        return cut if self.hands_on else cut[:1]

    def call(self, asked: Recurrence) -> Answer:
        """Call the implementation. Raises Misbehaved when it does, saying in which call."""
        rows, positions, dim = asked.shape
        how = ", other words in other heads" * asked.turned + ", as views" * asked.views
        if asked.values > 1:
            how += f", {asked.values} value channels"
        what = f"{rows:,} rows by {positions:,} positions of dimension {dim}{how}"
        self.report(what, self.first)
        try:
            answer = self.kernel(asked)
            if not isinstance(answer, Answer):
                raise Misbehaved(f"expected an Answer, found {type(answer).__name__}")
            if answer.states.shape != asked.key.shape:
                shape = answer.states.shape
                raise Misbehaved(f"expected states of shape {asked.key.shape}, found {shape}")
        except NegeigError as error:
            if ":" in self.one.name and isinstance(error, InputError):  # of one's own function
                raise Misbehaved(f"{told(error)}; in a call of {what}") from error
            raise
        except Exception as error:  # an implementation may raise anything
            kind = Undetermined if isinstance(error, Undetermined) else Misbehaved
            if NO_DRIVER in told(error):
                raise NoDevice(f"{told(error)}: it needs a GPU, and there is none") from error
            raise kind(f"{told(error)}; in a call of {what}") from error
        self.changed |= set(answer.changed)
        return answer._replace(states=answer.states.astype(np.float32))

    def _compare(self, states: Float32s, exact: Float64s, name: str) -> None:
        """Note whether states are exact as far as their format goes, and how far off they are."""
        self.exact &= bool((states == held(exact, name)).all())
        if states.size and np.isfinite(states).all():
            error = float(np.abs(states - exact).max())
            self.errors[name == "fp32"] = max(self.errors.get(name == "fp32", 0.0), error)

    def _judge(self, symbols: Ints, rows: Ints, start: int) -> None:
        """Compare decoded symbols with the machine, and keep the earliest wrong position."""
        found = self.batch.outputs[symbols]
        expected = self.batch.expected[:, start : start + symbols.shape[1]][rows]
        self.tokens += symbols.size
        wrong = np.argwhere(found != expected)
        if len(wrong):
            row, t = wrong[np.argmin(wrong[:, 1])]
            position = start + int(t) + 1
            if self.first is None or 0 < position < self.first.position:
                texts, letters = self.batch.texts, self.batch.words[rows[row], :position]
                word = tuple(self.alphabet[a] for a in letters.tolist())
                self.first = FirstWrong(
                    position, texts[expected[row, t]], texts[found[row, t]], word
                )


def _cut(pieces: Sequence[int], length: int) -> list[int]:
    """Return the lengths of the pieces of a word, the last one what is left."""
    cuts = [cut for cut in np.cumsum(pieces).tolist() if cut < length]
    lengths: list[int] = np.diff([0, *cuts, length]).tolist()
    return lengths


def _bytes(layer: Positions) -> int:
    """Return the bytes of one letter of one row, all heads, in a call; K is padded to 4 dim."""
    dim = len(layer.initial)
    width = 4 * dim
    return 4 * layer.steps * dim * (NUMBERS * (width + CHUNK) + PAIRS * width * CHUNK)


def _rows(done: Done, rows: Ints) -> Done:
    return Done(done.letters, tuple(done.digests[row] for row in rows))
