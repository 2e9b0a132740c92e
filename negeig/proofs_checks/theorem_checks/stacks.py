"""Checks of the theorems about stacks: one step a token or a few, and numbers that hold digits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from negeig.automata.decomposition.complexity import complexity_lower_bound
from negeig.automata.groups.cycles import cycles
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import green
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.possible import permutes
from negeig.proofs_checks.theorem_checks.subjects.tasks import (
    ONE,
    ZERO,
    all_built,
    bound,
    decided,
    machine,
    monoid,
    refused,
    shape,
    spectrum,
)
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.stacks import blocks
from negeig.theory.exact.linear_algebra import multiply
from negeig.theory.exact.numbers import Matrix
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.theorems import ids

MINUS = -ONE

Images = tuple[int, ...]
Rows = tuple[tuple[int, ...], ...]


@cache
def _all_built(route: str, task: str) -> tuple[LinearRNN, ...]:
    """Return all networks of a route, each proved right on every word, exactly."""
    return tuple(all_built(route, task))


def _is_built(route: str, task: str, layers: list[tuple[int, int]]) -> bool:
    """Whether a network of a route has these dimensions and steps a token."""
    return any(shape(network) == layers for network in _all_built(route, task))


def _then(first: Images, second: Images) -> Images:
    return tuple(second[i] for i in first)


def is_cyclic_or_dihedral(task: str) -> bool:
    """Whether the words that permute the states are the turns, or the symmetries, of a polygon.

    The powers of some word are all of them; or half, and all others are of order 2.
    """
    maps = [tuple(images) for images in monoid(task).maps.tolist()]
    neutral = tuple(range(len(maps[0])))
    group = {images for images in maps if len(set(images)) == len(images)}
    twice = {images for images in group if _then(images, images) == neutral}
    for turn in group:
        powers, power = {neutral}, turn
        while power not in powers:
            powers.add(power)
            power = _then(power, turn)
        if len(powers) == len(group) or (2 * len(powers) == len(group) and group - powers <= twice):
            return True
    return False


def _is_reflected_once(task: str) -> bool:
    """Whether a number and a plane with one reflection a token do it; or no such layers do."""
    return decided(
        found=_is_built("two-reflections", task, [(1, 1), (2, 1)]),
        refuted=bound(task, ids.INVERTIBLE_STEPS) == 0
        or (bound(task, ids.SIMPLE_DIMENSION) or 0) > 2,
    )


@dataclass(frozen=True)
class Blocks:
    """A task that letters do to points, the steps a token, and the length of a block."""

    task: Machine
    steps: int
    length: int


def _two_cycles() -> Machine:
    """Return the even permutations of five points, by (1 2 3) and (3 4 5)."""
    letters = ((1, 2, 0, 3, 4), (0, 1, 3, 4, 2))
    found: list[Images] = [(0, 1, 2, 3, 4)]
    rows = []
    for x in found:  # grows while it is read
        row = [tuple(letter[i] for i in x) for letter in letters]
        found += [y for y in row if y not in found]
        rows.append([found.index(y) for y in row])
    return Machine(
        alphabet="ab", transitions=rows, initial=0, outputs=range(len(found)), points=letters
    )


def _actions(task: Machine) -> list[Images]:
    """Return what letters do to the points that a task is given with, or to its states."""
    return list(task.points or map(tuple, task.transitions.T.tolist()))


def _permutes_points(it: Blocks) -> bool:
    """Whether letters permute points, and words that do the same to them lead to one state."""
    letters = _actions(it.task)
    if any(len(set(images)) < len(images) for images in letters):
        return False
    state = {tuple(range(len(letters[0]))): it.task.initial}
    todo = list(state)
    for x in todo:  # grows while it is read
        for letter, after in zip(letters, it.task.transitions[state[x]].tolist(), strict=True):
            y = _then(x, letter)
            if state.setdefault(y, after) != after:
                return False
            if len(state) > len(todo):
                todo.append(y)
    return True


def _is_short_enough(it: Blocks) -> bool:
    """Whether products of so many letters that permute are all of length x steps transpositions."""
    letters = [images for images in _actions(it.task) if len(set(images)) == len(images)]
    products = {tuple(range(len(images))) for images in letters}
    for _ in range(it.length):
        products = {_then(x, letter) for x in products for letter in letters}
    longest = max(sum(len(cycle) - 1 for cycle in cycles(x)) for x in products)
    return it.length >= 2 and longest <= it.length * it.steps


def _is_tracked_in_blocks(it: Blocks) -> bool:
    """Whether three layers, or four of one step a token, do it; or they collide, or are too few."""
    layers = 3 if it.steps >= 2 else 4
    networks = [
        blocks.block_network(it.task, points, steps=it.steps, length=it.length)
        for points in blocks.known_points(it.task)[:1]
    ]
    verdicts = [exact_closure(network, it.task).verdict for network in networks]
    small = all(
        len(network.layers) == layers and max(steps for _, steps in shape(network)) <= it.steps
        for network in networks
    )
    return decided(
        found=verdicts == ["proved"] and small,
        refuted=verdicts == ["collision"] or complexity_lower_bound(it.task) > layers,
    )


def halves(rows: Rows) -> bool:
    """Whether pairs of states, then pairs of these pairs and so on, respect all letters."""
    if len(rows) == 1:
        return True
    return any(
        max(map(classes.count, classes)) == min(map(classes.count, classes)) == 2
        and halves(_quotient(rows, classes))
        for classes in (_together(rows, q) for q in range(1, len(rows)))
    )


def _together(rows: Rows, other: int) -> list[int]:
    """Return the class of each state, named by a state, once the state 0 and another are one."""
    classes = list(range(len(rows)))
    new = [(0, other)]
    while new:
        one, two = new.pop()
        if classes[one] != classes[two]:
            old, name = classes[one], classes[two]
            classes = [name if c == old else c for c in classes]
            new += zip(rows[one], rows[two], strict=True)
    return classes


def _quotient(rows: Rows, classes: list[int]) -> Rows:
    names = sorted(set(classes))
    return tuple(tuple(names.index(classes[q]) for q in rows[name]) for name in names)


def _counts_by_mirrors(task: str) -> bool:
    """Whether k numbers with one reflection a token do 2^k states; or no such numbers do."""
    layers = [(1, 1)] * (machine(task).size.bit_length() - 1)
    return decided(
        found=any(
            shape(network) == layers and spectrum(network) == {MINUS}
            for network in _all_built("congruences", task)
        ),
        refuted=bound(task, ids.INVERTIBLE_STEPS) == 0
        or (bound(task, ids.SIMPLE_DIMENSION) or 0) > 1,
    )


def last_letters_tell(task: str) -> bool:
    """Whether all words of some length lead all states to one."""
    columns = machine(task).transitions.T.tolist()
    images = {frozenset(range(machine(task).size))}
    for _ in range(machine(task).size):
        images = {frozenset(column[q] for q in image) for image in images for column in columns}
    return all(len(image) == 1 for image in images)


def _holds_digits(task: str) -> bool:
    """Whether one number of the eigenvalue 1/B does it; or none does whose eigenvalues are >= 0."""
    letters = len(machine(task).alphabet)
    bases = [1 / x if x else ZERO for n in _all_built("digits", task) for x in spectrum(n)]
    return decided(
        found=_is_built("digits", task, [(1, 1)])
        and all(base in {2**k for k in range(16)} and base > letters for base in bases),
        refuted=refused(task, "nonnegative-spectrum"),
    )


def has_groups_of_two(task: str) -> bool:
    """Whether the order of every element of a group in the monoid is a power of two."""
    return all(period & (period - 1) == 0 for period in monoid(task).periods.tolist())


def _keeps_turns_or_overwrites(task: str) -> bool:
    """Whether numbers do it, with the eigenvalue -1 where groups are; or no real numbers do."""
    allowed = {ONE, ZERO} if monoid(task).is_aperiodic else {ONE, ZERO, MINUS}
    allowed |= {ONE / 2**k for k in range(1, 16)}
    return decided(
        found=any(
            set(shape(network)) == {(1, 1)} and spectrum(network) <= allowed
            for network in _all_built("diagonal", task)
        ),
        refuted=refused(task, "real-diagonal"),
    )


@dataclass(frozen=True)
class Forgetting:
    """A task, and whether layers may forget: whether eigenvalues below 1 in modulus are allowed.

    Where they are not, finitely many exact states are meant: what counts for ever never returns.
    """

    task: str
    forgets: bool = True


def commute(layer: Layer) -> bool:
    """Whether the letters' matrices and their transposes commute: one basis makes all diagonal."""
    found = [layer.letter_matrix(letter) for letter in layer.alphabet]
    both: list[Matrix] = [*found, *(tuple(zip(*matrix, strict=True)) for matrix in found)]
    return all(multiply(x, y) == multiply(y, x) for x in found for y in both)


