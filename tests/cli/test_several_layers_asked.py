"""Several layers of one's own side by side, in an answer, in Python and on a page."""

import pytest

import negeig as api
from negeig.claims import InputError
from support.command_line import negeig, valid

FEW, WIDE = "family=delta,beta=0..1", "family=delta,beta=0..2"
BOTH = ("(11)*", "--no-run", "--layer", FEW, "--layer", WIDE)


def test_each_has_a_number_and_its_answer(capsys):
    code, out, _ = negeig(capsys, "check", *BOTH, "--json")
    found = valid(out)
    assert (code, found["layer"]) == (1, None)
    said = [(one["name"], one["verdict"]) for one in found["layers"]]
    assert said == [("layer 1", "impossible"), ("layer 2", "possible")]
    # Twin: one alone is called as before.
    alone = valid(negeig(capsys, "check", *BOTH[:-2], "--json")[1])
    assert alone["layer"]["name"] == "my layer"


def test_in_python_it_is_a_list():
    found = api.check("(11)*", layer=[FEW, {"family": "delta", "beta": [0, 2]}], backends=())
    assert [one.verdict for one in found.layers] == ["impossible", "possible"]


def test_a_page_has_the_answers_and_what_was_read(capsys, tmp_path):
    path = tmp_path / "page.html"
    code, out, _ = negeig(capsys, "report", *BOTH, "--depth", "4", "-o", str(path))
    assert (code, out.endswith("NO for layer 1; YES for layer 2\n")) == (1, True)
    page = path.read_text()
    assert "layer 2: family=delta, beta=0..2" in page
    shown = page.replace("</span> <span>", " ")
    assert f"--layer {FEW} --layer {WIDE} --depth 4" in shown


@pytest.mark.parametrize("wrong", [[FEW, "family=x"], ["family=x"], [3], ({},)])
def test_what_is_no_layer_is_refused(wrong):
    with pytest.raises(InputError):
        api.check("(11)*", layer=wrong, backends=())
