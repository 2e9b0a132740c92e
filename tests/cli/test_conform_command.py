"""``negeig conform``: exit codes, JSON held to its schema, replays, bad input, the time limit."""

import json
import shlex

import pytest

from negeig.kernels.implementation import Implementation
from negeig.kernels.registry import find, known
from negeig.pipeline.conform import conform, suite_tasks
from negeig.report.terminal.conform import conform_text
from support.command_line import negeig, valid

BROKEN = """
import torch

def backwards(q, k, v, beta):
    return torch.flip(v, [1])

def hangs(q, k, v, beta):
    while True:
        pass

def works(q, k, v, beta, initial_state, scale, output_final_state):
    h, o = initial_state, []
    for t in range(q.shape[1]):
        error = v[:, t] - (h * k[:, t, :, :, None]).sum(2)
        h = h + k[:, t, :, :, None] * (beta[:, t, :, None] * error)[:, :, None]
        o.append((h * q[:, t, :, :, None]).sum(2))
    return torch.stack(o, 1), h
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kernel.py").write_text(BROKEN)
    return tmp_path


def asked(*arguments):
    return ("conform", "--impl", "negeig.cpu", "--dtype", "fp32", *arguments)


def test_a_language_is_compiled_and_run(capsys):
    code, out, _ = negeig(capsys, *asked("--json", "(11)*"))
    document = valid(out)
    (result,) = document["results"]
    assert (code, result["verdict"], result["task"]) == (0, "exact", "(11)*")
    assert (result["max_error"], result["first_wrong"]) == (0.0, None)
    assert document["implementations"][0]["name"] == "negeig.cpu"


def test_a_network_file_alone_is_compared_with_what_it_is_itself(capsys):
    assert negeig(capsys, "compile", "--zoo", "mod:3", "-o", "n.json")[0] == 0
    for language in ((), ("--zoo", "mod:3")):
        code, out, _ = negeig(capsys, *asked("--json", "--network", "n.json", *language))
        assert (code, valid(out)["results"][0]["verdict"]) == (0, "right")
    code, _, err = negeig(capsys, *asked("--network", "n.json", "--zoo", "parity"))
    assert code == 2
    assert "in exact arithmetic it errs on" in err


def test_a_wrong_position_is_replayed_by_its_command(capsys):
    impl = "kernel.py:backwards"
    code, out, _ = negeig(
        capsys, "conform", "--suite", "standard", "--impl", impl, "--json", "--seed", "3",
        "--tokens", "60",
    )  # fmt: skip
    results = valid(out)["results"]
    assert code == 1
    (parity,) = [r for r in results if (r["task"], r["dtype"]) == ("parity", "bf16")]
    command = shlex.split(parity["first_wrong"]["replay"])
    assert command[0] == "negeig"
    code, out, _ = negeig(capsys, *command[1:], "--json")
    (again,) = valid(out)["results"]
    assert code == 1
    for result in (parity, again):
        del result["seconds"]
    assert again == parity


def test_the_report_has_every_verdict(capsys, monkeypatch):
    one = find(("negeig.cpu",))[0]
    gone = Implementation(name="gone.f", packages=("no-such-thing",), load=one.load)
    monkeypatch.setattr("negeig.kernels.adapters.negeig.IMPLEMENTATIONS", (one, gone))
    tasks = suite_tasks("standard", ["parity", "s5-root", "levels-long"])
    result = conform(tasks, ["negeig.cpu", "gone.f", "kernel.py:backwards"], dtypes=["fp32"])
    text = conform_text(result, 100)
    for verdict in ("exact", "right", "wrong", "refused", "missing"):
        assert verdict in {row.verdict for row in result.results}
        assert any(line.startswith(verdict) for line in text.splitlines())
    assert "in a clone of negeig, or pip install no-such-thing" in " ".join(text.split())
    assert all(len(line) <= 100 for line in text.splitlines())


def test_missing_is_exit_3_with_the_pip_line_and_wrong_is_exit_1(capsys, monkeypatch):
    one = find(("negeig.cpu",))[0]
    gone = Implementation(name="gone.f", packages=("no-such-thing",), load=one.load)
    monkeypatch.setattr("negeig.kernels.adapters.negeig.IMPLEMENTATIONS", (gone,))
    task = ("--suite", "standard", "--task", "parity", "--json")
    code, out, _ = negeig(capsys, "conform", "--impl", "gone.f", *task)
    assert code == 3
    assert {r["verdict"] for r in valid(out)["results"]} == {"missing"}
    assert "pip install no-such-thing" in valid(out)["results"][0]["reason"]
    assert negeig(capsys, "conform", "--impl", "gone.f,kernel.py:backwards", *task)[0] == 1


def test_the_list_shows_what_is_there_and_what_is_not(capsys):
    code, out, _ = negeig(capsys, "conform", "--list")
    assert code == 0
    for name in known():
        assert f"\n{name}   " in f"\n{out}"
    code, out, _ = negeig(capsys, "conform", "--list", "--json", "--impl", "negeig")
    document = valid(out)
    assert (code, document["results"]) == (0, [])
    assert [one["install"] for one in document["implementations"]] == [None]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--dtype", "fp8", "(11)*"), "'fp8' is unknown; known are fp32, bf16, fp16"),
        (("--dtype", ",", "(11)*"), "--dtype: at least one of fp32"),
        (("--impl", "fla.chunky", "(11)*"), "'fla.chunky' is unknown"),
        (("--impl", ",", "(11)*"), "--impl: at least one name"),
        (("--impl", "kernel.py:nothing", "(11)*"), "AttributeError"),
        (("--suite", "large"), "'large' is unknown; there is standard"),
        (("--suite", "standard", "--task", "s6"), "'s6' is not in the suite; there are parity"),
        (("--task", "parity", "(11)*"), "give --suite standard"),
        (("--suite", "standard", "(11)*"), "give one of LANGUAGE"),
        ((), "give one of LANGUAGE"),
        (("--list", "(11)*"), "--list takes no task"),
        (("--tokens", "0", "(11)*"), "--tokens"),
        (("--seed", "-1", "(11)*"), "--seed"),
    ],
)
def test_bad_input(capsys, arguments, message):
    code, out, err = negeig(capsys, "conform", *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_every_problem_is_named_at_once(capsys):
    arguments = ("conform", "--dtype", "fp8,fp4", "--impl", "a,b", "--json", "(11)*")
    code, out, _ = negeig(capsys, *arguments)
    assert code == 2
    assert len(valid(out)["problems"]) == 4


def test_one_that_hangs_is_named_and_what_was_found_is_kept():
    import subprocess
    import sys

    command = (
        "conform --suite standard --task parity --impl negeig.cpu,kernel.py:hangs "
        "--dtype fp32 --timeout 20 --json"
    )
    done = subprocess.run([sys.executable, "-m", "negeig", *command.split()],
                          capture_output=True, text=True)  # fmt: skip
    document = json.loads(done.stdout)
    assert done.returncode == 3
    assert [r["impl"] for r in document["results"]] == ["negeig.cpu"]
    assert "it was at kernel.py:hangs, parity, fp32" in document["stopped"]
    assert "--timeout" in document["stopped"]


def test_tokens_are_the_letters_of_a_batch(capsys):
    for tokens, position in (("420", 141), ("600", 201)):
        code, out, _ = negeig(capsys, *asked("--tokens", tokens, "--json", "(11)*"))
        assert code == 0
        # Twice whole, to a multiple of 64, one row, two orders, and in pieces.
        multiple = position // 64 * 64
        assert valid(out)["results"][0]["tokens"] == 3 * (5 * position + multiple) + position


def test_the_text_is_deterministic(capsys):
    runs = {negeig(capsys, *asked("--suite", "standard"))[1] for _ in range(2)}
    assert len(runs) == 1
