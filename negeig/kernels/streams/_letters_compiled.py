"""Compiled loops that write words and compare what was found on them. Import on first use.

Words are the rows of an array. A letter is a function of the row's key and of its position in the
word, so a word can be begun anywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Ints, Longs
from negeig.compiled import njit

# SplitMix64, Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@njit
def draw(keys: NDArray[np.uint64], position: int, letters: int, words: Ints) -> None:
    """Draw letters below a number for each row and each position from the given one on.

    32 random bits, scaled: each letter has the same probability up to ``letters / 2^32``.
    """
    for row in range(words.shape[0]):
        start = keys[row] + np.uint64(position) * _GAMMA
        for t in range(words.shape[1]):
            x = start + np.uint64(t) * _GAMMA
            x = (x ^ (x >> np.uint64(30))) * _FIRST
            x = (x ^ (x >> np.uint64(27))) * _SECOND
            x = (x ^ (x >> np.uint64(31))) >> np.uint64(32)
            words[row, t] = np.int32((x * np.uint64(letters)) >> np.uint64(32))


@njit
def steer(transitions: Ints, states: Ints, choices: Ints, counts: Ints, words: Ints) -> None:
    """Turn numbers drawn below 2^31 into letters that the machine's state allows.

    In state q they are ``choices[q, :counts[q]]``. ``states`` are those before the first letter and
    are moved to the end. Words are taken eight at a time, so that their look-ups overlap.
    """
    for first in range(0, words.shape[0], 8):
        last = min(first + 8, words.shape[0])
        for t in range(words.shape[1]):
            for row in range(first, last):
                q = states[row]
                a = choices[q, np.int64(words[row, t]) * counts[q] >> 31]
                words[row, t] = a
                states[row] = transitions[q, a]


@njit
def cycle(table: NDArray[np.uint8], starts: Longs, position: int, words: Ints) -> None:
    """Read a cyclic word, each row from its start on."""
    size = table.shape[0]
    for row in range(words.shape[0]):
        i = (starts[row] + position) % size
        for t in range(words.shape[1]):
            words[row, t] = table[i]
            i += 1
            if i == size:
                i = 0


@njit
def digits(first: int, position: int, length: int, letters: int, words: Ints) -> None:
    """Write the words of a length in lexicographic order, from a number and a position on."""
    for row in range(words.shape[0]):
        rest = first + row
        for _ in range(length - position - words.shape[1]):
            rest //= letters
        for t in range(words.shape[1] - 1, -1, -1):
            words[row, t] = rest % letters
            rest //= letters


@njit
def _spelt(u: int, width: int, letters: int) -> tuple[int, int, int]:
    """Return the letters of the word of a number, of length up to 3."""
    if width == 1:
        return u, 0, 0
    if width == 2:
        return u // letters, u % letters, 0
    return u // letters // letters, u // letters % letters, u % letters


@njit
def blocks(first: int, position: int, letters: int, words: Ints) -> None:
    """Write blocks u^m of growing m, u running through the words of one length in every round.

    Row r has words u of length 1, 2, 3 by turns; from round to round m doubles in three rows, grows
    by one in the next three, and so on.
    """
    for row in range(words.shape[0]):
        width = (first + row) % 3 + 1
        doubling = (first + row) // 3 % 2 == 0
        count = letters if width == 1 else letters * letters * (1 if width == 2 else letters)
        copies = position // width  # of words u, before this position
        per = copies // count  # sum of the m of the full rounds is at most this
        low, high = 0, 62 if doubling else 3_037_000_000
        while low < high:  # the last round that begins here or before
            middle = (low + high + 1) // 2
            sum_m = (1 << middle) - 1 if doubling else middle * (middle + 1) // 2
            if sum_m <= per:
                low = middle
            else:
                high = middle - 1
        before = (1 << low) - 1 if doubling else low * (low + 1) // 2
        m = 1 << low if doubling else low + 1
        u, done = (copies - before * count) // m, (copies - before * count) % m
        place = position % width
        a, b, c = _spelt(u, width, letters)
        for t in range(words.shape[1]):
            words[row, t] = a if place == 0 else b if place == 1 else c
            place += 1
            if place == width:
                place = 0
                done += 1
                if done == m:
                    done = 0
                    u += 1
                    if u == count:
                        u = 0
                        m = 2 * m if doubling else m + 1
                    a, b, c = _spelt(u, width, letters)


@njit
def de_bruijn(letters: int, order: int, word: Ints, table: NDArray[np.uint8]) -> int:
    """Write the least de Bruijn sequence, of length letters^order; returns the length written.

    The Lyndon words whose lengths divide the order, one after the other (Fredricksen and Maiorana
    1978), in the order in which Duval (1988) generates them. ``word`` has room for order letters.
    """
    size, length = 0, 1
    word[0] = 0
    while length > 0:
        if order % length == 0:
            for j in range(length):
                table[size] = word[j]
                size += 1
        for j in range(length, order):
            word[j] = word[j - length]
        length = order
        while length > 0 and word[length - 1] == letters - 1:
            length -= 1
        if length > 0:
            word[length - 1] += 1
    return size


@njit
def wrong_bits(words: Ints, symbols: Ints, table: Longs, letters: int, states: Ints) -> int:
    """Walk words through the machine; 0 when every symbol is the one that the machine wants.

    ``table[q * letters + a]`` holds what letter a does in state q: the state after it, times
    ``letters``, in the upper 32 bits, and the wanted symbol in the lower ones. ``states`` are those
    before the first letter, and are moved to the end. Look-ups of one word wait for one another, so
    four words are walked at once.
    """
    # Places without a sign need no look at whether they count from the end, which all wait for.
    rows, length, count = words.shape[0], np.uint64(words.shape[1]), np.uint64(letters)
    half, wrong = np.uint64(32), np.int64(0)
    for r in range(0, rows - 3, 4):
        p, q = np.uint64(states[r]) * count, np.uint64(states[r + 1]) * count
        u, v = np.uint64(states[r + 2]) * count, np.uint64(states[r + 3]) * count
        for t in range(length):
            entry = table[p + np.uint64(words[r, t])]
            wrong |= entry ^ symbols[r, t]
            p = np.uint64(entry) >> half
            entry = table[q + np.uint64(words[r + 1, t])]
            wrong |= entry ^ symbols[r + 1, t]
            q = np.uint64(entry) >> half
            entry = table[u + np.uint64(words[r + 2, t])]
            wrong |= entry ^ symbols[r + 2, t]
            u = np.uint64(entry) >> half
            entry = table[v + np.uint64(words[r + 3, t])]
            wrong |= entry ^ symbols[r + 3, t]
            v = np.uint64(entry) >> half
        states[r], states[r + 1] = p // count, q // count
        states[r + 2], states[r + 3] = u // count, v // count
    for r in range(rows - rows % 4, rows):
        p = np.uint64(states[r]) * count
        for t in range(length):
            entry = table[p + np.uint64(words[r, t])]
            wrong |= entry ^ symbols[r, t]
            p = np.uint64(entry) >> half
        states[r] = p // count
    return int(wrong & 0xFFFFFFFF)


@njit
def first_wrong(
    words: Ints, symbols: Ints, table: Longs, letters: int, states: Ints
) -> tuple[int, int]:
    """Return the first wrong position and its row, by position, then by row; (-1, -1) for none.

    Arguments as of :func:`wrong_bits`.
    """
    rows, length = words.shape
    at, where = length, -1
    for r in range(rows):
        q = np.int64(states[r]) * letters
        for t in range(at):
            entry = table[q + words[r, t]]
            if (entry ^ symbols[r, t]) & 0xFFFFFFFF != 0:
                at, where = t, r
                break
            q = entry >> 32
    return (at, where) if where >= 0 else (-1, -1)
