"""Machine code of a program, made by LLVM for this CPU and kept as long as the program is."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from negeig.claims import InputError, Unavailable
from negeig.kernels.ptx.llvm.blocks import module
from negeig.kernels.ptx.llvm.code import is_translated
from negeig.kernels.ptx.llvm.layout import Layout
from negeig.kernels.ptx.program import Program

Blocks = Callable[[int, int, int], int]
"""Called with the address of what is passed, the first block and the one behind the last."""


class MachineCode:
    """The machine code of a layout; ``blocks`` runs without the interpreter's lock."""

    def __init__(self, layout: Layout) -> None:
        llvm = _llvm()
        self.layout = layout
        target, features = _target()
        attributes = " ".join((
            "nounwind", f'"target-cpu"="{llvm.get_host_cpu_name()}"',
            f'"target-features"="{features}"', '"prefer-vector-width"="512"',
            '"min-legal-vector-width"="512"', '"no-trapping-math"="true"',
        ))  # fmt: skip
        self.ir = module(layout, attributes)
        parsed = llvm.parse_assembly(self.ir)
        parsed.verify()
        options = llvm.create_pipeline_tuning_options(speed_level=2)
        options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
        builder = llvm.create_pass_builder(target, options)
        builder.getModulePassManager().run(parsed, builder)
        self._engine = llvm.create_mcjit_compiler(parsed, target)
        self._engine.finalize_object()
        address = self._engine.get_function_address("blocks")
        kind = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
        self.blocks: Blocks = kind(address)


@lru_cache(maxsize=64)
def machine_code(program: Program, threads: int, shared: int) -> MachineCode:
    """Return the machine code of a program for a number of threads and bytes of shared memory.

    Made once; some seconds for a kernel of thousands of instructions.

    Raises
    ------
    InputError
        Naming every instruction that is not translated, with its line.
    Unavailable
        Where llvmlite is missing.
    """
    problems = [
        f"line {one.line}: {one.operation.name} is not translated"
        for one in program.instructions
        if not is_translated(one.operation)
    ]
    if problems:
        raise InputError(program.name, problems)
    return MachineCode(Layout.of(program, threads, shared, permutes=permutes()))


def permutes() -> bool:
    """Say whether the CPU permutes vectors of 64 bytes."""
    return "+avx512f" in _target()[1].split(",")


def _llvm() -> Any:
    try:
        import llvmlite.binding as llvm  # type: ignore[import-untyped]
    except ImportError as error:
        raise Unavailable("llvmlite is not installed: pip install numba") from error
    return llvm


def _target() -> tuple[Any, str]:
    """Return LLVM's description of this CPU, which what is made for it owns, and its features."""
    llvm = _llvm()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=2, jit=True
    )
    return target, features
