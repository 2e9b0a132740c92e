"""The torch module: outputs are the machine's on every word, in every type, after every trip."""

import itertools
import random
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from negeig.automata import zoo
from negeig.automata.language import language
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached, Unavailable
from negeig.kernels import torch_module
from negeig.kernels.runnable import runnable
from negeig.kernels.tensors import DTYPES, network_tensors, save
from negeig.kernels.torch_module import load_module, module
from negeig.precision.closure.reference import ReferenceSemantics, to_bits
from negeig.precision.numbers.arithmetic import parse
from negeig.theory.networks.network import Layer, LinearRNN
from negeig.theory.networks.network_json import dumps
from support.candidates import candidates
from support.field_networks import rotation
from support.kernel_networks import (
    RIGHT,
    delta,
    dense,
    parity,
    random_pair,
    symmetric,
    two_layers,
    vector,
    with_layer,
)
from support.promises import promised

TYPES = {name: getattr(torch, name) for name in DTYPES}


def compiled(name):
    machine = (
        zoo.get(name) if ":" in name or name == "parity" else language(name).machine
    ).minimal()
    return candidates(machine)[0].network, machine


PAIRS = {name: make() for name, make in RIGHT.items()} | {
    name: compiled(name)
    for name in ("parity", "sym:5", "a(a|b)*", "(ab)*", "transformations:3", "starts-with:ab")
}
"""Integer and dyadic weights: exact in every type."""

THREE = Machine(alphabet="01", transitions=[[0, 1], [1, 2], [2, 0]], initial=0, outputs=[0, 1, 2])


def turning():
    """Counting modulo 3 by rotations in Q(sqrt 3): the first layer of ``rotation``."""
    network = rotation()
    return replace(network, layers=network.layers[:1], outputs={"x": 0, "y": 1, "z": 2}, empty=0)


def words(alphabet, longest):
    """All words of one length, shorter ones being their prefixes; fewer letters, longer words."""
    length = max(n for n in range(1, longest + 1) if len(alphabet) ** n <= 1200)
    return list(itertools.product(alphabet, repeat=length))


def assert_runs(net, machine, listed):
    assert net.empty.item() == net.outputs.index(machine.run(())[0])
    indices = net(net.encode(listed))
    assert indices.shape == (len(listed), max(map(len, listed)))
    for word, found in zip(listed, net.decode(indices), strict=True):
        assert found == list(machine.run(word))[1:]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", PAIRS)
def test_all_short_words(name, dtype):
    network, machine = PAIRS[name]
    assert_runs(module(network, TYPES[dtype]), machine, words(machine.alphabet, 10))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", PAIRS)
def test_long_random_words(name, dtype):
    network, machine = PAIRS[name]
    rng = random.Random(7)
    listed = [rng.choices(machine.alphabet, k=rng.randint(0, 400)) for _ in range(5)]
    assert_runs(module(network, TYPES[dtype]), machine, listed)


@pytest.mark.parametrize(
    ("dtype", "longest"), [("float32", 400), ("float64", 400), ("bfloat16", 9)]
)
def test_a_network_over_a_number_field(dtype, longest):
    """Rounded: float types keep it right for long, bf16 for short words."""
    net = module(turning(), TYPES[dtype])
    rng = random.Random(3)
    assert_runs(net, THREE, words("01", 9))
    assert_runs(net, THREE, [rng.choices("01", k=longest) for _ in range(4)])


def test_the_network_s_own_reference():
    for name in ("two layers", "dense", "transformations:3"):
        network, machine = PAIRS[name]
        net, listed = module(network), words(machine.alphabet, 4)
        assert net.decode(net(net.encode(listed))) == [list(network.run(w))[1:] for w in listed]


