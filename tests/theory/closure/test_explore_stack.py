"""What a stack of layers does when one of its layers does not close by itself."""

from fractions import Fraction

import pytest

from negeig.automata.decomposition import subduction
from negeig.automata.decomposition.subduction import image_sets
from negeig.automata.machines.machine import Machine
from negeig.automata.zoo import get
from negeig.claims import LimitReached, Stopped
from negeig.precision.closure import rounded_closure
from negeig.theory.closure import by_sets, exact_search, stacks
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.closure.layerwise import layerwise
from negeig.theory.constructions.stacks import congruences
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.altered_networks import vars_of

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

    monkeypatch.setattr(stacks, "transducer", stop)
    with pytest.raises(Stopped):
        exact_closure(parity_below_a_layer_that_never_sends_y({"even": 0, "odd": 1}), PARITY)


def test_transducers_met_before_are_not_composed_again(monkeypatch):
    """In another arithmetic they are the same; a decoder that differs in one entry is not."""
    monkeypatch.setattr(exact_search, "DIRECT_STATES", 1)
    monkeypatch.setattr(rounded_closure, "DIRECT_STATES", 1)
    monkeypatch.setattr(rounded_closure, "SMALL_WORK", 0)
    monkeypatch.setattr(stacks, "_LAST", [])
    monkeypatch.setattr(by_sets, "proved_by_sets", lambda *_: None)
    calls = []
    monkeypatch.setattr(
        stacks, "layerwise", lambda *args, **named: calls.append(1) or layerwise(*args, **named)
    )
    machine = get("mod:8").minimal()
    network = next(c.network for c in congruences.construct(machine) if len(c.network.layers) == 3)
    exact = exact_closure(network, machine)
    assert (exact.verdict, exact.layerwise, len(calls)) == ("proved", True, 1)
    for name in ("bf16", "fp32"):
        found = rounded_closure.closure(network, machine, name)
        assert (found.verdict, found.reason) == ("proved", exact.reason)
    assert len(calls) == 1
    last = network.layers[-1]
    symbols = sorted({symbol for row in last.emit for symbol in row})
    verdicts = []
    for c, row in enumerate(last.emit):
        for a, symbol in enumerate(row):
            other = next(s for s in symbols if s != symbol)
            emit = (*last.emit[:c], (*row[:a], other, *row[a + 1 :]), *last.emit[c + 1 :])
            layers = (*network.layers[:-1], Layer(**vars_of(last) | {"emit": emit}))
            altered = LinearRNN(**vars_of(network) | {"layers": layers})
            rounded_closure.closure(network, machine, "bf16")
            verdicts.append(rounded_closure.closure(altered, machine, "bf16").verdict)
    assert len(verdicts) == len(last.emit) * len(last.alphabet)
    assert set(verdicts) == {"wrong"}
    assert len(calls) > len(verdicts)


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
