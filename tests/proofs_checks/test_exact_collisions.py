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


def test_what_is_above_a_state_of_no_code_reads_on(tmp_path, capsys):
    """A lower layer that leaves its codes errs; its nearest code says what the layer above does.

    Were the upper layer just to stand, ``a`` and ``aaa`` would lead to one state, of which no
    decoder knows the length modulo 4. But the upper one turns by a quarter with each letter.
    """
    mirror = {"beta": "2", "key": ["1"], "write": "0"}
    turn = [{"beta": "1", "key": ["1", "-1"], "write": "0"}, {**mirror, "key": ["1", "0"]}]
    lower = {"alphabet": ["a"], "dim": 1, "initial": ["1"], "steps": {"a": [mirror]}}
    lower |= {"codes": [["5"]], "emit": [["a"]]}
    upper = {"alphabet": ["a"], "dim": 2, "initial": ["1", "0"], "steps": {"a": turn}}
    upper |= {"codes": [["1", "0"], ["0", "1"]], "emit": [["yes"], ["no"]]}
    document = {"schema": "negeig.network/1", "alphabet": ["a"], "field": None}
    document |= {"layers": [lower, upper], "outputs": {"yes": 1, "no": 0}, "empty": 1}
    task = {"alphabet": ["a"], "initial": 0, "transitions": [[1], [2], [3], [0]]}
    task |= {"outputs": [1, 0, 0, 0]}
    network, machine = tmp_path / "network.json", tmp_path / "machine.json"
    network.write_text(json.dumps(document))
    machine.write_text(json.dumps(task))
    given = ("precision", str(network), "--file", str(machine), "--arithmetic", "exact", "--json")
    code, out, _ = negeig(capsys, *given)
    (row,) = json.loads(out)["results"]
    assert code == 1
    assert (row["verdict"], row["words"]) == ("wrong", [["a"]])
    assert (row["states"], row["decoder_exists"]) == (4, True)
