"""A layer that remembers the letters of two blocks, in registers written one a token.

With one step a token there are two sets of registers, one for the blocks of even number and one for
those of odd number, so positions are counted modulo two blocks. With two steps a token, a letter
first swaps the register at its place with the one that keeps the block before, and then
overwrites it, so positions modulo one block suffice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from negeig.claims import Letter
from negeig.theory.constructions.pieces.counters import numbered
from negeig.theory.factors.factorisation import ZERO, overwrite, transposition
from negeig.theory.networks.network import DeltaStep, Layer

Contents: TypeAlias = tuple[int, ...]
"""Numbers of letters."""


@dataclass(frozen=True)
class BlockMemory:
    """Registers for two blocks of ``length`` letters, all holding letter number 0 at the start.

    ``swaps`` says that a token takes two steps; otherwise it takes one.
    """

    length: int
    swaps: bool

    @property
    def positions(self) -> int:
        """How many positions the layer has to be told apart."""
        return self.length if self.swaps else 2 * self.length

    def layer(
        self, letters: Sequence[Letter], emit: Callable[[Contents, Contents], Letter]
    ) -> Layer:
        """Return the layer, which reads letters numbered by their position.

        ``emit(previous, current)`` is the symbol for the letters of the previous block and the
        letters of this block up to the last one read. O(letters^(2 length) x length) calls.

        Examples
        --------
        >>> layer = BlockMemory(2, False).layer("ab", lambda previous, current: f"{current}")
        >>> layer.dim, len(layer.codes), layer.alphabet[:3]
        (4, 16, ('a at 0', 'b at 0', 'a at 1'))
        """
        read = list(product(range(self.positions), range(len(letters))))
        codes = list(product(range(len(letters)), repeat=2 * self.length))
        # What is never reached, a register without the letter just written, may emit anything.
        anything = emit(codes[0][: self.length], codes[0][:1])
        rows = []
        for contents in codes:
            due = [emit(*self._blocks(contents, position)) for position in range(self.positions)]
            rows.append(tuple(due[p] if contents[p] == letter else anything for p, letter in read))
        return Layer(
            alphabet=tuple(numbered(letters[a], position) for position, a in read),
            initial=(ZERO,) * (2 * self.length),
            steps={
                numbered(letters[a], position): self._write(position, a) for position, a in read
            },
            codes=tuple(tuple(Fraction(a) for a in contents) for contents in codes),
            emit=tuple(rows),
            names=tuple(f"register {i}" for i in range(2 * self.length)),
        )

    def _write(self, position: int, letter: int) -> tuple[DeltaStep, ...]:
        """Return the steps for a letter; the register written is that of its position."""
        dim = 2 * self.length
        write = overwrite(dim, position, Fraction(letter))
        if not self.swaps:
            return (write,)
        return transposition(dim, position, position + self.length), write

    def _blocks(self, contents: Contents, position: int) -> tuple[Contents, Contents]:
        """Return the previous block's letters, and this block's up to a position."""
        length, after = self.length, position + 1
        if self.swaps:
            return contents[length : length + after] + contents[after:length], contents[:after]
        first = position // length * length
        other = length - first
        return contents[other : other + length], contents[first:after]
