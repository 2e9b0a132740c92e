"""Audit of a config.json: layers by their kinds, the architecture, limits, refusals."""

import json
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from negeig.claims import InputError
from negeig.pipeline.auditing.model_config import audit_config
from negeig.report.terminal.model_audit import model_text
from negeig.theory.architectures.models import MODELS
from negeig.theory.architectures.outside import OUTSIDE
from support.command_line import negeig

SCHEMA = json.loads((files("negeig") / "pipeline" / "schemas" / "model.json").read_text())


def audited(**config):
    found = audit_config(config)
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(found.to_json())))
    assert model_text(found, 80)
    return found


# model_type, recurrent and attention layers of the code's default, architecture: written down from
# the configuration classes of transformers 5.24.0 and fla-core 0.6.0.
DEFAULTS = [
    ("qwen3_next", 36, 12, "gated-deltanet"),
    ("qwen3_5", 24, 8, "gated-deltanet"),
    ("qwen4_exp", 30, 10, "gated-deltanet"),
    ("olmo_hybrid", 24, 8, "gated-deltanet-negative"),
    ("lara_mini", 14, 20, "gated-deltanet"),
    ("kimi_linear", 21, 6, "kda"),
    ("bailing_hybrid", 35, 7, "kda-bounded"),
    ("glm5_next", 34, 11, "kda-bounded"),
    ("mamba2", 64, 0, "mamba-2"),
    ("falcon_h1", 32, 32, "mamba-2"),
    ("bamba", 32, 0, "mamba-2"),
    ("zamba2", 54, 9, "mamba-2"),
    ("granitemoehybrid", 32, 0, "mamba-2"),
    ("mamba", 32, 0, "mamba"),
    ("falcon_mamba", 32, 0, "mamba"),
    ("jamba", 28, 4, "mamba"),
    ("zamba", 76, 13, "mamba"),
    ("recurrent_gemma", 18, 8, "rg-lru"),
    ("minimax", 16, 16, "lightning-attention"),
    ("xlstm", 32, 0, "mlstm"),
    ("rwkv", 32, 0, "rwkv-4"),
    ("delta_net", 24, 0, "deltanet"),
    ("gated_deltanet", 21, 0, "gated-deltanet"),
    ("gated_deltaproduct", 21, 0, "gated-deltanet"),
    ("kda", 24, 0, "kda"),
    ("comba", 21, 0, "comba"),
    ("gla", 24, 0, "gla"),
    ("gsa", 24, 0, "gsa"),
    ("hgrn", 24, 0, "hgrn"),
    ("hgrn2", 24, 0, "hgrn2"),
    ("linear_attn", 24, 0, "linear-attention"),
    ("mamba3", 48, 0, "mamba-3"),
    ("mesa_net", 24, 0, "mesanet"),
    ("retnet", 24, 0, "retnet"),
    ("rwkv6", 24, 0, "rwkv-6"),
    ("rwkv7", 24, 0, "rwkv-7"),
]


@pytest.mark.parametrize(("model_type", "recurrent", "attention", "architecture"), DEFAULTS)
def test_the_default_of_the_code(model_type, recurrent, attention, architecture):
    found = audited(model_type=model_type)
    assert (len(found.layers["recurrent"]), len(found.layers["attention"])) == (
        recurrent,
        attention,
    )
    assert found.architecture == architecture
    assert found.exit_code == 0


def test_every_model_has_its_default_written_down():
    first = {model.model_types[0] for model in MODELS}
    assert first - {row[0] for row in DEFAULTS} == {"nemotron_h"}  # its code has none of use
    with pytest.raises(InputError, match="num_hidden_layers is missing"):
        audited(model_type="nemotron_h")


