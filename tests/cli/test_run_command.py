"""The command line of ``negeig run``: reports, bad input, replays, stopping and going on."""

import json
import shlex
import signal
import time

import pytest

from negeig.theory.networks.network_json import dumps
from support.command_line import begun, copied, negeig, valid
from support.kernel_networks import parity
from support.loaded import loaded_by
from support.long_runs import first_wrong_length, shrinking


@pytest.fixture
def files(tmp_path):
    """The files of a network that shrinks, and of its machine."""
    network, machine = shrinking(16)
    (tmp_path / "net.json").write_text(dumps(network))
    (tmp_path / "machine.json").write_text(
        json.dumps({
            "alphabet": list(machine.alphabet), "initial": 0,
            "transitions": machine.transitions.tolist(), "outputs": list(machine.outputs),
        })
    )  # fmt: skip
    return "--network", str(tmp_path / "net.json"), "--file", str(tmp_path / "machine.json")


def again(capsys, text):
    """Run a command that a report names; exit code and JSON."""
    name, *arguments = shlex.split(text)
    assert name == "negeig"
    code, out, _ = negeig(capsys, *arguments, "--json")
    return code, valid(out)


def test_a_run_passes(capsys):
    code, out, _ = negeig(capsys, "run", "(11)*", "--tokens", "1e4", "--json")
    document = valid(out)
    assert (code, document["verdict"], document["mismatch"]) == (0, "passed", None)
    assert [words["kind"] for words in document["words"]] == ["closure", "uniform"]
    code, out, _ = negeig(capsys, "run", "--zoo", "sym:3", "--tokens", "1_000")
    assert code == 0
    assert "passed" in out
    assert "says nothing" in out
    assert "proved" not in out


def test_a_second_run_is_light():
    """Every compiled function on its way is kept: writing of all kinds of words, and comparison.

    The task is one whose network takes few calls to find, after which numba would pay.
    """
    run = """
from negeig.cli import main
try:
    main(["run", "--zoo", "contains:aba", "--tokens", "1e5"])
except SystemExit as stop:
    assert stop.code == 0
"""
    loaded_by(run)
    loaded = loaded_by(run)
    assert "negeig.kernels.streams._letters_compiled" in loaded
    assert {"numba", "torch", "triton", "sympy"} & {
        name.partition(".")[0] for name in loaded
    } == set()


def test_a_letter_is_looked_up_before_a_network_is_searched_for(capsys, monkeypatch):
    def searched(*_, **__):
        raise AssertionError("a network was searched for")

    monkeypatch.setattr("negeig.pipeline.run.compile_language", searched)
    code, _, err = negeig(capsys, "run", "(11)*", "--word", "12")
    assert (code, "letter '2' is not in the alphabet" in err) == (2, True)


@pytest.mark.parametrize("words", ["uniform", "runs", "all", "closure", "mix", "debruijn:14"])
def test_a_mismatch_and_its_replay(capsys, files, words):
    asked = ("run", *files, "--words", words, "--tokens", "1e6", "--seed", "4")
    code, out, _ = negeig(capsys, *asked, "--json")
    document = valid(out)
    wrong = document["mismatch"]
    assert (code, document["verdict"], wrong["expected"], wrong["found"]) == (1, "refuted", 0, 1)
    assert (wrong["letter"], wrong["states"]) == ("1", [[0.0]])
    assert document["claims"][0]["mismatches"] == 1
    code, found = again(capsys, wrong["replay"])
    assert code == 1
    assert found["mismatch"]["position"] == wrong["position"]
    assert found["mismatch"]["states"] == wrong["states"]
    assert found["tokens"] <= 64  # at once
    code, out, _ = negeig(capsys, *asked)
    assert code == 1
    assert wrong["replay"] in copied(out)
    assert "expected 0, found 1" in " ".join(out.split())
    if words in ("all", "closure", "mix"):
        assert wrong["word"] == ["1"] * first_wrong_length(16)


def test_the_same_letters_whatever_the_threads(capsys, files):
    found = []
    for threads in ("1", "2", "5"):
        asked = ("run", *files, "--words", "uniform", "--tokens", "1e6", "--threads", threads)
        found.append(valid(negeig(capsys, *asked, "--json")[1])["mismatch"])
    assert found[0] == found[1] == found[2]


