"""Imports go one way, and starting the command line loads nothing heavy."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import networkx
import pytest

from support.house import GROUND, HOUSE, backward_imports, imported
from support.paths import PACKAGE, TESTS


def outside_the_standard_library(path: Path, package: Path = PACKAGE) -> list[str]:
    names = {name.split(".")[0] for _, name in imported(path, package)}
    return sorted(names - sys.stdlib_module_names)


def modules(folder: Path) -> set[str]:
    """Folders and files of a folder, by name."""
    found = {p.stem for p in folder.iterdir() if p.name != "py.typed"}
    return found - {"__init__", "__main__", "__pycache__"}


def test_the_house_is_explained() -> None:
    """Every folder and file is where CONTRIBUTING says, and it says nothing of others."""
    tops = {name for name in HOUSE if name not in (GROUND, "tests")}
    assert modules(PACKAGE) == {*HOUSE[GROUND], *tops}
    for name in tops:
        if HOUSE[name]:
            assert modules(PACKAGE / name) == set(HOUSE[name]), name
    assert len(HOUSE) <= 12


def test_tests_mirror_the_package() -> None:
    folders = {p.relative_to(TESTS) for p in TESTS.rglob("test_*.py")}
    for folder in {path.parent for path in folders}:
        assert (PACKAGE / folder).is_dir() or folder == Path("house"), folder


def test_imports_go_one_way() -> None:
    assert backward_imports(PACKAGE) == []


def circles(package: Path) -> list[set[str]]:
    """Files that import one another in a circle, wherever in them the imports stand."""
    files = {
        ".".join([package.name, *path.relative_to(package).with_suffix("").parts]): path
        for path in package.rglob("*.py")
        if path.stem != "__init__"
    }
    graph = networkx.DiGraph()
    for own, path in files.items():
        for _, name in imported(path, package):
            graph.add_edges_from(
                (own, other) for other in (name, name.rpartition(".")[0]) if other in files
            )
    return [found for found in networkx.strongly_connected_components(graph) if len(found) > 1]


def test_files_import_in_no_circles() -> None:
    """Objects whose methods are functions about them are the exceptions: machines, and classes."""
    allowed = [
        {"negeig.automata.machines." + name
         for name in ("machine", "minimize", "_minimize_compiled", "operations", "graph")},
        {"negeig.automata.monoids.green", "negeig.automata.monoids.j_order"},
    ]  # fmt: skip
    assert [found for found in circles(PACKAGE) if found not in allowed] == []


def test_a_circle_is_found(tmp_path: Path) -> None:
    for name, line in (("a", "from negeig.b import f"), ("b", "def f():\n    import negeig.a")):
        (tmp_path / "negeig").mkdir(exist_ok=True)
        (tmp_path / "negeig" / f"{name}.py").write_text(line + "\n")
    assert circles(tmp_path / "negeig") == [{"negeig.a", "negeig.b"}]


@pytest.mark.parametrize(
    "line",
    [
        "from negeig.theory.networks.network import Layer",
        "import negeig.cli",
        "from negeig import check",
        "def late():\n    from ..kernels import reference",
        "def late():\n    import importlib\n    importlib.import_module('negeig.pipeline.check')",
        "def late(name):\n    from importlib import import_module\n    import_module(name)",
        "from importlib import import_module\nimport_module(f'negeig.{name}')",
        "from importlib import import_module\nimport_module(f'negeig.theory{name}')",
        "from importlib import import_module\nimport_module(f'negeig.theory.{name}')",
    ],
)
def test_a_backward_import_is_found(line: str, tmp_path: Path) -> None:
    package = tmp_path / "negeig"
    (package / "automata").mkdir(parents=True)
    (package / "automata" / "machine.py").write_text(line + "\n")
    assert len(backward_imports(package)) == 1


def test_forward_imports_are_allowed(tmp_path: Path) -> None:
    package = tmp_path / "negeig"
    (package / "theory").mkdir(parents=True)
    lines = [
        *(
            "import numpy",
            "from negeig.automata.machines.machine import Machine",
            "from . import other",
        ),
        "importlib.import_module(f'negeig.theory.constructions.{name}')",
    ]
    (package / "theory" / "network.py").write_text("\n".join(lines))
    assert backward_imports(package) == []


PROMISE = re.compile(r"standard\s+library")


def files_that_promise(package: Path) -> list[Path]:
    """Files whose own text says that they import nothing but the standard library."""
    return [
        path
        for path in sorted(package.rglob("*.py"))
        if PROMISE.search(text := path.read_text())  # before it is parsed, which takes longer
        and PROMISE.search(ast.get_docstring(ast.parse(text)) or "")
    ]


def broken_promises(package: Path) -> list[str]:
    promising = files_that_promise(package)
    if not promising:
        return ["no file promises to import the standard library only"]
    return [
        f"{path.relative_to(package)} imports {name}"
        for path in promising
        for name in outside_the_standard_library(path, package)
    ]


def test_checkers_import_the_standard_library_only() -> None:
    assert broken_promises(PACKAGE) == []
    assert PACKAGE / "theory" / "spectra" / "verifier.py" in files_that_promise(PACKAGE)
    assert PACKAGE / "proofs_checks" / "checker.py" in files_that_promise(PACKAGE)


def test_a_broken_promise_is_found(tmp_path: Path) -> None:
    assert len(broken_promises(tmp_path)) == 1  # an empty list is no success
    checker = tmp_path / "checker.py"
    checker.write_text('"""Imports the standard\nlibrary only."""\nimport json\n')
    assert broken_promises(tmp_path) == []
    checker.write_text(checker.read_text() + "def late():\n    import numpy\n")
    assert broken_promises(tmp_path) == ["checker.py imports numpy"]


LONGEST = 400

ONE_FILE = {"proofs_checks/checker.py": 1363}
"""What strangers mail to each other is one file by design, and may not grow."""


def long_files(package: Path) -> set[str]:
    lines = {
        path.relative_to(package).as_posix(): len(path.read_text().splitlines())
        for path in package.rglob("*.py")
    }
    return {name for name, count in lines.items() if count > ONE_FILE.get(name, LONGEST)}


def test_a_file_is_one_idea() -> None:
    assert long_files(PACKAGE) == set()


def test_a_long_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("\n" * LONGEST)
    (tmp_path / "b.py").write_text("\n" * (LONGEST + 1))
    (name, longest), *_ = ONE_FILE.items()
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text("\n" * longest)
    assert long_files(tmp_path) == {"b.py"}
    (tmp_path / name).write_text("\n" * (longest + 1))
    assert long_files(tmp_path) == {"b.py", name}


HEAVY = {"torch", "triton", "numba", "matplotlib", "sympy"}


def loaded_by(module: str) -> set[str]:
    """Top-level modules in memory after a fresh interpreter has imported a module."""
    code = f"import {module}, sys; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("negeig", HEAVY),
        ("negeig.automata.machines.machine", HEAVY),
        ("negeig.compiled", HEAVY),
        ("negeig.cli", HEAVY | {"numpy"}),
    ],
)
def test_starting_is_light(module: str, forbidden: set[str]) -> None:
    assert loaded_by(module) & forbidden == set()


def test_what_is_loaded_is_seen() -> None:
    assert {"numpy", "negeig"} <= loaded_by("negeig.automata.machines.machine")
    assert "numba" in loaded_by("negeig.compiled.by_numba")
