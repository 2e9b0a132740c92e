"""Words that a network is likely to err on in one arithmetic, read until it does: a search.

Errors that add up show on long words, and most on those that repeat themselves: powers of short
words turn the state the same way over and over. So these are read first, then blocks that grow,
then random letters. What is found is a word that errs, no shortest one; where nothing is found
nothing is proved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from negeig.arrays import Ints
from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, Progress, Word, output_text
from negeig.kernels.streams.comparing import Comparison, Mismatch, Reading
from negeig.kernels.streams.kinds import Letters, Part, letters_of
from negeig.kernels.streams.modelled import Modelled
from negeig.precision.closure.native_operations import reference_of
from negeig.precision.closure.reference import to_bits
from negeig.precision.numbers.models import Arithmetic
from negeig.theory.networks.network import LinearRNN

ROWS = 64
"""Words that are read side by side, of each kind."""

LONGEST_PERIOD = 3
"""Letters of the words whose powers are read, at most."""

LETTERS = 2_000_000
"""Letters that are read in all, at most."""


class Failing(NamedTuple):
    """What a search for a word that errs has found.

    Parameters
    ----------
    word : Word or None
        It errs at its last letter, and nowhere before.
    letters : int
        Letters that were read.
    longest : int
        Letters of the longest word that was read.
    kind : str
        What kind of word it is.
    """

    word: Word | None
    letters: int
    longest: int
    kind: str = ""


@dataclass(frozen=True)
class _Powers:
    """The letters of words that are repeated for ever, a row for each."""

    words: list[tuple[int, ...]]

    def fill(self, first: int, position: int, states: Ints, words: Ints) -> None:
        for row, target in enumerate(words):
            period = self.words[first + row]
            target[:] = np.resize(np.roll(period, -(position % len(period))), len(target))


def periods(letters: int, most: int) -> list[tuple[int, ...]]:
    """Return the shortest words that are no powers themselves, one of each turned around.

    Examples
    --------
    >>> periods(2, 10)
    [(0,), (1,), (0, 1), (0, 0, 1), (0, 1, 1)]
    """
    found: list[tuple[int, ...]] = []
    for length in range(1, LONGEST_PERIOD + 1):
        for number in range(letters**length):
            word = tuple(number // letters**i % letters for i in range(length - 1, -1, -1))
            turned = [word[i:] + word[:i] for i in range(1, length)]
            # A Lyndon word: less than whatever it is turned to.
            if all(word < other for other in turned):
                found.append(word)
                if len(found) == most:
                    return found
    return found


def find_failing(
    network: LinearRNN,
    machine: Machine,
    arithmetic: Arithmetic,
    *,
    letters: int = LETTERS,
    beyond: int = 0,
    seed: int = 0,
    progress: Progress | None = None,
) -> Failing:
    """Read words that a network is likely to err on, and return the shortest prefix that does.

    Parameters
    ----------
    network : LinearRNN
    machine : Machine
        Over the same set of letters.
    arithmetic : Arithmetic
        One that is compiled. Parameters are rounded.
    letters : int
        How many are read, at most: a third for each kind of words. The clock decides nothing.
    beyond : int
        Words of so many letters are known to be right: fewer words are read, each of them twice as
        long at least, and none where that takes more letters.
    seed : int
        Of the random ones.
    progress : callable, optional
        Called with the letters read.

    Raises
    ------
    InputError, Unavailable
        As :class:`~.modelled.Modelled`.

    Notes
    -----
    What is reported was decoded exactly at its last letter; before, in float64, which takes another
    way at a near tie only.

    Examples
    --------
    Rotations by a third, their keys in bf16:

    >>> from negeig.kernels.standard_suite import TASKS
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> task = TASKS["mod3-rotations"]
    >>> found = find_failing(task.network, task.machine, parse("bf16:acc32"), letters=100_000)
    >>> len(found.word), found.kind
    (892, 'powers')
    """
    comparison = Comparison(network, machine, Modelled(network, machine.alphabet, arithmetic))
    if comparison.empty(Part("powers", 1, 1)) is not None:
        return Failing((), 0, 0, "empty")
    third = letters // 3
    most = min(ROWS, third // (2 * beyond) if beyond else third)
    if not most:
        return Failing(None, 0, 0)
    powers = _moving(network, machine, periods(len(machine.alphabet), ROWS))[:most]
    kinds: list[tuple[Part, Letters]] = [
        (Part("powers", len(powers), third // len(powers)), _Powers(powers))
    ]
    rows = 1 if len(machine.alphabet) == 1 else most
    for kind in ("runs", "uniform"):
        part = Part(kind, rows, third // rows)
        kinds.append((part, letters_of(part, machine, seed)))
    read = longest = 0
    found = Failing(None, 0, 0)
    for part, words in kinds:
        # Words that are longer than the one that errs already are of no use.
        end = part.length if found.word is None else min(part.length, len(found.word) - 1)
        if end < 1:
            continue
        start = comparison.standing(part.rows)
        reading = Reading(comparison, part, words, range(part.rows), start, 1, fresh=False)
        before = read
        for position in reading.read(end):
            read = before + position * part.rows
            if progress is not None:
                progress(read)
        longest = max(longest, reading.position)
        if reading.mismatch is not None and _errs(network, machine, arithmetic, reading.mismatch):
            found = Failing(_spelt(words, reading.mismatch, machine), 0, 0, part.kind)
    return found._replace(letters=read, longest=longest)


def _moving(
    network: LinearRNN, machine: Machine, words: list[tuple[int, ...]]
) -> list[tuple[int, ...]]:
    """Return the words that do something to the first layer, or all where none does."""
    if not network.layers:
        return words
    idle = {a for a, letter in enumerate(machine.alphabet) if not network.layers[0].steps[letter]}
    return [word for word in words if not idle.issuperset(word)] or words


def _spelt(words: Letters, wrong: Mismatch, machine: Machine) -> Word:
    letters = np.empty((1, wrong.position), np.int32)
    words.fill(wrong.row, 0, np.full(1, machine.initial, np.int32), letters)
    return tuple(machine.alphabet[a] for a in letters[0].tolist())


def _errs(network: LinearRNN, machine: Machine, arithmetic: Arithmetic, wrong: Mismatch) -> bool:
    """Whether the last letter errs where every state is decoded exactly."""
    from negeig.precision.stored import store

    if arithmetic.parameters is None or wrong.letter is None:
        return False
    stored, _ = store(network, arithmetic)
    semantics = reference_of(network, stored, arithmetic)
    state = tuple(to_bits(layer[0].tolist()) for layer in wrong.before.states)
    letter: Letter = machine.alphabet[wrong.letter]
    _, symbol = semantics.step(state, letter)
    if symbol is None or symbol not in network.outputs:
        return True
    return output_text(network.outputs[symbol]) != output_text(wrong.expected)
