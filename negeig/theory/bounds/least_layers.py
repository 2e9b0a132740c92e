"""The least number of layers, as far as it is known: a number, an interval, or none at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class LeastLayers:
    """The least number of layers of networks of some kind for a task.

    Attributes
    ----------
    at_least : int or None
        No network of the kind has fewer layers; None where no number of layers is enough.
    known : int or None
        So many layers are enough: the fewest of a proved network, or what a theorem says; None
        where neither is known.
    exists : bool
        Whether a network of ``at_least`` layers, or of one if that is none, exists by a theorem,
        and none is at hand.
    """

    at_least: int | None
    known: int | None
    exists: bool = False

    @property
    def decided(self) -> bool:
        """Whether the least number of layers is known, or that there is none."""
        return self.at_least is None or self.at_least == self.known or self.exists

    @property
    def text(self) -> str:
        """The number or the interval, in a few words.

        Examples
        --------
        >>> found = (3, 3), (2, 3), (2, None), (None, None)
        >>> [LeastLayers(at_least=least, known=known).text for least, known in found]
        ['3', '2 to 3', '2 or more', 'no depth']
        >>> LeastLayers(at_least=1, known=2, exists=True).text
        '1, not at hand'
        >>> LeastLayers(at_least=2, known=3, exists=True).text
        '2, not at hand'
        """
        if self.at_least is None:
            return "no depth"
        if self.at_least == self.known:
            return str(self.known)
        if self.exists:
            return f"{max(1, self.at_least)}, not at hand"
        if self.known is None:
            return f"{self.at_least} or more"
        return f"{self.at_least} to {self.known}"

    @property
    def sign(self) -> str:
        """The same as short as a cell of a table.

        Examples
        --------
        >>> found = (3, 3), (2, 3), (2, None), (None, None)
        >>> [LeastLayers(at_least=least, known=known).sign for least, known in found]
        ['3', '2-3', '2+', 'none']
        """
        if self.at_least is None:
            return "none"
        if self.decided:
            return str(self.at_least)
        return f"{self.at_least}+" if self.known is None else f"{self.at_least}-{self.known}"

    def to_json(self) -> dict[str, Any]:
        """Return what is known as a JSON object."""
        return {
            "at_least": self.at_least,
            "known": self.known,
            "exists": self.exists,
            "decided": self.decided,
        }
