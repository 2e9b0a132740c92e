"""The answer is shown before certificates are written: a full disk or Ctrl-C does not take it."""

import json

import pytest

from negeig.claims import InputError
from negeig.proofs_checks import certificate
from support.command_line import negeig

COMMANDS = {
    "check": ("check", "(11)*", "--no-run"),
    "compile": ("compile", "(11)*"),
    "compare": ("compare", "(11)*", "1*"),
    "monoid": ("monoid", "(11)*"),
}


@pytest.fixture(params=["full", "interrupted"])
def failing(request, monkeypatch):
    """The exit code of a writer that fails in this way, and what is told of it."""

    def write(path, certificates):
        if request.param == "full":
            raise InputError(str(path), "cannot be written: No space left on device")
        raise KeyboardInterrupt

    monkeypatch.setattr(certificate, "write", write)
    return {"full": (2, "No space left"), "interrupted": (130, "interrupted")}[request.param]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("as_json", [False, True])
def test_the_answer_is_there(capsys, tmp_path, failing, name, as_json):
    path = tmp_path / "c.json"
    arguments = (*COMMANDS[name], *(["--json"] if as_json else []))
    _, answer, _ = negeig(capsys, *arguments)
    code, out, err = negeig(capsys, *arguments, "--certificate", str(path))
    wanted, told = failing
    assert code == wanted
    assert f"{path} was not written" in err
    assert told in err
    assert not path.exists()
    if as_json:
        assert json.loads(out)["schema"] == json.loads(answer)["schema"]  # one document
    else:
        assert out == answer != ""


def test_a_refusal_is_told_too(capsys, tmp_path, failing):
    path = tmp_path / "c.json"
    given = ("compile", "--zoo", "starts-with:a", "--layers", "1", "--certificate", str(path))
    code, out, err = negeig(capsys, *given)
    assert (code, out) == (failing[0], "")
    assert "it takes at least 2 layers" in err
    assert failing[1] in err
