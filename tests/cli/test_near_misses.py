"""What was nearly right is answered with what to type, or taken as it is meant."""

import pytest

from support.command_line import copied, negeig, valid

NEAR = {
    "check 11 --layer delta": "'delta' is no file; did you mean family=delta?",
    "check 11 --layer mamba2": "did you mean arch=mamba2?",
    "check 11 --layer family=delta,decay=0..1": "unknown key 'decay'; did you mean gate?",
    "check 11 --layer family=delta,num_householder=2": "did you mean steps?",
    "check 11 --layer family=delta,n_layers=2": "did you mean depth?",
    "check 11 --layer family=delta,foo=2": "unknown key 'foo'. The keys are arch, family",
    'check 11 --layer {"family":"delta","head_dim":2}': "did you mean dim?",
    'check 11 --layer {"family"}': "no JSON: ",
    "compile 11 --for olmo-hybrid": "did you mean transformers.olmo_hybrid?",
    "compile 11 --for fla.KimiDeltaAttention": "weights of 'fla.KimiDeltaAttention' are not "
    "written (--arch kda asks about it); known are fla.DeltaNet",
    "compile 11 --for deltanet": "'deltanet' is unknown; did you mean fla.DeltaNet? known are",
    "compile 11 --for lstm": "weights of 'lstm' are not written (--arch lstm asks about it)",
    "compile 11 --for nonsense": "'nonsense' is unknown; known are fla.DeltaNet",
    "compile 11 --dtype bf16 -o x.safetensors": "did you mean bfloat16?",
    "conform 11 --impl mine:delta --dtype fp32": "did you mean mine.py:delta?",
    "conform 11 --impl nomine:delta --dtype fp32": "No module named 'nomine'",
    "conform 11 --impl mine.py:delta --dtype bf17": "'bf17' is unknown; known are fp32, bf16",
    "check 11 --arithmetic mine.py:delta": "did you mean impl:mine.py:delta?",
    "run 11 --tokens 1e99": "letters, found 1.00e+99",
    "compile 11 --eigenvalues 1..": "needs LOW,HIGH such as -1,1, found '1..'",
}


@pytest.mark.parametrize("line", NEAR)
def test_it_is_answered_with_what_to_type(capsys, monkeypatch, tmp_path, line):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("def delta(q, k, v, beta): ...\n")
    code, out, err = negeig(capsys, *line.split(" "))
    assert (code, out) == (2, "")
    assert NEAR[line] in copied(err)


def test_a_layer_may_be_json_on_the_line_and_ranges_have_dots(capsys):
    asked = ["check", "(11)*", "--no-run", "--json", "--layer"]
    found = [
        valid(negeig(capsys, *asked, layer)[1])["layer"]["spec"]
        for layer in ('{"family": "delta", "beta": "0..2"}', "family=delta,beta=0..2")
    ]
    assert found[0] == found[1]
    made = [
        valid(negeig(capsys, "compile", "(11)*", "--json", f"--eigenvalues={ends}")[1])["layers"]
        for ends in ("-1,1", "-1..1")
    ]
    assert made[0] == made[1]


def test_formats_have_the_names_of_libraries_too(capsys):
    asked = ["conform", "(11)*", "--impl", "negeig.cpu", "--json", "--dtype"]
    results = [valid(negeig(capsys, *asked, names)[1])["results"] for names in ("float32", "fp32")]
    assert [row["dtype"] for row in results[0]] == [row["dtype"] for row in results[1]] == ["fp32"]
