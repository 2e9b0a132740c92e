"""One layer from an orthogonal representation: the state of the network is a point of an orbit.

Let rho represent the transition group by orthogonal matrices and h_0 be a vector such that
whatever fixes h_0 fixes the initial state. Then the orbit point rho(w) h_0 determines the machine's
state after w, and one layer whose letter a multiplies by rho(a) recognises the task (Grazzi et
al., arXiv 2411.12537, Theorem 3, for permutation matrices). Several orbit points may stand for one
state. Letter a costs rank(I - rho(a)) reflections and no fewer (Cartan-Dieudonne-Scherk).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import chain
from typing import TypeVar

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.route import Construction
from negeig.theory.exact.fields import field_of
from negeig.theory.exact.linear_algebra import add, identity, matvec, rank
from negeig.theory.exact.numbers import Matrix, Number, Vector, simplified
from negeig.theory.factors.factorisation import ONE, ZERO
from negeig.theory.factors.householder import reflections
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols

MAX_ORBIT = 50_000
"""Most orbit points, that is codes, of a network."""

Point = TypeVar("Point", bound=Hashable)
Item = TypeVar("Item")


def permutes(machine: Machine) -> bool:
    """Whether every letter permutes the states, so that the transition monoid is a group."""
    size = machine.size
    return size > 1 and all(len(set(column)) == size for column in machine.transitions.T.tolist())


def orbit(
    machine: Machine, moves: Sequence[Callable[[Point], Point]], start: Point
) -> dict[Point, int] | None:
    """Return the machine's state at every point that the letters take ``start`` to.

    None where a point meets two states, so that it does not determine the state, and where there
    are more than ``MAX_ORBIT`` points. ``moves[a]`` is applied once a point.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> turn = lambda point: (point + 1) % 6
    >>> stay = lambda point: point
    >>> orbit(get("cyclic:3").minimal(), [stay, turn], 0)
    {0: 0, 1: 1, 2: 2, 3: 0, 4: 1, 5: 2}
    >>> orbit(get("cyclic:4").minimal(), [stay, turn], 0) is None
    True
    """
    state = {start: machine.initial}
    queue = [start]
    rows: list[list[int]] = machine.transitions.tolist()
    for point in queue:
        for move, target in zip(moves, rows[state[point]], strict=True):
            image = move(point)
            if state.setdefault(image, target) != target:
                return None
            if len(state) > len(queue):
                queue.append(image)
                if len(queue) > MAX_ORBIT:
                    return None
    return state


def orbit_network(
    machine: Machine,
    steps: Sequence[Sequence[DeltaStep]],
    points: Mapping[Vector, int],
    names: Sequence[str] = (),
) -> LinearRNN:
    """Return the one-layer network whose codes are the points of an orbit, the start first.

    ``points`` gives the machine's state at each of them, as :func:`orbit` does.
    """
    emitted = symbols(machine.outputs)
    codes = tuple(points)
    width = len(machine.alphabet)
    layer = Layer(
        alphabet=machine.alphabet,
        initial=codes[0],
        steps={a: tuple(s) for a, s in zip(machine.alphabet, steps, strict=True)},
        codes=codes,
        emit=tuple((emitted[state],) * width for state in points.values()),
        names=tuple(names),
    )
    entries = [x for code in codes for x in code]
    entries += [x for letter in steps for step in letter for x in (step.beta, *step.key)]
    return LinearRNN(
        alphabet=machine.alphabet,
        layers=(layer,),
        outputs=dict(zip(emitted, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
        field=field_of(entries),
    )


def represent(
    machine: Machine, matrices: Sequence[Matrix], fixing: Sequence[Matrix] = ()
) -> LinearRNN | None:
    """Return the network in which every letter multiplies by its orthogonal matrix.

    Parameters
    ----------
    machine : Machine
        Its letters permute its states.
    matrices : sequence of Matrix
        One orthogonal matrix a letter; rationals, or numbers of one number field.
    fixing : sequence of Matrix
        The matrices of all group elements that fix the initial state, where they are known: a
        start that they fix has the fewest orbit points, one for each state.

    Returns
    -------
    LinearRNN or None
        None where no start that was tried has an orbit that determines the state.
    """
    moves = [partial(matvec, matrix) for matrix in matrices]
    for start in starts(len(matrices[0]), fixing):
        points = orbit(machine, moves, start)
        if points is not None:
            return orbit_network(machine, [reflections(matrix) for matrix in matrices], points)
    return None


def starts(dim: int, fixing: Sequence[Matrix]) -> Iterator[Vector]:
    """Yield vectors to start from: those that a group of matrices fixes, then plain ones.

    The sum of a vector's images under all elements of a group is fixed by each of them.

    Examples
    --------
    >>> one, flip = ((ONE, ZERO), (ZERO, ONE)), ((ONE, ZERO), (ZERO, -ONE))
    >>> [[str(x) for x in start] for start in starts(2, [one, flip])]
    [['2', '0'], ['4', '0'], ['2', '0'], ['1', '0'], ['2', '1'], ['1', '3']]
    """
    plain = [
        tuple(ONE if i == 0 else ZERO for i in range(dim)),
        tuple(Fraction(dim - i) for i in range(dim)),
        tuple(Fraction(i * i + i + 1) for i in range(dim)),
    ]
    if len(fixing) > 1:
        for vector in plain:
            images = [matvec(matrix, vector) for matrix in fixing]
            fixed = tuple(simplified(sum(column, ZERO)) for column in zip(*images, strict=True))
            if any(x != 0 for x in fixed):
                yield fixed
    yield from plain


def reflection_count(matrix: Matrix) -> int:
    """Return rank(I - matrix): the reflections that an orthogonal matrix costs. Exact, O(dim^3).

    Examples
    --------
    >>> reflection_count(((ZERO, ONE), (ONE, ZERO))), reflection_count(((ZERO, -ONE), (ONE, ZERO)))
    (1, 2)
    """
    return rank(add(identity(len(matrix)), matrix, -ONE))


def pareto(constructions: Iterable[Construction]) -> list[Construction]:
    """Drop every construction that another one beats in steps, dimension and exactness.

    Exactness: dyadic entries before other rationals before a number field of least degree. Of
    equals the first remains.
    """
    kept: list[tuple[tuple[int, ...], Construction]] = []
    for construction in constructions:
        _, steps, dim = construction.cost
        price = (steps, dim, exactness(construction.network))
        if any(all(x <= y for x, y in zip(other, price, strict=True)) for other, _ in kept):
            continue
        kept = [
            (other, c)
            for other, c in kept
            if not all(x <= y for x, y in zip(price, other, strict=True))
        ]
        kept.append((price, construction))
    return [construction for _, construction in sorted(kept, key=lambda pair: pair[0])]


def exactness(network: LinearRNN) -> int:
    """Return 0 for dyadic entries, 1 for other rationals, or the degree of the number field.

    Dyadic entries of small height are exact in binary number formats.
    """
    if network.field is not None:
        return network.field.degree
    entries: list[Number] = []
    for layer in network.layers:
        steps = _distinct(list(chain.from_iterable(layer.steps.values())))
        deltas = [step for step in steps if isinstance(step, DeltaStep)]
        vectors = chain(layer.codes, (step.key for step in deltas))
        entries += chain((step.beta for step in deltas), chain.from_iterable(vectors))
    return int(not all(map(_is_dyadic, _distinct(entries))))


def _distinct(objects: list[Item]) -> Iterable[Item]:
    """Return each object once: letters share steps, and most entries are a few, such as ZERO."""
    return dict(zip(map(id, objects), objects, strict=True)).values()


def _is_dyadic(number: Number) -> bool:
    return isinstance(number, Fraction) and number.denominator & (number.denominator - 1) == 0
