"""How the interfaces of delta-rule kernels take their arguments, and the call that uses a file.

All of them compute, for every head, ``S <- S + beta k (v - S^T k)^T`` and ``o = scale S^T q``, with
``S`` of shape (key dimension K, value dimension V).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.claims import InputError

DTYPES = {"bf16": "bfloat16", "fp16": "float16", "fp32": "float32"}
"""Types of the inputs, by the names of number formats, and what arrays and tensors call them."""


def dtype_problems(dtype: str) -> list[str]:
    """Return the problem with the name of a type, if there is one.

    Examples
    --------
    >>> dtype_problems("bf16"), dtype_problems("int8")
    ([], ["unknown dtype 'int8'; known: bf16, fp16, fp32"])
    """
    return [] if dtype in DTYPES else [f"unknown dtype {dtype!r}; known: {', '.join(DTYPES)}"]


def dtype_name(dtype: Any) -> tuple[str, str]:
    """Return the framework of a type and its short name; an unknown name goes through as it is.

    Examples
    --------
    >>> dtype_name("bfloat16"), dtype_name(np.float32), dtype_name("int8")
    (('numpy', 'bf16'), ('numpy', 'fp32'), ('numpy', 'int8'))
    """
    text = str(dtype)
    framework = "torch" if text.startswith("torch.") else "numpy"
    if framework == "numpy" and not isinstance(dtype, str):
        text = np.dtype(dtype).name
    short = {long: name for name, long in DTYPES.items()}
    text = text.removeprefix("torch.")
    return framework, short.get(text, text)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One interface.

    Parameters
    ----------
    name : str
    says : str
        Whose interface it is, and the shapes of its tensors.
    names : mapping
        What it calls the tensors q, k, v, g, beta and h0.
    constants : mapping
        Its other arguments.
    packed : bool
        Whether heads are laid end to end in the last axis.
    scale : callable
        The factor of the outputs, from K.
    problems : callable
        What stands against a K.
    call : callable
        The call, as Python that can be copied, from the name of the file, the type and the heads.
    """

    name: str
    says: str
    names: dict[str, str]
    constants: dict[str, Any]
    packed: bool
    scale: Callable[[int], float]
    problems: Callable[[int], list[str]]
    call: Callable[[str, str, int, float | None], str]

    def pack(self, name: str, tensor: NDArray[Any]) -> NDArray[Any]:
        """Return q, k, v or o, made as (B, T, H, .), as the interface has it."""
        if self.packed and name in "qkvo":
            return tensor.reshape(*tensor.shape[:2], -1)
        return tensor

    def unpack(self, tensor: NDArray[Any], heads: int) -> NDArray[Any]:
        """Return outputs as (B, T, H, V)."""
        if self.packed:
            return tensor.reshape(*tensor.shape[:2], heads, tensor.shape[2] // heads)
        return tensor


def _torch_call(path: str, rule: str, arguments: str, tolerance: float | None) -> str:
    same, how = "equal", ""
    if tolerance is not None:
        same, how = "allclose", f", rtol=0, atol={tolerance!r}"
    return (
        f"import torch\nfrom safetensors.torch import load_file\n{rule}\n"
        f"t = load_file({path!r})  # .cuda() each of them for a kernel of a GPU\n"
        f'o, state = rule(t["q"], t["k"], t["v"], {arguments}, beta=t["beta"],\n'
        '                initial_state=t["h0"], output_final_state=True,\n'
        "                use_qk_l2norm_in_kernel=False)\n"
        f'print(torch.{same}(o.float(), t["o"].float(){how}),\n'
        f'      torch.{same}(state.float(), t["state"]{how}))\n'
    )


def _fla(path: str, dtype: str, heads: int, tolerance: float | None) -> str:
    name = "fused_recurrent_delta_rule" if dtype == "fp32" else "chunk_delta_rule"
    other = "" if dtype == "fp32" else "  # or fused_recurrent_..."  # chunks refuse fp32
    rule = f"from fla.ops.delta_rule import {name} as rule{other}"
    return _torch_call(path, rule, "scale=1.0", tolerance)


def _transformers(path: str, dtype: str, heads: int, tolerance: float | None) -> str:
    module = "transformers.models.qwen3_next.modeling_qwen3_next"
    rule = (
        f"from {module} import torch_chunk_gated_delta_rule as rule  # or torch_recurrent_...\n"
        'rule = getattr(rule, "__wrapped__", rule)  # where fla can be imported, its kernel is used'
    )
    return _torch_call(path, rule, 'g=t["g"]', tolerance)


_ONNX = """import numpy as np
import onnx.reference
from onnx import TensorProto, helper
from safetensors.numpy import load_file
t = load_file({path!r})
feeds = {{"query": t["q"], "key": t["k"], "value": t["v"], "past_state": t["h0"],
         "decay": t["g"], "beta": t["beta"]}}
def info(name, like):
    kind = helper.np_dtype_to_tensor_dtype(like.dtype)
    return helper.make_tensor_value_info(name, kind, like.shape)
node = helper.make_node("LinearAttention", list(feeds), ["o", "state"], q_num_heads={heads},
                        kv_num_heads={heads}, scale=1.0, update_rule="gated_delta")
graph = helper.make_graph([node], "rule", [info(*pair) for pair in feeds.items()],
                          [info("o", t["o"]), info("state", t["state"])])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 27)])
{run}
print(np.{same}(o, t["o"]{how}), np.{same}(state, t["state"]{how}))
"""


def _onnx(path: str, dtype: str, heads: int, tolerance: float | None) -> str:
    # onnxruntime takes no bfloat16 from numpy; onnx's own evaluator runs all types.
    run = "o, state = onnx.reference.ReferenceEvaluator(model).run(None, feeds)"
    if dtype != "bf16":
        run = (
            "import onnxruntime\n"
            "model.ir_version = 10\n"
            "session = onnxruntime.InferenceSession(model.SerializeToString())\n"
            "o, state = session.run(None, feeds)"
        )
    same, how = "array_equal", ""
    if tolerance is not None:
        same, how = "allclose", f", rtol=0, atol={tolerance!r}"
    return _ONNX.format(path=path, heads=heads, run=run, same=same, how=how)


def _one(dim: int) -> float:
    return 1.0


def _nothing(dim: int) -> list[str]:
    return []


def _power_of_4(dim: int) -> list[str]:
    """Say why a K is none for an interface that multiplies by K^-0.5 itself."""
    if dim > 0 and dim & (dim - 1) == 0 and dim.bit_length() % 2:
        return []
    return [
        f"the transformers layout multiplies outputs by {dim}^-0.5 itself, which is a power of two "
        "for dim 4, 16, 64, 256, ... only: give one of these"
    ]


FLA = Layout(
    name="fla",
    says="flash-linear-attention: q, k [B, T, H, K], v, o [B, T, H, V], beta, g [B, T, H], "
    "states [B, H, K, V]",
    names={"q": "q", "k": "k", "v": "v", "g": "g", "beta": "beta", "h0": "initial_state"},
    constants={"scale": 1.0, "output_final_state": True},
    packed=False,
    scale=_one,
    problems=_nothing,
    call=_fla,
)
TRANSFORMERS = Layout(
    name="transformers",
    says="transformers' gated delta rules: the shapes of fla; outputs are multiplied by K^-0.5",
    names={"q": "query", "k": "key", "v": "value", "g": "g", "beta": "beta", "h0": "initial_state"},
    constants={"output_final_state": True},
    packed=False,
    scale=lambda dim: dim**-0.5,
    problems=_power_of_4,
    call=_transformers,
)
ONNX = Layout(
    name="onnx",
    says="the operator LinearAttention of ONNX and of com.microsoft: query, key [B, T, H K], "
    "value, output [B, T, H V], beta, decay [B, T, H], states [B, H, K, V]",
    names={
        "q": "query", "k": "key", "v": "value", "g": "decay", "beta": "beta", "h0": "past_state"
    },
    constants={},
    packed=True,
    scale=_one,
    problems=_nothing,
    call=_onnx,
)  # fmt: skip

LAYOUTS = {layout.name: layout for layout in (FLA, TRANSFORMERS, ONNX)}


def get_layout(name: str) -> Layout:
    """Return a layout by name. Raises InputError for an unknown one, with those there are."""
    if name not in LAYOUTS:
        raise InputError("layout", f"{name!r} is unknown; known: {', '.join(LAYOUTS)}")
    return LAYOUTS[name]
