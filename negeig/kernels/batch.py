"""The words of a task, with the exact states and the machine's outputs at every position."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from negeig.arrays import Float64s, Ints
from negeig.claims import InputError, output_text
from negeig.kernels.exact_states import ExactWalk
from negeig.kernels.standard_suite import Task
from negeig.kernels.words import Plan, batches

NO_OUTPUT = "no output, a state that is not a finite number"
"""What a decoder makes of NaN and infinities."""

BYTES = 40
"""Bytes of a letter of a batch, about, beside the states that are met."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Batch:
    """Words, and what is right on them.

    Parameters
    ----------
    words : int32 (rows, length)
    points : list of float64 (states, dim)
        The exact states of each layer, rounded once.
    numbers : int32 (layers, rows, length)
        Which of them each layer is in after each letter.
    expected : int32 (rows, length)
        The machine's output after each letter, as ``texts`` lists it.
    outputs : int32 (symbols + 1,)
        The same number for each symbol of the network, the last one for no symbol.
    texts : tuple of str
        Outputs as texts; the last one says that there is none.
    """

    words: Ints
    points: list[Float64s]
    numbers: Ints
    expected: Ints
    outputs: Ints
    texts: tuple[str, ...]

    def exact(self, layer: int, rows: Ints, start: int, length: int) -> Float64s:
        """Return the exact states of a layer in a piece: float64 (rows, length, dim)."""
        piece = self.numbers[layer, :, start : start + length][rows]
        exact: Float64s = self.points[layer][piece]
        return exact


@lru_cache(maxsize=1)
def batch_of(task: Task, tokens: int, seed: int) -> Batch:
    """Draw the words of a task and follow them; the last batch asked for is kept.

    They are an odd number of letters long, so that no chunk divides it, and shorter where exact
    states that never repeat have too many bits (:data:`negeig.kernels.exact_states.MAX_BITS`).

    Parameters
    ----------
    tokens : int
        Letters in all; more where the words of the task have to be longer.

    Raises InputError when the network errs on the words in exact arithmetic. O(tokens).

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> [batch_of(TASKS[name], 420, 0).words.shape for name in ("parity", "many-rows")]
    [(3, 141), (67, 7)]
    """
    machine = task.machine
    length = max(tokens // (task.rows * task.weight), task.letters) | 1
    (words,) = batches(machine, Plan(0, ((task.rows, length),), 0), seed)
    run = ExactWalk(task.network).run(words, machine.alphabet)
    words = words[:, : run.symbols.shape[1]]
    number: dict[str, int] = {}
    right = _numbers([output_text(output) for output in machine.outputs], number)
    ours = _numbers([output_text(output) for output in task.network.outputs.values()], number)
    expected, state = np.empty(words.shape, np.int32), np.full(task.rows, machine.initial)
    for t, letters in enumerate(words.T):
        state = machine.transitions[state, letters]
        expected[:, t] = right[state]
    errs = ours[run.symbols] != expected
    texts = (*number, NO_OUTPUT)
    if errs.any():
        row, t = map(int, np.argwhere(errs)[0])
        word = [machine.alphabet[a] for a in words[row, : t + 1]]
        raise InputError(
            "network",
            f"in exact arithmetic it errs on {' '.join(word[:40])}: expected "
            f"{texts[expected[row, t]]}, found {texts[ours[run.symbols[row, t]]]}",
        )
    return Batch(
        words=words,
        points=run.points,
        numbers=run.numbers,
        expected=expected,
        outputs=np.append(ours, np.int32(len(number))),
        texts=texts,
    )


def _numbers(texts: list[str], number: dict[str, int]) -> Ints:
    return np.array([number.setdefault(text, len(number)) for text in texts], np.int32)
