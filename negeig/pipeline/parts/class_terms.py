"""The words of the glossary for classes of layers: one for each row of the table of limits."""

from __future__ import annotations

from negeig.pipeline.parts.term import Term

CLASS_TERMS = (
    Term(
        "complex-diagonal",
        "Layers with diagonal matrices of complex entries, any number of them. Groups inside the "
        "monoid must be solvable, and where they are such layers exist: negeig explain subnormal "
        "and solvable-levels.",
        "docs/theory/counting.md",
    ),
    Term(
        "nonnegative-diagonal",
        "Layers with diagonal matrices of entries >= 0, any number of them. In the cast model no "
        "word may have a period above 1, negeig explain T1; where none has such layers exist: "
        "negeig explain star-free.",
        "docs/theory/positive-eigenvalues.md",
    ),
    Term(
        "nonnegative-spectrum",
        "Layers in which the matrix of every letter has only real eigenvalues >= 0, any number of "
        "them. In the cast model no letter may have a period above 1: negeig explain T1.",
        "docs/theory/positive-eigenvalues.md",
    ),
    Term(
        "nonnegative-symmetric",
        "Layers of symmetric matrices with eigenvalues >= 0, any number of them. In the cast model "
        "no letter, negeig explain T1, and no word of two letters may have a period above 1: "
        "negeig explain two-letters.",
        "docs/theory/positive-eigenvalues.md",
    ),
    Term(
        "one-contractive-layer",
        "One layer whose matrices make no vector longer, with finitely many exact states. It does "
        "a task exactly where any two idempotents e, f satisfy efe = fe: negeig explain "
        "idempotents and one-layer.",
        "docs/theory/one-layer.md",
    ),
    Term(
        "real-diagonal",
        "Layers with diagonal matrices of real entries, of any sign, any number of them. In the "
        "cast model the period of every word must be a power of two: negeig explain T2.",
        "docs/theory/counting.md",
    ),
    Term(
        "real-spectrum",
        "Layers with real eigenvalues, in layer i those of all products of 2^(i-1) letters. In the "
        "cast model the period of every letter must be a power of two: negeig explain T2.",
        "docs/theory/counting.md",
    ),
    Term(
        "rounded-nonnegative-diagonal",
        "Layers with diagonal matrices of entries >= 0 where every operation rounds, any number of "
        "them. No word may have a period above 1: negeig explain rounded.",
        "docs/theory/rounding-at-every-step.md",
    ),
    Term(
        "rounded-real-diagonal",
        "Layers with diagonal matrices of real entries where every operation rounds, any number of "
        "them. The period of every word must be a power of two: negeig explain rounded.",
        "docs/theory/rounding-at-every-step.md",
    ),
)
"""In the order of their names."""
