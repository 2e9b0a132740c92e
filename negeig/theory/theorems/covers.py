"""Theorems about one layer of registers: when there is one, and what it is made of."""

from __future__ import annotations

from negeig.theory.theorems import ids
from negeig.theory.theorems.entry import EXACT, Entry

COVERS = (
    Entry(
        id=ids.ONE_LAYER,
        title="One layer exists exactly where idempotents satisfy efe = fe",
        statement="For the transition monoid of a minimal machine these are equivalent: one "
        "layer of Euclidean norm at most 1 with finitely many exact states recognises "
        "the task; any two idempotents satisfy efe = fe; with some finite group and "
        "an element of it for each letter the words of value 1 act as idempotents x, "
        "y with xyx = yx; registers that this group moves and letters overwrite "
        "determine the state. So one layer of delta steps with eigenvalues in [-1, 1] "
        "exists where the identity holds, whether or not one is at hand: a search for "
        "it may end without one.",
        hypotheses=(
            "the network is right on every word",
            "one layer, of any dimension and number of steps",
            "exact arithmetic, and finitely many states in it",
            "matrices of Euclidean norm at most 1",
        ),
        model=EXACT,
        source="negeig, docs/theory/one-layer.md",
        checked=(
            "negeig/theory/bounds/limits.py",
            "negeig/theory/constructions/pieces/covering_groups.py",
            "tests/theory/bounds/test_limits.py",
            "tests/theory/constructions/test_group_cover.py",
        ),
        page="docs/theory/one-layer.md",
    ),
    Entry(
        id=ids.LAST_EDGES,
        title="Two layers exist exactly where loops after last edges satisfy efe = fe",
        statement="Let letters be elements of a finite group. The content after a word is its "
        "value and the order in which the edges of the Cayley graph were passed last; "
        "loops at a content are words that leave it as it is, and they act on the "
        "states possible there. Two layers of norm at most 1 with finitely many exact "
        "states do a task if and only if, over some finite group, idempotents among "
        "the loops at each content satisfy efe = fe on these states; where a group "
        "does not do, another one may. Then two layers of delta steps with "
        "eigenvalues in [-1, 1] exist, whether or not they are at hand. And L layers, "
        "L at least 2, do if over some finite group, among contents that lead to each "
        "other, either each leaves at most L states possible or the loops at each "
        "satisfy that.",
        hypotheses=(
            "the network is right on every word",
            "at most two layers, of any dimension and number of steps",
            "exact arithmetic, and finitely many states in it",
            "matrices of Euclidean norm at most 1",
        ),
        model=EXACT,
        source="negeig, docs/theory/layers.md",
        checked=(
            "negeig/theory/bounds/last_edges.py",
            "negeig/pipeline/parts/existing_layers.py",
            "tests/theory/bounds/test_last_edges.py",
        ),
        page="docs/theory/layers.md",
    ),
    Entry(
        id=ids.COVER,
        title="Registers that letters move, negate and overwrite",
        statement="A layer whose letters are signed partial permutations of n registers plus "
        "constants written to the others takes, for each letter, as many delta steps as n "
        "minus the number of cycles that keep their sign, and no fewer. Such registers, "
        "moved by a finite group, can determine exactly what is a function of the group "
        "element reached and of the Cayley edges passed, in the order of their last passing. They "
        "exist exactly where idempotents satisfy efe = fe (one-layer); a search that "
        "fails proves nothing.",
        hypotheses=(
            "the network is right on every word",
            "one layer",
            "registers: a letter writes a constant to one, or moves to it what one holds, or minus "
            "that, and no letter moves what one holds to two",
        ),
        model=EXACT,
        source="negeig, docs/theory/cover.md",
        checked=(
            "negeig/theory/constructions/covers/cover.py",
            "tests/theory/constructions/test_cover.py",
            "tests/theory/constructions/test_group_cover.py",
        ),
        page="docs/theory/cover.md",
    ),
    Entry(
        id=ids.CHAIN,
        title="Chains of registers that projections move along",
        statement="Let register i of a chain keep its content on some letters, take over that "
        "of register i - 1 on one other letter, which replaces that one too, and be "
        "overwritten on all others. One layer does this with delta steps of "
        "eigenvalue 0 alone: a step to replace a content and one more to take one "
        "over, which halves it. The transition monoid of a task that such a layer "
        "does, or any with finitely many exact states and eigenvalues in (-1, 1], is "
        "L-trivial and its idempotents satisfy efe = fe. That chains determine every "
        "task with such a monoid is a conjecture: so far they do for all two-letter "
        "machines of up to 4 states.",
        hypotheses=(
            "the network is right on every word",
            "one layer",
            "exact arithmetic, and finitely many states in it",
            "delta steps with eigenvalues in (-1, 1]",
        ),
        model=EXACT,
        source="negeig, docs/theory/cover.md",
        checked=(
            "negeig/theory/constructions/covers/chain.py",
            "tests/theory/constructions/test_chain.py",
        ),
        page="docs/theory/cover.md",
    ),
)
