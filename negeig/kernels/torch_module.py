"""A network as a ``torch.nn.Module`` whose outputs are the machine's.

The tensors of its state are those of :mod:`negeig.kernels.tensors`, under the same names, so that
``safetensors.torch.load_file`` gives a state that it loads. Arithmetic is torch's in the type
chosen: where no product and no sum of a network needs rounding, as with integer and dyadic
weights, every output is exact for words of every length. Where something rounds, every product
and every sum is rounded to that type in the reference order, without fma, so that the states are
those of the arithmetic ``fp64``, ``fp32``, ``bf16:all-ops`` or ``fp16:all-ops``, bit for bit, of
which proofs in floating point speak. Backend ``torch`` runs this module.

Importing this module imports torch, and raises Unavailable where there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from negeig.claims import InputError, Letter, Output, Unavailable
from negeig.kernels.extras import in_a_clone
from negeig.kernels.tensors import DTYPES, load, network_outputs, network_tensors
from negeig.theory.networks.network import LinearRNN
from negeig.theory.networks.network_json import read

try:
    import torch
    from torch import Tensor, nn
except ImportError:
    raise Unavailable(
        f"the torch module needs PyTorch: pip install torch, or {in_a_clone('gpu')}"
    ) from None

LARGEST_SCORES = 2**24
"""Distances of states to codes that are in memory at a time."""

MAX_BYTES = 1 << 30
"""Largest tensors of a module, together."""


def module(
    network: LinearRNN, dtype: torch.dtype = torch.float32, *, trainable: bool = False
) -> NetworkModule:
    """Return a network as a torch module on the CPU.

    Parameters
    ----------
    network : LinearRNN
    dtype : torch.dtype
        float64, float32, bfloat16 or float16: of the parameters and of the state. Entries are
        rounded to nearest even where the type does not hold them.
    trainable : bool
        Whether initial states, betas, keys, writes and dense steps are parameters that require
        gradients. Otherwise all tensors are buffers.

    Raises
    ------
    InputError
        For another type, or an entry beyond the range of this one.
    LimitReached
        For more than 1 GiB of tensors.

    Examples
    --------
    >>> from negeig.automata import zoo
    >>> from negeig.theory.constructions.direct.scalar import construct
    >>> parity = module(construct(zoo.get("parity").minimal())[0].network)
    >>> parity.decode(parity(parity.encode(["1101", "01"])))
    [[0, 1, 1, 0], [1, 0]]
    """
    return NetworkModule(network, dtype, trainable=trainable)


def load_module(
    path: str,
    dtype: torch.dtype = torch.float32,
    *,
    trainable: bool = False,
    max_bytes: int = 64_000_000,
) -> NetworkModule:
    """Read a network file, JSON or ``*.safetensors``, and return its module.

    Both hold the exact network, so ``dtype`` need not be the one that the tensors were saved in.
    Raises as :func:`module` does and as the reader of the file does.
    """
    network = load(path, max_bytes) if path.endswith(".safetensors") else read(path, max_bytes)
    return module(network, dtype, trainable=trainable)


class NetworkModule(nn.Module):
    """A network over batches of words; :func:`module` makes one.

    Attributes
    ----------
    alphabet : tuple of str
        Letter ``a`` is token number ``alphabet.index(a)``.
    outputs : list
        The distinct outputs, JSON values; the module returns indices into it.
    empty : int32 tensor ()
        Index of the output on the empty word.
    """

    letters: Tensor
    empty: Tensor
    output_index: Tensor

    def __init__(self, network: LinearRNN, dtype: torch.dtype, *, trainable: bool) -> None:
        super().__init__()
        name = str(dtype).removeprefix("torch.")
        if name not in DTYPES:
            raise InputError("dtype", f"{dtype} is none of {', '.join(DTYPES)}", "unknown-dtype")
        arrays = network_tensors(network, name, round_parameters=True, max_bytes=MAX_BYTES)
        tensors = {key: _tensor(array, dtype) for key, array in arrays.items()}
        self.alphabet = network.alphabet
        self.outputs = network_outputs(network)
        self.register_buffer("letters", tensors["letters"])
        self.register_buffer("output_index", tensors["output_index"])
        self.register_buffer("empty", tensors["empty"])
        self.layers = nn.ModuleList(
            LayerModule(
                {
                    key.removeprefix(f"layers.{i}."): tensor
                    for key, tensor in tensors.items()
                    if key.startswith(f"layers.{i}.")
                },
                trainable=trainable,
            )
            for i in range(len(network.layers))
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the index of the output after every letter.

        Parameters
        ----------
        tokens : integer tensor (batch, time)
            Numbers of letters; -1 after the end of a shorter word.

        Returns
        -------
        int64 tensor (batch, time)
            Indices into ``outputs``; -1 after the end of a word, and from where a state is no
            longer finite. Raises InputError for tokens of another kind, shape or range.
        """
        return _lookup(self.output_index, self._read(tokens)[1])

    def states(self, tokens: Tensor) -> list[Tensor]:
        """Return the states of each layer after every letter, tensors (batch, time, dim).

        Each depends differentiably on the parameters of its own layer; what a layer emits, and so
        what the next one reads, does not. A state stays as it is after the end of a word, and where
        the layer below emits nothing.
        """
        return self._read(tokens)[0]

    def _read(self, tokens: Tensor) -> tuple[list[Tensor], Tensor]:
        _check_tokens(tokens, len(self.alphabet))
        symbols = _lookup(self.letters, tokens)
        states = []
        for layer in self.layers:
            reached, symbols = layer(symbols)
            states.append(reached)
        return states, symbols

    def encode(self, words: Sequence[Sequence[Letter]]) -> Tensor:
        """Return words as tokens, (words, length of the longest), padded with -1.

        Raises InputError naming every letter that is not in the alphabet, and for one word alone.
        """
        if isinstance(words, str):
            raise InputError("words", f"expected a list of words, found one word: [{words!r}]")
        number = {letter: i for i, letter in enumerate(self.alphabet)}
        unknown = {letter for word in words for letter in word} - set(number)
        if unknown:
            raise InputError(
                "words",
                f"the network does not read {', '.join(map(repr, sorted(unknown)))}; its letters "
                f"are {', '.join(map(repr, self.alphabet))}",
            )
        longest = max(map(len, words), default=0)
        rows = [[number[a] for a in word] + [-1] * (longest - len(word)) for word in words]
        tokens = torch.tensor(rows, dtype=torch.int64).reshape(len(words), longest)
        return tokens.to(self.letters.device)

    def decode(self, indices: Tensor) -> list[list[Output]]:
        """Return the outputs of each row of indices, those of -1 left out."""
        return [[self.outputs[i] for i in row if i >= 0] for row in indices.tolist()]


