"""The files around the code agree with each other and with the code."""

import re
import tomllib
from collections import Counter

import yaml

import negeig
from negeig.theory.theorems import entries
from support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_citation_has_what_readers_of_the_format_need() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert str(citation["version"]) == negeig.__version__
    assert citation["license"] == PROJECT["project"]["license"]
    assert all(author.get("name") or author.get("family-names") for author in citation["authors"])


def test_changelog_knows_the_version() -> None:
    assert negeig.__version__ in (ROOT / "CHANGELOG.md").read_text()


def test_every_requirement_has_one_exact_version_and_no_address() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [p for p in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9a-z.]+", p)] == []
    pinned = [canonical(p.split("==")[0]) for p in pins]
    assert len(pinned) == len(set(pinned))
    extras = PROJECT["project"]["optional-dependencies"].values()
    required = [*PROJECT["project"]["dependencies"], *(r for extra in extras for r in extra)]
    declared = {canonical(re.split(r"[^\w.-]", r)[0]) for r in required}
    assert declared - set(pinned) == {"negeig"}


def test_data_files_are_packaged() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["negeig"]
    package = ROOT / "negeig"
    packaged = {path for pattern in patterns for path in package.glob(pattern)}
    data = {
        p
        for p in package.rglob("*")
        if p.suffix in {".json", ".typed", ".html", ".css", ".js", ".v"}
    }
    assert package / "py.typed" in packaged
    assert data == packaged


def test_every_theorem_has_its_page() -> None:
    assert {entry.page for entry in entries() if not (ROOT / entry.page).is_file()} == set()
    assert len({entry.page for entry in entries()}) > 3


def test_files_of_tests_have_names_of_their_own() -> None:
    """Two of one name cannot both be collected: pytest imports them by it."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, number in names.items() if number > 1] == []
    assert len(names) > 100
