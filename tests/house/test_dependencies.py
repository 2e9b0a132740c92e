"""Every dependency that pyproject.toml declares is used, and every one that is used is declared."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from support.paths import PACKAGE, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
COMMANDS = (ROOT / ".ci" / "run").read_text() + (ROOT / "README.md").read_text()
ADAPTERS = "".join(p.read_text() for p in (PACKAGE / "kernels" / "adapters").glob("*.py"))
SPHINX = (ROOT / "docs" / "conf.py").read_text()
BTOR2 = (ROOT / "tests" / "proofs_checks" / "test_btor2.py").read_text()
# Run or named rather than imported: where that is.
NAMED = {
    "mypy": ("-m mypy", COMMANDS),
    "pytest-xdist": ("-n auto", COMMANDS),
    "ruff": ("-m ruff", COMMANDS),
    "sphinx": ("-m sphinx", COMMANDS),
    "z3-solver": ("import z3", BTOR2),  # installed last, where provers are tested
    "fla-core": ('"fla-core"', ADAPTERS),  # its files are loaded by their paths
    "flash-linear-attention": ("fla.layers", ADAPTERS),
    "einops": ('"einops"', ADAPTERS),  # which they import
    "mlx-lm": ('"mlx-lm"', ADAPTERS),
    "transformers": ("transformers.models", ADAPTERS),
    "furo": ('html_theme = "furo"', SPHINX),
    "myst-nb": ('"myst_nb"', SPHINX),
}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: Iterable[str]) -> set[str]:
    return {canonical(re.split(r"[^\w.-]", r)[0]) for r in requirements} - {"negeig"}


@cache
def modules(text: str) -> frozenset[str]:
    """Return the top-level modules that Python code imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("importorskip"):
            found |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    return frozenset({name.split(".")[0] for name in found} - sys.stdlib_module_names)


OWNERS = cache(packages_distributions)


def used(*folders: Path) -> set[str]:
    """Return the distributions whose modules the Python files and notebooks of folders import."""
    texts = [path.read_text() for folder in folders for path in folder.rglob("*.py")]
    cell = re.compile(
        r"^```\{code-cell\}[^\n]*\n(?:---\n.*?---\n|(?::[^\n]*\n)*)(.*?)^```$", re.M | re.S
    )
    for folder in folders:
        texts += [c for page in folder.rglob("*.md") for c in cell.findall(page.read_text())]
    # What is not installed, as matplotlib where no documentation is built, goes by its own name.
    names = frozenset().union(*map(modules, texts))
    return {canonical(owner) for name in names for owner in OWNERS().get(name, [name])}


def unused(requirements: Iterable[str], *folders: Path) -> set[str]:
    named = {name for name, (text, where) in NAMED.items() if text in where}
    return declared(requirements) - used(*folders) - named


@pytest.mark.parametrize(
    ("extra", "folders"),
    [
        ("", [PACKAGE]),
        ("gpu", [PACKAGE]),
        ("onnx", [PACKAGE, ROOT / "tests"]),  # the package writes models, the tests run them
        ("peers", [PACKAGE]),
        ("test", [ROOT / "tests"]),
        ("browser", [ROOT / "tests"]),
        ("provers", [ROOT / "tests"]),
        ("cluster", [PACKAGE]),
        ("docs", [ROOT / "docs"]),
    ],
)
def test_what_is_declared_is_used(extra: str, folders: list[Path]) -> None:
    assert unused(EXTRAS[extra] if extra else PROJECT["dependencies"], *folders) == set()


def test_every_extra_is_held_to_its_use() -> None:
    assert set(EXTRAS) == {"gpu", "onnx", "peers", "test", "browser", "provers", "cluster", "docs"}


def test_what_the_package_imports_is_declared() -> None:
    extras = [*EXTRAS["gpu"], *EXTRAS["onnx"], *EXTRAS["peers"], *EXTRAS["cluster"]]
    mine = declared([*PROJECT["dependencies"], *extras])
    # Which numba and mlx[cpu] pin: one that is named here too could only disagree.
    mine |= {"llvmlite", "mlx-cpu"}
    assert used(PACKAGE) - mine == {"negeig"}


def test_what_nothing_imports_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "def late():\n    import numpy.linalg\n    from yaml import load\n"
    )
    (tmp_path / "b.md").write_text("```{code-cell} python\n:tags: [x]\nimport click\n```\nrich\n")
    wanted = ["numpy>=2", "PyYAML", "click", "rich", "ruff", "networkx; python_version > '3'"]
    assert unused(wanted, tmp_path) == {"rich", "networkx"}
    assert used(tmp_path) == {"numpy", "pyyaml", "click"}


RUN = """
import sys
from negeig.cli import main
try:
    main(sys.argv[1:])
except SystemExit as stop:
    print("networkx" in sys.modules, stop.code)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["zoo"], ["check", "(11)*"]])
def test_networkx_is_imported_on_use_only(arguments: list[str]) -> None:
    command = [sys.executable, "-c", RUN, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False 0"
