"""Arithmetic models: which operations round, to what, and where the state is rounded.

A name such as ``bf16:all-ops`` stands for one complete model of how a layer is executed; the
order of the operations is the same in all of them and is given in
:mod:`negeig.precision.closure.reference`.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from negeig.claims import InputError
from negeig.precision.numbers.formats import FORMATS, FP32, OTHER_NAMES, Format

LARGEST_GRID = 149
"""Finest grid 2^-q: fp32 has no smaller numbers than 2^-149."""


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """One model of arithmetic, as :func:`parse` makes it from a name.

    Parameters
    ----------
    name : str
        Canonical name.
    parameters : Format or None
        Format that the stored parameters must be in. None for exact arithmetic, as for the
        other formats.
    operations : Format or None
        Format every + - * (or fma) is rounded to, to nearest even.
    state : Format or None
        Format of the state after each letter.
    rounded : str
        Where the state is rounded on top of that: never, after each ``letter`` or each ``step``.
    fma : bool
        Whether a product is added without a rounding in between.
    grid : int or None
        q where the state is rounded to multiples of 2^-q after each letter.
    """

    name: str
    parameters: Format | None = None
    operations: Format | None = None
    state: Format | None = None
    rounded: Literal["never", "letter", "step"] = "never"
    fma: bool = False
    grid: int | None = None

    @property
    def is_exact(self) -> bool:
        """Whether nothing is ever rounded."""
        return self.operations is None

    def describe(self) -> str:
        """Say in one sentence what is rounded where.

        Examples
        --------
        >>> parse("bf16:acc32").describe()
        'fp32 operations, the state rounded to bf16 after each letter'
        """
        if self.operations is None or self.state is None:
            return "exact arithmetic, nothing is rounded"
        if self.grid is not None:
            return (
                f"{self.operations.name} operations, the state rounded to multiples of "
                f"2^-{self.grid} after each letter"
            )
        if self.rounded != "never":
            return (
                f"{self.operations.name} operations, the state rounded to {self.state.name} "
                f"after each {self.rounded}"
            )
        if self.fma:
            return f"{self.operations.name}, products added by fused multiply-add"
        return f"every +, - and * rounded to {self.operations.name}"


def parse(name: str | Arithmetic) -> Arithmetic:
    """Return the arithmetic of a name; a format's name alone means all operations in it.

    Known names: ``exact``; ``F:all-ops`` for every format F; ``F:acc32`` and ``F:acc32-step``
    for every F narrower than fp32; ``fp32`` and ``fp64`` (all operations in it); ``fp32:fma``;
    ``grid:2^-q``. Case does not matter.

    Raises
    ------
    InputError
        For an unknown name, listing the known ones and the nearest.

    Examples
    --------
    >>> parse("bf16").name, parse("fp32:all-ops").name
    ('bf16:all-ops', 'fp32')
    >>> parse("bf16:acc23")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    negeig.claims.InputError: arithmetic: 'bf16:acc23' is unknown; did you mean bf16:acc32 or ...
    """
    if isinstance(name, Arithmetic):
        return name
    text = name.strip().lower()
    grid = re.fullmatch(r"grid:2\^-(\d{1,3})", text)
    if grid and int(grid[1]) <= LARGEST_GRID:
        q = int(grid[1])
        return Arithmetic(name=f"grid:2^-{q}", parameters=FP32, operations=FP32, state=FP32, grid=q)
    head, _, model = text.partition(":")
    found = _in_format(FORMATS[head], model or "all-ops") if head in FORMATS else None
    if text == "exact":
        found = Arithmetic(name="exact")
    if found is None:
        known = known_names()
        near = difflib.get_close_matches(text, dict.fromkeys([*known, *FORMATS]), n=3, cutoff=0.5)
        other = OTHER_NAMES.get(head)
        near = [other] if other else near
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        shown = (
            f"exact, fp32, fp32:fma, fp64, F (as F:all-ops), F:acc32, F:acc32-step, grid:2^-q with \
q at most {LARGEST_GRID}, where F is one of {', '.join(FORMATS)}"
        )
        raise InputError(
            "arithmetic", f"{name!r} is unknown; {hint}known are {shown}", "unknown-arithmetic"
        )
    return found


def known_names() -> tuple[str, ...]:
    """Canonical names of all models but the grids, of which there is one for each q."""
    models = ("all-ops", "acc32", "acc32-step", "fma")
    found = (_in_format(f, model) for f in FORMATS.values() for model in models)
    return ("exact", *(a.name for a in found if a is not None))


def _in_format(stored: Format, model: str) -> Arithmetic | None:
    """Return one model in a format, or None when the format does not have it."""
    native = stored.name in ("fp32", "fp64")
    if model == "all-ops":
        name = stored.name if native else f"{stored.name}:all-ops"
        return Arithmetic(name=name, parameters=stored, operations=stored, state=stored)
    if model in ("acc32", "acc32-step") and stored.within(FP32) and not native:
        return Arithmetic(
            name=f"{stored.name}:{model}",
            parameters=stored,
            operations=FP32,
            state=stored,
            rounded="letter" if model == "acc32" else "step",
        )
    if model == "fma" and stored is FP32:
        return Arithmetic(name="fp32:fma", parameters=FP32, operations=FP32, state=FP32, fma=True)
    return None
