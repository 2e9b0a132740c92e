"""Old names say where things are now."""

import subprocess
import sys

import pytest

import negeig
from negeig.moved import RENAMED, install
from support.paths import PACKAGE


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("from negeig.automata.machine import Machine", "negeig.automata.machines.machine"),
        ("import negeig.theory.network", "negeig.theory.networks.network"),
        ("from negeig.proofs_checks.optimiser import optimise", "negeig.pipeline.choosing"),
        ("from negeig.theory.closure import exact_closure", "negeig.theory.closure.exact_search"),
        ("from negeig.precision.closure import closure", "rounded_closure.closure"),
        ("from negeig.precision.cast import FormatCast", "negeig.precision.cast.cast.FormatCast"),
        ("from negeig.automata.pictures import cayley_svg", "negeig.report.pictures"),
    ],
)
def test_an_old_import_names_the_new_one(line: str, hint: str) -> None:
    with pytest.raises(ImportError, match="has moved") as error:
        exec(line)
    assert hint in str(error.value)
    assert "\n" not in str(error.value)


def test_the_old_function_names_the_new_one() -> None:
    with pytest.raises(TypeError, match=r"negeig\.prove"):
        negeig.precision()  # type: ignore[operator]


def test_new_names_exist() -> None:
    for new in RENAMED.values():
        place = PACKAGE / new.replace(".", "/")
        assert place.is_dir() or place.with_suffix(".py").is_file(), new


def test_what_never_was_is_not_found_as_before() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'negeig\.nothing'"):
        import negeig.nothing  # type: ignore[import-not-found]  # noqa: F401


def test_old_submodules_are_imported_where_they_stayed() -> None:
    """A folder that answers for old names must not hide its own files."""
    code = "from negeig.theory.closure import explore; import negeig.precision; print(explore)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "negeig.theory.closure.explore" in done.stdout, done.stderr


def test_installed_once() -> None:
    before = len(sys.meta_path)
    install()
    assert len(sys.meta_path) == before
