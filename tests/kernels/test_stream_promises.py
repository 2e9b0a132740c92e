"""However words are cut into pieces and side by side, a backend keeps its promise, bit for bit.

Long words and many are compared with backend ``reference``, which ``test_one_arithmetic`` holds to
the exact rational specification operation by operation.
"""

import random
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction as F
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from negeig.arrays import Ints
from negeig.claims import InputError
from negeig.kernels.backend import BACKENDS, States
from negeig.kernels.backends._cpu_tables import LaneTables, fits
from negeig.kernels.backends.cpu import Cpu
from negeig.kernels.runnable import runnable
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from support.kernel_networks import parity, random_pair, symmetric

SHAPES = ((1, 100), (2, 7), (15, 7), (16, 7), (17, 2), (33, 1), (33, 0), (0, 7), (17, 100))
"""Words and their length."""
SLOW = {"triton": 2}
"""How many cases a slow backend runs."""
CASES = 54


@dataclass(frozen=True, eq=False)
class Case:
    """Words of a network, where they begin, and where they are cut."""

    network: LinearRNN
    words: Ints
    start: tuple[States, ...] | None
    cuts: tuple[int, ...]


def delta_network(seed: int) -> LinearRNN:
    """One or two layers of delta steps, of every size that the loops over lanes tell apart.

    Some contract until they reach subnormals, some expand beyond the largest number, some turn and
    stay near their codes; letters take different numbers of steps, some write.
    """
    r = random.Random(seed)
    letters = r.choice([2, 3, 14, 15, 16, 31, 32, 40])
    alphabet, layers = tuple(f"{i:02}" for i in range(letters)), []
    for _ in range(r.randint(1, 2)):
        dim = r.choice([1, 1, 2, 3, 5, 7, 9, 19])
        kind = r.choice(["turns", "shrinks", "grows", "writes"])
        grain = r.choice([1, 2, 3, 10])
        beta = {"turns": F(2), "shrinks": F(1, 2), "grows": F(-(2**20)), "writes": F(1)}[kind]

        def number(grain: int = grain, r: random.Random = r) -> F:
            return F(r.randint(-2 * grain, 2 * grain), grain)

        def step(dim: int = dim, kind: str = kind, beta: F = beta) -> DeltaStep:
            if kind == "turns":  # swaps two coordinates, or changes the sign of one
                one, other = r.randrange(dim), r.randrange(dim)
                key = [F(0)] * dim
                key[one], key[other] = F(1), F(-1) if one != other else F(1)
                return DeltaStep(F(2, sum(k * k for k in key)), tuple(key), F(0))
            key = [number() for _ in range(dim)]
            write = r.choice([number(), F(-1, 2**200)])  # the latter is stored as -0
            return DeltaStep(beta, tuple(key), write if kind == "writes" else F(0))

        steps = {a: tuple(step() for _ in range(r.randint(0, 3))) for a in alphabet}
        scale = F(2) ** r.choice([0, 0, -120, -140]) if kind == "shrinks" else F(1)
        initial = tuple(F(j + 1) * scale for j in range(dim))
        count = r.choice([1, 6, 30, 70, 70])
        # Dyadic: of thirds, float64 may take the other of two that are equally near.
        palette = [number(32) for _ in range(r.choice([3, 24, 28, 90]))]
        codes = [tuple(r.choice(palette) for _ in range(dim)) for _ in range(count)]
        if kind == "turns":
            codes = [tuple(r.sample(initial, dim)) for _ in range(count)]
        symbols = tuple(f"{i:02}" for i in range(r.choice([1, 3, 20])))
        emit = tuple(tuple(r.choice(symbols) for _ in alphabet) for _ in codes)
        layers.append(Layer(alphabet=alphabet, initial=initial, steps=steps, codes=tuple(codes),
                            emit=emit))  # fmt: skip
        alphabet = symbols
    outputs = {symbol: int(symbol) for symbol in alphabet}
    return LinearRNN(alphabet=layers[0].alphabet, layers=tuple(layers), outputs=outputs, empty=0)


