"""Machine code kept in files, and called through llvmlite and ctypes: numba is not imported here.

The calling convention is numba's: ``status = f(result*, exception**, arguments...)``, where an
array is (memory info, parent, items, bytes of an item, data, shape, strides), the first two null,
and a tuple is its items.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import importlib.util
import itertools
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from negeig.writing import write_whole

Types: TypeAlias = tuple[Any, ...]
"""Of each argument: the type of a number, (dtype, dimensions, flags) of an array, or
(tuple, types of its items...)."""

_NUMBERS: dict[str, Any] = {
    "bool": ctypes.c_uint8,
    "int8": ctypes.c_int8,
    "int16": ctypes.c_int16,
    "int32": ctypes.c_int32,
    "int64": ctypes.c_int64,
    "uint8": ctypes.c_uint8,
    "uint16": ctypes.c_uint16,
    "uint32": ctypes.c_uint32,
    "uint64": ctypes.c_uint64,
    "float32": ctypes.c_float,
    "float64": ctypes.c_double,
}
_DTYPES = {np.dtype(name): name for name in _NUMBERS}
_SCALARS: dict[type, str] = {
    **{dtype.type: name for dtype, name in _DTYPES.items()},
    **{bool: "bool", int: "int64", float: "float64"},
}
# NumPy's flags of an array; numba's types depend on these four.
_C, _F, _ALIGNED, _WRITEABLE = 0x1, 0x2, 0x100, 0x400
_FLAGS = _C | _F | _ALIGNED | _WRITEABLE
_ARRAY = re.compile(r"(?:readonly )?array\((\w+), (\d+)d, [CFA]\)")
_TUPLE = "tuple of "


def read(args: Sequence[Any]) -> tuple[Types, list[Any]] | None:
    """Types and flattened values of arguments; None where only numba knows what to do with them.

    Examples
    --------
    >>> read((2, np.float32(0.5)))
    ((<class 'int'>, <class 'numpy.float32'>), [2, 0.5])
    >>> read(((True, 0.5), 2))
    (((<class 'tuple'>, <class 'bool'>, <class 'float'>), <class 'int'>), [True, 0.5, 2])
    >>> read(([2],)) is None
    True
    """
    types: list[Any] = []
    values: list[Any] = []
    for value in args:
        kind: Any = type(value)
        if kind is np.ndarray:
            types.append((value.dtype, value.ndim, value.flags.num & _FLAGS))
            data = value.__array_interface__["data"][0]
            values += (None, None, value.size, value.itemsize, data, *value.shape, *value.strides)
        elif kind is int:
            if not -(2**63) <= value < 2**63:
                return None
            types.append(kind)
            values.append(value)
        elif kind in _SCALARS:
            types.append(kind)
            values.append(value if kind is float or kind is bool else value.item())
        elif kind is tuple and value:
            items = read(value)
            if items is None:
                return None
            types.append((tuple, *items[0]))
            values += items[1]
        else:
            return None
    return tuple(types), values


def names(types: Types) -> tuple[str, ...] | None:
    """Write types as numba does; None where one of them is not known here.

    Examples
    --------
    >>> names((int, (np.dtype("int32"), 2, 0x501)))
    ('int64', 'array(int32, 2d, C)')
    >>> names(((tuple, int, float),))
    ('tuple of int64; float64',)
    """
    written = []
    for kind in types:
        if isinstance(kind, type):
            written.append(_SCALARS[kind])
            continue
        if kind[0] is tuple:
            items = names(kind[1:])
            if items is None or any(item.startswith(_TUPLE) for item in items):
                return None
            written.append(_TUPLE + "; ".join(items))
            continue
        dtype, dimensions, flags = kind
        if dtype not in _DTYPES or not flags & _ALIGNED:
            return None
        layout = "C" if flags & _C else "F" if flags & _F else "A"
        constness = "" if flags & _WRITEABLE else "readonly "
        written.append(f"{constness}array({_DTYPES[dtype]}, {dimensions}d, {layout})")
    return tuple(written)


def parameters(written: Sequence[str]) -> list[Any] | None:
    """C types of flattened arguments; None where a type is not known here."""
    flat: list[Any] = []
    items = (name.removeprefix(_TUPLE).split("; ") for name in written)
    for name in itertools.chain.from_iterable(items):
        array = _ARRAY.fullmatch(name)
        if array and array[1] in _NUMBERS:
            flat += [ctypes.c_void_p] * 2 + [ctypes.c_int64] * 2 + [ctypes.c_void_p]
            flat += [ctypes.c_int64] * 2 * int(array[2])
        elif name in _NUMBERS:
            flat.append(_NUMBERS[name])
        else:
            return None
    return flat


class Native:
    """Machine code at an address, for arguments of some types.

    Parameters
    ----------
    address : int
        Where it is; it must stay there.
    written : sequence of str
        Types of the arguments, as :func:`names` writes them.
    result : str or list of str
        Type of the result, ``none``, or a list for a tuple.
    """

    def __init__(self, address: int, written: Sequence[str], result: str | list[str]) -> None:
        flat = parameters(written)
        if flat is None:
            raise ValueError(f"unknown types {written}")
        kinds = result if isinstance(result, list) else [] if result == "none" else [result]
        fields = [(f"_{i}", _NUMBERS[kind]) for i, kind in enumerate(kinds)]
        # The eighth byte is for what numba writes as the result of a function without one.
        fields += [] if kinds else [("nothing", ctypes.c_void_p)]
        self._result = type("Result", (ctypes.Structure,), {"_fields_": fields})
        self._kinds = kinds
        self._several = isinstance(result, list)
        pointers = [ctypes.c_void_p, ctypes.c_void_p]
        self._call = ctypes.CFUNCTYPE(ctypes.c_int32, *pointers, *flat)(address)

    def __call__(self, values: list[Any]) -> tuple[int, Any]:
        """Status, 0 when all is well, and result for flattened values of the right types."""
        result, exception = self._result(), ctypes.c_void_p()
        status: int = self._call(ctypes.byref(result), ctypes.byref(exception), *values)
        found = tuple(
            bool(getattr(result, f"_{i}")) if kind == "bool" else getattr(result, f"_{i}")
            for i, kind in enumerate(self._kinds)
        )
        return status, found if self._several else found[0] if found else None


def load(function: Callable[..., Any], program: str | None, types: Types) -> Native | None:
    """Machine code kept for a function and types of arguments; None where there is none to trust.

    Never raises: whatever is wrong with a file or a folder, numba is asked instead.
    """
    written = names(types)
    if program is None or written is None:
        return None
    try:
        found = kept(function, program, written)
        if found is None or found.symbol is None:
            return None
        return Native(_address(found.symbol, found.code), written, found.result)
    except Exception:
        return None


@dataclass(frozen=True)
class Kept:
    """What is kept of a function for some types of arguments.

    Parameters
    ----------
    symbol : str or None
        Name of the function in the machine code; None when it cannot run without numba.
    result : str or list of str
        Type of the result, ``none``, or a list for a tuple.
    code : bytes
        An object file.
    """

    symbol: str | None
    result: str | list[str] = "none"
    code: bytes = b""


def kept(function: Callable[..., Any], program: str, written: Sequence[str]) -> Kept | None:
    """Read what is kept; None where that is nothing, damaged, or of another program or machine."""
    name, key = place(function, written), identity(program, written)
    for folder in folders(function):
        try:
            if not (folder / name).is_file():  # a pipe would wait for ever
                continue
            digest, header, code = (folder / name).read_bytes().split(b"\n", 2)
        except (OSError, ValueError):
            continue
        if digest == _digest(key, header, code):
            return Kept(**json.loads(header), code=code)
    return None


def store(function: Callable[..., Any], program: str, written: Sequence[str], what: Kept) -> None:
    """Keep machine code for the next process, in the first folder that can be written, if any."""
    name, key = place(function, written), identity(program, written)
    header = json.dumps({"symbol": what.symbol, "result": what.result}).encode()
    data = b"\n".join((_digest(key, header, what.code), header, what.code))
    for folder in folders(function):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(str(folder / name), data)
        except OSError:
            continue
        return


def _digest(key: str, header: bytes, code: bytes) -> bytes:
    return hashlib.sha256(b"\n".join((key.encode(), header, code))).hexdigest().encode()


def folders(function: Callable[..., Any]) -> Iterator[Path]:
    """Where machine code of a function may be, the better place first; none without a file."""
    source, chosen = Path(function.__code__.co_filename), os.environ.get("NUMBA_CACHE_DIR")
    if not source.is_file():
        return
    own = hashlib.sha256(str(source.parent.resolve()).encode()).hexdigest()[:16]
    if chosen:
        yield Path(chosen, own)
        return
    yield source.parent / "__pycache__"
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if os.path.isabs(home):  # it is not where there is no home
        yield Path(home, "negeig", own)


def place(function: Callable[..., Any], written: Sequence[str]) -> str:
    """Name of the file: another version of the function takes the place of this one."""
    stem = Path(function.__code__.co_filename).stem
    which = f"{function.__qualname__}({', '.join(written)})"
    number = hashlib.sha256(which.encode()).hexdigest()[:16]
    return f"{stem}.{function.__name__}-{number}.{sys.implementation.cache_tag}.native"


def identity(program: str, written: Sequence[str]) -> str:
    """All that machine code depends on."""
    return json.dumps([program, list(written), *_machine()])


@functools.cache
def _machine() -> tuple[Any, ...]:
    """Processor, compiler and options: what machine code depends on beside the program."""
    llvmlite = _llvmlite()
    # Found without importing numba; the file names the release and the commit.
    numba = importlib.util.find_spec("numba")
    release = Path(str(numba and numba.origin)).with_name("_version.py").read_text()
    options = sorted(
        (name, value)
        for name, value in os.environ.items()
        if name.startswith("NUMBA_") and name != "NUMBA_CACHE_DIR"
    )
    llvm = llvmlite.binding
    cpu = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    return llvm.get_process_triple(), *cpu, llvmlite.__version__, release, options


_LOCK = threading.Lock()
_ADDRESSES: dict[str, int] = {}


def _address(symbol: str, code: bytes) -> int:
    """Load machine code, once; it stays in memory as long as the process lives."""
    with _LOCK:
        if symbol not in _ADDRESSES:
            _engine().add_object_file(_llvmlite().binding.ObjectFileRef.from_data(code))
            _ADDRESSES[symbol] = _engine().get_function_address(symbol)
        return _ADDRESSES[symbol]


@functools.cache
def _engine() -> Any:
    llvm = _llvmlite().binding
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple().create_target_machine()
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)


def _llvmlite() -> Any:
    import llvmlite.binding  # type: ignore[import-untyped]

    return llvmlite
