"""Every architecture against the 60 languages of the benchmark: no verdict without a reason.

Nothing impossible is built, nothing possible lacks a proved network or a citation whose hypotheses
hold, and what so many layers can do more can. Membership in a class is decided here, from matrices.
"""

import importlib
from itertools import combinations

import numpy as np
import pytest

from negeig import api
from negeig.automata.monoids.green import green
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import Verdict
from negeig.theory import architectures
from negeig.theory.architectures.verdicts import contained, contains, verdicts
from negeig.theory.exact.number_text import value_text
from negeig.theory.exact.numbers import enclose
from negeig.theory.networks.network import DeltaStep
from support.paths import ROOT

ENTRIES = {a.name: a for a in architectures.entries()}
COUNT = 60
DEPTHS = (1, 2, 3, 4)
REGULAR = ("T4", "one-hot", "rwkv-7-regular")
"""Theorems about every regular language."""


@pytest.fixture(scope="module")
def tasks():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        return importlib.import_module("bench_open").TASKS


def test_there_are_60_languages(tasks):
    assert len({" ".join(task.values()) for task in tasks}) == len(tasks) == COUNT


def floats(matrix):
    return np.array([[float(enclose(x, 60)[0]) for x in row] for row in matrix])


def matrices(network):
    """Letters' matrices of each layer, as float64."""
    found = []
    for layer in network.layers:
        distinct = {layer.steps[a]: a for a in layer.alphabet}
        found.append([floats(layer.letter_matrix(a)) for a in distinct.values()])
    return found


def is_diagonal(layers, least):
    return all(
        np.allclose(m, np.diag(np.diag(m))) and (np.diag(m) >= least - 1e-9).all()
        for layer in layers
        for m in layer
    )


def belongs(network, class_):
    """Whether all of a network's matrices are in a class, from the numbers."""
    layers = matrices(network)
    if class_ == "nonnegative-diagonal":
        return is_diagonal(layers, 0)
    if class_ == "real-diagonal":
        return is_diagonal(layers, -1)
    if class_ == "complex-diagonal":
        return all(
            all(np.allclose(m @ m.T, m.T @ m) for m in layer)
            and all(np.allclose(m @ n, n @ m) for m, n in combinations(layer, 2))
            for layer in layers
        )
    if class_ == "nonnegative-symmetric":
        return all(np.allclose(m, m.T) for layer in layers for m in layer) and belongs(
            network, "nonnegative-spectrum"
        )
    assert class_ == "nonnegative-spectrum"
    values = [v for layer in layers for m in layer if len(m) for v in np.linalg.eigvals(m)]
    return all(abs(v.imag) < 1e-6 and v.real > -1e-6 for v in values)


def hypotheses_hold(theorem, monoid, limits, depth):
    """Whether a citation covers the task, decided from its monoid alone."""
    if theorem in REGULAR:
        return True
    if theorem == "star-free":
        return all(int(p) == 1 for p in monoid.periods)
    if theorem == "solvable-levels":  # groups of fewer than 60 elements are solvable
        return depth is None and all(group.order < 60 for group in green(monoid).subgroups)
    assert theorem == "subnormal"
    row = next(row for row in limits if row.class_ == "complex-diagonal")
    return monoid.is_group and (depth is None or row.least_layers <= depth)


def check(task):
    result = api.check(**task, backends=(), arithmetic=("bf16",))
    monoid = transition_monoid(result.machine)
    networks = [point.construction.network for point in result.front]
    assert all(point.claims[0].verdict is Verdict.PROVED for point in result.front)
    finite = [point.network for point in result.front if not point.demands.endless]
    endless = [point.network for point in result.front if point.demands.endless]
    rows = {
        depth: verdicts(result.limits, finite, endless=endless, depth=depth) for depth in DEPTHS
    }
    rows[None] = result.architectures
    for depth, found in rows.items():
        few = [n for n in networks if depth is None or len(n.layers) <= depth]
        assert [row.name for row in found] == list(ENTRIES)
        for row in found:
            a = ENTRIES[row.name]
            own = [a, *map(architectures.find, contained(a.id))]
            having = [n for n in few if any(contains(inner, n) for inner in own)]
            if row.verdict == "impossible":
                assert not having, (task, a.id, depth)
                assert row.theorem is not None
                if row.theorem in ("T1", "T2", "two-letters"):
                    assert not any(belongs(n, a.inside) for n in networks if n.layers), (task, a.id)
            if a.inside is not None:
                assert all(belongs(n, a.inside) for n in having), (task, a.id)
            if row.verdict == "possible" and row.theorem in ("closure", "regions"):
                proved = finite if row.theorem == "closure" else endless
                assert any(n in proved for n in having), (task, a.id, depth)
            elif row.verdict == "possible":
                assert hypotheses_hold(row.theorem, monoid, result.limits, depth), (task, a.id)
            assert (row.verdict == "open") == (row.theorem is None)
    for fewer, more in zip((*DEPTHS, None), (*DEPTHS[1:], None), strict=False):
        for one, other in zip(rows[fewer], rows[more], strict=True):
            if one.verdict == "possible":
                assert other.verdict == "possible", (task, one.name, fewer)
            if other.verdict == "impossible":
                assert one.verdict == "impossible", (task, one.name, fewer)
    return rows


FEW = ("(ab)*", "a(a|b)*", "(a|b)*abb", "(aa|b)*", "parity", "mod:6", "sym:3", "contains:aba")


@pytest.mark.parametrize("name", FEW)
def test_no_verdict_is_without_a_reason(name, tasks):
    task = next(task for task in tasks if name in task.values())
    check(task)


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", range(COUNT))
def test_no_verdict_is_without_a_reason_on_all_60(number, tasks):
    check(tasks[number])


def test_membership_notices_a_matrix_outside():
    """Twin: what the checks above rest on tells classes apart."""
    swap = api.compile(zoo="sym:3:swaps").network
    assert not any(belongs(swap, c) for c in ("nonnegative-diagonal", "real-diagonal"))
    assert not belongs(swap, "complex-diagonal")
    assert not belongs(swap, "nonnegative-spectrum")
    parity = api.compile("(11)*").network
    assert belongs(parity, "real-diagonal")
    assert not belongs(parity, "nonnegative-diagonal")
    (layer,) = parity.layers
    assert isinstance(layer.steps["1"][0], DeltaStep)
    assert value_text(layer.steps["1"][0].eigenvalue) == "-1"


def test_a_depth_below_the_derived_length_is_impossible():
    result = api.check(zoo="sym:4", backends=(), arithmetic=())
    networks = [point.construction.network for point in result.front]
    by_depth = {
        depth: {r.name: r for r in verdicts(result.limits, networks, depth=depth)}["GateLoop"]
        for depth in DEPTHS
    }
    assert [by_depth[d].verdict for d in DEPTHS] == ["impossible"] * 2 + ["possible"] * 2
    assert {by_depth[d].theorem for d in (1, 2)} == {"subnormal"}
