"""The transition monoid: order of the elements, Cayley graphs, products, limits, points."""

import itertools
import math

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids import enumeration
from negeig.automata.monoids import monoid as monoid_module
from negeig.automata.monoids.enumeration import (
    enumerate_direct,
    enumerate_packed,
    enumerate_plain,
    enumerate_rows,
)
from negeig.automata.monoids.monoid import letter_orbits, map_index_period, transition_monoid
from negeig.claims import InputError, LimitReached
from support.oracles import ORACLES, oracle_machine


def full_transformations(n):
    """T_n: a cycle, a transposition, and a map that merges two points."""
    letters = [
        [*range(1, n), 0],
        [1, 0, *range(2, n)],
        [0, 0, *range(2, n)],
    ]
    return Machine(
        alphabet="ctm", transitions=np.transpose(letters), initial=0, outputs=list(range(n))
    )


def word_problem(points, letters):
    """The regular representation of a permutation group, carrying its natural points."""
    start = tuple(range(len(points[0])))
    states = {start: 0}
    table = []
    for state in states_in_order(states, points):
        table.append([states[tuple(p[i] for i in state)] for p in points])
    return Machine(
        alphabet=letters,
        transitions=table,
        initial=0,
        outputs=list(range(len(table))),
        points=points,
    )


def states_in_order(states, points):
    queue = list(states)
    for state in queue:
        for p in points:
            image = tuple(p[i] for i in state)
            if image not in states:
                states[image] = len(states)
                queue.append(image)
        yield state


def compose(first, second):
    return tuple(second[q] for q in first)


@pytest.mark.parametrize("entry", ORACLES, ids=lambda e: e["name"])
def test_elements_are_in_length_lexicographic_order_of_their_shortest_words(entry):
    machine = oracle_machine(entry)
    monoid = transition_monoid(machine)
    letters = [tuple(column) for column in machine.transitions.T.tolist()]
    # Words in length-lexicographic order, extending only the shortest word of each element.
    words = {tuple(range(machine.size)): ()}
    for f, word in (queue := list(words.items())):
        for letter, image in zip(machine.alphabet, letters, strict=True):
            product = compose(f, image)
            if product not in words:
                words[product] = (*word, letter)
                queue.append((product, words[product]))
    assert [tuple(row) for row in monoid.maps.tolist()] == list(words)
    assert [monoid.word(e) for e in range(monoid.size)] == list(words.values())
    assert [monoid.element(word) for word in words.values()] == list(range(monoid.size))
    assert monoid.length(monoid.size - 1) == max(map(len, words.values()))


@pytest.mark.parametrize("entry", ORACLES, ids=lambda e: e["name"])
def test_cayley_graphs_append_and_prepend_letters(entry):
    monoid = transition_monoid(oracle_machine(entry))
    for a, letter in enumerate(monoid.generators):
        assert (monoid.maps[monoid.right[:, a]] == letter[monoid.maps]).all()
        assert (monoid.maps[monoid.left[:, a]] == monoid.maps[:, letter]).all()


WAYS = {  # and the number of points up to which each works
    "direct": (enumerate_direct, 8),
    "packed": (enumerate_packed, 16),
    "rows": (enumerate_rows, math.inf),
}


def letters_of(machine):
    """The letters' maps in the type that transition_monoid gives them."""
    states = machine.transitions.T
    return np.ascontiguousarray(states).astype(np.min_scalar_type(machine.size - 1))


def assert_all_ways_agree(generators, max_elements=100_000):
    """Compare every compiled enumeration that applies with the plain one; return the size."""
    plain = enumerate_plain(generators, max_elements)
    for name, (enumerate_so, most_points) in WAYS.items():
        if generators.shape[1] > most_points:
            continue
        elements = enumerate_so(generators, len(plain.maps), 1 << 30)
        for field, first, second in zip(plain._fields, plain, elements, strict=True):
            assert first.dtype == second.dtype, (name, field)
            assert np.array_equal(first, second), (name, field)
    return len(plain.maps)


