"""A released layer as data: what it computes, what its parameters are called, how it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np

from negeig.arrays import Float64s
from negeig.claims import InputError
from negeig.folder import Folder
from negeig.theory.architectures import find_subject

KEY = 32.0
"""Factor of keys and queries before they are normalised.

SiLU returns what is at least 32 unchanged, and adding the layer's 1e-6 to a squared length of 1,024
rounds to it in float32, so that the epsilon is lost.
"""

GATE = 32.0
"""What output gates are held at: SiLU returns it unchanged, and the output projection undoes it."""

SATURATED = 64.0
"""What the sigmoid of beta is given: 1 + exp(-64) rounds to 1, in float32 and in bfloat16."""

NO_DECAY = -256.0
"""The bias of the decay: exp(-256) is 0 in float32, so its softplus is 0, and the decay 1."""

CONVOLUTION = 4
"""Taps of the short convolutions, as released; only the last is not 0."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """What a layer is to compute at each row of its table of inputs, as exact floats.

    Row r is the r-th unit vector of the hidden space, so every projection is a table.

    Attributes
    ----------
    hidden : int
        Dimension of the inputs and outputs of the layer.
    heads : int
        One for each coordinate; all hold the same state, and head i reads coordinate i.
    key_dim, value_dim : int
    keys : float64 (rows, moves, key_dim)
        Of length 1, or 0 for a move that does nothing.
    values : float64 (rows, moves, value_dim)
    betas : float64 (rows, moves)
    dtype : str
        float32 or bfloat16.
    """

    hidden: int
    heads: int
    key_dim: int
    value_dim: int
    keys: Float64s
    values: Float64s
    betas: Float64s
    dtype: str

    @property
    def moves(self) -> int:
        """Moves of a position."""
        return int(self.betas.shape[1])

    def table(self, rows: Float64s) -> Float64s:
        """Return a projection's weight (outputs, hidden) from what each row gives (rows, outputs).

        Examples
        --------
        >>> plan = Plan(hidden=3, heads=1, key_dim=1, value_dim=1, keys=np.ones((2, 1, 1)),
        ...             values=np.ones((2, 1, 1)), betas=np.ones((2, 1)), dtype="float32")
        >>> plan.table(np.array([[5.0], [7.0]])).tolist()
        [[5.0, 7.0, 0.0]]
        """
        weight = np.zeros((rows.shape[1], self.hidden))
        weight[:, : len(rows)] = rows.T
        return weight

    def constant(self, values: Float64s) -> Float64s:
        """Return the weight of a projection that gives the same on every row."""
        return self.table(np.tile(values, (len(self.betas), 1)))

    def per_head(self, rows: Float64s) -> Float64s:
        """Return (rows, moves, heads, n) from what every head gets, (rows, moves, n)."""
        return np.repeat(rows[:, :, None, :], self.heads, axis=2)

    @property
    def query_rows(self) -> Float64s:
        """Queries before they are normalised, (heads, key_dim): head i reads coordinate i."""
        return np.eye(self.heads, self.key_dim) * KEY

    def beta_logits(self, most_beta: int) -> Float64s:
        """Return what the sigmoid is given, (rows, moves).

        It returns 1 for the most beta, and one half for 1 of 2; where nothing moves, key and value
        are 0 and any beta will do.
        """
        return np.where(self.betas == most_beta, SATURATED, 0.0)

    def identity_taps(self, channels: int) -> Float64s:
        """Return the weight of a short convolution that changes nothing, (channels, 1, taps)."""
        taps = np.zeros((channels, 1, CONVOLUTION))
        taps[:, :, -1] = 1
        return taps

    def output_projection(self, gate: float) -> Float64s:
        """Return the weight that gives value channel 0 of head i as output i, its gate undone."""
        weight = np.zeros((self.hidden, self.heads * self.value_dim))
        for head in range(self.heads):
            weight[head, head * self.value_dim] = 1 / gate
        return weight


@dataclass(frozen=True, kw_only=True)
class LayerKind:
    """One class of somebody's package.

    Attributes
    ----------
    name : str
        What ``--for`` calls it.
    package, tested : str
        The distribution that holds the class, and with the version that was run.
    module, layer : str
        Where the class is, and its name.
    config : str or None
        The class of the configuration that it is made from; None where it takes the arguments.
    most_beta : int
        The end of the range of beta, 1 or 2.
    gathers : bool
        Whether a position takes as many moves as a token needs.
    norm_eps : float
        Epsilon of the norm of the output.
    subject : str
        The architecture or released model of the catalogue that it is, by its id.
    functions : tuple of str
        Implementations (:mod:`negeig.kernels.registry`) that its forward calls.
    arguments : callable
        The arguments of the class, or of its configuration, for a plan.
    tensors : callable
        Its parameters by name, float64, for a plan.
    """

    name: str
    package: str
    tested: str
    module: str
    layer: str
    config: str | None = None
    most_beta: int
    gathers: bool = False
    norm_eps: float
    subject: str
    functions: tuple[str, ...]
    arguments: Callable[[Plan], dict[str, Any]]
    tensors: Callable[[Plan], Mapping[str, Float64s]]

    @property
    def lowest(self) -> int:
        """The least eigenvalue that it reaches."""
        return 1 - self.most_beta


_FOLDER: Folder[tuple[LayerKind, ...]] = Folder("KINDS", "negeig.kernels.layers.kinds")


def known() -> dict[str, LayerKind]:
    """Return every kind by name.

    Examples
    --------
    >>> list(known())  # doctest: +NORMALIZE_WHITESPACE
    ['fla.DeltaNet', 'fla.GatedDeltaNet', 'fla.GatedDeltaProduct', 'transformers.olmo_hybrid',
     'transformers.qwen3_next']
    """
    return {kind.name: kind for kinds in _FOLDER.values() for kind in kinds}


def find(name: str) -> LayerKind:
    """Return a kind by name. Raises InputError for an unknown one, with what is near and known.

    Examples
    --------
    >>> find("transformers.qwen3_next").most_beta
    1
    """
    kinds = known()
    if name not in kinds:
        own = {kind.rpartition(".")[2].lower().replace("_", ""): kind for kind in kinds}
        called = name.rpartition(".")[2].lower().replace("_", "").replace("-", "")
        near = [own[one] for one in get_close_matches(called, own, n=1)]
        subject = None if near else _subject(name)
        said = f"{name!r} is unknown;"
        if near:
            said += f" did you mean {near[0]}?"
        elif subject is not None:
            said = f"weights of {name!r} are not written (--arch {subject} asks about it);"
        text = f"{said} known are {', '.join(kinds)}"
        raise InputError("--for", text, "unknown-layer")
    return kinds[name]


def _subject(name: str) -> str | None:
    """Return the architecture or model of the catalogue that a class of a package is named after.

    Examples
    --------
    >>> _subject("fla.KimiDeltaAttention"), _subject("fla.layers.GatedDeltaNett")
    ('kda', None)
    """
    try:
        return find_subject(name.rpartition(".")[2]).id
    except InputError:
        return None
