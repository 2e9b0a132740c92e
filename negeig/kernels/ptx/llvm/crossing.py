"""What the threads of a warp do together, as LLVM IR: shuffles, and matrices of 8 x 8 halves."""

from __future__ import annotations

import numpy as np

from negeig.kernels.ptx.llvm import products
from negeig.kernels.ptx.llvm.accesses import Accesses
from negeig.kernels.ptx.llvm.code import ALONE, ROUNDS
from negeig.kernels.ptx.llvm.gathering import Place
from negeig.kernels.ptx.llvm.writing import Value, numbers
from negeig.kernels.ptx.matrices import SHAPES
from negeig.kernels.ptx.program import Instruction, Vector
from negeig.kernels.ptx.warps import WARP, partner

LANES = numbers(range(WARP))
ROW = [lane // 4 for lane in range(WARP)]
"""The row of a matrix of which each thread holds two elements."""

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

    def _row_addresses(self, one: Instruction, rows: list[int]) -> Value:
        """Return addresses of rows, which the threads of these numbers give."""
        return self.w.rearranged(self.address(one.arguments[0]), rows)

    def matrix_load(self, i: int, one: Instruction) -> None:
        """Write ``ldmatrix``: the row that a thread looks at is checked whole."""
        w = self.w
        (vector,) = one.results
        assert isinstance(vector, Vector)
        active = self.mask
        found = []
        for matrix in range(len(vector.items)):
            if one.operation.variant == "transposed":
                halves = [self._element(i, one, matrix, k, active) for k in (0, 1)]
                found.append(w.do("or", halves[0], w.do("shl", halves[1], 16)))
                continue
            if not self.address(one.arguments[0]).wide:  # one row for all
                found.append(self._same_row(i, one))
                continue
            place = self._row(i, one, [8 * matrix + row for row in ROW], active, writes=False)
            offset = w.do("add", place.offset, numbers([4 * pair for pair in COLUMN]))
            found.append(self.words(place._replace(offset=offset), "data", 4)[0])
        for register, value in zip(vector.items, found, strict=True):
            self.write(register, "b32", value, active)

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

    def _element(
        self, i: int, one: Instruction, matrix: int, k: int, active: Value | None
    ) -> Value:
        """Return the k-th of the two elements of a column that each thread holds."""
        w = self.w
        rows = [8 * matrix + 2 * pair + k for pair in COLUMN]
        place = self._row(i, one, rows, active, writes=False)
        offset = w.do("add", place.offset, numbers([2 * row for row in ROW]))
        return w.sized(self.words(place._replace(offset=offset), "data", 2)[0], "i32")

    def _row(
        self, i: int, one: Instruction, rows: list[int], active: Value | None, *, writes: bool
    ) -> Place:
        address = self._row_addresses(one, rows)
        place = self.place("shared", address, 16)
        self.check(i, place, 16, active, writes=writes)
        return place

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
        w = self.w
        vector = one.arguments[1]
        assert isinstance(vector, Vector)
        active = self.mask
        for matrix, item in enumerate(vector.items):
            value = self.read(item, "b32")
            if one.operation.variant != "transposed":
                rows = [8 * matrix + row for row in ROW]
                self._put(i, one, rows, [4 * pair for pair in COLUMN], value, active)
                continue
            for k in (0, 1):
                rows = [8 * matrix + 2 * pair + k for pair in COLUMN]
                half = w.sized(w.do("lshr", value, 16 * k), "i16")
                self._put(i, one, rows, [2 * row for row in ROW], half, active)

    def _put(
        self,
        i: int,
        one: Instruction,
        rows: list[int],
        ahead: list[int],
        value: Value,
        active: Value | None,
    ) -> None:
        """Write a value of each thread into a row, so many bytes ahead."""
        place = self._row(i, one, rows, active, writes=True)
        size = 2 if value.kind == "i16" else 4
        place = place._replace(offset=self.w.do("add", place.offset, numbers(ahead)))
        self.store_at(i, place, [value], active)
        self.mark(place, "state", size, active)
