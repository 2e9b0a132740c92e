"""Checks certificates of negeig: one file, Python's standard library only, and nothing of negeig.

    python checker.py FILE [--permit ID,...] [--steps N]

prints VERIFIED (exit 0), NOT VERIFIED (1) or MALFORMED (2), first for the whole file, and why; 3
says that it could not be printed. Nothing in the file is trusted and nothing is searched for: every
step is taken again, in exact numbers or rounded from the bits. All work is counted, and no file
gets more than its bytes are worth. The format is described in docs/certificates.md.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import os
import re
import struct
import sys
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce, total_ordering
from itertools import accumulate, chain, pairwise, repeat, zip_longest
from operator import mul
from typing import IO, Any, NamedTuple, NoReturn

SCHEMA = "negeig.certificate/3"
MAX_HEADER, MAX_ROW, MAX_ROWS = 16_000_000, 1_000_000, 20_000_000  # bytes of a line, rows
MAX_PARTS = 800_000  # commas and brackets of a line: parsing takes about 100 bytes for each
MAX_RATIO = 100  # of compression, after the first MAX_HEADER bytes
STEPS, STEPS_PER_BYTE = 10_000_000, 200  # what a file gets; one takes some 0.1 microseconds


class Failure(Exception):
    """A verdict other than VERIFIED, the reason for it, and what else is told, with labels."""


def malformed(place: str, problem: str) -> NoReturn:
    """Say that the file is no certificate, and where."""
    raise Failure("MALFORMED", f"{place}: {problem}")


def require(holds: bool, place: str, problem: str, *told: tuple[str, str]) -> None:
    """Say that a well-formed certificate does not show its claim, and where, unless it holds."""
    if not holds:
        raise Failure("NOT VERIFIED", f"{place}: {problem}", *told)


class Progress:
    """How far the file was read, and how many steps may still be taken."""

    line, left, given = 0, STEPS, STEPS

    def spend(self, steps: int) -> None:
        """Count work that the lines do not bound by themselves."""
        self.left -= steps
        if self.left < 0:
            more = f"more than {self.given:,} steps, and {STEPS_PER_BYTE} a byte: raise --steps"
            malformed(f"up to line {self.line}", more)


progress = Progress()


# --- reading, whatever the file holds


# Floats and long numbers raise; a key that occurs twice is lost, so that the text is not canonical.
_DECODER = json.JSONDecoder(
    parse_float=int, parse_constant=int, parse_int=lambda x: int(x if len(x) < 20 else "too long")
)
text_of = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def digest(value: Any) -> str:
    """Return a short name of a JSON value."""
    return "sha256 " + hashlib.sha256(text_of(value).encode()).hexdigest()[:16]


class Lines:
    """The lines of a file, none longer than it may be; gzip is recognised by its first bytes."""

    def __init__(self, file: Any) -> None:
        self.file = self.packed = file
        self.size, self.hash = 0, hashlib.sha256()

    def read(self, longest: int) -> Any:
        """Return the value of the next line; None at the end of the file."""
        progress.line += 1
        place = f"line {progress.line}"
        try:
            if progress.line == 1 and self.file.peek(2)[:2] == b"\x1f\x8b":
                self.file = gzip.GzipFile(fileobj=self.packed)
            line = self.file.readline(longest + 1)
            self.size += len(line)
            is_bomb = self.size > MAX_HEADER + MAX_RATIO * self.packed.tell()
        except (EOFError, OSError, zlib.error):
            malformed(place, "cannot be read: no gzip, or cut short")
        if not line:
            return None
        if len(line) > longest or not line.endswith(b"\n") or is_bomb:
            malformed(place, f"cut short, longer than {longest:,} bytes, or a bomb of compression")
        if sum(map(line.count, (b",", b"[", b"{"))) > MAX_PARTS:
            malformed(place, f"more than {MAX_PARTS:,} commas and brackets")
        self.hash.update(line)
        progress.left += STEPS_PER_BYTE * len(line)
        try:
            text = line[:-1].decode("ascii")
            value = _DECODER.decode(text)
            if text_of(value) != text:
                malformed(place, "not canonical: keys sorted, each once, no spaces, no CR")
        except (ValueError, RecursionError):
            malformed(place, "no line of a certificate, JSON in ASCII with whole numbers < 10^19")
        return value

    def rows(self, name: str, count: int, *shapes: Any) -> Iterator[tuple[str, list[Any]]]:
        """Yield the places of so many rows, and their entries, which have these shapes."""
        for _ in range(count):
            row, place = self.read(MAX_ROW), f"line {progress.line}, {name}"
            yield place, read(place, row, shapes)


COUNT = range(MAX_ROWS)
COUNTS = [COUNT]
TYPES: Any = {str: "a string", bool: "true or false", list: "a list", dict: "an object", object: ""}


def read(place: str, value: Any, shape: Any) -> Any:
    """Return what a JSON value of some shape stands for."""
    # A shape is one of TYPES (object is any value), a range of whole numbers, a set of values, a
    # list of one shape and perhaps a length, a tuple of the shapes of a list, an object of shapes,
    # whose values are returned in its order, or a function of place and value.
    if isinstance(shape, dict):
        if type(value) is not dict or value.keys() != shape.keys():
            malformed(place, f"expected an object with the keys {', '.join(sorted(shape))}")
        return [read(f"{place}.{key}", value[key], part) for key, part in shape.items()]
    if isinstance(shape, tuple):
        if type(value) is not list or len(value) != len(shape):
            malformed(place, f"expected a list of {len(shape)}")
        return [*map(read, repeat(place), value, shape)]
    if isinstance(shape, list):
        part, *length = shape
        if type(value) is not list or length not in ([], [len(value)]):
            malformed(place, f"expected a list{f' of {length[0]}' if length else ''}")
        return [read(place, x, part) for x in value]
    if isinstance(shape, range):
        if type(value) is not int or value not in shape:
            malformed(place, f"expected a whole number from {shape.start} to {shape.stop - 1}")
    elif isinstance(shape, set):
        if not any(type(value) is type(x) and value == x for x in shape):
            malformed(place, f"expected one of {', '.join(sorted(map(text_of, shape)))}")
    elif (expected := TYPES.get(shape)) is None:
        return shape(place, value)
    elif expected and type(value) is not shape:
        malformed(place, f"expected {expected}")
    return value


def optional(shape: Any) -> Any:
    """Return the shape of what null or a value of a shape stands for."""
    return lambda place, value: None if value is None else read(place, value, shape)


_WHOLE = r"0|[1-9]\d{0,3999}|0x[1-9a-f][0-9a-f]{0,29999}"
_RATIONAL = re.compile(f"(-?(?:{_WHOLE}))(?:/({_WHOLE}))?", re.ASCII)


def rational(place: str, value: Any) -> Fraction | int:
    """Read ``p`` or ``p/q`` in lowest terms, an int where it is whole."""
    if type(value) is not str or (found := _RATIONAL.fullmatch(value)) is None:
        malformed(place, "expected a number, a string p or p/q, that is not too long")
    p, q = int(found[1], 0), int(found[2] or "1", 0)
    progress.spend((p.bit_length() + q.bit_length()) ** 2 >> 19)
    if q == 0 or (found[2] and q == 1) or math.gcd(p, q) != 1:
        malformed(place, "a fraction that is not in lowest terms")
    return Fraction(p, q) if q > 1 else p


# --- exact numbers: an int, a Fraction or a Surd; they mix


def length(x: Any) -> int:
    """Return how long operations on a number take; those on the parts of a Surd count there."""
    if isinstance(x, int):
        return x.bit_length() >> 2
    return 0 if isinstance(x, Surd) else x.numerator.bit_length() + x.denominator.bit_length()


def plus(a: Any, b: Any) -> Any:
    """Return a + b; rational numbers take work in the square of their length."""
    progress.spend(20 + ((length(a) + length(b)) ** 2 >> 19))
    return a + b


def times(a: Any, b: Any) -> Any:
    """Return a b."""
    progress.spend(20 + ((length(a) + length(b)) ** 2 >> 19))
    return a * b


def unit_of(denominators: Iterable[int]) -> int:
    """Return their least common multiple."""
    unit = 1
    for d in denominators:
        progress.spend(3 + ((unit.bit_length() + d.bit_length()) ** 2 >> 19))
        unit = math.lcm(unit, d)
    return unit


def sign(polynomial: Sequence[Any], interval: Sequence[Any]) -> int:
    """Return the sign of a polynomial, constant first, on an interval; 0 if it is not clear."""
    low = high = polynomial[-1]
    for c in reversed(polynomial[:-1]):
        ends = [times(x, y) for x in (low, high) for y in interval]
        low, high = plus(min(ends), c), plus(max(ends), c)
    return int(low > 0) - int(high < 0)


def between(factors: Sequence[Any], box: Sequence[Any]) -> list[Any]:
    """Return the least and the greatest value of a linear function on a box."""
    ends = [sorted(times(a, x) for x in interval) for a, interval in zip(factors, box, strict=True)]
    return [reduce(plus, side) for side in zip(*ends, strict=True)]


class Field:
    """Q(r), for the one root r of a polynomial that lies near a decimal number."""

    def __init__(self, place: str, value: Any) -> None:
        coefficients = [range(1 - 10**18, 10**18)]
        polynomial, root = read(place, value, {"minimal_polynomial": coefficients, "root": str})
        is_decimal = re.fullmatch(r"-?\d{1,300}(\.\d{1,300})?", root, re.ASCII)
        if not is_decimal or not 2 <= len(polynomial) <= 200 or polynomial[-1] == 0:
            malformed(place, "expected a polynomial of degree 1 to 199, and its root in decimals")
        self.polynomial = [Fraction(c, polynomial[-1]) for c in polynomial]
        off = Fraction(2, 10 ** len(root.partition(".")[2]))
        self.around = [Fraction(root) - off, Fraction(root) + off]
        below, above = (sign(polynomial, [x]) for x in self.around)
        slope = sign([k * c for k, c in enumerate(polynomial)][1:], self.around)
        if not below * slope < 0 < above * slope:
            malformed(place, "the root does not single out one root")

    def number(self, place: str, value: Any) -> Any:
        """Read a number of the field."""
        return self.normal(read(place, value, [rational, len(self.polynomial) - 1]))

    def normal(self, parts: Sequence[Any]) -> Any:
        """Return a number of the field: a Surd only if it is irrational."""
        return Surd(self, tuple(parts)) if any(parts[1:]) else parts[0]


@total_ordering
@dataclass(frozen=True)
class Surd:
    """An irrational number of a field: coefficients of the powers of its root."""

    field: Field
    parts: tuple[Any, ...]

    def __add__(self, other: Any) -> Any:
        parts = zip_longest(self.parts, other.parts if isinstance(other, Surd) else (other,))
        return self.field.normal([plus(a, b or 0) for a, b in parts])

    def __mul__(self, other: Any) -> Any:
        product = list[Any]([0] * len(self.parts))
        for b in reversed(other.parts if isinstance(other, Surd) else (other,)):
            top, product = product[-1], [0, *product[:-1]]  # Horner's rule: times the root
            for factor, row in ((-top, self.field.polynomial), (b, self.parts)):
                if factor:
                    product = [
                        plus(x, times(factor, y)) for x, y in zip(product, row, strict=False)
                    ]
        return self.field.normal(product)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Any:
        return Surd(self.field, tuple([-x for x in self.parts]))

    def __eq__(self, other: object) -> bool:
        return self.compared(other) == 0

    def __lt__(self, other: Any) -> bool:
        return self.compared(other) < 0

    def compared(self, other: Any) -> int:
        """Return the sign of the gap: other coefficients are another number, or nothing is said."""
        gap = self + -other
        found = sign(gap.parts if isinstance(gap, Surd) else [gap], self.field.around)
        require(found != 0 or not gap, "network.field", "not seen to be other numbers")
        return found


# --- rounding, from the bits


class Target:
    """Where numbers are rounded to, a format or the multiples of 2^-grid: floats hold them all."""

    how, saturates, flushes, daz = "rne", False, False, False

    def __init__(self, place: str, value: Any) -> None:
        shape: Any = {"precision": range(2, 54), "emin": range(-1022, 1), "emax": range(1024)}
        shape |= {"unused": object, "has_inf": bool, "has_nan": bool, "has_negative_zero": bool}
        found = read(place, value, shape)
        self.precision, self.emin, emax, unused, self.inf, self.nan, self.negative_zero = found
        read(place + ".unused", unused, range(1 << (self.precision - 1)))
        self.largest = math.ldexp((1 << self.precision) - 1 - unused, emax - self.precision + 1)
        self.lowest, self.normal = -self.largest, math.ldexp(1.0, self.emin)
        self.known = lru_cache(1 << 16)(self.exactly)  # whatever the sign of a zero that is added

    def on_grid(self, q: int, bits: int | None) -> None:
        """Make it the multiples of 2^-q, in so many bits of two's complement or without bound."""
        self.precision, self.emin, self.flushes = 1_000_000, 999_999 - q, False
        self.inf, self.nan, self.negative_zero = bits is None, False, bits is None
        top = math.inf if bits is None else math.ldexp(1.0, bits - 1 - q)
        self.largest, self.lowest = top - math.ldexp(1.0, -q), -top

    def rounded(self, n: int, d: int) -> float:
        """Round n / d, where n is not 0."""
        size = abs(n)
        top = size.bit_length() - d.bit_length()
        top -= size << max(-top, 0) < d << max(top, 0)  # the exponent of size / d
        unit = max(top, self.emin) - self.precision + 1
        whole = d << max(unit, 0)
        kept, rest = divmod(size << max(-unit, 0), whole)
        if self.how != "rtz":
            kept += 2 * rest > whole or (2 * rest == whole and (self.how == "rna" or kept & 1))
        found = math.inf if unit + kept.bit_length() > 1024 else math.ldexp(kept, unit)
        return self.held(found, n < 0, self.how == "rtz")

    def held(self, size: float, negative: bool, is_cut: bool = False) -> float:
        """Return a rounded magnitude with its sign, unless it is beyond or beneath the format."""
        largest = -self.lowest if negative else self.largest
        if size > largest:
            over = math.inf if self.inf else math.nan if self.nan else largest
            size = largest if self.saturates or is_cut else over
        elif size == 0.0 or (self.flushes and size < self.normal):
            size, negative = 0.0, negative and self.negative_zero
        return -size if negative and size == size else size

    def of(self, x: Any) -> Any:
        """Round a number, exact or a float; an exact 0 has no sign."""
        if x and not x * 0:  # which is a NaN where x is infinite
            return self.rounded(*x.as_integer_ratio())
        return self.held(abs(x), math.copysign(1.0, x) < 0) if x == x else math.nan

    def exactly(self, a: Any, b: Any, c: Any) -> Any:
        """Return a b + c, rounded once, where a b is not 0."""
        special = math.frexp(a)[0] * math.frexp(b)[0] + math.frexp(c)[0]  # does not overflow
        if not math.isfinite(special):
            return self.of(special)
        (n, d), (m, e), (k, f) = (x.as_integer_ratio() for x in (a, b, c))
        total = n * m * f + k * d * e
        return self.rounded(total, d * e * f) if total else 0.0

    def fused(self, a: Any, b: Any, c: Any) -> Any:
        """Return a b + c, rounded once; subnormal operands may count as zero."""
        if self.daz:
            a, b, c = (math.copysign(0.0, x) if abs(x) < self.normal else x for x in (a, b, c))
        return self.known(a, b, c) if a and b else self.of(a * b + c)


