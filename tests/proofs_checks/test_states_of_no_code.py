"""Exact reflections that leave their codes: nothing comes out any more, and a word shows it."""

import json

import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.proofs_checks.runs.words import word_certificate
from negeig.theory.networks.network_json import loads
from support.certificates import in_any_order, verdict_of
from support.command_line import negeig

PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])


def parity(codes, step=None):
    """Return a network in which ``1`` mirrors the line, with these codes of 1 and -1."""
    step = step or {"beta": "2", "key": ["1"], "write": "0"}
    layer = {"alphabet": ["1"], "dim": 1, "initial": ["1"], "steps": {"1": [step]}}
    layer |= {"codes": codes, "emit": [["1"], ["0"]]}
    document = {"schema": "negeig.network/1", "alphabet": ["1"], "field": None}
    return document | {"layers": [layer], "outputs": {"1": 1, "0": 0}, "empty": 1}


def read(document):
    return loads(json.dumps(document))


LEFT = parity([["1"], ["-2"]])  # the nearest codes of 1 and -1 would be right
"""Its state -1 equals no code."""


def test_the_first_state_of_no_code_is_certified():
    made = word_certificate(read(LEFT), PARITY, "exact", ("1",))
    assert verdict_of(made) == ("VERIFIED", "")
    with pytest.raises(InputError, match="right on this word"):
        word_certificate(read(LEFT), PARITY, "exact", ())


def test_nothing_comes_out_once_a_state_was_no_code():
    """As in LinearRNN.run, which raises: that the state 1 is a code again does not matter."""
    network = read(LEFT)
    with pytest.raises(ValueError, match="not in tuple"):
        network.run("11")
    made = word_certificate(network, PARITY, "exact", ("1", "1"))
    assert verdict_of(made) == ("VERIFIED", "")


RIGHT = {
    "states that equal codes": parity([["1"], ["-1"]]),
    "a matrix": parity([["1"], ["-2"]], {"matrix": [["-1"]], "bias": ["0"]}),
    "another eigenvalue": parity([["1"], ["-2"]], {"beta": "3/2", "key": ["1"], "write": "-1/3"}),
}


@pytest.mark.parametrize("document", RIGHT.values(), ids=RIGHT)
def test_where_the_nearest_code_counts_the_network_is_right(document):
    network = read(document)
    assert network.run("1") == (1, 0)
    with pytest.raises(InputError, match="right on this word"):
        word_certificate(network, PARITY, "exact", ("1",))
    made = word_certificate(read(LEFT), PARITY, "exact", ("1",))
    found, reason = verdict_of(made, {"network": document})
    assert (found, "the network is right" in reason) == ("NOT VERIFIED", True), reason


OTHERS = {
    "bf16": lambda: word_certificate(read(parity([["-1"], ["1"]])), PARITY, "bf16", ("1",)),
    "any order": lambda: next(in_any_order()),
}
"""Certificates in an arithmetic that rounds, and of sums in any order."""


@pytest.mark.parametrize("name", OTHERS)
def test_in_other_arithmetics_the_nearest_code_counts(name):
    made = word_certificate(read(LEFT), PARITY, "exact", ("1",))
    found, reason = verdict_of(made, {"arithmetic": OTHERS[name]().about["arithmetic"]})
    assert (found, "the network is right" in reason) == ("NOT VERIFIED", True), reason


def test_precision_writes_it(tmp_path, capsys):
    network, made = tmp_path / "n.json", tmp_path / "c.json"
    network.write_text(json.dumps(LEFT))
    given = ("precision", str(network), "(11)*", "--certificate", str(made))
    code, _, told = negeig(capsys, *given, "--arithmetic", "exact,fp32")
    assert (code, "no certificate" in told) == (1, False), told
    headers = [line for line in made.read_text().splitlines() if line.startswith("{")]
    assert [json.loads(line)["kind"] for line in headers] == ["word", "closure"]
