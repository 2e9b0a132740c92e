"""Some chains of peelings of a monoid that is not listed: replayed, and never above the best."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import LimitReached
from negeig.theory.bounds import peeling_greedy
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.bounds.peeling_exact import peel_listed
from negeig.theory.bounds.peeling_greedy import peel as peel_greedily
from negeig.theory.bounds.peeling_loops import Loops, Maps
from negeig.theory.theorems import ids
from support import peeled_by_hand
from support.layered_tasks import order_preserving
from support.machines import drawn

BOTH = pytest.mark.parametrize("reflections", [True, False], ids=["any", "without -1"])


@BOTH
@pytest.mark.parametrize("listed", [True, False], ids=["shortest words", "as found"])
def test_greedy_chains_are_replayed_and_never_above_the_best(reflections, listed, monkeypatch):
    """With tables of a few elements only: all maps, order-preserving ones, and random machines."""
    monkeypatch.setattr(peeling_greedy, "MAX_MULTIPLIED", 4)
    machines = [order_preserving(4), get("transformations:3").minimal()]
    machines += [drawn(Random(seed), 4, 2, outputs=4).minimal() for seed in range(30, 42)]
    attained = 0
    for machine in machines:
        monoid = transition_monoid(machine)
        if monoid.size <= 4 or not (reflections or monoid.is_aperiodic):
            continue
        found = peel_greedily(machine, monoid if listed else None, reflections=reflections)
        best = peel_listed(monoid, reflections=reflections)
        assert found.value <= best.value
        attained += found.value == best.value > 1
        assert not found.exhaustive
        if monoid.size <= 60:
            assert peeled_by_hand.replay(machine, found) == found.value
    assert attained > 0


@BOTH
def test_more_chains_show_more(reflections, monkeypatch):
    """Order-preserving letters on 6 to 8 points; on these the first chain is below the best."""
    monkeypatch.setattr(peeling_greedy, "MAX_MULTIPLIED", 10)
    for seed in (113, 331, *((5, 84) if reflections else (16, 30))):
        random = Random(seed)
        points = random.randint(6, 8)
        columns = [
            sorted(random.choices(range(points), k=points)) for _ in range(random.randint(2, 4))
        ]
        machine = Machine(
            alphabet=map(str, range(len(columns))),
            transitions=np.array(columns).T,
            initial=0,
            outputs=range(points),
        ).minimal()
        monoid = transition_monoid(machine)
        found = {}
        for chains in (1, 8):
            monkeypatch.setattr(peeling_greedy, "CHAINS", chains)
            found[chains] = peel_greedily(machine, monoid, reflections=reflections).value
        best = peel_listed(monoid, reflections=reflections).value
        assert found[1] < found[8] == best, f"seed {seed}"


def test_work_ends_the_search_for_better_chains(monkeypatch):
    """The first chain is followed to its end; without work no second one is begun."""
    machine = order_preserving(7)
    monkeypatch.setattr(peeling_greedy, "MAX_MULTIPLIED", 10)
    monkeypatch.setattr(peeling_greedy, "MAX_WORK", 0)
    chains = peeling_greedy._Chains(True)
    assert chains.best(peeling_greedy.letters_of(machine)).value == 6
    assert len(chains.known) <= 6


def test_what_leads_away_for_good_does_not_divide():
    """c keeps 0 and 1 apart, at 2 and 3, and nothing takes these back: only the swap remains."""
    rows = np.array([[0, 1, 0, 0, 0], [2, 3, 2, 3, 2], [1, 0, 2, 3, 4]])
    maps = Maps(rows, (("e",), ("c",), ("s",)))
    loops = Loops(maps, maps.of([0]))
    assert loops.dividing == [0, 2]
    rest = loops.remaining()
    assert (rest.rows.tolist(), rest.words) == ([[1, 0]], (("e", "s"),))


def test_monoids_that_are_not_listed():
    """T_7 has 823,543 elements; O_10 has 92,378 and no group, so complexity says nothing."""
    found = peel_greedily(get("transformations:7").minimal())
    assert (found.value, len(found.links), found.ending) == (6, 4, "idempotents")
    machine = order_preserving(10)
    assert peel_greedily(machine).value == 9
    values = [(b.value, b.no_reflections) for b in lower_bounds(machine, None)
              if b.theorem == ids.PEELING]  # fmt: skip
    assert values == [(9, False)]


def test_a_machine_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(peeling_greedy, "MAX_STATES", 5)
    with pytest.raises(LimitReached, match="not listed: stopped at 10, the limit is 5"):
        peel_greedily(order_preserving(10))
