"""The semidefinite program for one contractive layer whose points are affinely independent.

State q sits at a point v_q, and letter a must act on the points as an affine map of Euclidean norm
at most 1. Put v_0 at the origin and let K be the Gram matrix of the other points, so that K is
positive definite. With T_a the integer matrix of the letter on the differences v_q - v_0, the
condition is ``K - T_a^T K T_a >= 0`` for every letter: a cone of matrices K.

Group letters leave this cone no interior, so it is reduced first, exactly. Distances never grow
along a letter. Where a pair of states comes back to itself, the distance stays the same all along
its cycle; a positive semidefinite form that vanishes on a vector has it in its kernel, so
``(K - T_a^T K T_a)(e_p - e_q) = 0`` for the letter a read there: linear equations. Within their
solutions the program has an interior exactly when it has a solution at all (docs/theory, "One
contractive layer"), so that a numerical solution can be rounded to rationals. The rounded matrix
is verified by exact elimination and is not used unless that succeeds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TypeAlias

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, Word
from negeig.theory.exact.linear_algebra import is_positive_semidefinite
from negeig.theory.exact.numbers import Matrix, to_fraction
from negeig.work import Work

Pair: TypeAlias = tuple[int, int]
"""Two states, the smaller number first."""

MARGIN = 1e-6
"""Smallest numerical margin, in units of the mean squared distance, that is worth rounding."""

SMALL_DENOMINATORS = tuple(range(1, 13))
DENOMINATORS = (*SMALL_DENOMINATORS, *(1 << bits for bits in range(4, 25)))
"""Denominators tried in turn when a numerical solution is rounded."""

ORDERS = 4
"""Orders in which :func:`simplest` tries equations: isometries or right angles first, letters
forwards or backwards."""


@dataclass(frozen=True)
class Program:
    """The reduced program of a machine.

    Attributes
    ----------
    machine : Machine
        With n states; all matrices below have n - 1 rows, one for each state but state 0.
    isometric : tuple of tuples of pairs, one for each letter
        Pairs whose distance the letter keeps: those on cycles of pairs, which every solution
        keeps, and those that :meth:`keeping` added.
    basis : tuple of fmpq_mat
        Symmetric matrices that span the forms K which satisfy all these equations.
    """

    machine: Machine
    isometric: tuple[tuple[Pair, ...], ...]
    basis: tuple[fmpq_mat, ...]

    @cached_property
    def moves(self) -> tuple[fmpq_mat, ...]:
        """T_a for every letter: column q holds v_(q.a) - v_(0.a) in terms of the v_r - v_0."""
        return tuple(difference_map(column) for column in self.machine.transitions.T.tolist())

    def loss(self, letter: int, gram: fmpq_mat) -> fmpq_mat:
        """``K - T^T K T``: what the letter takes from squared lengths. Exact."""
        move = self.moves[letter]
        return gram - move.transpose() * gram * move

    def keeping(self, letter: int, pairs: Sequence[Pair]) -> Program:
        """Return the program in which the letter also keeps the distances of these pairs."""
        size = self.machine.size
        vectors = fmpq_mat([difference(size, pair) for pair in pairs]).transpose()
        isometric = list(self.isometric)
        isometric[letter] += tuple(pairs)
        kept = self._solving([(self.loss(letter, form) * vectors) for form in self.basis])
        return replace(self, isometric=tuple(isometric), basis=kept)

    def with_right_angle(self, corner: int, pair: Pair) -> Program:
        """Return the program in which the two points of a pair are seen at a right angle."""
        size = self.machine.size
        left, right = (fmpq_mat([difference(size, (p, corner))]) for p in pair)
        products = [left * form * right.transpose() for form in self.basis]
        return replace(self, basis=self._solving(products))

    def _solving(self, images: Sequence[fmpq_mat]) -> tuple[fmpq_mat, ...]:
        """Combine the basis to those forms whose images, given for each basis form, cancel."""
        if not images:
            return ()
        equations = fmpq_mat([image.entries() for image in images]).transpose()
        return tuple(combine(weights, self.basis) for weights in null_space(equations))

    def free_directions(self, letter: int) -> list[int]:
        """Coordinates that complete the letter's isometric vectors to a basis.

        On these the program asks for a strict loss; with the others the loss vanishes.
        """
        size = self.machine.size
        if not self.isometric[letter]:
            return list(range(size - 1))
        rows = fmpq_mat([difference(size, pair) for pair in self.isometric[letter]])
        pivots = _pivots(*rows.rref())
        return [j for j in range(size - 1) if j not in pivots]

    def is_solution(self, gram: fmpq_mat) -> bool:
        """Whether K solves the program, decided exactly and from the machine alone."""
        return is_contractive(self.machine, gram)


def program(machine: Machine) -> Program:
    """Return the reduced program of a machine with at least two states.

    Exact. O((pairs x letters)^2) for the cycles; O(n^2) products of (n-1) x (n-1) matrices and one
    elimination in n(n-1)/2 unknowns for each letter.

    Examples
    --------
    Two right angles in one triangle: "the first letter is a" leaves no form with |v_1 - v_2| > 0.

    >>> first = Machine(alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0,
    ...                 outputs=[0, 1, 0])
    >>> reduced = program(first)
    >>> reduced.isometric
    (((1, 2),), ((1, 2),))
    >>> reduced.basis
    ([1, 1]
    [1, 1],)
    """
    size = machine.size
    free = []
    for i in range(size - 1):
        for j in range(i + 1):
            form = fmpq_mat(size - 1, size - 1)
            form[i, j] = form[j, i] = fmpq(1)
            free.append(form)
    found = Program(machine, ((),) * len(machine.alphabet), tuple(free))
    for letter, pairs in enumerate(recurrent_pairs(machine)):
        if pairs:
            found = found.keeping(letter, pairs)
    return found


def recurrent_pairs(machine: Machine) -> list[list[Pair]]:
    """Return, for each letter, the pairs that lie on a cycle of pairs beginning with the letter."""
    pairs = list(itertools.combinations(range(machine.size), 2))
    return [
        [pair for pair in pairs if way_back(machine, letter, pair) is not None]
        for letter in range(len(machine.alphabet))
    ]


def way_back(machine: Machine, letter: int, pair: Pair) -> Word | None:
    """Return a shortest word that brings a pair back to itself, as a set, after a letter.

    None where there is none. Breadth first, O(pairs x letters).
    """
    rows = machine.transitions.tolist()

    def after(pair: Pair, column: int) -> Pair:
        p, q = rows[pair[0]][column], rows[pair[1]][column]
        return (min(p, q), max(p, q))

    words: dict[Pair, Word] = {after(pair, letter): ()}
    queue = list(words)
    for current in queue:
        if current == pair:
            return words[current]
        for column, name in enumerate(machine.alphabet):
            target = after(current, column)
            if target not in words:
                words[target] = (*words[current], name)
                queue.append(target)
    return None


def solve(reduced: Program, *, denominators: Sequence[int] = DENOMINATORS) -> fmpq_mat | None:
    """Return a Gram matrix that solves the program, verified exactly, or None.

    Clarabel maximises, in double precision, a margin t with K >= t and losses >= t on the free
    directions, at mean diagonal 1. The solution is rounded to the first denominator at which exact
    verification succeeds. None means that the margin found is below :data:`MARGIN` or that no
    rounding was a solution; by itself it proves nothing.
    """
    numeric = _largest_margin(reduced)
    if numeric is None:
        return None
    for denominator in denominators:
        weights = [fmpq(round(float(y) * denominator), denominator) for y in numeric]
        gram = combine(weights, reduced.basis)
        if reduced.is_solution(gram):
            return gram
    return None


def simplest(reduced: Program, *, order: int = 0, work: Work | None = None) -> fmpq_mat | None:
    """Return a solution with as many isometries and right angles as a greedy search finds, or None.

    A letter that is isometric on more differences, and 0 on the rest, takes fewer steps; points at
    right angles need fewer coordinates. Each equation is kept when :func:`solve` still succeeds
    with a small denominator. Verified exactly.

    Parameters
    ----------
    reduced : Program
    order : int
        One of the :data:`ORDERS` orders in which equations are tried.
    work : Work, optional
        Spent on each numerical solution, a unit for each entry of the Gram matrix. Once it is
        used up the solution at hand is returned.

    Notes
    -----
    Whatever is returned is a solution, on every machine. Which one depends on the program, the
    order, the work and the solver's floating-point numbers: where these differ in their last
    digits, between processors or releases of the solver, another solution may be the first to
    pass the verification.
    """
    best = solve(reduced)
    if best is None:
        return None
    for trial in _equations(reduced.machine, order):
        further = trial(reduced)
        if len(further.basis) < len(reduced.basis):
            try:
                if work is not None:
                    work.spend((reduced.machine.size - 1) ** 2)
            except LimitReached:
                break
            found = solve(further, denominators=SMALL_DENOMINATORS)
            if found is not None:
                reduced, best = further, found
    return best


def _equations(machine: Machine, order: int) -> Iterator[Callable[[Program], Program]]:
    """Equations worth adding, isometries and right angles, in one of the orders."""
    states = range(machine.size)
    pairs = list(itertools.combinations(states, 2))
    columns = list(enumerate(machine.transitions.T.tolist()))
    isometries = [
        partial(Program.keeping, letter=letter, pairs=[(p, q)])
        for letter, column in (columns if order % 2 == 0 else reversed(columns))
        for p, q in pairs
        if column[p] != column[q]
    ]
    angles = [
        partial(Program.with_right_angle, corner=corner, pair=pair)
        for corner, pair in itertools.product(states, pairs)
        if corner not in pair
    ]
    yield from (*isometries, *angles) if order < 2 else (*angles, *isometries)


def is_contractive(machine: Machine, gram: fmpq_mat) -> bool:
    """Whether K is positive definite and no letter lengthens a difference of points. Exact.

    O(letters x n^3) rational operations (:func:`~.linear_algebra.ldl`).
    """
    if gram != gram.transpose() or gram.rank() < machine.size - 1:
        return False
    moves = [difference_map(column) for column in machine.transitions.T.tolist()]
    losses = [gram - move.transpose() * gram * move for move in moves]
    return all(is_positive_semidefinite(to_matrix(form)) for form in (gram, *losses))


def to_matrix(matrix: fmpq_mat) -> Matrix:
    """Convert flint's rational matrix to rows of Fractions."""
    return tuple(tuple(to_fraction(x) for x in row) for row in matrix.tolist())


