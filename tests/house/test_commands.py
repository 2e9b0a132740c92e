"""A command is three files of one name, a schema, a row in README and in docs/cli.md, and tests."""

import pytest

from negeig.cli.program import COMMANDS
from support.paths import PACKAGE, ROOT, TESTS

# These share the schema of what they print with another command, or print nothing of their own.
SCHEMAS = {"compile": "network", "explain": "theorems", "convert": None}
README, PAGE = (ROOT / "README.md").read_text(), (ROOT / "docs" / "cli.md").read_text()
TESTED = "".join(path.read_text() for path in TESTS.rglob("test_*.py"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_whole(name: str) -> None:
    schema = SCHEMAS.get(name, name)
    wanted = [PACKAGE / "pipeline" / f"{name}.py"]
    if schema is not None:
        wanted.append(PACKAGE / "report" / "terminal" / f"{name}.py")
        wanted.append(PACKAGE / "pipeline" / "schemas" / f"{schema}.json")
        assert f"negeig.{schema}/1" in PAGE
    assert [path.relative_to(ROOT) for path in wanted if not path.is_file()] == []
    assert f"`negeig {name}" in README
    assert f"negeig {name}" in PAGE
    assert f'"{name}"' in TESTED
