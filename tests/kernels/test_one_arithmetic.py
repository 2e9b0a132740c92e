"""A network means one thing: what a closure in fp32 explores is what a kernel in fp32 computes."""

import random
from collections import Counter

import numpy as np
import pytest

from negeig.kernels.backends import reference
from negeig.kernels.backends._cpu_compiled import run_layer
from negeig.kernels.packing import PackedLayer, PackedNetwork, pack
from negeig.precision.closure.reference import ReferenceSemantics
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.networks.network import DenseStep
from support.kernel_networks import RIGHT, Pair, random_pair

Bits = tuple[tuple[int, ...], ...]
LENGTH = 12


def bits(states: np.ndarray) -> tuple[int, ...]:
    """Bit patterns of a float32 state, every NaN the same, as closures compare them."""
    canonical = np.where(np.isnan(states), np.float32(np.nan), states).astype(np.float32)
    return tuple(canonical.view(np.uint32).tolist())


def closure_states(pair: Pair, word: list[str]) -> list[Bits]:
    network, _ = pair
    arithmetic = parse("fp32")
    stored, _ = round_parameters(network, arithmetic, round_parameters=True)
    semantics = ReferenceSemantics(network, stored, arithmetic)
    state, found = semantics.initial(), []
    for letter in word:
        state, _ = semantics.step(state, letter)
        found.append(tuple(bits(np.array(v, np.float32)) for v in semantics.values(state)))
    return found


def run_reference(layer: PackedLayer, letters: np.ndarray) -> np.ndarray:
    state, states = layer.initial, []
    for a in letters:
        for i in range(layer.n_steps[a] if a >= 0 else 0):
            state = reference.step_state(layer, int(a), i, state)
        states.append(state)
    return np.array(states)


def run_cpu(layer: PackedLayer, letters: np.ndarray) -> np.ndarray:
    states = np.empty((len(letters), layer.dim), np.float32)
    run_layer(
        letters, 0, len(letters),
        layer.initial, layer.n_steps, layer.betas, layer.writes, layer.keys,
        layer.dense, layer.matrices, layer.biases, np.empty_like(layer.initial), states,
    )  # fmt: skip
    return states


def kernel_states(packed: PackedNetwork, word: list[int], run) -> list[Bits]:
    letters = packed.first_letters[word]
    found = []
    for layer in packed.layers:
        states = run(layer, letters)
        found.append([bits(state) for state in states])
        codes = [reference.nearest(layer, state) for state in states]
        letters = np.array(
            [-1 if a < 0 or c is None else layer.emit[c, a]
             for a, c in zip(letters, codes, strict=True)], np.int32
        )  # fmt: skip
    return list(zip(*found, strict=True))


@pytest.mark.parametrize("run", [run_reference, run_cpu])
def test_closure_states_are_kernel_states(run) -> None:
    seen: Counter[str] = Counter()
    with np.errstate(all="ignore"):
        pairs = [make() for name, make in RIGHT.items() if name != "no layers"]
        for seed, pair in enumerate([*pairs, *map(random_pair, range(150))]):
            network, machine = pair
            source = random.Random(seed)
            word = [source.randrange(len(machine.alphabet)) for _ in range(LENGTH)]
            expected = closure_states(pair, [machine.alphabet[a] for a in word])
            assert kernel_states(pack(network, machine), word, run) == expected, f"pair {seed}"
            seen[f"{min(len(network.layers), 2)} layers"] += 1
            steps = [s for layer in network.layers for row in layer.steps.values() for s in row]
            seen["dense"] += any(isinstance(s, DenseStep) for s in steps)
            seen["writes"] += any(not isinstance(s, DenseStep) and s.write != 0 for s in steps)
            seen["not finite"] += any(
                b & 0x7F800000 == 0x7F800000 for states in expected for s in states for b in s
            )
    # The sample must hold what the claim speaks of.
    assert min(seen["1 layers"], seen["2 layers"], seen["dense"], seen["writes"]) > 30, seen
    assert seen["not finite"] > 0, seen
