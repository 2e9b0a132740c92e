"""Routes by representations of the transition group: proved exactly, at the expected cost."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction
from random import Random

import mpmath
import numpy as np
import pytest

from negeig.automata.groups.cycles import cycles
from negeig.automata.groups.embedding import embeddings
from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.groups.small_action import (
    front,
    letter_group,
    listed,
    small_actions,
    transpositions,
)
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.groups import constituents, polyhedral, rotations, symmetric
from negeig.theory.constructions.pieces.frames import frame
from negeig.theory.constructions.pieces.representation import exactness, reflection_count, represent
from negeig.theory.exact.fields import (
    polygon,
    polygon_degree,
    real_cyclotomic,
    square_root,
    squarefree,
)
from negeig.theory.networks.network import DeltaStep


def word_problem(*generators):
    """The word problem of the group that permutations generate, outputs the elements, no points."""
    rows = listed([np.array(g, dtype=np.int32) for g in generators], 2_000)
    number = {row.tobytes(): i for i, row in enumerate(rows)}
    table = [[number[np.array(g, dtype=np.int32)[x].tobytes()] for g in generators] for x in rows]
    return Machine(
        alphabet=[f"g{i}" for i in range(len(generators))],
        transitions=table,
        initial=0,
        outputs=list(range(len(rows))),
    )


def proved(construction, machine):
    """Whether exact closure proves a construction's network on as many states as it has codes."""
    result = exact_closure(construction.network, machine)
    (layer,) = construction.network.layers
    return result.verdict == "proved" and result.states == len(layer.codes)


def cheapest(route, machine):
    """Cost of the cheapest construction of a route; all of them are proved."""
    found = route.construct(machine)
    assert all(proved(construction, machine) for construction in found)
    return min((construction.cost for construction in found), default=None)


def altered(network, letter):
    """The network with the last step of one letter left out, another key, or another write."""
    (layer,) = network.layers
    *first, last = layer.steps[letter]
    longer = DeltaStep(last.beta, (last.key[0] + 1, *last.key[1:]), last.write)
    for steps in (
        first,
        [*first, DeltaStep(last.beta / 2, last.key, last.write)],
        [*first, longer],
        [*first, DeltaStep(last.beta, last.key, Fraction(1))],
    ):
        changed = replace(layer, steps={**layer.steps, letter: tuple(steps)})
        yield replace(network, layers=(changed,))


@pytest.mark.parametrize("m", range(3, 13))
def test_cyclic_groups_turn_in_the_plane(m):
    for name in (f"cyclic:{m}", f"mod:{m}"):
        machine = get(name).minimal()
        (construction,) = rotations.construct(machine)
        assert construction.cost == (1, 2, 2)
        assert proved(construction, machine)
        field = construction.network.field
        assert (1 if field is None else field.degree) == polygon_degree(m)
        assert all(
            step.eigenvalue == -1
            for s in construction.network.layers[0].steps.values()
            for step in s
        )


def test_large_cyclic_groups():
    for m, degree in ((60, 8), (97, 96), (100, 20)):
        machine = get(f"mod:{m}").minimal()
        (construction,) = rotations.construct(machine)
        assert construction.network.field.degree == degree
        assert proved(construction, machine)


@pytest.mark.parametrize("m", range(3, 9))
def test_dihedral_groups_act_on_the_polygon(m):
    machine = get(f"dihedral:{m}").minimal()
    (construction,) = rotations.construct(machine)
    assert construction.cost == (1, 2, 2)
    (layer,) = construction.network.layers
    assert {a: len(steps) for a, steps in layer.steps.items()} == {"r": 2, "s": 1}
    assert proved(construction, machine)


