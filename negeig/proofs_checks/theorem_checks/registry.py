"""Every theorem's check by its identifier, and running them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from negeig.claims import StageProgress
from negeig.proofs_checks.theorem_checks import (
    architectures,
    closures,
    counting,
    covers,
    factors,
    impossible,
    necessary,
    one_layer_groups,
    one_layer_steps,
    possible,
    regions,
    rounding,
    stacks,
)
from negeig.proofs_checks.theorem_checks.check import Check, Outcome, run
from negeig.theory.theorems.entry import Entry
from negeig.work import CountedStage

ROOMS = (
    impossible,
    counting,
    necessary,
    one_layer_groups,
    one_layer_steps,
    possible,
    stacks,
    covers,
    factors,
    architectures,
    closures,
    regions,
    rounding,
)

CHECKS: Mapping[str, Check[Any]] = {check.id: check for room in ROOMS for check in room.CHECKS}


def run_checks(
    theorems: Sequence[Entry],
    *,
    checks: Mapping[str, Check[Any]] = CHECKS,
    progress: StageProgress | None = None,
) -> Iterator[Outcome]:
    """Run the checks of theorems, one after the other, and yield what each gave.

    Examples
    --------
    >>> from negeig.theory.theorems import get
    >>> [(one.instances, one.twins, one.ok) for one in run_checks([get("P1")])]
    [(2, 2, True)]
    """
    rows = [checks[entry.id] for entry in theorems if entry.id in checks]
    total = sum(len(row.cases) for row in rows)
    count = 0

    def done() -> None:
        nonlocal count
        count += 1
        if progress is not None:
            progress(CountedStage(f"instances of theorems, of {total}", total), count)

    for entry in theorems:
        yield run(entry, checks.get(entry.id), done)
