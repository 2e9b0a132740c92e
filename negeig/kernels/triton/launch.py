"""Where the kernels run: on a GPU, or in Triton's interpreter where there is none.

``compiled`` stands for kernels compiled and launched on tensors of the CPU, which something has
to execute: :func:`negeig.kernels.ptx.launching.on_cpu`.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any, Literal

import numpy as np

from negeig.claims import Unavailable
from negeig.kernels.extras import in_a_clone

Place = Literal["cuda", "interpreter", "compiled"]


def place() -> Place:
    """Return ``cuda``, or ``interpreter``.

    Interpreted without a GPU, or where TRITON_INTERPRET is 1. Raises Unavailable when torch or
    triton is not installed.
    """
    try:
        import torch

        import_module("triton")
    except ImportError as error:
        raise Unavailable(f"backend triton needs {error.name}: {in_a_clone('gpu')}") from error
    interpret = os.environ.get("TRITON_INTERPRET") == "1" or not torch.cuda.is_available()
    return "interpreter" if interpret else "cuda"


@cache
def kernels(name: str, where: Place) -> ModuleType:
    """Return a file of kernels, imported for one place.

    Triton decides whether to interpret when a file is imported; TRITON_INTERPRET is set for no
    longer, so that other kernels of the same process stay as they are. The same file imported by
    its name, or for the other place, is another module.
    """
    full = f"negeig.kernels.triton.{name}"
    found = find_spec(full)
    spec = found and spec_from_file_location(f"{full}_{where}", found.origin)
    if spec is None or spec.loader is None:
        raise ValueError(f"there is no file of kernels {name}")
    module = module_from_spec(spec)
    before = os.environ.get("TRITON_INTERPRET")
    os.environ["TRITON_INTERPRET"] = "1" if where == "interpreter" else "0"
    try:
        spec.loader.exec_module(module)
    finally:
        if before is None:
            del os.environ["TRITON_INTERPRET"]
        else:
            os.environ["TRITON_INTERPRET"] = before
    return module


def device(where: Place) -> str:
    """Return where torch keeps the tensors."""
    return "cuda" if where == "cuda" else "cpu"


def tensor(array: Any, where: Place) -> Any:
    """Return a numpy array as a tensor there, its own copy."""
    import torch

    return torch.from_numpy(np.array(array, order="C")).to(device(where))


def empty(*sizes: int, where: Place, integers: bool = False) -> Any:
    """Return a tensor there, float32 or int32, not written yet."""
    import torch

    kind = torch.int32 if integers else torch.float32
    return torch.empty(sizes, dtype=kind, device=device(where))
