"""Bounds on steps, dimensions and eigenvalues have certificates, and no others have."""

import itertools
import math
import random

import numpy as np
import pytest

from negeig.automata.groups.identify import identify
from negeig.automata.groups.isometries import may_be_isometries
from negeig.automata.groups.permgroup import ListedGroup
from negeig.automata.groups.schreier_sims import PermutationGroup
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.zoo import get
from negeig.claims import InputError
from negeig.proofs_checks import checker
from negeig.proofs_checks.of_bounds import of_bounds
from negeig.proofs_checks.of_claims import Certificates
from negeig.proofs_checks.runs import groups, repetitions, scalars
from negeig.proofs_checks.runs.acting import relations_of
from negeig.theory.bounds.dimension_bounds import may_act
from negeig.theory.bounds.lower_bounds import lower_bounds
from support.certificates import (
    A6,
    HELD,
    THREE_INVOLUTIONS,
    lines_of,
    of_kind,
    permuting,
    structure,
    verdict,
    verdict_of,
)

SAID = {
    "plane": "at least 3 dimensions in one layer, of finitely many exact states",
    "space": "at least 4 dimensions in one layer, of finitely many exact states",
    "not solvable": "at least 3 dimensions in some layer, of finitely many exact states",
    "not A5": "at least 5 dimensions in some layer, of finitely many exact states",
    "one step": "at least 2 steps a letter in one layer, of finitely many exact states",
    "four steps": "at least 4 steps in one layer, of finitely many exact states",
}


def refused(certificate, **evidence):
    said, reason = verdict_of(certificate, **evidence)
    assert said == "NOT VERIFIED", (said, reason)
    return reason


def made(needs):
    return [one for one in of_kind("group") if one.evidence["needs"] == needs]


def evidence_said(certificate):
    ((_, _, told),) = checker.check(checked_file(certificate), set())
    return dict(told)["evidence"]


def checked_file(certificate):
    import io

    text = "".join(f"{line}\n" for line in lines_of(certificate))
    return io.BufferedReader(io.BytesIO(text.encode()))


@pytest.mark.parametrize("needs", SAID)
def test_every_need_is_shown_by_some_task(needs):
    assert made(needs)
    for one in made(needs):
        assert evidence_said(one).endswith(SAID[needs])


# ---- each need has a twin that lacks it


def fitting(name, needs):
    """A certificate that a group has some needs, of one that does with less."""
    acting = next(groups.groups_of(relations_of(get(name).minimal())))
    return acting.certificate(needs, acting.group.own_generators)


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("cyclic:6", "plane"), ("dihedral:5", "plane"), ("sym:3", "plane"),
        ("sym:4", "space"), ("alt:5", "space"), ("dihedral:4", "space"),
    ],
)  # fmt: skip
def test_groups_of_isometries_are_refused(name, needs):
    assert refused(fitting(name, needs)).endswith("may do with less")


def test_steps_are_counted_for_letters():
    words = [[0, 0, 0], [1]]
    one = made("four steps")[0]
    assert one.evidence["generators"] != words
    assert "no letter" in refused(one, generators=[[0, 1], [1, 0]])


def test_reflections_are_refused():
    """The letters of the cube's symmetries are three reflections: one step each."""
    cube = permuting([[1, 0, 2, 3, 4, 5], [2, 3, 0, 1, 4, 5], [0, 1, 4, 5, 2, 3]])
    acting = next(groups.groups_of(relations_of(cube)))
    letters = [[a] for a in range(3)]
    rows = acting.group.rows.tolist()
    elements = [rows.index(cube.transitions[:, a].tolist()) for a in range(3)]
    assert refused(acting.certificate("one step", elements, letters)).endswith("with less")
    with pytest.raises(InputError, match="may be reflections"):
        groups.one_step_certificate(relations_of(cube))


