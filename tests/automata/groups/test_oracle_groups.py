"""Maximal subgroups of the oracles, field by field: what GAP computed against the group engine."""

from __future__ import annotations

import json
from collections import Counter
from math import factorial, lcm

import numpy as np
import pytest

from negeig.automata.groups.composition import composition_factors
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import GreenRelations
from negeig.automata.monoids.monoid import transition_monoid
from support.oracles import ORACLES


def factor_order(name):
    """Order of a simple group from its name."""
    if name.startswith("C"):
        return int(name[1:])
    assert name.startswith("A")
    return factorial(int(name[1:])) // 2


def order_of(permutation):
    """Order of one permutation, from its cycles."""
    seen, lengths = set(), [1]
    for start in range(len(permutation)):
        length = 0
        while start not in seen:
            seen.add(start)
            start, length = int(permutation[start]), length + 1
        lengths.append(max(length, 1))
    return lcm(*lengths)


def by_listing(elements):
    """Centre and conjugacy classes by multiplying everything."""
    rows = {tuple(g) for g in elements.tolist()}
    centre = sum(all(compose(g, h) == compose(h, g) for h in rows) for g in rows)
    classes, left = 0, set(rows)
    while left:
        g = left.pop()
        left -= {compose(compose(inverse(h), g), h) for h in rows}
        classes += 1
    return centre, classes


def compose(g, h):
    return tuple(h[i] for i in g)


def inverse(g):
    return tuple(int(i) for i in np.argsort(g))


def properties(rows):
    """Everything the oracle says of a subgroup, from its elements as permutations."""
    group = PermutationGroup(rows.tolist())
    elements = group.elements()
    assert {tuple(g) for g in elements.tolist()} == {tuple(g) for g in rows.tolist()}
    centre, classes = by_listing(elements)
    factors = composition_factors(group)
    assert factors is not None
    return {
        "order": group.order,
        "solvable": group.is_solvable,
        "abelian": group.is_abelian,
        "composition_factor_orders": sorted(map(factor_order, factors)),
        "derived_series": [part.order for part in group.derived_series],
        "order_stats": dict(sorted(Counter(str(order_of(g)) for g in elements).items())),
        "centre": centre,
        "n_conj_classes": classes,
    }


def wanted(subgroup):
    names = ("order", "solvable", "abelian", "derived_series", "centre", "n_conj_classes")
    return {
        **{name: subgroup[name] for name in names},
        "composition_factor_orders": sorted(subgroup["composition_factor_orders"]),
        "order_stats": dict(sorted(subgroup["order_stats"].items())),
    }


def key(group):
    return json.dumps(group, sort_keys=True)


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda entry: entry["name"])
def test_maximal_subgroups(oracle):
    minimal = oracle["minimal"]
    machine = Machine(
        alphabet=oracle["alphabet"],
        transitions=minimal["table"],
        initial=minimal["initial"],
        outputs=[int(q in minimal["accepting"]) for q in range(minimal["n_states"])],
    )
    monoid = transition_monoid(machine)
    green = GreenRelations(monoid)
    algebra = oracle["algebra"]
    first = {}
    for e in monoid.idempotents.tolist():
        first.setdefault(int(green.j[e]), e)
    found = [properties(green.subgroup_permutations(e)) for e in first.values()]
    assert sorted(map(key, found)) == sorted(key(wanted(g)) for g in algebra["maximal_subgroups"])
    jordan_holder = sorted({n for g in found for n in g["composition_factor_orders"]})
    assert jordan_holder == sorted(algebra["jordan_holder_orders_of_maximal_subgroups"])
    assert len({g.name for g in green.subgroups}) == len(
        algebra["distinct_maximal_subgroup_structures"]
    )
    nonempty = np.unique(monoid.right)
    assert len(nonempty) == algebra["syntactic_semigroup_size"]
    zeros = [
        e
        for e in range(monoid.size)
        if np.all(monoid.right[e] == e) and np.all(monoid.left[e] == e)
    ]
    assert bool(zeros) == algebra["has_zero"]
