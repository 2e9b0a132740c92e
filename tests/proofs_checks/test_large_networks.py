"""A network too large for the line that checkers read: no certificate, and why."""

import pytest

import negeig
from negeig.automata.zoo import get
from negeig.proofs_checks import checker
from negeig.proofs_checks.of_claims import Certificates, of_claims
from negeig.proofs_checks.runs.closure import closure_certificate
from support.certificates import lines_of, verdict


def test_a_network_of_too_many_entries_has_no_certificate(monkeypatch):
    result = negeig.check("(11)*")
    found = of_claims(result.network, result.machine, result.claims)
    assert len(found.made) == 3
    monkeypatch.setattr(checker, "MAX_PARTS", 5)
    found = of_claims(result.network, result.machine, result.claims)
    assert not found.made
    assert [line.partition(":")[0] for line in found.missing[:3]] == ["exact", "bf16", "fp32"]
    assert all("entries of a network in a certificate" in line for line in found.missing[:3])


@pytest.mark.parametrize("name", ["mod:3", "sym:3", "flipflop"])
def test_what_is_written_is_read(monkeypatch, name):
    """At the limit there is one, and beyond it none, whichever count finds it."""
    machine = get(name).minimal()
    network = negeig.compile(machine).network
    made = closure_certificate(network, machine, "exact")
    line = next(made.lines())
    parts = sum(map(line.count, (",", "[", "{")))
    found = Certificates()
    for most in (parts, parts - 1):
        monkeypatch.setattr(checker, "MAX_PARTS", most)
        found.add(f"{most - parts}", lambda: closure_certificate(network, machine, "exact"))
    assert found.made == [made]
    assert [line.partition(":")[0] for line in found.missing] == ["-1"]
    said, reason = verdict(lines_of(made))
    assert (said, "commas and brackets" in reason) == ("MALFORMED", True)