def test_a_network_alone_is_what_it_computes_itself(capsys, tmp_path):
    network, _ = parity()
    (tmp_path / "net.json").write_text(dumps(network))
    path = str(tmp_path / "net.json")
    code, out, _ = negeig(capsys, "run", "--network", path, "--tokens", "1000", "--json")
    assert (code, valid(out)["source"]) == (0, path)
    code, out, _ = negeig(capsys, "run", "--network", path, "--tokens", "1000", "0*(10*10*)*")
    assert code == 0
    code, out, _ = negeig(capsys, "run", "--network", path, "--tokens", "1000", "0*", "--json")
    assert (code, valid(out)["mismatch"]["word"]) == (1, ["1", "1"])


def test_an_expression_with_a_hyphen_comes_last(capsys):
    network = ("run", "--tokens", "100", "--", "-*")
    code, out, _ = negeig(capsys, *network[:1], "--json", *network[1:])
    assert (code, valid(out)["source"]) == (0, "-*")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--tokens", "0", "(11)*"), "--tokens: from 1 to"),
        (("--tokens", "-1", "(11)*"), "found -1"),
        (("--tokens", "1.5", "(11)*"), "'1.5' is no whole number such as 1000000 or 1e6"),
        (("--tokens", "15e-1", "(11)*"), "is no whole number"),
        (("--tokens", "nan", "(11)*"), "is no whole number"),
        (("--tokens", "1e999", "(11)*"), "is no whole number"),
        (("--words", "long", "(11)*"), "'long' is unknown; there are mix, all, closure"),
        (("--words", "debruijn:99", "a|b"), "expected N from 1 to 26"),
        (("--words", "uniform", "--offset", "1e19", "(11)*"), "--offset: from 0 to"),
        (("--offset", "7", "(11)*"), "--offset belongs to --words debruijn"),
        (("--word", "12", "(11)*"), "letter '2' is not in the alphabet"),
        (("--word", "1", "--rows", "3", "(11)*"), "--word says everything; leave out --rows"),
        (("--backend", "gpu", "(11)*"), "'gpu' is unknown; there are cpu"),
        (("--backend", "cpu", "--impl", "negeig.cpu", "(11)*"), "give one"),
        (("--impl", "nothing", "(11)*"), "'nothing' is unknown"),
        (("--state", "9", "--row", "0", "--words", "runs", "a|b"), "--state: expected"),
        ((), "give exactly one of a regular expression"),
    ],
)
def test_bad_input(capsys, arguments, message):
    code, out, err = negeig(capsys, "run", *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_letters_that_differ(capsys, files):
    code, _, err = negeig(capsys, "run", *files[:2], "--zoo", "parity")
    assert code == 2
    assert "the network does not read '0'; its letters are '1', 'r'" in err


LONG = (
    "--zoo",
    "parity",
    "--words",
    "uniform",
    "--tokens",
    "1e15",
    "--checkpoint",
    "kept",
    "--json",
)


def test_control_c_leaves_what_was_compared(tmp_path, capsys, monkeypatch):
    process = begun("run", *LONG, cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not (tmp_path / "kept").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    document = valid(out)
    assert (process.returncode, document["interrupted"], document["stopped"]) == (130, True, None)
    assert (document["verdict"], err) == ("open", "")
    assert 0 < document["tokens"] < 1e15
    monkeypatch.chdir(tmp_path)
    text = document["resume"].replace("--tokens 1000000000000000", "--tokens 64")
    code, _, err = negeig(capsys, *shlex.split(text)[1:])
    assert (code, "--checkpoint: it has read uniform" in err) == (2, True)  # more was read
    more = document["tokens"] + 64 * 1000
    text = document["resume"].replace("1000000000000000", str(more))
    code, found = again(capsys, text)
    assert (code, found["tokens_before"], found["tokens"]) == (0, document["tokens"], more)


def test_a_timeout_leaves_what_was_compared(tmp_path, capsys):
    process = begun("run", "--timeout", "4", *LONG, cwd=tmp_path)
    out, _ = process.communicate(timeout=120)
    document = valid(out)
    assert (process.returncode, document["interrupted"]) == (3, False)
    assert "--timeout" in document["stopped"]
    assert 0 < document["tokens"] < 1e15
    assert "--checkpoint kept" in document["resume"]
    assert (tmp_path / "kept").exists()
