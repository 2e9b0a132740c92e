"""Compiled twins of ``breadth_first`` and ``partition`` in ``minimize``, for large machines."""

from __future__ import annotations

import numpy as np

from negeig.automata.machines.machine import Transitions
from negeig.automata.machines.minimize import Numbers
from negeig.compiled import njit


@njit
def breadth_first(table: Transitions, initial: int) -> Numbers:
    """Return the states reachable from ``initial`` in breadth-first order, letters in order."""
    states, letters = table.shape
    seen = np.zeros(states, dtype=np.bool_)
    order = np.empty(states, dtype=np.int32)
    order[0] = initial
    seen[initial] = True
    found = 1
    done = 0
    while done < found:
        for letter in range(letters):
            target = table[order[done], letter]
            if not seen[target]:
                seen[target] = True
                order[found] = target
                found += 1
        done += 1
    return order[:found].copy()


@njit
def partition(table: Transitions, colours: Numbers) -> Numbers:
    """Return the block of each state in the coarsest stable partition that respects the colours.

    A block is a slice ``begin[b]:end[b]`` of ``elements``; states hit by a splitter are swapped to
    the front of their block's slice, so that splitting moves no element twice.
    """
    states, letters = table.shape

    # Sources of every (letter, target), one after the other: a counting sort of the edges.
    offsets = np.zeros(letters * states + 1, dtype=np.int64)
    for state in range(states):
        for letter in range(letters):
            offsets[letter * states + table[state, letter] + 1] += 1
    for i in range(letters * states):
        offsets[i + 1] += offsets[i]
    filled = offsets[:-1].copy()
    sources = np.empty(letters * states, dtype=np.int32)
    for state in range(states):
        for letter in range(letters):
            edge = letter * states + table[state, letter]
            sources[filled[edge]] = state
            filled[edge] += 1

    block_of = colours.copy()
    begin = np.zeros(states, dtype=np.int32)
    end = np.zeros(states, dtype=np.int32)
    blocks = 0
    for state in range(states):
        end[block_of[state]] += 1
        blocks = max(blocks, block_of[state] + 1)
    for block in range(1, blocks):
        begin[block] = end[block - 1]
        end[block] += end[block - 1]
    elements = np.empty(states, dtype=np.int32)
    place = np.empty(states, dtype=np.int32)
    front = begin.copy()  # states of a block before this place are hit
    for state in range(states):
        place[state] = front[block_of[state]]
        elements[place[state]] = state
        front[block_of[state]] += 1
    front[:] = begin

    largest = 0
    for block in range(blocks):
        if end[block] - begin[block] > end[largest] - begin[largest]:
            largest = block
    waiting = np.empty(states, dtype=np.int32)
    waits = 0
    for block in range(blocks):
        if block != largest:
            waiting[waits] = block
            waits += 1

    splitter = np.empty(states, dtype=np.int32)
    hit = np.empty(states, dtype=np.int32)
    while waits > 0:
        waits -= 1
        block = waiting[waits]
        size = end[block] - begin[block]
        splitter[:size] = elements[begin[block] : end[block]]
        for letter in range(letters):
            hits = 0
            for i in range(size):
                edge = letter * states + splitter[i]
                for j in range(offsets[edge], offsets[edge + 1]):
                    source = sources[j]
                    block = block_of[source]
                    if front[block] == begin[block]:
                        hit[hits] = block
                        hits += 1
                    other = elements[front[block]]
                    elements[place[source]] = other
                    place[other] = place[source]
                    elements[front[block]] = source
                    place[source] = front[block]
                    front[block] += 1
            for i in range(hits):
                block = hit[i]
                cut = front[block]
                front[block] = begin[block]
                if cut == end[block]:
                    continue
                if cut - begin[block] <= end[block] - cut:
                    begin[blocks], end[blocks] = begin[block], cut
                    begin[block] = cut
                    front[block] = cut
                else:
                    begin[blocks], end[blocks] = cut, end[block]
                    end[block] = cut
                front[blocks] = begin[blocks]
                for j in range(begin[blocks], end[blocks]):
                    block_of[elements[j]] = blocks
                waiting[waits] = blocks
                waits += 1
                blocks += 1
    return block_of
