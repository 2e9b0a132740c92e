"""The words on which a network is compared with a machine: all short ones, then long random ones.

Half of the random words draw every letter uniformly. The other half avoid letters that lead into
a sink (a state that no letter leaves) where they can, because a uniform word is soon lost in one
and says nothing from there on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.automata.machines.machine import Machine

# No batch has more tokens than this, which bounds memory.
_BATCH = 2**20
# Random words besides the long ones: one for each lane of a Triton program.
ROWS = 64


@dataclass(frozen=True)
class Plan:
    """Which words to run; depends on sizes only, so that it is the same on every machine.

    Parameters
    ----------
    exhaustive_length : int
        All words of this length are run, so all words up to it, as their prefixes.
    random : tuple of (words, length)
        Shapes of the batches of random words.
    tokens : int
        Positions compared in all, the empty word counted as one.
    """

    exhaustive_length: int
    random: tuple[tuple[int, int], ...]
    tokens: int


def plan(letters: int, tokens: int, longest: int | None = None) -> Plan:
    """Spend a number of positions: up to a quarter on all short words, the rest on random ones.

    Parameters
    ----------
    letters : int
        Size of the alphabet. With one letter the longest word says everything.
    tokens : int
        Positions to compare at most, at least 1: the empty word.
    longest : int, optional
        The longest word that the backend takes. Without it, most of the tokens go into one word.

    Examples
    --------
    >>> plan(1, 1_000_000)
    Plan(exhaustive_length=999999, random=(), tokens=1000000)
    >>> plan(2, 1_048_576)
    Plan(exhaustive_length=14, random=((64, 3199), (1, 614463)), tokens=1048576)
    """
    left = tokens - 1
    if letters == 1:
        length = min(left, longest or _BATCH, _BATCH)
        return Plan(length, (), 1 + length)
    exhaustive = 0
    while (exhaustive + 1) * letters ** (exhaustive + 1) <= min(left // 4, _BATCH):
        exhaustive += 1
    if exhaustive:
        left -= exhaustive * letters**exhaustive
    random: list[tuple[int, int]] = []
    if longest is None:
        random.append((ROWS, min(left // 4, _BATCH) // ROWS))
        left -= random[0][0] * random[0][1]
        random += [(1, _BATCH)] * (left // _BATCH) + [(1, left % _BATCH)]
    else:
        full = _BATCH // (ROWS * longest) * ROWS or ROWS
        while left >= full * longest:
            random.append((full, longest))
            left -= full * longest
        rows = left // (ROWS * longest) * ROWS
        random += [(rows, longest), (ROWS, left % (ROWS * longest) // ROWS)]
    kept = tuple((rows, length) for rows, length in random if rows and length)
    spent = sum(rows * length for rows, length in kept)
    return Plan(exhaustive, kept, 1 + exhaustive * letters**exhaustive * bool(exhaustive) + spent)


def batches(machine: Machine, planned: Plan, seed: int) -> Iterator[Ints]:
    """Yield the planned batches, int32 (words, length), the exhaustive one first.

    The same seed gives the same words on every platform: PCG64's raw output is used directly.
    """
    from negeig.kernels._words_compiled import walk

    if planned.exhaustive_length:
        yield all_words(len(machine.alphabet), planned.exhaustive_length)
    generator = np.random.PCG64(seed)
    # A batch alternates between the two kinds of words; a word on its own is steered.
    everything = np.ones(machine.transitions.shape, np.bool_)
    first, counts = choices(np.stack([away_from_sinks(machine), everything]))
    for shape in planned.random:
        words = np.empty(shape, np.int32)
        raw = generator.random_raw(shape)
        walk(raw, machine.transitions, machine.initial, first, counts, words)
        yield words


def all_words(letters: int, length: int) -> Ints:
    """Return all words of a length, in lexicographic order: int32 (letters^length, length).

    Examples
    --------
    >>> all_words(2, 2).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    if letters == 1:  # one word, which may be a million letters long
        return np.zeros((1, length), np.int32)
    numbers = np.arange(letters**length, dtype=np.int64)
    words = np.empty((len(numbers), length), np.int32)
    for t in reversed(range(length)):
        words[:, t] = numbers % letters
        numbers //= letters
    return words


def away_from_sinks(machine: Machine) -> NDArray[np.bool_]:
    """Letters allowed in each state: those not leading into a sink, or all when there are none.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[0, 1], [1, 1]], initial=0, outputs=[1, 0])
    >>> away_from_sinks(machine).tolist()
    [[True, False], [True, True]]
    """
    states = np.arange(machine.size)
    sink = (machine.transitions == states[:, None]).all(axis=1)
    allowed: NDArray[np.bool_] = ~sink[machine.transitions]
    allowed[~allowed.any(axis=1)] = True
    return allowed


def choices(allowed: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Letters of each state, the allowed ones first, and how many of them are allowed.

    Examples
    --------
    >>> [array.tolist() for array in choices(np.array([[False, True], [True, True]]))]
    [[[1, 0], [0, 1]], [1, 2]]
    """
    first = np.argsort(~allowed, axis=-1, kind="stable").astype(np.int32)
    return first, allowed.sum(axis=-1).astype(np.int32)
