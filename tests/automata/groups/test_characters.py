"""Character tables: against known tables, and against laws that only the right table obeys."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import cos, gcd, isclose, pi

import numpy as np
import pytest

from negeig.automata.groups.characters import character_table
from negeig.automata.groups.classes import ConjugacyClasses
from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.claims import LimitReached
from support.oracles import ORACLES


def cyclic(n):
    return [[*range(1, n), 0]]


def dihedral(n):
    return [*cyclic(n), [-i % n for i in range(n)]]


def symmetric(n):
    return [*cyclic(n), [1, 0, *range(2, n)]]


ALTERNATING4 = [[1, 2, 0, 3], [1, 0, 3, 2]]
ALTERNATING5 = [[1, 2, 3, 4, 0], [1, 2, 0, 3, 4]]
QUATERNION = [[1, 2, 3, 0, 5, 6, 7, 4], [4, 7, 6, 5, 2, 1, 0, 3]]
SIMPLE168 = [[1, 2, 3, 4, 5, 6, 0], [0, 2, 4, 6, 1, 3, 5], [0, 1, 3, 2, 4, 6, 5]]


def times(first, second):
    """Generators of the direct product, on the disjoint union of the points."""
    m, n = len(first[0]), len(second[0])
    left = [[*g, *range(m, m + n)] for g in first]
    return left + [[*range(m), *(m + i for i in g)] for g in second]


def listed(generators):
    return ListedGroup(PermutationGroup(generators).elements())


def table_of(generators):
    return character_table(listed(generators))


def rows(table):
    """Values of all characters, rounded, in increasing order."""
    found = [tuple(table.approximate(i, c) for c in range(len(table))) for i in range(len(table))]
    return sorted(
        tuple((round(x.real, 6) + 0.0, round(x.imag, 6) + 0.0) for x in row) for row in found
    )


def expected(values):
    return sorted(
        tuple((round(complex(x).real, 6) + 0.0, round(complex(x).imag, 6) + 0.0) for x in row)
        for row in values
    )


GOLD = (1 + 5**0.5) / 2
W = complex(-0.5, 3**0.5 / 2)
# Columns: classes by the order of their elements, then by size. Isaacs, Character theory of finite
# groups (1976), appendix; James and Liebeck, Representations and characters of groups (2001).
KNOWN = {
    "S3": (symmetric(3), [2, 3], [(1, 1, 1), (1, -1, 1), (2, 0, -1)]),
    "S4": (
        symmetric(4),
        [2, 2, 3, 4],
        [
            (1, 1, 1, 1, 1),
            (1, 1, -1, 1, -1),
            (2, 2, 0, -1, 0),
            (3, -1, 1, 0, -1),
            (3, -1, -1, 0, 1),
        ],
    ),
    "A4": (
        ALTERNATING4,
        [2, 3, 3],
        [(1, 1, 1, 1), (1, 1, W, W**2), (1, 1, W**2, W), (3, -1, 0, 0)],
    ),
    "Q8": (
        QUATERNION,
        [2, 4, 4, 4],
        [
            (1, 1, 1, 1, 1),
            (1, 1, 1, -1, -1),
            (1, 1, -1, 1, -1),
            (1, 1, -1, -1, 1),
            (2, -2, 0, 0, 0),
        ],
    ),
    "A5": (
        ALTERNATING5,
        [2, 3, 5, 5],
        [
            (1, 1, 1, 1, 1),
            (3, -1, 0, GOLD, 1 - GOLD),
            (3, -1, 0, 1 - GOLD, GOLD),
            (4, 0, 1, -1, -1),
            (5, 1, -1, 0, 0),
        ],
    ),
    "S5": (
        symmetric(5),
        [2, 2, 3, 4, 5, 6],  # swaps, pairs of swaps, 3-cycles, 4-cycles, 5-cycles, 3-cycle and swap
        [
            (1, 1, 1, 1, 1, 1, 1),
            (1, -1, 1, 1, -1, 1, -1),
            (4, 2, 0, 1, 0, -1, -1),
            (4, -2, 0, 1, 0, -1, 1),
            (5, 1, 1, -1, -1, 0, 1),
            (5, -1, 1, -1, 1, 0, -1),
            (6, 0, -2, 0, 0, 1, 0),
        ],
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_tables(name):
    generators, orders, values = KNOWN[name]
    table = table_of(generators)
    assert table.classes.orders.tolist() == [1, *orders]
    assert rows(table) == expected(values)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 7, 12, 30])
def test_cyclic_groups(n):
    """Characters of C_n: all n-th roots of unity, exactly."""
    table = table_of(cyclic(n))
    labels, group = table.classes.labels, table.classes.group
    g = next(x for x in range(n) if group.orders[x] == n)
    exponents = []
    for i in range(len(table)):
        (k,) = np.flatnonzero(table.multiplicities[i][labels[g]])
        exponents.append(int(k))
    assert sorted(exponents) == list(range(n))
    kinds = sorted((r.type, r.dimension) for r in table.real_irreducibles)
    real = 1 + (n % 2 == 0)
    assert kinds == [("complex", 2)] * ((n - real) // 2) + [("real", 1)] * real


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7, 8, 9, 12])
def test_dihedral_groups(n):
    """Rotations by 2 pi j / n have trace 2 cos(2 pi j k / n) in the k-th plane."""
    table = table_of(dihedral(n))
    assert table.degrees == (1,) * (4 if n % 2 == 0 else 2) + (2,) * ((n - 1) // 2)
    assert all(r.type == "real" for r in table.real_irreducibles)
    column = next(
        c
        for c in range(len(table))
        if table.classes.orders[c] == n and (n > 2 and table.classes.sizes[c] == 2)
    )
    planes = [i for i, d in enumerate(table.degrees) if d == 2]
    traces = sorted(table.approximate(i, column).real for i in planes)
    wanted = sorted(2 * cos(2 * pi * k / n) for k in range(1, (n + 1) // 2))
    assert all(isclose(x, y, abs_tol=1e-9) for x, y in zip(traces, wanted, strict=True))


GROUPS = {
    "C1": [[0]],
    "C12": cyclic(12),
    "V4": times(cyclic(2), cyclic(2)),
    "C3xC6": times(cyclic(3), cyclic(6)),
    "D7": dihedral(7),
    "D8": dihedral(8),
    "Q8xC3": times(QUATERNION, cyclic(3)),
    "A4xS3": times(ALTERNATING4, symmetric(3)),
    "S5": symmetric(5),
    "A5xC2": times(ALTERNATING5, cyclic(2)),
    "PSL(2,7)": SIMPLE168,
    "S6": symmetric(6),
}


@pytest.fixture(scope="module")
def tables():
    return {name: table_of(generators) for name, generators in GROUPS.items()}


@pytest.mark.parametrize("name", GROUPS)
def test_rows_are_orthonormal(name, tables):
    table = tables[name]
    for i, j in itertools.product(range(len(table)), repeat=2):
        assert table.inner_product(i, j) == Fraction(int(i == j))


@pytest.mark.parametrize("name", GROUPS)
def test_laws(name, tables):
    table, group = tables[name], tables[name].classes.group
    assert sum(d * d for d in table.degrees) == group.order
    assert all(group.order % d == 0 for d in table.degrees)
    # As many linear characters as the order of the largest abelian quotient.
    derived = int(group.derived(group.own_generators).sum())
    assert table.degrees.count(1) == group.order // derived
    # Frobenius and Schur: square roots of 1 are counted by the indicators.
    involutions = int((group.orders <= 2).sum())
    indicators = [table.indicator(i) for i in range(len(table))]
    assert sum(d * x for d, x in zip(table.degrees, indicators, strict=True)) == involutions
    for i, indicator in enumerate(indicators):
        assert (table.conjugate(i) == i) == (indicator != 0)
    for i, c in itertools.product(range(len(table)), repeat=2):
        multiplicities = table.multiplicities[i][c]
        assert sum(multiplicities) == table.degrees[i]
        assert min(multiplicities) >= 0


@pytest.mark.parametrize("name", GROUPS)
def test_columns_are_orthogonal(name, tables):
    table = tables[name]
    values = np.array(
        [[table.approximate(i, c) for c in range(len(table))] for i in range(len(table))]
    )
    products = values.conj().T @ values
    wanted = np.diag(table.classes.group.order / table.classes.sizes)
    assert np.abs(products - wanted).max() < 1e-6


@pytest.mark.parametrize("name", GROUPS)
def test_characters_multiply_to_characters(name, tables):
    """Products of two characters are sums of characters: whole multiplicities, none negative."""
    table = tables[name]
    values = np.array(
        [[table.approximate(i, c) for c in range(len(table))] for i in range(len(table))]
    )
    weights = table.classes.sizes / table.classes.group.order
    found = np.einsum("ac,bc,dc,c->abd", values, values, values.conj(), weights)
    rounded = np.round(found.real)
    assert np.abs(found - rounded).max() < 1e-6
    assert rounded.min() >= 0


@pytest.mark.parametrize("name", GROUPS)
def test_points_decompose(name, tables):
    """Fixed points are a character; the trivial one is in it once for every orbit."""
    table, group = tables[name], tables[name].classes.group
    fixed = (group.rows == np.arange(group.degree)).sum(axis=1)
    character = fixed[table.classes.representatives]
    weights = table.classes.sizes / group.order
    multiplicities = [
        sum(
            weights[c] * character[c] * table.approximate(i, c).conjugate()
            for c in range(len(table))
        )
        for i in range(len(table))
    ]
    orbits = {frozenset(group.rows[:, q].tolist()) for q in range(group.degree)}
    assert round(multiplicities[0].real) == len(orbits)
    assert all(abs(m - round(m.real)) < 1e-6 and m.real > -1e-6 for m in multiplicities)


@pytest.mark.parametrize("name", GROUPS)
def test_real_irreducibles(name, tables):
    table, group = tables[name], tables[name].classes.group
    found = table.real_irreducibles
    assert sorted(i for r in found for i in set(r.characters)) == list(range(len(table)))
    # One for every pair of classes of mutually inverse elements.
    inverses = table.classes.inverses
    assert len(found) == len({frozenset((c, int(d))) for c, d in enumerate(inverses)})
    for r in found:
        for c, powers in enumerate(table.classes.powers):
            # The fixed space of an element has the mean of the character over its powers.
            mean = sum(table.approximate(i, int(d)) for i in r.characters for d in powers)
            assert isclose(mean.real / len(powers), r.fixed[c], abs_tol=1e-6)
        kernel = np.isin(table.classes.labels, list(r.kernel))
        assert (group.closure(np.flatnonzero(kernel).tolist()) == kernel).all()
    assert all(r.kernel == frozenset(range(len(table))) for r in found[:1])
    faithful = frozenset.intersection(*(r.kernel for r in found))
    assert faithful == {0}


def test_quaternions_need_four_real_dimensions():
    """The two-dimensional character of Q8 has indicator -1; that of D4, equal to it, has 1."""
    quaternion, square = table_of(QUATERNION), table_of(dihedral(4))
    assert quaternion.degrees == square.degrees == (1, 1, 1, 1, 2)
    assert (quaternion.indicator(4), square.indicator(4)) == (-1, 1)
    assert quaternion.real_irreducibles[4].dimension == 4
    assert quaternion.real_irreducibles[4].type == "quaternionic"
    assert square.real_irreducibles[4].dimension == 2


def test_equal_values_have_equal_coefficients():
    """1 + z + ... + z^4 = 0 for a fifth root of unity: values are reduced."""
    table = table_of(ALTERNATING5)
    assert table.value(3, 3) == table.value(3, 4)
    assert table.value(1, 3) == table.value(2, 4) != table.value(1, 4)
    assert table.value(4, 3) == (0,) * len(table.value(4, 3))


@pytest.mark.parametrize("name", GROUPS)
def test_classes(name, tables):
    """Against conjugation of every element by every element."""
    classes = tables[name].classes
    group = classes.group
    if group.order > 200:
        assert classes.sizes.sum() == group.order
        return
    for x in range(group.order):
        orbit = {group.product(group.inverse(g), x, g) for g in range(group.order)}
        assert orbit == set(np.flatnonzero(classes.labels == classes.labels[x]).tolist())
    for c, powers in enumerate(classes.powers):
        x = int(classes.representatives[c])
        assert len(powers) == group.orders[x]
        for k, label in enumerate(powers):
            assert label == classes.labels[group.product(*[x] * k)]


def test_structure_constants_by_counting():
    group = listed(symmetric(4))
    classes = ConjugacyClasses(group)
    constants = classes.structure_constants()
    count = len(classes)
    found = np.zeros((count, count, count), int)
    for x, y in itertools.product(range(group.order), repeat=2):
        z = group.product(x, y)
        found[classes.labels[x], classes.labels[y], classes.labels[z]] += 1
    assert (found == constants * classes.sizes).all()


def test_number_of_classes_of_the_oracles():
    compared = 0
    for entry in ORACLES:
        if not entry["algebra"]["is_group"]:
            continue
        minimal = entry["minimal"]
        machine = Machine(
            alphabet=entry["alphabet"],
            transitions=minimal["table"],
            initial=minimal["initial"],
            outputs=[int(q in minimal["accepting"]) for q in range(minimal["n_states"])],
        )
        (oracle,) = entry["algebra"]["maximal_subgroups"]
        table = character_table(ListedGroup(transition_monoid(machine).maps))
        assert len(table) == oracle["n_conj_classes"]
        compared += 1
    assert compared >= 5


def test_automorphic_names_do_not_matter():
    """The same group in another action and order has the same table."""
    regular = listed(symmetric(4)).rows
    group = ListedGroup(regular)
    columns = np.stack([group.times(g) for g in range(group.order)])
    assert rows(character_table(ListedGroup(columns))) == rows(character_table(group))


def test_limits():
    with pytest.raises(LimitReached, match="order of the group"):
        character_table(listed(symmetric(4)), max_order=23)
    with pytest.raises(LimitReached, match="conjugacy classes"):
        character_table(listed(cyclic(9)), max_classes=8)
    assert len(character_table(listed(cyclic(9)), max_classes=9)) == 9


@pytest.mark.parametrize("m", [4, 6])
def test_galois_conjugates(m):
    """For k coprime to the exponent, taking k-th powers permutes the characters."""
    table = table_of(times(cyclic(m), symmetric(3)))
    exponent = table.classes.exponent
    for k in (k for k in range(1, exponent) if gcd(k, exponent) == 1):
        moved = [
            tuple(table.value(i, int(p[k % len(p)])) for p in table.classes.powers)
            for i in range(len(table))
        ]
        plain = [tuple(table.value(i, c) for c in range(len(table))) for i in range(len(table))]
        assert sorted(moved) == sorted(plain)
