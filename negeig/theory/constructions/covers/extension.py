"""The extension route: one layer for a group, through a larger group that takes fewer reflections.

One layer whose letters permute the states represents a group E with the machine's group G as a
quotient, and E need not be G: the quaternion group takes 4 reflections a letter in all its faithful
representations, and 3 through C4:C4, of order 16 (*How Many Householders Does State Tracking
Need?*, NinjaTurtlesHackathons/Hacknation). No list of groups is searched. A representation of E is
a sum of small ones, so small orthogonal matrices are chosen freely for the letters, a few
dimensions at a time, and combined until they determine the state; E is whatever they generate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, combinations, product

from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.groups.small_action import LetterGroup, letter_group, transpositions
from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.lift_search import CHOICES, Joint, LiftSearch
from negeig.theory.constructions.pieces.lifts import Lifts, plane_lifts, signed_lifts
from negeig.theory.constructions.pieces.representation import orbit_network, pareto, permutes
from negeig.theory.constructions.pieces.twists import twisted_constituents, twisted_icosahedra
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.exact.fields import polygon_degree
from negeig.theory.exact.linear_algebra import ZERO
from negeig.theory.exact.numbers import Vector, simplified
from negeig.theory.factors.householder import reflections
from negeig.theory.networks.network import DeltaStep
from negeig.theory.theorems import ids
from negeig.work import Work

MAX_ORDER = 100
"""Largest group at effort 1."""

MAX_TUPLES = 600
"""Most tuples of matrices of one kind at effort 1, up to conjugation."""

MAX_COORDINATES = 5
"""Most coordinates that signed permutations move."""

MAX_LETTERS = 8
"""Most letters that are lifted freely; of more, those that generate the rest."""

MAX_MIXED = 3
"""Most lifts for which starts of different kinds are tried together."""

MAX_STEPS = 8
"""Most steps a token of a network."""

MAX_DEGREE = 8
"""Largest degree of the number field of a polygon's corners."""

MAX_DIMENSION = 16
"""Largest dimension of a network."""


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield networks on a group above the machine's, those that no other one beats.

    Exact. Deterministic; bounded by ``work``. Nothing where a letter merges states, and where the
    natural points take one step a token already.

    Raises
    ------
    LimitReached
        After what was found: the group is too large, or not all choices were looked at.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> [found.cost for found in construct(get("quaternion").minimal())]
    [(1, 3, 4)]
    """
    work = work or Work(ROUTE.counts, ROUTE.work)
    if not permutes(machine):
        return
    top = _natural_steps(machine)
    if top < 2:
        return
    most = work.scaled(MAX_ORDER)
    letters = letter_group(machine, most)
    if letters is None:
        raise LimitReached("elements of a group to extend", most, reached=most, option="--effort")
    moving = sorted(set(letters.letters) - {letters.group.identity})
    elements, few = _no_powers(letters.group, moving), _generating(letters.group, moving)
    limits: list[LimitReached] = []
    made: list[Construction | None] = []
    for lifted in dict.fromkeys((elements, few)):
        families = list(_families(letters, lifted, work))
        search = LiftSearch(letters.group, lifted, families, work)
        least = 2 if (letters.group.orders[moving] > 2).any() else 1
        for joint in _joints(search, least, min(top, MAX_STEPS)):
            made.append(_construction(machine, letters, lifted, joint))
        limits += search.limits
    yield from pareto(construction for construction in made if construction is not None)
    if limits:
        raise limits[0]


def _no_powers(group: ListedGroup, elements: Sequence[int]) -> tuple[int, ...]:
    """Leave out powers of other elements: powers of what these are lifted to cost no more."""
    powers = {x: group.closure([x]) for x in elements}
    kept: list[int] = []
    for x in sorted(elements, key=lambda x: -int(powers[x].sum())):
        if not any(powers[y][x] for y in kept):
            kept.append(x)
    return tuple(sorted(kept))


def _generating(group: ListedGroup, elements: Sequence[int]) -> tuple[int, ...]:
    """Return some of the elements that generate what all do, each outside of what is before it."""
    chosen: list[int] = []
    inside = group.closure([])
    for x in elements:
        if not inside[x]:
            chosen.append(x)
            inside = group.closure(chosen)
    return tuple(chosen)


def _natural_steps(machine: Machine) -> int:
    """Return the steps a token of the permutation of the natural points, or of the states."""
    states = tuple(tuple(column) for column in machine.transitions.T.tolist())
    return min(transpositions(points) for points in (machine.points or states, states))


def _families(letters: LetterGroup, elements: Sequence[int], work: Work) -> Iterator[Lifts]:
    """Yield lifts of the letters, and of some letters where the others do nothing.

    Of lifts that cost the same the first are taken: signed permutations, exact in every format.
    """
    most = work.scaled(MAX_TUPLES)
    count = len(elements)
    kinds = [
        (2**n * math.factorial(n), partial(signed_lifts, n)) for n in range(1, MAX_COORDINATES + 1)
    ]
    kinds += [(2 * m, partial(plane_lifts, m)) for m in _polygons(letters)]
    for size, lifts_of in kinds if count <= MAX_LETTERS else ():
        for chosen in _subsets(count, size, most):
            yield lifts_of(len(chosen)).among(chosen, count)
    yield from twisted_constituents(letters, elements)
    yield from twisted_icosahedra(letters, elements)


def _subsets(count: int, size: int, most: int) -> Iterator[tuple[int, ...]]:
    """Yield the largest subsets of letters whose lifts in a group of this size are few enough."""
    for width in range(count, 0, -1):
        if math.comb(count, width) * size ** (width - 1) <= most and size <= most:
            yield from combinations(range(count), width)
            return


def _polygons(letters: LetterGroup) -> list[int]:
    """Return the numbers of corners of polygons that elements may turn, but for the square."""
    orders = set(letters.group.orders.tolist())
    candidates = sorted(orders | {2 * m for m in orders})
    return [m for m in candidates if m > 2 and m != 4 and polygon_degree(m) <= MAX_DEGREE]


def _joints(search: LiftSearch, least: int, most: int) -> Iterator[Joint]:
    """Yield lifts that determine the group element: for more steps a token, fewer dimensions.

    The fewest dimensions come first: more steps than these need are not asked for.
    """
    fields = {family.field for family in search.families if family.field is not None}
    dims: dict[int, int] = {}
    for field in (None, *sorted(fields, key=lambda field: (field.degree, field.root))):

        def below(steps: int) -> int:
            return min([d for s, d in dims.items() if s <= steps], default=MAX_DIMENSION + 1)

        last, smallest = most, 0
        for steps in chain([most], range(least, most)):
            if most > steps >= last:
                break
            joint = search.cheapest(steps, below(steps), field)
            if joint is None:
                continue
            yield joint
            dims[max(joint.costs)] = joint.dim
            if joint.dim == smallest:
                break
            if steps == most:
                last, smallest = max(joint.costs), joint.dim


def _construction(
    machine: Machine, letters: LetterGroup, lifted: Sequence[int], joint: Joint
) -> Construction | None:
    """Build the network: the start's images under all elements of the group are the codes."""
    rows = letters.group.rows
    states = rows[joint.elements, machine.initial].tolist()
    levels = range(3)
    choices = (
        sorted(product(levels, repeat=len(joint.lifts)), key=sum)
        if len(joint.lifts) <= MAX_MIXED
        else [(level,) * len(joint.lifts) for level in levels]
    )
    for choice in choices:
        starts = [_starts(lifts)[c] for (lifts, _), c in zip(joint.lifts, choice, strict=True)]
        codes = _codes(joint, starts, states)
        if codes is not None:
            break
    else:
        return None
    above = {letters.group.identity: 0, **dict(zip(lifted, joint.letters, strict=True))}
    lifts_of = [above[x] if x in above else joint.cheapest_above(x) for x in letters.letters]
    network = orbit_network(machine, [_steps(joint, row) for row in lifts_of], codes)
    sizes = " + ".join(str(lifts.dim) for lifts, _ in joint.lifts)
    idea = (
        f"a group of order {len(states)} above the machine's group of order {len(rows)}, "
        f"in dimensions {sizes}"
    )
    return Construction(ROUTE.name, network, idea, ids.T3)


