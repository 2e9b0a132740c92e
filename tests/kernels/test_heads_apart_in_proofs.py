"""A kernel that mixes heads up has no proof: in its tests heads are given other rows."""

from __future__ import annotations

import pytest

from negeig.kernels.adapters._heads import Layout, kernel
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.through import Through
from negeig.kernels.through_closure import close_through
from support.faulty_kernels import implementation
from support.head_mixers import LATE, MIXED, keys_of_one, right

TASK = TASKS["s3-swaps"]


def explored(function):
    def arguments(heads):
        return heads.tensors

    run = kernel(function, arguments, Layout())
    return close_through(implementation(run, tensors=True), TASK.network, TASK.machine)


def failed(found):
    return {assumed.name for assumed in found.assumptions if not assumed.held}


def test_what_mixes_nothing_is_proved_and_says_what_heads_held():
    found = explored(right)
    assert (found.verdict, failed(found)) == ("proved", set())
    (batch,) = (a for a in found.assumptions if a.name == "batch_independent")
    assert batch.statement.endswith("nor the bits of a head on the other heads")
    assert batch.tested.endswith("other rows in other heads")


@pytest.mark.parametrize("function", MIXED)
def test_what_mixes_heads_is_open(function):
    found = explored(function)
    assert found.verdict == "open"
    assert {"batch_independent", "split_is_whole"} & failed(found)


@pytest.mark.parametrize("function", LATE)
def test_what_mixes_heads_in_longer_calls_only_is_open(function):
    found = explored(function)
    assert (found.verdict, failed(found)) == ("open", {"split_is_whole"})


def test_it_is_the_other_rows_in_other_heads_that_show_it(monkeypatch):
    call = Through.call
    monkeypatch.setattr(Through, "call", lambda *given, mixed=False: call(*given))
    assert explored(keys_of_one).verdict == "proved"
