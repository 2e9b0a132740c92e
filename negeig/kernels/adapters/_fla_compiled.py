"""flash-linear-attention's Triton kernels as a GPU runs them: their PTX, executed on the CPU.

fla's own functions choose the kernels, their options and their configurations, and Triton compiles
them for the GPU that the name says. fla itself is imported where there is no GPU: what it chooses
by looking at one is what it chooses without.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from negeig.claims import InputError
from negeig.kernels.adapters import _fla_kernels as fla
from negeig.kernels.adapters._fla_chunk_forms import chunk_form
from negeig.kernels.adapters._fla_gates import GATES
from negeig.kernels.adapters._heads import kernel
from negeig.kernels.implementation import (
    Answer,
    Implementation,
    Kernel,
    Recurrence,
    Undetermined,
)
from negeig.kernels.ptx.targets import TARGETS

if TYPE_CHECKING:
    from negeig.kernels.ptx.compile import Launch


_LOGARITHM = (
    "it takes the logarithm of a decay, and the instruction that undoes that has no defined bits "
)
APPROXIMATE = {"decay": _LOGARITHM + "but for 0, a decay of 1"}
BETWEEN = {"eigenvalue between 0 and 1": _LOGARITHM + "but for decays of 0 and 1"}


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
    PTX runs on arrays and, where it is called often, as machine code of the CPU, or as another
    ``executor`` has it. Every launch is appended to ``launches``.

    Examples
    --------
    >>> compiled("fused_recurrent_kda", "sm_90").name
    'fla.fused_recurrent_kda@sm_90'
    """
    _, arguments = fla.FUNCTIONS[name]

    def load() -> Kernel:
        from negeig.kernels.ptx.executor import execute
        from negeig.kernels.ptx.launching import on_cpu

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns that there is no GPU
            function = fla.imported(name)

        def run(**heads: Any) -> Any:
            try:
                with on_cpu(target, fusion=fusion, executor=executor or execute, launches=launches):
                    return function(**heads)
            except InputError as unknown:  # an instruction that is not executed here
                raise Undetermined(str(unknown)) from unknown

        return _in_powers_of_2(kernel(run, arguments, fla.layout(name, "cpu")))

    return Implementation(
        name=f"fla.{name}@{target}",
        packages=fla.PACKAGES,
        load=load,
        dtypes=fla.dtypes(name),
        chunk=64 if fla.is_chunked(name) else None,
        form=chunk_form(name),
        device=f"cpu, as {target}",
        tensors=True,
        cannot={**APPROXIMATE, **(BETWEEN if name in GATES else {}), **fla.cannot(name)},
    )


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
    one.name: one
    for one in (compiled(name, target) for name in fla.FUNCTIONS for target in TARGETS)
}
"""By name."""
