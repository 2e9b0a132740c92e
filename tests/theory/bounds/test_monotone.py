"""The monotone lemmas of bf16: the stored exhaustive run, and some parts of it again.

The eight-bit formats are exhausted in ``test_rounded.py``, every factor, addend and state.
"""

from __future__ import annotations

import json

import ml_dtypes
import numpy as np
import pytest

from support.paths import ROOT

SEED = 65_282


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    import bench_monotone

    monkeypatch.setattr(bench_monotone, "PART", 64)
    monkeypatch.setattr(bench_monotone, "STRETCH", 1 << 16)
    with np.errstate(all="ignore"):
        yield bench_monotone


def test_the_stored_run_is_whole_and_found_nothing(bench):
    stored = json.loads((ROOT / "benchmarks" / "results" / "monotone.json").read_text())
    assert {one["lemma"]: one["falls"] for one in stored["lemmas"]} == dict.fromkeys(
        bench.LEMMAS, 0
    )
    assert all(one["parts"] == bench.LEMMAS[one["lemma"]][1] for one in stored["lemmas"])


def test_the_chain_is_every_value_in_order(bench):
    ordered = bench.chain()
    every = np.arange(2**16, dtype=np.uint16).view(ml_dtypes.bfloat16).astype(np.float32)
    assert len(ordered) == (~np.isnan(every)).sum() == SEED
    assert (np.diff(bench.order(ordered)) > 0).all()
    zero = np.flatnonzero(ordered == 0)
    assert np.signbit(ordered[zero]).tolist() == [True, False]


def test_its_rounding_is_that_of_ml_dtypes(bench):
    """Also on every tie and its neighbours: the halves between values of bf16."""
    values = np.random.default_rng(SEED).integers(0, 2**32, 200_000, dtype=np.uint64)
    ties = np.arange(0x7F80, dtype=np.uint64)[:, None] * 65_536 + [0x7FFF, 0x8000, 0x8001]
    found = np.concatenate([values, ties.ravel()]).astype(np.uint32).view(np.float32)
    found = found[~np.isnan(found)]
    expected = found.astype(ml_dtypes.bfloat16).astype(np.float32)
    assert (bench.to_bf16(found).view(np.uint32) == expected.view(np.uint32)).all()


def test_some_parts_again(bench):
    ordered = bench.chain()
    parts = -(-len(ordered) // 64)
    chosen = [0, 510, 511, parts - 1, *np.random.default_rng(SEED).integers(0, parts, 2).tolist()]
    for part in chosen:
        assert bench.products(part, ordered) == 0
        assert bench.sums(part, ordered) == 0
    for part in (0, 127, 0x7F80, *np.random.default_rng(SEED).integers(0, 0x7F80, 20).tolist()):
        assert bench.stored(part, ordered) == 0


def test_a_rounding_that_is_not_monotone_is_noticed(bench):
    """Twin: stochastic rounding, and a rounding that forgets the carry."""
    rng, ordered = np.random.default_rng(SEED), bench.chain()

    def at_random(values):
        bits = values.view(np.uint32) + rng.integers(0, 2**16, len(values), dtype=np.uint32)
        return (bits & np.uint32(0xFFFF0000)).view(np.float32)

    def without_carry(values):
        bits = values.view(np.uint32)
        up = np.where((bits & 0x007F8000) == 0x007F8000, np.uint32(0), np.uint32(0x8000))
        low = np.where(up == 0, bits & np.uint32(0xFF80FFFF), bits + up)
        return (low & np.uint32(0xFFFF0000)).view(np.float32)

    for rounding in (at_random, without_carry):
        assert bench.products(600, ordered, rounding) > 0
        assert bench.stored(0x3FFF, ordered, rounding) > 0


def test_the_order_of_a_negative_factor_is_the_other_one(bench):
    ordered = bench.chain()
    doubled = bench.to_bf16(np.float32(-2) * ordered)
    assert bench.falls(doubled, down=True) == 0
    assert bench.falls(doubled, down=False) > 60_000
