"""The page of ``negeig report``: whole, escaped, and its tables those of the machine."""

import base64
import json
import re
import subprocess
import sys

import numpy as np
import pytest

from negeig.automata.language import Language, Source
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.pipeline.parts.check_options import CheckOptions
from negeig.pipeline.report import MOST_LANGUAGES, ReportResult, report
from negeig.proofs_checks import checker
from negeig.report.html import certificates
from negeig.report.html.page import page
from negeig.report.html.rows import command_text
from negeig.report.html.stepper import shown, stepper_data
from negeig.theory.closure.state_graph import BEYOND
from negeig.theory.constructions.direct.scalar import construct

QUIET = CheckOptions(backends=())
SEED = 20260

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><!--",
    "\u202eabc",
    "{{ 7*7 }}",
    "\"'&<b>",
    "x" * 10_000,
    "\x00\x1b[31m\x07",
    "\ud800half",
]


@pytest.fixture(autouse=True)
def one_format(monkeypatch):
    """Lengths are searched in one format only, of few states: the page is what is looked at."""
    monkeypatch.setattr("negeig.pipeline.report.FORMATS", ("e5m2",))
    monkeypatch.setattr("negeig.pipeline.report.STATES", 200)


def made(*languages):
    return page(report(languages, QUIET))


def tables(html):
    """The JSON that the page's script reads, one for each language."""
    found = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)
    return [json.loads(text) for text in found]


@pytest.mark.parametrize("task", ["mod:3", "sym:3", "flipflop", "starts-with:a", "tomita:3"])
def test_the_tables_of_a_page_do_what_the_machine_does(task):
    """Followed as the script follows them, in every arithmetic, they give the machine's outputs."""
    machine = Source("zoo", task).read().machine.minimal()
    (data,) = tables(made(Source("zoo", task).read()))
    names = [run["name"] for run in data["runs"]]
    assert names[:3] == ["exact", "bf16", "fp32"]
    draw = np.random.default_rng(SEED)
    for run in data["runs"][:3]:
        followed = 0
        for word in draw.integers(len(machine.alphabet), size=(20, 30)).tolist():
            q, state = machine.initial, 0
            for a in word:
                if state == BEYOND or state >= len(run["after"]):
                    assert not run["complete"]
                    break
                state, output = run["after"][state][a], run["outputs"][state][a]
                q = int(machine.transitions[q, a])
                assert output == shown(machine.outputs[q])
                followed += 1
        assert followed == 600 if run["complete"] else followed > 60


def test_decoders_pass_on_what_the_network_outputs():
    """Followed from layer to layer, in every arithmetic: the codes and what they emit."""
    (data,) = tables(made(Source("zoo", "starts-with:a").read()))
    assert len(data["decoders"]) == 2
    for run in data["runs"]:
        assert len(run["after"]) > 5
        for row, outputs in zip(run["after"], run["outputs"], strict=True):
            for a, (after, output) in enumerate(zip(row, outputs, strict=True)):
                if after == BEYOND:
                    continue
                passed = a
                for layer, decoder in enumerate(data["decoders"]):
                    passed = decoder["emit"][run["codes"][after][layer]][passed]
                assert passed == output


def test_an_arithmetic_that_errs_can_be_stepped_through_to_the_error():
    """mod:3 turns by thirds of a circle: e5m2, of 3 bits, errs, and the page says on what."""
    html = made(Source("zoo", "mod:3").read())
    (data,) = tables(html)
    (run,) = [run for run in data["runs"] if run["name"] == "e5m2"]
    (word,) = re.findall(r'data-word="(\d+)" data-run="e5m2"', html)
    q = state = 0
    for i, letter in enumerate(word):
        column = data["typed"].index(letter)
        output = run["outputs"][state][column]
        q, state = data["machine"]["after"][q][column], run["after"][state][column]
        assert (output == data["machine"]["outputs"][q]) == (i < len(word) - 1)
    assert f"a word of {len(word)} letters" in html
    assert f"{len(word) - 1} letters" in html


def test_where_nothing_rounds_lengths_are_folded():
    html = made(Source("regex", "(ab)*").read())
    assert "<details><summary>Right on words of every length in e5m2</summary>" in html
    html = made(Source("zoo", "mod:3").read())
    assert "<details open><summary>Nowhere proved; up to some length in e5m2" in html


def test_certificates_in_the_page_are_verified_by_the_checker(tmp_path, capsys):
    """What is downloaded is what the checker takes; one that is altered it refuses."""
    html = made(Source("zoo", "mod:3").read())
    found = re.findall(r'download="([\w.-]+)" href="data:application/json;base64,([^"]+)"', html)
    assert [name for name, _ in found][1:] == [
        "1-closure.json", "2-closure.json", "3-closure.json", "4-period.json", "5-peeling.json"
    ]  # fmt: skip
    for name, data in found[1:]:
        path = tmp_path / name
        path.write_bytes(base64.b64decode(data))
        assert checker.main([str(path)]) == 0
        path.write_text(path.read_text().replace("[[0,1],[1,2],[2,0]]", "[[0,0],[1,1],[2,2]]"))
        assert checker.main([str(path)]) != 0
    assert capsys.readouterr().out.startswith("VERIFIED")