WRONG = {
    "beta": lambda layer: {"steps": {**layer.steps, "1": (delta(1, (1,)),)}},
    "key": lambda layer: {"steps": {**layer.steps, "1": (delta(2, (0,)),)}},
    "write": lambda layer: {"steps": {**layer.steps, "1": (delta(2, (1,), 5),)}},
    "initial": lambda layer: {"initial": vector(-1)},
    "codes": lambda layer: {"codes": layer.codes[::-1]},
    "emit": lambda layer: {"emit": layer.emit[::-1]},
}


@pytest.mark.parametrize("part", WRONG)
def test_a_network_altered_anywhere_errs(part):
    network, machine = parity()
    altered = with_layer(network, 0, **WRONG[part](network.layers[0]))
    with pytest.raises(AssertionError):
        assert_runs(module(altered), machine, words("01", 5))


def test_ties_go_to_the_first_of_equal_codes_and_tiny_states_keep_their_sign():
    def decoded(start, codes, dtype=torch.float32):
        layer = Layer(
            alphabet=("a",),
            initial=vector(*start),
            steps={"a": ()},
            codes=tuple(vector(*code) for code in codes),
            emit=tuple((str(c),) for c in range(len(codes))),
        )
        outputs = {str(c): c for c in range(len(codes))}
        net = module(LinearRNN(alphabet=("a",), layers=(layer,), outputs=outputs, empty=0), dtype)
        return net.decode(net(net.encode(["a"])))[0][0]

    assert decoded([0], [(-1,), (1,)]) == 0
    assert decoded([0], [(1,), (-1,)]) == 0
    assert decoded([F(1, 10**30)], [(-1,), (1,)]) == 1
    assert decoded([F(-1, 10**30)], [(1,), (-1,), (5,)]) == 1
    assert decoded([F(1, 10**30), 0], [(9, 9), (-1, 0), (0, 1), (1, 0), (1, 0)]) == 3
    assert decoded([3], [(5,), (1,), (5,)]) == 0
    assert decoded([F(2) ** 100], [(0,), (1,), (F(2) ** 90,)]) == 2


def test_a_state_that_overflows_has_no_output_from_there_on():
    grow = delta(-(F(2) ** 100), (1,))
    first = Layer(
        alphabet=("a", "b"),
        initial=vector(1),
        steps={"a": (grow,), "b": ()},
        codes=(vector(1), vector(2)),
        emit=(("x", "x"), ("y", "y")),
    )
    network, _ = parity()
    second = replace(network.layers[0], alphabet=("x", "y"), steps={"x": (), "y": ()})
    net = module(
        LinearRNN(alphabet=("a", "b"), layers=(first, second), outputs=network.outputs, empty=1)
    )
    indices = net(net.encode(["abb", "aab", "bab", "aaa"]))
    assert indices.tolist() == [[0, 0, 0], [0, -1, -1], [0, 0, 0], [0, -1, -1]]
    assert net.decode(indices)[1] == [1]


def test_words_of_many_lengths():
    network, machine = symmetric(3)
    net = module(network)
    assert_runs(net, machine, ["ab", "", "b", "ababab"])
    assert net.encode(["ab", ""]).tolist() == [[0, 1], [-1, -1]]
    assert net(net.encode(["ab", ""]))[1].tolist() == [-1, -1]
    for nothing in ([], ["", ""]):
        assert net.encode(nothing).shape == (len(nothing), 0)
        assert net(net.encode(nothing)).shape == (len(nothing), 0)
        assert net.decode(net(net.encode(nothing))) == [[] for _ in nothing]


def test_many_codes_are_compared_in_parts(monkeypatch):
    network, machine = symmetric(4)
    monkeypatch.setattr(torch_module, "LARGEST_SCORES", 100)  # four states at a time
    assert_runs(module(network), machine, words(machine.alphabet, 5))


