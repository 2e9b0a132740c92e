"""The exit code is the answer's where nobody reads the answer to its end, and nothing else is said.

The pipe is closed before a command writes anything, so no test waits or races.
"""

import os
import subprocess
import sys

import pytest

from negeig.cli.listening import Listened

PROGRAM = (sys.executable, "-m", "negeig")


def unread(*arguments: str, both: bool = False, **variables: str) -> tuple[int, str]:
    """Return the exit code and standard error of a command whose output nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            stdout=writer,
            stderr=subprocess.STDOUT if both else subprocess.PIPE,
            text=True,
            env=os.environ | variables,
        )
    finally:
        os.close(writer)
    return done.returncode, done.stderr or ""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A verified file, the same with a machine that starts elsewhere, and no certificate."""
    folder = tmp_path_factory.mktemp("certificates")
    right, wrong, none = (folder / f"{name}.json" for name in ("right", "wrong", "none"))
    make = [*PROGRAM, "check", "(11)*", "--no-run", "--certificate", str(right)]
    assert subprocess.run(make, capture_output=True).returncode == 0
    text = right.read_text()
    wrong.write_text(text.replace('"initial":0', '"initial":1', 1))
    assert wrong.read_text() != text
    none.write_text("{}")
    return {0: right, 1: wrong, 2: none}


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_verdict_on_certificates_is_not_hidden_by_a_closed_pipe(certificates, code, both):
    path = str(certificates[code])
    read = subprocess.run([*PROGRAM, "verify", path], capture_output=True)
    assert read.returncode == code
    assert unread("verify", path, both=both) == (code, "")
    assert unread("verify", path, "--json", both=both) == (code, "")


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (0, ("check", "(11)*", "--no-run")),
        (1, ("check", "(11)*", "--no-run", "--arch", "mamba")),
        (2, ("check", "((", "--json")),
        (0, ("zoo",)),
        (0, ("explain", "closure")),
        (0, ("convert", "(11)*", "--to", "dot")),
        (0, ("compile", "(11)*", "-o", "-")),
        (0, ("--help",)),
        (0, ("--version",)),
    ],
)
def test_so_with_other_commands(code, arguments):
    assert unread(*arguments) == (code, "")


def test_an_error_that_nobody_reads_has_its_code_too():
    assert unread("check", "((", both=True)[0] == 2
    assert unread(both=True)[0] == 2


def test_so_where_the_system_writes_ascii():
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert unread("check", "((", "--json", **ascii_only) == (2, "")


def test_what_was_not_read_is_lost_and_what_fails_otherwise_is_told(tmp_path):
    no_space = pytest.raises(OSError, match="No space left")
    with open("/dev/full", "wb", buffering=0) as full, no_space:
        Listened(full).write(b"bytes")
    path = tmp_path / "kept"
    with open(path, "w") as kept:
        stream = Listened(kept)
        print("text", file=stream, flush=True)
        stream.buffer.write(b"bytes")
        assert stream.name == str(path)
    assert path.read_text() == "text\nbytes"
