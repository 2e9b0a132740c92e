"""Compiled functions: numba makes their machine code, and need not be imported to run it again.

Numba takes some tenths of a second to import and again to call its first function. So the machine
code it made is kept beside the source, in ``__pycache__``, and called by itself when the same
function is called with the same types the next time:

* :mod:`~.program` says what the machine code of a function depends on in the sources,
* :mod:`~.native` reads arguments, keeps machine code in files and calls it, through llvmlite only,
* :mod:`~.by_numba` is the one place that touches numba.
"""

from __future__ import annotations

import functools
import itertools
import sys
import threading
from collections.abc import Callable
from typing import Any, Generic, ParamSpec, TypeVar, cast

from negeig.compiled import native
from negeig.compiled.program import program

P = ParamSpec("P")
R = TypeVar("R")

MANY = 10_000
"""Calls without numba in a process after which its import costs less than what it saves.

Its own calls take a microsecond, and those without it ten or twenty.
"""

_calls = itertools.count(1)


class Compiled(Generic[P, R]):
    """A function that runs as machine code; other compiled functions can call it.

    Calls release the GIL, raise what numba raises for wrong types, and are safe in threads.

    Parameters
    ----------
    function : callable
        In the part of Python that numba compiles.
    inlined : bool
        Whether its code becomes a part of every compiled function that calls it.
    """

    def __init__(self, function: Callable[P, R], *, inlined: bool = False) -> None:
        functools.update_wrapper(self, function)
        self.py_func, self.inlined = function, inlined
        self._lock = threading.RLock()
        self._dispatcher: Any = None
        # Numba's versions by types, and how many of them are kept for other processes.
        self._overloads: dict[Any, Any] = {}
        self._kept = 0
        # By the types of the arguments; None where there is no machine code to call by itself.
        self._native: dict[native.Types, native.Native | None] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the machine code; the first time with these types, numba may have to make it."""
        # Once numba is here it is used, since its calls cost less; every check on the way counts.
        if self._dispatcher is not None:
            result: R = self._dispatcher(*args, **kwargs)
            if len(self._overloads) != self._kept:
                self._keep()
            return result
        numba = "negeig.compiled.by_numba" in sys.modules
        read = None if numba or kwargs or next(_calls) > MANY else native.read(args)
        if read is not None:
            types, values = read
            code = self._native.get(types)
            if code is None and types not in self._native:
                code = self._load(types)
            if code is not None:
                status, found = code(values)
                if status == 0:
                    return cast(R, found)
        _ = self.dispatcher
        return self(*args, **kwargs)

    @property
    def dispatcher(self) -> Any:
        """The same function as numba's own object."""
        with self._lock:
            if self._dispatcher is None:
                from negeig.compiled.by_numba import dispatcher

                made = dispatcher(self.py_func, self._program, self.inlined)
                # Without them it is the plain function: NUMBA_DISABLE_JIT.
                self._overloads = getattr(made, "overloads", {})
                self._dispatcher = made
        return self._dispatcher

    @property
    def _numba_type_(self) -> Any:
        """What numba asks for when it compiles a function that calls this one."""
        return self.dispatcher._numba_type_

    @functools.cached_property
    def _program(self) -> str | None:
        return program(self.py_func)

    def _load(self, types: native.Types) -> native.Native | None:
        with self._lock:
            if types not in self._native:
                self._native[types] = native.load(self.py_func, self._program, types)
        return self._native[types]

    def _keep(self) -> None:
        """Keep what numba has compiled since it was last looked at."""
        from negeig.compiled.by_numba import keep

        with self._lock:
            for compiled in list(self._overloads.values())[self._kept :]:
                keep(self.py_func, self._program, compiled)
            self._kept = len(self._overloads)


def njit(function: Callable[P, R]) -> Compiled[P, R]:
    """Compile a function with numba: no Python objects, no fast-math, cached on disk.

    Without fast-math LLVM neither reorders nor contracts floating-point operations, so float32
    code rounds exactly as written and subnormals are kept. The GIL is released. Where no cache
    can be written, on a read-only installation without a home, every process compiles anew.

    Examples
    --------
    >>> @njit
    ... def sign(x):
    ...     return -1 if x < 0 else 1
    >>> sign(-2.5)
    -1
    """
    return Compiled(function)


def inlined(function: Callable[P, R]) -> Compiled[P, R]:
    """Compile a function as :func:`njit` does, once more into every function that calls it.

    What is a constant where it is called is one in its code there: a number of iterations that
    LLVM knows is a loop that it unrolls.

    Examples
    --------
    >>> @inlined
    ... def power(x, n):
    ...     found = 1
    ...     for _ in range(n):
    ...         found *= x
    ...     return found
    >>> @njit
    ... def cube(x):
    ...     return power(x, 3)
    >>> cube(2)
    8
    """
    return Compiled(function, inlined=True)
