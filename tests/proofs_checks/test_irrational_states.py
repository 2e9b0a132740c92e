"""Exact states of number fields: the nearest code, and regions where all is rational."""

import json

import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.proofs_checks.runs.layers import layers_certificate
from negeig.proofs_checks.runs.words import word_certificate
from negeig.theory.networks.network_json import loads
from support.certificates import verdict, verdict_of

PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
ALWAYS = Machine(alphabet="1", transitions=[[0]], initial=0, outputs=[1])
SQUARE = {"minimal_polynomial": [-2, 0, 1], "root": "1.41421356237309504880168872421"}
WHOLE = {"minimal_polynomial": [3, 3], "root": "-1.0000000000000000000"}


def layer(start, matrix, bias, codes, emit):
    step = {"matrix": [[matrix]], "bias": [bias]}
    return {"alphabet": ["1"], "dim": 1, "initial": [start], "steps": {"1": [step]},
            "codes": [[code] for code in codes], "emit": [[symbol] for symbol in emit]}  # fmt: skip


def network(field, *layers, empty=1):
    document = {"schema": "negeig.network/1", "alphabet": ["1"], "field": field}
    return document | {"layers": layers, "outputs": {"1": 1, "0": 0}, "empty": empty}


def halved(*codes):
    """Half the root of 2, some 0.71, is what the letter leads to."""
    zero = ["0", "0"]
    return network(SQUARE, layer(["0", "1"], ["1/2", "0"], zero, codes, "10"))


@pytest.mark.parametrize(
    ("codes", "output"),
    [
        ((["1", "0"], ["0", "0"]), 1),
        ((["2", "0"], ["0", "0"]), 0),
        ((["0", "1"], ["0", "1/3"]), 0),  # both are irrational
        ((["0", "3/4"], ["0", "1/4"]), 1),  # equally far: the first counts
        ((["0", "1/4"], ["0", "3/4"]), 1),
    ],
)
def test_the_nearest_code_of_an_irrational_state(codes, output):
    """A word of the machine with the other output is verified, and of this one it is not."""
    document = halved(*codes)
    read = loads(json.dumps(document))
    assert read.run("1") == (1, output)
    right = Machine(alphabet="1", transitions=[[1], [1]], initial=0, outputs=[1, output])
    wrong = Machine(alphabet="1", transitions=[[1], [1]], initial=0, outputs=[1, 1 - output])
    made = word_certificate(read, wrong, "exact", ("1",))
    assert verdict_of(made) == ("VERIFIED", "")
    with pytest.raises(InputError, match="right on this word"):
        word_certificate(read, right, "exact", ("1",))
    table = {"alphabet": ["1"], "initial": 0, "transitions": [[1], [1]], "outputs": [1, output]}
    found, reason = verdict_of(made, {"machine": table})
    assert (found, "the network is right" in reason) == ("NOT VERIFIED", True), reason


ONES = layer(["1"], ["1"], ["0"], [["1"]], "1")


def test_rational_layers_of_a_field_are_closed_by_regions():
    """Their exact states have no end, and each is longer than the last one."""
    decay = layer(["0"], ["1/4"], ["1"], [["0"], ["1"], ["5/4"]], "111")
    made = layers_certificate(loads(json.dumps(network(WHOLE, ONES, decay))), ALWAYS, "exact")
    assert (made.kind, made.evidence["regions"][1]) == ("regions", True)
    assert verdict(made.lines()) == ("VERIFIED", "")


def test_irrational_layers_have_no_regions_and_that_is_said_soon():
    first = layer(["1", "0"], ["1", "0"], ["0", "0"], [["1", "0"]], "1")
    decay = layer(["0", "0"], ["1/4", "0"], ["0", "1"], [["0", "0"], ["0", "1"]], "11")
    with pytest.raises(InputError, match="characters, and no regions are found"):
        layers_certificate(loads(json.dumps(network(SQUARE, first, decay))), ALWAYS, "exact")
