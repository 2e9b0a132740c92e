"""One delta step through a compiled kernel: what was launched, and what it computes as a formula.

The step is run on small integers, on which no operation rounds, so that no thread goes another way
than a neighbour; the terms that lie beside the numbers say what every operation is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from negeig.claims import InputError
from negeig.kernels.adapters import _fla_compiled
from negeig.kernels.adapters import negeig as ours
from negeig.kernels.implementation import Implementation, Misbehaved, Recurrence
from negeig.kernels.ptx.compile import Launch
from negeig.kernels.ptx.execution import MAX_STEPS
from negeig.kernels.ptx.formula import formulas
from negeig.kernels.ptx.group import Grid
from negeig.kernels.ptx.memory import WRITTEN, Memory
from negeig.kernels.ptx.program import Program
from negeig.kernels.ptx.symbolic import NoFormula, Term, trace
from negeig.kernels.registry import COMPILED, not_compiled

OURS = ("table", "matrix", "bias", "codes", "radii")
"""Arguments of our kernel that hold more than one thing, or nothing of a step."""

SHOWN = 8
"""Dimensions up to which there are formulas."""

CALLED = {"h0": "h", "before": "h"}
"""Arguments that have another name in formulas."""

FINAL = ("ht", "after")
"""What the argument with the state after the step is called."""


@dataclass(frozen=True, eq=False)
class CompiledStep:
    """What an implementation launches for one step.

    Parameters
    ----------
    implementation : Implementation
    launches : tuple of Launch
    formula : tuple of str
        A line ``name = formula`` for each coordinate of the state after the step, behind those of
        what they share; empty where there is none.
    reason : str
        Why there is none.
    """

    implementation: Implementation
    launches: tuple[Launch, ...]
    formula: tuple[str, ...]
    reason: str


def step(dim: int, *, decays: bool = False) -> Recurrence:
    """Return one row of one position in small integers, none of them 0, and a decay of 1 or 1/2.

    Examples
    --------
    >>> asked = step(2)
    >>> asked.initial.tolist(), asked.key.tolist(), asked.beta.item(), asked.write.item()
    ([[2.0, 3.0]], [[[1.0, 2.0]]], 2.0, 3.0)
    """
    count = np.arange(1, dim + 1, dtype=np.float32)
    one = np.ones((1, 1), np.float32)
    return Recurrence(
        dtype="fp32", steps=1, initial=count[None] + 1, decay=one / np.float32(2 if decays else 1),
        beta=2 * one, write=3 * one, key=count[None, None],
    )  # fmt: skip


def compiled_step(
    name: str, dim: int, *, decays: bool = False, fusion: bool = True
) -> CompiledStep:
    """Run one delta step through a compiled kernel of a name such as ``triton@sm_90``.

    Parameters
    ----------
    name : str
        Of ``COMPILED``.
    dim : int
    decays : bool
        Whether the kernel is to be one that multiplies the state by a decay first.
    fusion : bool
        Of kernels of others: whether the compiler may contract. Ours never has it.

    Raises
    ------
    InputError
        For another name, and for a kernel that does not compile.
    Unavailable
        Where a package is missing, or the kernel takes no such dimension.
    """
    if name not in COMPILED:
        raise InputError("--impl", not_compiled(name), "unknown-implementation")
    called, _, target = name.rpartition("@")
    make: Callable[..., Implementation] = partial(ours.compiled, target)
    if called != "triton":
        function = called.removeprefix("fla.")
        make = partial(_fla_compiled.compiled, function, target, fusion=fusion)
    return step_through(make, dim, decays=decays)


def step_through(
    make: Callable[..., Implementation], dim: int, *, decays: bool = False, shown: int = SHOWN
) -> CompiledStep:
    """Run one delta step through what ``make`` makes of an ``executor`` and ``launches``.

    Up to ``shown`` dimensions there is a formula. Raises Unavailable and InputError as above.
    """
    launches: list[Launch] = []
    found: list[tuple[str, ...]] = []
    reasons: list[str] = []

    def executor(
        program: Program, grid: Grid, arguments: Sequence[int], memory: Memory, *,
        shared: int = 0, threads: int | None = None, max_steps: int = MAX_STEPS,
    ) -> int:  # fmt: skip
        tensors = dict(_tensors(launches[-1], arguments))
        inputs: dict[int, str] = {}
        for at, called_so in _inputs(tensors, memory, dim):
            inputs.setdefault(at, called_so)  # one tensor may be several arguments
        try:
            terms = trace(
                program, grid, arguments, memory, inputs, shared=shared, threads=threads,
                max_steps=max_steps,
            )  # fmt: skip
            found.append(formulas(_outputs(tensors, terms, dim)))
        except NoFormula as refused:
            reasons.append(str(refused))
        return 0

    one = make(launches=launches, executor=executor)
    if dim > shown:
        reasons.append(f"formulas are shown up to dimension {shown}")
    if one.chunk is not None:
        reasons.append("it works in chunks, by several kernels")
    if "oblique keys" in one.cannot:
        reasons.append("it multiplies by exponentials, which are no sums and products")
    if reasons:  # it is compiled, and nothing more
        one = make(launches=launches, executor=lambda *_, **__: 0)
    kernel = one.kernel()
    try:
        kernel(replace(step(dim, decays=decays), dtype=one.dtypes[0]))
    except Misbehaved as fault:
        reasons.append(str(fault))
    if len(launches) > 1:
        reasons.append("a step takes several launches, and terms are not handed on")
    return CompiledStep(
        one, tuple(launches), found[0] if found and not reasons else (), "; ".join(reasons)
    )


def _tensors(launch: Launch, arguments: Sequence[int]) -> Iterator[tuple[str, tuple[Any, int]]]:
    """Yield the float32 tensors among the arguments by name, with their first address."""
    given = [
        (name, kind, value)
        for (name, kind), value in zip(
            launch.compiled.signature.items(), launch.arguments, strict=True
        )
        if kind != "constexpr"
    ]
    for (name, kind, value), address in zip(given, arguments, strict=False):
        if kind == "*fp32" and value is not None:
            yield name, (value, address)


def _inputs(
    tensors: Mapping[str, tuple[Any, int]], memory: Memory, dim: int
) -> Iterator[tuple[int, str]]:
    """Yield addresses of inputs and their names, numbered by their coordinate where there are many.

    Heads hold the same numbers, and so have the same names; what differs between heads, a query,
    and what is 0, a logarithm of a decay, stay numbers.
    """
    for name, (tensor, address) in tensors.items():
        if name == "table":
            yield from _of_table(tensor, address, dim)
        if name == "matrix":
            yield from (
                (address + 4 * (j * tensor.shape[-1] + j), "decay")
                for j in range(dim) if tensor.numel() and tensor[0, j, j] != 0
            )  # fmt: skip
        if name in OURS:
            continue
        values = tensor.detach().numpy()
        heads = 0 if name == "before" else 1 if name in CALLED else 2
        if values.ndim <= heads or not values.any():
            continue
        by_head = np.moveaxis(values, heads, 0)
        if not (by_head == by_head[:1]).all():
            continue
        for index in product(*map(range, values.shape)):
            at = address + 4 * sum(i * by for i, by in zip(index, tensor.stride(), strict=True))
            if memory.state[at - memory.base] == WRITTEN and values[index] != 0:
                rest = [
                    str(i) for axis, (i, size) in enumerate(zip(index, values.shape, strict=True))
                    if axis != heads and size > 1 and dim > 1
                ]  # fmt: skip
                yield at, CALLED.get(name, name) + "_".join(rest)


def _of_table(table: Any, address: int, dim: int) -> Iterator[tuple[int, str]]:
    """Yield what the row of the one letter holds: its key, beta and write."""
    row = table[0, -1]
    padded = len(row) - 4
    start = address + 4 * int(row.storage_offset() - table.storage_offset())
    for j in range(dim):
        yield start + 4 * j, f"k{j}" if dim > 1 else "k"
    yield start + 4 * padded, "beta"
    yield start + 4 * (padded + 1), "v"


def _outputs(
    tensors: Mapping[str, tuple[Any, int]], terms: Mapping[int, Term], dim: int
) -> dict[str, Term]:
    """Return the terms of the state after the step. Raises NoFormula where there is none."""
    for name in FINAL:
        if name in tensors:
            tensor, address = tensors[name]
            by = tensor.stride()[-1] if name == "after" else tensor.stride()[-2]
            places = [address + 4 * j * by for j in range(dim)]
            if all(at in terms for at in places):
                return {f"h{j if dim > 1 else ''}'": terms[at] for j, at in enumerate(places)}
    raise NoFormula("the kernel returns no state that depends on its inputs")
