"""The hypotheses of a theorem, what fails without each of them, and instances, for a reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from negeig.report.terminal.layout import Item, Row
from negeig.report.terminal.text_rows import count


class Told(Protocol):
    """A case: what it says, and the place of the hypothesis that it lacks, if it lacks one."""

    @property
    def says(self) -> str:
        """What it is."""

    @property
    def without(self) -> int | None:
        """The place of the hypothesis that it lacks."""


def case_rows(
    hypotheses: Sequence[str], cases: Sequence[Told], no_twin: Mapping[int, str], most: int
) -> Iterator[Item]:
    """Yield each hypothesis with up to so many twins that lack it, and as many instances."""
    for place, hypothesis in enumerate(hypotheses):
        yield Row("hypothesis" if place == 0 else "", hypothesis, mark=f"{place + 1}. ")
        twins = [case.says for case in cases if case.without == place]
        for says in twins[:most]:
            yield Row("  without it", says, indent=1)
        if len(twins) > most:
            yield Row("", f"and {count(len(twins) - most, 'more twin')}", indent=1)
        if place in no_twin:
            yield Row("  without it", f"no twin is known: {no_twin[place]}", indent=1)
    instances = [case.says for case in cases if case.without is None]
    yield from (Row("instance", says) for says in instances[:most])
    if len(instances) > most:
        yield Row("", f"and {count(len(instances) - most, 'more instance')}")
