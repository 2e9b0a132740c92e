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
class Ran:
    """A case that was run: ``failed`` says why it does not hold, and is empty where it does."""

    says: str
    twin: bool
    failed: str

    def to_json(self) -> dict[str, Any]:
        """Return it as one of ``cases`` of ``negeig.theorems/1``."""
        return {"says": self.says, "twin": self.twin, "ok": not self.failed, "failed": self.failed}


@dataclass(frozen=True)
class Outcome:
    """What running the check of one theorem gave; no cases where there is no check."""

    entry: Entry
    cases: tuple[Ran, ...]

    @property
    def instances(self) -> int:
        """How many cases have all hypotheses."""
        return sum(not case.twin for case in self.cases)

    @property
    def twins(self) -> int:
        """How many cases lack one."""
        return sum(case.twin for case in self.cases)

    @property
    def failed(self) -> tuple[str, ...]:
        """What did not hold, and why; or that there were no instances or twins."""
        failed = [
            f"{'twin' if case.twin else 'instance'}: {case.says}: {case.failed}"
            for case in self.cases
            if case.failed
        ]
        missing = [
            f"no {kind}"
            for kind, number in (("instance", self.instances), ("twin", self.twins))
            if not number
        ]
        return (*failed, *missing)

    @property
    def ok(self) -> bool:
        """Whether there were instances and twins, and all of them held."""
        return not self.failed

    def to_json(self) -> dict[str, Any]:
        """Return it as a row of ``runs`` of ``negeig.theorems/1``."""
        return {
            "id": self.entry.id,
            "title": self.entry.title,
            "instances": self.instances,
            "twins": self.twins,
            "ok": self.ok,
            "failed": list(self.failed),
            "cases": [case.to_json() for case in self.cases],
        }


def run(entry: Entry, check: Check | None, done: Callable[[], None]) -> Outcome:
    """Run the check of a theorem; what a case raises fails it. None: there is no check."""
    ran = []
    cases = () if check is None else (check.instances, check.twins)
    for twin, kind in enumerate(cases):
        for case in kind:
            try:
                failed = "" if case.holds() else "does not hold"
            except (NegeigError, ArithmeticError, LookupError, TypeError, ValueError) as error:
                failed = f"{type(error).__name__}: {error}"
            ran.append(Ran(case.says, bool(twin), failed))
            done()
    return Outcome(entry, tuple(ran))
