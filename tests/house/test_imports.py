"""Imports go one way, and starting the command line loads nothing heavy."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.paths import PACKAGE

RANKS = {
    name: rank
    for rank, names in enumerate(
        [
            ["claims", "evidence", "arrays", "compiled", "writing"],
            ["automata"],
            ["theory"],
            ["precision"],
            ["kernels"],
            ["proofs_checks"],
            ["pipeline"],
            ["report"],
            ["cli"],
            ["__main__"],
        ]
    )
    for name in names
}
# The package itself re-exports the API on first use: only what stands above it may import that.
TOP = len(RANKS)


def imported(path: Path, package: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of every module or name imported anywhere in a file."""
    inside = [package.name, *path.relative_to(package).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = inside[: -node.level] if node.level else []
            module = [*base, *(node.module or "").split(".")] if node.module else base
            for alias in node.names:
                yield node.lineno, ".".join([*module, alias.name])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("import_module", "__import__")
        ):
            match node.args:
                case [ast.Constant(value=str(name)), *_]:
                    yield node.lineno, name
                # Whatever follows a whole package name lies inside that package.
                case [ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]), *_] if (
                    start.count(".") > 1
                ):
                    yield node.lineno, f"{start}?"
                case _:
                    yield node.lineno, f"{package.name}.?"


def rank(dotted: str) -> int:
    """Rank of a name inside the package; the package's own names rank highest."""
    parts = dotted.split(".")
    if len(parts) == 2 and parts[1] == "__version__":
        return 0
    return RANKS.get(parts[1], TOP) if len(parts) > 1 else TOP


def backward_imports(package: Path) -> list[str]:
    found = []
    for path in sorted(package.rglob("*.py")):
        own = ".".join([package.name, *path.relative_to(package).with_suffix("").parts])
        for line, name in imported(path, package):
            if name.split(".")[0] == package.name and rank(name) > rank(own):
                found.append(f"{path.relative_to(package)}:{line} imports {name}")
    return found


def outside_the_standard_library(path: Path, package: Path = PACKAGE) -> list[str]:
    names = {name.split(".")[0] for _, name in imported(path, package)}
    return sorted(names - sys.stdlib_module_names)


def test_every_part_has_a_rank() -> None:
    parts = {p.stem if p.is_file() else p.name for p in PACKAGE.iterdir()}
    ignored = {"__init__", "__pycache__", "py"}  # py.typed
    assert parts - ignored - set(RANKS) == set()


def test_imports_go_one_way() -> None:
    """One exception: the package ``negeig.precision`` is callable, as the function of that name."""
    (exception,) = backward_imports(PACKAGE)
    path, _, name = exception.partition(":")
    assert path == "precision/__init__.py"
    assert name.endswith("imports negeig.pipeline.check")


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


def files_that_promise(package: Path) -> list[Path]:
    """Files whose own text says that they import nothing but the standard library."""
    return [
        path
        for path in sorted(package.rglob("*.py"))
        if re.search(r"standard\s+library", ast.get_docstring(ast.parse(path.read_text())) or "")
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


def test_a_broken_promise_is_found(tmp_path: Path) -> None:
    assert len(broken_promises(tmp_path)) == 1  # an empty list is no success
    checker = tmp_path / "checker.py"
    checker.write_text('"""Imports the standard\nlibrary only."""\nimport json\n')
    assert broken_promises(tmp_path) == []
    checker.write_text(checker.read_text() + "def late():\n    import numpy\n")
    assert broken_promises(tmp_path) == ["checker.py imports numpy"]


LONGEST = 400
LONGER = {  # to be shortened: no file may join, and one that has become short enough must leave
    "automata/monoids/structure.py",
    "cli/program.py",
    "pipeline/check.py",
    "pipeline/compile.py",
    "precision/closure/search.py",
    "theory/bounds/lower_bounds.py",
    "theory/bounds/limits.py",
}


def long_files(package: Path) -> set[str]:
    return {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if len(path.read_text().splitlines()) > LONGEST
    }


def test_a_file_is_one_idea() -> None:
    assert long_files(PACKAGE) == LONGER


def test_a_long_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("\n" * LONGEST)
    (tmp_path / "b.py").write_text("\n" * (LONGEST + 1))
    assert long_files(tmp_path) == {"b.py"}


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
        ("negeig.cli", HEAVY | {"numpy"}),
    ],
)
def test_starting_is_light(module: str, forbidden: set[str]) -> None:
    assert loaded_by(module) & forbidden == set()


def test_what_is_loaded_is_seen() -> None:
    assert {"numpy", "negeig"} <= loaded_by("negeig.automata.machines.machine")
    assert "numba" in loaded_by("negeig.compiled")
