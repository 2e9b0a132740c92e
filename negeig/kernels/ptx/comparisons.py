"""``setp``: comparisons of integers, of bits and of floating-point numbers.

``setp.lt.and.s32 p, a, b, c`` joins the comparison with a predicate.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from negeig.kernels.ptx.binary_floats import FORMATS, compared
from negeig.kernels.ptx.float_arrays import number_arrays
from negeig.kernels.ptx.integers import number, numbers
from negeig.kernels.ptx.operation import Bits, Operation

ORDERED = ("eq", "ne", "lt", "le", "gt", "ge")
UNSIGNED = {"lo": "lt", "ls": "le", "hi": "gt", "hs": "ge"}
"""Other names of the comparisons of unsigned integers."""

JOINED: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "and": (operator.and_, np.logical_and),
    "or": (operator.or_, np.logical_or),
    "xor": (operator.xor, np.logical_xor),
}


def _rows(
    how: str, kind: str, scalar: Callable[..., bool], array: Callable[..., Any]
) -> Iterator[Operation]:
    """Yield a comparison on bits, alone and joined with a predicate."""
    yield Operation(
        name=f"setp.{how}.{kind}", kind="value", results=("pred",), sources=(kind, kind),
        scalar=lambda a, b: int(scalar(a, b)), array=array,
    )  # fmt: skip
    for name, (join, joins) in JOINED.items():

        def joined(a: int, b: int, c: int, join: Callable[..., Any] = join) -> int:
            return int(join(scalar(a, b), bool(c)))

        def all_joined(a: Bits, b: Bits, c: Bits, joins: Callable[..., Any] = joins) -> Any:
            return joins(array(a, b), c)

        yield Operation(
            name=f"setp.{how}.{name}.{kind}", kind="value", results=("pred",),
            sources=(kind, kind, "pred"), scalar=joined, array=all_joined,
        )  # fmt: skip


def _integers(kind: str) -> Iterator[Operation]:
    names = {how: how for how in (ORDERED[:2] if kind[0] == "b" else ORDERED)}
    for how, meaning in (names | (UNSIGNED if kind[0] == "u" else {})).items():
        test = getattr(operator, meaning)
        yield from _rows(
            how, kind, lambda a, b, test=test: test(number(kind, a), number(kind, b)),
            lambda a, b, test=test: test(numbers(kind, a), numbers(kind, b)),
        )  # fmt: skip


def _floats(kind: str) -> Iterator[Operation]:
    form = FORMATS[kind]
    for how in (*ORDERED, *(f"{how}u" for how in ORDERED), "num", "nan"):

        def test(a: int, b: int, how: str = how) -> bool:
            return compared(form, how, a, b)

        def tests(a: Bits, b: Bits, how: str = how) -> Any:
            x, y = number_arrays(kind, a), number_arrays(kind, b)
            unordered = np.isnan(x) | np.isnan(y)
            if how in ("num", "nan"):
                return unordered == (how == "nan")
            return np.where(unordered, len(how) == 3, getattr(operator, how[:2])(x, y))

        yield from _rows(how, kind, test, tests)


def _all() -> Iterator[Operation]:
    for width in (16, 32, 64):
        for sign in "bus":
            yield from _integers(f"{sign}{width}")
    for kind in ("f16", "bf16", "f32"):
        yield from _floats(kind)


COMPARISONS: dict[str, Operation] = {one.name: one for one in _all()}
"""By name."""
