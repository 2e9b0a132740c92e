"""The two-reflections route: cyclic and dihedral groups with one reflection a token.

A rotation of the plane is two reflections, so in one layer it costs two steps. With two layers one
is enough (Grazzi et al., arXiv 2411.12537, Theorem 6, for addition modulo m; Siems et al., arXiv
2502.10297, for dihedral groups). The first layer, of dimension 1, counts the rotations read so far
modulo 2: p. The second holds F^p X h_0, the point that the group's element X moves h_0 to, seen in
a fixed mirror F when p is odd. A letter g changes that by F^p' g F^p, whose determinant is -1
whether g is a rotation (p' = 1 - p) or a reflection (p' = p): a single reflection.

Where the state itself tells p, for example when every letter adds an odd number modulo an even m,
F can be chosen such that all these reflections generate a dihedral group of half the size:
counting modulo 6 needs a triangle, modulo 8 a square.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, LimitReached
from negeig.theory.constructions.direct.scalar import MIRROR
from negeig.theory.constructions.pieces.mirrors import Mirrors, realisations
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.exact.fields import field_of, polygon_degree
from negeig.theory.exact.numbers import NumberField, Vector
from negeig.theory.factors.factorisation import ONE
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import symbols
from negeig.theory.theorems import ids

MAX_DEGREE = 100
"""Largest degree of the number field of a polygon's corners."""

MAX_STATES = 1_000
"""Largest machine whose transition group is listed."""

Symmetry: TypeAlias = tuple[int, bool]
"""(j, reflects): the symmetry ``angle -> 2 pi j/m + angle``, or ``- angle`` where it reflects."""

Permutation: TypeAlias = tuple[int, ...]


def construct(machine: Machine) -> list[Construction]:
    """Return two-layer networks where the letters generate a cyclic or dihedral group.

    Nothing where the group has two elements or fewer, or no letter rotates: one layer of one
    step does those. O(states^2 x letters), and the reflections in the polygon's number field.

    Raises
    ------
    LimitReached
        When the polygon's number field has a degree above ``MAX_DEGREE``, or the machine has more
        than ``MAX_STATES`` states and its letters do not show that the group is another one.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> found = construct(get("mod:6").minimal())
    >>> [(layer.dim, layer.steps_per_token) for layer in found[-1].network.layers]
    [(1, 1), (3, 1)]
    """
    group = dihedral_letters(machine)
    if group is None or not any(j and not reflects for j, reflects in group.letters):
        return []
    plan = single_reflections(group)
    degree = polygon_degree(plan.order)
    if degree > MAX_DEGREE:
        detail = f"the field of the corners of a regular {plan.order:,}-gon"
        raise LimitReached("degree of a number field", MAX_DEGREE, reached=degree, detail=detail)
    emitted = symbols(machine.outputs)
    idea = (
        "the first layer counts the rotations modulo 2; the second holds a point of the regular "
        f"{plan.order}-gon, seen in a mirror when the count is odd, so that every letter is one "
        "reflection"
    )
    found = []
    for mirrors in realisations(plan.order):
        layers = two_layers(machine, plan, mirrors, lambda state, column: emitted[state])
        network = LinearRNN(
            alphabet=machine.alphabet,
            layers=layers,
            outputs=dict(zip(emitted, machine.outputs, strict=True)),
            empty=machine.outputs[machine.initial],
            field=field_of_layer(layers[1]),
        )
        found.append(Construction(ROUTE.name, network, idea, ids.TWO_REFLECTIONS))
    return found


@dataclass(frozen=True)
class DihedralLetters:
    """Letters as symmetries of a regular polygon with ``order`` corners."""

    order: int
    letters: tuple[Symmetry, ...]


