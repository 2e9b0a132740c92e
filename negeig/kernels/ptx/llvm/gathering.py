"""Reads and writes of each thread at an address of its own, as LLVM IR, unchecked.

CPUs gather elements one by one, so what lies together is loaded together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from negeig.kernels.ptx.llvm.code import Code
from negeig.kernels.ptx.llvm.layout import SHARED_BASE
from negeig.kernels.ptx.llvm.writing import WIDTH, Value, integer, numbers
from negeig.kernels.ptx.operation import WIDTHS
from negeig.kernels.ptx.program import Address, Operand, Register, Symbol
from negeig.kernels.ptx.warps import WARP

WINDOW = 128
"""Bytes that two vectors of the CPU hold: a word for each thread of a warp."""

FEW = 8
"""Threads for which elements are written one by one: CPUs scatter slowly."""


class Place(NamedTuple):
    """Where an access goes: addresses, and offsets into the memory, 0 where those are outside."""

    space: str
    address: Value
    offset: Value
    outside: Value


class Gathering(Code):
    """Addresses and what stands there.

    The arrays of a space are its bytes, ``data``, and beside each byte its ``state``, and in shared
    memory its ``writer``.
    """

    def address(self, operand: Operand) -> Value:
        """Return an address in the width of its base."""
        assert isinstance(operand, Address)
        if operand.base is None:
            return integer("i64", operand.offset)
        kind = f"u{WIDTHS[operand.base.type]}" if isinstance(operand.base, Register) else "u32"
        assert isinstance(operand.base, (Register, Symbol))
        base = self.read(operand.base, kind)
        return self.w.do("add", base, operand.offset) if operand.offset else base

    def place(self, space: str, address: Value, size: int) -> Place:
        """Return where an access of ``size`` bytes goes."""
        w = self.w
        if space == "global":
            base, limit = self.context["base"], self.context["size"]
            limit = w.do("sub", limit, size)
            offset = w.do("sub", w.sized(address, "i64"), base)
        else:
            most = max(self.layout.stride - size, 0)
            limit = integer(address.kind, most)
            offset = w.do("sub", address, SHARED_BASE)
        outside = w.test("icmp ugt", offset, limit)
        misaligned = w.test("icmp ne", w.do("and", address, size - 1), 0)
        outside = w.do("or", outside, misaligned)
        # Of a vector as numbers of 32 bits: twice as many fit a register of the CPU.
        offset = w.sized(offset, "i32") if offset.wide else w.sized(offset, "i64")
        return Place(space, address, w.choose(outside, 0, offset), outside)

    def pointers(self, place: Place, array: str, ahead: int) -> Value:
        """Return where in memory, or beside it, the bytes of an access are."""
        name = f"shared_{array}" if place.space == "shared" else array
        start = self.context[name].text
        if ahead:
            start = self.w.pointer(start, ahead).text
        return self.w.pointer(start, place.offset)

    def gather(self, pointers: Value, kind: str) -> Value:
        """Return what stands at pointers, for all threads."""
        w = self.w
        if not pointers.wide:
            return w.load(pointers.text, kind, align=WIDTH[kind] // 8)
        full, short = f"<{WARP} x {kind}>", f"v{WARP}{kind}"
        name = f"@llvm.masked.gather.{short}.v{WARP}p0"
        w.declare(f"{full} {name}(<{WARP} x ptr>, i32, <{WARP} x i1>, {full})")
        return w.let(
            f"call {full} {name}({pointers}, i32 {WIDTH[kind] // 8}, "
            f"<{WARP} x i1> splat (i1 true), {full} poison)",
            kind, wide=True,
        )  # fmt: skip

    def scatter(self, pointers: Value, value: Value, active: Value | None) -> None:
        """Write to pointers in active threads; where two are the same, the later thread stays."""
        w = self.w
        size = WIDTH[value.kind] // 8
        if not pointers.wide and active is None:
            w.store(value, pointers.text, size)
            return
        pointers, value = w.vector(pointers), w.vector(value)
        few, many, after = (w.fresh(stem) for stem in ("few", "many", "after"))
        if active is None:
            self._scatter(pointers, value, integer("i1", 1))
            return
        active = w.vector(active)
        w.branch(w.test("icmp ule", w.call("ctpop", w.bits(active)), FEW), few, many)
        w.label(few)
        w.store(pointers, "%addresses", 64)
        w.store(value, "%values", 64)

        def one(lane: Value) -> None:
            at = w.do("mul", lane, size)
            element = w.load(w.pointer("%values", at).text, value.kind, align=size)
            place = w.load(w.pointer("%addresses", w.do("shl", lane, 3)).text, "ptr", align=8)
            w.store(element, place.text, size)

        w.each_bit(w.sized(w.bits(active), "i64"), "%counter_of_few", one)
        w.jump(after)
        w.label(many)
        self._scatter(pointers, value, active)
        w.jump(after)
        w.label(after)

    def _scatter(self, pointers: Value, value: Value, active: Value) -> None:
        w, active = self.w, self.w.vector(active)
        name = f"@llvm.masked.scatter.v{WARP}{value.kind}.v{WARP}p0"
        w.declare(f"void {name}({value.type}, {pointers.type}, i32, <{WARP} x i1>)")
        size = WIDTH[value.kind] // 8
        w.line(f"call void {name}({value}, {pointers}, i32 {size}, {active})")

    def words(self, place: Place, array: str, size: int) -> list[Value]:
        """Return ``size`` bytes as numbers of at most 8."""
        width = min(size, 8)
        if width >= 4 or not place.offset.wide:
            kind = f"i{8 * width}"
            return [
                self.gather(self.pointers(place, array, ahead), kind)
                for ahead in range(0, size, width)
            ]
        # CPUs gather words: that which holds the bytes, moved.
        w = self.w
        whole = place._replace(offset=w.do("and", place.offset, -4))
        found = self.gather(self.pointers(whole, array, 0), "i32")
        by = w.do("shl", w.do("and", place.offset, 3), 3)
        return [w.sized(w.do("lshr", found, by), f"i{8 * width}")]

    def words_near(self, place: Place, array: str, size: int, active: Value | None) -> list[Value]:
        """Return ``size`` bytes of active threads as ``words`` does, looking near first."""
        if not (place.address.wide and size <= 4 and self.layout.permutes):
            return self.words(place, array, size)

        def right(words: Callable[[str], Value]) -> Value:
            return integer("i1", 0)

        def anywhere() -> Value:
            return self.words(place, array, size)[0]

        return [self.near(place.space, place.address, size, active, right, anywhere, array)]

    def near(
        self,
        space: str,
        address: Value,
        size: int,
        active: Value | None,
        wrong: Callable[[Callable[[str], Value]], Value],
        anywhere: Callable[[], Value],
        array: str = "data",
    ) -> Value:
        """Return what stands at addresses: from registers where all are near the first thread's.

        Looked at are the 128 bytes from there on, as two vectors of the CPU that a permutation
        reads from. Where an address is not among them, or what stands beside them is ``wrong``,
        ``anywhere`` is what happens.
        """
        w = self.w
        near, take, far, after = (w.fresh(stem) for stem in ("near", "take", "far", "after"))
        first = w.do("and", w.element(address, 0), -4)
        ahead = w.do("sub", address, first)
        outside = w.test("icmp ugt", ahead, WINDOW - size)
        if active is not None:
            outside = w.do("and", outside, active)
        if space == "global":
            limit = w.do("sub", self.context["size"], WINDOW)
            offset = w.do("sub", w.sized(first, "i64"), self.context["base"])
        else:
            limit = integer("i64", max(self.layout.stride - WINDOW, 0))
            offset = w.sized(w.do("sub", first, SHARED_BASE), "i64")
        bad = w.do("or", w.any(outside), w.test("icmp ugt", offset, limit))
        w.branch(bad, far, near, rarely=True)
        w.label(near)
        ahead = w.sized(ahead, "i32")
        index = w.do("lshr", ahead, 2)
        by = w.do("shl", w.do("and", ahead, 3), 3)
        word = f"i{8 * size}"

        def words(array: str) -> Value:
            name = f"shared_{array}" if space == "shared" else array
            found = self._permuted(w.pointer(self.context[name].text, offset).text, index)
            return w.sized(w.do("lshr", found, by) if size < 4 else found, word)

        bad = w.do("or", wrong(words), w.test("icmp ne", w.do("and", ahead, size - 1), 0))
        if active is not None:
            bad = w.do("and", bad, active)
        w.branch(w.any(bad), far, take, rarely=True)
        w.label(take)
        found = words(array)
        w.jump(after)
        w.label(far)
        gathered = anywhere()
        came = w.block
        w.jump(after)
        return w.join(after, [(found, take), (gathered, came)])

    def _permuted(self, start: str, index: Value) -> Value:
        """Return words of the 32 from a pointer on, by their numbers."""
        w, half = self.w, f"<{WARP // 2} x i32>"
        name = "@llvm.x86.avx512.vpermi2var.d.512"
        w.declare(f"{half} {name}({half}, {half}, {half})")
        tables = [
            w.let(f"load {half}, ptr {w.pointer(start, at).text}, align 4", "i32", wide=False).text
            for at in (0, WINDOW // 2)
        ]
        parts = []
        for lanes in (range(16), range(16, 32)):
            order = f"<16 x i32> <{', '.join(f'i32 {lane}' for lane in lanes)}>"
            part = w.let(
                f"shufflevector {index}, {index.type} poison, {order}", "i32", wide=False
            ).text
            parts.append(w.let(
                f"call {half} {name}({half} {tables[0]}, {half} {part}, {half} {tables[1]})",
                "i32", wide=False,
            ).text)  # fmt: skip
        return w.let(
            f"shufflevector {half} {parts[0]}, {half} {parts[1]}, {numbers(range(WARP))}",
            "i32", wide=True,
        )  # fmt: skip
