"""Orders of listed permutations, by powers of all at once and by cycles."""

import math

import numpy as np

from negeig.automata.groups.permgroup import ListedGroup


def by_cycles(row):
    left, lengths = set(range(len(row))), []
    while left:
        point = start = left.pop()
        length = 1
        while (point := row[point]) != start:
            left.discard(point)
            length += 1
        lengths.append(length)
    return math.lcm(*lengths)


def test_orders_are_least_common_multiples_of_cycle_lengths():
    print("seed", 5)
    random = np.random.default_rng(5)
    rows = np.array([np.arange(12), *(random.permutation(12) for _ in range(200))])
    assert ListedGroup(rows).orders.tolist() == [by_cycles(row) for row in rows.tolist()]
    assert ListedGroup(np.zeros((1, 0), np.int64)).orders.tolist() == [1]
