"""Compiled walks through a machine: its outputs, and the choice of words. Import on first use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.compiled import njit


@njit
def machine_outputs(
    words: Ints, transitions: Ints, initial: int, outputs: Ints, found: Ints
) -> None:
    """Find the output number of a machine at every position of a batch of words (rows)."""
    for row in range(words.shape[0]):
        q = initial
        for t in range(words.shape[1]):
            q = transitions[q, words[row, t]]
            found[row, t] = outputs[q]


@njit
def walk(
    raw: NDArray[np.uint64],
    transitions: Ints,
    initial: int,
    choices: Ints,
    counts: Ints,
    word: Ints,
) -> None:
    """Turn random numbers into a word that, in state q, takes one of ``choices[q, :counts[q]]``."""
    q = initial
    for t in range(raw.shape[0]):
        # The upper 32 bits scaled to 0 .. counts[q] - 1: no division, bias below 2^-20.
        a = choices[q, ((raw[t] >> np.uint64(32)) * np.uint64(counts[q])) >> np.uint64(32)]
        word[t] = a
        q = transitions[q, a]
