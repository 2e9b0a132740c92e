"""Whether an implementation does a task: every position decoded and compared with the machine.

One batch of words is run in several ways: whole (a length that is no multiple of a chunk), cut to a
multiple of 64, in pieces that hand on their state, one row alone, in other orders, and once more.
What comes out is empirical: it says that nothing went wrong on these words.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from negeig.arrays import Float32s, Float64s, Ints
from negeig.claims import InputError, NegeigError, Output, output_text
from negeig.kernels.decoder import FastDecoder
from negeig.kernels.exact_states import ExactWalk
from negeig.kernels.implementation import Answer, Implementation, Kernel, Misbehaved, held
from negeig.kernels.positions import Positions, inexpressible, needs
from negeig.kernels.runnable import Runnable, runnable
from negeig.kernels.standard_suite import Task
from negeig.kernels.words import Plan, batches
from negeig.precision.numbers.formats import FORMATS, FP32
from negeig.precision.stored import Rounded, store
from negeig.theory.networks.network import LinearRNN

Verdict: TypeAlias = Literal["exact", "right", "wrong", "refused", "missing"]

ROWS = 3
CHUNK = 64
PIECES = (1, 1, 65)
"""Lengths of the first pieces of a word that is run in pieces; the last one takes the rest."""

ORDERS = 2
"""Other orders of the rows that are tried."""


class FirstWrong(NamedTuple):
    """The first wrong position, counted in letters read; 0 where the call itself failed."""

    position: int
    expected: str
    found: str


@dataclass(frozen=True, kw_only=True)
class Conformity:
    """How one implementation did one task in one number format.

    Parameters
    ----------
    verdict : str
        ``exact``: every state that was read or handed on is the exact one, as far as the format
        it comes in holds it. ``right``: every output is the machine's. ``wrong``: one is not.
        ``refused``: the interface cannot express the task. ``missing``: it is not installed.
    exactly_representable : bool
        Whether the format holds every parameter of the network.
    tokens : int
        Positions compared with the machine.
    max_error : float or None
        Largest distance of a coordinate from its exact value, the drift: of states handed on and of
        those read in float32; where there are none, of those read. None where none was finite.
    assumptions : dict
        What holds of the calls: ``deterministic``, the same bits twice; ``batch_independent``, the
        same bits alone and in another order; ``split_is_whole``, the same bits in pieces. None
        where it was not tested.
    reason : str
        Why it is refused or missing.
    seconds : float
    """

    impl: str
    version: str | None
    device: str
    task: str
    network: str
    dtype: str
    exactly_representable: bool
    verdict: Verdict
    tokens: int = 0
    first_wrong: FirstWrong | None = None
    max_error: float | None = None
    assumptions: dict[str, bool | None] = field(default_factory=dict)
    reason: str = ""
    seconds: float = 0.0


def conform(
    one: Implementation,
    kernel: Kernel | None,
    task: Task,
    dtype: str,
    tokens: int,
    seed: int,
    missing: str = "",
) -> Conformity:
    """Run a task through an implementation and compare every position with the machine.

    Parameters
    ----------
    kernel : Kernel or None
        Of the implementation; None where it is not installed.
    tokens : int
        Letters of the batch, a third of which is the length of a word.
    seed : int
        Of the words.
    missing : str
        Why there is no kernel, where it is not that a package is not installed.

    Raises InputError when the network itself, in exact arithmetic, errs on the words.
    """
    started = time.perf_counter()
    about: dict[str, Any] = {
        "impl": one.name,
        "version": one.version,
        "device": one.device,
        "task": task.name,
        "network": task.about,
        "dtype": dtype,
        "exactly_representable": representable(task.network, dtype),
    }
    if kernel is None:
        return Conformity(**about, verdict="missing", reason=missing or one.remedy)
    if reason := refusal(one, task, dtype):
        return Conformity(**about, verdict="refused", reason=reason)
    trial = _Trial(one, kernel, task, dtype, tokens, seed)
    try:
        trial.run()
    except NegeigError:
        raise
    except Misbehaved as error:
        trial.failed(str(error))
    except Exception as error:  # an implementation may raise anything
        trial.failed(f"{type(error).__name__}: {error}")
    return Conformity(
        **about,
        verdict="wrong" if trial.first else "exact" if trial.exact else "right",
        tokens=trial.tokens,
        first_wrong=trial.first,
        max_error=trial.error,
        assumptions=trial.assumptions,
        seconds=time.perf_counter() - started,
    )


def representable(network: LinearRNN, dtype: str) -> bool:
    """Whether a format holds every number of the steps, and float32 the initial states.

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> [representable(TASKS[name].network, "bf16") for name in ("near", "s5-root")]
    [True, False]
    """
    return not unheld(network, dtype)


def unheld(network: LinearRNN, dtype: str) -> list[Rounded]:
    """Return the numbers of the steps that a format does not hold, of initial states float32."""
    layers = network.layers
    starts = tuple(replace(layer, steps=dict.fromkeys(layer.alphabet, ())) for layer in layers)
    steps = tuple(replace(layer, initial=(Fraction(0),) * layer.dim) for layer in layers)
    return [
        *store(replace(network, layers=starts), FP32)[1],
        *store(replace(network, layers=steps), FORMATS[dtype])[1],
    ]


def refusal(one: Implementation, task: Task, dtype: str) -> str | None:
    """Say why an implementation cannot be given a task in a format, or None where it can."""
    if dtype not in one.dtypes:
        return f"it does not take {dtype}, only {', '.join(one.dtypes)}"
    if reason := inexpressible(task.network):
        return reason
    for need in needs(task.network):
        if need in one.cannot:
            return f"{need}: {one.cannot[need]}"
    if task.key_scale != 1 and not one.normalises:
        return "the keys are to be normalised, which it does not do"
    try:
        ready = runnable(task.network, task.machine.alphabet, FORMATS[dtype])
        for layer, stored in zip(task.network.layers, ready.stored.layers, strict=True):
            initial = Positions.of(layer, stored).initial
            if not one.resumes and (initial != held(initial, dtype)).any():
                return f"it takes no initial state, and {dtype} does not hold this one"
    except InputError as error:
        return "; ".join(error.problems[:2])
    return None


class _Trial:
    """One batch of words in several ways, and what was wrong first."""

    def __init__(
        self, one: Implementation, kernel: Kernel, task: Task, dtype: str, tokens: int, seed: int
    ) -> None:
        self.one, self.kernel, self.task, self.dtype = one, kernel, task, dtype
        machine = task.machine
        self.ready: Runnable = runnable(task.network, machine.alphabet, FORMATS[dtype])
        self.layers = [
            Positions.of(layer, stored)
            for layer, stored in zip(task.network.layers, self.ready.stored.layers, strict=True)
        ]
        length = max(1, tokens // ROWS) | 1  # odd, so no multiple of a chunk
        (self.words,) = batches(machine, Plan(0, ((ROWS, length),), 0), seed)
        self.states, found = ExactWalk(task.network).run(self.words, machine.alphabet)
        self.expected = _machine_outputs(task, self.words)
        errs = _texts(found) != self.expected
        if errs.any():
            row, t = map(int, np.argwhere(errs)[0])
            word = [machine.alphabet[a] for a in self.words[row, : t + 1]]
            raise InputError(
                "network",
                f"in exact arithmetic it errs on {' '.join(word[:40])}: expected "
                f"{self.expected[row, t]}, found {output_text(found[row][t])}",
            )
        self.outputs = np.array([*map(output_text, task.network.outputs.values()), "nothing"],
                                dtype=object)  # fmt: skip
        self.tokens, self.exact = 0, True
        self.errors = dict[bool, float]()
        self.first: FirstWrong | None = None
        self.assumptions: dict[str, bool | None] = {
            "deterministic": None, "batch_independent": None, "split_is_whole": None,
        }  # fmt: skip

    def failed(self, what: str) -> None:
        self.first = self.first or FirstWrong(0, "states of every position", what)

    def run(self) -> None:
        length, rows = self.words.shape[1], np.arange(ROWS, dtype=np.int32)
        whole = self._words(rows, (length,))
        self.assumptions["deterministic"] = _same(whole, self._words(rows, (length,)))
        if multiple := length // CHUNK * CHUNK:
            self._words(rows, (multiple,))
        shuffles = [np.random.Generator(np.random.PCG64(i)).permutation(rows)
                    for i in range(ORDERS)]  # fmt: skip
        orders = [rows[:1], *shuffles]
        alike = [_same([x[order] for x in whole], self._words(order, (length,)))
                 for order in orders]  # fmt: skip
        self.assumptions["batch_independent"] = all(alike)
        cuts = [cut for cut in np.cumsum(PIECES).tolist() if cut < length]
        pieces = np.diff([0, *cuts, length]).tolist()
        if not self.one.resumes and self.dtype != "fp32":
            return  # the state that is handed on would be rounded
        split = self._words(rows, tuple(pieces))
        if len(pieces) > 1 and split and split[0].shape == whole[0].shape:  # both to the end
            self.assumptions["split_is_whole"] = _same(whole, split)

    def _words(self, rows: Ints, pieces: Sequence[int]) -> list[Float32s]:
        """Run rows in pieces that hand on their state, compare them, return the states.

        Those read of each layer, then those handed on. Nothing where there are several pieces and
        no state is handed on.
        """
        words = self.words[rows]
        count = len(rows)
        carried = [np.repeat(layer.initial[None], count, axis=0) for layer in self.layers]
        read: list[list[Float32s]] = [[] for _ in self.layers]
        handed: dict[int, Float32s] = {}
        start = 0
        for length in pieces:
            letters = self.ready.letters[words[:, start : start + length]]
            lost = np.zeros(letters.shape, np.bool_)  # a state was not finite
            for i, layer in enumerate(self.layers):
                asked = layer.recurrence(letters, carried[i], self.dtype, self.task.key_scale)
                answer = self._checked(self.kernel(asked), asked.key.shape)
                states = np.ascontiguousarray(answer.states[:, layer.steps - 1 :: layer.steps])
                exact = self.states[i][rows][:, start : start + length]
                self._compare(states, exact, answer.format)
                if answer.final is not None:
                    self._compare(answer.final, exact[:, -1], "fp32")
                    carried[i] = handed[i] = answer.final.astype(np.float32)
                elif len(pieces) > 1:
                    return []
                decoder = FastDecoder(self.ready.codebooks[i])
                flat = states.reshape(-1, states.shape[2])
                letters = decoder.symbols(flat, letters.reshape(-1), 0, length)
                letters = letters.reshape(count, length)
                lost |= letters < 0
                letters[lost] = 0
                read[i].append(states)
            letters[lost] = -1
            self._judge(letters, rows, start)
            start += length
            if self.first:
                break
        return [np.concatenate(states, axis=1) for states in read if states] + [*handed.values()]

    def _checked(self, answer: Answer, shape: tuple[int, ...]) -> Answer:
        if answer.states.shape != shape:
            raise Misbehaved(f"expected states of shape {shape}, found {answer.states.shape}")
        return answer._replace(states=answer.states.astype(np.float32))

    def _compare(self, states: Float32s, exact: Float64s, name: str) -> None:
        """Note whether states are exact as far as their format goes, and how far off they are."""
        self.exact &= bool((states == held(exact, name)).all())
        if np.isfinite(states).all():
            error = float(np.abs(states - exact).max())
            self.errors[name == "fp32"] = max(self.errors.get(name == "fp32", 0.0), error)

    @property
    def error(self) -> float | None:
        """The largest error of states in float32, or, where there are none, of those read."""
        return self.errors.get(True, self.errors.get(False))

    def _judge(self, symbols: Ints, rows: Ints, start: int) -> None:
        """Compare decoded symbols with the machine, and keep the earliest wrong position."""
        until = start + symbols.shape[1]
        found = self.outputs[symbols]
        expected = self.expected[rows][:, start:until]
        self.tokens += symbols.size
        wrong = np.argwhere(found != expected)
        if len(wrong):
            row, t = wrong[np.argmin(wrong[:, 1])]
            position = start + int(t) + 1
            if self.first is None or position < self.first.position:
                self.first = FirstWrong(position, expected[row, t], found[row, t])


def _same(one: Sequence[Float32s], other: Sequence[Float32s]) -> bool:
    """Whether states have the same bits; two NaN are the same."""
    return len(one) == len(other) and all(
        x.shape == y.shape and (x.view(np.int32) == y.view(np.int32)).all()
        for x, y in zip(map(np.ascontiguousarray, one), map(np.ascontiguousarray, other),
                        strict=True)
    )  # fmt: skip


def _machine_outputs(task: Task, words: Ints) -> Any:
    """Return the texts of the machine's outputs at every position: (rows, length)."""
    machine = task.machine
    state = np.full(len(words), machine.initial)
    columns = []
    for letters in words.T:
        state = machine.transitions[state, letters]
        columns.append(state)
    texts = np.array([output_text(output) for output in machine.outputs], dtype=object)
    return texts[np.stack(columns, axis=1)]


def _texts(rows: Sequence[Sequence[Output]]) -> Any:
    return np.array([[output_text(output) for output in row] for row in rows], dtype=object)
