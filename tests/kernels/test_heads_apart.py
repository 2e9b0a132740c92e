"""Kernels that mix heads up are found: heads are given other words, and read for them."""

from __future__ import annotations

import pytest

from negeig.claims import InputError
from negeig.kernels.adapters._heads import Layout, kernel
from negeig.kernels.conforming import conform
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.trial import Trial
from support.faulty_kernels import implementation
from support.head_mixers import LATE, MIXED, right


def found(function, task, layout, name="tests.kernel"):
    def arguments(heads):
        given = heads.tensors
        if layout.time == 1:
            return given
        return {n: x if n == "initial" else x.transpose(1, 2) for n, x in given.items()}

    def called(**given):
        read, state = function(**given)
        return (read if layout.time == 1 else read.transpose(1, 2)), state

    run = kernel(called, arguments, layout)
    one = implementation(run, tensors=True, name=name)
    return conform(one, run, TASKS[task], "fp32", 420, 0)


def on_a_gpu(q, k, v, g, beta, initial):
    raise RuntimeError("0 active drivers ([]). There should only be one.")


def test_what_needs_a_gpu_is_missing_and_not_wrong():
    result = found(on_a_gpu, "s5-unit", Layout())
    assert (result.verdict, result.first_wrong) == ("missing", None)
    assert result.reason.endswith("it needs a GPU, and there is none")


def refuses(q, k, v, g, beta, initial):
    raise InputError("network", "it does not compile")


def test_what_a_function_of_ones_own_refuses_fails_its_call_alone():
    result = found(refuses, "s5-unit", Layout(), "k.py:refuses")
    assert (result.verdict, "does not compile" in result.first_wrong.found) == ("wrong", True)
    with pytest.raises(InputError):  # twin: of what is not one's own it is said at once
        found(refuses, "s5-unit", Layout())


LAYOUTS = pytest.mark.parametrize("layout", [Layout(), Layout(time=2)], ids=["BTH", "BHT"])


@LAYOUTS
@pytest.mark.parametrize("task", ["registers", "s5-unit", "two-layers", "parity"])
def test_heads_apart_are_exact_where_nothing_mixes_them(task, layout):
    assert found(right, task, layout).verdict == "exact"


@LAYOUTS
@pytest.mark.parametrize("function", MIXED)
def test_what_mixes_heads_is_wrong(function, layout):
    result = found(function, "s5-unit", layout)
    assert (result.verdict, result.first_wrong.word != ()) == ("wrong", True)


@LAYOUTS
@pytest.mark.parametrize("function", LATE)
def test_what_mixes_heads_in_a_later_chunk_only_is_wrong(function, layout):
    assert found(function, "s3-swaps", layout).verdict == "wrong"


@pytest.mark.parametrize("function", MIXED + LATE)
def test_it_is_the_other_words_in_other_heads_that_show_it(function, monkeypatch):
    # Twin: where all heads are alike such a kernel looks right.
    way = Trial.way

    def alike(self, rows, pieces, *, turned=False, **how):
        return way(self, rows, pieces, **how)

    monkeypatch.setattr(Trial, "way", alike)
    assert found(function, "s5-unit", Layout()).verdict == "exact"
