"""Two words that lead to one exact state: a certificate that is read, beside those of others."""

import json

import pytest

import negeig
from negeig.cli import main
from negeig.proofs_checks import checker
from negeig.theory.networks.network_json import to_json


def verdicts(path):
    with path.open("rb") as file:
        return [(verdict, reason) for verdict, reason, _ in checker.check(file, set())]


def command(*arguments):
    try:
        return main(arguments)
    except SystemExit as ended:
        return ended.code


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "parity.json"
    path.write_text(json.dumps(to_json(negeig.compile("(11)*").network)))
    return path


def test_exact_states_that_two_words_share(tmp_path, capsys, network):
    """Of parity no decoder tells lengths modulo 3; altered so that the words need one output."""
    made = tmp_path / "c.json"
    given = ("precision", str(network), "(111)*", "--certificate", str(made))
    assert command(*given, "--arithmetic", "exact,bf16,any-order:bf16") == 1
    said = capsys.readouterr()
    assert "any-order:bf16: there is none where sums are added in any order" in said.out + said.err
    assert verdicts(made) == [("VERIFIED", "")] * 2
    first, second = map(json.loads, made.read_text().splitlines())
    assert (first["about"]["arithmetic"], first["evidence"]["cast"]) == ("exact", None)
    assert first["evidence"]["words"] == second["evidence"]["words"]
    for times, said in ((1, "the machine's outputs are the same"), (2, "to different states")):
        for power, one in zip(first["evidence"]["words"], (1, times), strict=True):
            power[:] = [{"word": ["1"], "times": one}]
        made.write_text(checker.text_of(first) + "\n")
        ((verdict, reason),) = verdicts(made)
        assert (verdict, said in reason) == ("NOT VERIFIED", True), reason