class Exact:
    """Operations on exact numbers; other arithmetics round them, or see that nothing is rounded."""

    is_exact, stored_after = True, {"never"}
    ops = sums = store = None  # type: Any

    def affine(self, weights: Sequence[Any], h: Sequence[Any], shift: Any) -> Any:
        """Return the sum of products and a number."""
        progress.spend(3 * len(h))
        terms = [times(a, b) for a, b in zip(weights, h, strict=True) if a and b]
        return reduce(plus, [shift, *terms] if shift or not terms else terms)

    def accumulate(self, a: Any, b: Any, c: Any) -> Any:
        """Return c + a b."""
        return self.affine([a], [b], c)


EXACT = Exact()


class AnyOrder(Exact):
    """Exact operations of which two formats, of operands and sums, round none in any order."""

    def __init__(self, value: Any) -> None:
        self.operands, self.held = read("arithmetic", value, {"operands": Target, "sums": Target})

    def kept(self, target: Target, *terms: Any) -> Any:
        """Return the sum of some terms where all are multiples of a unit that the target holds."""
        d, size = unit_of(x.denominator for x in terms), reduce(plus, map(abs, terms), 0)
        common = math.gcd(*(int(x * d) for x in terms))
        unit = Fraction(common & -common, d)
        most = min(unit * 2**target.precision, Fraction(target.largest))
        fits = d & (d - 1) == 0 and unit >= Fraction(2) ** target.emin and size <= most
        require(fits or not size, "about.arithmetic", "some order of some sum may round")
        return reduce(plus, terms, 0)

    def affine(self, weights: Sequence[Any], h: Sequence[Any], shift: Any) -> Any:
        """Return the sum of products and a number."""
        factors = ([self.kept(self.operands, x) for x in side] for side in (weights, h))
        return self.kept(self.held, shift, *map(times, *factors))


