"""What the stepper of a page shows: every state that a word may reach, computed here, not there.

The page's script looks states up and computes nothing: exact numbers and rounded ones come from
the same functions that prove.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

from negeig.automata.labels import visible
from negeig.automata.machines.machine import Machine
from negeig.claims import Output, output_text
from negeig.kernels.exact_states import ExactWalk
from negeig.precision.closure.decode import decoder_of, to_float
from negeig.precision.closure.native_operations import reference_of
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.closure.state_graph import StateGraph, state_graph
from negeig.theory.exact.number_text import value_text
from negeig.theory.exact.numbers import Vector
from negeig.theory.networks.network import Layer, LinearRNN

MOST_STATES = 1_000
"""States that are listed of one arithmetic."""

MOST_NUMBERS = 40_000
"""Numbers that are listed of one arithmetic, a number for each coordinate of each state."""

MOST_OPERATIONS = 400_000
"""Operations of a rounded arithmetic that are carried out to list its states: counted work."""

MOST_SYMBOLS = 20_000
"""Symbols that the decoders of a network pass on of which each is listed."""

LONGEST = 40
"""Characters of an output or a letter that are shown."""

State = TypeVar("State", bound=Hashable)


def stepper_data(
    network: LinearRNN, machine: Machine, arithmetics: Sequence[str]
) -> dict[str, Any]:
    """Return the tables of a machine and of a network in exact arithmetic and in others, as JSON.

    Rounded arithmetics are those of :mod:`negeig.precision.numbers.arithmetic`; parameters are
    rounded where a format does not hold them.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> parity = get("parity").minimal()
    >>> data = stepper_data(construct(parity)[0].network, parity, ["bf16"])
    >>> [(run["name"], run["values"], run["after"]) for run in data["runs"]][1]
    ('bf16', [[[1.0]], [[-1.0]]], [[0, 1], [1, 0]])
    """
    letters = machine.alphabet
    return {
        "letters": [shown(letter) for letter in letters],
        "typed": list(letters),
        "separated": needs_spaces(letters),
        "machine": {
            "initial": machine.initial,
            "after": machine.transitions.tolist(),
            "outputs": [shown(output) for output in machine.outputs],
        },
        "layers": [layer.dim for layer in network.layers],
        "decoders": _decoders(network),
        "runs": [
            _exact(network, letters),
            *(_rounded(network, letters, name) for name in arithmetics),
        ],
    }


def needs_spaces(letters: Sequence[str]) -> bool:
    """Whether the letters of a typed word stand apart: some have several characters, or none seen.

    Examples
    --------
    >>> needs_spaces("ab"), needs_spaces(["up", "down"]), needs_spaces([" ", "a"])
    (False, True, False)
    """
    return any(len(letter) != 1 or visible(letter) != letter for letter in letters)


def _decoders(network: LinearRNN) -> list[dict[str, Any]] | None:
    """Return each layer's letters, its codes as text, and what it passes on; None for too many."""
    if sum(len(layer.codes) * len(layer.alphabet) for layer in network.layers) > MOST_SYMBOLS:
        return None
    return [
        {
            "letters": [shown(letter) for letter in layer.alphabet],
            "codes": [f"({', '.join(map(value_text, code))})" for code in layer.codes],
            "emit": _passed_on(network, i),
        }
        for i, layer in enumerate(network.layers)
    ]


def _passed_on(network: LinearRNN, i: int) -> list[list[int | str]]:
    """Return for each code and letter the number of the next layer's letter, at last the output."""
    layer, above = network.layers[i], network.layers[i + 1 :]
    if not above:
        return [[shown(network.outputs[symbol]) for symbol in row] for row in layer.emit]
    number = {letter: a for a, letter in enumerate(above[0].alphabet)}
    return [[number[symbol] for symbol in row] for row in layer.emit]


def shown(output: Output) -> str:
    r"""Return an output or a letter as text that is safe to show, cut where it is long.

    Examples
    --------
    >>> shown(1), shown("a" * 50)[-3:], shown("\u202e")
    ('1', 'aa…', '\\u202e')
    """
    text = visible(output if isinstance(output, str) else output_text(output))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _exact(network: LinearRNN, letters: Sequence[str]) -> dict[str, Any]:
    walk = ExactWalk(network)
    graph = state_graph(walk, letters, _room(network))
    vectors = [layer.vectors for layer in walk.layers]
    states = [
        [layer[number] for layer, number in zip(vectors, state, strict=True)]
        for state in graph.states
    ]
    values = [[[to_float(x) for x in vector] for vector in state] for state in states]
    texts = [[[value_text(x) for x in vector] for vector in state] for state in states]
    codes = [
        [_code(layer, vector) for layer, vector in zip(network.layers, state, strict=True)]
        for state in states
    ]
    return {**_run("exact", "exact arithmetic", network, graph, values, codes), "texts": texts}


def _code(layer: Layer, vector: Vector) -> int | None:
    """Return the code nearest to an exact state; None for a start that is no code."""
    try:
        return layer.nearest(vector)
    except ValueError:
        return None


def _rounded(network: LinearRNN, letters: Sequence[str], name: str) -> dict[str, Any]:
    model = parse(name)
    stored, _ = round_parameters(network, model, round_parameters=True)
    semantics = reference_of(network, stored, model)
    each = 4 * sum(layer.dim * layer.steps_per_token for layer in network.layers) * len(letters)
    room = min(_room(network), max(1, MOST_OPERATIONS // max(each, 1)))
    graph = state_graph(semantics, letters, room)
    values = [[_finite(v) for v in semantics.values(state)] for state in graph.states]
    decoders = [decoder_of(layer) for layer in network.layers]
    codes = [
        [decoder.nearest(v) for decoder, v in zip(decoders, semantics.values(state), strict=True)]
        for state in graph.states
    ]
    return _run(model.short_name, model.describe(), network, graph, values, codes)


def _run(
    name: str,
    about: str,
    network: LinearRNN,
    graph: StateGraph[State],
    values: list[list[list[float | None]]] | list[list[list[float]]],
    codes: list[list[int | None]],
) -> dict[str, Any]:
    return {
        "name": name,
        "about": about,
        "complete": graph.is_complete,
        "values": values,
        "codes": codes,
        "after": [list(row) for row in graph.after],
        "outputs": [
            [None if symbol is None else shown(network.outputs[symbol]) for symbol in row]
            for row in graph.symbols
        ],
        "empty": shown(network.empty),
    }


def _finite(values: Iterable[float]) -> list[float | None]:
    """Return numbers that JSON has, None for an infinity or NaN."""
    return [x if math.isfinite(x) else None for x in values]


def _room(network: LinearRNN) -> int:
    """Return how many states are listed."""
    numbers = sum(layer.dim for layer in network.layers)
    return max(1, min(MOST_STATES, MOST_NUMBERS // max(numbers, 1)))
