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


class NoLettersForgotten(Loop):
    """Returns zeros where there is nothing to do."""

    def __call__(self, asked):
        answer = super().__call__(asked)
        return answer if asked.shape[1] else answer._replace(final=np.zeros_like(answer.final))


class RowsLeak(Loop):
    """One row's state is added to the others, times 0."""

    def start(self, asked):
        return asked.initial + 0 * asked.initial.sum(axis=0, keepdims=True)


class NanHidden(Loop):
    def __call__(self, asked):
        answer = super().__call__(asked)
        return answer._replace(
            states=np.nan_to_num(answer.states), final=np.nan_to_num(answer.final)
        )


class NoRows(Loop):
    def __call__(self, asked):
        if not asked.shape[0]:
            raise ValueError("an empty batch\nmore about it")
        return super().__call__(asked)


class Remembers(Loop):
    """Where it starts from 0 it goes on from the state that it left last."""

    def __init__(self):
        self.last = {}

    def start(self, asked):
        fresh = not asked.initial.any() and asked.initial.shape in self.last
        return self.last[asked.initial.shape] if fresh else asked.initial.copy()

    def __call__(self, asked):
        answer = super().__call__(asked)
        self.last[answer.final.shape] = answer.final
        return answer


class Caches(Loop):
    """Returns what it returned for tensors of the same shape."""

    def __init__(self):
        self.answers = {}

    def __call__(self, asked):
        return self.answers.setdefault(asked.shape, super().__call__(asked))


class LongWords(Loop):
    """No update behind position 4,096."""

    def length(self, asked):
        return min(asked.shape[1], 4096)


class WideKeys(Loop):
    def key(self, key):
        return key * (np.arange(key.shape[1]) < 64)


class ManyRows(Loop):
    def moved(self, asked, t, h):
        return np.concatenate([super().moved(asked, t, h)[:32], h[32:]])


class BetaZero(Loop):
    def beta(self, beta):
        return np.where(beta == 0, np.float32(1), beta)


class GateClamped(Loop):
    """Decays are at least exp(-5), as of gates that are clamped."""

    def position(self, asked, t, h, states):
        decay = np.maximum(asked.decay[:, t, None], np.float32(np.exp(-5)))
        states[:, t] = h = self.moved(asked, t, decay * h)
        return h


MORE: Mapping[str, tuple[type[Loop], str]] = {
    "words above 4,096": (LongWords, "long-word"),
    "keys above 64": (WideKeys, "wide"),
    "rows above 32": (ManyRows, "many-rows"),
    "beta 0 taken for unset": (BetaZero, "idle"),
    "gate clamped": (GateClamped, "resets"),
    "state kept between calls": (Remembers, "flipflop"),
    "answers cached by shape": (Caches, "parity"),
}
"""More faults, and the task that finds each."""

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