def null_space(matrix: fmpq_mat) -> list[list[fmpq]]:
    """Return a basis of the vectors x with ``matrix x = 0``, one for each free column."""
    reduced, rank = matrix.rref()
    width = matrix.ncols()
    pivots = _pivots(reduced, rank)
    basis = []
    for free in sorted(set(range(width)) - set(pivots)):
        vector = [fmpq(int(j == free)) for j in range(width)]
        for i, pivot in enumerate(pivots):
            vector[pivot] = -reduced[i, free]
        basis.append(vector)
    return basis


def _pivots(reduced: fmpq_mat, rank: int) -> list[int]:
    """Columns of the pivots of a matrix in reduced row echelon form."""
    width = reduced.ncols()
    return [next(j for j in range(width) if reduced[i, j] != 0) for i in range(rank)]


def difference_map(images: Sequence[int]) -> fmpq_mat:
    """Return the matrix of a map of the states on differences of points from point 0."""
    size = len(images)
    columns = [difference(size, (image, images[0])) for image in images[1:]]
    return fmpq_mat(columns).transpose()


def difference(size: int, pair: Pair) -> list[int]:
    """Return v_p - v_q in terms of the v_r - v_0, r = 1, ..., size - 1."""
    p, q = pair
    return [(r == p) - (r == q) for r in range(1, size)]


