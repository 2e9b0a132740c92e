"""Verdicts against constructions: nothing called impossible is built, at any cost.

Every limit, every row of the catalogue and every lower bound is decided from the task alone, and
held against all networks that the routes propose and that exact closure proves. Membership of a
network in a class is decided here, from its matrices.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import permutations, product

import pytest

from negeig.automata.language import language
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.theory import architectures
from negeig.theory.architectures.verdicts import verdicts
from negeig.theory.bounds.limits import limits
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.constructions.pieces import realisation
from negeig.theory.spectra.networks import (
    has_real_spectrum,
    is_diagonal,
    is_householder,
    is_positive_symmetric,
)
from support.candidates import proposals
from support.machines import small_languages, up_to_names
from support.oracles import ORACLES

INSIDE = {
    "nonnegative-diagonal": ("nonnegative-symmetric", "nonnegative-spectrum", "real-diagonal"),
    "nonnegative-symmetric": ("nonnegative-spectrum", "real-spectrum"),
    "nonnegative-spectrum": ("real-spectrum",),
    "real-diagonal": ("real-spectrum", "complex-diagonal"),
}
"""For each class, larger ones: what they cannot do, it cannot."""

MAX_PRODUCTS = 100
"""Products of letters examined in one layer; beyond that membership is not claimed."""


def minimal_oracle(oracle):
    table = oracle["table"]
    return Machine(
        alphabet=oracle["alphabet"],
        transitions=table,
        initial=oracle["initial"],
        outputs=[int(q in oracle["accepting"]) for q in range(len(table))],
    ).minimal()


def products_are_real(network):
    """Whether in layer i every product of 2^(i-1) letters is shown to have real eigenvalues."""
    for i, layer in enumerate(network.layers):
        length = 2**i
        if is_diagonal(replace(network, layers=(layer,)), nonnegative=False):
            continue
        distinct = list(dict.fromkeys(layer.steps.values()))
        if len(distinct) ** length > MAX_PRODUCTS:
            return False
        words = {str(w): sum(w, ()) for w in product(distinct, repeat=length)}
        together = replace(
            layer,
            alphabet=tuple(words),
            steps=words,
            codes=(layer.initial,),
            emit=(("x",) * len(words),),
        )
        if not has_real_spectrum(replace(network, layers=(together,)), nonnegative=False):
            return False
    return True


def classes_of(network):
    """Classes of limits that a network belongs to, from its matrices alone."""
    one = len(network.layers) <= 1
    members = {
        "nonnegative-spectrum": has_real_spectrum(network, nonnegative=True),
        "nonnegative-symmetric": is_positive_symmetric(network),
        "real-spectrum": products_are_real(network),
        "nonnegative-diagonal": is_diagonal(network, nonnegative=True),
        "real-diagonal": is_diagonal(network, nonnegative=False),
        "complex-diagonal": is_diagonal(network, nonnegative=False),
        "one-contractive-layer": one and is_householder(network, low=-1),
    }
    return {name for name, member in members.items() if member}


def is_an(architecture, network):
    """Whether a network of delta steps is one that the architecture can be."""
    if architecture.low is None or not is_householder(network, low=architecture.low):
        return False
    steps = max((layer.steps_per_token for layer in network.layers), default=0)
    return architecture.steps is None or steps <= architecture.steps


def beaten(bound, network):
    """Whether a network has less than a lower bound demands of such networks."""
    layers = len(network.layers)
    steps = max((layer.steps_per_token for layer in network.layers), default=0)
    dim = max((layer.dim for layer in network.layers), default=0)
    if bound.layers is not None and layers > bound.layers:
        return False
    if bound.steps is not None and steps > bound.steps:
        return False
    if bound.no_reflections and any(-1 in layer.eigenvalues for layer in network.layers):
        return False
    if bound.own_group:
        return False  # a network may track a larger group: see the tests of lower bounds
    if bound.model == "exact-orbit" and is_endless(network):
        return False  # it has infinitely many exact states
    if bound.on_eigenvalues:
        values = [x for layer in network.layers for x in layer.eigenvalues]
        return not any(bound.is_met_within(x, x) for x in values)
    return {"layers": layers, "steps": steps, "dim": dim}[bound.quantity] < bound.value


def is_endless(network):
    """Whether a layer of a network holds digits: it contracts and does not overwrite."""
    return any(0 < x < 1 for layer in network.layers for x in layer.eigenvalues)


def contradictions(rows, catalogue, bounds, networks):
    """Verdicts and bounds that a network contradicts."""
    found = []
    impossible = {row.class_ for row in rows if row.verdict == "impossible"}
    excluded = {row.name for row in catalogue if row.verdict == "impossible"}
    for network in networks:
        classes = classes_of(network)
        found += sorted(classes & impossible)
        found += [
            a.name for a in architectures.entries() if a.name in excluded and is_an(a, network)
        ]
        found += [bound.reason for bound in bounds if beaten(bound, network)]
    return found


def judged(machine):
    """Everything that is said about a task with no network at hand."""
    monoid = transition_monoid(machine)
    rows = limits(machine, monoid)
    return rows, verdicts(rows), lower_bounds(machine, monoid)


def proved(machine, constructions):
    """The networks among these that are right on every word."""
    networks = [construction.network for construction in constructions]
    return [n for n in networks if exact_closure(n, machine).verdict == "proved"]


def check(machine, constructions, seen):
    rows, catalogue, bounds = judged(machine)
    verdict = {row.class_: row.verdict for row in rows}
    for smaller, larger in INSIDE.items():
        for name in larger:
            assert not (verdict[name] == "impossible" and verdict[smaller] == "possible")
    for row in rows:
        assert row.witness is None or row.witness.verify(machine)
    networks = proved(machine, constructions)
    assert networks
    assert contradictions(rows, catalogue, bounds, networks) == []
    for network in networks:
        found = limits(machine, transition_monoid(machine), networks=[network])
        by_class = {row.class_: row.verdict for row in found}
        for name in classes_of(network):
            assert by_class[name] == "possible"
        seen.update((name, by_class[name]) for name in by_class)
        seen.update(("network", name) for name in classes_of(network))


@pytest.mark.exhaustive
@pytest.mark.parametrize("oracle", ORACLES, ids=lambda entry: entry["name"])
def test_oracles(oracle, monkeypatch):
    monkeypatch.setattr(realisation, "MAX_EXPLORED", 200)  # short searches for covers of blocks
    machine = minimal_oracle(oracle)
    check(machine, proposals(machine), Counter())


@pytest.mark.exhaustive
@pytest.mark.long
def test_all_languages_with_three_states():
    seen = Counter()
    languages = small_languages()
    assert len(languages) == 1054
    for machine in up_to_names(languages):
        check(machine, proposals(machine), seen)
    for name in ("nonnegative-spectrum", "real-spectrum", "one-contractive-layer"):
        assert seen[name, "impossible"] > 0 < seen["network", name]


@pytest.mark.exhaustive
def test_every_route_on_the_structures_of_three_states():
    """Searches too, and several layers where one is enough; states are the outputs."""
    structures = {}
    for machine in small_languages():
        if machine.size == 3:
            a, b = machine.transitions.T.tolist()
            renamed = [
                tuple(tuple(s.index(image[s[q]]) for q in range(3)) for image in pair)
                for s in permutations(range(3))
                for pair in ((a, b), (b, a))
            ]
            structures.setdefault(min(renamed), machine)
    assert len(structures) == 62
    one_layer = 0
    for machine in structures.values():
        tracking = replace(machine, outputs=(0, 1, 2))
        found = proposals(tracking)
        check(tracking, found, Counter())
        limit = limits(tracking, transition_monoid(tracking))[-1]
        has_layer = any(len(c.network.layers) == 1 for c in found)
        assert has_layer == (limit.verdict != "impossible")
        one_layer += has_layer
    assert one_layer == 62 - 19


def test_two_layers_of_reflections_are_outside_real_spectrum():
    """Every matrix has real eigenvalues, yet products in the second layer are rotations."""
    machine = get("mod:3").minimal()
    found = proposals(machine, "two-reflections")
    networks = proved(machine, found)
    assert networks
    for network in networks:
        assert len(network.layers) == 2
        assert has_real_spectrum(network, nonnegative=False)
        assert "real-spectrum" not in classes_of(network)
    check(machine, found, Counter())


TWINS = {
    # Beside each other: classes as in the rows, I impossible, P possible, O open. Nonnegative and
    # real spectrum, positive symmetric; diagonal: nonnegative, real, complex; one layer.
    "(11)*": "I P I I P P P",
    "11(1)*": "P P P P P P P",
    "(111)*": "I I I I I P P",
    "(1111)*": "I O I I O P P",
    "(abab)*": "P P I I O P P",
    "(ab)*": "P P P P P P P",
    "a(a|b)*": "P P P P P P I",
    "(a|b)*a": "P P P P P P P",
    "(a|b)*ab(a|b)*": "P P P P P P I",
    "(a|b)*a(a|b)*": "P P P P P P P",
    "(b|ab*a)*": "I P I I P P P",
    "(b|ab*ab*a)*": "I I I I I P P",
}


def without_rounding(rows):
    """Rows about matrices; those about rounded recurrences: tests/theory/bounds/test_rounded.py."""
    return [row for row in rows if row.model != "hardware"]


@pytest.mark.parametrize("regex", TWINS)
def test_languages_beside_each_other(regex):
    machine = language(regex).machine.minimal()
    networks = proved(machine, proposals(machine))
    rows = limits(machine, transition_monoid(machine), networks=networks[:1])
    exact = [row for row in rows if row.model != "hardware"]
    assert " ".join(row.verdict[0].upper() for row in exact) == TWINS[regex]


def test_a_wrong_verdict_is_noticed():
    """Each verdict in turn is made impossible, each bound raised by one; all are contradicted."""
    machine = language("(a|b)*a").machine.minimal()
    networks = proved(machine, proposals(machine))
    rows, catalogue, bounds = judged(machine)
    assert contradictions(rows, catalogue, bounds, networks) == []
    for i, row in enumerate(rows):
        if row.model == "hardware":  # what is proved in exact arithmetic contradicts no such row
            continue
        wrong = (*rows[:i], replace(row, verdict="impossible"), *rows[i + 1 :])
        assert contradictions(wrong, catalogue, bounds, networks) == [row.class_] * len(networks)


def test_a_wrong_bound_or_row_of_the_catalogue_is_noticed():
    machine = get("mod:2").minimal()
    networks = proved(machine, proposals(machine))
    rows, catalogue, bounds = judged(machine)
    for i, row in enumerate(catalogue):
        architecture = next(a for a in architectures.entries() if a.name == row.name)
        wrong = (*catalogue[:i], replace(row, verdict="impossible"), *catalogue[i + 1 :])
        found = contradictions(rows, wrong, bounds, networks)
        assert bool(found) == (architecture.low == -1)
    for bound in bounds:
        if not bound.on_eigenvalues:
            raised = replace(bound, value=bound.value + 1)
            assert contradictions(rows, catalogue, [raised], networks)
    letters = language("(a|b)*a(a|b)*").machine.minimal()
    aperiodic = proved(letters, proposals(letters))
    assert contradictions(rows, catalogue, bounds, aperiodic)  # it has no negative eigenvalue
