"""The solvable route: polygons and numbers, for every machine whose groups are solvable."""

import random
from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest

from negeig.automata.decomposition.set_stages import set_stages
from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import LimitReached, Region, Verdict
from negeig.pipeline.parts.proving import exact_claim, hardware_claim
from negeig.theory.architectures import find
from negeig.theory.architectures.verdicts import contains, verdicts
from negeig.theory.bounds.limits import limits
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.pieces.group_series import series
from negeig.theory.constructions.pieces.refined_levels import refined
from negeig.theory.constructions.pieces.solvable_levels import split
from negeig.theory.constructions.stacks.solvable import construct
from negeig.theory.theorems import ids
from negeig.work import Work
from support.levels import follows
from support.limit_rows import SMALL

SINGLE = ("deltanet-negative", "gated-deltanet-negative", "kda-negative", "ttt-linear")
TURNING = ("gateloop", "selective-rope")


def is_right(network, machine, longest):
    for length in range(1, longest + 1):
        for word in product(machine.alphabet, repeat=length):
            if network.run(word)[-1] != machine.output(word):
                return False
    return True


def check(machine, found, longest=5):
    """Proved, right on words, and made of the matrices that the route promises."""
    for made in found:
        network = made.network
        assert exact_closure(network, machine).verdict == "proved"
        assert is_right(network, machine, longest)
    reflected, *turned = found
    assert max(layer.steps_per_token for layer in reflected.network.layers) == 1
    assert all(contains(find(name), reflected.network) for name in SINGLE[:1])
    for made in turned:
        assert max(layer.steps_per_token for layer in made.network.layers) == 2
        assert all(contains(find(name), made.network) for name in TURNING)
        assert contains(find("deltaproduct-2-negative"), made.network)


def counts_oddly(machine):
    return any(int(p) & (int(p) - 1) for p in transition_monoid(machine).periods)


def test_all_machines_of_three_states_that_count_to_three():
    """Groups on three points are solvable; those that are 2-groups are the diagonal route's."""
    seen = 0
    for machine in SMALL[::11]:
        found = list(construct(machine))
        assert bool(found) == (machine.size > 1 and counts_oddly(machine))
        if found:
            seen += 1
            check(machine, found, longest=4)
    assert seen > 10


@pytest.mark.parametrize("seed", range(30))
def test_random_machines(seed):
    """Five states over three letters; on five points one group is not solvable, of order 60 up."""
    source = random.Random(seed)
    turn = [(q + 1) % 3 if q < 3 else q for q in range(5)]
    columns = [[turn[q] for q in source.sample(range(5), 5)]]
    columns += [[source.randrange(5) for _ in range(5)], source.sample(range(5), 5)]
    machine = Machine(
        alphabet="abc",
        transitions=np.array(columns).T.tolist(),
        initial=0,
        outputs=[source.randrange(2) for _ in range(5)],
    ).minimal()
    try:
        found = list(construct(machine))
    except LimitReached:
        return
    if found:
        check(machine, found, longest=2)
    elif machine.size > 2 and counts_oddly(machine):
        assert machine.size == 5  # every smaller one is solvable


SPLIT = {
    "permutation-reset:3": ([1, 3, 1], [1, 3, 1]),
    "transformations:3": ([1, 3, 1, 1], [1, 3, 1, 1]),
    "modarith:3": ([1, 1, 3, 1, 1], [1, 1, 3, 1, 1]),
    "sym:4": ([1, 3, 1, 1], [1, 3, 1, 1]),
    "alt:4": ([1, 3, 1, 1], [3, 1, 1]),
}
"""Dimensions of the layers: those of reflected polygons, and those of turned ones."""


@pytest.mark.parametrize("name", SPLIT)
def test_tasks_of_the_zoo(name):
    machine = get(name).minimal()
    found = list(construct(machine))
    assert tuple([layer.dim for layer in f.network.layers] for f in found) == SPLIT[name]
    check(machine, found, longest=4)


def test_a_layer_with_entries_in_a_field_beside_numbers_that_are_endless():
    machine = get("modarith:5").minimal()
    for made in construct(machine):
        assert made.network.field is not None
        claim = exact_claim(made.network, machine)
        assert claim.verdict is Verdict.PROVED
        assert isinstance(claim.evidence, Region)
        assert is_right(made.network, machine, 3)


def test_in_bf16_too():
    for name in ("modarith:3", "transformations:3", "permutation-reset:3"):
        machine = get(name).minimal()
        made = next(iter(construct(machine)))
        assert hardware_claim(made.network, machine, "bf16").verdict is Verdict.PROVED


@pytest.mark.parametrize("name", ["sym:5", "alt:5", "mod:4", "quaternion", "contains:aba"])
def test_what_it_leaves(name):
    """Groups that are not solvable have no network; where all levels are numbers others do."""
    assert list(construct(get(name).minimal())) == []


def test_a_group_that_is_not_solvable_beside_a_reset():
    assert list(construct(with_reset("alt:5"))) == []
    check(with_reset("sym:3"), list(construct(with_reset("sym:3"))), longest=3)


