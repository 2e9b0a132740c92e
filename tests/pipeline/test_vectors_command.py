"""``negeig vectors``: the file, its metadata, the call in it, and what is refused before work."""

import json
import re

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from negeig import api
from negeig.automata import zoo
from negeig.claims import InputError, LimitReached
from negeig.kernels.layouts import FLA, LAYOUTS
from negeig.kernels.vectors import vectors
from negeig.pipeline.vectors import VectorsOptions
from negeig.pipeline.vectors import vectors as of_language
from negeig.theory.constructions.budget import Budget
from negeig.theory.networks.network_json import loads
from support.command_line import negeig, valid
from support.delta_kernels import delta_rule
from support.kernel_networks import dense, no_layers

FILE = "v.safetensors"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(capsys, *arguments):
    """Run the command; return its JSON, the tensors and the metadata of the file."""
    code, out, err = negeig(capsys, "vectors", *arguments, "-o", FILE, "--json")
    assert (code, err) == (
        0,
        f"negeig: wrote {FILE}: inputs and the outputs to expect, as tensors\n",
    ), err
    with safe_open(FILE, "np") as file:
        return valid(out), load_file(FILE), file.metadata()


@pytest.mark.parametrize("task", ["parity", "mod:3", "sym:3:swaps", "contains:ab", "flipflop"])
@pytest.mark.parametrize("dtype", ["bf16", "fp16", "fp32"])
def test_a_right_kernel_reproduces_the_file(capsys, task, dtype):
    document, t, _ = written(
        capsys, "--zoo", task, "--dtype", dtype, "--length", "70", "--dim", "8", "--batch", "3"
    )
    o, state = delta_rule(t["q"], t["k"], t["v"], t["beta"], t["h0"])
    assert (o == t["o"].astype(np.float32)).all()
    assert (state == t["state"]).all()
    # The states, the letters and the outputs are those of the machine.
    steps = document["steps"]
    assert (o[:, steps - 1 :: steps, :, 0] == t["states"]).all()
    machine = zoo.get(task).minimal()
    for word, row in zip(t["letters"].tolist(), t["outputs"].tolist(), strict=True):
        letters = [document["alphabet"][a] for a in word]
        assert [document["values"][n] for n in row] == list(machine.run(letters))[1:]


def test_what_the_document_says(capsys):
    document, tensors, metadata = written(
        capsys, "--zoo", "mod:3", "--length", "33", "--dim", "16", "--value-dim", "5", "--seed", "7"
    )
    assert (document["steps"], document["positions"]) == (2, 66)
    assert (document["exact"], document["tolerance"], document["unit_keys"]) == (True, None, True)
    assert document["claims"][0]["verdict"] == "proved"
    assert [row["name"] for row in document["tensors"]] == sorted(
        tensors, key=[row["name"] for row in document["tensors"]].index
    )
    for row in document["tensors"]:
        assert list(tensors[row["name"]].shape) == row["shape"]
        assert tensors[row["name"]].dtype.name == row["dtype"]
    # The metadata has the same, claims without seconds, and the exact network.
    for key, value in document.items():
        text = metadata[key]
        if key == "claims":
            value = [{k: v for k, v in claim.items() if k != "seconds"} for claim in value]
        assert (text if isinstance(value, str) else json.loads(text)) == value, key
    network = loads(metadata["negeig.network"])
    assert [layer.dim for layer in network.layers] == [layer["dim"] for layer in
                                                      document["network"]["layers"]]  # fmt: skip
    assert load_file(FILE)["k"].shape == (2, 66, 4, 16)


def test_equal_vectors_are_equal_bytes_and_seeds_differ(capsys, folder):
    for name, seed in (("a", "0"), ("b", "0"), ("c", "1")):
        written(capsys, "--zoo", "sym:3:swaps", "--length", "20", "--seed", seed)
        (folder / FILE).rename(folder / name)
    first, second, third = ((folder / name).read_bytes() for name in "abc")
    assert first == second
    assert first != third


@pytest.mark.parametrize("dtype", ["bf16", "fp16", "fp32"])
def test_the_onnx_call_runs_as_it_stands(capsys, dtype):
    document, _, metadata = written(
        capsys, "--zoo", "sym:3:swaps", "--layout", "onnx", "--dtype", dtype, "--length", "9"
    )
    exec(metadata["call"], {})  # the text is to be copied, so it is run
    assert capsys.readouterr().out == "True True\n"
    # It can say False: the file with one number changed.
    t = load_file(FILE)
    t["o"][0, 4, 0] += 1
    from safetensors.numpy import save_file

    save_file(t, FILE, metadata)
    exec(document["call"], {})
    assert capsys.readouterr().out == "False True\n"


