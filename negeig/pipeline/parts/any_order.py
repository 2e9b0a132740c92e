"""The arithmetic ``any-order``: every order of every sum at once, of loops and of chunks."""

from __future__ import annotations

from dataclasses import dataclass

from negeig.automata.machines.machine import Machine
from negeig.claims import (
    DEFAULT_RESOURCES,
    Claim,
    InputError,
    LimitReached,
    Resources,
    StageProgress,
    Stopped,
)
from negeig.pipeline.parts.proving import parameters_text, through_claim
from negeig.precision.numbers.models import ANY_ORDER
from negeig.theory.closure.explore import Exploration
from negeig.theory.networks.network import LinearRNN

FORMATS = ("fp32", "bf16", "fp16")
"""Formats that operands of products may be kept in; sums are kept in float32."""


@dataclass(frozen=True)
class InAnyOrder:
    """Operands in one format, sums of float32 in any order, with fused multiply-adds or without.

    Examples
    --------
    >>> read("any-order:bf16").about
    'operands in bf16, sums in fp32, in any order, fused or not'
    """

    dtype: str

    @property
    def name(self) -> str:
        """What names it among arithmetics; the format where it is not float32."""
        return ANY_ORDER if self.dtype == "fp32" else f"{ANY_ORDER}:{self.dtype}"

    @property
    def about(self) -> str:
        """What it stands for, in words."""
        return f"operands in {self.dtype}, sums in fp32, in any order, fused or not"

    def explore(
        self,
        network: LinearRNN,
        machine: Machine,
        resources: Resources = DEFAULT_RESOURCES,
        progress: StageProgress | None = None,
    ) -> Exploration:
        """Prove that nothing is rounded and the exact network is right; open where it may be."""
        from negeig.kernels.conforming import unheld
        from negeig.precision.closure.any_order_closure import any_order_closure
        from negeig.precision.numbers.formats import FORMATS as KNOWN

        rounded = unheld(network, self.dtype)
        if rounded:
            first, count = rounded[0].place, parameters_text(len(rounded))
            return Exploration.unexplored(
                f"{self.dtype} does not hold {count}, the first is {first}; for a network that it "
                f"holds, negeig compile LANGUAGE --held-by {self.dtype} -o FILE.json"
            )
        try:
            return any_order_closure(
                network,
                machine,
                operands=KNOWN[self.dtype],
                max_states=resources.max_closure,
                progress=None if progress is None else lambda _, n: progress(self.name, n),
            )
        except LimitReached as limit:
            return Exploration.unexplored(str(limit))

    def claim(
        self,
        network: LinearRNN,
        machine: Machine,
        resources: Resources = DEFAULT_RESOURCES,
        progress: StageProgress | None = None,
        stopped: Stopped | None = None,
    ) -> Claim:
        """Return the claim that it is right for all lengths in any order; open once stopped."""
        if stopped is not None:
            found = Exploration.unexplored(str(stopped))
        else:
            found = self.explore(network, machine, resources, progress)
        return through_claim(self.name, self.about, found)


def read(name: str) -> InAnyOrder:
    """Return what a name stands for. Raises InputError for a format that it does not have."""
    _, colon, dtype = name.strip().lower().partition(":")
    if colon and dtype not in FORMATS:
        known = ", ".join([ANY_ORDER, *(f"{ANY_ORDER}:{other}" for other in FORMATS)])
        problem = f"{name!r} is unknown; known are {known}"
        raise InputError("arithmetic", problem, "unknown-arithmetic")
    return InAnyOrder(dtype or "fp32")