@pytest.mark.parametrize("entry", ORACLES, ids=lambda e: e["name"])
def test_all_enumerations_agree_on_the_oracles(entry):
    size = assert_all_ways_agree(letters_of(oracle_machine(entry)))
    assert size == entry["algebra"]["syntactic_monoid_size"]


@pytest.mark.parametrize("points", range(1, 7))
def test_all_enumerations_agree_on_full_transformation_monoids(points):
    machine = full_transformations(max(points, 2))
    generators = letters_of(machine) if points > 1 else np.zeros((2, 1), np.uint8)
    assert assert_all_ways_agree(generators) == points**points


@pytest.mark.parametrize("letters", range(1, 6))
@pytest.mark.parametrize("points", [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 32, 64, 65, 256, 300])
def test_all_enumerations_agree_on_random_maps(points, letters):
    rng = np.random.default_rng([points, letters])
    dtype = np.min_scalar_type(points - 1)
    cycle = np.arange(points)
    moved = rng.choice(points, min(points, 5), replace=False)
    cycle[moved] = np.roll(moved, 1)
    few = rng.choice(points, min(points, 3))  # the image of every other letter: a small monoid
    others = rng.choice(few, size=(letters - 1, points))
    generators = np.vstack([others, cycle]).astype(dtype)
    assert assert_all_ways_agree(generators) >= min(points, 5)


@pytest.mark.parametrize("points", [9, 16, 17, 20])
def test_all_enumerations_agree_on_rook_monoids_among_more_points(points):
    """Partial permutations of four points; the other points stay in orbits of their own."""
    rows = [[1, 2, 3, 0, 4], [1, 0, 2, 3, 4], [4, 1, 2, 3, 4]]
    turned = [*range(6, points), 5]
    generators = np.array([[*row, *turned] for row in rows], np.uint8)
    assert assert_all_ways_agree(generators) > 209


@pytest.mark.parametrize("constant", ["_CALL_PRODUCTS", "_FIRST_SLOTS"])
def test_enumeration_depends_neither_on_the_calls_nor_on_the_table(monkeypatch, constant):
    monkeypatch.setattr(enumeration, constant, 1)  # the table starts with two slots
    assert assert_all_ways_agree(letters_of(full_transformations(5))) == 3125


def test_rows_with_equal_hashes_are_told_apart(monkeypatch):
    monkeypatch.setattr(enumeration, "_weights", lambda points: np.ones(points, np.uint64))
    assert assert_all_ways_agree(letters_of(full_transformations(5))) == 3125


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("missing", [1, 2, 3, 100, 1000, 3000, 3124])
def test_every_enumeration_stops_at_the_limit(way, missing):
    generators = letters_of(full_transformations(5))
    with pytest.raises(LimitReached, match="monoid elements: stopped at"):
        WAYS[way][0](generators, 3125 - missing, 1 << 30)


@pytest.mark.parametrize("way", WAYS)
def test_every_enumeration_stops_when_the_memory_is_spent(way):
    generators = letters_of(full_transformations(6))
    with pytest.raises(LimitReached, match=r"More than [1-9][0-9,]+ elements were found") as caught:
        WAYS[way][0](generators, 10**6, 3_000_000)
    assert 2_900_000 < caught.value.reached <= 3_000_000


@pytest.mark.parametrize("entry", ORACLES, ids=lambda e: e["name"])
def test_index_and_period_of_every_element(entry):
    monoid = transition_monoid(oracle_machine(entry))
    for e, row in enumerate(monoid.maps.tolist()):
        powers = [tuple(range(len(row)))]
        while (power := compose(powers[-1], row)) not in powers:
            powers.append(power)
        expected = (powers.index(power), len(powers) - powers.index(power))
        assert monoid.index_period(e) == expected
        assert (monoid.indices[e], monoid.periods[e]) == expected
    letters = [monoid.right[0, a] for a in range(len(entry["alphabet"]))]
    orbits = tuple(monoid.index_period(e) for e in letters)
    assert monoid.letter_index_period == letter_orbits(monoid.machine) == orbits
    # The oracle takes the greatest index over exponents from 1 on.
    assert max(1, *map(int, monoid.indices)) == entry["algebra"]["max_index"]
    assert math.lcm(*map(int, monoid.periods)) == entry["algebra"]["period"]