# What the layers of a configuration are, beside the number of layers and model_type.
LISTED = [
    ("qwen3_next", {"num_hidden_layers": 4, "full_attention_interval": 2}, "rara"),
    ("qwen3_next", {"num_hidden_layers": 8, "full_attention_interval": 4}, "rrrarrra"),
    ("qwen3_next", {"layer_types": ["linear_attention", "full_attention"]}, "ra"),
    ("granitemoehybrid", {"layer_types": ["mamba", "mamba", "attention"]}, "rra"),
    ("nemotron_h", {"hybrid_override_pattern": "M-M*E"}, "rorao"),
    ("nemotron_h", {"layers_block_type": ["mamba", "moe", "attention"]}, "roa"),
    ("zamba2", {"layers_block_type": ["mamba", "hybrid", "mamba"]}, "rbr"),
    ("recurrent_gemma", {"num_hidden_layers": 5}, "rrarr"),
    (
        "recurrent_gemma",
        {"num_hidden_layers": 4, "block_types": ["recurrent", "attention"]},
        "rara",
    ),
    ("bamba", {"num_hidden_layers": 4, "attn_layer_indices": [1]}, "rarr"),
    ("jamba", {"num_hidden_layers": 5, "attn_layer_period": 3, "attn_layer_offset": 1}, "rarra"),
    ("kimi_linear", {"num_hidden_layers": 5}, "rrrra"),
    (
        "kimi_linear",
        {
            "num_hidden_layers": 4,
            "linear_attn_config": {"full_attn_layers": [4], "kda_layers": [1, 2, 3]},
        },
        "rrra",
    ),
    ("gla", {"num_hidden_layers": 3, "attn": {"layers": [0], "num_heads": 8}}, "arr"),
    ("bailing_hybrid", {"num_hidden_layers": 6, "layer_group_size": 3}, "rrarra"),
    ("qwen3_5", {"text_config": {"num_hidden_layers": 4, "full_attention_interval": 2}}, "rara"),
]


@pytest.mark.parametrize(("model_type", "config", "kinds"), LISTED)
def test_layers_of_a_configuration(model_type, config, kinds):
    found = audited(model_type=model_type, **config)
    for name, letters in (("recurrent", "rb"), ("attention", "ab"), ("other", "o")):
        assert found.layers[name] == [i for i, kind in enumerate(kinds) if kind in letters], name


def test_an_option_decides_between_two_architectures():
    on = audited(model_type="olmo_hybrid")
    assert on.setting == {"key": "linear_allow_neg_eigval", "value": True, "given": False}
    assert "nonnegative-spectrum" not in [limit["class"] for limit in on.limits]
    off = audited(model_type="olmo_hybrid", linear_allow_neg_eigval=False)
    assert off.architecture == "gated-deltanet"
    assert [limit["theorem"] for limit in off.limits] == ["two-letters", "idempotents", "isometry"]
    assert [limit["model"] for limit in off.limits] == ["cast", "exact-orbit", "exact-orbit"]
    assert [limit["theorem"] for limit in on.limits] == ["idempotents"]
    assert any("no limit at hand" in notice for notice in on.notices)
    assert not any("no limit at hand" in notice for notice in off.notices)
    assert audited(model_type="delta_net").architecture == "deltanet"
    negative = audited(model_type="delta_net", allow_neg_eigval=True)
    assert (negative.architecture, negative.class_) == ("deltanet-negative", None)
    steps = audited(model_type="gated_deltaproduct", num_householder=2, allow_neg_eigval=True)
    assert steps.architecture == "gated-deltaproduct-2-negative"
    assert audited(model_type="gated_deltaproduct", num_householder=3).architecture == (
        "gated-deltaproduct"
    )
    assert audited(model_type="glm5_next", linear_lower_bound=None).architecture == "kda"
    assert audited(model_type="glm5_next", linear_lower_bound=-5.0).architecture == "kda-bounded"
    summed = audited(model_type="delta_net", qk_norm="sum")
    assert any("'sum'" in notice for notice in summed.notices)


@pytest.mark.parametrize(
    ("model_type", "theorems"),
    [
        ("mamba2", ["T1", "idempotents"]),
        ("mamba3", ["subnormal", "idempotents"]),
        ("kimi_linear", ["T1", "idempotents", "isometry"]),
        ("rwkv7", []),
    ],
)
def test_limits_follow_from_the_class_and_the_norm(model_type, theorems):
    assert [limit["theorem"] for limit in audited(model_type=model_type).limits] == theorems


def test_attention_is_said_to_be_outside():
    assert any("outside the theorems" in n for n in audited(model_type="qwen3_next").notices)
    assert not any("outside the theorems" in n for n in audited(model_type="mamba2").notices)


