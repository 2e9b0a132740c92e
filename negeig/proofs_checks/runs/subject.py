"""What certificates about runs are about: a machine, a stored network, an arithmetic's fields."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached
from negeig.precision.closure.held_network import held
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.numbers.formats import Format
from negeig.precision.stored import Floats, StoredLayer, StoredNetwork, round_parameters
from negeig.proofs_checks import checker
from negeig.theory.networks import network_json
from negeig.theory.networks.network import Layer, LinearRNN


@dataclass(frozen=True, eq=False)
class Subject:
    """A network with the parameters that run, the minimal machine, and an arithmetic.

    ``stored`` is None in exact arithmetic.
    """

    network: LinearRNN
    machine: Machine
    arithmetic: Arithmetic
    stored: StoredNetwork | None

    @classmethod
    def of(cls, network: LinearRNN, machine: Machine, arithmetic: str | Arithmetic) -> Subject:
        """Round the parameters to nearest even where the format does not hold them.

        Raises InputError where the format cannot hold one, and for an arithmetic that certificates
        do not have: where a letter has several outcomes, states are rounded after chunks, sums are
        added in another order than from the left, or keys are divided by their length; and where a
        parameter is stored as -0, or is a number that operations flush. Raises LimitReached for a
        network of which checkers would not read as much as it takes in one line.
        """
        if (entries := sum(map(_entries, network.layers))) > checker.MAX_PARTS:
            raise LimitReached(
                "entries of a network in a certificate", checker.MAX_PARTS, reached=entries
            )
        model = parse(arithmetic)
        other = model.chunk is not None or model.order != "left"
        if model.has_choices or other or model.normalisation is not None:
            raise InputError("certificate", f"there is none for the arithmetic {model.name}")
        if model.is_exact:
            return cls(network, machine.minimal(), model, None)
        stored, _ = round_parameters(network, model, round_parameters=True)
        # Numbers of a network are exact, and there is one 0; -0 gives other bits.
        if any(np.any((x == 0) & np.signbit(x)) for x in _numbers(stored.layers)):
            raise InputError("certificate", "a parameter is -0 once it is stored; make it 0")
        # Checkers take the numbers of a network as operands, which are what operations may give.
        least = float(model.operations.normal) if model.operations and model.flushes else 0.0
        if any(np.any((x != 0) & (np.abs(x) < least)) for x in _numbers(stored.layers)):
            raise InputError("certificate", "a parameter is subnormal, which operations flush")
        return cls(held(network, stored), machine.minimal(), model, stored)

    def to_json(self) -> dict[str, Any]:
        """Return the ``about`` of a certificate."""
        return {
            "machine": machine_json(self.machine),
            "network": bare(network_json.to_json(self.network)),
            "arithmetic": arithmetic_json(self.arithmetic),
        }


def _entries(layer: Layer) -> int:
    """Return how many entries and brackets the tables of a layer take."""
    steps = sum(map(len, layer.steps.values())) * (layer.dim + 3)
    return len(layer.codes) * (layer.dim + len(layer.alphabet) + 2) + steps


def bare(network: Mapping[str, Any]) -> dict[str, Any]:
    """Return a network's JSON object without what it says of itself, which no checker reads.

    Examples
    --------
    >>> bare({"about": {}, "layers": [{"dim": 1, "names": ["x"]}]})
    {'layers': [{'dim': 1}]}
    """
    layers = [{k: v for k, v in layer.items() if k != "names"} for layer in network["layers"]]
    return {**{k: v for k, v in network.items() if k != "about"}, "layers": layers}


def _numbers(stored: Iterable[StoredLayer]) -> Iterator[Floats]:
    """Yield all arrays of stored numbers."""
    for layer in stored:
        yield from (layer.initial, layer.beta, layer.write, layer.key, layer.matrix, layer.bias)


def machine_json(machine: Machine) -> dict[str, Any]:
    """Return a machine with all its outputs as a JSON object.

    Examples
    --------
    >>> parity = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> machine_json(parity)["outputs"]
    [1, 0]
    """
    return {
        "alphabet": list(machine.alphabet),
        "initial": machine.initial,
        "transitions": machine.transitions.tolist(),
        "outputs": list(machine.outputs),
    }


def format_json(format: Format) -> dict[str, Any]:
    """Return a format without its name.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> format_json(BF16)["precision"]
    8
    """
    return {f.name: getattr(format, f.name) for f in dataclasses.fields(format) if f.name != "name"}


def arithmetic_json(model: Arithmetic) -> str | dict[str, Any]:
    """Return the fields of an arithmetic: what is rounded where.

    Examples
    --------
    >>> arithmetic_json(parse("exact")), arithmetic_json(parse("bf16:acc32"))["rounded"]
    ('exact', 'letter')
    """
    if model.operations is None or model.state is None:
        return "exact"
    return {
        "operations": format_json(model.operations),
        "state": format_json(model.state),
        "rounded": model.rounded,
        "sums": None if model.sums is None else format_json(model.sums),
        "fma": model.fma,
        "direction": model.direction,
        "saturates": model.saturates,
        "flushes": model.flushes,
        "flushes_operands": model.flushes_operands,
        "grid": model.grid,
        "grid_bits": model.grid_bits,
    }


def vector_text(vector: Iterable[float]) -> str:
    """Return the bits of numbers as those of binary64, which holds the numbers of all formats.

    Examples
    --------
    >>> vector_text([-1.0, 2.0**-133])
    'bff000000000000037a0000000000000'
    """
    return "".join(struct.pack(">d", x).hex() for x in vector)
