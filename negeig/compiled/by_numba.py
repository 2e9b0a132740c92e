"""The one place that touches numba: it compiles, and its machine code is taken out to be kept.

Importing numba takes some tenths of a second, so this module is imported on first use.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numba
from numba.core import types
from numba.core.caching import FunctionCache

from negeig.compiled import native
from negeig.compiled.program import OPTIONS

# What machine code may need from outside: the C library, where every process has it.
_LIBRARY = re.compile(
    "mem(cpy|move|set)|(a?(cos|sin|tan)h?|atan2|cbrt|ceil|copysign|erfc?|exp2?|expm1|fabs|floor|fma"
    "|fmod|frexp|hypot|ldexp|lgamma|log|log10|log1p|log2|modf|nearbyint|pow|rint|round|sqrt|tgamma"
    "|trunc)f?"
)
# Frees an array. Where none is made there is none to free: numba's counters of references,
# which would call it, only see null. So it may do nothing.
_FREE = "NRT_MemInfo_call_dtor"


class _Cache(FunctionCache):
    """Numba's cache on disk, which by itself does not look at functions that were inlined."""

    def __init__(self, function: Callable[..., Any], program: str) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self._program = program

    def _index_key(self, signature: Any, codegen: Any) -> Any:
        return signature, codegen.magic_tuple(), self._program


def dispatcher(function: Callable[..., Any], program: str | None, inlined: bool = False) -> Any:
    """Numba's own object for a function, cached on disk where its program is known."""
    made = numba.njit(**OPTIONS, forceinline=inlined)(function)
    if program is not None and made is not function:  # it is with NUMBA_DISABLE_JIT
        with contextlib.suppress(RuntimeError):  # no folder that numba may write its cache to
            made._cache = _Cache(function, program)
    return made


def keep(function: Callable[..., Any], program: str | None, compiled: Any) -> None:
    """Keep machine code for the next process, or that it needs numba to run. Never raises."""
    try:
        written = [_written(kind) for kind in compiled.signature.args]
        flat = native.parameters(written)
        if program is None or flat is None or native.kept(function, program, written) is not None:
            return
        symbol = "negeig_" + hashlib.sha256(native.identity(program, written).encode()).hexdigest()
        result = _result(compiled.signature.return_type)
        what = native.Kept(None)
        if result is not None:
            code = _alone(compiled, symbol, arguments=len(flat))
            what = native.Kept(symbol, result, code) if code is not None else what
        native.store(function, program, written, what)
    except Exception:  # an internal of numba that has changed: the next process asks numba again
        return


def _written(kind: Any) -> str:
    """Type of an argument as :func:`~.native.names` writes it, if it knows it."""
    if type(kind) in (types.Tuple, types.UniTuple):
        return "tuple of " + "; ".join(str(part) for part in kind)
    return str(kind)


def _result(kind: Any) -> str | list[str] | None:
    """Type of a result as :class:`~.native.Native` takes it, None where it cannot."""
    if type(kind) in (types.Tuple, types.UniTuple) and len(kind):
        parts = [_result(part) for part in kind]
        flat = all(isinstance(part, str) and part != "none" for part in parts)
        return parts if flat else None  # type: ignore[return-value]
    known = kind == types.none or (
        isinstance(kind, types.Number | types.Boolean) and native.parameters([str(kind)])
    )
    return str(kind) if known else None


def _alone(compiled: Any, symbol: str, *, arguments: int) -> bytes | None:
    """Machine code of one function and what it calls, None where it needs numba to run.

    It is generated anew from the optimised code that numba keeps for inlining, by the same
    generator: what numba generated itself also holds a wrapper that only numba can load.
    """
    module = llvm.parse_bitcode(compiled.library._get_module_for_linking().as_bitcode())
    wanted = module.get_function(compiled.fndesc.llvm_func_name)
    for defined in (*module.functions, *module.global_variables):
        if not defined.is_declaration:
            defined.linkage = llvm.Linkage.internal
    wanted.linkage = llvm.Linkage.external
    wanted.name = symbol
    machine = compiled.library.codegen._tm
    _remove_unused(module, machine)
    outside = {function.name for function in module.functions if function.is_declaration}
    outside = {name for name in outside if not name.startswith("llvm.")}
    if _FREE in outside:
        module.link_in(llvm.parse_assembly(f"define void @{_FREE}(ptr %info) {{ ret void }}"))
        outside.remove(_FREE)
    # Constants in memory: what an exception says, the environment of Python objects, arrays.
    if not all(map(_LIBRARY.fullmatch, outside)) or list(module.global_variables):
        return None
    if len(list(wanted.arguments)) != 2 + arguments:
        return None
    code: bytes = machine.emit_object(module)
    return code


def _remove_unused(module: Any, machine: Any) -> None:
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options()))