class Rounded(Exact):
    """Operations on floats, each of which is rounded as the fields of a value say."""

    is_exact = False

    def __init__(self, value: Any) -> None:
        shape: Any = {"operations": Target, "state": Target, "sums": optional(Target)}
        shape |= {"rounded": {"never", "letter", "step"}, "direction": {"rne", "rtz", "rna"}}
        shape |= {"grid": optional(range(1000)), "grid_bits": optional(range(1, 54))}
        shape |= dict.fromkeys(("saturates", "fma", "flushes_operands", "flushes"), bool)
        self.ops, self.store, self.sums, *others = read("about.arithmetic", value, shape)
        rounded, how, grid, bits, saturates, self.fma, self.ops.daz, flushes = others
        self.on_grid = grid is not None
        self.stored_after = {rounded, "letter"} if self.on_grid else {rounded}
        wide = self.on_grid or rounded != "never"  # then operations are to nearest
        is_idle = (bits is not None and not self.on_grid) or (self.sums and self.fma)
        if is_idle or (not wide and value["operations"] != value["state"]):
            malformed("about.arithmetic", "no use is made of a format, of bits or of sums")
        for target in filter(None, (self.ops, self.store, self.sums)):
            target.flushes = flushes
        for target in [self.store] if wide else [self.ops, self.store]:
            target.how, target.saturates = how, saturates
        if self.on_grid:
            self.store.on_grid(grid, bits)

    def affine(self, weights: Sequence[Any], h: Sequence[Any], shift: Any) -> Any:
        """Return the sum of products, added from the left, and a number, which is added last."""
        progress.spend(30 * len(h))
        first, *terms = zip(weights, h, strict=True)
        total = self.ops.fused(*first, -0.0)
        for a, b in terms:
            total = self.accumulate(a, b, total, self.sums)
        total = self.ops.of(total) if self.sums else total
        return self.ops.fused(1.0, total, shift) if shift else total

    def accumulate(self, a: Any, b: Any, c: Any, to: Any = None) -> Any:
        """Return c + a b, rounded as operations are or to sums, the product first unless fused."""
        to = to or self.ops
        return to.fused(a, b, c) if self.fma else to.fused(1.0, c, self.ops.fused(a, b, -0.0))


