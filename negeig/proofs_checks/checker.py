"""Checks certificates of negeig: one file, Python's standard library only, and nothing of negeig.

    python checker.py FILE [--permit ID,...]

prints VERIFIED (exit 0), NOT VERIFIED (1) or MALFORMED (2) with the place; 3 says that it could
not be printed. Nothing in the file is
trusted and nothing is searched for: every step is taken again, in exact numbers or rounded from
the bits. The time is linear in the file. The format is described in docs/certificates.md.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import math
import operator
import os
import re
import struct
import sys
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, pairwise, zip_longest
from typing import Any, NoReturn, TypeAlias

SCHEMA = "negeig.certificate/1"
MAX_HEADER, MAX_ROW = 16_000_000, 1_000_000  # bytes of a line
MAX_PARTS = 800_000  # commas and brackets of a line: parsing takes about 100 bytes for each
MAX_ROWS = 20_000_000
PLACES = 400  # bits after the point to which the root of a field is known
MAX_WORK = 100_000_000  # letters times states, or bits of all exact numbers of one orbit


class MalformedError(Exception):
    """The file is no certificate."""


class UnprovedError(Exception):
    """The certificate is well formed and does not show its claim."""


def malformed(place: str, problem: str) -> NoReturn:
    """Say that the file is no certificate, and where."""
    raise MalformedError(f"{place}: {problem}")


def require(holds: bool, place: str, problem: str) -> None:
    """Say that the claim is not shown, and where, unless something holds."""
    if not holds:
        raise UnprovedError(f"{place}: {problem}")


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
        self.file: Any = file
        self.number, self.hash = 0, hashlib.sha256()

    def read(self, longest: int) -> Any:
        """Return the value of the next line; None at the end of the file."""
        self.number += 1
        place = f"line {self.number}"
        try:
            if self.number == 1 and self.file.peek(2)[:2] == b"\x1f\x8b":
                self.file = gzip.GzipFile(fileobj=self.file)
            line = self.file.readline(longest + 1)
        except (EOFError, OSError, zlib.error) as error:
            malformed(place, f"cannot be read: {error}")
        if not line:
            return None
        if len(line) > longest or not line.endswith(b"\n"):
            malformed(place, f"cut short, or longer than {longest:,} bytes")
        if line.count(b",") + line.count(b"[") + line.count(b"{") > MAX_PARTS:
            malformed(place, f"more than {MAX_PARTS:,} commas and brackets")
        self.hash.update(line)
        try:
            text = line[:-1].decode("ascii")
            value = _DECODER.decode(text)
            canonical = text_of(value)
        except (ValueError, RecursionError) as error:
            malformed(place, f"no JSON: {str(error)[:120]}")
        if canonical != text:
            malformed(place, "not canonical: keys sorted, each once, no spaces")
        return value

    def rows(self, name: str, count: Any, width: int) -> Iterator[list[Any]]:
        """Yield so many rows of so many entries."""
        for _ in range(whole(MAX_ROWS)(name, count)):
            row = self.read(MAX_ROW)
            if type(row) is not list or len(row) != width:
                malformed(f"line {self.number}", f"expected {count:,} rows of {width} for {name}")
            yield row


Reader: TypeAlias = Callable[[str, Any], Any]
"""Returns what a JSON value stands for, or says that it is malformed, and at which place."""


def each(read: Reader, length: int | None = None) -> Reader:
    """Read a list, of this length if one is given."""

    def read_list(place: str, value: Any) -> list[Any]:
        if type(value) is not list or length not in (None, len(value)):
            malformed(place, f"expected a list{'' if length is None else f' of {length}'}")
        return [read(place, x) for x in value]

    return read_list


def checked(holds: Callable[[Any], bool], expected: str) -> Reader:
    """Read a value of which something holds."""

    def read(place: str, value: Any) -> Any:
        if not holds(value):
            malformed(place, f"expected {expected}")
        return value

    return read


def whole(end: int, least: int = 0) -> Reader:
    """Read a whole number from ``least`` up to and without ``end``."""
    expected = f"a whole number from {least} to {end - 1}"
    return checked(lambda x: type(x) is int and least <= x < end, expected)


def one_of(*known: Any) -> Reader:
    """Read one of some values."""
    texts = {text_of(x) for x in known}  # true is not 1
    return checked(lambda x: text_of(x) in texts, f"one of {', '.join(sorted(texts))}")


string, anything = checked(lambda x: type(x) is str, "a string"), checked(lambda x: True, "")


# --- exact numbers: an int, a Fraction or a Surd; they mix

_WHOLE = r"0|[1-9]\d{0,3999}|0x[1-9a-f][0-9a-f]{0,29999}"
_RATIONAL = re.compile(f"(-?(?:{_WHOLE}))(?:/({_WHOLE}))?", re.ASCII)


def rational(place: str, value: Any) -> Fraction | int:
    """Read ``p`` or ``p/q`` in lowest terms, an int where it is whole."""
    found = _RATIONAL.fullmatch(value) if type(value) is str else None
    if found is None:
        malformed(place, "expected a number, a string p or p/q, that is not too long")
    p, q = int(found[1], 0), int(found[2] or "1", 0)
    if q == 0 or (found[2] and q == 1) or math.gcd(p, q) != 1:
        malformed(place, "a fraction that is not in lowest terms")
    return Fraction(p, q) if q > 1 else p


READERS: dict[str, Reader] = {
    **{"": anything, "text": string, "texts": each(string), "list": each(anything)},
    **{"count": whole(MAX_ROWS), "counts": each(whole(MAX_ROWS)), "numbers": each(rational)},
    "flag": one_of(True, False),
}


def fields(place: str, value: Any, form: str, **own: Reader) -> list[Any]:
    """Read an object that has exactly the keys of a form, ``key`` or ``key:reader`` each."""
    wanted = [part.partition(":")[::2] for part in form.split()]
    if type(value) is not dict or value.keys() != {key for key, _ in wanted}:
        malformed(place, f"expected an object with the keys {', '.join(sorted(dict(wanted)))}")
    return [{**READERS, **own}[name](f"{place}.{key}", value[key]) for key, name in wanted]


class Field:
    """Q(r), for the root r of a polynomial that lies near a decimal number."""

    def __init__(self, place: str, value: Any) -> None:
        polynomial, root = fields(place, value, "minimal_polynomial:list root:text")
        each(whole(10**18, 1 - 10**18))(place, polynomial)
        if not 2 <= len(polynomial) <= 200 or polynomial[-1] == 0:
            malformed(place, "expected a polynomial of degree 1 or more, up to 199")
        if not re.fullmatch(r"-?\d{1,300}(\.\d{1,300})?", root, re.ASCII):
            malformed(place, "expected the root as a decimal number")
        self.polynomial = [Fraction(c, polynomial[-1]) for c in polynomial]
        off = max(Fraction(2, 10 ** len(root.partition(".")[2])), Fraction(1, 2**200))
        ends = Fraction(root) - off, Fraction(root) + off
        self.low, self.high = (math.floor(x * (1 << PLACES)) for x in ends)
        slope = [k * c for k, c in enumerate(self.polynomial)][1:]
        rises = self.sign(slope, self.low, self.high)
        sides = [rises * self.sign(self.polynomial, x, x) for x in (self.low, self.high)]
        if sides != [-1, 1]:
            malformed(place, "the root does not single out one root")
        side = 1
        while side and self.high - self.low > 1:  # halve the interval, as long as signs are clear
            middle = (self.low + self.high) // 2
            side = rises * self.sign(self.polynomial, middle, middle)
            self.low = middle if side < 0 else self.low
            self.high = middle if side > 0 else self.high

    def number(self, place: str, value: Any) -> Any:
        """Read a number of the field."""
        return self.normal(each(rational, len(self.polynomial) - 1)(place, value))

    def normal(self, parts: Sequence[Any]) -> Any:
        """Return a number of the field: a Surd only if it is irrational."""
        return Surd(self, tuple(parts)) if any(parts[1:]) else parts[0]

    def bounds(self, polynomial: Sequence[Any], low: int, high: int) -> tuple[int, int]:
        """Return bounds of a polynomial's values on an interval, all in units of 2^-PLACES."""
        least = most = 0
        for c in reversed(polynomial):
            ends, scaled = [x * y for x in (least, most) for y in (low, high)], c * (1 << PLACES)
            least = (min(ends) >> PLACES) + math.floor(scaled)
            most = -(-max(ends) >> PLACES) + math.ceil(scaled)
        return least, most

    def sign(self, polynomial: Sequence[Any], low: int, high: int) -> int:
        """Return the sign of a polynomial's values on an interval; 0 if it is not clear."""
        least, most = self.bounds(polynomial, low, high)
        return (least > 0) - (most < 0)