def test_powers_of_a_generator_and_mirrors_alone():
    turns = word_problem(*(np.roll(range(12), -k) for k in (4, 6, 3)))
    (construction,) = rotations.construct(turns)
    assert construction.cost == (1, 2, 2)
    assert proved(construction, turns)
    mirrors = word_problem(*([(k - i) % 5 for i in range(5)] for k in (0, 1, 3)))
    (construction,) = rotations.construct(mirrors)
    assert construction.cost == (1, 1, 2)  # two mirrors generate D5, one reflection each
    assert proved(construction, mirrors)
    klein = word_problem([1, 0, 2, 3], [0, 1, 3, 2])
    (construction,) = rotations.construct(klein)
    assert construction.cost == (1, 1, 2)
    assert construction.network.field is None
    assert proved(construction, klein)


def test_a_start_on_a_mirror_gives_one_code_a_state():
    corners = Machine(
        alphabet="rs",
        transitions=[[(i + 1) % 7, -i % 7] for i in range(7)],
        initial=0,
        outputs=range(7),
    )
    (construction,) = rotations.construct(corners)
    assert len(construction.network.layers[0].codes) == 7
    assert proved(construction, corners)
    # Where no vector of the plane is fixed by the stabiliser alone several codes share a state.
    two_axes = Machine(
        alphabet="rs",
        transitions=[[(i + 1) % 4, -i % 4] for i in range(4)],
        initial=0,
        outputs=[0, 1, 2, 3],
    )
    (construction,) = rotations.construct(two_axes)
    assert proved(construction, two_axes)


@pytest.mark.parametrize("m", [*range(1, 31), 97])
def test_corners_of_polygons(m):
    with mpmath.workdps(30):
        for k, (cosine, sine) in enumerate(polygon(m)):
            assert cosine * cosine + sine * sine == 1
            assert abs(float(cosine) - mpmath.cos(2 * mpmath.pi * k / m)) < 1e-15
            assert abs(float(sine) - mpmath.sin(2 * mpmath.pi * k / m)) < 1e-15
            if k > 3:
                break


def test_fields_are_named_by_the_digits_of_their_root():
    """Rounded as mpmath rounds them, zeros at the end left out: sqrt(21) has one."""
    for n in (3, 5, *range(7, 60)):
        with mpmath.workdps(60):
            assert real_cyclotomic(n).root == mpmath.nstr(2 * mpmath.cos(2 * mpmath.pi / n), 50)
    for number in (2, 3, 5, 21, 34, 10**12 + 39):
        with mpmath.workdps(60):
            assert square_root(Fraction(number)).field.root == mpmath.nstr(mpmath.sqrt(number), 50)


def test_square_roots():
    for number in (Fraction(a, b) for a in range(1, 30) for b in range(1, 8)):
        root = square_root(number)
        assert root * root == number
        assert float(root) == pytest.approx(math.sqrt(number))
        assert isinstance(root, Fraction) == (squarefree(number)[0] == 1)
    with pytest.raises(ValueError, match="no positive square root"):
        square_root(Fraction(-2))


COSTS = {
    "sym:3": (1, 2, 2),
    "sym:3:swaps": (1, 1, 2),
    "sym:4": (1, 3, 3),
    "sym:4:swaps": (1, 1, 3),
    "sym:4:adjacent": (1, 1, 3),
    "sym:5": (1, 4, 4),
    "sym:5:swaps": (1, 1, 4),
    "sym:5:adjacent": (1, 1, 4),
    "alt:4": (1, 2, 3),
    "alt:5": (1, 4, 4),
}


@pytest.mark.parametrize("name", COSTS)
def test_symmetric_groups_in_one_dimension_less(name):
    machine = get(name).minimal()
    assert cheapest(symmetric, machine) == COSTS[name]


def test_without_points_the_same_cost():
    for name in ("sym:4:swaps", "sym:5:swaps", "alt:5"):
        machine = get(name).minimal()
        bare = Machine(
            alphabet=machine.alphabet,
            transitions=machine.transitions,
            initial=machine.initial,
            outputs=machine.outputs,
        )
        assert cheapest(symmetric, bare) == COSTS[name]


def test_the_exotic_action_of_s6_costs_less():
    # An outer automorphism makes the 6-cycle of the natural action a 3-cycle and a swap.
    machine = get("sym:6").minimal()
    costs = [construction.cost for construction in symmetric.construct(machine)]
    assert costs == [(1, 3, 5)]


