"""Peeling: against the definitions, replayed link by link, and never above what networks have."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from negeig import api
from negeig.automata import zoo
from negeig.automata.language import language
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.monoids.submonoids import Multiplication
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.theory.architectures.layer_limits import broken
from negeig.theory.architectures.layer_reading import read_layer
from negeig.theory.bounds import peeling_exact, peeling_greedy
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.budget import Budget
from negeig.theory.theorems import ids
from support import peeled_by_hand
from support.candidates import proposals
from support.layered_tasks import nested, order_preserving
from support.machines import drawn
from support.oracles import ORACLES, oracle_machine
from support.random_stacks import random_stack
from support.structures import small_structures, up_to_exchanged_letters

BOTH = pytest.mark.parametrize("reflections", [True, False], ids=["any", "without -1"])


def peel(machine, *, reflections=True, **options):
    return peel_listed(transition_monoid(machine), reflections=reflections, **options)


@BOTH
def test_the_bound_and_its_chain_against_the_definitions(reflections):
    """Two-letter structures of up to three states, half of them where definitions are slow."""
    values = Counter()
    for machine in small_structures(3)[:: 2 if reflections else 1]:
        monoid = transition_monoid(machine)
        if not reflections and not monoid.is_aperiodic:
            continue
        found = peel_listed(monoid, reflections=reflections)
        assert found.exhaustive
        values[found.value] += 1
        assert peeled_by_hand.replay(machine, found) == found.value
        elements = set(map(tuple, monoid.maps.tolist()))
        identity = tuple(range(machine.size))
        by_hand = peeled_by_hand.most_layers(elements, identity, reflections=reflections)
        assert found.value == by_hand
    assert sum(values.values()) > 40
    assert set(values) == {0, 1, 2}


@pytest.mark.parametrize("seed", range(8))
def test_chains_of_more_links_are_replayed(seed):
    machine = drawn(Random(seed), 4, 2, outputs=4).minimal()
    found = peel(machine)
    assert peeled_by_hand.replay(machine, found) == found.value


@pytest.mark.parametrize(
    ("machine", "reflections", "links"),
    [
        (order_preserving(4), True, 1),
        (order_preserving(4), False, 1),
        (order_preserving(5), True, 2),
        (get("transformations:3"), True, 0),
        (language("(a|b)*bbb", alphabet="ab").machine.minimal(), False, 0),
        (nested(2), False, 1),
    ],
    ids=["O4", "O4 without -1", "O5", "T3", "last three", "D2"],
)
def test_links_of_known_tasks_are_replayed(machine, reflections, links):
    found = peel(machine, reflections=reflections)
    assert len(found.links) == links
    assert peeled_by_hand.replay(machine, found) == found.value


def test_a_chain_that_claims_too_much_is_refused():
    """Negative twins of the replayer: another generator, another idempotent, a wrong ending."""
    machine = order_preserving(4)
    found = peel(machine)
    (link,) = found.links
    for wrong in (
        replace(found, links=(replace(link, generators=(*link.generators, ("1",))),)),
        replace(found, links=(replace(link, idempotent=("0", "1")),)),
        replace(found, witness=(found.witness[0], found.witness[0])),
        replace(found, ending="letters"),
        replace(found, links=(link, link)),
    ):
        with pytest.raises(AssertionError):
            peeled_by_hand.replay(machine, wrong)


def structures_of(states):
    """Every two-letter machine of so many states, which are numbered breadth first: its outputs."""

    def extend(row, known):
        if len(row) == 2 * states:
            yield np.array(row).reshape(states, 2)
            return
        if len(row) % 2 == 0 and len(row) // 2 == known:
            return  # the next state is not reached
        for target in range(min(known + 1, states)):
            yield from extend([*row, target], max(known, target + 1))

    for table in extend([], 1):
        if table.max() == states - 1:
            yield Machine(alphabet="ab", transitions=table, initial=0, outputs=range(states))


def test_depths_of_all_small_aperiodic_structures():
    """The aperiodic ones with 2 to 4 states, up to exchanged letters, without -1."""
    depths = Counter()
    for states in (2, 3, 4):
        for machine in up_to_exchanged_letters(structures_of(states)):
            monoid = transition_monoid(machine)
            if monoid.is_aperiodic:
                depths[peel_listed(monoid, reflections=False).value] += 1
    assert depths == {1: 126, 2: 125, 3: 8}


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_nested_brackets_need_a_layer_for_each_depth_without_minus_one(depth):
    machine = nested(depth)
    assert peel(machine, reflections=False).value == depth + 1
    assert peel(machine).value == 1


@pytest.mark.parametrize("points", [2, 3, 4, 5, 6])
def test_maps_that_keep_an_order_need_a_layer_less_than_points(points):
    machine = order_preserving(points)
    assert [peel(machine, reflections=r).value for r in (True, False)] == [points - 1] * 2


@pytest.mark.parametrize("points", [2, 3, 4, 5])
def test_all_maps_need_a_layer_less_than_points(points):
    """With complexity, which says the same; without it too."""
    monoid = transition_monoid(get(f"transformations:{points}").minimal())
    assert peel_listed(monoid).value == points - 1


def test_complexity_is_mixed_in(monkeypatch):
    """A chain ends with it where it is more than what peeling says of what remains."""
    machine = get("transformations:4").minimal()
    found = peel(machine)
    assert (found.value, found.ending, len(found.links)) == (3, "idempotents", 1)
    cut_short = peel(machine, max_work=0)
    assert (cut_short.value, cut_short.ending, cut_short.links) == (3, "complexity", ())
    assert peeled_by_hand.replay(machine, cut_short) == 3
    monkeypatch.setattr(peeling_exact, "complexity_lower_bound", lambda machine: 0)
    assert peel(machine, max_work=0).value == 2


@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_the_last_letters_take_one_layer_in_either_range(k):
    machine = language("(a|b)*" + "b" * k).machine.minimal()
    assert [peel(machine, reflections=r).value for r in (True, False)] == [1, 1]


@pytest.mark.parametrize(
    ("regex", "values"),
    [
        ("a(a|b)*", [2, 2]),  # the first letter
        ("(ab)*", [1, 2]),  # one reflection holds it, and no layer without
        ("(a|b)*ab(a|b)*", [2, 2]),
        ("(a|b)*a(a|b)*", [1, 1]),
    ],
)
def test_languages_beside_each_other(regex, values):
    machine = language(regex, alphabet="ab").machine.minimal()
    assert [peel(machine, reflections=r).value for r in (True, False)] == values


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ([[0, 1], [2, 1], [3, 4], [3, 3], [4, 4]], [2, 3]),  # 2 by chains of idempotents alone
        ([[1, 2], [1, 1], [3, 4], [0, 2], [4, 4]], [3, 3]),
        ([[0, 1], [0, 2], [0, 3], [0, 3]], [1, 1]),
    ],
)
def test_named_machines(rows, values):
    machine = Machine(alphabet="ab", transitions=rows, initial=0, outputs=range(len(rows)))
    assert [peel(machine, reflections=r).value for r in (True, False)] == values


def test_the_kernel_by_its_definition():
    """The two rules that close it against all conjugations."""
    machines = small_structures(3)[::3] + [drawn(Random(s), 4, 2, outputs=4) for s in range(3)]
    smaller = 0
    for machine in machines:
        monoid = transition_monoid(machine.minimal())
        kernel = Multiplication(monoid).whole().kernel()
        found = {tuple(monoid.maps[x].tolist()) for x in kernel.elements}
        elements = set(map(tuple, monoid.maps.tolist()))
        assert found == peeled_by_hand.kernel(elements, tuple(monoid.maps[0].tolist()))
        smaller += len(found) < monoid.size
    assert smaller > 10


def test_stacks_of_random_layers_never_get_a_bound_above_their_depth():
    """Network first, then its minimal machine; with a bound raised by one many would."""
    attained = Counter()
    for seed in range(400):
        random = Random(seed)
        depth, reflections = random.choice((1, 2, 3)), random.random() < 0.5
        machine = random_stack(random, depth, reflections=reflections)
        try:
            monoid = transition_monoid(machine, max_elements=3_000)
        except LimitReached:
            continue
        assert reflections or monoid.is_aperiodic, f"seed {seed}"
        value = peel_listed(monoid, reflections=reflections).value
        assert value <= depth, f"seed {seed}"
        attained[depth, reflections] += value == depth
    for depth in (1, 2):
        assert attained[depth, True] > 0 < attained[depth, False]


ONE_LAYER = ("scalar", "permutation", "partial-injection", "permutation-reset", "chain")


def too_shallow(machine, *routes):
    """Whether a proved network of some routes has fewer layers than the bound of its range."""
    monoid = transition_monoid(machine, max_elements=20_000)
    every = peel_listed(monoid).value
    turned = peel_listed(monoid, reflections=False).value if monoid.is_aperiodic else every
    for made in proposals(machine, *routes):
        reflects = any(-1 in layer.eigenvalues for layer in made.network.layers)
        is_below = len(made.network.layers) < (every if reflects else turned)
        if is_below and exact_closure(made.network, machine).verdict == "proved":
            return True
    return False


@pytest.mark.parametrize(
    ("seeds", "routes"),
    [
        (100, ONE_LAYER),
        pytest.param(1_000, ONE_LAYER, marks=pytest.mark.exhaustive),
        pytest.param(40, (*ONE_LAYER, "cascade"), marks=pytest.mark.exhaustive),
    ],
    ids=["one layer", "one layer, 1,000 machines", "cascades too"],
)
def test_no_network_of_a_random_machine_has_fewer_layers(seeds, routes):
    """Machines of 4 to 7 states, groups among them."""
    for seed in range(seeds):
        random = Random(seed)
        machine = drawn(random, random.randint(4, 7), 2, outputs=3).minimal()
        with suppress(LimitReached):
            assert not too_shallow(machine, *routes), f"seed {seed}"


def test_no_network_of_a_small_structure_has_fewer_layers():
    for machine in small_structures(3):
        assert not too_shallow(machine, *ONE_LAYER), machine.transitions


@pytest.mark.exhaustive
@pytest.mark.long
def test_no_network_of_a_structure_of_four_states_has_fewer_layers():
    for i, machine in enumerate(up_to_exchanged_letters(structures_of(4))):
        cascade = ("cascade",) * (i % 200 == 0)
        assert not too_shallow(machine, *ONE_LAYER, *cascade), machine.transitions


def test_no_network_of_the_zoo_has_fewer_layers():
    for entry in zoo.entries():
        machine = get(entry.examples[0]).minimal()
        assert not too_shallow(machine, *ONE_LAYER), entry.examples[0]


@pytest.mark.parametrize(
    "routes",
    [ONE_LAYER, pytest.param(("cascade",), marks=pytest.mark.exhaustive)],
    ids=["one layer", "cascades"],
)
def test_no_network_of_an_oracle_has_fewer_layers(routes):
    for entry in ORACLES:
        assert not too_shallow(oracle_machine(entry).minimal(), *routes), entry["name"]


@pytest.mark.parametrize(
    ("name", "values"),
    [("dyck1:4", [1, 5]), ("dyck2:3", [1, 4]), ("gridworld:4", [1, 3]), ("even-pairs", [2, 2])],
)
def test_layers_of_the_zoo(name, values):
    machine = get(name).minimal()
    assert [peel(machine, reflections=r).value for r in (True, False)] == values


def test_a_bound_that_is_too_high_is_noticed(monkeypatch):
    """The negative twin: with one layer more for each task a proved network contradicts it."""
    machine = get("flipflop").minimal()
    assert not too_shallow(machine, *ONE_LAYER)
    too_high = peeling_exact._Found(2, "one layer")
    monkeypatch.setattr(peeling_exact._Search, "best", lambda search, of: too_high)
    assert too_shallow(machine, *ONE_LAYER)


def test_the_bounds_that_budgets_meet():
    """Both ranges, each with its chain, and a refusal that is about one of them only."""
    machine = nested(2)
    bounds = lower_bounds(machine, transition_monoid(machine))
    (bound,) = (b for b in bounds if b.theorem == ids.PEELING)
    assert (bound.value, bound.no_reflections, bound.chain.value) == (3, True, 3)
    assert bound.to_json()["chain"] == bound.chain.to_json()
    with pytest.raises(BudgetNotMet, match="at least 3 layers") as refused:
        api.compile(machine, budget=Budget(layers=2, eigenvalues=(0, 1)))
    assert refused.value.exit_code == 1
    assert len(api.compile(machine, budget=Budget(layers=1)).network.layers) == 1


@pytest.mark.parametrize(
    ("spec", "is_broken"),
    [
        ("family=delta,beta=0..1,steps=9,depth=2", True),
        ("family=delta,beta=0..below2,steps=9,depth=2", True),
        ("family=delta,beta=0..1,steps=9,depth=3", False),
        ("family=delta,beta=0..2,steps=9,depth=2", False),
        ("family=diagonal,gate=0..1,depth=2", True),
        ("family=diagonal,gate=-1..1,depth=2", False),
    ],
)
def test_specified_layers(spec, is_broken):
    machine = nested(2)
    found = broken(read_layer(spec), lower_bounds(machine, transition_monoid(machine)))
    assert (ids.PEELING in [bound.theorem for bound in found]) == is_broken


def test_work_is_counted_and_said():
    monoid = transition_monoid(order_preserving(6))
    short = peel_listed(monoid, max_work=0)
    assert (short.value, short.exhaustive) == (2, False)
    assert peel_listed(monoid).exhaustive


def test_a_monoid_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("negeig.automata.monoids.submonoids.MAX_MULTIPLIED", 9)
    with pytest.raises(LimitReached, match="elements of a monoid"):
        peel(order_preserving(3))


def test_one_multiplication_serves_both_ranges():
    """What one search may still look up does not depend on what another one did before."""
    monoid = transition_monoid(order_preserving(5))
    table = Multiplication(monoid)
    for reflections in (True, False, True):
        found = peel_listed(monoid, reflections=reflections, table=table)
        assert found == peel_listed(monoid, reflections=reflections)
    before = table.work
    assert not peel_listed(monoid, max_work=0, table=table).exhaustive
    assert table.work > before
    assert peel_listed(monoid, table=table).exhaustive


def test_pairs_that_are_not_compared_are_said(monkeypatch):
    """Ends with b: efe = fe, and a search that may not look at all pairs does not claim to have."""
    monoid = transition_monoid(language("(a|b)*bb", alphabet="ab").machine.minimal())
    assert peel_listed(monoid).exhaustive
    monkeypatch.setattr(peeling_exact, "MAX_PAIRS", 1)
    short = peel_listed(monoid)
    assert (short.value, short.exhaustive) == (1, False)


def test_products_along_words():
    """Against the maps themselves."""
    monoid = transition_monoid(get("transformations:3").minimal())
    table, maps = Multiplication(monoid), monoid.maps
    rows = {tuple(row): i for i, row in enumerate(maps.tolist())}
    every = np.arange(monoid.size)
    products = [[rows[tuple(maps[y][maps[x]].tolist())] for y in every] for x in every]
    assert table.each_times(every, every).tolist() == products
    assert table.times_each(every, every).T.tolist() == products


@pytest.mark.exhaustive
def test_monoids_of_up_to_20_000_elements_are_peeled_over_all_chains():
    """Order-preserving letters on 9 to 12 points; chains from short words find less on some."""
    below = 0
    for seed in (27, 92, 155, 173, 244):
        random = Random(seed)
        points, letters = random.randint(9, 12), random.randint(2, 5)
        columns = [sorted(random.choices(range(points), k=points)) for _ in range(letters)]
        machine = Machine(
            alphabet=map(str, range(letters)),
            transitions=np.array(columns).T,
            initial=0,
            outputs=range(points),
        ).minimal()
        monoid = transition_monoid(machine, max_elements=20_000)
        assert monoid.size > 8_192
        for reflections in (True, False):
            found = peel_listed(monoid, reflections=reflections)
            assert found.exhaustive
            some = peeling_greedy._Chains(reflections).best(peeling_greedy.letters_of(machine))
            assert some.value <= found.value
            below += some.value < found.value
    assert below > 0
