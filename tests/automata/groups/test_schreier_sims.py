"""Permutation groups from generators: order, membership, subgroups, composition factors."""

import itertools
import math
import random

import numpy as np
import pytest
from sympy.combinatorics import Permutation
from sympy.combinatorics import PermutationGroup as Oracle

from negeig.automata.groups.composition import block_system, composition_factors, is_simple
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.groups.stabiliser_chain import StabiliserChain
from negeig.claims import InputError, LimitReached


def cycle(n):
    return [*range(1, n), 0]


def swap(n):
    return [1, 0, *range(2, n)]


def cycles(n, *parts):
    """A permutation by its cycles, points counted from 1 as in the literature."""
    image = list(range(n))
    for part in parts:
        for a, b in itertools.pairwise((*part, part[0])):
            image[a - 1] = b - 1
    return image


def oracle(generators):
    return Oracle([Permutation(g) for g in generators])


def random_generators(rng):
    n = rng.randint(1, 12)
    generators = []
    for _ in range(rng.randint(1, 3)):
        moved = rng.sample(range(n), rng.randint(1, n))
        image = list(range(n))
        for a, b in zip(moved, rng.sample(moved, len(moved)), strict=True):
            image[a] = b
        generators.append(image)
    return generators


def test_all_groups_on_four_points_are_those_listed():
    """Every pair of permutations of four points: order, elements and membership by closure."""
    everything = list(itertools.permutations(range(4)))
    for pair in itertools.combinations_with_replacement(everything, 2):
        elements = {tuple(range(4))}
        while True:
            more = {tuple(g[q] for q in f) for f in elements for g in pair} - elements
            if not more:
                break
            elements |= more
        group = PermutationGroup(pair)
        assert group.order == len(elements)
        assert set(map(tuple, group.elements().tolist())) == elements
        assert {p for p in everything if p in group} == elements


def test_random_groups_against_sympy():
    print("seed 1")
    rng = random.Random(1)
    giants = solvable = 0
    for _ in range(150):
        generators = random_generators(rng)
        group, expected = PermutationGroup(generators), oracle(generators)
        assert group.order == expected.order()
        assert group.is_abelian == expected.is_abelian
        assert group.is_solvable == expected.is_solvable
        assert group.is_transitive == expected.is_transitive()
        assert group.derived_subgroup.order == expected.derived_subgroup().order()
        giants, solvable = giants + group.is_giant, solvable + group.is_solvable
        points = rng.sample(range(group.degree), rng.randint(1, group.degree))
        stabiliser = expected
        for p in points:
            stabiliser = stabiliser.stabilizer(p)
        assert group.pointwise_stabiliser(points).order == stabiliser.order()
        for _ in range(5):
            g = rng.sample(range(group.degree), group.degree)
            assert (g in group) == expected.contains(Permutation(g))
    assert giants > 10
    assert solvable > 10


def test_the_chain_of_a_giant_says_the_same_as_the_shortcut():
    for n in (8, 9, 12, 20):
        symmetric = PermutationGroup([cycle(n), swap(n)])
        for group in (symmetric, symmetric.derived_subgroup):
            assert group.is_giant
            assert group.chain.order == group.order


def test_verification_completes_a_chain_that_random_elements_left_short(monkeypatch):
    """Without any random element the Schreier generators alone must find everything."""
    from negeig.automata.groups import stabiliser_chain

    monkeypatch.setattr(stabiliser_chain, "_CONFIDENCE", 0)
    print("seed 2")
    rng = random.Random(2)
    for _ in range(60):
        generators = random_generators(rng)
        assert PermutationGroup(generators).chain.order == oracle(generators).order()


def test_an_unverified_chain_would_be_wrong(monkeypatch):
    """The twin of the test above: it is the verification that makes those orders right."""
    from negeig.automata.groups import stabiliser_chain

    monkeypatch.setattr(stabiliser_chain, "_CONFIDENCE", 0)
    monkeypatch.setattr(StabiliserChain, "_verify", lambda *_: None)
    print("seed 2")
    rng = random.Random(2)
    found = [
        PermutationGroup(g).chain.order == oracle(g).order()
        for g in (random_generators(rng) for _ in range(60))
    ]
    assert not all(found)


@pytest.mark.parametrize("n", [20, 100, 2000])
def test_symmetric_groups_of_any_degree(n):
    group = PermutationGroup([cycle(n), swap(n)])
    assert group.order == math.factorial(n)
    assert not group.is_solvable
    assert composition_factors(group) == ("C2", f"A{n}")
    assert swap(n) in group
    assert swap(n) not in group.derived_subgroup
    assert cycles(n, (1, 2, 3)) in group.derived_subgroup
    assert group.derived_subgroup.order == math.factorial(n) // 2


