"""Names of arithmetics on the command line: every outcome of a letter, presets, contradictions."""

import json
from pathlib import Path

import pytest

from support.command_line import negeig, valid


@pytest.fixture(scope="module")
def triangle(tmp_path_factory) -> str:
    """S3 by turns and mirrors of a triangle."""
    return str(tmp_path_factory.mktemp("networks") / "triangle.json")


@pytest.fixture
def network(triangle, capsys) -> str:
    if not Path(triangle).exists():
        asked = ("compile", "--zoo", "sym:3", "--unit-keys", "-o", triangle)
        assert negeig(capsys, *asked)[0] == 0
    return triangle


def rows(capsys, network: str, arithmetic: str, *more: str) -> tuple[int, dict]:
    asked = ("precision", network, "--zoo", "sym:3", "--round-parameters", "--json", *more)
    code, out, _ = negeig(capsys, *asked, "--arithmetic", arithmetic)
    return code, {row["arithmetic"]: row for row in valid(out)["results"]}


def test_precision_takes_every_outcome(network, capsys) -> None:
    code, found = rows(capsys, network, "grid:2^-2,grid:2^-2:fma?,grid:2^-2:sr,grid:2^-2:rtz")
    assert code == 1
    ends = {name: (row["verdict"], row["states"]) for name, row in found.items()}
    assert ends == {
        "grid:2^-2": ("proved", 6),
        "grid:2^-2:fma?": ("proved", 6),
        "grid:2^-2:sr": ("collision", 277),
        "grid:2^-2:rtz": ("collision", 94),
    }
    assert found["grid:2^-2:sr"]["decoder_exists"] is False
    assert found["grid:2^-2:sr"]["wrong_word"] == ["c"] * 5


def test_a_limit_is_undecided_and_names_its_option(network, capsys) -> None:
    code, found = rows(capsys, network, "bf16:acc32:sr", "--max-closure", "200")
    assert code == 3
    assert found["bf16:acc32:sr"]["verdict"] == "open"
    assert "--max-closure" in found["bf16:acc32:sr"]["reason"]


def test_presets_and_case(network, capsys) -> None:
    _, found = rows(capsys, network, "reference,FP32,fp32", "--max-closure", "3000")
    assert list(found) == ["reference", "FP32", "fp32"]
    assert len({(row["verdict"], row["states"], row["depth"]) for row in found.values()}) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fp64:acc32", "is narrower than fp64, the format of the state"),
        ("bf16:sr", "bf16:acc32:sr stores a wider one"),
        ("bf16:acc32:sr:rna", ":sr and :rna answer the same question"),
        ("bf16:acc32:st", "is unknown; did you mean bf16:acc32"),
    ],
)
def test_bad_names_are_bad_input(network, capsys, name: str, message: str) -> None:
    asked = ("precision", network, "--zoo", "sym:3", "--arithmetic", name)
    code, out, err = negeig(capsys, *asked)
    assert (code, out) == (2, "")
    assert message in err
    code, out, _ = negeig(capsys, *asked, "--json")
    assert code == 2
    assert json.loads(out)["schema"] == "negeig.error/1"


def test_check_claims_what_every_outcome_does(capsys) -> None:
    asked = ("check", "(11)*", "--no-run", "--json", "--arithmetic")
    code, out, _ = negeig(capsys, *asked, "bf16:acc32:sr,fused-recurrent")
    assert code == 0
    claims = {claim["id"]: claim for claim in valid(out)["claims"]}
    for name in ("bf16:acc32:sr", "fused-recurrent"):
        assert (claims[name]["verdict"], claims[name]["states"]) == ("proved", 2)


def test_check_chooses_a_network_that_chance_does_not_harm(capsys) -> None:
    """The turns of a triangle err in e4m3fn by chance, permutations do not."""
    asked = ("check", "--zoo", "cyclic:3", "--no-run", "--json", "--arithmetic")
    code, out, _ = negeig(capsys, *asked, "e4m3fn:acc32:sr", "--max-closure", "300")
    document = valid(out)
    (claim,) = [c for c in document["claims"] if c["id"] == "e4m3fn:acc32:sr"]
    assert (code, claim["verdict"], claim["states"]) == (0, "proved", 3)


def test_learn_refuses_what_only_closure_explores(capsys) -> None:
    code, _, err = negeig(capsys, "learn", "--zoo", "parity", "--arithmetic", "bf16:acc32:sr")
    assert code == 2
    assert "'bf16:acc32:sr' is explored by negeig precision only" in err
