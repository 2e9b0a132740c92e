"""The tables by which a kernel decodes on the way: :mod:`.guesses` makes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negeig.arrays import Float32s, Ints
from negeig.kernels.codebook import Codebook


@dataclass(frozen=True, eq=False, kw_only=True)
class Guesses:
    """The tables by which a kernel decodes; the last row is of a state that has no code.

    Parameters
    ----------
    points : float32 (codes + 1, padded)
        The codes, rounded.
    radii : float32 (codes + 1,)
        A float32 state whose squared distance from the point, summed in float32 in any order, is
        less, is nearer to the code than to all others. 0 where none is known to be.
    following : int32 (codes + 1, letters + 1)
        The code expected after a code and a letter; nothing read leaves the code as it is.
    emit : int32 (codes + 1, letters + 1)
        The symbol emitted then; -1 for nothing read.
    """

    points: Float32s
    radii: Float32s
    following: Ints
    emit: Ints
    codebook: Codebook

    def codes_of(self, states: Float32s) -> Ints:
        """Return the number of the code nearest to states (n, dim); the last where not finite.

        As :class:`negeig.kernels.decoder.FastDecoder` finds it. O(n x codes x dim) at worst.
        """
        found = nearest(states, self.codebook)
        return np.where(found < 0, len(self.points) - 1, found).astype(np.int32)


def nearest(states: Float32s, codebook: Codebook) -> Ints:
    """Return the numbers of the nearest codes, -1 where a state (n, dim) is not finite."""
    from negeig.kernels._decoder_compiled import decode_states

    count, found = len(codebook.points), np.empty(len(states), np.int32)
    numbers = np.arange(count, dtype=np.int32)[:, None]
    nowhere = np.zeros((count + 1, 1), np.int32)
    decode_states(
        states, np.zeros(len(states), np.int32), 0, 1,
        codebook.points, codebook.half_norms, codebook.radii, codebook.order, numbers,
        nowhere, count, found,
    )  # fmt: skip
    return found
