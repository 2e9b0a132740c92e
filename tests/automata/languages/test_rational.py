"""Products, iteration, reversal, quotients and morphisms, against words and other libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product

import numpy as np
import pytest
from automata.fa.nfa import NFA
from pyformlang.finite_automaton import Symbol

from negeig.automata import zoo
from negeig.automata.formats.interop import from_object, to_automata_lib, to_pyformlang
from negeig.automata.languages.morphisms import image, inverse_image
from negeig.automata.languages.rational import (
    concatenation,
    factors,
    left_quotient,
    plus,
    prefixes,
    reversal,
    right_quotient,
    shuffle,
    star,
    suffixes,
)
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import minimize
from negeig.automata.machines.operations import (
    combine,
    equivalent,
    intersection,
    subtract,
    symmetric_difference,
    union,
    words,
)
from negeig.claims import InputError, LimitReached, Word
from support.machines import minimal_machines, random_machine

SMALL = minimal_machines(2)
LONG = list(words("ab", 6))
MIDDLE = list(words("ab", 4))
# Two states and two make four pairs: what some word can do, one of at most three letters can.
SHORT = list(words("ab", 3))

PAIRS = [(first, second) for first in SMALL for second in SMALL]
WORD_OF = Machine(alphabet="ab", transitions=[[1, 3], [3, 2], [3, 3], [3, 3]], initial=0,
                  outputs=[0, 0, 1, 0])  # fmt: skip


@cache
def accepted(machine: Machine, longest: int = 9) -> frozenset[Word]:
    return frozenset(w for w in words("ab", longest) if machine.accepts(w))


def splits(word: Word) -> Iterator[tuple[Word, Word]]:
    return ((word[:i], word[i:]) for i in range(len(word) + 1))


def check(result: Machine, expected: Callable[[Word], bool], tried: list[Word]) -> None:
    assert result == minimize(result)
    assert result.alphabet == ("a", "b")
    for word in tried:
        assert result.accepts(word) == expected(word), word


def test_concatenation_of_every_small_pair() -> None:
    for first, second in PAIRS:
        one, two = accepted(first), accepted(second)
        check(
            concatenation(first, second),
            lambda w, one=one, two=two: any(u in one and v in two for u, v in splits(w)),
            LONG,
        )


def in_power(word: Word, language: frozenset[Word]) -> bool:
    """Whether a word is one or more words of the language, one after another."""
    if word in language:
        return True
    return any(u in language and in_power(v, language) for u, v in splits(word) if u and v)


def test_star_plus_and_reversal_of_every_small_machine() -> None:
    for machine in SMALL:
        language = accepted(machine)
        check(plus(machine), lambda w, x=language: in_power(w, x), LONG)
        check(star(machine), lambda w, x=language: w == () or in_power(w, x), LONG)
        check(reversal(machine), lambda w, x=language: w[::-1] in x, LONG)


def test_beginnings_ends_and_parts_of_every_small_machine() -> None:
    for machine in SMALL:
        x = accepted(machine)
        check(prefixes(machine), lambda w, x=x: any(w + v in x for v in SHORT), LONG)
        check(suffixes(machine), lambda w, x=x: any(u + w in x for u in SHORT), LONG)
        check(
            factors(machine),
            lambda w, x=x: any(u + w + v in x for u in SHORT[:7] for v in SHORT[:7]),
            MIDDLE,
        )


def test_quotients_of_every_small_pair() -> None:
    for machine, by in PAIRS:
        x = accepted(machine)
        us = [u for u in SHORT if by.accepts(u)]
        check(left_quotient(machine, by), lambda w, x=x, us=us: any(u + w in x for u in us), LONG)
        check(right_quotient(machine, by), lambda w, x=x, us=us: any(w + u in x for u in us), LONG)


def test_quotients_by_words_are_for_every_machine() -> None:
    tasks = [*SMALL, zoo.get("flipflop"), zoo.get("sym:3"), zoo.get("modarith:3")]
    for machine in tasks:
        for u in words(machine.alphabet[:3], 2):
            left, right = left_quotient(machine, u), right_quotient(machine, u)
            for word in words(machine.alphabet, 3):
                assert left.output(word) == machine.output(u + word)
                assert right.output(word) == machine.output(word + u)


def test_quotients_by_a_word_and_by_its_language_agree() -> None:
    for machine in SMALL:
        assert left_quotient(machine, "ab") == left_quotient(machine, WORD_OF)
        assert right_quotient(machine, "ab") == right_quotient(machine, WORD_OF)


def test_shuffle_of_every_small_pair() -> None:
    parts = {
        w: [
            (
                tuple(x for x, keep in zip(w, mask, strict=True) if keep),
                tuple(x for x, keep in zip(w, mask, strict=True) if not keep),
            )
            for mask in product((0, 1), repeat=len(w))
        ]
        for w in MIDDLE
    }
    for first, second in PAIRS:
        one, two = accepted(first), accepted(second)
        check(
            shuffle(first, second),
            lambda w, one=one, two=two: any(u in one and v in two for u, v in parts[w]),
            MIDDLE,
        )


def test_named_boolean_operations_of_every_small_pair() -> None:
    for first, second in PAIRS:
        one, two = accepted(first), accepted(second)
        for operation, expected in [
            (union, one | two),
            (intersection, one & two),
            (subtract, one - two),
            (symmetric_difference, one ^ two),
        ]:
            check(operation(first, second), lambda w, x=expected: w in x, SHORT)


MAPS = [
    {"a": "b", "b": "a"},
    {"a": "", "b": "ab"},
    {"a": "a", "b": "a"},
    {"a": "ab", "b": "ba"},
    {"a": "", "b": ""},
    {"a": "aab", "b": "b"},
]


def reads(machine: Machine, mapping: dict[str, str], word: Word) -> bool:
    """Whether some accepted word is replaced by this one, by search over (state, letters read)."""
    todo, seen = [(machine.initial, 0)], set()
    while todo:
        here = state, read = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        if read == len(word) and machine.outputs[state]:
            return True
        for i, letter in enumerate(machine.alphabet):
            part = tuple(mapping[letter])
            if word[read : read + len(part)] == part:
                todo.append((int(machine.transitions[state, i]), read + len(part)))
    return False


@pytest.mark.parametrize("mapping", MAPS, ids=str)
def test_images_of_every_small_machine(mapping: dict[str, str]) -> None:
    for machine in SMALL:
        check(
            image(machine, mapping, alphabet="ab"),
            lambda w, m=machine: reads(m, mapping, w),
            LONG,
        )


@pytest.mark.parametrize("mapping", MAPS, ids=str)
def test_inverse_images_of_every_small_machine(mapping: dict[str, str]) -> None:
    for machine in SMALL:
        result = inverse_image(machine, mapping)
        for word in LONG:
            replaced = [x for letter in word for x in mapping[letter]]
            assert result.accepts(word) == machine.accepts(replaced)
        # The image of the inverse image is what of the language is an image at all.
        there = image(result, mapping, alphabet="ab")
        everything = Machine(alphabet="ab", transitions=[[0, 0]], initial=0, outputs=[1])
        assert there == machine & image(everything, mapping, alphabet="ab")


def test_letters_of_images() -> None:
    machine = Machine(alphabet="ab", transitions=[[0, 0]], initial=0, outputs=[1])
    assert image(machine, {"a": ["long", "x"], "b": "y"}).alphabet == ("long", "x", "y")
    assert image(machine, {"a": "x", "b": "y"}, alphabet="zy").alphabet == ("z", "y", "x")
    task = zoo.get("sym:3")
    assert inverse_image(task, {"ss": "ss", "1": ""}).minimal().outputs == ("()",)


def test_random_machines_against_automata_lib_and_pyformlang() -> None:
    seed = 17
    print("seed", seed)
    rng = np.random.default_rng(seed)
    for _ in range(25):
        first, second = (
            minimize(
                Machine(
                    alphabet="ab",
                    transitions=rng.integers(0, n, (n, 2)),
                    initial=0,
                    outputs=(rng.random(n) < 0.4).astype(int).tolist(),
                )
            )
            for n in rng.integers(2, 6, 2)
        )
        one, two = (NFA.from_dfa(to_automata_lib(m)) for m in (first, second))
        for ours, theirs in [
            (concatenation(first, second), one.concatenate(two)),
            (star(first), one.kleene_star()),
            (reversal(first), one.reverse()),
            (union(first, second), one.union(two)),
            (intersection(first, second), one.intersection(two)),
            (shuffle(first, second), one.shuffle_product(two)),
            (left_quotient(first, second), one.left_quotient(two)),
            (right_quotient(first, second), one.right_quotient(two)),
        ]:
            assert ours.difference(from_object(theirs)[0]) is None
        one, two = (to_pyformlang(m) for m in (first, second))
        joined = one.to_regex().concatenate(two.to_regex())
        for ours, theirs in [
            (reversal(first), one.reverse()),
            (subtract(first, second), one.get_difference(two)),
            (concatenation(first, second), joined.to_epsilon_nfa()),
        ]:
            for letter in "ab":
                theirs.add_symbol(Symbol(letter))
            assert equivalent(ours, from_object(theirs)[0])
        assert equivalent(first, second) == one.is_equivalent_to(two)


def test_laws_on_random_machines() -> None:
    seed = 23
    print("seed", seed)
    rng = np.random.default_rng(seed)
    for _ in range(40):
        x, y, z = (minimize(random_machine(rng, int(rng.integers(1, 5)), 2, 2)) for _ in range(3))
        assert reversal(reversal(x)) == x
        assert concatenation(concatenation(x, y), z) == concatenation(x, concatenation(y, z))
        assert reversal(concatenation(x, y)) == concatenation(reversal(y), reversal(x))
        assert concatenation(x, y | z) == concatenation(x, y) | concatenation(x, z)
        assert star(star(x)) == star(x) == star(plus(x))
        assert plus(x) == concatenation(x, star(x))
        assert shuffle(x, y) == shuffle(y, x)
        assert suffixes(x) == reversal(prefixes(reversal(x)))
        assert right_quotient(x, y) == reversal(left_quotient(reversal(x), reversal(y)))
        assert symmetric_difference(x, y) == (x - y) | (y - x) == (x | y) - (x & y)


def backwards(machine: Machine) -> Machine:
    """The same machine with its states numbered the other way round, the initial one last."""
    last = machine.size - 1
    return Machine(
        alphabet=machine.alphabet,
        transitions=last - machine.transitions[::-1],
        initial=last - machine.initial,
        outputs=machine.outputs[::-1],
    )


def test_the_initial_state_may_have_any_number() -> None:
    for first in SMALL:
        turned = backwards(first)
        for operation in (star, plus, reversal, prefixes, suffixes, factors):
            assert operation(turned) == operation(first)
        assert image(turned, MAPS[1], "ab") == image(first, MAPS[1], "ab")
        assert inverse_image(turned, MAPS[1]) == inverse_image(first, MAPS[1])
        assert left_quotient(turned, "a") == left_quotient(first, "a")
        assert right_quotient(turned, "a") == right_quotient(first, "a")
        for second in SMALL[::3]:
            for operation in (concatenation, shuffle, left_quotient, right_quotient, union):
                assert operation(turned, backwards(second)) == operation(first, second)


def test_products_may_be_as_large_as_the_limit() -> None:
    for operation in (shuffle, left_quotient, right_quotient):
        assert operation(WORD_OF, WORD_OF, max_states=16) == operation(WORD_OF, WORD_OF)
        with pytest.raises(LimitReached, match="machine states: stopped at 16, the limit is 15"):
            operation(WORD_OF, WORD_OF, max_states=15)


def test_images_too_long_to_write_down() -> None:
    with pytest.raises(LimitReached, match="the image was not built"):
        image(WORD_OF, {"a": "a" * 10**6, "b": "b"}, max_states=10_000)


def test_the_second_operand_may_have_its_letters_in_another_order() -> None:
    turned = Machine(
        alphabet="ba", transitions=[[3, 1], [2, 3], [3, 3], [3, 3]], initial=0, outputs=[0, 0, 1, 0]
    )
    for operation in (concatenation, shuffle, left_quotient, right_quotient, union):
        assert operation(WORD_OF, turned) == operation(WORD_OF, WORD_OF)


def test_other_alphabets_and_outputs_are_refused() -> None:
    task = Machine(alphabet="ab", transitions=[[0, 0]], initial=0, outputs=[2])
    other = Machine(alphabet="abc", transitions=[[0, 0, 0]], initial=0, outputs=[1])
    for operation in (concatenation, shuffle, left_quotient, right_quotient, union):
        with pytest.raises(InputError, match="expected an acceptor"):
            operation(WORD_OF, task)
        with pytest.raises(InputError) as error:
            operation(WORD_OF, other)
        assert error.value.problems == ["the first machine has no letter 'c'"]
    for operation in (star, plus, reversal, prefixes, suffixes, factors):
        with pytest.raises(InputError, match="expected an acceptor"):
            operation(task)
    with pytest.raises(InputError, match="expected an acceptor"):
        image(task, {"a": "a", "b": "b"})
    for quotient in (left_quotient, right_quotient):
        with pytest.raises(InputError, match="letter 'x' is not in the alphabet"):
            quotient(WORD_OF, "x")


def test_maps_of_letters_that_do_not_fit() -> None:
    with pytest.raises(InputError) as error:
        image(WORD_OF, {"a": "x", "c": "y"})
    assert error.value.problems == [
        "no word for the letter 'b'",
        "a word for 'c', which is no letter of the machine",
    ]
    with pytest.raises(InputError, match="every letter becomes the empty word"):
        image(WORD_OF, {"a": "", "b": ""})
    with pytest.raises(InputError, match="there is no letter"):
        inverse_image(WORD_OF, {})
    with pytest.raises(InputError) as error:
        inverse_image(WORD_OF, {"x": "acac", "y": "d"})
    assert error.value.problems == [
        "the word of 'x' has 'c', which is no letter of the machine",
        "the word of 'y' has 'd', which is no letter of the machine",
    ]


def tenth_from_the_end(n: int) -> Machine:
    """The a ten letters before the end, read backwards: few states, and exponentially many back."""
    return Machine(
        alphabet="ab",
        transitions=[
            *([i + 1, i + 1] for i in range(n - 1)), [n, n + 1], [n, n], [n + 1, n + 1]
        ],
        initial=0,
        outputs=[0] * n + [1, 0],
    )  # fmt: skip


def test_limits() -> None:
    machine = tenth_from_the_end(10)
    assert reversal(machine).size == 1024
    with pytest.raises(LimitReached, match="machine states: stopped at 1,001"):
        reversal(machine, max_states=1000)
    everything = Machine(alphabet="ab", transitions=[[0, 0]], initial=0, outputs=[1])
    # An a and nine more letters, after anything.
    rows = [[1, 11], *([i + 1] * 2 for i in range(1, 10)), [11, 11], [11, 11]]
    ten = Machine(alphabet="ab", transitions=rows, initial=0, outputs=[0] * 10 + [1, 0])
    back = reversal(machine)
    assert concatenation(everything, ten) == back
    for operation in (
        lambda: concatenation(everything, ten, max_states=500),
        lambda: suffixes(back, max_states=100),
        lambda: shuffle(back, back, max_states=1000),
        lambda: left_quotient(back, back, max_states=1000),
        lambda: right_quotient(back, back, max_states=1000),
        lambda: image(back, {"a": "ab" * 200, "b": "a"}, max_states=1000),
        lambda: combine(back, machine, int.__xor__, max_states=100),
        lambda: union(back, machine, max_states=100),
    ):
        with pytest.raises(LimitReached):
            operation()
