"""What the layers of a network do, state by state, written down while it is explored."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Protocol, TypeAlias

from negeig.claims import InputError, Letter, LimitReached, Progress
from negeig.precision.closure.decode import decoder_of
from negeig.precision.closure.native_operations import reference_of
from negeig.precision.closure.reference import from_bits, to_bits
from negeig.proofs_checks.runs.subject import Subject, vector_text
from negeig.theory.closure.exact_search import converter_of, exact_decoder, prepared_step
from negeig.theory.closure.explore import Task
from negeig.theory.networks.network import Layer

Row: TypeAlias = list[Any]


@dataclass(frozen=True, eq=False)
class Tables:
    """The rows of each layer and those of the whole network, as the closure's page has them.

    Attributes
    ----------
    layers : list of list of rows ``[vector]``
    states : list of rows ``[machine state, row of each layer, ...]``
        Followed by a number of letters where there is a length.
    length : int or None
        Up to which words were followed; None where all were.
    """

    layers: list[list[Row]]
    states: list[Row]
    length: int | None = None


class _Meaning(Protocol):
    """What one layer does to a state of its own, whatever stands for one."""

    def initial(self) -> Any: ...

    def move(self, state: Any, letter: Letter) -> Any: ...

    def code(self, state: Any) -> int | None: ...

    def text(self, state: Any) -> Any: ...


class _ExactLayer:
    """Exact vectors, decoded as in the closure that is written down."""

    def __init__(self, layer: Layer, number: Any) -> None:
        # Whole numbers are Python's integers: theirs is the faster arithmetic, and they hash alike.
        whole = converter_of(layer, None) is int
        exact: Any = int if whole else lambda x: x
        self._number = (lambda x: number(Fraction(x))) if whole else number
        self._initial = tuple(map(exact, layer.initial))
        prepared = {
            steps: [prepared_step(step, exact) for step in steps] for steps in layer.steps.values()
        }
        self._steps = {letter: prepared[steps] for letter, steps in layer.steps.items()}
        self._decoded = exact_decoder(layer, exact)

    def initial(self) -> Any:
        return self._initial

    def move(self, state: Any, letter: Letter) -> Any:
        values = list(state)
        for apply in self._steps[letter]:
            values = apply(values)
        return tuple(values)

    def code(self, state: Any) -> int | None:
        return self._decoded(state)

    def text(self, state: Any) -> Any:
        return [self._number(x) for x in state]


class _RoundedLayer:
    """Bit patterns."""

    def __init__(self, subject: Subject, number: int) -> None:
        assert subject.stored is not None
        self._reference = reference_of(subject.network, subject.stored, subject.arithmetic)
        self._layer = number
        self._decoder = decoder_of(subject.network.layers[number])

    def initial(self) -> Any:
        return self._reference.initial()[self._layer]

    def move(self, state: Any, letter: Letter) -> Any:
        return to_bits(self._reference.read(self._layer, from_bits(state), letter))

    def code(self, state: Any) -> int | None:
        return self._decoder.nearest(from_bits(state))

    def text(self, state: Any) -> Any:
        return vector_text(from_bits(state))


@dataclass
class Walk:
    """One layer's states, numbered as they are met, and where its actions lead."""

    layer: Layer
    meaning: _Meaning
    actions: dict[Letter, int] = field(init=False)
    states: list[Any] = field(init=False)
    codes: list[int | None] = field(init=False)
    after: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        kinds: dict[Any, int] = {}
        self.actions = {
            a: kinds.setdefault(self.layer.steps[a], len(kinds)) for a in self.layer.alphabet
        }
        self.columns = {a: i for i, a in enumerate(self.layer.alphabet)}
        first = self.meaning.initial()
        self.states, self.codes, self.after = [first], [None], [[-1] * len(kinds)]
        self._numbers = {first: 0}

    def step(self, state: int, letter: Letter) -> tuple[int, Letter | None]:
        """Read a letter: the state after it, and the symbol that comes out, if any."""
        action = self.actions[letter]
        target = self.after[state][action]
        if target < 0:
            moved = self.meaning.move(self.states[state], letter)
            target = self._numbers.setdefault(moved, len(self.states))
            if target == len(self.states):
                self.states.append(moved)
                self.codes.append(None)
                self.after.append([-1] * len(self.after[0]))
            self.after[state][action] = target
        if self.codes[target] is None:
            self.codes[target] = self.meaning.code(self.states[target])
        code = self.codes[target]
        return target, None if code is None else self.layer.emit[code][self.columns[letter]]

    def rows(self) -> list[Row]:
        """Return the rows of the certificate."""
        return [[self.meaning.text(state)] for state in self.states]


def walks_of(subject: Subject) -> list[Walk]:
    """Return what explores each layer of a network."""
    layers = subject.network.layers
    if subject.stored is None:
        from negeig.proofs_checks.runs.numbers import number_writer

        number = number_writer(subject.network.field)
        return [Walk(layer, _ExactLayer(layer, number)) for layer in layers]
    return [Walk(own, _RoundedLayer(subject, i)) for i, own in enumerate(layers)]


def plain_tables(
    subject: Subject,
    max_states: int,
    progress: Progress | None = None,
    length: int | None = None,
    *,
    shorten: bool = False,
) -> Tables:
    """Explore a network with its machine, and write down every state.

    With a length only those that words of so many letters lead to, each row ending in the number
    of letters that it takes. With ``shorten`` it is cut to what ``max_states`` states hold.

    O(states x letters) steps of the reference.

    Raises
    ------
    InputError
        Where the network errs: there is no closure to certify.
    LimitReached
        Beyond ``max_states`` states, unless words of one letter lead to fewer and it may
        ``shorten``.
    """
    task = Task(subject.network, subject.machine)
    walks = walks_of(subject)
    start = (0,) * len(walks)
    number, queue, reached, depths = {start: 0}, [start], [task.initial], [0]
    states: list[Row] = []
    for source, state in enumerate(queue):  # grows while it is read
        if progress is not None and source % 1024 == 0:
            progress(len(queue))
        is_last = depths[source] == length
        for column, letter in enumerate(() if is_last else task.alphabet):
            symbol: Letter | None = letter
            after = []
            for walk, own in zip(walks, state, strict=True):
                if symbol is None or symbol not in walk.actions:
                    raise InputError("certificate", "the network errs: no closure to certify")
                own, symbol = walk.step(own, symbol)
                after.append(own)
            goal = task.delta[reached[source]][column]
            target = number.setdefault(tuple(after), len(queue))
            if target == len(queue):
                if target >= max_states and shorten and depths[source]:
                    length = depths[source]  # of which all states are in the queue
                    known = bisect_right(depths, length)
                    states += [[reached[i], *queue[i], length] for i in range(len(states), known)]
                    return Tables([walk.rows() for walk in walks], states, length)
                if target >= max_states:
                    raise LimitReached(
                        "states of a certificate",
                        max_states,
                        reached=target,
                        option="--max-closure",
                    )
                queue.append(tuple(after))
                reached.append(goal)
                depths.append(depths[source] + 1)
            if not task.is_right(symbol, goal) or task.row[reached[target]] != task.row[goal]:
                raise InputError("certificate", "the network errs: no closure to certify")
        depth = [] if length is None else [depths[source]]
        states.append([reached[source], *state, *depth])
    return Tables([walk.rows() for walk in walks], states, length)
