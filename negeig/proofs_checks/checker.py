"""Checks certificates of negeig: one file, Python's standard library only, and nothing of negeig.

    python checker.py FILE [--permit ID,...]

prints VERIFIED (exit 0), NOT VERIFIED (1) or MALFORMED (2) with the place. Nothing in the file is
trusted and nothing is searched for: every step is taken again, in exact numbers or rounded from
the bits. The time is linear in the file. The format is described in docs/certificates.md.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import re
import struct
import sys
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, pairwise
from typing import Any, NoReturn, TypeAlias

SCHEMA = "negeig.certificate/1"
MAX_HEADER, MAX_ROW = 16_000_000, 1_000_000  # bytes of a line
MAX_PARTS = 800_000  # commas and brackets of a line: parsing takes about 100 bytes for each
MAX_ROWS = 20_000_000
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


def _no_float(text: str) -> NoReturn:
    raise ValueError(f"a number with a point or an exponent: {text[:20]}")


def _whole(text: str) -> int:
    return int(text) if len(text) < 20 else int("a number of more than 18 digits")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key occurs twice")
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_no_float, parse_int=_whole, parse_constant=_no_float
)
text_of = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


class Lines:
    """The lines of a file, none longer than it may be; gzip is recognised by its first bytes."""

    def __init__(self, file: Any) -> None:
        is_gzip = file.peek(2)[:2] == b"\x1f\x8b"
        self.file = gzip.GzipFile(fileobj=file) if is_gzip else file
        self.number, self.hash = 0, hashlib.sha256()

    def read(self, longest: int) -> Any:
        """Return the value of the next line; None at the end of the file."""
        self.number += 1
        place = f"line {self.number}"
        try:
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
            malformed(place, "not canonical: keys sorted, no spaces")
        return value

    def rows(self, name: str, count: Any, width: int) -> Iterator[list[Any]]:
        """Yield so many rows of so many entries."""
        for _ in range(index(name, count, MAX_ROWS)):
            row = self.read(MAX_ROW)
            if row is None:
                malformed(f"line {self.number}", f"cut short, expected {count:,} rows of {name}")
            yield items(f"line {self.number}", row, width)


def keys(place: str, value: Any, *names: str) -> list[Any]:
    """Return the values of an object that has exactly these keys."""
    if type(value) is not dict or set(value) != set(names):
        malformed(place, f"expected an object with the keys {', '.join(sorted(names))}")
    return [value[name] for name in names]


def items(place: str, value: Any, length: int | None = None) -> list[Any]:
    """Return a list, of this length if one is given."""
    if type(value) is not list or (length is not None and len(value) != length):
        malformed(place, f"expected a list{'' if length is None else f' of {length}'}")
    return value


def index(place: str, value: Any, end: int, least: int = 0) -> int:
    """Return a whole number from ``least`` up to and without ``end``."""
    if type(value) is not int or not least <= value < end:
        malformed(place, f"expected a whole number from {least} to {end - 1}")
    return value


def strings(place: str, value: Any, length: int | None = None) -> list[str]:
    """Return a list of strings."""
    if not all(type(x) is str for x in items(place, value, length)):
        malformed(place, "expected a list of strings")
    return list(value)


def one_of(place: str, value: Any, *known: Any) -> Any:
    """Return a value that has to be one of some."""
    if not any(type(value) is type(k) and value == k for k in known):
        malformed(place, f"expected one of {', '.join(map(text_of, known))}")
    return value


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


class Field:
    """Q(r), for the root r of a polynomial that lies near a decimal number."""

    def __init__(self, value: Any) -> None:
        place = "network.field"
        polynomial, root = keys(place, value, "minimal_polynomial", "root")
        coefficients = [index(place, c, 10**18, 1 - 10**18) for c in items(place, polynomial)]
        if not 2 <= len(coefficients) <= 200 or coefficients[-1] == 0:
            malformed(place, "expected a polynomial of degree 1 or more, up to 199")
        if type(root) is not str or not re.fullmatch(r"-?\d{1,300}(\.\d{1,300})?", root, re.ASCII):
            malformed(place, "expected the root as a decimal number")
        self.degree = len(coefficients) - 1
        self.polynomial = [Fraction(c, coefficients[-1]) for c in coefficients]
        off = Fraction(2, 10 ** len(root.partition(".")[2]))
        self.low, self.high = Fraction(root) - off, Fraction(root) + off
        slope = [k * c for k, c in enumerate(self.polynomial)][1:]
        least, most = bounds(slope, self.low, self.high)
        if self.sign_at(self.low) == self.sign_at(self.high) or not (least > 0 or most < 0):
            malformed(place, "the root does not single out one root")

    def sign_at(self, x: Fraction) -> int:
        """Return the sign of the polynomial."""
        return sign(bounds(self.polynomial, x, x)[0])

    def halve(self) -> None:
        """Halve the interval around the root."""
        require(self.low.denominator.bit_length() < 20_000, "network.field", "a sign is undecided")
        middle = (self.low + self.high) / 2
        is_above = self.sign_at(middle) == self.sign_at(self.high)
        self.low, self.high = (self.low, middle) if is_above else (middle, self.high)


class Surd:
    """An element of a field: coefficients of the powers of its root."""

    __slots__ = ("field", "parts")

    def __init__(self, field: Field, parts: Sequence[Any]) -> None:
        self.field, self.parts = field, tuple(parts)

    def __add__(self, other: Any) -> Surd:
        if isinstance(other, Surd):
            return Surd(self.field, [a + b for a, b in zip(self.parts, other.parts, strict=True)])
        return Surd(self.field, [self.parts[0] + other, *self.parts[1:]])

    def __mul__(self, other: Any) -> Surd:
        if not isinstance(other, Surd):
            return Surd(self.field, [a * other for a in self.parts])
        n = self.field.degree
        product: list[Any] = [0] * (2 * n - 1)
        for i, a in enumerate(self.parts):
            for j, b in enumerate(other.parts if a else ()):
                product[i + j] += a * b
        for top in range(2 * n - 2, n - 1, -1):
            for i, c in enumerate(self.field.polynomial[:-1] if product[top] else ()):
                product[top - n + i] -= product[top] * c
        return Surd(self.field, product[:n])

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Surd:
        return self * -1

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Surd):
            return self.parts == other.parts
        return self.parts[0] == other and not any(self.parts[1:])

    def __hash__(self) -> int:
        return hash(self.parts if any(self.parts[1:]) else self.parts[0])

    def __bool__(self) -> bool:
        return any(self.parts)


def bounds(polynomial: Sequence[Any], low: Fraction, high: Fraction) -> tuple[Any, Any]:
    """Return bounds of a polynomial's values on an interval, by interval arithmetic."""
    least = most = Fraction(0)
    for c in reversed(polynomial):
        ends = (least * low, least * high, most * low, most * high)
        least, most = min(ends) + c, max(ends) + c
    return least, most


