"""Machines: complete deterministic finite automata with an output in every state.

The central type of the package. Every task negeig looks at is a :class:`Machine`: a language
acceptor has outputs 0 and 1, a state-tracking task (a word problem, modular arithmetic) has more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.claims import InputError, Letter, Output, Word
from negeig.shown import Shown

Transitions = NDArray[np.int32]
"""Array of shape (states, letters): row q, column a holds the state reached from q on letter a."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Machine(Shown):
    """A complete deterministic Moore machine. Immutable; ``==`` compares the tables themselves.

    Use :meth:`difference` to compare what two machines do rather than how they are written.

    Parameters
    ----------
    alphabet : sequence of str
        Distinct, non-empty letters; the order is that of the columns.
    transitions : array_like of int, shape (states, letters)
        ``transitions[q][a]`` is the state reached from state ``q`` on letter ``alphabet[a]``.
    initial : int
        The state before the first letter.
    outputs : sequence of JSON values, length states
        Output of each state; 0 and 1 for an acceptor.
    points : sequence of permutations, one for each letter, optional
        A faithful action of the task's group on a small set {0, ..., n-1}, where one is known
        (``points[a][i]`` is the image of point ``i`` under letter ``a``). Constructions use it for
        a small dimension and prove the result; nothing else depends on it.

    Raises
    ------
    InputError
        Naming every row, target or letter that is wrong.

    Examples
    --------
    >>> parity = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])
    >>> parity.run("abba")
    (1, 0, 0, 0, 1)
    >>> parity.accepts("aba")
    True
    """

    alphabet: tuple[Letter, ...]
    transitions: Transitions
    initial: int
    outputs: tuple[Output, ...]
    points: tuple[tuple[int, ...], ...] | None = field(default=None)

    def __init__(
        self,
        *,
        alphabet: Sequence[Letter],
        transitions: Sequence[Sequence[int]] | NDArray[np.integer],
        initial: int,
        outputs: Sequence[Output],
        points: Sequence[Sequence[int]] | None = None,
    ) -> None:
        letters = tuple(alphabet)
        outs = tuple(outputs)
        table = _checked_table(letters, transitions, initial, outs)
        object.__setattr__(self, "alphabet", letters)
        object.__setattr__(self, "transitions", table)
        object.__setattr__(self, "initial", int(initial))
        object.__setattr__(self, "outputs", outs)
        actions = None if points is None else tuple(tuple(int(i) for i in p) for p in points)
        object.__setattr__(self, "points", actions)

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.outputs)

    @property
    def is_acceptor(self) -> bool:
        """Whether every output is 0 or 1, so that the machine accepts a language."""
        return all(type(o) is int and o in (0, 1) for o in self.outputs)

    def index(self, letter: Letter) -> int:
        """Column of a letter; InputError naming the alphabet when it is not there."""
        try:
            return self.alphabet.index(letter)
        except ValueError:
            shown = ", ".join(map(repr, self.alphabet))
            raise InputError("", f"letter {letter!r} is not in the alphabet {shown}") from None

    def states(self, word: Iterable[Letter]) -> Iterator[int]:
        """Yield the states visited on a word, the initial state first."""
        columns = {letter: i for i, letter in enumerate(self.alphabet)}
        state, following = self.initial, self.transitions.item
        yield state
        for letter in word:
            column = columns[letter] if letter in columns else self.index(letter)
            state = following(state, column)
            yield state

    def run(self, word: Iterable[Letter]) -> tuple[Output, ...]:
        """Return the outputs after every prefix of the word, the empty prefix first."""
        return tuple(self.outputs[q] for q in self.states(word))

    def output(self, word: Iterable[Letter]) -> Output:
        """Output after the whole word."""
        *_, last = self.states(word)
        return self.outputs[last]

    def accepts(self, word: Iterable[Letter]) -> bool:
        """Whether the output after the whole word is 1."""
        return bool(self.output(word) == 1)

    def minimal(self) -> Machine:
        """Return the minimal machine for the same outputs, states numbered breadth first.

        Letters keep their order and the natural points, if any, are kept: they belong to the
        letters. Complexity: O(states x letters x log states) (Hopcroft).
        """
        from negeig.automata.machines.minimize import minimize

        return minimize(self)

    def difference(self, other: Machine) -> Word | None:
        """Return a shortest word on which the outputs differ, or None when there is none.

        Raises InputError when the alphabets differ as sets. Hopcroft-Karp style, breadth first
        over pairs of states: near-linear in the number of pairs visited.
        """
        from negeig.automata.machines.operations import difference

        return difference(self, other)

    def to_networkx(self) -> Any:
        """Return the ``networkx.MultiDiGraph`` of states and letters; see :mod:`.graph`."""
        from negeig.automata.machines.graph import to_networkx

        return to_networkx(self)

    @staticmethod
    def from_networkx(graph: Any) -> Machine:
        """Return the machine of a directed networkx graph; InputError names what is wrong."""
        from negeig.automata.machines.graph import from_networkx

        return from_networkx(graph)

    def __and__(self, other: Machine) -> Machine:
        """Intersection of two acceptors over one alphabet."""
        from negeig.automata.machines.operations import combine

        return combine(self, other, lambda a, b: a & b)

    def __or__(self, other: Machine) -> Machine:
        """Union of two acceptors over one alphabet."""
        from negeig.automata.machines.operations import combine

        return combine(self, other, lambda a, b: a | b)

    def __sub__(self, other: Machine) -> Machine:
        """Words of the first acceptor that the second refuses."""
        from negeig.automata.machines.operations import combine

        return combine(self, other, lambda a, b: a & ~b & 1)

    def __xor__(self, other: Machine) -> Machine:
        """Words that exactly one of two acceptors accepts."""
        from negeig.automata.machines.operations import symmetric_difference

        return symmetric_difference(self, other)

    def __invert__(self) -> Machine:
        """Complement of an acceptor."""
        from negeig.automata.machines.operations import complement

        return complement(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Machine):
            return NotImplemented
        return (
            self.alphabet == other.alphabet
            and self.initial == other.initial
            and self.outputs == other.outputs
            and np.array_equal(self.transitions, other.transitions)
        )

    def __hash__(self) -> int:
        return hash((self.alphabet, self.initial, self.transitions.tobytes()))

    def __repr__(self) -> str:
        letters = "".join(self.alphabet) if all(len(a) == 1 for a in self.alphabet) else ""
        shown = letters if 0 < len(letters) <= 12 else f"{len(self.alphabet)} letters"
        return f"Machine({self.size} states over {shown})"


