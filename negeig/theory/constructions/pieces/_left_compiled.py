"""Contents of registers and the states that each leaves possible: compiled, imported on first use.

``table[a, i]`` says where letter a takes the content of register i from: 0 where it writes, else
plus or minus (source + 1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit
from negeig.theory.constructions.pieces._contents_compiled import hash_contents, write_after

Table = NDArray[np.int8]
Shorts = NDArray[np.int16]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


@njit
def list_contents(
    table: Table, writes: Shorts, contents: Shorts, targets: Ints, slots: Ints
) -> int:
    """List what the registers hold after words, breadth first; -1 where that is too much.

    ``contents[0]`` is given, and ``targets`` has room for as many rows as there may be.
    ``targets[x, a]`` gets the number of the content after letter a. ``slots`` is a hash table,
    at first -1 throughout, longer than ``targets`` and of a power of two.
    """
    letters, n = table.shape
    mask = len(slots) - 1
    slots[hash_contents(contents, 0) & mask] = 0
    count = 1
    x = 0
    while x < count:
        for a in range(letters):
            if count >= len(targets):
                return -1
            h = write_after(table, writes, a, contents, x, count) & mask
            while True:
                y = slots[h]
                if y < 0:
                    slots[h] = count
                    targets[x, a] = count
                    count += 1
                    break
                same = True
                for i in range(n):
                    if contents[y, i] != contents[count, i]:
                        same = False
                        break
                if same:
                    targets[x, a] = y
                    break
                h = (h + 1) & mask
        x += 1
    return count


@njit
def follow(
    targets: Ints,
    states: Ints,
    initial: int,
    before: Ints,
    by: Table,
    queue: Ints,
    left: Ints,
) -> None:
    """Find the states of a machine that each content leaves possible, breadth first.

    ``states[q, a]`` is where letter a leads. Pairs are numbered content times states plus state;
    ``before`` is -1 at first, then the pair before the letter ``by``; ``left`` counts the states of
    each content, 0 at first.
    """
    size, letters = states.shape
    queue[0] = initial
    before[initial] = initial
    left[0] = 1
    count = 1
    i = 0
    while i < count:
        pair = queue[i]
        i += 1
        x, q = pair // size, pair % size
        for a in range(letters):
            y = targets[x, a]
            target = y * size + states[q, a]
            if before[target] < 0:
                before[target] = pair
                by[target] = a
                queue[count] = target
                count += 1
                left[y] += 1


@njit
def blurred(
    targets: Ints, states: Ints, met: Flags, left: Ints, onto: bool, reached: Flags, found: Flags
) -> None:
    """Mark the contents of which a letter merges some states and keeps others apart.

    ``met[x, q]`` says whether content x leaves state q possible, ``left[x]`` how many it does, and
    ``reached`` has room for a flag for each state. With ``onto`` the contents are marked too that
    leave more states than a letter leads to from another one, unless these are one.
    """
    size, letters = states.shape
    for x in range(len(found)):
        for a in range(letters):
            reached[:] = False
            images = 0
            for q in range(size):
                if met[x, q] and not reached[states[q, a]]:
                    reached[states[q, a]] = True
                    images += 1
            if images < 2:
                continue
            if images < left[x]:
                found[x] = True
            elif onto and images < left[targets[x, a]]:
                found[targets[x, a]] = True