def wreath(a, b):
    """S_a wr S_b on b blocks of a points."""
    n = a * b

    def on_blocks(f):
        return [f[i // a] * a + i % a for i in range(n)]

    first = [[*cycle(a), *range(a, n)], swap(n)]
    return [*first, on_blocks(cycle(b)), on_blocks(swap(b))]


@pytest.mark.parametrize(("a", "b"), [(2, 2), (3, 4), (5, 3), (9, 4), (4, 9)])
def test_wreath_products(a, b):
    group = PermutationGroup(wreath(a, b))
    assert group.order == math.factorial(a) ** b * math.factorial(b)
    blocks = block_system(group)
    assert blocks is not None
    assert len(np.unique(np.bincount(blocks))) == 1
    expected = sorted(
        (f for m, times in ((a, b), (b, 1)) for f in factors_of_symmetric(m) * times),
        key=lambda f: (f[0] == "A", int(f[1:])),
    )
    assert list(composition_factors(group)) == expected


def factors_of_symmetric(n):
    small = {1: [], 2: ["C2"], 3: ["C2", "C3"], 4: ["C2", "C2", "C2", "C3"]}
    return small.get(n, ["C2", f"A{n}"])


VECTORS = list(itertools.product((0, 1), repeat=3))


def affine(matrix, shift):
    """Permutation of the vectors over the field of two elements by v -> matrix v + shift."""
    return [
        VECTORS.index(
            tuple(
                (sum(m * x for m, x in zip(row, v, strict=True)) + s) % 2
                for row, s in zip(matrix, shift, strict=True)
            )
        )
        for v in VECTORS
    ]


ONE = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
AGL32 = [
    affine(ONE, (1, 0, 0)),
    affine([[0, 1, 0], [0, 0, 1], [1, 0, 0]], (0, 0, 0)),
    affine([[1, 1, 0], [0, 1, 0], [0, 0, 1]], (0, 0, 0)),
]
M11 = [cycle(11), cycles(11, (3, 7, 11, 8), (4, 10, 5, 6))]
M24 = [
    cycles(24, range(1, 24)),
    cycles(24, (3, 17, 10, 7, 9), (4, 13, 14, 19, 5), (8, 18, 11, 12, 23), (15, 20, 22, 21, 16)),
    cycles(
        24,
        *((1, 24), (2, 23), (3, 12), (4, 16), (5, 18), (6, 10)),
        *((7, 20), (8, 14), (9, 21), (11, 17), (13, 22), (15, 19)),
    ),
]


def projective_line(p):
    """x + 1 and -1/x on the integers modulo p and infinity."""
    inverse = [p, *(-pow(x, -1, p) % p for x in range(1, p)), 0]
    return [[*((x + 1) % p for x in range(p)), p], inverse]


@pytest.mark.parametrize(
    ("generators", "order", "factors"),
    [
        (AGL32, 1344, ("C2", "C2", "C2", "PSL(2,7)")),
        (M11, 7920, ("M11",)),
        (M24, 244823040, ("M24",)),
        (projective_line(5), 60, ("A5",)),
        (projective_line(7), 168, ("PSL(2,7)",)),
        (projective_line(11), 660, ("PSL(2,11)",)),
        (projective_line(31), 14880, ("PSL(2,31)",)),
        ([cycle(7), [0, 2, 4, 6, 1, 3, 5]], 21, ("C3", "C7")),
    ],
    ids=["AGL(3,2)", "M11", "M24", "PSL(2,5)", "PSL(2,7)", "PSL(2,11)", "PSL(2,31)", "C7:C3"],
)
def test_primitive_groups(generators, order, factors):
    group = PermutationGroup(generators)
    assert group.order == order
    assert block_system(group) is None
    assert composition_factors(group) == factors
    assert is_simple(group) == (len(factors) == 1)


def test_a_diagonal_group_is_left_undecided():
    """A5 x A5 acting on A5 from both sides: primitive and perfect, but not simple."""
    even = [g for g in itertools.permutations(range(5)) if Permutation(list(g)).is_even]
    number = {g: i for i, g in enumerate(even)}
    generators = []
    for g in (cycles(5, (1, 2, 3)), cycle(5)):
        undo = np.argsort(g)
        generators.append([number[tuple(f[i] for i in undo)] for f in even])
        generators.append([number[tuple(g[i] for i in f)] for f in even])
    group = PermutationGroup(generators)
    assert group.order == 3600
    assert block_system(group) is None
    assert composition_factors(group) is None
    assert is_simple(group) is None


def test_composition_factors_of_random_groups_multiply_to_the_order():
    print("seed 3")
    rng = random.Random(3)
    for _ in range(150):
        generators = random_generators(rng)
        group = PermutationGroup(generators)
        factors = composition_factors(group)
        orders = [
            int(f[1:]) if f[0] == "C" else math.factorial(int(f[1:])) // 2
            for f in factors
            if f[0] in "CA"
        ]
        if len(orders) == len(factors):
            assert math.prod(orders) == oracle(generators).order()
        assert group.is_solvable == all(f[0] == "C" for f in factors)
        # The same group on other points, and on the pairs of points.
        pairs = list(itertools.product(range(group.degree), repeat=2))
        if group.degree <= 8:
            on_pairs = [[pairs.index((g[i], g[j])) for i, j in pairs] for g in generators]
            assert composition_factors(PermutationGroup(on_pairs)) == factors


def test_many_generators_are_reduced():
    group = PermutationGroup(list(itertools.permutations(range(6))))
    assert group.order == 720
    assert len(group.generators) <= 10


def test_runs_repeat():
    base = [PermutationGroup(wreath(5, 3)).base for _ in range(2)]
    strong = [PermutationGroup(wreath(5, 3)).strong_generators.tolist() for _ in range(2)]
    assert base[0] == base[1]
    assert strong[0] == strong[1]


def test_wrong_rows_are_named_all_at_once():
    with pytest.raises(InputError, match=r"2 problems\n  row 0 .*\n  row 2 "):
        PermutationGroup([[0, 0], [1, 0], [0, 2]])
    with pytest.raises(InputError, match="expected rows of"):
        PermutationGroup([[0.5, 1.0]])
    with pytest.raises(InputError, match="3 points, expected 2"):
        assert [0, 1, 2] in PermutationGroup([[1, 0]])


def test_the_memory_limit_says_how_far_it_got():
    with pytest.raises(LimitReached, match=r"stabiliser chain.*max.memory.*degree 100"):
        assert PermutationGroup(wreath(20, 5), max_memory=50_000).order
