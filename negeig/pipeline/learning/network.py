"""The network that is trained: one delta layer between an embedding and a linear head.

Its layer reads the embedding of one letter and nothing else, so keys, values, betas and queries
are tables with a row for each letter; the state is all that knows the word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding, normalize, silu

from negeig.pipeline.learning.delta_rule import delta_rule
from negeig.pipeline.learning.learned import NORM_EPSILON


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Sizes of a network, and where the eigenvalues of its steps lie.

    Attributes
    ----------
    letters, outputs : int
    low, high : float
        A step has the eigenvalue 1 - beta along its key, from low to high.
    steps : int
        Delta steps a token.
    heads, dim, width : int
        Heads, dimension of keys and of values, length of embeddings.
    """

    letters: int
    outputs: int
    low: float
    high: float
    steps: int = 1
    heads: int = 2
    dim: int = 16
    width: int = 32


class Tables(NamedTuple):
    """What the layer does at each letter.

    Parameters
    ----------
    query : (letters, heads, dim)
    key, value : (letters, heads, steps, dim)
    beta : (letters, heads, steps)
    """

    query: Tensor
    key: Tensor
    value: Tensor
    beta: Tensor


class Network(nn.Module):
    """Embedding, delta layer, norm of each head, sum with the embedding, linear head.

    Queries and keys go through SiLU and then have length 1; betas are sigmoids scaled to the range;
    there is no convolution and no gate, so that nothing but the state looks back.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        inner = shape.heads * shape.dim
        self.embedding = nn.Embedding(shape.letters, shape.width)
        self.query = nn.Linear(shape.width, inner, bias=False)
        self.key = nn.Linear(shape.width, inner * shape.steps, bias=False)
        self.value = nn.Linear(shape.width, inner * shape.steps, bias=False)
        self.beta = nn.Linear(shape.width, shape.heads * shape.steps)
        self.scale = nn.Parameter(torch.ones(shape.dim))
        self.mix = nn.Linear(inner, shape.width, bias=False)
        self.head = nn.Linear(shape.width, shape.outputs)

    def tables(self) -> Tables:
        """Return the tables, differentiable."""
        shape, x = self.shape, self.embedding.weight
        by_step = (-1, shape.heads, shape.steps, shape.dim)
        gate = torch.sigmoid(self.beta(x)).reshape(by_step[:-1])
        return Tables(
            query=normalize(silu(self.query(x)).reshape(-1, shape.heads, shape.dim), dim=-1),
            key=normalize(silu(self.key(x)).reshape(by_step), dim=-1),
            value=self.value(x).reshape(by_step),
            beta=1 - shape.high + (shape.high - shape.low) * gate,
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the logits of the outputs after every letter, (words, length, outputs)."""
        words, length = tokens.shape
        shape = self.shape

        def rows(table: Tensor) -> Tensor:  # (words, heads, length, ...)
            found = embedding(tokens, table.flatten(1))
            return found.reshape(words, length, *table.shape[1:]).transpose(1, 2)

        query, key, value, beta = map(rows, self.tables())
        start = value.new_zeros(words, shape.heads, shape.dim, shape.dim)
        read, _ = delta_rule(query, key, value, beta, start)
        return self.readout(read.transpose(1, 2), tokens)

    def readout(self, read: Tensor, tokens: Tensor) -> Tensor:
        """Return the logits for what the heads read, (..., heads, dim), at some letters."""
        norm = torch.rsqrt(read.square().mean(-1, keepdim=True) + NORM_EPSILON)
        mixed = self.mix((read * norm * self.scale).flatten(-2))
        logits: Tensor = self.head(self.embedding(tokens) + mixed)
        return logits
