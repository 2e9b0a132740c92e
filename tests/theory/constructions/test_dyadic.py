"""Dyadic keys of length 1: simplices, the dyadic-roots route, and unit keys for any network.

Which dimensions hold which symmetric group is checked three ways: by exhaustive search among
vectors with entries 0, 1/2 and 1, by a naive search without symmetry breaking, and against the
theory of rational quadratic forms.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import isqrt
from random import Random

import numpy as np
import pytest
from sympy import factorint

from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import InputError, LimitReached
from negeig.precision.closure.rounded_closure import closure
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.direct import partial_injection, permutation, permutation_reset
from negeig.theory.constructions.groups import dyadic_roots
from negeig.theory.constructions.stacks import cascade
from negeig.theory.exact.numbers import NumberField
from negeig.theory.factors.dyadic_simplex import (
    dimension,
    edge_length,
    longest_chain,
    roots,
    simplex,
)
from negeig.theory.factors.unit_keys import has_dyadic_unit_keys, unit_keys_obstacle, with_unit_keys
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from support.candidates import candidates

FORMATS = ("exact", "bf16", "fp16", "fp32", "fp32:fma", "e4m3fn", "bf16:acc32", "bf16:acc32-step")
ZERO, ONE, TWO = Fraction(0), Fraction(1), Fraction(2)


def dot(u, v):
    return sum(x * y for x, y in zip(u, v, strict=True))


# Simplices and roots


@pytest.mark.parametrize("degree", [*range(2, 41), 127, 128])
def test_the_reflection_along_every_edge_swaps_its_ends_and_keeps_the_other_vertices(degree):
    vertices = simplex(degree)
    length = edge_length(vertices)
    assert len(set(vertices)) == degree
    assert {len(vertex) for vertex in vertices} == {dimension(degree)}
    rows = np.array(vertices)
    for i, j in itertools.islice(itertools.combinations(range(degree), 2), 100):
        edge = rows[i] - rows[j]
        assert edge @ edge == length**2
        assert {Fraction(int(x), length).denominator for x in edge} <= {1, 2, 4, 8}
        swapped = rows.copy()
        swapped[[i, j]] = rows[[j, i]]
        assert np.array_equal(length**2 * (rows - swapped), 2 * np.outer(rows @ edge, edge))


@pytest.mark.parametrize("degree", range(2, 13))
def test_roots_satisfy_the_coxeter_relations_of_the_symmetric_group(degree):
    simple = roots(degree)
    assert len(simple) == degree - 1
    twice = [np.array([int(2 * k) for k in root]) for root in simple]
    assert [tuple(Fraction(int(k), 2) for k in root) for root in twice] == list(simple)
    identity = np.eye(len(simple[0]), dtype=int)
    reflections = [2 * identity - np.outer(root, root) for root in twice]  # times 2
    for (i, r), (j, s) in itertools.product(enumerate(twice), repeat=2):
        assert r @ s == {0: 4, 1: -2}.get(abs(i - j), 0)
        order = {0: 1, 1: 3}.get(abs(i - j), 2)
        product = np.linalg.matrix_power(reflections[i] @ reflections[j], order)
        assert np.array_equal(product, 4**order * identity)


def test_a_degree_without_reflections_is_refused():
    for function in (dimension, simplex, roots):
        with pytest.raises(InputError, match="2 points or more, not 1"):
            function(1)


# Which dimensions are possible


def naive_longest_chain(dim: int) -> int:
    """Longest chain by trying everything, with no use of symmetry."""
    units = [tuple(2 * s * int(i == j) for j in range(dim)) for i in range(dim) for s in (1, -1)]
    halves = itertools.product((-1, 0, 1), repeat=dim)
    vectors = [*units, *(v for v in halves if sum(map(abs, v)) == 4)]

    def longest(chain: list[tuple[int, ...]]) -> int:
        following = (
            v
            for v in vectors
            if not chain
            or (dot(v, chain[-1]) == -2 and all(dot(v, earlier) == 0 for earlier in chain[:-1]))
        )
        return max((longest([*chain, v]) for v in following), default=len(chain))

    return longest([])


@pytest.mark.parametrize("dim", range(1, 6))
def test_breaking_symmetry_loses_no_chain(dim):
    assert len(longest_chain(dim)) == naive_longest_chain(dim)


@pytest.mark.parametrize("dim", range(1, 9))
def test_longest_chains_are_simple_roots_and_no_larger_degree_is_claimed(dim):
    chain = longest_chain(dim)
    for i, u in enumerate(chain):
        assert [dot(u, v) for v in chain[: i + 1]] == [*[0] * (i - 1), *[-2] * (i > 0), 4]
    assert len(chain) + 1 == max(d for d in range(2, 12) if dimension(d) <= dim)


def least_rational_dimension(degree: int) -> int:
    """The theorem of docs/theory/exact-reflections.md."""
    half = degree // 2
    if isqrt(degree) ** 2 == degree if degree % 2 else isqrt(half) ** 2 == half:
        return degree - 1
    odd_powers = [p for p, power in factorint(degree).items() if power % 2]
    if degree % 2 == 0 or all(p % 8 in (1, 7) for p in odd_powers):
        return degree
    return degree + 1


def hilbert(a: int, b: int, p: int) -> int:
    """Hilbert symbol at a prime: whether a x^2 + b y^2 = 1 is solvable in the p-adic numbers."""

    def split(n: int) -> tuple[int, int]:
        power = 0
        while n % p == 0:
            n, power = n // p, power + 1
        return power, n

    (i, u), (j, v) = split(a), split(b)
    if p == 2:
        exponent = (u - 1) // 2 * ((v - 1) // 2) + i * (v * v - 1) // 8 + j * (u * u - 1) // 8
        return -1 if exponent % 2 else 1

    def legendre(n: int) -> int:
        return 1 if pow(n, (p - 1) // 2, p) == 1 else -1

    sign = -1 if i * j * (p - 1) // 2 % 2 else 1
    return sign * legendre(u) ** j * legendre(v) ** i


def is_sum_of_squares_form(diagonal: Sequence[int]) -> bool:
    """Whether a positive form over Q is equivalent to <1, ..., 1>: determinant and Hasse."""
    determinant = int(np.prod(diagonal, dtype=object))
    primes = {2, *(p for d in diagonal for p in factorint(d))}
    return isqrt(determinant) ** 2 == determinant and all(
        np.prod([hilbert(a, b, p) for a, b in itertools.combinations(diagonal, 2)]) == 1
        for p in primes
    )


@pytest.mark.parametrize("degree", range(2, 60))
def test_the_least_rational_dimension_agrees_with_the_hasse_principle(degree):
    # Gram-Schmidt on simple roots of length 1 gives the squares (k + 1) / (2 k).
    form = [(k + 1) * 2 * k for k in range(1, degree)]
    determinant = int(np.prod(form, dtype=object))
    rest = int(np.prod([p for p, power in factorint(determinant).items() if power % 2]))
    if is_sum_of_squares_form(form):
        least = degree - 1
    elif is_sum_of_squares_form([*form, rest]):
        least = degree
    else:
        least = degree + 1
    assert least == least_rational_dimension(degree)
    assert dimension(degree) >= least
    if degree <= 16:
        assert dimension(degree) == least


# The route


def word_problem(generators: dict[str, Sequence[int]], *, points: bool = True) -> Machine:
    """The group that permutations generate, every element a state."""
    degree = len(next(iter(generators.values())))
    start = tuple(range(degree))
    number, rows = {start: 0}, []
    for element in (queue := [start]):
        row = []
        for images in generators.values():
            after = tuple(images[i] for i in element)
            if number.setdefault(after, len(queue)) == len(queue):
                queue.append(after)
            row.append(number[after])
        rows.append(row)
    return Machine(
        alphabet=tuple(generators),
        transitions=rows,
        initial=0,
        outputs=list(range(len(rows))),
        points=list(generators.values()) if points else None,
    )


def without_points(machine: Machine) -> Machine:
    return Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial,
        outputs=machine.outputs,
    )


def psl_2_7() -> Machine:
    """x + 1 and -1/x on the projective line over 7 elements, 7 being infinity."""
    inverse = [7, *(-pow(x, -1, 7) % 7 for x in range(1, 7)), 0]
    return word_problem({"t": [*((x + 1) % 7 for x in range(7)), 7], "s": inverse})


def psl_2_8() -> Machine:
    """x + 1, a x and 1/x on the projective line over 8 elements, 8 being infinity."""

    def times(x: int, y: int) -> int:
        product = 0
        for bit in range(3):
            product ^= x << bit if y >> bit & 1 else 0
        for bit in (4, 3):
            product ^= 0b1011 << (bit - 3) if product >> bit & 1 else 0
        return product

    inverse = [8, *(next(y for y in range(8) if times(x, y) == 1) for x in range(1, 8)), 0]
    shift, scale = [*(x ^ 1 for x in range(8)), 8], [*(times(2, x) for x in range(8)), 8]
    return word_problem({"t": shift, "m": scale, "s": inverse})


def tracked_object(places: int) -> Machine:
    """Where one object stands when neighbours are swapped: as many states as places."""

    def swap(i: int) -> list[int]:
        images = list(range(places))
        images[i], images[i + 1] = i + 1, i
        return images

    return Machine(
        alphabet=[f"x{i}" for i in range(places - 1)],
        transitions=np.array([swap(i) for i in range(places - 1)]).T,
        initial=0,
        outputs=list(range(places)),
    )


CASES: dict[str, tuple[Callable[[], Machine], int, int, int]] = {
    # machine, dimension, steps a token, codes
    "parity": (lambda: get("parity"), 1, 1, 2),
    "sym:3": (lambda: get("sym:3"), 4, 2, 6),
    "sym:4:swaps": (lambda: get("sym:4:swaps"), 4, 1, 24),
    "sym:5": (lambda: get("sym:5"), 6, 4, 120),
    "sym:5 without points": (lambda: without_points(get("sym:5")), 6, 4, 120),
    "sym:6:adjacent": (lambda: get("sym:6:adjacent"), 6, 1, 720),
    "alt:5": (lambda: get("alt:5"), 6, 4, 60),
    "PSL(2,7) on 8 points": (psl_2_7, 7, 6, 168),
    "PSL(2,8) on 9 points": (psl_2_8, 8, 6, 504),
    "cyclic:6 on 2 + 3 points": (lambda: get("cyclic:6"), 5, 3, 6),
    "an object among 10": (lambda: tracked_object(10), 10, 1, 10),
    "an object among 9": (lambda: tracked_object(9), 8, 1, 9),
}


@pytest.mark.parametrize("name", CASES)
def test_the_route_is_proved_in_every_arithmetic_with_as_many_states_as_codes(name):
    build, dim, steps, codes = CASES[name]
    machine = build().minimal()
    (construction,) = dyadic_roots.construct(machine)
    (layer,) = construction.network.layers
    assert construction.cost == (1, steps, dim)
    assert len(layer.codes) == codes
    assert has_dyadic_unit_keys(construction.network)
    assert layer.eigenvalues == (-1,)
    for arithmetic in FORMATS:
        if arithmetic == "e4m3fn" and dim == 8 and codes > 9:
            continue  # nine labels need more than its 4 significant bits: see the next test
        result = closure(construction.network, machine, arithmetic)
        assert (result.verdict, result.states) == ("proved", codes), arithmetic


def test_nine_distinct_labels_are_too_many_for_four_significant_bits():
    machine = psl_2_8()
    network = dyadic_roots.construct(machine)[0].network
    assert closure(network, machine, "e4m3fn").verdict == "collision"


def test_seven_points_need_seven_dimensions():
    machine = get("sym:7").minimal()
    (construction,) = dyadic_roots.construct(machine)
    assert construction.cost == (1, 6, 7)
    assert exact_closure(construction.network, machine).verdict == "proved"
    assert closure(construction.network, machine, "bf16").states == 5040


def altered(network: LinearRNN) -> Iterator[LinearRNN]:
    """The network with its first step weakened, turned, given a write, or left out."""
    (layer,) = network.layers
    letter = next(a for a in layer.alphabet if layer.steps[a])
    first, *others = layer.steps[letter]
    assert isinstance(first, DeltaStep)
    place = next(i for i, k in enumerate(first.key) if k != 0)
    turned = tuple(-k if i == place else k for i, k in enumerate(first.key))
    changes: list[list[DeltaStep]] = [
        [replace(first, beta=ONE)],
        [replace(first, write=ONE)],
        [],
    ]
    if turned != tuple(-k for k in first.key):
        changes.append([replace(first, key=turned)])
    for change in changes:
        steps = {**layer.steps, letter: (*change, *others)}
        yield replace(network, layers=(replace(layer, steps=steps),))


@pytest.mark.parametrize("name", CASES)
def test_no_altered_step_is_proved(name):
    machine = CASES[name][0]().minimal()
    network = dyadic_roots.construct(machine)[0].network
    wrong = list(altered(network))
    assert len(wrong) >= 3
    for changed in wrong:
        assert exact_closure(changed, machine, max_states=2_000).verdict != "proved"


@pytest.mark.exhaustive
def test_every_small_machine_whose_letters_permute():
    count = 0
    for size in (2, 3, 4):
        for columns in itertools.product(itertools.permutations(range(size)), repeat=2):
            machine = Machine(
                alphabet="ab",
                transitions=np.array(columns).T,
                initial=0,
                outputs=list(range(size)),
            ).minimal()
            found = dyadic_roots.construct(machine)
            assert bool(found) == (machine.size > 1)
            for construction in found:
                count += 1
                assert has_dyadic_unit_keys(construction.network)
                assert exact_closure(construction.network, machine).verdict == "proved"
    assert count > 500


def test_the_route_declines_machines_whose_letters_merge_states():
    for name in ("flipflop", "tomita:4", "dyck1:2", "starts-with:a"):
        assert dyadic_roots.construct(get(name).minimal()) == []


def moved_sets(generators: dict[str, Sequence[int]], start: frozenset, act: Callable) -> Machine:
    """The orbit of a set under permutations, with their points."""
    number, rows = {start: 0}, []
    for element in (queue := [start]):
        row = []
        for images in generators.values():
            after = act(element, images)
            if number.setdefault(after, len(queue)) == len(queue):
                queue.append(after)
            row.append(number[after])
        rows.append(row)
    return Machine(
        alphabet=tuple(generators),
        transitions=rows,
        initial=0,
        outputs=list(range(len(rows))),
        points=list(generators.values()),
    )


def test_points_that_the_stabiliser_exchanges_share_a_label():
    """The ten pairs of five points: two labels, and ten codes instead of 120."""
    swaps = {
        f"x{i}": [i + 1 if j == i else i if j == i + 1 else j for j in range(5)] for i in range(4)
    }
    pairs = moved_sets(swaps, frozenset({0, 1}), lambda s, images: frozenset(images[i] for i in s))
    machine = pairs.minimal()
    assert machine.size == 10
    (construction,) = dyadic_roots.construct(machine)
    assert construction.cost == (1, 1, 6)
    assert len(construction.network.layers[0].codes) == 10
    for arithmetic in FORMATS:
        assert closure(construction.network, machine, arithmetic).verdict == "proved"


def test_distinct_labels_where_the_stabiliser_moves_every_point():
    """A5 on its six subgroups of order 5: five points cost fewer steps, but more codes."""
    rotation = (1, 2, 3, 4, 0)

    def powers(g: tuple[int, ...]) -> frozenset[tuple[int, ...]]:
        found = [g]
        while len(found) < 4:
            found.append(tuple(g[i] for i in found[-1]))
        return frozenset(found)

    def conjugate(group: frozenset[tuple[int, ...]], by: Sequence[int]) -> frozenset:
        return frozenset(tuple(by[g[list(by).index(i)]] for i in range(5)) for g in group)

    generators = {"a": [1, 2, 0, 3, 4], "b": [0, 1, 3, 4, 2]}
    machine = moved_sets(generators, powers(rotation), conjugate).minimal()
    assert machine.size == 6
    (construction,) = dyadic_roots.construct(machine)
    assert construction.cost == (1, 2, 6)
    assert len(construction.network.layers[0].codes) == 60
    for arithmetic in FORMATS:
        result = closure(construction.network, machine, arithmetic)
        assert (result.verdict, result.states) == ("proved", 60)


def test_points_that_do_not_determine_the_state_are_not_used():
    machine = get("sym:4").minimal()
    wrong = Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial,
        outputs=machine.outputs,
        points=[[1, 0], [1, 0]],
    )
    (construction,) = dyadic_roots.construct(wrong)
    assert construction.network.layers[0].dim == 24  # the states
    assert exact_closure(construction.network, wrong).verdict == "proved"


def test_a_group_too_large_to_list_is_a_limit_unless_the_states_are_few(monkeypatch):
    machine = get("sym:5").minimal()
    monkeypatch.setattr(dyadic_roots, "MAX_ARRANGEMENTS", 50)
    (construction,) = dyadic_roots.construct(machine)
    assert construction.network.layers[0].dim == 120
    monkeypatch.setattr(dyadic_roots, "MAX_DEGREE", 10)
    with pytest.raises(LimitReached, match="arrangements of the points: stopped at 51"):
        dyadic_roots.construct(machine)


@pytest.mark.parametrize(
    ("sizes", "dim"),
    [((2, 2), 2), ((3, 3), 6), ((3, 5), 7), ((3, 2), 5), ((3, 3, 2), 7), ((2,) * 8, 8)],
)
def test_orbits_share_simplices_where_that_saves_dimensions(sizes, dim):
    blocks = dyadic_roots._shared(sizes)
    assert sorted(itertools.chain(*blocks)) == list(range(len(sizes)))
    assert sum(dimension(sum(sizes[i] for i in block)) for block in blocks) == dim


def test_many_orbits_share_one_simplex():
    sizes = (3,) * 9
    assert dyadic_roots._shared(sizes) == (tuple(range(9)),)


# Unit keys for any network


def constructions(name: str) -> Iterator[tuple[Machine, LinearRNN]]:
    machine = get(name).minimal()
    for route in (permutation, partial_injection, permutation_reset, cascade):
        for construction in route.construct(machine):
            if construction.cost[2] <= 24:
                yield machine, construction.network


ZOO = (
    "parity",
    "sym:4",
    "sym:5:adjacent",
    "cyclic:7",
    "tomita:6",
    "flipflop",
    "dyck1:3",
    "starts-with:a",
    "contains:aba",
    "even-pairs",
    "modarith:3",
    "transformations:3",
)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ZOO)
def test_unit_keys_keep_the_number_of_states_in_every_arithmetic(name):
    networks = list(constructions(name))
    assert networks
    for machine, network in networks:
        rewritten = with_unit_keys(network)
        assert rewritten is not None
        assert has_dyadic_unit_keys(rewritten)
        assert unit_keys_obstacle(network) is None
        for before, after in zip(network.layers, rewritten.layers, strict=True):
            assert before.eigenvalues == after.eigenvalues
            assert after.dim <= 2 * before.dim
            assert after.emit == before.emit
            assert len(after.names) == (after.dim if before.names else 0)
            assert len(set(after.codes)) == len(set(before.codes))
        for arithmetic in ("exact", "bf16", "fp16", "fp32"):
            results = [closure(n, machine, arithmetic) for n in (network, rewritten)]
            assert [r.verdict for r in results] == ["proved", "proved"]
            assert results[0].states == results[1].states, arithmetic


def test_swaps_alone_are_turned_and_swaps_with_overwrites_doubled():
    swaps = with_unit_keys(next(constructions("sym:5:adjacent"))[1])
    mixed = with_unit_keys(next(constructions("dyck1:3"))[1])
    assert swaps is not None
    assert mixed is not None
    assert [(layer.dim, layer.steps_per_token) for layer in swaps.layers] == [(6, 1)]
    assert swaps.layers[0].names[-2:] == ("point 5", "point 5, copy")
    assert [(layer.dim, layer.steps_per_token) for layer in mixed.layers] == [(8, 5)]


def test_an_overwrite_of_one_copy_only_is_not_proved():
    machine, network = next(constructions("dyck1:3"))
    rewritten = with_unit_keys(network)
    assert rewritten is not None
    (layer,) = rewritten.layers
    halved = {
        letter: tuple(s for i, s in enumerate(steps) if i == 0 or s.key[:4] != (ZERO,) * 4)
        for letter, steps in layer.steps.items()
    }
    assert halved != dict(layer.steps)
    wrong = replace(rewritten, layers=(replace(layer, steps=halved),))
    assert exact_closure(wrong, machine, max_states=200).verdict == "wrong"
    assert exact_closure(rewritten, machine).verdict == "proved"


def network_of(dim: int, steps: dict[str, tuple], initial: tuple | None = None) -> LinearRNN:
    layer = Layer(
        alphabet=tuple(steps),
        initial=initial or (ZERO,) * dim,
        steps=steps,
        codes=(),
        emit=(),
    )
    return LinearRNN(alphabet=tuple(steps), layers=(layer,), outputs={}, empty=0)


KEYS = [
    # multiples of vectors whose squared length is 4^j, and 2 * 4^j
    (3, 0, 0, 0, 0, 0),
    (0, 0, Fraction(-1, 3), 0, 0, 0),
    (1, 1, 1, 1, 0, 0),
    (0, 3, 2, 1, -1, 1),
    (Fraction(1, 6), Fraction(-1, 6), 0, 0, 0, 0),
    (0, 0, 0, 0, 5, 5),
    (0, 2, 1, 1, 1, -1),
    (0, 4, 0, 0, 4, 0),
]


@pytest.mark.parametrize("seed", range(40))
def test_rewritten_steps_commute_with_the_change_of_coordinates(seed):
    random = Random(seed)
    steps = tuple(
        DeltaStep(
            Fraction(random.randint(-4, 4), random.randint(1, 4)),
            tuple(Fraction(k) for k in random.choice(KEYS)),
            Fraction(random.randint(-3, 3), 2),
        )
        for _ in range(random.randint(1, 4))
    )

    def rewritten(state: tuple[Fraction, ...]) -> Layer:
        network = with_unit_keys(network_of(6, {"a": steps}, state))
        assert network is not None
        assert has_dyadic_unit_keys(network)
        return network.layers[0]

    images = set()
    for _ in range(5):
        state = tuple(Fraction(random.randint(-9, 9), 2) for _ in range(6))
        before = rewritten(state)
        after = network_of(6, {"a": steps}, state).layers[0].apply("a", state)
        assert before.apply("a", before.initial) == rewritten(after).initial
        images.add(before.initial)
    assert len(images) == 5


def test_a_layer_whose_keys_are_unit_keeps_its_dimension():
    kept = network_of(2, {"a": (DeltaStep(TWO, (ONE, ZERO), ZERO),)})
    rewritten = with_unit_keys(kept)
    assert rewritten is not None
    assert rewritten.layers[0].dim == 2
    assert rewritten.layers[0].steps == kept.layers[0].steps


def test_steps_that_do_nothing_are_left_out():
    idle = (DeltaStep(ONE, (ZERO, ZERO), ONE), DeltaStep(ZERO, (ONE, TWO), ONE))
    rewritten = with_unit_keys(network_of(2, {"a": idle}))
    assert rewritten is not None
    assert rewritten.layers[0].steps == {"a": ()}


ROOT3 = NumberField((-3, 0, 1), "1.73205080756887729352744634150587").element([0, 1])


def test_an_irrational_multiple_of_a_rational_key_is_rescaled():
    step = DeltaStep(Fraction(2, 3), (ROOT3, 0 * ROOT3), ROOT3)
    network = replace(network_of(2, {"a": (step,)}), field=ROOT3.field)
    rewritten = with_unit_keys(network)
    assert rewritten is not None
    assert rewritten.layers[0].steps["a"] == (DeltaStep(TWO, (ONE, ZERO), ONE),)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (DeltaStep(TWO / 3, (ONE, ONE, ONE), ZERO), r"\(1, 1, 1\) has the squared length 3, not"),
        (DeltaStep(TWO / 25, (3 * ONE, 4 * ONE, ZERO), ZERO), "squared length 25, not"),
        (DeltaStep(ONE / 2, (ROOT3, ONE, ZERO), ZERO), "not a multiple of a rational one"),
        (DenseStep(((ONE,) * 3,) * 3, (ZERO,) * 3), "a dense step has no key"),
    ],
)
def test_the_step_in_the_way_is_named(step, reason):
    fine = DeltaStep(TWO, (ONE, ZERO, ZERO), ZERO)
    network = network_of(3, {"a": (fine,), "b": (fine, step)})
    assert with_unit_keys(network) is None
    assert not has_dyadic_unit_keys(network)
    obstacle = unit_keys_obstacle(network)
    assert obstacle is not None
    assert obstacle.startswith("layer 0, letter 'b', step 1: ")
    assert re.search(reason, obstacle)


def test_a_rational_unit_key_with_another_denominator_is_not_dyadic():
    key = (Fraction(3, 5), Fraction(4, 5))
    assert dot(key, key) == 1
    assert not has_dyadic_unit_keys(network_of(2, {"a": (DeltaStep(TWO, key, ZERO),)}))


def test_unit_keys_where_the_optimised_routes_have_none():
    for construction in candidates(get("sym:4").minimal()):
        assert not has_dyadic_unit_keys(construction.network)
