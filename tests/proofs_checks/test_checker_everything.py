"""The checker re-checks what ``check`` certifies: the whole zoo and every oracle entry."""

import pytest

import negeig
from negeig.automata.zoo import entries
from negeig.claims import Closure, Region
from negeig.proofs_checks.of_results import of_check
from support.certificates import lines_of, verdict
from support.oracles import ORACLES, oracle_machine

NAMES = sorted({example for entry in entries() for example in entry.examples})


def check_all(result):
    """Every closure, and every proof by regions in exact arithmetic, has a certificate.

    All are verified, those of other claims and of limits too.
    """
    found = of_check(result)
    closed = [
        claim.id
        for claim in result.claims
        if isinstance(claim.evidence, Closure)
        or (isinstance(claim.evidence, Region) and claim.arithmetic == "exact")
    ]
    lacking = {text.partition(":")[0] for text in found.missing}
    assert lacking.isdisjoint(closed), found.missing
    for certificate in found.made:
        assert verdict(lines_of(certificate)) == ("VERIFIED", ""), certificate.kind
    return found.made


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", NAMES)
def test_the_zoo(name):
    assert check_all(negeig.check(zoo=name, backends=()))


@pytest.mark.exhaustive
@pytest.mark.parametrize("entry", ORACLES, ids=lambda entry: entry["name"])
def test_the_oracles(entry):
    assert check_all(negeig.check(oracle_machine(entry), backends=()))
