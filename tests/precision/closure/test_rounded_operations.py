"""Operations of one arithmetic, held to PTX instructions and numpy: modes, flushing, orders."""

import itertools
import math

import ml_dtypes
import numpy as np
import pytest

from negeig.kernels.ptx.opcodes import find
from negeig.precision.closure.reference import ReferenceSemantics, to_bits
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.operations import Operations, additions, terms_of
from negeig.precision.stored import round_parameters
from negeig.theory.networks.network import LinearRNN

KINDS = {"f32": (np.float32, np.uint32), "f16": (np.float16, np.uint16),
         "bf16": (ml_dtypes.bfloat16, np.uint16)}  # fmt: skip


def operands(kind: str, count: int) -> np.ndarray:
    """Random patterns, numbers that nearly cancel, subnormal and special ones, as bits."""
    seed = 31
    print("seed", seed)
    random = np.random.default_rng(seed)
    number, integer = KINDS[kind]
    wide = random.integers(0, np.iinfo(integer).max, (count, 3), dtype=np.uint64, endpoint=True)
    near = np.ldexp(random.integers(-99, 99, (count, 3)) / 64, random.integers(-8, 3, (count, 3)))
    tiny = np.ldexp(random.integers(-40, 40, (count, 3)) * 1.0, int(np.log2(smallest(kind))))
    with np.errstate(all="ignore"):
        values = np.concatenate([near, tiny, tiny * near]).astype(number)
        special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0]).astype(number)
    triples = np.array(list(itertools.product(special.view(integer), repeat=3)))
    return np.concatenate([wide.astype(integer), values.view(integer), triples])


def smallest(kind: str) -> float:
    return float(parse({"f32": "fp32", "f16": "fp16", "bf16": "bf16"}[kind]).operations.smallest)


CASES = [
    ("fp32", "f32", ".rn", ""),
    ("fp32:rtz", "f32", ".rz", ""),
    ("fp32:ftz:daz", "f32", ".rn", ".ftz"),
    ("fp32:rtz:ftz:daz", "f32", ".rz", ".ftz"),
    ("fp16", "f16", ".rn", ""),
    ("fp16:ftz:daz", "f16", ".rn", ".ftz"),
    ("bf16", "bf16", ".rn", ""),
]


@pytest.mark.parametrize(("arithmetic", "kind", "mode", "flush"), CASES)
def test_operations_are_those_of_ptx_instructions(arithmetic, kind, mode, flush) -> None:
    """A GPU's ``.ftz`` is ``:ftz:daz``, and ``.rz`` is ``:rtz``, overflow and all."""
    op = Operations(parse(arithmetic))
    number, integer = KINDS[kind]
    add, multiply, fused = (find(f"{name}{mode}{flush}.{kind}") for name in ("add", "mul", "fma"))
    flushed = 0
    for bits in operands(kind, 400):
        with np.errstate(invalid="ignore"):  # signalling NaNs are among them
            x, y, z = bits.view(number).astype(np.float64).tolist()
        one, two, three = map(int, bits)
        for found, instruction, sources in (
            (op.add(x, y), add, (one, two)),
            (op.multiply(x, y), multiply, (one, two)),
            (op.fused(x, y, z), fused, (one, two, three)),
        ):
            expected = np.array([instruction.scalar(*sources)], integer).view(number)
            value = float(expected.astype(np.float64)[0])
            assert to_bits([found]) == to_bits([value]), (instruction.name, x, y, z)
            flushed += found == 0 and x != 0 != y
    assert flushed > 20


def on_nothing(arithmetic: str) -> ReferenceSemantics:
    empty = LinearRNN(alphabet=("a",), layers=(), outputs={}, empty=0)
    model = parse(arithmetic)
    return ReferenceSemantics(
        empty, round_parameters(empty, model, round_parameters=False)[0], model
    )


def by_numpy(products: np.ndarray, order: str) -> float:
    """The sum of float32 products in one order, by numpy's own additions."""
    terms = list(products)
    if order == "left":
        total = terms[0]
        for term in terms[1:]:
            total = total + term
        return float(total)
    while len(terms) & (len(terms) - 1) and order == "butterfly":
        terms.append(np.float32(0))
    while len(terms) > 1:
        half = len(terms) // 2
        if order == "butterfly":
            terms = [terms[i] + terms[i + half] for i in range(half)]
        else:
            left = terms[2 * half :]
            terms = [terms[2 * i] + terms[2 * i + 1] for i in range(half)] + left
    return float(terms[0])


@pytest.mark.parametrize("order", ["left", "pairwise", "butterfly"])
def test_sums_are_taken_in_their_order(order: str) -> None:
    semantics, other = on_nothing(f"fp32:{order}"), on_nothing("fp32")
    random = np.random.default_rng(5)
    apart = 0
    for n in range(1, 18):
        for _ in range(12):
            key, h = random.standard_normal((2, n)).astype(np.float32)
            found = semantics._dot(key.tolist(), h.tolist())
            assert found == by_numpy(key * h, order), n
            apart += found != other._dot(key.tolist(), h.tolist())
    assert (apart > 0) == (order != "left")
    assert semantics._dot([], []) == 0.0


def test_each_term_is_added_once() -> None:
    for order, n in itertools.product(("left", "pairwise", "butterfly"), range(1, 40)):
        terms = terms_of(order, n)
        sums = [{i} for i in range(terms)]
        for i, j in additions(order, terms):
            assert not sums[i] & sums[j]
            sums[i] |= sums[j]
        assert sums[0] == set(range(terms))


def test_products_in_bf16_are_summed_in_fp32_and_rounded_once() -> None:
    semantics, all_ops = on_nothing("bf16:sum32"), on_nothing("bf16")
    random = np.random.default_rng(6)
    apart = 0
    for n in range(1, 12):
        for _ in range(20):
            key, h = random.standard_normal((2, n)).astype(ml_dtypes.bfloat16)
            total = np.float32(0)
            for product in (key * h).astype(np.float32):
                total = total + product
            expected = float(total.astype(ml_dtypes.bfloat16))
            pair = key.astype(float).tolist(), h.astype(float).tolist()
            assert semantics._dot(*pair) == expected
            apart += all_ops._dot(*pair) != expected
    assert apart > 20
    assert math.isinf(semantics._dot([2.0**127, 2.0**127], [1.0, 1.0]))