@cache
def case(number: int) -> Case:
    """The same for every backend: networks of all kinds, from the start and from any states."""
    r = random.Random(number)
    source = np.random.default_rng(number)
    network = random_pair(number)[0] if number % 3 == 0 else delta_network(number)
    rows, length = SHAPES[number // 2 % len(SHAPES)]
    words = source.integers(0, len(network.alphabet), (rows, length)).astype(np.int32)
    start = None
    if number % 2:
        start = tuple(states(source, rows, layer.dim) for layer in network.layers)
    inner = sorted(r.randint(0, length) for _ in range(3))
    return Case(network, words, start, (0, *inner, length))


def states(source: np.random.Generator, rows: int, dim: int) -> NDArray[np.float32]:
    """States that no word need reach: small numbers, zeros, subnormals, infinity, NaN."""
    special = [0.0, -0.0, 1e-45, -1e-40, 1.5, 3e38, -1e20, np.inf, -np.inf, np.nan]
    found = source.integers(-3, 4, (rows, dim)).astype(np.float32)
    odd = source.random((rows, dim)) < 0.1 * (source.random((rows, 1)) < 0.5)
    found[odd] = source.choice(np.array(special, np.float32), int(odd.sum()))
    found[::3] = source.choice(np.array([0.0, -0.0], np.float32), found[::3].shape)
    return found


@cache
def expected(number: int) -> tuple[Ints, list[tuple[States, ...]]]:
    """Symbols, and states before the first letter and after every one."""
    this = case(number)
    ready = runnable(this.network, this.network.alphabet)
    stream = BACKENDS["reference"](ready).stream(len(this.words), this.start)
    symbols = np.empty_like(this.words)
    reached = [tuple(layer.copy() for layer in stream.states)]
    for t in range(this.words.shape[1]):
        symbols[:, t : t + 1] = stream.read(this.words[:, t : t + 1])
        reached.append(tuple(layer.copy() for layer in stream.states))
    return symbols, reached


def same(one: tuple[States, ...], other: tuple[States, ...]) -> bool:
    """Whether states have the same bits, every NaN the same."""
    pairs = list(zip(one, other, strict=True))
    return all(x.shape == y.shape and x.dtype == y.dtype for x, y in pairs) and all(
        bool(((x.view(np.int32) == y.view(np.int32)) | (np.isnan(x) & np.isnan(y))).all())
        for x, y in ((np.ascontiguousarray(x), np.ascontiguousarray(y)) for x, y in pairs)
    )


@pytest.mark.parametrize("name", BACKENDS)
def test_pieces_rows_and_resumed_states_change_no_bit(name: str) -> None:
    for number in range(SLOW.get(name, CASES)):
        this, (symbols, reached) = case(number), expected(number)
        backend = BACKENDS[name](runnable(this.network, this.network.alphabet))
        stream = backend.stream(len(this.words), this.start)
        for begin, end in zip(this.cuts, this.cuts[1:], strict=False):
            assert same(stream.states, reached[begin]), (number, begin)
            found = stream.read(this.words[:, begin:end])
            assert found.dtype == np.int32
            assert found.tolist() == symbols[:, begin:end].tolist(), (number, begin)
        assert same(stream.states, reached[-1]), number
        middle = this.cuts[2]
        resumed = backend.stream(len(this.words), reached[middle])
        assert resumed.read(this.words[:, middle:]).tolist() == symbols[:, middle:].tolist()
        assert same(resumed.states, reached[-1]), number
        assert same(backend.stream(len(this.words), reached[middle]).states, reached[middle])


def test_the_cases_hold_what_the_claim_speaks_of() -> None:
    seen: Counter[str] = Counter()
    for number in range(CASES):
        this, (symbols, reached) = case(number), expected(number)
        ready = runnable(this.network, this.network.alphabet)
        layers = list(zip(ready.stored.layers, ready.codebooks, strict=True))
        seen["word by word"] += not all(fits(*layer) for layer in layers)
        for tables in (LaneTables(*layer) for layer in layers if fits(*layer)):
            seen[f"letters in {min(tables.table.shape[2], 48)}"] += 1
            seen[f"codes in {min(tables.values.shape[1], 33)}"] += 1
            seen["more ranks"] += len(tables.more) > 0
            seen["two more"] += len(tables.more) > 1
        for states in reached:
            values = np.abs(np.concatenate([layer.ravel() for layer in states]))
            seen["subnormal"] += bool(((values > 0) & (values < 2.0**-126)).any())
            seen["infinite"] += bool(np.isinf(values).any())
            seen["NaN"] += bool(np.isnan(values).any())
            seen["-0"] += any((np.signbit(layer) & (layer == 0)).any() for layer in states)
        seen["lost"] += bool((symbols < 0).any())
    least = {
        "word by word": 8, "letters in 16": 5, "letters in 32": 5, "letters in 48": 3,
        "codes in 16": 5, "codes in 32": 3, "codes in 33": 3, "more ranks": 5, "two more": 3,
        "subnormal": 20, "infinite": 20, "-0": 50, "NaN": 50, "lost": 8,
    }  # fmt: skip
    assert [what for what in least if seen[what] < least[what]] == [], seen


@pytest.mark.parametrize("blocks", range(1, 13))
def test_groups_of_blocks_need_not_be_full(blocks: int) -> None:
    network, machine = symmetric(4)
    backend = Cpu(runnable(network, machine.alphabet), threads=1)
    rows = 16 * blocks - 3
    words = np.random.default_rng(blocks).integers(0, 3, (rows, 9)).astype(np.int32)
    alone = [backend.stream(1).read(word[None])[0].tolist() for word in words]
    assert backend.stream(rows).read(words).tolist() == alone


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_change_nothing(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("negeig.kernels.backends.cpu._THREAD", 1)
    network, machine = symmetric(4)
    ready = runnable(network, machine.alphabet)
    words = np.random.default_rng(0).integers(0, 3, (130, 50)).astype(np.int32)
    one, several = Cpu(ready).stream(130), Cpu(ready, threads=threads).stream(130)
    assert len(several.parts) == threads + 1
    for piece in (words[:, :20], words[:, 20:]):
        assert one.read(piece).tolist() == several.read(piece).tolist()
    assert same(one.states, several.states)


@pytest.mark.parametrize("name", BACKENDS)
def test_states_of_another_shape_are_refused(name: str) -> None:
    network, machine = parity()
    backend = BACKENDS[name](runnable(network, machine.alphabet))
    for shapes in ([], [(2, 1), (2, 1)], [(3, 1)], [(2, 2)], [(2,)]):
        given = [np.zeros(shape, np.float32) for shape in shapes]
        with pytest.raises(InputError, match=r"expected shapes \[\(2, 1\)\], found"):
            backend.stream(2, given)


@pytest.mark.parametrize("rows", [1, 3, 33])
@pytest.mark.parametrize("name", BACKENDS)
def test_letters_are_looked_at_before_they_are_read(name, rows):
    """Any integers are read as int32 is; what is no letter is refused by its place."""
    network, machine = symmetric(3)
    kind = BACKENDS[name]
    backend = kind(runnable(network, machine.alphabet, kind.promises.parameters))
    words = np.random.default_rng(5).integers(2, size=(rows, 6)).astype(np.int32)
    wanted = backend.stream(rows).read(words)
    for dtype in (np.int8, np.uint8, np.int16, np.uint32, np.int64, np.uint64):
        assert (backend.stream(rows).read(words.astype(dtype)) == wanted).all(), dtype
    for bad in (-1, 2, 2**31 - 1, -(2**31), 2**32):
        wrong = words.astype(np.int64)
        wrong[rows - 1, 4] = bad
        place = f"words: row {rows - 1}, position 4: expected a letter from 0 to 1, found {bad}$"
        with pytest.raises(InputError, match=place):
            backend.stream(rows).read(wrong)
    for shape in (words[0], words[None], np.zeros((rows + 1, 2), np.int32)):
        with pytest.raises(InputError, match=rf"words: expected shape \({rows}, n\), found"):
            backend.stream(rows).read(shape)
    for other in (words.astype(float), words > 0):
        with pytest.raises(InputError, match="words: expected integers, found"):
            backend.stream(rows).read(other)
