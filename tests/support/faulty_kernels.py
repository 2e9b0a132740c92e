"""A right implementation of the delta rule and twins of it, each with one fault of real kernels."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from negeig.kernels.implementation import Answer, Implementation, Kernel, Recurrence, held

CHUNK = 64


class Loop:
    """One position at a time in float32; sums from the left; read in the inputs' format."""

    def __call__(self, asked: Recurrence) -> Answer:
        states, h = np.zeros_like(asked.key), self.start(asked)
        for t in range(self.length(asked)):
            h = self.position(asked, t, h, states)
        return Answer(self.read(states, asked.dtype), asked.dtype, h)

    def start(self, asked):
        return asked.initial.copy()

    def length(self, asked):
        return asked.shape[1]

    def position(self, asked, t, h, states):
        h = self.moved(asked, t, asked.decay[:, t, None] * h)
        states[:, t] = h
        return h

    def moved(self, asked, t, h):
        key = self.key(asked.key[:, t])
        amount = self.beta(asked.beta[:, t]) * (asked.write[:, t] - self.dot(key, h))
        return self.stored(h + amount[:, None] * key)

    def dot(self, key, h):
        return (key * h).cumsum(axis=1, dtype=np.float32)[:, -1]

    def key(self, key):
        return key

    def beta(self, beta):
        return beta

    def stored(self, h):
        return h

    def read(self, states, dtype):
        return held(states, dtype)


class ChunkTailDropped(Loop):
    def length(self, asked):
        return asked.shape[1] // CHUNK * CHUNK


class InitialStateLost(Loop):
    def start(self, asked):
        return np.zeros_like(asked.initial)


class BetaClipped(Loop):
    def beta(self, beta):
        return np.minimum(beta, 1)


class TruncatingCast(Loop):
    def read(self, states, dtype):
        if dtype != "bf16":
            return super().read(states, dtype)
        return (states.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)


class DependsOnTheBatch(Loop):
    """Sums from the right where there are several rows, as another tiling would."""

    def dot(self, key, h):
        return super().dot(key, h) if len(h) == 1 else super().dot(key[:, ::-1], h[:, ::-1])


class EpsilonInTheKey(Loop):
    def key(self, key):
        square = (key * key).sum(axis=1, keepdims=True, dtype=np.float32)
        return key * np.sqrt(square) / np.sqrt(square + np.float32(1e-6)) if square.any() else key


class StateInBf16(Loop):
    def stored(self, h):
        return held(h, "bf16")


class HeadsExchanged(Loop):
    def read(self, states, dtype):
        return super().read(np.roll(states, 1, axis=2), dtype)


class ReadBeforeTheUpdate(Loop):
    def position(self, asked, t, h, states):
        states[:, t] = h
        return self.moved(asked, t, asked.decay[:, t, None] * h)


class DecayAfterTheUpdate(Loop):
    def position(self, asked, t, h, states):
        h = asked.decay[:, t, None] * self.moved(asked, t, h)
        states[:, t] = h
        return h


FAULTS: Mapping[str, type[Loop]] = {
    "chunk tail dropped": ChunkTailDropped,
    "initial state lost": InitialStateLost,
    "beta clipped to 1": BetaClipped,
    "truncating cast": TruncatingCast,
    "result depends on the batch": DependsOnTheBatch,
    "epsilon in the key": EpsilonInTheKey,
    "state in bf16": StateInBf16,
    "one head for another": HeadsExchanged,
    "read before the update": ReadBeforeTheUpdate,
    "decay after the update": DecayAfterTheUpdate,
}


def implementation(kernel: Kernel, **changes: object) -> Implementation:
    made = Implementation(name="tests.kernel", packages=("negeig",), load=lambda: kernel)
    return replace(made, **changes)


def changed(change: Callable[[Answer], object]) -> Kernel:
    """The right loop, its answers changed."""
    return lambda asked: change(Loop()(asked))
