"""The holonomy decomposition: proved on every machine tried, against definitions and SgpDec."""

import itertools
import math
import random
from functools import cache

import networkx as nx
import pytest

from negeig.automata.decomposition.blocks import Blocks, generated
from negeig.automata.decomposition.cascade_check import verify
from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.decomposition.subduction import elements, height, image_sets
from negeig.automata.groups.permgroup import primes
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import green
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import InputError, LimitReached, Verdict
from support.oracles import ORACLES

JOINS = ["none", "divisors", "all"]
SEED = 20260803


def machine_of(transitions):
    """A machine whose outputs are its states."""
    letters = "abcdefgh"[: len(transitions[0])]
    return Machine(
        alphabet=letters, transitions=transitions, initial=0, outputs=range(len(transitions))
    )


def oracle_machine(entry):
    minimal = entry["minimal"]
    return Machine(
        alphabet=entry["alphabet"],
        transitions=minimal["table"],
        initial=minimal["initial"],
        outputs=[int(q in minimal["accepting"]) for q in range(minimal["n_states"])],
    )


def transformations(n):
    swap, cycle, collapse = [1, 0, *range(2, n)], [*range(1, n), 0], [0, 0, *range(2, n)]
    return machine_of(list(zip(swap, cycle, collapse, strict=True)))


@cache
def random_machines(count=300):
    rng = random.Random(SEED)
    machines = []
    for _ in range(count):
        states, letters = rng.randint(4, 8), rng.randint(2, 3)
        rows = [[rng.randrange(states) for _ in range(letters)] for _ in range(states)]
        machines.append(machine_of(rows))
    return machines


def small_machines(states, letters=2):
    """All transitions; every machine is one of these up to the names of its states."""
    rows = itertools.product(range(states), repeat=letters)
    for table in itertools.product(list(rows), repeat=states):
        yield machine_of(table)


def proved(machine, cascade):
    claim = verify(cascade, machine)
    assert claim.verdict is Verdict.PROVED, (claim, machine.transitions.tolist())
    assert set(cascade.states.values()) == set(range(machine.size))
    return claim


def subductions(machine):
    """Image sets of size > 1 and the pairs (P, Q) with P inside Q.u, from the whole monoid."""
    maps = transition_monoid(machine).maps.tolist()
    images = {frozenset(row) for row in maps}
    singles = {frozenset([q]) for q in range(machine.size)}
    sets = images | singles
    below = {
        (p, q)
        for q in sets
        for image in {frozenset(row[x] for x in q) for row in maps}
        for p in sets
        if p <= image
    }
    return sets, below


def height_by_definition(machine):
    """Longest strict chain of subduction, single states counting as one bottom element."""
    sets, below = subductions(machine)
    graph = nx.DiGraph()
    graph.add_nodes_from(p for p in sets if len(p) > 1)
    graph.add_edges_from((p, q) for p, q in below if len(p) > 1 and (q, p) not in below)
    return nx.dag_longest_path_length(graph) + 1 if graph else 0


# --- every machine with at most three states and two letters


@pytest.mark.parametrize("states", [1, 2, 3])
def test_every_small_machine(states):
    for machine in small_machines(states):
        depths = []
        for join in JOINS:
            cascade = holonomy(machine, join=join)
            proved(machine, cascade)
            depths.append(cascade.depth)
        assert depths[0] == height(machine) == cascade.height
        assert depths == sorted(depths, reverse=True)
        assert depths[2] <= states - 1


def test_small_machines_from_every_initial_state():
    for table in itertools.product(itertools.product(range(2), repeat=2), repeat=2):
        for initial in range(2):
            machine = Machine(alphabet="ab", transitions=table, initial=initial, outputs=["x", "y"])
            cascade = holonomy(machine)
            proved(machine, cascade)
            assert cascade.as_machine().difference(machine) is None


@pytest.mark.parametrize("states", [1, 2, 3])
def test_heights_by_definition(states):
    for machine in small_machines(states):
        assert height(machine) == height_by_definition(machine)


def test_sets_tiles_and_classes_by_definition():
    print(f"seed {SEED}")
    for machine in [m for m in random_machines() if m.size <= 5][:25]:
        found = image_sets(machine)
        sets, below = subductions(machine)
        named = [frozenset(elements(s)) for s in found.sets]
        assert len(named) == len(sets)
        assert set(named) == sets
        assert found.heights[0] == height_by_definition(machine)
        for p, here in enumerate(named):
            inside = [s for s in sets if s < here]
            largest = {s for s in inside if not any(s < t for t in inside)}
            assert {named[t] for t in found.tiles(p)} == largest
            if len(here) > 1:
                same = {q for q, s in enumerate(named) if {(s, here), (here, s)} <= below}
                assert same == set(found.members[found.classes[p]])


