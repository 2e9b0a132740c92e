"""What ``negeig theorems`` shows a person."""

from __future__ import annotations

from textwrap import fill

from negeig.pipeline.theorems import TheoremsResult
from negeig.theory.architectures.models import MODELS
from negeig.theory.architectures.outside import OUTSIDE


def theorems_text(result: TheoremsResult, width: int = 100) -> str:
    """Return the list of theorems, a line each, and the names that can be asked about."""
    rows = [f"{entry.id:<20}{entry.title}" for entry in result.theorems]
    names = ", ".join(architecture.id for architecture in result.architectures)
    rows += ["", fill(f"negeig explain also takes an architecture: {names}", 96)]
    models = ", ".join(model.id for model in MODELS)
    rows += ["", fill(f"and a released model: {models}", 96)]
    outside = ", ".join(layer.id for layer in OUTSIDE)
    rows += ["", fill(f"out of scope, with the reason: {outside}", 96)]
    return "\n".join(rows)
