"""Theorems about what cannot be done, and how the limits are escaped."""

from __future__ import annotations

from negeig.theory.theorems import ids
from negeig.theory.theorems.entry import CAST, EXACT, HARDWARE, PAPER, Entry

IMPOSSIBLE = (
    Entry(
        id=ids.T1,
        title="Eigenvalues that are real and not negative cannot count",
        statement="A network of any depth, in whose layers the matrix of every letter has only "
        "real eigenvalues that are not negative, recognises no task in which some letter acts with "
        "a period above 1, such as parity: two words that need different outputs look alike to "
        "every decoder. Where all matrices are simultaneously diagonal the same holds for every "
        "word in place of a letter, since its matrix is in the class too.",
        hypotheses=(
            "some letter of the task acts with a period above 1: that of its powers, as maps on "
            "the states of the minimal machine",
            "in every layer the matrix of every letter has only real eigenvalues >= 0",
            "decoders and the next layer see every coordinate by a nondecreasing cast to a finite "
            "set",
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
        statement="A network of any depth, in whose layer i every product of 2^(i-1) matrices has "
        "only real eigenvalues, recognises no task in which some letter acts with a period that "
        "is not a power of two, such as counting modulo 3. Real diagonal or triangular matrices "
        "therefore never count modulo 3, at any depth, and where all matrices are simultaneously "
        "diagonal the same holds for every word in place of a letter. Two layers of single "
        "reflections are not excluded: products of two have complex eigenvalues.",
        hypotheses=(
            "some letter of the task acts with a period that is not a power of two",
            "in layer i every product of 2^(i-1) matrices has only real eigenvalues",
            "decoders and the next layer see every coordinate by a nondecreasing cast to a finite "
            "set",
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
        "are not negative, the network, of any depth, recognises only tasks in which every letter, "
        "and every word of two letters, acts with period 1. Such are the layers of DeltaNet with "
        "beta <= 1, alone or with one gate in [0, 1] for all channels; with a gate for each "
        "channel, or two steps a token, matrices are not symmetric. Of three letters it says "
        "nothing: the product of three such matrices can have a negative eigenvalue.",
        hypotheses=(
            "some letter of the task, or some word of two, acts with a period above 1: that of its "
            "powers, as maps on the states of the minimal machine",
            "in every layer the matrix of every letter is symmetric",
            "their eigenvalues are not negative",
            "decoders and the next layer see every coordinate by a nondecreasing cast to a finite "
            "set",
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
        hypotheses=(
            "the powers are those of one matrix: one layer, which reads a fixed word again and "
            "again, between a fixed prefix and suffix",
            "its eigenvalues are real and not negative",
            "every coordinate is seen by a nondecreasing function",
            "that function has no more than D values",
        ),
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
            "the network recognises the task, with any decoder",
            "it has one layer",
            "it reaches finitely many exact states: with a state that shrinks for ever towards 0, "
            "one contractive layer does recognise 'the first letter is a'",
            "its matrices have Euclidean norm at most 1",
            "it runs in exact arithmetic: rounding may tell apart what is exactly alike",
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
        statement="Diagonal layers with entries that are not negative, of some finite depth that "
        "depends on the language, recognise exactly the star-free languages, those whose "
        "transition monoid is aperiodic; entries in [0, 1] are enough. A task with several outputs "
        "is one such language for each output, recognised side by side.",
        hypotheses=(
            "the network recognises the task",
            "the matrices, which may depend on the letter, are diagonal",
            "their entries are not negative",
            "decoders and the next layer see every coordinate by a nondecreasing cast to a finite "
            "set",
        ),
        model="finite precision, as in the cast model",
        source="Sarrof, Veitsman, Hahn 2024, arXiv 2405.17394; star-free and aperiodic: "
        "Schutzenberger 1965",
        checked=("negeig/proofs_checks/theorem_checks/counting.py",),
        page="docs/theory/counting.md",
    ),
    Entry(
        id=ids.ESCAPE,
        title="Layers that shrink for ever escape the limit on one contractive layer",
        statement="In exact arithmetic, and in the cast model with a cast that rounds positive "
        "numbers up, one contractive layer of dense matrices c T_a does every task. With rounding "
        "to nearest after every letter and c = 9/16 so does it every task in which no letter "
        "merges more than 3 states; that is decided by closure, task by task. The exact states are "
        "infinitely many.",
        hypotheses=(
            "no letter merges more than 1/c^2 states, so that c T_a is a contraction: 3 where c is "
            "9/16",
            "c > 1/2, as a number of the format: e5m2 has no 9/16, and takes 1/2 for it",
            "the state is rounded after every letter, to nearest",
            "subnormal numbers are neither flushed to zero nor read as zero",
        ),
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
            "the network recognises the task",
            "in every layer one complex basis makes the matrices of all letters diagonal",
            "the transition monoid is a group",
            "the states of all layers determine what follows as they are seen, each coordinate by "
            "a nondecreasing cast to a finite set",
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
        "the number of values of a coordinate, NaN as one: whatever function of the states and the "
        "letter the decoder is, it recognises only tasks whose transition monoid is aperiodic. "
        "That is the recurrence token by token; chunked forms do other operations. With entries of "
        "any sign the period of every word divides 2^L: C2 is the only simple group that divides "
        "the task's monoid, and a word of period 2^j takes j layers or more.",
        hypotheses=(
            "each coordinate is moved by itself, h <- fl(fl(a h) + w), or with one rounding (fma)",
            "roundings are nondecreasing: to nearest, towards zero, flush to zero; but integers "
            "that wrap around are not",
            "a >= +0; a stored -0 turns the sign of a zero round, and counts as negative",
            "a and w depend on the layer's letter only, which is any function of the states of the "
            "layers before it and the letter",
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
