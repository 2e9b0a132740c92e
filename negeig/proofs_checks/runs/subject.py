"""What certificates about runs are about: a machine, a stored network, an arithmetic's fields."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.precision.closure.held_network import held
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.numbers.formats import Format
from negeig.precision.stored import Floats, StoredLayer, StoredNetwork, round_parameters
from negeig.theory.networks import network_json
from negeig.theory.networks.network import LinearRNN


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
        parameter is stored as -0.
        """
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
        return cls(held(network, stored), machine.minimal(), model, stored)

    def to_json(self) -> dict[str, Any]:
        """Return the ``about`` of a certificate."""
        return {
            "machine": machine_json(self.machine),
            "network": network_json.to_json(self.network),
            "arithmetic": arithmetic_json(self.arithmetic),
        }


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


class Patterns(Mapping[float, str]):
    """Numbers of a format, and their bits in hexadecimal digits; each is worked out once.

    Examples
    --------
    >>> from negeig.precision.numbers.formats import BF16
    >>> Patterns(BF16)[-1.0], Patterns(BF16)[2.0**-133]
    ('bf80', '0001')
    """

    def __init__(self, format: Format) -> None:
        self.format = format
        self._width = (format.emax - format.emin + 1).bit_length() + format.precision
        self._known: dict[tuple[float, float], str] = {}

    def __getitem__(self, x: float) -> str:
        key = x, math.copysign(1.0, x)
        if key not in self._known:
            units = int(abs(Fraction(x)) / self.format.smallest)
            shift = max(0, units.bit_length() - self.format.precision)
            code = (shift << (self.format.precision - 1)) + (units >> shift)
            code += (math.copysign(1.0, x) < 0) << (self._width - 1)
            self._known[key] = f"{code:0{-(-self._width // 4)}x}"
        return self._known[key]

    def __iter__(self) -> Any:
        return iter(x for x, _ in self._known)

    def __len__(self) -> int:
        return len(self._known)


def patterns_of(model: Arithmetic) -> Patterns:
    """Return the bits of states: in the state's format, on a grid in that of operations."""
    format = model.state if model.grid is None else model.operations
    if format is None:
        raise ValueError("exact arithmetic has no bits")
    return Patterns(format)
