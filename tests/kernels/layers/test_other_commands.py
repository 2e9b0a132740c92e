"""The commands that answer about one released layer name one another, and are right."""

import pytest

from negeig.kernels.layers.kind import known
from negeig.kernels.layers.other_commands import QUESTIONS, other_commands
from negeig.kernels.registry import find
from negeig.theory.architectures import find_subject
from support.command_line import copied, negeig

QWEN = "transformers.torch_recurrent_gated_delta_rule+l2norm"


@pytest.mark.parametrize("kind", known().values(), ids=lambda kind: kind.name)
def test_names_are_those_of_the_catalogue_and_the_registry(kind):
    assert find_subject(kind.subject).id == kind.subject
    assert [one.name for one in find(kind.functions)] == list(kind.functions)
    assert kind.functions
    for own in QUESTIONS:
        others = other_commands(kind, own, ("--zoo", "parity"))
        assert len(others) == 2
        assert not any(row.startswith(QUESTIONS[own]) for row in others)


def test_three_answers_about_qwen3_next_are_linked(capsys):
    language = ("--zoo", "parity")
    weights = "negeig compile --zoo parity --for transformers.qwen3_next"
    alone = f"negeig conform --zoo parity --impl {QWEN},"
    can = "negeig check --zoo parity --arch qwen3-next"
    out = copied(negeig(capsys, "check", *language, "--arch", "qwen3_next", "--no-run")[1])
    assert weights in out
    assert alone in out
    code, _, err = negeig(capsys, "compile", *language, "--for", "transformers.qwen3_next")
    assert code == 1
    assert can in copied(err)
    assert alone in copied(err)
    out = copied(
        negeig(capsys, "compile", "--zoo", "flipflop", "--for", "transformers.qwen3_next")[1]
    )
    assert "also whether the architecture can at all: negeig check --zoo flipflop" in out
    out = negeig(capsys, "check", *language, "--no-run", "--arch", "mamba")[1]
    assert weights not in out


@pytest.mark.peers
def test_a_claim_about_its_function_names_the_layer(capsys):
    asked = ("check", "--zoo", "parity", "--no-run", "--arithmetic", f"impl:{QWEN}")
    code, out, _ = negeig(capsys, *asked, "--max-closure", "200")
    assert code == 3
    assert "negeig check --zoo parity --arch qwen3-next" in out
    assert f"negeig run --network FILE --impl {QWEN} runs long words" in " ".join(out.split())