def test_what_is_proved_and_has_no_certificate_in_the_page_is_named(monkeypatch):
    one = Source("zoo", "mod:3").read()
    assert "None is here of" not in made(one)
    monkeypatch.setattr(certificates, "FEW_STATES", 2)
    assert "None is here of exact, bf16, fp32: <code>negeig check</code>" in made(one)
    monkeypatch.setattr(certificates, "FEW_STATES", 2_000)
    monkeypatch.setattr(certificates, "MOST_BYTES", 600)
    assert "None is here of 1-closure (exact), 2-closure (bf16), 3-closure (fp32)" in made(one)


def test_the_checker_is_in_the_page_once(tmp_path):
    """Who is sent it has no negeig: downloads alone are enough, with Python without packages."""
    one = Source("zoo", "mod:3").read()
    html = made(one)
    for text in (html, made(one, Source("regex", "(11)*").read())):
        assert text.count('download="checker.py"') == 1
    links = re.findall(r'download="([\w.-]+)" href="data:([^;]+);base64,([^"]+)"', html)
    for name, kind, data in links:
        (tmp_path / name).write_bytes(base64.b64decode(data))
        assert kind == ("text/x-python" if name == "checker.py" else "application/json")
    done = subprocess.run(
        [sys.executable, "-I", "-S", "checker.py", "1-closure.json"], cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.startswith("VERIFIED")) == (0, True)


def test_what_a_claim_proves_is_right_at_every_length():
    """bf16 has more states than are explored for lengths; the claim has counted them all."""
    found = report([Source("zoo", "sym:3").read()], QUIET)
    (claim,) = [one for one in found.languages[0].claims if one.id == "bf16"]
    assert claim.states > 200
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("negeig.pipeline.report.FORMATS", ("bf16",))
        ((row,),) = ReportResult.of(found.languages).horizons
    assert (row.arithmetic, row.certified) == ("bf16:all-ops", None)


def test_a_network_of_another_machine_is_seen_to_be_wrong():
    """The tables are the network's own: nothing copies the machine's outputs into them."""
    parity = Source("zoo", "parity").read().machine.minimal()
    network = construct(parity)[0].network
    other = Machine(
        alphabet=parity.alphabet,
        transitions=parity.transitions.tolist(),
        initial=0,
        outputs=[0, 1],
    )
    data = stepper_data(network, other, ["bf16"])
    for run in data["runs"]:
        after = data["machine"]["after"][0][1]
        assert run["outputs"][0][1] != data["machine"]["outputs"][after]


def test_names_from_outside_are_shown_and_never_run():
    machine = Machine(
        alphabet=[*HOSTILE[:3], *HOSTILE[6:], "x"],
        transitions=[[1, 0, 0, 1, 1, 1], [0, 1, 1, 0, 0, 0]],
        initial=0,
        outputs=HOSTILE[3:5],
    )
    html = made(Language(HOSTILE[0], machine), Language(HOSTILE[5], machine))
    assert "<script>alert" not in html
    assert "<b>" not in html.replace("<b></b>", "")
    assert {c for c in html if not c.isprintable()} == {"\n"}
    html.encode()
    assert "x" * 200 not in html
    assert "{{ 7*7 }}" in html.replace("&#39;", "'")  # shown, not computed
    assert html.count("</script>") == html.count("<script")
    assert len(tables(html)) == 2
    assert tables(html)[0]["typed"][1] == "</script><!--"  # a word can still be typed


def test_expressions_that_turn_the_direction_of_writing_are_escaped_in_commands():
    html = made(Source("regex", "a\u202e*").read())
    assert {c for c in html if not c.isprintable()} == {"\n"}
    shown = re.sub("</?span>", "", html).replace("&#39;", "'")
    assert "negeig compile --layers" in shown
    assert "$'a\\u202e*'" in shown  # as bash reads it
    long = command_text("negeig check " + "a" * 10_000)
    assert len(long) == 500


def test_a_page_asks_no_other_computer():
    html = made(Source("regex", "(ab)*").read(), Source("zoo", "mod:3").read())
    links = re.findall(r'(?:href|src|url\(|@import|action)="?([^"\s>)]*)', html)
    assert links
    inside = ("#", "data:application/json;base64,", "data:text/x-python;base64,")
    assert all(link.startswith(inside) for link in links)


def test_large_tables_are_cut_and_say_so(monkeypatch):
    monkeypatch.setattr("negeig.report.html.stepper.MOST_STATES", 20)
    monkeypatch.setattr("negeig.report.html.language.MOST_STATES", 20)
    html = made(Source("zoo", "sym:4").read())
    (data,) = tables(html)
    runs = [(run["complete"], len(run["values"])) for run in data["runs"]]
    assert runs[:3] == [(False, 20)] * 3
    assert "Too many to draw: 24 states, and at most 20 are drawn." in html


def test_a_language_without_a_network_still_has_its_page():
    options = CheckOptions(backends=(), arithmetic=("bf16",), architecture="mamba")
    found = report([Source("zoo", "parity").read()], options)
    assert found.exit_code == 1
    assert "impossible" in page(found)


def test_exit_codes_of_several_and_how_many_there_may_be():
    parity = Source("zoo", "parity").read()
    assert report([parity, parity], QUIET).exit_code == 0
    for number in (0, MOST_LANGUAGES + 1):
        with pytest.raises(InputError, match=rf"expected 1 to 50 languages, found {number}"):
            report([parity] * number, QUIET)


def test_every_anchor_is_there_once():
    html = made(Source("regex", "(ab)*").read(), Source("zoo", "mod:3").read())
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for link in re.findall(r'href="#([^"]+)"', html):
        assert link in ids
