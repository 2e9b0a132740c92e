"""Matrices that can have a single 1 in every column."""

from __future__ import annotations

from negeig.theory.architectures.architecture import Architecture, at
from negeig.theory.theorems import ids

ENTRIES = (
    Architecture(
        id="block-diagonal",
        name="Block-diagonal LRNN",
        matrix="dense blocks that depend on the input, columns of p-norm at most 1",
        eigenvalues="complex, in the unit disc",
        least=at(-1),
        most=at(1),
        theorem=ids.ONE_HOT,
        theorem_layers=1,
        source="Fan et al. 2023, arXiv 2309.07412",
        note="A block as large as the machine is needed; columns with a single 1 have norm 1.",
    ),
    Architecture(
        id="pd-ssm",
        name="PD-SSM",
        matrix="P(x) D(x): columns with a single 1, times a complex diagonal matrix",
        eigenvalues="complex, in the unit disc",
        least=at(-1),
        most=at(1),
        gate="modulus of the diagonal",
        theorem=ids.ONE_HOT,
        theorem_layers=1,
        source="Terzic et al. 2025, arXiv 2509.22284",
    ),
    Architecture(
        id="slice",
        name="SLiCE",
        matrix="I + A(x) with blocks that are linear in the input and a constant 1",
        eigenvalues="not bounded by the parametrisation",
        theorem=ids.ONE_HOT,
        theorem_layers=1,
        source="Walker et al. 2025, arXiv 2505.17761; its authors' structured-linear-cdes, "
        "models/slcde.py",
        note="Letters with independent embeddings have any matrices. A block as large as the "
        "machine is needed: the diagonal variant has none. The package slices drives the layer by "
        "differences of its inputs unless path_mode is 'increments', which is meant here.",
    ),
)
