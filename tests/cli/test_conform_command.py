"""``negeig conform``: exit codes, JSON held to its schema, replays, bad input, the time limit."""

import os
import shlex
import signal
import time
from pathlib import Path

import pytest

from negeig.kernels.implementation import Implementation
from negeig.kernels.registry import find, known
from negeig.pipeline.conform import conform, suite_tasks
from negeig.report.terminal.conform import conform_text
from support.command_line import begun, copied, negeig, valid

BROKEN = """
import ctypes
import os
import time
from pathlib import Path

import torch

def backwards(q, k, v, beta):
    return torch.flip(v, [1])

def works(q, k, v, beta, initial_state, scale, output_final_state):
    h, o = initial_state, []
    for t in range(q.shape[1]):
        error = v[:, t] - (h * k[:, t, :, :, None]).sum(2)
        h = h + k[:, t, :, :, None] * (beta[:, t, :, None] * error)[:, :, None]
        o.append((h * q[:, t, :, :, None]).sum(2))
    return torch.stack(o, 1), h

def prints(q, k, v, beta, initial_state, scale, output_final_state):
    os.write(1, b"a line that is no answer" * 1000)
    return works(q, k, v, beta, initial_state, scale, output_final_state)

def notes(q, k, v, beta):
    Path("started").touch()
    hangs(q, k, v, beta)

def hangs(q, k, v, beta):
    os.fork()  # and what it forked hangs too, with the same pipes
    ctypes.PyDLL(None).pause()  # in C, with the lock of the interpreter held

seen = []

def errs_and_hangs(q, k, v, beta, initial_state, scale, output_final_state):
    seen.append(1)
    if len(seen) > 2:
        hangs(q, k, v, beta)
    return works(q, k, v, beta.clamp(max=1), initial_state, scale, output_final_state)

def crashes(q, k, v, beta):
    ctypes.string_at(0)

def leaves(q, k, v, beta):
    os._exit(7)

def exits(q, k, v, beta):
    raise SystemExit(3)

def interrupts(q, k, v, beta):
    raise KeyboardInterrupt

def unprintable(q, k, v, beta):
    class Unprintable(Exception):
        def __str__(self):
            raise ValueError
    raise Unprintable

def rounds(h):  # to bf16, up or down by chance
    bits = h.contiguous().view(torch.int32)
    drawn = torch.randint(0, 1 << 16, bits.shape, dtype=torch.int32)
    return ((bits + drawn) & -65536).view(torch.float32)

def stochastic(q, k, v, beta, initial_state, scale):
    h, o = initial_state, []
    for t in range(q.shape[1]):
        error = v[:, t].float() - (h * k[:, t, :, :, None].float()).sum(2)
        h = h + k[:, t, :, :, None].float() * (beta[:, t, :, None].float() * error)[:, :, None]
        h = rounds(h)
        o.append((h * q[:, t, :, :, None].float()).sum(2))
    return torch.stack(o, 1).to(q.dtype), h

def stochastic_and_clipped(q, k, v, beta, initial_state, scale):
    return stochastic(q, k, v, beta.clamp(max=1), initial_state, scale)

def drifts(q, k, v, beta, initial_state, scale):
    o, h = stochastic(q, k, v, beta, initial_state, scale)
    return o + (torch.rand(o.shape) < 0.001).to(o.dtype) * 9, h  # wrong now and then

def orphans(q, k, v, beta):
    if os.fork() == 0:
        os.setsid()  # no group of the process that crashes, and its pipe held open
        Path("orphan").write_text(str(os.getpid()))
        time.sleep(120)
        os._exit(0)
    while not Path("orphan").exists():
        pass
    ctypes.string_at(0)
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


def test_what_it_finds_is_certified_under_what_it_recorded(capsys):
    code, _, err = negeig(capsys, *asked("(11)*", "--certificate", "c.json"))
    assert (code, "wrote 1 certificate to c.json" in err) == (0, True)
    assert negeig(capsys, "verify", "c.json")[0] == 1
    tested = "recorded,deterministic,batch_independent,split_is_whole"
    assert negeig(capsys, "verify", "c.json", "--permit", tested)[0] == 0
    code, out, _ = negeig(
        capsys, "conform", "(11)*", "--impl", "kernel.py:stochastic_and_clipped", "--dtype", "fp32",
        "--json", "--certificate", "wrong.json",
    )  # fmt: skip
    first = valid(out)["results"][0]["first_wrong"]
    assert (code, first["position"], first["word"]) == (1, 1, ["1"])
    assert negeig(capsys, "verify", "wrong.json")[0] == 1
    assert negeig(capsys, "verify", "wrong.json", "--permit", "recorded")[0] == 0


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


def test_stochastic_rounding_is_judged_by_its_outputs_and_told_of(capsys):
    impl = ("--impl", "kernel.py:stochastic", "--dtype", "bf16")
    code, out, _ = negeig(capsys, "conform", "--zoo", "sym:3", *impl, "--json")
    (row,) = valid(out)["results"]
    assert (code, row["verdict"], row["first_wrong"]) == (0, "right", None)
    assert row["assumptions"] == {
        "deterministic": False, "batch_independent": None, "split_is_whole": None,
    }  # fmt: skip
    assert row["edge_cases"]["nan"] is None
    code, out, _ = negeig(capsys, "conform", "--zoo", "sym:3", *impl)
    text = " ".join(out.split())
    told = (
        "zoo:sym:3 bf16: not deterministic: two equal calls gave other bits; judged by its outputs "
        "only; a proof is of a model: negeig precision --arithmetic bf16:acc32:sr"
    )
    assert (code, text.count(told), "depend on its batch" in text) == (0, 1, False)
    impl = ("--impl", "kernel.py:stochastic_and_clipped,kernel.py:works", "--dtype", "fp32")
    code, out, _ = negeig(capsys, "conform", "--zoo", "sym:3", *impl)
    assert code == 1
    assert "wrong zoo:sym:3 fp32 (drift" in " ".join(out.split())
    assert out.count("not deterministic") == 1, "works is"
    assert "--arithmetic F:acc32:sr" in " ".join(out.split()), "not known from its inputs"


def test_what_draws_draws_the_same_in_a_replay(capsys):
    """A kernel that is wrong by chance is wrong at the same position in its replay."""
    found = []
    for others in ("", "kernel.py:stochastic,"):  # which draw before it, in the same process
        impl = ("--impl", f"{others}kernel.py:drifts", "--dtype", "fp32")
        code, out, _ = negeig(capsys, "conform", "--zoo", "sym:3", *impl, "--json")
        row = valid(out)["results"][-1]
        assert (code, row["verdict"]) == (1, "wrong")
        found.append(row["first_wrong"])
    code, out, _ = negeig(capsys, *shlex.split(found[1]["replay"])[1:], "--json")
    found.append(valid(out)["results"][0]["first_wrong"])
    assert found[0]["position"] > 0
    assert found[0] == found[1] == found[2]


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
    commands = [result.replay(i) for i, r in enumerate(result.results) if r.verdict == "wrong"]
    assert commands
    assert all(copied(text).count(command) == 1 for command in commands)
    assert all(len(row) <= 100 for row in text.splitlines())
    notes = [row for row in text.splitlines() if row.startswith("note ")]
    rounded = [row for row in notes if "the format rounds the numbers of these networks" in row]
    assert rounded  # s5-root, whose entries no format holds
    assert "s5-root" in text.partition("drift is expected")[2].partition("edge")[0]
    exact = conform(suite_tasks("standard", ["parity"]), ["kernel.py:backwards"], dtypes=["fp32"])
    assert exact.results[0].verdict == "wrong"
    assert "drift is expected" not in conform_text(exact, 100)


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
        (("--impl", "kernel.py:nothing", "(11)*"), "no function 'nothing' in kernel.py; it has "),
        (("--impl", "nowhere.py:it", "(11)*"), "nowhere.py: there is no such file"),
        (("--suite", "large"), "'large' is unknown; there is standard"),
        (("--suite", "standard", "--task", "s6"), "'s6' is not in the suite; there are parity"),
        (("--task", "parity", "(11)*"), "give --suite standard"),
        (("--suite", "standard", "(11)*"), "give one of LANGUAGE"),
        ((), "give one of LANGUAGE"),
        (("mine.py:good", "--suite", "standard"), "a function is named by --impl mine.py:good"),
        (("--list", "(11)*"), "--list takes no task"),
        (("--list", "--certificate", "c.json"), "writes no certificate"),
        (("(11)*", "--certificate", "nowhere/c.json"), "nowhere/c.json"),
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


def command_line(arguments, **how):
    return begun("conform", *arguments.split(), **how)


def test_what_hangs_or_crashes_is_named_and_the_rest_goes_on():
    """Nothing that runs in C can be interrupted: its process is ended, with none of the others."""
    impl = ",".join(f"kernel.py:{name}" for name in ("hangs", "crashes", "leaves", "works"))
    done = command_line(
        f"--suite standard --task parity --task s3-swaps --impl {impl} --dtype fp32 --timeout 10 "
        "--jobs 2 --json"
    )
    out, err = done.communicate(timeout=180)
    document = valid(out)
    assert done.returncode == 1
    assert document["stopped"] is None
    found = {(r["impl"].split(":")[1], r["task"]): r for r in document["results"]}
    call = "in a call of 3 rows by 141 positions of dimension"
    for task, dim in (("parity", 1), ("s3-swaps", 3)):
        assert found["works", task]["verdict"] == "exact"
        hung = found["hangs", task]
        assert (hung["verdict"], hung["first_wrong"]) == ("missing", None)
        assert hung["reason"] == f"no answer within 10 seconds, {call} {dim}"
        for name, how in (
            ("crashes", "was ended by SIGSEGV"),
            ("leaves", "ended with exit code 7"),
        ):
            row = found[name, task]
            assert row["verdict"] == "wrong"
            assert row["first_wrong"]["position"] == 0
            assert row["first_wrong"]["found"] == f"its process {how}; {call} {dim}"
    assert "in crashes" in err, "the line of Python in which it crashed"


def test_what_was_wrong_before_it_hung_is_kept():
    """The first calls give false outputs, a later one nothing: that is wrong, and not missing."""
    asked = "--suite standard --task parity --impl kernel.py:errs_and_hangs --dtype fp32"
    # Both wait for the same time, one beside the other.
    done, told = (command_line(f"{asked} --timeout 10{more}") for more in (" --json", ""))
    out, _ = done.communicate(timeout=180)
    (row,) = valid(out)["results"]
    assert (done.returncode, row["verdict"], row["first_wrong"]["position"]) == (1, "wrong", 1)
    assert row["reason"].startswith("no answer within 10 seconds, in a call of 3 rows by ")
    out = " ".join(told.communicate(timeout=180)[0].split())
    found = "after one letter expected 0, found 1; the word: 1; later no answer within 10 seconds"
    assert found in out


def test_whatever_is_raised_is_named_and_ends_nothing(capsys):
    raised = {
        "exits": "SystemExit: 3",
        "interrupts": "KeyboardInterrupt",
        "unprintable": "Unprintable, whose text cannot be had: ValueError",
    }
    impl = ",".join(f"kernel.py:{name}" for name in (*raised, "works"))
    code, out, _ = negeig(capsys, "conform", "(11)*", "--impl", impl, "--dtype", "fp32", "--json")
    *rows, last = valid(out)["results"]
    assert (code, last["verdict"]) == (1, "exact")
    for row, text in zip(rows, raised.values(), strict=True):
        call = "; in a call of 3 rows by 141 positions of dimension 1"
        assert row["first_wrong"]["found"] == text + call
        assert row["first_wrong"]["position"] == 0


def test_a_process_that_ends_is_not_waited_for_while_what_it_forked_lives(capsys):
    code, out, _ = negeig(
        capsys, "conform", "(11)*", "--impl", "kernel.py:orphans", "--dtype", "fp32", "--json"
    )
    os.kill(int(Path("orphan").read_text()), signal.SIGKILL)  # it lived until now
    (row,) = valid(out)["results"]
    assert code == 1
    assert row["first_wrong"]["found"].startswith("its process was ended by SIGSEGV; in a call")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("raise SystemExit(3)", "broken.py:f: SystemExit: 3"),
        ("import os; os._exit(3)", "its process ended with exit code 3, while it was imported"),
        ("import time; time.sleep(600)", "no answer within 5 seconds, while it was imported"),
        ("raise SystemError('no')", "SystemError: no"),
    ],
)
def test_a_file_that_cannot_be_imported_is_bad_input(capsys, folder, text, message):
    (folder / "broken.py").write_text(text)
    impl = ("--impl", "broken.py:f,kernel.py:nothing", "--timeout", "5")
    code, out, err = negeig(capsys, "conform", *impl, "(11)*")
    assert (code, out) == (2, "")
    assert message in err
    assert "kernel.py:nothing" in err


def test_an_interruption_keeps_what_is_done():
    process = command_line(
        "--suite standard --task parity --impl negeig.cpu,kernel.py:notes --dtype fp32 --json"
    )
    while not Path("started").exists():  # negeig.cpu has been run before it
        time.sleep(0.05)
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=180)
    document = valid(out)
    assert process.returncode == 130
    assert [(r["impl"], r["verdict"]) for r in document["results"]] == [("negeig.cpu", "exact")]
    assert document["stopped"] == "interrupted; it was at kernel.py:notes, parity, fp32"


def test_jobs_and_what_is_printed_by_others_change_nothing(capsys):
    impl = ("--impl", "negeig.cpu,kernel.py:prints,kernel.py:works", "--dtype", "fp32", "--json")
    task = ("--suite", "standard", "--task", "parity", "--task", "s3-swaps")
    found = []
    for jobs in ("1", "3"):
        code, out, _ = negeig(capsys, "conform", *task, *impl, "--jobs", jobs)
        assert code == 0
        found.append([row | {"seconds": 0} for row in valid(out)["results"]])
        assert {row["verdict"] for row in found[0]} == {"exact"}
    assert found[0] == found[1]


def test_tokens_are_the_letters_of_a_batch(capsys):
    for tokens, position in (("420", 141), ("600", 201)):
        code, out, _ = negeig(capsys, *asked("--tokens", tokens, "--json", "(11)*"))
        assert code == 0
        # Twice whole, one letter, to a multiple of 64, one row, two orders, and in pieces.
        multiple = position // 64 * 64
        assert valid(out)["results"][0]["tokens"] == 3 * (5 * position + 1 + multiple) + position


def test_the_text_is_deterministic(capsys):
    runs = {negeig(capsys, *asked("--suite", "standard"))[1] for _ in range(2)}
    assert len(runs) == 1
