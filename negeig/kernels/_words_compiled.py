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
    words: Ints,
) -> None:
    """Turn random numbers into words (rows) of two kinds by turns.

    A word of kind k takes, in state q, one of ``choices[k, q, :counts[k, q]]``.
    """
    for row in range(words.shape[0]):
        k, q = row % 2, initial
        for t in range(words.shape[1]):
            # The upper 32 bits scaled to 0 .. counts - 1: no division, bias below 2^-20.
            drawn = (raw[row, t] >> np.uint64(32)) * np.uint64(counts[k, q])
            a = choices[k, q, drawn >> np.uint64(32)]
            words[row, t] = a
            q = transitions[q, a]