# --- random machines


@pytest.mark.exhaustive
@pytest.mark.parametrize("join", JOINS)
def test_random_machines(join):
    print(f"seed {SEED}")
    for machine in random_machines():
        cascade = holonomy(machine, join=join)
        proved(machine, cascade)
        assert cascade.depth <= cascade.height
        if join == "none":
            assert cascade.depth == cascade.height
        if join == "all":
            assert cascade.depth <= machine.size - 1
        assert cascade.as_machine().difference(machine) is None


@pytest.mark.exhaustive
def test_joining_shortens_most_random_machines():
    depths = {join: sum(holonomy(m, join=join).depth for m in random_machines()) for join in JOINS}
    assert depths["all"] <= depths["divisors"] < 0.8 * depths["none"]


@pytest.mark.parametrize("join", JOINS)
def test_positions_by_definition(join):
    for machine in random_machines()[:60]:
        sets = image_sets(machine)
        blocks = Blocks(sets, join)
        position, block = blocks.positions, blocks.block
        for p, mask in enumerate(sets.sets):
            assert (position[p] == 0) == (sets.sizes[p] == 1)
            for q, other in enumerate(sets.sets):
                if other & ~mask == 0 and other != mask:
                    assert position[q] < position[p]
            for q in sets.images[p]:
                assert position[q] <= position[p]
                if position[q] == position[p] > 0:
                    assert sets.sizes[p] == sets.sizes[q]
                    assert block[sets.classes[p]] is block[sets.classes[q]]
        if join == "none":
            assert position == sets.heights


# --- groups


def level_groups(cascade):
    return [component.group for level in cascade.levels for component in level.components]


@pytest.mark.parametrize("join", ["none", "divisors"])
def test_groups_divide_the_monoid(join):
    """Orders divide (none), or have only primes (divisors), of orders of maximal subgroups."""
    checked = 0
    for machine in [*random_machines(), *map(oracle_machine, ORACLES), transformations(4)]:
        if machine.size > 6:
            continue
        try:
            subgroups = green(transition_monoid(machine, max_elements=5_000)).subgroups
        except LimitReached:
            continue
        checked += 1
        known = {p for subgroup in subgroups for p in primes(subgroup.order)}
        for group in level_groups(holonomy(machine, join=join)):
            divides = any(subgroup.order % group.order == 0 for subgroup in subgroups)
            assert divides or (
                join == "divisors" and group.solvable and known.issuperset(primes(group.order))
            )
    assert checked > 100


def test_aperiodic_monoids_have_resets_only():
    found = 0
    for machine in small_machines(3):
        if transition_monoid(machine).is_aperiodic:
            found += 1
            for join in ("none", "divisors"):
                assert holonomy(machine, join=join).group_levels == 0
        else:
            assert all(holonomy(machine, join=join).group_levels > 0 for join in JOINS)
    assert found > 100


def test_joining_all_may_bring_new_groups():
    machine = machine_of([[3, 0], [0, 3], [2, 1], [3, 0]])
    assert transition_monoid(machine).is_aperiodic
    notations = {j: [v.notation for v in holonomy(machine, join=j).levels] for j in JOINS}
    assert notations == {
        "none": ["2", "2", "2 2", "2", "2"],
        "divisors": ["2", "2 2", "2", "2"],
        "all": ["2", "2 2", "(2,C2)"],
    }


def test_permutations_of_a_level_generate_what_its_components_say():
    for machine in [*random_machines()[:80], transformations(4), get("modarith:5")]:
        for level in holonomy(machine).levels:
            permutations = [m for m in level.maps if len(set(m)) == level.points]
            group = generated(permutations, level.points)
            product = math.prod(c.group.order for c in level.components)
            assert group is not None
            assert product % len(group) == 0
            for component in level.components:
                own = range(component.offset, component.offset + component.points)
                if component.group.order > 1:
                    assert all(set(own) == {p[i] for i in own} for p in permutations)
                    action = {tuple(p[i] - component.offset for i in own) for p in permutations}
                    assert len(generated(action, len(own))) == component.group.order