class LayerModule(nn.Module):
    """One layer: the recurrence, the nearest code and the table of symbols."""

    initial: Tensor
    beta: Tensor
    key: Tensor
    write: Tensor
    steps: Tensor
    code: Tensor
    half_norm: Tensor
    emit: Tensor
    dense: Tensor
    matrix: Tensor
    bias: Tensor

    def __init__(self, tensors: dict[str, Tensor], *, trainable: bool) -> None:
        super().__init__()
        self.has_dense = "dense" in tensors
        for name, tensor in tensors.items():
            if trainable and name in ("initial", "beta", "key", "write", "matrix", "bias"):
                self.register_parameter(name, nn.Parameter(tensor))
            else:
                self.register_buffer(name, tensor)

    def forward(self, letters: Tensor) -> tuple[Tensor, Tensor]:
        """Return the states (batch, time, dim) and the emitted symbols (batch, time)."""
        states = self.states(letters)
        codes = self._nearest(states.detach().flatten(0, 1)).reshape(letters.shape)
        symbols = self.emit[codes, letters].long()
        return states, torch.where((letters < 0) | (codes < 0), -1, symbols)

    def states(self, letters: Tensor, start: Tensor | None = None) -> Tensor:
        """Return the states (batch, time, dim) after letters (batch, time), -1 for none.

        They begin at the initial state, or at another of each word, ``start`` (batch, dim).
        """
        batch, time = letters.shape
        state = self.initial.expand(batch, -1) if start is None else start
        reached = []
        for t in range(time):
            letter = letters[:, t]  # -1 wraps to the last letter; it takes no step
            steps = torch.where(letter < 0, 0, self.steps[letter])
            for j in range(self.beta.shape[1] if self.initial.numel() else 0):
                state = torch.where((j < steps)[:, None], self._step(letter, j, state), state)
            reached.append(state)
        return torch.stack(reached, dim=1) if time else state.new_zeros(batch, 0, state.shape[1])

    def _step(self, letter: Tensor, j: int, state: Tensor) -> Tensor:
        """Apply each word's step j: h - key beta (key.h - write), or matrix h + bias.

        The operations and their order are those of the reference semantics. A write or a bias of 0
        is to leave -0 as it is: what is subtracted is +0.
        """
        key = self.key[letter, j]
        error = _dot(key, state) - (self.write[letter, j] + 0)
        after = state + -key * (self.beta[letter, j] * error)[:, None]
        if not self.has_dense:
            return after
        which = self.dense[letter, j].long()
        mapped = _dot(self.matrix[which], state[:, None, :]) - (0 - self.bias[which])
        return torch.where(which[:, None] >= 0, mapped, after)

    def _nearest(self, states: Tensor) -> Tensor:
        """Return the code nearest to each state, the first of equals; -1 where it is not finite.

        Compared in float64. A first guess is refined by comparing all codes with it: differences
        of distances to it are accurate where the distances themselves are equal but for rounding.
        """
        rows = max(LARGEST_SCORES // max(self.code.shape[0], 1), 1)
        found = []
        code, half = self.code.double(), self.half_norm.double()
        for start in range(0, len(states), rows):
            part = states[start : start + rows].double()
            products = part @ code.T
            guess = (products - half).argmax(-1, keepdim=True)
            nearer = (products - products.gather(1, guess)) - (half - half[guess])
            best = nearer.argmax(-1)
            found.append(torch.where(part.isfinite().all(-1), best, -1))
        return torch.cat(found) if found else states.new_zeros(0, dtype=torch.int64)


def _dot(weights: Tensor, state: Tensor) -> Tensor:
    """Return the sum of the products along the last dimension, added from left to right."""
    return reduce(torch.add, (weights * state).unbind(-1))


def _lookup(table: Tensor, index: Tensor) -> Tensor:
    """Return entries of a table as int64, -1 for the index -1."""
    return torch.where(index < 0, -1, table[index.long()].long())


def _tensor(array: np.ndarray[Any, Any], dtype: torch.dtype) -> Tensor:
    """Return an array as a tensor; numpy has no bfloat16 of its own that torch would take."""
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.astype(np.float32)).to(dtype)
    return torch.from_numpy(array)


def _check_tokens(tokens: Tensor, letters: int) -> None:
    problems = []
    if tokens.dim() != 2:
        problems.append(f"expected shape (batch, time), found {list(tokens.shape)}")
    if tokens.is_floating_point() or tokens.is_complex() or tokens.dtype == torch.bool:
        problems.append(f"expected integers, found {tokens.dtype}")
    elif tokens.numel():
        least, most = int(tokens.min()), int(tokens.max())
        if least < -1 or most >= letters:
            problems.append(
                f"expected numbers of letters, 0 to {letters - 1}, or -1 for padding, found "
                f"{least} to {most}"
            )
    if problems:
        raise InputError("tokens", problems)
