"""Sizes asked of architectures, of which some have no layer that sizes belong to."""

from support.command_line import copied, negeig, valid

ASKED = ("check", "(11)*", "--no-run", "--depth", "2", "--arch")


def test_the_others_are_answered_and_it_is_named(capsys):
    code, out, _ = negeig(capsys, *ASKED, "mamba,s4,gpt", "--json")
    found = valid(out)
    assert code == 1
    assert [layer["name"] for layer in found["layers"]] == ["Mamba"]
    assert [one["id"] for one in found["answers"]] == ["s4", "attention"]
    said = "S4, LSSL is answered for any depth and heads: its matrices are of none of the families"
    assert found["language"]["notices"][0] == said
    # Twin: where each has sizes nothing is said, and where none has, both are refused.
    assert valid(negeig(capsys, *ASKED, "mamba,gla", "--json")[1])["language"]["notices"] == []
    code, _, err = negeig(capsys, *ASKED, "s4,gpt")
    assert (code, "are of none of the families" in err, "no linear RNNs" in err) == (2, True, True)


def test_reasons_of_an_open_answer_stand_one_by_one(capsys):
    asked = ["check", "(11)*", "--no-run", "--layer", "family=delta,beta=0..below2,depth=4"]
    (layer,) = [valid(negeig(capsys, *asked, "--json")[1])["layer"]]
    assert layer["reason"] == "; ".join(layer["reasons"])
    lines = negeig(capsys, *asked)[1].splitlines()
    marked = [line for line in lines if line.startswith(" " * 13 + "- ")]
    assert len(marked) == len(layer["reasons"]) > 2
    assert copied(marked[0]) in copied("- " + layer["reasons"][0])
