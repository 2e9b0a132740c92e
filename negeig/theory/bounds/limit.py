"""What a limit is: a class of linear RNNs against a task, a verdict and a witness."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from negeig.theory.bounds.periods import ALLOWS
from negeig.theory.bounds.witnesses import IdempotentWitness, PeriodWitness
from negeig.theory.theorems import ids

LimitVerdict = Literal["impossible", "possible", "open"]


@dataclass(frozen=True, kw_only=True)
class BoundDetail:
    """What a length bound assumes: one layer of this dimension, its state cast to this format.

    ``changes`` is how often the cast state can change at most; ``letters`` is the length of the
    longest word that is needed to show the failure, prefix and suffix of the witness included.
    """

    dimension: int
    format: str
    layers: int
    changes: int
    letters: int


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One class of linear RNNs against one task.

    Attributes
    ----------
    class_ : str
        Name of the class; ``class`` in JSON.
    depth : str
        ``"any"`` number of layers, or ``"one"``.
    model : str
        ``"cast"``: exact states that the decoder sees rounded into a finite set;
        ``"exact-orbit"``: exact states of which only finitely many are reached; or
        ``"hardware"``: every operation rounds, and the state is what the last one leaves.
    verdict : str
        ``"impossible"``, ``"possible"`` or ``"open"``.
    reason : str
        Why, in one sentence.
    theorem : str or None
        Identifier in the theorem registry; None when open.
    witness : PeriodWitness, IdempotentWitness or None
        What in the task the theorem forbids, where the verdict is impossible.
    bound : int or None
        One layer fails on words ``u w^k s`` and ``u w^(k+1) s`` (``w^(k+2)`` for real spectra)
        with at most this many letters in ``w^k``: same last letter, different outputs and equal
        states, or cast states. For u, w, s see the witness; ``bound_detail.letters`` counts them
        in.
    bound_detail : BoundDetail or None
        What the bound assumes.
    least_layers : int or None
        Where the theorem says how deep: networks of the class that do the task have this many
        layers at least, and some have no more.
    """

    class_: str
    depth: str
    model: str
    verdict: LimitVerdict
    reason: str
    theorem: str | None = None
    witness: PeriodWitness | IdempotentWitness | None = None
    bound: int | None = None
    bound_detail: BoundDetail | None = None
    least_layers: int | None = None

    @property
    def in_hand(self) -> bool:
        """Whether a proved network of the class is at hand; ``possible`` may rest on a theorem."""
        return self.verdict == "possible" and ids.is_about_one_network(self.theorem)

    @property
    def allows(self) -> str:
        """What every task satisfies that networks of the class can do."""
        return ALLOWS[self.class_]

    def to_json(self) -> dict[str, Any]:
        """Return the row of ``negeig.check/1``."""
        return {
            "class": self.class_,
            "depth": self.depth,
            "model": self.model,
            "verdict": self.verdict,
            "theorem": self.theorem,
            "witness": None if self.witness is None else self.witness.to_json(),
            "bound": self.bound,
            "bound_for": None if self.bound_detail is None else asdict(self.bound_detail),
            "reason": self.reason,
            "allows": self.allows,
            "least_layers": self.least_layers,
            "in_hand": self.in_hand,
        }
