"""Tuples that show themselves as tables: claims, networks, limits, bounds and architectures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from negeig.claims import Claim
from negeig.pipeline.parts.front import Point, Terms, command
from negeig.shown import Shown
from negeig.theory.architectures.verdicts import ArchitectureRow
from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.lower_bound import LowerBound


class Claims(tuple[Claim, ...], Shown):
    """Claims about one network.

    Examples
    --------
    >>> from negeig.claims import Closure
    >>> Claims([Claim(id="exact", statement="right on every word", arithmetic="exact",
    ...               evidence=Closure(states=2))])
    Claims(exact: proved)
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Claims({', '.join(f'{claim.id}: {claim.verdict.value}' for claim in self)})"


class Front(tuple[Point, ...], Shown):
    """The networks that no other one beats, in their order.

    ``commands`` has the command line that compiles each.
    """

    commands: tuple[str, ...]

    def __new__(cls, points: Iterable[Point], commands: Iterable[str]) -> Self:
        """Return points with a command for each."""
        found = super().__new__(cls, points)
        found.commands = tuple(commands)
        return found

    def __getnewargs__(self) -> tuple[tuple[Point, ...], tuple[str, ...]]:
        return tuple(self), self.commands

    def __repr__(self) -> str:
        return f"Front({len(self)} network{'s' * (len(self) != 1)})"

    @classmethod
    def of(cls, points: Sequence[Point], terms: Terms, arguments: Sequence[str]) -> Self:
        """Return a front with its commands; ``arguments`` name the language."""
        return cls(points, [command(point, points, terms, arguments) for point in points])


class Limits(tuple[Limit, ...], Shown):
    """What classes of layers can and cannot do.

    Examples
    --------
    >>> Limits()
    Limits(none of 0 impossible)
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Limits({_counted(self)})"


class Architectures(tuple[ArchitectureRow, ...], Shown):
    """What the architectures of the catalogue can and cannot do."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Architectures({_counted(self)})"


class LowerBounds(tuple[LowerBound, ...], Shown):
    """What every network must have, each with its assumption."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"LowerBounds({len(self)})"


def _counted(rows: Sequence[Limit | ArchitectureRow]) -> str:
    """Say how many rows are impossible."""
    found = sum(row.verdict == "impossible" for row in rows)
    return f"{found or 'none'} of {len(rows)} impossible"