def _checked_table(
    letters: tuple[Letter, ...],
    transitions: Sequence[Sequence[int]] | NDArray[np.integer],
    initial: int,
    outputs: tuple[Output, ...],
) -> Transitions:
    """Return the transitions as a read-only int32 array, or raise with every problem found."""
    problems: list[str] = []
    if not letters:
        problems.append("the alphabet is empty")
    if len(set(letters)) != len(letters):
        twice = sorted({a for a in letters if letters.count(a) > 1})
        problems.append(f"letters occur twice in the alphabet: {', '.join(map(repr, twice))}")
    if any(not isinstance(a, str) or a == "" for a in letters):
        problems.append("letters must be non-empty strings")
    states = len(outputs)
    if states == 0:
        problems.append("no states")
    if len(transitions) != states:
        problems.append(f"{len(transitions)} rows of transitions but {states} outputs")
    wrong = [q for q, row in enumerate(transitions) if len(row) != len(letters)]
    problems += [
        f"row {q} has {len(transitions[q])} entries, expected {len(letters)}" for q in wrong[:10]
    ]
    if not 0 <= initial < max(states, 1):
        problems.append(f"initial state {initial} is not one of 0 to {states - 1}")
    if not problems:
        table = np.array(transitions, dtype=np.int32).reshape(states, len(letters))
        outside = np.argwhere((table < 0) | (table >= states))
        problems += [
            f"row {q}, letter {letters[a]!r}: target {table[q, a]} is not one of 0 to {states - 1}"
            for q, a in outside[:10]
        ]
    if problems:
        raise InputError("machine", problems)
    table.setflags(write=False)
    return table
