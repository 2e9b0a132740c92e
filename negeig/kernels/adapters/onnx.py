"""onnx: the reference evaluator, the definition of the standard operator LinearAttention."""

from __future__ import annotations

from typing import Any

from negeig.kernels.adapters._onnx_model import Feeds, kernel
from negeig.kernels.implementation import Implementation, Kernel


def _load() -> Kernel:
    from onnx.reference import ReferenceEvaluator

    def evaluate(model: Any, feeds: Feeds) -> list[Any]:
        found: Any = ReferenceEvaluator(model).run(None, feeds)
        return list(found)

    return kernel("", evaluate)


IMPLEMENTATIONS = (Implementation(name="onnx.ReferenceEvaluator", packages=("onnx",), load=_load),)