def dihedral_letters(machine: Machine) -> DihedralLetters | None:
    """Recognise a transition group that is cyclic or dihedral, of more than two elements.

    The machine's states must all be reachable. Then such a group has at most twice as many
    elements as there are states, so O(states^2 x letters) decides. Raises LimitReached above
    ``MAX_STATES`` states.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> dihedral_letters(get("dihedral:5").minimal()).letters
    ((1, False), (0, True))
    >>> dihedral_letters(get("sym:4").minimal()) is None
    True
    """
    size = machine.size
    columns = [tuple(column) for column in machine.transitions.T.tolist()]
    if any(len(set(column)) < size for column in columns):
        return None
    if any(_must_rotate(g) and not _turns(h, g) for g in columns for h in columns):
        return None
    if size > MAX_STATES:
        raise LimitReached("states of a permutation machine", MAX_STATES, reached=size)
    elements = [tuple(range(size))]
    seen = set(elements)
    for x in elements:  # grows while it is read
        for g in columns:
            y = _after(x, g)
            if y not in seen:
                seen.add(y)
                elements.append(y)
        if len(elements) > 2 * size:
            return None
    if len(elements) <= 2:
        return None
    for turn in elements:
        rotations = _powers(turn)
        index = {x: (j, False) for j, x in enumerate(rotations)}
        if 2 * len(rotations) == len(elements):
            # Some letter is no rotation; it may serve as the reflection with j = 0.
            mirror = next(g for g in columns if g not in index)
            if _must_rotate(mirror) or _after(_after(turn, mirror), turn) != mirror:
                continue
            index |= {_after(mirror, x): (j, True) for j, x in enumerate(rotations)}
        if len(index) == len(elements):
            return DihedralLetters(len(rotations), tuple(index[g] for g in columns))
    return None


def _must_rotate(permutation: Permutation) -> bool:
    """Whether a permutation has an order above 2, as no reflection has."""
    return _after(permutation, permutation) != tuple(range(len(permutation)))


def _turns(letter: Permutation, turn: Permutation) -> bool:
    """Whether a letter commutes with a rotation or inverts it, as all symmetries do."""
    return _after(letter, turn) == _after(turn, letter) or (
        _after(_after(turn, letter), turn) == letter
    )


def _powers(permutation: Permutation) -> list[Permutation]:
    """Return the powers of a permutation, from the identity on."""
    powers = [tuple(range(len(permutation)))]
    while (power := _after(powers[-1], permutation)) != powers[0]:
        powers.append(power)
    return powers


def _after(first: Permutation, then: Permutation) -> Permutation:
    """Return the permutation that applies one and then another."""
    return tuple(then[i] for i in first)


@dataclass(frozen=True)
class SingleReflections:
    """One mirror of a polygon for each letter and parity p, None where nothing moves.

    Attributes
    ----------
    order : int
        Corners of the polygon.
    toggles : tuple of bool
        Whether a letter changes p.
    mirrors : tuple of (int or None, int or None)
        For each letter the mirror to reflect in when p is 0, and when it is 1, before the letter.
    """

    order: int
    toggles: tuple[bool, ...]
    mirrors: tuple[tuple[int | None, int | None], ...]


