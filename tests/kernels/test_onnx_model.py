"""Networks as ONNX models: onnxruntime computes the machine's outputs, and the promised states."""

import json
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction as F
from functools import cache

import numpy as np
import onnx.reference
import onnxruntime
import pytest
from onnx import helper

from negeig import api
from negeig.automata import zoo
from negeig.claims import InputError, LimitReached, Unavailable
from negeig.kernels.onnx_model import model, save, values
from negeig.kernels.runnable import runnable
from negeig.kernels.words import all_words
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import FP32
from negeig.precision.stored import nearest
from negeig.theory.constructions.budget import Budget
from negeig.theory.networks.network import DeltaStep, DenseStep
from negeig.theory.networks.network_json import loads
from support.command_line import negeig
from support.kernel_networks import (
    RIGHT,
    delta,
    parity,
    random_pair,
    symmetric,
    two_layers,
    vector,
    with_layer,
)
from support.promises import promised

TASKS = (
    "parity", "mod:3", "sym:3:swaps", "dyck1:2", "dyck1:3", "contains:ab", "starts-with:ab",
    "adder", "quaternion", "first-symbol", "flipflop", "abab", "cyclic:4",
)  # fmt: skip
LENGTH = 8


def session(made):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(made.SerializeToString(), options)


def outputs_of(network, made, words):
    """What onnxruntime says after every letter, as the network's outputs; None for -1."""
    (found,) = session(made).run(None, {"letters": words.astype(np.int64)})
    assert found.dtype == np.int64
    are, known = values(network)
    return [[None if n < 0 else known[n] if are == "numbers" else n for n in row]
            for row in found.tolist()]  # fmt: skip


def wrong_positions(network, made, machine):
    """How many positions of all words up to the length differ from the machine."""
    words = all_words(len(network.alphabet), LENGTH)
    found = outputs_of(network, made, words)
    column = [machine.alphabet.index(letter) for letter in network.alphabet]
    state = np.full(len(words), machine.initial)
    wrong = 0
    for t in range(LENGTH):
        state = machine.transitions[state, np.array(column)[words[:, t]]]
        right = [machine.outputs[q] for q in state]
        wrong += sum(row[t] != output for row, output in zip(found, right, strict=True))
    return wrong


@cache
def compiled(task):
    return api.compile(zoo=task, budget=Budget(held_by=("fp32",)))


@pytest.mark.parametrize("task", TASKS)
def test_all_short_words_are_right(task):
    made = compiled(task)
    assert wrong_positions(made.network, model(made.network), made.machine) == 0


def test_the_tasks_have_layers_steps_and_both_kinds_of_outputs():
    networks = [compiled(task).network for task in TASKS]
    assert max(len(network.layers) for network in networks) > 1
    assert max(layer.steps_per_token for n in networks for layer in n.layers) > 2
    assert {values(network)[0] for network in networks} == {"values", "numbers"}


def test_another_task_s_model_is_found_wrong():
    """The comparison can fail: parity against the words without a 1, and a table with a slip."""
    network, machine = parity()
    assert wrong_positions(network, model(network), machine) == 0
    assert wrong_positions(network, model(network), api.language("0*", alphabet="1").machine) > 0
    slip = with_layer(network, 0, emit=(("even", "odd"), ("odd", "even")))
    assert wrong_positions(slip, model(slip), machine) > 0


@pytest.mark.parametrize("name", RIGHT)
def test_networks_with_writes_dense_steps_and_no_layers(name):
    network, machine = RIGHT[name]()
    assert wrong_positions(network, model(network), machine) == 0


def test_long_words_of_a_stack():
    network, machine = two_layers()
    source = np.random.default_rng(0)
    words = source.integers(0, len(network.alphabet), (3, 5000))
    for row, word in zip(outputs_of(network, model(network), words), words, strict=True):
        letters = [network.alphabet[a] for a in word]
        assert row == list(machine.run(letters))[1:]


# The states, bit for bit.


def held(network):
    """The network with every entry rounded to float32, so that the model takes it."""

    def number(x):
        return F(nearest(x, FP32))

    def step(s):
        if isinstance(s, DenseStep):
            return DenseStep(
                tuple(tuple(map(number, r)) for r in s.matrix), tuple(map(number, s.bias))
            )
        return DeltaStep(number(s.beta), tuple(map(number, s.key)), number(s.write))

    layers = tuple(
        replace(
            layer,
            initial=tuple(map(number, layer.initial)),
            steps={a: tuple(map(step, steps)) for a, steps in layer.steps.items()},
            codes=tuple(tuple(map(number, code)) for code in layer.codes),
        )
        for layer in network.layers
    )
    return replace(network, layers=layers)


