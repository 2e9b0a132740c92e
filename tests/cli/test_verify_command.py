"""``negeig verify``, and the option ``--certificate`` of the commands that prove."""

import gzip
import json
import re
import subprocess
import sys

import pytest

from negeig.proofs_checks import checker
from support.command_line import negeig, valid

ONES = ",".join(['"1"'] * 50)


def written(capsys, tmp_path, *arguments, name="c.json"):
    path = str(tmp_path / name)
    code, _, err = negeig(capsys, *arguments, "--certificate", path)
    return code, path, err


def verified(capsys, path, *more):
    code, out, _ = negeig(capsys, "verify", path, "--json", *more)
    document = valid(out)
    return code, [row["verdict"] for row in document["certificates"]], document


@pytest.mark.parametrize("language", [["(11)*"], ["a*b"], ["--zoo", "flipflop"]])
def test_what_check_proves_is_verified(capsys, tmp_path, language):
    code, path, err = written(capsys, tmp_path, "check", *language)
    assert code == 0
    assert "wrote" in err
    assert "kernel:cpu: a run on words is no proof" in err  # what has no certificate is said
    code, verdicts, document = verified(capsys, path)
    assert (code, set(verdicts)) == (0, {"VERIFIED"})
    assert len(verdicts) >= 3
    labels = {told["label"] for row in document["certificates"] for told in row["told"]}
    assert {"claim", "task", "arithmetic", "evidence", "sha256"} <= labels


def test_compile_precision_and_collide_write_them_too(capsys, tmp_path):
    network = str(tmp_path / "net.json")
    _, path, _ = written(capsys, tmp_path, "compile", "--zoo", "sym:3", "-o", network)
    assert verified(capsys, path)[0] == 0
    arguments = ["precision", network, "--zoo", "sym:3", "--arithmetic", "exact,fp32,e4m3fn"]
    code, path, _ = written(capsys, tmp_path, *arguments, "--round-parameters", name="p.json.gz")
    assert code == 1
    with gzip.open(path, "rt") as file:
        kinds = [json.loads(line)["kind"] for line in file if line.startswith("{")]
    assert kinds[:2] == ["closure", "closure"]
    assert kinds[2] in ("word", "collision")
    code, verdicts, _ = verified(capsys, path)
    assert (code, verdicts) == (0, ["VERIFIED"] * 3)
    shrinking = {
        "schema": "negeig.network/1", "alphabet": ["0", "1"], "field": None, "empty": 1,
        "layers": [{
            "alphabet": ["0", "1"], "dim": 1, "initial": ["1"], "codes": [["1"], ["-1"]],
            "steps": {"0": [], "1": [{"matrix": [["1/2"]], "bias": ["0"]}]},
            "emit": [["even", "even"], ["odd", "odd"]],
        }],
        "outputs": {"even": 1, "odd": 0},
    }  # fmt: skip
    (tmp_path / "half.json").write_text(json.dumps(shrinking))
    arguments = ["collide", str(tmp_path / "half.json"), "--zoo", "parity"]
    code, path, _ = written(capsys, tmp_path, *arguments, name="k.json")
    assert code == 1
    assert verified(capsys, path)[:2] == (0, ["VERIFIED"])


@pytest.mark.parametrize(
    ("languages", "code", "kind"),
    [
        (["(ab)*", "(ab|abab)*"], 0, "equivalence"),
        (["(11)*", "--zoo", "parity"], 1, "inequivalence"),
    ],
)
def test_compare_writes_what_shows_it(capsys, tmp_path, languages, code, kind):
    found, path, err = written(capsys, tmp_path, "compare", *languages)
    assert (found, "wrote 1 certificate" in err) == (code, True)
    assert json.loads((tmp_path / "c.json").read_text().splitlines()[0])["kind"] == kind
    assert verified(capsys, path)[:2] == (0, ["VERIFIED"])


def test_what_no_order_rounds_is_named_and_has_no_other_form(capsys, tmp_path):
    network, path = str(tmp_path / "net.json"), str(tmp_path / "c.json")
    negeig(capsys, "compile", "--zoo", "flipflop", "-o", network)
    asked = ["--zoo", "flipflop", "--arithmetic", "any-order:bf16", "--certificate", path]
    assert negeig(capsys, "precision", network, *asked)[0] == 0
    code, out, _ = negeig(capsys, "verify", path)
    assert (code, "arithmetic   any-order:bf16" in out) == (0, True)
    code, out, _ = negeig(capsys, "verify", path, "--smt", str(tmp_path / "c.smt2"), "--json")
    assert [row["verdict"] for row in valid(out)["others"]] == ["NO FORM"]


def test_steps_are_an_option_and_named_where_they_are_too_few(capsys, tmp_path, monkeypatch):
    _, path, _ = written(capsys, tmp_path, "check", "(11)*", "--no-run")
    assert verified(capsys, path, "--steps", "1")[0] == 0  # each byte is worth more than it takes
    monkeypatch.setattr(checker, "STEPS_PER_BYTE", 0)
    code, _, document = verified(capsys, path, "--steps", "1")
    assert (code, "raise --steps" in document["certificates"][-1]["reason"]) == (2, True)
    assert verified(capsys, path, "--steps", "1000000")[0] == 0


