"""Names of groups: every name is right up to isomorphism, whatever the action; sympy as oracle."""

import itertools
import math
import random

import numpy as np
import pytest
from sympy import factorint
from sympy.combinatorics import Permutation, PermutationGroup
from sympy.combinatorics.fp_groups import FpGroup
from sympy.combinatorics.free_groups import free_group

from negeig.automata.groups.identify import identify, identify_group
from negeig.automata.groups.permgroup import ListedGroup, abelian_invariants
from negeig.automata.groups.schreier_sims import PermutationGroup as OurGroup


def generate(generators):
    """All products of some permutations, by plain closure."""
    elements = {tuple(range(len(generators[0]))): None}
    for f in (queue := list(elements)):
        for g in generators:
            product = tuple(g[q] for q in f)
            if product not in elements:
                elements[product] = None
                queue.append(product)
    return np.array(list(elements))


def regular(rows):
    """The group acting on itself by multiplication."""
    number = {tuple(row): i for i, row in enumerate(rows.tolist())}
    return np.array([[number[tuple(g[f])] for f in rows] for g in rows])


def cycle(n):
    return (*range(1, n), 0)


def mirror(n):
    return tuple((-i) % n for i in range(n))


def multiply(n, k):
    return tuple(k * i % n for i in range(n))


def beside(first, second):
    """Generators of the direct product, acting on disjoint points."""
    n, m = len(first[0]), len(second[0])
    left = [(*g, *range(n, n + m)) for g in first]
    return left + [(*range(n), *(n + i for i in g)) for g in second]


def affine(p, root):
    """The maps x -> root^k x + b modulo p."""
    return [cycle(p), tuple(root * x % p for x in range(p))]


def matrices(p, *generators):
    """2x2 matrices modulo p acting on the non-zero vectors."""
    vectors = [v for v in itertools.product(range(p), repeat=2) if any(v)]
    return [
        tuple(vectors.index(((a * x + c * y) % p, (b * x + d * y) % p)) for x, y in vectors)
        for (a, b), (c, d) in generators
    ]


def dicyclic(n):
    """r^i s^j as the number i + 2 n j, acting on itself from the right."""

    def times(i, j, by_r):
        if by_r:
            return ((i + (1 if j == 0 else -1)) % (2 * n), j)
        return (i, 1) if j == 0 else ((i + n) % (2 * n), 0)

    pairs = [(i, j) for j in range(2) for i in range(2 * n)]
    return [tuple(pairs.index(times(i, j, by_r)) for i, j in pairs) for by_r in (True, False)]


def symmetric(n):
    return [cycle(n), (1, 0, *range(2, n))]


def alternating(n):
    return [tuple({0: 1, 1: k, k: 0}.get(i, i) for i in range(n)) for k in range(2, n)]


def dihedral(n):
    return [cycle(n), mirror(n)]


SL23 = matrices(3, ((1, 1), (0, 1)), ((1, 0), (1, 1)))
SL25 = matrices(5, ((1, 1), (0, 1)), ((1, 0), (1, 1)))
# On the projective line over the field of 7 elements, 7 being infinity: x + 1 and -1/x.
PSL27 = [(*cycle(7), 7), (7, *(-pow(x, -1, 7) % 7 for x in range(1, 7)), 0)]

