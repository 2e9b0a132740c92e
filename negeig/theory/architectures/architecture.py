"""What an entry of the catalogue is: a linear RNN architecture as its authors define it, as data.

What matters for tracking state is which matrices one token can multiply the state by. Where an
architecture is used with two ranges of eigenvalues, each is an entry of its own, and the entry with
the smaller range names the other in ``wider``. An entry that has every matrix of another names it
in ``contains``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

PAPER = "Grazzi et al. 2025, arXiv 2411.12537"
UNIT = "L2-normalised"
FLA = "fla-core 0.6.0"
"""The code in which most entries were looked up."""

KEY_EPSILON = Fraction(1, 10**6)
"""What fla-core and transformers add before the root: k = x / sqrt(|x|^2 + 1e-6), so |k| < 1."""


@dataclass(frozen=True)
class End:
    """An end of a range of numbers, and whether it is reached."""

    value: Fraction
    is_reached: bool

    def to_json(self) -> dict[str, Any]:
        """Return the end as a JSON object."""
        return {"value": str(self.value), "reached": self.is_reached}


def at(value: int | str) -> End:
    """Return an end that belongs to the range, such as ``-1``."""
    return End(Fraction(value), True)


def above(value: int | str) -> End:
    """Return a lower end that does not belong to the range, such as ``"-0.46"``."""
    return End(Fraction(value), False)


def below(value: int | str) -> End:
    """Return an upper end that does not belong to the range, such as ``1``."""
    return End(Fraction(value), False)


@dataclass(frozen=True)
class Setting:
    """An option of published code with which a layer is this entry, and whether it is on its own.

    Attributes
    ----------
    name, value : str, bool
        The option, and its value for this entry.
    default : bool
        Whether that is what the code does when nothing is said.
    source : str
        The code, with its version.
    """

    name: str
    value: bool
    default: bool
    source: str = FLA

    def __str__(self) -> str:
        """Return the option as the code writes it."""
        return f"{self.name} = {self.value} in {self.source}{', its default' * self.default}"

    def to_json(self) -> dict[str, Any]:
        """Return the option as a JSON object."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def negative(value: bool, default: bool = False) -> tuple[Setting, ...]:
    """Return the option of fla-core that doubles beta, off unless ``default`` says otherwise."""
    return (Setting("allow_neg_eigval", value, default == value),)


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
    least, most : End or None
        The ends of those that are real, as numbers; None where there is none. ``range`` in JSON.
    source : str
        Where the matrix is defined.
    input_dependent : bool
        Whether the matrix depends on the letter.
    gate : str
        What decays the state, "none" without.
    norm_squared : Fraction or None
        The least upper bound of the square of the matrix's Euclidean norm; None where none is
        recorded. Theorems on contractions are about the entries that have 1.
    keys : str
        How keys are normalised, "none" where there are no keys in the matrix.
    key_epsilon : Fraction or None
        What the code adds to the square of the length before it divides by the root.
    other_keys : tuple of str
        Other normalisations that the code offers; the matrices stay among those of the entry.
    settings : tuple of Setting
        Options of the code with which its layer is this entry.
    aliases : tuple of str
        Further names, beside those that differ in case and punctuation only.
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
    contains : tuple of str
        Identifiers of other architectures whose matrices are all among this one's.
    theorem_layers : int or None
        The most layers that takes, where the theorem says so.
    free_diagonal : bool
        Whether every diagonal matrix of its class, one for each letter, is the matrix of a layer
        of enough channels or heads; the same one for all letters where the matrix does not depend
        on the letter.
    unitary : bool
        Whether the matrices keep the length of every state.
    layer : str
        The layer as a specification, see :mod:`~.layer_reading`, as far as it says one; empty where
        its matrices are of no family there, or do not depend on the letter.
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
    theorem_layers: int | None = None
    free_diagonal: bool = False
    unitary: bool = False
    layer: str = ""
    note: str = ""
    least: End | None = None
    most: End | None = None
    norm_squared: Fraction | None = None
    key_epsilon: Fraction | None = None
    other_keys: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    contains: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

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
        """Return the entry as a JSON object; numbers as text, exactly."""
        shown = {f.name: getattr(self, f.name) for f in fields(self)}
        least, most = shown.pop("least"), shown.pop("most")
        return {
            **shown,
            "range": {
                "least": None if least is None else least.to_json(),
                "most": None if most is None else most.to_json(),
            },
            "norm_squared": None if self.norm_squared is None else str(self.norm_squared),
            "key_epsilon": None if self.key_epsilon is None else str(self.key_epsilon),
            "other_keys": list(self.other_keys),
            "settings": [setting.to_json() for setting in self.settings],
            "contains": list(self.contains),
            "aliases": list(self.aliases),
        }
