"""As few layers as the bound allows: a first layer that leaves few states possible."""

import random
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.monoids.submonoids import Multiplication
from negeig.claims import LimitReached, Verdict
from negeig.pipeline.choosing import choose
from negeig.pipeline.parts.proving import exact_claim
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.fewest import few_left
from negeig.theory.constructions.pieces import covering, first_layer
from negeig.theory.constructions.pieces.exploring import Explorer
from negeig.theory.constructions.pieces.first_layer import FirstLayers, Left, groups
from negeig.theory.factors.factorisation import ONE, overwrite
from negeig.work import Work
from support.maps import machine_of

SEED = 5

TWO = [
    ((1, 2, 2, 0), (0, 1, 3, 0)),
    ((1, 0, 3, 4, 1), (2, 1, 4, 1, 0)),
    ((1, 0, 4, 1, 0), (2, 3, 1, 2, 4)),
    ((1, 3, 4, 4, 4, 2), (2, 3, 5, 2, 1, 5)),
]
"""Maps of the letters of machines that two layers do."""

CASCADED = TWO[3]
"""One of them for which the cascade has three layers."""

THREE = ((1, 2, 0, 3, 3), (1, 1, 3, 4, 2))
"""A machine that takes three layers, and for which the cascade has four."""


@pytest.mark.parametrize("letters", TWO, ids=lambda letters: f"{len(letters[0])} states {letters}")
def test_as_many_layers_as_the_bound_says(letters):
    machine = machine_of(letters, 0)
    (found,) = few_left.construct(machine)
    assert found.cost[0] == peel_listed(transition_monoid(machine)).value == 2
    assert exact_claim(found.network, machine).verdict is Verdict.PROVED
    assert found.cost == next(few_left.construct(machine)).cost


def test_three_layers():
    machine = machine_of(THREE, 0)
    (found,) = few_left.construct(machine)
    assert found.cost[0] == peel_listed(transition_monoid(machine)).value == 3
    assert exact_claim(found.network, machine).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("letters", "layers", "outputs"),
    [
        (([1, 2, 2, 2], [2, 1, 0, 3], [1, 3, 2, 2]), 2, [1, 0, 1, 0]),
        (([1, 3, 2, 0, 5, 2], [2, 4, 1, 4, 3, 5]), 3, [1, 1, 1, 1, 0, 1]),
        (([1, 2, 4, 3, 2, 2], [0, 3, 4, 5, 2, 5], [2, 2, 2, 5, 3, 1]), 3, [1, 1, 1, 0, 0, 1]),
    ],
    ids=["many contents", "many contents, three layers", "no group but small ones"],
)
def test_first_layers_that_need_a_longer_search(letters, layers, outputs):
    """Blocks of the fewest registers have too many contents here, or no group was found."""
    machine = Machine(
        alphabet="abc"[: len(letters)],
        transitions=[list(row) for row in zip(*letters, strict=True)],
        initial=0,
        outputs=outputs,
    )
    (found,) = few_left.construct(machine)
    assert found.cost[0] == peel_listed(transition_monoid(machine)).value == layers
    assert exact_claim(found.network, machine).verdict is Verdict.PROVED


def test_values_stay_small_where_few_of_them_are_tried(monkeypatch):
    machine = machine_of(TWO[2], 0)
    monoid, work = transition_monoid(machine), Work("contents", 10**7)
    actions = next(groups(monoid, Multiplication(monoid).whole().kernel(), work))
    left = FirstLayers(machine, 1, work).for_group(actions)
    assert left is not None
    targets = np.array(left.targets, dtype=np.int32)
    distinct = left.rows.shape[1] + int((left.rows == 0).sum())
    for explored in (covering.EXPLORED, 0):
        monkeypatch.setattr(covering, "EXPLORED", explored)
        explorer = Explorer(len(targets) + 1)
        cover = covering.with_few_values(explorer, left.rows, targets, 0)
        values = [*cover.start, *(x for row in cover.writes for x in row)]
        assert max(map(abs, values)) <= distinct
        assert len(cover.vectors) <= len(targets)
        assert set(cover.states) == set(range(len(targets)))


