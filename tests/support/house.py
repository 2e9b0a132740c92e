"""The house as CONTRIBUTING explains it: the order of what may import what, read from its lines."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from support.paths import ROOT

GROUND = "ground"


def explained() -> dict[str, list[str]]:
    """Each line of the explanation: the name in front, and the rooms before the bar."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    (block,) = re.findall(r"^## The house$.*?^```text\n(.*?)^```$", text, re.M | re.S)
    lines = (line.partition("|")[0].split() for line in block.splitlines())
    return {name: rooms for name, *rooms in lines}


HOUSE = explained()
ORDER = [
    *((name,) for name in HOUSE[GROUND]),
    *(
        (name, *room)
        for name, rooms in HOUSE.items()
        if name not in (GROUND, "tests")
        for room in ([(r,) for r in rooms] or [()])
    ),
]
RANKS = {place: rank for rank, place in enumerate(ORDER)}


def ranks(dotted: str) -> range:
    """Where a full name of the package may stand: one rank, or all of a folder for its own names.

    The package's own names, and whatever is not explained, come after everything.
    """
    parts = tuple(dotted.split(".")[1:])
    if parts == ("__version__",):
        return range(1)
    inside = [RANKS[p] for p in ORDER if p == parts[:2] or p == parts[:1]]
    inside = inside or [RANKS[p] for p in ORDER if p[:1] == parts[:1]]
    return range(inside[0], inside[-1] + 1) if inside else range(len(ORDER), len(ORDER) + 1)


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
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, name) for name in _by_name(node, package.name))


def _by_name(call: ast.Call, package: str) -> Iterator[str]:
    """Modules that a call imports by name: ``import_module``, and registries of folders."""
    function = ast.unparse(call.func)
    if re.search(r"\bFolder\b", function):
        names = call.args[1:]
    elif function.endswith(("import_module", "__import__")):
        names = call.args[:1]
    else:
        return
    for name in names:
        match name:
            case ast.Constant(value=str(text)):
                yield text
            # Whatever follows a whole package name lies inside that package.
            case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]) if start.count(".") > 1:
                yield f"{start}?"
            case _:
                yield f"{package}.?"


def backward_imports(package: Path) -> list[str]:
    """Imports of what stands further down, except those of the two files that import by name."""
    found = []
    for path in sorted(package.rglob("*.py")):
        own = ".".join([package.name, *path.relative_to(package).with_suffix("").parts])
        if own in (f"{package.name}.folder", f"{package.name}.shown"):  # as callers say
            continue
        for line, name in imported(path, package):
            if name.split(".")[0] == package.name and ranks(name)[0] > ranks(own)[-1]:
                found.append(f"{path.relative_to(package)}:{line} imports {name}")
    return found
