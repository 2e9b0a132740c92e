"""Structure without listing elements: the same answers as the listed monoid and as Konieczny's."""

import itertools
import math
import random
from collections import Counter

import numpy as np
import pytest
from libsemigroups_pybind11 import Konieczny, ReportGuard, Transf

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids import green, idempotents, image_orbit, r_classes
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.monoids.structure import structure, summary
from negeig.claims import InputError, LimitReached
from support.oracles import ORACLES

TWO_LETTERS = [
    pair
    for n in (1, 2, 3)
    for pair in itertools.combinations_with_replacement(
        list(itertools.product(range(n), repeat=n)), 2
    )
]


def machine(maps):
    return Machine(
        alphabet=[str(a) for a in range(len(maps))],
        transitions=np.transpose(maps),
        initial=0,
        outputs=list(range(len(maps[0]))),
    )


def comparable(found):
    """A summary with the subgroups in an order that does not depend on the method."""
    return {**found, "subgroups": sorted(found["subgroups"], key=repr)}


def disagreements(maps):
    """Names of the fields on which the listed monoid and its structure differ."""
    found = structure(maps)
    monoid = transition_monoid(machine(maps))
    listed = green.green(monoid)
    ours, theirs = comparable(summary(found)), comparable(green.summary(monoid))
    wrong = {name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)}
    boxes = sorted((c.size, c.n_r, c.n_l, c.h_size, c.group is not None) for c in found.d_classes)
    if boxes != sorted(
        (c.size, c.n_r, c.n_l, c.h_size, c.idempotent is not None) for c in listed.j_classes
    ):
        wrong.add("egg-boxes")
    if found.letter_index_period != monoid.letter_index_period:
        wrong.add("letters")
    return wrong


def random_maps(rng, points):
    """Letters of mixed kinds, so that groups of many kinds and irregular classes occur."""
    n = rng.randint(*points)
    maps = []
    for _ in range(rng.randint(1, 3)):
        row = rng.sample(range(n), n)
        kind = rng.random()
        if kind < 0.2:
            row = [rng.randrange(n) for _ in range(n)]
        elif kind < 0.6:
            for _ in range(rng.randint(1, 3)):
                row[rng.randrange(n)] = rng.randrange(n)
        maps.append(row)
    return maps


@pytest.mark.exhaustive
def test_every_two_letter_machine_with_at_most_three_states():
    assert [maps for maps in TWO_LETTERS if disagreements(maps)] == []


@pytest.mark.parametrize("entry", ORACLES, ids=lambda e: e["name"])
def test_every_oracle(entry):
    minimal, algebra = entry["minimal"], entry["algebra"]
    maps = np.transpose(minimal["table"])
    assert disagreements(maps) == set()
    found = structure(maps)
    assert found.size == algebra["syntactic_monoid_size"]
    assert (found.n_j, found.n_l, found.n_r, found.n_h, found.idempotents) == tuple(
        algebra[name] for name in ("n_D", "n_L", "n_R", "n_H", "n_idempotents")
    )


def test_random_machines_against_the_listed_monoid():
    print("seed 1")
    rng = random.Random(1)
    seen = Counter()
    for _ in range(250):
        maps = random_maps(rng, (2, 7))
        found = structure(maps)
        if found.size > 20_000:
            continue
        assert disagreements(maps) == set(), maps
        seen.update(found.images.kinds.tolist())
        seen["group"] += found.is_group
        seen["inverse, no group"] += found.is_inverse and not found.is_group
        seen["block group, not inverse"] += found.is_block_group and not found.is_inverse
        seen["not regular"] += sum(c.group is None for c in found.d_classes)
        seen["not regular, H not trivial"] += sum(
            c.group is None and c.h_size > 1 for c in found.d_classes
        )
    # Every branch was taken: groups of all four kinds, and the rarer classes.
    assert len(seen) == 9
    assert all(count >= 5 for count in seen.values()), seen


def test_groups_that_are_neither_symmetric_nor_alternating():
    """Permutations from a given group, with one merging letter: cosets need the full chain."""
    print("seed 2")
    rng = random.Random(2)
    hexagon = [[1, 2, 3, 4, 5, 0], [0, 5, 4, 3, 2, 1]]
    others = 0
    for _ in range(25):
        maps = [*hexagon[: rng.randint(1, 2)], [rng.randrange(6) for _ in range(6)]]
        assert disagreements(maps) == set(), maps
        others += (structure(maps).images.kinds == image_orbit.OTHER).sum()
    assert others >= 25


def konieczny(maps):
    with_identity = [list(range(len(maps[0]))), *maps]
    found = Konieczny([Transf(list(row)) for row in with_identity])
    found.run()
    return {
        "size": found.size(),
        "idempotents": found.number_of_idempotents(),
        "n_j": found.number_of_D_classes(),
        "n_l": found.number_of_L_classes(),
        "n_r": found.number_of_R_classes(),
        "n_h": found.number_of_H_classes(),
        "n_regular_j": found.number_of_regular_D_classes(),
    }


def test_random_monoids_against_konieczny():
    print("seed 3")
    rng = random.Random(3)
    large = 0
    _quiet = ReportGuard(False)  # while it lives
    for _ in range(60):
        maps = random_maps(rng, (6, 8))
        found = structure(maps)
        if found.n_r > 500:
            continue
        expected = konieczny(maps)
        assert {name: getattr(found, name) for name in expected} == expected, maps
        large += found.size > 20_000
    assert large >= 3


