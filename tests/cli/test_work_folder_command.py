"""``negeig precision --work-folder``: stopped, gone on with, damaged."""

import json
from pathlib import Path

import pytest

from negeig.precision.closure.scale import in_memory
from negeig.theory.networks.network_json import dumps
from support.closure_cases import FLIP, SHRINKING_FLIP
from support.command_line import copied, negeig, valid


@pytest.fixture
def network(tmp_path: Path) -> str:
    """Parity with the eigenvalue -255/256: 16,130 states in bf16, 25,120 in fp32."""
    path = tmp_path / "parity.json"
    path.write_text(dumps(SHRINKING_FLIP))
    return str(path)


def rows(capsys, network: str, *more: str) -> tuple[int, list[dict]]:
    asked = ("precision", network, "(11)*", "--arithmetic", "bf16,fp32", "--json")
    code, out, _ = negeig(capsys, *asked, *more)
    return code, [{**row, "seconds": 0} for row in valid(out)["results"]]


def test_a_limit_is_gone_on_from(network, tmp_path, capsys) -> None:
    """And the answer is that of a search without a folder, with one thread or two."""
    folder = tmp_path / "work"
    code, found = rows(capsys, network, "--work-folder", str(folder), "--max-closure", "9000")
    assert (code, [row["verdict"] for row in found]) == (3, ["open", "open"])
    for row, name in zip(found, ("bf16", "fp32"), strict=True):
        assert f"{folder / name} holds the search" in row["reason"]
        assert "all words up to length 8,999 were looked at" in row["reason"]
    code, resumed = rows(capsys, network, "--work-folder", str(folder), "--threads", "2")
    assert (code, [row["states"] for row in resumed]) == (0, [16_130, 25_120])
    assert (code, resumed) == rows(capsys, network, "--threads", "1")


def test_after_control_c_the_folder_is_named(network, tmp_path, capsys, monkeypatch) -> None:
    folder = tmp_path / "work"
    asked = ("precision", network, "(11)*", "--arithmetic", "bf16")

    def pressed(_: in_memory.MemorySearch) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(in_memory, "FIRST_WORK", 500)
        patch.setattr(in_memory.MemorySearch, "_keep_if_due", pressed)
        code, out, err = negeig(capsys, *asked, "--work-folder", str(folder))
        assert (code, out) == (130, "")
        assert f"note: {folder} is kept; the same command goes on" in err
        assert err.endswith("negeig: interrupted\n")
        code, _, err = negeig(capsys, *asked)
        assert (code, "is kept" in err) == (130, False)
    levels = json.loads((folder / "bf16" / "manifest.json").read_text())["levels"]
    assert 400 < levels[-1] < 16_130
    code, found = rows(capsys, network, "--work-folder", str(folder))
    assert (code, [row["states"] for row in found]) == (0, [16_130, 25_120])


def test_bad_folders_are_named(network, tmp_path, capsys) -> None:
    folder = tmp_path / "work"
    rows(capsys, network, "--work-folder", str(folder), "--max-closure", "9000")
    states = folder / "bf16" / "states.bin"
    states.write_bytes(states.read_bytes()[:-1] + b"\x7f")
    asked = ("precision", network, "(11)*", "--arithmetic", "bf16")
    code, out, err = negeig(capsys, *asked, "--work-folder", str(folder))
    assert (code, out) == (2, "")
    assert "states.bin" in err
    assert "is damaged" in err
    other = tmp_path / "flip.json"
    other.write_text(dumps(FLIP))
    code, _, err = negeig(capsys, *asked, "--work-folder", network)
    assert code == 2
    assert network in err
    code, _, err = negeig(capsys, *asked, "--threads", "-1")
    assert code == 2
    assert "--threads" in err


OTHERS = (
    "exact", "bf16:acc32:sr", "fp32:fma?", "bf16:acc32-chunk2", "bf16:rtz", "any-order",
    "impl:negeig.cpu",
)  # fmt: skip
KEPT = ("bf16", "fp32", "bf16:acc32", "bf16:acc32-step", "fp32:fma", "grid:2^-6", "fp64")


@pytest.mark.parametrize(
    ("option", "text"),
    [("--work-folder", "not kept in the folder"), ("--scheduler", "not explored on the cluster")],
)
def test_what_uses_neither_folder_nor_cluster_is_named(option, text, tmp_path, capsys) -> None:
    path = tmp_path / "flip.json"
    path.write_text(dumps(FLIP))
    names = ",".join(OTHERS + KEPT)
    asked = ("precision", str(path), "(11)*", "--arithmetic", names, "--json")
    _, out, _ = negeig(capsys, *asked, option, str(tmp_path / "work"))
    told = [row for row in valid(out)["notices"] if f"its states are {text}: only those in" in row]
    assert [row.partition(": its")[0] for row in told] == list(OTHERS)
    _, out, _ = negeig(capsys, *asked)
    assert not [row for row in valid(out)["notices"] if "its states" in row]


def test_of_a_stack_nothing_is_kept(tmp_path, capsys) -> None:
    path = tmp_path / "stack.json"
    assert negeig(capsys, "compile", "(111)*", "--steps", "1", "-o", str(path))[0] == 0
    asked = ("precision", str(path), "(111)*", "--arithmetic", "fp32", "--round-parameters")
    _, out, _ = negeig(capsys, *asked, "--work-folder", str(tmp_path / "work"))
    assert "fp32: its states are not kept in the folder: only those of one layer are" in copied(out)
    assert not (tmp_path / "work").exists()
