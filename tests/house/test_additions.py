"""What CONTRIBUTING says to touch is enough: one of each kind is added while the tests run.

Every addition is a file in a folder of its own, laid beside the package's, and is then used from
the command line; a number format is a line of a table.
"""

import json
import re
from dataclasses import replace
from importlib import import_module

import pytest

from negeig.cli.program import COMMANDS
from negeig.precision.numbers.formats import FORMATS
from negeig.proofs_checks.kinds import check as check_certificate
from support.command_line import negeig, valid
from support.paths import ROOT
from support.toys import ADAPTER, ARCHITECTURE, BACKEND, COMMAND, KIND, LAYER, ROUTE, ZOO


@pytest.fixture
def add(monkeypatch, tmp_path):
    """Lay a file ``toy.py`` beside those of a folder of the package."""

    def beside(folder: str, text: str) -> None:
        package = import_module(f"negeig.{folder}")
        (tmp_path / "toy.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
        # Another toy of this folder may have been imported by another test.
        monkeypatch.delitem(import_module("sys").modules, f"{package.__name__}.toy", raising=False)

    return beside


def test_every_kind_of_addition_is_tried() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    table = text[text.index("## What to touch") : text.index("## Rules")]
    kinds = {line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| a")}
    tried = {re.sub(r"test_an?_", "", name) for name in globals() if re.match(r"test_an?_", name)}
    assert {re.sub(r"^an? ", "", kind).replace(" ", "_") for kind in kinds} == tried
    assert len(tried) == 9


def test_a_zoo_task(add, capsys) -> None:
    assert negeig(capsys, "check", "--no-run", "--zoo", "toy:3")[0] == 2
    add("automata.zoo.families", ZOO)
    code, out, _ = negeig(capsys, "check", "--no-run", "--json", "--zoo", "toy:3")
    assert (code, valid(out)["language"]["machine"]["states"]) == (0, 3)
    assert "toy:N" in negeig(capsys, "zoo")[1]


def test_a_route(add, capsys) -> None:
    assert negeig(capsys, "compile", "--route", "toy", "(11)*")[0] == 2
    add("theory.constructions.direct", ROUTE)
    code, out, _ = negeig(capsys, "compile", "--route", "toy", "--json", "(11)*")
    assert (code, valid(out)["about"]["route"]) == (0, "toy")


def test_a_number_format(monkeypatch, tmp_path, capsys) -> None:
    path = str(tmp_path / "parity.json")
    assert negeig(capsys, "compile", "(11)*", "-o", path)[0] == 0
    asked = ("precision", path, "--regex", "(11)*", "--json", "--arithmetic")
    assert negeig(capsys, *asked, "toy")[0] == 2
    monkeypatch.setitem(FORMATS, "toy", replace(FORMATS["e4m3fn"], name="toy", precision=3))
    code, out, _ = negeig(capsys, *asked, "toy,toy:acc32")
    assert code == 0
    assert [(r["verdict"], r["states"]) for r in valid(out)["results"]] == [("proved", 2)] * 2


def test_an_architecture(add, capsys) -> None:
    assert negeig(capsys, "explain", "toy")[0] == 2
    add("theory.architectures.families", ARCHITECTURE)
    assert negeig(capsys, "explain", "toy")[0] == 0
    code, out, _ = negeig(capsys, "check", "--no-run", "--arch", "toy", "--json", "(11)*")
    assert (code, valid(out)["requested"]["verdict"]) == (1, "impossible")


def test_a_backend(add, capsys) -> None:
    asked = ("check", "--backend", "toy", "--json", "(11)*")
    assert negeig(capsys, *asked)[0] == 2
    add("kernels.backends", BACKEND)
    code, out, _ = negeig(capsys, *asked)
    (claim,) = [c for c in valid(out)["claims"] if c["id"] == "kernel:toy"]
    assert (code, claim["verdict"], claim["mismatches"]) == (0, "passed", 0)
    assert claim["detail"].endswith("; a toy")


def test_an_adapter(add, capsys) -> None:
    asked = ("conform", "--impl", "toy", "--dtype", "fp32", "--json", "(11)*")
    assert negeig(capsys, *asked)[0] == 2
    add("kernels.adapters", ADAPTER)
    code, out, _ = negeig(capsys, *asked)
    (result,) = valid(out)["results"]
    assert (code, result["impl"], result["verdict"]) == (0, "toy.loop", "exact")


def test_a_released_layer(add, capsys) -> None:
    asked = ("compile", "--for", "toy.Layer", "--json", "(11)*")
    assert negeig(capsys, *asked)[0] == 2
    add("kernels.layers.kinds", LAYER)
    code, out, _ = negeig(capsys, *asked)
    assert (code, valid(out)["about"]["layer"]["arguments"]) == (0, [{"heads": 1}])


def test_a_command(add, capsys) -> None:
    assert negeig(capsys, "toy")[0] == 2
    add("cli.commands", COMMAND)
    assert "toy" in COMMANDS
    assert negeig(capsys, "toy") == (3, "a toy\n", "")
    assert json.loads(negeig(capsys, "toy", "--json")[1])["found"] is None
    assert "Do what toys do." in negeig(capsys, "--help")[1]


def test_a_certificate_kind(add) -> None:
    right = json.dumps({"kind": "toy", "about": 9, "evidence": {"root": 3}})
    assert check_certificate(right) != []
    add("proofs_checks.certificates", KIND)
    assert check_certificate(right) == []
    assert check_certificate(right.replace("9", "8")) == ["no root"]
