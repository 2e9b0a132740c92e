"""flash-linear-attention's Triton kernels as a GPU runs them: their PTX, executed on the CPU.

fla's own functions choose the kernels, their options and their configurations, and Triton compiles
them for the GPU that the name says. fla itself is imported where there is no GPU: what it chooses
by looking at one is what it chooses without.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from negeig.kernels.adapters import _fla_arguments as given
from negeig.kernels.adapters._heads import Heads, Layout, kernel
from negeig.kernels.implementation import Answer, Implementation, Kernel, Recurrence
from negeig.kernels.ptx.targets import TARGETS

if TYPE_CHECKING:
    from negeig.kernels.ptx.compile import Launch


def _ungated(h: Heads) -> dict[str, Any]:
    return given.ungated(h) | {"scale": 1.0}


def _low_rank(arguments: dict[str, Any]) -> dict[str, Any]:
    names = {"alpha": "a", "beta": "b"}
    return {names.get(name, name): value for name, value in arguments.items()} | {"scale": 1.0}


def _identity(h: Heads) -> dict[str, Any]:
    return _low_rank(given.iplr(h))


def _diagonal(h: Heads) -> dict[str, Any]:
    return _low_rank(given.dplr(h))


def _multiplied(h: Heads) -> dict[str, Any]:
    beta = h.beta[..., None]
    decay = h.g[..., None].expand_as(h.k)
    keys = {"k": h.k, "v": h.v * beta, "kk": h.k, "a": beta.expand_as(h.k)}
    return {"r": h.q, "w": decay, "scale": 1.0} | keys | given.resumed(h)


FUNCTIONS: dict[str, tuple[str, Callable[[Heads], dict[str, Any]]]] = {
    "fused_recurrent_delta_rule": ("delta_rule", _ungated),
    "fused_recurrent_gated_delta_rule": ("gated_delta_rule", given.gated),
    "fused_recurrent_kda": ("kda", given.channels),
    "fused_recurrent_comba": ("comba", given.comba),
    "fused_recurrent_iplr_delta_rule": ("generalized_delta_rule", _identity),
    "fused_recurrent_dplr_delta_rule": ("generalized_delta_rule", _diagonal),
    "fused_mul_recurrent_rwkv7": ("rwkv7", _multiplied),
}
"""Functions of ``fla.ops``, the packages they are in, and their arguments."""

APPROXIMATE = {
    "decay": "it takes the logarithm of a decay, and the instruction that undoes that has no "
    "defined bits but for 0, a decay of 1"
}


def compiled(
    name: str,
    target: str,
    *,
    fusion: bool = True,
    executor: Callable[..., int] | None = None,
    launches: list[Launch] | None = None,
) -> Implementation:
    """Return a function of ``FUNCTIONS`` as it is compiled for a target.

    Without ``fusion`` no product and sum are contracted, as with TRITON_DEFAULT_FP_FUSION=0. Its
    PTX runs as machine code of the CPU, or as another ``executor`` has it. Every launch is appended
    to ``launches``.

    Examples
    --------
    >>> compiled("fused_recurrent_kda", "sm_90").name
    'fla.fused_recurrent_kda@sm_90'
    """
    folder, arguments = FUNCTIONS[name]

    def load() -> Kernel:
        from negeig.kernels.ptx.launching import on_cpu
        from negeig.kernels.ptx.llvm.execution import execute

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns that there is no GPU
            function = getattr(import_module(f"fla.ops.{folder}"), name)

        def run(**heads: Any) -> Any:
            with on_cpu(target, fusion=fusion, executor=executor or execute, launches=launches):
                return function(**heads)

        return _in_powers_of_2(kernel(run, arguments, Layout()))

    return Implementation(
        name=f"fla.{name}@{target}", packages=("fla-core", "einops", "torch", "triton"), load=load,
        device=f"cpu, as {target}", tensors=True, cannot=APPROXIMATE,
    )  # fmt: skip


def _in_powers_of_2(one: Kernel) -> Kernel:
    """Repeat the first row up to a power of 2: kernels are compiled for each number of rows."""

    def run(asked: Recurrence) -> Answer:
        rows = asked.shape[0]
        more = (1 << (rows - 1).bit_length()) - rows

        def filled(values: Any) -> Any:
            return np.concatenate([values, np.repeat(values[:1], more, axis=0)])

        names = ("initial", "decay", "beta", "write", "key")
        answer = one(replace(asked, **{name: filled(getattr(asked, name)) for name in names}))
        final = None if answer.final is None else answer.final[:rows]
        return answer._replace(states=answer.states[:rows], final=final)

    return run


COMPILED: dict[str, Implementation] = {
    one.name: one for one in (compiled(name, target) for name in FUNCTIONS for target in TARGETS)
}
"""By name."""
