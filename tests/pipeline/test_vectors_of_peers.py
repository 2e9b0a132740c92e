"""Test vectors through other people's code: functions that transformers runs on a CPU."""

from importlib import import_module

import pytest
import torch

import negeig.testing
from negeig import api
from negeig.pipeline.vectors import VectorsOptions, vectors

MODULE = "transformers.models.qwen3_next.modeling_qwen3_next"


@pytest.mark.peers
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32], ids=str)
@pytest.mark.parametrize(
    "name", ["torch_recurrent_gated_delta_rule", "torch_chunk_gated_delta_rule"]
)
def test_transformers_is_exact(name, dtype):
    rule = getattr(import_module(MODULE), name)
    rule = getattr(rule, "__wrapped__", rule)
    options = {"tasks": ("mod:3", "contains:ab"), "lengths": (1, 65), "dim": 16, "value_dim": 4}
    for case in negeig.testing.cases("transformers", dtype, **options):
        o, state = rule(**case.inputs)
        case.check(o, state)
        with pytest.raises(AssertionError, match="first wrong"):  # beta as its sigmoid gives it
            case.check(*rule(**case.inputs | {"beta": case.inputs["beta"] / 2}))


@pytest.mark.peers
def test_the_transformers_call_runs_as_it_stands(capsys, tmp_path):
    options = VectorsOptions(layout="transformers", length=70)
    made = vectors(api.language(zoo="sym:3:swaps"), options, path=str(tmp_path / "v.safetensors"))
    made.save()
    exec(made.call, {})  # the text is to be copied, so it is run
    assert capsys.readouterr().out == "True True\n"
