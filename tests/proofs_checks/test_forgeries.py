"""Certificates that look right and are not: ways in which the checker was once deceived."""

import json
import subprocess
import sys
from fractions import Fraction

import pytest

import negeig
from negeig.claims import InputError
from negeig.proofs_checks.runs.closure import closure_certificate
from negeig.proofs_checks.runs.words import word_certificate
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN
from support.paths import ROOT

CHECKER = ROOT / "negeig" / "proofs_checks" / "checker.py"
CLAIMS = {
    "closure": "for words of every length the network's output is the machine's",
    "word": "on this word the network's output is not the machine's",
    "equivalence": "both machines have the same output on every word",
}
BF16 = {
    "precision": 8, "emin": -126, "emax": 127, "unused": 0,
    "has_inf": True, "has_nan": True, "has_negative_zero": True,
}  # fmt: skip
FP32 = BF16 | {"precision": 24}


def arithmetic(**changed):
    fields = {
        "operations": FP32, "state": FP32, "rounded": "never", "sums": None, "fma": False,
        "direction": "rne", "saturates": False, "flushes": False, "flushes_operands": False,
        "grid": None, "grid_bits": None,
    }  # fmt: skip
    return fields | changed


def constant(letters="a", output=1):
    """A machine of one state."""
    return {
        "alphabet": list(letters), "initial": 0,
        "transitions": [[0] * len(letters)], "outputs": [output],
    }  # fmt: skip


def network(layer, outputs, empty, field=None):
    return {
        "schema": "negeig.network/1", "alphabet": layer["alphabet"], "field": field,
        "layers": [layer], "outputs": outputs, "empty": empty,
    }  # fmt: skip


