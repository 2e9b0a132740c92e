"""``negeig precision`` proves a length where it proves nothing for all of them."""

import json

import pytest

from negeig.kernels.standard_suite import TASKS
from negeig.theory.networks.network_json import dumps
from support.command_line import negeig, valid
from support.svg_reading import parts


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
    assert daz["horizon"] == {
        "length": daz["depth"] - 1,
        "error": None,
        "limit": None,
        "word": None,
    }  # explored, since no bound of the errors is known
    assert "no bound of the errors proves more" in daz["reason"]


def test_the_report_says_how_far_it_holds(capsys, mirror) -> None:
    asked = (*mirror, "--round-parameters", "--max-closure", "20", "--arithmetic", "bf16:acc32")
    code, out, _ = negeig(capsys, "precision", *asked)
    assert code == 3
    text = " ".join(out.split())
    assert "Words of up to" in text
    assert "errs" in text


def test_a_picture_is_drawn_of_what_was_found(capsys, mirror, tmp_path) -> None:
    picture = tmp_path / "lengths.svg"
    asked = (*mirror, "--round-parameters", "--max-closure", "20", "--picture", str(picture))
    code, _, told = negeig(capsys, "precision", *asked, "--arithmetic", "exact,bf16,bf16:acc32")
    assert code == 3
    assert str(picture) in told
    drawn = [part.texts[0] for part in parts(picture.read_text()) if part.kind == "arithmetic"]
    assert drawn == ["bf16", "bf16:acc32"]


@pytest.mark.parametrize("name", ["lengths.png", "-"])
def test_a_picture_is_a_file_of_its_kind(capsys, mirror, name) -> None:
    code, _, told = negeig(capsys, "precision", *mirror, "--picture", name)
    assert code == 2
    assert "svg" in told or "name a file" in told
