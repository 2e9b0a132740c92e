"""Rows of registers listed, tried on pairs of words and explored: compiled, imported on first use.

``table[a, i]`` says where letter a takes the content of register i from: 0 where it writes, else
plus or minus (source + 1). ``words[p]`` holds two words of letters, ``lengths[p]`` their lengths.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit
from negeig.theory.constructions.pieces._contents_compiled import hash_contents, write_after

Table = NDArray[np.int8]
Words = NDArray[np.int8]
Shorts = NDArray[np.int16]
Ints = NDArray[np.int32]
Counts = NDArray[np.int64]


@njit
def moving_rows(rows: Table, most: int, steps: int, writes: bool, used: Table) -> int:
    """List the rows in which no register keeps its content, with at most so many steps."""
    n = rows.shape[1]
    found = 0
    i = 0
    written = 0
    rows[0, 0] = -n - 1
    while i >= 0:
        # The next source of register i in the order -n, ..., n; ``used`` marks those taken.
        source = rows[found, i]
        if source == 0:
            written -= 1
        elif source >= -n:
            used[(source if source > 0 else -source) - 1] = 0
        source += 1
        while source <= n:
            if source == 0:
                if writes:
                    break
            elif source != i + 1 and not used[(source if source > 0 else -source) - 1]:
                break
            source += 1
        if source > n:
            i -= 1
            continue
        rows[found, i] = source
        if source == 0:
            written += 1
        else:
            used[(source if source > 0 else -source) - 1] = 1
        # Registers on paths cost one each, and every two others on cycles cost one at least.
        if n - (n - written) // 2 > steps:
            continue
        if i < n - 1:
            i += 1
            rows[found, i] = -n - 1
            continue
        cost = n
        for start in range(n):
            sign = 1
            j = start
            least = True
            while True:
                source = rows[found, j]
                if source == 0:
                    break
                if source < 0:
                    sign = -sign
                    j = -source - 1
                else:
                    j = source - 1
                least = least and j >= start
                if j == start or not least:
                    break
            if source != 0 and j == start and least and sign > 0:
                cost -= 1
        if cost <= steps and found < most:
            for j in range(n):
                rows[found + 1, j] = rows[found, j]
            found += 1
    return found


@njit
def separates(table: Table, words: Words, lengths: Shorts, pair: int) -> bool:
    """Whether two words leave different contents, read backwards register by register."""
    for i in range(table.shape[1]):
        place = i
        sign = 1
        written = -1
        t = lengths[pair, 0] - 1
        while t >= 0:
            source = table[words[pair, 0, t], place]
            if source == 0:
                written = words[pair, 0, t]
                break
            if source < 0:
                sign = -sign
                place = -source - 1
            else:
                place = source - 1
            t -= 1
        t = lengths[pair, 1] - 1
        other = i
        while t >= 0:
            source = table[words[pair, 1, t], other]
            if source == 0:
                break
            if source < 0:
                sign = -sign
                other = -source - 1
            else:
                other = source - 1
            t -= 1
        last = -1 if t < 0 else words[pair, 1, t]
        if last != written or other != place or sign < 0:
            return True
    return False


@njit
def scan(
    rows: Table,
    start: int,
    stop: int,
    table: Table,
    letter: int,
    words: Words,
    lengths: Shorts,
    order: Ints,
    count: int,
    done: Counts,
) -> int:
    """Put rows into the table until all pairs are told apart; return which one, ``stop`` if none.

    ``done`` counts the tests. A pair that refuses a row moves to the front of the order.
    """
    for r in range(start, stop):
        for i in range(table.shape[1]):
            table[letter, i] = rows[r, i]
        refused = False
        for k in range(count):
            done[0] += 1
            if not separates(table, words, lengths, order[k]):
                pair = order[k]
                order[k] = order[k // 2]
                order[k // 2] = pair
                refused = True
                break
        if not refused:
            return r
    return stop


@njit
def has_smaller(row: Table, orders: Table, inverses: Table, signs: Table) -> bool:
    """Whether one of these renumberings makes the row smaller, in the order of tuples."""
    for g in range(len(orders)):
        for place in range(len(row)):
            i = inverses[g, place]
            source = row[i]
            moved = 0
            if source > 0:
                moved = signs[g, i] * signs[g, source - 1] * (orders[g, source - 1] + 1)
            elif source < 0:
                moved = -signs[g, i] * signs[g, -source - 1] * (orders[g, -source - 1] + 1)
            if moved != row[place]:
                if moved < row[place]:
                    return True
                break
    return False


@njit
def explore(
    table: Table,
    writes: Shorts,
    letters: Table,
    products: Ints,
    contents: Shorts,
    elements: Ints,
    before: Ints,
    by: Table,
    slots: Ints,
    marks: Ints,
    mark: int,
    out: Counts,
) -> int:
    """Explore contents in product with an automaton: 1 where they decide its state, or else 0.

    Words are over some letters, given by their numbers. -1 where there are more contents than
    ``by`` has room for. The first content and the state with it are given; ``writes[a, i]`` is
    what letter a writes to register i. ``out`` receives the number of contents and, for 0, an
    earlier content, the one before the letter and the letter: equal contents, different states.
    ``slots`` is a hash table whose entries count where ``marks`` holds this call's mark.
    """
    n = table.shape[1]
    mask = len(slots) - 1
    h = hash_contents(contents, 0) & mask
    slots[h] = 0
    marks[h] = mark
    before[0] = -1
    count = 1
    x = 0
    while x < count:
        for a in letters:
            if count >= len(by):
                out[0] = count
                return -1
            h = write_after(table, writes, a, contents, x, count) & mask
            element = products[elements[x], a]
            while True:
                if marks[h] != mark:
                    slots[h] = count
                    marks[h] = mark
                    elements[count] = element
                    before[count] = x
                    by[count] = a
                    count += 1
                    break
                y = slots[h]
                same = True
                for i in range(n):
                    if contents[y, i] != contents[count, i]:
                        same = False
                        break
                if same:
                    if elements[y] != element:
                        out[0] = count
                        out[1] = y
                        out[2] = x
                        out[3] = a
                        return 0
                    break
                h = (h + 1) & mask
        x += 1
    out[0] = count
    return 1
