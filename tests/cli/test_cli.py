"""The command line: exit codes, JSON against the schemas, messages, interruption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from support.command_line import negeig, valid


@pytest.fixture
def machine_file(tmp_path):
    path = tmp_path / "machine.json"
    path.write_text(
        '{"alphabet": ["a", "b"], "initial": 0, "transitions": [[1, null], [[0], 1]],'
        ' "accepting": [0]}'
    )
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", "(11)*"], 0),
        (["check", "--zoo", "mod:3"], 0),
        (["check", "--zoo", "sym:5"], 0),
        (["check", "(ab)*"], 0),
        (["check", "--zoo", "dyck1:4"], 0),
        (["check", "--zoo", "flipflop"], 0),
        (["check", "[]", "--alphabet", "ab"], 0),
        (["check", "a(a|b)*"], 0),
        (["check", "--zoo", "sym:5", "--max-elements", "50"], 0),  # the network is proved anyway
        (["check", "--zoo", "sym:5", "--max-closure", "2"], 3),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_check(capsys, arguments, code, as_json):
    found, out, err = negeig(capsys, *arguments, *(["--json"] if as_json else []))
    assert found == code
    assert err == ""
    if as_json:
        document = valid(out)
        assert document["verdict"] == {0: "holds", 3: "undecided"}[code]
    else:
        answer = "YES, proved for every length" if code == 0 else "OPEN"
        assert f"   {answer}" in out.splitlines()[0]


def test_check_a_file_with_a_notice(capsys, machine_file):
    code, out, _ = negeig(capsys, "check", "--file", machine_file, "--json", "--no-run")
    document = valid(out)
    assert code == 0
    assert document["language"]["alphabet"] == ["a", "b"]
    assert any("missing" in notice for notice in document["language"]["notices"])
    assert [claim["id"] for claim in document["claims"]] == ["exact", "bf16", "fp32"]


def test_check_standard_input(machine_file):
    with open(machine_file, "rb") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "negeig", "check", "--file", "-", "--json", "--no-run"],
            stdin=stream,
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0
    assert valid(done.stdout)["verdict"] == "holds"


def test_extra_arithmetics_become_claims(capsys):
    code, out, _ = negeig(
        capsys, "check", "--zoo", "sym:3", "--arithmetic", "bf16,fp32:fma,fp16:acc32", "--json"
    )
    assert code == 0
    ids = [claim["id"] for claim in valid(out)["claims"]]
    assert ids == ["exact", "bf16", "fp32:fma", "fp16:acc32", "kernel:cpu"]


def test_compile_then_precision(capsys, tmp_path):
    path = tmp_path / "network.json"
    arguments = ["compile", "--zoo", "sym:3", "--route", "permutation"]
    code, out, _ = negeig(capsys, *arguments, "--json", "-o", str(path))
    assert code == 0
    assert valid(out) == json.loads(path.read_text())
    code, out, _ = negeig(capsys, "precision", str(path), "--zoo", "sym:3", "--json")
    assert code == 0
    document = valid(out)
    assert [(r["arithmetic"], r["verdict"], r["states"]) for r in document["results"]] == [
        ("exact", "proved", 6),
        ("bf16", "proved", 6),
        ("fp32", "proved", 6),
    ]


def test_precision_refutes_with_words(capsys, tmp_path):
    """A tampered network: exit code 1, the word in the report and in the JSON."""
    path = tmp_path / "network.json"
    _, out, _ = negeig(capsys, "compile", "--zoo", "mod:3", "--route", "permutation", "--json")
    network = json.loads(out)
    network["layers"][0]["steps"]["1"][0]["key"] = ["1", "1", "0"]
    path.write_text(json.dumps(network))
    arguments = ["precision", str(path), "--zoo", "mod:3", "--arithmetic", "bf16,exact"]
    code, out, _ = negeig(capsys, *arguments, "--json")
    assert code == 1
    for row in valid(out)["results"]:
        assert row["verdict"] in ("wrong", "collision")
        assert row["words"]
    code, out, _ = negeig(capsys, *arguments)
    assert code == 1
    assert "errs on" in out or "no decoder exists" in out


def test_precision_is_open_at_a_limit(capsys, tmp_path):
    path = tmp_path / "network.json"
    negeig(capsys, "compile", "--zoo", "sym:4", "-o", str(path))
    code, out, _ = negeig(
        capsys, "precision", str(path), "--zoo", "sym:4", "--max-closure", "5", "--json"
    )
    assert code == 3
    assert {row["verdict"] for row in valid(out)["results"]} == {"open"}


def test_parameters_that_do_not_fit_are_named(capsys, tmp_path):
    path = tmp_path / "network.json"
    _, out, _ = negeig(capsys, "compile", "(11)*", "--json")
    network = json.loads(out)
    network["layers"][0]["initial"] = ["1/3"]
    path.write_text(json.dumps(network))
    arguments = ["precision", str(path), "--regex", "(11)*", "--arithmetic", "bf16"]
    code, _, err = negeig(capsys, *arguments)
    assert code == 2
    assert "initial" in err
    assert "1/3" in err
    assert "--round-parameters" in err
    code, _, _ = negeig(capsys, *arguments, "--round-parameters")
    assert code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "((a)"], r"column 1"),
        (["check", "a|"], r"column 3"),
        (["check"], "exactly one"),
        (["check", "a", "--zoo", "parity"], "exactly one"),
        (["check", "--zoo", "paritty"], "nearest"),
        (["check", "--file", "/nonexistent/machine.json"], "cannot be read"),
        (["check", "a", "--no-run", "--backend", "cpu"], "exclude"),
        (["check", "a", "--max-states", "0"], "max-states"),
        (["check", "a", "--backend", "tpu"], "unknown backend"),
        (["check", "a", "--arch", "mamba,zzzzzz"], "unknown architecture 'zzzzzz'"),
        (["precision", "-", "--machine", "-"], "standard input"),
        (["precision", "x.json"], "x.json is no file"),
        (["precision", "/nonexistent.json", "--zoo", "parity"], "nonexistent"),
        (["compare", "a"], "two languages"),
        (["monoid", "a", "-o", "x.pdf"], "'x.pdf' is of no format that is drawn: give --text"),
        (["explain", "T99"], "T99"),
        (["frobnicate"], "frobnicate"),
        (["check", "\udcff"], "UTF-8"),
    ],
)
def test_bad_input_exits_2_in_text_and_in_json(capsys, arguments, message):
    code, out, err = negeig(capsys, *arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    code, out, err = negeig(capsys, *arguments, "--json")
    assert (code, err) == (2, "")
    assert message in valid(out)["message"]


def test_a_regex_error_points_at_the_column(capsys):
    _, _, err = negeig(capsys, "check", "ab)c")
    lines = err.splitlines()
    assert lines[-1].index("^") == lines[-2].index(")")


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["check", "(a|b)*a(a|b){9}", "--max-states", "100"], "--max-states"),
        (["check", "--zoo", "sym:12"], "--max-states"),
        (["check", "--zoo", "sym:30"], "no limit is high enough"),
        (["monoid", "--zoo", "sym:5", "--elements", "--max-elements", "10"], "--max-elements"),
        (["compile", "--zoo", "sym:4", "--max-closure", "1"], "--max-closure"),
        (["monoid", "--zoo", "sym:2000"], "points of the group"),
    ],
)
def test_limits_exit_3_and_name_the_option(capsys, arguments, option):
    code, out, err = negeig(capsys, *arguments)
    assert (code, out) == (3, "")
    assert option in err
    code, out, _ = negeig(capsys, *arguments, "--json")
    assert code == 3
    assert option in valid(out)["message"]


def test_compare(capsys):
    assert negeig(capsys, "compare", "(11)*", "(11)*|1111")[0] == 0
    code, out, _ = negeig(capsys, "compare", "(11)*", "--zoo", "parity", "--json")
    assert code == 1
    assert valid(out)["word"] == ["0"]


@pytest.mark.parametrize(
    "arguments",
    [["zoo"], ["theorems"], ["explain", "t1"], ["monoid", "(ab)*"], ["monoid", "a*", "--elements"]],
)
def test_listings(capsys, arguments):
    code, out, _ = negeig(capsys, *arguments, "--json")
    assert code == 0
    valid(out)
    code, out, _ = negeig(capsys, *arguments)
    assert code == 0
    assert len(out.splitlines()) > 3


def test_help_names_every_command(capsys):
    code, out, _ = negeig(capsys, "--help")
    assert code == 0
    for command in ("check", "compile", "precision", "monoid", "compare", "zoo", "theorems"):
        assert command in out


def test_internal_errors_are_one_line(capsys, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("negeig.pipeline.check.check", broken)
    code, _, err = negeig(capsys, "check", "a")
    assert code == 4
    assert err == "negeig: internal error, please report it: ZeroDivisionError: oops\n"


def test_interruption_exits_130():
    """Ctrl-C while a compiled closure runs: it stops at once, without a traceback."""
    process = subprocess.Popen(
        [sys.executable, "-c", LONG_CLOSURE], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"exploring\n"
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert b"interrupted" in err
    assert out == b""


# A shell that starts the tests in the background has SIGINT ignored, and children inherit that.
LONG_CLOSURE = """
import signal
import negeig.pipeline.check as pipeline
from negeig.cli import main

