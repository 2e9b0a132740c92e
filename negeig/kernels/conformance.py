"""Run a network on words and compare it with a machine at every position.

What comes out is empirical: ``passed`` says that nothing went wrong on the words that were run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Output, Verdict, Word, output_text
from negeig.kernels.backend import BACKENDS, Backend, load
from negeig.kernels.words import Plan, batches, plan
from negeig.theory.networks.network import LinearRNN

# Tokens where they are cheap, and nanoseconds of work on a slow core where they are not.
_TOKENS = 2**20
_WORK = 0.2e9
# Nanoseconds of work, and tokens at most, between two looks at the clock and at Ctrl-C.
_PIECE = 10e6
_PIECE_TOKENS = 2**16


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """How a network did on the words that were run.

    Parameters
    ----------
    backend, device : str
        Name in ``BACKENDS``, and what it ran on.
    verdict : Verdict
        ``passed``: all planned words were right. ``refuted``: ``word`` was not.
    tokens : int
        Positions compared with the machine, the empty word counted as one.
    mismatches : int
        Positions with a wrong output or none (a state that is not finite has none).
    word : Word or None
        A shortest erring prefix of the words run. When it is no longer than
        ``exhaustive_length`` + 1, no shorter word errs at all.
    exhaustive_length : int
        All words up to this length were run.
    words, longest : int
        Words run to their end, the empty one included, and the longest length reached.
    seconds : float
        Time of running and comparing; choosing the words and compiling are not in it. The only
        field that differs between two equal calls.
    detail : str
        What was run, in words.
    """

    backend: str
    device: str
    verdict: Verdict
    tokens: int
    mismatches: int
    word: Word | None
    exhaustive_length: int
    words: int
    longest: int
    seconds: float
    detail: str

    @property
    def tokens_per_second(self) -> float:
        """Positions run and compared a second."""
        return self.tokens / self.seconds if self.seconds > 0 else 0.0


def compare(
    network: LinearRNN,
    machine: Machine,
    *,
    backend: str = "cpu",
    seed: int = 0,
    max_tokens: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RunResult:
    """Run a network in float32 on all short words and on long random ones.

    The number of words follows from the sizes of the network, not from a clock: about a million
    positions where that takes some tenths of a second, fewer where a token is expensive.

    Parameters
    ----------
    backend : str
        ``cpu``, ``reference``, ``torch`` or ``triton``.
    seed : int
        Of the random words; 0 or more.
    max_tokens : int, optional
        Positions to compare instead of the number chosen from the sizes.
    progress : callable, optional
        Called with positions done and positions planned.

    Raises
    ------
    InputError
        For an unknown backend, alphabets that differ or a parameter that overflows float32.
    Unavailable
        When the backend's packages are missing or it cannot take the network.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.theory.networks.network import DeltaStep, Layer
    >>> one = Fraction(1)
    >>> flip = DeltaStep(2 * one, (one,), 0 * one)
    >>> layer = Layer(alphabet=("1",), initial=(one,), steps={"1": (flip,)},
    ...               codes=((one,), (-one,)), emit=(("even",), ("odd",)))
    >>> parity = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)
    >>> machine = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> result = compare(parity, machine, max_tokens=1000)
    >>> result.verdict.value, result.tokens, result.mismatches
    ('passed', 1000, 0)
    """
    problems = []
    if backend not in BACKENDS:
        problems.append(f"unknown backend {backend!r}; there are {', '.join(BACKENDS)}")
    if seed < 0:
        problems.append(f"the seed must be 0 or more, not {seed}")
    if max_tokens is not None and max_tokens < 1:
        problems.append(f"at least 1 token must be allowed, not {max_tokens}")
    if problems:
        raise InputError("", problems)
    runner = load(backend, network, machine.alphabet)
    tokens = max_tokens or int(min(_TOKENS, max(256, _WORK / runner.nanoseconds_per_token())))
    planned = plan(len(machine.alphabet), tokens, runner.longest)
    _prepare(machine, runner)

    tally = _Tally(network, machine)
    for batch in batches(machine, planned, seed):
        for done in tally.run(batch, runner):
            if progress is not None:
                progress(done, planned.tokens)
    exhaustive = planned.exhaustive_length
    detail = f"all words up to length {exhaustive:,}"
    if tally.longest > exhaustive:
        detail += f", random words up to length {tally.longest:,} (seed {seed})"
    if runner.notice:
        detail += f"; {runner.notice}"
    word = tally.word
    return RunResult(
        backend=backend,
        device=runner.device,
        verdict=Verdict.REFUTED if tally.mismatches else Verdict.PASSED,
        tokens=tally.tokens,
        mismatches=tally.mismatches,
        word=None if word is None else tuple(machine.alphabet[a] for a in word),
        exhaustive_length=exhaustive,
        words=tally.words,
        longest=tally.longest,
        seconds=tally.seconds,
        detail=detail,
    )


class _Tally:
    """Runs batches and keeps count; starts with the empty word compared."""

    def __init__(self, network: LinearRNN, machine: Machine) -> None:
        numbers: dict[str, int] = {}

        def number(output: Output) -> int:
            return numbers.setdefault(output_text(output), len(numbers))

        # Equal numbers mean equal JSON values: 1 is not true. Symbol -1 finds -1: no output.
        self.outputs = np.array([*map(number, network.outputs.values()), -1], np.int32)
        self.wanted = np.array([number(output) for output in machine.outputs], np.int32)
        self.machine = machine
        self.tokens, self.words, self.longest, self.seconds = 1, 1, 0, 0.0
        wrong = number(network.empty) != self.wanted[machine.initial]
        self.mismatches = int(wrong)
        self.word: tuple[int, ...] | None = () if wrong else None

    def run(self, batch: Ints, runner: Backend) -> Iterator[int]:
        """Run and compare a batch piece by piece; yields the positions compared so far."""
        from negeig.kernels._words_compiled import machine_outputs

        started = time.perf_counter()
        machine = self.machine
        expected = np.empty_like(batch)
        machine_outputs(batch, machine.transitions, machine.initial, self.wanted, expected)
        size = max(64, min(_PIECE_TOKENS, int(_PIECE / runner.nanoseconds_per_token())))
        columns = max(1, size // len(batch))
        for row in range(0, len(batch), size):
            rows = slice(row, row + size)
            words = batch[rows]
            stream = runner.stream(len(words))
            for column in range(0, batch.shape[1], columns):
                read = slice(column, column + columns)
                symbols = stream.read(words[:, read])
                wrong = self.outputs[symbols] != expected[rows, read]
                if wrong.any():
                    self._count(words, column, wrong)
                self.tokens += symbols.size
                self.longest = max(self.longest, column + symbols.shape[1])
                self.seconds += time.perf_counter() - started
                yield self.tokens
                started = time.perf_counter()
            self.words += len(words)

    def _count(self, words: Ints, column: int, wrong: NDArray[np.bool_]) -> None:
        """Count wrong positions, and keep the shortest prefix that ends in one."""
        self.mismatches += int(wrong.sum())
        places = np.argwhere(wrong)
        row, place = places[np.argmin(places[:, 1])]
        if self.word is None or column + place + 1 < len(self.word):
            self.word = tuple(words[row, : column + place + 1].tolist())


def _prepare(machine: Machine, runner: Backend) -> None:
    """Compile, or load from the cache, everything that is going to run."""
    from negeig.kernels._words_compiled import machine_outputs

    runner.prepare()
    for batch in batches(machine, Plan(1, ((1, 1),), 0), 0):
        numbers = np.zeros(machine.size, np.int32)
        machine_outputs(batch, machine.transitions, machine.initial, numbers, np.empty_like(batch))
