"""The description of an exported layer, run in numpy: what the layers compute, without them."""

from functools import cache
from itertools import product

import numpy as np
import pytest

import negeig
from negeig.automata.zoo import get
from negeig.claims import InputError, LimitReached
from negeig.kernels.layers.export import export
from negeig.kernels.layers.kind import find, known
from negeig.kernels.layers.layer_file import load, save
from negeig.kernels.tensor_file import read, write
from negeig.kernels.trajectory import trajectory
from negeig.pipeline.parts.layer_budget import layer_budget
from negeig.theory.constructions.direct import permutation, scalar

TASKS = ("parity", "flipflop", "sym:3:swaps", "sym:5", "recall:2:2")


@cache
def compiled(task, kind="fla.DeltaNet", dtype="float32"):
    return negeig.compile_layer(zoo=task, layer=kind, dtype=dtype).layer


def delta_net(layer, rows, epsilon=1e-6):
    """DeltaNet of fla, in float32: states (words, positions, heads, key, value) and outputs."""
    weight = {name: np.float32(tensor) for name, tensor in layer.parameters.items()}
    hidden = np.float32(layer.inputs)[rows]

    def silu(x):
        with np.errstate(over="ignore"):
            return x / (1 + np.exp(-x))

    def projected(name):
        taps = weight[f"{name}_conv1d.weight"][:, 0]
        assert (taps[:, :-1] == 0).all()
        found = silu(hidden @ weight[f"{name}_proj.weight"].T * taps[:, -1])
        return found.reshape(*rows.shape, heads, -1)

    heads = len(weight["b_proj.weight"])
    q, k, v = map(projected, "qkv")
    q, k = (x / np.sqrt((x * x).sum(-1, keepdims=True) + np.float32(epsilon)) for x in (q, k))
    beta = 2 / (1 + np.exp(-(hidden @ weight["b_proj.weight"].T)))
    state = np.zeros((len(rows), heads, k.shape[-1], v.shape[-1]), np.float32)
    states, outputs = [], []
    for t in range(rows.shape[1]):
        key = k[:, t, :, :, None]
        change = beta[:, t, :, None] * (v[:, t] - (key * state).sum(-2))
        state = state + key * change[..., None, :]
        o = (q[:, t, :, :, None] * state).sum(-2) / np.float32(k.shape[-1] ** 0.5)
        outputs.append(o / np.sqrt((o * o).mean(-1, keepdims=True) + np.float32(1e-5)))
        states.append(state)
    o = np.stack(outputs, 1).reshape(*rows.shape, -1) @ weight["o_proj.weight"].T
    return np.stack(states, 1), o.astype(np.float64)


def run(made, words, epsilon=1e-6):
    """Return numbers of outputs, distances to the nearest codes, and states, layer by layer."""
    letters, distances, states = words, [], []
    for layer in made.layers:
        state, outputs = delta_net(layer, layer.positions(letters), epsilon)
        letters, distance = layer.read(outputs, letters)
        distances.append(distance.max())
        states.append(state)
    return letters, distances, states


def expected(made, words):
    _, symbols = trajectory(made.network, words)
    return np.array([[made.values.index(made.network.outputs[s]) for s in r] for r in symbols])


def random_words(made, count=4, length=100):
    rng = np.random.default_rng(20261130)
    return rng.integers(0, len(made.network.alphabet), (count, length), np.int32)


@pytest.mark.parametrize("task", TASKS)
def test_every_position_is_the_machines(task):
    made = compiled(task)
    letters = len(made.network.alphabet)
    length = 6 if letters < 4 else 3
    short = np.array(list(product(range(letters), repeat=length)), np.int32)
    for words in (short, random_words(made)):
        found, distances, _ = run(made, words)
        assert (found == expected(made, words)).all()
        assert max(distances) < 1e-6


@pytest.mark.parametrize("task", ["parity", "flipflop", "sym:3:swaps", "sym:5"])
def test_the_states_are_exact(task):
    """Both channels, in every head: the network's state shifted and scaled, and a constant."""
    made = compiled(task)
    words = random_words(made, 2, 60)
    _, _, (states,) = run(made, words)
    layer = made.layers[0]
    start, stride = len(layer.start), layer.rows.shape[1]
    ((own,), _) = trajectory(made.network, words)
    points = np.array([[float(x) for x in point] for point in own.points])
    right = points[own.after[:, :, -1]]
    at_ends = states[:, start + stride - 1 :: stride, 0, : right.shape[-1], :]
    constant = at_ends[..., 1]
    assert (constant == constant.flat[0]).all()
    scale = np.unique(np.abs(np.diff(at_ends[..., 0], axis=1)[np.diff(right, axis=1) != 0])
                      / np.abs(np.diff(right, axis=1)[np.diff(right, axis=1) != 0]))  # fmt: skip
    assert len(scale) == 1
    assert np.log2(scale[0]) % 1 == 0
    assert (states == states[:, :, :1]).all()  # all heads hold the same


