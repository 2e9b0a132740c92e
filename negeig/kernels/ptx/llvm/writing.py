"""Text of LLVM IR, a line an operation, on single numbers and on vectors of 32.

Values know their type, so that operations on them read like arithmetic. An operation on a single
number and a vector repeats the number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from negeig.kernels.ptx.warps import WARP

WIDTH = {"i1": 1, "i8": 8, "i16": 16, "i32": 32, "i64": 64, "i128": 128, "float": 32, "double": 64}
"""Types of elements, and how many bits they have."""


@dataclass(frozen=True)
class Value:
    """A value of the code that is written.

    Parameters
    ----------
    text : str
        Its name, or a constant.
    kind : str
        Type of ``WIDTH``, or ``ptr``.
    wide : bool
        Whether it is a vector, an element for each thread of a warp.
    """

    text: str
    kind: str
    wide: bool = False

    @property
    def type(self) -> str:
        """Its type in LLVM.

        Examples
        --------
        >>> Value("%x", "i8", wide=True).type
        '<32 x i8>'
        """
        return f"<{WARP} x {self.kind}>" if self.wide else self.kind

    @property
    def is_constant(self) -> bool:
        """Whether it is a number."""
        return self.text[0] != "%"

    def __str__(self) -> str:
        return f"{self.type} {self.text}"


def integer(kind: str, number: int) -> Value:
    """Return a constant; of a negative number its low bits.

    Examples
    --------
    >>> str(integer("i8", -1)), str(integer("i1", 1))
    ('i8 255', 'i1 true')
    """
    if kind == "i1":
        return Value("true" if number & 1 else "false", "i1")
    return Value(str(number & ((1 << WIDTH[kind]) - 1)), kind)


def lanes() -> Value:
    """Return the vector 0, 1, ..., 31."""
    return numbers(range(WARP))


def numbers(values: Sequence[int], kind: str = "i32") -> Value:
    """Return a constant vector."""
    return Value(f"<{', '.join(f'{kind} {value}' for value in values)}>", kind, wide=True)


@dataclass
class Writer:
    """Lines of one function, and what they need to have declared.

    ``any_nan`` says that a NaN of the current instruction may be any.
    """

    lines: list[str] = field(default_factory=list)
    declared: set[str] = field(default_factory=set)
    count: int = 0
    block: str = ""
    any_nan: bool = False

    def line(self, text: str) -> None:
        """Append a line."""
        self.lines.append(f"  {text}")

    def label(self, name: str) -> None:
        """Begin a basic block."""
        self.lines.append(f"{name}:")
        self.block = name

    def fresh(self, stem: str = "v") -> str:
        """Return a name that is not used."""
        self.count += 1
        return f"{stem}{self.count}"

    def let(self, text: str, kind: str, *, wide: bool) -> Value:
        """Name what a line computes."""
        found = Value(f"%{self.fresh()}", kind, wide)
        self.line(f"{found.text} = {text}")
        return found

    # Shapes.

    def vector(self, value: Value) -> Value:
        """Return a value as a vector."""
        if value.wide:
            return value
        if value.is_constant:
            return Value(f"splat ({value})", value.kind, wide=True)
        one = f"<{WARP} x {value.kind}>"
        first = self.let(f"insertelement {one} poison, {value}, i32 0", value.kind, wide=True)
        return self.let(
            f"shufflevector {first}, {one} poison, <{WARP} x i32> zeroinitializer",
            value.kind, wide=True,
        )  # fmt: skip

    def alike(self, *values: Value) -> list[Value]:
        """Return values all as vectors if one of them is a vector."""
        wide = any(value.wide for value in values)
        return [self.vector(value) if wide else value for value in values]

    def element(self, value: Value, index: Value | int) -> Value:
        """Return the value of one thread."""
        if not value.wide:
            return value
        at = f"i32 {index}" if isinstance(index, int) else str(index)
        return self.let(f"extractelement {value}, {at}", value.kind, wide=False)

    def rearranged(self, value: Value, order: Sequence[int]) -> Value:
        """Return a vector whose elements are those of these numbers."""
        value = self.vector(value)
        return self.let(
            f"shufflevector {value}, {value.type} poison, {numbers(order)}", value.kind, wide=True
        )

    # Arithmetic.

    def do(self, operation: str, a: Value, b: Value | int) -> Value:
        """Return what an operation makes of two values of one type."""
        a, b = self.alike(a, integer(a.kind, b) if isinstance(b, int) else b)
        return self.let(f"{operation} {a}, {b.text}", a.kind, wide=a.wide)

    def test(self, comparison: str, a: Value, b: Value | int) -> Value:
        """Return a comparison, such as ``icmp eq``."""
        a, b = self.alike(a, integer(a.kind, b) if isinstance(b, int) else b)
        return self.let(f"{comparison} {a}, {b.text}", "i1", wide=a.wide)

    def cast(self, operation: str, a: Value, kind: str) -> Value:
        """Return a value converted by ``zext``, ``fptrunc``, ``bitcast``, ..."""
        if a.kind == kind:
            return a
        wide = Value("", kind, a.wide).type
        return self.let(f"{operation} {a} to {wide}", kind, wide=a.wide)

    def sized(self, a: Value, kind: str, *, signed: bool = False) -> Value:
        """Return the low bits of an integer, or its extension."""
        if WIDTH[a.kind] > WIDTH[kind]:
            return self.cast("trunc", a, kind)
        return self.cast("sext" if signed else "zext", a, kind)

    def choose(self, condition: Value, a: Value | int, b: Value | int) -> Value:
        """Return a where the condition holds, b elsewhere; one of them may be a number."""
        kind = a.kind if isinstance(a, Value) else b.kind if isinstance(b, Value) else "i32"
        first, second = (integer(kind, one) if isinstance(one, int) else one for one in (a, b))
        if condition.wide:
            first, second = self.vector(first), self.vector(second)
        first, second = self.alike(first, second)
        return self.let(f"select {condition}, {first}, {second}", kind, wide=first.wide)

    def call(self, name: str, *values: Value, flag: bool | None = None) -> Value:
        """Call an intrinsic of LLVM that works on elements, of the type of its arguments."""
        given = self.alike(*values)
        first = given[0]
        short = {"float": "f32", "double": "f64"}.get(first.kind, first.kind)
        full = f"@llvm.{name}.{f'v{WARP}' if first.wide else ''}{short}"
        last = [] if flag is None else [f"i1 {'true' if flag else 'false'}"]
        types = [first.type] * len(given) + ["i1"] * len(last)
        self.declare(f"{first.type} {full}({', '.join(types)})")
        return self.let(
            f"call {first.type} {full}({', '.join([*map(str, given), *last])})",
            first.kind, wide=first.wide,
        )  # fmt: skip

    def reduced(self, name: str, values: Value) -> Value:
        """Return a reduction over the elements of a vector of words: ``add``, ``umin``, ..."""
        full = f"@llvm.vector.reduce.{name}.v{WARP}i32"
        self.declare(f"i32 {full}(<{WARP} x i32>)")
        return self.let(f"call i32 {full}({values})", "i32", wide=False)

    def declare(self, signature: str) -> None:
        """Have a function declared."""
        self.declared.add(f"declare {signature}")

    # Masks.

    def bits(self, mask: Value) -> Value:
        """Return a mask as a word, the first thread in the lowest bit."""
        mask = self.vector(mask)
        return self.let(f"bitcast {mask} to i{WARP}", "i32", wide=False)

    def any(self, condition: Value) -> Value:
        """Return whether it holds in some thread."""
        if not condition.wide:
            return condition
        return self.test("icmp ne", self.bits(condition), 0)

    def mask(self, word: Value) -> Value:
        """Return the mask that a word is."""
        return self.let(f"bitcast {word} to <{WARP} x i1>", "i1", wide=True)

    # Control.

    def branch(self, condition: Value, yes: str, no: str, *, rarely: bool = False) -> None:
        """End a basic block."""
        hint = ", !prof !0" if rarely else ""
        self.line(f"br {condition}, label %{yes}, label %{no}{hint}")

    def jump(self, label: str) -> None:
        """End a basic block."""
        self.line(f"br label %{label}")

    def when(self, condition: Value, inside: Callable[[], None], *, rarely: bool = False) -> None:
        """Write what is done only where a condition holds, and go on behind it."""
        yes, after = self.fresh("do"), self.fresh("after")
        self.branch(condition, yes, after, rarely=rarely)
        self.label(yes)
        inside()
        self.jump(after)
        self.label(after)

    def count_up(self, counter: str, stop: int, step: int, inside: Callable[[Value], None]) -> None:
        """Write what is done for 0, ``step``, ... below ``stop``; the counter is a place for it."""
        again, after = self.fresh("again"), self.fresh("after")
        self.store(integer("i64", 0), counter, 8)
        self.jump(again)
        self.label(again)
        now = self.load(counter, "i64", align=8)
        inside(now)
        following = self.do("add", now, step)
        self.store(following, counter, 8)
        self.branch(self.test("icmp ult", following, stop), again, after)
        self.label(after)

    def each_bit(self, word: Value, left: str, inside: Callable[[Value], None]) -> None:
        """Write what is done for the number of each bit that is set; ``left`` is a place."""
        again, body, after = self.fresh("bits"), self.fresh("bit"), self.fresh("after")
        self.store(word, left, 8)
        self.jump(again)
        self.label(again)
        now = self.load(left, "i64", align=8)
        self.branch(self.test("icmp ne", now, 0), body, after)
        self.label(body)
        inside(self.call("cttz", now, flag=True))
        self.store(self.do("and", now, self.do("sub", now, 1)), left, 8)
        self.jump(again)
        self.label(after)

    def join(self, after: str, ways: Sequence[tuple[Value, str]]) -> Value:
        """Begin a basic block; return the value that came with the way taken there."""
        self.label(after)
        first = ways[0][0]
        pairs = ", ".join(f"[ {value.text}, %{block} ]" for value, block in ways)
        return self.let(f"phi {first.type} {pairs}", first.kind, wide=first.wide)

    # Memory of the executor itself, which is not checked.

    def pointer(self, base: str, offset: Value | int) -> Value:
        """Return the address some bytes behind a pointer."""
        at = f"i64 {offset}" if isinstance(offset, int) else str(offset)
        wide = isinstance(offset, Value) and offset.wide
        return self.let(f"getelementptr i8, ptr {base}, {at}", "ptr", wide=wide)

    def load(self, pointer: str, kind: str, *, wide: bool = False, align: int = 1) -> Value:
        """Return what stands at a pointer."""
        type_ = Value("", kind, wide).type
        return self.let(f"load {type_}, ptr {pointer}, align {align}", kind, wide=wide)

    def store(self, value: Value, pointer: str, align: int = 1) -> None:
        """Write to a pointer."""
        self.line(f"store {value}, ptr {pointer}, align {align}")
