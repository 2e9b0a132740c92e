"""Theorems are cited by constants: each has an entry, and no citation is a string of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

from negeig.theory.theorems import entries, ids
from support.loaded import loaded_by
from support.paths import PACKAGE

CONSTANTS = {name: value for name, value in vars(ids).items() if name.isupper()}


def test_every_constant_has_an_entry_and_every_entry_a_constant():
    assert sorted(CONSTANTS.values()) == sorted(entry.id for entry in entries())
    assert [name for name, id in CONSTANTS.items() if name != id.upper().replace("-", "_")] == []


def cited(tree: ast.AST) -> Iterator[ast.expr]:
    """Expressions that stand where a theorem is cited, or compared with one that is."""
    positions = {"Construction": 3, "ArchitectureRow": 2}
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="theorem", value=value):
                yield value
            case ast.Call(func=ast.Name(id=name), args=args) if name in positions:
                yield from args[positions[name] :][:1]
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "theorem":
                        yield value
            case ast.Compare(left=left, comparators=right) if "theorem" in ast.unparse(left):
                yield from right


def citations_by_string(path: Path) -> list[str]:
    found = [
        constant.value
        for expression in cited(ast.parse(path.read_text()))
        for constant in ast.walk(expression)
        if isinstance(constant, ast.Constant) and constant.value in CONSTANTS.values()
    ]
    return [f"{path.name}: {value!r}" for value in found]


def test_theorems_are_cited_by_constants():
    files = sorted(PACKAGE.rglob("*.py"))
    assert sum(path.read_text().count("ids.") for path in files) > 60
    assert [hit for path in files for hit in citations_by_string(path)] == []


def test_a_citation_by_string_is_found(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("row(theorem=ids.T1)\nrow(value='T1')\n")
    assert citations_by_string(path) == []
    for line in (
        *("row(theorem='T1')", "row(theorem='T1' if x else None)", "Construction(a, b, c, 'T3')"),
        *("ArchitectureRow(a, b, 'closure')", "{'theorem': 'T2'}", "row.theorem == 'closure'"),
        "a.theorem in (None, 'closure')",
    ):
        path.write_text(line)
        assert len(citations_by_string(path)) == 1, line


def test_listing_the_theorems_is_light():
    loaded = loaded_by("from negeig.theory.theorems import entries; entries()")
    assert "negeig.theory.theorems.entry" in loaded
    assert not loaded & {"numpy", "sympy", "flint", "numba"}
    rooms = {name for name in loaded if name.startswith("negeig.theory.")}
    assert all(name.startswith("negeig.theory.theorems") for name in rooms)
