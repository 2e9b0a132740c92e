"""Kinds of words: what each row of letters is, as a function of a seed and a place.

The letter at a position of a row can be had without those before it, the same on every platform, so
that a run can begin or go on anywhere. One kind, ``avoid-sinks``, also asks for the machine's
state there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.automata.machines.machine import Machine
from negeig.claims import Letter
from negeig.kernels.words import away_from_sinks, choices

MAX_CYCLE = 2**26
"""Letters of a de Bruijn sequence at most; it is kept in memory, a byte for each."""

MAX_POSITION = 2**61
"""Offsets are at most this, and so are letters to read."""

MAX_ROWS = 2**16
"""Words that are read side by side, at most."""

MAX_SEED = 2**64 - 1

MOST_LETTERS = 256
"""Letters of an alphabet for which there are de Bruijn sequences here."""

KINDS = {
    "mix": "a share of each of the others",
    "all": "all words up to a length, a shortest wrong one is found: all:N",
    "closure": "shortest words to every state that the backend reaches, and every letter there",
    "debruijn": "every factor of a length, in as few letters as can be: debruijn:N",
    "runs": "blocks u^m of words u of one to three letters, m growing from round to round",
    "avoid-sinks": "random letters that do not lead into a state that no letter leaves",
    "uniform": "random letters, each equally likely",
}
"""What ``--words`` takes, in words; of two a number may follow."""

STREAMED = ("debruijn", "runs", "avoid-sinks", "uniform")
"""Kinds whose rows are words of any length, which can be begun at any position."""


@dataclass(frozen=True)
class Part:
    """Words of one kind that are read side by side, each a row of letters.

    Parameters
    ----------
    kind : str
        In ``KINDS``, or ``word``: one given word.
    rows, length : int
        Words, and letters of each; of ``closure`` 1 and how many letters are read at most.
    order : int
        Length of the words of ``all`` and of the factors of ``debruijn``.
    word : tuple of letters
        The given word.

    Examples
    --------
    >>> Part("uniform", 64, 1000).tokens
    64000
    """

    kind: str
    rows: int
    length: int
    order: int = 0
    word: tuple[Letter, ...] = ()

    @property
    def tokens(self) -> int:
        """Letters in all."""
        return self.rows * self.length

    @property
    def name(self) -> str:
        """What ``--words`` takes for these words."""
        return f"{self.kind}:{self.order}" if self.order else self.kind


class Letters(Protocol):
    """The letters of a part."""

    def fill(self, first: int, position: int, states: Ints, words: Ints) -> None:
        """Write letters of the rows from a number on, from a position on: int32 (rows, n).

        ``states`` (rows,) are the machine's there, and are not changed.
        """


def letters_of(part: Part, machine: Machine, seed: int) -> Letters:
    """Return the letters of a part; ``closure`` has none, its words follow from what is found.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[0, 0]], initial=0, outputs=[1])
    >>> words = np.empty((2, 8), np.int32)
    >>> letters_of(Part("debruijn", 2, 8, 3), machine, 0).fill(0, 0, words[:, 0], words)
    >>> words.tolist()
    [[0, 0, 0, 1, 0, 1, 1, 1], [0, 1, 1, 1, 0, 0, 0, 1]]
    """
    if part.kind == "uniform":
        return Uniform(part, machine, seed)
    if part.kind == "avoid-sinks":
        return _AvoidSinks(part, machine, seed)
    if part.kind == "runs":
        return _Runs(machine)
    if part.kind == "debruijn":
        return _DeBruijn(part, machine)
    if part.kind == "all":
        return _All(part, machine)
    return _Given(part, machine)


def _mixed(x: int) -> int:
    """SplitMix64's function of one number."""
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MAX_SEED
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MAX_SEED
    return x ^ x >> 31


def row_keys(seed: int, salt: int, rows: int) -> NDArray[np.uint64]:
    """Return where the random numbers of each row begin: far apart, for every seed and salt.

    Examples
    --------
    >>> row_keys(0, 1, 2).tolist()
    [8841707400507832957, 15690285813532428630]
    """
    base = _mixed(_mixed(seed) + salt & MAX_SEED)
    return np.array([_mixed(base + row & MAX_SEED) for row in range(rows)], np.uint64)


class Uniform:
    """Letters of equal probability, each drawn by itself."""

    def __init__(self, part: Part, machine: Machine, seed: int) -> None:
        self.keys, self.letters = row_keys(seed, 1, part.rows), len(machine.alphabet)

    def fill(self, first: int, position: int, states: Ints, words: Ints) -> None:
        """Write letters, as ``Letters`` says."""
        from negeig.kernels.streams._letters_compiled import draw

        draw(self.keys[first : first + len(words)], position, self.letters, words)


class _AvoidSinks:
    def __init__(self, part: Part, machine: Machine, seed: int) -> None:
        self.keys, self.machine = row_keys(seed, 2, part.rows), machine
        self.choices, self.counts = choices(away_from_sinks(machine))

    def fill(self, first: int, position: int, states: Ints, words: Ints) -> None:
        from negeig.kernels.streams._letters_compiled import draw, steer

        draw(self.keys[first : first + len(words)], position, 2**31, words)
        steer(self.machine.transitions, states.copy(), self.choices, self.counts, words)


class _Runs:
    def __init__(self, machine: Machine) -> None:
        self.letters = len(machine.alphabet)

    def fill(self, first: int, position: int, states: Ints, words: Ints) -> None:
        from negeig.kernels.streams._letters_compiled import blocks

        blocks(first, position, self.letters, words)


class _DeBruijn:
    """Every row reads the whole cycle; they begin at equal distances from one another."""

    def __init__(self, part: Part, machine: Machine) -> None:
        from negeig.kernels.streams._letters_compiled import de_bruijn

        letters = len(machine.alphabet)
        self.cycle = np.empty(letters**part.order, np.uint8)
        de_bruijn(letters, part.order, np.zeros(part.order, np.int32), self.cycle)
        self.starts = np.arange(part.rows, dtype=np.int64) * len(self.cycle) // part.rows

    def fill(self, first: int, position: int, states: Ints, words: Ints) -> None:
        from negeig.kernels.streams._letters_compiled import cycle

        cycle(self.cycle, self.starts[first : first + len(words)], position, words)


class _All:
    def __init__(self, part: Part, machine: Machine) -> None:
        self.length, self.letters = part.length, len(machine.alphabet)

    def fill(self, first: int, position: int, states: Ints, words: Ints) -> None:
        from negeig.kernels.streams._letters_compiled import digits

        digits(first, position, self.length, self.letters, words)


class _Given:
    def __init__(self, part: Part, machine: Machine) -> None:
        number = {letter: a for a, letter in enumerate(machine.alphabet)}
        self.word = np.array([number[letter] for letter in part.word], np.int32)

    def fill(self, first: int, position: int, states: Ints, words: Ints) -> None:
        words[:] = self.word[position : position + words.shape[1]]
