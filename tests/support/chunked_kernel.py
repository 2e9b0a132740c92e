"""A delta rule in chunks in float32, by its form, with places where faulty ones differ."""

import numpy as np

from negeig.kernels.implementation import Answer, ChunkForm, held
from support.faulty_kernels import Loop, implementation

VERSION = implementation(Loop()).version


def form_of(**changes):
    """The form of :class:`Chunks`, as an adapter records it."""
    return ChunkForm(**{"read_in": VERSION, "triangular": "by forward substitution"} | changes)


class Chunks:
    """W and U by forward substitution, chunk after chunk, decays of 1 only."""

    def __init__(self, size=8):
        self.size = size

    def __call__(self, asked):
        assert (asked.decay == 1).all()
        states, h = np.zeros_like(asked.key), asked.initial
        for start in range(0, asked.shape[1], self.size):
            part = slice(start, start + self.size)
            h = self.started(h, start)
            own = self.chunk(asked.key[:, part], asked.beta[:, part], asked.write[:, part], h)
            states[:, part], h = own, own[:, -1]
        return Answer(self.read(held(states, asked.dtype)), asked.dtype, self.handed(asked, h))

    def chunk(self, key, beta, write, h):
        scaled, n = beta[..., None] * key, key.shape[1]
        lower = np.tril(scaled @ key.swapaxes(1, 2), -1)
        weights, values = scaled.copy(), beta * write
        for i in range(1, n):
            weights[:, i] -= (lower[:, i, :i, None] * weights[:, :i]).sum(1)
            values[:, i] -= (lower[:, i, :i] * values[:, :i]).sum(1)
        news = values - (weights * h[:, None]).sum(2)
        return (h[:, None] + np.cumsum(key * news[..., None], axis=1)).astype(np.float32)

    def started(self, h, start):
        return h

    def read(self, states):
        return states

    def handed(self, asked, h):
        return h