def test_a_turn_is_no_single_reflection():
    """Twin of the containment: two steps in a head are more than DeltaNet has."""
    _, turned = construct(get("permutation-reset:3").minimal())
    assert not any(contains(find(name), turned.network) for name in SINGLE[:3])
    reflected, _ = construct(get("permutation-reset:3").minimal())
    assert not any(contains(find(name), reflected.network) for name in TURNING)


def test_altered_networks_are_refused_where_they_are_wrong():
    machine = get("permutation-reset:3").minimal()
    refused = 0
    for made in construct(machine):
        layers = made.network.layers
        for at, layer in enumerate(layers):
            for letter in layer.alphabet:
                if not layer.steps[letter]:
                    continue
                other = replace(layer, steps={**layer.steps, letter: layer.steps[letter][1:]})
                network = replace(made.network, layers=(*layers[:at], other, *layers[at + 1 :]))
                verdict = exact_closure(network, machine, max_states=2_000).verdict
                assert (verdict == "proved") <= is_right(network, machine, 3)
                refused += verdict != "proved"
    assert refused > 10


GROUPS = {
    "C6": [(1, 2, 3, 4, 5, 0)],
    "S3": [(1, 2, 0), (1, 0, 2)],
    "D5": [(1, 2, 3, 4, 0), (0, 4, 3, 2, 1)],
    "F20": [(1, 2, 3, 4, 0), (0, 2, 4, 1, 3)],
    "F21": [(1, 2, 3, 4, 5, 6, 0), (0, 2, 4, 6, 1, 3, 5)],
    "C3 x C3": [(1, 2, 0, 3, 4, 5), (0, 1, 2, 4, 5, 3)],
    "S4": [(1, 2, 3, 0), (1, 0, 2, 3)],
    "A4": [(1, 2, 0, 3), (1, 0, 3, 2)],
}


def generated(generators):
    unit = tuple(range(len(generators[0])))
    found, waiting = {unit}, [unit]
    for x in waiting:
        for g in generators:
            y = tuple(g[p] for p in x)
            if y not in found:
                found.add(y)
                waiting.append(y)
    return ListedGroup(np.array(waiting))


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("name", GROUPS)
def test_factors_are_symmetries_of_polygons(name, mirrored):
    """Each is a homomorphism on the term above, with the term below as kernel, up to the end."""
    group = generated(GROUPS[name])
    found = series(group, mirrored=mirrored)
    above = set(range(group.order))
    for factor in found:
        assert set(factor.symmetry) == above
        below = {x for x in above if factor.symmetry[x] == (0, False)}
        for x, y in product(sorted(above), repeat=2):
            (j, r), (k, s) = factor.symmetry[x], factor.symmetry[y]
            both = ((k - j if s else k + j) % factor.corners, r != s)
            assert factor.symmetry[group.product(x, y)] == both
        images = {factor.symmetry[x] for x in above}
        assert len(images) == factor.corners * (2 if factor.mirrored else 1)
        assert mirrored or not factor.mirrored
        assert all(
            (factor.cosets[x] == factor.cosets[y]) == (group.product(x, group.inverse(y)) in below)
            for x, y in product(range(group.order), repeat=2)
        )
        above = below
    assert above == {group.identity}


def test_a_group_that_is_not_solvable_has_no_series():
    five = ListedGroup(np.array(list(permutations(range(5)))))
    assert series(five, mirrored=True) is None


@pytest.mark.parametrize("turns", [False, True])
@pytest.mark.parametrize("name", ["modarith:3", "permutation-reset:3", "alt:4", "sym:4", "mod:6"])
def test_split_levels_do_what_the_levels_did(name, turns):
    machine = get(name).minimal()
    stages, polygons = split(
        refined(set_stages(machine, Work("moves", 100_000))), Work("moves", 1_000_000), turns=turns
    )
    assert len(polygons) == len(stages.stages)
    source = random.Random(len(name))
    for _ in range(60):
        word = [source.randrange(len(machine.alphabet)) for _ in range(12)]
        assert follows(machine, stages, word)


def test_work_is_bounded():
    with pytest.raises(LimitReached):
        list(construct(get("modarith:3").minimal(), work=Work("moves of levels", 3)))


def with_reset(name):
    base = get(name).minimal()
    table = [[*row, 0] for row in base.transitions.tolist()]
    return Machine(
        alphabet=(*base.alphabet, "r"), transitions=table, initial=0, outputs=range(base.size)
    )


@pytest.mark.parametrize(("name", "verdict"), [("sym:3", "possible"), ("alt:5", "open")])
def test_the_theorem_is_cited_where_groups_are_solvable(name, verdict):
    """Without a network in hand; not for a depth, nor for layers that forget nothing."""
    machine = with_reset(name)
    found = limits(machine, transition_monoid(machine))
    row = next(row for row in found if row.class_ == "complex-diagonal")
    theorem = ids.SOLVABLE_LEVELS if verdict == "possible" else None
    assert (row.verdict, row.theorem) == (verdict, theorem)
    rows = {find(r.name).id: r for r in verdicts(found)}
    for id_ in TURNING:
        assert (rows[id_].verdict, rows[id_].theorem) == (verdict, theorem)
    for id_ in ("aussm", "mamba-3", "retnet"):
        assert rows[id_].verdict == "open"
    deep = {find(r.name).id: r for r in verdicts(found, depth=9)}
    assert all(deep[id_].verdict == "open" for id_ in TURNING)
