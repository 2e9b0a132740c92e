"""What a budget's ``--format`` may name: a number format, an arithmetic, or any grid."""

from __future__ import annotations

from negeig.claims import InputError
from negeig.precision.numbers.arithmetic import PRESETS, parse
from negeig.precision.numbers.formats import FORMATS, unknown_format

ANY_GRID = "grid"
"""For each network the coarsest of ``GRIDS`` that proves it; finer ones may not."""

GRIDS = tuple(f"grid:2^-{q}" for q in range(13))

DEFAULT = "bf16"
"""Format that the front asks about where the budget names none."""


def arithmetics(name: str) -> tuple[str, ...]:
    """Return the arithmetics of which a proof in one will do, the one to try first in front.

    Examples
    --------
    >>> arithmetics("bf16:acc32"), arithmetics("grid")[:2]
    (('bf16:acc32',), ('grid:2^-0', 'grid:2^-1'))
    """
    return GRIDS if name == ANY_GRID else (name,)


def stored_format(name: str | None) -> str:
    """Return the number format that the parameters are stored in.

    Examples
    --------
    >>> stored_format("bf16:acc32"), stored_format("grid:2^-6"), stored_format(None)
    ('bf16', 'fp32', 'bf16')
    """
    if name is None:
        return DEFAULT
    parameters = parse(arithmetics(name)[0]).parameters
    return DEFAULT if parameters is None else parameters.name


def format_problems(name: str | None) -> list[str]:
    """Return what is wrong with the name, if anything; None is no name.

    Examples
    --------
    >>> format_problems("grid"), format_problems("bf16:acc32"), format_problems("bf17")[0][:30]
    ([], [], "unknown number format 'bf17'; ")
    """
    if name is None or name == ANY_GRID or name in FORMATS or name in PRESETS:
        return []
    if ":" not in name:
        return unknown_format(name)
    try:
        parse(name)
    except InputError as error:
        return list(error.problems)
    return []
