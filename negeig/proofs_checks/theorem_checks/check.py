"""What the check of a theorem is, and what its running says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from negeig.claims import NegeigError
from negeig.theory.theorems.entry import Entry


@dataclass(frozen=True)
class Case:
    """One instance: what it says, and whether that is so, exactly.

    Of a theorem: that its conclusion holds there. Of a twin: that without a hypothesis, which is
    named, the conclusion fails there.
    """

    says: str
    holds: Callable[[], bool]


def each(says: str, holds: Callable[..., bool], values: Iterable[object]) -> tuple[Case, ...]:
    """Return a case for each value, or for each tuple of values, that is filled into its text.

    Examples
    --------
    >>> cases = each("{0} < {1}", lambda x, y: x < y, [(1, 2), (2, 1)])
    >>> [(case.says, case.holds()) for case in cases]
    [('1 < 2', True), ('2 < 1', False)]
    """
    rows = [value if isinstance(value, tuple) else (value,) for value in values]
    return tuple(Case(says.format(*row), partial(holds, *row)) for row in rows)


@dataclass(frozen=True)
class Check:
    """The instances of a theorem and its twins, neither empty."""

    id: str
    instances: tuple[Case, ...]
    twins: tuple[Case, ...]


@dataclass(frozen=True)
class Outcome:
    """What running the check of one theorem gave; ``failed`` says which instances did not hold."""

    entry: Entry
    instances: int
    twins: int
    failed: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether there were instances and twins, and all of them held."""
        return self.instances > 0 and self.twins > 0 and not self.failed

    def to_json(self) -> dict[str, Any]:
        """Return it as a row of ``runs`` of ``negeig.theorems/1``."""
        return {
            "id": self.entry.id,
            "title": self.entry.title,
            "instances": self.instances,
            "twins": self.twins,
            "ok": self.ok,
            "failed": list(self.failed),
        }


def run(entry: Entry, check: Check | None, done: Callable[[], None]) -> Outcome:
    """Run the check of a theorem; what an instance raises fails it. None: there is no check."""
    if check is None:
        return Outcome(entry, 0, 0, ("no check of this theorem",))
    failed = []
    for kind, cases in (("instance", check.instances), ("twin", check.twins)):
        for case in cases:
            try:
                reason = "" if case.holds() else "does not hold"
            except (NegeigError, ArithmeticError, LookupError, TypeError, ValueError) as error:
                reason = f"{type(error).__name__}: {error}"
            if reason:
                failed.append(f"{kind}: {case.says}: {reason}")
            done()
    return Outcome(entry, len(check.instances), len(check.twins), tuple(failed))
