"""The code of a warp whose threads may be anywhere: those furthest behind go first, with a mask.

The plain twin's schedule, of one warp. Threads that execute something together wait for all that
take part. Registers are in the frame of the warp.
"""

from __future__ import annotations

from dataclasses import replace

from negeig.kernels.ptx.execution import MASKED, WITH_OTHERS
from negeig.kernels.ptx.llvm.code import DONE, LIMIT
from negeig.kernels.ptx.llvm.crossing import Crossing
from negeig.kernels.ptx.llvm.layout import BARRIER, PC, STEPS, WAITS, Layout
from negeig.kernels.ptx.llvm.together import SIGNATURE
from negeig.kernels.ptx.llvm.writing import Value, integer
from negeig.kernels.ptx.program import Instruction, Target
from negeig.kernels.ptx.warps import WARP

FREE, AT_WARP = 0, 1 << 31
"""What a thread waits for, if not for a barrier, of which the number and 1 is noted."""

NO_BARRIER = (1 << 32) - 1
"""Left where threads wait for different things: none of them will come."""


class Apart(Crossing):
    """The function ``apart``: a warp until all its threads wait or have ended."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout, frozenset(layout.program.registers))
        self.end = len(layout.program.instructions)

    def text(self) -> str:
        """Return the function."""
        w, program = self.w, self.layout.program
        for k, register in enumerate(program.registers.values()):
            place = f"%R{k}"
            self.places[register.name] = place
            w.line(
                f"{place} = getelementptr i8, ptr %frame, i64 {self.layout.slots[register.name]}"
            )
        for name, offset in (("pc", PC), ("waits", WAITS), ("steps", STEPS)):
            w.line(f"%{name} = getelementptr i8, ptr %frame, i64 {offset}")
        self.begin()
        w.jump("next")
        starts = {block.start for block in program.blocks}
        # Threads wait at what they do together, or skip it.
        meetings = {i for i, one in enumerate(program.instructions) if _meets(one)}
        starts |= meetings | {i + 1 for i in meetings if i + 1 < self.end}
        self._schedule(sorted(starts))
        stops = sorted({*starts, self.end})[1:]
        for start, stop in zip(sorted(starts), stops, strict=True):
            self._segment(start, stop)
        return f"define internal i32 @apart{SIGNATURE} #0 {{\n" + "\n".join([*w.lines, "}\n"])

    def _schedule(self, starts: list[int]) -> None:
        """Choose the threads that go on, or return where none can."""
        w = self.w
        w.label("next")
        pc, waits = self._vector("%pc"), self._vector("%waits")
        alive = w.test("icmp ult", pc, self.end)
        ready = w.do("and", alive, w.test("icmp eq", waits, FREE))
        w.branch(w.any(ready), "go", "stuck")
        w.label("go")
        first = self._least(w.choose(ready, pc, -1))
        chosen = w.do("and", ready, w.test("icmp eq", pc, first))
        w.line("switch i32 {}, label %stuck [ {} ]".format(
            first.text, " ".join(f"i32 {at}, label %s{at}" for at in starts)
        ))  # fmt: skip
        self.mask = chosen
        w.label("stuck")
        w.branch(w.any(alive), "waiting", "ended")
        w.label("ended")
        w.line(f"ret i32 {DONE}")
        w.label("waiting")
        least, most = (self._least(w.choose(alive, x, -1)) for x in (waits, w.do("xor", waits, -1)))
        one = w.test("icmp eq", least, w.do("xor", most, -1))
        barrier = w.do("and", one, w.test("icmp ne", least, AT_WARP))
        number = w.choose(barrier, w.do("sub", least, 1), NO_BARRIER)
        w.store(number, w.pointer("%frame", BARRIER).text, 4)
        w.line("ret i32 0")

    def _vector(self, place: str) -> Value:
        return self.w.load(place, "i32", wide=True, align=64)

    def _least(self, values: Value) -> Value:
        return self.w.reduced("umin", values)

    def _go(self, threads: Value, to: int) -> None:
        """Note where threads go on."""
        w = self.w
        w.store(w.choose(threads, w.vector(integer("i32", to)), self._vector("%pc")), "%pc", 64)

    def _wait(self, threads: Value, waits: Value) -> None:
        w = self.w
        w.store(w.choose(threads, w.vector(waits), self._vector("%waits")), "%waits", 64)

    def _segment(self, start: int, stop: int) -> None:
        w, mask, program = self.w, self.mask, self.layout.program
        assert mask is not None
        w.label(f"s{start}")
        steps = w.do("add", w.load("%steps", "i64", align=8), stop - start)
        w.store(steps, "%steps", 8)
        self.fault(start, LIMIT, w.test("icmp ugt", steps, self.context["max_steps"]))
        for i in range(start, stop):
            one = program.instructions[i]
            if one.operation.kind in ("branch", "return"):
                self._jump(i, one)
            elif _meets(one):
                self._meet(i, one)
            else:
                getattr(self, one.operation.kind)(i, one)
        if program.instructions[stop - 1].operation.kind not in ("branch", "return"):
            assert self.mask is not None
            self._go(self.mask, stop)
        self.mask = mask
        w.jump("next")

    def _jump(self, i: int, one: Instruction) -> None:
        target, taken = self.end, self.guarded(one)
        assert self.mask is not None
        assert taken is not None
        if one.operation.kind == "branch":
            (operand,) = one.operands
            assert isinstance(operand, Target)
            target = operand.index
        self._go(self.mask, i + 1)
        self._go(taken, target)

    def _meet(self, i: int, one: Instruction) -> None:
        """Have threads wait for all that take part, and go on with these."""
        w, chosen = self.w, self.guarded(one)
        assert self.mask is not None
        assert chosen is not None
        self._go(self.mask, i + 1)
        if one.operation.kind == "barrier":
            number = w.do("add", self.read(one.arguments[0], "u32"), 1)
            self._wait(chosen, number)
            w.jump("next")
            w.label(w.fresh("unreached"))
            return
        self._go(chosen, i)
        self._wait(chosen, integer("i32", AT_WARP))
        come = w.do("and", w.test("icmp eq", self._vector("%pc"), i),
                    w.test("icmp eq", self._vector("%waits"), AT_WARP))  # fmt: skip
        here = w.bits(come)
        there = self._needed(one, here)
        comes = w.fresh("comes")
        w.branch(w.test("icmp eq", w.call("ctpop", here), there), comes, "next")
        w.label(comes)
        self._wait(come, integer("i32", FREE))
        self._go(come, i + 1)
        self.mask = come
        if one.operation.kind != "warp_barrier":
            getattr(self, one.operation.kind)(i, replace(one, guard=None))

    def _needed(self, one: Instruction, here: Value) -> Value:
        """Return how many threads take part."""
        w = self.w
        count = w.do("sub", integer("i32", self.layout.threads),
                     w.do("mul", Value("%warp", "i32"), WARP))  # fmt: skip
        count = w.call("umin", count, integer("i32", WARP))
        if one.operation.kind not in MASKED:
            return count
        some = w.call("umin", w.call("cttz", here, flag=False), integer("i32", WARP - 1))
        asked = w.element(self.read(one.arguments[-1], "u32"), some)
        ones = w.do("lshr", integer("i32", -1), w.do("sub", integer("i32", WARP), count))
        return w.call("ctpop", w.do("and", asked, ones))


def _meets(one: Instruction) -> bool:
    return one.operation.kind in WITH_OTHERS