def test_it_says_what_the_file_says_word_by_word(capsys, tmp_path):
    _, path, _ = written(capsys, tmp_path, "check", "(11)*", "--no-run")
    for change in ("", '"3ff0000000000000"'):
        if change:
            text = (tmp_path / "c.json").read_text()
            (tmp_path / "c.json").write_text(
                text.replace('["bff0000000000000"]', '["bff0000000000001"]', 1)
            )
        code, out, _ = negeig(capsys, "verify", path)
        other = subprocess.run(
            [sys.executable, checker.__file__, path], capture_output=True, text=True, check=False
        )
        assert code == other.returncode == (1 if change else 0)
        said = "".join(line for line in other.stdout.splitlines(True) if "{" not in line)
        assert set(re.findall(r"[\w'.-]+", said)) <= set(re.findall(r"[\w'.-]+", out))
        assert "{" not in out
        if not change:  # arithmetics by name, where the file has their fields
            assert re.findall(r"^arithmetic +(.+)$", out, re.MULTILINE) == ["exact", "bf16", "fp32"]


def test_the_first_line_answers_and_lines_fit(capsys, tmp_path, monkeypatch):
    written(capsys, tmp_path, "check", "(11)*", "--no-run")
    monkeypatch.chdir(tmp_path)
    for columns in (80, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        out = negeig(capsys, "verify", "c.json")[1].splitlines()
        assert out[0] == "c.json   five certificates read   VERIFIED"
        assert [line for line in out if len(line) > columns] == []
    text = (tmp_path / "c.json").read_text()
    (tmp_path / "c.json").write_text(
        text.replace('["bff0000000000000"]', '["bff0000000000001"]', 1)
    )
    code, out, _ = negeig(capsys, "verify", "c.json")
    assert (code, out.splitlines()[0]) == (1, "c.json   two certificates read   NOT VERIFIED")
    assert "\nNOT VERIFIED certificate 2: state 0, letter 1: " in out
    (tmp_path / "c.json").write_text("{}\n")
    code, out, _ = negeig(capsys, "verify", "c.json")
    assert (code, out.splitlines()[0]) == (2, "c.json   no certificates read   MALFORMED")


def test_permitted_assumptions_are_named(capsys, tmp_path):
    _, path, _ = written(capsys, tmp_path, "check", "(11)*", "--no-run")
    text = (tmp_path / "c.json").read_text().splitlines()
    header = json.loads(text[0])
    header["assumptions"] = [{"id": "same", "statement": "the same inputs give the same bits"}]
    rows = text[1 : 1 + 4]
    (tmp_path / "c.json").write_text("\n".join([checker.text_of(header), *rows, ""]))
    assert verified(capsys, path)[:2] == (1, ["NOT VERIFIED"])
    assert verified(capsys, path, "--permit", "other")[0] == 1
    assert verified(capsys, path, "--permit", "other,same")[:2] == (0, ["VERIFIED"])


def test_whatever_an_assumption_is_called_it_is_no_arithmetic(capsys, tmp_path):
    _, path, _ = written(capsys, tmp_path, "compile", "(11)*")
    assumed = '"assumptions":[{"id":"{same","statement":"these bits"}]'
    text = (tmp_path / "c.json").read_text()
    (tmp_path / "c.json").write_text(text.replace('"assumptions":[]', assumed, 1))
    for more, expected in (((), 1), (("--permit", "{same"), 0)):
        code, out, _ = negeig(capsys, "verify", path, *more)
        assert (code, "{same: these bits" in out) == (expected, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["compare", "(11)*", "(1)*"], '["1"], length 1: outputs 0 and 1'),
        (["compare", "1{50}", "1{51}"], f"[{ONES[:59]}, length 50: outputs 1 and 0"),
        (["check", "(11)*", "--no-run"], 'from 0 on: prefix [], suffix [], word ["1"]'),
    ],
)
def test_words_that_claims_are_about_are_told(capsys, tmp_path, monkeypatch, arguments, told):
    monkeypatch.setenv("COLUMNS", "200")
    _, path, _ = written(capsys, tmp_path, *arguments)
    out = negeig(capsys, "verify", path)[1]
    assert told in out


def test_a_word_on_which_a_network_errs_is_told(capsys, tmp_path):
    network = str(tmp_path / "parity.json")
    negeig(capsys, "compile", "(11)*", "-o", network)
    _, path, _ = written(capsys, tmp_path, "precision", network, "1*")
    assert '["1"], length 1: the network\'s is 0, not 1' in negeig(capsys, "verify", path)[1]


@pytest.mark.parametrize("command", ["check", "compile"])
def test_a_path_that_cannot_be_written_is_refused_before_the_work(capsys, tmp_path, command):
    for path in (tmp_path, tmp_path / "none" / "c.json"):
        code, out, err = negeig(capsys, command, "--zoo", "sym:5", "--certificate", str(path))
        assert (code, out) == (2, "")
        assert str(path) in err


def test_an_existing_file_is_replaced_by_a_complete_one_only(capsys, tmp_path, monkeypatch):
    from negeig.proofs_checks.certificate import Certificate

    path = tmp_path / "c.json"
    path.write_text("old")

    def broken(self):
        yield "half"
        raise KeyboardInterrupt

    monkeypatch.setattr(Certificate, "lines", broken)
    code, _, _ = negeig(capsys, "check", "(11)*", "--no-run", "--certificate", str(path))
    assert code == 130
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["c.json"]


def test_a_file_that_is_not_there_is_bad_input(capsys, tmp_path):
    code, out, err = negeig(capsys, "verify", str(tmp_path / "none"))
    assert (code, out) == (2, "")
    assert "cannot be read" in err