def test_compiled_periods_equal_the_plain_ones():
    from negeig.automata.machines._periods_compiled import indices_periods

    rng = np.random.default_rng(0)
    for points in range(1, 12):
        maps = rng.integers(points, size=(300, points)).astype(np.uint8)
        pairs = [map_index_period(row) for row in maps]
        assert np.array_equal(np.transpose(indices_periods(maps)), pairs)


def test_periods_do_not_depend_on_the_calls(monkeypatch):
    whole, parts = (transition_monoid(full_transformations(6)) for _ in range(2))
    pairs = [map_index_period(row) for row in whole.maps.tolist()]
    assert np.array_equal(np.transpose([whole.indices, whole.periods]), pairs)
    monkeypatch.setattr(monoid_module, "_CALL_ENTRIES", 10_000)
    assert np.array_equal(parts.indices, whole.indices)
    assert np.array_equal(parts.periods, whole.periods)


def test_a_period_may_be_larger_than_a_machine_integer():
    primes = [p for p in range(2, 60) if all(p % q for q in range(2, p))]
    row = []
    for p in primes:
        row += [len(row) + (i + 1) % p for i in range(p)]
    assert map_index_period(row) == (0, math.prod(primes))
    assert math.prod(primes) > 2**64


def test_products_are_associative_and_agree_with_the_maps():
    monoid = transition_monoid(full_transformations(5))
    rng = np.random.default_rng(1)
    e, f, g = rng.integers(monoid.size, size=(3, 2000))
    ef = monoid.products(e, f)
    assert (monoid.maps[ef] == np.take_along_axis(monoid.maps[f], monoid.maps[e], 1)).all()
    assert (monoid.products(ef, g) == monoid.products(e, monoid.products(f, g))).all()
    assert (monoid.products(0, e) == e).all()
    assert (monoid.products(e, 0) == e).all()
    assert monoid.product(int(e[0]), int(f[0])) == ef[0]
    for x, y in zip(e[:50].tolist(), f[:50].tolist(), strict=True):
        assert monoid.product(x, y) == monoid.element(monoid.word(x) + monoid.word(y))


@pytest.mark.parametrize("points", [4, 5, 6])
def test_products_by_tracing_equal_products_by_composing(points):
    monoid = transition_monoid(full_transformations(points))
    e = np.random.default_rng(2).integers(monoid.size, size=(25, 1, 2))
    f = np.random.default_rng(3).integers(monoid.size, size=(50, 2))
    composed = monoid.products(e, f)
    assert "_elements" in vars(monoid)
    assert composed.shape == (25, 50, 2)
    fresh = transition_monoid(full_transformations(points))
    pairs = np.broadcast(e, f)
    traced = [fresh.products(x, y) for x, y in pairs]
    assert "_elements" not in vars(fresh)
    assert np.array_equal(composed.ravel(), traced)
    assert composed.dtype == traced[0].dtype


def test_idempotents_by_definition():
    monoid = transition_monoid(full_transformations(4))
    squares = [monoid.product(e, e) for e in range(monoid.size)]
    assert monoid.idempotents.tolist() == [e for e, square in enumerate(squares) if e == square]
    assert len(monoid.idempotents) == 41  # sum of binomial(4, k) k^(4-k)


@pytest.mark.parametrize("size", [1, 2, 3, 26, 27, 100, 3125, 46656])
def test_the_limit_stops_exactly_where_it_says(size):
    machine = full_transformations(6 if size > 3125 else 5 if size > 27 else 3)
    total = 46656 if size > 3125 else 3125 if size > 27 else 27
    if size >= total:
        assert transition_monoid(machine, max_elements=size).size == total
        return
    with pytest.raises(LimitReached, match="--max-elements") as caught:
        transition_monoid(machine, max_elements=size)
    assert (caught.value.limit, caught.value.value) == ("monoid elements", size)
    assert caught.value.reached == size + 1


