"""What a closure through an implementation rests on, tested with calls of other shapes.

The exploration asked for one token of many rows. That its table is what the implementation does on
a word assumes that a call depends on its arguments only, a row and a head on themselves only, and
that T tokens in one call are T calls of one token: there heads were given the same, in the tests
they are given different rows where that can be. None of it can be proved from outside; all of it is
tested, on states from all over the table, and on words in one call, which are also held to the
machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, takewhile

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.claims import Assumption, Letter, Word
from negeig.kernels.implementation import Misbehaved
from negeig.kernels.through import LayerTable, Through
from negeig.theory.closure.explore import Task

PAIRS = 512
"""(state, letter) pairs of each layer that are asked for again."""

SIZES, SHARE = (1, 2, 3, 4, 5, 8, 13, 16, 17, 32, 33, 64, 65, 128, 257), 128
"""Rows of the calls in which they are, and how many of them at least are in calls of each size."""

SHORT, LONG = 5, 257
"""Tokens of one call, from states all over the table and from the start."""

WORDS, SEED = 4, 0
"""Random words from the start, and their seed."""

EDGES = [e + d for e in (192, 256, 512, 1024) for d in (-1, 0, 1)]
LENGTHS, ROWS = (*range(1, 131), *EDGES), 8
"""Tokens of the calls by which every length is tried, and rows of each.