def whole(matrix: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return a multiple of a matrix whose rational entries are integers."""
    unit = unit_of(x.denominator for row in matrix for x in row if not isinstance(x, Surd))
    return [[x * unit if isinstance(x, Surd) else int(x * unit) for x in row] for row in matrix]


def product(p: Any, q: Any) -> list[list[Any]]:
    """Return the product of two matrices."""
    columns = list(zip(*q, strict=True))
    return [[EXACT.affine(row, column, 0) for column in columns] for row in p]


class Form(NamedTuple):
    """What is computed of a state: an affine function of it, but for an error."""

    parts: Any  # factors of the coordinates, and a shift
    size: Any  # what is computed is no larger
    error: Any = 0  # more where anything was computed: a state has none, and formats hold it

    def off(self, target: Target, terms: int) -> Form:
        """Return it when so many terms were rounded and added, in any order."""
        # At most two roundings a term, each off by no more than a unit of what was added so far or
        # by the smallest number; twice as much leaves room for the errors of errors.
        relative = Fraction(2) ** (1 - target.precision) if target.precision < 60 else 0
        finest = target.emin - (0 if target.flushes else target.precision - 1)
        off = 4 * terms * (relative * self.size + Fraction(2) ** finest)
        fits = 8 * terms * relative < 1 and self.size + off <= target.largest and not target.daz
        require(fits, "about.arithmetic", "nothing bounds its errors")
        return Form(self.parts, self.size + off, self.error + off)


class Bounds(Exact):
    """The operations of an arithmetic on forms, whose errors are bounded in any order of a sum."""

    def __init__(self, model: Any) -> None:
        require(not isinstance(model, AnyOrder), "about.arithmetic", "not seen to round nothing")
        self.stored_after, self.store, self.own = model.stored_after, self, model.store
        self.targets = [x for x in (model.ops, model.sums) if x is not None]
        if not (model.is_exact or model.on_grid):
            a, b = model.store, model.ops
            held = a.precision <= b.precision and a.emin >= b.emin and a.largest <= b.largest
            require(held, "about.arithmetic", "its states are no operands")

    def of(self, x: Form) -> Form:
        """Return a form once it is stored."""
        return x.off(self.own, 1) if x.error else x

    def affine(self, weights: Sequence[Any], h: Sequence[Form], shift: Any) -> Form:
        """Return the sum of products and a number."""
        terms = [*h, Form([*[0] * (len(h[0].parts) - 1), 1], 1)]
        factors = [Fraction(w) for w in (*weights, shift)]
        (parts,) = product([factors], [x.parts for x in terms])
        (sizes,) = product([[*map(abs, factors)]], [(x.size, x.error) for x in terms])
        return reduce(lambda x, to: x.off(to, len(terms)), self.targets, Form(parts, *sizes))

    def accumulate(self, a: Any, b: Form, c: Form) -> Form:
        """Return c + a b, which is c where a is 0, unless what is small is flushed."""
        return self.affine([1, a], [c, b], 0) if a or any(x.flushes for x in self.targets) else c


# --- maps of points, each a list of where they go


def then(first: Sequence[int], *others: Sequence[int]) -> tuple[int, ...]:
    """Return what some maps do, one after the other."""
    progress.spend(len(first) * (1 + len(others)))
    return reduce(lambda x, y: tuple([y[q] for q in x]), others, tuple(first))


def value_of(word: Any, maps: Sequence[Any], one: Sequence[int]) -> tuple[int, ...]:
    """Return what a word does after the map one, its letters the numbers of some maps."""
    return then(one, *[maps[i] for i in read("evidence", word, [range(len(maps))])])


def inverse(x: Sequence[int]) -> list[int]:
    """Return the inverse of a permutation."""
    return sorted(range(len(x)), key=x.__getitem__)


def conjugate(x: Sequence[int], y: Sequence[int]) -> tuple[int, ...]:
    """Return what the permutation x does once the permutation y has moved the points."""
    return then(inverse(y), x, y)


def order_of(x: Sequence[int]) -> int:
    """Return how often a permutation is repeated until it moves nothing."""
    return next(n for n, y in enumerate(accumulate(repeat(x), then), 1) if y == (*range(len(x)),))


def reached(start: Any, after: Callable[[Any], Iterable[Any]]) -> set[Any]:
    """Return what is reached from a start, whatever each leads to."""
    found, new = {start}, {start}
    while new:
        new = {y for x in new for y in after(x)} - found
        found |= new
    return found


# --- machines and networks


class Machine:
    """A machine: where each letter leads from each state, and what each state outputs, as text."""

    def __init__(self, place: str, value: Any) -> None:
        shape = {"alphabet": [str], "outputs": list, "initial": object, "transitions": object}
        self.alphabet, outputs, self.initial, self.delta = read(place, value, shape)
        self.size, letters = len(outputs), len(self.alphabet)
        self.columns = {letter: a for a, letter in enumerate(self.alphabet)}
        if not letters or len(self.columns) < letters or "" in self.columns:
            malformed(place + ".alphabet", "empty, or a letter is empty or occurs twice")
        self.points, self.words = [range(self.size)], [[range(letters)]]  # shapes, for evidence
        read(place + ".initial", [self.initial], self.points)
        read(place + ".transitions", self.delta, [[*self.points, letters], self.size])
        self.outputs = [text_of(x) for x in outputs]
        self.reached = reached(self.initial, self.delta.__getitem__)
        over = ", ".join(self.alphabet)[:40]
        self.told = [("task", f"a machine of {self.size:,} states over {over}; {digest(value)}")]

    def word(self, place: str, value: Any) -> list[int]:
        """Read a word, a list of letters, as columns."""
        if not self.columns.keys() >= set(read(place, value, [str])):
            malformed(place, "a letter that the machine does not have")
        return [self.columns[letter] for letter in value]

    def after(self, state: int, *words: Sequence[int]) -> int:
        """Return where some words lead from a state, one after the other."""
        for a in chain(*words):
            state = self.delta[state][a]
        return state

    def output(self, *words: Sequence[int]) -> str:
        """Return the output after some words."""
        return self.outputs[self.after(self.initial, *words)]

    def image(self, word: Sequence[int]) -> tuple[int, ...]:
        """Return where a word leads from each state."""
        progress.spend(self.size * len(word))
        return tuple([self.after(q, word) for q in range(self.size)])


class Machines:
    """Two machines over one alphabet."""

    def __init__(self, place: str, value: Any) -> None:
        self.one, self.two = read(place, value, [Machine, 2])
        if self.one.alphabet != self.two.alphabet:
            malformed(place, "the alphabets differ")
        self.word, self.told = self.one.word, [*self.one.told, ("and", self.two.told[0][1])]


class Matrix:
    """A square matrix of rationals."""

    def __init__(self, place: str, value: Any) -> None:
        self.rows = read(place, read(place, value, list), [[rational, len(value)]])
        self.told = [("matrix", f"{len(self.rows)} rows; {text_of(value)[:60]}")]

    def at(self, polynomial: Sequence[Any]) -> list[list[Any]]:
        """Return a polynomial of the matrix."""
        value = [[0 for _ in self.rows] for _ in self.rows]
        for c in reversed(polynomial):
            value = product(value, self.rows)
            for i, row in enumerate(value):
                row[i] = plus(row[i], c)
        return value


class Layer:
    """One layer: what its actions do to a vector, and which code is the nearest."""

    def __init__(self, place: str, value: Any, number: Any, model: Exact) -> None:
        shape: Any = {"alphabet": [str], "dim": range(10**6), "codes": list, "emit": list}
        shape |= {"steps": dict, "initial": list}
        self.alphabet, self.dim, codes, emit, steps, initial = read(place, value, shape)
        self.model, self.number, self.exactly = model, number, model.is_exact
        self.entry = number if model.is_exact else self.operand
        self.numbers = [self.entry, self.dim]
        self.initial = tuple(read(place + ".initial", initial, self.numbers))
        if sorted(steps) != sorted(self.alphabet):
            malformed(place + ".steps", "expected steps for each letter, and no letter twice")
        # What the steps of several letters have in common is one action.
        self.action = {letter: sys.intern(text_of(x)) for letter, x in steps.items()}
        self.steps = {self.action[x]: read(place + ".steps", steps[x], [self.step]) for x in steps}
        codes = [*map(tuple, read(place + ".codes", codes, [[number, self.dim]]))]
        rows = read(place + ".emit", emit, [[str, len(steps)], len(codes)])
        self.emit = [dict(zip(self.alphabet, row, strict=True)) for row in rows]
        # The first of equal codes counts; a float equals, and hashes as, the number it stands for.
        self.equal: dict[Any, int] = {code: c for c, code in reversed([*enumerate(codes)])}
        sorted(self.equal)  # says so unless codes with other coefficients are other vectors
        # Of each code the square, and what is multiplied by a vector.
        scaled = whole([[*code, 1] for code in codes])
        self.scaled = [(EXACT.affine(x, x, 0), [-2 * unit * y for y in x]) for *x, unit in scaled]
        self.weight = 5 * len(codes) + sum(1 + (length(y) >> 9) for _, x in self.scaled for y in x)
        self.packing = struct.Struct(f">{self.dim}d")
        # What vectors share exactly when their bits are the same: +0 and -0 are not.
        self.bits: Any = tuple if model.is_exact else lambda h: self.packing.pack(*h)
        self.unpacked: Any = tuple if model.is_exact else self.packing.unpack

    def operand(self, place: str, value: Any) -> float:
        """Read a number that operations hold."""
        x = self.number(place, value)
        if isinstance(x, Surd) or self.model.ops.of(x) != x:
            malformed(place, "the format of operations does not hold a number")
        return float(x)

    def step(self, place: str, value: Any) -> Any:
        """Read a step as a function of an arithmetic and a vector; the order counts."""
        if "matrix" in read(place, value, dict):
            shape: Any = {"matrix": [self.numbers, self.dim], "bias": self.numbers}
            self.exactly, rows = False, list(zip(*read(place, value, shape), strict=True))
            return lambda model, h: [model.affine(row, h, shift) for row, shift in rows]
        shape = {"beta": self.entry, "key": self.numbers, "write": self.entry}
        beta, key, write = read(place, value, shape)
        # Where a line may shrink, states may be without end: then the nearest code counts.
        self.exactly = self.exactly and times(beta, EXACT.affine(key, key, 0)) in (0, 1, 2)

        def delta(model: Exact, h: Any) -> Any:
            t = model.affine([beta], [model.affine(key, h, -write)], 0)
            return [model.accumulate(-k, t, x) for k, x in zip(key, h, strict=True)]

        return delta if self.dim else lambda _, h: h

    def move(self, action: str, h: Any, model: Any = None) -> Any:
        """Return where an action leads from a vector, in the layer's arithmetic or another."""
        model = model or self.model
        for step in self.steps[action]:
            h = step(model, h)
            if "step" in model.stored_after:
                h = [model.store.of(x) for x in h]
        return tuple([model.store.of(x) for x in h] if "letter" in model.stored_after else h)

    def forms(self, actions: Iterable[str], sizes: Sequence[Any]) -> Any:
        """Return what actions do to states whose coordinates are no larger, as forms."""
        progress.spend(10 * (self.dim + 1) ** 2)
        model, columns = Bounds(self.model), range(self.dim + 1)
        h: Any = [Form([int(i == j) for j in columns], size) for i, size in enumerate(sizes)]
        return reduce(lambda h, action: self.move(action, h, model), actions, h)

    def cast(self, powers: Any, target: Target) -> list[float]:
        """Return the exact state after powers of words, rounded: by squaring, in integers."""
        h = whole([[x] for x in (*self.initial, 1)])  # the others are divided by the last one
        for word, count in powers:
            forms = self.forms(map(self.action.__getitem__, word), [0] * self.dim)
            power = whole([*(form.parts for form in forms), [*[0] * self.dim, 1]])
            while count:
                h = product(power, h) if count & 1 else h
                count >>= 1
                power = product(power, power) if count else power
        return [target.rounded(x, h[-1][0]) if x else 0.0 for (x,) in h[:-1]]

    def vector(self, place: str, value: Any) -> Any:
        """Read a vector: a list of exact numbers, or bits, those of binary64 for each number."""
        if self.model.is_exact:
            return tuple(read(place, value, self.numbers))
        if len(read(place, value, str)) != 16 * self.dim or not re.fullmatch("[0-9a-f]*", value):
            malformed(place, f"expected 16 hexadecimal digits for each of {self.dim} numbers")
        return bytes.fromhex(value)

    def nearest(self, vector: Any, exactly: bool = False) -> int:
        """Return the number of the nearest code, the first of equals; -1 without one."""
        found = self.equal.get(vector, -1)
        if found >= 0 or not self.scaled:
            return found
        if exactly:  # no hash tells whether other coefficients are the same number, but == does
            progress.spend(self.weight)
            return next((c for code, c in self.equal.items() if code == vector), -1)
        if any(isinstance(x, Surd) for x in vector):
            away = [EXACT.affine(code, vector, square) for square, code in self.scaled]
            return away.index(min(away))
        if any(x * 0 for x in vector):  # an infinity or a NaN
            return -1
        ratios = [x.as_integer_ratio() for x in vector]
        unit = unit_of(d for _, d in ratios)
        progress.spend(self.weight * (1 + (unit.bit_length() >> 8)))
        h = [n * (unit // d) for n, d in ratios]
        away = [square * unit + sum(map(mul, code, h)) for square, code in self.scaled]
        return away.index(min(away))


class Network:
    """A network, its task and its arithmetic."""

    def __init__(self, place: str, value: Any) -> None:
        network: Any = {"schema": {"negeig.network/1"}, "alphabet": [str], "field": optional(Field)}
        network |= {"layers": list, "outputs": dict, "empty": object}
        shape = {"machine": Machine, "network": network, "arithmetic": object}
        self.machine, (_, letters, field, layers, outputs, empty), model = read(place, value, shape)
        place += ".network"
        if sorted(letters) != sorted(self.machine.alphabet):
            malformed(place + ".alphabet", "not the letters of the machine")
        fields = read("about.arithmetic", model, {model} if model == "exact" else dict)
        rounded: Any = AnyOrder if "operands" in fields else Rounded
        self.model = EXACT if model == "exact" else rounded(model)
        read_by = field.number if field else rational, self.model
        self.layers = [Layer(f"{place}.layers[{i}]", x, *read_by) for i, x in enumerate(layers)]
        self.outputs = {symbol: text_of(x) for symbol, x in outputs.items()}
        self.empty = text_of(empty)
        written = [letters, *(chain(*map(dict.values, x.emit)) for x in self.layers)]
        known: Any = [*(x.action for x in self.layers), self.outputs]
        if not all(x.keys() >= {*symbols} for x, symbols in zip(known, written, strict=True)):
            malformed(place, "a symbol that comes out and is not read")
        sizes = ", ".join(str(layer.dim) for layer in self.layers) or "none"
        shown = f"dimensions of its layers: {sizes}; {digest(value['network'])}"
        said = text_of(model).strip('"')
        self.told = [*self.machine.told, ("network", shown), ("arithmetic", said)]

    def run(self, word: Sequence[str], view: Any = tuple, strictly: bool = False) -> Any:
        """Return views of the layers' states after a word; what comes out, if they have codes."""
        states, symbol = [layer.initial for layer in self.layers], None
        for symbol in word:
            for i, layer in enumerate(self.layers):
                states[i] = layer.move(layer.action[symbol], states[i])
                code = layer.nearest(view(states[i]), strictly and layer.exactly)
                if strictly and code < 0:  # then nothing comes out any more
                    return states, None
                symbol = layer.emit[code][symbol] if code >= 0 else None
                if symbol is None:
                    break
        return [*map(view, states)], symbol


# --- where words lead: rows of states that letters keep


class Table:
    """The vectors of a layer, numbered, and where letters lead: worked out when it is asked for."""

    def __init__(self, lines: Lines, layer: Layer, count: int) -> None:
        self.layer, self.rows, self.ends = layer, dict[Any, int](), range(count)
        for new, (place, (vector,)) in enumerate(lines.rows("vectors", count, layer.vector)):
            if self.rows.setdefault(vector, new) != new:
                malformed(place, "a vector that occurs twice")
        self.start, self.vectors = self.rows.get(layer.bits(layer.initial), -1), list(self.rows)
        states = map(layer.unpacked, self.vectors)
        self.codes = array("i", [layer.nearest(h, layer.exactly) for h in states])
        progress.spend(count * len(layer.steps))
        self.after = {action: array("i", [-1]) * count for action in layer.steps}

    def step(self, place: str, row: int, letter: str) -> list[tuple[int, str]]:
        """Return to which row a letter leads, and which symbol comes out: a list of one pair."""
        layer, action = self.layer, self.layer.action[letter]
        reached = self.after[action][row]
        if reached < 0:
            moved = layer.move(action, layer.unpacked(self.vectors[row]))
            reached = self.after[action][row] = self.rows.get(layer.bits(moved), -1)
            require(reached >= 0, place, "a layer's vector leads to none of its vectors")
            require(self.codes[reached] >= 0, place, "a layer's vector is no code")
        return [(reached, layer.emit[self.codes[reached]][letter])]


class Regions:
    """Boxes of a layer's states, each in the cell of a code, and where letters lead."""

    start = 0

    def __init__(self, lines: Lines, layer: Layer, count: int) -> None:
        self.layer, self.ends, self.rows, dim = layer, range(count), list[Any](), layer.dim
        require(not layer.exactly, "regions", "the states of a layer have to equal its codes")
        shape = {"box": [[rational, 2], dim], "code": range(len(layer.scaled))}
        shape |= {"after": [range(count), len(layer.alphabet)]}
        for place, ((box, code, after),) in lines.rows("regions", count, shape):
            square, factors = layer.scaled[code]
            for c, (other, others) in enumerate(layer.scaled):
                gap = [*map(plus, factors, [-x for x in others]), square - other]
                nearer = between(gap, [*box, (1, 1)])[1]  # than the other code, the less the better
                require(nearer < 0 or (nearer == 0 and code <= c), place, "in no code's cell")
            self.rows.append((box, code, dict(zip(layer.alphabet, after, strict=True))))
        first, model = [(x, x) for x in layer.initial], layer.model
        require(inside(first, self.rows[0][0]), "regions", "the first one lacks the initial state")
        is_stored = model.is_exact or all(model.store.of(x) == x for x in layer.initial)
        require(is_stored, "about.arithmetic", "storing rounds the initial state")
        sizes = [max(abs(x) for box, *_ in self.rows for x in box[i]) for i in range(dim)]
        self.moves = {action: layer.forms([action], sizes) for action in layer.steps}

    def step(self, place: str, row: int, letter: str) -> list[tuple[int, str]]:
        """Return to which region a letter leads, and which symbol comes out: a list of one pair."""
        (box, _, after), forms = self.rows[row], self.moves[self.layer.action[letter]]
        image = [between([*x.parts, x.error], [*box, (1, 1), (-1, 1)]) for x in forms]
        goal, code, _ = self.rows[after[letter]]
        require(inside(image, goal), place, "a region leads out of the next one")
        return [(after[letter], self.layer.emit[code][letter])]


def inside(box: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether a box lies in another."""
    return all(a <= x and y <= b for (x, y), (a, b) in zip(box, other, strict=True))


class Classes:
    """The rows of some tables, taken together, in classes, which lead wherever a member does."""

    ends = COUNT

    def __init__(self, lines: Lines, letters: Any, parts: Sequence[Any], count: int) -> None:
        ends = [part.ends for part in parts]  # none is -1, a missing start
        classes = {tuple(at): own for _, (own, *at) in lines.rows("classes", count, COUNT, *ends)}
        self.start = classes.get(tuple([part.start for part in parts]), -1)
        self.ways: dict[Any, set[tuple[int, str]]] = {}
        for member, own in classes.items():
            for letter in letters:
                place = f"class {own}, letter {letter}"
                for reached, symbol in ways(place, parts, member, letter):
                    require(reached in classes, place, "it leads to no class")
                    self.ways.setdefault((own, letter), set()).add((classes[reached], symbol))

    def step(self, _: str, row: int, letter: str) -> Iterable[tuple[int, str]]:
        """Return to which classes a letter may lead, and which symbols come out then."""
        progress.spend(10 * len(self.ways[row, letter]))
        return self.ways[row, letter]


def ways(place: str, parts: Sequence[Any], at: Sequence[int], letter: str) -> Iterator[Any]:
    """Yield to which rows of tables, one above the other, a letter may lead, with symbols."""
    progress.spend(20)
    if not parts:
        yield (), letter
    for to, below in ways(place, parts[:-1], at[:-1], letter) if parts else ():
        for reached, symbol in parts[-1].step(place, at[-1], below):
            yield (*to, reached), symbol


# --- the kinds: what checks them, what they claim, what about, and the evidence

KINDS: dict[str, tuple[Callable[..., str], str, Any, Any]] = {}


def kind(name: str, about: Any, evidence: Any, claim: str = "") -> Callable[[Any], Any]:
    """Enter what checks a kind, given lines, what a claim is about, and parts of its evidence."""
    # The claim is its docstring unless one is given; a name stands for a method that reads a part.

    def enter(check: Any) -> Any:
        said = claim or check.__doc__ or "nothing: python -OO has no docstrings."
        KINDS[name] = check, said[0].lower() + said[1:-1], about, evidence
        return check

    return enter


STATES: dict[str, Any] = {"layers": COUNTS, "states": COUNT}
CONTEXT: dict[str, Any] = {"prefix": "word", "suffix": "word"}
# Of what is left: the layers that it takes, how many of e and f are idempotent, and which two words
# differ, in e, f and late, numbered in this order.
ENDINGS: Any = {"complexity": (0, 0, [1], []), "one layer": (1, 0, [1], [])}
ENDINGS |= {"letters": (2, 1, [1, 0], [0]), "idempotents": (2, 2, [2, 0, 1, 0], [2, 1, 0])}
LAST = (3, *ENDINGS["idempotents"][1:])
ENDINGS |= dict.fromkeys(("last parts", "last letters", "last edges"), LAST)
PEELING = CONTEXT | dict.fromkeys(("e", "f", "late"), COUNTS) | {"reflections": bool}
PEELING |= {"links": [{"parts": [COUNTS], "idempotent": COUNTS, "generators": [COUNTS]}]}
PEELING |= {"ending": {*ENDINGS}, "last": [{"words": [COUNTS], "tail": COUNT, "head": COUNT}]}
SCALAR = {"letters": [COUNT, 2], "constant": [[COUNTS, 3], 2], "identity": [[COUNTS, 2], 3]}
NEEDS = {"plane": "3 dimensions in one layer", "space": "4 dimensions in one layer"}
NEEDS |= {"not solvable": "3 dimensions in some layer", "not A5": "5 dimensions in some layer"}
NEEDS |= {"one step": "2 steps a letter in one layer", "four steps": "4 steps in one layer"}
GROUP: Any = {"points": "points", "apart": "words", "generators": "words", "needs": {*NEEDS}}
GROUP |= {"turn": COUNTS, "by": COUNTS, "elements": [COUNTS], "commutators": [[COUNTS, 2]]}
# Orders of the rotations of a tetrahedron, a cube and an icosahedron; of the irreducible finite
# reflection groups that are neither of a simplex nor of a cube, by rank.
SOLIDS = [[1] + 3 * [2] + 8 * [3], [1] + 9 * [2] + 8 * [3] + 6 * [4]]
SOLIDS += [[1] + 15 * [2] + 20 * [3] + 24 * [5]]
OTHERS = {3: [120], 4: [1152, 14400], 6: [51840], 7: [2903040], 8: [696729600]}
FINITE = "of finitely many exact states"
UP_TO = "For words of up to this length the network's output is the machine's."
EFE = "The words e and f are idempotent, and efe and fe differ in this context."
LEVEL: Any = {"points": COUNT, "maps": [COUNTS], "contexts": [COUNTS], "choice": [COUNTS]}
EQUATION: Any = {"letter": str, "pair": [COUNT, 2], "back": [str], "multiplier": [rational]}
FACTOR: Any = {"polynomial": [rational], "points": [rational], "exponent": range(1, MAX_ROWS)}
SPECTRA = {"real", "nonnegative", "non-real", "not-nonnegative"}
POWERS = [{"word": [str], "times": range(10**9)}]


@kind("closure", Network, STATES)
@kind("layers", Network, STATES | {"classes": COUNTS})
@kind("regions", Network, STATES | {"classes": COUNTS, "regions": [bool]})
@kind("horizon", Network, STATES | {"length": COUNT}, UP_TO)
def _states(lines: Lines, network: Network, layers: Any, states: int, **more: Any) -> str:
    """For words of every length the network's output is the machine's."""
    machine, letters = network.machine, network.machine.alphabet
    length, classes = more.get("length"), more.get("classes", ())
    boxes = more.get("regions") or [False] * len(layers)
    read("evidence.layers", [layers, boxes], [[object, len(network.layers)]])
    given = zip(network.layers, layers, boxes, strict=True)
    tables: Any = [(Regions if is_box else Table)(lines, layer, n) for layer, n, is_box in given]
    if classes:
        own = [letters, *(x.alphabet for x in network.layers[1:])]
        both = zip(own, tables, classes[: len(own)], strict=True)
        tables = [Classes(lines, read_by, [table], n) for read_by, table, n in both]
        for n in classes[len(own) :]:
            tables[:2] = [Classes(lines, letters, tables[:2], n)]
    known, rows = dict[Any, int](), dict[Any, int]()
    alike = [rows.setdefault(tuple(row), q) for q, row in enumerate(machine.delta)]
    ends = [range(machine.size), *(table.ends for table in tables)]
    ends += [] if length is None else [range(length + 1)]
    for _, (q, *at) in lines.rows("states", states, *ends):
        depth = 0 if length is None else at.pop()
        known[alike[q], *at] = depth
    require(network.empty == machine.output(), "network.empty", "not the machine's output")
    start = known.get((alike[machine.initial], *[table.start for table in tables]))
    require(start == 0, "states", "the start is missing")
    for (q, *at), depth in known.items():
        state = "/".join(map(str, at))
        for letter, goal in zip(letters, machine.delta[q], strict=True) if depth != length else ():
            place = f"state {state}, letter {letter}"
            for reached, symbol in ways(place, tables, at, letter):
                is_right = network.outputs[symbol] == machine.outputs[goal]
                require(is_right, place, "the output is not the machine's")
                after = known.get((alike[goal], *reached), math.inf)
                require(after <= depth + 1, place, "it leads to no state of the table")
    return f"{states:,} states; of the layers: {', '.join(f'{n:,}' for n in layers) or 'none'}"


@kind("word", Network, {"word": [str]})
def _word(_: Lines, network: Network, word: Any) -> str:
    """On this word the network's output is not the machine's."""
    goal = network.machine.output(network.machine.word("evidence.word", word))
    # Exact states that leave their codes are of no use; in any order a run may still round to one.
    symbol = network.run(word, strictly=network.model is EXACT)[1]
    output = network.outputs.get(symbol, "nothing") if word else network.empty
    require(output != goal, "evidence.word", "the network is right")
    return f"{text_of(word)[:60]}, length {len(word):,}: the network's is {output}, not {goal}"


@kind("collision", Network, {"words": [POWERS, 2], "cast": optional(Target)})
def _collision(_: Lines, network: Network, words: Any, cast: Any) -> str:
    """No decoder of the network's state, or of its cast, and of the last letter is right."""
    task, layers, seen = network.machine, network.layers, list[Any]()
    if cast:
        cast.saturates = True
        if not network.model.is_exact:
            malformed("evidence.cast", "only exact states are cast")
    view: Any = (lambda h: tuple(map(cast.of, h))) if cast else tuple
    for word in words:
        progress.spend(sum(10 * len(part) * count for part, count in word))
        letters = [a for part, count in word for a in part * count]
        goal = task.output(task.word("evidence.words", letters))
        is_power = cast and len(layers) == 1
        states: Any = layers[0].cast(word, cast) if is_power else network.run(letters, view)[0]
        is_exact = network.model.is_exact and not cast  # else the text tells 0 from -0
        seen.append((letters[-1:], goal, states if is_exact else repr(states)))
    (last, one, states), (other_last, two, other_states) = seen
    require(last == other_last != [], "evidence.words", "they do not end in one letter")
    require(states == other_states, "evidence.words", "they lead to different states")
    require(one != two, "evidence.words", "the machine's outputs are the same")
    return f"outputs {one} and {two} must differ, the states do not"


@kind("equivalence", Machines, {"pairs": [[COUNT, 2]]})
def _equivalence(_: Lines, machines: Machines, pairs: Any) -> str:
    """Both machines have the same output on every word."""
    one, two = machines.one, machines.two
    pairs = {*map(tuple, read("evidence.pairs", pairs, [(range(one.size), range(two.size))]))}
    require((one.initial, two.initial) in pairs, "evidence.pairs", "the start is missing")
    progress.spend(len(pairs) * len(one.alphabet))
    for p, q in pairs:
        require(one.outputs[p] == two.outputs[q], f"pair {p}, {q}", "the outputs differ")
        after = set(zip(one.delta[p], two.delta[q], strict=True))
        require(after <= pairs, f"pair {p}, {q}", "a letter leads to no pair")
    return f"{len(pairs):,} pairs of states"


@kind("inequivalence", Machines, {"word": [str]})
def _inequivalence(_: Lines, machines: Machines, word: Any) -> str:
    """The outputs of the machines differ on this word."""  # noqa: D401
    one, two = (m.output(m.word("evidence.word", word)) for m in (machines.one, machines.two))
    require(one != two, "evidence.word", "the outputs are the same")
    return f"{text_of(word)[:60]}, length {len(word):,}: outputs {one} and {two}"


@kind("period", Machine, CONTEXT | {"index": COUNT, "period": COUNT, "word": "word"})
def _period(_: Lines, m: Machine, index: int, period: int, **words: Any) -> str:
    """The outputs on prefix word^k suffix have this least index and period in k."""  # noqa: D401
    step, last = m.image(words["word"]), m.image(words["suffix"])
    at = m.after(m.initial, words["prefix"])
    read("evidence.period", period, range(1, m.size + 1))
    read("evidence.index", index, range(m.size))
    states = accumulate(range(3 * m.size), lambda q, _: step[q], initial=at)
    shown = [m.outputs[last[q]] for q in states]  # q repeats within m.size, and so all of this

    def repeats(length: int, since: int) -> bool:
        return shown[since:-length] == shown[since + length :]

    progress.spend(100 * m.size)  # a number as small has few divisors
    least = [d for d in range(1, period + 1) if period % d == 0 and repeats(d, index)]
    require(least == [period], "evidence.period", "not the least one from the index on")
    require(not index or not repeats(period, index - 1), "evidence.index", "it is earlier")
    told = (f"{key} {text_of([m.alphabet[a] for a in x])[:40]}" for key, x in words.items())
    return f"period {period} from {index} on: {', '.join(told)}"


@kind("idempotents", Machine, CONTEXT | {"e": "word", "f": "word"}, EFE)
@kind("peeling", Machine, PEELING)
def _peeling(_: Lines, m: Machine, e: Any, f: Any, **more: Any) -> str:
    """Peeling the machine's monoid at these idempotents leaves what the ending says."""
    late, last, links = (more.get(x, []) for x in ("late", "last", "links"))
    ending, reflections = more.get("ending", "idempotents"), more.get("reflections", True)
    one, generators = (*range(m.size),), [m.image([a]) for a in range(len(m.alphabet))]

    def value(of: Sequence[Any], word: Sequence[int]) -> tuple[int, ...]:
        """Return what a word does to states, after the identity that is left."""
        return value_of(word, of, one)

    def one_of_k(word: Sequence[int], place: str) -> tuple[int, ...]:
        """Return what a word axb does: x in parts and aba = a or bab = b, or else an idempotent."""
        inner = [i for i, x in enumerate(word) if x >= len(generators)] or [len(word)]
        a, b = (value(generators, x) for x in (word[: inner[0]], word[inner[-1] + 1 :]))
        fits = then(a, b, a) == a or then(b, a, b) == b
        require(fits and inner[-1] - inner[0] < len(inner), place, "not idempotent, no conjugate")
        return value(paths, word)

    for n, (parts, word, words) in enumerate(links):
        place, paths = f"evidence.links[{n}]", [*generators]
        if reflections:  # the layer is left alone by what every group takes for 1; else by all
            for part in parts:
                paths.append(one_of_k(part, place))
            generators = paths[len(generators) :]
        kept = value(generators, word)
        require(then(kept, kept) == kept, place, "not idempotent")
        if not {*chain(*words)} <= {*word}:  # then these begin one order in which parts come last
            orders = [[*dict.fromkeys(reversed(each))] for each in (word, *words)]
            whole = max(orders, key=len)
            fits = reflections and all(each == whole[: len(each)] for each in orders)
            require(fits, place, "a part need not divide the idempotent, and is in no order")
            ends = [value(generators, each) for each in words if {*each} == {*whole}]
            led = {x[q] for x in ends for q in m.reached}
            require(led >= {*kept}, place, "not all states of the idempotent are led to")
        one = kept
        generators = [then(value(generators, each), one) for each in words]
    tree, paths, first = dict[tuple[int, int], Any](), [*generators], len(generators)
    for n, (words, tail, head) in enumerate(last):
        place, is_edge, fits = f"evidence.last[{n}]", ending == "last edges", True
        images = [value(paths, word) if is_edge else one_of_k(word, place) for word in words]
        x = then(one, *images)
        if is_edge and min(tail, head) <= len(tree) < max(tail, head) <= len(tree) + 1:
            tree[head, tail] = x  # to another place; and each inverse of it leads back
        elif is_edge:
            fits = (tail, head) in tree and then(x, tree[tail, head], x) == x
        elif ending == "last letters":
            fits = not reflections and [max(w, default=0) < first for w in words] == [True]
        require(fits, place, "no part of this ending")
        paths.append(x)

    def order(word: Sequence[int], *starts: int) -> list[int]:
        """Return the order in which parts come last in a path from some place to the first one."""
        at, found, free = 0, dict[int, int](), set[int]()
        for i in reversed(word):
            if i not in free:
                require(i >= first, "evidence", "a letter of no part behind it")
                words, tail, head = last[i - first]
                require(head == at, "evidence", "no path")
                if ending == "last letters" and i not in found:
                    free.update(*words)
                at, found[i] = tail, i
        require(not starts or at in starts, "evidence", "no loop")
        return list(found)

    layers, count, *sides = ENDINGS[ending]
    maps = [value(paths, word) for word in (e, f, late)]
    require(all(then(x, x) == x for x in maps[:count]), "evidence", "not idempotent")
    at, suffix = m.after(m.initial, more["prefix"]), more["suffix"]
    require(bool(links or suffix or layers != 1), "evidence.suffix", "the last letter may tell it")
    if ending == "letters":
        require(not reflections and {*f} <= {*e}, "evidence.f", "it need not divide e")
    elif ending == "complexity":  # the maps e, f and late generate all maps of the points
        swap, turn, merge = maps
        points = list(dict.fromkeys(accumulate(range(m.size), lambda q, _: turn[q], initial=at)))
        image, layers = {merge[q] for q in points}, len(points) - 1
        holds = turn[points[-1]] == at and image < {*points} and len(image) == layers
        holds = holds and [swap[q] for q in points] == [*points[1::-1], *points[2:]]
        require(holds, "evidence", "not all maps of the points")
    for word in (e, f) if ending.startswith("last") else ():
        seen = order(word, 0)
        require(order(late)[: len(seen)] == seen, "evidence", "in another order than parts of late")
    one_side, other = (m.outputs[m.after(value(maps, side)[at], suffix)] for side in sides)
    require(one_side != other, "evidence", "the outputs in this context are the same")
    n, beside = len(links) + layers, "with" if reflections else "without"
    return f"at least {n} contractive layer{'s' * (n > 1)}, {beside} reflections, {FINITE}"


@kind("scalar", Machine, SCALAR)
def _scalar(_: Lines, m: Machine, letters: Any, constant: Any, identity: Any) -> str:
    """Letters act neither as constants nor as the identity or one mirror."""
    a, b = letters
    read("evidence", [letters, *chain(*constant, *identity)], m.words)
    for letter, (u, v, w) in zip(letters, constant, strict=True):
        differ = m.output(u, [letter], w) != m.output(v, [letter], w)
        require(differ, "evidence.constant", "a letter may be a constant")
    for word, (u, w) in zip(([a], [b], [a, b]), identity, strict=True):
        differ = m.output(u, word, w) != m.output(u, w)
        require(bool(w) and differ, "evidence.identity", "a word may be the identity")
    return f"at least 2 dimensions in one layer, {FINITE}"


def planar(n: int) -> list[list[int]]:
    """Return the orders of the elements of a cyclic and of a dihedral group with n elements."""
    cyclic, half = ([k // math.gcd(k, i) for i in range(k)] for k in (n, n // 2))
    return [cyclic, half + n // 2 * [2]]


def spatial(n: int, abelian: bool) -> list[list[int]]:
    """Return those of groups of isometries of space, and of their quotients, with n elements."""
    halves = [*planar(n // 2)[not abelian :], *SOLIDS]
    return [*planar(n), *SOLIDS, *([math.lcm(k, i) for k in x for i in (1, 2)] for x in halves)]


def reflected(n: int, rank: int) -> bool:
    """Whether n divides the order of an irreducible finite reflection group of rank 3 to this."""
    factorial = math.factorial
    sizes = ((factorial(r + 1), factorial(r) << r, *OTHERS.get(r, ())) for r in range(3, rank + 1))
    return any(size % n == 0 for of_rank in sizes for size in of_rank)


@kind("group", Machine, GROUP)
def _group(_: Lines, m: Machine, points: Any, apart: Any, generators: Any, **more: Any) -> str:
    """Words permute states that outputs tell apart, as a group with these needs."""
    needs, turn, elements = more["needs"], more["turn"], more["elements"]
    at, one = {q: i for i, q in enumerate(points)}, (*range(len(points)),)
    progress.spend(len(points) * sum(4 + len(word) for word in (*apart, *generators)))
    shown = {tuple([m.outputs[m.after(q, w)] for w in apart]) for q in points}
    is_told = len(shown) == len(points) and m.reached >= at.keys()
    require(is_told, "evidence.points", "they are not told apart, or not reached")
    moved = [tuple([at.get(m.after(q, w), -1) for q in points]) for w in generators]
    permute = all(sorted(x) == [*one] for x in moved)
    require(permute, "evidence.generators", "one does not permute the points")
    if needs in ("one step", "four steps"):
        require({*map(len, generators)} == {1}, "evidence.generators", "a word is no letter")
    if needs == "four steps":  # for a power of a letter, by a conjugate of it
        c, by = (value_of(word, moved, one) for word in (turn, more["by"]))
        n = order_of(c)
        p = next((p for p in range(2, n) if n % p == 0), n)
        is_turn = len({*turn}) == 1 and p > 2 and pow(p, n, n) == 0
        require(is_turn, "evidence.turn", "no power of a letter, of odd prime power order")
        moved = [c, conjugate(c, by)]
    if needs.startswith("not") or (needs == "four steps" and elements):  # commutators of each other
        values = [value_of(word, moved, one) for word in elements]
        read("evidence.commutators", more["commutators"], [object, len(values)])
        for x, pair in zip(values, more["commutators"], strict=True):
            y, z = (value_of(word, values, one) for word in pair)
            made = then(inverse(y), conjugate(y, z))
            made = then(*(1 if needs == "not solvable" else 30) * [made])  # 1 in A5
            require(x == made != one, "evidence.elements", "one is not as its commutator")
        require(bool(values), "evidence.elements", "there are none")
        return f"at least {NEEDS[needs]}, {FINITE}"
    listed = reached(one, lambda x: [then(x, y) for y in moved])
    n, orders = len(listed), sorted(map(order_of, listed))
    if needs == "four steps":
        fits = orders == SOLIDS[2] and all(conjugate(c, x) != moved[1] for x in listed)
    elif needs == "space":
        abelian = all(conjugate(x, y) == x for x in moved for y in moved)
        fits = orders not in map(sorted, spatial(n, abelian))
    else:
        fits = orders not in map(sorted, planar(n))
    if needs == "one step":  # letters that are linked by not commuting
        linked = reached(moved[0], lambda x: [y for y in moved if conjugate(x, y) != x])
        fits = fits and linked == {*moved} and not reflected(n, len(linked))
    require(fits, "evidence.needs", f"a group of order {n} may do with less")
    return f"a group of order {n:,}: at least {NEEDS[needs]}, {FINITE}"


@kind("cascade", Machine, {"initial": COUNTS, "levels": [LEVEL], "states": [(COUNTS, COUNT)]})
def _cascade(_: Lines, machine: Machine, initial: Any, levels: Any, states: Any) -> str:
    """Every level permutes or resets, and the cascade computes the machine."""
    place, columns, read_levels = "evidence.levels", len(machine.alphabet), list[Any]()
    for points, maps, contexts, choice in levels:
        for image in read(place + ".maps", maps, [[range(points), points]]):
            require(len(set(image)) in (1, points), place, "neither permutes nor resets")
        read(place + ".choice", choice, [[range(len(maps)), columns], len(contexts)])
        rows = zip(contexts, choice, strict=True)
        read_levels.append({tuple(at): [maps[m] for m in row] for at, row in rows})
    states = read("evidence.states", states, [([COUNT, len(levels)], range(machine.size))])
    at = {tuple(point): state for point, state in states}
    require(at.get(tuple(initial)) == machine.initial, "evidence.initial", "not the start")
    progress.spend(len(at) * len(levels) * (len(levels) + 2 * columns))
    for point, state in at.items():
        maps = [rows[point[:i]] for i, rows in enumerate(read_levels)]
        for a, goal in enumerate(machine.delta[state]):
            after = at.get(tuple([m[a][p] for m, p in zip(maps, point, strict=True)]))
            require(after == goal, f"states {point}, letter {a}", "it leads elsewhere")
    require(set(at.values()) == set(range(machine.size)), "states", "not onto")
    return f"{len(levels)} levels, {len(at):,} tuples"


@kind("infeasibility", Machine, {"vanishing": [rational], "equations": [EQUATION]})
def _infeasibility(_: Lines, m: Machine, vanishing: Any, equations: Any) -> str:
    """No contractive layer has affinely independent points for the machine's states."""
    for factors in (vanishing, *(multiplier for *_, multiplier in equations)):
        read("evidence", factors, [object, m.size])
        require(reduce(plus, factors, 0) == 0, "evidence", "the sum of some factors is not 0")
    require(any(vanishing), "evidence.vanishing", "it is 0")
    total = [[times(x, y) for y in vanishing] for x in vanishing]
    for i, (letter, pair, back, y) in enumerate(equations):
        place, (p, q) = f"evidence.equations[{i}]", read("evidence", pair, [range(m.size)])
        a, *others = m.word(place, [letter, *back])
        image = {m.after(state, [a], others) for state in (p, q)}
        require(p != q and image == {p, q}, place, "the words do not bring the pair back")
        for r, weight in enumerate(y):
            for state, signed in ((p, weight), (q, -weight)) if weight else ():
                for u, v in ((state, r), (r, state)):
                    total[u][v] = plus(total[u][v], signed)
                    u, v = m.delta[u][a], m.delta[v][a]
                    total[u][v] = plus(total[u][v], -signed)
    require(not any(map(any, total)), "evidence", "the matrix equation does not hold")
    return f"{len(equations)} equations"


@kind("spectrum", Matrix, {"kind": SPECTRA, "trace": [rational], "factors": [FACTOR]})
def _spectrum(_: Lines, matrix: Matrix, kind: str, trace: Any, factors: Any) -> str:
    """The eigenvalues of the matrix are of this kind."""  # noqa: D401
    a, size, place = matrix.rows, len(matrix.rows), "evidence.factors"
    if kind in ("non-real", "not-nonnegative"):  # the trace of q(A)^2, or of A q(A)^2, is < 0
        q = matrix.at(trace)
        square = product(product(a, q) if kind == "not-nonnegative" else q, q)
        found = reduce(plus, (row[i] for i, row in enumerate(square)), 0)
        require(found < 0, "evidence.trace", "the trace is not negative")
        return kind
    # The matrix is a root of a product of factors that change sign as often as their degree.
    value, degree = matrix.at([1]), 0
    for p, points, exponent in factors:
        degree += exponent * (len(p) - 1)
        require(1 < len(p) == len(points) and degree <= size, place, "of another degree")
        require(sorted(set(points)) == points, place, "not ascending")
        signs = [sign(p, [x]) for x in points]
        require(all(x * y < 0 for x, y in pairwise(signs)), place, "no sign changes")
        is_right = kind == "real" or points[0] >= 0 or (len(p) == 2 and p[0] == 0)
        require(is_right, place, "room for a negative root")
        for _i in range(exponent):
            value = product(value, matrix.at(p))
    require(not any(map(any, value)), place, "the matrix is no root of their product")
    return kind


# --- the program


def check_one(lines: Lines, header: Any, permitted: set[str]) -> list[tuple[str, str]]:
    """Check one certificate, whose header was read; return what was verified, with labels."""
    shape: Any = {"schema": {SCHEMA}, "kind": set(KINDS), "claim": str, "about": object}
    shape |= {"evidence": object, "assumptions": [{"id": str, "statement": str}]}
    _, kind, claim, about, evidence, assumed = read(f"line {progress.line}", header, shape)
    check, claimed, about_shape, shape = KINDS[kind]
    read("claim", claim, {claimed})
    ids = {name: ("assumes", printable(f"{name}: {statement}")) for name, statement in assumed}
    if len(ids) < len(assumed):
        malformed("assumptions", "one is listed twice")
    subject = read("about", about, about_shape)
    shape = {key: getattr(subject, x) if type(x) is str else x for key, x in shape.items()}
    parts = dict(zip(shape, read("evidence", evidence, shape), strict=True))
    got = [("claim", claim), *subject.told, ("evidence", check(lines, subject, **parts))]
    asked = {name: ids[name] for name in ids if name not in permitted}
    require(not asked, "assumptions", f"not permitted: --permit {','.join(asked)}", *asked.values())
    return [*((x, printable(y)) for x, y in got), *ids.values(), ("sha256", lines.hash.hexdigest())]


def printable(text: str) -> str:
    """Return a text of the file in which nothing but ASCII is printed, and on one line."""
    return text.encode("unicode_escape").decode("ascii")


def check(file: Any, permitted: set[str], steps: int = STEPS) -> Iterator[tuple[str, str, Any]]:
    """Yield a verdict, the reason unless it is VERIFIED, and what is told of it; one fails last."""
    lines = Lines(file)
    progress.line, progress.left, progress.given = 0, steps, steps
    try:
        while (header := lines.read(MAX_HEADER)) is not None:
            yield "VERIFIED", "", check_one(lines, header, permitted)
            lines.hash = hashlib.sha256()
        if progress.line == 1:
            malformed("line 1", "the file is empty")
        return
    except Failure as failure:
        found, why, *told = failure.args
    except Exception:  # whatever reading a value of another form ends in
        found, why, *told = "MALFORMED", f"up to line {progress.line}: not of the form of its kind"
    yield found, printable(why)[:600], told


def opened(path: str) -> IO[bytes]:
    """Open a file to be read, unless it is a pipe or a device, which may never end."""
    if os.path.exists(path) and not os.path.isfile(path):
        raise OSError(0, "not a regular file", path)
    return open(path, "rb")


def main(arguments: Sequence[str]) -> int:
    """Check the certificates of a file and print what is found; return the exit code."""
    parser = argparse.ArgumentParser(description="Check a certificate of negeig.")
    parser.add_argument("file")
    permit: Any = {"action": "append", "default": [], "help": "assumptions that you accept"}
    parser.add_argument("--permit", metavar="ID,...", **permit)
    parser.add_argument("--steps", metavar="N", default=str(STEPS), help="work that a file gets")
    given, answers = parser.parse_args(arguments), list[str]()
    if not re.fullmatch(r"[+]?0*[1-9](_?[0-9]){0,17}([eE][+]?[0-9]{1,2})?", given.steps):
        parser.error(f"--steps: expected a whole number, at least 1, found {given.steps!r}")
    permitted, steps = {*re.findall("[^ ,]+", ",".join(given.permit))}, int(Fraction(given.steps))
    try:
        with opened(given.file) as file:
            for verdict, reason, told in check(file, permitted, steps):
                lines = [f"{verdict}: {reason}" if reason else verdict]
                lines += [f"  {label:<11} {text}" for label, text in told]
                answers.insert(0 if reason else len(answers), "\n".join(lines))
    except OSError as error:
        verdict, answers = "MALFORMED", [f"MALFORMED: {printable(given.file)}: {error.strerror}"]
    try:  # One that fails is the last that is read, and the first that is printed.
        print(*answers, sep="\n", flush=True)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # whoever reads has seen enough
            print(f"the output cannot be written: {error.strerror}", file=sys.stderr)
            return 3
    return ("VERIFIED", "NOT VERIFIED", "MALFORMED").index(verdict)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
