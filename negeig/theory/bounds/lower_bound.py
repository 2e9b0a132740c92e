"""What a lower bound is: a quantity, its value, and the assumptions under which it holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Literal

from negeig.theory.bounds.peeling import Peeling

Quantity = Literal["layers", "steps", "dim", "eigenvalue", "eigenvalue-below"]

MAX_GROUPED = 5_000
"""Elements of a monoid up to which its subgroups are named."""

FINITE = "finitely many exact states"
DELTA = "delta steps, " + FINITE
CONTRACTIVE = "delta steps with eigenvalues in [-1, 1], " + FINITE
WITHOUT_REFLECTIONS = "delta steps with eigenvalues in (-1, 1], " + FINITE
OWN = "the letters that permute act on the finite orbit as their own group, not as a larger one"


@dataclass(frozen=True, kw_only=True)
class LowerBound:
    """What every network for a task must have, and under which assumption.

    Attributes
    ----------
    quantity : str
        ``"layers"``; ``"steps"``, the largest number of steps a token of any layer; ``"dim"``, the
        largest dimension of a layer; ``"eigenvalue"`` or ``"eigenvalue-below"``.
    value : int
        The quantity is at least this. For ``"eigenvalue"``: some step must have exactly this
        eigenvalue, -1 or 0. For ``"eigenvalue-below"``: some step must have one below it.
    layers : int or None
        The bound holds for networks with at most this many layers; None: for every depth.
    steps : int or None
        The bound holds for networks with at most this many steps a token; None: for any number.
    model : str
        ``"exact-orbit"``: exact states of which only finitely many are reached; or ``"cast"``:
        exact states that the decoder sees rounded into a finite set.
    theorem : str or None
        Identifier in the theorem registry.
    assumption : str
        What is assumed of the network.
    reason : str
        What in the task forces it, in one sentence.
    own_group : bool
        Whether the assumption is that the letters that permute act on the orbit as their own group.
        A larger group may be cheaper, so such a bound is a hint. Not in JSON.
    no_reflections : bool
        Whether the bound is only about networks without the eigenvalue -1.
    chain : Peeling or None
        The layers taken off one by one, where that is what shows the bound.
    """

    quantity: Quantity
    value: int
    layers: int | None = None
    steps: int | None = None
    model: str = "exact-orbit"
    theorem: str | None = None
    assumption: str = FINITE
    reason: str
    own_group: bool = False
    no_reflections: bool = False
    chain: Peeling | None = None

    @property
    def on_eigenvalues(self) -> bool:
        """Whether the bound asks for an eigenvalue of some step."""
        return self.quantity in ("eigenvalue", "eigenvalue-below")

    @property
    def is_met_by_contracting(self) -> bool:
        """Whether a network escapes the bound that forgets by contracting, not by overwriting.

        It takes eigenvalues between 0 and 1 instead of 0, has infinitely many exact states, and can
        be proved by regions; so a budget that violates the bound may still be met.

        Examples
        --------
        >>> zero = LowerBound(quantity="eigenvalue", value=0, reason="a letter merges two states")
        >>> zero.is_met_by_contracting
        True
        """
        return self.quantity == "eigenvalue" and self.value == 0 and self.model == "exact-orbit"

    def is_about(self, low: Fraction) -> bool:
        """Whether networks whose eigenvalues go down to ``low`` are among those it speaks of.

        Examples
        --------
        >>> layers = LowerBound(quantity="layers", value=3, reason="", no_reflections=True)
        >>> layers.is_about(Fraction(-1)), layers.is_about(Fraction(-1, 2))
        (False, True)
        """
        return low > -1 or not self.no_reflections

    def is_met_within(self, low: Fraction, high: Fraction) -> bool:
        """Whether eigenvalues from ``low`` to ``high`` include one that the bound asks for.

        Examples
        --------
        >>> zero = LowerBound(quantity="eigenvalue", value=0, reason="a letter merges two states")
        >>> zero.is_met_within(Fraction(0), Fraction(1)), zero.is_met_within(Fraction(-1), -1)
        (True, False)
        """
        if self.quantity == "eigenvalue":
            return low <= self.value <= high
        return low < self.value

    def to_json(self) -> dict[str, Any]:
        """Return the bound as a JSON object."""
        found = asdict(self)
        del found["own_group"]
        found["chain"] = None if self.chain is None else self.chain.to_json()
        return found
