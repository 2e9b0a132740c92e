"""Networks as tensors: what is saved is what the network says, and nothing else is loaded."""

import io
import itertools
import json
import pickle
import random
import sys
import zipfile
from dataclasses import replace
from fractions import Fraction as F

import ml_dtypes
import numpy as np
import pytest

from negeig.automata import zoo
from negeig.claims import InputError, LimitReached, Unavailable
from negeig.kernels.tensor_file import read, write
from negeig.kernels.tensors import DTYPES, load, network_outputs, network_tensors, save
from negeig.kernels.tensors import read_tensors as read_again
from negeig.precision.numbers.formats import BF16, FP16, FP32, FP64
from negeig.precision.stored import nearest
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from support.candidates import candidates
from support.field_networks import assert_equal, rotation
from support.kernel_networks import RIGHT, delta, parity, random_pair, symmetric, vector

FORMATS = {"float64": FP64, "float32": FP32, "bfloat16": BF16, "float16": FP16}
TASKS = ("parity", "sym:3", "dyck1:2", "flipflop", "starts-with:ab", "transformations:3")


def compiled():
    return [candidates(zoo.get(name).minimal())[0].network for name in TASKS]


def padded_dense():
    """A random network in which a letter with fewer steps stands beside dense ones."""
    for network, _ in map(random_pair, itertools.count()):
        for layer in network.layers:
            steps = layer.steps.values()
            dense = any(isinstance(step, DenseStep) for row in steps for step in row)
            if dense and len(set(map(len, steps))) > 1:
                return network


NETWORKS = [*(make()[0] for make in RIGHT.values()), *compiled(), rotation(), padded_dense()]


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "net.safetensors")


def stored(network, number, dtype):
    """The float64 value that an exact number is stored as, by the specification."""
    return nearest(number, FORMATS[dtype])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_entry_is_the_network_s_rounded(network, dtype):
    tensors = network_tensors(network, dtype, round_parameters=True)
    layouts = {"letters", "output_index", "empty"}
    for i, layer in enumerate(network.layers):
        named = {k: tensors[f"layers.{i}.{k}"] for k in ("initial", "beta", "key", "write")}
        for tensor in named.values():
            assert tensor.dtype.name == dtype
        count = tensors[f"layers.{i}.steps"]
        width = layer.steps_per_token
        assert named["beta"].shape == named["write"].shape == (len(layer.alphabet), width)
        assert named["key"].shape == (len(layer.alphabet), width, layer.dim)
        assert [stored(network, x, dtype) for x in layer.initial] == named["initial"].tolist()
        for a, letter in enumerate(layer.alphabet):
            steps = layer.steps[letter]
            assert count[a] == len(steps)
            for j in range(width):
                step = steps[j] if j < len(steps) else None
                if isinstance(step, DeltaStep):
                    values = (step.beta, step.key, step.write)
                elif step is None:
                    values = (F(0), (F(0),) * layer.dim, F(0))
                else:
                    which = tensors[f"layers.{i}.dense"][a, j]
                    matrix = tensors[f"layers.{i}.matrix"][which].tolist()
                    bias = tensors[f"layers.{i}.bias"][which].tolist()
                    assert matrix == [[stored(network, x, dtype) for x in r] for r in step.matrix]
                    assert bias == [stored(network, x, dtype) for x in step.bias]
                    continue
                beta, key, write_ = values
                if f"layers.{i}.dense" in tensors:
                    assert tensors[f"layers.{i}.dense"][a, j] == -1
                assert named["beta"][a, j] == stored(network, beta, dtype)
                assert named["key"][a, j].tolist() == [stored(network, k, dtype) for k in key]
                assert named["write"][a, j] == stored(network, write_, dtype)
        code, half = tensors[f"layers.{i}.code"], tensors[f"layers.{i}.half_norm"]
        assert code.dtype == half.dtype == np.float64
        assert code.tolist() == [[float(x) for x in c] for c in layer.codes]
        assert half.tolist() == [float(sum((x * x for x in c), F(0)) / 2) for c in layer.codes]
        following = (
            network.layers[i + 1].alphabet if i + 1 < len(network.layers) else list(network.outputs)
        )
        emit = tensors[f"layers.{i}.emit"]
        assert [tuple(following[s] for s in row) for row in emit] == list(layer.emit)
        dense = {"dense", "matrix", "bias"} if f"layers.{i}.dense" in tensors else set()
        names = {"initial", "beta", "key", "write", "steps", "code", "half_norm", "emit", *dense}
        layouts |= {f"layers.{i}.{name}" for name in names}
    first = network.layers[0].alphabet if network.layers else list(network.outputs)
    assert [first[j] for j in tensors["letters"]] == list(network.alphabet)
    outputs = network_outputs(network)
    assert [outputs[j] for j in tensors["output_index"]] == list(network.outputs.values())
    assert outputs[tensors["empty"]] == network.empty
    assert set(tensors) == layouts