signal.signal(signal.SIGINT, signal.default_int_handler)

def endless(*arguments, **options):
    print("exploring", flush=True)
    while True:
        found = original(*arguments, **options)

original = pipeline.check
pipeline.check = endless
main(["check", "--zoo", "sym:5"])
"""


def test_a_closed_pipe_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m negeig monoid --zoo sym:5 --elements | head -1",
        shell=True,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert done.returncode == 0
    assert done.stderr == b""


def test_output_is_written_whole_or_not_at_all(capsys, tmp_path):
    code, _, err = negeig(capsys, "compile", "(11)*", "-o", str(tmp_path / "no" / "net.json"))
    assert code == 2
    assert "cannot be written" in err
    assert list(tmp_path.iterdir()) == []


def shell(command, **environment):
    """Run a shell line in which negeig stands for this very program."""
    command = command.replace("negeig", f"{sys.executable} -m negeig")
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.parametrize("seconds", ["0", "0.05", "0.3", "0.6"])
def test_a_timeout_stops_whatever_runs(seconds):
    """Also inside imports and compiled code: exit code 3, said so, with what is proved if any."""
    done = shell(f"negeig check --zoo sym:8 --json --timeout {seconds}")
    assert done.returncode == 3
    assert done.stderr == ""
    document = valid(done.stdout)
    assert "--timeout" in document.get("message", "".join(document.get("undecided_because", [])))


def test_a_timeout_that_is_not_reached_changes_nothing():
    plain, timed = (
        json.loads(shell(f"negeig check '(11)*' --no-run --json {option}").stdout)
        for option in ("", "--timeout 100")
    )
    for document in (plain, timed):
        for claim in document["claims"]:
            del claim["seconds"]
    assert plain == timed
    assert shell("negeig check 'a|' --timeout 100").returncode == 2
    assert shell("negeig check a --timeout nan").returncode == 2


def test_a_full_disk_is_an_error():
    done = shell("negeig check '(11)*' --no-run > /dev/full")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert shell("negeig compile '(11)*' -o /dev/full").returncode == 2
    assert not os.path.isfile("/dev/full")


def test_closed_streams_are_no_error():
    assert shell("negeig check '(11)*' --no-run >&-").returncode == 0
    assert shell("negeig check 'a|' 2>&-").returncode == 2


def test_control_characters_do_not_reach_the_terminal(tmp_path):
    path = tmp_path / "machine.json"
    path.write_text(json.dumps(
        {"alphabet": ["\u001b[31m", "\n"], "initial": 0, "transitions": [[0, 1], [1, 0]],
         "accepting": [1]}
    ))  # fmt: skip
    for command in ("check", "monoid", "compile"):
        done = shell(f"negeig {command} --file {path}")
        assert done.returncode == 0
        assert "\x1b[" not in done.stdout


def test_rounded_parameters_are_named(capsys, tmp_path):
    path = tmp_path / "network.json"
    _, out, _ = negeig(capsys, "compile", "(11)*", "--json")
    network = json.loads(out)
    network["layers"][0]["initial"] = ["1/3"]
    path.write_text(json.dumps(network))
    arguments = ["precision", str(path), "--regex", "(11)*", "--arithmetic", "bf16"]
    code, out, _ = negeig(capsys, *arguments, "--round-parameters", "--json")
    assert code == 0
    assert any("1/3" in notice for notice in valid(out)["notices"])


def test_convert_and_pictures(capsys, tmp_path):
    """Every format gives back the same machine; every picture is written."""
    for extension in ("json", "dot", "jff", "fsm", "mata"):
        path = tmp_path / f"machine.{extension}"
        code, _, _ = negeig(capsys, "convert", "a(ab)*b", "--minimal", "-o", str(path))
        assert code == 0
        assert negeig(capsys, "compare", "a(ab)*b", "--file", str(path))[0] == 0
    for what in ("machine", "eggbox", "cayley", "left-cayley", "decomposition"):
        code, out, _ = negeig(capsys, "monoid", "(ab)*", "--svg", "--picture", what)
        assert code == 0
        assert out.lstrip().startswith(("<svg", "<?xml"))
        code, out, _ = negeig(capsys, "monoid", "(ab)*", "--dot", "--picture", what)
        assert code == 0
        assert out.startswith("digraph")
    assert negeig(capsys, "monoid", "(ab)*", "--text", "--picture", "cayley")[0] == 2
    code, out, _ = negeig(capsys, "monoid", "--zoo", "sym:5", "--max-elements", "10", "--json")
    assert code == 0
    assert valid(out)["monoid"]["size"] == 120


@pytest.mark.parametrize(
    ("name", "order", "solvable"),
    [
        ("sym:20", 2432902008176640000, False),
        ("alt:12", 239500800, False),
        ("dihedral:800", 1600, True),
    ],
)
def test_large_word_problems_are_classified_from_their_generators(capsys, name, order, solvable):
    code, out, _ = negeig(capsys, "monoid", "--zoo", name, "--json", "--max-states", "1000")
    document = valid(out)
    assert code == 0
    assert document["machine"] is None
    monoid = document["monoid"]
    assert (monoid["size"], monoid["is_group"], monoid["is_solvable"]) == (order, True, solvable)
    assert negeig(capsys, "monoid", "--zoo", name, "--max-states", "1000")[0] == 0


def test_word_problems_from_generators_agree_with_their_machines(capsys):
    for name in ("sym:4", "sym:4:swaps", "sym:4:adjacent", "alt:5", "dihedral:6"):
        _, built, _ = negeig(capsys, "monoid", "--zoo", name, "--json")
        _, classified, _ = negeig(capsys, "monoid", "--zoo", name, "--json", "--max-states", "2")
        assert json.loads(classified)["machine"] is None
        assert json.loads(built)["monoid"] == json.loads(classified)["monoid"]


def test_long_machines_are_described_without_a_decomposition(capsys):
    code, out, _ = negeig(capsys, "monoid", "a{900}", "--json")
    decomposition = valid(out)["decomposition"]
    assert code == 0
    assert decomposition["levels"] is None
    assert "not tried" in decomposition["reason"]


def test_names_of_arithmetics_in_any_case(capsys):
    code, out, _ = negeig(
        capsys, "check", "--no-run", "--json", "--arithmetic", "BF16,Exact", "(11)*"
    )
    assert (code, [claim["id"] for claim in valid(out)["claims"]]) == (0, ["exact", "bf16"])


def test_a_misspelt_command_is_guessed(capsys):
    code, _, err = negeig(capsys, "chec", "a")
    assert code == 2
    assert "Did you mean 'check'?" in err


@pytest.mark.parametrize("module", ["negeig", "negeig.cli"])
def test_the_program_is_a_module(module):
    run = subprocess.run(
        [sys.executable, "-m", module, "--version"], capture_output=True, text=True
    )
    assert run.stdout.startswith("negeig, version"), run.stderr
