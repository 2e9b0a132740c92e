"""A layer as its designer describes it: family of matrices, ranges, keys, sizes, number formats.

What is asked about is every network of at most ``depth`` such layers, whatever the weights, with
any decoder of the whole state and the letter. ``docs/my-layer.md`` is about its use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from negeig.claims import InputError
from negeig.theory.architectures.architecture import End
from negeig.theory.architectures.ranges import Range

FAMILIES = {
    "delta": "gate times a product of factors I - beta k k^T",
    "diagonal": "real diagonal matrices",
    "rotation": "complex diagonal matrices: rotations of pairs of coordinates, scaled",
    "dense": "any matrices, or those of bounded Euclidean norm",
}
"""The families of matrices of one token."""

OTHER_FAMILIES = {
    **dict.fromkeys(("complex", "complex-diagonal", "unitary", "lru", "s4d"), "rotation"),
    **dict.fromkeys(("householder", "delta-rule", "delta_rule", "reflection"), "delta"),
    **dict.fromkeys(("diag", "real", "real-diagonal", "gla"), "diagonal"),
    **dict.fromkeys(("full", "linear", "matrix", "any", "orthogonal"), "dense"),
}
"""What else the families are called, and which is meant."""

KEYS = ("unit", "free")
GATES = ("head", "channel")
SPECTRA = ("nonnegative", "real")
EXACT = ("exact", "exact-orbit")
"""States that are not rounded; of ``exact-orbit`` only finitely many are reached."""

ONE = Range.of(1, 1)
GATE = {"delta": ONE, "diagonal": Range.of(0, 1), "rotation": Range.of(0, 1), "dense": None}
"""What the gate of a family may be where nothing is said."""

DEFAULT_GATES = {"delta": "head", "diagonal": "channel", "rotation": "channel", "dense": ""}

WIDEST = {"delta": Range.of(-1, 1), "diagonal": Range.of(-1, 1), "rotation": Range.of(0, 1)}
"""What it may be at all."""

SCALED = 256
"""Keys are multiplied by this before they are normalised, where an epsilon is to vanish."""

HARMLESS = Fraction(1, 2**8)
"""Largest epsilon that vanishes then: half a unit in the last place of 256^2 = 2^16 in fp32."""


@dataclass(frozen=True, kw_only=True)
class LayerSpec:
    """What the layers of a network may be.

    Attributes
    ----------
    family : str
        ``"delta"``, ``"diagonal"``, ``"rotation"`` or ``"dense"``; see :data:`FAMILIES`.
    beta : Range or None
        Delta rules: range of beta, 0 to 1 where nothing is said. None for other families.
    gate : Range or None
        What multiplies the factors of a delta rule, by default 1; the entries of a diagonal
        matrix; the moduli of rotations; for dense matrices 0 to the largest Euclidean norm. None:
        dense matrices of any norm.
    gates : str
        One gate a ``"head"`` (default of delta rules) or a ``"channel"``.
    steps : int or None
        Delta rules: steps a token; None for any number.
    keys : str
        Delta rules: ``"unit"``, normalised, or ``"free"``.
    eps : Fraction
        What is added to the square of the length before keys are divided by its root.
    spectrum : str or None
        A demand on the matrices of every letter: ``"nonnegative"`` or ``"real"`` eigenvalues.
    heads, dim : int
        Heads of a layer, and the dimension of each: matrices are block diagonal.
    columns : int
        Columns of the state of a head, the dimension of its values: they share the matrix.
    depth : int or None
        Most layers; None for any number.
    format, state : str
        Number format of the parameters; that of the state and of every operation, or another
        arithmetic such as ``fp32:fma``. ``exact`` and ``exact-orbit`` round nothing.

    Raises
    ------
    InputError
        Lists every contradiction.

    Examples
    --------
    >>> print(LayerSpec(family="delta", beta=Range.of(0, 2), steps=2))
    family=delta,beta=0..2,gate=1,gates=head,steps=2,keys=unit,eps=0,heads=1,dim=64,columns=1,\
