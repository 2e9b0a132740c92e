"""Training one network on random words of a task, the same for the same seed and machine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from negeig.arrays import Float32s
from negeig.pipeline.learning.learned import Learned
from negeig.pipeline.learning.network import Network, Shape
from negeig.pipeline.learning.recipe import Recipe
from negeig.pipeline.learning.task import Task


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A network after its last update.

    Attributes
    ----------
    network : Network
    loss : float
        Mean cross-entropy of the last batch, in nats.
    """

    network: Network
    loss: float


def train(
    task: Task,
    shape: Shape,
    recipe: Recipe,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> Trained:
    """Train a network to say what a machine outputs after every letter of a word.

    Parameters
    ----------
    task : Task
    shape : Shape
    recipe : Recipe
    seed : int
        Of the first weights and of the words.
    progress : function of the number of updates, optional
        May raise, which ends the training.

    Notes
    -----
    On the CPU, on one thread: the order of every sum is then fixed. Gradients are clipped to norm
    1. The state of torch's generator and its number of threads are restored.
    """
    with one_thread(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(shape)
        source = stream(seed, "training")
        optimiser = torch.optim.AdamW(
            network.parameters(), lr=recipe.rate, betas=(0.9, 0.95), weight_decay=recipe.decay
        )
        loss = torch.tensor(math.nan)
        for update in range(recipe.updates):
            for group in optimiser.param_groups:
                group["lr"] = recipe.rate_at(update)
            length = int(source.integers(recipe.shortest, recipe.longest + 1))
            words, right = labelled(task, source, recipe.batch, length)
            logits = network(torch.from_numpy(words))
            loss = cross_entropy(logits.flatten(0, 1), torch.from_numpy(right).flatten())
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            if progress is not None:
                progress(update + 1)
    return Trained(network=network, loss=float(loss.detach()))


def stream(seed: int, use: Literal["training", "measuring"]) -> np.random.Generator:
    """Return random numbers of a seed; each use has its own, the same on every platform."""
    return np.random.Generator(np.random.PCG64([seed, ("training", "measuring").index(use)]))


def labelled(
    task: Task, source: np.random.Generator, count: int, length: int
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.int64]], ...]:
    """Draw uniform words, and the number of the right output after every letter: (count, length).

    The draws are the same on every platform.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> from negeig.pipeline.learning.task import task_of
    >>> task = task_of(Source("zoo", "parity").read())
    >>> words, right = labelled(task, stream(0, "training"), 1, 5)
    >>> words.tolist(), right.tolist(), task.outputs
    ([[1, 1, 1, 0, 0]], [[1, 0, 1, 1, 1]], (1, 0))
    """
    machine = task.machine
    words = source.integers(len(machine.alphabet), size=(count, length))
    right = np.empty_like(words)
    state = np.full(count, machine.initial)
    for t in range(length):
        state = machine.transitions[state, words[:, t]]
        right[:, t] = task.numbers[state]
    return words, right


@contextmanager
def one_thread() -> Iterator[None]:
    """Have torch compute on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def learned(network: Network, task: Task) -> Learned:
    """Return the tables of a trained network, as torch computes them in float32 on one thread."""

    def array(tensor: Tensor) -> Float32s:
        return tensor.detach().numpy().copy()

    with one_thread(), torch.no_grad():
        tables = {name: array(table) for name, table in network.tables()._asdict().items()}
    return Learned(
        alphabet=task.machine.alphabet,
        outputs=task.outputs,
        **tables,
        embedding=array(network.embedding.weight),
        scale=array(network.scale),
        mix=array(network.mix.weight),
        head=array(network.head.weight),
        bias=array(network.head.bias),
    )
