"""What the threads of a warp do together, as LLVM IR: shuffles, reductions, small matrices."""

from __future__ import annotations

import numpy as np

from negeig.kernels.ptx.llvm import products
from negeig.kernels.ptx.llvm.accesses import Accesses
from negeig.kernels.ptx.llvm.code import ALONE, ROUNDS, UNASKED
from negeig.kernels.ptx.llvm.gathering import Place
from negeig.kernels.ptx.llvm.writing import Value, numbers
from negeig.kernels.ptx.matrices import SHAPES
from negeig.kernels.ptx.program import Instruction, Vector
from negeig.kernels.ptx.warps import WARP, partner

LANES = numbers(range(WARP))
ROW = [lane // 4 for lane in range(WARP)]
"""The row of a matrix of which each thread holds two elements."""

REDUCTIONS = {
    "add.u32": ("add", 0), "add.s32": ("add", 0), "min.u32": ("umin", -1), "max.u32": ("umax", 0),
    "min.s32": ("smin", (1 << 31) - 1), "max.s32": ("smax", 1 << 31),
    "and.b32": ("and", -1), "or.b32": ("or", 0), "xor.b32": ("xor", 0),
}  # fmt: skip
"""LLVM's names of what ``redux.sync`` does, and the words that change no result."""

COLUMN = [lane % 4 for lane in range(WARP)]
"""Which pair of that row."""


class Crossing(Accesses):
    """Instructions that read from other threads; who takes part is ``mask``, whatever the guard."""

    def shuffle(self, i: int, one: Instruction) -> None:
        """Write ``shfl.sync``."""
        w = self.w
        value, by, control = (self.read(operand, "b32") for operand in one.arguments[:3])
        active, mode = self.mask, one.operation.variant
        if by.is_constant and control.is_constant and active is None:
            lane = np.arange(WARP)
            given = [np.full(WARP, int(x.text), np.uint32) for x in (by, control)]
            found = w.rearranged(value, partner(mode, lane, *given).tolist())
        else:
            where = self._partner(mode, by, control)
            if active is not None:
                there = w.do("lshr", w.vector(w.bits(active)), where)
                alone = w.test("icmp eq", w.do("and", there, 1), 0)
                self.fault(i, ALONE, w.do("and", alone, active))
            found = self._picked(value, where)
        self.write(one.results[0], "b32", found, active)

    def _partner(self, mode: str, by: Value, control: Value) -> Value:
        """Return the thread that each reads from, as :func:`~negeig.kernels.ptx.warps.partner`."""
        w = self.w
        by, limit = w.do("and", by, 31), w.do("and", control, 31)
        segment = w.do("and", w.do("lshr", control, 8), 31)
        inner = w.do("xor", segment, 31)
        first = w.do("and", LANES, segment)
        last = w.do("or", first, w.do("and", limit, inner))
        if mode == "idx":
            found = w.do("or", first, w.do("and", by, inner))
        else:
            found = w.do({"up": "sub", "down": "add", "bfly": "xor"}[mode], LANES, by)
        inside = w.test("icmp sge" if mode == "up" else "icmp sle", found, last)
        return w.choose(inside, found, LANES)

    def _picked(self, value: Value, where: Value) -> Value:
        """Return the elements of these numbers, through memory."""
        w = self.w
        w.store(w.vector(value), "%table")
        return self.gather(w.pointer("%table", w.do("shl", where, 2)), "i32")

    def reduction(self, i: int, one: Instruction) -> None:
        """Write ``redux.sync``."""
        w, active = self.w, self.mask
        value, mask = (w.vector(self.read(operand, "b32")) for operand in one.arguments)
        asked = w.test("icmp ne", w.do("and", w.do("lshr", mask, LANES), 1), 0)
        unasked = w.do("xor", asked, 1)
        self.fault(i, UNASKED, unasked if active is None else w.do("and", unasked, active))
        name, neutral = REDUCTIONS[one.operation.variant]
        if active is not None:
            value = w.choose(active, value, neutral)
        self.write(one.results[0], "b32", w.reduced(name, value), active)

    def _rows(self, i: int, one: Instruction, count: int, *, writes: bool) -> Place:
        """Return the rows that threads give, checked; of threads that give none, their address."""
        w, active = self.w, self.mask
        place = self.place("shared", w.vector(self.address(one.arguments[0])), 16)
        if 8 * count < WARP:
            giving = w.test("icmp ult", LANES, 8 * count)
            active = giving if active is None else w.do("and", active, giving)
        fresh = self.check(i, place, 16, active, writes=writes)
        if writes:
            w.when(w.any(fresh), lambda: self.mark(place, "state", 16, active))
        return place

    def _within(self, rows: Place, which: list[int], ahead: list[int]) -> Place:
        """Return a place for each thread: so many bytes into one of the rows."""
        address, offset = (self.w.rearranged(x, which) for x in (rows.address, rows.offset))
        far = self.w.sized(numbers(ahead), address.kind)
        return rows._replace(
            address=self.w.do("add", address, far),
            offset=self.w.do("add", offset, numbers(ahead)),
        )

    def matrix_load(self, i: int, one: Instruction) -> None:
        """Write ``ldmatrix``."""
        w = self.w
        (vector,) = one.results
        assert isinstance(vector, Vector)
        transposed, found = one.operation.variant == "transposed", []
        if not self.address(one.arguments[0]).wide and not transposed:  # one row for all
            found = [self._same_row(i, one)] * len(vector.items)
        else:
            rows = self._rows(i, one, len(vector.items), writes=False)
            for matrix in range(len(vector.items)):
                if transposed:
                    halves = [
                        w.sized(self.words(self._half(rows, matrix, k), "data", 2)[0], "i32")
                        for k in (0, 1)
                    ]
                    found.append(w.do("or", halves[0], w.do("shl", halves[1], 16)))
                else:
                    found += self.words(self._pair(rows, matrix), "data", 4)
        for register, value in zip(vector.items, found, strict=True):
            self.write(register, "b32", value, self.mask)

    def _pair(self, rows: Place, matrix: int) -> Place:
        """Return where the two elements of a row are that each thread holds."""
        return self._within(rows, [8 * matrix + row for row in ROW], [4 * pair for pair in COLUMN])

    def _half(self, rows: Place, matrix: int, k: int) -> Place:
        """Return where the k-th of the two elements of a column is that each thread holds."""
        which = [8 * matrix + 2 * pair + k for pair in COLUMN]
        return self._within(rows, which, [2 * row for row in ROW])

    def _same_row(self, i: int, one: Instruction) -> Value:
        """Return what each thread holds of a matrix whose rows are all at one address."""
        w = self.w
        place = self.place("shared", self.address(one.arguments[0]), 16)
        self.check(i, place, 16, self.mask, writes=False)
        row = w.let(
            f"load <4 x i32>, ptr {self.pointers(place, 'data', 0).text}", "i32", wide=False
        )
        order = numbers(COLUMN)
        return w.let(
            f"shufflevector <4 x i32> {row.text}, <4 x i32> poison, {order}", "i32", wide=True
        )

    def matrix_product(self, i: int, one: Instruction) -> None:
        """Write ``mma.sync``: a call, since it is long."""
        w, shape = self.w, SHAPES[one.operation.name]
        items = [item for x in one.arguments if isinstance(x, Vector) for item in x.items]
        for k, item in enumerate(items):
            place = w.pointer("%operands", products.BYTES * k).text
            w.store(w.vector(self.read(item, "b32")), place, 64)
        name = products.function_name(shape)
        self.shapes.add(shape)
        wrong = w.let(f"call i32 @{name}(ptr %operands, ptr %results)", "i32", wide=False)
        bad = w.mask(wrong)
        self.fault(i, ROUNDS, bad if self.mask is None else w.do("and", bad, self.mask))
        (vector,) = one.results
        assert isinstance(vector, Vector)
        for k, register in enumerate(vector.items):
            place = w.pointer("%results", products.BYTES * k).text
            self.write(register, "f32", w.load(place, "i32", wide=True, align=64), self.mask)

    def matrix_store(self, i: int, one: Instruction) -> None:
        """Write ``stmatrix``."""
        w, vector = self.w, one.arguments[1]
        assert isinstance(vector, Vector)
        rows = self._rows(i, one, len(vector.items), writes=True)
        for matrix, item in enumerate(vector.items):
            value = w.vector(self.read(item, "b32"))
            if one.operation.variant != "transposed":
                self.store_at(i, self._pair(rows, matrix), [value], self.mask)
                continue
            for k in (0, 1):
                half = w.sized(w.do("lshr", value, 16 * k), "i16")
                self.store_at(i, self._half(rows, matrix, k), [half], self.mask)
