"""Asking about architectures, released models and layers out of scope: answers and exit codes."""

import pytest

from negeig import api
from negeig.claims import InputError
from negeig.pipeline.parts.asking import about, ask, subjects
from negeig.theory.architectures import find_subject
from support.command_line import negeig, valid


@pytest.mark.parametrize(
    ("arch", "language", "code", "verdict", "parts"),
    [
        ("qwen3_next", "(11)*", 1, "impossible", ["36 recurrent", "12 attention layers are out"]),
        ("olmo_hybrid", "(11)*", 0, "possible", ["24 recurrent", "linear_allow_neg_eigval on"]),
        ("kimi_linear", "(11)*", 1, "impossible", ["Kimi delta attention"]),
        ("falcon_h1", "(11)*", 1, "impossible", ["Mamba-2"]),
        ("nemotron_h", "(11)*", 1, "impossible", ["attention layers outside"]),
        ("hgrn", "(11)*", 1, "impossible", ["period 2"]),
        ("hgrn-complex", "(11)*", 3, "open", ["no theorem at hand"]),
        ("gdn2", "(11)*", 1, "impossible", ["period 2"]),
        ("gated-deltanet-2-negative", "(11)*", 0, "possible", ["scalar network"]),
        ("complex-kda", "(11)*", 3, "open", ["no theorem at hand"]),
        ("path", "(11)*", 3, "open", ["outside what the theorems are about"]),
        ("m2rnn", "(11)*", 3, "open", ["not linear in the state"]),
        ("falcon_mamba", "a(a|b)*", 0, "possible", ["the diagonal network", "layers 2"]),
        ("mamba", "a(a|b)*", 0, "possible", ["the diagonal network", "layers 2"]),
        ("linear-attention", "(a|b)*a", 0, "possible", ["without layers"]),
        ("llama", "(a|b)*a", 3, "open", ["state grows"]),
    ],
)
def test_answers(capsys, arch, language, code, verdict, parts):
    found, out, _ = negeig(capsys, "check", "--arch", arch, "--no-run", "--json", language)
    asked = valid(out)["requested"]
    assert (found, asked["verdict"]) == (code, verdict)
    assert asked["id"] == find_subject(arch).id
    for part in parts:
        assert part in asked["reason"], asked["reason"]


@pytest.mark.parametrize(
    ("arch", "language", "eigenvalue"),
    [
        ("deltanet-negative", "(11)*", "-1"),
        ("olmo_hybrid", "(11)*", "-1"),
        ("deltanet", "1*0", "0"),
        ("gated-deltanet", "1*0", None),  # its gate may be 0
        ("deltanet", "(a|b)*abb", None),  # 1/4 takes no key of length 1
        ("mamba-negative", "(11)*", None),  # no keys
    ],
)
def test_keys_that_an_epsilon_shortens_are_said(capsys, arch, language, eigenvalue):
    _, out, _ = negeig(capsys, "check", "--arch", arch, "--no-run", "--json", language)
    asked = valid(out)["requested"]
    assert asked["verdict"] == "possible"
    told = f"it needs the eigenvalue {eigenvalue} and so keys of length 1"
    assert (told in asked["reason"]) == ("keys of length 1" in asked["reason"])
    assert ("keys of length 1" in asked["reason"]) == (eigenvalue is not None)


def test_several_architectures_are_a_table(capsys):
    arguments = ("check", "--arch", "mamba2,olmo_hybrid", "--no-run", "(11)*")
    code, out, _ = negeig(capsys, *arguments, "--json")
    found = valid(out)
    assert (code, found["requested"]) == (1, None)  # 1 before 0
    assert [(a["id"], a["verdict"]) for a in found["answers"]] == [
        ("mamba-2", "impossible"),
        ("olmo-hybrid", "possible"),
    ]
    code, out, _ = negeig(capsys, *arguments)
    assert code == 1
    rows = [line.split() for line in out.splitlines()]
    assert ["asked", "Mamba-2", "impossible", "T1"] in rows
    assert ["OLMo", "Hybrid", "possible", "closure"] in rows


@pytest.mark.parametrize(
    ("arch", "code"),
    [
        (["deltanet-negative", "olmo_hybrid"], 0),
        (["deltanet-negative", "path"], 3),
        (["path", "deltanet-negative", "mamba"], 1),
        (["mamba,mamba2"], 1),
    ],
)
def test_exit_codes_of_several(capsys, arch, code):
    given = [word for name in arch for word in ("--arch", name)]
    assert negeig(capsys, "check", "--no-run", "(11)*", *given)[0] == code


def test_one_answer_is_in_both_keys(capsys):
    found = valid(negeig(capsys, "check", "--no-run", "--json", "--arch", "mamba", "(11)*")[1])
    assert found["answers"] == [found["requested"]]
    found = valid(negeig(capsys, "check", "--no-run", "--json", "(11)*")[1])
    assert (found["answers"], found["requested"]) == ([], None)


def test_names_with_commas_and_twice_the_same():
    assert [s.id for s in subjects("Mamba (range [-1, 1])")] == ["mamba-negative"]
    assert [s.id for s in subjects(["mamba2, Mamba-2", "gla"])] == ["mamba-2", "gla"]
    with pytest.raises(InputError) as error:
        subjects("mambo,gla,qwen9")
    assert len(error.value.problems) == 2


def test_a_model_has_only_so_many_layers():
    """A network that needs more recurrent layers than a model has shows nothing."""
    model = find_subject("olmo_hybrid")
    assert "24 recurrent layers" in about(model)
    result = api.check("(11)*", architecture="olmo_hybrid", backends=())
    assert result.requested.verdict == "possible"
    few = type(model)(**{**vars(model), "layers": 3, "cycle": ("attention",), "starts": ()})
    answer = ask(few, result.limits, result.choice)
    assert (answer.verdict, answer.theorem) == ("open", None)
    assert "the model has 0 recurrent layers" in answer.reason
