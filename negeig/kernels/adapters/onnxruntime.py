"""onnxruntime: LinearAttention, its own operator and the standard one."""

from __future__ import annotations

from typing import Any

from negeig.kernels.adapters._onnx_model import Feeds, kernel
from negeig.kernels.implementation import Implementation, Kernel


def _one(name: str, domain: str, dtypes: tuple[str, ...]) -> Implementation:
    def load() -> Kernel:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4  # what it refuses is raised too, in the same words

        def evaluate(model: Any, feeds: Feeds) -> list[Any]:
            session = onnxruntime.InferenceSession(
                model.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
            found: list[Any] = session.run(["read", "final"], feeds)
            return found

        return kernel(domain, evaluate)

    return Implementation(name=name, packages=("onnxruntime", "onnx"), load=load, dtypes=dtypes)


IMPLEMENTATIONS = (
    _one("onnxruntime.LinearAttention", "", ("fp32", "bf16", "fp16")),
    _one("onnxruntime.com.microsoft.LinearAttention", "com.microsoft", ("fp32", "fp16")),
)
