"""The code of a warp whose threads all execute the same instruction.

A branch that not all of them take leaves the rest to :mod:`~negeig.kernels.ptx.llvm.apart`. So
what is uniform stays uniform, and most kernels have nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from negeig.kernels.ptx.analysis import live, varying
from negeig.kernels.ptx.execution import WITH_OTHERS
from negeig.kernels.ptx.llvm.code import DONE, LIMIT, PARTED
from negeig.kernels.ptx.llvm.crossing import Crossing
from negeig.kernels.ptx.llvm.layout import BARRIER, PC, STEPS, Layout
from negeig.kernels.ptx.llvm.writing import Value, integer
from negeig.kernels.ptx.operation import WIDTHS
from negeig.kernels.ptx.program import Block, Instruction, Program, Target

SIGNATURE = "(ptr %context, ptr noalias %frame, i32 %x, i32 %y, i32 %z, i32 %warp, i32 %resume)"


def may_part(program: Program) -> bool:
    """Say whether threads of a warp may go different ways: whether a guard may say so."""
    apart = varying(program)
    return any(
        one.guard is not None
        and one.guard.register.name in apart
        and one.operation.kind in WITH_OTHERS | {"branch", "return"}
        for one in program.instructions
    )


class Together(Crossing):
    """The function ``together``: a warp from a point where it goes on to where it waits or ends."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout, varying(layout.program))
        self.live = live(layout.program)
        self.resumed: list[int] = []

    def text(self) -> str:
        """Return the function."""
        program = self.layout.program
        for k, register in enumerate(program.registers.values()):
            place, kind = f"%R{k}", f"i{WIDTHS[register.type]}"
            self.places[register.name] = place
            type_ = Value("", kind, register.name in self.wide).type
            self.w.line(f"{place} = alloca {type_}, align 64")
            self.w.line(f"store {type_} zeroinitializer, ptr {place}, align 64")
        self.w.line("%steps = alloca i64, align 8")
        self.w.store(self.w.load(self._header(STEPS), "i64", align=8), "%steps", 8)
        self.begin()
        entry, self.w.lines = self.w.lines, []
        for block in program.blocks:
            self._block(block)
        self._end(len(program.instructions))
        body, self.w.lines = self.w.lines, entry
        points = " ".join(f"i32 {k + 1}, label %resume{k}" for k in range(len(self.resumed)))
        self.w.line(f"switch i32 %resume, label %b0 [ {points} ]")
        for k, at in enumerate(self.resumed):
            self.w.label(f"resume{k}")
            self._move(self.live[at], self._restore)
            self.w.jump(f"from{at}")
        return f"define internal i32 @together{SIGNATURE} #0 {{\n" + "\n".join(
            [*self.w.lines, *body, "}\n"]
        )

    def _header(self, offset: int) -> str:
        return self.w.pointer("%frame", offset).text

    # Control.

    def _block(self, block: Block) -> None:
        program, w = self.layout.program, self.w
        w.label(f"b{block.start}")
        steps = w.do("add", w.load("%steps", "i64", align=8), block.stop - block.start)
        w.store(steps, "%steps", 8)
        self.fault(block.start, LIMIT, w.test("icmp ugt", steps, self.context["max_steps"]))
        for i in range(block.start, block.stop):
            one = program.instructions[i]
            if one.operation.kind in ("branch", "return"):
                self._jump(i, one)
                return
            if one.operation.kind in WITH_OTHERS:
                self._meet(i, one)
            else:
                getattr(self, one.operation.kind)(i, one)
        w.jump(f"b{block.stop}")

    def _end(self, count: int) -> None:
        """End the warp: threads that fall off the last instruction end too."""
        self.w.label(f"b{count}")
        self.w.store(self.w.load("%steps", "i64", align=8), self._header(STEPS), 8)
        self.w.line(f"ret i32 {DONE}")

    def _jump(self, i: int, one: Instruction) -> None:
        w, count = self.w, len(self.layout.program.instructions)
        target = count
        if one.operation.kind == "branch":
            (operand,) = one.operands
            assert isinstance(operand, Target)
            target = operand.index
        taken = self.guarded(one)
        if taken is None:
            w.jump(f"b{target}")
        elif not taken.wide:
            w.branch(taken, f"b{target}", f"b{i + 1}")
        else:
            goes = w.choose(taken, w.vector(integer("i32", target)), integer("i32", i + 1))
            after = self.live[target] | self.live[i + 1]
            self._split(w.bits(taken), f"b{target}", f"b{i + 1}", goes, after)

    def _split(self, taken: Value, yes: str, no: str, goes: Value, needed: Iterable[str]) -> None:
        """Go one way where all threads do; otherwise leave the registers and the way of each."""
        w = self.w
        parted = w.fresh("parted")
        w.line(
            f"switch i32 {taken.text}, label %{parted} [ i32 -1, label %{yes} i32 0, label %{no} ]"
        )
        w.label(parted)
        self._part(goes, needed)

    def _part(self, goes: Value, needed: Iterable[str]) -> None:
        w = self.w
        self._move(needed, self._spread)
        w.store(w.vector(goes), self._header(PC), 64)
        w.store(w.load("%steps", "i64", align=8), self._header(STEPS), 8)
        w.line(f"ret i32 {PARTED}")

    def _meet(self, i: int, one: Instruction) -> None:
        """Write an instruction of all threads together; if not all execute it, they part."""
        w, taken = self.w, self.guarded(one)
        does, after = w.fresh("does"), w.fresh("after")
        if taken is not None and taken.wide:
            here = integer("i32", i)
            self._split(w.bits(taken), does, after, here, self.live[i])
        elif taken is not None:
            w.branch(taken, does, after)
        if taken is not None:
            w.label(does)
        unguarded = replace(one, guard=None)
        if one.operation.kind == "barrier":
            self._barrier(i, unguarded)
        elif one.operation.kind != "warp_barrier":
            getattr(self, one.operation.kind)(i, unguarded)
        if taken is not None:
            w.jump(after)
            w.label(after)

    def _barrier(self, i: int, one: Instruction) -> None:
        """Return to the other warps, and go on when they have come here too."""
        if self.layout.warps == 1:
            return
        w = self.w
        number = w.element(self.read(one.arguments[0], "u32"), 0)
        self._move(self.live[i + 1], self._save)
        w.store(number, self._header(BARRIER), 4)
        w.store(integer("i32", i + 1), self._header(PC), 4)
        w.store(w.load("%steps", "i64", align=8), self._header(STEPS), 8)
        self.resumed.append(i + 1)
        w.line(f"ret i32 {len(self.resumed)}")
        w.label(f"from{i + 1}")

    # Registers in the frame.

    def _move(self, names: Iterable[str], move: Callable[[str, str, Value], None]) -> None:
        for name in sorted(names):
            kind = f"i{WIDTHS[self.layout.program.registers[name].type]}"
            move(self.places[name], self._header(self.layout.slots[name]),
                 Value("", kind, name in self.wide))  # fmt: skip

    def _save(self, place: str, slot: str, shape: Value) -> None:
        self.w.store(self.w.load(place, shape.kind, wide=shape.wide), slot, 64)

    def _restore(self, place: str, slot: str, shape: Value) -> None:
        self.w.store(self.w.load(slot, shape.kind, wide=shape.wide, align=64), place)

    def _spread(self, place: str, slot: str, shape: Value) -> None:
        value = self.w.vector(self.w.load(place, shape.kind, wide=shape.wide))
        self.w.store(value, slot, 64)
