"""Arithmetic models: which operations round, to what, and where the state is rounded.

:mod:`~.arithmetic` reads their names. The operations themselves, and their order, are in
:mod:`negeig.precision.closure.reference`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from negeig.precision.numbers.formats import FP32, Direction, Format
from negeig.precision.numbers.key_normalisation import KeyNormalisation
from negeig.precision.numbers.rounding import Grid, Rounding

Order = Literal["left", "pairwise", "butterfly"]
"""How a dot product is summed: from the left; neighbours in pairs, then these sums in pairs;
term i with term i + n/2 of n (a power of two, zeros added), then so with what remains."""


ANY_ORDER = "any-order"
"""What every order of every sum at once is called, before a colon and the format of operands."""


def is_any_order(name: str) -> bool:
    """Whether a name among arithmetics is ``any-order``, with a format or without."""
    return name.strip().lower().partition(":")[0] == ANY_ORDER


def short_name(name: str) -> str:
    """Return a name for people, without ``all-ops``, which goes without saying.

    Examples
    --------
    >>> [short_name(name) for name in ("bf16:all-ops", "bf16:all-ops:l2norm", "bf16:acc32")]
    ['bf16', 'bf16:l2norm', 'bf16:acc32']
    """
    return name.replace(":all-ops", "")


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """One complete model of how a layer is executed.

    Parameters
    ----------
    name : str
        Canonical name.
    parameters : Format or None
        Format that the stored parameters must be in. None for exact arithmetic, as for the
        other formats.
    keys, betas, initial : Format or None
        That of keys, of betas and of initial states, where it is not that of the parameters.
    normalisation : KeyNormalisation or None
        How stored keys are divided by their length before they are used, in the format of
        operations and in the order of sums.
    operations : Format or None
        Format every + - * (or fma) is rounded to.
    state : Format or None
        Format of the state after each letter.
    rounded : str
        Where the state is rounded on top of that: never, after each ``letter``, each ``step`` or
        each ``chunk``.
    chunk : int or None
        Letters of a chunk, where the state is rounded after each.
    sums : Format or None
        Format in which the rounded products of a dot product are added, where it is not that of
        the operations; the sum is rounded to theirs once.
    fma : bool
        Whether a product is added without a rounding in between.
    any_fma : bool
        Whether each addition that takes a product may do so, or not: a set of outcomes.
    grid : int or None
        q where the state is rounded to multiples of 2^-q after each letter.
    grid_bits : int or None
        Width of the two's complement numbers in which such a state is kept.
    direction, saturates : str, bool
        Of roundings to ``state``, the operations' among them where they are in that format.
    stochastic : bool
        Whether the state is rounded to either of its neighbours: a set of outcomes.
    flushes, flushes_operands : bool
        Whether subnormal results become zeros; whether subnormal operands are read as zeros.
    order : str
        Of the sum in a dot product.
    """

    name: str
    parameters: Format | None = None
    keys: Format | None = None
    betas: Format | None = None
    initial: Format | None = None
    normalisation: KeyNormalisation | None = None
    operations: Format | None = None
    state: Format | None = None
    rounded: Literal["never", "letter", "step", "chunk"] = "never"
    chunk: int | None = None
    sums: Format | None = None
    fma: bool = False
    any_fma: bool = False
    grid: int | None = None
    grid_bits: int | None = None
    direction: Direction = "rne"
    saturates: bool = False
    stochastic: bool = False
    flushes: bool = False
    flushes_operands: bool = False
    order: Order = "left"

    @property
    def short_name(self) -> str:
        """The name for people: see :func:`short_name`."""
        return short_name(self.name)

    @property
    def is_exact(self) -> bool:
        """Whether nothing is ever rounded."""
        return self.operations is None

    @property
    def has_choices(self) -> bool:
        """Whether a letter may lead from one state to several."""
        return self.stochastic or self.any_fma

    @property
    def is_basic(self) -> bool:
        """Whether it is one that compiled code computes, and bounds of its errors are known for.

        All operations in one format, or those of fp32 with the state rounded to a format or a
        grid; to nearest even, from the left, subnormal numbers kept; overflow as the format
        has it; fma in fp32 only.
        """
        plain = self.direction == "rne" and self.order == "left" and self.grid_bits is None
        plain = plain and self.sums is None
        changed = self.saturates or self.flushes or self.flushes_operands or self.has_choices
        if self.operations is None or not plain or changed or self.rounded == "chunk":
            return False
        in_fp32 = self.operations == FP32
        return in_fp32 or (self.operations == self.state and not self.fma)

    @property
    def stored_formats(self) -> dict[str, Format]:
        """The formats of ``keys``, ``betas``, ``initial`` and of all other ``parameters``.

        Raises ValueError for exact arithmetic.
        """
        if self.parameters is None:
            raise ValueError("exact arithmetic stores no parameters")
        return {
            "keys": self.keys or self.parameters,
            "betas": self.betas or self.parameters,
            "initial": self.initial or self.parameters,
            "parameters": self.parameters,
        }

    @property
    def of_kernel_keys(self) -> Arithmetic:
        """The same for a network whose keys are those that a kernel has divided already."""
        if self.normalisation is None:
            return self
        return replace(self, normalisation=None, keys=self.operations)

    @property
    def operation_rounding(self) -> Rounding:
        """How an operation rounds. Raises ValueError for exact arithmetic."""
        if self.operations is None:
            raise ValueError("exact arithmetic rounds nothing")
        if self.grid is not None or self.rounded != "never":
            return Rounding(target=self.operations, flushes=self.flushes)
        return Rounding(
            target=self.operations,
            direction=self.direction,
            saturates=self.saturates,
            flushes=self.flushes,
        )

    @property
    def state_rounding(self) -> Rounding:
        """How a state is stored. Raises ValueError for exact arithmetic."""
        if self.state is None:
            raise ValueError("exact arithmetic rounds nothing")
        target = self.state if self.grid is None else Grid(q=self.grid, bits=self.grid_bits)
        return Rounding(
            target=target,
            direction=self.direction,
            saturates=self.saturates,
            flushes=self.flushes,
        )

    def describe(self) -> str:
        """Say in one sentence what is rounded where.

        Examples
        --------
        >>> from negeig.precision.numbers.arithmetic import parse
        >>> parse("bf16:acc32").describe()
        'fp32 operations, the state rounded to bf16 after each letter'
        >>> parse("bf16:acc32:sr:fma?").describe()  # doctest: +NORMALIZE_WHITESPACE
        'fp32 operations, the state rounded to bf16 after each letter, to either neighbour of a
        value that is not held; any product may be added without being rounded, or not'
        """
        if self.operations is None or self.state is None:
            return "exact arithmetic, nothing is rounded"
        operations, kept = self.operations.name, self.state.name
        if self.grid is not None:
            kept = f"multiples of 2^-{self.grid}"
            if self.grid_bits is not None:
                kept += f" in {self.grid_bits} bits"
        if self.grid is not None or self.rounded != "never":
            after = "each step" if self.rounded == "step" else "each letter"
            if self.chunk is not None:
                after = f"every {self.chunk} letters"
            text = f"{operations} operations, the state rounded to {kept} after {after}"
            fused = "products added by fused multiply-add"
        elif self.fma:
            text, fused = f"{operations}, products added by fused multiply-add", ""
        else:
            text, fused = f"every +, - and * rounded to {operations}", ""
        text += self._how
        also = [
            (fused if self.fma else ""),
            "any product may be added without being rounded, or not" if self.any_fma else "",
            f"dot products are summed in {self.sums.name}" if self.sums is not None else "",
            {"left": "", "pairwise": "sums in pairs", "butterfly": "sums by a butterfly"}[
                self.order
            ],
            f"overflow gives the largest number of {self.state.name}" if self.saturates else "",
            "subnormal results are flushed to zero" if self.flushes else "",
            "subnormal operands are read as zero" if self.flushes_operands else "",
            self._stored_apart,
            "" if self.normalisation is None else self.normalisation.describe(),
        ]
        return "; ".join([text, *filter(None, also)])

    @property
    def _stored_apart(self) -> str:
        """What is stored in another format than the parameters' usual one."""
        if self.parameters is None or self.state is None:
            return ""
        named = {
            "inputs": self.parameters if self.initial is not None else None,
            "keys": self.keys,
            "betas": self.betas,
        }
        said = [f"{name} in {own.name}" for name, own in named.items() if own is not None]
        return f"{' and '.join(said)}" if said else ""

    @property
    def _how(self) -> str:
        """How the rounding that is described chooses, where not to nearest even."""
        if self.stochastic:
            return ", to either neighbour of a value that is not held"
        return {
            "rne": "", "rtz": ", toward zero", "rna": ", to nearest, ties away from zero",
        }[self.direction]  # fmt: skip