def with_states(made, network):
    """The model with the states of its layers after every letter among its outputs."""
    seen = onnx.ModelProto()
    seen.CopyFrom(made)
    (scan,) = [node for node in seen.graph.node if node.op_type == "Scan"]
    body = next(a.g for a in scan.attribute if a.name == "body")
    for i, layer in enumerate(network.layers):
        if layer.dim:
            body.node.append(helper.make_node("Identity", [f"after_{i}"], [f"seen_{i}"]))
            info = (onnx.TensorProto.FLOAT, ["batch", layer.dim])
            body.output.append(helper.make_tensor_value_info(f"seen_{i}", *info))
            scan.output.append(f"states_{i}")
            shape = ["columns", "rows", layer.dim]
            seen.graph.output.append(
                helper.make_tensor_value_info(f"states_{i}", onnx.TensorProto.FLOAT, shape)
            )
    return seen


def differing(network, made, words):
    """Where outputs or states are not those of the arithmetic fp32, bit for bit."""
    ready = runnable(network, network.alphabet)
    right = promised(ready, ReferenceSemantics(network, ready.stored, parse("fp32")), words)
    table = [*network.outputs.values(), None]
    wanted = [[table[s] for s in row] for row in right.symbols.tolist()]
    wrong = [] if outputs_of(network, made, words) == wanted else ["outputs"]
    found = session(with_states(made, network)).run(None, {"letters": words.astype(np.int64)})[1:]
    states = iter(found)
    for i, (layer, reached) in enumerate(zip(network.layers, right.states, strict=True)):
        if layer.dim:
            mine = next(states)[:-1, :-1].swapaxes(0, 1)
            same = np.ascontiguousarray(mine).view(np.int32) == reached.astype(np.float32).view(
                np.int32
            )
            both_nan = np.isnan(mine) & np.isnan(reached)
            wrong += [f"layer {i}"] * (not (same | both_nan).all())
    return wrong, right


def grows(dim):
    """Beyond the largest number after some letters, and then, as inf - inf, NaN."""
    network = parity()[0]
    steps = {"0": (delta(-(2**50), (1,) * dim),), "1": (delta(3, (1,) * dim, 5),)}
    return with_layer(
        network, 0, steps=steps, initial=vector(*[1] * dim),
        codes=(vector(*[1] * dim), vector(*[-1] * dim)),
    )  # fmt: skip


def signed_zeros(dim):
    """Letters of one and of two steps on the state 0, with -0 after some and not after others."""
    minus = DenseStep((vector(*[-1] * dim),) * dim, vector(*[0] * dim))
    nothing = delta(1, (0,) * dim, -1)
    return with_layer(
        parity()[0], 0, steps={"0": (minus,), "1": (minus, nothing, minus)},
        initial=vector(*[0] * dim), codes=(vector(*[1] * dim), vector(*[-1] * dim)),
    )  # fmt: skip


def test_states_are_those_of_fp32_bit_for_bit():
    seen = Counter()
    networks = [make(dim) for make in (grows, signed_zeros) for dim in (1, 2, 3)]
    networks += [symmetric(4)[0], *(make()[0] for make in RIGHT.values())]
    networks += [held(random_pair(seed)[0]) for seed in range(60)]
    networks += [held(random_pair(seed, most=7)[0]) for seed in range(1000, 1010)]
    for seed, network in enumerate(networks):
        source = np.random.default_rng(seed)
        words = source.integers(0, len(network.alphabet), (2, 9)).astype(np.int32)
        wrong, right = differing(network, model(network), words)
        assert wrong == [], (seed, network)
        flat = np.concatenate([np.zeros(1), *(s.reshape(-1) for s in right.states)])
        steps = [s for layer in network.layers for row in layer.steps.values() for s in row]
        seen["layers"] += len(network.layers) > 1
        seen["dense"] += any(isinstance(s, DenseStep) for s in steps)
        seen["not finite"] += not np.isfinite(flat).all()
        seen["rounded"] += bool((np.abs(flat[np.isfinite(flat)]) % 2.0**-10 != 0).any())
        seen["-0"] += bool((np.signbit(flat) & (flat == 0)).any())
    few = {"layers": 10, "dense": 10, "not finite": 2, "rounded": 10, "-0": 3}
    assert [what for what in few if seen[what] < few[what]] == [], seen


def test_another_order_of_a_sum_is_found():
    """The comparison can fail: keys and states with their coordinates the other way round."""
    entries = F(1), F(2**24), F(-(2**24))
    network = with_layer(
        parity()[0], 0,
        initial=vector(1, 1, 1),
        codes=(vector(1, 1, 1), vector(-1, 0, 0)),
        steps={"0": (), "1": (DeltaStep(F(1), entries, F(0)),)},
    )  # fmt: skip
    words = np.array([[1, 0]], np.int32)
    assert differing(network, model(network), words)[0] == []
    mirrored = with_layer(
        network, 0, steps={"0": (), "1": (DeltaStep(F(1), entries[::-1], F(0)),)},
        codes=(vector(1, 1, 1), vector(0, 0, -1)),
    )  # fmt: skip
    assert "layer 0" in differing(network, model(mirrored), words)[0]


