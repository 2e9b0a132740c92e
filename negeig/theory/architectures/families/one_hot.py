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
        matrix="I + sum_i x_i A_i or its exponential, the A_i diagonal, block diagonal or sparse",
        eigenvalues="not bounded by the parametrisation",
        source="Walker et al. 2025, arXiv 2505.17761",
        note="Read in the paper's text only, not in code: no verdict is drawn from its matrices. "
        "With free dense blocks in the first form every matrix is within reach.",
    ),
)