def test_letters_that_commute_are_not_one_group_of_reflections():
    """A swap beside three letters that generate 168 elements: no such group has rank 4, or 2."""
    apart = [*([*x, 7, 8] for x in THREE_INVOLUTIONS), [*range(7), 8, 7]]
    acting = next(groups.groups_of(relations_of(permuting([*apart, [7] * 9]))))
    rows = acting.group.rows.tolist()
    elements = [rows.index(letter) for letter in apart]
    three = acting.certificate("one step", elements[:3], [[0], [1], [2]])
    assert verdict(lines_of(three)) == ("VERIFIED", "")
    four = acting.certificate("one step", elements, [[0], [1], [2], [3]])
    assert not checker.reflected(336, 4)
    assert refused(four).endswith("a group of order 336 may do with less")


def test_a_product_of_commutators_is_not_a_power_of_one():
    """A5 is not solvable, and has no other factor: 30th powers in it are 1."""
    one = made("not solvable")[0]
    assert "not as its commutator" in refused(one, needs="not A5")
    other = made("not A5")[0]
    assert "not as its commutator" in refused(other, needs="not solvable")


def test_solvable_groups_have_no_commutators():
    for name in ("sym:4", "quaternion"):
        with pytest.raises(InputError, match="no commutators"):
            groups.unsolvable_certificate(relations_of(get(name).minimal()), "not solvable")
    with pytest.raises(InputError, match="no commutators"):
        groups.unsolvable_certificate(relations_of(get("alt:5").minimal()), "not A5")


def test_elements_that_do_nothing_show_nothing():
    one = made("not solvable")[0]
    assert "there are none" in refused(one, elements=[], commutators=[])
    nothing = {"elements": [[]], "commutators": [[[], []]]}
    assert "not as its commutator" in refused(one, **nothing)


def test_four_steps_of_another_power():
    one = next(x for x in made("four steps") if not x.evidence["elements"])
    turn = one.evidence["turn"]
    other = [a for a in range(2) if a not in turn]
    assert "no power of a letter" in refused(one, turn=[*turn, *other])
    assert "no power of a letter" in refused(one, turn=[])
    assert "no power of a letter" in refused(one, turn=other)  # of order 2
    assert refused(one, by=[]).endswith("may do with less")  # the same turn: a cyclic group
    # A turn by 72 degrees and one like it, conjugate in A5.
    assert refused(one, by=turn * 2).endswith("may do with less")


def test_simple_factors_tell_nothing_of_reflections():
    """S6 has another simple factor than A5, and is a group of reflections: one step each."""
    swaps = [[*range(i), i + 1, i, *range(i + 2, 6)] for i in range(5)]
    machine = permuting(swaps)
    one = groups.unsolvable_certificate(relations_of(machine), "not A5")
    assert verdict(lines_of(one)) == ("VERIFIED", "")
    letters = [[a] for a in range(5)]
    words = [one.evidence["generators"][i] for word in one.evidence["elements"] for i in word]
    assert refused(one, needs="one step", generators=letters, elements=words).endswith("with less")


def test_states_are_reached_and_told_apart():
    one = made("plane")[0]
    assert "not told apart" in refused(one, apart=[])
    assert "not told apart" in refused(one, points=[*one.evidence["points"], 0])
    assert "does not permute" in refused(one, points=one.evidence["points"][:-1])
    rows = [[*row] for row in one.about["transitions"]]
    beside = len(rows)
    about = {
        **one.about, "transitions": [*rows, [beside] * len(rows[0])],
        "outputs": [*one.about["outputs"], "beside"],
    }  # fmt: skip
    points = [*one.evidence["points"], beside]
    apart = [*one.evidence["apart"], []]
    assert "not told apart, or not reached" in refused_about(one, about, points, apart)


def refused_about(one, about, points, apart):
    said, reason = verdict_of(one, about=about.items(), points=points, apart=apart)
    assert said == "NOT VERIFIED"
    return reason


# ---- orders of elements tell the groups of isometries


def small_groups(degree, count, seed):
    """Groups that two random permutations generate, each of some order and orders once."""
    rng, seen = random.Random(seed), set()
    for _ in range(count):
        pair = [rng.sample(range(degree), degree) for _ in range(2)]
        group = PermutationGroup(pair)
        if group.order <= 200:
            listed = ListedGroup(group.elements())
            known = (listed.order, listed.is_abelian, *sorted(listed.orders.tolist()))
            if known not in seen:
                seen.add(known)
                yield listed


