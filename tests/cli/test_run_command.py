"""The command line of ``negeig run``: reports, bad input, replays, stopping and going on."""

import shlex

from support.command_line import negeig, valid


def again(capsys, command):
    """Run a command that a report names; exit code and JSON."""
    name, *arguments = shlex.split(command)
    assert name == "negeig"
    code, out, _ = negeig(capsys, *arguments, "--json")
    return code, valid(out)


def test_a_run_passes(capsys):
    code, out, _ = negeig(capsys, "run", "(11)*", "--tokens", "1e4", "--json")
    document = valid(out)
    assert (code, document["verdict"], document["mismatch"]) == (0, "passed", None)
    assert [words["kind"] for words in document["words"]] == ["closure", "uniform"]
    code, out, _ = negeig(capsys, "run", "--zoo", "sym:3", "--tokens", "1_000")
    assert code == 0
    assert "passed" in out
    assert "says nothing" in out
    assert "proved" not in out
