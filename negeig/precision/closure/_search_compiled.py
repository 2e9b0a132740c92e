"""Compiled breadth-first search of a stack of layers, in chunks.

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

EDGE, COUNT, WRONG, TARGET, OTHER, LAYER = range(6)
"""Entries of the cursor: next edge; states found; first wrong edge or -1; the state or layer state
concerned; the source that arrived first; the layer."""

CURSOR_SIZE = 6

MORE, CLOSED, LIMIT, FULL, ASK, ROWS_DIFFER, OUTPUTS_DIFFER = range(7)
"""Statuses: chunk finished; closed; one state too many; a table has to grow; a code is needed;
collision of two machine states with different successors; of two with different outputs."""


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
    ``layer_next`` remembers what a layer does on its letters: the next state + 1, 0 where that is
    not known.
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
            after = np.int64(layer_next[i, before, symbol]) - 1
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
                layer_next[i, before, symbol] = after + 1
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
