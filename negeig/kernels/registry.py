"""All implementations by name, those of adapters and functions of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

from negeig.claims import InputError
from negeig.folder import Folder
from negeig.kernels.adapters import _fla_compiled
from negeig.kernels.adapters import negeig as _ours
from negeig.kernels.implementation import Implementation
from negeig.kernels.own_function import own

ADAPTERS: Folder[tuple[Implementation, ...]] = Folder("IMPLEMENTATIONS", "negeig.kernels.adapters")
"""The implementations of each package, by the names of the modules that adapt them."""

COMPILED = _ours.COMPILED | _fla_compiled.COMPILED
"""Kernels compiled for a GPU and executed here, by name."""


def known() -> dict[str, Implementation]:
    """Return every implementation by name, installed or not.

    Examples
    --------
    >>> "transformers.torch_chunk_gated_delta_rule" in known()
    True
    """
    return {one.name: one for adapters in ADAPTERS.values() for one in adapters}


def find(
    names: tuple[str, ...], own: Callable[[str], Implementation] = own
) -> tuple[Implementation, ...]:
    """Return implementations by name, or by ``all``, ``found``, a package or ``file.py:function``.

    ``found`` are all that can run here. ``own`` imports a function of one's own. A name with an @
    is of a kernel compiled for a GPU and executed here, which takes long: only ``compiled``
    includes it.

    Raises InputError naming every name that is unknown, and every function of one's own that is
    not there or takes what is not known.

    Examples
    --------
    >>> [one.name for one in find(("accelerated_scan",))]
    ['accelerated_scan.ref']
    >>> find(("fla.chunky",))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    negeig.claims.InputError: --impl: 'fla.chunky' is unknown; ...
    """
    everything, found, problems = known(), list[Implementation](), list[str]()
    for name in names:
        if ":" in name:
            try:
                found.append(own(name))
            except InputError as error:
                problems += error.problems
        elif "@" in name and name not in everything:
            if name in COMPILED:
                found.append(COMPILED[name])
            else:
                problems.append(not_compiled(name))
        elif name == "compiled":
            found += COMPILED.values()
        elif chosen := list(_chosen(name, everything)):
            found += chosen
        elif name.endswith(".py"):
            problems.append(f"{name!r} names no function; add it, as in {name}:function")
        else:
            problems.append(f"{name!r} is unknown; {_nearest(name, everything)}")
    if problems:
        raise InputError("--impl", problems, "unknown-implementation")
    return tuple({one.name: one for one in found}.values())


def not_compiled(name: str) -> str:
    """Say that a name is of no compiled kernel, and which are.

    Examples
    --------
    >>> print(not_compiled("triton@sm_70"))
    'triton@sm_70' is no compiled kernel; there are triton@sm_80, triton@sm_90
    >>> print(not_compiled("fla.fused_recurrent_delta_rul@sm_90"))  # doctest: +ELLIPSIS
    '...' is no compiled kernel; nearest: fla.fused_recurrent_delta_rule@sm_90, ...
    >>> print(not_compiled("negeig.cpu@fp8"))  # doctest: +ELLIPSIS
    'negeig.cpu@fp8' is no compiled kernel; negeig.cpu takes inputs @fp32; nearest: ...
    """
    said = f"{name!r} is no compiled kernel"
    asked = name.rpartition("@")[0] or name
    if own := [one for one in COMPILED if one.rpartition("@")[0] == asked]:
        return f"{said}; there are {', '.join(own)}"
    if plain := known().get(asked):
        said += f"; {asked} takes inputs {', '.join(f'@{dtype}' for dtype in plain.dtypes)}"
    near = get_close_matches(name, COMPILED, n=3, cutoff=0)
    return f"{said}; nearest: {', '.join(near)}; negeig conform --list --impl compiled lists all"


def _nearest(name: str, everything: Mapping[str, Implementation]) -> str:
    """Say what is known and most like a name."""
    packages = dict.fromkeys(known_name.partition(".")[0] for known_name in everything)
    near = get_close_matches(name, [*everything, *COMPILED, *packages, "all", "found"], n=5)
    nearest = f"nearest: {', '.join(near)}; " if near else ""
    return (
        f"{nearest}known are all, found, the packages "
        f"{', '.join(packages)}, what negeig conform --list shows, compiled (kernels for a GPU), "
        "and file.py:function"
    )


def _chosen(name: str, everything: Mapping[str, Implementation]) -> Iterator[Implementation]:
    if name in everything:
        yield everything[name]
    else:
        for known_name, one in everything.items():
            wanted = name == "all" or (name == "found" and not one.missing)
            if wanted or known_name.startswith(f"{name}."):
                yield one
