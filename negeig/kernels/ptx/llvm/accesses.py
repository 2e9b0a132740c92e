"""Accesses to memory as LLVM IR, each checked as :mod:`negeig.kernels.ptx.memory` checks it.

Beside each byte stands its state, 0 where it is in no buffer, 1 unwritten, 2 written; so one look
at the states of an access says whether it is in bounds and written. Where a block has several
warps, they run one after the other; so shared memory notes who wrote what since the last barrier,
and a warp that reads what another wrote, or writes something else there, is refused: it may be
earlier or later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from negeig.kernels.ptx.llvm.code import ACCESS
from negeig.kernels.ptx.llvm.gathering import Gathering, Place
from negeig.kernels.ptx.llvm.writing import WIDTH, Value, integer
from negeig.kernels.ptx.memory import WRITTEN
from negeig.kernels.ptx.operation import WIDTHS
from negeig.kernels.ptx.program import Address, Instruction, Operand, Symbol, Vector
from negeig.kernels.ptx.warps import WARP

ONES = 0x0101010101010101

CONFLICT, COUNT = 4, 6
"""What is left of an access beside its address: whether it was to shared memory (1), a write (2);
that another thread wrote something else; that ``cp.async`` copies no whole words."""


class Accesses(Gathering):
    """Loads, stores and copies."""

    def check(
        self, i: int, place: Place, size: int, active: Value | None, *, writes: bool
    ) -> Value:
        """Write the check of an access; return in which threads not all bytes are written yet."""
        w = self.w
        bad, fresh = place.outside, integer("i1", 0)
        states = (
            self.words_near(place, "state", size, active)
            if writes
            else self.words(place, "state", size)
        )
        writers: Sequence[Value | None] = [None] * len(states)
        if self._notes(place.space):
            writers = self.words(place, "writer", size)
        for state, writer in zip(states, writers, strict=True):
            if not writes:
                bad = w.do("or", bad, self._unreadable(state, writer))
                continue
            fresh = w.do("or", fresh, self._unwritten(state))
            ones = ONES & (1 << WIDTH[state.kind]) - 1
            either = w.do("and", w.do("or", state, w.do("lshr", state, 1)), ones)
            bad = w.do("or", bad, w.test("icmp ne", either, ones))
        if active is not None:
            bad = w.do("and", bad, active)
            fresh = w.do("and", fresh, active)
        what = integer("i64", 2 * writes + (place.space == "shared"))
        self.fault(i, ACCESS, bad, place.address, what)
        return fresh

    def _unwritten(self, state: Value) -> Value:
        written = WRITTEN * ONES & (1 << WIDTH[state.kind]) - 1
        return self.w.test("icmp ne", state, written)

    # Which warp wrote a byte of shared memory since the last barrier, counted from 1; 0 for none.

    def _notes(self, space: str) -> bool:
        return space == "shared" and self.layout.warps > 1

    def _unreadable(self, state: Value, writer: Value | None) -> Value:
        """Return where a byte is not written, or written by another warp that may be later."""
        bad = self._unwritten(state)
        if writer is not None:
            bad = self.w.do("or", bad, self.w.test("icmp ne", self._foreign(writer), 0))
        return bad

    def _foreign(self, writers: Value) -> Value:
        """Return the highest bits of the bytes that another warp wrote."""
        w = self.w
        own = w.do("xor", writers, self._own(writers.kind))
        return w.do("and", self._not_zero(writers), self._not_zero(own))

    def _own(self, kind: str) -> Value:
        number = self.w.sized(self.w.do("add", Value("%warp", "i32"), 1), kind)
        return self.w.do("mul", number, ONES & (1 << WIDTH[kind]) - 1)

    def _not_zero(self, x: Value) -> Value:
        """Return the highest bits of the bytes that are not 0."""
        w, low = self.w, 0x7F * ONES & (1 << WIDTH[x.kind]) - 1
        carried = w.do("add", w.do("and", x, low), low)
        return w.do("and", w.do("or", carried, x), 0x80 * ONES)

    def overwritten(self, place: Place, values: list[Value]) -> Value:
        """Return where these values differ from what another warp wrote since the barrier."""
        w, width = self.w, WIDTH[values[0].kind] // 8
        found = integer("i1", 0)
        for k, value in enumerate(values):
            moved = place._replace(offset=w.do("add", place.offset, width * k))
            (writer,), (old,) = (self.words(moved, array, width) for array in ("writer", "data"))
            differs = self._not_zero(w.do("xor", old, value))
            both = w.do("and", self._foreign(writer), differs)
            found = w.do("or", found, w.test("icmp ne", both, 0))
        return found

    def load_checked(
        self, i: int, space: str, address: Value, kind: str, count: int, active: Value | None
    ) -> list[Value]:
        """Return elements that stand at an address."""
        w, width = self.w, WIDTHS[kind]
        size = width // 8 * count

        def anywhere() -> list[Value]:
            place = self.place(space, address, size)
            self.check(i, place, size, active, writes=False)
            return self.words(place, "data", size)

        def wrong(words: Callable[[str], Value]) -> Value:
            writer = words("writer") if self._notes(space) else None
            return self._unreadable(words("state"), writer)

        if address.wide and size <= 4 and self.layout.permutes:
            held = [self.near(space, address, size, active, wrong, lambda: anywhere()[0])]
        else:
            held = anywhere()
        found = []
        for one in held:
            for k in range(0, WIDTH[one.kind], width):
                found.append(w.sized(w.do("lshr", one, k) if k else one, f"i{width}"))
        return found

    def store_checked(
        self, i: int, space: str, address: Value, values: list[Value], active: Value | None
    ) -> None:
        """Write elements to an address."""
        w = self.w
        if address.wide or active is None:
            self._store(i, space, address, values, active)
        else:  # one place: a thread writes for all
            last = w.do("sub", integer("i32", WARP - 1), w.call("ctlz", w.bits(active), flag=True))

            def write() -> None:
                chosen = [w.element(value, last) for value in values]
                lost = integer("i1", 0)
                for one, value in zip(chosen, values, strict=True):
                    if value.wide:
                        lost = w.do("or", lost, w.test("icmp ne", one, value))
                lost = w.do("and", lost, active)
                self._conflict(i, space, address, lost)
                self._store(i, space, address, chosen, None)

            w.when(w.any(active), write)

    def _store(
        self, i: int, space: str, address: Value, values: list[Value], active: Value | None
    ) -> None:
        w = self.w
        size = WIDTH[values[0].kind] // 8 * len(values)
        place = self.place(space, address, size)
        fresh = self.check(i, place, size, active, writes=True)
        self.store_at(i, place, values, active)
        w.when(w.any(fresh), lambda: self.mark(place, "state", size, active))

    def store_at(self, i: int, place: Place, values: list[Value], active: Value | None) -> None:
        """Write elements where a check has let them."""
        w, width = self.w, WIDTH[values[0].kind] // 8
        lost = integer("i1", 0)
        if self._notes(place.space):
            lost = self.overwritten(place, values)
        if not place.offset.wide and active is None:
            self._put_at_once(self.pointers(place, "data", 0).text, values)
        for k, value in enumerate(values):
            if place.offset.wide or active is not None:
                self.scatter(self.pointers(place, "data", width * k), value, active)
            # Of threads that write different values to one place, one finds another's.
            if value.wide or place.offset.wide:
                lost = w.do("or", lost, self.differs(place, width * k, value, active))
        if active is not None:
            lost = w.do("and", lost, active)
        self._conflict(i, place.space, place.address, lost)
        if self._notes(place.space):
            self.mark(place, "writer", width * len(values), active)

    def mark(self, place: Place, array: str, size: int, active: Value | None) -> None:
        """Note beside bytes that they are written, or by which warp."""
        step = min(size, 8)
        kind = f"i{8 * step}"
        value = integer(kind, WRITTEN * ONES) if array == "state" else self._own(kind)
        for ahead in range(0, size, step):
            self.scatter(self.pointers(place, array, ahead), value, active)

    def _put_at_once(self, pointer: str, values: list[Value]) -> None:
        """Write elements to one place at once, so that what reads them at once need not wait."""
        w, kind = self.w, f"<{len(values)} x {values[0].kind}>"
        all_ = "poison"
        for k, value in enumerate(values):
            one = w.element(value, WARP - 1)
            all_ = w.let(f"insertelement {kind} {all_}, {one}, i32 {k}", "i32", wide=False).text
        w.line(f"store {kind} {all_}, ptr {pointer}, align {WIDTH[values[0].kind] // 8}")

    def _conflict(self, i: int, space: str, address: Value, lost: Value) -> None:
        """Write the fault of threads that find another's value where they wrote."""
        self.fault(i, ACCESS, lost, address, integer("i64", CONFLICT + (space == "shared")))

    def differs(self, place: Place, ahead: int, value: Value, active: Value | None) -> Value:
        """Return in which threads something else stands at a place than they wrote."""
        w = self.w
        moved = place
        if ahead:
            moved = place._replace(
                address=w.do("add", place.address, ahead), offset=w.do("add", place.offset, ahead)
            )
        (found,) = self.words_near(moved, "data", WIDTH[value.kind] // 8, active)
        return w.test("icmp ne", found, value)

    # Instructions.

    def where(self, one: Instruction, write: Callable[[Value | None], None]) -> None:
        """Write an instruction for its active threads; a uniform guard is jumped around."""
        active = self.guarded(one)
        if active is None or active.wide:
            write(active)
        else:
            self.w.when(active, lambda: write(None))

    def load(self, i: int, one: Instruction) -> None:
        """Write ``ld``."""
        access, (address,), (vector,) = one.operation.access, one.arguments, one.results
        assert access is not None
        assert isinstance(vector, Vector)

        def write(active: Value | None) -> None:
            if access.space == "param":
                values = self._parameter(address, access.type, access.count)
            else:
                at = self.address(address)
                values = self.load_checked(i, access.space, at, access.type, access.count, active)
            for register, value in zip(vector.items, values, strict=True):
                self.write(register, access.type, value, active)

        self.where(one, write)

    def _parameter(self, address: Operand, kind: str, count: int) -> list[Value]:
        assert isinstance(address, Address)
        assert isinstance(address.base, Symbol)
        names = [parameter.name for parameter in self.layout.program.parameters]
        start = 8 * names.index(address.base.name) + address.offset
        arguments, size = self.context["arguments"].text, WIDTHS[kind] // 8
        return [
            self.w.load(self.w.pointer(arguments, start + k * size).text, f"i{WIDTHS[kind]}")
            for k in range(count)
        ]

    def store(self, i: int, one: Instruction) -> None:
        """Write ``st``."""
        access, (address, vector) = one.operation.access, one.arguments
        assert access is not None
        assert isinstance(vector, Vector)

        def write(active: Value | None) -> None:
            values = [self.read(item, access.type) for item in vector.items]
            self.store_checked(i, access.space, self.address(address), values, active)

        self.where(one, write)

    def copy(self, i: int, one: Instruction) -> None:
        """Write ``cp.async``: what is not read is 0."""
        to, source, size, given = one.arguments
        words = self.read(size, "u32")
        assert words.is_constant
        count = int(words.text) // 4

        def write(active: Value | None) -> None:
            w = self.w
            into, out = self.address(to), self.address(source)
            taken = self.read(given, "u32")
            wrong = w.do(
                "or", w.test("icmp ne", w.do("and", taken, 3), 0),
                w.test("icmp ugt", taken, 4 * count),
            )  # fmt: skip
            bad = wrong if active is None else w.do("and", wrong, active)
            self.fault(i, ACCESS, bad, taken, integer("i64", COUNT))
            place = self.place("shared", into, 4 * count)
            fresh = self.check(i, place, 4 * count, active, writes=True)

            def word(k: Value) -> None:
                reads = w.vector(w.test("icmp ugt", taken, w.sized(k, "i32")))
                if active is not None:
                    reads = w.do("and", reads, active)
                (value,) = self.load_checked(i, "global", w.do("add", out, k), "b32", 1, reads)
                moved = place._replace(
                    address=w.do("add", place.address, w.sized(k, place.address.kind)),
                    offset=w.do("add", place.offset, w.sized(k, place.offset.kind)),
                )
                self.store_at(i, moved, [w.choose(reads, value, 0)], active)

            w.count_up("%counter", 4 * count, 4, word)
            w.when(w.any(fresh), lambda: self.mark(place, "state", 4 * count, active))

        self.where(one, write)