@pytest.mark.parametrize("layout", ["fla", "transformers"])
def test_the_torch_calls_run_with_a_function_in_the_kernel_s_place(capsys, layout):
    _, _, metadata = written(
        capsys, "--zoo", "sym:3:swaps", "--layout", layout, "--length", "9", "--dim", "16"
    )
    call = re.sub(r"^from \S+ import \w+ as rule.*$", "rule = kernel", metadata["call"], flags=re.M)
    assert call != metadata["call"]

    def kernel(q, k, v, *, beta, initial_state, output_final_state, use_qk_l2norm_in_kernel,
               scale=0.25, g=None):  # fmt: skip
        assert (output_final_state, use_qk_l2norm_in_kernel) == (True, False)
        return delta_rule(q, k, v, beta, initial_state, scale=scale, g=g)

    exec(call, {"kernel": kernel})
    assert capsys.readouterr().out == "True True\n"


def test_unused_positions_are_harmless():
    """Where a letter has fewer steps: beta 0, value 0 and a key of length 1, also normalised."""
    made = of_language(api.language(zoo="mod:3"), VectorsOptions(length=50, dim=4)).made
    beta, k = made.tensors["beta"].astype(float), made.tensors["k"].astype(float)
    assert (beta == 0).any()
    assert ((k**2).sum(-1) == 1).all()
    assert (made.tensors["v"].astype(float)[beta == 0] == 0).all()


def test_keys_of_length_1_come_first_and_others_are_named(monkeypatch):
    made = of_language(api.language(zoo="sym:3:swaps"), VectorsOptions(length=9)).made
    assert made.unit_keys
    assert "exactly 1" in made.normalisation
    network = api.compile(zoo="sym:3:swaps", budget=Budget(held_by=("bf16",))).network
    words = np.zeros((1, 5), np.int32)
    plain = vectors(network, words, FLA)
    assert not plain.unit_keys
    assert "must not normalise" in plain.normalisation


def test_values_that_are_not_exact_are_refused_and_allowed_with_a_tolerance():
    network = api.compile(zoo="mod:3", budget=Budget(routes=("rotations",))).network
    words = np.ones((1, 9), np.int32)
    with pytest.raises(InputError, match="bf16 does not hold what is expected exactly") as stop:
        vectors(network, words, FLA)
    assert "a key of layer 1" in str(stop.value)
    assert stop.value.code == "not-exact"
    made = vectors(network, words, FLA, dtype="fp32", tolerance=1e-3)
    assert (made.tolerance, made.bits, made.chunks) == (1e-3, None, ())
    assert "may be off by 0.001" in made.arithmetic
    t = made.tensors
    o, _ = delta_rule(t["q"], t["k"], t["v"], t["beta"], t["h0"])
    assert 0 < np.abs(o - t["o"]).max() < 1e-3


def test_a_language_whose_networks_round_is_refused(capsys, folder):
    arguments = ["vectors", "--zoo", "mod:3", "--route", "rotations", "-o", FILE]
    code, _, err = negeig(capsys, *arguments)
    assert (code, "bf16 has to hold every parameter" in err) == (3, True), err
    assert list(folder.iterdir()) == []
    arguments += ["--length", "20", "--json", "--tolerance"]
    code, out, _ = negeig(capsys, *arguments, "0.01")
    assert code == 2
    assert "move a right kernel by 0.029 in these words, which a tolerance of 0.01" in out
    assert list(folder.iterdir()) == []
    code, out, _ = negeig(capsys, *arguments, "0.1")
    assert code == 0
    assert (valid(out)["exact"], valid(out)["tolerance"]) == (False, 0.1)
    assert "length 1 until it is rounded" in valid(out)["normalisation"]


@pytest.mark.parametrize("dtype", ["bf16", "fp16", "fp32"])
def test_a_tolerance_is_one_that_a_right_kernel_meets(dtype):
    """A tolerance below what the rounded inputs do is refused; right above it a kernel passes."""
    network = api.compile(zoo="mod:3", budget=Budget(routes=("rotations",))).network
    words = np.ones((1, 40), np.int32)
    loose = vectors(network, words, FLA, dtype=dtype, tolerance=10)
    with pytest.raises(InputError, match=f"rounded to {dtype} move a right kernel by") as stop:
        vectors(network, words, FLA, dtype=dtype, tolerance=0.99 * loose.moved)
    assert f"{loose.moved:.2g}" in str(stop.value)
    made = vectors(network, words, FLA, dtype=dtype, tolerance=1.01 * loose.moved)
    t = made.tensors
    o, state = delta_rule(t["q"], t["k"], t["v"], t["beta"], t["h0"])
    allowed = made.tolerance if dtype != "fp32" else 4 * made.tolerance  # it sums in float32
    off = np.abs(o.astype(t["o"].dtype).astype(np.float64) - t["o"].astype(np.float64)).max()
    assert 0 < off <= allowed
    assert np.abs(state - t["state"]).max() <= allowed
    assert off > made.moved / 4, "the figure is no mere upper bound"


