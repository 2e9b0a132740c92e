"""Races in shared memory: accesses of two threads that nothing puts in an order.

An earlier access comes before a later one where it is the same thread's, or a barrier lies between
them: of the block, or of the warp where it is the same warp's. Otherwise hardware may do either
first. Beside each byte stand the last thread that wrote it, the last two that read it, and when.
Two readers are enough to find some other thread, not to find each; and that ``bar.warp.sync`` had
not all threads of the warp in its mask is not looked at.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from negeig.kernels.ptx.memory import BadAccess
from negeig.kernels.ptx.warps import Lanes

Places = NDArray[np.int64]

NOBODY = 0


class Races:
    """Who accessed the bytes of the shared memory of some blocks.

    Parameters
    ----------
    size, grain : int
        Bytes of all blocks; bytes of the smallest access, which are looked at together.
    warp, thread : array
        Of each lane: its warp, and its number in the block, for messages.
    """

    def __init__(self, size: int, grain: int, warp: Lanes, thread: Lanes) -> None:
        self.grain, self.warp, self.thread = grain, warp, thread
        self.now = 1
        self.block_met = np.zeros(warp.size, np.int32)
        self.warp_met = np.zeros(warp.size, np.int32)
        # Of the writer, the latest reader, another reader: 1 + their lane, and the time.
        self.who = np.zeros((3, size // grain), np.int32)
        self.when = np.zeros((3, size // grain), np.int32)

    def meet(self, lanes: Lanes, *, block: bool) -> None:
        """Note that lanes have passed a barrier, of their blocks or of their warps."""
        self.now += 1
        (self.block_met if block else self.warp_met)[lanes] = self.now

    def read(self, lanes: Lanes, places: Places, size: int) -> None:
        """Note reads of ``size`` bytes at places, in bytes; raise BadAccess where one races."""
        me, at = self._each(lanes, places, size)
        self._refuse(0, me, at, size, "reads what thread {} wrote since the last barrier")
        known = self.who[1, at]
        other = (known != me) & (known != NOBODY)
        self.who[2, at[other]], self.when[2, at[other]] = known[other], self.when[1, at[other]]
        self.who[1, at], self.when[1, at] = me, self.now
        together = self.who[1, at] != me  # several lanes at once, of which one stayed
        self.who[2, at[together]], self.when[2, at[together]] = me[together], self.now

    def write(self, lanes: Lanes, places: Places, size: int, changed: NDArray[np.bool_]) -> None:
        """Note writes; raise BadAccess where one races.

        A race with another write is one only where what stands there is ``changed``, said of each
        element of each lane.
        """
        me, at = self._each(lanes, places, size)
        differs = np.repeat(changed, at.size // changed.size)
        for reader in (1, 2):
            self._refuse(reader, me, at, size, "writes what thread {} read since the last barrier")
        text = "and thread {} wrote different values to one place since the last barrier"
        self._refuse(0, np.where(differs, me, self.who[0, at]), at, size, text)
        self.who[0, at], self.when[0, at] = me, self.now
        self.who[1:, at] = NOBODY

    def _each(self, lanes: Lanes, places: Places, size: int) -> tuple[Lanes, Places]:
        """Return each grain that lanes access, and 1 + its lane."""
        count = size // self.grain
        at = places[:, None] // self.grain + np.arange(count)
        return np.repeat(lanes + 1, count), at.reshape(-1)

    def _refuse(self, role: int, me: Lanes, at: Places, size: int, text: str) -> None:
        """Raise BadAccess where nothing orders an access behind another's earlier one."""
        other, time = self.who[role, at], self.when[role, at]
        same_warp = self.warp[other - 1] == self.warp[me - 1]
        before = (time < self.block_met[me - 1]) | (same_warp & (time < self.warp_met[me - 1]))
        races = (other != NOBODY) & (other != me) & ~before
        if races.any():
            first = int(np.flatnonzero(races)[0])
            lane = first // (size // self.grain)
            raise BadAccess(lane, text.format(self.thread[other[first] - 1]))
