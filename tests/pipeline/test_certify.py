"""Certificates from Python: each result that has some, what has none, and what is refused."""

import pytest

import negeig
from negeig.proofs_checks import checker


def refusal():
    with pytest.raises(negeig.BudgetNotMet) as error:
        negeig.compile(zoo="starts-with:a", budget=negeig.Budget(layers=1))
    return error.value


RESULTS = {
    "check": lambda: negeig.check("(11)*", backends=()),
    "compile": lambda: negeig.compile("(11)*"),
    "monoid": lambda: negeig.monoid("(11)*"),
    "an unmet budget": refusal,
}


@pytest.mark.parametrize("name", RESULTS)
def test_what_a_result_proves_is_verified(name, tmp_path):
    path = tmp_path / "c.json"
    certificates = negeig.certify(RESULTS[name](), path)
    found = negeig.verify(path)
    assert len(certificates.made) == len(found.certificates) > 0
    assert (found.verdict, found.exit_code) == ("VERIFIED", 0)
    assert str(found).startswith(f"{path}   ")
    assert checker.main([str(path)]) == 0


def test_a_proof_of_a_network_of_ones_own_is_given_the_network(tmp_path):
    made, other = negeig.compile("(11)*"), negeig.compile(zoo="mod:3")
    proved = negeig.prove(made.network, made.machine, ["exact", "bf16"])
    pair = {"network": made.network, "machine": made.machine}
    path = tmp_path / "c.json.gz"
    negeig.certify(proved, path, **pair)
    assert path.read_bytes()[:2] == b"\x1f\x8b"
    assert negeig.verify(path).verdict == "VERIFIED"
    for result, given in ((proved, {}), (proved, {"network": made.network}), (made, pair)):
        with pytest.raises(negeig.InputError, match="expected those of prove"):
            negeig.certify(result, path, **given)
    # Of another machine than the one that was proved it is not true, and there is none.
    path.unlink()
    false = negeig.certify(proved, path, network=made.network, machine=other.machine)
    assert (false.made, path.exists()) == ([], False)
    assert all("exact" in text or "bf16" in text for text in false.missing)


def test_what_has_none_is_refused_and_no_file_is_touched(tmp_path):
    path = tmp_path / "c.json"
    with pytest.raises(negeig.InputError, match="found a str"):
        negeig.certify("(11)*", path)
    with pytest.raises(negeig.InputError, match="no folder"):
        negeig.certify(negeig.monoid("(11)*"), tmp_path / "none" / "c.json")
    assert not path.exists()


def test_assumptions_are_permitted_in_one_text_or_several(tmp_path):
    from negeig.pipeline.conform import conform, suite_tasks
    from negeig.proofs_checks.certificate import write
    from negeig.proofs_checks.of_results import of_conformity

    path = tmp_path / "c.json"
    tasks = suite_tasks("standard", ["parity"])
    result = conform(tasks, ["negeig.cpu"], dtypes=["fp32"])
    write(str(path), of_conformity(result, tasks).made)
    names = ["recorded", "deterministic", "batch_independent", "split_is_whole"]
    assert negeig.verify(path).verdict == "NOT VERIFIED"
    for permit in (names, ",".join(names), ", ".join(names)):
        assert negeig.verify(path, permit).verdict == "VERIFIED"
    assert negeig.verify(path, "recorded").verdict == "NOT VERIFIED"
