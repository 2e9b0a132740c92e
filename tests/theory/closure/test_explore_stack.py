"""What a stack of layers does when one of its layers does not close by itself."""

from fractions import Fraction

import pytest

from negeig.automata.decomposition import subduction
from negeig.automata.decomposition.subduction import image_sets
from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, Stopped
from negeig.theory.closure import exact_search
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN

ONE, TWO, ZERO = Fraction(1), Fraction(2), Fraction(0)


def parity_below_a_layer_that_never_sends_y(outputs):
    """The second layer keeps the parity; on y, which the first never emits, it doubles."""
    flip = DeltaStep(TWO, (ONE,), ZERO)
    first = Layer(
        alphabet=("0", "1"), initial=(ONE,), steps={"0": (), "1": (flip,)},
        codes=((ONE,), (-ONE,)), emit=(("k", "f"), ("k", "f")),
    )  # fmt: skip
    second = Layer(
        alphabet=("k", "f", "y"), initial=(ONE,),
        steps={"k": (), "f": (flip,), "y": (DeltaStep(-ONE, (ONE,), ZERO),)},
        codes=((ONE,), (-ONE,)), emit=(("even",) * 3, ("odd",) * 3),
    )  # fmt: skip
    return LinearRNN(
        alphabet=("0", "1"), layers=(first, second), outputs=outputs, empty=outputs["even"]
    )


PARITY = Machine(alphabet="01", transitions=[[0, 1], [1, 0]], initial=0, outputs=[0, 1])


def test_a_layer_that_grows_on_a_letter_it_is_never_sent_hides_nothing(monkeypatch):
    """Layer by layer it does not end, and the states of the stack are explored instead."""
    monkeypatch.setattr(exact_search, "DIRECT_STATES", 1)
    right = parity_below_a_layer_that_never_sends_y({"even": 0, "odd": 1})
    assert exact_closure(right, PARITY).verdict == "proved"
    wrong = parity_below_a_layer_that_never_sends_y({"even": 0, "odd": 0})
    assert exact_closure(wrong, PARITY).verdict in ("wrong", "collision")


def test_being_stopped_is_no_limit_of_a_layer(monkeypatch):
    monkeypatch.setattr(exact_search, "DIRECT_STATES", 1)

    def stop(*_):
        raise Stopped("seconds in all", 1.0, reached=1.0, option="--timeout")

    monkeypatch.setattr(exact_search, "transducer", stop)
    with pytest.raises(Stopped):
        exact_closure(parity_below_a_layer_that_never_sends_y({"even": 0, "odd": 1}), PARITY)


def test_tables_of_sets_are_bounded_before_they_are_made(monkeypatch):
    cycle = Machine(
        alphabet="a", transitions=[[(q + 1) % 50] for q in range(50)], initial=0, outputs=range(50)
    )
    assert len(image_sets(cycle).sets) == 51
    with pytest.raises(LimitReached, match="image sets"):
        image_sets(cycle, max_sets=49)
    monkeypatch.setattr(subduction, "MAX_TABLE_BYTES", 1_000)
    with pytest.raises(LimitReached, match="bytes of tables"):
        image_sets(cycle)