# The edges.


def test_onnx_s_own_evaluator_runs_it_too():
    network, machine = two_layers()
    words = all_words(len(network.alphabet), 4)
    found = onnx.reference.ReferenceEvaluator(model(network)).run(
        None, {"letters": words.astype(np.int64)}
    )[0]
    for word, row in zip(words, found.tolist(), strict=True):
        assert row == list(machine.run([network.alphabet[a] for a in word]))[1:]


def test_what_is_no_letter_has_no_output_and_changes_nothing():
    network, _ = parity()
    words = np.array([[1, -1, 2, 1], [1, 1, 1, -7]])
    assert outputs_of(network, model(network), words) == [[0, None, None, 1], [0, 1, 0, None]]


@pytest.mark.parametrize("shape", [(2, 0), (0, 3), (0, 0)])
def test_no_words_and_no_letters(shape):
    network, _ = two_layers()
    (found,) = session(model(network)).run(None, {"letters": np.zeros(shape, np.int64)})
    assert found.shape == shape


def test_what_float32_does_not_hold_is_refused():
    network = api.compile(zoo="mod:3", budget=Budget(routes=("rotations",))).network
    with pytest.raises(InputError, match="float32 tensors cannot hold this network") as stop:
        model(network)
    assert "key" in str(stop.value)


def test_tables_that_are_too_large():
    with pytest.raises(LimitReached, match="bytes of the tensors"):
        model(symmetric(4)[0], max_bytes=1000)


def test_the_file(tmp_path):
    """Its opset, its metadata, the exact network; equal networks give equal bytes."""
    network = compiled("sym:3:swaps").network
    paths = [tmp_path / "a.onnx", tmp_path / "b.onnx"]
    for path in paths:
        save(str(path), network, about={"route": "permutation"})
    assert paths[0].read_bytes() == paths[1].read_bytes()
    made = onnx.load(paths[0])
    assert [(entry.domain, entry.version) for entry in made.opset_import] == [("", 18)]
    about = {entry.key: entry.value for entry in made.metadata_props}
    assert about["schema"] == "negeig.onnx/1"
    assert json.loads(about["negeig.alphabet"]) == list(network.alphabet)
    assert (about["negeig.outputs.are"], about["negeig.arithmetic"]) == ("numbers", "fp32")
    again = loads(about["negeig.network"])
    assert (again.layers[0].steps, again.outputs) == (network.layers[0].steps, network.outputs)
    with pytest.raises(InputError, match="cannot be written"):
        save(str(tmp_path / "no" / "a.onnx"), network)


def test_the_command_line(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = negeig(capsys, "compile", "(11)*", "-o", "parity.onnx")
    assert (code, err) == (0, "negeig: wrote parity.onnx: the network as an ONNX model\n")
    found = onnxruntime.InferenceSession("parity.onnx").run(
        None, {"letters": np.zeros((1, 4), int)}
    )
    assert found[0].tolist() == [[0, 1, 0, 1]]
    # What float32 does not hold is never chosen, and named where nothing else may be.
    code, _, err = negeig(capsys, "compile", "--zoo", "mod:3", "-o", "m.onnx")
    assert (code, (tmp_path / "m.onnx").exists()) == (0, True)
    code, _, err = negeig(
        capsys, "compile", "--zoo", "mod:3", "--route", "rotations", "-o", "r.onnx"
    )
    assert (code, "fp32 has to hold every parameter" in err) == (3, True)
    code, _, err = negeig(capsys, "compile", "a", "-o", "r.onnx", "--dtype", "bfloat16")
    assert (code, "is about tensors" in err) == (2, True)
    code, _, err = negeig(capsys, "compile", "(11)*", "-o", "no/parity.onnx")
    assert (code, "there is no folder" in err) == (2, True)
    assert not (tmp_path / "r.onnx").exists()


def test_without_onnx(capsys, tmp_path, monkeypatch):
    """Said before any work, with what to install; exit code 3."""
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(Unavailable, match="pip install onnx"):
        model(parity()[0])
    monkeypatch.setattr("negeig.pipeline.compile.compile", None)
    code, out, err = negeig(capsys, "compile", "(11)*", "-o", str(tmp_path / "parity.onnx"))
    assert (code, out) == (3, "")
    assert "pip install -c constraints.txt -e '.[onnx]' in a clone of negeig" in err


def test_the_zoo_has_these_tasks():
    assert all(zoo.get(task).size for task in TASKS)