NAMED = {
    "C1": [(0, 1)],
    "C2": [cycle(2)],
    "C7": [cycle(7)],
    "C12": beside([cycle(3)], [cycle(4)]),
    "C2 x C2": [(1, 0, 3, 2), (2, 3, 0, 1)],
    "C2 x C4": beside([cycle(2)], [cycle(4)]),
    "C2 x C2 x C2": beside([cycle(2)], beside([cycle(2)], [cycle(2)])),
    "C2 x C6": beside([cycle(6)], [cycle(2)]),
    "C3 x C3": beside([cycle(3)], [cycle(3)]),
    "C4 x C4": beside([cycle(4)], [cycle(4)]),
    "S3": dihedral(3),
    "D4": dihedral(4),
    "D5": dihedral(5),
    "D6": beside([cycle(2)], symmetric(3)),
    "D8": dihedral(8),
    "D15": dihedral(15),
    "D100": dihedral(100),
    "Q8": dicyclic(2),
    "Dic3": dicyclic(3),
    "Q16": dicyclic(4),
    "Dic5": dicyclic(5),
    "Dic6": dicyclic(6),
    "A4": alternating(4),
    "S4": symmetric(4),
    "A5": alternating(5),
    "S5": symmetric(5),
    "A6": alternating(6),
    "C5 : C4": affine(5, 2),
    "C7 : C3": affine(7, 2),
    "C7 : C6": affine(7, 3),
    "C11 : C5": affine(11, 3),
    "C2 x D4": beside([cycle(2)], dihedral(4)),
    "C2 x Q8": beside([cycle(2)], dicyclic(2)),
    "C3 x Q8": beside([cycle(3)], dicyclic(2)),
    "C3 x S3": beside([cycle(3)], symmetric(3)),
    "C4 x S3": beside([cycle(4)], symmetric(3)),
    "C2 x C2 x S3": beside([cycle(2)], dihedral(6)),
    "C2 x C2 x D4": beside([cycle(2)], beside([cycle(2)], dihedral(4))),
    "C2 x A4": beside([cycle(2)], alternating(4)),
    "C2 x S4": beside([cycle(2)], symmetric(4)),
    "C2 x A5": beside([cycle(2)], alternating(5)),
    "C6 x C5 : C4": beside([cycle(6)], affine(5, 2)),
    "S3 x S3": beside(symmetric(3), symmetric(3)),
    "S3 x D4": beside(dihedral(4), symmetric(3)),
    "S3 x A4": beside(alternating(4), symmetric(3)),
    "SL(2,3)": SL23,
    "SL(2,5)": SL25,
    "PSL(2,7)": PSL27,
    "SD16": [cycle(8), multiply(8, 3)],
    "M16": [cycle(8), multiply(8, 5)],
    "SD32": [cycle(16), multiply(16, 7)],
    "M32": [cycle(16), multiply(16, 9)],
    "C2 x SL(2,3)": beside([cycle(2)], SL23),
    "group of order 64": [cycle(16), multiply(16, 3)],
}
NOT_SOLVABLE = {
    "A5": ["A5"],
    "S5": ["C2", "A5"],
    "A6": ["A6"],
    "C2 x A5": ["C2", "A5"],
    "SL(2,5)": ["C2", "A5"],
    "PSL(2,7)": ["PSL(2,7)"],
}


@pytest.mark.parametrize("name", NAMED)
def test_name_of_the_natural_and_of_the_regular_action(name):
    rows = generate(NAMED[name])
    group = PermutationGroup([Permutation(list(g)) for g in NAMED[name]])
    found = identify(rows)
    assert found.order == group.order()
    assert (found.name, found.decided) == (name, not name.startswith("group"))
    assert (found.solvable, found.abelian) == (group.is_solvable, group.is_abelian)
    assert list(found.composition_factors) == NOT_SOLVABLE.get(name, cyclic_factors(len(rows)))
    assert found.simple == (len(found.composition_factors) == 1)
    assert identify_group(OurGroup(NAMED[name])) == found
    if len(rows) <= 400:
        assert identify(regular(rows)) == found


def cyclic_factors(order):
    return [f"C{p}" for p, times in sorted(factorint(order).items()) for _ in range(times)]


def on_sets(generators, size):
    """The action on the subsets of one size."""
    sets = list(itertools.combinations(range(len(generators[0])), size))
    number = {s: i for i, s in enumerate(sets)}
    return [[number[tuple(sorted(g[i] for i in s))] for s in sets] for g in generators]


