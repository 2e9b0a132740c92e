"""What names among arithmetics stand for; all that are unknown are said at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from negeig.claims import InputError
from negeig.pipeline.parts.any_order import InAnyOrder
from negeig.pipeline.parts.any_order import read as read_any_order
from negeig.pipeline.parts.through import PREFIX, ThroughOne, is_implementation
from negeig.pipeline.parts.through import read as read_implementations
from negeig.precision.numbers.arithmetic import PRESETS, all_names, parse, unknown
from negeig.precision.numbers.models import Arithmetic, is_any_order

UNKNOWN = "unknown-arithmetic"

Model: TypeAlias = ThroughOne | InAnyOrder | Arithmetic
"""A model of arithmetic, every order of sums at once, or somebody's implementation."""


def models(names: Sequence[str]) -> dict[str, Model]:
    """Return what each name stands for; that of a package stands for all that it has.

    Raises InputError with every name that is unknown or contradicts itself.

    Examples
    --------
    >>> [type(one).__name__ for one in models(["bf16", "any-order", "impl:negeig"]).values()]
    ['Arithmetic', 'InAnyOrder', 'ThroughOne']
    >>> models(["bf16:acc32:srr", "sr", "fp32"])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    negeig.claims.InputError: arithmetic: 3 problems
      'bf16:acc32:srr' is unknown; did you mean bf16:acc32:sr?
      'sr' is unknown; did you mean bf16:acc32:sr?
      known are exact, ...
    """
    found: dict[str, Model] = {}
    errors: list[tuple[str, InputError]] = []
    for name in names:
        try:
            if is_implementation(name):
                found |= {one.name: one for one in read_implementations([name])}
            else:
                found[name] = read_any_order(name) if is_any_order(name) else parse(name)
        except InputError as error:
            errors.append((name, error))
    if errors:
        raise _together(errors)
    return found


def parted(names: Sequence[str]) -> tuple[list[str], tuple[InAnyOrder | ThroughOne, ...]]:
    """Return the names that are models of arithmetic, and what the others stand for.

    Raises InputError as :func:`models` does.
    """
    found = models(names)
    orders = (one for one in found.values() if isinstance(one, InAnyOrder))
    implementations = (one for one in found.values() if isinstance(one, ThroughOne))
    rounded = [name for name, one in found.items() if isinstance(one, Arithmetic)]
    return rounded, (*dict.fromkeys(orders), *implementations)


def shown(name: str) -> str:
    """Return the canonical name of an arithmetic, without ``all-ops``, which goes without saying.

    Examples
    --------
    >>> shown("BF16:all-ops"), shown("bf16:sr:acc32"), shown("reference"), shown("impl:negeig.cpu")
    ('bf16', 'bf16:acc32:sr', 'fp32 (reference)', 'impl:negeig.cpu')
    """
    if is_implementation(name) or is_any_order(name):
        return name.strip()
    typed, short = name.strip().lower(), parse(name).short_name
    return f"{short} ({typed})" if typed in PRESETS else short


def _together(errors: Sequence[tuple[str, InputError]]) -> InputError:
    """Return one error with the problems of all; which names there are is said once."""
    problems: list[str] = []
    is_listed = False
    for name, error in errors:
        if error.code != UNKNOWN or is_implementation(name) or is_any_order(name):
            problems += error.problems
            continue
        meant = _implementation(name)
        told = unknown(name) if meant is None else f"{name!r} is unknown; did you mean {meant}?"
        told += "" if told.endswith("?") else ";"
        apart = " names have commas between them;" if re.search(r"[;\s]", name.strip()) else ""
        problems.append(told + apart)
        is_listed = True
    if is_listed:
        problems.append(f"{all_names()}; any-order; {PREFIX}NAME, see negeig conform --list")
    codes = {error.code for _, error in errors}
    told_of = problems if len(errors) > 1 else " ".join(problems)
    return InputError("arithmetic", told_of, codes.pop() if len(codes) == 1 else "bad-input")


def _implementation(name: str) -> str | None:
    """Return the implementation that a name without ``impl:`` is of, or a file's function."""
    from negeig.kernels.registry import COMPILED, known

    called = name.strip().removeprefix("kernel:")
    if re.fullmatch(r".+\.py:\w+(@\w+)?", called):
        return PREFIX + called
    names = [*known(), *COMPILED]
    if called in names:
        return PREFIX + called
    packages = [one for one in names if one.split(".")[0] == called or one.split(".")[-1] == called]
    return PREFIX + packages[0] if packages else None
