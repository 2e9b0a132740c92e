"""The recurrence of backend cpu beside the same loops in C and beside torch, and its parts.

Every variant's states are compared bit for bit with backend ``reference`` before it is measured.
Variants take turns, and figures are medians of nanoseconds a token.
"""

from __future__ import annotations

import ctypes
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from negeig.compiled import by_numba, njit  # noqa: F401 (calls cost less once numba is here)
from negeig.compiled.lanes import LANES
from negeig.kernels.backends import _cpu_compiled, _cpu_lanes, _cpu_lanes_decoder
from negeig.kernels.backends._cpu_tables import aligned
from negeig.kernels.backends.cpu import Cpu
from negeig.kernels.backends.reference import Reference
from negeig.kernels.runnable import Runnable, runnable
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN

SOURCE = Path(__file__).with_name("recurrence.c")
FLAGS = ["-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC"]
TIMES = 8
DIMS, STEPS, ROWS = (4, 5, 8, 16, 64), (1, 2, 3, 4), 64
# Numbers of the states that one call writes: they stay in the second cache.
_STATES = 2**17
_ROOT = Fraction(float(np.float32(0.5**0.5)))


def swaps(dim: int, steps: int) -> LinearRNN:
    """Four letters that permute the first four coordinates, each by some reflections.

    The entries 1/sqrt(2) of the unit keys are rounded, so states stay near their codes and are
    hardly ever equal to them.
    """
    pairs = [(0, 1), (1, 2), (2, 3), (0, 2)]

    def step(number: int) -> DeltaStep:
        key = [Fraction(0)] * dim
        one, other = pairs[number % 4]
        key[one], key[other] = _ROOT, -_ROOT
        return DeltaStep(Fraction(2), tuple(key), Fraction(0))

    initial = tuple(Fraction(j + 1) for j in range(dim))
    codes = tuple((*start, *initial[4:]) for start in permutations(initial[:4]))
    names = tuple(str(i) for i in range(len(codes)))
    layer = Layer(
        alphabet=tuple("abcd"),
        initial=initial,
        steps={a: tuple(step(i + j) for j in range(steps)) for i, a in enumerate("abcd")},
        codes=codes,
        emit=tuple((name,) * 4 for name in names),
    )
    return LinearRNN(alphabet=layer.alphabet, layers=(layer,), outputs=dict.fromkeys(names, 0),
                     empty=0)  # fmt: skip


Variants: TypeAlias = dict[str, Callable[[], object]]


def library() -> ctypes.CDLL | None:
    """Compile the C loops; None where there is no gcc."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        made = str(Path(folder, "recurrence.so"))
        subprocess.run([compiler, *FLAGS, str(SOURCE), "-o", made], check=True)
        return ctypes.CDLL(made)


def nanoseconds(variants: Variants, tokens: int, runs: int) -> dict[str, float]:
    """Medians of nanoseconds a token, the variants taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(runs + 1):
        for name, variant in variants.items():
            began = time.perf_counter()
            variant()
            taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(times[1:]) / tokens * 1e9 for name, times in taken.items()}


def _pointers(*values: Any) -> list[Any]:
    return [
        ctypes.c_long(value) if isinstance(value, int) else ctypes.c_void_p(value.ctypes.data)
        for value in values
    ]


@njit
def _again(times, letters, n, group, steps, table, states):
    """Several times over, so that a call from Python weighs nothing."""
    for _ in range(times):
        _cpu_lanes.advance(letters, 0, n, group, steps, table, states)


@njit
def _decoded_again(
    times, letters, read, n, group, states, values, more, radius, pairs, short, guesses, records,
    emit, nothing, points, half_norms, order, codes, one, hits, decode,
):  # fmt: skip
    """Decode fresh letters each time; without ``decode``, only make them fresh."""
    for _ in range(times):
        read[:] = letters
        codes[:] = points.shape[0]
        if decode:
            _cpu_lanes_decoder.decode(
                read, 0, n, group, states, values, more, radius, pairs, short, guesses, records,
                emit, nothing, points, half_norms, order, codes, 0, one, hits,
            )  # fmt: skip


def one_word(ready: Runnable, loops: ctypes.CDLL | None, runs: int) -> dict[str, float]:
    """The loop over one word, in numba and in C; states of both as the reference has them."""
    layer = ready.stored.layers[0]
    n, dim = _STATES // layer.dim // 4, layer.dim
    words = np.random.default_rng(0).integers(0, 4, (1, n)).astype(np.int32)
    state, states = np.empty(dim, np.float32), np.empty((n, dim), np.float32)
    variants: Variants = {}

    def numba() -> None:
        state[:] = layer.initial
        _cpu_compiled.run_layer(words[0], layer.starts, *layer.steps, state, states)

    variants["cpu"] = numba
    if loops is not None:
        given = _pointers(n, dim, words, layer.starts, layer.beta, layer.write, layer.key, state,
                          states)  # fmt: skip

        def c() -> None:
            state[:] = layer.initial
            loops.one(*given)

        variants["C"] = c
    _check(ready, words[:, :200], variants, lambda: states[None, :200])
    return nanoseconds(variants, n, runs)