def test_outputs_that_json_tells_apart_are_apart():
    network = replace(parity()[0], outputs={"even": 1, "odd": True}, empty=1.0)
    outputs = network_outputs(network)
    assert [json.dumps(o) for o in outputs] == ["1", "true", "1.0"]
    tensors = network_tensors(network)
    assert tensors["output_index"].tolist() == [0, 1]
    assert int(tensors["empty"]) == 2


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("network", NETWORKS)
def test_a_saved_network_loads_equal(network, dtype, path):
    save(path, network, dtype=dtype, round_parameters=True)
    assert_equal(load(path), network)
    name, tensors, metadata = read(path)
    assert name == path
    assert metadata["schema"] == "negeig.tensors/1"
    assert metadata["negeig.dtype"] == dtype
    assert json.loads(metadata["negeig.outputs"]) == network_outputs(network)
    expected = network_tensors(network, dtype, round_parameters=True)
    assert list(tensors) == sorted(expected)
    for key, right in expected.items():
        assert tensors[key].dtype == right.dtype
        assert tensors[key].shape == right.shape
        assert tensors[key].tobytes() == right.tobytes()


def test_equal_networks_give_equal_files(tmp_path):
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    for place in (one, two):
        save(place, symmetric(3)[0], about={"route": "test"})
    with open(one, "rb") as first, open(two, "rb") as second:
        data = first.read()
        assert data == second.read()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert list(header["__metadata__"]) == sorted(header["__metadata__"])
    assert json.loads(header["__metadata__"]["negeig.network"])["about"] == {"route": "test"}
    assert int.from_bytes(data[:8], "little") % 8 == 0


def test_safetensors_itself_reads_the_file(path):
    safetensors = pytest.importorskip("safetensors.torch")
    torch = pytest.importorskip("torch")
    network = symmetric(3)[0]
    save(path, network, dtype="bfloat16")
    found = safetensors.load_file(path)
    assert found["layers.0.key"].dtype == torch.bfloat16
    assert found["layers.0.code"].dtype == torch.float64
    expected = network_tensors(network, "bfloat16")
    assert set(found) == set(expected)
    for key, right in expected.items():
        assert found[key].double().tolist() == right.astype(np.float64).tolist()


THIRD = LinearRNN(
    alphabet=("a",),
    layers=(
        Layer(
            alphabet=("a",),
            initial=vector(F(1, 3)),
            steps={"a": (delta(2, (1,)), delta(F(1, 10), (F(257),), F(2) ** 200))},
            codes=(vector(F(1, 3)), vector(-1)),
            emit=(("x",), ("y",)),
        ),
    ),
    outputs={"x": 0, "y": 1},
    empty=0,
)


