"""What the machine code of a function depends on in the sources, as one hash.

Numba compiles bytecode, takes globals as constants and may inline whatever is called. So the hash
covers the bytecode of a function, the values it refers to, and those of all functions it can reach.
What it covers too much costs a compilation, so a name is followed wherever it may be meant.
"""

from __future__ import annotations

import functools
import hashlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
"""What numba is asked for beside the cache."""

_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...))


class _UnknownError(Exception):
    """A value that machine code may depend on in a way that is not known here."""


def program(function: Callable[..., Any]) -> str | None:
    """Hash what the machine code of a function depends on; None where that cannot be told.

    Examples
    --------
    >>> def twice(x):
    ...     return 2 * x
    >>> def thrice(x):
    ...     return 3 * x
    >>> program(twice) == program(twice), program(twice) == program(thrice)
    (True, False)
    """
    package = _package(function.__module__)
    digest = hashlib.sha256(f"{sys.version} {OPTIONS}".encode() + _ourselves())
    try:
        for part in _value(function, frozenset(), package, set()):
            digest.update(part.encode() + b"\0")
    except _UnknownError:
        return None
    return digest.hexdigest()


@functools.cache
def _ourselves() -> bytes:
    """How machine code is made, kept and called is part of what it depends on."""
    return b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))


def _value(value: Any, names: frozenset[str], package: str, seen: set[Any]) -> Iterator[str]:
    """Parts of a value; of a module of the package, what one of the names may mean in it."""
    kind = type(value)
    function = value.py_func if hasattr(kind, "_numba_type_") else value
    if kind in _PLAIN:
        yield f"{kind.__name__} {value!r}"
    elif kind is tuple:
        yield f"tuple of {len(value)}"
        for item in value:
            yield from _value(item, names, package, seen)
    elif kind is frozenset:
        yield f"set {sorted(map(repr, value))}"
    elif kind is CodeType:
        yield from _code(value, package, seen)
    elif isinstance(function, FunctionType):
        inlined = getattr(value, "inlined", False)
        yield f"function {function.__module__}.{function.__qualname__} {inlined}"
        if id(function) not in seen:
            seen.add(id(function))
            yield from _function(function, package, seen)
    elif isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
        yield f"{kind.__name__} {value.dtype.str} {value.shape} {value.tobytes().hex()}"
    elif isinstance(value, ModuleType):
        yield f"module {value.__name__} {vars(value).get('__version__')}"
        # Ours too: a function elsewhere, of a benchmark say, may inline what it calls of ours.
        followed = _package(value.__name__) in (package, _package(__name__))
        if followed and (id(value), names) not in seen:
            seen.add((id(value), names))
            yield from _named(vars(value), names, package, seen)
    elif isinstance(value, BuiltinFunctionType | np.ufunc) or (
        isinstance(value, type) and _package(value.__module__) in ("builtins", "numpy")
    ):
        yield f"{kind.__name__} {getattr(value, '__module__', '')}.{value.__name__}"
    else:
        raise _UnknownError


def _package(module: str | None) -> str:
    return (module or "").partition(".")[0]  # None for what exec made


def _function(function: FunctionType, package: str, seen: set[Any]) -> Iterator[str]:
    names = frozenset(_names(function.__code__))
    yield from _code(function.__code__, package, seen)
    yield from _named(function.__globals__, names, package, seen)
    for cell in function.__closure__ or ():
        try:
            content = cell.cell_contents
        except ValueError:  # empty
            raise _UnknownError from None
        yield from _value(content, names, package, seen)
    yield from _value(function.__defaults__, names, package, seen)
    yield from _value(tuple((function.__kwdefaults__ or {}).items()), names, package, seen)


def _named(
    space: dict[str, Any], names: frozenset[str], package: str, seen: set[Any]
) -> Iterator[str]:
    for name in sorted(names & space.keys()):
        yield name
        yield from _value(space[name], names, package, seen)


def _code(code: CodeType, package: str, seen: set[Any]) -> Iterator[str]:
    yield f"{code.co_name} {code.co_flags} {code.co_argcount} {code.co_kwonlyargcount}"
    yield f"{code.co_names} {code.co_varnames} {code.co_freevars} {code.co_cellvars}"
    yield code.co_code.hex() + " " + code.co_exceptiontable.hex()
    yield from _value(code.co_consts, frozenset(), package, seen)


def _names(code: CodeType) -> Iterator[str]:
    """Names of globals and attributes in the code, and in what is defined inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
