"""Launches of Triton kernels on tensors in the memory of a CPU, executed through their PTX.

Inside :func:`on_cpu` every launch, also one deep in somebody's own function, runs so: tensors are
laid out in checked memory, the kernel is executed, and what it wrote is copied back. Memory that
torch made with ``empty`` counts as never written until a kernel or an operation writes to it.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from negeig.claims import InputError
from negeig.kernels.ptx.compile import Launch, compiling
from negeig.kernels.ptx.execution import MAX_STEPS, execute
from negeig.kernels.ptx.memory import APART, Bytes, Flags, Memory

Executor = Callable[..., int]
"""Called as :func:`~negeig.kernels.ptx.execution.execute` is."""


@contextmanager
def on_cpu(
    target: str,
    *,
    fusion: bool = True,
    executor: Executor = execute,
    max_steps: int = MAX_STEPS,
    launches: list[Launch] | None = None,
) -> Iterator[None]:
    """Execute every launch of a Triton kernel on the CPU, through the PTX of a target.

    Parameters
    ----------
    target, fusion
        As in :func:`~negeig.kernels.ptx.compile.compiling`, which says what raises.
    executor : callable
        Executes a program.
    max_steps : int
        Instructions of one group of blocks at most.
    launches : list, optional
        Every launch is appended to it.
    """
    written = _Written()

    def launched(launch: Launch) -> None:
        if launches is not None:
            launches.append(launch)
        run(launch, written.known, executor, max_steps)

    with written.mode(), compiling(target, launched, fusion=fusion):
        yield


def run(
    launch: Launch,
    known: dict[int, tuple[Any, Flags]],
    executor: Executor = execute,
    max_steps: int = MAX_STEPS,
) -> int:
    """Execute a launch on the tensors that are its arguments; return the instructions executed.

    ``known`` holds, by the address of a storage that is not written everywhere, that storage and
    which of its bytes are; it is brought up to date.
    """
    compiled = launch.compiled
    given = [
        (name, kind, value)
        for (name, kind), value in zip(compiled.signature.items(), launch.arguments, strict=True)
        if kind != "constexpr"
    ]
    storages: dict[int, tuple[str, Any]] = {}
    for name, kind, value in given:
        if kind[0] == "*" and value is not None:
            where = getattr(getattr(value, "device", None), "type", type(value).__name__)
            if where != "cpu":
                raise InputError(
                    "kernel", f"argument {name}: expected a tensor of the CPU, found {where}"
                )
            storage = value.untyped_storage()
            storages.setdefault(storage.data_ptr(), (name, storage))
    buffers = [
        (name, _bytes(storage), known[at][1] if at in known else None, at % APART)
        for at, (name, storage) in storages.items()
    ]
    memory = Memory.of(buffers)
    place = {at: memory.address(i) for i, at in enumerate(storages)}
    bits = [_argument(name, kind, value, place) for name, kind, value in given]
    # Two pointers of Triton's own end the list, to memory that few kernels ask for.
    bits += [0] * (len(compiled.program.parameters) - len(bits))
    steps = executor(
        compiled.program, launch.grid, bits, memory, shared=compiled.shared,
        threads=32 * compiled.warps, max_steps=max_steps,
    )  # fmt: skip
    for i, (at, (_, storage)) in enumerate(storages.items()):
        values, written = memory.read_back(i)
        _bytes(storage)[:] = values
        if at in known:
            known[at] = storage, written.copy()
    return steps


def _bytes(storage: Any) -> Bytes:
    """Return the bytes of a storage of torch, shared with it."""
    raw = (ctypes.c_uint8 * storage.nbytes()).from_address(storage.data_ptr())
    return np.ctypeslib.as_array(raw)


def _argument(name: str, kind: str, value: Any, place: dict[int, int]) -> int:
    """Return the bits of an argument; of a tensor the address of its first element."""
    if kind[0] == "*":
        if value is None:
            return 0
        start: int = value.untyped_storage().data_ptr()
        return place[start] + int(value.data_ptr()) - start
    if kind in ("fp16", "bf16", "fp32", "f32"):  # Triton passes all of them as float32
        return int.from_bytes(struct.pack("<f", value), "little")
    if kind in ("fp64", "f64"):
        return int.from_bytes(struct.pack("<d", value), "little")
    if kind[0] in "iu" and kind[1:].isdigit():
        return int(value) & (1 << 64) - 1
    raise InputError("kernel", f"argument {name} of type {kind} cannot be passed")


class _Written:
    """Which bytes of the storages that torch made empty are written."""

    def __init__(self) -> None:
        # Storages are held, so that their addresses are not given to others.
        self.known: dict[int, tuple[Any, Flags]] = {}

    def mode(self) -> Any:
        """Return a context in which operations of torch are watched."""
        known = self.known

        def dispatched(
            mode: Any, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            found = function(*args, **(kwargs or {}))
            if function.name().startswith(("aten::empty", "aten::new_empty")):
                storage = found.untyped_storage()
                known[storage.data_ptr()] = storage, np.zeros(storage.nbytes(), np.bool_)
            elif function._schema.is_mutable:
                for value in (*args, *(kwargs or {}).values()):
                    if hasattr(value, "untyped_storage"):
                        known.pop(value.untyped_storage().data_ptr(), None)
            return found

        base = import_module("torch.utils._python_dispatch").TorchDispatchMode
        return type("Watching", (base,), {"__torch_dispatch__": dispatched})()
