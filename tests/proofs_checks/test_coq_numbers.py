"""Numbers in Coq are those of the package, bit for bit: random operations in one batch a format."""

import math
import random
from collections.abc import Iterator
from fractions import Fraction

import pytest

from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import FORMATS, Format
from negeig.precision.numbers.operations import Operations
from negeig.proofs_checks import coq, coq_text

pytestmark = pytest.mark.provers

PER_FORMAT = 700
"""Rows of three numbers, each added, multiplied, fused and stored."""

SEED = 17

NAMES = ("bf16", "fp16", "fp32", "fp64", "e5m2", "e4m3fn", "e4m3fnuz", "e3m2fn")

GRID = Operations(parse("grid:2^-5"))
"""Which fp32 operations go with: it takes no numbers that fp32 does not hold."""

SPECIALS = {"inf": "I false", "-inf": "I true", "nan": "J", "0.0": "O false", "-0.0": "O true"}


@pytest.fixture(scope="module")
def development() -> Iterator[coq.Development]:
    with coq.Development(("Floating",)) as made:
        yield made


def written(x: float, held: Format) -> str:
    """Write a number as the format holds it: the significand in units of its last place."""
    if repr(x) in SPECIALS:
        return SPECIALS[repr(x)]
    unit = held.unit(Fraction(x))
    return f"F ({Fraction(x) / Fraction(2) ** unit}) ({unit})"


def drawn(draw: random.Random, held: Format) -> float:
    """A number of a format: any magnitude, subnormal ones, the largest, specials."""
    kind = draw.random()
    if kind < 0.08:
        some = [0.0] + [-0.0] * held.has_negative_zero + [math.nan] * held.has_nan
        return draw.choice(some + [math.inf, -math.inf] * held.has_inf)
    top = held.emax - held.precision + 1
    low = held.emin - held.precision + 1
    near = (max(low, -held.precision - 4), min(top, 4 - held.precision))
    exponent = draw.randint(*((low, low + 3), (top - 3, top), (low, top), near)[draw.randrange(4)])
    size = draw.getrandbits(held.precision) >> draw.choice((0, 0, 0, held.precision - 2))
    value = Fraction(min(size, 2**held.precision - 1 - held.unused)) * Fraction(2) ** exponent
    return held.canonical(math.copysign(float(value), draw.choice((1.0, -1.0))))


def batch(name: str, *, spoil: bool = False) -> str:
    """Write a file that compiles if Coq and the package agree on every row."""
    draw = random.Random(f"{SEED} {name}")
    operations = Operations(parse(name))
    other = FORMATS["e4m3fn" if name == "e5m2" else "e5m2"]
    storing = Operations(parse(f"{other.name}:acc64" if name == "fp64" else f"{other.name}:acc32"))
    held, rows = operations.operations, []
    for i in range(PER_FORMAT):
        a, b, c = (drawn(draw, held) for _ in range(3))
        if i % 3 == 0:  # a product and its neighbour, so that sums cancel
            c = -operations.multiply(a, b)
        found = (operations.add(a, b), operations.multiply(a, b), operations.fused(a, b, c))
        if spoil and i == PER_FORMAT // 2:
            found = (found[0], -found[1], found[2])
        texts = [f"({written(x, held)})" for x in (a, b, c, *found)]
        grid = GRID.store(a) if held.within(FORMATS["fp32"]) else 0.0
        texts += [f"({written(storing.store(a), other)})", f"({on_grid(grid)})"]
        rows.append("R " + " ".join(texts))
    grid_is_checked = "true" if held.within(FORMATS["fp32"]) else "false"
    return f"""From Coq Require Import ZArith List Bool.
From Negeig Require Import Floating.
Import ListNotations.
Open Scope Z_scope.
{coq_text.format_definition("f", held)}
{coq_text.format_definition("g", other)}
Definition F := Fin. Definition O := Zero. Definition I := Inf. Definition J := NaN.
Inductive row := R (a b c sum product fma stored grid : number).
Definition agrees (r : row) : bool :=
  let '(R a b c sum product fma stored grid) := r in
  same (add f a b) sum && same (multiply f a b) product && same (fused f a b c) fma &&
  same (convert g a) stored && (negb {grid_is_checked} || same (to_grid (-5) a) grid).
Definition rows : list row := [
{f";{chr(10)}".join(rows)}
].
Lemma all_agree : forallb agrees rows = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Print Assumptions all_agree.
"""


def on_grid(x: float) -> str:
    if repr(x) in SPECIALS:
        return SPECIALS[repr(x)]
    return f"F ({Fraction(x) * 32}) (-5)"


@pytest.mark.parametrize("name", NAMES)
def test_operations_agree_bit_for_bit(name: str, development: coq.Development) -> None:
    done = development.check(batch(name))
    assert done.accepted, f"seed {SEED}: {done.output}"


def test_one_wrong_sign_among_all_is_found(development: coq.Development) -> None:
    assert not development.check(batch("bf16", spoil=True)).accepted
