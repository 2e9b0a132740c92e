"""Compiled breadth-first search in chunks, for one layer and for stacks of layers.

Edges are numbered source * letters + letter; ``cursor`` holds where a search stands. A chunk
returns a status: why it came back to Python.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.compiled import njit
from negeig.precision.closure._tables_compiled import (
    AMBIGUOUS,
    UNDECODABLE,
    Table,
    Words,
    decode,
    hash_words,
    insert,
    lookup,
)
from negeig.precision.numbers._rounding_compiled import (
    Floats,
    Spec,
    Steps,
    read_letters,
)

Ints: TypeAlias = NDArray[Any]
Indices: TypeAlias = NDArray[Any]

EDGE, COUNT, WRONG, RESOLVED, CODE, TARGET, OTHER, LAYER, WARM = range(9)
"""Entries of the cursor: next edge; states found; first wrong edge or -1; whether CODE holds the
code of the state being looked at; that code; the state or layer state concerned; the source that
arrived first; the layer; a value that keeps early loads alive."""

CURSOR_SIZE = 9

MORE, CLOSED, LIMIT, FULL, ASK, ROWS_DIFFER, OUTPUTS_DIFFER = range(7)
"""Statuses: chunk finished; closed; one state too many; a table has to grow; a code is needed;
collision of two machine states with different successors; of two with different outputs."""

BLOCK = 64
"""Edges whose table slots are loaded ahead of being looked at."""


@njit
def search_layer(
    cursor: Ints,
    edges: int,
    max_states: int,
    rows: Words,
    table: Table,
    origin: Ints,
    arrivals: Indices,
    dim: int,
    nan_bits: Any,
    floats: Floats,
    words: Words,
    temporary: Floats,
    hashes: Words,
    some_begins: Ints,
    some_ends: Ints,
    steps: Steps,
    begins: Ints,
    ends: Ints,
    model: int,
    rounded: int,
    spec: Spec,
    codes: NDArray[Any],
    code_rows: Words,
    code_table: Table,
    inexact: float,
    margins: NDArray[Any],
    guesses: Indices,
    emit: Indices,
    delta: Indices,
    row: Indices,
    wanted: Indices,
    has_twins: bool,
) -> int:
    """Process about ``edges`` edges of a one-layer network.

    ``rows[s]`` holds the bits of state s, then its machine state, then its code + 1. There must
    be room for one state more than the edges processed, and ``max_states`` + 1 at the most.
    ``floats``, ``words``, ``hashes``, ``some_begins`` and ``some_ends`` hold ``BLOCK`` edges.
    """
    letters = delta.shape[1]
    source: Any
    target: Any
    code: Any
    stop = cursor[EDGE] + edges
    while cursor[EDGE] < stop:
        first = cursor[EDGE]
        last = min(first + BLOCK, cursor[COUNT] * letters)
        if first == last:
            return CLOSED
        if cursor[COUNT] + BLOCK >= rows.shape[0]:
            return FULL
        warm = np.uint64(0)
        for e in range(first, last):
            source, a = e // letters, e % letters
            for j in range(dim):
                words[e - first, j] = rows[source, j]
            some_begins[e - first], some_ends[e - first] = begins[a], ends[a]
        read_letters(
            floats,
            temporary,
            dim,
            last - first,
            some_begins,
            some_ends,
            steps,
            model,
            rounded,
            spec,
        )
        for e in range(first, last):
            h, bits = floats[e - first], words[e - first]
            for j in range(dim):
                if h[j] != h[j]:
                    bits[j] = nan_bits
            hashes[e - first] = hash_words(bits, dim)
            warm ^= table[hashes[e - first] & np.uint64(table.size - 1)]
        for e in range(first, last):
            entry: Any = table[hashes[e - first] & np.uint64(table.size - 1)]
            likely: Any = np.int64(entry & np.uint64(0xFFFFFFFF)) - 1
            warm ^= np.uint64(rows[max(likely, 0), dim])
        cursor[WARM] = np.int64(warm & np.uint64(1))
        for e in range(first, last):
            cursor[EDGE] = e
            source, a = e // letters, e % letters
            bits = words[e - first]
            goal = delta[np.int64(rows[source, dim]), a]
            target = lookup(table, rows, bits, dim, hashes[e - first])
            is_new = target < 0
            if is_new and cursor[WRONG] < 0:
                previous: Any = max(np.int64(rows[source, dim + 1]) - 1, 0)
                code = cursor[CODE]
                if cursor[RESOLVED] == 0:
                    guess = guesses[previous, a]
                    code = decode(
                        floats[e - first], dim, codes, codes.shape[0], inexact, margins, guess,
                        bits, hashes[e - first], code_rows, code_table,
                    )  # fmt: skip
                if code == AMBIGUOUS:
                    target = cursor[COUNT]
                    for j in range(dim):
                        rows[target, j] = bits[j]
                    cursor[TARGET] = target
                    return ASK
                cursor[RESOLVED] = 0
                if code >= 0:
                    guesses[previous, a] = code
            elif cursor[WRONG] < 0:
                code = np.int64(rows[target, dim + 1]) - 1
            else:
                code = UNDECODABLE
            if cursor[WRONG] < 0 and (code < 0 or emit[code, a] != wanted[goal]):
                cursor[WRONG] = e
            if is_new:
                target = cursor[COUNT]
                if target >= max_states:
                    return LIMIT
                for j in range(dim):
                    rows[target, j] = bits[j]
                rows[target, dim] = goal
                rows[target, dim + 1] = code + 1
                origin[target] = e
                insert(table, hashes[e - first], target)
                cursor[COUNT] = target + 1
            elif row[np.int64(rows[target, dim])] != row[goal]:
                cursor[TARGET] = target
                return ROWS_DIFFER
            if has_twins:
                if arrivals[target, a] == 0:
                    arrivals[target, a] = source + 1
                other = np.int64(arrivals[target, a]) - 1
                if delta[np.int64(rows[other, dim]), a] != goal:
                    cursor[OTHER] = other
                    return OUTPUTS_DIFFER
        cursor[EDGE] = last
    return MORE


@njit
def search_stack(
    cursor: Ints,
    edges: int,
    max_states: int,
    rows: Words,
    table: Table,
    origin: Ints,
    arrivals: Indices,
    layer_rows: Words,
    layer_tables: NDArray[Any],
    layer_counts: Ints,
    layer_next: Indices,
    key: Words,
    dims: Ints,
    nan_bits: Any,
    floats: Floats,
    words: Words,
    temporary: Floats,
    steps: Steps,
    starts: Ints,
    model: int,
    rounded: int,
    spec: Spec,
    codes: NDArray[Any],
    code_counts: Ints,
    code_rows: Words,
    code_tables: NDArray[Any],
    inexact: NDArray[Any],
    margins: NDArray[Any],
    guesses: Indices,
    emit: Indices,
    first_letters: Indices,
    delta: Indices,
    row: Indices,
    wanted: Indices,
    has_twins: bool,
) -> int:
    """Process about ``edges`` edges of a stack of layers.

    Layer states are numbered in a table of their own for each layer, ``layer_rows[i, u]`` being
    the bits of state u of layer i and, last, its code + 2 (0 while that is open);
    ``layer_next`` remembers what a layer does on its letters, -1 where that is not known.
    ``rows[s]`` holds the layers' state numbers, then the machine state; ``key`` is room for one.
    """
    letters = delta.shape[1]
    layers = dims.size
    code_at = layer_rows.shape[2] - 1
    stop = cursor[EDGE] + edges
    h, bits = floats[0], words[0]
    while cursor[EDGE] < stop:
        e = cursor[EDGE]
        source, a = e // letters, e % letters
        if source == cursor[COUNT]:
            return CLOSED
        if cursor[COUNT] + 1 >= rows.shape[0]:
            return FULL
        for i in range(layers):
            if layer_counts[i] + 1 >= layer_rows.shape[1]:
                return FULL
            key[i] = rows[source, i]
        symbol = np.int64(first_letters[a])
        for i in range(layers):
            if symbol < 0:
                break
            before = np.int64(key[i])
            after = np.int64(layer_next[i, before, symbol])
            if after < 0:
                for j in range(dims[i]):
                    bits[j] = layer_rows[i, before, j]
                read_letters(
                    floats, temporary, dims[i], 1, starts[i, symbol:], starts[i, symbol + 1:],
                    steps, model, rounded, spec,
                )  # fmt: skip
                for j in range(dims[i]):
                    if h[j] != h[j]:
                        bits[j] = nan_bits
                hashed = hash_words(bits, dims[i])
                after = lookup(layer_tables[i], layer_rows[i], bits, dims[i], hashed)
                if after < 0:
                    after = layer_counts[i]
                    for j in range(dims[i]):
                        layer_rows[i, after, j] = bits[j]
                    insert(layer_tables[i], hashed, after)
                    layer_counts[i] = after + 1
                    previous: Any = max(np.int64(layer_rows[i, before, code_at]) - 2, 0)
                    code = decode(
                        h, dims[i], codes[i], code_counts[i], inexact[i], margins[i],
                        guesses[i, previous, symbol],
                        bits, hashed, code_rows[i], code_tables[i],
                    )  # fmt: skip
                    layer_rows[i, after, code_at] = code + 2
                    if code >= 0:
                        guesses[i, previous, symbol] = code
                layer_next[i, before, symbol] = after
            code = np.int64(layer_rows[i, after, code_at]) - 2
            if code == AMBIGUOUS:
                cursor[LAYER] = i
                cursor[TARGET] = after
                return ASK
            key[i] = after
            symbol = np.int64(emit[i, code, symbol]) if code >= 0 else np.int64(-1)
        goal = delta[np.int64(rows[source, layers]), a]
        if cursor[WRONG] < 0 and (symbol < 0 or symbol != wanted[goal]):
            cursor[WRONG] = e
        hashed = hash_words(key, layers)
        target = lookup(table, rows, key, layers, hashed)
        if target < 0:
            target = cursor[COUNT]
            if target >= max_states:
                return LIMIT
            for i in range(layers):
                rows[target, i] = key[i]
            rows[target, layers] = goal
            origin[target] = e
            insert(table, hashed, target)
            cursor[COUNT] = target + 1
        elif row[np.int64(rows[target, layers])] != row[goal]:
            cursor[TARGET] = target
            return ROWS_DIFFER
        if has_twins:
            if arrivals[target, a] == 0:
                arrivals[target, a] = source + 1
            other = np.int64(arrivals[target, a]) - 1
            if delta[np.int64(rows[other, layers]), a] != goal:
                cursor[OTHER] = other
                return OUTPUTS_DIFFER
        cursor[EDGE] = e + 1
    return MORE
