"""Registries that are folders, errors without a subject, and files written by several at once."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from negeig.claims import InputError
from negeig.folder import Folder
from negeig.writing import write_whole


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Two folders of modules; ``both`` is in each, and ``broken`` cannot be imported."""
    for package in ("first_toys", "second_toys"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
        (tmp_path / package / "both.py").write_text(f"ENTRY = {package!r}")
    (tmp_path / "first_toys" / "_hidden.py").write_text("ENTRY = 0")
    (tmp_path / "second_toys" / "broken.py").write_text("{}['no such key']")
    monkeypatch.syspath_prepend(tmp_path)
    yield "first_toys", "second_toys"
    for name in [name for name in sys.modules if name.startswith(("first_toys", "second_toys"))]:
        del sys.modules[name]


def test_a_folder_lists_without_importing(packages):
    folder = Folder("ENTRY", *packages)
    assert list(folder) == ["both", "broken"]
    assert "both" in folder
    assert "broken" in folder
    assert "_hidden" not in folder
    assert "first_toys.both" not in sys.modules


def test_the_first_of_equal_names_is_the_entry(packages):
    assert Folder("ENTRY", *packages)["both"] == "first_toys"
    assert Folder("ENTRY", *reversed(packages))["both"] == "second_toys"


def test_a_module_that_fails_is_no_missing_entry(packages):
    folder = Folder("ENTRY", *packages)
    with pytest.raises(ImportError, match=r"second_toys\.broken cannot be imported"):
        folder.get("broken")
    assert folder.get("nothing") is None


def test_problems_without_a_subject():
    assert str(InputError("", ["a", "b"])) == "2 problems\n  a\n  b"
    assert str(InputError("x", ["a", "b"])) == "x: 2 problems\n  a\n  b"


def test_several_writers_do_not_tear_a_file(tmp_path):
    """Each writes beside under a name of its own; whole files follow one another."""
    path = tmp_path / "shared"
    texts = [bytes([i]) * 100_000 for i in range(8)]

    def write(text):
        for _ in range(20):
            write_whole(str(path), text)
            assert path.read_bytes() in texts

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, texts))
    assert list(tmp_path.iterdir()) == [path]
