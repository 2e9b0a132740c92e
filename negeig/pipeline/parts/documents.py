"""What the results of several commands hold as JSON, and how JSON is written."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions import Construction, published_bound
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import Layer


class Result(Protocol):
    """What a command found: the object that ``--json`` prints, and the exit code that follows."""

    @property
    def exit_code(self) -> int:
        """0 holds, 1 refuted, 3 undecided."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Return the object, its schema first."""
        ...


def machine_json(machine: Machine) -> dict[str, Any]:
    """Return states, initial, outputs and transitions of a machine, ready for JSON."""
    return {
        "states": machine.size,
        "initial": machine.initial,
        "outputs": list(machine.outputs),
        "transitions": machine.transitions.tolist(),
    }


def versions() -> dict[str, str | None]:
    """Return the versions that a result depends on, from package metadata; None when missing."""
    from importlib import metadata  # it loads the mail and socket libraries

    found: dict[str, str | None] = {"python": platform.python_version()}
    packages = {"negeig": "negeig", "numpy": "numpy", "flint": "python-flint"}
    packages |= {"torch": "torch", "triton": "triton"}
    for name, distribution in packages.items():
        try:
            found[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def construction_json(construction: Construction, machine: Machine) -> dict[str, Any]:
    """Return route, layers and the published bound of a construction."""
    network = construction.network
    return {
        "route": construction.route,
        "layers": [layer_json(layer) for layer in network.layers],
        "bound": published_bound(machine),
        "idea": construction.idea,
        "source": construction.source,
    }


def layer_json(layer: Layer) -> dict[str, Any]:
    """Return dimension, steps a token and eigenvalues of a layer."""
    return {
        "dim": layer.dim,
        "steps_per_token": layer.steps_per_token,
        "eigenvalues": [value_text(x) for x in layer.eigenvalues],
    }


def dumps(document: Mapping[str, Any] | Sequence[Any]) -> str:
    """Serialise a result as JSON, keys in the order of the contract."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False)