def many_words(ready: Runnable, loops: ctypes.CDLL | None, runs: int) -> dict[str, float]:
    """The loops over lanes, in numba and in C; ``decode``: what follows in the backend."""
    backend = Cpu(ready)
    stream = backend.stream(ROWS).parts[0][1]
    inside, group = stream.layers[0], stream.group
    tables, book, dim = inside.tables, inside.codebook, ready.stored.layers[0].dim
    n = _STATES // (group * dim * LANES)
    words = np.random.default_rng(0).integers(0, 4, (group * LANES, n)).astype(np.int32)
    letters = aligned((n * group, LANES), np.int32)
    _cpu_lanes.to_lanes(words, 0, group, stream.numbers, letters)
    read, codes = letters.copy(), np.empty((group, LANES), np.int32)
    states = aligned((n + 1, group, dim, LANES), np.float32)
    states[0] = ready.stored.layers[0].initial[:, None]
    variants: Variants = {
        "cpu": lambda: _again(TIMES, letters, n, group, tables.steps, tables.table, states)
    }
    if loops is not None:
        sizes = TIMES, n, group, dim, len(tables.table)
        given = _pointers(*sizes, letters, tables.steps, tables.table, states)
        variants["C"] = lambda: loops.lanes_again(*given)
        variants["C, plain loops"] = lambda: loops.loops_again(*given)

    def reached() -> np.ndarray[Any, Any]:
        return states[1:201].transpose(1, 3, 0, 2).reshape(group * LANES, -1, dim)[:3]

    _check(ready, words[:3, :200], variants, reached)

    def decode(really: bool) -> None:
        _decoded_again(
            TIMES, letters, read, n, group, states, tables.values, tables.more, tables.radius,
            tables.pairs, tables.short, tables.guesses, tables.records, tables.emit,
            tables.nothing, book.points, book.half_norms, book.order, codes, inside.one,
            inside.hits, really,
        )  # fmt: skip

    variants |= {"decode": lambda: decode(True), "copy": lambda: decode(False)}
    found = nanoseconds(variants, TIMES * letters.size, runs)
    found["decode"] -= found.pop("copy")
    return found


def _check(ready: Runnable, words: Any, variants: Variants, reached: Callable[[], Any]) -> None:
    """Stop where a variant's states are not the reference's, bit for bit."""
    stream = Reference(ready).stream(len(words))
    right = np.empty((*words.shape, ready.stored.layers[0].dim), np.float32)
    for t in range(words.shape[1]):
        stream.read(words[:, t : t + 1])
        right[:, t] = stream.states[0]
    for name, variant in variants.items():
        reached()[...] = 0
        variant()
        if reached().tobytes() != right.tobytes():
            raise SystemExit(f"{name}: states are not those of the reference")


def streams(ready: Runnable, runs: int) -> dict[str, float]:
    """The whole backend on 64 words: one thread and two, and one word.

    Of 16,384 letters: a shorter call is not worth a second thread.
    """
    words = np.random.default_rng(0).integers(0, 4, (ROWS, 2**14)).astype(np.int32)
    one, two, few = (Cpu(ready, n).stream(rows) for n, rows in ((1, ROWS), (2, ROWS), (1, 1)))
    flat = words.reshape(1, -1)
    if one.read(words).tolist() != two.read(words).tolist():
        raise SystemExit("two threads emit other symbols")
    variants: Variants = {
        "one thread": lambda: one.read(words),
        "two threads": lambda: two.read(words),
        "one word": lambda: few.read(flat),
    }
    return nanoseconds(variants, words.size, runs)


def torch_loop(ready: Runnable, runs: int) -> float | None:
    """Nanoseconds a token of a plain loop in torch over one word; None without torch."""
    try:
        import torch
    except ImportError:
        return None
    layer = ready.stored.layers[0]
    starts, beta = layer.starts.tolist(), layer.beta.tolist()
    keys = list(torch.from_numpy(layer.key))
    letters = np.random.default_rng(0).integers(0, 4, 1000).tolist()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)

    def loop() -> None:
        h = torch.from_numpy(layer.initial.copy())
        for a in letters:
            for step in range(starts[a], starts[a + 1]):
                h = h - beta[step] * torch.dot(keys[step], h) * keys[step]

    with torch.no_grad():
        found = nanoseconds({"torch": loop}, len(letters), runs)["torch"]
    torch.set_num_threads(threads)
    return found


def measure(runs: int) -> list[dict[str, Any]]:
    """Measure the whole grid; prints a line for each of its points."""
    loops, rows = library(), []
    if loops is None:
        print("no gcc: the comparison with C is left out")
    for dim in DIMS:
        for steps in STEPS:
            network = swaps(dim, steps)
            ready = runnable(network, network.alphabet)
            row = {
                "dim": dim,
                "steps_per_token": steps,
                "one": one_word(ready, loops, runs),
                "lanes": many_words(ready, loops, runs),
                "stream": streams(ready, runs),
                "torch": torch_loop(ready, runs),
            }
            rows.append(row)
            print(_line(row))
    return rows


def _line(row: dict[str, Any]) -> str:
    one, lanes, stream = row["one"], row["lanes"], row["stream"]
    text = f"d = {row['dim']:2}, {row['steps_per_token']} steps: 64 words {lanes['cpu']:6.2f} ns"
    if "C" in one:
        plain = lanes["C, plain loops"] / lanes["cpu"]
        text += f", of C {lanes['C'] / lanes['cpu']:.2f}, of plain C {plain:.2f}"
        text += f", one word {one['C'] / one['cpu']:.2f}"
    text += f"; decoding / recurrence {lanes['decode'] / lanes['cpu']:.2f}"
    text += f"; two threads {stream['one thread'] / stream['two threads']:.2f}"
    text += f"; 64 words / one {stream['one word'] / stream['one thread']:.1f}"
    if row["torch"] is not None:
        text += f"; of torch {row['torch'] / stream['one thread']:,.0f}"
        text += f", one word {row['torch'] / stream['one word']:,.0f}"
    return text