LARGE = {
    "S9 on pairs": (on_sets(symmetric(9), 2), "S9", ["C2", "A9"]),
    "S8 on fours": (on_sets(symmetric(8), 4), "S8", ["C2", "A8"]),
    "A9 on triples": (on_sets(alternating(9), 3), "A9", ["A9"]),
    "S8 x A8": (beside(symmetric(8), alternating(8)), "A8 x S8", ["C2", "A8", "A8"]),
    "C6 x D6 x S9": (
        beside(symmetric(9), beside([cycle(6)], dihedral(6))),
        "C2 x C6 x S3 x S9",
        ["C2", "C2", "C2", "C2", "C3", "C3", "A9"],
    ),
    "C1000 x C60": (
        beside([cycle(1000)], [cycle(60)]),
        "C20 x C3000",
        ["C2"] * 5 + ["C3"] + ["C5"] * 4,
    ),
    "S20": (symmetric(20), "S20", ["C2", "A20"]),
    "A30": (
        [(*cycle(29), 29), tuple({0: 28, 28: 29, 29: 0}.get(i, i) for i in range(30))],
        "A30",
        ["A30"],
    ),
    # Both halves are odd together: a subdirect product, not a direct one.
    "even part of S8 x S8": (
        [(*g, *(8 + i for i in g)) for g in symmetric(8)]
        + [(*range(8), *(8 + i for i in g)) for g in alternating(8)],
        "group of order 812851200",
        ["C2", "A8", "A8"],
    ),
}


@pytest.mark.parametrize("case", LARGE)
def test_large_groups_are_named_without_being_listed(case):
    generators, name, factors = LARGE[case]
    found = identify_group(OurGroup(generators))
    assert (found.name, list(found.composition_factors)) == (name, factors)
    assert found.simple == (len(factors) == 1)
    assert found.solvable == all(f[0] == "C" for f in factors)
    assert found.decided == (name[0] != "g")


@pytest.mark.parametrize("name", [n for n in NAMED if n not in ("A6", "D100")])
def test_names_do_not_depend_on_how_the_group_is_written(name):
    rng = np.random.default_rng(5)
    rows = generate(NAMED[name])
    relabel = rng.permutation(rows.shape[1])
    conjugated = relabel[rows[:, np.argsort(relabel)]]
    assert identify(rng.permutation(conjugated)).name == name


@pytest.mark.parametrize("n", [3, 4, 5, 6, 7])
def test_symmetric_and_alternating_groups_on_unusual_points(n):
    """On the ordered pairs of points: the degree no longer gives the group away."""
    pairs = list(itertools.permutations(range(n), 2))
    for generators, name in ((symmetric(n), f"S{n}"), (alternating(n), f"A{n}")):
        on_pairs = [tuple(pairs.index((g[i], g[j])) for i, j in pairs) for g in generators]
        assert identify(generate(on_pairs)).name == name.replace("A3", "C3")


