"""What certificates are about, as JSON: a machine, a matrix, a network with its task."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, TypeVar

from negeig.automata.formats import json_file
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.precision.cast.collision import NetworkAndTask
from negeig.theory.exact.numbers import Matrix, simplified
from negeig.theory.networks import network_json
from negeig.theory.networks.network import LinearRNN
from negeig.theory.spectra.certificates import MAX_DIMENSION, number_text
from negeig.theory.spectra.verifier import rational

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Form(Generic[Subject]):
    """How objects of one sort are written as JSON and read back; both raise InputError.

    Examples
    --------
    >>> MATRIX.to_json(((Fraction(1, 2),),)), MATRIX.from_json([["1/2"]])
    ([['1/2']], ((Fraction(1, 2),),))
    """

    to_json: Callable[[Subject], Any]
    from_json: Callable[[Any], Subject]


def _machine_json(machine: Machine) -> Any:
    return json.loads(json_file.dumps(machine))


def _machine(value: Any) -> Machine:
    return json_file.parse(json.dumps(value), "machine")[0]


def _matrix_json(matrix: Matrix) -> Any:
    rows = [[simplified(x) for x in row] for row in matrix]
    if not all(isinstance(x, Fraction) for row in rows for x in row):
        raise InputError("matrix", "an entry is not rational")
    return [[number_text(x) for x in row if isinstance(x, Fraction)] for row in rows]


def _matrix(value: Any) -> Matrix:
    try:
        rows = tuple(tuple(rational(x) for x in row) for row in value)
    except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
        raise InputError("matrix", f"no rows of rationals: {error!r:.200}") from None
    if len(rows) > MAX_DIMENSION:
        raise InputError("matrix", f"more than {MAX_DIMENSION} rows")
    return rows


def _network_json(subject: NetworkAndTask) -> Any:
    network, machine = subject
    if not isinstance(network, LinearRNN):
        raise InputError("network", "a layer by itself: make it a network with outputs")
    return {"network": network_json.to_json(network), "machine": _machine_json(machine)}


def _network(value: Any) -> NetworkAndTask:
    if not isinstance(value, dict) or set(value) != {"network", "machine"}:
        raise InputError("about", 'expected an object with the keys "network" and "machine"')
    return network_json.loads(json.dumps(value["network"])), _machine(value["machine"])


MACHINE = Form(_machine_json, _machine)
"""A machine in negeig JSON, see :mod:`negeig.automata.formats.json_file`."""

MATRIX = Form(_matrix_json, _matrix)
"""A matrix of rationals: rows of strings ``"p"`` or ``"p/q"``."""

NETWORK_AND_TASK: Form[NetworkAndTask] = Form(_network_json, _network)
"""An object with a ``network``, in ``negeig.network/1``, and a ``machine``."""
