"""What the rows of limits share: how a row is made, and reasons that several give."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from negeig.theory.bounds.limit import Limit
from negeig.theory.bounds.witness_text import period_text
from negeig.theory.networks.network import LinearRNN
from negeig.theory.theorems import ids

TOO_LARGE = "the transition monoid was not listed, and the letters alone do not decide this"
FINITELY_OFTEN = "the cast state of such a layer changes only finitely often"
AT_REST = "a state that every operation rounds stays as it is after finitely many repetitions"
AT_REST_BY_POWERS = "states that every operation rounds end up with a power of two as their period"
POWER_OF_TWO = "the cast states of such layers end up with a power of two as their period"


def row_of(class_: str, depth: str = "any", model: str = "cast") -> Callable[..., Limit]:
    """Return a constructor of the rows of one class."""

    def build(**fields: Any) -> Limit:
        return Limit(class_=class_, depth=depth, model=model, **fields)

    return build


def in_hand(
    belongs: Callable[[LinearRNN], bool],
    what: str,
    finite: Iterable[LinearRNN],
    endless: Iterable[LinearRNN] = (),
) -> dict[str, Any]:
    """Return the verdict for a proved network that belongs to the class; empty where none does.

    One with finitely many exact states is named before one proved by regions.
    """
    for theorem, networks in ((ids.CLOSURE, finite), (ids.REGIONS, endless)):
        if any(map(belongs, networks)):
            return {
                "verdict": "possible",
                "theorem": theorem,
                "reason": f"a network at hand, proved on every word, {what}",
            }
    return {}


def why(refuted: dict[str, Any], but: str) -> str:
    """Say what a theorem forbids that the witness of a refutation shows."""
    return f"{period_text(refuted['witness'])}, but {but}"
