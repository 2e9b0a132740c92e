"""Tensors of gates beside those of a layer: what is known of them, as they are not audited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

LOGARITHMS = ("g", "gk", "log_decay")
"""Last parts of the names of gates stored as logarithms: the state is multiplied by exp(g)."""

PARAMETERS = ("A_log", "dt_bias")
"""Last parts of the names of parameters that make gates from inputs."""


def gate_notices(
    tensors: Mapping[str, NDArray[Any]], unread: Mapping[str, str], used: Collection[str]
) -> list[str]:
    """Say of each gate that the file has and the audit leaves out what it could change.

    A gate multiplies coordinates of the state by exp(g) > 0. One gate for all coordinates scales
    every eigenvalue by a positive number. Gates D by coordinate, D positive and diagonal, keep the
    signs for a single factor H, since D H is similar to the symmetric D^(1/2) H D^(1/2); for
    products of factors nothing follows.

    Examples
    --------
    >>> gate_notices({"g": np.array([-1.0, -0.5])}, {}, ())[0][:46]
    'gate g is not part of the matrices: it multipl'
    """
    notices = []
    for name in sorted([*tensors, *unread]):
        last = name.rpartition(".")[2]
        if name in used or last not in LOGARITHMS + PARAMETERS:
            continue
        if last in PARAMETERS or name in unread:
            notices.append(
                f"{name} is ignored: it shapes a gate, which multiplies the state by positive "
                "numbers that depend on inputs"
            )
            continue
        notices.append(
            f"gate {name} is not part of the matrices: it multiplies the state by exp({last}) > 0, "
            "which changes no sign of an eigenvalue if there is one gate for all coordinates, or "
            f"one delta step a token; {_norms(tensors[name])}"
        )
    return notices


def _norms(gate: NDArray[Any]) -> str:
    """Say whether gates keep norms at most 1."""
    if not np.issubdtype(gate.dtype, np.floating) and gate.dtype.name not in ("bfloat16",):
        return "it holds no floating-point numbers of a type that is read here"
    values = gate.astype(np.float64)
    if not bool(np.isfinite(values).all()):
        return "some of its numbers are not finite"
    largest = float(values.max(initial=-np.inf))
    if largest <= 0:
        return "none is above 0, so norms at most 1 stay so"
    return f"the largest is {largest:g}, above 0, so norms may grow beyond those shown"
