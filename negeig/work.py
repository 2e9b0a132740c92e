"""Counted work: how much a search may do, the same on every machine, load and number of threads.

A search says what it counts (nodes, contents of registers, sets of states) and spends units of it.
Nothing is bounded by the clock, so what is found never depends on it.
"""

from __future__ import annotations

from negeig.claims import LimitReached, Progress

LOG_GROWTH = 2
"""Each step of effort allows 2 to the power of this times the work of the one before: 4 times."""


class CountedStage(str):
    """The name of a stage of which it is known how much there is to do: ``total``.

    Examples
    --------
    >>> stage = CountedStage("results", 12)
    >>> stage, stage.total
    ('results', 12)
    """

    total: int

    def __new__(cls, name: str, total: int) -> CountedStage:
        """Return the name with the total beside it."""
        made = super().__new__(cls, name)
        made.total = total
        return made


def scaled(units: int, level: int) -> int:
    """Return a number of units at effort 1 as it is at another effort.

    Examples
    --------
    >>> scaled(10, 3)
    160
    """
    return units << (LOG_GROWTH * (level - 1))


class Work:
    """What one search may do and what it has done, in units that the search names.

    Parameters
    ----------
    name : str
        What is counted, in words: ``"contents of registers"``.
    units : int
        How many a search may spend at effort 1.
    level : int
        The effort, from 1 to ``claims.MAX_EFFORT``; each step multiplies the units by 4.
    progress : callable, optional
        Called with the units spent; what it raises ends the search.

    Examples
    --------
    >>> work = Work("nodes", 10, level=2)
    >>> work.limit
    40
    >>> work.spend(30)
    >>> work.spend(11)
    Traceback (most recent call last):
    ...
    negeig.claims.LimitReached: nodes: stopped at 41, the limit is 40; raise it with --effort
    """

    def __init__(
        self, name: str, units: int, *, level: int = 1, progress: Progress | None = None
    ) -> None:
        self.name, self.level = name, level
        self.limit = self.scaled(units)
        self.done = 0
        self._progress = progress

    def scaled(self, units: int) -> int:
        """Return a number of units at effort 1 as it is at this effort."""
        return scaled(units, self.level)

    def spend(self, units: int = 1) -> None:
        """Count units; raises LimitReached, which names ``--effort``, past the limit."""
        self.done += units
        if self.done > self.limit:
            raise LimitReached(self.name, self.limit, reached=self.done, option="--effort")
        if self._progress is not None:
            self._progress(self.done)

    def part(self, name: str, units: int) -> Work:
        """Return work of its own for a part of the search, at the same effort.

        What a part does is not counted here: parts that may or may not be needed then leave the
        rest of the search as it is.
        """
        return Work(name, units, level=self.level, progress=self._progress)
