"""Operations on lanes mean in compiled functions what they mean with numpy, on every processor."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from negeig.compiled import njit
from negeig.compiled.lanes import (
    LANES,
    Operation,
    chosen,
    everywhere,
    fused,
    gathered,
    high,
    load,
    looked_up,
    low,
    permuted,
    permuted_two,
    prefetch,
    spread,
    store,
    transpose,
)
from negeig.precision.numbers.formats import FP32
from negeig.precision.numbers.rounding import Rounding

ROOT = Path(__file__).parents[2]


@njit
def floats(a, b, places, table, found):
    """All operations on float32, one a row of ``found``."""
    prefetch(table, 40)
    prefetch(table, 1 << 40)  # outside of the array, and of all memory: nothing is read
    x, y, p = load(a, 0), load(b, 1), load(places, 0)
    store(found, 0, x + y)
    store(found, 1, x - y)
    store(found, 2, x * y)
    store(found, 3, permuted(x, p))
    store(found, 4, permuted_two(x, y, p))
    store(found, 5, gathered(table, p & spread(np.int32(63))))
    store(found, 6, chosen(x < y, x, spread(np.float32(0.1))))
    store(found, 7, fused(x, y, load(a, 2)))


@njit
def ints(a, b, long, pairs, short, found):
    """All operations on integers."""
    x, y = load(a, 0), load(b, 1)
    store(found, 0, x + y)
    store(found, 1, x - y)
    store(found, 2, x * y)
    store(found, 3, x & y)
    store(found, 4, x >> (y & spread(np.int32(31))))
    store(found, 5, permuted(x, y))
    store(found, 6, permuted_two(x, y, y))
    store(found, 7, chosen(x < y, x, y))
    whole = gathered(long, y & spread(np.int32(31)))
    store(found, 8, low(whole))
    store(found, 9, high(whole))
    store(found, 10, looked_up(pairs, short, 1, y & spread(np.int32(127))))
    return everywhere(x < y), everywhere(x < spread(np.int32(2**31 - 1)) + (x - x))


def bits(values: np.ndarray) -> list[int]:
    """NaN is NaN, whatever its bits."""
    return np.where(np.isnan(values), np.float32(np.nan), values).view(np.int32).ravel().tolist()


@pytest.mark.parametrize("seed", range(20))
def test_compiled_lanes_are_those_of_numpy(seed: int) -> None:
    r = np.random.default_rng(seed)
    special = np.array([0, -0.0, 1e-45, -3e38, 3e38, np.inf, -np.inf, np.nan], np.float32)
    a, b, table = (r.standard_normal((4, LANES)).astype(np.float32) for _ in range(3))
    for values in (a, b):
        values[r.random(values.shape) < 0.3] = r.choice(special)
    whole = r.integers(-(2**31), 2**31, (3, LANES)).astype(np.int32)
    long = r.integers(-(2**63), 2**63 - 1, 32)
    pairs = r.integers(0, 256, (2, 128)).astype(np.int32)
    with np.errstate(all="ignore"):
        one, other = np.zeros((8, LANES), np.float32), np.zeros((8, LANES), np.float32)
        floats(a, b, whole, table, one)
        floats.py_func(a, b, whole, table, other)
        assert bits(one) == bits(other)
        one, other = np.zeros((11, LANES), np.int32), np.zeros((11, LANES), np.int32)
        same = ints(whole, whole, long, pairs, pairs.astype(np.uint8), one)
        assert same == ints.py_func(whole, whole, long, pairs, pairs.astype(np.uint8), other)
        assert one.tolist() == other.tolist()


def test_fused_rounds_once() -> None:
    """Beside fractions; among them sums that two roundings would get wrong."""
    r = np.random.default_rng(0)
    ulp = 2.0**-23
    one = np.array([1 + ulp, 1 - ulp / 2, 3.0, 2.0**-75, *r.standard_normal(12)], np.float32)
    other = np.array([1 + ulp, 1 + ulp, 1 + ulp, 2.0**-75, *r.standard_normal(12)], np.float32)
    summand = np.array([2.0**-70, 2.0**30, -3.0, 2.0**-149, *one[4:] * -other[4:]], np.float32)
    exact = [
        Fraction(float(x)) * Fraction(float(y)) + Fraction(float(z))
        for x, y, z in zip(one, other, summand, strict=True)
    ]
    right = [Rounding(target=FP32).round(number) if number else 0.0 for number in exact]
    assert fused(one, other, summand).tolist() == right


@njit
def turned(source, target):
    transpose(source, 3, 40, target, 5, 30)


def test_rows_become_columns_and_nothing_else_is_touched() -> None:
    source = np.arange(40 * 17, dtype=np.int32).reshape(17, 40)
    one, other = (np.full((17, 30), -1, np.int32) for _ in range(2))
    turned(source, one)
    turned.py_func(source, other)
    assert one.tolist() == other.tolist()
    assert one[:16, 5:21].tolist() == source[:16, 3:19].T.tolist()
    assert (one >= 0).sum() == LANES**2


def test_everything_that_is_exported_is_compared() -> None:
    import negeig.compiled.lanes as module

    known = {name for name, value in vars(module).items() if isinstance(value, Operation)}
    names = {*floats.py_func.__code__.co_names, *ints.py_func.__code__.co_names,
             *turned.py_func.__code__.co_names}  # fmt: skip
    assert known <= names


RUN = """
import numpy as np
from negeig.kernels.backends.cpu import Cpu
from support.kernel_networks import prepared, symmetric
network, machine = symmetric(3)
words = np.random.default_rng(0).integers(0, 2, (20, 30)).astype(np.int32)
stream = Cpu(prepared(network, machine)).stream(20)
print(stream.read(words).tolist(), stream.states[0].tolist())
"""


@pytest.mark.parametrize(
    "settings",
    [{"NUMBA_DISABLE_JIT": "1"}, {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}],
    ids=["without numba", "without wide vectors"],
)
def test_a_backend_of_lanes_runs_anywhere(settings: dict[str, str], tmp_path: Path) -> None:
    """In Python, and where the processor permutes nothing."""
    answers = []
    for more in ({}, settings):
        environment = os.environ | {"PYTHONPATH": str(ROOT / "tests")} | more
        if more:
            environment["NUMBA_CACHE_DIR"] = str(tmp_path)
        done = subprocess.run([sys.executable, "-c", RUN], env=environment, cwd=ROOT,
                              capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        answers.append(done.stdout)
    assert answers[0] == answers[1]
