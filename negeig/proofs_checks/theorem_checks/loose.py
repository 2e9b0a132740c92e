"""Checks that are not predicates yet. To be deleted when no room imports it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True)
class Case:
    """One instance: what it says, and whether that is so, exactly."""

    says: str
    holds: Callable[[], bool]
    without: int | None = None


def each(says: str, holds: Callable[..., bool], values: Iterable[object]) -> tuple[Case, ...]:
    """Return a case for each value, or for each tuple of values, that is filled into its text."""
    rows = [value if isinstance(value, tuple) else (value,) for value in values]
    return tuple(Case(says.format(*row), partial(holds, *row)) for row in rows)


@dataclass(frozen=True)
class Check:
    """The instances of a theorem and its twins, neither empty."""

    id: str
    instances: tuple[Case, ...]
    twins: tuple[Case, ...]
    hypotheses = ()
    no_twin = {}

    @property
    def cases(self):
        return self.instances + tuple(Case(c.says, c.holds, -1) for c in self.twins)

    def failure(self, case):
        return "" if case.holds() else "does not hold"
