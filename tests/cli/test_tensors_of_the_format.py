"""Tensors are of the format that a network is proved in, where no other type is named."""

import json

import pytest
from safetensors import safe_open

from support.command_line import negeig


def written(path):
    with safe_open(path, "np") as file:
        return file.metadata()["negeig.dtype"]


@pytest.mark.parametrize(
    ("options", "dtype"),
    [
        ((), "float32"),
        (("--format", "bf16"), "bfloat16"),
        (("--format", "fp16:acc32"), "float16"),
        (("--format", "grid:2^-3"), "float32"),
        (("--format", "bf16", "--dtype", "float64"), "float64"),
    ],
)
def test_the_type_that_is_written_and_named(capsys, tmp_path, options, dtype):
    path = str(tmp_path / "x.safetensors")
    code, _, err = negeig(capsys, "compile", "(11)*", *options, "-o", path)
    assert (code, err) == (0, f"negeig: wrote {path}: the network as tensors, {dtype}\n")
    assert written(path) == dtype


@pytest.mark.parametrize(("format", "dtype"), [("bf16", "bfloat16"), ("fp16", "float32")])
def test_weights_of_a_layer_follow_where_it_has_the_type(capsys, tmp_path, format, dtype):
    path = str(tmp_path / "x.safetensors")
    asked = ("compile", "(11)*", "--for", "fla.DeltaNet", "--format", format, "-o", path)
    code, _, err = negeig(capsys, *asked)
    assert (code, err.endswith(f"fla.DeltaNet as tensors, {dtype}\n")) == (0, True)


TIGHT = ("compile", "--zoo", "mod:3", "--layers", "1", "--dim", "2")


def test_an_unmet_budget_says_what_asks_for_a_format(capsys, tmp_path):
    path = str(tmp_path / "x.safetensors")
    code, _, err = negeig(capsys, *TIGHT, "--format", "bf16", "-o", path)
    assert code == 3
    assert "  why bf16: the tensors are bfloat16; --dtype T names another type" in err
    assert "fp32" not in err
    assert (
        "why fp32: numbers of an ONNX model"
        in negeig(capsys, *TIGHT, "-o", str(tmp_path / "x.onnx"))[2]
    )
    # Twins: what was asked for by name is not explained, and rounding asks for nothing.
    assert "why bf16" not in negeig(capsys, *TIGHT, "--held-by", "bf16", "--format", "bf16")[2]
    assert negeig(capsys, *TIGHT, "--format", "bf16", "--round-parameters", "-o", path)[0] == 0
    assert json.loads(negeig(capsys, *TIGHT, "--format", "bf16", "--json")[1])["schema"]
