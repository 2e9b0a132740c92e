"""The operator LinearAttention as a model of one node, shared by what runs ONNX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from negeig.kernels.adapters._heads import log_decay
from negeig.kernels.implementation import Answer, Kernel, Misbehaved, Recurrence

OPSET = 27
Feeds = dict[str, Any]


def model(asked: Recurrence, domain: str) -> Any:
    """Return a model with float32 inputs and outputs, which are cast to the dtype around the node.

    d query heads read one state, so ``kv_num_heads`` is 1; the state is float32 throughout.
    """
    from onnx import TensorProto, helper

    rows, positions, dim = asked.shape
    kinds = {"fp32": TensorProto.FLOAT, "bf16": TensorProto.BFLOAT16, "fp16": TensorProto.FLOAT16}
    shapes = {name: list(array.shape) for name, array in feeds(asked).items()}

    def value(name: str, shape: list[int]) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    def cast(name: str, result: str, kind: int) -> Any:
        return helper.make_node("Cast", [name], [result], to=kind)

    cast_names = [name for name in shapes if name != "state"]
    node = helper.make_node(
        "LinearAttention",
        ["query_", "key_", "value_", "state", "decay_", "beta_"],
        ["read_", "final"],
        domain=domain, q_num_heads=dim, kv_num_heads=1, scale=1.0, update_rule="gated_delta",
    )  # fmt: skip
    graph = helper.make_graph(
        [
            *(cast(name, f"{name}_", kinds[asked.dtype]) for name in cast_names),
            node,
            cast("read_", "read", TensorProto.FLOAT),
        ],
        "delta", [value(name, shape) for name, shape in shapes.items()],
        [value("read", [rows, positions, dim]), value("final", [rows, 1, dim, 1])],
        value_info=[helper.make_tensor_value_info("read_", kinds[asked.dtype],
                                                  [rows, positions, dim])],
    )  # fmt: skip
    opsets = [helper.make_opsetid("", OPSET)]
    if domain:
        opsets.append(helper.make_opsetid(domain, 1))
    return helper.make_model(graph, opset_imports=opsets, ir_version=13)


def feeds(asked: Recurrence) -> Feeds:
    """Return the inputs of the model: packed [B, T, H K], the state [B, 1, K, 1]."""
    rows, positions, dim = asked.shape
    query = np.broadcast_to(np.eye(dim, dtype=np.float32).reshape(-1), (rows, positions, dim**2))
    return {
        "query": np.ascontiguousarray(query),
        "key": np.ascontiguousarray(asked.key),
        "value": np.ascontiguousarray(asked.write[..., None]),
        "state": np.ascontiguousarray(asked.initial[:, None, :, None]),
        "decay": np.ascontiguousarray(log_decay(asked)[..., None]),
        "beta": np.ascontiguousarray(asked.beta[..., None]),
    }


def kernel(domain: str, evaluate: Callable[[Any, Feeds], list[Any]]) -> Kernel:
    """Return the kernel that evaluates the model."""

    def run(asked: Recurrence) -> Answer:
        read, final = evaluate(model(asked, domain), feeds(asked))
        rows, _, dim = asked.shape
        for name, array, shape in (("output", read, asked.shape),
                                   ("present_state", final, (rows, 1, dim, 1))):  # fmt: skip
            if array.shape != shape:
                raise Misbehaved(f"expected {name} of shape {shape}, found {array.shape}")
        return Answer(read, asked.dtype, final[:, 0, :, 0])

    return run
