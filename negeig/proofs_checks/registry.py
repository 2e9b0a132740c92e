"""The theorems that verdicts cite: what they say, about which arithmetic, and where it is checked.

Shown by ``negeig theorems`` and ``negeig explain ID``.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from negeig.claims import InputError

PAPER = "Grazzi, Siems, Franke, Zela, Hutter, Pontil 2025, arXiv 2411.12537"
CAST = "cast: exact states, seen by the decoder rounded, by a nondecreasing cast to a finite set"
EXACT = "exact arithmetic; the reachable states are finite in number"
ALGEBRA = "exact arithmetic; no rounding involved"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One theorem: its identifier, statement, hypotheses, arithmetic, source and checks.

    ``checked`` lists the modules and tests of the project that execute or test the statement;
    ``page`` is the page of the documentation about it.
    """

    id: str
    title: str
    statement: str
    hypotheses: tuple[str, ...]
    model: str
    source: str
    checked: tuple[str, ...]
    page: str

    def to_json(self) -> dict[str, object]:
        """Return the entry as a JSON object."""
        return {
            "id": self.id,
            "title": self.title,
            "statement": self.statement,
            "hypotheses": list(self.hypotheses),
            "model": self.model,
            "source": self.source,
            "checked": list(self.checked),
            "page": self.page,
        }


