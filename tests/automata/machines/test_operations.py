"""Operations on machines, against what they mean word by word."""

import numpy as np
import pytest

from negeig.automata.languages.counting import count
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import minimize
from negeig.automata.machines.operations import (
    combine,
    complement,
    difference,
    equivalent,
    reorder,
    words,
)
from negeig.claims import InputError, LimitReached
from support.machines import minimal_machines, random_machine

SMALL = minimal_machines(2)
WORDS = list(words("ab", 4))


def first_separating(first, second, length):
    return next(
        (w for w in words(first.alphabet, length) if first.output(w) != second.output(w)), None
    )


def test_there_are_26_minimal_languages_of_at_most_two_states():
    """Two with one state; with two, 12 of the 16 tables leave state 0, times 2 outputs."""
    assert len(SMALL) == 2 + 24


def test_difference_is_the_first_separating_word_of_every_small_pair():
    for first in SMALL:
        for second in SMALL:
            expected = first_separating(first, second, 3)
            assert difference(first, second) == expected
            assert equivalent(first, second) == (expected is None)
            assert (expected is None) == (first == second)


def test_difference_on_random_machines():
    seed = 11
    print("seed", seed)
    rng = np.random.default_rng(seed)
    lengths = set()
    for _ in range(400):
        base = random_machine(rng, int(rng.integers(2, 6)), 2, 2)
        # One output changed in a copy with twice the states: a separating word may be long.
        outputs = list(base.outputs * 2)
        outputs[int(rng.integers(len(outputs)))] ^= int(rng.integers(2))
        twice = np.concatenate([base.transitions] * 2)
        twice += rng.integers(0, 2, twice.shape).astype(np.int32) * base.size
        other = Machine(
            alphabet=base.alphabet, transitions=twice, initial=base.initial, outputs=outputs
        )
        found = difference(base, other)
        assert found == first_separating(base, other, 8)
        lengths.add(None if found is None else len(found))
    assert {None, 0, 1, 2, 3} <= lengths


def test_difference_is_shortest_where_states_are_identified_along_the_way():
    n, m = 12, 18
    by_n, by_m = (
        Machine(
            alphabet="a",
            transitions=[[(q + 1) % k] for q in range(k)],
            initial=0,
            outputs=[int(q == 0) for q in range(k)],
        )
        for k in (n, m)
    )
    assert difference(by_n, by_m) == ("a",) * n


def test_difference_identifies_states_instead_of_visiting_all_pairs():
    """Of the 10^10 pairs of states of two long cycles, fewer than 2 * 10^5 need a visit."""
    long, longer = (
        Machine(
            alphabet="a",
            transitions=(np.arange(k).reshape(k, 1) + 1) % k,
            initial=0,
            outputs=[1] * k,
        )
        for k in (100_003, 100_019)
    )
    assert difference(long, longer) is None


def test_columns_may_be_in_another_order():
    for machine in SMALL:
        turned = reorder(machine, "ba")
        assert turned.alphabet == ("b", "a")
        assert difference(machine, turned) is None
        assert all(machine.output(w) == turned.output(w) for w in WORDS)
        assert combine(machine, turned, lambda x, y: x ^ y).outputs == (0,)
    letters = Machine(
        alphabet="abc",
        transitions=[[0, 1, 2]] * 3,
        initial=0,
        outputs=[0, 1, 2],
        points=[[0], [1], [2]],
    )
    assert reorder(letters, "cab").transitions.tolist() == [[2, 0, 1]] * 3
    assert reorder(letters, "cab").points == ((2,), (0,), (1,))


@pytest.mark.exhaustive
def test_all_sixteen_boolean_operations_on_every_small_pair():
    for code in range(16):

        def op(x, y, code=code):
            return code >> (2 * x + y) & 1

        for first in SMALL:
            for second in SMALL:
                result = combine(first, second, op)
                for w in WORDS[:15]:
                    assert result.output(w) == op(first.output(w), second.output(w))
                assert result == minimize(result)


def test_operators():
    for first in SMALL:
        for second in SMALL:
            for w in WORDS[:7]:
                x, y = first.accepts(w), second.accepts(w)
                assert (first & second).accepts(w) == (x and y)
                assert (first | second).accepts(w) == (x or y)
                assert (first - second).accepts(w) == (x and not y)
                assert (first ^ second).accepts(w) == (x != y)
                assert (~first).accepts(w) == (not x)


def test_complement_keeps_states_and_points():
    machine = Machine(
        alphabet="a", transitions=[[1], [0]], initial=1, outputs=[1, 0], points=[[1, 0]]
    )
    result = complement(machine)
    assert result.outputs == (0, 1)
    assert result.initial == 1
    assert result.points == ((1, 0),)
    assert result.transitions.tolist() == [[1], [0]]


def test_count_of_every_small_machine_and_of_a_long_length():
    for machine in SMALL:
        for length in range(5):
            accepted = sum(machine.accepts(w) for w in WORDS if len(w) == length)
            assert count(machine, length) == accepted
    fibonacci = Machine(
        alphabet="ab", transitions=[[0, 1], [0, 2], [2, 2]], initial=0, outputs=[1, 1, 0]
    )
    a, b = 1, 2
    for length in range(200):
        if length in (0, 1, 50, 199):
            assert count(fibonacci, length) == a
        a, b = b, a + b


def test_words_are_listed_by_length_then_letter():
    assert list(words(("s", "cc"), 2)) == [
        (), ("s",), ("cc",), ("s", "s"), ("s", "cc"), ("cc", "s"), ("cc", "cc"),
    ]  # fmt: skip


def one_state(alphabet, output=0):
    return Machine(
        alphabet=alphabet, transitions=[[0] * len(alphabet)], initial=0, outputs=[output]
    )


@pytest.mark.parametrize("operation", [difference, lambda m, n: combine(m, n, int.__and__)])
def test_different_alphabets_say_what_is_missing_where(operation):
    with pytest.raises(InputError) as caught:
        operation(one_state("abx"), one_state("ayb"))
    assert caught.value.problems == [
        "the second machine has no letter 'x'",
        "the first machine has no letter 'y'",
    ]


def test_reorder_refuses_what_is_no_rearrangement():
    with pytest.raises(InputError, match="no letter 'c'"):
        reorder(one_state("ab"), "bc")
    with pytest.raises(InputError, match="twice"):
        reorder(one_state("ab"), "aba")


@pytest.mark.parametrize("output", [2, True, "1", None])
def test_boolean_operations_want_acceptors(output):
    good, bad = one_state("a", 1), one_state("a", output)
    for action in (lambda: complement(bad), lambda: count(bad, 3), lambda: bad & good,
                   lambda: good | bad):  # fmt: skip
        with pytest.raises(InputError, match="expected an acceptor"):
            action()
    with pytest.raises(InputError, match="2 problems"):
        bad - bad
    assert difference(good, bad) == ()


def test_products_stop_at_their_limit():
    seven, eleven = (
        Machine(
            alphabet="a",
            transitions=[[(q + 1) % k] for q in range(k)],
            initial=0,
            outputs=[int(q == 0) for q in range(k)],
        )
        for k in (7, 11)
    )
    assert combine(seven, eleven, int.__and__, max_states=77).size == 77
    with pytest.raises(LimitReached) as caught:
        combine(seven, eleven, int.__and__, max_states=76)
    assert caught.value.reached == 77
