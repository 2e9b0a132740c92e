"""``negeig kernel``: one page of a compiled kernel's arithmetic, as text and as JSON."""

import json
import sys
from dataclasses import replace
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from negeig.cli.program import main
from negeig.kernels.compiled_step import compiled_step
from negeig.pipeline.kernel import Contraction


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["kernel", *arguments])
    out = capsys.readouterr()
    return stopped.value.code, out.out, out.err


def document(capsys, *arguments):
    code, out, _ = run(capsys, *arguments, "--json")
    found = json.loads(out)
    schema = files("negeig") / "pipeline" / "schemas" / "kernel.json"
    Draft202012Validator(json.loads(schema.read_text())).validate(found)
    return code, found


def test_a_page_says_what_the_kernel_computes(capsys):
    code, found = document(capsys, "--zoo", "sym:3")
    (page,) = found["kernels"]
    assert (code, page["implementation"], page["dimension"]) == (0, "triton@sm_90", 2)
    assert page["formula"] == [
        "t = ((k0*h0 + k1*h1) - v)*beta", "h0' = h0 - t*k0", "h1' = h1 - t*k1",
    ]  # fmt: skip
    kernel = page["kernel"]
    assert (kernel["name"], kernel["target"], kernel["warps"]) == ("run_words", "sm_90", 1)
    assert kernel["constants"]["DIM"] == "2"
    assert kernel["fusion"] is page["race"] is False
    kinds = kernel["ptx"]["kinds"]
    assert kernel["contraction"]["fma"] == 0 == kinds.get("fma f32", 0)
    copies = kernel["contraction"]["copies"]
    assert kernel["sass"]["FMUL"] == copies * kinds["mul f32"]
    assert "FFMA" not in kernel["sass"]
    assert sum(kernel["ptx"]["opcodes"].values()) == sum(kinds.values())
    assert 0 < kernel["registers"] < 255
    assert kernel["spilled"] == kernel["stack"] == 0


def test_the_text_has_the_formula_last_and_one_page_each(capsys):
    code, out, _ = run(capsys, "--zoo", "sym:3", "--impl", "triton@sm_80,triton@sm_90")
    assert code == 0
    assert out.count("t = ((k0*h0 + k1*h1) - v)*beta") == 2
    assert [line.split()[-1] for line in out.splitlines() if line.startswith("kernel ")] == [
        "sm_80", "sm_90",
    ]  # fmt: skip
    assert "no fma in the PTX; ptxas could contract nothing" in out
    assert out.splitlines()[-1].strip() == "h1' = h1 - t*k1"


def test_bad_input_is_named(capsys):
    code, _, err = run(capsys, "parity", "--impl", "triton@sm_70,negeig.cpu")
    assert code == 2
    assert "'triton@sm_70' is no compiled kernel; there are triton@sm_80, triton@sm_90" in err
    assert "'negeig.cpu'" in err
    assert run(capsys)[0] == 2
    code, out, _ = run(capsys, "(11)*", "--impl", "fla.nothing@sm_90", "--json")
    assert (code, json.loads(out)["code"]) == (2, "unknown-implementation")


def test_a_network_that_no_delta_rule_expresses_has_no_kernel(capsys):
    code, _, err = run(capsys, "[ab]*")
    assert code == 3
    assert "no kernel for this network" in err


def test_what_an_interface_cannot_express_is_said(capsys, monkeypatch):
    monkeypatch.setattr("negeig.kernels.positions.needs", lambda network: ["decay"])
    impl = "fla.fused_recurrent_kda@sm_90,triton@sm_90"
    code, found = document(capsys, "--zoo", "sym:3", "--impl", impl)
    theirs, ours = found["kernels"]
    assert (code, theirs["kernel"]) == (3, None)
    assert theirs["reason"].startswith("no kernel for this layer: it takes the logarithm")
    assert ours["kernel"]["constants"]["DENSE"] == "True"
    assert ours["formula"][0] == "t1 = decay*h0 + h1*0"


def test_every_kernel_of_a_step_has_a_page(capsys, monkeypatch):
    def twice(name, dim, **others):
        step = compiled_step(name, dim, **others)
        return replace(step, launches=step.launches * 2, formula=(), reason="several")

    monkeypatch.setattr("negeig.kernels.compiled_step.compiled_step", twice)
    code, found = document(capsys, "--zoo", "sym:3")
    assert (code, len(found["kernels"])) == (0, 2)
    assert {page["reason"] for page in found["kernels"]} == {"several"}


def test_without_triton_the_command_says_what_to_install(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "triton", None)
    monkeypatch.setattr("negeig.kernels.implementation._version", lambda name: None)
    code, found = document(capsys, "--zoo", "sym:3")
    (page,) = found["kernels"]
    assert (code, page["kernel"], page["formula"]) == (3, None, None)
    assert "pip install" in page["reason"]
    code, out, _ = run(capsys, "--zoo", "sym:3")
    assert code == 3
    assert "missing" in out


CONCLUSIONS = {
    (0, 0, 1): "no fma in the PTX; ptxas could contract nothing",
    (3, 0, None): "3 fma in the PTX; ptxas could contract nothing",
    (0, 2, 1): "ptxas could contract 2 pairs and did not: the counts agree",
    (0, 2, None): "ptxas could contract 2 pairs, and the counts do not exclude it",
    (0, 0, 1, 8): "no fma in the PTX, 8 products of matrices, whose order of sums is the "
    "hardware's; ptxas",
}


@pytest.mark.parametrize(("counts", "text"), CONCLUSIONS.items())
def test_what_follows_about_contraction(counts, text):
    fused, left, copies, *matrices = counts
    found = Contraction(fused=fused, left=left, copies=copies, matrices=sum(matrices))
    assert text in found.conclusion