def test_entries_that_are_not_held_are_refused_by_name(path):
    with pytest.raises(InputError) as caught:
        save(path, THIRD, dtype="bfloat16")
    text = str(caught.value)
    assert "bfloat16 tensors cannot hold this network; --round-parameters" in text
    for place in (
        "layer 0, initial[0]: 1/3 is not in bf16",
        "layer 0, letter 'a', step 1, beta: 1/10 is not in bf16",
        "step 1, key[0]: 257 is not in bf16, nearest is 256.0",
        "step 1, write: ",
        "layer 0, code 0[0]: 1/3 is not in fp64",
    ):
        assert place in text
    with pytest.raises(InputError, match="write") as caught:
        save(path, THIRD, dtype="bfloat16", round_parameters=True)  # beyond the range: never
    assert len(caught.value.problems) == 1
    assert "--round" not in str(caught.value)
    save(path, THIRD, dtype="float64", round_parameters=True)
    assert_equal(load(path), THIRD)  # exact all the same: from the metadata


def test_more_problems_than_are_listed_are_counted():
    codes = tuple(vector(F(i, 3)) for i in range(1, 100, 3))
    layer = replace(THIRD.layers[0], codes=codes, emit=(("x",),) * len(codes))
    with pytest.raises(InputError, match=r"and 13 more codes"):
        network_tensors(replace(THIRD, layers=(layer,)))


def test_codes_beyond_every_kernel_are_refused():
    layer = replace(THIRD.layers[0], codes=(vector(F(2) ** 128), vector(F(10) ** 400)))
    with pytest.raises(InputError) as caught:
        network_tensors(replace(THIRD, layers=(layer,)), "float64", round_parameters=True)
    assert [p.split(":")[0] for p in caught.value.problems] == [
        "layer 0, code 0[0]",
        "layer 0, code 1[0]",
    ]


@pytest.mark.parametrize("dtype", ["float8", "fp32", "F32", "", "int32"])
def test_an_unknown_type_is_refused(dtype):
    with pytest.raises(InputError, match="expected one of float64, float32, bfloat16, float16"):
        network_tensors(parity()[0], dtype)


def test_padding_has_a_limit(path):
    """One long letter among many: the tensors are far larger than the network."""
    letters = tuple(f"l{i}" for i in range(2000))
    steps = dict.fromkeys(letters, ()) | {"l0": (delta(0, (1,)),) * 2000}
    layer = Layer(
        alphabet=letters,
        initial=vector(1),
        steps=steps,
        codes=(vector(1),),
        emit=(("x",) * len(letters),),
    )
    network = LinearRNN(alphabet=letters, layers=(layer,), outputs={"x": 0}, empty=0)
    with pytest.raises(LimitReached, match="--max-bytes") as caught:
        save(path, network, max_bytes=10_000_000)
    assert caught.value.reached > 2000 * 2000 * 3 * 4


def test_a_file_that_claims_huge_padding_is_refused_before_any_array(path, monkeypatch):
    save(path, parity()[0])
    _, tensors, metadata = read(path)
    document = json.loads(metadata["negeig.network"])
    letters = [f"l{i}" for i in range(1000)]
    document["layers"][0]["alphabet"] = document["alphabet"] = letters
    step = {"beta": "0", "key": ["1"], "write": "0"}
    document["layers"][0]["steps"] = {a: [] for a in letters} | {"l0": [step] * 2000}
    document["layers"][0]["emit"] = [["even"] * 1000, ["odd"] * 1000]
    write(path, tensors, {**metadata, "negeig.network": json.dumps(document)})
    monkeypatch.setattr("negeig.kernels.tensors.network_tensors", None)  # must not be reached
    with pytest.raises(InputError, match=r"'layers.0.beta': expected float32 of shape \[1000, 200"):
        load(path)


@pytest.mark.parametrize("network", [symmetric(3)[0], RIGHT["dense"](), RIGHT["two layers"]()])
def test_every_tampered_tensor_is_refused_by_name(network, path):
    network = network[0] if isinstance(network, tuple) else network
    save(path, network)
    _, tensors, metadata = read(path)
    for key, tensor in tensors.items():
        flat = tensor.reshape(-1)
        for i in range(flat.size):
            kept = flat[i].copy()
            flat[i] = kept + 1
            write(path, tensors, metadata)
            with pytest.raises(InputError) as caught:
                load(path)
            (problem,) = caught.value.problems
            assert f"tensor {key!r} of shape {list(tensor.shape)}" in problem
            assert f"1 of {tensor.size:,} entries are not the network's" in problem
            flat[i] = kept
    write(path, tensors, metadata)
    assert_equal(load(path), network)


