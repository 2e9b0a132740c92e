"""``--arithmetic any-order``: rows, claims, exit codes, bad input, and ``impl:`` in chunks."""

import json

import pytest

from negeig import api
from negeig.claims import Exactness, Stopped, Verdict
from negeig.pipeline.parts.any_order import InAnyOrder
from negeig.pipeline.parts.arithmetics import parted
from negeig.pipeline.parts.through import ThroughOne
from support.chunked_kernel import Chunks, form_of
from support.command_line import negeig, valid
from support.faulty_kernels import implementation


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def rows(document):
    return {row["arithmetic"]: row for row in document["results"]}


def test_precision_proves_every_order_at_once(capsys):
    assert negeig(capsys, "compile", "--zoo", "sym:3", "--held-by", "bf16", "-o", "n.json")[0] == 0
    asked = ("precision", "n.json", "--zoo", "sym:3", "--arithmetic", "any-order,any-order:bf16")
    code, out, _ = negeig(capsys, *asked, "--json")
    found = rows(valid(out))
    assert code == 0
    assert list(found) == ["any-order", "any-order:bf16"]
    for name, operands in (("any-order", "fp32"), ("any-order:bf16", "bf16")):
        row = found[name]
        assert (row["verdict"], row["states"], row["implementation"]) == ("proved", 6, None)
        exact = row["exactness"]
        assert (exact["operands"], exact["sums"], exact["chunk"]) == (operands, "fp32", 0)
        assert exact["largest_chunk"] > 1_000_000
        assert "T" in {bound["quantity"] for bound in exact["bounds"]}
        assert row["assumptions"] == []
    code, out, _ = negeig(capsys, *asked)
    assert code == 0
    assert "the sums of one position take 4 of the 24 bits of fp32" in " ".join(out.split())
    assert "chunks may have up to 4,194,304 positions" in " ".join(out.split())


@pytest.mark.parametrize("rounded", [(), ("--round-parameters",)])
def test_what_no_format_holds_is_open_and_says_what_to_do(capsys, rounded):
    language = ("--zoo", "sym:3")
    assert negeig(capsys, "compile", *language, "-o", "n.json")[0] == 0
    asked = ("precision", "n.json", *language, "--arithmetic", "any-order", "--json")
    code, out, _ = negeig(capsys, *asked, *rounded)
    document = valid(out)
    (row,) = document["results"]
    assert (code, row["verdict"], row["exactness"]) == (3, "open", None)
    assert row["reason"].startswith("fp32 does not hold ")
    assert row["reason"].endswith("negeig compile LANGUAGE --held-by fp32 -o FILE.json")
    assert document["notices"] == []
    assert negeig(capsys, "compile", *language, "--held-by", "fp32", "-o", "n.json")[0] == 0
    assert negeig(capsys, *asked)[0] == 0


def test_check_has_a_claim(capsys):
    code, out, _ = negeig(
        capsys, "check", "(11)*", "--no-run", "--arithmetic", "bf16,any-order", "--json"
    )
    claims = {claim["id"]: claim for claim in valid(out)["claims"]}
    assert code == 0
    claim = claims["any-order"]
    assert (claim["verdict"], claim["states"]) == ("proved", 2)
    assert claim["exactness"]["largest_chunk"] == 2**22
    assert "exactness" not in claims["bf16"]
    code, out, _ = negeig(capsys, "check", "(11)*", "--no-run", "--arithmetic", "any-order")
    assert code == 0
    assert "any order    any-order: nothing is rounded in any order" in out


def test_check_is_undecided_where_some_order_may_round(capsys):
    code, out, _ = negeig(
        capsys, "check", "--zoo", "mod:3", "--no-run", "--arithmetic", "any-order:fp16", "--json"
    )
    claims = {claim["id"]: claim for claim in valid(out)["claims"]}
    verdict = claims["any-order:fp16"]["verdict"]
    assert code == {"proved": 0, "open": 3}[verdict]


@pytest.mark.parametrize("name", ["any-order:fp64", "any-order:", "any-order:e4m3fn"])
def test_other_formats_are_bad_input(capsys, name):
    code, out, _ = negeig(capsys, "check", "(11)*", "--arithmetic", name, "--json")
    assert code == 2
    assert "known are any-order, any-order:fp32" in json.loads(out)["message"]


def test_names_are_parted():
    models, others = parted(["bf16", "any-order", "ANY-ORDER:FP32", "impl:negeig.cpu", "fp32"])
    assert models == ["bf16", "fp32"]
    assert [one.name for one in others] == ["any-order", "impl:negeig.cpu"]


def test_once_stopped_it_is_open():
    made = api.compile("(11)*")
    stopped = Stopped("time", 1, reached=1)
    claim = InAnyOrder("fp32").claim(made.network, made.machine, stopped=stopped)
    assert (claim.verdict, claim.detail) == (Verdict.OPEN, str(stopped))


def test_an_implementation_in_chunks_has_exactness_as_its_evidence():
    one = ThroughOne(implementation(Chunks(8), chunk=8, form=form_of()), "bf16")
    made = api.compile("(11)*")
    claim = one.claim(made.network, made.machine)
    assert claim.verdict is Verdict.PROVED
    assert isinstance(claim.evidence, Exactness)
    assert (claim.evidence.chunk, claim.states) == (8, 2)
    assert claim.to_json()["exactness"]["chunk"] == 8
    assert claim.to_json()["assumptions"][0]["name"] == "computes_form"
