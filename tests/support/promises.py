"""Whether a backend computes the states of the arithmetic that it promises."""

import numpy as np

from negeig.arrays import Ints
from negeig.kernels.backend import Backend, Run, run_whole
from negeig.kernels.runnable import Runnable, runnable
from negeig.precision.closure.reference import ReferenceSemantics, to_bits
from negeig.theory.networks.network import LinearRNN


def promised(network: Runnable, semantics: ReferenceSemantics, words: Ints) -> Run:
    """What the closure's arithmetic makes of some words, one operation at a time."""
    number = {symbol: i for i, symbol in enumerate(network.network.outputs)}
    symbols = np.full(words.shape, -1, np.int32)
    states = tuple(np.empty((*words.shape, s.dim)) for s in network.stored.layers)
    for row, word in enumerate(words):
        state = semantics.initial()
        for t, letter in enumerate(word):
            state, symbol = semantics.step(state, network.alphabet[letter])
            symbols[row, t] = -1 if symbol is None else number[symbol]
            for reached, values in zip(states, semantics.values(state), strict=True):
                reached[row, t] = values
    return Run(symbols, states)


def differences(kind: type[Backend], network: LinearRNN, words: Ints) -> tuple[list[str], Run]:
    """Where a backend breaks its promise on some words, and what it should have computed."""
    ready = runnable(network, network.alphabet, kind.promises.parameters)
    right = promised(ready, ReferenceSemantics(network, ready.stored, kind.promises), words)
    found = run_whole(kind(ready), words)
    wrong = [] if (found.symbols == right.symbols).all() else ["symbols"]
    for i, (one, other) in enumerate(zip(found.states, right.states, strict=True)):
        assert one.shape == other.shape
        pairs = zip(one.reshape(-1).tolist(), other.reshape(-1).tolist(), strict=True)
        wrong += [f"layer {i}"] * any(to_bits([x]) != to_bits([y]) for x, y in pairs)
    return wrong, right