@pytest.mark.parametrize("subject", [o for o in OUTSIDE if o.model_types], ids=lambda o: o.id)
def test_models_that_nothing_here_is_about(subject):
    for model_type in subject.model_types:
        found = audited(model_type=model_type)
        assert (found.exit_code, found.architecture, found.limits) == (3, None, [])
        assert found.outside == subject.reason


def test_a_model_without_recurrent_layers_is_outside():
    found = audited(model_type="qwen3_next", layer_types=["full_attention"] * 2)
    assert found.exit_code == 3
    assert "none of its layers is recurrent" in found.outside


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model_type": "foo"}, "'foo' is not known; if it has .*--layer.*; known: .*qwen3_next"),
        ({"model_type": "minimax_text"}, "is not known, did you mean minimax"),
        ({"model_type": "Qwen3_Next"}, "is not known, did you mean qwen3_next"),
        ({}, "model_type is missing; known: "),
        ([], "expected a JSON object"),
        ({"model_type": "mamba2", "num_hidden_layers": 0}, "an integer from 1"),
        ({"model_type": "mamba2", "num_hidden_layers": 10**12}, "an integer from 1 to 10,000"),
        ({"model_type": "mamba2", "num_hidden_layers": True}, "num_hidden_layers is True"),
        ({"model_type": "qwen3_next", "layer_types": ["?"]}, r"layer_types\[0\] is '\?'"),
        ({"model_type": "qwen3_next", "layer_types": [[1]]}, r"layer_types\[0\] is \[1\]"),
        ({"model_type": "qwen3_next", "layer_types": []}, "expected a list"),
        ({"model_type": "qwen3_next", "full_attention_interval": "4"}, "expected integers"),
        ({"model_type": "qwen3_next", "full_attention_interval": 0}, "a period above its offset"),
        ({"model_type": "jamba", "attn_layer_period": 3, "attn_layer_offset": 3}, "above its"),
        ({"model_type": "bamba", "attn_layer_indices": [40]}, "places of layers from 0 to 31"),
        ({"model_type": "gla", "attn": {"layers": 3}}, "attn.layers: expected places"),
        (
            {"model_type": "kimi_linear", "linear_attn_config": {"full_attn_layers": [0]}},
            "from 1 to 27",
        ),
        ({"model_type": "gated_deltaproduct", "num_householder": 0}, "num_householder is 0"),
        ({"model_type": "olmo_hybrid", "linear_allow_neg_eigval": "false"}, "expected true, false"),
        ({"model_type": "gla", "attn": 5}, "attn: expected an object, found 5"),
        ({"model_type": "kimi_linear", "linear_attn_config": []}, "expected an object"),
        (
            {
                "model_type": "kimi_linear",
                "num_hidden_layers": 3,
                "linear_attn_config": {"full_attn_layers": [3], "kda_layers": [1]},
            },
            "the layers that linear_attn_config.full_attn_layers leaves",
        ),
        ({"model_type": "jamba", "attn_layer_offset": 2}, r"integers, found \[None, 2\]"),
        (
            {"model_type": "qwen3_next", "layer_types": ["mamba"], "num_hidden_layers": 5},
            "layer_types has 1 layers, the configuration says 5",
        ),
    ],
)
def test_configurations_that_cannot_be_read(config, message):
    with pytest.raises(InputError, match=message) as error:
        audit_config(config)
    assert error.value.exit_code == 2


def test_on_the_command_line(capsys, tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"model_type": "qwen3_next"}))
    code, out, _ = negeig(capsys, "audit", str(path))
    assert code == 0
    assert "layers 3, 7, 11" in out
    code, out, _ = negeig(capsys, "audit", str(path), "--json")
    found = json.loads(out)
    Draft202012Validator(SCHEMA).validate(found)
    assert (code, found["architecture"]) == (0, "gated-deltanet")
    code, _, err = negeig(capsys, "audit", str(path), "--keys", "k")
    assert code == 2
    assert "--keys is about tensors" in err
    path.write_text("{")
    assert negeig(capsys, "audit", str(path))[0] == 2
    path.write_text('{"model_type": "llama"}')
    code, out, _ = negeig(capsys, "audit", str(path))
    assert (code, "no statement here is about it" in out) == (3, True)