@dataclass(frozen=True)
class Surd:
    """An irrational number of a field: coefficients of the powers of its root."""

    field: Field
    parts: tuple[Any, ...]

    def __add__(self, other: Any) -> Any:
        parts = other.parts if isinstance(other, Surd) else (other,)
        return self.field.normal([a + b for a, b in zip_longest(self.parts, parts, fillvalue=0)])

    def __mul__(self, other: Any) -> Any:
        product = list[Any]([0] * len(self.parts))
        for b in reversed(other.parts if isinstance(other, Surd) else (other,)):
            top, product = product[-1], [0, *product[:-1]]  # Horner's rule: times the root
            if top:
                reduced = zip(product, self.field.polynomial[:-1], strict=True)
                product = [x - top * c for x, c in reduced]
            product = [x + a * b for x, a in zip(product, self.parts, strict=True)]
        return self.field.normal(product)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Any:
        return self * -1


def sign(x: Any) -> int:
    """Return the sign of an exact number."""
    if not isinstance(x, Surd):
        return int(x > 0) - int(x < 0)
    found = x.field.sign(x.parts, x.field.low, x.field.high)
    require(found != 0, "network.field", "a sign is undecided")
    return found


def approximate(x: Any) -> float:
    """Return a float, off by 2^-50 of the number and 1e-50; an infinity beyond the largest."""
    try:
        if not isinstance(x, Surd):
            return float(x)
        least, most = x.field.bounds(x.parts, x.field.low, x.field.high)
        require(most - least < 1 << (PLACES - 200), "network.field", "a number is unclear")
        return least / (1 << PLACES)
    except OverflowError:
        return math.inf


# --- rounding, from the bits


