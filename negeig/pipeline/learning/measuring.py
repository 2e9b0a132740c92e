"""How often a trained network is right at each position of fresh words, guessing counted as 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from negeig.pipeline.learning.network import Network
from negeig.pipeline.learning.task import Task
from negeig.pipeline.learning.training import labelled, one_thread, stream

BLOCK = 64
"""Words that are evaluated together."""


@dataclass(frozen=True, kw_only=True)
class Accuracy:
    """How often the right output was the likeliest, at some positions of some words.

    Attributes
    ----------
    first, last : int
        Positions, counted from 1.
    right, chance : float
        Shares of the positions: where the network is right, and where the one output is that is
        right most often, the best guess that does not read.

    Examples
    --------
    >>> Accuracy(first=1, last=40, right=0.75, chance=0.5).scaled
    0.5
    """

    first: int
    last: int
    right: float
    chance: float

    @property
    def scaled(self) -> float | None:
        """0 for guessing, 1 for always right; None where guessing is always right."""
        return None if self.chance == 1 else (self.right - self.chance) / (1 - self.chance)

    def to_json(self) -> dict[str, Any]:
        """Return a row of ``negeig.learn/1``."""
        scaled = None if self.scaled is None else round(self.scaled, 6)
        return {"from": self.first, "to": self.last, "right": round(self.right, 6),
                "chance": round(self.chance, 6), "scaled": scaled}  # fmt: skip


class Measured:
    """A network on fresh uniform words.

    Parameters
    ----------
    network : Network
    task : Task
    words, length : int
    seed : int
        Of the words, which are none of those that were trained.
    progress : function of the number of words, optional
    """

    def __init__(
        self, network: Network, task: Task, words: int, length: int, seed: int,
        progress: Callable[[int], None] | None = None,
    ) -> None:  # fmt: skip
        source = stream(seed, "measuring")
        self.right: NDArray[np.int64] = np.zeros(length, np.int64)
        self.outputs = np.zeros((network.shape.outputs, length), np.int64)
        self.words = words
        with one_thread(), torch.no_grad():
            for start in range(0, words, BLOCK):
                count = min(BLOCK, words - start)
                letters, right = labelled(task, source, count, length)
                found = network(torch.from_numpy(letters)).argmax(-1).numpy()
                self.right += (found == right).sum(axis=0)
                for output in range(len(self.outputs)):
                    self.outputs[output] += (right == output).sum(axis=0)
                if progress is not None:
                    progress(start + count)

    def at(self, first: int, last: int) -> Accuracy:
        """Return the accuracy at positions first to last, counted from 1."""
        part = slice(first - 1, last)
        total = self.words * (last - first + 1)
        most = int(self.outputs[:, part].sum(axis=1).max())
        return Accuracy(
            first=first, last=last, right=int(self.right[part].sum()) / total, chance=most / total
        )


def spans(trained: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield the positions that were trained, then those beyond, up to each power of two.

    Examples
    --------
    >>> list(spans(40, 200))
    [(1, 40), (41, 64), (65, 128), (129, 200)]
    """
    first, last = 1, min(trained, length)
    while first <= length:
        yield first, last
        first, last = last + 1, min(1 << last.bit_length(), length)
