"""Words that make a limit visible: a repeated word whose outputs cycle, a pair of idempotents.

In a minimal machine every state is reached by a word and any two are told apart by one, so what
letters do to states always shows in the outputs after a suitable prefix and suffix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import colours
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.claims import InputError, Word
from negeig.evidence import Evidence, read_word, unknown_letters

MAX_CYCLES = 64
"""Cycles of one word examined in search of the witness with the least bound."""

SEARCH_ENTRIES = 200_000
"""Entries of the transition table one word's searches may read: fewer cycles in large machines."""

MAX_PAIRS = 4_000_000
"""Pairs of idempotents compared before the answer is left open."""

MAX_ENTRIES = 100_000_000
"""Map entries read in those comparisons: about a second."""


@dataclass(frozen=True)
class PeriodWitness(Evidence[Machine]):
    """The outputs on ``prefix word^k suffix`` have this period in k, from this index on.

    ``outputs[k]`` is a number for the output at k, equal for equal outputs; k goes up to
    ``index + period - 1``.
    """

    word: Word
    prefix: Word
    suffix: Word
    index: int
    period: int
    outputs: tuple[int, ...]

    @property
    def first(self) -> int:
        """Least k that counts: the decoder also sees the last letter, and none before the first."""
        read = self.suffix or self.prefix[-1:] == self.word[-1:]
        return 0 if read else 1

    def problems(self, machine: Machine, /) -> list[str]:
        """Return what the witness says that the machine alone does not show.

        Runs the words, however they were found: the outputs have this least index and this least
        period, and ``outputs`` tells equal ones apart from different ones. O(letters of the words
        x states) and O(period x its divisors).
        """
        if unknown := unknown_letters(machine.alphabet, self.word, self.prefix, self.suffix):
            return unknown
        i, p, size = self.index, self.period, machine.size
        if not self.word or i < 0 or p < 1 or i + p > size:
            return [f"index, period: no word repeated shows them in {size} states"]
        orbit, cycle = _orbit(machine, self.word, self.prefix, self.suffix)
        start = len(orbit) - cycle

        def output(k: int) -> int:
            return orbit[k if k < len(orbit) else start + (k - start) % cycle]

        def repeats(after: int) -> bool:
            return all(output(k) == output(k + after) for k in range(i, max(i, start) + cycle))

        if not repeats(p) or any(repeats(d) for d in range(1, p) if p % d == 0):
            return ["period: not the least one from the index on"]
        if i > 0 and output(i - 1) == output(i - 1 + p):
            return ["index: the outputs have the period earlier"]
        shown = [output(k) for k in range(i + p)]
        pairs = set(zip(shown, self.outputs, strict=False))
        same = len(pairs) == len(set(shown)) == len(set(self.outputs))
        return [] if same and len(self.outputs) == len(shown) else ["outputs: not those shown"]

    def to_json(self) -> dict[str, Any]:
        """Return the witness as a JSON object."""
        return {
            "word": list(self.word),
            "index": self.index,
            "period": self.period,
            "prefix": list(self.prefix),
            "suffix": list(self.suffix),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any], machine: Machine) -> PeriodWitness:
        """Read a witness about a machine, to be verified; its outputs are the machine's.

        Raises
        ------
        InputError
            When the form is wrong, or a letter unknown.
        """
        try:
            words = (read_word(data[key]) for key in ("word", "prefix", "suffix"))
            found = period_witness(machine, *words)
            start, period = (index(data[key]) for key in ("index", "period"))
            return replace(found, index=start, period=period)
        except (KeyError, TypeError) as error:
            raise InputError("witness", f"no witness of a period: {error!r:.200}") from None


