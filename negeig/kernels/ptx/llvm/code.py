"""Instructions of one warp as LLVM IR: registers, guards and values."""

from __future__ import annotations

from negeig.kernels.ptx.analysis import calculated_with
from negeig.kernels.ptx.floats import DOCUMENTED
from negeig.kernels.ptx.llvm.conversions import CONVERSIONS
from negeig.kernels.ptx.llvm.floats import FLOATS, documented
from negeig.kernels.ptx.llvm.integers import INTEGERS, Translation
from negeig.kernels.ptx.llvm.layout import PAYLOAD, Layout, field
from negeig.kernels.ptx.llvm.products import OPERANDS, RESULTS
from negeig.kernels.ptx.llvm.writing import Value, Writer, integer, numbers
from negeig.kernels.ptx.matrices import Shape
from negeig.kernels.ptx.operation import WIDTHS, Operation
from negeig.kernels.ptx.program import (
    Immediate,
    Instruction,
    Not,
    Operand,
    Register,
    Special,
    Symbol,
)
from negeig.kernels.ptx.warps import WARP

VALUES: dict[str, Translation] = INTEGERS | FLOATS | CONVERSIONS
"""Instructions on values that are translated."""

ACCESS, UNDEFINED, ALONE, ROUNDS, UNASKED, FOREVER, LIMIT = range(7)
"""What a thread did: an access it may not make, a value of no defined bits, a read of a thread that
takes no part, a sum that rounds, a part that its mask does not name; and what a warp did."""

FAULT, DONE, PARTED = -1, -2, -3
"""What the code of a warp returns; otherwise the point where it goes on."""


LEAVE = f"""
define internal void @leave(
    ptr %context, i64 %i, i64 %reason, i32 %lanes, <{WARP} x i64> %first, <{WARP} x i64> %second
) #0 noinline cold {{
  %i_at = getelementptr i8, ptr %context, i64 {field("instruction")}
  store i64 %i, ptr %i_at
  %reason_at = getelementptr i8, ptr %context, i64 {field("reason")}
  store i64 %reason, ptr %reason_at
  %wide = zext i32 %lanes to i64
  %lanes_at = getelementptr i8, ptr %context, i64 {field("lanes")}
  store i64 %wide, ptr %lanes_at
  %first_at = getelementptr i8, ptr %context, i64 {PAYLOAD}
  store <{WARP} x i64> %first, ptr %first_at, align 8
  %second_at = getelementptr i8, ptr %context, i64 {PAYLOAD + 8 * WARP}
  store <{WARP} x i64> %second, ptr %second_at, align 8
  ret void
}}
"""
"""Notes what went wrong, in which instruction and in which threads."""


def is_approximate(operation: Operation) -> bool:
    """Whether an operation has few defined values."""
    name, _, rest = operation.name.partition(".")
    return name in DOCUMENTED and rest.startswith("approx")


def is_translated(operation: Operation) -> bool:
    """Whether there is IR for an operation."""
    if operation.kind == "value":
        return operation.name in VALUES or is_approximate(operation)
    return operation.kind in KINDS


KINDS = frozenset(
    ("pack", "unpack", "load", "store", "copy", "branch", "return", "barrier", "warp_barrier",
     "shuffle", "reduction", "matrix_load", "matrix_store", "matrix_product", "order")
)  # fmt: skip


