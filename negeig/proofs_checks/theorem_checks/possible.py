"""Checks of the theorems about networks that can be built."""

from __future__ import annotations

from fractions import Fraction

from negeig.automata.machines.machine import Machine
from negeig.precision.closure.escapes import certified_escapes
from negeig.proofs_checks.theorem_checks.loose import Case, Check, each
from negeig.proofs_checks.theorem_checks.tasks import (
    ONE,
    bound,
    built,
    efe_is_fe,
    machine,
    monoid,
    proved,
    refused,
    shape,
    spectrum,
    two_by_last_edges,
)
from negeig.theory.constructions.stacks import blocks
from negeig.theory.contractions.refusal import infeasibility
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.theorems import ids

MINUS = -Fraction(1)


def _made(route: str, task: str, layers: list[tuple[int, int]]) -> Case:
    """Return that a route has a network of these dimensions and steps a token, proved."""
    listed = ", ".join(f"dimension {dim} with {steps} a token" for dim, steps in layers)
    return Case(f"{task}: {listed}", lambda: shape(built(route, task)) == layers)


def _refused(dropped: str, task: str, class_: str) -> Case:
    return Case(f"{dropped}: {task} is refused", lambda: refused(task, class_))


def _needs(dropped: str, task: str, theorem: str, value: int) -> Case:
    """Return a twin that a lower bound shows."""
    return Case(
        f"{dropped}: {task} needs {value} ({theorem})", lambda: bound(task, theorem) == value
    )


def _two_cycles() -> Machine:
    """Return the even permutations of five points, by (1 2 3) and (3 4 5)."""
    letters = ((1, 2, 0, 3, 4), (0, 1, 3, 4, 2))
    found: list[tuple[int, ...]] = [(0, 1, 2, 3, 4)]
    rows = []
    for x in found:  # grows while it is read
        row = [tuple(letter[i] for i in x) for letter in letters]
        found += [y for y in row if y not in found]
        rows.append([found.index(y) for y in row])
    return Machine(
        alphabet="ab", transitions=rows, initial=0, outputs=range(len(found)), points=letters
    )


def _in_blocks(length: int) -> bool:
    """Whether blocks of a length track the two 3-cycles with one step a token."""
    task = _two_cycles()
    points, *_ = blocks.known_points(task)
    return proved(blocks.block_network(task, points, steps=1, length=length), task)


def _affinely_independent(task: str) -> bool:
    """Whether the first network of the route has a point for each state, independent ones."""
    network = built("contraction", task)
    return network is not None and len(network.layers) == 1


def _first_letter(*, remembers: bool) -> bool:
    """Whether two levels find the first letter: whether one came, and which did when none had.

    The second is driven by where the first one stood before a letter. That emits its state after
    the letter, and each letter resets it; so it has to remember where it stood.
    """
    task = machine("starts-with:a")
    letters, zero = tuple(task.alphabet), ONE - ONE
    swap, fill = DeltaStep(ONE, (ONE, MINUS), zero), DeltaStep(ONE, (ONE, zero), ONE)
    came = Layer(
        alphabet=letters,
        initial=(zero, zero),
        steps=dict.fromkeys(letters, (swap, fill) if remembers else (fill,)),
        codes=((ONE, ONE), (ONE, zero)),
        emit=(("later",) * 2, letters if remembers else ("later",) * 2),
    )
    yes, no = (DeltaStep(ONE, (ONE,), x) for x in (ONE, MINUS))
    which = Layer(
        alphabet=("later", *letters),
        initial=(zero,),
        steps={"later": (), letters[0]: (yes,), letters[1]: (no,)},
        codes=((ONE,), (MINUS,), (zero,)),
        emit=(("yes",) * 3, ("no",) * 3, ("no",) * 3),
    )
    outputs = {"yes": 1, "no": 0}
    network = LinearRNN(alphabet=letters, layers=(came, which), outputs=outputs, empty=0)
    return proved(network, task)