def single_reflections(group: DihedralLetters) -> SingleReflections:
    """Turn letters into single reflections F^p' g F^p; see the module.

    With F the reflection ``angle -> c alpha - angle``, where alpha is the polygon's angle, the
    letter ``alpha j + angle`` becomes mirror c - j (p = 0) or c + j (p = 1), and the letter
    ``alpha j - angle`` becomes mirror j or 2c - j. If m is even, every letter that rotates has an
    odd j and every other letter an even one, then with c = 1 all mirrors are even.

    Examples
    --------
    >>> single_reflections(DihedralLetters(6, ((1, False),)))
    SingleReflections(order=3, toggles=(True,), mirrors=((0, 1),))
    >>> single_reflections(DihedralLetters(5, ((1, False),)))
    SingleReflections(order=5, toggles=(True,), mirrors=((4, 1),))
    """
    toggles = tuple(j != 0 and not reflects for j, reflects in group.letters)
    pairs = zip(group.letters, toggles, strict=True)
    halved = group.order % 2 == 0 and all(j % 2 == toggle for (j, _), toggle in pairs)
    c, unit = (1, 2) if halved else (0, 1)
    order = group.order // unit
    mirrors: list[tuple[int | None, int | None]] = []
    for j, reflects in group.letters:
        even, odd = (j, 2 * c - j) if reflects else (c - j, c + j)
        moves = reflects or j != 0
        mirrors.append((even // unit % order, odd // unit % order) if moves else (None, None))
    return SingleReflections(order, toggles, tuple(mirrors))


def two_layers(
    machine: Machine,
    plan: SingleReflections,
    mirrors: Mirrors,
    emit: Callable[[int, int], Letter],
) -> tuple[Layer, Layer]:
    """Return the parity layer and the reflection layer.

    ``emit(state, column)`` is the symbol of the second layer after a letter that leads to a state;
    letters that reflect and emit alike are one symbol between the layers.
    """
    emissions = [[emit(q, a) for q in range(machine.size)] for a in range(len(plan.toggles))]
    between: dict[tuple[int, int | None, tuple[Letter, ...]], Letter] = {}
    column: dict[Letter, int] = {}

    def symbol(parity: int, a: int) -> Letter:
        """Name what the second layer has to know after letter a has led to this parity."""
        mirror = plan.mirrors[a][parity ^ plan.toggles[a]]
        key = (parity, mirror, tuple(emissions[a]))
        if key not in between:
            name = f"{'odd' if parity else 'even'} {'rest' if mirror is None else mirror}"
            between[key] = name if name not in column else f"{name}, {machine.alphabet[a]}"
            column[between[key]] = a
        return between[key]

    parity_emit = tuple(
        tuple(symbol(parity, a) for a in range(len(plan.toggles))) for parity in (0, 1)
    )
    first = Layer(
        alphabet=machine.alphabet,
        initial=(ONE,),
        steps={
            letter: (MIRROR,) if toggles else ()
            for letter, toggles in zip(machine.alphabet, plan.toggles, strict=True)
        },
        codes=((ONE,), (-ONE,)),
        emit=parity_emit,
        names=("parity of rotations",),
    )
    steps: dict[Letter, tuple[DeltaStep, ...]] = {
        name: () if mirror is None else (mirrors.step(mirror),)
        for (_, mirror, _), name in between.items()
    }
    start, points, state_of = _orbit(machine, plan, mirrors)
    rows = [
        tuple(
            emissions[column[name]][state_of.get((parity, i), machine.initial)]
            for (parity, _, _), name in between.items()
        )
        for i in range(len(points))
    ]
    second = Layer(
        alphabet=tuple(between.values()),
        initial=start,
        steps=steps,
        codes=tuple(points),
        emit=tuple(rows),
        names=mirrors.names,
    )
    return first, second


def _orbit(
    machine: Machine, plan: SingleReflections, mirrors: Mirrors
) -> tuple[Vector, list[Vector], dict[tuple[int, int], int]]:
    """Choose a start and list its orbit, with the machine's state for each parity and point.

    A start on a mirror has half as many images; it serves when the state does not depend on which
    of two symmetries led to a point.
    """
    order = plan.order
    reached = {(machine.initial, 0, (0, False))}
    queue = list(reached)
    for q, parity, (j, reflects) in queue:
        for a, toggles in enumerate(plan.toggles):
            mirror = plan.mirrors[a][parity]
            moved = (j, reflects) if mirror is None else ((mirror - j) % order, not reflects)
            node = (int(machine.transitions[q, a]), parity ^ toggles, moved)
            if node not in reached:
                reached.add(node)
                queue.append(node)
    for axis in (*range(order), None):
        state_of: dict[tuple[int, Symmetry], int] = {}
        for q, parity, symmetry in queue:
            if state_of.setdefault((parity, _image(symmetry, axis, order)), q) != q:
                break
        else:
            break
    start = mirrors.generic if axis is None else mirrors.axis(axis)
    index: dict[Symmetry, int] = {}
    points: list[Vector] = []
    for _, _, symmetry in queue:
        image = _image(symmetry, axis, order)
        if image not in index:
            index[image] = len(points)
            points.append(_move(symmetry, start, mirrors))
    return start, points, {(p, index[image]): q for (p, image), q in state_of.items()}


def _image(symmetry: Symmetry, axis: int | None, order: int) -> Symmetry:
    """Name the image of a point on a mirror, or of one on none, under a symmetry."""
    j, reflects = symmetry
    return ((j - axis) % order, False) if reflects and axis is not None else symmetry


def _move(symmetry: Symmetry, point: Vector, mirrors: Mirrors) -> Vector:
    """Apply a symmetry: mirror j, or mirror 0 and then mirror j."""
    j, reflects = symmetry
    if not reflects:
        point = mirrors.step(0).apply(point)
    return mirrors.step(j).apply(point)


def field_of_layer(layer: Layer) -> NumberField | None:
    """Return the number field of a layer of delta steps, None where all entries are rational."""
    steps = [s for steps in layer.steps.values() for s in steps if isinstance(s, DeltaStep)]
    numbers = [x for vector in (*layer.codes, *(s.key for s in steps)) for x in vector]
    return field_of(numbers + [s.beta for s in steps])


ROUTE = Route(
    name="two-reflections",
    kind="layers",
    rank=10,
    least_layers=2,
    summary="one reflection a token, two layers",
    construct=construct,
)