def test_the_sign_of_zero_and_nan_count(path):
    save(path, parity()[0])
    _, tensors, metadata = read(path)
    for wrong in (-0.0, np.nan, np.inf):
        changed = {k: t.copy() for k, t in tensors.items()}
        changed["layers.0.write"][0, 0] = wrong
        write(path, changed, metadata)
        with pytest.raises(InputError, match=r"'layers.0.write'.*at \[0, 0\] found .*expected 0.0"):
            load(path)


def test_layout_and_metadata_are_checked(path):
    save(path, parity()[0])
    _, tensors, metadata = read(path)

    def refused(tensors, metadata):
        write(path, tensors, metadata)
        with pytest.raises(InputError) as caught:
            load(path)
        return "\n".join(caught.value.problems)

    without = {k: t for k, t in tensors.items() if k != "layers.0.key"}
    assert "'layers.0.key' is missing, expected float32 of shape [2, 1, 1]" in refused(
        {**without, "extra": np.zeros(2)}, metadata
    )
    assert "tensor 'extra' is not one of a network" in refused(
        {**tensors, "extra": np.zeros(2)}, metadata
    )
    wide = {**tensors, "layers.0.beta": tensors["layers.0.beta"].astype(np.float64)}
    assert "'layers.0.beta': expected float32 of shape [2, 1], found float64" in refused(
        wide, metadata
    )
    for key, wrong, expected in (
        ("schema", "negeig.tensors/2", 'schema: expected "negeig.tensors/1"'),
        ("negeig.dtype", "bfloat16", "'layers.0.beta': expected bfloat16"),
        ("negeig.dtype", "int8", "negeig.dtype: expected one of float64, float32, bfloat16"),
        ("negeig.outputs", "[0, 1]", "negeig.outputs: not the distinct outputs"),
        ("negeig.network", "{}", '"layers" is missing'),
        ("negeig.network", "[", "not valid JSON"),
    ):
        assert expected in refused(tensors, {**metadata, key: wrong})
        missing = {k: v for k, v in metadata.items() if k != key}
        problem = "not written by negeig" if key == "negeig.network" else key
        assert problem in refused(tensors, missing)


def test_tensors_and_network_must_belong_together(path):
    save(path, symmetric(3)[0])
    _, tensors, _ = read(path)
    save(path, parity()[0])
    _, _, metadata = read(path)
    write(path, tensors, metadata)
    with pytest.raises(InputError, match="expected float32 of shape"):
        load(path)


def packed(header, body=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def entry(dtype="F32", shape=(1,), start=0, end=4):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, end]}


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("archive/data.pkl", "x")
    return buffer.getvalue()