def test_exact_inputs_move_nothing_whatever_the_tolerance():
    words = np.zeros((1, 40), np.int32)
    made = vectors(api.compile("(11)*").network, words, FLA, tolerance=1e-9)
    assert made.moved == 0


@pytest.mark.parametrize("layout", ["fla", "transformers", "onnx"])
def test_the_call_compares_as_the_tolerance_says(layout):
    options = {"layout": layout, "length": 20, "dtype": "fp32"}
    exact = of_language(api.language(zoo="parity"), VectorsOptions(**options)).call
    loose = of_language(api.language(zoo="parity"), VectorsOptions(**options, tolerance=0.25)).call
    assert exact.count("equal(") == 2
    assert "allclose" not in exact
    assert loose.count(", rtol=0, atol=0.25)") == loose.count("allclose(") == 2
    assert "equal(" not in loose
    compile(loose, "call", "exec")


def test_what_a_delta_rule_cannot_express():
    words = np.zeros((1, 3), np.int32)
    with pytest.raises(InputError, match=r"letter '.', step 0: a dense step"):
        vectors(dense()[0], words, FLA)
    with pytest.raises(InputError, match="no state: its last letter says everything"):
        vectors(no_layers()[0], words, FLA)


def test_tensors_that_are_too_large():
    network = api.compile("(11)*").network
    with pytest.raises(LimitReached, match="raise it with --max-memory"):
        vectors(network, np.zeros((1, 1000), np.int32), FLA, max_bytes=10_000)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--length", "0"], "length must be 1 or more, found 0"),
        (["--batch", "0"], "batch must be 1 or more, found 0"),
        (["--dim", "0"], "dim must be 1 or more, found 0"),
        (["--value-dim", "-3"], "value-dim must be 1 or more, found -3"),
        (["--layout", "mamba"], "unknown layout 'mamba'; known: fla, transformers, onnx"),
        (["--dtype", "float32"], "unknown dtype 'float32'; known: bf16, fp16, fp32"),
        (["--layout", "transformers", "--dim", "32"], "power of two for dim 4, 16, 64, 256"),
        (["--seed", "-1"], "the seed must be 0 or more, found -1"),
        (["--tolerance", "0"], "the tolerance must be a positive number"),
        (["--tolerance", "nan"], "the tolerance must be a positive number"),
        (["--route", "sclar"], "unknown route 'sclar'; did you mean scalar"),
        (["--length", "0", "--dtype", "x", "--layout", "y"], "3 problems"),
    ],
)
def test_bad_options_are_named_before_any_work(capsys, folder, monkeypatch, options, message):
    monkeypatch.setattr("negeig.cli.options.Asked.read", None)
    code, out, err = negeig(capsys, "vectors", "(11)*", "-o", FILE, *options)
    assert (code, out) == (2, "")
    assert message in err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("v.pt", "ends in .pt; the ending that is written is .safetensors (tensors)"),
        ("no/v.safetensors", "cannot be written: there is no folder"),
        ("", "the name of the file to write is empty"),
        (".", "names a folder"),
        ("-", "tensors are not printed"),
    ],
)
def test_files_that_cannot_be_written_are_named_before_any_work(
    capsys, folder, monkeypatch, path, message
):
    monkeypatch.setattr("negeig.cli.options.Asked.read", None)
    code, out, err = negeig(capsys, "vectors", "(11)*", "-o", path)
    assert (code, out, message in err) == (2, "", True), err
    assert list(folder.iterdir()) == []


def test_a_network_that_is_larger_than_dim(capsys, folder):
    code, _, err = negeig(capsys, "vectors", "--zoo", "sym:3:swaps", "-o", FILE, "--dim", "2")
    assert (code, list(folder.iterdir())) == (2, [])
    assert "dim 2 is less than the 4 coordinates of layer 1" in err


def test_the_report(capsys):
    code, out, err = negeig(capsys, "vectors", "(11)*", "-o", FILE, "--length", "12")
    assert (code, err) == (
        0,
        f"negeig: wrote {FILE}: inputs and the outputs to expect, as tensors\n",
    )
    assert "two words of 12 letters (seed 0)" in out
    assert "exact ✓" in out
    assert "at most 2 significant bits" in " ".join(out.split())
    assert f"load_file({FILE!r})" in out
    for layout in LAYOUTS:
        assert layout in negeig(capsys, "vectors", "--help")[1]
