"""A polynomial with factors gives one number several names: the checker takes none for another."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.proofs_checks import checker
from negeig.proofs_checks.runs.words import word_certificate
from negeig.theory.networks.network_json import loads
from support.certificates import verdict_of

PARITY = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
ONE, TWO, NOTHING = ["1", "0", "0"], ["2", "0", "0"], ["0", "0", "0"]
WITH_FACTORS = {"minimal_polynomial": [10, -2, -5, 1], "root": "1.4142135623730951"}
"""(x^2 - 2) (x - 5): its root has the square 2."""
IRREDUCIBLE = {"minimal_polynomial": [-2, 0, 0, 1], "root": "1.2599210498948732"}


def mirrored(field):
    """Parity whose codes are 1 and 1 - r^2, while its letter leads from 1 to -1."""
    layer = {"alphabet": ["1"], "dim": 1, "initial": [ONE], "emit": [["1"], ["0"]]}
    layer |= {"steps": {"1": [{"beta": TWO, "key": [ONE], "write": NOTHING}]}}
    layer |= {"codes": [[ONE], [["1", "0", "-1"]]]}
    document = {"schema": "negeig.network/1", "alphabet": ["1"], "field": field}
    return document | {"layers": [layer], "outputs": {"1": 1, "0": 0}, "empty": 1}


@pytest.fixture(scope="module")
def certified():
    """The word ``1`` of the network whose code is another number than -1."""
    network = loads(json.dumps(mirrored(IRREDUCIBLE)))
    return word_certificate(network, PARITY, "exact", ("1",))


def test_a_state_that_is_no_code_is_verified(certified):
    assert verdict_of(certified) == ("VERIFIED", "")


def test_a_state_that_is_a_code_by_another_name_is_not(certified):
    """The network is right on ``1``: 1 - r^2 is -1. As a document it is refused."""
    with pytest.raises(InputError, match="reducible"):
        loads(json.dumps(mirrored(WITH_FACTORS)))
    forged = replace(certified, about=certified.about | {"network": mirrored(WITH_FACTORS)})
    found, reason = verdict_of(forged)
    assert (found, "network.field" in reason) == ("NOT VERIFIED", True), reason


def test_an_eigenvalue_by_another_name_is_not_compared():
    """Whether states have to equal codes hangs on whether beta |k|^2 is 0, 1 or 2."""
    number = checker.Field("here", WITH_FACTORS).number
    layer = mirrored(WITH_FACTORS)["layers"][0]
    layer |= {"codes": [[ONE]], "emit": [["1"]]}
    assert checker.Layer("here", layer, number, checker.EXACT).exactly
    layer["steps"]["1"][0]["beta"] = ["0", "0", "1"]
    with pytest.raises(checker.Failure) as found:
        checker.Layer("here", layer, number, checker.EXACT)
    assert found.value.args[0] == "NOT VERIFIED"


def test_numbers_are_compared_by_their_values():
    r = checker.Field("here", WITH_FACTORS).number("here", ["0", "1", "0"])
    assert r == r * 1 != r + 1
    assert r * r != 3
    for same in (lambda: r * r == 2, lambda: r * r < 2, lambda: r * r == Fraction(2)):
        with pytest.raises(checker.Failure, match="not seen to be other numbers"):
            same()
