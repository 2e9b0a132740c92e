"""Where a closure search runs and what it keeps."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace

from negeig.claims import InputError
from negeig.precision.closure.scale.team import available_threads

MOST_THREADS = 16
"""Threads that are used where their number is not given."""


@dataclass(frozen=True)
class Scale:
    """How the closure search of one layer is spread out; no answer depends on it.

    Parameters
    ----------
    threads : int
        0 for as many as there are processors.
    folder : str
        Where to keep the levels, so that a search can go on where it stopped and need not fit into
        memory; "" for nowhere.
    scheduler : str
        Address of a scheduler of dask.distributed, or "local" for workers in this process; "" for
        no cluster.

    Raises
    ------
    InputError
        For a negative number of threads.

    Examples
    --------
    >>> Scale(threads=2).used_threads
    2
    """

    threads: int = 0
    folder: str = ""
    scheduler: str = ""

    def __post_init__(self) -> None:
        if self.threads < 0:
            raise InputError("", f"--threads must be at least 0, found {self.threads}")

    @property
    def used_threads(self) -> int:
        """Threads that a search runs on."""
        return self.threads or min(available_threads(), MOST_THREADS)

    def of(self, arithmetic: str) -> Scale:
        """Return the same with the folder of one of several arithmetics.

        Examples
        --------
        >>> from pathlib import PurePath
        >>> PurePath(Scale(folder="work").of("fp32:fma").folder).name
        'fp32-fma'
        """
        if not self.folder:
            return self
        name = re.sub(r"[^\w.^+-]", "-", arithmetic)
        return replace(self, folder=os.path.join(self.folder, name))


DEFAULT_SCALE = Scale()
