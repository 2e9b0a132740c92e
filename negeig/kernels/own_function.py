"""A function of one's own as an implementation: ``file.py:function`` or ``module:function``.

With ``@cuda`` behind its name it is given tensors on a GPU; with ``@numpy`` arrays, as it is where
its module imports numpy and not torch: what it then returns in float64 is rounded to float32. A
file may import those beside it.

It is called as fla's ``naive_recurrent_gated_delta_rule`` is, with torch tensors by name: q, k
[B, T, H, K], v [B, T, H, V], g [B, T, H] (the logarithm of the decay, float32), beta [B, T, H],
scale, initial_state [B, H, K, V] (float32) and output_final_state; and returns o [B, T, H, V], or
o and the final state. What it does not take is looked up in its signature.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from pkgutil import resolve_name
from types import ModuleType
from typing import Any

import numpy as np

from negeig.claims import InputError
from negeig.kernels.adapters._heads import Heads, Layout, kernel
from negeig.kernels.implementation import DTYPES, Implementation, module_of
from negeig.kernels.raised import told

NAMES = {"query": "q", "key": "k", "value": "v"}
"""Other names of parameters."""

KNOWN = ("q", "k", "v", "g", "beta", "scale", "initial_state", "output_final_state")

UNNEEDED = ("g", "output_final_state")
"""What a function may lack, where decays are 1, and compute the same."""


LIBRARIES = ("builtins", "typing", "functools", "numpy")
"""Modules whose callable objects are no kernels."""

ROUNDED = "it is given arrays; what it returns in float64 is rounded to float32"
"""What is to be known of a function of arrays."""


def own(name: str) -> Implementation:
    """Return the implementation that a name of one's own stands for.

    Raises InputError when there is no such file, module or function, when importing it fails, or
    when it requires a parameter that is none of ``KNOWN`` (or ``NAMES``).
    """
    called, _, device = name.partition("@")
    place, _, attribute = called.rpartition(":")
    try:
        if place.endswith(".py"):
            function = _function(Path(place), attribute)
        else:
            function = resolve_name(called)
        parameters = _parameters(function)
    except InputError:
        raise
    except (Exception, SystemExit) as error:  # a file of one's own may raise anything
        file = f"{place.replace('.', '/')}.py"
        meant = isinstance(error, ImportError) and Path(file).is_file()
        hint = f"; did you mean {file}:{attribute}?" if meant else ""
        raise InputError("--impl", f"{name}: {told(error)}{hint}") from error
    named, anything = _taken(parameters)
    variable = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    unknown = [
        p for p, about in parameters.items()
        if NAMES.get(p, p) not in KNOWN and about.default is about.empty
        and about.kind not in variable
    ]  # fmt: skip
    missing = [p for p in ("q", "k", "v", "beta") if p not in named and not anything]
    problems = []
    if unknown and missing:
        problems.append(
            f"{name} takes {', '.join(map(repr, unknown))}, and is called by name with q, k, v and "
            f"beta, and with g, scale, initial_state, output_final_state if it takes them: wrap it"
        )
    elif unknown:
        one = f"the parameter {unknown[0]!r} is" if len(unknown) == 1 else (
            f"the parameters {', '.join(map(repr, unknown))} are")  # fmt: skip
        problems.append(f"{name}: {one} unknown; known are {', '.join(KNOWN)}")
    elif missing:
        problems.append(f"{name} does not take {', '.join(missing)}")
    if device not in ("", "cuda", "numpy"):
        compiled = "; a Triton kernel runs without a GPU inside on_cpu (docs/compiled-kernels.md)"
        compiled *= device.startswith("sm_")
        problems.append(f"{name}: @{device} is unknown; @cuda and @numpy are known{compiled}")
    if problems:
        raise InputError("--impl", problems)
    layout = Layout(
        scales=not (anything or "scale" in named),
        resumes=anything or "initial_state" in named,
        device="cuda" if device == "cuda" else "cpu",
    )
    arrays = device == "numpy" or (not device and wants_arrays(function))
    if arrays:
        function = with_arrays(function)
    return Implementation(
        name=name,
        packages=("numpy", "torch") if arrays else ("torch",),
        dtypes=("fp32", "fp16") if arrays else tuple(DTYPES),
        load=lambda: kernel(function, _arguments(named, anything), layout),
        device=layout.device,
        resumes=layout.resumes,
        tensors=True,
        takes_scale="scale" in named,
        cannot={} if "g" in named or anything else {"decay": "it takes no g"},
        note=ROUNDED if arrays else "",
    )


def wants_arrays(function: Callable[..., Any]) -> bool:
    """Whether the module of a function imports numpy and not torch.

    Examples
    --------
    >>> wants_arrays(np.linalg.norm), wants_arrays(inspect.unwrap)
    (True, False)
    """
    inner = inspect.unwrap(function)
    known = getattr(inner, "__globals__", {}).values()
    named = {value.__name__.partition(".")[0] for value in known if isinstance(value, ModuleType)}
    return "numpy" in named and "torch" not in named


def with_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors that calls one of arrays: they share their memory.

    Arrays of float64 that it returns, which numpy makes of whatever meets one, are rounded to
    float32, the type of the states that it is given.
    """
    import torch

    def tensor(found: Any) -> Any:
        if not isinstance(found, np.ndarray):
            return found
        if found.dtype == np.float64:
            with np.errstate(over="ignore"):
                found = found.astype(np.float32)
        return torch.from_numpy(np.ascontiguousarray(found))

    def called(**given: Any) -> Any:
        found = function(
            **{p: x.numpy() if isinstance(x, torch.Tensor) else x for p, x in given.items()}
        )
        return tuple(map(tensor, found)) if isinstance(found, tuple) else tensor(found)

    return called