CHECKS = (
    Check(
        ids.T3,
        (
            _made("permutation", "sym:4", [(4, 3)]),
            _made("permutation", "sym:5:adjacent", [(5, 1)]),
            _made("permutation", "alt:5", [(5, 4)]),
        ),
        (
            _needs("a letter merges states", "starts-with:a", ids.INVERTIBLE_STEPS, 0),
            Case(
                "fewer steps than the rank: sym:5 needs 4 in one layer",
                lambda: bound("sym:5", ids.FOUR_STEPS) == 4,
            ),
        ),
    ),
    Check(
        ids.T4,
        (
            *each(
                "{0}: {1} layers",
                lambda task, count: (
                    len(shape(built("cascade", task))) == count
                    and spectrum(built("cascade", task)) <= {MINUS, Fraction(0), ONE}
                ),
                (("starts-with:a", 2), ("contains:ab", 2), ("regex:(ab)*", 2)),
            ),
            Case(
                "starts-with:a: what comes first, by a level that remembers where it stood",
                lambda: _first_letter(remembers=True),
            ),
        ),
        (
            Case(
                "the state after the letter, as published, nothing remembered: it errs there",
                lambda: not _first_letter(remembers=False),
            ),
            _refused("one layer", "starts-with:a", "one-contractive-layer"),
            _refused("no negative eigenvalue", "parity", "nonnegative-spectrum"),
        ),
    ),
    Check(
        ids.SCALAR,
        (_made("scalar", "parity", [(1, 1)]), _made("scalar", "flipflop", [(1, 1)])),
        (
            _needs("no involution: dimension", "mod:3", ids.SIMPLE_DIMENSION, 2),
            _needs("two involutions: dimension", "dihedral:4", ids.SCALAR, 2),
        ),
    ),
    Check(
        ids.SINK,
        each(
            "{0}: one layer",
            lambda task: len(shape(built("partial-injection", task))) == 1,
            ("regex:(ab)*", "dyck1:2", "dyck1:4"),
        ),
        (_refused("two sinks", "starts-with:a", "one-contractive-layer"),),
    ),
    Check(
        ids.CONTRACTION,
        each(
            "{0}: one layer",
            _affinely_independent,
            ("regex:(ab)*", "regex:(a|b)*b", "parity"),
        ),
        (
            Case(
                "ef differs from fe: an exact refusal of 'the first letter is a'",
                lambda: (
                    (found := infeasibility(machine("starts-with:a"))) is not None
                    and found.verify(machine("starts-with:a"))
                ),
            ),
            Case("and none of '(ab)*'", lambda: infeasibility(machine("regex:(ab)*")) is None),
        ),
    ),
    Check(
        ids.ONE_LAYER,
        each(
            "{1}: efe = fe, and one layer does it ({0})",
            lambda route, task: efe_is_fe(task) and len(shape(built(route, task))) == 1,
            (
                ("scalar", "flipflop"),
                ("permutation", "sym:4"),
                ("partial-injection", "dyck1:3"),
                ("chain", "regex:(a|b)*bbb"),
                ("cover", "regex:(a|b)*abb"),
            ),
        ),
        (
            _refused("efe differs from fe", "contains:ab", "one-contractive-layer"),
            Case(
                "infinitely many exact states: efe differs from fe, and one layer does it in bf16",
                lambda: (
                    not efe_is_fe("starts-with:a")
                    and bool(certified_escapes(machine("starts-with:a")))
                ),
            ),
        ),
    ),
    Check(
        ids.LAST_EDGES,
        each(
            "{1}: two layers by last edges of a group of {0}, and two do it (cascade)",
            lambda order, task: (
                two_by_last_edges(task, order) and len(shape(built("cascade", task))) == 2
            ),
            ((1, "starts-with:a"), (1, "contains:ab"), (2, "starts-with:a")),
        ),
        (
            Case(
                "last edges of a group of 2: transformations:4 takes three layers",
                lambda: (
                    not two_by_last_edges("transformations:4", 2)
                    and bound("transformations:4", ids.COMPLEXITY) == 3
                ),
            ),
        ),
    ),
    Check(
        ids.COVER,
        each(
            "{0}: one layer",
            lambda task: len(shape(built("cover", task))) == 1,
            ("ends-with:ab", "regex:(a|b)*abb", "flipflop"),
        ),
        (_refused("efe differs from fe", "contains:ab", "one-contractive-layer"),),
    ),
    Check(
        ids.CHAIN,
        each(
            "{0}: one layer without the eigenvalue -1",
            lambda task: (
                len(shape(built("chain", task))) == 1
                and MINUS not in spectrum(built("chain", task))
            ),
            ("ends-with:ab", "regex:(a|b)*bbb", "flipflop"),
        ),
        (
            Case(
                "efe = fe but not L-trivial: no chain does (ab)*, another layer does",
                lambda: (
                    built("chain", "regex:(ab)*") is None
                    and len(shape(built("partial-injection", "regex:(ab)*"))) == 1
                ),
            ),
        ),
    ),
    Check(
        ids.TWO_REFLECTIONS,
        tuple(
            _made("two-reflections", task, [(1, 1), (2, 1)])
            for task in ("mod:3", "mod:5", "dihedral:4")
        ),
        (
            _needs("neither cyclic nor dihedral: dimension", "alt:5", ids.SIMPLE_DIMENSION, 3),
            Case(
                "neither: the route has nothing for sym:4",
                lambda: built("two-reflections", "sym:4") is None,
            ),
        ),
    ),
    Check(
        ids.BLOCKS,
        (
            Case(
                "blocks of 4 with one step a token track (1 2 3) and (3 4 5)", lambda: _in_blocks(4)
            ),
            _made("blocks", "sym:4", [(1, 1), (2, 1), (4, 1), (4, 1)]),
        ),
        (Case("the published length: blocks of 2 do not", lambda: not _in_blocks(2)),),
    ),
    Check(
        ids.CONGRUENCES,
        (
            _made("congruences", "mod:4", [(1, 1), (1, 1)]),
            _made("congruences", "mod:8", [(1, 1), (2, 1)]),
        ),
        (_needs("no chain of two classes each: dimension", "mod:3", ids.SIMPLE_DIMENSION, 2),),
    ),
    Check(
        ids.DIGITS,
        tuple(
            _made("digits", task, [(1, 1)])
            for task in ("ends-with:ab", "regex:(a|b)*bbbb", "ends-with:ba")
        ),
        (_refused("no last letters tell", "parity", "nonnegative-spectrum"),),
    ),
    Check(
        ids.DIAGONAL_LEVELS,
        (
            *each(
                "{0}: layers of dimension 1, one step a token",
                lambda task: (
                    set(shape(built("diagonal", task))) == {(1, 1)} and monoid(task).is_aperiodic
                ),
                ("regex:(ab)*", "starts-with:a", "contains:ab"),
            ),
            Case(
                "mod:4, a 2-group, with the eigenvalue -1",
                lambda: (
                    set(shape(built("diagonal", "mod:4"))) == {(1, 1)}
                    and MINUS in spectrum(built("diagonal", "mod:4"))
                ),
            ),
        ),
        (_refused("a group that is no 2-group", "mod:3", "real-diagonal"),),
    ),
    Check(
        ids.SOLVABLE_LEVELS,
        each(
            "{0}: one step a token",
            lambda task: {steps for _, steps in shape(built("solvable", task))} == {1},
            ("mod:3", "sym:3", "alt:4"),
        ),
        (
            _refused("not solvable", "alt:5", "complex-diagonal"),
            Case(
                "not solvable: the route has nothing for alt:5",
                lambda: built("solvable", "alt:5") is None,
            ),
        ),
    ),
)