BAD = {
    "empty": (b"", "not a safetensors file"),
    "short": (b"1234567", "not a safetensors file"),
    "header longer than the file": (b"\x10" + bytes(7) + b"{}", "not a safetensors file"),
    "huge header": (b"\xff" * 7 + b"\x00" + b"{}", "not a safetensors file"),
    "no JSON": (packed(b"{abc}   "), "not a safetensors file"),
    "not an object": (packed(b"[1, 2]  "), "not a safetensors file"),
    "nested deeply": (packed(b'{"a":' * 10_000), "not a safetensors file"),
    "no UTF-8": (packed(b'{"\xff":1}'), "not a safetensors file"),
    "data missing": (packed({"a": entry()}), "not a safetensors file"),
    "data left over": (packed({"a": entry()}, bytes(8)), "not a safetensors file"),
    "shape and size differ": (packed({"a": entry(shape=(2,))}, bytes(4)), "not a safetensors"),
    "shape overflows": (packed({"a": entry(shape=(2**62, 8))}, bytes(4)), "not a safetensors"),
    "negative shape": (packed({"a": entry(shape=(-1,))}, bytes(4)), "not a safetensors"),
    "overlap": (packed({"a": entry(), "b": entry()}, bytes(4)), "not a safetensors"),
    "end before start": (packed({"a": entry(start=4, end=0)}, bytes(4)), "not a safetensors"),
    "unknown type": (packed({"a": entry("F33")}, bytes(4)), "not a safetensors"),
    "a name twice": (
        packed(b'{"a":' + json.dumps(entry()).encode() + b',"a":' + json.dumps(entry()).encode()
               + b"}", bytes(4)),
        'the key "a" occurs twice',
    ),
    "metadata that is no text": (packed({"__metadata__": {"a": 1}}), "not a safetensors"),
    "complex": (packed({"a": entry("C64", end=8)}, bytes(8)), "tensor 'a' of shape [1] has type"),
    "pickle": (pickle.dumps([1, 2]), "looks like a pickle"),
    "archive": (archive(), "looks like a pickle or an archive"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_files_that_are_no_tensors(name, path):
    data, expected = BAD[name]
    with open(path, "wb") as file:
        file.write(data)
    for reader in (read_again, load):
        with pytest.raises(InputError) as caught:
            reader(path)
        assert expected in str(caught.value)
        assert str(caught.value).startswith(path)


def test_size_is_checked_before_reading(path, tmp_path):
    save(path, parity()[0])
    for reader in (read_again, load):
        with pytest.raises(InputError, match="too large"):
            reader(path, 100)
        with pytest.raises(InputError, match="cannot be read"):
            reader(str(tmp_path / "none"))


@pytest.mark.parametrize("seed", range(2))
def test_changed_bytes_raise_input_errors_or_load_the_network(seed, path):
    network = symmetric(3)[0]
    save(path, network)
    with open(path, "rb") as file:
        original = file.read()
    rng = random.Random(seed)
    refused = 0
    for _ in range(300):
        data = bytearray(original)
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < 0.2:
            del data[rng.randrange(len(data)) :]
        with open(path, "wb") as file:
            file.write(data)
        try:
            found = load(path)
        except InputError:
            refused += 1
        else:  # what the file says is still one whole network, such as one with other names
            save(path, found)
    assert refused > 250


def test_every_type_is_read(path):
    types = {
        "f64": np.float64, "f32": np.float32, "f16": np.float16, "bf16": ml_dtypes.bfloat16,
        "e4m3": ml_dtypes.float8_e4m3fn, "e5m2": ml_dtypes.float8_e5m2, "i64": np.int64,
        "i32": np.int32, "i16": np.int16, "i8": np.int8, "u8": np.uint8, "u16": np.uint16,
        "u32": np.uint32, "u64": np.uint64, "bool": np.bool_,
    }  # fmt: skip
    shapes = [(), (0,), (3,), (2, 0, 4), (2, 3, 2)]
    tensors = {
        f"{name} {shape}": np.arange(int(np.prod(shape)), dtype=np.float64)
        .reshape(shape)
        .astype(kind)
        for (name, kind), shape in itertools.product(types.items(), shapes)
    }
    write(path, tensors, {})
    found = read_again(path)
    assert list(found) == sorted(tensors)
    for name, tensor in tensors.items():
        assert found[name].dtype == tensor.dtype
        assert found[name].shape == tensor.shape
        assert found[name].tobytes() == tensor.tobytes()


@pytest.mark.parametrize("seed", range(20))
def test_random_networks_survive(seed, path):
    network, _ = random_pair(seed)
    save(path, network, dtype="float32", round_parameters=True)
    assert_equal(load(path), network)


def test_a_file_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        save(str(tmp_path / "missing" / "net.safetensors"), parity()[0])


def test_without_safetensors(path, monkeypatch):
    save(path, parity()[0])
    monkeypatch.setitem(sys.modules, "safetensors", None)
    for call in (lambda: load(path), lambda: save(path, parity()[0]), lambda: read_again(path)):
        with pytest.raises(Unavailable, match="pip install safetensors"):
            call()
