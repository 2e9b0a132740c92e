"""What the check of a theorem is, and what its running says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from negeig.claims import NegeigError
from negeig.theory.theorems.entry import Entry

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Case(Generic[Subject]):
    """One thing that a theorem speaks of, made when it is needed, and what it is, in words.

    An instance has all hypotheses. A twin lacks one, whose place in the entry's list is
    ``without``, and has all others.
    """

    says: str
    subject: Callable[[], Subject]
    without: int | None = None


def each(
    says: str,
    subject: Callable[..., Subject],
    values: Iterable[object],
    without: int | None = None,
) -> tuple[Case[Subject], ...]:
    """Return a case for each value, or for each tuple of values, that is filled into its text.

    Examples
    --------
    >>> cases = each("{0} + {1}", lambda x, y: x + y, [(1, 2), (2, 1)])
    >>> [(case.says, case.subject()) for case in cases]
    [('1 + 2', 3), ('2 + 1', 3)]
    """
    rows = [value if isinstance(value, tuple) else (value,) for value in values]
    return tuple(Case(says.format(*row), partial(subject, *row), without) for row in rows)


@dataclass(frozen=True)
class Check(Generic[Subject]):
    """A theorem as predicates: of what has all hypotheses the conclusion is to hold.

    ``hypotheses`` are predicates in the order of the entry's hypotheses, and there are as many.
    Every one of them has a twin, of which the conclusion fails; ``no_twin`` says of those that
    have none, by their places, why.
    """

    id: str
    hypotheses: tuple[Callable[[Subject], bool], ...]
    conclusion: Callable[[Subject], bool]
    cases: tuple[Case[Subject], ...]
    no_twin: Mapping[int, str] = field(default_factory=dict)

    @property
    def instances(self) -> tuple[Case[Subject], ...]:
        """What has all hypotheses."""
        return tuple(case for case in self.cases if case.without is None)

    @property
    def twins(self) -> tuple[Case[Subject], ...]:
        """What lacks one."""
        return tuple(case for case in self.cases if case.without is not None)

    def failure(self, case: Case[Subject]) -> str:
        """Return what is not as it should be of a case, its hypotheses and its conclusion.

        Examples
        --------
        >>> halved = Check("even", (lambda n: n % 2 == 0,), lambda n: n // 2 * 2 == n, ())
        >>> halved.failure(Case("4", lambda: 4)), halved.failure(Case("3", lambda: 3, 0))
        ('', '')
        >>> halved.failure(Case("3", lambda: 3)), halved.failure(Case("4", lambda: 4, 0))
        ('hypothesis 1 does not hold', 'hypothesis 1 holds')
        """
        subject = case.subject()
        for place, hypothesis in enumerate(self.hypotheses):
            if hypothesis(subject) == (place == case.without):
                holds = "holds" if place == case.without else "does not hold"
                return f"hypothesis {place + 1} {holds}"
        if self.conclusion(subject) == (case.without is None):
            return ""
        return "the conclusion does not hold" if case.without is None else "the conclusion holds"


@dataclass(frozen=True)
class Ran:
    """A case that was run: ``failed`` says what is not as it should be, and is empty otherwise."""

    says: str
    without: int | None
    failed: str

    @property
    def twin(self) -> bool:
        """Whether it lacks a hypothesis."""
        return self.without is not None

    def to_json(self) -> dict[str, Any]:
        """Return it as one of ``cases`` of ``negeig.theorems/1``."""
        return {
            "says": self.says,
            "twin": self.twin,
            "without": self.without,
            "ok": not self.failed,
            "failed": self.failed,
        }


@dataclass(frozen=True)
class Outcome:
    """What running the instances and the twins of one theorem gave; no cases without a check."""

    entry: Entry
    cases: tuple[Ran, ...]
    missing: tuple[str, ...]
    no_twin: Mapping[int, str]

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
        """What is not as it should be, and which cases there should be."""
        failed = [
            f"{'twin' if case.twin else 'instance'}: {case.says}: {case.failed}"
            for case in self.cases
            if case.failed
        ]
        return (*failed, *self.missing)

    @property
    def ok(self) -> bool:
        """Whether there were instances and a twin for each hypothesis, all as they should be."""
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


def run(entry: Entry, check: Check[Any] | None, done: Callable[[], None]) -> Outcome:
    """Run the check of a theorem; what a case raises fails it. None: there is no check."""
    if check is None:
        return Outcome(entry, (), ("no check",), {})
    ran = []
    for case in check.cases:
        try:
            failed = check.failure(case)
        except (NegeigError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            failed = f"{type(error).__name__}: {error}"
        ran.append(Ran(case.says, case.without, failed))
        done()
    return Outcome(entry, tuple(ran), tuple(_missing(entry, check)), check.no_twin)


def _missing(entry: Entry, check: Check[Any]) -> Iterator[str]:
    """Yield what a check lacks of an entry: a predicate or a twin for each hypothesis."""
    if len(check.hypotheses) != len(entry.hypotheses):
        yield f"{len(check.hypotheses)} predicates for {len(entry.hypotheses)} hypotheses"
    if not check.instances:
        yield "no instance"
    lacking = {case.without for case in check.twins}
    for place in range(len(entry.hypotheses)):
        if (place in lacking) == (place in check.no_twin):
            yield f"{'a' if place in lacking else 'no'} twin without hypothesis {place + 1}"
