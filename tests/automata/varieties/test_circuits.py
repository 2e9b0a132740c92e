"""Circuit classes: known tasks, definitions, and every witness replayed."""

import json
import math

import pytest

from negeig.automata import zoo
from negeig.automata.expressions.regex_machine import regex_to_machine
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import transition_monoid
from negeig.automata.varieties.circuits import Circuits, circuit_class
from negeig.claims import InputError

AC0, ACC0, NC1 = Circuits.AC0, Circuits.ACC0, Circuits.NC1


def found(machine):
    return circuit_class(transition_monoid(machine.minimal()))


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        ("(aa)*", AC0),  # the length modulo 2: a group, but one for each length
        ("(aaaaaa)*", AC0),
        ("([ab][ab])*", AC0),
        ("([ab][ab])*a", AC0),
        ("(ab)*", AC0),
        ("(ab|ba)*", AC0),
        ("(b|ab*a)*", ACC0),
        ("(b|ab*ab*a)*", ACC0),
        ("(aa|bbb)*", AC0),  # groups of a's and of b's, each of which counts lengths
    ],
)
def test_languages(regex, expected):
    assert found(regex_to_machine(regex)).name is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("parity", ACC0),
        ("mod:6", ACC0),
        ("cyclic:4", ACC0),
        ("sym:4", ACC0),
        ("quaternion", ACC0),
        ("dihedral:7", ACC0),
        ("modarith:5", ACC0),
        ("tomita:5", ACC0),
        ("even-pairs", AC0),
        ("dyck1:3", AC0),
        ("flipflop", AC0),
        ("contains:abab", AC0),
        ("sym:5", NC1),
        ("sym:6:swaps", NC1),
        ("alt:5", NC1),
    ],
)
def test_tasks(name, expected):
    machine = zoo.get(name).minimal()
    result = found(machine)
    assert result.name is expected
    assert (result.failed is None) == (expected is AC0)
    assert result.failed is None or result.failed.verify(machine)


def word_permutation(machine, word):
    result = list(range(machine.size))
    for letter in word:
        result = [int(machine.transitions[q, machine.index(letter)]) for q in result]
    return result


def test_words_of_one_length_make_a_group():
    """The witness against AC0, by hand: equal lengths, one a power-fixed map, the other moving."""
    for name in ("parity", "mod:6", "sym:4", "modarith:5", "tomita:5"):
        machine = zoo.get(name).minimal()
        words = dict(found(machine).failed.witness.words)
        x, y = (word_permutation(machine, words[v]) for v in "xy")
        assert len(words["x"]) == len(words["y"])
        assert [x[q] for q in x] == x
        power, powers = y, []
        while power not in powers:
            powers.append(power)
            power = [y[q] for q in power]
        assert power == y  # y lies in a group
        assert x in powers  # with identity x
        assert len(powers) > 1


def test_letters_of_a_group_that_count_the_length():
    """Odd generators of S5: words of even length give A5, so the class is that of S5."""
    swap, cycle = [1, 0, 2, 3, 4], [1, 2, 3, 0, 4]
    link = [0, 1, 2, 4, 3]
    machine = Machine(
        alphabet="abc",
        transitions=list(zip(swap, cycle, link, strict=True)),
        initial=0,
        outputs=range(5),
    )
    assert transition_monoid(machine).size == 120
    assert found(machine).name is NC1
    # One letter of order 5, and one that resets: words of one length make no group.
    machine = Machine(
        alphabet="ab", transitions=[[1, 0], [2, 0], [0, 0]], initial=0, outputs=[1, 0, 0]
    )
    assert not transition_monoid(machine).is_aperiodic
    assert found(machine).name is AC0
    # With a neutral letter they do.
    machine = Machine(
        alphabet="abc",
        transitions=[[1, 0, 0], [2, 0, 1], [0, 0, 2]],
        initial=0,
        outputs=[1, 0, 0],
    )
    assert found(machine).name is ACC0


def test_three_elements_of_coprime_orders():
    """Thompson's witness, by hand, also where the group is inside a monoid with resets."""
    s, c, reset = [1, 0, 2, 3, 4, 5], [1, 2, 3, 4, 0, 5], [0, 0, 0, 0, 0, 5]
    kill = [5] * 6
    machine = Machine(
        alphabet="scrk",
        transitions=list(zip(s, c, reset, kill, strict=True)),
        initial=0,
        outputs=[0, 1, 2, 3, 4, 5],
    )
    result = found(machine)
    assert result.name is NC1
    assert result.failed.verify(machine)
    words = dict(result.failed.witness.words)
    x, y, z = (word_permutation(machine, words[v]) for v in "xyz")
    assert [z[y[x[q]]] for q in range(6)] == list(range(6))
    orders = []
    for p in (x, y, z):
        power, order = p, 1
        while power != list(range(6)):
            power, order = [p[q] for q in power], order + 1
        orders.append(order)
    assert min(orders) > 1
    assert math.prod(orders) == math.lcm(*orders)


def test_what_is_proved_and_what_is_not():
    assert "not known" in found(zoo.get("sym:5")).conditional
    assert "not in AC0" in found(zoo.get("sym:5")).proved
    for name in ("parity", "flipflop"):
        assert found(zoo.get(name).minimal()).conditional == ""
    shown = found(zoo.get("parity")).to_json()
    assert json.loads(json.dumps(shown)) == shown
    assert shown["name"] == "ACC0"
    assert shown["failed"]["short"] == "QA"


def test_class_does_not_wait_for_its_witness():
    result = circuit_class(transition_monoid(zoo.get("sym:5")), max_lookups=0)
    assert result.name is NC1
    assert result.failed.witness is None


def test_machines_are_minimal():
    twice = Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 1])
    with pytest.raises(InputError, match="minimise it first"):
        circuit_class(transition_monoid(twice))