def needed(function: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments without those of ``UNNEEDED`` that a function's signature has no place for.

    Examples
    --------
    >>> needed(lambda q, beta: q, {"q": 1, "beta": 2, "g": 0, "output_final_state": True})
    {'q': 1, 'beta': 2}
    """
    named, anything = _taken(_parameters(function))
    return {p: x for p, x in arguments.items() if anything or p in named or p not in UNNEEDED}


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    # A torch module passes on what it is called with: what it takes, forward says.
    return inspect.signature(getattr(function, "forward", function)).parameters


def _taken(parameters: Mapping[str, inspect.Parameter]) -> tuple[dict[str, str], bool]:
    """Return the names of parameters by those known, and whether any other name is taken."""
    kinds = {p.kind for p in parameters.values()}
    return {NAMES.get(p, p): p for p in parameters}, inspect.Parameter.VAR_KEYWORD in kinds


def _function(file: Path, name: str) -> Callable[..., Any]:
    """Import a file and return its function; InputError names those that it has."""
    if not file.is_file():
        raise InputError("--impl", f"{file}: there is no such file")
    with _beside(file):
        module = module_of(file)
    function: Callable[..., Any] | None = getattr(module, name, None)
    if callable(function):
        return function
    there = [n for n, value in vars(module).items() if _is_called(value)]
    near = dict.fromkeys([*get_close_matches(name, there), *there])
    has = f"it has {', '.join(near)}" if there else "it has none"
    raise InputError("--impl", f"{file}:{name}: no function {name!r} in {file}; {has}")


def _is_called(value: object) -> bool:
    """Whether a name of a module is a function, or an object that is called like one."""
    if inspect.isfunction(value):
        return True
    kind = type(value)
    return callable(value) and not isinstance(value, type) and kind.__module__ not in LIBRARIES


@contextmanager
def _beside(file: Path) -> Iterator[None]:
    """Let a file import those beside it, as a script can.

    They are forgotten at the end: a file of another folder may import another of the same name.
    """
    folder, before = file.absolute().parent, set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            where = getattr(sys.modules[name], "__file__", None)
            if where and Path(where).parent == folder and not name.startswith("_negeig_"):
                del sys.modules[name]


def _arguments(named: dict[str, str], anything: bool) -> Callable[[Heads], dict[str, Any]]:
    def given(h: Heads) -> dict[str, Any]:
        everything = {
            "q": h.q, "k": h.k, "v": h.v, "g": h.g, "beta": h.beta,
            "scale": h.scale, "initial_state": h.initial, "output_final_state": True,
        }  # fmt: skip
        return {named.get(p, p): x for p, x in everything.items() if anything or p in named}

    return given