def fits_by_checker(group, dimension):
    n, orders = group.order, sorted(group.orders.tolist())
    known = checker.planar(n) if dimension == 2 else checker.spatial(n, group.is_abelian)
    return orders in map(sorted, known)


def test_orders_of_elements_tell_isometries_by_name():
    """Where a group is named, it is of isometries exactly if orders of elements do not exclude it.

    One that they do not exclude though it is none has no certificate; there is none among these.
    """
    count = 0
    for degree in (4, 5, 6, 7, 8):
        for group in small_groups(degree, 150, seed=degree):
            found = identify(group.rows)
            if not found.decided:
                continue
            count += 1
            for dimension in (2, 3):
                fits = may_act(found, lambda group=group: group.rows, dimension)
                assert may_be_isometries(group, dimension) == fits, found.name
                assert fits_by_checker(group, dimension) == fits
    assert count > 40


def abelian(*sizes):
    """The product of cyclic groups."""
    rows, start = [], 0
    for size in sizes:
        turn = [*range(sum(sizes))]
        turn[start : start + size] = [start + (i + 1) % size for i in range(size)]
        rows.append(turn)
        start += size
    return ListedGroup(PermutationGroup(rows).elements())


@pytest.mark.parametrize(
    ("sizes", "plane", "space"),
    [
        ((2, 2), True, True), ((2, 2, 2), False, True), ((2, 4), False, True),
        ((2, 2, 2, 2), False, False), ((3, 3), False, False), ((2, 6), False, True),
        ((4, 4), False, False), ((15,), True, True),
    ],
)  # fmt: skip
def test_abelian_groups(sizes, plane, space):
    group = abelian(*sizes)
    assert (may_be_isometries(group, 2), may_be_isometries(group, 3)) == (plane, space)


def test_a_group_with_the_orders_of_an_abelian_one_is_not_that():
    """M16 has the orders of C2 x C8, which is a group of isometries of space."""
    turn = [(i + 1) % 8 for i in range(8)]
    five = [5 * i % 8 for i in range(8)]
    group = ListedGroup(PermutationGroup([turn, five]).elements())
    assert sorted(group.orders.tolist()) == sorted(abelian(2, 8).orders.tolist())
    assert not may_be_isometries(group, 3)
    assert may_be_isometries(abelian(2, 8), 3)
    (one,) = [
        x for x in bounds_certified(permuting([turn, five])).made
        if x.kind == "group" and x.evidence["needs"] == "space"
    ]  # fmt: skip
    assert verdict(lines_of(one)) == ("VERIFIED", "")


def test_a_group_without_a_name_has_bounds():
    """The group of 1,152 elements is not named; orders of its elements tell it from isometries."""
    rows = [[1, 2], [6, 7], [5, 3], [3, 4], [2, 6], [7, 1], [0, 5], [4, 0]]
    machine = structure(rows)
    bounds = lower_bounds(machine, transition_monoid(machine))
    found = [b for b in bounds if b.theorem == "group-dimension"]
    assert [(b.value, b.layers) for b in found] == [(3, 1), (4, 1)]
    assert found[0].reason.startswith("a group of order 1152 is no quotient")
    assert {one.evidence["needs"] for one in bounds_certified(machine).made if one.kind == "group"}


def test_orders_of_reflection_groups():
    """The orders that divide one of rank 3: of the simplex, the cube and the icosahedron."""
    divides = [n for n in range(1, 200) if checker.reflected(n, 3)]
    assert divides == [n for n in range(1, 200) if any(w % n == 0 for w in (24, 48, 120))]
    assert not checker.reflected(7, 2)
    assert checker.reflected(14_400, 4)
    assert not checker.reflected(14_400, 3)
    assert checker.reflected(math.factorial(10), 9)


# ---- repetitions and one number


