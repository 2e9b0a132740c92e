"""The contraction route: one layer from the semidefinite program.

The program of :mod:`.contractions.semidefinite` looks for affinely independent points, one for
each state, that every letter moves by a contraction. A solution is rounded to rationals, verified
exactly, given rational coordinates and factored into reflections and projections. Affine
independence is a restriction: a machine without such points may still have one layer in which a
state is split over several points. It subsumes permutations, resets and sinks on the same states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from flint import fmpq, fmpq_mat

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.contractions.gram import primitive, rational_points
from negeig.theory.contractions.refusal import InfeasibilityCertificate, infeasibility
from negeig.theory.contractions.semidefinite import (
    DENOMINATORS,
    ORDERS,
    difference,
    difference_map,
    program,
    simplest,
    to_matrix,
)
from negeig.theory.exact.linear_algebra import ONE, add, identity, solve
from negeig.theory.exact.numbers import Matrix, Vector, to_fmpq, to_fraction
from negeig.theory.factors.householder import affine_steps
from negeig.theory.networks.network import DeltaStep, LinearRNN
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import ids
from negeig.work import Work

MAX_STATES = 12
"""Largest machine for which the program is solved."""

UNPLACED = 4_000
"""What looking for rational coordinates costs where none are found."""

UNITS, COUNTS = 10_000, "entries of Gram matrices solved for"
"""Work at effort 1: a quarter of a second where all of it is used."""


@dataclass(frozen=True)
class Attempt:
    """What became of the semidefinite program of a machine.

    Attributes
    ----------
    kind : str
        ``"feasible"``, ``"infeasible"`` or ``"undecided"``.
    gram : fmpq_mat or None
        A solution, verified exactly: the inner products of the points of states 1, 2, ... seen
        from that of state 0.
    certificate : InfeasibilityCertificate or None
        A verified proof that there is no solution.
    reason : str
        One sentence for a reader.
    """

    kind: Literal["feasible", "infeasible", "undecided"]
    reason: str
    gram: fmpq_mat | None = None
    certificate: InfeasibilityCertificate | None = None


def attempt(machine: Machine, *, order: int = 0, work: Work | None = None) -> Attempt:
    """Decide whether a machine has affinely independent points that its letters contract.

    Exact, whatever the verdict: numbers of the solver only count once rounded and verified. At
    most :data:`MAX_STATES` states; complexity as for :func:`~.refusal.infeasibility` and
    :func:`~.semidefinite.simplest`, which takes ``order`` and ``work`` and says what of its
    solution is the same on every machine.

    Examples
    --------
    >>> first = Machine(alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0,
    ...                 outputs=[0, 1, 0])
    >>> attempt(first).kind
    'infeasible'
    """
    if machine.size < 2:
        return Attempt("undecided", "one state needs no layer")
    if machine.size > MAX_STATES:
        return Attempt(
            "undecided", f"{machine.size:,} states; the program is solved for {MAX_STATES} at most"
        )
    certificate = infeasibility(machine)
    if certificate is not None:
        return Attempt("infeasible", certificate.reason, certificate=certificate)
    gram = simplest(program(machine), order=order, work=work)
    if gram is None:
        return Attempt("undecided", "no rounded solution passed the exact verification")
    return Attempt("feasible", "a rational solution passed the exact verification", gram=gram)


def construct(machine: Machine, *, work: Work | None = None) -> Iterator[Construction]:
    """Yield one-layer networks of the program's solutions, none beaten by another of them.

    They are compared in steps a token, dimension, least eigenvalue, and whether all numbers are
    sums of powers of two. Solutions are made simpler in each of several orders, until one has
    the least steps and dimension that such points allow: a letter's map of the differences of
    points is given, so its steps are at least rank(I - A).

    Raises
    ------
    LimitReached
        Where the program was not decided, or at the end where the work was used up before.

    Notes
    -----
    Every network is exact, whatever the solver did; see :func:`~.semidefinite.simplest` for what
    depends on its floating-point numbers.

    Examples
    --------
    >>> swap = Machine(alphabet="ab", transitions=[[1, 0], [0, 0]], initial=0, outputs=[0, 1])
    >>> [found.cost for found in construct(swap)]
    [(1, 1, 1)]
    """
    if machine.size < 2:
        return
    work = Work(COUNTS, UNITS) if work is None else work
    grams: list[fmpq_mat] = []
    found: list[Construction] = []
    limit: LimitReached | None = None
    is_least = False
    for order in range(ORDERS):
        tried = attempt(machine, order=order, work=work)
        if tried.kind == "undecided":
            raise _limit(machine, tried.reason)
        if tried.gram is None:
            return
        if tried.gram not in grams:
            grams.append(tried.gram)
            try:
                found.append(_construction(machine, tried.gram))
            except LimitReached as reached:
                limit = reached
                work.done += UNPLACED
            is_least = any(c.cost[1:] == _least(machine) for c in found)
        if is_least or work.done > work.limit:
            break
    by_price = {_price(construction): construction for construction in reversed(found)}
    for price, construction in by_price.items():
        others = by_price.keys() - {price}
        if not any(all(x <= y for x, y in zip(o, price, strict=True)) for o in others):
            yield construction
    if not found and limit is not None:
        raise limit
    if not is_least:
        work.spend(0)


def _construction(machine: Machine, gram: fmpq_mat) -> Construction:
    idea = (
        f"{machine.size} points that every letter contracts, found by a semidefinite program, "
        "rounded to rationals and verified exactly; reflections and projections move them"
    )
    return Construction(ROUTE.name, network_of(machine, gram), idea, ids.CONTRACTION)


def _least(machine: Machine) -> tuple[int, int]:
    """Return the least steps a token and dimension with affinely independent points."""
    n = machine.size - 1
    unit = fmpq_mat([[int(i == j) for j in range(n)] for i in range(n)])
    moves = map(difference_map, machine.transitions.T.tolist())
    return max((unit - move).rank() for move in moves), n


def _price(construction: Construction) -> tuple[Fraction | int, ...]:
    """Return what solutions are compared in, less being better."""
    (layer,) = construction.network.layers
    steps = [s for letter in layer.alphabet for s in layer.steps[letter]]
    delta = [step for step in steps if isinstance(step, DeltaStep)]
    numbers = [x for step in delta for x in (step.beta, step.write, *step.key)]
    rational = [x for code in (numbers, *layer.codes) for x in code if isinstance(x, Fraction)]
    unfit = any(x.denominator & (x.denominator - 1) for x in rational)
    eigenvalues = [x for step in delta if isinstance(x := step.eigenvalue, Fraction)]
    _, count, dim = construction.cost
    return count, dim, -min(eigenvalues, default=ONE), int(unfit)


def _limit(machine: Machine, reason: str) -> LimitReached:
    if machine.size > MAX_STATES:
        return LimitReached("states of a semidefinite program", MAX_STATES, reached=machine.size)
    return LimitReached(
        "denominator of a semidefinite program's solution",
        DENOMINATORS[-1],
        reached=DENOMINATORS[-1],
        detail=reason,
    )


def network_of(machine: Machine, gram: fmpq_mat) -> LinearRNN:
    """Return the network whose points have a Gram matrix that solves the program. Exact.

    A letter is its contraction on the differences of points and the identity at right angles to
    them. The origin is a point that the first letter fixes, and each further letter where that
    leaves one, so that their steps need no writes. Raises LimitReached as
    :func:`negeig.theory.factors.householder.affine_steps` does.
    """
    placed, _ = rational_points(gram)
    seen = primitive(placed)
    rows = seen.nrows()
    back = (seen.transpose() * seen).inv() * seen.transpose()
    unit = fmpq_mat([[int(i == j) for j in range(rows)] for i in range(rows)])
    points = [seen * _column(difference(machine.size, (q, 0))) for q in range(machine.size)]
    linear, bias = [], []
    for column in machine.transitions.T.tolist():
        linear.append(seen * difference_map(column) * back + unit - seen * back)
        bias.append(points[column[0]])
    origin = _common_fixed_point(linear, bias)
    codes = [_vector(point - origin) for point in points]
    steps = []
    for matrix, shift in zip(linear, bias, strict=True):
        moved = _vector(shift + matrix * origin - origin)
        steps.append(affine_steps(to_matrix(matrix), moved))
    return one_layer(
        machine,
        initial=codes[machine.initial],
        steps=steps,
        codes=codes,
        names=[f"coordinate {i + 1}" for i in range(rows)],
    )


def _common_fixed_point(linear: list[fmpq_mat], bias: list[fmpq_mat]) -> fmpq_mat:
    """Return a point that the first letter fixes and each further letter where that is possible."""
    found = fmpq_mat(linear[0].nrows(), 1)
    equations: Matrix = ()
    values: Vector = ()
    for matrix, shift in zip(linear, bias, strict=True):
        rows = to_matrix(matrix)
        away = add(identity(len(rows)), rows, -ONE)
        solution = solve((*equations, *away), (*values, *_vector(shift)))
        if solution is not None:
            found = _column([to_fmpq(x) for x in solution if isinstance(x, Fraction)])
            equations, values = (*equations, *away), (*values, *_vector(shift))
    return found


def _column(entries: Sequence[fmpq | int]) -> fmpq_mat:
    return fmpq_mat([[x] for x in entries])


def _vector(column: fmpq_mat) -> Vector:
    return tuple(to_fraction(x) for x in column.entries())


ROUTE = Route(
    name="contraction",
    kind="search",
    rank=10,
    least_layers=1,
    summary="a semidefinite program for one layer",
    construct=construct,
    work=UNITS,
    counts=COUNTS,
)
