"""A network as plain tensors: what a kernel or a deep-learning framework loads.

One safetensors file holds the tensors, rounded to one number format, and in its metadata the
network itself as JSON, which is exact: the file needs no other. Names, shapes and meanings of the
tensors are in docs/network-format.md; they are also the names in the state of the torch module of
:mod:`negeig.kernels.torch_module`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias

import numpy as np

from negeig.automata.problems import Problems, shown
from negeig.claims import InputError, LimitReached, Output, output_text
from negeig.kernels.codebook import Codebook
from negeig.kernels.tensor_file import Array, read, read_tensors, write
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import FP64
from negeig.precision.stored import LISTED, Rounded, StoredLayer, StoredNetwork
from negeig.precision.stored import round_parameters as store_parameters
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN
from negeig.theory.networks.network_json import dumps, loads

__all__ = ["DTYPES", "load", "network_outputs", "network_tensors", "read_tensors", "save"]

SCHEMA = "negeig.tensors/1"

DTYPES = {"float64": "fp64", "float32": "fp32", "bfloat16": "bf16", "float16": "fp16"}
"""Types of the tensors, and what number formats are called elsewhere."""

LARGEST_CODE = 2.0**128
"""Codes are smaller than this, so that their squares are far from the end of float64."""

Shape: TypeAlias = tuple[int, ...]
Layout: TypeAlias = dict[str, tuple[Shape, np.dtype[Any]]]


def save(
    path: str,
    network: LinearRNN,
    *,
    dtype: str = "float32",
    round_parameters: bool = False,
    about: Mapping[str, Any] | None = None,
    max_bytes: int = 64_000_000,
) -> None:
    """Write a network as tensors, with the exact network in the metadata.

    Parameters
    ----------
    path : str
        The file, by convention ``*.safetensors``; it is written whole or not at all.
    network : LinearRNN
    dtype : str
        Type of the parameters: float64, float32, bfloat16 or float16. Codes are always float64.
    round_parameters : bool
        Whether entries that the type does not hold are rounded to nearest even.
    about : mapping, optional
        How the network was made, for its JSON.
    max_bytes : int
        Most bytes of all tensors together: letters with few steps are padded to the longest.

    Raises
    ------
    InputError
        For an unknown type, a file that cannot be written, a network that JSON cannot hold, or an
        entry that is not exactly a value of the type where rounding is not allowed (beyond its
        range: even then); naming the layer, letter, step and field of each.
    LimitReached
        When the tensors have more than ``max_bytes`` bytes.
    Unavailable
        When safetensors is not installed.
    """
    tensors = network_tensors(
        network, dtype, round_parameters=round_parameters, max_bytes=max_bytes
    )
    write(path, tensors, _metadata(network, dtype, dumps(network, about)))


def load(path: str, max_bytes: int = 64_000_000) -> LinearRNN:
    """Read the exact network of a file that :func:`save` wrote, and hold its tensors to it.

    Parameters
    ----------
    path : str
        A file, which need not be trusted; ``-`` is standard input.
    max_bytes : int
        The largest file; its size is checked before it is read.

    Raises
    ------
    InputError
        When it is no such file, or a tensor is missing, superfluous, of another type or shape, or
        differs anywhere from the network rounded to that type; naming every such tensor.
    Unavailable
        When safetensors is not installed.
    """
    name, tensors, metadata = read(path, max_bytes)
    if "negeig.network" not in metadata:
        raise InputError(
            name,
            'no "negeig.network" in the metadata: these tensors were not written by negeig',
            code="bad-file",
        )
    network = loads(metadata["negeig.network"], f"{name}: negeig.network", max_bytes)
    problems = Problems(name)
    dtype = metadata.get("negeig.dtype")
    if metadata.get("schema") != SCHEMA:
        problems.add(f'schema: expected "{SCHEMA}", found {shown(metadata.get("schema"))}')
    if dtype not in DTYPES:
        problems.add(f"negeig.dtype: expected one of {', '.join(DTYPES)}, found {shown(dtype)}")
        raise problems.error()
    if metadata.get("negeig.outputs") != _outputs_text(network):
        problems.add("negeig.outputs: not the distinct outputs of the network, in their order")
    _compare_layout(tensors, _layout(network, dtype), problems)
    if problems:  # before any array is made whose size the file merely claims
        raise problems.error()
    expected = network_tensors(network, dtype, round_parameters=True, max_bytes=max_bytes)
    for key, right in expected.items():
        found = tensors[key]
        bits = np.dtype(f"u{right.itemsize}")
        wrong = np.argwhere(found.view(bits) != right.view(bits))
        if len(wrong):
            at = tuple(wrong[0].tolist())
            problems.add(
                f"tensor {key!r} of shape {list(found.shape)}: {len(wrong):,} of {found.size:,} "
                f"entries are not the network's; at {list(at)} found {found[at]}, expected "
                f"{right[at]}"
            )
    if problems:
        raise problems.error()
    return network


def network_tensors(
    network: LinearRNN,
    dtype: str = "float32",
    *,
    round_parameters: bool = False,
    max_bytes: int = 1 << 30,
) -> dict[str, Array]:
    """Return the tensors of a network by name; see docs/network-format.md for all of them.

    Raises as :func:`save` does.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.theory.networks.network import DeltaStep
    >>> one = Fraction(1)
    >>> layer = Layer(alphabet=("1",), initial=(one,), steps={"1": (DeltaStep(2 * one, (one,),
    ...               0 * one),)}, codes=((one,), (-one,)), emit=(("even",), ("odd",)))
    >>> network = LinearRNN(alphabet=("1",), layers=(layer,), outputs={"even": 1, "odd": 0},
    ...                     empty=1)
    >>> tensors = network_tensors(network)
    >>> tensors["layers.0.beta"].tolist(), tensors["layers.0.key"].tolist()
    ([[2.0]], [[[1.0]]])
    """
    layout = _layout(network, dtype)
    size = sum(prod(shape) * kind.itemsize for shape, kind in layout.values())
    if size > max_bytes:
        raise LimitReached(
            "bytes of the tensors",
            max_bytes,
            reached=size,
            option="--max-bytes",
            detail="every letter is padded to the most steps that a letter of its layer takes",
        )
    readers = [layer.alphabet for layer in network.layers] + [tuple(network.outputs)]
    pairs = zip(network.layers, readers[1:], strict=True)
    codebooks = [Codebook(layer, reader) for layer, reader in pairs]
    stored = _stored(network, codebooks, dtype, round_parameters)
    outputs = [output_text(output) for output in network_outputs(network)]
    arrays: dict[str, Any] = {
        "letters": [readers[0].index(letter) for letter in network.alphabet],
        "output_index": [outputs.index(output_text(o)) for o in network.outputs.values()],
        "empty": outputs.index(output_text(network.empty)),
    }
    for i, (layer, codebook) in enumerate(zip(stored.layers, codebooks, strict=True)):
        table = _layer_arrays(layer, codebook)
        arrays |= {f"layers.{i}.{name}": array for name, array in table.items()}
    return {name: np.array(arrays[name], kind) for name, (_, kind) in layout.items()}


def network_outputs(network: LinearRNN) -> list[Output]:
    """Return the distinct outputs of a network, in the order of its table, the empty word's last.

    Distinct as JSON: 1 is not true, and not 1.0.
    """
    known = {output_text(output): output for output in (*network.outputs.values(), network.empty)}
    return list(known.values())


def _layout(network: LinearRNN, dtype: str) -> Layout:
    """Return shape and type of every tensor, without making any."""
    number, exact, index = _dtype(dtype), np.dtype(np.float64), np.dtype(np.int32)
    layout: Layout = {
        "letters": ((len(network.alphabet),), index),
        "output_index": ((len(network.outputs),), index),
        "empty": ((), index),
    }
    for i, layer in enumerate(network.layers):
        letters, steps, dim = len(layer.alphabet), layer.steps_per_token, layer.dim
        dense = _dense_count(layer)
        table: Layout = {
            "initial": ((dim,), number),
            "beta": ((letters, steps), number),
            "key": ((letters, steps, dim), number),
            "write": ((letters, steps), number),
            "steps": ((letters,), index),
            "code": ((len(layer.codes), dim), exact),
            "half_norm": ((len(layer.codes),), exact),
            "emit": ((len(layer.codes), letters), index),
        }
        if dense:
            table["dense"] = ((letters, steps), index)
            table["matrix"] = ((dense, dim, dim), number)
            table["bias"] = ((dense, dim), number)
        layout |= {f"layers.{i}.{name}": entry for name, entry in table.items()}
    return layout


def _layer_arrays(layer: StoredLayer, codebook: Codebook) -> dict[str, Array]:
    """Return the arrays of one layer by name, every letter padded to the most steps."""
    counts = np.diff(layer.starts)
    letter = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(letter)) - layer.starts[letter]

    def padded(values: Array, empty: int = 0) -> Array:
        shape = (len(counts), layer.most_steps, *values.shape[1:])
        table = np.full(shape, empty, values.dtype)
        table[letter, place] = values
        return table

    return {
        "initial": layer.initial,
        "beta": padded(layer.beta),
        "key": padded(layer.key),
        "write": padded(layer.write),
        "steps": counts,
        "code": codebook.points,
        "half_norm": codebook.half_norms,
        "emit": codebook.emit,
        "dense": padded(layer.dense, -1),
        "matrix": layer.matrix,
        "bias": layer.bias,
    }


def _stored(
    network: LinearRNN, codebooks: Sequence[Codebook], dtype: str, round_parameters: bool
) -> StoredNetwork:
    """Return the parameters in a type; or one error with all problems, those of codes too."""
    problems = _code_problems(codebooks, round_parameters)
    try:
        stored, _ = store_parameters(
            network, parse(DTYPES[dtype]), round_parameters=round_parameters
        )
    except InputError as error:
        problems = error.problems + problems
    if problems:
        hint = "" if round_parameters else "; --round-parameters rounds to nearest even"
        raise InputError(
            f"{dtype} tensors cannot hold this network{hint}", problems, "parameters-not-held"
        )
    return stored


def _code_problems(codebooks: Sequence[Codebook], round_parameters: bool) -> list[str]:
    """Say which codes float64 does not hold, or that decoders do not compare."""
    problems = []
    for i, codebook in enumerate(codebooks):
        for c, (code, row) in enumerate(zip(codebook.codes, codebook.points.tolist(), strict=True)):
            for j, (entry, value) in enumerate(zip(code, row, strict=True)):
                if abs(value) >= LARGEST_CODE:
                    problems.append(f"layer {i}, code {c}[{j}]: 2^128 or more in magnitude")
                elif not round_parameters and entry != Fraction(value):
                    rounded = Rounded(f"layer {i}, code {c}[{j}]", entry, value, FP64)
                    problems.append(str(rounded))
    hidden = len(problems) - LISTED
    return problems[:LISTED] + ([f"and {hidden} more codes"] if hidden > 0 else [])


def _compare_layout(tensors: Mapping[str, Array], layout: Layout, problems: Problems) -> None:
    for key, (shape, kind) in layout.items():
        if key not in tensors:
            problems.add(f"tensor {key!r} is missing, expected {kind} of shape {list(shape)}")
        elif (tensors[key].shape, tensors[key].dtype) != (shape, kind):
            problems.add(
                f"tensor {key!r}: expected {kind} of shape {list(shape)}, found "
                f"{tensors[key].dtype} of shape {list(tensors[key].shape)}"
            )
    extra = [key for key in tensors if key not in layout]
    problems.extend(len(extra), (f"tensor {key!r} is not one of a network" for key in extra))


def _metadata(network: LinearRNN, dtype: str, text: str) -> dict[str, str]:
    return {
        "schema": SCHEMA,
        "negeig.dtype": dtype,
        "negeig.network": text,
        "negeig.outputs": _outputs_text(network),
    }


def _outputs_text(network: LinearRNN) -> str:
    return json.dumps(network_outputs(network), ensure_ascii=False)


def _dtype(name: str) -> np.dtype[Any]:
    import ml_dtypes

    if name not in DTYPES:
        raise InputError(
            "dtype", f"{name!r} is unknown; expected one of {', '.join(DTYPES)}", "unknown-dtype"
        )
    return np.dtype(ml_dtypes.bfloat16 if name == "bfloat16" else name)


def _dense_count(layer: Layer) -> int:
    return sum(isinstance(step, DenseStep) for steps in layer.steps.values() for step in steps)
