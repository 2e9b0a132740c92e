"""All states that a network reaches, as a table that other programs check edge by edge."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Letter, LimitReached
from negeig.precision.closure.decode import decoder_of
from negeig.precision.closure.native_operations import reference_of
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.stored import StoredNetwork
from negeig.precision.stored import round_parameters as store_parameters
from negeig.theory.closure.exact_search import exact_decoder
from negeig.theory.closure.explore import Task
from negeig.theory.exact.numbers import simplified
from negeig.theory.networks.network import LinearRNN

Value = Fraction | float
"""A coordinate: exact, or a float whose sign of zero counts."""

State = tuple[tuple[Value, ...], ...]
"""The vectors of all layers."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ClosedTable:
    """A network, a machine and every state that they reach together; the network is right on all.

    Parameters
    ----------
    network : LinearRNN
    stored : StoredNetwork or None
        Its entries in the arithmetic's format; None in exact arithmetic.
    machine : Machine
        The minimal one.
    arithmetic : Arithmetic
    states : tuple of State
        The start first, in the order they were met; once for each state of the machine that they
        are met with, as those that the last letter tells apart.
    decoded : tuple of tuple of int
        For each state and layer the number of the nearest code.
    machine_states : tuple of int
    targets : tuple of tuple of int
        For each state and letter of the machine the number of the next state.
    """

    network: LinearRNN
    stored: StoredNetwork | None
    machine: Machine
    arithmetic: Arithmetic
    states: tuple[State, ...]
    decoded: tuple[tuple[int, ...], ...]
    machine_states: tuple[int, ...]
    targets: tuple[tuple[int, ...], ...]


class _Exact:
    """A network in exact rational arithmetic; states equal codes unless some step contracts."""

    def __init__(self, network: LinearRNN) -> None:
        self._layers = network.layers
        self._decoded = [exact_decoder(layer, lambda x: x) for layer in network.layers]

    def initial(self) -> Any:
        return tuple(layer.initial for layer in self._layers)

    def step(self, state: Any, letter: Letter) -> tuple[Any, Letter | None]:
        symbol: Letter | None = letter
        after = list(state)
        for i, layer in enumerate(self._layers):
            if symbol is None or symbol not in layer.alphabet:
                return tuple(after), None
            after[i] = layer.apply(symbol, after[i])
            code = self.code(i, after[i])
            symbol = None if code is None else layer.emit[code][layer.alphabet.index(symbol)]
        return tuple(after), symbol

    def code(self, layer: int, vector: Any) -> int | None:
        return self._decoded[layer](vector)

    def values(self, state: Any) -> State:
        return tuple(state)


class _Rounded:
    """A network in a rounded arithmetic; states are bit patterns."""

    def __init__(self, semantics: ReferenceSemantics, network: LinearRNN) -> None:
        self._semantics = semantics
        self._decoders = [decoder_of(layer) for layer in network.layers]

    def initial(self) -> Any:
        return self._semantics.initial()

    def step(self, state: Any, letter: Letter) -> tuple[Any, Letter | None]:
        return self._semantics.step(state, letter)

    def code(self, layer: int, vector: Any) -> int | None:
        return self._decoders[layer].nearest(vector)

    def values(self, state: Any) -> State:
        return self._semantics.values(state)


def closed_table(
    network: LinearRNN,
    machine: Machine,
    arithmetic: str | Arithmetic = "exact",
    *,
    max_states: int = 10_000,
    round_parameters: bool = False,
) -> ClosedTable:
    """Explore a network with a machine and return the closed table that proves it right.

    Plain and slow, some thousand transitions a second: for tables that a proof assistant can
    check.

    Raises
    ------
    InputError
        For a network that errs, naming a shortest word; for one whose entries the arithmetic does
        not hold or that are irrational where rationals are needed; for an arithmetic whose steps
        have several outcomes or count letters.
    LimitReached
        Beyond ``max_states`` states.

    Examples
    --------
    >>> from negeig.theory.networks.network import DeltaStep, Layer
    >>> one = Fraction(1)
    >>> flip = DeltaStep(2 * one, (one,), 0 * one)
    >>> layer = Layer(alphabet=("1",), initial=(one,), steps={"1": (flip,)},
    ...               codes=((one,), (-one,)), emit=(("even",), ("odd",)))
    >>> net = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0}, empty=1)
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> closed_table(net, parity, "bf16").states, closed_table(net, parity).targets
    ((((1.0,),), ((-1.0,),)), ((1,), (0,)))
    """
    model = parse(arithmetic)
    check_rational(network, codes_only=not model.is_exact)
    stored: StoredNetwork | None = None
    semantics: _Exact | _Rounded
    if model.is_exact:
        semantics = _Exact(network)
    elif model.has_choices or model.chunk is not None:
        raise InputError("arithmetic", f"{model.name}: a letter has to lead to one state")
    else:
        stored, _ = store_parameters(network, model, round_parameters=round_parameters)
        semantics = _Rounded(reference_of(network, stored, model), network)
    task = Task(network, machine)
    if not task.empty_is_right:
        raise InputError("network", "it errs on the empty word")
    first = semantics.initial()
    number: dict[tuple[Any, int], int] = {(first, task.initial): 0}
    states, reached, targets = [first], [task.initial], list[tuple[int, ...]]()
    for source, state in enumerate(states):
        row = []
        for column, letter in enumerate(task.alphabet):
            after, symbol = semantics.step(state, letter)
            goal = task.delta[reached[source]][column]
            if symbol is None and model.is_exact:
                raise InputError("network", "a state equals no code: no table of states proves it")
            if not task.is_right(symbol, goal):
                raise InputError("network", f"{model.name} does not prove it: a word errs")
            target = number.setdefault((after, goal), len(states))
            if target == len(states):
                if len(states) >= max_states:
                    raise LimitReached(
                        "states of a table", max_states, reached=len(states), option="--max-closure"
                    )
                states.append(after)
                reached.append(goal)
            row.append(target)
        targets.append(tuple(row))
    values = tuple(map(semantics.values, states))
    decoded = tuple(
        tuple(_code(semantics, i, vector) for i, vector in enumerate(vectors)) for vectors in values
    )
    return ClosedTable(
        network=network,
        stored=stored,
        machine=machine.minimal(),
        arithmetic=model,
        states=values,
        decoded=decoded,
        machine_states=tuple(reached),
        targets=tuple(targets),
    )


def _code(semantics: _Exact | _Rounded, layer: int, vector: tuple[Any, ...]) -> int:
    """Return the number of a state's code; the start may have none, and nothing reads it then."""
    code = semantics.code(layer, vector)
    return 0 if code is None else code


def check_rational(network: LinearRNN, *, codes_only: bool) -> None:
    """Raise InputError unless the codes of a network are rational, and all its entries if asked."""
    if network.field is None:
        return
    codes = (x for layer in network.layers for code in layer.codes for x in code)
    if not codes_only or not all(isinstance(simplified(x), Fraction) for x in codes):
        what = "codes" if codes_only else "entries"
        raise InputError(
            "network",
            f"its {what} are in a number field: rationals are needed, which negeig compile "
            "--held-by fp32 asks for",
        )