def test_tokens_are_checked():
    net = module(parity()[0])
    for tokens, expected in (
        (torch.tensor([0, 1]), r"expected shape \(batch, time\), found \[2\]"),
        (torch.tensor([[0.0]]), "expected integers, found torch.float32"),
        (torch.tensor([[True]]), "expected integers, found torch.bool"),
        (torch.tensor([[0, 2]]), "0 to 1, or -1 for padding, found 0 to 2"),
        (torch.tensor([[0, -2]]), "found -2 to 0"),
    ):
        with pytest.raises(InputError, match=expected):
            net(tokens)
    for kind in (torch.int32, torch.uint8, torch.int64):
        assert net(torch.tensor([[1, 1]], dtype=kind)).tolist() == [[1, 0]]
    with pytest.raises(InputError, match="does not read '2', 'x'; its letters are '0', '1'"):
        net.encode(["01", "2x"])


@pytest.mark.parametrize("dtype", [torch.int32, torch.complex64, torch.float8_e4m3fn])
def test_an_unknown_type_is_refused(dtype):
    with pytest.raises(InputError, match="is none of float64, float32, bfloat16, float16"):
        module(parity()[0], dtype)


def test_an_entry_beyond_the_type_is_refused():
    network = with_layer(parity()[0], 0, initial=vector(F(2) ** 20))
    assert module(network, torch.float32).layers[0].initial.item() == 2**20
    with pytest.raises(InputError, match=r"layer 0, initial\[0\]: 1048576 is not in fp16"):
        module(network, torch.float16)


def test_a_module_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(torch_module, "MAX_BYTES", 10)
    with pytest.raises(LimitReached, match="bytes of the tensors"):
        module(parity()[0])


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", PAIRS)
def test_the_state_is_what_is_in_the_file(name, dtype, tmp_path):
    network, _ = PAIRS[name]
    net = module(network, TYPES[dtype])
    path = str(tmp_path / "net.safetensors")
    save(path, network, dtype=dtype)
    stored = load_file(path)
    state = net.state_dict()
    assert set(state) == set(stored) == set(network_tensors(network, dtype))
    for key, tensor in stored.items():
        assert tensor.dtype == state[key].dtype
        assert torch.equal(tensor, state[key])


def test_a_state_dict_makes_the_round_trip(tmp_path):
    network, machine = symmetric(3)
    net, path = module(network), str(tmp_path / "state.pt")
    torch.save(net.state_dict(), path)
    blank = module(network)
    with torch.no_grad():
        for tensor in blank.state_dict().values():
            tensor.zero_()
    with pytest.raises(AssertionError):
        assert_runs(blank, machine, words("ab", 5))
    blank.load_state_dict(torch.load(path, weights_only=True))
    assert_runs(blank, machine, words("ab", 5))


@pytest.mark.parametrize(
    "name", ["parity", "dense", "two layers", "no layers", "transformations:3"]
)
def test_modules_from_files(name, tmp_path):
    network, machine = PAIRS[name]
    as_json, tensors = tmp_path / "net.json", tmp_path / "net.safetensors"
    as_json.write_text(dumps(network), encoding="utf-8")
    save(str(tensors), network, dtype="bfloat16")
    for path in (as_json, tensors):
        net = load_module(str(path), torch.float64)
        assert_runs(net, machine, words(machine.alphabet, 5))
        assert all(p.dtype != torch.bfloat16 for p in net.state_dict().values())
    with pytest.raises(InputError, match="too large"):
        load_module(str(tensors), max_bytes=10)
    with pytest.raises(InputError, match="too large"):
        load_module(str(as_json), max_bytes=10)


def test_buffers_and_parameters():
    for network in (dense()[0], two_layers()[0]):
        fixed, trainable = module(network), module(network, trainable=True)
        assert list(fixed.parameters()) == []
        assert set(fixed.state_dict()) == set(trainable.state_dict())
        names = {name.split(".")[-1] for name, _ in trainable.named_parameters()}
        extra = {"matrix", "bias"} if network.layers[0].dim == 2 else set()
        assert names == {"initial", "beta", "key", "write"} | extra
        assert all(p.requires_grad for p in trainable.parameters())


