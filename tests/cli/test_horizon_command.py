"""``negeig precision`` proves a length where it proves nothing for all of them."""

import json

import pytest

from negeig.kernels.standard_suite import TASKS
from negeig.theory.networks.network_json import dumps
from support.command_line import negeig, valid


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    """A network, and the machine that it is right for, as files."""
    folder, task = tmp_path_factory.mktemp("mirror"), TASKS["mirror"]
    (folder / "net.json").write_text(dumps(task.network))
    machine = {
        "alphabet": list(task.machine.alphabet),
        "initial": task.machine.initial,
        "transitions": task.machine.transitions.tolist(),
        "outputs": list(task.machine.outputs),
    }
    (folder / "machine.json").write_text(json.dumps(machine))
    return str(folder / "net.json"), "--file", str(folder / "machine.json")


def test_an_open_arithmetic_has_a_horizon_and_a_word_that_errs(capsys, mirror) -> None:
    asked = (*mirror, "--round-parameters", "--max-closure", "20")
    code, out, _ = negeig(
        capsys, "precision", *asked, "--arithmetic", "bf16,bf16:acc32,fp16:daz", "--json"
    )
    assert code == 3
    bf16, acc32, daz = valid(out)["results"]
    assert (bf16["verdict"], bf16["horizon"]) == ("proved", None)
    assert (acc32["verdict"], acc32["proof"]) == ("open", None)
    horizon = acc32["horizon"]
    assert 0 < horizon["length"] < len(horizon["word"])
    assert daz["horizon"] is None
    assert "No length is proved" in daz["reason"]


def test_the_report_says_how_far_it_holds(capsys, mirror) -> None:
    asked = (*mirror, "--round-parameters", "--max-closure", "20", "--arithmetic", "bf16:acc32")
    code, out, _ = negeig(capsys, "precision", *asked)
    assert code == 3
    text = " ".join(out.split())
    assert "Words of up to" in text
    assert "errs" in text
