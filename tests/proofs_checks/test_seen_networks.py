"""Networks seen by a cast, modulo an integer or as they are: what is proved of them."""

from dataclasses import replace
from fractions import Fraction

import pytest

from negeig.proofs_checks.theorem_checks.subjects.seen import (
    counting,
    fails,
    is_cast,
    mirrored,
    recognises,
    scaled,
    seen_at_rest,
    seen_built,
    spelling,
    tells_what_follows,
)
from negeig.proofs_checks.theorem_checks.subjects.tasks import proved


@pytest.mark.parametrize("it", [counting("mod:3"), counting("parity"), mirrored(3), mirrored(4)])
def test_counters_are_right_modulo_their_order_only(it):
    """Modulo twice the order there are states without a code; modulo 1 all look alike."""
    assert recognises(it)
    assert not is_cast(it)
    assert not fails(it)
    assert not recognises(replace(it, modulus=2 * it.modulus))
    assert not recognises(replace(it, modulus=1))


def test_a_counter_with_other_answers_or_another_start_is_wrong():
    it = counting("mod:3")
    network = it.network
    for wrong in (
        replace(network, empty=0),
        replace(network, outputs={**network.outputs, "0": 1}),
        replace(network, layers=(replace(network.layers[0], initial=(Fraction(1),)),)),
        replace(network, layers=(replace(network.layers[0], initial=(Fraction(1, 2),)),)),
    ):
        assert not recognises(replace(it, network=wrong))


def test_what_neither_collides_nor_is_right_is_said():
    """A counter that is wrong on the empty word, on which no two words are needed."""
    it = counting("mod:3")
    wrong = replace(it, network=replace(it.network, empty=0))
    with pytest.raises(LookupError, match="no proof that the network is right"):
        fails(wrong)


def test_a_cast_recognises_what_is_right_exactly_unless_it_mixes_codes():
    it = seen_built("scalar", "parity")
    assert recognises(it)
    assert not recognises(seen_at_rest("parity"))
    (layer,) = it.network.layers
    large = replace(
        layer,
        initial=tuple(x + 10**6 for x in layer.initial),
        steps={
            letter: tuple(replace(step, write=10**6 * step.key[0]) for step in steps)
            for letter, steps in layer.steps.items()
        },
        codes=tuple((x + 10**6,) for (x,) in layer.codes),
    )
    moved = replace(it.network, layers=(large,))
    assert proved(moved, it.task)
    assert not recognises(replace(it, network=moved))
    unmoved = replace(it.network, layers=(replace(large, steps=layer.steps),))
    assert not recognises(replace(it, network=unmoved)), "states that are no codes"


def test_what_is_seen_as_it_is_is_no_cast():
    assert recognises(spelling("sym:3"))
    assert not is_cast(spelling("sym:3"))
    assert is_cast(scaled("parity", Fraction(1, 2)))
    assert not recognises(replace(seen_built("scalar", "parity"), as_it_is=True))


@pytest.mark.parametrize(("task", "right"), [("contains:ab", True), ("contains:aba", False)])
def test_a_cast_is_to_tell_states_apart_and_not_their_codes_only(task, right):
    """Digits of four letters are finer than what is seen, which still tells the codes apart."""
    it = seen_built("diagonal", task)
    for layer in it.network.layers:
        assert len({tuple(map(it.sees, code)) for code in layer.codes}) == len(layer.codes)
    assert recognises(it) == right


def test_what_is_seen_tells_what_follows_unless_digits_are_hidden():
    assert tells_what_follows(seen_built("diagonal", "mod:4"))
    assert not tells_what_follows(seen_built("diagonal", "starts-with:a"))
    it = mirrored(3)
    assert tells_what_follows(it)
    (layer,) = it.network.layers
    halved = replace(layer, initial=(Fraction(1, 2),))
    assert not tells_what_follows(replace(it, network=replace(it.network, layers=(halved,))))
    assert tells_what_follows(spelling("sym:3"))


@pytest.mark.parametrize("layers", [1, 2])
def test_two_words_of_a_scaled_number_look_alike(layers):
    assert fails(scaled("parity", Fraction(1, 2), layers))