Chunks, tiles, unrolled loops and what they leave over are wrong at some lengths only: for numbers
of positions that are even, say, or multiples of 64.
"""

POSITIONS = 100_000
"""Positions of the longest row of each of these calls, in all; the last lengths are left out."""

TRIES = 64
"""Letters after the first wrong output within which a word that errs at its end is sought."""

HEADS = ", nor the bits of a head on the other heads"
"""What is assumed too where tensors of heads are given, of several heads."""

STATEMENTS = {
    "deterministic": "the same call gives the same bits again",
    "batch_independent": "the bits of a row do not depend on the other rows of its call",
    "split_is_whole": "T tokens in one call give the bits of T calls of one token",
}


def stated(statements: Mapping[str, str], name: str, run: Through) -> str:
    """Return what is assumed under a name: of heads too, where they are given different rows."""
    return statements[name] + HEADS * (name == "batch_independent" and run.mixes)


class Trials:
    """The tests of one exploration.

    Parameters
    ----------
    run : Through
        After its exploration, whose table they are held to.
    task : Task
        What the machine demands.
    words : sequence of Word
        Run in one call each, beside random words: those on which the exploration errs.

    Attributes
    ----------
    assumptions : tuple of Assumption
        Where the same call gives other bits, that alone: all others fail with it.
    erring : Word or None
        The shortest of the words run in one call, and of their beginnings run in one call, after
        which the output is wrong.
    """

    def __init__(self, run: Through, task: Task, words: Sequence[Word] = ()) -> None:
        self.run, self.task = run, task
        self.random = np.random.Generator(np.random.PCG64(SEED))
        self.erring: Word | None = None
        self.lengths = _lengths(run.layers)
        tests = (
            self._assumption("deterministic", self._twice(), "{} rows, twice"),
            self._assumption(
                "batch_independent", self._regrouped(),
                f"{{}} rows in another order, in calls of {SIZES[0]} to {SIZES[-1]} rows"
                f"{', other rows in other heads' * run.mixes}",
            ),
            self._assumption(
                "split_is_whole", self._whole(words),
                f"{{}} words in one call each, of {SHORT} tokens from states all over the table, "
                f"of up to {max((LONG, *map(len, words))):,} from the start, and of "
                f"{_ranges(self.lengths)} from states all over the table",
            ),
        )  # fmt: skip
        self.assumptions = tests if tests[0].held else tests[:1]

    def _assumption(self, name: str, trials: Iterator[str | int], tested: str) -> Assumption:
        """Run trials that yield how many they compared, or what was different."""
        statement = stated(STATEMENTS, name, self.run)
        compared = 0
        try:
            for found in trials:
                if isinstance(found, str):
                    return Assumption(name=name, statement=statement, tested=found, held=False)
                compared += found
        except Misbehaved as error:
            return Assumption(name=name, statement=statement, tested=str(error), held=False)
        text = tested.format(f"{compared:,}")
        tokens = max(self.lengths) if name == "split_is_whole" else None
        return Assumption(name=name, statement=statement, tested=text, held=True, tokens=tokens)

    def _twice(self) -> Iterator[str | int]:
        for i, table in enumerate(self.run.layers):
            states, letters = _arguments(table, _sample(table))
            if self.run.call(i, states, letters) != self.run.call(i, states, letters):
                yield f"layer {i}: {len(states):,} rows, twice, gave different bits"
            yield len(states)

    def _regrouped(self) -> Iterator[str | int]:
        for i, table in enumerate(self.run.layers):
            pairs = _sample(table)[::-1]
            for k, size in enumerate(min(size, table.rows) for size in SIZES):
                share = pairs[k :: max(1, len(pairs) // max(SHARE, size))]
                for start in range(0, len(share), size):
                    piece = share[start : start + size]
                    read, handed = self.run.call(i, *_arguments(table, piece), mixed=True)
                    moves = [table.moves[pair] for pair in piece]
                    known = [(move.read, table.handed[move.after]) for move in moves]
                    if known != [(*row, after) for row, after in zip(read, handed, strict=True)]:
                        yield f"layer {i}: other bits in a call of {len(piece):,} rows"
                    yield len(piece)

    def _whole(self, words: Sequence[Word]) -> Iterator[str | int]:
        found = [self._word(word) for word in words]
        for i in range(len(self.run.layers)):
            found += self._every_length(i)
        found += [self._word(word) for word in self._random_words(WORDS, LONG)]
        yield next(filter(None, found), len(found))
        for i, table in enumerate(self.run.layers):
            states = [state for state, _ in _sample(table)]
            size = max(1, table.tokens // SHORT)
            for start in range(0, len(states), size):
                piece = states[start : start + size]
                letters = np.array([self._walk(i, state) for state in piece], np.int32)
                called = self.run.call(i, table.states(piece), letters, mixed=True)
                yield self._differs(i, piece, letters, *called) or len(piece)

    def _random_words(self, count: int, length: int) -> list[Word]:
        alphabet = self.task.alphabet
        numbers = self.random.integers(len(alphabet), size=(count, length))
        return [tuple(alphabet[a] for a in row) for row in numbers]

    def _every_length(self, layer: int) -> list[str]:
        """Run the beginnings of a few words, of every length a call; seek a word where one errs.

        Returns for each beginning nothing, and at the end where bits differ, if they do.
        """
        table, alike = self.run.layers[layer], list[str]()
        states, letters = self._long_words(layer)
        for length in self.lengths:
            rows = min(ROWS, table.tokens // length)
            start, beginning = states[:rows], letters[:rows, :length]
            called = self.run.call(layer, table.states(start), beginning, mixed=True)
            if differs := self._differs(layer, start, beginning, *called):
                for word in self._random_words(ROWS, length):
                    self._word(word)
                return [*alike, differs]
            alike += [""] * len(start)
        return alike

    def _long_words(self, layer: int) -> tuple[list[int], Ints]:
        """Return states, the start and others of the table, and a word from each.

        At every position the words have as many letters between them as there are rows, or all of
        them, so that none is lost unseen; but only moves that the exploration met, where it met
        one.
        """
        table, count = self.run.layers[layer], len(self.run.layers[layer].letter)
        pairs = list(table.moves)
        states = [0, *(pairs[row * len(pairs) // ROWS][0] for row in range(1, ROWS) if pairs)]
        letters = np.zeros((len(states), max(self.lengths)), np.int32)
        now = states
        for t in range(letters.shape[1]):
            shuffled = self.random.permutation(count).tolist()
            asked = list[tuple[int, int]]()
            for row, state in enumerate(now):
                turned = [shuffled[(row + k) % count] for k in range(count)]
                known = (a for a in turned if (state, a) in table.moves)
                asked.append((state, next(known, turned[0])))
            letters[:, t] = [a for _, a in asked]
            self.run.learn(layer, asked)
            now = [table.moves[pair].after for pair in asked]
        return states, letters

    def _walk(self, layer: int, state: int) -> list[int]:
        """Return letters that the exploration read one after the other from a state."""
        table, letters = self.run.layers[layer], list[int]()
        for _ in range(SHORT):
            known = [a for a in range(len(table.letter)) if (state, a) in table.moves]
            if not known:  # the exploration stopped here
                known = [0]
            a = known[self.random.integers(len(known))]
            letters.append(a)
            state = self.run.move(layer, state, a).after
        return letters

    def _differs(
        self, layer: int, states: Sequence[int], letters: Ints,
        read: Sequence[Sequence[bytes]], handed: Sequence[bytes],
    ) -> str:  # fmt: skip
        """Say where what a call returned is not what the moves of the table give."""
        table, length = self.run.layers[layer], letters.shape[1]
        for row, state in enumerate(states):
            for t, a in enumerate(letters[row].tolist()):
                move = self.run.move(layer, state, a)
                if move.read != read[row][t]:
                    return (
                        f"layer {layer}: other bits after token {t + 1:,} of {length:,} in a call"
                    )
                state = move.after
            if table.handed[state] != handed[row]:
                return f"layer {layer}: other bits handed on after {length:,} tokens in a call"
        return ""

    def _word(self, word: Word) -> str:
        """Run one word; note where it errs, say where bits differ."""
        symbols, differs = self._symbols(word)
        wrong = self._first_wrong(word, symbols)
        if wrong is None:
            return differs
        # An output in the middle of a call may not be the one at the end of a shorter call.
        for length in range(wrong + 1, min(len(word), wrong + TRIES) + 1):
            beginning = word[:length]
            if self.erring is not None and length >= len(self.erring):
                break
            found = symbols if length == len(word) else self._symbols(beginning)[0]
            if not self.task.is_right(_at(found, length - 1), self._goal(beginning)):
                self.erring = beginning
                break
        return differs

    def _symbols(self, word: Word) -> tuple[list[Letter], str]:
        """Run one word, each layer in one call; return what is emitted, and where bits differ.

        Fewer symbols than letters where a state cannot be decoded: nothing above reads on.
        """
        differs, letters = "", list(word)
        for i, table in enumerate(self.run.layers):
            if not letters:
                break
            numbers = np.array([[table.letter[a] for a in letters]], np.int32)
            read, other = self._in_pieces(i, numbers)
            differs = differs or other
            emitted = [table.symbol(*pair) for pair in zip(read, numbers[0].tolist(), strict=True)]
            letters = [
                a for a in takewhile(lambda symbol: symbol is not None, emitted) if a is not None
            ]
        return letters, differs

    def _in_pieces(self, layer: int, letters: Ints) -> tuple[list[bytes], str]:
        """Run a word from the start in as few calls as memory allows: one, unless it is long."""
        table = self.run.layers[layer]
        state, reads = table.states([0]), list[bytes]()
        handed = [table.handed[0]]
        for start in range(0, letters.shape[1], table.tokens):
            piece = letters[:, start : start + table.tokens]
            read, handed = self.run.call(layer, state, piece)
            reads += read[0]
            state = np.frombuffer(handed[0], np.float32)[None].copy()
        return reads, self._differs(layer, [0], letters, [reads], handed)

    def _first_wrong(self, word: Word, symbols: Sequence[Letter]) -> int | None:
        """Return the first position whose output is wrong."""
        state = self.task.initial
        for t, letter in enumerate(word):
            state = self.task.delta[state][self.task.alphabet.index(letter)]
            if not self.task.is_right(_at(symbols, t), state):
                return t
        return None

    def _goal(self, word: Word) -> int:
        """Return the state of the machine after a word."""
        state = self.task.initial
        for letter in word:
            state = self.task.delta[state][self.task.alphabet.index(letter)]
        return state


def _at(symbols: Sequence[Letter], position: int) -> Letter | None:
    return symbols[position] if position < len(symbols) else None


def _sample(table: LayerTable) -> list[tuple[int, int]]:
    """Return pairs spread over the moves that are known; few are repeated, to fill a call."""
    pairs, count = list(table.moves), min(PAIRS, table.rows)
    if len(pairs) <= count:
        return [pairs[i % len(pairs)] for i in range(count)] if pairs else []
    return [pairs[i * len(pairs) // count] for i in range(count)]


def _arguments(table: LayerTable, pairs: Sequence[tuple[int, int]]) -> tuple[Float32s, Ints]:
    states = table.states([state for state, _ in pairs])
    return states, np.array([[letter] for _, letter in pairs], np.int32)


def _lengths(layers: Sequence[LayerTable]) -> list[int]:
    """Return the lengths to try: as many as memory and the count of positions allow, at least 1."""
    most = min(table.tokens for table in layers)
    steps = max(table.positions.steps for table in layers)
    fitting = [length for length in LENGTHS if length <= most]
    return [n for n, sum_ in zip(fitting, accumulate(fitting), strict=True)
            if n == 1 or steps * sum_ <= POSITIONS]  # fmt: skip


def _ranges(lengths: Sequence[int]) -> str:
    """Return lengths in words, neighbours as one: ``1 to 130, 191 to 193 and 1,024 tokens``."""
    runs = list[list[int]]()
    for length in lengths:
        if runs and length == runs[-1][-1] + 1:
            runs[-1].append(length)
        else:
            runs.append([length])
    texts = [f"{run[0]:,}" + (f" to {run[-1]:,}" if len(run) > 1 else "") for run in runs]
    return f"{' and '.join(filter(None, (', '.join(texts[:-1]), texts[-1])))} tokens"
