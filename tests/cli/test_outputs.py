"""Files that commands write: endings that are known, one picture, and their names on stderr."""

from __future__ import annotations

import json
import os

import pytest

from support.command_line import negeig


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "name", ["x.pt", "x.JSN", "x.json.gz", "net.v2", "a/b.onnx1", "x.safetensor"]
)
def test_a_network_with_an_unknown_ending_is_refused_before_any_work(capsys, folder, name):
    code, out, err = negeig(capsys, "compile", "a", "-o", "good.json", "-o", name)
    assert (code, out) == (2, "")
    assert f"{name!r} ends in .{name.rpartition('.')[2]}" in err
    assert ".json (JSON), .safetensors (tensors)" in err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["x.json", "x.JSON", "x.y.json", "net", ".json", "x.SafeTensors"])
def test_a_network_with_a_known_ending_or_none_is_written_and_named(capsys, folder, name):
    code, out, err = negeig(capsys, "compile", "a", "-o", name)
    what = "tensors, float32" if name.endswith("Tensors") else "JSON"
    assert (code, out, err) == (0, "", f"negeig: wrote {name}: the network as {what}\n")
    data = (folder / name).read_bytes()
    if not name.endswith("Tensors"):
        assert json.loads(data)["schema"] == "negeig.network/1"


def test_standard_output_has_the_document_only(capsys):
    for arguments in (["-o", "-"], ["--json", "-o", "n.json"]):
        code, out, err = negeig(capsys, "compile", "a", *arguments)
        assert code == 0
        assert json.loads(out)["schema"] == "negeig.network/1"
        assert err == (
            "" if arguments[0] == "-o" else "negeig: wrote n.json: the network as JSON\n"
        )


def test_a_converted_machine_is_named(capsys):
    assert negeig(capsys, "convert", "a", "-o", "m.dot") == (
        0,
        "",
        "negeig: wrote m.dot: a machine of 3 states\n",
    )
    code, out, err = negeig(capsys, "convert", "a", "-o", "-", "--to", "json")
    assert (code, json.loads(out)["alphabet"], err) == (0, ["a"], "")
    code, _, err = negeig(capsys, "convert", "a", "-o", "m.pt")
    assert (code, "does not say which format: name one with --to (json," in err) == (2, True)
    assert os.listdir() == ["m.dot"]


def test_control_characters_of_a_name_do_not_reach_the_terminal(capsys):
    _, _, err = negeig(capsys, "convert", "a", "-o", "\x1b[31m.json")
    assert err == "negeig: wrote \\x1b[31m.json: a machine of 3 states\n"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("text", "e.txt"), ("dot", "e.dot"), ("dot", "e.GV"), ("svg", "e.svg"), ("svg", "e")],
)
def test_a_picture_is_written_and_named(capsys, folder, kind, name):
    picture = ["monoid", "(ab)*", f"--{kind}"]
    said = f"negeig: wrote {name}: a picture (eggbox, {kind})\n"
    assert negeig(capsys, *picture, "-o", name) == (0, "", said)
    text = (folder / name).read_text()
    assert negeig(capsys, *picture) == (0, text, "")
    assert negeig(capsys, *picture, "-o", "-") == (0, text, "")
    assert os.listdir() == [name]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--svg", "-o", "e.png"], "'e.png' ends in .png; the ending that is written is .svg"),
        (["--svg", "-o", "e.dot"], "ends in .dot"),
        (
            ["--dot", "-o", "e.svg"],
            "ends in .svg; the endings that are written are .dot (dot), .gv",
        ),
        (["--text", "-o", "e.svg"], "ends in .svg"),
        (["--svg", "-o", "e/"], "names a folder"),
        (["--svg", "-o", ""], "is empty"),
        (["--svg", "--dot"], "--dot and --svg exclude each other"),
        (["--text", "--dot", "--svg"], "--text and --dot and --svg exclude each other"),
        (["--svg", "--json"], "--json and a picture exclude each other"),
        (["--svg", "--elements"], "--elements and a picture exclude each other"),
        (["--picture", "machine"], "need a picture"),
        (["--picture", "machine", "-o", "m"], "'m' is of no format that is drawn: give"),
        (["--max-nodes", "5"], "need a picture"),
    ],
)
def test_pictures_that_are_refused(capsys, folder, options, message):
    code, out, err = negeig(capsys, "monoid", "(ab)*", *options)
    text = json.loads(out)["message"] if "--json" in options else err
    assert (code, message in text) == (2, True), text
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["e.svg", "e.SVG", "e.dot", "e.gv", "e.txt"])
def test_the_ending_says_how_a_picture_is_drawn(capsys, folder, name):
    kind = {"svg": "svg", "txt": "text"}.get(name.lower().rpartition(".")[2], "dot")
    assert negeig(capsys, "monoid", "(ab)*", "-o", name)[0] == 0
    assert negeig(capsys, "monoid", "(ab)*", f"--{kind}", "-o", "same")[0] == 0
    assert (folder / name).read_text() == (folder / "same").read_text()


def test_a_machine_is_printed_where_no_file_is_named(capsys, folder):
    code, out, err = negeig(capsys, "convert", "(ab)*", "--to", "dot")
    assert (code, err) == (0, "")
    assert out == negeig(capsys, "convert", "(ab)*", "--to", "dot", "-o", "-")[1]
    assert out.startswith("digraph {")
    code, out, err = negeig(capsys, "convert", "(ab)*")
    assert (code, out) == (2, "")
    assert "standard output does not say which format: name one with --to" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["compile", "(11)*", "-o", "a.json", "--certificate", "./a.json"],
        ["compile", "(11)*", "-o", "a.json", "-o", "other/../a.json"],
        ["precision", "a.json", "(11)*", "--certificate", "a.json"],
        ["verify", "a.json", "--btor2", "a.json"],
        ["run", "(11)*", "--network", "a.json", "--checkpoint", "a.json"],
        ["monoid", "--file", "a.json", "-o", "linked.json"],
    ],
)
def test_no_file_that_is_named_is_written_over(capsys, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "a.json").write_text("mine")
    (tmp_path / "linked.json").symlink_to("a.json")
    code, out, err = negeig(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "name one file" in err
    assert (tmp_path / "a.json").read_text() == "mine"


def test_one_file_is_read_twice_and_a_device_is_written_twice(capsys, tmp_path):
    path = str(tmp_path / "even.json")
    assert negeig(capsys, "convert", "(11)*", "-o", path)[0] == 0
    assert negeig(capsys, "compare", "--file", path, "--file", path)[0] == 0
    both = ["-o", "/dev/null", "--certificate", "/dev/null"]
    assert negeig(capsys, "compile", "(11)*", *both)[0] == 0


def test_what_is_not_printed_is_not_written_to_a_file_of_that_name(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert negeig(capsys, "check", "(11)*", "--no-run", "--certificate", "c.json")[0] == 0
    for arguments in (
        ["check", "(11)*", "--certificate", "-"],
        ["verify", "c.json", "--smt", "-"],
        ["verify", "c.json", "--btor2", "-"],
    ):
        code, out, err = negeig(capsys, *arguments)
        assert (code, out) == (2, "")
        assert "'-' is no file" in err
    assert [path.name for path in tmp_path.iterdir()] == ["c.json"]
