"""What an entry of the catalogue is: a linear RNN architecture as its authors define it, as data.

What matters for tracking state is which matrices one token can multiply the state by. Where an
architecture is used with two ranges of eigenvalues, each is an entry of its own, and the entry with
the smaller range names the other in ``wider``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

PAPER = "Grazzi et al. 2025, arXiv 2411.12537"
UNIT = "L2-normalised"


@dataclass(frozen=True)
class End:
    """The lower end of a range of numbers, and whether it is reached."""

    value: Fraction
    is_reached: bool


def at(value: int | str) -> End:
    """Return an end that belongs to the range, such as ``-1``."""
    return End(Fraction(value), True)


def above(value: int | str) -> End:
    """Return an end that does not belong to the range, such as ``"-0.46"``."""
    return End(Fraction(value), False)


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """What the state-transition matrices of an architecture can be.

    Attributes
    ----------
    id : str
        How the command line names it.
    name : str
        As its authors write it, with the range of beta where there are two.
    matrix : str
        The matrix of one token.
    eigenvalues : str
        Where the eigenvalues of one token's matrix lie.
    least : End or None
        The lower end of those that are real, as a number; None where there is none. Not in JSON.
    source : str
        Where the matrix is defined.
    input_dependent : bool
        Whether the matrix depends on the letter.
    gate : str
        What decays the state, "none" without.
    keys : str
        How keys are normalised, "none" where there are no keys in the matrix.
    inside : str or None
        The class of limits that contains every matrix, at any depth.
    low : int or None
        For delta rules: the least eigenvalue, 0 (beta <= 1) or -1 (beta <= 2), of a step.
    steps : int or None
        For delta rules: steps a token; None for as many as wanted.
    theorem : str or None
        Registry entry of a theorem by which the architecture can do the tasks that its class
        does not exclude, or every task where there is no class.
    wider : str or None
        Identifier of the same architecture with a wider range of eigenvalues; its matrices
        contain those of this entry, so that it can do all that this one can.
    free_diagonal : bool
        Whether every diagonal matrix of its class, one for each letter, is among its matrices.
    note : str
        What a reader should know besides.
    """

    id: str
    name: str
    matrix: str
    eigenvalues: str
    source: str
    input_dependent: bool = True
    gate: str = "none"
    keys: str = "none"
    inside: str | None = None
    low: int | None = None
    steps: int | None = None
    theorem: str | None = None
    wider: str | None = None
    free_diagonal: bool = False
    note: str = ""
    least: End | None = None

    @property
    def negative_end(self) -> Fraction | None:
        """The negative number that all real eigenvalues are strictly above, where there is one.

        Examples
        --------
        >>> from negeig.theory.architectures import find
        >>> find("rwkv-7").negative_end, find("mamba-negative").negative_end
        (Fraction(-23, 50), None)
        """
        if self.least is None or self.least.is_reached or self.least.value >= 0:
            return None
        return self.least.value

    def to_json(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "least"}
