"""Every reachable state of a network, compared with a machine: proofs for words of all lengths.

The exploration itself, whatever the arithmetic: a :class:`Semantics` says what one letter does to
the state of the whole network, and :func:`explore` walks all reachable states breadth first
together with the machine's. This plain version is the specification of the compiled search in
:mod:`negeig.precision.closure.rounded_closure`, and what exact arithmetic runs on.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from negeig.automata.machines.machine import Machine
from negeig.claims import (
    Assumption,
    Exactness,
    Horizon,
    InputError,
    Letter,
    LimitReached,
    Progress,
    Region,
    Word,
    output_text,
)
from negeig.evidence import letters_text
from negeig.theory.networks.network import LinearRNN

State = TypeVar("State", bound=Hashable)
REPORT_EVERY = 1024
"""States expanded between two calls of ``progress`` in the plain exploration."""


class Semantics(Protocol[State]):
    """A network in one arithmetic. States are hashable; equal states have equal futures."""

    def initial(self) -> State:
        """Return the state of the whole network before the first letter."""
        ...

    def step(self, state: State, letter: Letter) -> tuple[State, Letter | None]:
        """Read one task letter: the state after it and the symbol the last layer emits.

        The symbol is None when a layer's state cannot be decoded.
        """
        ...


@dataclass(frozen=True)
class Exploration:
    """How an exploration ended.

    Parameters
    ----------
    verdict : str
        ``proved``: every reachable state was explored and the network's tables are right on
        every edge, so the network is right on every word. ``collision``: two words lead to the
        same network state with the same last letter although the machine's outputs differ, so no
        decoder at all is right. ``wrong``: these tables err. ``open``: a limit was reached.
    states : int
        Distinct states of the whole network found, the start included.
    depth : int
        Length of the longest shortest word to a state found.
    words : tuple of Word
        ``wrong``: one shortest word on which the tables err. ``collision``: the two words.
    wrong_word : Word or None
        A shortest word on which the tables err, whenever one was met.
    decoder_exists : bool or None
        True: closed without a collision, so some function of the network state and the last
        letter is right. False: there is a collision. None: the exploration did not close.
    reason : str
        Where a limit was reached: which, how far, and the option that raises it.
    layerwise : bool
        Whether the layers were closed one by one; ``states`` then counts those met of the whole
        network, fewer than there are, and ``reason`` says how many each layer has.
    boxes : int
        Where the proof is by regions: the boxes of states that letters carry into each other.
        ``states`` is 0 then: they are not listed, and there may be infinitely many.
    seconds : float
        Wall time.
    assumptions : tuple of Assumption
        Where the steps are those of a program: what has to hold of it, each tested. ``proved`` only
        where all held.
    exactness : Exactness or None
        Where the proof is that nothing is rounded in any order: the evidence.
    region : Region or None
        Where there is a proof by regions in a rounded arithmetic, the only one or beside another:
        the evidence. It is about every order of the sums.
    horizon : Horizon or None
        Where the verdict is ``open`` and words up to a length are proved right.
    wrong_is_shortest : bool
        Whether no shorter word errs than ``wrong_word``. Of a collision that is met before any word
        that errs it is one of the two, and shorter ones may err.
    """

    verdict: Literal["proved", "collision", "wrong", "open"]
    states: int
    depth: int
    words: tuple[Word, ...] = ()
    wrong_word: Word | None = None
    decoder_exists: bool | None = None
    reason: str = ""
    seconds: float = field(default=0.0, compare=False)
    layerwise: bool = False
    boxes: int = 0
    assumptions: tuple[Assumption, ...] = ()
    exactness: Exactness | None = None
    region: Region | None = None
    horizon: Horizon | None = None
    wrong_is_shortest: bool = True

    @property
    def proof(self) -> Literal["closure", "layers", "regions", "exactness"] | None:
        """Which kind of proof holds: of all states, layer by layer, by regions, or of no rounding.

        None where the verdict is not ``proved``.
        """
        if self.verdict != "proved":
            return None
        if self.exactness is not None:
            return "exactness"
        if self.boxes:
            return "regions"
        return "layers" if self.layerwise else "closure"

    @classmethod
    def unexplored(cls, reason: str) -> Exploration:
        """Return what is known where no state was looked at: nothing, for this reason."""
        return cls("open", states=0, depth=0, reason=reason)

    @classmethod
    def conclude(
        cls,
        *,
        states: int,
        depth: int,
        wrong: Word | None,
        collision: tuple[Word, Word] | None = None,
        reason: str = "",
        seconds: float = 0.0,
    ) -> Exploration:
        """Derive the verdict: collision before wrong, wrong before open, else proved."""
        verdict: Literal["proved", "collision", "wrong", "open"]
        words: tuple[Word, ...] = ()
        decoder: bool | None
        if collision is not None:
            verdict, words, decoder = "collision", collision, False
        elif wrong is not None:
            verdict, words, decoder = "wrong", (wrong,), None if reason else True
        else:
            verdict, decoder = ("open", None) if reason else ("proved", True)
        return cls(verdict, states, depth, words, wrong, decoder, reason, seconds)


class Task:
    """What a machine demands of a network: the minimal machine's tables beside the outputs.

    Parameters
    ----------
    network : LinearRNN
        Only its alphabet and outputs are read.
    machine : Machine
        Minimised here; its letter order is the order of exploration.

    Raises
    ------
    InputError
        When the alphabets differ as sets.
    """

    def __init__(self, network: LinearRNN, machine: Machine) -> None:
        if problems := alphabet_problems(network.alphabet, machine.alphabet):
            raise InputError("network and machine", problems)
        minimal = machine.minimal()
        self.alphabet = minimal.alphabet
        self.initial = minimal.initial
        self.delta: list[list[int]] = minimal.transitions.tolist()
        self.wanted = [output_text(output) for output in minimal.outputs]
        self.emitted: Mapping[Letter, str] = {
            symbol: output_text(output) for symbol, output in network.outputs.items()
        }
        self.empty_is_right = output_text(network.empty) == self.wanted[self.initial]
        rows: dict[tuple[int, ...], int] = {}
        self.row = [rows.setdefault(tuple(row), len(rows)) for row in self.delta]
        self.has_twins = len(rows) < len(self.delta)
        """Whether two states have the same successors, so that only their outputs differ."""

    def is_right(self, symbol: Letter | None, state: int) -> bool:
        """Whether emitting this symbol is right when the machine is in this state."""
        return symbol is not None and self.emitted.get(symbol) == self.wanted[state]

    def collision(self, one: Word, p: int, two: Word, q: int) -> tuple[Word, Word]:
        """Extend two words to machine states p and q until the outputs have to differ.

        The words end in the same letter after that: the suffix is empty only when they do so
        already. Requires p and q to differ in their outputs or in their rows.
        """
        same_end = bool(one) and bool(two) and one[-1] == two[-1]
        suffix = () if same_end and self.wanted[p] != self.wanted[q] else self._suffix(p, q)
        return one + suffix, two + suffix

    def _suffix(self, p: int, q: int) -> Word:
        """Return a shortest non-empty word after which the outputs from p and q differ."""
        queue: list[tuple[int, int, Word]] = [(p, q, ())]
        seen = {(p, q)}
        for a, b, word in queue:
            for column, letter in enumerate(self.alphabet):
                after = self.delta[a][column], self.delta[b][column]
                if self.wanted[after[0]] != self.wanted[after[1]]:
                    return (*word, letter)
                if after not in seen:
                    seen.add(after)
                    queue.append((*after, (*word, letter)))
        raise ValueError(f"machine states {p} and {q} have the same future")


def explore(
    semantics: Semantics[State],
    network: LinearRNN,
    machine: Machine,
    *,
    max_states: int = 2_000_000,
    progress: Progress | None = None,
) -> Exploration:
    """Explore all reachable states of a network together with a machine, breadth first.

    Letters are taken in the order of the machine's alphabet. The machine is minimised first, so
    two machine states at one network state are a collision as soon as a suffix tells them apart,
    or their outputs differ and the same last letter leads to both. After a wrong edge the
    exploration goes on, to decide whether another decoder would be right.

    Parameters
    ----------
    semantics : Semantics
        The network in one arithmetic.
    network : LinearRNN
        Its alphabet and outputs.
    machine : Machine
        What the network should compute, over the same alphabet.
    max_states : int
        Most network states to hold; beyond it the result is ``open``, or ``wrong`` when an
        error was met.
    progress : callable, optional
        Called with the number of states every 1,024 expanded states. A LimitReached that it or
        the semantics raises ends the exploration, with what was found so far.

    Raises
    ------
    InputError
        When the alphabets differ as sets.

    Notes
    -----
    Time: one ``step`` for each state and letter. For why this is a proof for every length see
    the page on closure in ``docs/theory``.
    """
    started = time.perf_counter()
    task = Task(network, machine)
    first = semantics.initial()
    number = {first: 0}
    states, reached, depths = [first], [task.initial], [0]
    origin: list[tuple[int, Letter]] = [(-1, "")]
    arrivals: dict[tuple[int, Letter], int] = {}
    wrong: Word | None = None if task.empty_is_right else ()

    def finish(collision: tuple[Word, Word] | None = None, reason: str = "") -> Exploration:
        return Exploration.conclude(
            states=len(states),
            depth=depths[-1],
            wrong=wrong,
            collision=collision,
            reason=reason,
            seconds=time.perf_counter() - started,
        )

    for source, state in enumerate(states):
        try:
            if progress is not None and source % REPORT_EVERY == 0:
                progress(len(states))
            edges = [semantics.step(state, letter) for letter in task.alphabet]
        except LimitReached as limit:
            return finish(reason=str(limit))
        for column, letter in enumerate(task.alphabet):
            after, symbol = edges[column]
            goal = task.delta[reached[source]][column]
            if wrong is None and not task.is_right(symbol, goal):
                wrong = (*spell(origin, source), letter)
            target = number.setdefault(after, len(states))
            if target == len(states):
                if len(states) >= max_states:
                    return finish(reason=limit_reason(max_states, len(states), depths[-1]))
                states.append(after)
                reached.append(goal)
                depths.append(depths[source] + 1)
                origin.append((source, letter))
            elif task.row[reached[target]] != task.row[goal]:
                here = (*spell(origin, source), letter)
                return finish(task.collision(spell(origin, target), reached[target], here, goal))
            if task.has_twins:
                # Same successors, other output: wrong only when the last letter is the same.
                other = arrivals.setdefault((target, letter), source)
                other_goal = task.delta[reached[other]][column]
                if other_goal != goal:
                    one, two = spell(origin, other), spell(origin, source)
                    return finish(task.collision((*one, letter), other_goal, (*two, letter), goal))
    return finish()


def spell(origin: Sequence[tuple[int, Letter]], state: int) -> Word:
    """Return the word along ``origin``, the (previous state, letter) each state was found by."""
    letters = []
    while state != 0:
        state, letter = origin[state]
        letters.append(letter)
    return tuple(reversed(letters))


def limit_reason(max_states: int, states: int, depth: int) -> str:
    """Say that the limit on network states was reached."""
    detail = f"Shortest words up to length {depth:,} were explored"
    reached = LimitReached(
        "network states", max_states, reached=states, option="--max-closure", detail=detail
    )
    return str(reached)


def alphabet_problems(network: Sequence[Letter], machine: Sequence[Letter]) -> list[str]:
    """Return how the letters of a network and those of a machine differ; nothing if they agree.

    Examples
    --------
    >>> alphabet_problems("ab", "ac")[0]
    "the network does not read 'c'; its letters are 'a', 'b'"
    """
    missing = [a for a in machine if a not in network]
    extra = [a for a in network if a not in machine]
    problems = []
    if missing:
        known = letters_text(network)
        problems.append(
            f"the network does not read {letters_text(missing)}; its letters are {known}"
        )
    if extra:
        known = letters_text(machine)
        problems.append(f"the machine does not read {letters_text(extra)}; its letters are {known}")
    return [*problems, "their alphabets must agree"] if problems else []