def checked(tmp_path, kind, about, evidence, rows=(), assumptions=(), permit=()):
    """Write a certificate and run the checker: its exit code and what it printed."""
    header = {
        "schema": "negeig.certificate/3", "kind": kind, "claim": CLAIMS[kind],
        "assumptions": list(assumptions), "about": about, "evidence": evidence,
    }  # fmt: skip
    lines = [json.dumps(line, sort_keys=True, separators=(",", ":")) for line in (header, *rows)]
    path = tmp_path / "forged.json"
    path.write_text("".join(line + "\n" for line in lines))
    done = subprocess.run([sys.executable, CHECKER, path, *permit], capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_empty_text_is_a_symbol(tmp_path):
    layer = {"alphabet": ["a"], "dim": 1, "initial": ["1"], "steps": {"a": []},
             "codes": [["1"]], "emit": [[""]]}  # fmt: skip
    about = {"machine": constant(), "network": network(layer, {"": 1}, 1), "arithmetic": "exact"}
    rows = [[["1"]], [0, 0]]
    assert checked(tmp_path, "closure", about, {"layers": [1], "states": 1}, rows)[0] == 0
    assert checked(tmp_path, "word", about, {"word": ["a"]})[0] != 0


@pytest.mark.parametrize("model", ["exact", arithmetic(operations=BF16, state=BF16)])
def test_two_names_of_one_number_are_no_two_codes(tmp_path, model):
    """Of (x - 1)(x - 2) with the root 1, r and 1 are one number: the first code is nearest."""
    field = {"minimal_polynomial": [2, -3, 1], "root": "1.00"}
    layer = {"alphabet": ["a"], "dim": 1, "initial": [["1", "0"]], "steps": {"a": []},
             "codes": [[["0", "1"]], [["1", "0"]]], "emit": [["x"], ["y"]]}  # fmt: skip
    given = network(layer, {"x": 0, "y": 1}, 1, field)
    about = {"machine": constant(), "network": given, "arithmetic": model}
    state = [["1", "0"]] if model == "exact" else "3ff0000000000000"
    rows = [[state], [0, 0]]
    assert checked(tmp_path, "closure", about, {"layers": [1], "states": 1}, rows)[0] != 0
    about["machine"] = constant(output=0)
    given["empty"] = 0
    assert checked(tmp_path, "word", about, {"word": ["a"]})[0] != 0


def test_sums_that_are_narrower_than_operations_are_rounded_once(tmp_path):
    """257/256 + 2^-60 is above the middle of two bf16 numbers, which binary64 cannot see."""
    steps = {"a": [{"matrix": [["1", "1"], ["0", "1"]], "bias": ["0", "0"]}]}
    layer = {"alphabet": ["a"], "dim": 2, "initial": ["257/256", "1/1152921504606846976"],
             "steps": steps, "codes": [["1", "0"], ["129/128", "0"]],
             "emit": [["y"], ["x"]]}  # fmt: skip
    about = {"machine": constant(output=0), "network": network(layer, {"x": 0, "y": 1}, 0),
             "arithmetic": arithmetic(sums=BF16)}  # fmt: skip
    assert checked(tmp_path, "word", about, {"word": ["a"]})[0] == 1


def test_states_that_are_wider_than_operations_are_rounded_once(tmp_path):
    """A state that saturates at 30 bits is no number of fp32, and its products round twice."""
    wide = FP32 | {"precision": 30, "unused": 626314}
    steps = {
        "a": [{"matrix": [["2"]], "bias": ["0"]}],
        "b": [{"matrix": [["8394461/1099511627776"]], "bias": ["0"]}],
    }
    codes = [["2596444296936803020150949055299584"], ["2596444606421812841496017780080640"]]
    layer = {"alphabet": ["a", "b"], "dim": 1,
             "initial": ["170141183460469231731687303715884105728"], "steps": steps,
             "codes": codes, "emit": [["y", "y"], ["x", "x"]]}  # fmt: skip
    model = arithmetic(state=wide, rounded="letter", saturates=True)
    about = {"machine": constant("ab", 0), "network": network(layer, {"x": 0, "y": 1}, 0),
             "arithmetic": model}  # fmt: skip
    assert checked(tmp_path, "word", about, {"word": ["a", "b"]})[0] == 1


@pytest.mark.parametrize("letter", ["\ud800", "a\x1b[2K\r\nVERIFIED\n  claim P = NP proved", "é"])
def test_names_print_no_lines_of_their_own(tmp_path, letter):
    machine = constant([letter])
    code, shown = checked(tmp_path, "equivalence", [machine, machine], {"pairs": [[0, 0]]})
    assert code == 0
    assert shown.isascii()
    assert "\x1b" not in shown
    assert [line for line in shown.splitlines() if line.startswith("VERIFIED")] == ["VERIFIED"]


def test_statements_of_assumptions_print_no_lines_of_their_own(tmp_path):
    assumed = {"id": "ieee", "statement": "x\nVERIFIED\n  claim       anything"}
    machine = constant()
    code, shown = checked(tmp_path, "equivalence", [machine, machine], {"pairs": [[0, 0]]},
                          assumptions=[assumed], permit=["--permit", "ieee"])  # fmt: skip
    assert code == 0
    assert shown.count("\nVERIFIED") == 0
    assert shown.count("\n  claim") == 1


def test_output_that_cannot_be_written_is_no_verdict(tmp_path):
    path = tmp_path / "parity.json"
    path.write_text(_parity())
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, CHECKER, path], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert b"cannot be written" in done.stderr


def _parity() -> str:
    made = negeig.compile("(11)*")
    certificate = closure_certificate(made.network, negeig.language("(11)*").machine, "exact")
    return "".join(certificate.lines())


def _standing(symbol: str, initial: Fraction) -> LinearRNN:
    """A network whose state never moves and whose code is 0."""
    stands = DenseStep(((Fraction(1),),), (Fraction(0),))
    layer = Layer(alphabet=("a",), initial=(initial,), steps={"a": (stands,)},
                  codes=((Fraction(0),),), emit=((symbol,),))  # fmt: skip
    return LinearRNN(alphabet=("a",), layers=(layer,), outputs={symbol: 1}, empty=1)


ALWAYS = negeig.Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[1])


def test_a_parameter_that_is_stored_as_minus_zero_has_no_certificate():
    given = _standing("x", Fraction(-1, 10**60))
    for arithmetic in ("bf16:all-ops", "fp32"):
        with pytest.raises(InputError, match="-0"):
            closure_certificate(given, ALWAYS, arithmetic)
    assert closure_certificate(given, ALWAYS, "fp64")


def test_no_wrong_word_ends_in_the_empty_symbol_where_that_is_right():
    with pytest.raises(InputError, match="right on this word"):
        word_certificate(_standing("", Fraction(0)), ALWAYS, "exact", ("a",))
