"""Theorems about what can be done: constructions, factors, and how they are proved."""

from __future__ import annotations

from negeig.theory.theorems import ids
from negeig.theory.theorems.covers import COVERS
from negeig.theory.theorems.entry import ALGEBRA, EXACT, PAPER, Entry

POSSIBLE = (
    Entry(
        id=ids.T3,
        title="Reflections track every finite group",
        statement="One layer whose matrices are products of generalised Householder factors "
        "with eigenvalues in [-1, 1] tracks any task whose letters permute the "
        "states: a letter acts as its permutation matrix, a product of reflections. "
        "As many as rank(I - P) are enough; the published count, moved points - 1, is "
        "larger when there are several cycles.",
        hypotheses=(
            "every letter permutes the states",
            "steps a token: at least the largest rank(I - P) for the permutation matrix P of a "
            "letter, on the states or on fewer points that determine them",
        ),
        model=EXACT,
        source=f"{PAPER}, Theorem 3",
        checked=(
            "negeig/theory/constructions/direct/permutation.py",
            "negeig/theory/closure/exact_search.py",
        ),
        page="docs/theory/constructions.md",
    ),
    Entry(
        id=ids.T4,
        title="Enough layers of reflections and projections recognise every regular language",
        statement="Every regular language, and every finite-state task, is recognised by "
        "finitely many layers whose matrices are products of generalised Householder "
        "factors with eigenvalues in [-1, 1]: permutations by reflections, resets by "
        "projections and a write. The published count is at most 2^s layers for a "
        "machine with s states, and s steps a token. Its proof feeds each layer the "
        "state before the letter, which a reset destroys; remembering what is "
        "overwritten in the layer repairs it, at two steps for one.",
        hypotheses=(
            "layers: 2^s of them are allowed for a machine with s states",
            "eigenvalues down to -1 are allowed",
            "each level is told where the levels above it stood before the letter",
        ),
        model=EXACT,
        source=f"{PAPER}, Theorem 4, by the decomposition of Krohn and Rhodes 1965",
        checked=(
            "negeig/theory/constructions/stacks/cascade.py",
            "tests/theory/constructions/test_remembering.py",
        ),
        page="docs/theory/constructions.md",
    ),
    Entry(
        id=ids.SCALAR,
        title="When one dimension is enough",
        statement="If a layer of dimension 1 with finitely many exact states does a task, every "
        "letter leads to one state, or is the identity or one and the same involution of the "
        "states, those merged that every letter takes to one state, as the last letter tells them "
        "apart: an affine map that keeps a finite set of numbers is a constant, the identity or "
        "the mirror of that set. Conversely a machine with such letters is tracked by a layer of "
        "dimension 1 with one step a token: merged states are points of a line, the involution is "
        "the mirror about the middle, and a state that it keeps is the middle or two mirrored "
        "points.",
        hypotheses=(
            "the network is right on every word",
            "exact arithmetic, and finitely many states in it",
            "one layer, of dimension 1",
        ),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md; parity: " + PAPER + ", section 4",
        checked=(
            "negeig/theory/constructions/direct/scalar.py",
            "negeig/theory/bounds/lower_bounds.py",
            "tests/theory/bounds/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id=ids.SINK,
        title="Partial injections with a sink need one layer",
        statement="If every letter fixes one sink state and is injective on the states it does "
        "not send there, one layer suffices: unit vectors for the states, the zero "
        "vector for the sink, and partial permutation matrices. A cycle of length c "
        "costs c - 1 reflections, a chain of l states that ends in the sink l - 1 "
        "reflections and one projection. Bounded Dyck languages and (ab)* are of this "
        "kind.",
        hypotheses=(
            "every letter keeps the sink",
            "every letter is injective on the states that it does not send to the sink",
        ),
        model=EXACT,
        source="negeig, docs/theory/constructions.md",
        checked=(
            "negeig/theory/constructions/direct/partial_injection.py",
            "negeig/theory/closure/exact_search.py",
        ),
        page="docs/theory/constructions.md",
    ),
    Entry(
        id=ids.CONTRACTION,
        title="One contractive layer on the states: idempotents commute",
        statement="A task has one layer of Euclidean norm at most 1 whose points, one for "
        "each state of the minimal machine, are affinely independent, if and "
        "only if for any two idempotents e, f of its transition monoid ef = "
        "fe, or ef and fe are both constant. A solution and a refusal are both exact: "
        "a rational Gram matrix, or dual matrices.",
        hypotheses=(
            "one layer",
            "matrices of Euclidean norm at most 1",
            "words lead to one point if and only if they lead to one state of the minimal machine",
            "the points are affinely independent",
        ),
        model=EXACT,
        source="negeig, docs/theory/contraction.md",
        checked=(
            "negeig/theory/contractions/semidefinite.py",
            "negeig/theory/contractions/refusal.py",
            "tests/theory/contractions/test_contraction.py",
        ),
        page="docs/theory/contraction.md",
    ),
    *COVERS,
    Entry(
        id=ids.TWO_REFLECTIONS,
        title="One reflection a token, in two layers",
        statement="A task whose letters generate a cyclic or dihedral group is tracked by "
        "two layers of dimensions 1 and 2 with one reflection a token: the "
        "first counts the rotations modulo 2, the second holds the start turned "
        "and mirrored accordingly.",
        hypotheses=(
            "every letter permutes the states",
            "the words that permute the states are a cyclic or a dihedral group",
        ),
        model=EXACT,
        source="Grazzi et al. 2025, arXiv 2411.12537, Theorem 6, for addition; Siems "
        "et al. 2025, arXiv 2502.10297, for dihedral groups; proof on the page",
        checked=(
            "negeig/theory/constructions/stacks/two_reflections.py",
            "tests/theory/constructions/test_multilayer.py",
        ),
        page="docs/theory/several-layers.md",
    ),
    Entry(
        id=ids.BLOCKS,
        title="Permutations a few factors a token",
        statement="If every product of L >= 2 letters is one of at most L n_h transpositions, "
        "three layers of n_h >= 2 steps or four layers of one step track the task; L "
        "= max(2, ceil((n - 1) / n_h)) always does. The published length ceil((k - 1) "
        "/ n_h) is too short when a product needs more transpositions.",
        hypotheses=(
            "every letter permutes n points, and what it does to them determines the state",
            "blocks of L >= 2 letters: every product of L letters that permute the points is one "
            "of at most L n_h transpositions",
        ),
        model=EXACT,
        source="Siems et al. 2025, arXiv 2502.10297, Theorem 1, corrected on the page",
        checked=(
            "negeig/theory/constructions/stacks/blocks.py",
            "tests/theory/constructions/test_multilayer.py",
        ),
        page="docs/theory/several-layers.md",
    ),
    Entry(
        id=ids.CONGRUENCES,
        title="A layer for each step of a chain of congruences",
        statement="A machine with a chain of congruences is tracked by a layer for each step of "
        "it: the quotient by the coarsest one, then the coordinate within the class "
        "before the letter. A layer whose letters permute the coordinate remembers "
        "nothing; one that merges what the levels below tell apart remembers what it "
        "was. Where letters permute the states and each step of the chain has two "
        "classes in one, a layer is one number with one reflection a token: counting "
        "modulo 2^k takes k of them.",
        hypotheses=(
            "every letter permutes the states",
            "each congruence of the chain has two classes in every class of the one before",
        ),
        model=EXACT,
        source="Hartmanis and Stearns, Algebraic Structure Theory of Sequential Machines, 1966, "
        "chapter 2, for the decomposition; negeig, docs/theory/carry-counters.md",
        checked=(
            "negeig/theory/constructions/stacks/congruences.py",
            "tests/theory/constructions/test_congruences.py",
        ),
        page="docs/theory/carry-counters.md",
    ),
    Entry(
        id=ids.DIGITS,
        title="The last letters are digits of one number",
        statement="Where the last k letters tell the state, one layer of dimension 1 with one step "
        "a token, of the eigenvalue 1/B for a power of two B above the number of letters, "
        "recognises the task, each output being that of the nearest of finitely many numbers: "
        "h <- h/B + (1 - 1/B) w holds the letters as digits, and after words that end in the same "
        "k letters h lies in an interval of their own.",
        hypotheses=(
            "for some k, all words that end in the same k letters lead all states to one state",
        ),
        model=ALGEBRA,
        source="negeig, docs/theory/closure.md, by regions",
        checked=(
            "negeig/theory/closure/regions.py",
            "negeig/theory/constructions/direct/digits.py",
            "tests/theory/constructions/test_digits.py",
        ),
        page="docs/theory/closure.md",
    ),
    Entry(
        id=ids.DIAGONAL_LEVELS,
        title="A level of a cascade is one number that letters keep, turn or overwrite",
        statement="A machine that decomposes into n levels whose letters keep or overwrite all "
        "points is recognised by n layers of dimension 1 with one step a token, of "
        "eigenvalues 1, 1/B and 0: h <- h/B + (1 - 1/B) w overwrites the first digit "
        "of h in base B and moves what it was to the second, which the levels below "
        "are told. Every aperiodic machine is such. Where levels also swap their "
        "points in pairs, eigenvalue -1 does that: machines whose groups are "
        "2-groups, and no others. The levels are those of a Krohn-Rhodes "
        "decomposition at hand.",
        hypotheses=("every group in the transition monoid is a 2-group",),
        model=ALGEBRA,
        source="negeig, docs/theory/diagonal-levels.md, by regions; levels: Krohn and Rhodes 1965",
        checked=(
            "negeig/theory/closure/regions.py",
            "negeig/theory/constructions/stacks/diagonal.py",
            "tests/theory/constructions/test_diagonal.py",
        ),
        page="docs/theory/diagonal-levels.md",
    ),
    Entry(
        id=ids.SOLVABLE_LEVELS,
        title="Where all groups are solvable, polygons and numbers do it with one step a token",
        statement="A level of a cascade that permutes its points by a solvable group and resets "
        "them is a stack of layers: polygons that say the product of all permutations "
        "and that nothing resets, then one number, overwritten at each reset, that "
        "says which point would have been at the start. So every machine whose groups "
        "are solvable is recognised by some depth, which depends on the machine, of "
        "layers with one delta step a token and eigenvalues in [-1, 1], polygons "
        "being reflected; and by some depth of complex diagonal layers whose entries "
        "depend on the letter, of modulus 1 and less, polygons being turned. Layers "
        "whose entries all have modulus 1 and that reach finitely many exact states do the "
        "groups only; one that counts for ever, h <- h + 1, does more.",
        hypotheses=(
            "every group in the transition monoid is solvable",
            "eigenvalues of modulus below 1 are allowed: layers can forget",
        ),
        model=ALGEBRA,
        source="negeig, docs/theory/solvable-levels.md; levels: Krohn and Rhodes 1965; groups by "
        "turns: Shakerinava et al. 2026, arXiv 2603.01959",
        checked=(
            "negeig/theory/closure/regions.py",
            "negeig/theory/constructions/stacks/solvable.py",
            "tests/theory/constructions/test_solvable.py",
        ),
        page="docs/theory/solvable-levels.md",
    ),
)
