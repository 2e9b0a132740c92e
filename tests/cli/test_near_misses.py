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
    "compile 11 --for deltanet": "did you mean fla.DeltaNet?",
    "compile 11 --for olmo-hybrid": "did you mean transformers.olmo_hybrid?",
    "compile 11 --for lstm": "'lstm' is unknown; known are fla.DeltaNet",
    "compile 11 --dtype bf16 -o x.safetensors": "did you mean bfloat16?",
    "compile 11 --eigenvalues 1..": "needs LOW,HIGH such as -1,1, found '1..'",
}


@pytest.mark.parametrize("line", NEAR)
def test_it_is_answered_with_what_to_type(capsys, monkeypatch, tmp_path, line):
    monkeypatch.chdir(tmp_path)
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
