"""Random words on the compiled loop without the interpreter between drawing, reading and comparing.

Threads that share an interpreter wait for one another each time they enter it, and words that are
read a block after they were written are still in cache. Only that everything is right is found out
here: where it is not, the same letters are read again piece by piece.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from negeig.arrays import Ints, Longs
from negeig.kernels.backend import Stream
from negeig.kernels.backends.cpu import CpuStream, LaneStream
from negeig.kernels.streams.kinds import Letters, Uniform

COLUMNS = 512
"""Letters of each row in a block."""

ReadRight: TypeAlias = Callable[[int, int, Ints], bool]
"""Whether so many blocks from a position on are right, from the machine's states (rows,).

It moves the states of the machine and of the stream; where something is wrong, to anywhere.
"""


def together(
    stream: Stream, letters: Letters, first: int, rows: int, wanted: Longs
) -> ReadRight | None:
    """Return what reads rows from one on; None where they are not read in one compiled loop.

    That takes uniform letters and a stream of ``cpu`` that is one part in lanes, of one layer.
    ``wanted`` is the table of :func:`negeig.kernels.streams._letters_compiled.wrong_bits`.
    """
    parts = stream.parts if isinstance(stream, CpuStream) else ()
    if not isinstance(letters, Uniform) or len(parts) != 1:
        return None
    lanes = parts[0][1]
    if not isinstance(lanes, LaneStream) or len(lanes.layers) != 1 or lanes.columns < COLUMNS:
        return None
    keys, kinds = letters.keys[first : first + rows], letters.letters
    words, symbols = (np.empty((rows, COLUMNS), np.int32) for _ in range(2))

    def read(position: int, blocks: int, machine: Ints) -> bool:
        from negeig.kernels.streams._together_compiled import read_right

        return bool(
            read_right(
                keys, position, blocks, kinds, wanted, machine, words, symbols, lanes.group,
                lanes.numbers, lanes.letters, *lanes.layers[0].arrays,
            )
        )  # fmt: skip

    return read
