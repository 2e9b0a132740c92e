"""Two words that lead to one exact state: a certificate that is read, beside those of others."""

import json

import pytest

from negeig import compile
from negeig.proofs_checks.certificate import text_of
from negeig.theory.networks.network_json import to_json
from support.certificates import verdict
from support.command_line import negeig


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "parity.json"
    path.write_text(json.dumps(to_json(compile("(11)*").network)))
    return path


def test_exact_states_that_two_words_share(tmp_path, capsys, network):
    """Of parity no decoder tells lengths modulo 3; altered so that the words need one output."""
    made = tmp_path / "c.json"
    given = ("precision", str(network), "(111)*", "--certificate", str(made))
    code, _, told = negeig(capsys, *given, "--arithmetic", "exact,bf16,any-order:bf16")
    assert code == 1
    assert "any-order:bf16: there is none where sums are added in any order" in told
    lines = made.read_text().splitlines()
    assert [verdict([line]) for line in lines] == [("VERIFIED", "")] * 2
    first, second = map(json.loads, lines)
    assert (first["about"]["arithmetic"], first["evidence"]["cast"]) == ("exact", None)
    assert first["evidence"]["words"] == second["evidence"]["words"]
    for times, said in ((1, "the machine's outputs are the same"), (2, "to different states")):
        for power, one in zip(first["evidence"]["words"], (1, times), strict=True):
            power[:] = [{"word": ["1"], "times": one}]
        found, reason = verdict([text_of(first)])
        assert (found, said in reason) == ("NOT VERIFIED", True), reason