class Target:
    """Where numbers are rounded to, a format or the multiples of 2^-grid, and how.

    Every number is held as a binary64 float, which holds the values of all formats exactly.
    """

    def __init__(self, place: str, value: Any, how: str = "rne", **options: Any) -> None:
        form = "precision emin emax unused has_inf:flag has_nan:flag has_negative_zero:flag"
        *numbers, self.inf, self.nan, self.negative_zero = fields(place, value, form)
        limits = whole(54, 2), whole(1, -1022), whole(1024), whole(1 << 53)
        found = [read(place, x) for read, x in zip(limits, numbers, strict=True)]
        self.precision, self.emin, emax, unused = found
        whole(1 << (self.precision - 1))(place + ".unused", unused)
        self.how, self.saturates = how, options.get("saturates", False)
        self.flushes, self.daz = options.get("flushes", False), options.get("daz", False)
        self.largest = math.ldexp((1 << self.precision) - 1 - unused, emax - self.precision + 1)
        self.lowest, self.normal = -self.largest, math.ldexp(1.0, self.emin)
        self.width = (emax - self.emin + 1).bit_length() + self.precision
        self.digits = -(-self.width // 4)
        # The sum or product of two numbers of at most 24 bits, rounded to 53 bits and then to 24
        # or fewer, is rounded as if at once: 53 >= 2 * 24 + 2 (Figueroa 1995). To nearest only.
        self.quick = how == "rne" and self.precision <= 24 and self.emin >= -126 and emax <= 127
        self.quick = self.quick and not self.flushes and not self.daz

    def includes(self, other: Target) -> bool:
        """Whether every finite number of another format is one of this."""
        finest = self.emin - self.precision <= other.emin - other.precision
        return finest and self.precision >= other.precision and self.largest >= other.largest

    def on_grid(self, q: int, bits: int | None) -> None:
        """Make it the multiples of 2^-q, in so many bits of two's complement or without bound."""
        self.precision, self.flushes = 1_000_000, False
        self.emin = self.precision - 1 - q
        self.inf, self.nan, self.negative_zero = bits is None, False, bits is None
        top = math.inf if bits is None else math.ldexp(1.0, bits - 1 - q)
        self.largest, self.lowest = top - math.ldexp(1.0, -q), -top

    def exact(self, n: int, e: int) -> float:
        """Round n 2^e, where n is not 0."""
        size = abs(n)
        unit = max(size.bit_length() + e - 1, self.emin) - self.precision + 1
        drop = unit - e
        kept = size >> drop if drop > 0 else size << -drop
        if drop > 0 and self.how != "rtz":
            rest, half = size - (kept << drop), 1 << (drop - 1)
            kept += rest > half or (rest == half and (self.how == "rna" or kept & 1))
        found = math.inf if unit + kept.bit_length() > 1024 else math.ldexp(kept, unit)
        if self.how == "rtz":
            found = min(found, -self.lowest if n < 0 else self.largest)
        return self.held(found, n < 0)

    def held(self, size: float, negative: bool) -> float:
        """Return a rounded magnitude with its sign, unless it is beyond or beneath the format."""
        largest = -self.lowest if negative else self.largest
        if size > largest:
            over = math.inf if self.inf else math.nan
            size = over if (self.inf or self.nan) and not self.saturates else largest
        elif size == 0.0 or (self.flushes and size < self.normal):
            size, negative = 0.0, negative and self.negative_zero
        return -size if negative else size

    def float(self, x: Any) -> Any:
        """Round a float."""
        if x and math.isfinite(x):
            m, e = math.frexp(x)
            return self.exact(int(m * 2.0**53), e - 53)
        return x if x != x else self.held(abs(x), math.copysign(1.0, x) < 0)

    def fast(self, x: Any) -> Any:
        """Round a binary64 sum or product of two numbers of a ``quick`` format."""
        if x == 0.0 or not math.isfinite(x):
            return self.float(x)
        unit = max(math.frexp(x)[1] - 1, self.emin) - self.precision + 1
        found = math.ldexp(round(math.ldexp(x, -unit)), unit)  # to even: round() does
        if found and self.lowest <= found <= self.largest:
            return found
        return self.held(abs(found), x < 0)

    def fused(self, a: Any, b: Any, c: Any) -> Any:
        """Return a b + c, rounded once; subnormal operands may count as zero."""
        if self.daz:
            a, b, c = (math.copysign(0.0, x) if abs(x) < self.normal else x for x in (a, b, c))
        (x, e), (y, f), (z, g) = map(math.frexp, (a, b, c))
        special = x * y + z  # of numbers that are at most 1, or infinite: it does not overflow
        if not math.isfinite(special):
            return self.float(special)
        p, q, r = (int(m * 2.0**53) for m in (x, y, z))
        low = min(e + f - 106, g - 53)
        n = (p * q << (e + f - 106 - low)) + (r << (g - 53 - low))
        return self.exact(n, low) if n else self.float(0.0 if z else special)

    def add(self, a: Any, b: Any) -> Any:
        """Return a + b, rounded once."""
        return self.fast(a + b) if self.quick else self.fused(1.0, a, b)

    def times(self, a: Any, b: Any) -> Any:
        """Return a b, rounded once."""
        return self.fast(a * b) if self.quick else self.fused(a, b, -0.0)

    def holds(self, x: Any) -> bool:
        """Whether a number that is finite is a value of the format."""
        n, d = x.as_integer_ratio()
        last = n & -n  # the lowest bit that is set
        is_dyadic = d & (d - 1) == 0 and (abs(n) // (last or 1)).bit_length() <= self.precision
        is_coarse = last.bit_length() - d.bit_length() > self.emin - self.precision
        return n == 0 or bool(is_dyadic and is_coarse and self.lowest <= x <= self.largest)

    def decoded(self, place: str, digits: str) -> Any:
        """Return the number with these bits."""
        if len(digits) != self.digits or not re.fullmatch("[0-9a-f]+", digits, re.ASCII):
            malformed(place, f"expected {self.digits} hexadecimal digits for each number")
        negative, code = divmod(int(digits, 16), 1 << (self.width - 1))
        exponent, low = divmod(code, 1 << (self.precision - 1))
        units = low + (1 << (self.precision - 1)) if exponent else low
        unit = min(max(exponent - 1, 0) + self.emin - self.precision + 1, 971)
        size = math.ldexp(units, unit) if exponent < 2047 else math.inf
        no_zero = negative and not code and not self.negative_zero
        if negative > 1 or size > self.largest or no_zero:
            malformed(place, f"{digits} is no finite number of the format")
        return -size if negative else size


class Arithmetic:
    """Operations on exact numbers, or on floats, each rounded as the fields of a value say."""

    add: Any = staticmethod(operator.add)
    times: Any = staticmethod(operator.mul)
    fused: Any = staticmethod(lambda a, b, c: c + a * b if a and b else c)
    rounded, stores, fma = "", False, True
    ops: Any
    sums: Any = None

    def __init__(self, value: Any) -> None:
        self.is_exact = value == "exact"
        if self.is_exact:
            return
        place = "about.arithmetic"
        form = "operations state sums rounded:when direction:how grid grid_bits fma:flag "
        form += "saturates:flag flushes:flag flushes_operands:flag"
        when, how = one_of("never", "letter", "step"), one_of("rne", "rtz", "rna")
        found = fields(place, value, form, when=when, how=how)
        operations, state, sums, self.rounded, how, grid, bits, self.fma, *flags = found
        saturates, flushes, daz = flags
        self.stores = grid is not None or self.rounded == "letter"
        wide = grid is not None or self.rounded != "never"  # then operations are to nearest
        if not wide and operations != state:
            malformed(place, "nothing rounds to the format of the state")
        own = {"saturates": saturates and not wide, "flushes": flushes, "daz": daz}
        self.ops = Target(place + ".operations", operations, "rne" if wide else how, **own)
        self.store = Target(place + ".state", state, how, saturates=saturates, flushes=flushes)
        self.stored = self.store if grid is None else self.ops
        if grid is not None:
            width = None if bits is None else whole(54, 1)(place + ".grid_bits", bits)
            self.store.on_grid(whole(1000)(place + ".grid", grid), width)
        self.sums = None if sums is None else Target(place + ".sums", sums, flushes=flushes)
        if (self.sums and self.fma) or (grid is None and bits is not None):
            malformed(place, "sums are not fused, and only a grid has bits")
        if self.sums and not self.sums.includes(self.ops):
            malformed(place, "sums are narrower than operations")
        on_grid = grid is not None and (bits is None or bits - 1 <= self.ops.precision)
        if wide and not on_grid and (grid is not None or not self.ops.includes(self.store)):
            malformed(place, "operations do not hold every state")
        if self.sums:
            self.sums.quick = self.ops.quick = self.sums.quick and self.ops.quick
        self.add, self.times, self.fused = self.ops.add, self.ops.times, self.ops.fused

    def accumulate(self, a: Any, b: Any, c: Any) -> Any:
        """Return c + a b, the product rounded first unless it is fused."""
        return self.fused(a, b, c) if self.fma else self.add(c, self.times(a, b))

    def dot(self, weights: Sequence[Any], h: Sequence[Any]) -> Any:
        """Return the sum of products, added from the left."""
        terms = list(zip(weights, h, strict=True))
        total = self.times(*terms[0]) if terms else 0
        for a, b in terms[1:]:
            if self.sums is None:
                total = self.accumulate(a, b, total)
            else:
                total = self.sums.add(total, self.times(a, b))
        return total if self.sums is None else self.ops.float(total)


# --- machines and networks


class Machine:
    """A machine: where each letter leads from each state, and what each state outputs, as text."""

    def __init__(self, place: str, value: Any) -> None:
        self.alphabet, outputs, self.initial, self.delta = fields(
            place, value, "alphabet:texts outputs:list initial transitions"
        )
        self.size, letters = len(outputs), len(self.alphabet)
        self.columns = {letter: a for a, letter in enumerate(self.alphabet)}
        if not letters or len(self.columns) < letters or "" in self.columns:
            malformed(place + ".alphabet", "empty, or a letter is empty or occurs twice")
        whole(self.size)(place + ".initial", self.initial)
        each(each(whole(self.size), letters), self.size)(place + ".transitions", self.delta)
        self.outputs = [text_of(x) for x in outputs]
        over = ", ".join(self.alphabet)[:40]
        self.told = f"a machine of {self.size:,} states over {over}; {digest(value)}"

    def word(self, place: str, value: Any) -> list[int]:
        """Read a word, a list of letters, as columns."""
        if len(each(string)(place, value)) * self.size > MAX_WORK:
            malformed(place, "too many letters for so many states")
        if not self.columns.keys() >= set(value):
            malformed(place, "a letter that the machine does not have")
        return [self.columns[letter] for letter in value]

    def idempotent(self, place: str, value: Any) -> list[int]:
        """Read a word that acts on states as it does when it is read twice."""
        word = self.word(place, value)
        image = self.image(word)
        require(all(image[q] == q for q in image), place, "not idempotent")
        return word

    def after(self, state: int, *words: Sequence[int]) -> int:
        """Return where some words lead from a state, one after the other."""
        for a in chain(*words):
            state = self.delta[state][a]
        return state

    def output(self, *words: Sequence[int]) -> str:
        """Return the output after some words."""
        return self.outputs[self.after(self.initial, *words)]

    def image(self, word: Sequence[int]) -> list[int]:
        """Return where a word leads from each state."""
        return [self.after(q, word) for q in range(self.size)]


class Layer:
    """One layer: what its actions do to a vector, and which code is the nearest."""

    def __init__(self, place: str, value: Any, field: Field | None, model: Any) -> None:
        value = {**value, "names": None} if type(value) is dict else value
        self.alphabet, dim, initial, steps, codes, emit, _ = fields(
            place, value, "alphabet:texts dim initial steps codes emit names"
        )
        self.dim = whole(10**6)(place + ".dim", dim)
        self.model, self.is_exact = model, model.is_exact
        self.number: Reader = rational if field is None else field.number
        self.numbers = each(self.number if self.is_exact else self.operand, self.dim)
        self.initial = tuple(self.numbers(place + ".initial", initial))
        self.columns: dict[Any, int] = {letter: a for a, letter in enumerate(self.alphabet)}
        letters = len(self.alphabet)
        if type(steps) is not dict or steps.keys() != self.columns.keys() or len(steps) < letters:
            malformed(place + ".steps", "expected steps for each letter, and no letter twice")
        actions: dict[str, int] = {}  # letters that have the same steps are one action
        self.action, self.steps = [], list[list[Any]]()
        for letter in self.alphabet:
            self.action.append(actions.setdefault(text_of(steps[letter]), len(actions)))
            if len(actions) > len(self.steps):
                self.steps.append(each(self.step)(place + ".steps", steps[letter]))
        read = each(self.number, self.dim)
        self.codes = [tuple(code) for code in each(read)(place + ".codes", codes)]
        self.emit = each(each(string, letters), len(codes))(place + ".emit", emit)
        self.equal: dict[Any, int] = {}  # a float equals, and hashes as, the number it stands for
        for c, code in enumerate(self.codes):
            self.equal.setdefault(code, c)
        self.patterns: dict[str, float] = {}
        self.near = [] if self.is_exact else [tuple(map(approximate, code)) for code in self.codes]
        self.norm = max([math.hypot(*code) for code in self.near], default=0.0)
        if field is not None:
            self.tell_apart(place + ".codes")

    def tell_apart(self, place: str) -> None:
        """Show that codes of a field with other coefficients are other vectors.

        They need not be where the polynomial is reducible. A sum of the entries, each with its own
        weight, differs where floats say so; for the rest signs decide.
        """
        rows = [list(map(approximate, code)) for code in self.codes]
        sums = [sum(x / (j + math.pi) for j, x in enumerate(row)) for row in rows]
        most = max((abs(x) for row in rows for x in row), default=0.0)
        require(math.isfinite(most), place, "a number is too large")
        off = 1e-12 * (self.dim * most + 1e-20)
        order = sorted(range(len(rows)), key=sums.__getitem__)
        for i, one in enumerate(order):
            for other in order[i + 1 :]:
                if sums[other] - sums[one] > off:
                    break
                pairs = zip(self.codes[one], self.codes[other], strict=True)
                gaps = [a + -b for a, b in pairs if a != b]
                require(not gaps or any(map(sign, gaps)), place, "two codes may be one")

    def operand(self, place: str, value: Any) -> float:
        """Read a number that operations hold."""
        x = self.number(place, value)
        if isinstance(x, Surd) or not self.model.ops.holds(x):
            malformed(place, "the format of operations does not hold a number")
        return float(x)

    def step(self, place: str, value: Any) -> Any:
        """Read a step as a function of a vector; its operations in the order that counts."""
        model, read = self.model, self.numbers
        if type(value) is dict and "matrix" in value:
            rows = each(read, self.dim)
            matrix, bias = fields(place, value, "matrix:rows bias:row", rows=rows, row=read)

            def dense(h: Any) -> Any:
                sums = [model.dot(row, h) for row in matrix]
                return [model.add(s, b) if b else s for s, b in zip(sums, bias, strict=True)]

            return dense
        one = self.number if self.is_exact else self.operand
        beta, key, write = fields(place, value, "beta:one key:row write:one", one=one, row=read)
        minus = [-k for k in key]

        def delta(h: Any) -> Any:
            s = model.dot(key, h)
            t = model.times(beta, model.add(s, -write) if write else s)
            return [model.accumulate(k, t, x) for k, x in zip(minus, h, strict=True)]

        return delta if self.dim else lambda h: h

    def move(self, action: int, h: Any) -> tuple[Any, ...]:
        """Return where an action leads from a vector."""
        model, steps = self.model, self.steps[action]
        for step in steps:
            h = step(h)
            if model.rounded == "step":
                h = [model.store.float(x) for x in h]
        is_last = model.stores or (model.rounded == "never" and not steps)
        return tuple([model.store.float(x) for x in h] if is_last else h)

    def vector(self, place: str, value: Any) -> tuple[Any, ...]:
        """Read a vector: bit patterns one after the other, or a list of exact numbers."""
        if self.is_exact:
            return tuple(self.numbers(place, value))
        target, d = self.model.stored, self.model.stored.digits
        if type(value) is not str or len(value) != d * self.dim:
            malformed(place, f"expected {d * self.dim} hexadecimal digits")
        digits = [value[i : i + d] for i in range(0, len(value), d)]
        for pattern in digits:
            if pattern not in self.patterns:
                self.patterns[pattern] = x = target.decoded(place, pattern)
                if not self.model.ops.holds(x):
                    malformed(place, "the format of operations does not hold it")
        return tuple([self.patterns[pattern] for pattern in digits])

    def bits(self, vector: Any) -> Any:
        """Return what vectors share exactly when their bits are the same: +0 and -0 are not."""
        if self.is_exact:
            return vector
        return struct.pack(f"<{self.dim}d", *(math.nan if x != x else x for x in vector))

    def nearest(self, vector: Any) -> int | None:
        """Return the number of the nearest code, the first of equals; None without one."""
        found = self.equal.get(vector)
        if found is not None or not self.codes:
            return found
        candidates: Sequence[int] = range(len(self.codes))
        if not self.is_exact:  # those that floats, which are off by less, do not rule out
            if not all(map(math.isfinite, vector)):
                return None
            away = [math.dist(code, vector) for code in self.near]
            enough = min(away) + 1e-9 * (min(away) + self.norm) + 1e-40
            candidates = [c for c in candidates if not away[c] > enough]
        best, dot = candidates[0], Arithmetic("exact").dot
        h = vector if self.is_exact or len(candidates) < 2 else [*map(Fraction, vector)]
        for c in candidates[1:]:
            one, two = self.codes[c], self.codes[best]
            score = dot(one, one) + -dot(two, two) + -2 * (dot(one, h) + -dot(two, h))
            best = c if sign(score) < 0 else best
        return best


class Network:
    """A network, its task and its arithmetic."""

    def __init__(self, about: Any) -> None:
        form = "machine:machine network arithmetic"
        self.machine, network, arithmetic = fields("about", about, form, machine=Machine)
        value = {**network, "about": None} if type(network) is dict else network
        form = "schema alphabet:texts field layers:list outputs empty about"
        schema, alphabet, root, layers, outputs, empty, _ = fields("about.network", value, form)
        one_of("negeig.network/1")("about.network.schema", schema)
        if sorted(alphabet) != sorted(self.machine.alphabet):
            malformed("about.network.alphabet", "not the letters of the machine")
        field = None if root is None else Field("about.network.field", root)
        model = Arithmetic(arithmetic)
        self.layers = [
            Layer(f"about.network.layers[{i}]", x, field, model) for i, x in enumerate(layers)
        ]
        if type(outputs) is not dict:
            malformed("about.network.outputs", "expected an object")
        self.outputs = {symbol: text_of(x) for symbol, x in outputs.items()}
        self.empty = text_of(empty)
        reads = [*(layer.columns.keys() for layer in self.layers[1:]), self.outputs.keys()]
        for layer, known in zip(self.layers, reads, strict=bool(self.layers)):
            if not known >= set(chain(*layer.emit)):
                malformed("about.network", "a symbol that comes out and is not read")
        sizes = ", ".join(str(layer.dim) for layer in self.layers) or "none"
        self.told = [
            ("task", self.machine.told),
            ("network", f"dimensions of its layers: {sizes}; {digest(network)}"),
            ("arithmetic", arithmetic if arithmetic == "exact" else text_of(arithmetic)),
        ]

    def run(self, word: Sequence[str], view: Any = tuple) -> tuple[list[Any], list[Any]]:
        """Return the layers' states after a word, and what comes out after each of its letters.

        What is decoded is a view of the state. None comes out where a layer has no code.
        """
        states, symbols = [layer.initial for layer in self.layers], list[Any]()
        for letter in word:
            symbols.append(letter)
            for i, layer in enumerate(self.layers):
                a = layer.columns.get(symbols[-1], -1)
                if a < 0:
                    symbols[-1] = None
                    break
                states[i] = layer.move(layer.action[a], states[i])
                code = layer.nearest(view(states[i]))
                symbols[-1] = None if code is None else layer.emit[code][a]
        return states, symbols


# --- one function for each kind

Told: TypeAlias = list[tuple[str, str]]
"""What was verified, for people: a label and a text each."""


KINDS: dict[str, tuple[Callable[[Lines, Any, Any], Told], str]] = {}
"""What checks a kind, and what all certificates of the kind claim."""


def claims(sentence: str) -> Callable[[Any], Any]:
    """Enter a function under its name, as what checks a kind that claims this."""
    return lambda check: KINDS.setdefault(check.__name__[1:], (check, sentence))


def table(lines: Lines, layer: Layer, name: str, count: int) -> tuple[Any, Any]:
    """Check the rows of a layer: vectors, their codes, where actions lead; return the last two."""
    codes, after, width = array("i"), array("i"), len(layer.steps)
    code, targets = whole(len(layer.codes), -1), each(whole(count, -1))
    states: dict[Any, None] = {}
    for row in lines.rows(name, count, 2 + width):
        place = f"line {lines.number}"
        states[layer.bits(layer.vector(place, row[0]))] = None
        if len(states) == len(codes):
            malformed(place, "a vector that occurs twice")
        codes.append(code(place, row[1]))
        after.extend(targets(place, row[2:]))
    every = list(states)
    del states
    require(every[:1] == [layer.bits(layer.initial)], f"{name}, row 0", "not the initial state")
    unpack = struct.Struct(f"<{layer.dim}d").unpack
    for i, state in enumerate(every):
        place, vector = f"{name}, row {i}", state if layer.is_exact else unpack(state)
        if codes[i] >= 0:
            found = layer.equal.get(vector) if layer.is_exact else layer.nearest(vector)
            require(found == codes[i], place, "its code is not the nearest one")
        for a, target in enumerate(after[i * width : (i + 1) * width]):
            is_right = target < 0 or layer.bits(layer.move(a, vector)) == every[target]
            require(is_right, place, f"action {a} leads elsewhere")
    return codes, after


@claims("for words of every length the network's output is the machine's")
def _closure(lines: Lines, about: Any, evidence: Any) -> Told:
    network = Network(about)
    machine, letters = network.machine, network.machine.alphabet
    counts, count = fields("evidence", evidence, "layers:counts states:count")
    pairs = enumerate(zip(network.layers, counts, strict=True))
    tables = [(layer, *table(lines, layer, f"layers[{i}]", n)) for i, (layer, n) in pairs]
    width, places, after = 1 + len(tables), array("i"), array("i")
    reads = [*map(whole, (machine.size, *counts)), *[whole(count)] * len(letters)]
    for entries in lines.rows("states", count, len(reads)):
        place = f"line {lines.number}"
        found = [read(place, x) for read, x in zip(reads, entries, strict=True)]
        places.extend(found[:width])
        after.extend(found[width:])
    require(network.empty == machine.output(), "network.empty", "not the machine's output")
    start = [machine.initial, *[0] * len(tables)]
    require(list(places[:width]) == start, "states, row 0", "not the start")
    same: dict[tuple[int, ...], int] = {}
    futures = [same.setdefault(tuple(row), len(same)) for row in machine.delta]
    for i in range(count):
        state, *at = places[i * width : (i + 1) * width]
        for a, symbol in enumerate(letters):
            place, target = f"states, row {i}, letter {a}", after[i * len(letters) + a] * width
            goal, reached = machine.delta[state][a], places[target : target + width]
            for k, (layer, codes, rows) in enumerate(tables):
                column, row = layer.columns.get(symbol, -1), reached[k + 1]
                edge = at[k] * len(layer.steps) + layer.action[column]
                is_right = column >= 0 and rows[edge] == row and codes[row] >= 0
                require(is_right, place, f"layer {k} goes elsewhere")
                symbol = layer.emit[codes[row]][column]
            is_right = network.outputs.get(symbol) == machine.outputs[goal]
            require(is_right, place, "the output is not the machine's")
            require(futures[reached[0]] == futures[goal], place, "the machine goes elsewhere")
    sizes = ", ".join(f"{n:,}" for n in counts) or "none"
    return [*network.told, ("evidence", f"{count:,} states; of the layers: {sizes}")]


@claims("on this word the network's output is not the machine's")
def _word(_: Lines, about: Any, evidence: Any) -> Told:
    network = Network(about)
    word, emits = fields("evidence", evidence, "word emits")
    goal = network.machine.output(network.machine.word("evidence.word", word))
    symbol = network.run(word)[1][-1] if word else None
    require(type(emits) is type(symbol) and symbol == emits, "evidence.emits", "not this symbol")
    output = network.outputs.get(symbol, "nothing") if word else network.empty
    require(output != goal, "evidence.word", "the network is right")
    text = f"{len(word):,} letters; the network gives {output}, the machine {goal}"
    return [*network.told, ("evidence", text)]


@claims("no decoder of the network's state and the last letter is right")
def _bits(_: Lines, about: Any, evidence: Any) -> Told:
    network, (words,) = Network(about), fields("evidence", evidence, "words:list")
    place, (one, two) = "evidence.words", words
    goals = {network.machine.output(network.machine.word(place, word)) for word in words}
    require(bool(one and two) and one[-1] == two[-1], place, "not one last letter")
    found = [zip(network.layers, network.run(word)[0], strict=True) for word in words]
    bits = [[layer.bits(h) for layer, h in states] for states in found]
    require(bits[0] == bits[1], place, "they lead to different states")
    require(len(goals) == 2, place, "the machine's outputs are the same")
    return [*network.told, ("evidence", f"words of {len(one):,} and {len(two):,} letters")]


@claims("both machines have the same output on every word")
def _equivalence(_: Lines, about: Any, evidence: Any) -> Told:
    one, two = each(Machine, 2)("about", about)
    if one.alphabet != two.alphabet:
        malformed("about", "the alphabets differ")
    pairs = {(p, q) for p, q in each(each(whole(MAX_ROWS), 2))("evidence", evidence)}
    require((one.initial, two.initial) in pairs, "evidence", "the start is missing")
    for p, q in pairs:
        require(one.outputs[p] == two.outputs[q], f"pair {p}, {q}", "the outputs differ")
        after = set(zip(one.delta[p], two.delta[q], strict=True))
        require(after <= pairs, f"pair {p}, {q}", "a letter leads to no pair")
    return [("task", one.told), ("and", two.told), ("evidence", f"{len(pairs):,} pairs of states")]


@claims("the outputs of the machines differ on this word")
def _inequivalence(_: Lines, about: Any, evidence: Any) -> Told:
    one, two = each(Machine, 2)("about", about)
    (word,) = fields("evidence", evidence, "word")
    outputs = [machine.output(machine.word("evidence.word", word)) for machine in (one, two)]
    require(outputs[0] != outputs[1], "evidence.word", "the outputs are the same")
    return [("task", one.told), ("and", two.told), ("evidence", f"outputs {' and '.join(outputs)}")]


@claims("the words e and f are idempotent, and efe and fe differ in this context")
def _idempotents(_: Lines, about: Any, evidence: Any) -> Told:
    m = Machine("about", about)
    form = "e:twice f:twice prefix:word suffix:word"
    e, f, prefix, suffix = fields("evidence", evidence, form, word=m.word, twice=m.idempotent)
    one, two = m.output(prefix, e, f, e, suffix), m.output(prefix, f, e, suffix)
    require(one != two, "evidence", "efe and fe give one output in this context")
    return [("task", m.told), ("evidence", f"outputs {one} and {two}")]


@claims("the outputs on prefix word^k suffix have this least index and period in k")
def _period(_: Lines, about: Any, evidence: Any) -> Told:
    m = Machine("about", about)
    first, least, word, prefix, suffix = fields(
        "evidence", evidence, "index period word:word prefix:word suffix:word", word=m.word
    )
    whole(m.size)("evidence.index", first)
    whole(m.size + 1, 2)("evidence.period", least)
    step, last, state, shown = m.image(word), m.image(suffix), m.after(m.initial, prefix), []
    for _k in range(3 * m.size + 3):  # states repeat within m.size: what holds here, holds always
        shown.append(m.outputs[last[state]])
        state = step[state]

    def repeats(length: int, since: int) -> bool:
        return all(x == y for x, y in zip(shown[since:], shown[since + length :], strict=False))

    divisors = [d for d in range(1, least) if least % d == 0]
    is_least = repeats(least, first) and not any(repeats(d, first) for d in divisors)
    require(bool(word) and is_least, "evidence.period", "not the least one from the index on")
    require(not first or not repeats(least, first - 1), "evidence.index", "it is earlier")
    return [("task", m.told), ("evidence", f"period {least} from {first} on")]


@claims("every level permutes or resets, and the cascade computes the machine")
def _cascade(_: Lines, about: Any, evidence: Any) -> Told:
    machine, place = Machine("about", about), "evidence.levels"
    form = "initial:counts levels:list states:list"
    initial, levels, states = fields("evidence", evidence, form)
    read: list[tuple[int, dict[tuple[int, ...], Any]]] = []
    for level in levels:
        form = "points:count maps:list contexts:list choice:list"
        points, maps, contexts, choice = fields(place, level, form)
        for image in each(each(whole(points), points))(place + ".maps", maps):
            require(len(set(image)) in (1, points), place, "neither permutes nor resets")
        rows = each(each(whole(len(maps)), len(machine.alphabet)))(place + ".choice", choice)
        known = map(tuple, each(READERS["counts"])(place + ".contexts", contexts))
        chosen = [[maps[m] for m in row] for row in rows]
        read.append((points, dict(zip(known, chosen, strict=True))))
    at: dict[tuple[int, ...], int] = {}
    for coordinates, state in states:
        for p, (points, _rows) in zip(coordinates, read, strict=True):
            whole(points)("evidence.states", p)
        at[tuple(coordinates)] = whole(machine.size)("evidence.states", state)
    require(at.get(tuple(initial)) == machine.initial, "evidence.initial", "not the start")
    for point, state in at.items():
        maps = [rows.get(point[:i]) for i, (_points, rows) in enumerate(read)]
        require(None not in maps, f"states {point}", "a level has no map here")
        for a, goal in enumerate(machine.delta[state]):
            after = at.get(tuple([m[a][p] for m, p in zip(maps, point, strict=True)]))
            require(after == goal, f"states {point}, letter {a}", "it leads elsewhere")
    require(set(at.values()) == set(range(machine.size)), "states", "not onto")
    return [("task", machine.told), ("evidence", f"{len(read)} levels, {len(at):,} tuples")]


@claims("no contractive layer has affinely independent points for the machine's states")
def _infeasibility(_: Lines, about: Any, evidence: Any) -> Told:
    m = Machine("about", about)

    def combination(place: str, value: Any) -> list[Any]:
        found: list[Any] = each(rational, m.size)(place, value)
        require(sum(found) == 0, place, "the sum is not 0")
        return found

    readers = {"sum": combination, "twice": m.idempotent, "word": m.word}
    form = "vanishing:sum equations:list e:twice f:twice"
    z, equations, _e, _f = fields("evidence", evidence, form, **readers)
    require(any(z), "evidence.vanishing", "it is 0")
    total = [[x * y for y in z] for x in z]
    for i, equation in enumerate(equations):
        place, form = f"evidence.equations[{i}]", "letter:text pair back:word multiplier:sum"
        letter, pair, back, y = fields(place, equation, form, **readers)
        (a,), (p, q) = m.word(place, [letter]), each(whole(m.size), 2)(place, pair)
        image = {m.after(state, [a], back) for state in (p, q)}
        require(p != q and image == {p, q}, place, "the words do not bring the pair back")
        for r, weight in enumerate(y):
            for state, signed in ((p, weight), (q, -weight)) if weight else ():
                for u, v in ((state, r), (r, state)):
                    total[u][v] += signed
                    total[m.delta[u][a]][m.delta[v][a]] -= signed
    require(not any(map(any, total)), "evidence", "the matrix equation does not hold")
    return [("task", m.told), ("evidence", f"{len(equations)} equations")]


@claims("no decoder of the network's cast states and the last letter does the task")
def _collision(_: Lines, about: Any, evidence: Any) -> Told:
    fields("about", about, "machine network")
    network = Network({**about, "arithmetic": "exact"})
    task, form = network.machine, "exponents outputs:list states:texts cast prefix word suffix"
    exponents, outputs, states, cast, *words = fields("evidence", evidence, form)
    u, w, s = (task.word("evidence", word) for word in words)
    low, high = each(whole(10**7), 2)("evidence.exponents", exponents)
    cast = Target("evidence.cast", cast, saturates=True)
    same = w[-1:] == (s or w if low or s else u)[-1:] or bool(s)
    require(low < high and bool(w) and same, "evidence", "not two words with one last letter")
    image, ends = task.image(w), []
    for k in (low, high):
        state = task.after(task.initial, u)
        for _k in range(k):
            state = image[state]
        ends.append(task.outputs[task.after(state, s)])
    one, two = ends
    require([one, two] == [*map(text_of, outputs)] and one != two, "evidence.outputs", "not these")
    claimed = [cast.decoded("evidence.states", x) for x in states]
    for k in (low, high):
        casts = power_casts if len(network.layers) == 1 else stack_casts
        is_same = list(map(repr, casts(network, cast, words, k))) == list(map(repr, claimed))
        require(is_same, f"evidence.states, exponent {k}", "not the cast states")
    return [*network.told, ("evidence", f"u w^{low} s and u w^{high} s, outputs {one} and {two}")]


def cast_of(target: Target, x: Any) -> float:
    """Round a rational number: to far below its last place first, with what is left as one bit."""
    shift = target.precision - target.emin + 8
    whole, rest = divmod(abs(x.numerator) << shift, x.denominator)
    n = 2 * whole + (rest > 0)
    return target.exact(-n if x < 0 else n, -shift - 1) if n else 0.0


def stack_casts(network: Network, target: Target, words: Any, k: int) -> list[float]:
    """Return the cast states after u w^k s; each layer decodes the cast of the one below it."""
    require(k * len(words[1]) < MAX_WORK // 100, "evidence", "too many letters to follow")
    size = 0

    def view(h: Any) -> Any:
        nonlocal size
        size += sum(x.denominator.bit_length() for x in h)
        require(size < MAX_WORK, "evidence", "the exact states take too long to follow")
        return tuple(Fraction(cast_of(target, x)) for x in h)

    states, symbols = network.run(words[0] + words[1] * k + words[2], view)
    require(None not in symbols, "evidence", "a layer has no code")
    return [cast_of(target, x) for state in states for x in state]


def matrix_product(a: Any, b: Any, bits: int) -> list[list[tuple[Any, Any]]]:
    """Return the product of matrices of intervals in units of 2^-bits; unit 1: not rounded."""
    found: list[list[tuple[Any, Any]]] = []
    for row in a:
        found.append([])
        for column in zip(*b, strict=True):
            low = high = 0
            for x, y in zip(row, column, strict=True):
                ends = [p * q for p in x for q in y]
                low, high = low + min(ends), high + max(ends)
            found[-1].append((low >> bits, -(-high >> bits)) if bits else (low, high))
    return found


def power_casts(network: Network, target: Target, words: Any, k: int) -> list[float]:
    """Return the cast state of a layer after u w^k s, by squaring, enclosed or exactly."""
    (layer,) = network.layers

    def enclosed(x: Any, bits: int) -> tuple[Any, Any]:
        return (math.floor(x * 2**bits), math.ceil(x * 2**bits)) if bits else (x, x)

    axes = [tuple(int(i == j) for i in range(layer.dim)) for j in range(-1, layer.dim)]

    def matrix(word: Sequence[str]) -> list[list[Any]]:
        require(layer.columns.keys() >= set(word), "evidence", "a letter that is not read")
        images = axes
        for letter in word:
            images = [layer.move(layer.action[layer.columns[letter]], h) for h in images]
        shift, *others = images
        columns = [[x - b for x, b in zip(h, shift, strict=True)] + [0] for h in others]
        return [list(row) for row in zip(*columns, [*shift, 1], strict=True)]

    exact = [*map(matrix, words), [[x] for x in (*layer.initial, 1)]]
    # After the point; 0: exactly, if that is small, and at last if it is not too large.
    for bits, most in ((0, 20_000), (2048, 0), (16_384, 0), (131_072, 0), (0, MAX_WORK)):
        first, power, last, h = ([[enclosed(x, bits) for x in row] for row in m] for m in exact)
        h, size = matrix_product(first, h, bits), 0
        for i in range(k.bit_length()):
            h = matrix_product(power, h, bits) if k >> i & 1 else h
            power = matrix_product(power, power, bits)
            size += sum(Fraction(x).denominator.bit_length() for row in power for x, _ in row)
            if not bits and size > most:
                break
        else:
            rows, unit = matrix_product(last, h, bits)[:-1], Fraction(1, 1 << bits)
            ends = [[cast_of(target, e * unit) for e in row[0]] for row in rows]
            if all(repr(x) == repr(y) for x, y in ends):
                return [x for x, _ in ends]
    raise UnprovedError("evidence: the exact state takes too long to compute")


@claims("the eigenvalues of the matrix are of this kind")
def _spectrum(_: Lines, about: Any, evidence: Any) -> Told:
    a = each(each(rational))("about", about)
    each(each(anything, len(a)))("about", about)
    n, zero = range(len(a)), [[0] * len(a) for _ in a]

    def product(p: Any, q: Any) -> Any:
        columns = list(zip(*q, strict=True))
        return [[sum(x * y for x, y in zip(row, c, strict=True)) for c in columns] for row in p]

    def at(polynomial: Sequence[Any]) -> Any:
        value = zero
        for c in reversed(polynomial):
            value = product(value, a)
            value = [[x + c * (i == j) for j, x in enumerate(row)] for i, row in enumerate(value)]
        return value

    kind = str(evidence.get("kind")) if type(evidence) is dict else ""
    told = [("matrix", f"{len(a)} rows; {text_of(about)[:60]}"), ("evidence", kind)]
    if kind in ("non-real", "not-nonnegative"):  # the trace of q(A)^2, or of A q(A)^2, is < 0
        q = at(fields("evidence", evidence, "trace:numbers kind")[0])
        square = product(product(a, q) if kind == "not-nonnegative" else q, q)
        require(sum(square[i][i] for i in n) < 0, "evidence.trace", "the trace is not negative")
        return told
    one_of("real", "nonnegative")("evidence.kind", kind)
    # The matrix is a root of a product of factors that change sign as often as their degree.
    factors, place = fields("evidence", evidence, "factors:list kind")[0], "evidence.factors"
    value, degree = at([1]), 0
    for factor in factors:
        form = "polynomial:numbers points:numbers exponent"
        p, points, times = fields(place, factor, form)
        degree += whole(len(a) + 1, 1)(place, times) * (len(p) - 1)
        require(1 < len(p) == len(points) and degree <= len(a), place, "of another degree")
        require(sorted(set(points)) == points, place, "not ascending")
        signs = [sum(c * x**i for i, c in enumerate(p)) for x in points]
        require(all(x * y < 0 for x, y in pairwise(signs)), place, "no sign changes")
        is_right = kind == "real" or points[0] >= 0 or (len(p) == 2 and p[0] == 0)
        require(is_right, place, "room for a negative root")
        for _i in range(times):
            value = product(value, at(p))
    require(value == zero, place, "the matrix is no root of their product")
    return told


# --- the program


def check_one(lines: Lines, header: Any, permitted: set[str]) -> Told:
    """Check one certificate, whose header was read; return what was verified."""
    form = "schema kind claim assumptions:list about evidence"
    place = f"line {lines.number}"
    schema, kind, claim, assumptions, about, evidence = fields(place, header, form)
    one_of(SCHEMA)("schema", schema)
    function, sentence = KINDS[one_of(*KINDS)("kind", kind)]
    one_of(sentence)("claim", claim)
    assumed = [fields("assumptions", x, "id:text statement:text") for x in assumptions]
    if len({name for name, _ in assumed}) < len(assumed):
        malformed("assumptions", "one is listed twice")
    told = [("claim", sentence), *function(lines, about, evidence)]
    for name, statement in assumed:
        require(name in permitted, "assumptions", f"{name!r} is not permitted (--permit)")
        told.append(("assumes", f"{name}: {statement}"))
    return [*((label, printable(text)) for label, text in told), ("sha256", lines.hash.hexdigest())]


def printable(text: str) -> str:
    """Return a text of the file in which nothing but ASCII is printed, and on one line."""
    return text.encode("unicode_escape").decode("ascii")


UNEXPECTED = ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError


def check(file: Any, permitted: set[str]) -> Iterator[tuple[str, str, Told]]:
    """Yield a verdict, the reason unless it is VERIFIED, and what was verified, of each one."""
    lines, count = Lines(file), 0
    try:
        while (header := lines.read(MAX_HEADER)) is not None:
            count += 1
            yield "VERIFIED", "", check_one(lines, header, permitted)
            lines.hash = hashlib.sha256()
        if not count:
            malformed("line 1", "the file is empty")
    except UnprovedError as error:  # its rows may not be read: where the next begins is not known
        yield "NOT VERIFIED", printable(str(error)), []
    except MalformedError as error:
        yield "MALFORMED", printable(str(error)), []
    except OSError as error:
        yield "MALFORMED", f"line {lines.number}: cannot be read: {error.strerror}", []
    except MemoryError:
        yield "MALFORMED", f"up to line {lines.number}: it takes more memory than there is", []
    except UNEXPECTED as e:
        yield "MALFORMED", f"up to line {lines.number}: a value of another form, {e!r:.100}", []


def show(file: Any, permitted: set[str]) -> int:
    """Print what is found; return the exit code."""
    worst = 0
    try:
        for verdict, reason, told in check(file, permitted):
            print(f"{verdict}: {reason}" if reason else verdict)
            for label, text in told:
                print(f"  {label:<11} {text}")
            worst = max(worst, ("VERIFIED", "NOT VERIFIED", "MALFORMED").index(verdict))
        sys.stdout.flush()
    except OSError as error:  # of reading, it is a verdict
        print(f"the output cannot be written: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 3
    return worst


def main(arguments: Sequence[str]) -> int:
    """Check the certificates of a file; return the exit code."""
    parser = argparse.ArgumentParser(description="Check a certificate of negeig.")
    parser.add_argument("file")
    parser.add_argument("--permit", metavar="ID,...", action="append", default=[])
    given = parser.parse_args(arguments)
    try:
        with open(given.file, "rb") as file:
            return show(file, set(",".join(given.permit).split(",")) - {""})
    except OSError as error:
        print(f"MALFORMED: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