@pytest.mark.parametrize("memory", [0, 1000, 100_000, 400_000])
def test_memory_is_bounded(memory):
    with pytest.raises(LimitReached, match="--max-memory") as caught:
        transition_monoid(full_transformations(6), max_memory=memory)
    assert caught.value.reached <= memory
    assert "each is a map of 6 points" in str(caught.value)


def test_unknown_letter_is_an_input_error():
    with pytest.raises(InputError, match="'z' is not in the alphabet"):
        transition_monoid(full_transformations(3)).element("cz")


def test_more_than_256_states():
    machine = Machine(
        alphabet="0g",
        transitions=[[q, (q + 1) % 300] for q in range(300)],
        initial=0,
        outputs=list(range(300)),
    )
    monoid = transition_monoid(machine)
    assert monoid.size == 300
    assert monoid.maps.dtype == np.uint16
    assert monoid.is_group
    assert not monoid.is_aperiodic


S5 = ((1, 0, 2, 3, 4), (1, 2, 3, 4, 0))
A4 = ((1, 2, 0, 3), (0, 2, 3, 1))


@pytest.mark.parametrize("points", [S5, A4], ids=["S5", "A4"])
def test_points_give_the_same_monoid_as_the_states(points):
    machine = word_problem(points, "ab")
    plain = Machine(
        alphabet="ab", transitions=machine.transitions, initial=0, outputs=machine.outputs
    )
    on_points, on_states = transition_monoid(machine), transition_monoid(plain)
    assert (on_points.acts_on, on_states.acts_on) == ("points", "states")
    assert on_points.maps.shape == (machine.size, len(points[0]))
    for table in ("right", "left", "parent", "last_letter", "periods", "indices", "idempotents"):
        assert np.array_equal(getattr(on_points, table), getattr(on_states, table))


@pytest.mark.parametrize(
    "points",
    [
        ((0, 1, 2, 3, 4), (1, 2, 3, 4, 0)),  # another group, too small
        ((1, 0, 2, 3), (1, 2, 3, 0)),  # S4 does not act on the states of S5
        ((0, 0, 2, 3, 4), (1, 2, 3, 4, 0)),  # not a permutation
        ((1, 0, 2, 3, 4),),  # a letter is missing
        ((1, 0, 2, 3, 4, 6, 5), (1, 2, 3, 4, 0, 5, 6)),  # the sign again: the same group
        ((1, 0, 2, 3, 4, 5, 6), (1, 2, 3, 4, 0, 6, 5)),  # C2 x S5: acts, but not faithfully
    ],
)
def test_points_that_are_not_a_faithful_action_are_not_used(points):
    machine = word_problem(S5, "ab")
    wrong = Machine(
        alphabet="ab",
        transitions=machine.transitions,
        initial=0,
        outputs=machine.outputs,
        points=points,
    )
    monoid = transition_monoid(wrong)
    assert monoid.size == 120
    assert monoid.acts_on == ("points" if points[0][-1] == 5 else "states")
    assert np.array_equal(monoid.right, transition_monoid(machine).right)


def pairs_machine(points, natural):
    """The group acting on the ten pairs of five points; the initial state has a stabiliser."""
    pairs = list(itertools.combinations(range(5), 2))
    table = [[pairs.index(tuple(sorted((p[i], p[j])))) for p in natural] for i, j in pairs]
    return Machine(
        alphabet="ab", transitions=table, initial=0, outputs=list(range(10)), points=points
    )


def test_points_where_the_initial_state_has_a_stabiliser():
    monoid = transition_monoid(pairs_machine(S5, S5))
    assert (monoid.size, monoid.acts_on) == (120, "points")
    # C2 x S5 with C2 acting trivially on the pairs: 240 permutations, 120 elements.
    doubled = ((1, 0, 2, 3, 4, 5, 6), (1, 2, 3, 4, 0, 6, 5))
    monoid = transition_monoid(pairs_machine(doubled, S5))
    assert (monoid.size, monoid.acts_on) == (120, "states")
