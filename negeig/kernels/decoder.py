"""The float64 decoder: the fast twin of :class:`negeig.precision.closure.decode.Decoder`.

It finds the very same code wherever its float64 sums are exact, ties included: integer and dyadic
codes with states of not too many bits, which is what exact constructions have. Elsewhere rounding
may decide a near tie, or a tie that irrational codes make, for another code: half the squared
distance of the one found exceeds the least by at most ``codes (dim + 4) 2^-52 (M |h|_1 + 2 N)``,
M being the largest entry and N half the largest squared norm of the codes.
"""

from __future__ import annotations

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.kernels.codebook import Codebook


class FastDecoder:
    """Turns the states of one layer into symbols, piece by piece."""

    def __init__(self, codebook: Codebook) -> None:
        self.codebook = codebook
        count, letters = codebook.emit.shape
        self.guesses = np.zeros((count + 1, letters), np.int32)
        self.previous = count

    def symbols(self, states: Float32s, letters: Ints, column: int, length: int) -> Ints:
        """Symbols emitted for states (n, dim) after the given letters (n,); -1 for none.

        ``column`` is the place of the first letter in its word of the given length. O(n x dim)
        where guesses hold, O(n x codes x dim) at worst.
        """
        from negeig.kernels._decoder_compiled import decode_states

        book, found = self.codebook, np.empty_like(letters)
        self.previous = decode_states(
            states, letters, column, length,
            book.points, book.half_norms, book.radii, book.order, book.emit,
            self.guesses, self.previous, found,
        )  # fmt: skip
        return found
