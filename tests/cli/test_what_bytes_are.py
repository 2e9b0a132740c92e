"""A file that is no text: said what it is, never what it is not."""

import gzip

import pytest

from support.command_line import negeig

FILES = {
    "a.gz": (gzip.compress(b"{}"), "compressed by gzip"),
    "a.npz": (b"PK\x03\x04\x00\xff", "a zip archive"),
    "a.png": (b"\x89PNG\r\n\x1a\n\x00", "a picture, PNG"),
    "a.bin": (bytes(range(250, 100, -1)) + b"\0\1", "it is no text but binary"),
    "a.json": ('{"é": 1}'.encode("utf-16-le"), "it looks like UTF-16"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", ["check --file {}", "precision {} a"])
def test_bytes_are_named(capsys, tmp_path, name, command):
    data, said = FILES[name]
    path = tmp_path / name
    path.write_bytes(data)
    code, out, err = negeig(capsys, *command.format(path).split())
    assert (code, out, said in err) == (2, "", True), err
    others = [other for _, other in FILES.values() if other != said]
    assert not any(other in err for other in others)
    assert "a network is read as JSON" not in err
