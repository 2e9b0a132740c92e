"""Theorems about what every network for a task must have."""

from __future__ import annotations

from negeig.theory.theorems import ids
from negeig.theory.theorems.entry import EXACT, Entry

NECESSARY = (
    Entry(
        id=ids.COMPLEXITY,
        title="Layers are at least the group complexity",
        statement="A stack of L layers of norm at most 1 with finitely many exact states "
        "computes only tasks whose transition monoid has group complexity at "
        "most L. All maps of k points to themselves have complexity k - 1.",
        hypotheses=(
            "every layer is contractive",
            "finitely many exact states",
        ),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md; Krohn and Rhodes, Annals of "
        "Mathematics 88 (1968)",
        checked=(
            "negeig/automata/decomposition/complexity.py",
            "negeig/theory/bounds/lower_bounds.py",
            "tests/theory/bounds/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id=ids.ISOMETRY,
        title="Without an eigenvalue -1 exact finite networks are aperiodic",
        statement="If all steps have eigenvalues in (-1, 1] and only finitely many exact "
        "states are reached, the transition monoid of the task is aperiodic, "
        "whatever the depth and the number of steps. So a task with a period "
        "above 1 needs a step with eigenvalue -1.",
        hypotheses=(
            "eigenvalues of all steps in [-1, 1]",
            "finitely many exact states",
        ),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md",
        checked=(
            "negeig/theory/bounds/lower_bounds.py",
            "tests/theory/bounds/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id=ids.INVERTIBLE_STEPS,
        title="Without an eigenvalue 0 exact finite networks permute",
        statement="If no step has the eigenvalue 0 and only finitely many exact states are "
        "reached, every letter permutes the states of the task, those merged that the last "
        "letter tells apart, whatever the depth and the number of steps. So a letter that merges "
        "states for good needs a step with eigenvalue 0.",
        hypotheses=(
            "delta steps, of any norm",
            "finitely many exact states; rounding merges states too",
        ),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md",
        checked=(
            "negeig/theory/bounds/lower_bounds.py",
            "tests/theory/bounds/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id=ids.PERIOD_STEPS,
        title="A period above 2 takes two steps a token in one layer",
        statement="In one layer with finitely many exact states a letter of period above "
        "2 takes at least two delta steps: a single step of finite order has "
        "order 1 or 2.",
        hypotheses=(
            "one layer",
            "finitely many exact states",
        ),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md",
        checked=(
            "negeig/theory/bounds/lower_bounds.py",
            "tests/theory/bounds/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id=ids.ONE_STEP,
        title="What one step a token can track in one layer",
        statement="One layer with one step a token acts on its orbit as a finite "
        "reflection group. Letters of the task that are connected by not "
        "commuting generate a dihedral group, or a group whose order divides "
        "that of an irreducible finite reflection group of rank between 3 and "
        "the number of letters.",
        hypotheses=(
            "one layer, one delta step a token",
            "finitely many exact states",
        ),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md; Coxeter's list of finite reflection groups",
        checked=(
            "negeig/theory/bounds/lower_bounds.py",
            "tests/theory/bounds/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id=ids.FOUR_STEPS,
        title="Letters that take four steps whatever group covers the task's",
        statement="Let c be a power of a permuting letter, of odd prime power order, and c' a "
        "conjugate of it in the group of the permuting letters. If c and c' generate a group "
        "with a simple factor that is neither cyclic nor A5, or if they generate A5 and are not "
        "conjugate in it, the letter takes at least four steps in one layer.",
        hypotheses=(
            "one layer",
            "finitely many exact states",
        ),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md; for S5 and layers whose heads turn one plane: "
        "Complex KDA, arXiv 2609.24797, Propositions 20 and 21; groups of quaternions: Coxeter, "
        "Regular Complex Polytopes, chapter 7",
        checked=(
            "negeig/theory/bounds/plane_rotations.py",
            "tests/theory/bounds/test_plane_rotations.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id=ids.OWN_REPRESENTATIONS,
        title="Reflections needed by a group's own representations",
        statement="If the permuting letters act on the finite orbit of one layer as their "
        "own group G and not as a larger one, the steps a token are at least "
        "the least, over faithful real representations rho of G, of the largest "
        "rank(I - rho(a)) of a letter a; characters give it without building "
        "rho. Likewise for the dimension. Both are attained.",
        hypotheses=(
            "one layer",
            "the letters act as their own group; a covering group may be cheaper",
            "finitely many exact states",
        ),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md; characters: Burnside, Dixon 1967, "
        "Schneider 1990",
        checked=(
            "negeig/theory/bounds/reflection_bounds.py",
            "negeig/automata/groups/characters.py",
            "tests/automata/groups/test_characters.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id=ids.GROUP_DIMENSION,
        title="Groups that need three or four dimensions in one layer",
        statement="Every subgroup of the transition monoid is a quotient of a finite "
        "group of orthogonal matrices of the layer's dimension. A group that is "
        "neither cyclic nor dihedral needs dimension 3; one that is no quotient "
        "of a finite group of isometries of space needs 4.",
        hypotheses=(
            "one layer",
            "finitely many exact states",
        ),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md",
        checked=(
            "negeig/theory/bounds/dimension_bounds.py",
            "tests/theory/bounds/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id=ids.SIMPLE_DIMENSION,
        title="Simple groups that need a layer of dimension 2, 3 or 5 at any depth",
        statement="A word whose period an odd prime divides needs a layer of dimension at "
        "least 2, whatever the depth and the matrices. A transition monoid with a subgroup "
        "that is not solvable needs a layer of dimension at least 3, and one with a simple "
        "factor that is neither cyclic nor A5 needs dimension 5.",
        hypotheses=("finitely many exact states",),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md; Krohn and Rhodes 1965",
        checked=(
            "negeig/theory/bounds/dimension_bounds.py",
            "tests/theory/bounds/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
)