Start = dict[int, int]
"""Whole multiples of points, by number: their sum is a vector to start from."""


def _starts(lifts: Lifts) -> tuple[Start, Start, Start]:
    """Return one point, and sums of points that fewer elements fix."""
    numbered = list(enumerate(lifts.basis))
    return (
        {0: 1},
        {p: lifts.dim - i for i, p in numbered},
        {p: i * i + i + 1 for i, p in numbered},
    )


def _codes(
    joint: Joint, starts: Sequence[Start], states: Sequence[int]
) -> dict[Vector, int] | None:
    """Return the state at each vector of the orbit; None where a vector has two."""
    parts: list[list[Vector]] = []
    before = 0
    for (lifts, _), start in zip(joint.lifts, starts, strict=True):
        columns = joint.images[:, [before + p for p in start]] - before
        known: dict[tuple[int, ...], Vector] = {}
        for key in set(map(tuple, columns.tolist())):
            terms = [
                [weight * x for x in lifts.points[p]]
                for p, weight in zip(key, start.values(), strict=True)
            ]
            known[key] = tuple(simplified(sum(x, ZERO)) for x in zip(*terms, strict=True))
        parts.append([known[tuple(key)] for key in columns.tolist()])
        before += len(lifts.points)
    codes: dict[Vector, int] = {}
    for vectors, state in zip(zip(*parts, strict=True), states, strict=True):
        if codes.setdefault(tuple(chain(*vectors)), state) != state:
            return None
    return codes


def _steps(joint: Joint, row: int) -> tuple[DeltaStep, ...]:
    """Return the fewest reflections of an element of the group, lift by lift."""
    steps: list[DeltaStep] = []
    before = 0
    for lifts, images in joint.parts(row):
        after = joint.dim - before - lifts.dim
        for step in reflections(lifts.matrix(images)):
            key = (ZERO,) * before + step.key + (ZERO,) * after
            steps.append(DeltaStep(step.beta, key, step.write))
        before += lifts.dim
    return tuple(steps)


ROUTE = Route(
    name="extension",
    kind="search",
    rank=30,
    least_layers=1,
    summary="a group above the machine's that takes fewer reflections",
    construct=construct,
    work=CHOICES,
    counts="choices of lifts for one number of steps",
)
