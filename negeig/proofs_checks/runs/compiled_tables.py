"""The same tables from the compiled search, for closures of many states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Longs
from negeig.claims import InputError, LimitReached, Progress
from negeig.precision.closure.stack_search import StackSearch
from negeig.proofs_checks.runs.subject import Subject, vector_text
from negeig.proofs_checks.runs.tables import Row, Tables
from negeig.theory.closure.explore import Task

BLOCK = 1 << 14
"""Rows that are turned into Python's lists at a time."""


class Rows(Sequence[Row]):
    """Rows made of arrays when they are asked for."""

    def __init__(self, patterns: NDArray[Any] | None, numbers: Longs) -> None:
        self._patterns, self._numbers = patterns, numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, i: Any) -> Any:
        return next(self._between(i, i + 1))

    def __iter__(self) -> Iterator[Row]:
        for first in range(0, len(self), BLOCK):
            yield from self._between(first, first + BLOCK)

    def _between(self, first: int, last: int) -> Iterator[Row]:
        numbers = self._numbers[first:last].tolist()
        if self._patterns is None:
            yield from numbers
            return
        for pattern, row in zip(self._patterns[first:last].tolist(), numbers, strict=True):
            yield ["".join(pattern), *row]


def compiled_tables(
    subject: Subject, max_states: int, max_memory: int = 4 << 30, progress: Progress | None = None
) -> Tables:
    """Explore by compiled code: as :func:`~.tables.plain_tables`, and raises as it does.

    For an arithmetic that :attr:`~negeig.precision.numbers.models.Arithmetic.is_basic` and at least
    one layer.
    """
    assert subject.stored is not None
    task = Task(subject.network, subject.machine)
    search = StackSearch(
        subject.network, task, subject.arithmetic, subject.stored, max_states, max_memory
    )
    collision, reason = search.run(progress)
    if reason:
        raise LimitReached(
            "states of a certificate",
            max_states,
            reached=search.count,
            option="--max-closure",
            detail=reason,
        )
    if collision is not None or search.wrong_word() is not None:
        raise InputError("certificate", "the network errs: no closure to certify")
    layers: list[Any] = [_layer_rows(search, i) for i in range(len(search.stored))]
    depth = len(layers)
    places = search.rows[: search.count, : depth + 1].astype(np.int64)
    states: Any = Rows(None, np.column_stack([places[:, depth], places[:, :depth]]))
    return Tables(layers, states)


def _layer_rows(search: StackSearch, i: int) -> Rows:
    layer, count = search.network.layers[i], int(search.layer_counts[i])
    words, places = np.unique(search.layer_rows[i, :count, : layer.dim], return_inverse=True)
    texts = np.array([vector_text([x]) for x in search.numbers.values(words)] or [""])
    vectors = texts[places.reshape(count, layer.dim)] if layer.dim else np.empty((count, 0), "U1")
    return Rows(vectors, np.empty((count, 0), np.int64))
