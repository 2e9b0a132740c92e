"""A whole network as an ONNX model: letters in, outputs at every position out.

One ``Scan`` over time, whose body holds every layer: its delta steps, the nearest code, the table
of what it emits. Every operation of the recurrence is a node of its own, on float32, in the
reference order of :mod:`negeig.precision.closure.reference` (products of keys and states added left
to right), so that a runtime whose nodes round as IEEE 754 says computes the states of the
arithmetic ``fp32``, bit for bit. Codes are compared in float64, as
:mod:`negeig.kernels.decoder` does. The standard's operator LinearAttention is not used: it leaves
the order of its sums open, and few runtimes have it.

Needs the package onnx, which is imported on use.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.claims import InputError, Output, Unavailable
from negeig.kernels.extras import in_a_clone
from negeig.kernels.tensors import network_outputs, network_tensors
from negeig.theory.networks.network import LinearRNN
from negeig.theory.networks.network_json import dumps
from negeig.writing import write_whole

SCHEMA = "negeig.onnx/1"
OPSET = 18
"""The first in which every operator that is used has its form of today."""

IR_VERSION = 8
"""What runtimes of that time read."""

LARGEST_FLOAT = float(np.finfo(np.float32).max)


def save(
    path: str,
    network: LinearRNN,
    *,
    about: Mapping[str, Any] | None = None,
    max_bytes: int = 64_000_000,
) -> None:
    """Write a network as an ONNX model, whole or not at all; equal networks give equal bytes.

    Raises
    ------
    InputError
        For entries that float32 does not hold, or a file that cannot be written.
    LimitReached
        When the tables have more than ``max_bytes`` bytes.
    Unavailable
        When onnx is not installed.
    """
    data = model(network, about=about, max_bytes=max_bytes).SerializeToString(deterministic=True)
    try:
        write_whole(path, data)
    except OSError as error:
        raise InputError(path, f"cannot be written: {error.strerror}", "output") from error


def need_onnx() -> Any:
    """Return the package. Raises Unavailable where it is missing."""
    try:
        import onnx
    except ImportError:
        raise Unavailable(
            f"ONNX models need the package onnx: pip install onnx, or {in_a_clone('onnx')}"
        ) from None
    return onnx


def model(
    network: LinearRNN, *, about: Mapping[str, Any] | None = None, max_bytes: int = 64_000_000
) -> Any:
    """Return the ``onnx.ModelProto`` of a network.

    Input ``letters``, int64 (batch, time), numbers of letters in the network's alphabet. Output
    ``outputs``, int64 (batch, time): the outputs themselves where all of them are integers from 0
    on, else their numbers in the list ``negeig.outputs`` of the metadata, which says which in
    ``negeig.outputs.are``. A number that is no letter leaves the states alone, and its output is
    -1, as it is from where a state is not finite. O(steps x dim) nodes for each layer.

    Raises as :func:`save` does.

    Examples
    --------
    >>> import negeig
    >>> import onnx.reference
    >>> made = model(negeig.compile("(11)*").network)
    >>> runtime = onnx.reference.ReferenceEvaluator(made)
    >>> runtime.run(None, {"letters": np.array([[0, 0, 0]])})[0].tolist()
    [[0, 1, 0]]
    """
    onnx = need_onnx()
    tensors = network_tensors(network, "float32", max_bytes=max_bytes)
    body = _body(onnx.helper, network, tensors)
    graph = _graph(onnx, network, tensors, body)
    made = onnx.helper.make_model(
        graph,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="negeig",
    )
    onnx.helper.set_model_props(made, _metadata(network, about))
    onnx.checker.check_model(made, full_check=True)
    return made


def values(network: LinearRNN) -> tuple[str, list[Output]]:
    """Return what the model's outputs are, ``values`` or ``numbers``, and the distinct outputs.

    Examples
    --------
    >>> import negeig
    >>> values(negeig.compile(zoo="sym:3:swaps").network)[0], values(negeig.compile("a").network)
    ('numbers', ('values', [0, 1]))
    """
    found = network_outputs(network)
    plain = all(type(output) is int and 0 <= output < 2**63 for output in found)
    return ("values" if plain else "numbers"), found


def _metadata(network: LinearRNN, about: Mapping[str, Any] | None) -> dict[str, str]:
    are, outputs = values(network)
    return {
        "schema": SCHEMA,
        "negeig.alphabet": json.dumps(network.alphabet, ensure_ascii=False),
        "negeig.outputs": json.dumps(outputs, ensure_ascii=False),
        "negeig.outputs.are": are,
        "negeig.empty": json.dumps(network.empty, ensure_ascii=False),
        "negeig.arithmetic": "fp32",
        "negeig.network": dumps(network, about),
    }


@dataclass
class _Nodes:
    """Nodes of a graph in the making, and its constants."""

    helper: Any
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, NDArray[Any]] = field(default_factory=dict)
    numbers: Any = field(default_factory=count)

    def add(self, operator: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Append a node with one output, and return the name of the output."""
        name = name or f"{operator.lower()}_{next(self.numbers)}"
        self.nodes.append(self.helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def constant(self, name: str, array: NDArray[Any]) -> str:
        """Return the name of a constant, made on first use."""
        self.constants.setdefault(name, array)
        return name

    def integer(self, value: int) -> str:
        """Return an int64 constant."""
        return self.constant(f"int_{value}".replace("-", "minus_"), np.array(value, np.int64))

    def axes(self, axis: int) -> str:
        """Return a list of one axis."""
        return self.constant(f"axis_{axis}".replace("-", "minus_"), np.array([axis], np.int64))

    def columns(self, matrix: str, width: int, axis: int = 1) -> list[str]:
        """Return the slices of one entry along an axis."""
        if width == 1:
            return [matrix]
        names = [f"column_{next(self.numbers)}" for _ in range(width)]
        self.nodes.append(
            self.helper.make_node("Split", [matrix], names, axis=axis, num_outputs=width)
        )
        return names


def _body(helper: Any, network: LinearRNN, tensors: Mapping[str, NDArray[Any]]) -> _Nodes:
    """Return one time step, from states ``before_i`` and ``letter`` to ``after_i`` and ``out``.

    Steps that a letter does not have are passed over: adding a product with 0 could change the sign
    of a zero.
    """
    nodes = _Nodes(helper)
    size = nodes.integer(len(network.alphabet))
    legal = nodes.add(
        "And",
        nodes.add("GreaterOrEqual", "letter", nodes.integer(0)),
        nodes.add("Less", "letter", size),
    )
    letter = nodes.add("Where", legal, "letter", nodes.integer(0))
    symbol = nodes.add("Gather", nodes.constant("read", _long(tensors["letters"])), letter)
    right = legal
    for i in range(len(network.layers)):
        mine = {
            name.removeprefix(f"layers.{i}."): array
            for name, array in tensors.items()
            if name.startswith(f"layers.{i}.")
        }
        symbol, right = _layer(nodes, i, mine, symbol, right)
    are, found = values(network)
    table = _long(tensors["output_index"])
    if are == "values":
        table = np.array(found, np.int64)[table]
    output = nodes.add("Gather", nodes.constant("output", table), symbol)
    nodes.add("Where", right, output, nodes.integer(-1), name="out")
    return nodes


def _layer(
    nodes: _Nodes, i: int, table: Mapping[str, NDArray[Any]], symbol: str, reads: str
) -> tuple[str, str]:
    """Add one layer, which keeps its state where it reads nothing.

    Return the symbol it emits, and whether it does: it has read, and its state is finite.
    """
    letters, steps = table["beta"].shape
    dim, state = len(table["initial"]), f"before_{i}"

    def of_letter(name: str, array: NDArray[Any]) -> str:
        return nodes.add("Gather", nodes.constant(f"{name}_{i}", array), symbol)

    if not dim:  # it has one state, so its first code is as near as any
        return of_letter("emit", _long(table["emit"][0])), reads
    # onnxruntime's Where makes +0 of -0, so that one of several vectors is gathered instead.
    row = nodes.add("Where", reads, symbol, nodes.integer(letters))
    for j in range(steps):
        choices = [
            state,
            _delta_step(
                nodes,
                state,
                dim,
                key=of_letter(f"key_{j}", table["key"][:, j]),
                minus_key=of_letter(f"minus_key_{j}", -table["key"][:, j]),
                beta=of_letter(f"beta_{j}", table["beta"][:, j, None]),
                write=of_letter(f"write_{j}", table["write"][:, j, None]),
            ),
        ]
        choice = np.zeros((letters + 1, dim), np.int64)
        choice[:letters] = (table["steps"] > j)[:, None]
        if "dense" in table and (table["dense"][:, j] >= 0).any():
            which = table["dense"][:, j]
            matrix = of_letter(f"matrix_{j}", table["matrix"][which])
            bias = of_letter(f"bias_{j}", table["bias"][which])
            choices += _dense_step(nodes, state, dim, matrix, bias)
            dense = which >= 0
            choice[:letters][dense] = 2 + (table["bias"][which[dense]] != 0)
        place = nodes.constant(f"choice_{i}_{j}", choice * dim + np.arange(dim))
        state = nodes.add(
            "GatherElements",
            nodes.add("Concat", *choices, axis=1),
            nodes.add("Gather", place, row),
            axis=1,
        )
    nodes.add("Identity", state, name=f"after_{i}")
    code, finite = _nearest(nodes, i, table, state)
    place = nodes.add("Add", nodes.add("Mul", code, nodes.integer(letters)), symbol)
    emit = nodes.constant(f"emit_{i}", _long(table["emit"]).reshape(-1))
    return nodes.add("Gather", emit, place), nodes.add("And", reads, finite)


def _delta_step(
    nodes: _Nodes, state: str, dim: int, key: str, minus_key: str, beta: str, write: str
) -> str:
    """Add ``h + (-k) (beta (k.h - write))``, every operation rounded in this order."""
    products = nodes.columns(nodes.add("Mul", key, state), dim)
    total = _left_to_right(nodes, products)
    amount = nodes.add("Mul", beta, nodes.add("Sub", total, write))
    return nodes.add("Add", state, nodes.add("Mul", minus_key, amount))


def _dense_step(nodes: _Nodes, state: str, dim: int, matrix: str, bias: str) -> list[str]:
    """Add ``A h``, rows left to right, and ``A h + b``: where b is 0 it is not added."""
    row = nodes.add("Unsqueeze", state, nodes.axes(1))
    terms = nodes.columns(nodes.add("Mul", matrix, row), dim, axis=2)
    total = nodes.add("Squeeze", _left_to_right(nodes, terms), nodes.axes(2))
    return [total, nodes.add("Add", total, bias)]


def _left_to_right(nodes: _Nodes, terms: Sequence[str]) -> str:
    total = terms[0]
    for term in terms[1:]:
        total = nodes.add("Add", total, term)
    return total


def _nearest(
    nodes: _Nodes, i: int, table: Mapping[str, NDArray[Any]], state: str
) -> tuple[str, str]:
    """Add the number of the nearest code, the first of equals, and whether the state is finite.

    A first guess is refined by comparing all codes with it: differences of distances to it are
    accurate where the distances themselves are equal but for rounding.
    """
    codes = nodes.constant(f"codes_{i}", np.ascontiguousarray(table["code"].T))
    half = nodes.constant(f"half_norms_{i}", table["half_norm"])
    limit = nodes.constant("largest", np.array(LARGEST_FLOAT, np.float32))
    small = nodes.add("LessOrEqual", nodes.add("Abs", state), limit)
    small = nodes.add("Cast", small, to=nodes.helper.TensorProto.INT32)
    least = nodes.add("ReduceMin", small, nodes.axes(1), keepdims=0)
    finite = nodes.add("Cast", least, to=nodes.helper.TensorProto.BOOL)
    wide = nodes.add("Cast", state, to=nodes.helper.TensorProto.DOUBLE)
    products = nodes.add("MatMul", wide, codes)
    guess = nodes.add("ArgMax", nodes.add("Sub", products, half), axis=1, keepdims=1)
    gained = nodes.add("Sub", products, nodes.add("GatherElements", products, guess, axis=1))
    lost = nodes.add("Sub", half, nodes.add("Gather", half, guess))
    return nodes.add("ArgMax", nodes.add("Sub", gained, lost), axis=1, keepdims=0), finite


def _graph(onnx: Any, network: LinearRNN, tensors: Mapping[str, NDArray[Any]], body: _Nodes) -> Any:
    """Return the graph around the body: initial states for every word, the scan over time."""
    helper, proto = onnx.helper, onnx.TensorProto
    dims = {i: layer.dim for i, layer in enumerate(network.layers) if layer.dim}

    def info(name: str, kind: int, *shape: Any) -> Any:
        return helper.make_tensor_value_info(name, kind, shape)

    def states(when: str) -> list[Any]:
        return [info(f"{when}_{i}", proto.FLOAT, "batch", dim) for i, dim in dims.items()]

    step = helper.make_graph(
        body.nodes,
        "token",
        [*states("before"), info("letter", proto.INT64, "batch")],
        [*states("after"), info("out", proto.INT64, "batch")],
    )
    outer = _Nodes(helper, constants=body.constants)
    # onnxruntime's Scan divides by the numbers of words and of letters: one more of each.
    more = outer.constant("more", np.array([0, 0, 1, 1], np.int64))
    padded = outer.add("Pad", "letters", more, outer.integer(-1))
    by_time = outer.add("Transpose", padded, perm=[1, 0])  # onnx's own evaluator scans axis 0 only
    batch = outer.add("Shape", padded, start=0, end=1)
    initial = []
    for i, dim in dims.items():
        first = outer.constant(f"initial_{i}", tensors[f"layers.{i}.initial"])
        width = outer.constant(f"dim_{i}", np.array([dim], np.int64))
        whole = outer.add("Concat", batch, width, axis=0)
        initial.append(outer.add("Expand", first, whole))
    final, found = [f"final_{i}" for i in dims], "outputs_by_time"
    outer.nodes.append(
        helper.make_node("Scan", [*initial, by_time], [*final, found], body=step, num_scan_inputs=1)
    )
    ends = [outer.constant(n, np.array([k, k], np.int64)) for n, k in (("from", 0), ("to", -1))]
    kept = outer.add("Slice", found, *ends, outer.constant("both", np.array([0, 1])))
    outer.add("Transpose", kept, perm=[1, 0], name="outputs")
    constants = [onnx.numpy_helper.from_array(a, n) for n, a in outer.constants.items()]
    return helper.make_graph(
        outer.nodes,
        "network",
        [info("letters", proto.INT64, "batch", "time")],
        [info("outputs", proto.INT64, "batch", "time")],
        constants,
    )


def _long(array: NDArray[Any]) -> NDArray[np.int64]:
    return array.astype(np.int64)
