"""Theorems about what cannot be done, and how the limits are escaped."""

from __future__ import annotations

from negeig.theory.theorems import ids
from negeig.theory.theorems.entry import CAST, EXACT, HARDWARE, PAPER, Entry

IMPOSSIBLE = (
    Entry(
        id=ids.T1,
        title="Eigenvalues that are real and not negative cannot count",
        statement="If a network recognises a task in which some letter acts with a period above "
        "1, such as parity, then in some layer the matrix of a letter has an eigenvalue that is "
        "not a nonnegative real number. Where all matrices are simultaneously diagonal the same "
        "holds for every word in place of a letter, since its matrix is in the class too.",
        hypotheses=(
            "any finite number of layers",
            "period of a letter: of its powers as maps on the states of the minimal machine",
        ),
        model=CAST,
        source=f"{PAPER}, Theorem 1, stated there for parity",
        checked=(
            "negeig/theory/bounds/limits.py",
            "tests/theory/bounds/test_limits.py",
            "negeig/precision/cast/collisions.py",
            "tests/precision/cast/test_cast_model.py",
            "tests/theory/bounds/test_lemmas.py",
        ),
        page="docs/theory/positive-eigenvalues.md",
    ),
    Entry(
        id=ids.T2,
        title="Real eigenvalues count only powers of two",
        statement="If a network recognises a task in which some letter acts with a period that is "
        "not a power of two, such as counting modulo 3, then in some layer i some product of "
        "2^(i-1) matrices has an eigenvalue that is not real. Real diagonal or triangular "
        "matrices therefore never count modulo 3, at any depth, and where all matrices are "
        "simultaneously diagonal the same holds for every word in place of a letter.",
        hypotheses=(
            "any finite number of layers",
            "two layers of single reflections are not excluded: products of two have complex "
            "eigenvalues",
        ),
        model=CAST,
        source=f"{PAPER}, Theorem 2, stated there for counting modulo m",
        checked=(
            "negeig/theory/bounds/limits.py",
            "tests/theory/bounds/test_limits.py",
            "negeig/precision/cast/collisions.py",
            "tests/precision/cast/test_cast_model.py",
            "tests/theory/bounds/test_lemmas.py",
        ),
        page="docs/theory/counting.md",
    ),
    Entry(
        id=ids.TWO_LETTERS,
        title="Symmetric matrices with eigenvalues >= 0 do not count two letters in turn either",
        statement="If in every layer the matrix of every letter is symmetric with eigenvalues that "
        "are not negative, the network recognises only tasks in which every letter, and every word "
        "of two letters, acts with period 1. Such are the layers of DeltaNet with beta <= 1, alone "
        "or with one gate in [0, 1] for all channels. Of three letters it says nothing: the "
        "product of three such matrices can have a negative eigenvalue.",
        hypotheses=(
            "any finite number of layers",
            "symmetric, all letters of a layer in one basis: a gate for each channel is excluded, "
            "and so are two steps a token",
            "period of a word: of its powers as maps on the states of the minimal machine",
        ),
        model=CAST,
        source="negeig, docs/theory/positive-eigenvalues.md",
        checked=(
            "negeig/theory/bounds/limits.py",
            "tests/theory/bounds/test_two_letters.py",
        ),
        page="docs/theory/positive-eigenvalues.md",
    ),
    Entry(
        id=ids.BOUND,
        title="How soon it must fail",
        statement="Under powers of a matrix of dimension n whose eigenvalues are real and not "
        "negative, a state cast into D values a coordinate changes at most n + n^2 (D - 1) times "
        "(1 + n (D - 1) when it is diagonal), since each coordinate is monotone on at most n "
        "pieces. A task that needs more changes has two words with the same last letter, equal "
        "cast states and different outputs, with exponents below an explicit bound. For real "
        "eigenvalues the same holds for the even and for the odd powers. The bound counts changes, "
        "not time: with an eigenvalue just below 1 the changes may be far apart.",
        hypotheses=("one layer", "a fixed word repeated, between a fixed prefix and suffix"),
        model=CAST,
        source="negeig, docs/theory/positive-eigenvalues.md; zeros of exponential polynomials: "
        "Polya and Szego, Problems and Theorems in Analysis II, part V, 75",
        checked=("negeig/theory/bounds/bounds.py", "tests/theory/bounds/test_limits.py"),
        page="docs/theory/positive-eigenvalues.md",
    ),
    Entry(
        id=ids.IDEMPOTENTS,
        title="One contractive layer: idempotents satisfy efe = fe",
        statement="If one layer whose matrices have Euclidean norm at most 1 reaches finitely "
        "many exact states and recognises a task, then any two idempotents e and f of the task's "
        "transition monoid satisfy efe = fe (words read left to right). So 'the first letter is a' "
        "and 'an a and later a b' need two layers or another arithmetic.",
        hypotheses=(
            "one layer, any decoder",
            "finitely many exact states: with a state that shrinks for ever towards 0, one "
            "contractive layer does recognise 'the first letter is a'",
        ),
        model=EXACT,
        source="negeig, docs/theory/one-layer.md",
        checked=(
            "negeig/theory/bounds/witnesses.py",
            "tests/theory/bounds/test_limits.py",
            "tests/pipeline/test_consistency.py",
        ),
        page="docs/theory/one-layer.md",
    ),
    Entry(
        id=ids.STAR_FREE,
        title="Nonnegative diagonal layers recognise the star-free languages",
        statement="Diagonal layers with entries in [0, 1], of some finite depth, recognise exactly "
        "the star-free languages, those whose transition monoid is aperiodic. A task with several "
        "outputs is one such language for each output, recognised side by side.",
        hypotheses=("matrices may depend on the letter", "the depth depends on the language"),
        model="finite precision, as in the cast model",
        source="Sarrof, Veitsman, Hahn 2024, arXiv 2405.17394; star-free and aperiodic: "
        "Schutzenberger 1965",
        checked=("negeig/proofs_checks/theorem_checks/impossible.py",),
        page="docs/theory/counting.md",
    ),
    Entry(
        id=ids.ESCAPE,
        title="Layers that shrink for ever escape the limit on one contractive layer",
        statement="In exact arithmetic, and in the cast model with a cast that rounds positive "
        "numbers up, one contractive layer of dense matrices c T_a does every task. With rounding "
        "to nearest and c = 9/16 so does it every task in which no letter merges more than 3 "
        "states; that is decided by closure, task by task.",
        hypotheses=("dense matrices", "infinitely many exact states"),
        model="cast and hardware: the limit itself is about finitely many exact states",
        source="negeig, docs/theory/one-layer.md",
        checked=(
            "negeig/theory/bounds/counterexamples.py",
            "negeig/precision/closure/escapes.py",
            "tests/precision/closure/test_escapes.py",
        ),
        page="docs/theory/one-layer.md",
    ),
    Entry(
        id=ids.SUBNORMAL,
        title="Complex diagonal layers track exactly the solvable groups",
        statement="Layers with complex diagonal matrices that depend on the letter track a "
        "group in k layers if and only if it has a subnormal series of length k with abelian "
        "factors; so some depth is enough exactly when the group is solvable, and the least k is "
        "its derived length.",
        hypotheses=(
            "the transition monoid is a group",
            "the rounded states of all layers determine what follows, so a network for any task "
            "with this transition group tracks the group",
        ),
        model="finite precision: rounded states that determine what follows",
        source="Shakerinava, Khavari, Ravanbakhsh, Chandar 2026, arXiv 2603.01959",
        checked=(
            "negeig/theory/bounds/periods.py",
            "tests/theory/bounds/test_limits.py",
            "negeig/theory/constructions/pieces/clocks.py",
            "tests/theory/constructions/test_clocks.py",
        ),
        page="docs/theory/counting.md",
    ),
    Entry(
        id=ids.ROUNDED,
        title="Rounding at every step does not teach a diagonal layer to count",
        statement="Where every operation rounds, a stack of L diagonal layers with entries >= 0, "
        "of any dimensions, comes to rest under repetitions of any word after L (V - 1) of them, V "
        "the number of values of a coordinate: it recognises only tasks whose transition monoid is "
        "aperiodic. With entries of any sign the period of every word divides 2^L: C2 is the only "
        "simple group that divides the task's monoid, and a word of period 2^j takes j layers.",
        hypotheses=(
            "each coordinate is moved by itself, h <- fl(fl(a h) + w) or with one rounding (fma), "
            "by roundings that are nondecreasing (to nearest, towards zero, flush to zero)",
            "a and w are numbers of the format that depend on the layer's letter only; a stored -0 "
            "is no entry >= 0, since it turns the sign of a zero round",
            "the letter of a layer is any function of the states of those before it and the "
            "letter; the decoder is any function of the states and the letter",
            "no NaN arises, and integers do not wrap around",
            "the token by token recurrence; chunked forms do other operations",
        ),
        model=HARDWARE,
        source="Nowak et al. 2026, arXiv 2606.01765; proved again in "
        "docs/theory/rounding-at-every-step.md, with the length",
        checked=(
            "negeig/theory/bounds/rounded.py",
            "negeig/theory/bounds/limits.py",
            "tests/theory/bounds/test_rounded.py",
        ),
        page="docs/theory/rounding-at-every-step.md",
    ),
)
