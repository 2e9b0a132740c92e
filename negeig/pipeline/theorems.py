"""``negeig theorems``: what verdicts rest on, the architectures they are about, and instances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from negeig.claims import StageProgress
from negeig.theory import architectures
from negeig.theory.architectures import Architecture
from negeig.theory.theorems import entries, get
from negeig.theory.theorems.entry import Entry

if TYPE_CHECKING:
    from negeig.proofs_checks.theorem_checks.check import Outcome


@dataclass(frozen=True)
class TheoremsResult:
    """The entries of the registry and the architectures of the catalogue.

    Where the theorems were run, what each gave; ``exit_code`` is 1 where one failed.
    """

    theorems: tuple[Entry, ...]
    architectures: tuple[Architecture, ...]
    runs: tuple[Outcome, ...] | None = None

    @property
    def exit_code(self) -> int:
        """Return 0 where nothing failed, else 1."""
        return 0 if self.runs is None or all(one.ok for one in self.runs) else 1

    def to_json(self) -> dict[str, Any]:
        """Return the object of schema ``negeig.theorems/1``."""
        found: dict[str, Any] = {
            "schema": "negeig.theorems/1",
            "theorems": [entry.to_json() for entry in self.theorems],
            "architectures": [{"id": a.id, "name": a.name} for a in self.architectures],
        }
        if self.runs is not None:
            found["runs"] = [one.to_json() for one in self.runs]
        return found


def theorems(
    only: Sequence[str] = (), *, run: bool = False, progress: StageProgress | None = None
) -> TheoremsResult:
    """Return the registry of theorems, and what running them on instances gave.

    Parameters
    ----------
    only : sequence of str
        Identifiers of the theorems wanted; all of them where there are none.
    run : bool
        Check every theorem on instances where its hypotheses hold, and its twins, where one is
        dropped and the conclusion fails.
    progress : callable, optional
        Called with the name of the stage and the number of instances that were run.

    Raises
    ------
    InputError
        For an identifier that is none, with the nearest ones.

    Examples
    --------
    >>> found = theorems(["P1", "resets"], run=True)
    >>> [(one.entry.id, one.ok) for one in found.runs], found.exit_code
    ([('P1', True), ('resets', True)], 0)
    """
    wanted = tuple(dict.fromkeys(get(id) for id in only)) or entries()
    runs: tuple[Outcome, ...] | None = None
    if run:
        from negeig.proofs_checks.theorem_checks.registry import run_checks

        runs = tuple(run_checks(wanted, progress=progress))
    return TheoremsResult(wanted, architectures.entries(), runs)
