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
    # Twin: where each has sizes nothing is said.
    assert valid(negeig(capsys, *ASKED, "mamba,gla", "--json")[1])["language"]["notices"] == []


def test_where_none_has_sizes_all_are_answered_without_them(capsys):
    code, out, _ = negeig(capsys, *ASKED, "s4,gpt", "--json")
    found = valid(out)
    assert (code, found["layers"]) == (3, [])
    assert [one["verdict"] for one in found["answers"]] == ["open", "open"]
    assert found["language"]["notices"][1].endswith("the theorems are not about it")


def test_a_yes_without_sizes_says_that_it_is_for_any(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    asked = ("check", "a*b", "--no-run", "--arch", "rwkv-7")
    any_size = "in layers of any number and size"
    sized, plain = (negeig(capsys, *asked, *more)[1] for more in (("--heads", "2"), ()))
    assert sized.splitlines()[0].endswith(any_size)
    assert any_size not in plain  # twin


def test_reasons_of_an_open_answer_stand_one_by_one(capsys):
    asked = ["check", "(11)*", "--no-run", "--layer", "family=delta,beta=0..below2,depth=4"]
    (layer,) = [valid(negeig(capsys, *asked, "--json")[1])["layer"]]
    assert layer["reason"] == "; ".join(layer["reasons"])
    lines = negeig(capsys, *asked)[1].splitlines()
    marked = [line for line in lines if line.startswith(" " * 13 + "- ")]
    assert len(marked) == len(layer["reasons"]) > 2
    assert copied(marked[0]) in copied("- " + layer["reasons"][0])
