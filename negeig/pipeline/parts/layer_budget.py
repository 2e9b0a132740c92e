"""What a released layer demands of a network, as a budget."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from negeig.claims import InputError, LimitReached
from negeig.kernels.layers.export import DTYPES, Export, export
from negeig.kernels.layers.kind import LayerKind, find
from negeig.kernels.layers.moves import refusals
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.route import Construction
from negeig.theory.networks.network import LinearRNN


@dataclass(frozen=True, kw_only=True)
class LayerBudget(Budget):
    """A budget that only networks meet which a released layer can be.

    Attributes
    ----------
    kind : LayerKind
    dtype : str
        float32 or bfloat16, of the layer's parameters.
    max_bytes : int
        Most bytes of a layer's arrays.
    """

    kind: LayerKind = field()
    dtype: str = "float32"
    max_bytes: int = 1 << 30

    @property
    def further_options(self) -> tuple[str, ...]:
        """What names the layer on the command line."""
        dtype = () if self.dtype == "float32" else ("--dtype", self.dtype)
        return ("--for", self.kind.name, *dtype)

    def other_problems(self, construction: Construction) -> tuple[str, ...]:
        """Say what stands against a construction, and why it cannot be the layer."""
        found = super().other_problems(construction)
        reasons = refusals(construction.network, self.kind.most_beta)
        if not found and not reasons:  # what is left takes all of the layer to be written
            try:
                self.export(construction.network)
            except InputError as error:
                reasons = error.problems
            except LimitReached as limit:
                reasons = [str(limit)]
        return (*found, *(f"cannot be {self.kind.name}: {reason}" for reason in reasons))

    def export(self, network: LinearRNN) -> Export:
        """Return the layer that a network is. Raises as :func:`~.layers.export.export` does."""
        return export(network, self.kind, self.dtype, max_bytes=self.max_bytes)

    def to_json(self) -> dict[str, Any]:
        """Return the budget as it is recorded beside a network."""
        return super().to_json() | {"layer": self.kind.name, "layer_dtype": self.dtype}


def layer_budget(
    layer: str, dtype: str = "float32", budget: Budget | None = None, max_bytes: int = 1 << 30
) -> LayerBudget:
    """Return a budget narrowed to what a layer can be: unit keys, its eigenvalues, its format.

    Raises InputError for an unknown layer or type, and where the budget's eigenvalues leave none
    that the layer has.

    Examples
    --------
    >>> narrowed = layer_budget("transformers.qwen3_next", "bfloat16")
    >>> [str(x) for x in narrowed.eigenvalues], narrowed.unit_keys, narrowed.held_by
    (['0', '1'], True, ('bf16',))
    """
    budget = Budget() if budget is None else budget
    kind = find(layer)
    if dtype not in DTYPES:
        raise InputError(
            "dtype",
            f"{layer} is written in {' or '.join(DTYPES)}, found {dtype!r}",
            "unknown-dtype",
        )
    low, high = budget.eigenvalues
    if high < kind.lowest:
        raise InputError("budget", f"{layer} has no eigenvalue below {kind.lowest}")
    return LayerBudget(
        **budget.quantities,
        eigenvalues=(max(low, Fraction(kind.lowest)), high),
        unit_keys=True,
        format=budget.format,
        held_by=tuple(dict.fromkeys((*budget.held_by, DTYPES[dtype]))),
        routes=budget.routes,
        prefer=budget.prefer,
        kind=kind,
        dtype=dtype,
        max_bytes=max_bytes,
    )
