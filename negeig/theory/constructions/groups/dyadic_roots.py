"""The dyadic-roots route: permutations by reflections whose keys have length exactly 1.

Layers normalise their keys, and the key of a swap, ``(e_i - e_j) / sqrt 2``, is in no number
format. Here the points that the letters permute are the vertices of a regular simplex with dyadic
coordinates and an edge of dyadic length (:mod:`.factors.dyadic_simplex`). The swap of two points
is the reflection along their edge, a unit vector with entries 0, 1/2 and 1 up to sign, and beta is
2. A letter takes rank(I - P) steps, as many as with any keys. Nine points fit into 8 dimensions,
eight into 7; no further dimensions are needed for more points than dimensions, one at most.

Points that no letter exchanges may lie in different simplices, each in its own coordinates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from math import gcd

import numpy as np
from numpy.typing import NDArray

from negeig.automata.groups.cycles import cycles
from negeig.automata.groups.small_action import orbits_of
from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached
from negeig.theory.constructions.pieces.resets import beside_resets
from negeig.theory.constructions.route import Construction, Route, fits_one_hot
from negeig.theory.factors.dyadic_simplex import dimension, edge_length, simplex
from negeig.theory.factors.factorisation import TWO, ZERO
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols
from negeig.theory.theorems import ids

MAX_DEGREE = 256
"""Most points that a letter may permute: heads of the layers in use are not larger."""

MAX_ARRANGEMENTS = 100_000
"""Most arrangements of the points, that is elements of the group, that are listed."""

MAX_PARTITIONED = 8
"""Most orbits for which the best way of sharing simplices is looked for."""

Action = tuple[tuple[int, ...], ...]
"""For each letter the images of the points."""

Arrangement = tuple[int, ...]
"""The label that stands on each point."""


@beside_resets
def construct(machine: Machine) -> list[Construction]:
    """Return networks with unit dyadic keys where every letter permutes the states.

    The points are the machine's own where it has any, else those of small faithful actions of its
    group, and the states themselves. Only networks that no other one beats in both steps a token
    and dimension are returned.

    Raises
    ------
    LimitReached
        When a group was too large to list and nothing else was found.
    """
    identity = list(range(machine.size))
    columns = tuple(tuple(c) for c in machine.transitions.T.tolist())
    if machine.size < 2 or any(sorted(column) != identity for column in columns):
        return []
    found: list[Construction] = []
    limit = None
    if machine.size <= MAX_DEGREE and fits_one_hot(machine):
        units = [tuple(int(p == q) for p in identity) for q in identity]
        found.append(_construction(machine, columns, dict(zip(units, identity, strict=True))))
    for action in _small_actions(machine):
        try:
            arrangements = _arrangements(machine, action)
        except LimitReached as reached:
            limit = reached
            continue
        if arrangements is not None:
            found.append(_construction(machine, action, arrangements))
    if limit is not None and not found:
        raise limit
    return _front(found)


def _small_actions(machine: Machine) -> Iterator[Action]:
    """Yield actions of the letters on fewer points than there are states."""
    actions: Sequence[Action]
    if machine.points is not None and len(machine.points[0]) < machine.size:
        actions = [machine.points]
    else:
        from negeig.automata.groups.small_action import letter_group, small_actions

        letters = letter_group(machine)
        actions = small_actions(letters) if letters is not None else []
    for action in actions:
        if 2 <= len(action[0]) <= min(MAX_DEGREE, machine.size - 1):
            yield action


def _front(found: list[Construction]) -> list[Construction]:
    """Keep what no other one beats in steps a token and dimension, cheapest first."""
    front: list[Construction] = []
    for construction in sorted(found, key=lambda c: c.cost):
        if not front or construction.cost[2] < front[-1].cost[2]:
            front.append(construction)
    return front


def _arrangements(machine: Machine, action: Action) -> dict[Arrangement, int] | None:
    """Label the points so that the arrangement of the labels determines the state.

    Return the state for every arrangement, that of the initial state first; None where distinct
    labels do not determine it. Points that the stabiliser of the initial state exchanges carry the
    same label if that is enough, since then there is one arrangement for each state.
    """
    degree = len(action[0])
    every = _orbit(machine, action, tuple(range(degree)))
    if every is None:
        return None
    classes = list(range(degree))
    for arrangement, state in every.items():
        if state == machine.initial:
            for i, j in enumerate(arrangement):
                old, new = classes[i], classes[j]
                if old != new:
                    classes = [new if c == old else c for c in classes]
    for labels in (_centred(classes, action), _centred(list(range(degree)), action)):
        found = _orbit(machine, action, labels)
        if found is not None:
            return found
    return None


def _orbit(machine: Machine, action: Action, labels: Arrangement) -> dict[Arrangement, int] | None:
    """Return the state for every arrangement of the labels; None where there are two for one."""
    sources = [np.argsort(images).tolist() for images in action]
    states = {labels: machine.initial}
    queue = [labels]
    table = machine.transitions.tolist()
    for labels in queue:
        targets = table[states[labels]]
        for source, target in zip(sources, targets, strict=True):
            after = tuple([labels[i] for i in source])
            known = states.setdefault(after, target)
            if known != target:
                return None
            if len(states) > len(queue):
                queue.append(after)
                if len(queue) > MAX_ARRANGEMENTS:
                    raise LimitReached(
                        "arrangements of the points", MAX_ARRANGEMENTS, reached=len(queue)
                    )
    return states


def _centred(classes: Sequence[int], action: Action) -> Arrangement:
    """Return labels, small integers around 0: one for each class of an orbit."""
    labels = [0] * len(classes)
    for orbit in orbits_of(action):
        distinct = sorted({classes[point] for point in orbit})
        for point in orbit:
            labels[point] = distinct.index(classes[point]) - len(distinct) // 2
    return tuple(labels)


def _construction(
    machine: Machine, action: Action, arrangements: dict[Arrangement, int]
) -> Construction:
    """Build the layer: the state is the sum of the vertices, each times the label on its point."""
    vertices, edges = _vertices(action)
    states = np.array(list(arrangements), dtype=np.int64) @ vertices
    divisor = gcd(*states[0].tolist())
    exact = {int(x): Fraction(int(x), divisor) for x in np.unique(states)}
    codes = tuple(tuple(exact[x] for x in row) for row in states.tolist())
    emitted = symbols(machine.outputs)
    width = len(machine.alphabet)
    layer = Layer(
        alphabet=machine.alphabet,
        initial=codes[0],
        steps={
            letter: tuple(
                DeltaStep(TWO, _key(vertices, edges, cycle[0], point), ZERO)
                for cycle in cycles(images)
                for point in cycle[1:]
            )
            for letter, images in zip(machine.alphabet, action, strict=True)
        },
        codes=codes,
        emit=tuple((emitted[state],) * width for state in arrangements.values()),
    )
    network = LinearRNN(
        alphabet=machine.alphabet,
        layers=(layer,),
        outputs=dict(zip(emitted, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
    )
    idea = (
        f"{len(vertices)} points are vertices of regular simplices in {layer.dim} dimensions; "
        "reflections along edges, dyadic keys of length exactly 1, swap them"
    )
    return Construction(ROUTE.name, network, idea, ids.T3)


def _key(vertices: NDArray[np.int64], edges: list[int], i: int, j: int) -> tuple[Fraction, ...]:
    """Return the edge between two points of one simplex, divided by its length."""
    difference = (vertices[i] - vertices[j]).tolist()
    return tuple(Fraction(x, edges[i]) if x else ZERO for x in difference)


def _vertices(action: Action) -> tuple[NDArray[np.int64], list[int]]:
    """Place the points: rows are vertices. Also return the edge length of each point's simplex.

    A point that no letter moves lies at the origin.
    """
    orbits = [orbit for orbit in orbits_of(action) if len(orbit) > 1]
    blocks = _shared(tuple(map(len, orbits)))
    dim = sum(dimension(sum(len(orbits[o]) for o in block)) for block in blocks)
    vertices = np.zeros((len(action[0]), dim), dtype=np.int64)
    edges = [1] * len(action[0])
    first = 0
    for block in blocks:
        points = [point for o in block for point in orbits[o]]
        placed = simplex(len(points))
        last = first + len(placed[0])
        vertices[points, first:last] = placed
        for point in points:
            edges[point] = edge_length(placed)
        first = last
    return vertices, edges


@lru_cache(maxsize=256)
def _shared(sizes: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Say which orbits share a simplex, by their positions, so that the dimension is least.

    With many orbits all of them share one, which costs at most one dimension more than points.
    """
    if not sizes:
        return ()
    if len(sizes) > MAX_PARTITIONED:
        return (tuple(range(len(sizes))),)
    options = []
    others = range(1, len(sizes))
    for count in range(len(sizes)):
        for chosen in combinations(others, count):
            rest = [o for o in others if o not in chosen]
            below = _shared(tuple(sizes[o] for o in rest))
            blocks = ((0, *chosen), *(tuple(rest[i] for i in block) for block in below))
            options.append(blocks)

    def total(blocks: tuple[tuple[int, ...], ...]) -> int:
        return sum(dimension(sum(sizes[o] for o in block)) for block in blocks)

    return min(options, key=total)


ROUTE = Route(
    name="dyadic-roots",
    kind="more",
    rank=20,
    least_layers=1,
    summary="reflections in unit keys with entries 0, 1/2, 1",
    construct=construct,
)
