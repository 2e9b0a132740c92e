"""What an entry of the registry is, and the words that entries share."""

from __future__ import annotations

from dataclasses import dataclass

from negeig.theory.theorems.proofs import PROOFS

PAPER = "Grazzi, Siems, Zela, Franke, Hutter, Pontil 2025, arXiv 2411.12537"
CAST = "cast: exact states, seen by the decoder rounded, by a nondecreasing cast to a finite set"
EXACT = "exact arithmetic; the reachable states are finite in number"
HARDWARE = "hardware: every operation rounds, and the state is what the last one leaves"
ALGEBRA = "exact arithmetic; no rounding involved"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One theorem: its identifier, statement, hypotheses, arithmetic, source and checks.

    ``checked`` lists the modules and tests of the project that execute or test the statement;
    ``page`` is the page of the documentation about it.
    """

    id: str
    title: str
    statement: str
    hypotheses: tuple[str, ...]
    model: str
    source: str
    checked: tuple[str, ...]
    page: str

    @property
    def proof_sketch(self) -> str:
        """The idea of the proof, in a few sentences."""
        return PROOFS[self.id]

    def to_json(self) -> dict[str, object]:
        """Return the entry as a JSON object."""
        return {
            "id": self.id,
            "title": self.title,
            "statement": self.statement,
            "hypotheses": list(self.hypotheses),
            "model": self.model,
            "proof_sketch": self.proof_sketch,
            "source": self.source,
            "checked": list(self.checked),
            "page": self.page,
        }