@dataclass(frozen=True)
class IdempotentWitness(Evidence[Machine]):
    """Words e and f, idempotent in the monoid, and a context in which efe and fe differ."""

    e: Word
    f: Word
    prefix: Word
    suffix: Word

    @property
    def words(self) -> tuple[Word, Word]:
        """The two whole words whose outputs differ: prefix efe suffix and prefix fe suffix."""
        end = self.f + self.e + self.suffix
        return self.prefix + self.e + end, self.prefix + end

    def problems(self, machine: Machine, /) -> list[str]:
        """Return what the witness says that the machine alone does not show.

        Runs e and f twice from every state, and the two whole words. O(letters of the words x
        states).
        """
        words = {"e": self.e, "f": self.f}
        if unknown := unknown_letters(machine.alphabet, *words.values(), self.prefix, self.suffix):
            return unknown
        for name, word in words.items():
            for q in range(machine.size):
                once = _after(machine, q, word)
                if _after(machine, once, word) != once:
                    return [f"{name} is not idempotent: from state {q} a second one leads on"]
        shows = colours(machine.outputs)
        one, two = (_after(machine, machine.initial, word) for word in self.words)
        return [] if shows[one] != shows[two] else ["efe and fe give one output in this context"]

    def to_json(self) -> dict[str, Any]:
        """Return the witness as a JSON object."""
        return {
            "e": list(self.e),
            "f": list(self.f),
            "prefix": list(self.prefix),
            "suffix": list(self.suffix),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> IdempotentWitness:
        """Read a witness, to be verified. Raises InputError where the form is wrong."""
        try:
            return IdempotentWitness(*(read_word(data[k]) for k in ("e", "f", "prefix", "suffix")))
        except (KeyError, TypeError) as error:
            raise InputError("witness", f"no idempotent words: {error!r:.200}") from None


def period_witness(machine: Machine, word: Word, prefix: Word, suffix: Word) -> PeriodWitness:
    """Return the least index and period of the outputs on ``prefix word^k suffix``.

    Raises InputError for a letter that the machine does not have. O(letters of the words x states).

    Examples
    --------
    >>> parity = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[0, 1])
    >>> period_witness(parity, ("a",), ("b",), ())
    PeriodWitness(word=('a',), prefix=('b',), suffix=(), index=0, period=2, outputs=(0, 1))
    """
    outputs, cycle = _orbit(machine, word, prefix, suffix)
    first, period = _shortest(outputs, cycle)
    return PeriodWitness(word, prefix, suffix, first, period, tuple(outputs[: first + period]))


def _orbit(machine: Machine, word: Word, prefix: Word, suffix: Word) -> tuple[list[int], int]:
    """Return the outputs for all different states after prefix word^k; how many of them recur."""
    shows = colours(machine.outputs).tolist()
    state = _after(machine, machine.initial, prefix)
    orbit: list[int] = []
    at: dict[int, int] = {}
    while state not in at:
        at[state] = len(orbit)
        orbit.append(shows[_after(machine, state, suffix)])
        state = _after(machine, state, word)
    return orbit, len(orbit) - at[state]


def _after(machine: Machine, state: int, word: Word) -> int:
    """Return the state a word leads to from a state."""
    for letter in word:
        state = int(machine.transitions[state, machine.index(letter)])
    return state


class Contexts:
    """Shortest words that reach each state of a minimal machine, and that tell two states apart."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.colours: list[int] = colours(machine.outputs).tolist()

    @cached_property
    def _reached_by(self) -> dict[int, tuple[int, int]]:
        """Each state's predecessor and letter on a shortest word, in breadth-first order."""
        rows: list[list[int]] = self.machine.transitions.tolist()
        found = {self.machine.initial: (-1, -1)}
        queue = [self.machine.initial]
        for state in queue:  # grows while it is walked
            for letter, target in enumerate(rows[state]):
                if target not in found:
                    found[target] = (state, letter)
                    queue.append(target)
        return found

    @property
    def states(self) -> list[int]:
        """The reachable states, those with the shortest words first."""
        return list(self._reached_by)

    def reach(self, state: int) -> Word:
        """Return a shortest word from the initial state to a state."""
        letters = []
        while state != self.machine.initial:
            state, letter = self._reached_by[state]
            letters.append(self.machine.alphabet[letter])
        return tuple(reversed(letters))

    def separate(self, p: int, q: int) -> Word:
        """Return a shortest word after which the outputs from two different states differ."""
        if self.colours[p] != self.colours[q]:
            return ()
        word = self._starting_in(p).difference(self._starting_in(q))
        if word is None:
            raise ValueError(f"states {p} and {q} are equivalent: the machine is not minimal")
        return word

    def image(self, word: Word) -> NDArray[np.int64]:
        """Return the map of a word on the states."""
        image = np.arange(self.machine.size)
        for letter in word:
            image = self.machine.transitions[image, self.machine.index(letter)].astype(np.int64)
        return image

    def _starting_in(self, state: int) -> Machine:
        machine = self.machine
        return Machine(
            alphabet=machine.alphabet,
            transitions=machine.transitions,
            initial=state,
            outputs=machine.outputs,
        )


def is_power_of_two(period: int) -> bool:
    """Whether a period is 1, 2, 4, ..."""
    return period & (period - 1) == 0


def is_one(period: int) -> bool:
    """Whether a period is 1."""
    return period == 1


def period_witnesses(
    contexts: Contexts, word: Word, allowed: Callable[[int], bool]
) -> Iterator[PeriodWitness]:
    """Yield, for the cycles of a word on the states, outputs whose period is not allowed.

    ``allowed`` is :func:`is_one` or :func:`is_power_of_two`. A cycle of length c whose outputs
    had an allowed period after every suffix would have all its states d steps apart equivalent,
    d the largest allowed divisor of c; so some suffix that tells two such states apart shows a
    period that is not allowed. O(states) and, for each of at most 64 cycles, a few searches.
    """
    tries = max(1, SEARCH_ENTRIES // contexts.machine.transitions.size)
    image: list[int] = contexts.image(word).tolist()
    seen: set[int] = set()
    examined = 0
    for start in contexts.states:
        path: dict[int, int] = {}
        state = start
        while state not in seen and state not in path:
            path[state] = len(path)
            state = image[state]
        seen.update(path)
        if state not in path:
            continue
        cycle = list(path)[path[state] :]
        if allowed(len(cycle)):
            continue
        apart = max(d for d in _powers_of_two(len(cycle)) if allowed(d))
        ahead = cycle[apart:] + cycle[:apart]
        pairs = list(zip(cycle, ahead, strict=True))[: max(1, tries // MAX_CYCLES)]
        suffix = min((contexts.separate(p, q) for p, q in pairs), key=len)
        after = contexts.image(suffix)
        outputs = [contexts.colours[after[q]] for q in path]
        first, period = _shortest(outputs, len(cycle))
        yield PeriodWitness(
            word, contexts.reach(start), suffix, first, period, tuple(outputs[: first + period])
        )
        examined += 1
        if examined == min(MAX_CYCLES, tries):
            return


def _powers_of_two(number: int) -> list[int]:
    """Powers of two that divide a number."""
    return [1 << i for i in range((number & -number).bit_length())]


def _shortest(outputs: list[int], period: int) -> tuple[int, int]:
    """Least period and then least index of a sequence whose last ``period`` entries repeat."""
    cycle = outputs[-period:]
    divisors = [d for d in range(1, period + 1) if period % d == 0]
    least = next(d for d in divisors if cycle == cycle[:d] * (period // d))
    index = len(outputs) - period
    while index > 0 and outputs[index - 1] == outputs[index - 1 + least]:
        index -= 1
    return index, least


def idempotent_witness(
    contexts: Contexts, monoid: TransitionMonoid
) -> tuple[IdempotentWitness | None, bool]:
    """Return idempotents with efe != fe, and whether all pairs were compared.

    Pairs are taken in the order of the shortest words of e, then f. O(pairs x states), stopping
    at the first violation, at 4 million pairs or at 100 million map entries.
    """
    if monoid.is_group:
        return None, True  # the identity is the only idempotent
    elements = monoid.idempotents
    maps = np.ascontiguousarray(monoid.maps[elements])
    count, states = maps.shape
    budget = min(MAX_PAIRS, MAX_ENTRIES // states)
    block = max(1, min(count, 4_000_000 // states))
    for i in range(count):
        e = maps[i]
        for j in range(0, count, block):
            if budget <= 0:
                return None, False
            budget -= block
            f = maps[j : j + block]
            f_then_e = e[f]
            differ = f_then_e[:, e] != f_then_e
            violating = np.flatnonzero(differ.any(axis=1))
            if len(violating):
                k = int(violating[0])
                state = next(q for q in contexts.states if differ[k, q])
                other = int(f_then_e[k, state])
                suffix = contexts.separate(int(f_then_e[k, e[state]]), other)
                words = monoid.word(int(elements[i])), monoid.word(int(elements[j + k]))
                return IdempotentWitness(*words, contexts.reach(state), suffix), True
    return None, True