def test_s6_named_through_its_outer_automorphism():
    """S6 on the six synthemic totals: n-cycles become elements of type (3, 2, 1)."""
    duads = list(itertools.combinations(range(6), 2))
    synthemes = [s for s in itertools.combinations(duads, 3) if len({i for d in s for i in d}) == 6]
    totals = [
        set(t) for t in itertools.combinations(synthemes, 5) if len({d for s in t for d in s}) == 15
    ]

    def move(g, total):
        return {
            tuple(sorted(tuple(sorted((g[i], g[j]))) for i, j in syntheme)) for syntheme in total
        }

    assert len(totals) == 6
    images = [tuple(totals.index(move(g, t)) for t in totals) for g in symmetric(6)]
    assert sorted(q == image for q, image in enumerate(images[0])) == [False] * 5 + [True]
    # One more fixed point: the degree no longer gives the group away.
    assert identify(generate([(*image, 6) for image in images])).name == "S6"


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_the_presentation_of_the_symmetric_group(n):
    """Coset enumeration: the relations that prove S_n define a group of order n!."""
    free, x, y = free_group("x, y")
    relations = [x**2, y**n, (y * x) ** (n - 1), (x * y**-1 * x * y) ** 3]
    relations += [(x * y**-j * x * y**j) ** 2 for j in range(2, n // 2 + 1)]
    assert FpGroup(free, relations).order() == math.factorial(n)


@pytest.mark.parametrize("n", [4, 5, 6])
def test_the_presentation_of_the_alternating_group(n):
    free, *xs = free_group([f"x{i}" for i in range(n - 2)])
    relations = [x**3 for x in xs] + [(x * y) ** 2 for x, y in itertools.combinations(xs, 2)]
    assert FpGroup(free, relations).order() == math.factorial(n) // 2


def test_groups_of_order_at_most_fifteen_are_all_named():
    """The 28 groups of order 1 to 15, up to isomorphism, have 28 names."""
    names = {
        *(f"C{n}" for n in range(1, 16)),
        *("C2 x C2", "S3", "C2 x C4", "C2 x C2 x C2", "D4", "Q8", "C3 x C3", "D5"),
        *("C2 x C6", "D6", "A4", "Dic3", "D7"),
    }
    assert len(names) == 28
    for name in names:
        if name[0] == "C" and " " not in name:
            rows = generate([cycle(int(name[1:]))])
        elif name[0] == "D" and name != "Dic3":
            rows = generate(dihedral(int(name[1:])))
        else:
            rows = generate(NAMED[name])
        assert identify(rows).name == name
        if len(rows) > 1:
            assert identify(regular(rows)).name == name


def test_random_groups_against_sympy():
    print("seed 6")
    rng = random.Random(6)
    for _ in range(100):
        degree = rng.randint(2, 7)
        generators = [tuple(rng.sample(range(degree), degree)) for _ in range(rng.randint(1, 2))]
        group = PermutationGroup([Permutation(list(g)) for g in generators])
        found = identify(generate(generators))
        assert found.order == group.order()
        assert (found.solvable, found.abelian) == (group.is_solvable, group.is_abelian)
        # The name says the order and the size of the commutator subgroup.
        if found.name in {f"{kind}{n}" for kind in "SA" for n in range(4, 8)}:
            kind, n = found.name[0], int(found.name[1])
            assert found.order == math.factorial(n) // (1 if kind == "S" else 2)
            assert group.derived_subgroup().order() == (
                4 if found.name == "A4" else math.factorial(n) // 2
            )


def test_listed_groups_against_sympy():
    for name in ("S4", "D6", "Q8", "C2 x S4", "S3 x S3", "C7 : C6"):
        listed = ListedGroup(generate(NAMED[name]))
        group = PermutationGroup([Permutation(list(g)) for g in NAMED[name]])
        gens = listed.own_generators
        assert listed.derived(gens).sum() == group.derived_subgroup().order()
        assert listed.centraliser(gens).sum() == group.center().order()
        assert len(listed.class_representatives) == len(group.conjugacy_classes())
        for x, y in itertools.product(range(0, listed.order, 3), repeat=2):
            assert (listed.rows[listed.product(x, y)] == listed.rows[y][listed.rows[x]]).all()
            assert listed.times(y)[x] == listed.product(x, y)
            assert listed.conjugates(y)[x] == listed.product(listed.inverse(y), x, y)
        assert listed.closure(gens).all()


@pytest.mark.parametrize(
    ("factors", "invariants"),
    [
        ((), []),
        ((6,), [6]),
        ((2, 3), [6]),
        ((2, 2, 4, 9, 3), [2, 6, 36]),
        ((8, 4, 4, 5), [4, 4, 40]),
    ],
)
def test_abelian_invariants(factors, invariants):
    statistics = {}
    for element in itertools.product(*map(range, factors)):
        order = math.lcm(*(m // math.gcd(m, x) for m, x in zip(factors, element, strict=True)))
        statistics[order] = statistics.get(order, 0) + 1
    assert abelian_invariants(statistics) == invariants
