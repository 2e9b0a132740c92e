"""The weights of a released layer, as ``compile --for`` writes them, read as keys and betas.

Such a file has the parameters of a module, in which no tensor is a key: keys are columns of a
projection, seen through a convolution, SiLU and a norm, and betas are sigmoids. What these make of
every letter is exact, and known once each array was compared with the network that the file names.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from negeig.kernels.layers.layer_file import SCHEMA, held
from negeig.kernels.layers.moves import layer_moves
from negeig.kernels.tensor_file import Array


def is_written_layer(metadata: Mapping[str, str]) -> bool:
    """Whether a file says of itself that it has the weights of a released layer."""
    return metadata.get("schema") == SCHEMA


def keys_and_betas(
    name: str, tensors: Mapping[str, Array], metadata: Mapping[str, str], max_bytes: int
) -> tuple[dict[str, Array], str]:
    """Return what the layers of a file do to their states, and what is to be said of it.

    Parameters
    ----------
    name : str
        What messages call the file.
    tensors, metadata
        As :func:`negeig.kernels.tensor_file.read` returns them.

    Returns
    -------
    tensors : dict from name to array
        ``layers.i.key`` [letters, moves, dim] and ``layers.i.beta`` [letters, moves], in the order
        of the alphabet of layer i; exact. A letter with fewer moves ends with a beta of 0.
    notice : str

    Raises InputError where an array is not what the network in the file says.
    """
    made = held(name, tensors, metadata, max_bytes)
    found: dict[str, Array] = {}
    for number, layer in enumerate(made.network.layers):
        moves = layer_moves(layer)
        betas = np.zeros((len(layer.alphabet), moves.most))
        keys = np.zeros((*betas.shape, layer.dim))
        for i, letter in enumerate(layer.alphabet):
            for j, move in enumerate(moves.moves[letter]):
                keys[i, j], betas[i, j] = [float(k) for k in move.key], float(move.beta)
        found |= {f"layers.{number}.key": keys, f"layers.{number}.beta": betas}
    return found, (
        f"the weights of {made.kind.name}, compared with the network in the file: audited are the "
        "keys and betas that they make, one token a letter"
    )
