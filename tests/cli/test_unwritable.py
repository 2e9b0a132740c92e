"""A place that cannot be written is refused before any work, for every option that writes."""

from __future__ import annotations

import os
import shlex

import pytest

from negeig.cli import options
from negeig.cli.program import COMMANDS
from negeig.writing import try_out, write_whole
from support.command_line import negeig

WRITING = {
    "compile --zoo parity -o PLACE": ".json",
    "compile --zoo parity -o PLACE.safetensors": ".safetensors",
    "convert --zoo parity -o PLACE": ".json",
    "monoid --zoo parity --svg -o PLACE": ".svg",
    "precision net.json --zoo parity --picture PLACE": ".svg",
    "precision net.json --zoo parity --work-folder PLACE": "",
    "check --zoo parity --certificate PLACE": ".json",
    "compile --zoo parity --certificate PLACE": ".json",
    "precision net.json --zoo parity --certificate PLACE": ".json",
    "collide net.json --zoo parity --certificate PLACE": ".json",
    "conform --zoo parity --certificate PLACE": ".json",
    "compare '(11)*' '(1111)*' --certificate PLACE": ".json",
    "monoid '(11)*' --certificate PLACE": ".json",
    "audit layer.safetensors --certificate PLACE": ".json",
    "run --zoo parity --checkpoint PLACE": "",
    "learn --zoo parity -o PLACE": ".safetensors",
    "learn --zoo parity --picture PLACE": ".svg",
    "vectors --zoo parity -o PLACE": ".safetensors",
    "report --zoo parity -o PLACE": ".html",
}


def places(tmp_path, ending):
    """Places that cannot be written, each with what is said of it; root may write anywhere else."""
    file = tmp_path / "file"
    file.write_text("kept")
    folder = tmp_path / f"folder{ending}"
    folder.mkdir()
    yield f"{file}/inside{ending}", "file"
    if ending:
        yield f"{tmp_path}/none/net{ending}", "there is no folder"
        yield str(folder), "folder"
        yield f"{tmp_path}/{'n' * 300}{ending}", "cannot be written"
        yield f"/proc/net{ending}", "cannot be written"


@pytest.mark.parametrize("command", WRITING)
def test_it_is_refused_before_anything_is_read(capsys, monkeypatch, tmp_path, command):
    def read(*_):
        raise AssertionError("work began")

    monkeypatch.setattr(options.Asked, "read", read)
    monkeypatch.setattr(options.Pair, "read", read)
    ending = WRITING[command]
    for place, said in places(tmp_path, ending):
        typed = command.replace("PLACE.safetensors", "PLACE").replace("PLACE", shlex.quote(place))
        before = sorted(tmp_path.rglob("*"))
        code, out, err = negeig(capsys, *shlex.split(typed))
        assert (code, out) == (2, ""), (place, err)
        assert said in err, (place, err)
        assert sorted(tmp_path.rglob("*")) == before
        break_twin = typed.replace(shlex.quote(place), shlex.quote(f"{tmp_path}/fine{ending}"))
        if not command.startswith(("report", "run", "compare", "audit")):  # they read other things
            assert "work began" in negeig(capsys, *shlex.split(break_twin))[2]
    assert (tmp_path / "file").read_text() == "kept"


OTHERS = {"verify net.json --smt PLACE": ".smt2", "verify net.json --btor2 PLACE": ".btor2"}
"""Those that work on a file that is there."""


@pytest.mark.parametrize("name", ["picture.png", "page.pdf", "x.tar.gzz", "weights.pt"])
@pytest.mark.parametrize("command", [c for c, ending in {**WRITING, **OTHERS}.items() if ending])
def test_an_ending_of_something_else_is_refused_by_name(
    capsys, monkeypatch, tmp_path, command, name
):
    def read(*_):
        raise AssertionError("work began")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(options.Asked, "read", read)
    monkeypatch.setattr(options.Pair, "read", read)
    typed = command.replace("PLACE.safetensors", "PLACE").replace("PLACE", name)
    code, out, err = negeig(capsys, *shlex.split(typed))
    assert (code, out) == (2, "")
    assert f"'{name}'" in err
    assert {**WRITING, **OTHERS}[command] in err
    assert list(tmp_path.iterdir()) == []


def test_every_option_that_writes_is_looked_at():
    names = {"--output", "--picture", "--work-folder", "--checkpoint", "--certificate"}
    there = {
        (name, option)
        for name in COMMANDS
        for parameter in COMMANDS[name].params
        for option in parameter.opts
        if option in names and parameter.metavar in ("PATH", "FILE", "DIR")
    }
    short = {"-o": "--output"}
    seen = set()
    for command in WRITING:
        name, *rest = command.split()
        seen |= {(name, short.get(word, word)) for word in rest if word.startswith("-")}
    assert there <= seen


def test_trying_out_leaves_nothing_and_long_names_are_written(tmp_path):
    longest = str(tmp_path / ("n" * 250 + ".json"))
    try_out(longest)
    assert list(tmp_path.iterdir()) == []
    write_whole(longest, b"{}")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"{}"]
    try_out(longest)
    assert os.path.getsize(longest) == 2
