"""Whether a trained network is right for words of every length: its reachable states, explored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from negeig.arrays import Ints
from negeig.automata.machines.machine import Machine
from negeig.claims import Closure, Letter, Open, Refutation, Word
from negeig.pipeline.learning.learned import Floats, Recurrence
from negeig.pipeline.learning.task import Task

BLOCK = 2048
"""States that read a letter together."""


@dataclass(frozen=True, kw_only=True)
class Exploration:
    """What became of the words up to some length.

    Attributes
    ----------
    evidence : Closure, Refutation or Open
    depth : int
        The network is right after all words up to this length; with a closure, after all words, and
        longer ones reach no other states.
    margin : float
        The least amount by which a right logit exceeded the others, where it did.
    """

    evidence: Closure | Refutation | Open
    depth: int
    margin: float


def explore(
    recurrence: Recurrence,
    task: Task,
    max_states: int,
    progress: Callable[[int], None] | None = None,
) -> Exploration:
    """Explore what a trained network and a machine reach together, shorter words first.

    Parameters
    ----------
    recurrence : Recurrence
    task : Task
    max_states : int
        Pairs of a network state, all of its bits, and a state of the machine.
    progress : function of the number of pairs, optional

    Returns
    -------
    Exploration
        A closure is a proof for words of every length, in this arithmetic with this decoder: every
        pair that any word reaches was seen. A refutation has a shortest word that errs.
    """
    machine, start = task.machine, recurrence.start(1)
    known = {_key(start[0], machine.initial): 0}
    origin: list[tuple[int, int]] = [(-1, -1)]
    frontier, places = start, np.array([machine.initial], np.int32)
    first, depth, margin = 0, 0, np.inf
    while len(frontier):
        fresh: list[Floats] = []
        reached: list[int] = []
        begin = len(known)
        for low in range(0, len(frontier), BLOCK):
            block = slice(low, low + BLOCK)
            states, after, margins = _after(recurrence, task, frontier[block], places[block])
            wrong = ~(margins > 0)
            if wrong.any():
                index, letter = divmod(int(wrong.reshape(-1).argmax()), len(machine.alphabet))
                word = (*_word(origin, first + low + index, machine), machine.alphabet[letter])
                return Exploration(
                    evidence=Refutation(word=word, states=len(known)), depth=depth, margin=margin
                )
            margin = min(margin, float(margins.min()))
            for i, letter in np.ndindex(after.shape):
                key = _key(states[i, letter], int(after[i, letter]))
                if key not in known:
                    if len(known) == max_states:
                        return Exploration(evidence=_limit(max_states), depth=depth, margin=margin)
                    known[key] = len(known)
                    origin.append((first + low + i, letter))
                    fresh.append(states[i, letter])
                    reached.append(int(after[i, letter]))
            if progress is not None:
                progress(len(known))
        frontier = np.array(fresh) if fresh else start[:0]
        places, first, depth = np.array(reached, np.int32), begin, depth + 1
    return Exploration(evidence=Closure(states=len(known)), depth=depth, margin=margin)


def _after(
    recurrence: Recurrence, task: Task, states: Floats, places: Ints
) -> tuple[Floats, Ints, Floats]:
    """Return states, the machine's, and margins after each letter: (states, letters, ...)."""
    letters = len(task.machine.alphabet)
    read = np.tile(np.arange(letters, dtype=np.int32), len(states))
    after = np.repeat(states, letters, axis=0)
    recurrence.read(after, read)
    reached = task.machine.transitions[places].reshape(-1)
    margins = recurrence.margins(after, read, task.numbers[reached])
    shape = (len(states), letters)
    return (
        after.reshape(*shape, *states.shape[1:]), reached.reshape(shape), margins.reshape(shape)
    )  # fmt: skip


def _key(state: Floats, place: int) -> bytes:
    return place.to_bytes(4, "little") + state.tobytes()


def _word(origin: list[tuple[int, int]], index: int, machine: Machine) -> Word:
    letters: list[Letter] = []
    while index:
        index, letter = origin[index]
        letters.append(machine.alphabet[letter])
    return tuple(reversed(letters))


def _limit(max_states: int) -> Open:
    return Open(
        states=max_states,
        detail=f"stopped at {max_states:,} states; raise the limit with --max-closure",
    )
