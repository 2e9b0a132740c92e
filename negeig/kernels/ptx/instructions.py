"""What the instructions of a kernel do to registers and memory, in the lanes that are selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np

from negeig.kernels.ptx import warps
from negeig.kernels.ptx.accesses import Accesses, as_lanes
from negeig.kernels.ptx.matrices import SHAPES, Shape, product
from negeig.kernels.ptx.memory import Addresses, BadAccess, NoBits
from negeig.kernels.ptx.operation import Access, Bits
from negeig.kernels.ptx.program import Immediate, Instruction, Operand, Vector
from negeig.kernels.ptx.warpgroups import WARPS, Form, described, form, places
from negeig.kernels.ptx.warps import WARP, Lanes

ROW = Access("shared", "b32", 4)
"""A row of a matrix."""


class Threads(Accesses):
    """Lanes that execute any instruction that does not jump or wait."""

    def do(self, one: Instruction) -> None:
        """Execute an instruction. Raises BadAccess."""
        self.current = one
        self._ACTIONS[one.operation.kind](self, one)

    def _shuffle(self, one: Instruction) -> None:
        others = [self.read_used(operand, "b32") for operand in one.arguments[1:]]
        lane = (self.thread % WARP)[self.lanes]
        where = warps.partner(one.operation.variant, lane, others[0], others[1])
        value = self.read(one.arguments[0], "b32")
        undefined = self.read_undefined(one.arguments[0], "b32")
        bits = None if undefined is None else self._from(undefined, lane, where)
        self.write(one.results[0], "b32", self._from(value, lane, where), bits)

    def _from(self, values: Bits, lane: Lanes, where: Lanes) -> Bits:
        """Return the values of other lanes of the same warps."""
        table = np.zeros((int(self.warp[-1]) + 1, WARP), values.dtype)
        there = np.zeros(table.shape, bool)
        warp = self.warp[self.lanes]
        table[warp, lane], there[warp, lane] = values, True
        if not there[warp, where].all():
            lane_alone = int(np.flatnonzero(~there[warp, where])[0])
            raise BadAccess(lane_alone, "reads a lane that takes no part")
        found: Bits = table[warp, where]
        return found

    def _rows(self, one: Instruction, address: Operand) -> tuple[Addresses, Lanes, Lanes]:
        """Return addresses of the rows of matrices, their blocks, and the lanes that give them."""
        assert one.operation.access is not None
        addresses = self.address(address)
        chosen = warps.row_lanes(addresses.size, one.operation.access.count)
        return addresses[chosen], self.row[self.lanes][chosen], chosen

    def _matrix_load(self, one: Instruction) -> None:
        (vector,) = one.results
        assert isinstance(vector, Vector)
        addresses, blocks, chosen = self._rows(one, one.arguments[0])
        with as_lanes(chosen):
            rows, missing = self.loaded(ROW, addresses, blocks, self.chosen[chosen])
        count, transposed = len(vector.items), one.operation.variant == "transposed"
        parts = warps.fragments(rows, count, transposed)
        undefined: Sequence[Bits | None] = [None] * count
        if missing is not None:
            undefined = warps.fragments(missing, count, transposed)
        for register, part, bits in zip(vector.items, parts, undefined, strict=True):
            self.write(register, "b32", part, bits)

    def _matrix_store(self, one: Instruction) -> None:
        address, vector = one.arguments
        assert isinstance(vector, Vector)
        transposed = one.operation.variant == "transposed"
        parts = [self.read(item, "b32") for item in vector.items]
        shadows = [self.read_undefined(item, "b32") for item in vector.items]
        rows, undefined = warps.matrix_rows(parts, transposed), None
        if any(bits is not None for bits in shadows):
            filled = [np.zeros_like(parts[0]) if bits is None else bits for bits in shadows]
            undefined = list(warps.matrix_rows(filled, transposed))
        addresses, blocks, chosen = self._rows(one, address)
        with as_lanes(chosen):
            self.stored(ROW, addresses, blocks, self.chosen[chosen], rows, undefined)

    def _matrix_product(self, one: Instruction) -> None:
        (vector,) = one.results
        assert isinstance(vector, Vector)
        parts = []
        for operand, (kind, _) in zip(one.arguments, one.operation.vectors[1:], strict=True):
            assert isinstance(operand, Vector)
            parts.append([self.read_used(item, kind) for item in operand.items])
        found = self._sums(SHAPES[one.operation.name], *parts)
        for register, bits in zip(vector.items, found, strict=True):
            self.write(register, "f32", bits)

    @staticmethod
    def _sums(shape: Shape, *parts: Sequence[Bits]) -> list[Bits]:
        found, defined = product(shape, *parts)
        if not defined.all():
            raise NoBits(int(np.flatnonzero(~defined)[0]), "sums that round have no defined bits")
        return found

    def _reduction(self, one: Instruction) -> None:
        values, mask = (self.read_used(operand, "b32") for operand in one.arguments)
        lane = (self.thread % WARP)[self.lanes].astype(np.uint32)
        outside = mask >> lane & np.uint32(1) == 0
        if outside.any():
            raise BadAccess(int(np.flatnonzero(outside)[0]), "takes part but is not in the mask")
        found = warps.reduced(one.operation.variant, values, self.warp[self.lanes])
        self.write(one.results[0], "b32", found)

    def _warpgroup_product(self, one: Instruction) -> None:
        """Multiply at once what the hardware may multiply later."""
        (vector,), what = one.results, form(one.operation.name)
        sums, a, b, adds, *others = one.arguments
        assert what is not None
        assert isinstance(vector, Vector)
        assert isinstance(sums, Vector)
        negative = [isinstance(x, Immediate) and x.bits != 1 for x in others[:2]]
        transposed = [isinstance(x, Immediate) and x.bits == 1 for x in others[2:]]
        if self.per_block % (WARPS * WARP):
            raise BadAccess(0, f"{self.per_block} threads of a block are no groups of four warps")
        added = self.read_used(adds, "pred")
        c = [np.where(added, self.read(item, "f32"), np.uint32(0)) for item in sums.items]
        for item in sums.items:
            undefined = self.read_undefined(item, "f32")
            if undefined is not None and (undefined * added).any():
                self.refuse(undefined * added, "uses")
        if isinstance(a, Vector):
            left = [self.read_used(item, "b32") for item in a.items]
        else:
            rank = self.thread[self.lanes] // WARP % WARPS
            left = self._fragments(what, a, 4, WARP // 2 * rank, transposed[0])
        left = [_negated(what, bits) if negative[0] else bits for bits in left]
        for i in range(what.columns // 8):
            right = self._fragments(what, b, 2, np.full(added.size, 8 * i), transposed[1])
            right = [_negated(what, bits) if negative[1] else bits for bits in right]
            four = slice(4 * i, 4 * i + 4)
            found = self._sums(what.shape, left, right, c[four])
            for register, bits in zip(vector.items[four], found, strict=True):
                self.write(register, "f32", bits)

    def _fragments(
        self, what: Form, operand: Operand, count: int, first: Lanes, transposed: bool
    ) -> list[Bits]:
        """Return registers of a matrix in shared memory, from a row or column of each lane on."""
        bits = self.read_used(operand, "b64")
        of_warps = bits.reshape(-1, WARP)
        if (of_warps != of_warps[:, :1]).any():
            lane = int(np.flatnonzero((of_warps != of_warps[:, :1]).reshape(-1))[0])
            raise BadAccess(lane, "threads of a warp give different descriptors of a matrix")
        described_ = described(bits)
        if described_.offset.any():
            lane = int(np.flatnonzero(described_.offset)[0])
            raise BadAccess(lane, "a pattern that begins at no multiple of itself is not executed")
        access, found = Access("shared", f"b{8 * what.size}"), []
        for register in range(count):
            word = np.zeros(bits.size, np.uint32)
            for part in range(what.shape.packed):
                across, k = (
                    np.tile(x, bits.size // WARP) for x in what.elements(register, part, count // 2)
                )
                at = places(described_, first + across, k, what.size, transposed=transposed)
                (element,), missing = self.loaded(
                    access, at.astype(np.uint64), self.rows_of("shared"), self.chosen
                )
                if missing is not None:
                    self.refuse(missing[0], "uses")
                word |= element.astype(np.uint32) << np.uint32(16 * part)
            found.append(word)
        return found

    def _order(self, one: Instruction) -> None:
        """Do nothing: accesses are in order."""

    _ACTIONS: ClassVar[dict[str, Callable[[Threads, Instruction], None]]] = {
        "value": Accesses.value, "pack": Accesses.pack, "unpack": Accesses.unpack,
        "load": Accesses.load, "store": Accesses.store, "copy": Accesses.copy,
        "shuffle": _shuffle, "reduction": _reduction, "matrix_load": _matrix_load,
        "matrix_store": _matrix_store, "matrix_product": _matrix_product,
        "warpgroup_product": _warpgroup_product, "order": _order,
    }  # fmt: skip


def _negated(what: Form, bits: Bits) -> Bits:
    """Return the elements of a register with other signs."""
    found: Bits = bits ^ np.uint32(0x80008000 if what.shape.packed == 2 else 0x80000000)
    return found