def test_an_index_tells_of_letters_that_merge():
    for name, index in (("flipflop", 1), ("starts-with:a", 1), ("contains:aba", 1)):
        one = repetitions.index_certificate(get(name).minimal())
        assert one.evidence["index"] >= index
        assert one.evidence["suffix"]
        assert verdict(lines_of(one)) == ("VERIFIED", "")
    for name in ("sym:4", "ends-with:a", "parity"):
        with pytest.raises(InputError, match="permutes"):
            repetitions.index_certificate(get(name).minimal())


def test_one_number_does_what_it_can():
    """A constant, the identity and one mirror are for one number; anything else is not."""
    lists = list(itertools.product(range(3), repeat=3))
    for columns in itertools.product(lists, repeat=2):
        machine = structure([list(row) for row in zip(*columns, strict=True)]).minimal()
        bounds = lower_bounds(machine, transition_monoid(machine))
        two = any(b.quantity == "dim" and b.value > 1 and b.layers in (None, 1) for b in bounds)
        if two:
            one = scalars.scalar_certificate(machine)
            assert verdict(lines_of(one)) == ("VERIFIED", "")
        else:
            with pytest.raises(InputError):
                scalars.scalar_certificate(machine)


def test_no_other_contexts_show_that_one_number_is_too_few():
    one = scalars.scalar_certificate(get("mod:3").minimal())
    (u, _, w), other = one.evidence["constant"]
    assert "constant" in refused(one, constant=[[u, u, w], other])
    (prefix, _), *rest = one.evidence["identity"]
    assert "identity" in refused(one, identity=[[prefix, []], *rest])
    mirror = scalars.scalar_certificate(get("sym:3:swaps").minimal())
    a, b = mirror.evidence["letters"]
    assert a != b
    assert "identity" in refused(mirror, letters=[a, a])


# ---- all bounds


def bounds_certified(machine):
    machine, found = machine.minimal(), Certificates()
    bounds = lower_bounds(machine, transition_monoid(machine))
    others = [b for b in bounds if not b.own_group and b.quantity != "layers"]
    of_bounds(others, machine, found)
    assert not found.missing
    return found


def random_machine(seed):
    rng = random.Random(seed)
    size, letters = rng.randrange(3, 8), rng.choice((1, 2, 2, 3))
    columns = [
        rng.sample(range(size), size)
        if rng.random() < 0.6
        else [rng.randrange(size) for _ in range(size)]
        for _ in range(letters)
    ]
    return Machine(
        alphabet="abc"[:letters], transitions=list(zip(*columns, strict=True)), initial=0,
        outputs=[rng.randrange(2) for _ in range(size)],
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_every_bound_of_random_machines_is_certified(seed):
    for one in bounds_certified(random_machine(seed)).made:
        assert verdict(lines_of(one)) == ("VERIFIED", ""), one.kind


@pytest.mark.exhaustive
def test_every_bound_of_many_machines_is_certified():
    shown = {
        one.evidence.get("needs", one.kind)
        for seed in range(20, 200)
        for one in bounds_certified(random_machine(seed)).made
        if verdict(lines_of(one)) == ("VERIFIED", "")
    }
    assert shown >= {"period", "scalar", "plane", "space", "not solvable", "not A5", "four steps"}


def test_groups_that_act_on_many_states_are_shown_on_few():
    """The group of 120 elements acts on itself; a subgroup that tells it does on one orbit."""
    one = next(x for x in made("space") if len(x.about["outputs"]) == 120)
    assert len(one.evidence["points"]) < 60
    assert np.array(one.about["transitions"]).shape[0] == 120


def test_the_letter_of_a_simple_factor_takes_four_steps():
    """The twin: in A5 the letters that turn it alike take two."""
    found = groups.four_steps_certificate(relations_of(permuting(A6)))
    assert found.evidence["elements"]
    with pytest.raises(InputError, match="no letter is seen"):
        groups.four_steps_certificate(relations_of(get("alt:5").minimal()))
    assert set(HELD) | {"one step"} == set(SAID)
