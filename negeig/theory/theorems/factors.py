"""Theorems about matrices of layers: products of factors, keys, and matrices of any norm."""

from __future__ import annotations

from negeig.theory.theorems import ids
from negeig.theory.theorems.entry import ALGEBRA, EXACT, PAPER, Entry

FACTORS = (
    Entry(
        id=ids.P1,
        title="Products of Householder factors never blow up",
        statement="A product of factors I - beta k k^T with eigenvalues in [-1, 1] has Euclidean "
        "norm at most 1.",
        hypotheses=("beta |k|^2 between 0 and 2 for every factor",),
        model=ALGEBRA,
        source=f"{PAPER}, Proposition 1",
        checked=(
            "negeig/theory/factors/proposition.py",
            "tests/theory/factors/test_householder.py",
            "tests/theory/theorems/test_registry.py",
        ),
        page="docs/theory/factorisation.md",
    ),
    Entry(
        id=ids.REFLECTIONS,
        title="How many reflections an orthogonal matrix needs",
        statement="An orthogonal matrix Q is a product of rank(I - Q) reflections and of no fewer. "
        "For a permutation this is the number of moved points minus the number of cycles of length "
        "2 or more.",
        hypotheses=("Q is real and orthogonal",),
        model=ALGEBRA,
        source="Cartan-Dieudonne theorem; the sharp count: Scherk, On the decomposition of "
        "orthogonalities into symmetries, Proc. AMS 1 (1950)",
        checked=(
            "negeig/theory/factors/factorisation.py",
            "negeig/theory/factors/householder.py",
            "tests/theory/factors/test_householder.py",
        ),
        page="docs/theory/factorisation.md",
    ),
    Entry(
        id=ids.RESETS,
        title="A reset is a write",
        statement="Delta steps that erase the component of the state along their keys write a "
        "constant there. One for each coordinate sends every state to one: so layers do a letter "
        "that is constant on the states of the machine.",
        hypotheses=(
            "beta |k|^2 = 1 for every step",
            "keys are at right angles",
            "there are as many steps as coordinates",
        ),
        model=ALGEBRA,
        source=f"{PAPER}, section 4 and proof of Theorem 4",
        checked=(
            "negeig/theory/factors/factorisation.py",
            "negeig/theory/closure/exact_search.py",
        ),
        page="docs/theory/constructions.md",
    ),
    Entry(
        id=ids.UNIT_KEYS,
        title="The least dimension of S_n with rational unit keys",
        statement="The least dimension in which n - 1 rational unit vectors are simple "
        "roots of A_(n-1) is n - 1 if n is an odd square or twice a square; "
        "otherwise n if n is even or every prime dividing n to an odd power is "
        "1 or -1 modulo 8; otherwise n + 1. Dyadic keys reach it for n up to "
        "16.",
        hypotheses=(
            "keys are rational",
            "keys have length exactly 1",
            "swaps of neighbours act as the reflections along them: neighbours are at 120 degrees, "
            "others at right angles",
        ),
        model=ALGEBRA,
        source="negeig, docs/theory/exact-reflections.md",
        checked=(
            "negeig/theory/factors/dyadic_simplex.py",
            "tests/theory/constructions/test_dyadic.py",
        ),
        page="docs/theory/exact-reflections.md",
    ),
    Entry(
        id=ids.FACTOR_SPECTRUM,
        title="Shortest products of Householder factors",
        statement="Let T(M) = (I - M)^-1 M (I - M^T) for a real matrix M, modulo the vectors that "
        "M fixes. M is a product of exactly rank(I - M) factors with eigenvalues in [-1, 1] if and "
        "only if it has norm at most 1 and all eigenvalues of T(M) are real; these are then the "
        "factors' eigenvalues.",
        hypotheses=("M has Euclidean norm at most 1", "all eigenvalues of T(M) are real"),
        model=ALGEBRA,
        source="negeig, docs/theory/factorisation.md",
        checked=(
            "negeig/theory/factors/contraction_factors.py",
            "tests/theory/factors/test_householder.py",
        ),
        page="docs/theory/factorisation.md",
    ),
    Entry(
        id=ids.ONE_HOT,
        title="Any matrices with a single 1 a column track every machine",
        statement="A layer whose letter matrices may be any 0/1 matrices with a single 1 "
        "in each column tracks every machine of n states in one layer of "
        "dimension n: unit vectors for the states, the transition matrices for "
        "the letters. Their norm may exceed 1.",
        hypotheses=("the layer may have the transition matrix of every letter, whatever its norm",),
        model=EXACT,
        source="Terzic et al. 2025, arXiv 2509.22284; Fan et al. 2023, arXiv "
        "2309.07412; negeig, docs/theory/architectures.md",
        checked=("tests/theory/architectures/test_architectures.py",),
        page="docs/theory/architectures.md",
    ),
    Entry(
        id=ids.RWKV_7_REGULAR,
        title="RWKV-7 with eigenvalues down to -1 recognises every regular language",
        statement="Four layers of RWKV-7, with transition matrices diag(w) - c k (a * k)^T, "
        "|k| = 1 and w and a in [0, 1], recognise any regular language with idealised weights: a "
        "claim of its authors that is cited and not proved again. Of its proof this is checked: "
        "among the matrices are the swap of two coordinates and the copy of one onto another, "
        "whose products are all maps of coordinates.",
        hypotheses=("c = 2",),
        model="idealised weights, as its authors state it",
        source="Peng et al. 2025, arXiv 2503.14456",
        checked=("negeig/proofs_checks/theorem_checks/architectures.py",),
        page="docs/theory/architectures.md",
    ),
)
