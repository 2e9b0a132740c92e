"""Backend ``cpu`` where few codes are looked up without gathering, beside where many are not."""

from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.kernels.backends.cpu import Cpu, LaneStream
from negeig.kernels.backends.reference import Reference
from negeig.kernels.exact_states import machine_of
from negeig.kernels.runnable import runnable
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN


def permuting(letters: int, dim: int) -> tuple[LinearRNN, Machine]:
    """S4 on the first four of some coordinates, by that many letters: 24 codes."""
    swaps = list(combinations(range(4), 2))[:letters]
    steps = {}
    for number, (i, j) in enumerate(swaps):
        key = [Fraction(0)] * dim
        key[i], key[j] = Fraction(1), Fraction(-1)
        steps[str(number)] = (DeltaStep(Fraction(1), tuple(key), Fraction(0)),)
    start = tuple(Fraction(j + 1) for j in range(dim))
    codes = tuple((*first, *start[4:]) for first in permutations(start[:4]))
    names = [str(i) for i in range(len(codes))]
    layer = Layer(alphabet=tuple(steps), initial=start, steps=steps, codes=codes,
                  emit=tuple((name,) * letters for name in names))  # fmt: skip
    network = LinearRNN(
        alphabet=tuple(steps), layers=(layer,), outputs=dict(zip(names, names, strict=True)),
        empty="0",
    )  # fmt: skip
    return network, machine_of(network, 100)


@pytest.mark.parametrize("letters", [3, 4, 6])
@pytest.mark.parametrize("dim", [4, 8, 9, 20])
def test_few_codes_are_looked_up_without_gathering_and_many_are_not(letters: int, dim: int) -> None:
    """24 codes and 4 letters fit into 128 pairs, with 6 they do not; 9 coordinates take more ranks.

    Wrong guesses, of which a fresh table is full, change nothing.
    """
    network, machine = permuting(letters, dim)
    ready = runnable(network, machine.alphabet)
    cpu = Cpu(ready)
    assert bool(cpu.tables[0].pairs.size) == (letters < 5)
    words = np.random.default_rng(letters).integers(0, letters, (67, 300)).astype(np.int32)
    right = Reference(ready).stream(67).read(words)
    for _ in range(2):  # the second time the table has learnt
        assert cpu.stream(67).read(words).tolist() == right.tolist()
    if cpu.tables[0].pairs.size:
        false = np.random.default_rng(0).integers(0, 24, 128)
        cpu.tables[0].pairs[1], cpu.tables[0].short[1] = false, false  # symbols
        assert cpu.stream(67).read(words).tolist() != right.tolist()


def test_what_another_stream_has_half_written_is_not_seen() -> None:
    """A guess is a code and its symbol: a thread between the two must not lend another the code."""
    network, machine = permuting(3, 4)
    ready = runnable(network, machine.alphabet)
    words = np.random.default_rng(1).integers(0, 3, (32, 300)).astype(np.int32)
    right = Reference(ready).stream(32).read(words)
    cpu = Cpu(ready)
    mine, others = cpu.stream(32), cpu.stream(32)
    (_, lanes), *_ = others.parts
    assert isinstance(lanes, LaneStream)
    pairs, short = lanes.layers[0].arrays[6:8]
    assert pairs.shape == short.shape == (2, 128)
    pairs[1], short[1] = (pairs[1] + 1) % 24, (short[1] + 1) % 24  # symbols
    assert mine.read(words).tolist() == right.tolist()
    assert others.read(words).tolist() != right.tolist()
    assert cpu.stream(32).read(words).tolist() == right.tolist()