def test_an_epsilon_that_is_not_lost_makes_the_state_drift():
    made = compiled("sym:3:swaps")
    words = random_words(made, 2, 300)
    assert max(run(made, words)[1]) < 1e-6
    assert max(run(made, words, epsilon=1.0)[1]) > 0.1


@pytest.mark.parametrize(
    ("name", "entry"),
    [("k_proj.weight", (0, 0)), ("v_proj.weight", (0, 1)), ("b_proj.weight", (0, 1))],
)
def test_a_tampered_weight_is_caught(name, entry, tmp_path):
    made = compiled("parity")
    path = str(tmp_path / "layer.safetensors")
    save(path, made)
    _, tensors, texts = read(path)
    assert load(path).tensors.keys() == tensors.keys()
    wrong = tensors[f"layers.0.module.{name}"].copy()
    wrong[entry] += 1
    write(path, tensors | {f"layers.0.module.{name}": wrong}, texts)
    with pytest.raises(InputError) as error:
        load(path)
    (problem,) = error.value.problems
    assert name in problem
    assert f"at {list(entry)}" in problem


def test_a_reflection_that_is_off_is_decoded_wrongly():
    made = compiled.__wrapped__("parity")  # it is changed
    made.layers[0].parameters["b_proj.weight"][0, 1] = 0  # beta 1 projects
    words = random_words(made, 1, 50)
    assert (run(made, words)[0] != expected(made, words)).any()


def test_files_that_are_none_are_refused(tmp_path):
    path = str(tmp_path / "layer.safetensors")
    write(path, {"a": np.zeros(1)}, {"schema": "something"})
    with pytest.raises(InputError) as error:
        load(path)
    assert [p.split(":")[0] for p in error.value.problems] == [
        "schema", "kind", "dtype", 'no "negeig.network" in the metadata'
    ]  # fmt: skip
    made = compiled("parity")
    save(path, made)
    _, tensors, texts = read(path)
    others = {k: v for k, v in tensors.items() if k != "layers.0.codes"} | {"b": np.zeros(1)}
    write(path, others, texts)
    with pytest.raises(InputError, match=r"(?s)no array of this layer.*missing"):
        load(path)


@pytest.mark.parametrize("name", known())
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_every_kind_writes_the_same_bytes_twice(name, dtype, tmp_path):
    made = compiled("flipflop", name, dtype)
    save(str(tmp_path / "a"), made)
    first = (tmp_path / "a").read_bytes()
    save(str(tmp_path / "a"), load(str(tmp_path / "a")))
    assert (tmp_path / "a").read_bytes() == first
    assert made.layers[0].rounding < made.layers[0].margin


def test_several_layers_are_several_modules():
    budget = layer_budget("fla.DeltaNet", budget=negeig.Budget(steps=1))
    made = budget.export(negeig.compile(zoo="mod:4", budget=budget).network)
    assert len(made.layers) > 1
    words = random_words(made)
    found, distances, _ = run(made, words)
    assert (found == expected(made, words)).all()
    assert max(distances) < 1e-6


def test_householders_are_gathered_into_one_position():
    one, many = compiled("sym:5"), compiled("sym:5", "fla.GatedDeltaProduct")
    moves = one.layers[0].rows.shape[1]
    assert many.layers[0].rows.shape[1] == 1
    assert many.layers[0].arguments["num_householder"] == moves > 4
    assert len(many.layers[0].start) == -(-len(one.layers[0].start) // moves)


def test_what_cannot_be_written_is_refused_with_the_reason():
    parity = scalar.construct(get("parity").minimal())[0].network
    with pytest.raises(InputError, match="beta <= 1"):
        export(parity, find("transformers.qwen3_next"))
    swaps = permutation.construct(get("mod:3").minimal())[0].network
    with pytest.raises(InputError, match=r"divides .* by its length"):
        export(swaps, find("fla.DeltaNet"))
    with pytest.raises(InputError, match="float16"):
        export(parity, find("fla.DeltaNet"), "float16")
    with pytest.raises(LimitReached, match="bytes of the layer"):
        export(parity, find("fla.DeltaNet"), max_bytes=1000)
    with pytest.raises(InputError, match=r"fla\.GatedDeltaProduct"):
        find("fla.GLA")


def test_numbers_that_a_type_does_not_hold_are_refused():
    """State 257 takes nine bits, bfloat16 has eight."""
    one = negeig.compile(zoo="parity").network
    layer = one.layers[0]
    far = type(layer)(
        alphabet=layer.alphabet, initial=(layer.initial[0] * 257,), steps=layer.steps,
        codes=tuple((code[0] * 257,) for code in layer.codes), emit=layer.emit,
    )  # fmt: skip
    network = type(one)(alphabet=one.alphabet, layers=(far,), outputs=one.outputs, empty=one.empty)
    assert export(network, find("fla.DeltaNet"), "float32").layers
    with pytest.raises(InputError, match="bfloat16 does not hold 8224"):
        export(network, find("fla.DeltaNet"), "bfloat16")