def combine(weights: Iterable[fmpq], forms: Sequence[fmpq_mat]) -> fmpq_mat:
    """Return the linear combination of matrices."""
    total = fmpq_mat(forms[0].nrows(), forms[0].ncols())
    for weight, form in zip(weights, forms, strict=True):
        total += weight * form
    return total


def _largest_margin(reduced: Program) -> NDArray[np.float64] | None:
    """Coefficients of the form with the largest margin, or None when that is not positive."""
    if not reduced.basis:
        return None
    import clarabel  # type: ignore[import-untyped]
    from scipy import sparse  # type: ignore[import-untyped]

    size = reduced.machine.size - 1
    blocks = [[_floats(form) for form in reduced.basis]]
    for letter in range(len(reduced.machine.alphabet)):
        free = reduced.free_directions(letter)
        if free:
            losses = (_floats(reduced.loss(letter, form)) for form in reduced.basis)
            blocks.append([loss[np.ix_(free, free)] for loss in losses])
    # Unknowns: the coefficients, then t. Clarabel wants A x + s = b with s in a product of cones.
    traces = np.array([np.trace(form) for form in blocks[0]])
    rows = [np.append(traces, 0.0)[None, :]]
    cones = [clarabel.ZeroConeT(1)]
    for forms in blocks:
        order = len(forms[0])
        columns = [_triangle(form) for form in forms]
        rows.append(-np.column_stack([*columns, -_triangle(np.eye(order))]))
        cones.append(clarabel.PSDTriangleConeT(order))
    matrix = sparse.csc_matrix(np.vstack(rows))
    bound = np.zeros(matrix.shape[0])
    bound[0] = size
    unknowns = matrix.shape[1]
    objective = np.zeros(unknowns)
    objective[-1] = -1.0
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1  # sums in one order
    nothing = sparse.csc_matrix((unknowns, unknowns))
    solver = clarabel.DefaultSolver(nothing, objective, matrix, bound, cones, settings)
    found = np.array(solver.solve().x)
    if not np.all(np.isfinite(found)) or found[-1] < MARGIN:
        return None
    return found[:-1]


def _floats(form: fmpq_mat) -> NDArray[np.float64]:
    return np.array([[float(x.p) / float(x.q) for x in row] for row in form.table()])


def _triangle(form: NDArray[np.float64]) -> NDArray[np.float64]:
    """Upper triangle column by column, off-diagonal entries times sqrt 2: clarabel's svec."""
    rows, columns = np.triu_indices(len(form))
    order = np.lexsort((rows, columns))
    rows, columns = rows[order], columns[order]
    return np.where(rows == columns, 1.0, np.sqrt(2.0)) * form[rows, columns]
