"""A trained network on long words: powers of every letter, and uniform random words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from negeig.claims import Run, Verdict
from negeig.pipeline.learning.learned import Recurrence
from negeig.pipeline.learning.task import Task

ROWS = 64
"""Words that are run side by side; one for each letter and at least as many random ones."""


@dataclass(frozen=True, kw_only=True)
class LongRun:
    """What became of some long words, all read to their ends.

    Attributes
    ----------
    evidence : Run
        ``word`` is the shortest prefix of one of the words that errs.
    arithmetic : str
    length : int
        Of every word.
    margin : float
        The least amount by which a right logit exceeded the others, where it did.
    """

    evidence: Run
    arithmetic: str
    length: int
    margin: float


def run(
    recurrence: Recurrence,
    task: Task,
    tokens: int,
    seed: int,
    device: str,
    progress: Callable[[int], None] | None = None,
) -> LongRun:
    """Run a trained network on at least so many tokens, comparing every position.

    Parameters
    ----------
    recurrence : Recurrence
    task : Task
    tokens : int
    seed : int
        Of the random words, which are the same on every platform.
    device : str
        What it runs on.
    progress : function of the number of tokens, optional
    """
    machine = task.machine
    letters = len(machine.alphabet)
    rows = max(ROWS, 2 * letters)
    length = -(-tokens // rows)
    generator = np.random.PCG64(seed)
    states, places = recurrence.start(rows), np.full(rows, machine.initial, np.int32)
    words = np.empty((rows, length), np.int32)
    wrong, first, margin = 0, None, np.inf
    for t in range(length):
        words[:, t] = generator.random_raw(rows) % np.uint64(letters)
        words[:letters, t] = np.arange(letters)
        recurrence.read(states, words[:, t])
        places = machine.transitions[places, words[:, t]]
        margins = recurrence.margins(states, words[:, t], task.numbers[places])
        right = margins > 0
        wrong += int((~right).sum())
        margin = float(margins[right].min(initial=margin))
        if first is None and not right.all():
            first = tuple(machine.alphabet[a] for a in words[right.argmin(), : t + 1])
        if progress is not None:
            progress((t + 1) * rows)
    verdict = Verdict.PASSED if first is None else Verdict.REFUTED
    evidence = Run(
        tokens=rows * length, mismatches=wrong, word=first, verdict=verdict, device=device
    )
    return LongRun(
        evidence=evidence, arithmetic=recurrence.arithmetic.name, length=length, margin=margin
    )
