"""Blocks of registers that tell what is wanted: the fewest registers, against trying all."""

import itertools
import random

import numpy as np

from negeig.theory.constructions.pieces._choice_compiled import keep_maximal, released
from negeig.theory.constructions.pieces.block_choice import MAX_BLOCKS, BlockChoice
from negeig.theory.constructions.pieces.exploring import Pairs
from negeig.theory.constructions.pieces.transitive_actions import transitive_actions
from negeig.work import Work

SEED = 11

ACTIONS = [action for action in transitive_actions(2, 4000) if len(action[0]) <= 2]


def tells(rows, pairs):
    """Whether registers tell one of some pairs apart: words applied to registers."""
    return any(not _equal(rows, *pair) for pair in pairs)


def _equal(rows, one, two):
    pairs = Pairs()
    pairs.add(one, two)
    return pairs.confused(rows) >= 0


def wanted(source, count):
    """Sets of pairs of random words that end differently."""
    found = []
    while len(found) < count:
        words = [tuple(source.randrange(2) for _ in range(source.randrange(5))) for _ in range(3)]
        if len(set(words)) == 3:
            found.append(((words[0], words[1]), (words[0], words[2])))
    return found


def single_blocks():
    """Every block of the actions, with its rows."""
    choice = BlockChoice(2, ACTIONS, Work("places", 10**9))
    return [
        (len(action[0]), choice.rows(((f, w),)))
        for f, action in enumerate(ACTIONS)
        for w in range(2 ** (2 * len(action[0])))
    ]


def test_fewest_registers_and_none_that_is_excluded():
    source, blocks, several = random.Random(SEED), single_blocks(), 0
    for _ in range(15):
        crowds = wanted(source, 6)
        choice = BlockChoice(2, ACTIONS, Work("places", 10**9))
        for crowd in crowds:
            choice.add(crowd)
        told = [(n, [tells(rows, crowd) for crowd in crowds]) for n, rows in blocks]
        fewest = min(
            (
                sum(n for n, _ in some)
                for count in (1, 2)
                for some in itertools.combinations(told, count)
                if all(any(flags) for flags in zip(*(own for _, own in some), strict=True))
            ),
            default=None,
        )
        found = choice.cheapest(set())
        assert found is not None
        rows = choice.rows(found)
        assert all(tells(rows, crowd) for crowd in crowds)
        if fewest is not None:
            assert rows.shape[1] <= fewest
        several += len(found) > 1
        excluded = {found}
        for _ in range(3):
            other = choice.cheapest(excluded)
            if other is None:
                break
            assert other not in excluded
            assert len(other) > MAX_BLOCKS or choice.rows(other).shape[1] >= rows.shape[1]
            assert all(tells(choice.rows(other), crowd) for crowd in crowds)
            excluded.add(other)
    assert several > 3, several


def test_what_is_wanted_after_the_first_word_of_bits_counts_as_much():
    source, several = random.Random(SEED), 0
    for _ in range(10):
        crowds = wanted(source, 6)
        found = []
        for before in (0, 64, 130):
            choice = BlockChoice(2, ACTIONS, Work("places", 10**9))
            for crowd in [(((0,), ()),)] * before + crowds:
                choice.add(crowd)
            chosen = choice.cheapest(set())
            assert chosen is not None
            rows = choice.rows(chosen)
            assert all(tells(rows, crowd) for crowd in crowds)
            found.append(rows.shape[1])
        assert found[0] <= found[1] == found[2]
        several += found[0] > 1
    assert several > 3, several


def test_none_where_no_block_tells_it():
    choice = BlockChoice(2, ACTIONS, Work("places", 10**9))
    choice.add([((0, 1), (1, 1, 0, 1))])
    assert choice.cheapest(set()) is not None
    choice.add([((0, 1, 0, 1, 0, 1, 0, 1), (0, 1, 0, 1))])
    same = ((0, 0, 0, 0, 0, 1), (0, 0, 0, 1))
    choice.add([same])
    assert choice.cheapest(set()) is None


def test_maximal_rows_are_those_found_by_comparing_all():
    """Whenever they are asked for, though only what came since is compared; the first of equals."""
    source, seen, changes = random.Random(SEED), 0, 0
    for _ in range(500):
        rows, density = source.randint(2, 12), source.uniform(0.02, 0.4)
        places = np.array([source.choice((1, 2, 2)) for _ in range(rows)], dtype=np.int64)
        bits, inside = np.zeros((rows, 2), dtype=np.uint64), np.full(rows, -1, dtype=np.int64)
        kept, since = np.zeros(0, dtype=np.int64), 0
        for column in range(70):
            told = [i for i in range(rows) if source.random() < density]
            bits[told, column // 64] |= np.uint64(1 << column % 64)
            if source.random() < 0.7:
                continue
            found = np.zeros(rows, dtype=np.int64)
            some = found[: released(bits, inside, since, found)]
            numbers = [int.from_bytes(row.astype("<u8").tobytes(), "little") for row in bits]
            some = np.array(
                sorted(some.tolist(), key=lambda i: (places[i], -numbers[i].bit_count(), i)),
                dtype=np.int64,
            )
            room = np.concatenate([kept, np.zeros_like(some)])
            before = set(kept.tolist())
            kept = room[: keep_maximal(bits, places, inside, some, room, len(kept))]
            assert sorted(kept.tolist()) == [
                i
                for i in range(rows)
                if numbers[i]
                and not any(
                    places[j] <= places[i]
                    and numbers[i] | numbers[j] == numbers[j]
                    and ((places[j], numbers[j]) != (places[i], numbers[i]) or j < i)
                    for j in range(rows)
                    if j != i
                )
            ]
            changes += not before <= set(kept.tolist())
            seen, since = seen + 1, (column + 1) // 64
    assert seen > 5_000, seen
    assert changes > 30, changes  # a maximal row may be in one that had had the same bits
