"""Threads of a pool run on disjoint shares of the processors, where there are enough."""

import os
from threading import Barrier

import pytest

from negeig.threads import pool, shares


@pytest.mark.parametrize("processors", range(1, 9))
@pytest.mark.parametrize("threads", range(1, 10))
def test_shares_are_disjoint_and_all_are_used(processors, threads):
    found = shares(range(0, 2 * processors, 2), threads)
    if threads > processors:
        assert found == []
    else:
        assert len(found) == threads
        assert min(map(len, found)) >= 1
        assert [cpu for share in found for cpu in share] == list(range(0, 2 * processors, 2))


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="processors cannot be chosen")
def test_each_thread_has_its_share_and_the_caller_is_left_alone():
    allowed = os.sched_getaffinity(0)
    threads = min(2, len(allowed))
    together = Barrier(threads)

    def where(_):
        together.wait(30)  # each call in a thread of its own
        return frozenset(os.sched_getaffinity(0))

    with pool(threads) as several:
        found = list(several.map(where, range(threads)))
    assert sorted(found, key=min) == [frozenset(s) for s in shares(sorted(allowed), threads)]
    assert os.sched_getaffinity(0) == allowed


def test_more_threads_than_processors_run_anywhere():
    with pool(64) as many:
        assert sum(many.map(abs, range(64))) == 2016
