"""The operation of an opcode, by its full name; what is not known has none.

``VALUES`` are found by name; instructions on memory, control and other threads are read from their
modifiers. Hints about caches are dropped: they change no value.
"""

from __future__ import annotations

import re
from functools import cache

from negeig.kernels.ptx import warpgroups
from negeig.kernels.ptx.matrices import SHAPES
from negeig.kernels.ptx.operation import WIDTHS, Access, Operation
from negeig.kernels.ptx.values import VALUES
from negeig.kernels.ptx.warps import REDUCTIONS

HINTS = frozenset(("ca", "cg", "cs", "lu", "cv", "wb", "wt", "nc", "weak")) | frozenset(
    f"{level}::{hint}"
    for level, hints in (
        ("L1", ("evict_normal", "evict_first", "evict_last", "evict_unchanged", "no_allocate")),
        ("L2", ("64B", "128B", "256B", "cache_hint")),
    )
    for hint in hints
)
"""Modifiers of accesses that say how memory is cached, and nothing about values."""

ORDERS = (
    "fence", "membar", "cp.async.commit_group", "cp.async.wait_group", "cp.async.wait_all",
    "wgmma.fence", "wgmma.commit_group", "wgmma.wait_group",
)  # fmt: skip
"""Instructions that order accesses. Here every access is done when its instruction is executed."""


@cache
def find(name: str) -> Operation | None:
    """Return the operation of an opcode with its modifiers, None where it is not known.

    Examples
    --------
    >>> load = find("ld.global.v4.b32")
    >>> load.kind, load.access.bytes, load.results, load.sources
    ('load', 16, ('vector',), ('address',))
    >>> find("mma.sync.fast") is None
    True
    """
    if name in VALUES:
        return VALUES[name]
    head, *modifiers = name.split(".")
    if head in ("ld", "st"):
        return _access(name, head, modifiers)
    if head in ("ldmatrix", "stmatrix"):
        return _matrix(name)
    if name.startswith(ORDERS):
        sources = ("u32",) if ".wait_group" in name else ()
        return Operation(name=name, kind="order", sources=sources)
    if name.startswith("createpolicy.fractional.L2::"):
        # How memory is to be cached: a number that hints read, and nothing else.
        return Operation(name=name, kind="order", results=("b64",), sources=("f32",))
    if name in SHAPES:
        return Operation(
            name=name, kind="matrix_product", results=("vector",), sources=("vector",) * 3,
            vectors=(("f32", 4), ("b32", 4), ("b32", 2), ("f32", 4)),
        )  # fmt: skip
    if name.startswith("redux.sync."):
        return _reduction(name.removeprefix("redux.sync."))
    return _FIXED.get(name) or warpgroups.operation(name) or _shuffle(name) or _copy(name)


def _access(name: str, head: str, modifiers: list[str]) -> Operation | None:
    left = [modifier for modifier in modifiers if modifier not in HINTS]
    if len(left) < 2 or left[-1] not in WIDTHS or WIDTHS[left[-1]] < 8:
        return None
    space, *vector, kind = left
    space = space.removesuffix("::cta")
    if space not in ("param", "global", "shared") or vector not in ([], ["v2"], ["v4"]):
        return None
    access = Access(space, kind, int(vector[0][1:]) if vector else 1)
    if head == "ld":
        return Operation(
            name=name,
            kind="load",
            results=("vector",),
            sources=("address",),
            access=access,
            vectors=((access.type, access.count),),
        )
    if space == "param":
        return None
    return Operation(
        name=name, kind="store", sources=("address", "vector"), access=access,
        vectors=((access.type, access.count),),
    )  # fmt: skip


def _matrix(name: str) -> Operation | None:
    found = re.fullmatch(
        r"(ld|st)matrix\.sync\.aligned\.m8n8\.x([124])(\.trans)?\.shared(::cta)?\.b16", name
    )
    if found is None:
        return None
    access = Access("shared", "b32", int(found[2]))
    variant = "transposed" if found[3] else ""
    if found[1] == "ld":
        return Operation(
            name=name, kind="matrix_load", results=("vector",), sources=("address",),
            access=access, variant=variant, vectors=((access.type, access.count),),
        )  # fmt: skip
    return Operation(
        name=name, kind="matrix_store", sources=("address", "vector"), access=access,
        variant=variant, vectors=((access.type, access.count),),
    )  # fmt: skip


def _shuffle(name: str) -> Operation | None:
    found = re.fullmatch(r"shfl\.sync\.(up|down|bfly|idx)\.b32", name)
    if found is None:
        return None
    return Operation(
        name=name, kind="shuffle", results=("b32",), sources=("b32", "u32", "u32", "u32"),
        variant=found[1],
    )  # fmt: skip


def _reduction(variant: str) -> Operation | None:
    if variant not in REDUCTIONS:
        return None
    return Operation(
        name=f"redux.sync.{variant}", kind="reduction", results=("b32",), sources=("b32", "u32"),
        variant=variant,
    )  # fmt: skip


def _copy(name: str) -> Operation | None:
    """``cp.async``: bytes copied, then optionally bytes that are read, the rest being zeros."""
    left = [modifier for modifier in name.split(".") if modifier not in HINTS]
    if [part.removesuffix("::cta") for part in left] != ["cp", "async", "shared", "global"]:
        return None
    return Operation(name=name, kind="copy", sources=("address", "address", "u32", "u32"))


_FIXED = {
    one.name: one
    for one in (
        *(Operation(name=name, kind="branch", sources=("label",)) for name in ("bra", "bra.uni")),
        *(Operation(name=name, kind="return") for name in ("ret", "ret.uni", "exit")),
        *(
            Operation(name=name, kind="barrier", sources=("u32",))
            for name in ("bar.sync", "barrier.sync", "barrier.sync.aligned", "bar.cta.sync")
        ),
        Operation(name="bar.warp.sync", kind="warp_barrier", sources=("u32",)),
    )
}


def packing(name: str, parts: int, *, unpacks: bool) -> Operation | None:
    """Return ``mov`` between one value and a vector of ``parts``, low bits first.

    Examples
    --------
    >>> packing("mov.b32", 2, unpacks=True).results
    ('b16', 'b16')
    """
    width = WIDTHS.get(name.removeprefix("mov."), 0)
    part = f"b{width // parts}"
    if not name.startswith("mov.b") or parts not in (2, 4) or part not in WIDTHS:
        return None
    whole, pieces = (f"b{width}",), (part,) * parts
    if unpacks:
        return Operation(name=name, kind="unpack", results=pieces, sources=whole)
    return Operation(name=name, kind="pack", results=whole, sources=pieces)