class Code:
    """Instructions without jumps, of all threads of a warp or of those of a mask.

    Parameters
    ----------
    places : dict
        The pointer to each register's value.
    wide : frozenset of str
        Registers that are vectors; the others are uniform.
    """

    def __init__(self, layout: Layout, wide: frozenset[str]) -> None:
        self.layout, self.wide = layout, wide
        self.w = Writer()
        self.calculated = calculated_with(layout.program)
        self.places: dict[str, str] = {}
        self.mask: Value | None = None
        self.shapes: set[Shape] = set()
        self.special: dict[str, Value] = {}
        self.context: dict[str, Value] = {}

    def begin(self) -> None:
        """Make room for what threads exchange, and load what is passed, which does not change."""
        w = self.w
        w.line(f"%table = alloca <{WARP} x i32>, align 64")
        w.line(f"%values = alloca <{WARP} x i64>, align 64")
        w.line(f"%addresses = alloca <{WARP} x ptr>, align 64")
        w.line("%counter = alloca i64, align 8")
        w.line("%counter_of_few = alloca i64, align 8")
        if any(one.operation.kind == "matrix_product" for one in self.layout.program.instructions):
            w.line(f"%operands = alloca [{OPERANDS} x <{WARP} x i32>], align 64")
            w.line(f"%results = alloca [{RESULTS} x <{WARP} x i32>], align 64")
        for name in ("data", "state", "shared_data", "shared_state", "shared_writer", "arguments"):
            self.context[name] = w.load(w.pointer("%context", field(name)).text, "ptr", align=8)
        for name in ("base", "size", "max_steps"):
            self.context[name] = w.load(w.pointer("%context", field(name)).text, "i64", align=8)
        for axis in "xyz":
            size = w.load(w.pointer("%context", field(axis)).text, "i32", align=8)
            self.special[f"nctaid.{axis}"] = size
            self.special[f"ctaid.{axis}"] = Value(f"%{axis}", "i32")
            self.special[f"tid.{axis}"] = integer("i32", 0)
            self.special[f"ntid.{axis}"] = integer("i32", 1)
        self.special["ntid.x"] = integer("i32", self.layout.threads)
        self.special["laneid"] = numbers(range(WARP))
        first = w.do("mul", Value("%warp", "i32"), WARP)
        self.special["tid.x"] = w.do("add", first, self.special["laneid"])

    # Registers.

    def read(self, operand: Operand, kind: str) -> Value:
        """Return an operand's bits in the width of a type."""
        element = f"i{WIDTHS[kind]}"
        if isinstance(operand, Register):
            return self.w.sized(self.get(operand), element)
        if isinstance(operand, Not):
            return self.w.do("xor", self.get(operand.register), 1)
        if isinstance(operand, Immediate):
            return integer(element, operand.bits != 0 if element == "i1" else operand.bits)
        if isinstance(operand, Special):
            return self.w.sized(self.special[operand.name], element)
        if isinstance(operand, Symbol):
            return integer(element, self.layout.symbols[operand.name])
        raise TypeError(f"{operand} is no value")

    def get(self, register: Register) -> Value:
        """Return what a register holds."""
        wide = register.name in self.wide
        return self.w.load(self.places[register.name], f"i{WIDTHS[register.type]}", wide=wide)

    def write(self, operand: Operand, kind: str, value: Value, active: Value | None) -> None:
        """Write to a register in active threads, extended to its width."""
        if not isinstance(operand, Register):
            return
        value = self.w.sized(value, f"i{WIDTHS[operand.type]}", signed=kind[0] == "s")
        if active is not None:
            value = self.w.choose(active, value, self.get(operand))
        if operand.name in self.wide:
            value = self.w.vector(value)
        self.w.store(value, self.places[operand.name])

    def guarded(self, one: Instruction) -> Value | None:
        """Return in which threads an instruction is executed, None for all."""
        if one.guard is None:
            return self.mask
        taken = self.get(one.guard.register)
        if one.guard.negated:
            taken = self.w.do("xor", taken, 1)
        return taken if self.mask is None else self.w.do("and", self.mask, taken)

    # Faults.

    def fault(self, i: int, reason: int, bad: Value, *payload: Value) -> None:
        """Where something is wrong in some thread, leave what it was and return."""
        w = self.w

        def leave() -> None:
            numbers_ = [w.sized(w.vector(values), "i64") for values in payload]
            numbers_ += [w.vector(integer("i64", 0))] * (2 - len(payload))
            given = [integer("i64", i), integer("i64", reason), w.bits(bad), *numbers_]
            w.line(f"call void @leave(ptr %context, {', '.join(map(str, given))})")
            w.line(f"ret i32 {FAULT}")
            w.label(w.fresh("unreached"))

        w.when(w.any(bad), leave, rarely=True)

    # Instructions on values.

    def value(self, i: int, one: Instruction) -> None:
        """Write an instruction that computes a value."""
        w, operation = self.w, one.operation
        sources = [
            self.read(operand, kind)
            for operand, kind in zip(one.arguments, operation.sources, strict=True)
        ]
        active = self.guarded(one)
        if is_approximate(operation):
            found, defined = documented(operation.name, w, sources[0])
            self._undefined(i, w.do("xor", defined, 1), active, sources)
        else:
            if operation.defined is not None:  # a quotient
                self._undefined(i, w.test("icmp eq", sources[1], 0), active, sources)
            result = one.results[0]
            w.any_nan = isinstance(result, Register) and result.name in self.calculated
            found = VALUES[operation.name](w, *sources)
            w.any_nan = False
        self.write(one.results[0], operation.results[0], found, active)

    def _undefined(self, i: int, bad: Value, active: Value | None, sources: list[Value]) -> None:
        if active is not None:
            bad = self.w.do("and", bad, active)
        self.fault(i, UNDEFINED, bad, *sources[:2])

    def pack(self, i: int, one: Instruction) -> None:
        """Write ``mov`` of parts into one register."""
        (kind,), parts = one.operation.results, one.operation.sources
        element = f"i{WIDTHS[kind]}"
        found = integer(element, 0)
        for k, operand in enumerate(one.arguments):
            part = self.w.sized(self.read(operand, parts[k]), element)
            found = self.w.do("or", found, self.w.do("shl", part, k * WIDTHS[parts[k]]))
        self.write(one.results[0], kind, found, self.guarded(one))

    def unpack(self, i: int, one: Instruction) -> None:
        """Write ``mov`` of one register into parts."""
        parts, (kind,) = one.operation.results, one.operation.sources
        whole, active = self.read(one.arguments[0], kind), self.guarded(one)
        for k, operand in enumerate(one.results):
            part = self.w.do("lshr", whole, k * WIDTHS[parts[k]])
            self.write(operand, parts[k], self.w.sized(part, f"i{WIDTHS[parts[k]]}"), active)

    def order(self, i: int, one: Instruction) -> None:
        """Write nothing: accesses are in order."""