def sign(x: Any) -> int:
    """Return the sign of an exact number."""
    while isinstance(x, Surd) and x:
        least, most = bounds(x.parts, x.field.low, x.field.high)
        if least > 0 or most < 0:
            return 1 if least > 0 else -1
        x.field.halve()
    return 0 if isinstance(x, Surd) else (x > 0) - (x < 0)


def floored(x: Any, scale: Any) -> Any:
    """Return x times a scale, off by less than 1; not at all where that is a whole number."""
    while isinstance(x, Surd):
        least, most = bounds(x.parts, x.field.low, x.field.high)
        if (most - least) * scale < 1:
            return math.ceil(least * scale)
        x.field.halve()
    return math.floor(x * scale)


def number(place: str, value: Any, field: Field | None) -> Any:
    """Read an exact number."""
    if field is None:
        return rational(place, value)
    return Surd(field, [rational(place, c) for c in items(place, value, field.degree)])


# --- rounding, from the bits


class Target:
    """Where numbers are rounded to, a format or the multiples of 2^-grid, and how.

    Every number is held as a binary64 float, which holds the values of all formats exactly.
    """

    def __init__(self, place: str, value: Any, how: str, saturates: bool, flushes: bool) -> None:
        precision, emin, emax, unused, *has = keys(
            *(place, value, "precision", "emin", "emax", "unused"),
            *("has_inf", "has_nan", "has_negative_zero"),
        )
        self.precision, self.emin = index(place, precision, 54, 2), index(place, emin, 1, -1022)
        top = index(place, emax, 1024) - precision + 1
        unused = index(place, unused, 1 << (precision - 1))
        self.inf, self.nan, self.negative_zero = (one_of(place, x, True, False) for x in has)
        self.how, self.saturates, self.flushes = how, saturates, flushes
        self.largest = math.ldexp((1 << precision) - 1 - unused, top)
        self.lowest, self.normal = -self.largest, math.ldexp(1.0, emin)
        self.grid: int | None = None
        self.width = (emax - emin + 1).bit_length() + precision
        self.digits = -(-self.width // 4)
        # The sum or product of two numbers of at most 24 bits, rounded to 53 bits and then to 24
        # or fewer, is rounded as if at once: 53 >= 2 * 24 + 2 (Figueroa 1995). To nearest only.
        self.quick = how == "rne" and precision <= 24 and emin >= -126 and emax <= 127
        self.quick = self.quick and not flushes and sys.float_info.mant_dig == 53

    def on_grid(self, q: int, bits: int | None) -> None:
        """Make it the multiples of 2^-q, in so many bits of two's complement or without bound."""
        self.grid, self.flushes = q, False
        self.inf, self.nan, self.negative_zero = bits is None, False, bits is None
        top = math.inf if bits is None else math.ldexp(1.0, bits - 1 - q)
        self.largest, self.lowest = top - math.ldexp(1.0, -q), -top

    def exact(self, n: int, e: int) -> float:
        """Round n 2^e, where n is not 0."""
        size = abs(n)
        unit = max(size.bit_length() + e - 1, self.emin) - self.precision + 1
        unit = unit if self.grid is None else -self.grid
        drop = unit - e
        kept = size >> drop if drop > 0 else size << -drop
        if drop > 0 and self.how != "rtz":
            rest, half = size - (kept << drop), 1 << (drop - 1)
            kept += rest > half or (rest == half and (self.how == "rna" or kept & 1))
        big = unit + kept.bit_length() > 1024
        return self.held(math.inf if big else math.ldexp(kept, unit), n < 0)

    def held(self, size: float, negative: bool) -> float:
        """Return a rounded magnitude with its sign, unless it is beyond or beneath the format."""
        if size > (-self.lowest if negative else self.largest):
            if self.how == "rtz":
                return self.lowest if negative else self.largest
            return self.beyond(negative)
        if size == 0.0 or (self.flushes and size < self.normal):
            return -0.0 if negative and self.negative_zero else 0.0
        return -size if negative else size

    def beyond(self, negative: bool) -> float:
        """Return what overflow gives, and an infinity becomes."""
        if self.saturates or not (self.inf or self.nan):
            return self.lowest if negative else self.largest
        return (-math.inf if negative else math.inf) if self.inf else math.nan

    def special(self, x: float) -> float:
        """Return what becomes of a zero, an infinity or a NaN."""
        if math.isinf(x):
            return self.beyond(x < 0)
        return 0.0 if x == 0.0 and not self.negative_zero else x

    def float(self, x: Any) -> Any:
        """Round a float."""
        return self.exact(*parts(x)) if x and math.isfinite(x) else self.special(x)

    def fast(self, x: Any) -> Any:
        """Round a binary64 sum or product of two numbers of a ``quick`` format."""
        if x == 0.0 or not math.isfinite(x):
            return self.special(x)
        unit = max(math.frexp(x)[1] - 1, self.emin) - self.precision + 1
        found = math.ldexp(round(math.ldexp(x, -unit)), unit)  # to even: round() does
        if found and self.lowest <= found <= self.largest:
            return found
        return self.held(abs(found), x < 0)

    def holds(self, x: Any) -> bool:
        """Whether an exact number is a value of the format."""
        if isinstance(x, Surd) or x.denominator & (x.denominator - 1):
            return False
        n, e = x.numerator, 1 - x.denominator.bit_length()
        return n == 0 or (max(n.bit_length(), -e) < 1200 and bool(self.exact(n, e) == x))

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


def parts(x: float) -> tuple[int, int]:
    """Return n and e with x = n 2^e."""
    m, e = math.frexp(x)
    return int(m * 9007199254740992.0), e - 53


class Exact:
    """Operations on exact numbers: nothing is rounded."""

    rounded, stores = "never", False

    def add(self, a: Any, b: Any) -> Any:
        """Return a + b."""
        return a + b

    def times(self, a: Any, b: Any) -> Any:
        """Return a b."""
        return a * b if a and b else 0

    def accumulate(self, a: Any, b: Any, c: Any) -> Any:
        """Return c + a b."""
        return c + a * b if a and b else c

    def dot(self, weights: Sequence[Any], h: Sequence[Any]) -> Any:
        """Return the sum of products."""
        return sum((a * b for a, b in zip(weights, h, strict=True) if a and b), 0)


class Rounded(Exact):
    """Operations on floats, each rounded as the fields of an arithmetic say."""

    def __init__(self, value: Any) -> None:
        place = "about.arithmetic"
        operations, state, self.rounded, sums, self.fma, how, *flags, grid, bits = keys(
            *(place, value, "operations", "state", "rounded", "sums", "fma", "direction"),
            *("saturates", "flushes", "flushes_operands", "grid", "grid_bits"),
        )
        one_of(place + ".rounded", self.rounded, "never", "letter", "step")
        one_of(place + ".direction", how, "rne", "rtz", "rna")
        for flag in (self.fma, *flags):
            one_of(place, flag, True, False)
        saturates, flushes, self.daz = flags
        self.stores = grid is not None or self.rounded == "letter"
        wide = grid is not None or self.rounded != "never"  # then operations are to nearest
        if not wide and operations != state:
            malformed(place, "nothing rounds to the format of the state")
        own = "rne" if wide else how
        self.ops = Target(place + ".operations", operations, own, saturates and not wide, flushes)
        self.holding = Target(place + ".operations", operations, "rne", False, False)
        self.store = Target(place + ".state", state, how, saturates, flushes)
        self.stored = self.store if grid is None else self.ops
        if grid is not None:
            width = None if bits is None else index(place + ".grid_bits", bits, 54, 1)
            self.store.on_grid(index(place + ".grid", grid, 1000), width)
        self.sums = None if sums is None else Target(place + ".sums", sums, "rne", False, flushes)
        if (self.sums and self.fma) or (grid is None and bits is not None):
            malformed(place, "sums are not fused, and only a grid has bits")
        self.quick = self.ops.quick and not self.daz and (self.sums is None or self.sums.quick)

    def read(self, x: float) -> float:
        """Return an operand as an operation reads it: a subnormal one may count as zero."""
        return math.copysign(0.0, x) if self.daz and abs(x) < self.ops.normal else x

    def add(self, a: Any, b: Any) -> Any:
        """Return a + b, rounded once."""
        return self.ops.fast(a + b) if self.quick else self.fused(1.0, self.read(a), b)

    def times(self, a: Any, b: Any) -> Any:
        """Return a b, rounded once."""
        if self.quick:
            return self.ops.fast(a * b)
        a, b = self.read(a), self.read(b)
        (p, e), (q, f) = (parts(x) if x and math.isfinite(x) else (0, 0) for x in (a, b))
        return self.ops.exact(p * q, e + f) if p and q else self.ops.special(a * b)

    def fused(self, a: float, b: float, c: float) -> float:
        """Return a b + c, rounded once."""
        return self.sum_to(self.ops, self.read(a), self.read(b), self.read(c))

    def sum_to(self, target: Target, a: float, b: float, c: float) -> float:
        """Return a b + c, rounded once to a format."""
        if not (math.isfinite(a) and math.isfinite(b) and math.isfinite(c)):
            return target.special(a * b + c)
        (p, e), (q, f), (r, g) = parts(a), parts(b), parts(c)
        low = min(e + f, g)
        n = ((p * q) << (e + f - low)) + (r << (g - low))
        if n:
            return target.exact(n, low)
        product = math.copysign(1.0, a) * math.copysign(1.0, b) * (1.0 if a and b else 0.0)
        return target.special(product + (math.copysign(1.0, c) if c else c))

    def accumulate(self, a: Any, b: Any, c: Any) -> Any:
        """Return c + a b, the product rounded first unless it is fused."""
        return self.fused(a, b, c) if self.fma else self.add(c, self.times(a, b))

    def dot(self, weights: Sequence[Any], h: Sequence[Any]) -> Any:
        """Return the sum of products, added from the left."""
        if not h:
            return 0.0
        if self.fma:
            total = self.times(weights[0], h[0])
            for a, b in zip(weights[1:], h[1:], strict=True):
                total = self.fused(a, b, total)
            return total
        if self.quick:
            fast, adding = self.ops.fast, (self.sums or self.ops).fast
            total, *terms = [fast(a * b) for a, b in zip(weights, h, strict=True)]
            for term in terms:
                total = adding(total + term)
        else:
            total, *terms = [self.times(a, b) for a, b in zip(weights, h, strict=True)]
            for term in terms:
                one = (1.0, total, term)
                total = self.sum_to(self.sums, *one) if self.sums else self.fused(*one)
        return total if self.sums is None else self.ops.float(total)


# --- machines and networks


class Machine:
    """A machine: where each letter leads from each state, and what each state outputs, as text."""

    def __init__(self, place: str, value: Any) -> None:
        self.alphabet, self.initial, self.delta, outputs = keys(
            place, value, "alphabet", "initial", "transitions", "outputs"
        )
        letters = len(strings(place + ".alphabet", self.alphabet))
        self.size = len(items(place + ".outputs", outputs))
        self.columns = {letter: a for a, letter in enumerate(self.alphabet)}
        if not letters or len(self.columns) < letters or "" in self.columns:
            malformed(place + ".alphabet", "empty, or a letter is empty or occurs twice")
        index(place + ".initial", self.initial, self.size)
        for row in items(place + ".transitions", self.delta, self.size):
            for target in items(place + ".transitions", row, letters):
                index(place + ".transitions", target, self.size)
        self.outputs = [text_of(x) for x in outputs]
        self.told = (
            f"a machine of {self.size:,} states over {', '.join(self.alphabet)[:40]}; "
            f"sha256 {hashlib.sha256(text_of(value).encode()).hexdigest()[:16]}"
        )

    def word(self, place: str, value: Any) -> list[int]:
        """Read a word, a list of letters, as columns."""
        if len(strings(place, value)) * self.size > MAX_WORK:
            malformed(place, "too many letters for so many states")
        if not self.columns.keys() >= set(value):
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

    def power(self, state: int, word: Sequence[int], k: int) -> int:
        """Return where word^k leads from a state."""
        image = self.image(word)
        for i in range(k.bit_length()):
            state = image[state] if k >> i & 1 else state
            image = [image[q] for q in image]
        return state

    def image(self, *words: Sequence[int]) -> list[int]:
        """Return where some words lead from each state."""
        return [self.after(q, *words) for q in range(self.size)]


class Layer:
    """One layer: what its actions do to a vector, and which code is the nearest."""

    def __init__(self, place: str, value: Any, field: Field | None, model: Any) -> None:
        value = {**value, "names": None} if type(value) is dict else value
        self.alphabet, dim, initial, steps, codes, emit, _ = keys(
            place, value, "alphabet", "dim", "initial", "steps", "codes", "emit", "names"
        )
        self.field, self.model, self.is_exact = field, model, type(model) is Exact
        letters = len(strings(place + ".alphabet", self.alphabet))
        self.columns = {letter: a for a, letter in enumerate(self.alphabet)}
        self.dim = index(place + ".dim", dim, 10**6)
        self.initial = tuple(self.numbers(place + ".initial", initial))
        if type(steps) is not dict or set(steps) != set(self.columns) or len(steps) < letters:
            malformed(place + ".steps", "expected steps for each letter, and no letter twice")
        actions: dict[str, int] = {}  # letters that have the same steps are one action
        self.action, self.steps = [], list[list[Any]]()
        for letter in self.alphabet:
            own = items(place + ".steps", steps[letter])
            self.action.append(actions.setdefault(text_of(own), len(actions)))
            if len(actions) > len(self.steps):
                self.steps.append([self.step(place + ".steps", x) for x in own])
        self.codes = [
            tuple(number(place + ".codes", x, field) for x in items(place + ".codes", code, dim))
            for code in items(place + ".codes", codes)
        ]
        rows = items(place + ".emit", emit, len(codes))
        self.emit = [strings(place + ".emit", row, letters) for row in rows]
        self.equal: dict[Any, int] = {}  # a float equals, and hashes as, the number it stands for
        for c, code in enumerate(self.codes):
            self.equal.setdefault(code, c)
        self.patterns: dict[str, float] = {}
        self.margins: dict[int, int] = {}
        # Codes and the squares of their lengths over one scale; irrational ones are off by up to 1.
        every = [x for code in self.codes for x in code]
        self.off = int(any(isinstance(x, Surd) for x in every))
        self.scale = 2**160 if self.off else math.lcm(*(x.denominator for x in every))
        square, scale = Exact().dot, self.scale
        self.scaled = [
            ([floored(x, scale) for x in code], floored(square(code, code), scale**2))
            for code in ([] if self.is_exact else self.codes)
        ]

    def numbers(self, place: str, value: Any) -> list[Any]:
        """Read a vector of a step: exact numbers, or floats that operations hold."""
        found = [number(place, x, self.field) for x in items(place, value, self.dim)]
        if self.is_exact:
            return found
        found = [x.parts[0] if isinstance(x, Surd) and not any(x.parts[1:]) else x for x in found]
        if not all(map(self.model.holding.holds, found)):
            malformed(place, "the format of operations does not hold a number")
        return [float(x) for x in found]

    def step(self, place: str, value: Any) -> Any:
        """Read a step as a function of a vector; its operations in the order that counts."""
        model = self.model
        if type(value) is dict and "matrix" in value:
            rows, bias = keys(place, value, "matrix", "bias")
            matrix = [self.numbers(place, row) for row in items(place, rows, self.dim)]
            shift = self.numbers(place, bias)

            def dense(h: Any) -> Any:
                sums = [model.dot(row, h) for row in matrix]
                return [s if b == 0 else model.add(s, b) for s, b in zip(sums, shift, strict=True)]

            return dense
        factor, entries, aim = keys(place, value, "beta", "key", "write")
        key, minus = self.numbers(place, entries), [-k for k in self.numbers(place, entries)]
        beta, write = (self.numbers(place, [x] * self.dim)[:1] for x in (factor, aim))

        def delta(h: Any) -> Any:
            s = model.dot(key, h)
            t = model.times(beta[0], s if write[0] == 0 else model.add(s, -write[0]))
            return [model.accumulate(k, t, x) for k, x in zip(minus, h, strict=True)]

        return delta if self.dim else lambda h: h

    def move(self, action: int, h: Any) -> tuple[Any, ...]:
        """Return where an action leads from a vector."""
        model = self.model
        for step in self.steps[action]:
            h = step(h)
            if model.rounded == "step":
                h = [model.store.float(x) for x in h]
        is_bare = not self.steps[action] and not self.is_exact and model.rounded != "step"
        return tuple([model.store.float(x) for x in h] if model.stores or is_bare else h)

    def vector(self, place: str, value: Any) -> tuple[Any, ...]:
        """Read a vector: bit patterns one after the other, or a list of exact numbers."""
        if self.is_exact:
            return tuple(number(place, x, self.field) for x in items(place, value, self.dim))
        target, d = self.model.stored, self.model.stored.digits
        if type(value) is not str or len(value) != d * self.dim:
            malformed(place, f"expected {d * self.dim} hexadecimal digits")
        digits = [value[i : i + d] for i in range(0, len(value), d)]
        for pattern in digits:
            if pattern not in self.patterns:
                self.patterns[pattern] = x = target.decoded(place, pattern)
                if self.model.holding.float(x) != x:
                    malformed(place, "the format of operations does not hold it")
        return tuple([self.patterns[pattern] for pattern in digits])

    def bits(self, vector: Any) -> Any:
        """Return what vectors share exactly when their bits are the same: +0 and -0 are not."""
        if self.is_exact:
            return vector
        return struct.pack(f"<{self.dim}d", *(math.nan if x != x else x for x in vector))

    def is_nearest(self, c: int, vector: Any) -> bool:
        """Whether a code is the nearest, the first of equals; exact vectors have to equal it."""
        if self.is_exact:
            return self.equal.get(vector) == c
        if c not in self.margins:
            own = self.scaled[c][0]
            self.margins[c] = min(
                (sum((x - y) ** 2 for x, y in zip(own, code, strict=True))
                 for i, (code, _) in enumerate(self.scaled) if i != c),
                default=0,
            )  # fmt: skip
        # Nearer than half the distance of the next code; half of that where codes are rounded.
        if self.margins[c] > self.off << 128:
            try:
                ratios = [x.as_integer_ratio() for x in vector]
            except (OverflowError, ValueError):
                return False  # an infinity or a NaN
            q = max([r for _, r in ratios], default=1)
            off = [
                self.scale * p * (q // r) - n * q
                for (p, r), n in zip(ratios, self.scaled[c][0], strict=True)
            ]
            if sum([x * x for x in off]) << (2 + self.off) < self.margins[c] * q * q:
                return True
        return self.nearest(vector) == c

    def nearest(self, vector: Any) -> int | None:
        """Return the number of the nearest code, the first of equals; None without one."""
        found = self.equal.get(vector)
        if found is not None or not self.codes:
            return found
        if not self.is_exact and not all(map(math.isfinite, vector)):
            return None
        if not self.is_exact:  # |code|^2 - 2 code.h in whole numbers
            ratios = [x.as_integer_ratio() for x in vector]
            q = math.lcm(*(ratio[1] for ratio in ratios))
            h = [2 * self.scale * p * (q // r) for p, r in ratios]
            scores = [
                square * q - sum([c * x for c, x in zip(code, h, strict=True)])
                for code, square in self.scaled
            ]
            least = min(scores)
            doubt = 2 * self.off * (q + sum(map(abs, h)))
            if not doubt or sum(score <= least + doubt for score in scores) == 1:
                return scores.index(least)
        best, least, dot = 0, None, Exact().dot
        h = list(vector) if self.is_exact else list(map(Fraction, vector))
        for c, code in enumerate(self.codes):
            score = dot(code, code) + -2 * dot(code, h)
            if least is None or sign(score + -least) < 0:
                best, least = c, score
        return best


class Network:
    """A network, its task and its arithmetic."""

    def __init__(self, about: Any) -> None:
        machine, value, arithmetic = keys("about", about, "machine", "network", "arithmetic")
        self.machine = Machine("about.machine", machine)
        value = {**value, "about": None} if type(value) is dict else value
        schema, alphabet, field, layers, outputs, empty, _ = keys(
            *("about.network", value, "schema", "alphabet", "field", "layers", "outputs", "empty"),
            "about",
        )
        one_of("about.network.schema", schema, "negeig.network/1")
        if sorted(strings("about.network.alphabet", alphabet)) != sorted(self.machine.alphabet):
            malformed("about.network.alphabet", "not the letters of the machine")
        root = None if field is None else Field(field)
        model = Exact() if arithmetic == "exact" else Rounded(arithmetic)
        self.layers = [
            Layer(f"about.network.layers[{i}]", layer, root, model)
            for i, layer in enumerate(items("about.network.layers", layers))
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
        hashed = hashlib.sha256(text_of(about["network"]).encode()).hexdigest()[:16]
        text = arithmetic if arithmetic == "exact" else text_of(arithmetic)
        self.told = [
            ("task", self.machine.told),
            ("network", f"dimensions of its layers: {sizes}; sha256 {hashed}"),
            ("arithmetic", text),
        ]

    def run(self, word: Sequence[str]) -> tuple[list[Any], str | None]:
        """Return the bits of the layers' states after a word, and the symbol that comes out."""
        states, symbol = [layer.initial for layer in self.layers], None
        for letter in word:
            symbol = letter
            for i, layer in enumerate(self.layers):
                a = layer.columns.get(symbol or "") if symbol is not None else None
                if a is None:
                    symbol = None
                    break
                states[i] = layer.move(layer.action[a], states[i])
                code = layer.nearest(states[i])
                symbol = None if code is None else layer.emit[code][a]
        return [layer.bits(h) for layer, h in zip(self.layers, states, strict=True)], symbol


# --- one function for each kind

Told: TypeAlias = list[tuple[str, str]]
"""What was verified, for people: a label and a text each."""

KINDS: dict[str, tuple[Callable[[Lines, Any, Any], Told], str]] = {}
"""What checks a kind, and what all certificates of the kind claim."""


def claims(sentence: str) -> Callable[..., Any]:
    """Enter a function under its name, as what checks a kind that claims this."""

    def enter(check: Any) -> Any:
        KINDS[check.__name__[1:]] = check, sentence
        return check

    return enter


class Table:
    """The rows of one layer, each checked: its vector, its code, and where actions lead."""

    def __init__(self, lines: Lines, layer: Layer, name: str, count: Any) -> None:
        self.layer, self.width, self.count = layer, len(layer.steps), count
        self.codes, self.after = array("i"), array("i")
        states: dict[Any, None] = {}
        for row in lines.rows(name, count, 2 + self.width):
            place = f"line {lines.number}"
            states[layer.bits(layer.vector(place, row[0]))] = None
            if len(states) == len(self.codes):
                malformed(place, "a vector that occurs twice")
            self.codes.append(index(place, row[1], len(layer.codes), -1))
            for target in row[2:]:
                self.after.append(index(place, target, count, -1))
        every = list(states)
        del states
        require(every[:1] == [layer.bits(layer.initial)], f"{name}, row 0", "not the initial state")
        unpack = struct.Struct(f"<{layer.dim}d").unpack
        for i, state in enumerate(every):
            vector = state if layer.is_exact else unpack(state)
            if self.codes[i] >= 0 and not layer.is_nearest(self.codes[i], vector):
                raise UnprovedError(f"{name}, row {i}: its code is not the nearest one")
            for a in range(self.width):
                target = self.after[i * self.width + a]
                if target >= 0 and layer.bits(layer.move(a, vector)) != every[target]:
                    raise UnprovedError(f"{name}, row {i}: action {a} leads elsewhere")

    def step(self, state: int, symbol: str | None) -> tuple[int, str | None]:
        """Return where a letter leads from a row, and what is emitted; -1 where it is not said."""
        column = -1 if symbol is None else self.layer.columns.get(symbol, -1)
        if column < 0:
            return -1, None
        after = self.after[state * self.width + self.layer.action[column]]
        code = self.codes[after] if after >= 0 else -1
        return after, None if code < 0 else self.layer.emit[code][column]


@claims("for words of every length the network's output is the machine's")
def _closure(lines: Lines, about: Any, evidence: Any) -> Told:
    network, (counts, count) = Network(about), keys("evidence", evidence, "layers", "states")
    machine, own = network.machine, items("evidence.layers", counts, len(network.layers))
    tables = [Table(lines, layer, f"layers[{i}]", own[i]) for i, layer in enumerate(network.layers)]
    letters, width = machine.alphabet, 1 + len(tables)
    places, after = array("i"), array("i")
    ends = [machine.size, *(table.count for table in tables), *[count] * len(letters)]
    for row in lines.rows("states", count, len(ends)):
        for x, end in zip(row, ends, strict=True):
            index(f"line {lines.number}", x, end)
        places.extend(row[:width])
        after.extend(row[width:])
    require(network.empty == machine.output(), "network.empty", "not the machine's output")
    start = [machine.initial, *[0] * len(tables)]
    require(list(places[:width]) == start, "states, row 0", "not the start")
    same: dict[tuple[int, ...], int] = {}
    futures = [same.setdefault(tuple(row), len(same)) for row in machine.delta]
    for i in range(count):
        base = i * width
        for a, letter in enumerate(letters):
            symbol: str | None = letter
            goal, target = machine.delta[places[base]][a], after[i * len(letters) + a] * width
            for k, table in enumerate(tables, 1):
                state, symbol = table.step(places[base + k], symbol)
                if state != places[target + k]:
                    raise UnprovedError(
                        f"states, row {i}, letter {a}: layer {k - 1} goes elsewhere"
                    )
            if symbol is None or network.outputs.get(symbol) != machine.outputs[goal]:
                raise UnprovedError(f"states, row {i}, letter {a}: the output is not the machine's")
            if futures[places[target]] != futures[goal]:
                raise UnprovedError(f"states, row {i}, letter {a}: the machine goes elsewhere")
    sizes = ", ".join(f"{table.count:,}" for table in tables) or "none"
    return [*network.told, ("evidence", f"{count:,} states; of the layers: {sizes}")]


@claims("on this word the network's output is not the machine's")
def _word(_: Lines, about: Any, evidence: Any) -> Told:
    network, (word, emits) = Network(about), keys("evidence", evidence, "word", "emits")
    goal = network.machine.output(network.machine.word("evidence.word", word))
    symbol = network.run(word)[1]
    require(
        type(emits) in (str, type(None)) and symbol == emits, "evidence.emits", "not this symbol"
    )
    output = network.outputs.get(symbol or "", "nothing") if symbol or not word else "nothing"
    output = output if word else network.empty
    require(output != goal, "evidence.word", "the network is right")
    text = f"{len(word):,} letters; the network gives {output}, the machine {goal}"
    return [*network.told, ("evidence", text)]


@claims("no decoder of the network's state and the last letter is right")
def _bits(_: Lines, about: Any, evidence: Any) -> Told:
    network, (words,) = Network(about), keys("evidence", evidence, "words")
    place, (one, two) = "evidence.words", items("evidence.words", words, 2)
    goals = {network.machine.output(network.machine.word(place, word)) for word in (one, two)}
    require(bool(one and two) and one[-1] == two[-1], place, "not one last letter")
    require(network.run(one)[0] == network.run(two)[0], place, "they lead to different states")
    require(len(goals) == 2, place, "the machine's outputs are the same")
    return [*network.told, ("evidence", f"words of {len(one):,} and {len(two):,} letters")]


@claims("both machines have the same output on every word")
def _equivalence(_: Lines, about: Any, evidence: Any) -> Told:
    one, two = (Machine(f"about[{i}]", x) for i, x in enumerate(items("about", about, 2)))
    if one.alphabet != two.alphabet:
        malformed("about", "the alphabets differ")
    pairs = set()
    for pair in items("evidence", evidence):
        p, q = items("evidence", pair, 2)
        pairs.add((index("evidence", p, one.size), index("evidence", q, two.size)))
    require((one.initial, two.initial) in pairs, "evidence", "the start is missing")
    for p, q in pairs:
        require(one.outputs[p] == two.outputs[q], f"pair {p}, {q}", "the outputs differ")
        after = set(zip(one.delta[p], two.delta[q], strict=True))
        require(after <= pairs, f"pair {p}, {q}", "a letter leads to no pair")
    return [("task", one.told), ("and", two.told), ("evidence", f"{len(pairs):,} pairs of states")]


@claims("the outputs of the machines differ on this word")
def _inequivalence(_: Lines, about: Any, evidence: Any) -> Told:
    one, two = (Machine(f"about[{i}]", x) for i, x in enumerate(items("about", about, 2)))
    (word,) = keys("evidence", evidence, "word")
    outputs = [machine.output(machine.word("evidence.word", word)) for machine in (one, two)]
    require(outputs[0] != outputs[1], "evidence.word", "the outputs are the same")
    return [("task", one.told), ("and", two.told), ("evidence", f"outputs {' and '.join(outputs)}")]


@claims("the words e and f are idempotent, and efe and fe differ in this context")
def _idempotents(_: Lines, about: Any, evidence: Any) -> Told:
    machine, names = Machine("about", about), ("e", "f", "prefix", "suffix")
    words = keys("evidence", evidence, *names)
    e, f, prefix, suffix = (
        machine.word(f"evidence.{n}", w) for n, w in zip(names, words, strict=True)
    )
    for name, word in (("e", e), ("f", f)):
        image = machine.image(word)
        require(all(image[q] == q for q in image), f"evidence.{name}", "not idempotent")
    one, two = machine.output(prefix, e, f, e, suffix), machine.output(prefix, f, e, suffix)
    require(one != two, "evidence", "efe and fe give one output in this context")
    return [("task", machine.told), ("evidence", f"outputs {one} and {two}")]


@claims("the outputs on prefix word^k suffix have this least index and period in k")
def _period(_: Lines, about: Any, evidence: Any) -> Told:
    machine, names = Machine("about", about), ("word", "prefix", "suffix")
    first, least, *words = keys("evidence", evidence, "index", "period", *names)
    word, prefix, suffix = (
        machine.word(f"evidence.{n}", w) for n, w in zip(names, words, strict=True)
    )
    (
        index("evidence.index", first, machine.size),
        index("evidence.period", least, machine.size + 1, 2),
    )
    seen: dict[int, int] = {}
    shown = list[str]()
    state = machine.after(machine.initial, prefix)
    while state not in seen:
        seen[state] = len(shown)
        shown.append(machine.outputs[machine.after(state, suffix)])
        state = machine.after(state, word)
    start, cycle = seen[state], len(shown) - seen[state]

    def repeats(length: int, since: int) -> bool:
        at = [
            k if k < len(shown) else start + (k - start) % cycle
            for k in range(max(since, start) + cycle + length)
        ]
        return all(shown[at[k]] == shown[at[k + length]] for k in range(since, len(at) - length))

    divisors = [d for d in range(1, least) if least % d == 0]
    is_least = repeats(least, first) and not any(repeats(d, first) for d in divisors)
    require(bool(word) and is_least, "evidence.period", "not the least one from the index on")
    require(not first or not repeats(least, first - 1), "evidence.index", "it is earlier")
    return [("task", machine.told), ("evidence", f"period {least} from {first} on")]


@claims("every level permutes or resets, and the cascade computes the machine")
def _cascade(_: Lines, about: Any, evidence: Any) -> Told:
    machine = Machine("about", about)
    initial, levels, states = keys("evidence", evidence, "initial", "levels", "states")
    read: list[tuple[int, dict[str, Any]]] = []
    for level in items("evidence.levels", levels):
        points, maps, contexts, choice = keys(
            "level", level, "points", "maps", "contexts", "choice"
        )
        index("level.points", points, MAX_ROWS)
        for image in items("level.maps", maps):
            for p in items("level.maps", image, points):
                index("level.maps", p, points)
            require(len(set(image)) in (1, points), "level.maps", "neither permutes nor resets")
        rows: dict[str, Any] = {}
        for context, row in zip(
            items("level.contexts", contexts),
            items("level.choice", choice, len(contexts)),
            strict=True,
        ):
            chosen = [
                index("level.choice", m, len(maps))
                for m in items("level", row, len(machine.alphabet))
            ]
            rows[text_of(context)] = [maps[m] for m in chosen]
        read.append((points, rows))
    at: dict[str, Any] = {}
    for coordinates, state in (
        items("evidence.states", x, 2) for x in items("evidence.states", states)
    ):
        for p, (points, _rows) in zip(
            items("evidence.states", coordinates, len(read)), read, strict=True
        ):
            index("evidence.states", p, points)
        at[text_of(coordinates)] = coordinates, index("evidence.states", state, machine.size)
    where = at.get(text_of(initial))
    require(where is not None and where[1] == machine.initial, "evidence.initial", "not the start")
    for coordinates, state in at.values():
        maps = [rows.get(text_of(coordinates[:i])) for i, (_points, rows) in enumerate(read)]
        require(None not in maps, f"states {coordinates}", "a level has no map here")
        for a, goal in enumerate(machine.delta[state]):
            after = at.get(text_of([m[a][p] for m, p in zip(maps, coordinates, strict=True)]))
            require(
                after is not None and after[1] == goal, f"{coordinates}, letter {a}", "elsewhere"
            )
    require({q for _, q in at.values()} == set(range(machine.size)), "states", "not onto")
    return [("task", machine.told), ("evidence", f"{len(read)} levels, {len(at):,} tuples")]


@claims("no contractive layer has affinely independent points for the machine's states")
def _infeasibility(_: Lines, about: Any, evidence: Any) -> Told:
    machine = Machine("about", about)
    e, f, z, equations = keys("evidence", evidence, "e", "f", "vanishing", "equations")
    n = machine.size

    def combination(place: str, value: Any) -> list[Any]:
        found = [rational(place, x) for x in items(place, value, n)]
        require(sum(found) == 0, place, "the sum is not 0")
        return found

    z = combination("evidence.vanishing", z)
    require(any(z), "evidence.vanishing", "it is 0")
    total = [[x * y for y in z] for x in z]
    for i, equation in enumerate(items("evidence.equations", equations)):
        place = f"evidence.equations[{i}]"
        letter, pair, back, multiplier = keys(
            place, equation, "letter", "pair", "back", "multiplier"
        )
        y = combination(place, multiplier)
        (a,), way = machine.word(place, [letter]), machine.word(place, back)
        p, q = (index(place, x, n) for x in items(place, pair, 2))
        image = {machine.after(machine.delta[p][a], way), machine.after(machine.delta[q][a], way)}
        require(p != q and image == {p, q}, place, "the words do not bring the pair back")
        for r, weight in enumerate(y):
            for state, signed in ((p, weight), (q, -weight)) if weight else ():
                for u, v in ((state, r), (r, state)):
                    total[u][v] += signed
                    total[machine.delta[u][a]][machine.delta[v][a]] -= signed
    require(not any(map(any, total)), "evidence", "the matrix equation does not hold")
    one, two = machine.word("evidence.e", e), machine.word("evidence.f", f)
    for map_ in (machine.image(one), machine.image(two)):
        require(all(map_[q] == q for q in map_), "evidence", "e or f is not idempotent")
    return [("task", machine.told), ("evidence", f"{len(equations)} equations")]


@claims("no decoder of the network's cast states and the last letter does the task")
def _collision(_: Lines, about: Any, evidence: Any) -> Told:
    machine, value = keys("about", about, "machine", "network")
    network = Network({"machine": machine, "network": value, "arithmetic": "exact"})
    names = ("prefix", "word", "suffix", "exponents", "outputs", "states", "cast")
    *words, exponents, outputs, states, cast = keys("evidence", evidence, *names)
    u, w, s = (network.machine.word(f"evidence.{n}", x) for n, x in zip(names, words, strict=False))
    low, high = (index("evidence.exponents", k, 10**7) for k in items("", exponents, 2))
    target = Target("evidence.cast", cast, "rne", True, False)
    same = w[-1:] == (s or w if low or s else u)[-1:] or bool(s)
    require(low < high and bool(w) and same, "evidence", "not two words with one last letter")
    task = network.machine
    ends = [task.after(task.power(task.after(task.initial, u), w, k), s) for k in (low, high)]
    one, two = (task.outputs[q] for q in ends)
    require([one, two] == [*map(text_of, outputs)] and one != two, "evidence.outputs", "not these")
    claimed = [target.decoded("evidence.states", x) for x in strings("evidence.states", states)]
    for k in (low, high):
        if len(network.layers) == 1:
            found = power_casts(network.layers[0], target, words, k)
        else:
            found = stack_casts(network, target, words[0] + words[1] * k + words[2])
        is_same = list(map(repr, found)) == list(map(repr, claimed))
        require(is_same, f"evidence.states, exponent {k}", "not the cast states")
    return [*network.told, ("evidence", f"u w^{low} s and u w^{high} s, outputs {one} and {two}")]


def cast_of(target: Target, x: Any) -> float:
    """Round a rational number: to far below its last place first, with what is left as one bit."""
    shift = target.precision - target.emin + 8
    whole, rest = divmod(abs(x.numerator) << shift, x.denominator)
    n = 2 * whole + (rest > 0)
    return target.exact(-n if x < 0 else n, -shift - 1) if n else 0.0


def stack_casts(network: Network, target: Target, word: Sequence[str]) -> list[float]:
    """Return the cast states of all layers after a word; each layer decodes the cast below it."""
    states, size = [layer.initial for layer in network.layers], 0
    for letter in word:
        symbol = letter
        for i, layer in enumerate(network.layers):
            a = layer.columns.get(symbol)
            require(a is not None, "evidence", f"layer {i} does not read {symbol!r}")
            states[i] = layer.move(layer.action[a], states[i])  # type: ignore[index]
            size += sum(x.denominator.bit_length() for x in states[i])
            require(size < MAX_WORK, "evidence", "the exact states take too long to follow")
            code = layer.nearest(tuple(Fraction(cast_of(target, x)) for x in states[i]))
            require(code is not None, "evidence", f"layer {i} has no code")
            symbol = layer.emit[code][a]  # type: ignore[index]
    return [cast_of(target, x) for state in states for x in state]


def enclosed(x: Any, bits: int) -> tuple[Any, Any]:
    """Return an interval of whole numbers around x 2^bits; x itself where it is to be exact."""
    return (math.floor(x * 2**bits), math.ceil(x * 2**bits)) if bits > 0 else (x, x)


def product(a: Any, b: Any, bits: int) -> list[list[tuple[Any, Any]]]:
    """Return the product of two matrices of such intervals."""
    columns = list(zip(*b, strict=True))
    found: list[list[tuple[Any, Any]]] = []
    for row in a:
        found.append([])
        for column in columns:
            low = high = 0
            for x, y in zip(row, column, strict=True):
                ends = [p * q for p in x for q in y]
                low, high = low + min(ends), high + max(ends)
            found[-1].append((low >> bits, -(-high >> bits)) if bits > 0 else (low, high))
    return found


def power_casts(layer: Layer, target: Target, words: Any, k: int) -> list[float]:
    """Return the cast state of a layer after u w^k s, by squaring, enclosed or exactly."""
    n = layer.dim
    axes = [tuple(int(i == j) for i in range(n)) for j in range(-1, n)]

    def matrix(word: Sequence[str]) -> list[list[Any]]:
        images = axes
        for letter in word:
            if letter not in layer.columns:
                raise UnprovedError(f"evidence: the layer does not read {letter!r}")
            images = [layer.move(layer.action[layer.columns[letter]], h) for h in images]
        shift = images[0]
        columns = [[x - b for x, b in zip(h, shift, strict=True)] + [0] for h in images[1:]]
        return [list(row) for row in zip(*columns, [*shift, 1], strict=True)]

    maps = [matrix(word) for word in words]
    for bits in (0, 2048, 16_384, 131_072, -1):  # after the point; 0, -1: exactly, if small
        first, power, last = ([[enclosed(x, bits) for x in row] for row in m] for m in maps)
        h = product(first, [[enclosed(x, bits)] for x in (*layer.initial, 1)], bits)
        size = 0
        for i in range(k.bit_length()):
            h = product(power, h, bits) if k >> i & 1 else h
            power = product(power, power, bits)
            size += sum(Fraction(x).denominator.bit_length() for row in power for x, _ in row)
            if bits < 1 and size > (MAX_WORK if bits else 20_000):
                break
        else:
            unit = Fraction(1, 1 << max(bits, 0))
            ends = [
                [cast_of(target, e * unit) for e in row[0]] for row in product(last, h, bits)[:-1]
            ]
            if all(repr(x) == repr(y) for x, y in ends):
                return [x for x, _ in ends]
    raise UnprovedError("evidence: the exact state takes too long to compute")


@claims("the eigenvalues of the matrix are of this kind")
def _spectrum(_: Lines, about: Any, evidence: Any) -> Told:
    size = len(items("about", about))
    a = [[rational("about", x) for x in items("about", row, size)] for row in about]
    n = range(len(a))

    def product(p: Any, q: Any) -> Any:
        columns = list(zip(*q, strict=True))
        return [[sum(x * y for x, y in zip(row, c, strict=True)) for c in columns] for row in p]

    kind = str(evidence.get("kind")) if type(evidence) is dict else ""
    if kind in ("non-real", "not-nonnegative"):  # the trace of q(A)^2, or of A q(A)^2, is < 0
        q = [[0] * len(a) for _ in n]
        for c in reversed(items("evidence.trace", keys("evidence", evidence, "kind", "trace")[1])):
            q, c = product(q, a), rational("evidence.trace", c)
            q = [[x + c * (i == j) for j, x in enumerate(row)] for i, row in enumerate(q)]
        square = product(product(a, q) if kind == "not-nonnegative" else q, q)
        require(sum(square[i][i] for i in n) < 0, "evidence.trace", "the trace is not negative")
        return [("matrix", f"{len(a)} rows; {text_of(about)[:60]}"), ("evidence", kind)]
    one_of("evidence.kind", kind, "real", "nonnegative")
    # Factors of the characteristic polynomial that change sign as often as their degree.
    whole: list[Any] = [1]
    for factor in items("evidence.factors", keys("evidence", evidence, "kind", "factors")[1]):
        value, at, times = keys("evidence.factors", factor, "polynomial", "points", "exponent")
        p = [rational("evidence.factors", x) for x in items("evidence.factors", value)]
        points = [rational("evidence.factors", x) for x in items("evidence.factors", at, len(p))]
        require(len(p) > 1 and sorted(set(points)) == points, "evidence.factors", "not ascending")
        signs = [sum(c * x**i for i, c in enumerate(p)) for x in points]
        require(all(x * y < 0 for x, y in pairwise(signs)), "evidence.factors", "no sign changes")
        is_right = kind == "real" or points[0] >= 0 or (len(p) == 2 and p[0] == 0)
        require(is_right, "evidence.factors", "room for a negative root")
        for _i in range(index("evidence.factors", times, len(a) + 1, 1)):
            require(len(whole) + len(p) <= len(a) + 2, "evidence.factors", "of too high a degree")
            sums = [0] * (len(whole) + len(p) - 1)
            for i, x in enumerate(whole):
                for j, y in enumerate(p):
                    sums[i + j] += x * y
            whole = sums
    found, power = [Fraction(1)], [[Fraction(0)] * len(a) for _ in n]
    for k in range(1, len(a) + 1):  # Faddeev and LeVerrier
        power = [
            [x + found[-1] * (i == j) for j, x in enumerate(row)] for i, row in enumerate(power)
        ]
        power = product(a, power)
        found.append(-sum(power[i][i] for i in n) / k)
    is_same = len(whole) == len(found) and whole == [c * whole[-1] for c in reversed(found)]
    require(is_same, "evidence.factors", "their product is not the characteristic polynomial")
    return [("matrix", f"{len(a)} rows; {text_of(about)[:60]}"), ("evidence", kind)]


# --- the program


def check_one(lines: Lines, header: Any, permitted: set[str]) -> Told:
    """Check one certificate, whose header was read; return what was verified."""
    schema, kind, claim, assumptions, about, evidence = keys(
        f"line {lines.number}",
        *(header, "schema", "kind", "claim", "assumptions", "about", "evidence"),
    )
    one_of("schema", schema, SCHEMA)
    function, sentence = KINDS[one_of("kind", kind, *KINDS)]
    one_of("claim", claim, sentence)
    assumed = [keys("assumptions", x, "id", "statement") for x in items("assumptions", assumptions)]
    names = [strings("assumptions", pair)[0] for pair in assumed]
    if len(set(names)) < len(names):
        malformed("assumptions", "one is listed twice")
    told = [("claim", sentence), *function(lines, about, evidence)]
    for name in names:
        require(name in permitted, "assumptions", f"{name!r} is not permitted (--permit)")
    told += [("assumes", f"{name}: {statement}") for name, statement in assumed]
    return [*told, ("sha256", lines.hash.hexdigest())]


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
        yield "NOT VERIFIED", str(error), []
    except MalformedError as error:
        yield "MALFORMED", str(error), []
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
    ) as e:
        yield "MALFORMED", f"up to line {lines.number}: a value of another form, {e!r:.100}", []


def main(arguments: Sequence[str]) -> int:
    """Check the certificates of a file; return the exit code."""
    usage = "usage: python checker.py FILE [--permit ID,...]"
    files, permitted, rest = [], set[str](), iter(arguments)
    for argument in rest:
        name, _, value = argument.partition("=")
        if name == "--permit":
            permitted |= {x for x in (value or next(rest, "")).split(",") if x}
        else:
            files.append(argument)
    if len(files) != 1 or files[0].startswith("--"):
        print(usage, file=sys.stderr)
        return 2
    worst = 0
    try:
        with open(files[0], "rb") as file:
            for verdict, reason, told in check(file, permitted):
                print(f"{verdict}: {reason}" if reason else verdict)
                for label, text in told:
                    print(f"  {label:<11} {text}")
                worst = max(worst, ("VERIFIED", "NOT VERIFIED", "MALFORMED").index(verdict))
    except OSError as error:
        print(f"MALFORMED: {error}")
        return 2
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