def test_a_first_layer_that_forgets_a_register_is_refused():
    """The same network, but for a letter that overwrites what it would keep."""
    machine = machine_of(TWO[1], 0)
    (found,) = few_left.construct(machine)
    first, *others = found.network.layers
    for letter, steps in first.steps.items():
        wrong = replace(
            first, steps={**first.steps, letter: (*steps, overwrite(first.dim, 0, ONE))}
        )
        network = replace(found.network, layers=(wrong, *others))
        assert exact_claim(network, machine).verdict is Verdict.REFUTED


def test_the_chooser_asks_where_the_least_depth_is_above_the_bound():
    machine = machine_of(CASCADED, 0)
    found = choose(machine)
    rows = {asked.route: asked for asked in found.asked}
    assert (rows["few-left"].outcome, rows["few-left"].proposed) == ("complete", 1)
    assert found.winner is not None
    assert (found.winner.construction.route, found.winner.cost[0]) == ("few-left", 2)
    others = choose(machine, Budget(routes=("cascade",)))
    assert min(point.cost[0] for point in others.front) == 3
    met = choose(machine_of(((0, 0, 2), (1, 1, 1)), 0))
    assert {a.outcome for a in met.asked if a.route == "few-left"} == {"not needed"}


def test_nothing_where_one_layer_does():
    assert list(few_left.construct(machine_of(((1, 2, 3, 0), (1, 0, 2, 3)), 0))) == []
    shift = machine_of(((0, 0, 0, 0, 0), (1, 2, 3, 4, 4)), 0)
    assert list(few_left.construct(shift)) == []


def test_work_and_sizes_are_limited(monkeypatch):
    machine = machine_of(TWO[0], 0)
    with pytest.raises(LimitReached, match="100"):
        list(few_left.construct(machine, work=Work("places", 100)))
    monkeypatch.setattr(first_layer, "MAX_CROWDS", 1)
    with pytest.raises(LimitReached, match="groups of a first layer"):
        list(few_left.construct(machine))
    monkeypatch.setattr(first_layer, "MAX_MONOID", 20)
    with pytest.raises(LimitReached, match="--effort"):
        list(few_left.construct(machine))


def left_by_hand(left: Left, letters, initial):
    """The states that each content leaves possible, over random words, contents as tuples."""
    source = random.Random(SEED)
    rows = left.rows.tolist()
    n = len(rows[0])
    number = {}
    possible = {}
    for _ in range(600):
        held, q, x = tuple(range(1, n + 1)), initial, 0
        for _ in range(source.randrange(30)):
            a = source.randrange(len(letters))
            held = tuple(
                held[s - 1] if s > 0 else -held[-s - 1] if s < 0 else (a, i)
                for i, s in enumerate(rows[a])
            )
            q, x = letters[a][q], left.targets[x][a]
            assert number.setdefault(held, x) == x
            possible.setdefault(x, set()).add(q)
    return possible


def test_what_a_first_layer_leaves():
    machine = machine_of(TWO[1], 0)
    columns = machine.transitions.T.tolist()
    monoid = transition_monoid(machine)
    work = Work("contents", 10**7)
    actions = next(groups(monoid, Multiplication(monoid).whole().kernel(), work))
    for below in (2, 1):
        found = FirstLayers(machine, below, work).for_group(actions)
        assert found is not None
        possible = left_by_hand(found, columns, machine.initial)
        assert len(possible) > 1
        assert all(states <= set(found.states[x]) for x, states in possible.items())
        if below == 2:
            assert max(map(len, found.states)) <= 3
            continue
        for states, targets in zip(found.states, found.targets, strict=True):
            for column, target in zip(columns, targets, strict=True):
                images = {column[q] for q in states}
                carried = len(images) == len(states) == len(found.states[target])
                assert len(images) == 1 or carried
    assert FirstLayers(machine, 0, work).for_group(actions) is None


@pytest.mark.exhaustive
def test_stacks_of_random_machines_have_as_many_layers_as_the_bound():
    source, found = random.Random(SEED), 0
    for _ in range(40):
        size = source.choice((4, 5, 6))
        letters = [tuple(source.randrange(size) for _ in range(size)) for _ in "ab"]
        machine = machine_of(letters, 0)
        made = []
        with suppress(LimitReached):
            made += few_left.construct(machine)
        for construction in made:
            bound = peel_listed(transition_monoid(machine)).value
            assert construction.cost[0] == bound, (SEED, letters)
            assert exact_claim(construction.network, machine).verdict is Verdict.PROVED
            found += 1
    assert found > 10, found