def full(n):
    return [[*range(1, n), 0], [1, 0, *range(2, n)], [0, 0, *range(2, n)]]


def stirling(n, k):
    terms = ((-1) ** i * math.comb(k, i) * (k - i) ** n for i in range(k + 1))
    return sum(terms) // math.factorial(k)


@pytest.mark.parametrize("n", [2, 5, 8, 10])
def test_full_transformation_monoids(n):
    """Kernels are partitions, images are subsets: rank k is S(n, k) by C(n, k) groups S_k."""
    found = structure(full(n))
    assert found.size == n**n
    assert found.idempotents == sum(math.comb(n, k) * k ** (n - k) for k in range(1, n + 1))
    assert [(c.rank, c.n_r, c.n_l, c.h_size) for c in found.d_classes] == [
        (k, stirling(n, k), math.comb(n, k), math.factorial(k)) for k in range(n, 0, -1)
    ]
    names = [f"S{k}" if k > 2 else f"C{k}" for k in range(n, 0, -1)]
    assert [group.name for group in found.subgroups] == names
    assert found.is_solvable == (n < 5)


def partial_one_to_one(n):
    """Letters that generate the symmetric inverse monoid, undefined being one more point."""
    return [[*range(1, n), 0, n], [1, 0, *range(2, n + 1)], [n, *range(1, n + 1)]]


@pytest.mark.parametrize("n", [3, 5, 9])
def test_symmetric_inverse_monoids(n):
    found = structure(partial_one_to_one(n))
    assert found.size == sum(math.comb(n, k) ** 2 * math.factorial(k) for k in range(n + 1))
    assert found.idempotents == 2**n
    assert found.is_inverse
    assert found.is_block_group
    assert not found.is_group


@pytest.mark.parametrize("n", [4, 8, 12])
def test_order_preserving_maps(n):
    """An aperiodic monoid (Howie 1971): C(2n-1, n) elements, C(n-1, k-1) kernels of rank k."""
    down = [[*range(i + 1), i, *range(i + 2, n)] for i in range(n - 1)]
    up = [[*range(i), i + 1, *range(i + 1, n)] for i in range(n - 1)]
    found = structure(down + up)
    assert found.size == math.comb(2 * n - 1, n)
    assert found.n_r == 2 ** (n - 1)
    assert found.is_aperiodic
    assert found.is_solvable
    assert {group.name for group in found.subgroups} == {"C1"}


@pytest.mark.parametrize("n", [20, 63, 64, 65, 130, 300])
def test_a_symmetric_group_and_its_constants(n):
    """More than 64 points take several words a mask; more than 256, two bytes a point."""
    found = structure([[*range(1, n), 0], [1, 0, *range(2, n)], [0] * n])
    assert found.size == math.factorial(n) + n
    assert (found.n_j, found.n_r, found.n_l, found.n_h) == (2, 2, n + 1, n + 1)
    assert [group.name for group in found.subgroups] == [f"S{n}", "C1"]
    assert found.subgroups[0].composition_factors == ("C2", f"A{n}")


def test_wide_machines_equal_narrow_ones():
    """Points that all letters fix change nothing but how many words and bytes are used."""
    print("seed 4")
    rng = random.Random(4)
    for _ in range(20):
        maps = random_maps(rng, (3, 5))
        n = len(maps[0])
        expected = summary(structure(maps))
        for width in (60, 64, 70, 260):
            wide = [[*row, *range(n, n + width)] for row in maps]
            assert comparable(summary(structure(wide))) == comparable(expected)


def test_a_machine_is_the_same_as_its_maps():
    maps = full(4)
    assert summary(structure(machine(maps))) == summary(structure(maps))


def test_chunks_and_growth_change_nothing(monkeypatch):
    expected = [summary(structure(full(n))) for n in (3, 6)]
    for module in (idempotents, image_orbit, r_classes):
        monkeypatch.setattr(module, "_CHUNK", 50)
    assert [summary(structure(full(n))) for n in (3, 6)] == expected
    found = structure(partial_one_to_one(5))
    assert found.is_inverse


def test_limits_name_what_was_too_much_and_keep_the_rest():
    with pytest.raises(LimitReached, match=r"^images: stopped at .* --max-elements"):
        structure(full(12), max_elements=1000)
    found = structure(full(8), max_elements=1000)
    with pytest.raises(LimitReached, match=r"^R-classes .* 1,001, .* --max-elements. 255 images"):
        assert found.size
    assert (found.is_group, found.is_aperiodic, found.is_solvable) == (False, False, False)
    assert found.letter_index_period == ((0, 8), (0, 2), (1, 1))
    with pytest.raises(LimitReached, match=r"^memory of the R-classes in bytes.*R-classes found"):
        assert structure(full(9), max_memory=1 << 20).size
    with pytest.raises(LimitReached, match=r"^memory of the images in bytes.*images found"):
        structure(full(14), max_memory=1 << 19)


def test_wrong_maps_are_named_all_at_once():
    with pytest.raises(InputError, match=r"2 problems\n  map 0 .*\n  map 2 "):
        structure([[0, 2], [1, 0], [-1, 0]])
    for wrong in ([0, 1], [[0.0, 1.0]], np.empty((0, 3), int)):
        with pytest.raises(InputError, match="expected rows of integers"):
            structure(wrong)