depth=any,format=bf16,state=bf16
    >>> LayerSpec(family="diagonal", gate=Range.of(0, 2), depth=0)
    Traceback (most recent call last):
    ...
    negeig.claims.InputError: layer: 2 problems
      gate=0..2 is not within -1..1
      depth must be 1 or more, or any, found 0
    """

    family: str
    beta: Range | None = None
    gate: Range | None = None
    gates: str = ""
    steps: int | None = 1
    keys: str = ""
    eps: Fraction = Fraction(0)
    spectrum: str | None = None
    heads: int = 1
    dim: int = 64
    columns: int = 1
    depth: int | None = None
    format: str = "bf16"
    state: str = ""

    def __post_init__(self) -> None:
        """Fill in what the family says where nothing is said, and refuse contradictions."""
        if self.family in FAMILIES:
            self._fill_in()
        problems = list(self._problems())
        if problems:
            raise InputError("layer", problems)

    def _fill_in(self) -> None:
        is_delta = self.family == "delta"
        given = {
            "beta": self.beta or (Range.of(0, 1) if is_delta else None),
            "gate": self.gate or GATE[self.family],
            "gates": self.gates or DEFAULT_GATES[self.family],
            "keys": self.keys or ("unit" if is_delta else ""),
            "state": self.state or self.format,
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)

    def _problems(self) -> Iterator[str]:
        if self.family not in FAMILIES:
            meant = OTHER_FAMILIES.get(self.family.lower())
            hint = f"; did you mean {meant}?" if meant else ";"
            yield f"unknown family {self.family!r}{hint} the families are {', '.join(FAMILIES)}"
            return
        yield from self._range_problems()
        if self.family == "delta":
            yield from self._delta_problems()
        else:
            given = {
                "beta": self.beta is not None,
                "steps": self.steps != 1,
                "keys": bool(self.keys),
                "eps": self.eps != 0,
            }
            for name in (name for name, is_given in given.items() if is_given):
                yield f"family={self.family} has no {name}: only delta rules have"
        if self.gates and self.family == "dense":
            yield "family=dense has no gates: gate bounds the norm of the matrix"
        elif self.gates and self.gates not in GATES:
            yield f"gates is one of {', '.join(GATES)}, found {self.gates!r}"
        if self.spectrum is not None and self.spectrum not in SPECTRA:
            yield f"spectrum is one of {', '.join(SPECTRA)}, found {self.spectrum!r}"
        for name in ("heads", "dim", "columns"):
            if getattr(self, name) < 1:
                yield f"{name} must be 1 or more, found {getattr(self, name)}"
        for name in ("steps", "depth"):
            value = getattr(self, name)
            if value is not None and value < 1:
                yield f"{name} must be 1 or more, or any, found {value}"
        if self.family == "rotation" and self.dim == 1:
            yield "family=rotation turns pairs of coordinates: dim must be 2 or more, found 1"
        if (self.format in EXACT or self.state in EXACT) and self.format != self.state:
            yield (
                f"format={self.format} and state={self.state}: exact parameters and an exact "
                "state go together"
            )
        yield from self._spectrum_problems()

    def _range_problems(self) -> Iterator[str]:
        for name in ("beta", "gate"):
            found = getattr(self, name)
            if found is not None and found.is_empty:
                yield f"the range {name}={found} is empty"
        if self.gate is None or self.gate.is_empty:
            return
        widest = WIDEST.get(self.family)
        if widest is not None and not self.gate.within(widest):
            yield f"gate={self.gate} is not within {widest}"
        if self.family == "dense" and not (self.gate.least.value == 0 <= self.gate.most.value):
            yield f"gate={self.gate}: for dense matrices it bounds the norm, so it starts at 0"

    def _delta_problems(self) -> Iterator[str]:
        if self.keys not in KEYS:
            yield f"keys is one of {', '.join(KEYS)}, found {self.keys!r}"
        if self.eps < 0:
            yield f"eps must be 0 or more, found {self.eps}"
        if self.eps and self.keys == "free":
            yield f"eps={self.eps} is about the length of keys, and keys=free has none"

    def _spectrum_problems(self) -> Iterator[str]:
        """Refuse a demand on eigenvalues that the ranges contradict."""
        if self.spectrum is None:
            return
        steps = self.step_range
        least = 1 if steps is None or steps.is_empty else steps.least.value
        negative = least < 0
        if self.family == "delta" and self.keys == "free":
            yield (
                f"spectrum={self.spectrum}: with keys=free the eigenvalues 1 - beta |k|^2 are "
                "not bounded below"
            )
        elif self.spectrum == "nonnegative" and self.family == "delta" and negative:
            yield f"spectrum=nonnegative: beta={self.beta} reaches down to the eigenvalue {least}"
        gate = self.gate
        below = gate is not None and not gate.is_empty and gate.least.value < 0
        if self.spectrum == "nonnegative" and self.family in ("delta", "diagonal") and below:
            yield f"spectrum=nonnegative: gate={self.gate} gives negative eigenvalues"
        if self.family == "rotation":
            yield f"spectrum={self.spectrum}: rotations have eigenvalues that are not real"
        if self.family == "delta" and self.spectrum == "real" and negative and self.steps != 1:
            yield "spectrum=real: two steps with beta above 1 have eigenvalues that are not real"

    @property
    def step_range(self) -> Range | None:
        """Eigenvalues ``1 - beta |k|^2`` of single steps with normalised keys; None: no such bound.

        With an epsilon ``|k|^2`` is anything in [0, 1).
        """
        if self.beta is None or self.keys == "free":
            return None
        low, high = self.beta.least, self.beta.most
        return Range(End(1 - high.value, high.is_reached), End(1 - low.value, low.is_reached))

    @property
    def is_exact(self) -> bool:
        """Whether nothing is rounded."""
        return self.state in EXACT

    def __str__(self) -> str:
        """Return the specification as it is read, everything spelt out."""
        return ",".join(f"{name}={value}" for name, value in self.to_json().items() if value)

    def to_json(self) -> dict[str, Any]:
        """Return the specification as a JSON object that is read as the same specification."""
        delta = self.family == "delta"
        shown: dict[str, Any] = {"family": self.family}
        if delta:
            shown["beta"] = str(self.beta)
        shown["gate"] = "free" if self.gate is None else str(self.gate)
        if self.gates:
            shown["gates"] = self.gates
        if delta:
            shown["steps"] = self.steps or "any"
            shown["keys"] = self.keys
            if self.keys == "unit":
                shown["eps"] = str(self.eps)
        if self.spectrum:
            shown["spectrum"] = self.spectrum
        shown |= {"heads": self.heads, "dim": self.dim, "columns": self.columns}
        return shown | {"depth": self.depth or "any", "format": self.format, "state": self.state}