def _is_done_by_polygons(it: Forgetting) -> bool:
    """Whether stacks with polygons reflected and with polygons turned do it; or none do."""
    networks = [
        network
        for route in ("diagonal", "solvable", "rotations")
        for network in _all_built(route, it.task)
        if it.forgets or all(abs(x) == 1 for x in spectrum(network))
    ]
    reflected = any(max(steps for _, steps in shape(network)) == 1 for network in networks)
    turned = any(all(map(commute, network.layers)) for network in networks)
    return decided(
        found=reflected and turned,
        refuted=refused(it.task, "complex-diagonal")
        or (not it.forgets and bound(it.task, ids.INVERTIBLE_STEPS) == 0),
    )


CHECKS: tuple[Check[Any], ...] = (
    Check(
        ids.TWO_REFLECTIONS,
        hypotheses=(permutes, is_cyclic_or_dihedral),
        conclusion=_is_reflected_once,
        cases=(
            *each(
                "{0}: a number, then a plane, one reflection a token",
                str,
                ("mod:3", "mod:5", "dihedral:4"),
            ),
            *each("letters merge states, reflections do not: {0}", str, ("starts-with:a",), 0),
            *each("neither cyclic nor dihedral: {0} needs dimension 3", str, ("alt:5",), 1),
        ),
    ),
    Check(
        ids.BLOCKS,
        hypotheses=(_permutes_points, _is_short_enough),
        conclusion=_is_tracked_in_blocks,
        cases=(
            Case(
                "blocks of 4 with one step a token track (1 2 3) and (3 4 5)",
                lambda: Blocks(_two_cycles(), 1, 4),
            ),
            *each(
                "{0} with {1} steps a token in blocks of {2}",
                lambda task, steps, length: Blocks(machine(task), steps, length),
                (("sym:4", 1, 4), ("sym:4", 2, 2), ("sym:5", 2, 2)),
            ),
            Case(
                "letters merge states: transformations:5 takes four layers",
                lambda: Blocks(machine("transformations:5"), 2, 2),
                0,
            ),
            Case(
                "the published length: blocks of 2 do not", lambda: Blocks(_two_cycles(), 1, 2), 1
            ),
        ),
    ),
    Check(
        ids.CONGRUENCES,
        hypotheses=(
            permutes,
            lambda task: halves(tuple(map(tuple, machine(task).transitions.tolist()))),
        ),
        conclusion=_counts_by_mirrors,
        cases=(
            *each(
                "{0}: a layer of dimension 1 for each congruence, one reflection a token",
                str,
                ("mod:4", "mod:8", "quaternion"),
            ),
            *each("letters merge states, reflections do not: {0}", str, ("flipflop",), 0),
            *each(
                "no chain of two classes each: {0} needs dimension 2", str, ("mod:3", "mod:6"), 1
            ),
        ),
    ),
    Check(
        ids.DIGITS,
        hypotheses=(last_letters_tell,),
        conclusion=_holds_digits,
        cases=(
            *each(
                "{0}: one number, one step a token",
                str,
                ("ends-with:ab", "regex:(a|b)*bbbb", "ends-with:ba"),
            ),
            *each("no last letters tell: {0} is refused", str, ("parity", "mod:3"), 0),
        ),
    ),
    Check(
        ids.DIAGONAL_LEVELS,
        hypotheses=(has_groups_of_two,),
        conclusion=_keeps_turns_or_overwrites,
        cases=(
            *each(
                "{0}: layers of dimension 1, one step a token",
                str,
                ("regex:(ab)*", "starts-with:a", "contains:ab"),
            ),
            *each("{0}, a 2-group, with the eigenvalue -1", str, ("mod:4", "quaternion")),
            *each("a group that is no 2-group: {0} is refused", str, ("mod:3", "sym:3"), 0),
        ),
    ),
    Check(
        ids.SOLVABLE_LEVELS,
        hypotheses=(
            lambda it: green(monoid(it.task)).is_solvable,
            lambda it: it.forgets,
        ),
        conclusion=_is_done_by_polygons,
        cases=(
            *each(
                "{0}: one step a token, and polygons that are turned",
                Forgetting,
                ("mod:3", "sym:3", "alt:4", "permutation-reset:3"),
            ),
            *each(
                "not solvable: complex diagonal layers do not do {0}",
                Forgetting,
                ("alt:5", "sym:5"),
                0,
            ),
            Case(
                "layers that forget nothing, and reach finitely many exact states, do no reset: "
                "starts-with:a",
                lambda: Forgetting("starts-with:a", forgets=False),
                1,
            ),
        ),
    ),
)
