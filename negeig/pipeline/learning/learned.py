"""A trained network as tables, a row for each letter, and its recurrence in any arithmetic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from negeig.arrays import Float32s, Ints
from negeig.claims import Letter, Output
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.precision.numbers.compiled_model import CompiledModel
from negeig.precision.numbers.formats import FP64

NORM_EPSILON = 1e-5
"""Added to the mean square that the norm of a head divides by."""

Floats: TypeAlias = NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Learned:
    """A trained network: what its layer does at each letter, and how what it reads is decoded.

    All arrays are float32, as they were trained. At a letter each head takes its steps
    ``S <- S + beta key (value - key^T S)``, the first first, from S = 0, and reads ``query^T S``.

    Parameters
    ----------
    alphabet : tuple of str
    outputs : tuple
        JSON values, one for each logit.
    query : (letters, heads, dim)
    key : (letters, heads, steps, dim)
    value : (letters, heads, steps, width)
    beta : (letters, heads, steps)
    embedding : (letters, embedding)
    scale : (width,)
        Of the norm of every head.
    mix : (embedding, heads * width)
    head : (outputs, embedding)
    bias : (outputs,)
    """

    alphabet: tuple[Letter, ...]
    outputs: tuple[Output, ...]
    query: Float32s
    key: Float32s
    value: Float32s
    beta: Float32s
    embedding: Float32s
    scale: Float32s
    mix: Float32s
    head: Float32s
    bias: Float32s

    @property
    def state_bytes(self) -> int:
        """Bytes of a state in float64, its widest."""
        _, heads, _, dim = self.key.shape
        width = self.value.shape[-1]
        return int(8 * heads * dim * width)

    def tensors(self) -> dict[str, Float32s]:
        """Return the arrays by name; ``key`` and ``beta`` are what an audit reads."""
        names = ("query", "key", "value", "beta", "embedding", "scale", "mix", "head", "bias")
        return {name: getattr(self, name) for name in names}

    def metadata(self, about: Mapping[str, Any]) -> dict[str, str]:
        """Return what a file says beside the arrays: letters, outputs, and how it was trained."""
        said = {"alphabet": list(self.alphabet), "outputs": list(self.outputs), **about}
        return {"schema": "negeig.learned/1"} | {
            f"negeig.{name}": json.dumps(value, ensure_ascii=False) for name, value in said.items()
        }


class Recurrence:
    """The layer of a trained network in one arithmetic, on many states at once.

    Each column of a head's state is a layer of its own whose writes are the column's values, and
    its operations are those of :class:`negeig.precision.closure.reference.ReferenceSemantics`, bit
    for bit. Queries, norm and head are float64, as numpy sums them: they decode, and nothing of
    theirs comes back into the state.

    Parameters
    ----------
    learned : Learned
    arithmetic : Arithmetic
        Not exact. Keys, values and betas are rounded to its format of parameters.

    Examples
    --------
    >>> from negeig.precision.numbers.arithmetic import parse
    >>> one = np.ones((1, 1, 1), np.float32)
    >>> rows = np.ones((1, 1), np.float32)
    >>> turning = Learned(alphabet=("1",), outputs=(0, 1), query=one, key=one[..., None],
    ...     value=one[..., None] / 2, beta=2 * one, embedding=rows, scale=rows[0], mix=rows,
    ...     head=np.ones((2, 1), np.float32), bias=np.ones(2, np.float32))
    >>> run, letter = Recurrence(turning, parse("fp32")), np.zeros(1, np.int32)
    >>> state, seen = run.start(1), []
    >>> for _ in range(3):
    ...     run.read(state, letter)
    ...     seen.append(float(state[0, 0, 0, 0]))
    >>> seen
    [1.0, 0.0, 1.0]
    """

    def __init__(self, learned: Learned, arithmetic: Arithmetic) -> None:
        self.learned, self.arithmetic = learned, arithmetic
        self.model = CompiledModel(arithmetic)
        letters, self.heads, self.steps, self.dim = learned.key.shape
        self.width = learned.value.shape[-1]
        every = (letters, self.heads, self.width, self.steps)
        key = self._stored(learned.key)[:, :, None]
        beta = self._stored(learned.beta)[:, :, None]
        nothing = np.zeros((0, self.dim, self.dim), self.model.float_type)
        self.table = (
            np.ascontiguousarray(np.broadcast_to(beta, every)).reshape(-1),
            np.ascontiguousarray(self._stored(learned.value).swapaxes(2, 3)).reshape(-1),
            np.ascontiguousarray(np.broadcast_to(key, (*every, self.dim))).reshape(-1, self.dim),
            np.full(int(np.prod(every)), -1, np.int32),
            nothing,
            nothing[:, 0],
        )

    def _stored(self, array: Float32s) -> Floats:
        """Round to nearest even in the format of the parameters."""
        target = self.arithmetic.parameters or FP64
        flat = [target.nearest(Fraction(float(x))) if x else 0.0 for x in array.reshape(-1)]
        return np.array(flat, self.model.float_type).reshape(array.shape)

    def start(self, count: int) -> Floats:
        """Return so many states of the empty word, (count, heads, width, dim)."""
        return np.zeros((count, self.heads, self.width, self.dim), self.model.float_type)

    def read(self, states: Floats, letters: Ints) -> None:
        """Have each state read its letter, in place. O(count heads width steps dim)."""
        from negeig.precision.numbers._rounding_compiled import read_letters

        columns = self.heads * self.width
        place = letters[:, None].astype(np.int64) * columns + np.arange(columns)
        begins = place.reshape(-1) * self.steps
        with np.errstate(all="ignore"):  # states may overflow: that is a result
            read_letters(
                states.reshape(-1, self.dim), np.empty(self.dim, states.dtype), self.dim,
                len(begins), begins, begins + self.steps, self.table,
                self.model.model, self.model.rounded, self.model.spec,
            )  # fmt: skip

    def margins(self, states: Floats, letters: Ints, right: Ints) -> NDArray[np.float64]:
        """Return by how much the right output's logit exceeds the largest other one, (count,).

        Positive exactly where the network is right; NaN where a state is not finite.
        """
        learned = self.learned
        query, scale, mix, head = (
            array.astype(np.float64)
            for array in (learned.query, learned.scale, learned.mix, learned.head)
        )
        with np.errstate(all="ignore"):
            read = np.einsum("nhcj,nhj->nhc", states.astype(np.float64), query[letters])
            size = np.sqrt(np.mean(read * read, axis=-1, keepdims=True) + NORM_EPSILON)
            mixed = (read / size * scale).reshape(len(states), -1) @ mix.T
            logits = (learned.embedding.astype(np.float64)[letters] + mixed) @ head.T + learned.bias
            rows = np.arange(len(states))
            wanted = logits[rows, right]
            logits[rows, right] = -np.inf
            found: NDArray[np.float64] = wanted - logits.max(axis=-1)
        return found