def test_gradients_point_to_the_right_weight():
    """The beta of parity is 2; at 3/2 its own right states pull it up, and at 2 not at all."""
    network, _ = parity()
    right = module(network, torch.float64)
    tokens = right.encode(words("01", 5))
    target = right.states(tokens)[0]
    assert target.shape == (len(tokens), tokens.shape[1], 1)

    def gradient(beta):
        altered = with_layer(network, 0, steps={"0": (), "1": (delta(beta, (1,)),)})
        net = module(altered, torch.float64, trainable=True)
        ((net.states(tokens)[0] - target) ** 2).mean().backward()
        return net.layers[0].beta.grad[1, 0].item()

    assert gradient(F(3, 2)) < 0 < gradient(F(5, 2))
    assert gradient(2) == 0


def random_words(network, seed, shape):
    rng = random.Random(seed)
    letters = range(len(network.alphabet))
    return np.array([rng.choices(letters, k=shape[1]) for _ in range(shape[0])], np.int32)


@pytest.mark.parametrize(("dtype", "name"), DTYPES.items())
def test_states_are_those_of_an_arithmetic(dtype, name):
    """Bit for bit, in every type: the operations are the reference's, each rounded once."""
    arithmetic = parse(name)
    differing = 0
    for seed in range(20):
        network, _ = random_pair(seed)
        listed = random_words(network, seed, (3, 9))
        ready = runnable(network, network.alphabet, arithmetic.parameters)
        right = promised(ready, ReferenceSemantics(network, ready.stored, arithmetic), listed)
        found = module(network, TYPES[dtype]).states(torch.from_numpy(listed))
        # Of the first layer: what it emits near ties is up to the module's own decoder.
        one, other = found[0], right.states[0]
        assert one.dtype == TYPES[dtype]
        pairs = zip(one.flatten().tolist(), other.reshape(-1).tolist(), strict=True)
        assert all(to_bits([x]) == to_bits([y]) for x, y in pairs), (seed, listed)
        wider = torch.float32 if dtype == "float64" else torch.float64
        unlike = module(network, wider).states(torch.from_numpy(listed))[0]
        differing += not torch.equal(one.double().nan_to_num(), unlike.double().nan_to_num())
    assert differing > 5, "nothing was rounded"


def test_a_state_stays_where_nothing_is_read():
    network, _ = two_layers()
    net = module(network)
    states = net.states(net.encode([network.alphabet * 3, network.alphabet[:1]]))
    for reached in states:
        assert torch.equal(reached[1], reached[1, :1].expand_as(reached[1]))
        assert not torch.equal(reached[0], reached[0, :1].expand_as(reached[0]))


@pytest.mark.parametrize("seed", range(6))
def test_gradients_are_the_derivatives(seed):
    """Of all parameters, delta and dense steps, by finite differences in float64."""
    network = (random_pair(seed) if seed else dense())[0]
    net = module(network, torch.float64, trainable=True)
    named = [(n, v) for n, v in net.named_parameters() if n.startswith("layers.0.") and v.numel()]
    names, values = zip(*named, strict=True)
    tokens = torch.from_numpy(random_words(network, seed, (2, 5)))

    def first_states(*changed):
        layer = net.layers[0]
        for name, tensor in zip(names, changed, strict=True):
            layer._parameters[name.rpartition(".")[2]] = tensor
        return layer.states(net.letters[tokens.long()].long())

    changed = tuple(value.detach().requires_grad_() for value in values)
    assert torch.autograd.gradcheck(first_states, changed)


def test_without_torch():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "import negeig.kernels.tensors\n"
        "try:\n    import negeig.kernels.torch_module\n"
        "except Exception as e:\n    print(type(e).__name__, e)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{Unavailable.__name__} the torch module needs PyTorch: pip")