def test_shared_points():
    fewer = 0
    for machine in random_machines()[:100]:
        apart, shared = holonomy(machine), holonomy(machine, share_points=True)
        proved(machine, shared)
        assert shared.depth == apart.depth
        for level, other in zip(shared.levels, apart.levels, strict=True):
            assert level.points == max(c.points for c in level.components) <= other.points
            fewer += level.points < other.points
    assert fewer > 10


# --- known decompositions


@pytest.mark.parametrize(
    "entry", [e for e in ORACLES if e["holonomy_sgpdec"]], ids=lambda e: e["name"]
)
def test_components_of_sgpdec(entry):
    """Numbers of tiles and holonomy groups do not depend on SgpDec's choices; levels do.

    SgpDec puts a set on the level of its distance from the top, we on that of its height; it counts
    the single states as one more level, and gives dihedral groups their order.
    """
    theirs = [
        name.replace("D8", "D4")
        for level in entry["holonomy_sgpdec"]["components_by_level"]
        for name in level
    ]
    cascade = holonomy(oracle_machine(entry), join="none")
    ours = [name for level in cascade.levels for name in level.notation.split(" ")]
    assert cascade.depth == entry["holonomy_sgpdec"]["depth"] - 1
    assert sorted(ours) == sorted(theirs)


@pytest.mark.parametrize("entry", ORACLES, ids=lambda e: e["name"])
def test_oracle_machines(entry):
    machine = oracle_machine(entry)
    for join in JOINS:
        cascade = holonomy(machine, join=join)
        proved(machine, cascade)
        if entry["holonomy_sgpdec"]:
            assert cascade.depth <= entry["holonomy_sgpdec"]["depth"] - 1
    if entry["algebra"]["is_group"] and machine.size > 1:
        assert cascade.depth == 1


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_full_transformation_monoids(n):
    cascade = holonomy(transformations(n))
    names = [level.notation for level in cascade.levels]
    assert names == [*(f"({k},S{k})" for k in range(n, 2, -1)), "(2,C2)"]
    assert len(cascade.states) == math.factorial(n)
    proved(transformations(n), cascade)


@pytest.mark.parametrize(
    ("name", "notation"),
    [
        ("parity", ["(2,C2)"]),
        ("mod:6", ["(6,C6)"]),
        ("flipflop", ["2"]),
        ("sym:5", ["(120,S5)"]),
        ("alt:4", ["(12,A4)"]),
        ("quaternion", ["(8,Q8)"]),
        ("dyck1:4", ["2", "2", "2", "2", "2"]),
        ("modarith:3:precedence", ["2", "(3,C2)", "(4,C3)"]),
    ],
)
def test_zoo(name, notation):
    machine = get(name).minimal()
    cascade = holonomy(machine)
    assert [level.notation for level in cascade.levels] == notation
    proved(machine, cascade)


def test_large_groups_are_not_listed():
    swap, cycle = [1, 0, *range(2, 20)], [*range(1, 20), 0]
    cascade = holonomy(machine_of(list(zip(swap, cycle, strict=True))))
    assert repr(cascade) == "Cascade(1 level: (20,S20))"


def test_a_permutation_machine_with_several_orbits_is_one_level():
    machine = machine_of([[1, 0], [0, 1], [2, 3], [3, 4], [4, 2]])
    cascade = holonomy(machine)
    assert repr(cascade) == "Cascade(1 level: (5,C6))"
    proved(machine, cascade)  # also onto the states that no word reaches


def test_one_state_has_no_levels():
    cascade = holonomy(machine_of([[0, 0]]))
    assert (cascade.depth, cascade.initial, dict(cascade.states)) == (0, (), {(): 0})
    assert cascade.run("ab") == (0, 0, 0)


# --- limits and bad input


def test_too_many_image_sets():
    with pytest.raises(LimitReached, match=r"image sets: stopped at .*the limit is 200.*max_sets"):
        holonomy(transformations(8), max_sets=200)
    assert holonomy(transformations(8), max_sets=255, join="none").depth == 7
    with pytest.raises(LimitReached, match="image sets"):
        holonomy(transformations(20))


def test_too_many_tuples():
    message = "coordinate tuples of the cascade: stopped at .*the limit is 100.*max_tuples"
    with pytest.raises(LimitReached, match=message):
        holonomy(transformations(5), max_tuples=100)
    assert len(holonomy(transformations(5), max_tuples=120).states) == 120


def test_unknown_join():
    with pytest.raises(InputError, match=r"'some' is not one of none, divisors, all"):
        holonomy(transformations(3), join="some")
