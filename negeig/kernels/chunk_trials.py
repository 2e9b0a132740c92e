"""What a proof about a chunked implementation rests on, tested with words of many lengths.

Where nothing is rounded in any order, an implementation of the form returns the exact states, bit
for bit but for the sign of zero. That it is one was read in its code; that it is called rightly,
and computes the form and nothing else, is tested: on words of lengths around those of its chunks,
alone and beside others, with other words in other heads, whole and in pieces, every state that is
read and handed on is compared. Random words may lack a letter, so words are run beside them that
have every letter, next to every other one where there are not too many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Float32s, Float64s, Ints
from negeig.claims import Assumption, Letter, Word
from negeig.kernels.assumptions import stated
from negeig.kernels.implementation import Misbehaved
from negeig.kernels.through import Through
from negeig.kernels.trajectory import trajectory
from negeig.precision.closure.decode import to_float
from negeig.theory.closure.explore import Task

ROWS, SEED = 4, 0
"""Random words of every length, and their seed."""

MOST_PAIRS = 4096
"""Pairs of letters up to which each is tried; more letters are tried twice in a row each."""

MOST_LETTERS = 32_768
"""Letters that are tried at most."""

TRIES = 64
"""Letters after the first wrong output within which a word that errs at its end is sought."""

STATEMENTS = {
    "computes_form": "a chunk is computed by its form, every sum in some order",
    "batch_independent": "a row does not depend on the other rows of its call",
    "split_is_whole": "pieces that hand on their state give the states of the whole word",
}


class ChunkTrials:
    """The tests of one implementation on one network.

    Parameters
    ----------
    run : Through
        Nothing is explored with it.
    task : Task
    chunk : int
        Positions of a chunk.
    words : sequence of Word
        Run beside random words: those on which the exact network errs.

    Attributes
    ----------
    lengths : list of int
        Of the random words, in letters.
    erring : Word or None
        The shortest word found after which the output is wrong, in one call of all its letters.
    drift : float or None
        The largest distance of a coordinate that was read or handed on from its exact value; None
        where the network has no exact states on these words.
    assumptions : tuple of Assumption
        That every state is the exact one, in three ways of calling.
    """

    def __init__(self, run: Through, task: Task, chunk: int, words: Sequence[Word] = ()) -> None:
        self.run, self.task = run, task
        self.erring: Word | None = None
        self.drift: float | None = None
        steps = max(layer.positions.steps for layer in run.layers)
        around = {1, chunk - 1, chunk, chunk + 1, 3 * chunk + 5}
        around |= {chunk // steps, chunk // steps + 1}  # several positions a letter
        self.lengths = sorted(length for length in around if length > 0)
        random = np.random.Generator(np.random.PCG64(SEED))
        number = {letter: a for a, letter in enumerate(task.alphabet)}
        given = [np.array([[number[a] for a in word]], np.int32) for word in words if word]
        self.batches = [
            random.integers(len(task.alphabet), size=(ROWS, length)).astype(np.int32)
            for length in self.lengths
        ]
        self.exact = [self._exact(words) for words in self.batches]
        covering, covered = covering_words(len(task.alphabet), self.lengths[-1])
        self.given = [(words, self._exact(words)) for words in (*given, *covering)]
        shown = ", ".join(map(str, self.lengths))
        self.assumptions = (
            self._assumption(
                "computes_form",
                self._whole,
                f"{ROWS} words each of {shown} letters, in one call, and {covered}",
            ),
            self._assumption(
                "batch_independent",
                self._regrouped,
                "the longest of them alone, and reversed",
            ),
            self._assumption("split_is_whole", self._split, "the longest of them in three pieces"),
        )

    def _assumption(self, name: str, trial: Callable[[], str], tested: str) -> Assumption:
        try:
            problem = trial()
        except Misbehaved as error:
            problem = str(error)
        return Assumption(
            name=name,
            statement=stated(STATEMENTS, name, self.run),
            tested=problem or f"{tested}: every state is the exact one", held=not problem,
            tokens=self.lengths[-1] if name == "computes_form" and not problem else None,
        )  # fmt: skip

    def _whole(self) -> str:
        calls = [*self.given, *zip(self.batches, self.exact, strict=True)]
        return _first([self._compared(words, exact) for words, exact in calls])

    def _regrouped(self) -> str:
        longest = list(zip(self.batches, self.exact, strict=True))[-2:]
        return _first(
            [
                self._compared(words[group], exact and [states[group] for states in exact])
                for words, exact in longest
                for group in (slice(0, 1), slice(1, None), slice(None, None, -1))
            ]
        )

    def _split(self) -> str:
        words, exact = self.batches[-1], self.exact[-1]
        first = self.lengths[0]
        cuts = [[cut, cut + first] for cut in self.lengths[:-1]]
        return _first([self._compared(words, exact, pair) for pair in cuts])

    def _compared(
        self, words: Ints, exact: Sequence[Float64s] | None, cuts: Sequence[int] = ()
    ) -> str:
        """Run words, note where outputs are wrong, and say where a state is not the exact one."""
        symbols, states, finals = self._called(words, cuts)
        alike = not self.run.mixes or len(words) == 1
        self._judge(words, symbols, whole=alike and not cuts)
        if exact is None:
            return "the network has no exact states on these words"
        problem = ""
        for i, (read, final, right) in enumerate(zip(states, finals, exact, strict=True)):
            length = read.shape[1]
            pairs = (("after", read, right[:, :length]), ("handed on after", final, right[:, -1]))
            for what, found, expected in pairs:
                if found.shape != expected.shape:  # what is above a state that is not finite
                    continue
                with np.errstate(invalid="ignore"):
                    error = float(np.abs(found - expected).max(initial=0))
                self.drift = max(self.drift or 0.0, error)
                wrong = np.argwhere((found != expected).any(axis=-1))
                if len(wrong) and not problem:
                    t = int(wrong[:, 1].min()) + 1 if what == "after" else words.shape[1]
                    problem = (
                        f"layer {i}: the state {what} letter {t:,} of {words.shape[1]:,} in a call "
                        f"of {len(words)} words is off by up to {error:.3g}"
                    )
        return problem

    def _called(
        self, words: Ints, cuts: Sequence[int]
    ) -> tuple[list[list[Letter | None]], list[Float32s], list[Float32s]]:
        """Run words in calls that end at the cuts: symbols, states read and handed on by layer."""
        tables, (rows, length) = self.run.layers, words.shape
        handed = [np.repeat(table.states([0]), rows, axis=0) for table in tables]
        read: list[list[Float32s]] = [[] for _ in tables]
        symbols: list[list[Letter | None]] = [[] for _ in range(rows)]
        for start, end in pairwise([0, *cuts, length]):
            piece: list[list[Letter | None]] = [
                [self.task.alphabet[a] for a in row] for row in words[:, start:end].tolist()
            ]
            for i, table in enumerate(tables):
                known = min(_known(row) for row in piece)
                if not known:
                    break
                letters = np.array(
                    [[table.letter[a] for a in row[:known] if a is not None] for row in piece],
                    np.int32,
                )
                found, final = self.run.call(i, handed[i], letters, mixed=True)
                states = _states([b"".join(row) for row in found], (rows, known, table.layer.dim))
                read[i].append(states)
                handed[i] = _states(final, handed[i].shape)
                piece = [
                    [table.symbol(*pair) for pair in zip(row, own, strict=True)]
                    for row, own in zip(found, letters.tolist(), strict=True)
                ]
            for row, own in zip(symbols, piece, strict=True):
                row += own + [None] * (end - start - len(own))
        return symbols, [np.concatenate(s, axis=1) for s in read if s], handed

    def _judge(self, words: Ints, symbols: list[list[Letter | None]], whole: bool) -> None:
        """Note the shortest word after which an output is wrong in one call."""
        for word, row in zip(words.tolist(), symbols, strict=True):
            wrong = self._first_wrong(word, row)
            if wrong is None:
                continue
            # An output in the middle of a call may not be the one at the end of a shorter call.
            for length in range(wrong + 1, min(len(word), wrong + TRIES) + 1):
                if self.erring is not None and length >= len(self.erring):
                    break
                if whole and length == len(word):
                    alone = row
                else:
                    (alone,), _, _ = self._called(np.array([word[:length]], np.int32), ())
                if not self.task.is_right(alone[length - 1], self._goal(word[:length])):
                    self.erring = tuple(self.task.alphabet[a] for a in word[:length])
                    break

    def _first_wrong(self, word: Sequence[int], symbols: Sequence[Letter | None]) -> int | None:
        state = self.task.initial
        for t, (a, symbol) in enumerate(zip(word, symbols, strict=True)):
            state = self.task.delta[state][a]
            if not self.task.is_right(symbol, state):
                return t
        return None

    def _goal(self, word: Sequence[int]) -> int:
        state = self.task.initial
        for a in word:
            state = self.task.delta[state][a]
        return state

    def _exact(self, words: Ints) -> list[Float64s] | None:
        """Return the exact states of each layer after every letter, rounded once."""
        network = self.run.network
        order = np.array([network.alphabet.index(a) for a in self.task.alphabet], np.int32)
        try:
            layers, _ = trajectory(network, order[words])
        except (ValueError, KeyError):  # a state without a code, or a symbol unread
            return None
        found = []
        for layer in layers:
            points = np.array([[to_float(x) for x in point] for point in layer.points])
            found.append(points.reshape(-1, layer.layer.dim)[layer.after[:, :, -1]])
        return found


def covering_words(letters: int, length: int) -> tuple[list[Ints], str]:
    """Return words that have every letter, and say what they have; in batches of ROWS words.

    Each pair is there twice, in places one apart, or at the end of a word and at the beginning of
    another. So it is inside a chunk once where chunks are whole letters, two at least. About
    2 MOST_PAIRS letters together at most, or 4 MOST_LETTERS.

    Parameters
    ----------
    letters : int
        At least one, in number.
    length : int
        Of every word, at least 2.

    Examples
    --------
    >>> (words,), said = covering_words(2, 5)
    >>> words[:2].tolist(), said
    ([[0, 0, 1, 1, 0], [0, 1, 1, 0, 0]], 'every two letters in turn')
    """
    if letters**2 <= MOST_PAIRS:
        said = "every two letters in turn"
        circle = []
        for i in range(letters):  # round it, every pair is met once
            circle.append(i)
            for j in range(i + 1, letters):
                circle += [i, j]
    else:
        tried = min(letters, MOST_LETTERS)
        which = "every letter" if tried == letters else f"each of the first {tried:,} letters"
        said = f"{which} twice in a row"
        circle = [a for i in range(tried) for a in (i, i)]
    # Words overlap in a letter, so that no pair is cut in two.
    starts = [s + shift for shift in (0, 1) for s in range(0, len(circle), length - 1)]
    starts = list(islice(cycle(starts), -(-len(starts) // ROWS) * ROWS))
    around = np.array(circle, np.int32)
    words = around[(np.array(starts)[:, None] + np.arange(length)) % len(circle)]
    return list(words.reshape(-1, ROWS, length)), said


def _first(problems: Sequence[str]) -> str:
    """Return the first problem; all were looked for, since outputs were judged on the way."""
    return next(filter(None, problems), "")


def _known(row: Sequence[Letter | None]) -> int:
    """Return how many letters there are before one that is not known."""
    return next((t for t, letter in enumerate(row) if letter is None), len(row))


def _states(rows: Sequence[bytes], shape: tuple[int, ...]) -> NDArray[np.float32]:
    return np.frombuffer(b"".join(rows), np.float32).reshape(shape).copy()