def test_the_decoder_needs_no_more_codes_than_states():
    everyone = list(itertools.permutations(range(4)))
    first = Machine(
        alphabet=[str(i) for i in range(24)],
        transitions=[[p[i] for p in everyone] for i in range(4)],
        initial=0,
        outputs="wxyz",
    )
    (construction,) = symmetric.construct(first)
    assert construction.cost == (1, 3, 3)
    assert len(construction.network.layers[0].codes) == 4
    assert proved(construction, first)


@pytest.mark.parametrize("n", range(2, 27))
def test_simplex(n):
    corners = symmetric.simplex(n)
    assert len(corners) == n
    assert all(len(corner) == n - 1 for corner in corners)
    assert all(sum(column) == 0 for column in zip(*corners, strict=True))
    square = sum(x * x for x in corners[0])
    for i, one in enumerate(corners):
        for j, other in enumerate(corners):
            product = sum(x * y for x, y in zip(one, other, strict=True))
            assert product == (square if i == j else -square / (n - 1))
    rational = all(isinstance(x, Fraction) for corner in corners for x in corner)
    two_squares = any(math.isqrt(n - a * a) ** 2 == n - a * a for a in range(1, math.isqrt(n) + 1))
    expected = math.isqrt(n) ** 2 == n or n % 4 == 0 or (n % 2 == 0 and two_squares)
    assert rational == expected


POLYHEDRAL = {
    "alt:4": ((1, 2, 3), 0),
    "sym:4": ((1, 2, 3), 0),
    "sym:4:swaps": ((1, 1, 3), 0),
    "alt:5": ((1, 2, 3), 2),
    "quaternion": ((1, 4, 4), 0),
    "dihedral:6": ((1, 3, 3), 0),
}


@pytest.mark.parametrize("name", POLYHEDRAL)
def test_polyhedral_groups(name):
    machine = get(name).minimal()
    cost, exact = POLYHEDRAL[name]
    assert cheapest(polyhedral, machine) == cost
    assert min(exactness(c.network) for c in polyhedral.construct(machine)) == exact


def test_groups_of_polygons_are_never_ruled_out_before_they_are_listed():
    """All pairs of permutations of four points, and some triples; most others are ruled out."""
    found = []
    permutations = list(itertools.permutations(range(4)))
    choices = [*itertools.product(permutations, repeat=2)]
    choices += [Random(0).sample(permutations, 3) for _ in range(100)]
    for letters in choices:
        machine = word_problem(*letters)
        if machine.size > 2:
            is_one = rotations.corner_turns(letter_group(machine).group) is not None
            found.append((is_one, rotations._may_be_dihedral(machine)))
    assert (True, False) not in found
    assert found.count((True, True)) > 100
    assert found.count((False, False)) > 300
    merging = Machine(
        alphabet="ab", transitions=[[1, 0], [2, 0], [0, 0]], initial=0, outputs=[0, 1, 2]
    )
    assert not rotations._may_be_dihedral(merging)