_ENTRIES = (
    Entry(
        id="T1",
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
            "negeig/theory/limits.py",
            "tests/test_limits.py",
            "negeig/precision/collisions.py",
            "tests/test_cast_model.py",
            "tests/test_lemmas.py",
        ),
        page="docs/theory/positive-eigenvalues.md",
    ),
    Entry(
        id="T2",
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
            "negeig/theory/limits.py",
            "tests/test_limits.py",
            "negeig/precision/collisions.py",
            "tests/test_cast_model.py",
            "tests/test_lemmas.py",
        ),
        page="docs/theory/counting.md",
    ),
    Entry(
        id="bound",
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
        checked=("negeig/theory/bounds/bounds.py", "tests/test_limits.py"),
        page="docs/theory/positive-eigenvalues.md",
    ),
    Entry(
        id="T3",
        title="Reflections track every finite group",
        statement="One layer whose matrices are products of generalised Householder factors with "
        "eigenvalues in [-1, 1] tracks any task whose letters permute the states: a letter acts as "
        "its permutation matrix, a product of reflections.",
        hypotheses=(
            "every letter permutes the states",
            "steps a token: at least the largest rank(I - P) of a letter's permutation matrix P "
            "(the published count, moved points - 1, is larger when there are several cycles)",
        ),
        model=EXACT,
        source=f"{PAPER}, Theorem 3",
        checked=("negeig/theory/constructions/permutation.py", "negeig/theory/closure.py"),
        page="docs/theory/constructions.md",
    ),
    Entry(
        id="T4",
        title="Enough layers of reflections and projections recognise every regular language",
        statement="Every regular language, and every finite-state task, is recognised by finitely "
        "many layers whose matrices are products of generalised Householder factors with "
        "eigenvalues in [-1, 1]: permutations by reflections, resets by projections and a write.",
        hypotheses=(
            "at most 2^s layers for a machine with s states, and s steps a token",
            "the published proof feeds each layer the state before the letter, which a reset "
            "destroys; remembering what is overwritten in the layer repairs it",
        ),
        model=EXACT,
        source=f"{PAPER}, Theorem 4, by the decomposition of Krohn and Rhodes 1965",
        checked=("negeig/theory/constructions/stacks/cascade.py", "tests/test_remembering.py"),
        page="docs/theory/constructions.md",
    ),
    Entry(
        id="P1",
        title="Products of Householder factors never blow up",
        statement="A product of factors I - beta k k^T with eigenvalues in [-1, 1] has Euclidean "
        "norm at most 1.",
        hypotheses=("beta |k|^2 between 0 and 2 for every factor",),
        model=ALGEBRA,
        source=f"{PAPER}, Proposition 1",
        checked=(
            "negeig/theory/factors/proposition.py",
            "tests/test_householder.py",
            "tests/test_registry.py",
        ),
        page="docs/theory/factorisation.md",
    ),
    Entry(
        id="reflections",
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
            "tests/test_householder.py",
        ),
        page="docs/theory/factorisation.md",
    ),
    Entry(
        id="scalar",
        title="When one dimension is enough",
        statement="A machine whose letters are the identity, resets and one involution is tracked "
        "by a layer of dimension 1 with one step a token: states are points of a line, the "
        "involution is the mirror about the middle. Once states that the last letter alone tells "
        "apart are merged this is also necessary: an affine map that keeps a finite set of numbers "
        "is the identity, a constant or the mirror of that set.",
        hypotheses=(
            "each letter is the identity, a reset or the same involution",
            "for the converse: finitely many exact states",
        ),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md; parity: " + PAPER + ", section 4",
        checked=(
            "negeig/theory/constructions/scalar.py",
            "negeig/theory/bounds/lower_bounds.py",
            "tests/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id="sink",
        title="Partial injections with a sink need one layer",
        statement="If every letter fixes one sink state and is injective on the states it does "
        "not send there, one layer suffices: unit vectors for the states, the zero vector for "
        "the sink, and partial permutation matrices. A cycle of length c costs c - 1 reflections, "
        "a chain of l states that ends in the sink l - 1 reflections and one projection.",
        hypotheses=("one common sink", "bounded Dyck languages and (ab)* are of this kind"),
        model=EXACT,
        source="negeig, docs/theory/constructions.md",
        checked=("negeig/theory/constructions/one_hot.py", "negeig/theory/closure.py"),
        page="docs/theory/constructions.md",
    ),
    Entry(
        id="resets",
        title="A reset is a write",
        statement="The delta step with beta |k|^2 = 1 erases the component of the state along k "
        "and writes a constant there, so a letter that sends every state to one overwrites every "
        "coordinate, one step each.",
        hypotheses=("the letter is constant on the states",),
        model=EXACT,
        source=f"{PAPER}, section 4 and proof of Theorem 4",
        checked=("negeig/theory/factors/factorisation.py", "negeig/theory/closure.py"),
        page="docs/theory/constructions.md",
    ),
    Entry(
        id="closure",
        title="A finite closure is a proof for every length",
        statement="If the states of a network reached from its start under all letters are finite "
        "in number, and the network emits the machine's output on every reachable pair of network "
        "state and machine state, then it is right on every word of every length.",
        hypotheses=(
            "the transition of the network is a function of its state and the letter, computed "
            "exactly as it runs: exact arithmetic, or one stated rounding order",
        ),
        model="the arithmetic explored: exact, or a stated format and order of operations",
        source="negeig, docs/theory/closure.md; reachability in a finite product automaton",
        checked=("negeig/theory/closure.py", "negeig/theory/explore.py"),
        page="docs/theory/closure.md",
    ),
    Entry(
        id="idempotents",
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
            "tests/test_limits.py",
            "tests/test_consistency.py",
        ),
        page="docs/theory/one-layer.md",
    ),
    Entry(
        id="star-free",
        title="Nonnegative diagonal layers recognise the star-free languages",
        statement="Diagonal layers with entries in [0, 1], of some finite depth, recognise exactly "
        "the star-free languages, those whose transition monoid is aperiodic. A task with several "
        "outputs is one such language for each output, recognised side by side.",
        hypotheses=("matrices may depend on the letter", "the depth depends on the language"),
        model="finite precision, as in the cast model",
        source="Sarrof, Veitsman, Hahn 2024, arXiv 2405.17394; star-free and aperiodic: "
        "Schutzenberger 1965",
        checked=(),
        page="docs/theory/counting.md",
    ),
    Entry(
        id="complexity",
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
            "tests/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id="isometry",
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
            "tests/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id="invertible-steps",
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
            "tests/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id="period-steps",
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
            "tests/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id="one-step",
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
            "tests/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id="own-representations",
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
            "tests/test_characters.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id="group-dimension",
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
            "negeig/theory/bounds/lower_bounds.py",
            "tests/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id="simple-dimension",
        title="Simple groups that need a layer of dimension 2, 3 or 5 at any depth",
        statement="A word whose period an odd prime divides needs a layer of dimension at "
        "least 2, whatever the depth and the matrices. A transition monoid with a subgroup "
        "that is not solvable needs a layer of dimension at least 3, and one with a simple "
        "factor that is neither cyclic nor A5 needs dimension 5.",
        hypotheses=("finitely many exact states",),
        model=EXACT,
        source="negeig, docs/theory/lower-bounds.md; Krohn and Rhodes 1965",
        checked=(
            "negeig/theory/bounds/lower_bounds.py",
            "tests/test_lower_bounds.py",
        ),
        page="docs/theory/lower-bounds.md",
    ),
    Entry(
        id="contraction",
        title="One contractive layer on the states: idempotents commute",
        statement="A task has one layer of Euclidean norm at most 1 whose points, one for "
        "each state of the minimal machine, are affinely independent, if and "
        "only if any two idempotents e, f of its transition monoid satisfy ef = "
        "fe or have constant products. A solution and a refusal are both exact: "
        "a rational Gram matrix, or dual matrices.",
        hypotheses=(
            "one layer",
            "one point for each state, affinely independent",
        ),
        model=EXACT,
        source="negeig, docs/theory/contraction.md",
        checked=(
            "negeig/theory/contractions/semidefinite.py",
            "negeig/theory/contractions/refusal.py",
            "tests/test_contraction.py",
        ),
        page="docs/theory/contraction.md",
    ),
    Entry(
        id="cover",
        title="Registers that letters move, negate and overwrite",
        statement="A layer whose letters are signed partial permutations of n registers plus "
        "written constants takes, for each letter, n minus the number of cycles that keep their "
        "sign delta steps, and no fewer. Such registers, moved by a finite group, can determine "
        "exactly what is a function of the group element reached and of the Cayley edges passed, "
        "in the order of their last passing. None exist where two idempotents violate efe = fe.",
        hypotheses=("one layer", "finite group", "a failed search proves nothing"),
        model=EXACT,
        source="negeig, docs/theory/cover.md",
        checked=("negeig/theory/constructions/covers/cover.py", "tests/test_cover.py"),
        page="docs/theory/cover.md",
    ),
    Entry(
        id="two-reflections",
        title="One reflection a token, in two layers",
        statement="A task whose letters generate a cyclic or dihedral group is tracked by "
        "two layers of dimensions 1 and 2 with one reflection a token: the "
        "first counts the rotations modulo 2, the second holds the start turned "
        "and mirrored accordingly.",
        hypotheses=(
            "every letter permutes the states",
            "the transition group is cyclic or dihedral",
        ),
        model=EXACT,
        source="Grazzi et al. 2025, arXiv 2411.12537, Theorem 6, for addition; Siems "
        "et al. 2025, arXiv 2502.10297, for dihedral groups; proof on the page",
        checked=(
            "negeig/theory/constructions/stacks/two_reflections.py",
            "tests/test_multilayer.py",
        ),
        page="docs/theory/several-layers.md",
    ),
    Entry(
        id="blocks",
        title="Permutations a few factors a token",
        statement="If every product of L >= 2 letters is a product of L n_h "
        "transpositions, three layers of n_h >= 2 steps or four layers of one "
        "step track the task; L = max(2, ceil((n - 1) / n_h)) always does.",
        hypotheses=(
            "the letters permute n points that determine the state",
            "the published length ceil((k - 1) / n_h) is too short when a "
            "product needs more transpositions",
        ),
        model=EXACT,
        source="Siems et al. 2025, arXiv 2502.10297, Theorem 1, corrected on the page",
        checked=(
            "negeig/theory/constructions/stacks/blocks.py",
            "tests/test_multilayer.py",
        ),
        page="docs/theory/several-layers.md",
    ),
    Entry(
        id="unit-keys",
        title="The least dimension of S_n with rational unit keys",
        statement="The least dimension in which n - 1 rational unit vectors are simple "
        "roots of A_(n-1) is n - 1 if n is an odd square or twice a square; "
        "otherwise n if n is even or every prime dividing n to an odd power is "
        "1 or -1 modulo 8; otherwise n + 1. Dyadic keys reach it for n up to "
        "16.",
        hypotheses=(
            "keys are rational and have length exactly 1",
            "swaps act as reflections",
        ),
        model=ALGEBRA,
        source="negeig, docs/theory/exact-reflections.md",
        checked=(
            "negeig/theory/factors/dyadic_roots.py",
            "tests/test_dyadic.py",
        ),
        page="docs/theory/exact-reflections.md",
    ),
    Entry(
        id="one-hot",
        title="Any matrices with a single 1 a column track every machine",
        statement="A layer whose letter matrices may be any 0/1 matrices with a single 1 "
        "in each column tracks every machine of n states in one layer of "
        "dimension n: unit vectors for the states, the transition matrices for "
        "the letters. Their norm may exceed 1.",
        hypotheses=("the layer has all such matrices",),
        model=EXACT,
        source="Terzic et al. 2025, arXiv 2509.22284; Fan et al. 2023, arXiv "
        "2309.07412; negeig, docs/theory/architectures.md",
        checked=("tests/test_architectures.py",),
        page="docs/theory/architectures.md",
    ),
    Entry(
        id="rwkv-7-regular",
        title="RWKV-7 with eigenvalues down to -1 recognises every regular language",
        statement="Four layers of RWKV-7 with c = 2 recognise any regular language, with "
        "idealised weights; a claim of its authors that is cited here and not "
        "proved again.",
        hypotheses=("transition matrices diag(w) - c k (a * k)^T with c = 2",),
        model="idealised weights, as its authors state it",
        source="Peng et al. 2025, arXiv 2503.14456",
        checked=(),
        page="docs/theory/architectures.md",
    ),
    Entry(
        id="factor-spectrum",
        title="Shortest products of Householder factors",
        statement="A real matrix M of norm at most 1 is a product of exactly rank(I - M) factors "
        "with eigenvalues in [-1, 1] if and only if all eigenvalues of (I - M)^-1 M (I - M^T), "
        "modulo the vectors that M fixes, are real; these are then the factors' eigenvalues.",
        hypotheses=("M is real with Euclidean norm at most 1",),
        model=ALGEBRA,
        source="negeig, docs/theory/factorisation.md",
        checked=("negeig/theory/factors/contraction_factors.py", "tests/test_householder.py"),
        page="docs/theory/factorisation.md",
    ),
    Entry(
        id="escape",
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
            "negeig/proofs_checks/escapes.py",
            "tests/test_escapes.py",
        ),
        page="docs/theory/one-layer.md",
    ),
    Entry(
        id="subnormal",
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
        checked=("negeig/theory/bounds/periods.py", "tests/test_limits.py"),
        page="docs/theory/counting.md",
    ),
)


def entries() -> tuple[Entry, ...]:
    """Return every entry.

    Examples
    --------
    >>> [entry.id for entry in entries()][:3]
    ['T1', 'T2', 'bound']
    """
    return _ENTRIES


def get(id: str) -> Entry:
    """Return an entry by its identifier, upper or lower case.

    Raises InputError with the nearest identifiers when there is none, or when it is empty.

    Examples
    --------
    >>> get("t1").title
    'Eigenvalues that are real and not negative cannot count'
    """
    if not id.strip():
        raise InputError(
            "", "the name is empty; negeig theorems lists the names", code="unknown-theorem"
        )
    by_id = {entry.id.lower(): entry for entry in _ENTRIES}
    found = by_id.get(id.lower())
    if found is None:
        near = difflib.get_close_matches(id.lower(), by_id, n=3) or list(by_id)
        names = ", ".join(by_id[name].id for name in near)
        raise InputError("", f"no theorem {id!r}; nearest: {names}", code="unknown-theorem")
    return found
