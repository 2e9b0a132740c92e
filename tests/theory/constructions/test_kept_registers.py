"""Registers kept from one wish to the next: all is told, nothing is needless, contents are few."""

import itertools
import random

import numpy as np
import pytest

from negeig.theory.constructions.pieces import kept_registers
from negeig.theory.constructions.pieces._kept_compiled import leave_out
from negeig.theory.constructions.pieces.block_choice import BlockChoice, without
from negeig.theory.constructions.pieces.exploring import Pairs
from negeig.theory.constructions.pieces.kept_registers import KeptRegisters, count_contents
from negeig.theory.constructions.pieces.transitive_actions import transitive_actions
from negeig.work import Work

SEED = 23

ACTIONS = [action for action in transitive_actions(2, 4000) if len(action[0]) <= 3]


def tells(rows, crowd):
    """Whether registers tell one of some pairs apart: words applied to registers."""
    for pair in crowd:
        pairs = Pairs()
        pairs.add(*pair)
        if pairs.confused(rows) < 0:
            return True
    return False


def wishes(source, count, longest=6):
    """Sets of pairs of random words."""
    found = []
    while len(found) < count:
        words = [
            tuple(source.randrange(2) for _ in range(source.randint(0, longest))) for _ in range(3)
        ]
        if len(set(words)) == 3:
            found.append(((words[0], words[1]), (words[0], words[2])))
    return found


def contents_by_hand(rows):
    """All tuples that registers hold after words."""
    letters, n = rows.shape
    found = [tuple(("start", i) for i in range(n))]
    known = set(found)
    for held in found:
        for a in range(letters):
            after = tuple(held[s - 1] if s else (a, i) for i, s in enumerate(rows[a].tolist()))
            if after not in known:
                known.add(after)
                found.append(after)
    return len(found)


def kept(most=10_000):
    return KeptRegisters(2, ACTIONS, most, Work("contents", 10**9))


@pytest.mark.parametrize("few", [1, 5, 3_000])
def test_all_that_was_wanted_is_told(monkeypatch, few):
    """Where contents are few the blocks are the cheapest, and else no register is needless."""
    monkeypatch.setattr(kept_registers, "FEW", few)
    source = random.Random(SEED)
    cheapest = parts = 0
    for _ in range(6):
        registers, wanted = kept(), []
        choice = BlockChoice(2, ACTIONS, Work("places", 10**9))
        for crowd in wishes(source, 12):
            wanted.append(crowd)
            registers.add(crowd)
            choice.add(crowd)
            rows = registers.rows()
            assert all(tells(rows, own) for own in wanted)
            blocks = choice.rows(choice.cheapest(frozenset()))
            if count_contents(blocks, few) >= 0:
                assert rows.tolist() == blocks.tolist()
                cheapest += 1
                continue
            for i in range(rows.shape[1]):
                less = without(rows, i)
                assert not all(less.shape[1] and tells(less, own) for own in wanted)
            parts += 1
    assert (cheapest > 0) == (few > 1)
    assert (parts > 0) == (few < 3_000)


def test_fewer_contents_than_the_blocks_that_take_the_fewest_registers(monkeypatch):
    """And fewer with several tries than with one; what is told is told by parts of blocks."""
    monkeypatch.setattr(kept_registers, "FEW", 1)
    source = random.Random(SEED)
    fewer = more = better = parts = 0
    for _ in range(25):
        wanted = wishes(source, 60, longest=14)
        choice = BlockChoice(2, ACTIONS, Work("places", 10**9))
        sizes = []
        for tries in (1, 12):
            monkeypatch.setattr(kept_registers, "TRIES", tries)
            registers = kept()
            for crowd in wanted:
                registers.add(crowd)
            rows = registers.rows()
            assert all(tells(rows, crowd) for crowd in wanted)
            sizes.append(contents_by_hand(rows))
        for crowd in wanted:
            choice.add(crowd)
        whole = choice.rows(choice.cheapest(frozenset()))
        blocks = contents_by_hand(whole)
        fewer += sizes[1] < blocks
        more += sizes[1] > blocks
        assert sizes[1] <= sizes[0]
        better += sizes[1] < sizes[0]
        # Of a block's registers each letter moves as many as it does not overwrite.
        parts += any(len({*row} - {0}) != sum(map(bool, row)) for row in rows.tolist())
    assert fewer > 4 * more, (fewer, more)
    assert better > 1, better
    assert not parts, parts  # no content goes to two registers


def test_registers_are_left_out_as_when_all_is_compared():
    """A wish is looked at again only where what told it depends on the register."""
    source, left_out, needed = random.Random(SEED), 0, 0
    for _ in range(200):
        n = source.randint(1, 6)
        rows = np.zeros((2, n), dtype=np.int8)
        for row in rows:
            own = source.sample(range(1, n + 1), n)
            row[:] = [0 if source.random() < 0.4 else x for x in own]
        crowds = [own[:1] for own in wishes(source, 8, longest=9) if tells(rows, own[:1])]
        wanted = kept_registers.Wanted()
        for crowd in crowds:
            wanted.add(crowd)
        order, gone = np.array(source.sample(range(n), n)), np.zeros(n, dtype=np.bool_)
        used = np.zeros((2 * len(crowds), 1), dtype=np.uint64)
        changed = np.zeros(len(crowds), dtype=np.int64)
        leave_out(rows, order, gone, *wanted.arrays, used, changed)
        less, at = rows, list(range(n))
        for i in order.tolist():
            fewer = without(less, at.index(i))
            if all(fewer.shape[1] and tells(fewer, own) for own in crowds):
                less = fewer
                at.remove(i)
        assert np.flatnonzero(~gone).tolist() == at
        left_out, needed = left_out + n - len(at), needed + len(at)
    assert left_out > 50, left_out
    assert needed > 200, needed


def test_contents_are_counted():
    source = np.random.default_rng(SEED)
    for letters, n in itertools.product((1, 2, 3), (1, 2, 4)):
        for _ in range(20):
            rows = source.integers(0, n + 1, (letters, n)).astype(np.int8)
            by_hand = contents_by_hand(rows)
            assert count_contents(rows, 5_000) == by_hand
            assert count_contents(rows, by_hand + 1) == by_hand
            assert count_contents(rows, by_hand) == -by_hand


def test_what_no_registers_tell_and_too_many_contents(monkeypatch):
    registers = KeptRegisters(2, [((0,), (0,))], 100, Work("contents", 10**9))
    registers.add([((0, 1), (1, 0)), ((0,), (0, 0))])
    assert registers.rows() is not None
    registers.add([((0,), (0, 0))])  # one place, so that only the last of some letters is told
    assert registers.rows() is None
    monkeypatch.setattr(kept_registers, "FEW", 1)
    wanted = [((0,), (1,)), ((0,), ()), ((1,), ()), ((0, 1), (1, 1))]
    few, enough = kept(most=2), kept()
    for pair in wanted:
        few.add([pair])
        enough.add([pair])
    assert enough.rows() is not None
    assert few.rows() is None


def test_the_same_wishes_give_the_same_registers(monkeypatch):
    monkeypatch.setattr(kept_registers, "FEW", 1)
    made = []
    for _ in range(2):
        source, registers = random.Random(SEED), kept()
        made.append([])
        for crowd in wishes(source, 10):
            registers.add(crowd)
            made[-1].append(registers.rows().tolist())
    assert made[0] == made[1]