def test_polyhedral_orders_and_costs():
    for make, order, largest in (
        (polyhedral.octahedral, 48, 3),
        (polyhedral.icosahedral, 120, 3),
        (polyhedral.cell24, 1152, 4),
        (polyhedral.binary_icosahedral, 120, 4),
    ):
        target = make()
        assert target.group.order == order
        assert (make, order) in itertools.chain.from_iterable(polyhedral.TARGETS)
        some = [*range(0, order, max(1, order // 40))]
        assert max(target.cost(x) for x in range(order) if x in some or order < 200) == largest
        # Left to right products are products of matrices, the first one applied first.
        rng = Random(order)
        for _ in range(10):
            x, y = rng.randrange(order), rng.randrange(order)
            a, b = target.matrix(x), target.matrix(y)
            product = target.matrix(target.group.product(x, y))
            size = range(len(a))
            assert all(
                product[i][j] == sum(b[i][k] * a[k][j] for k in size) for i in size for j in size
            )


def test_products_and_binary_groups_in_small_dimension():
    two_triangles = word_problem(
        [1, 0, 2, 3, 4, 5], [1, 2, 0, 3, 4, 5], [0, 1, 2, 4, 3, 5], [0, 1, 2, 4, 5, 3]
    )
    assert cheapest(polyhedral, two_triangles) == (1, 2, 4)  # S3 x S3, rational
    sign_and_a5 = word_problem([1, 2, 3, 4, 0, 5, 6], [1, 2, 0, 3, 4, 5, 6], [0, 1, 2, 3, 4, 6, 5])
    assert cheapest(polyhedral, sign_and_a5) == (1, 3, 3)  # the full icosahedral group
    special = binary([((1, 1), (0, 1)), ((1, 0), (1, 1))], 5)
    assert special.size == 120
    assert cheapest(polyhedral, special) == (1, 4, 4)  # SL(2,5) is in no smaller dimension
    # SL(2,3): its elements of order 3 are complex reflections of a plane, so 2 steps are enough.
    small = binary([((1, 1), (0, 1)), ((1, 0), (1, 1))], 3)
    assert small.size == 24
    assert cheapest(polyhedral, small) == (1, 2, 4)


def binary(matrices, p):
    """Word problem of 2 x 2 matrices modulo p, acting on the vectors that are not 0."""
    vectors = [v for v in itertools.product(range(p), repeat=2) if any(v)]
    number = {v: i for i, v in enumerate(vectors)}
    return word_problem(
        *(
            [number[(a * x + b * y) % p, (c * x + d * y) % p] for x, y in vectors]
            for (a, b), (c, d) in matrices
        )
    )


CONSTITUENTS = {
    "sym:3": (1, 2, 2),
    "sym:4:swaps": (1, 1, 3),
    "dihedral:4": (1, 2, 2),
    "dihedral:6": (1, 2, 2),
    "quaternion": (1, 4, 4),
    "alt:4": (1, 2, 3),
}


@pytest.mark.parametrize("name", CONSTITUENTS)
def test_constituents(name):
    machine = get(name).minimal()
    assert cheapest(constituents, machine) == CONSTITUENTS[name]


def test_constituents_side_by_side():
    signs = word_problem([1, 0, 2, 3, 4, 5], [0, 1, 3, 2, 4, 5], [1, 0, 3, 2, 5, 4])
    (construction,) = [c for c in constituents.construct(signs) if c.cost[2] == 3]
    assert construction.network.field is None
    assert proved(construction, signs)
    hexagon = word_problem([1, 0, 2, 3, 4], [1, 2, 0, 3, 4], [0, 1, 2, 4, 3])
    assert cheapest(constituents, hexagon)[2] == 2


def test_constituents_are_complete_and_kept():
    rng = Random(3)
    for _ in range(20):
        n = rng.randint(2, 7)
        points = [tuple(rng.sample(range(n), n)) for _ in range(2)]
        bases = constituents.eigenspaces(points)
        assert sum(basis.nrows() for basis in bases) == n
        for basis in bases:
            for images in points:
                both = [[int(x) for x in row] for row in basis.tolist()]
                both += [[row[images[i]] for i in range(n)] for row in both]
                assert type(basis)(both).rank() == basis.nrows()
            framed = frame(basis)
            if framed is not None:
                vectors, square = framed
                for i, one in enumerate(vectors):
                    for j, other in enumerate(vectors):
                        product = sum(x * y for x, y in zip(one, other, strict=True))
                        assert product == (square if i == j else 0)


@pytest.mark.parametrize(
    ("route", "name"),
    [
        (rotations, "cyclic:5"),
        (rotations, "dihedral:4"),
        (symmetric, "sym:4"),
        (symmetric, "sym:3:swaps"),
        (polyhedral, "alt:5"),
        (polyhedral, "quaternion"),
        (constituents, "sym:4:swaps"),
    ],
)
def test_an_altered_step_is_not_proved(route, name):
    machine = get(name).minimal()
    construction = route.construct(machine)[0]
    letter = next(a for a, steps in construction.network.layers[0].steps.items() if steps)
    for network in altered(construction.network, letter):
        assert exact_closure(network, machine, max_states=300).verdict != "proved"


def test_a_wrong_decoder_is_not_proved():
    machine = get("alt:4").minimal()
    network = polyhedral.construct(machine)[0].network
    (layer,) = network.layers
    swapped = replace(layer, emit=(layer.emit[1], layer.emit[0], *layer.emit[2:]))
    assert exact_closure(replace(network, layers=(swapped,)), machine).verdict == "wrong"


def test_every_group_on_at_most_four_points():
    """All pairs of permutations of 2 to 4 points, up to names: whatever is proposed is proved."""
    for n in (2, 3, 4):
        everyone = list(itertools.permutations(range(n)))
        shapes = {tuple(sorted(map(len, cycles(p)))): p for p in everyone}
        for one, other in itertools.product(shapes.values(), everyone):
            machine = word_problem(one, other)
            for route in (rotations, symmetric, polyhedral):
                for construction in route.construct(machine):
                    assert proved(construction, machine)
            if machine.size > 2:
                assert rotations.construct(machine) or polyhedral.construct(machine)


def test_other_machines_are_refused():
    for name in ("parity", "flipflop", "dyck1:2", "tomita:4", "transformations:3"):
        machine = get(name).minimal()
        for route in (rotations, symmetric, polyhedral, constituents):
            assert route.construct(machine) == []


def test_small_actions_are_faithful_actions():
    for name, degree in (
        ("sym:5", 5),
        ("alt:5", 5),
        ("sym:4", 4),
        ("quaternion", 8),
        ("dihedral:6", 5),
        ("cyclic:12", 7),
        ("dihedral:15", 8),
    ):
        machine = get(name).minimal()
        letters = letter_group(machine)
        for points in small_actions(letters):
            group = listed([np.array(p, dtype=np.int32) for p in points], 1_000)
            assert len(group) == letters.group.order
            # The same words are trivial: the pair acts as one group of the same order.
            n = len(points[0])
            joint = [
                np.array([*p, *(n + q for q in column)], dtype=np.int32)
                for p, column in zip(points, machine.transitions.T.tolist(), strict=True)
            ]
            assert len(listed(joint, 1_000)) == letters.group.order
        assert len(small_actions(letters)[0][0]) == degree


def test_front_of_actions():
    cheap, short, dear = ((1, 0, 3, 2, 4),), ((1, 2, 3, 0),), ((1, 2, 3, 4, 0),)
    assert [transpositions(p) for p in (cheap, short, dear)] == [2, 3, 4]
    assert front([dear, cheap, short]) == [short, cheap]


def test_embeddings_are_homomorphisms_and_none_is_missed():
    s4 = ListedGroup(np.array(list(itertools.permutations(range(4)))))
    s3 = ListedGroup(np.array(list(itertools.permutations(range(3)))))
    klein = ListedGroup(np.array([[0, 1, 2, 3], [1, 0, 2, 3], [0, 1, 3, 2], [1, 0, 3, 2]]))
    for source, classes in ((s3, 1), (klein, 2), (s4, 1)):
        images = list(embeddings(source, s4))
        for found in images:
            for x, y in itertools.product(range(source.order), repeat=2):
                assert found[source.product(x, y)] == s4.product(int(found[x]), int(found[y]))
        kinds = {tuple(sorted(s4.orders[found].tolist())) for found in images}
        assert len({len(np.unique(found)) for found in images}) == 1
        assert len(kinds) == 1
        fixed = {int((s4.rows[found] == np.arange(4)).sum()) for found in images}
        assert len(fixed) == classes
    assert list(embeddings(s4, s3)) == []


def test_represent_gives_up_where_no_start_determines_the_state():
    machine = get("cyclic:4").minimal()
    turn = ((Fraction(-1), Fraction(0)), (Fraction(0), Fraction(-1)))
    one = ((Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)))
    assert represent(machine, [one, turn]) is None
    assert reflection_count(turn) == 2
