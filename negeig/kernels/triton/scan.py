"""One very long word: chunks of it at once, joined by the operators of the chunks.

A chunk of letters is an affine map of the state, ``h -> A h + b``: a matrix of d + 1 columns.

1. The operators of all chunks at once: the recurrence itself, run for each chunk from the d unit
   vectors without writes, which gives the columns of A, and from 0 with them, which gives b.
2. From chunk to chunk, ``h <- A h + b``: the state with which each chunk begins.
3. The recurrence of all chunks at once from there, in the reference's order, decoded on the way.

For n letters and chunks of S the longest chain is ``2 S`` letters and ``n / S`` operators, against
n letters; the work is ``d + 2`` times that of the recurrence.

Level 2 may round where the recurrence does not, and the other way round. So every seam is looked
at: if each chunk of level 3 ended, bit for bit, where the next one began, the states are those of
the recurrence from left to right, by induction, whatever the levels before did. Otherwise they are
so up to the first seam that disagrees, and the word goes on from there. Networks whose operators
round nothing have no such seam.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.kernels.triton.recurrent_plain import Decoded, Reached
from negeig.precision.stored import StoredLayer

Run = Callable[..., Reached]
"""``run_plain`` of a table, or :meth:`negeig.kernels.triton.recurrent.Recurrent.run`."""
Compose = Callable[[Float32s, Float32s], Float32s]
"""Level 2: :func:`compose_plain`, or the kernel of :mod:`.scan_launch`."""

_LEAST_CHUNK = 16


def chunk_length(length: int) -> int:
    """Return how many letters a chunk has: the chain is shortest near the root of the length.

    Examples
    --------
    >>> chunk_length(10**6), chunk_length(10)
    (1000, 16)
    """
    return max(_LEAST_CHUNK, math.isqrt(length))


def doubled(layer: StoredLayer) -> StoredLayer:
    """Return the layer with one more letter that does nothing, then all letters without writes.

    Letter a without its writes is letter ``a + letters + 1``, which goes for the letter of no
    steps too, as a :class:`negeig.kernels.triton.table.Table` numbers it.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.precision.numbers.formats import FP32
    >>> from negeig.precision.stored import store
    >>> from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
    >>> put = DeltaStep(Fraction(1), (Fraction(1),), Fraction(3))
    >>> layer = Layer(alphabet=("s",), initial=(Fraction(1),), steps={"s": (put,)}, codes=(),
    ...               emit=())
    >>> network = LinearRNN(alphabet=("s",), layers=(layer,), outputs={}, empty=0)
    >>> twice = doubled(store(network, FP32)[0].layers[0])
    >>> twice.starts.tolist(), twice.write.tolist()
    ([0, 1, 1, 2], [3.0, 0.0])
    """
    steps, matrices = len(layer.beta), len(layer.matrix)
    again = np.where(layer.dense < 0, -1, layer.dense + matrices)
    return replace(
        layer,
        starts=np.concatenate([layer.starts, layer.starts + steps]).astype(np.int32),
        beta=np.tile(layer.beta, 2),
        write=np.append(layer.write, np.zeros_like(layer.write)),
        key=np.tile(layer.key, (2, 1)),
        dense=np.append(layer.dense, again).astype(np.int32),
        matrix=np.tile(layer.matrix, (2, 1, 1)),
        bias=np.concatenate([layer.bias, np.zeros_like(layer.bias)]),
    )


def compose_plain(operators: Float32s, before: Float32s) -> Float32s:
    """Return the states with which chunks begin, and the last: (chunks + 1, words, padded).

    Parameters
    ----------
    operators : float32 (chunks, words, dim + 1, padded)
        The columns of A, then b.
    before : float32 (words, padded)
        Zeros behind ``dim``.
    """
    states = [before]
    with np.errstate(all="ignore"):  # states may overflow: that is a result
        for operator in operators:
            dim = operator.shape[1] - 1
            state = operator[:, dim].copy()
            for j in range(dim):
                state = state + operator[:, j] * states[-1][:, j, None]
            states.append(state)
    return np.array(states)


class Scan:
    """Words of one layer, a chunk at a time side by side.

    Parameters
    ----------
    dim : int
    letters : int
        Of the layer.
    run : callable
        The recurrence of the layer; decodes if ``codes_of`` is given.
    operators : callable
        The recurrence of the :func:`doubled` layer.
    compose : callable
        Level 2.
    codes_of : callable, optional
        Numbers of the codes of states (n, dim).
    """

    def __init__(
        self,
        dim: int,
        letters: int,
        run: Run,
        operators: Run,
        compose: Compose = compose_plain,
        codes_of: Callable[[Float32s], Ints] | None = None,
    ) -> None:
        self.dim, self.letters = dim, letters
        self.advance, self.operators, self.compose = run, operators, compose
        self.codes_of = codes_of
        self.confirmed = 0
        """Letters of the last run up to the first seam that disagreed."""

    def run(
        self,
        letters: Ints,
        before: Float32s,
        *,
        code: Ints | None = None,
        chunk: int | None = None,
        keep_states: bool = False,
    ) -> Reached:
        """Run words from given states: arguments and result as of ``run_plain``.

        The states of the recurrence bit for bit; in chunks of ``chunk`` letters.
        """
        length, words = letters.shape
        size = chunk or chunk_length(length)
        count = -(-length // size)
        if not length:
            return self.advance(letters, before, keep_states=keep_states, **self._given(code))
        ends = np.full((count * size - length, words), self.letters, np.int32)
        cut = np.concatenate([letters, ends]).reshape(count, size, words)
        side = np.ascontiguousarray(np.moveaxis(cut, 1, 0).reshape(size, count * words))
        starts = self.compose(self._operators(side, count, words, before.shape[1]), before)
        flat = starts[:-1].reshape(count * words, -1)
        codes = None if self.codes_of is None else self.codes_of(flat[:, : self.dim].copy())
        reached = self.advance(side, flat, keep_states=keep_states, **self._given(codes))
        ended = reached.after.reshape(count, words, -1)
        same = ended.view(np.int32) == np.ascontiguousarray(starts[1:]).view(np.int32)
        wrong = np.flatnonzero(~same[:-1].all(axis=(1, 2)))
        right = int(wrong[0]) + 1 if len(wrong) else count
        joined = _joined(reached, right, count, size, min(right * size, length))
        self.confirmed = min(right * size, length)
        if right == count:
            return joined
        rest = self.advance(
            letters[right * size :], joined.after, keep_states=keep_states,
            **self._given(joined.decoded and joined.decoded.code),
        )  # fmt: skip
        return _followed(joined, rest, self.confirmed)

    def _given(self, code: Ints | None) -> dict[str, Any]:
        return {} if self.codes_of is None else {"code": code}

    def _operators(self, side: Ints, count: int, words: int, padded: int) -> Float32s:
        """Level 1: (chunks, words, dim + 1, padded)."""
        group = self.dim + 1
        units = np.zeros((count * words, group, padded), np.float32)
        units[:, range(self.dim), range(self.dim)] = 1
        columns = self.operators(
            side, units.reshape(-1, padded), homogeneous=self.letters + 1, group=group
        )
        return columns.after.reshape(count, words, group, padded)


def _joined(reached: Reached, right: int, count: int, size: int, length: int) -> Reached:
    """Return the first chunks one after the other, up to a length."""

    def line(found: Any) -> Any:
        if found is None:
            return None
        cut = found.reshape(size, count, -1, *found.shape[2:])
        whole = np.moveaxis(cut, 1, 0)[:right].reshape(right * size, *cut.shape[2:])
        return np.ascontiguousarray(whole[:length])

    def last(found: Any) -> Any:
        return None if found is None else found.reshape(count, -1, *found.shape[1:])[right - 1]

    decoded = None
    if reached.decoded:
        places = reached.decoded.failed.reshape(count, -1)[:right]
        where = np.where(places < size, places + np.arange(right)[:, None] * size, length)
        failed = np.minimum(where.min(axis=0), length).astype(np.int32)
        decoded = Decoded(last(reached.decoded.code), line(reached.decoded.symbols), failed)
    return Reached(last(reached.after), line(reached.states), decoded)


def _followed(first: Reached, rest: Reached, length: int) -> Reached:
    """Return one run after another of a length as one."""
    states = decoded = None
    if first.states is not None and rest.states is not None:
        states = np.concatenate([first.states, rest.states])
    if first.decoded and rest.decoded:
        one, other = first.decoded, rest.decoded
        failed = np.where(one.failed < length, one.failed, length + other.failed).astype(np.int32)
        decoded = Decoded(other.code, np.concatenate([one.symbols, other.symbols]), failed)
    return Reached(rest.after, states, decoded)
