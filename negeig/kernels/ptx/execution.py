"""All threads of all blocks of a kernel, executed on arrays: the plain twin of faster executors.

Threads at the same instruction run together; where they part, those that are furthest behind run
first, so that they meet again. Within one instruction all threads read before any writes.
Instructions that threads execute together (shuffles, matrices, barriers) wait for all that take
part.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negeig.claims import LimitReached, Unavailable
from negeig.kernels.implementation import Misbehaved, Undetermined
from negeig.kernels.ptx.group import Grid
from negeig.kernels.ptx.instructions import Threads
from negeig.kernels.ptx.memory import BadAccess, Memory, NoBits
from negeig.kernels.ptx.operation import Bits
from negeig.kernels.ptx.program import Immediate, Instruction, Program, Target
from negeig.kernels.ptx.warps import Lanes

TOGETHER = 1 << 15
"""Lanes that are executed at once, about."""

MAX_STEPS = 50_000_000
"""Instructions of one group of blocks, each counted once for all lanes that execute it together."""


class Fault(Misbehaved):
    """A kernel did what no kernel may do; names the thread, the instruction and its line."""


class Undefined(Fault, Undetermined):
    """It needs a value whose bits nothing defines; hardware has some, which are not known here."""


def execute(
    program: Program,
    grid: Grid,
    arguments: Sequence[int],
    memory: Memory,
    *,
    shared: int = 0,
    threads: int | None = None,
    max_steps: int = MAX_STEPS,
) -> int:
    """Run a kernel; what it wrote stands in ``memory`` afterwards.

    Parameters
    ----------
    program : Program
    grid : tuple of int
        Blocks in x, y and z. They are executed in groups, in the order of their numbers.
    arguments : sequence of int
        The bits of each parameter; of a pointer, an address in ``memory``.
    memory : Memory
        Global memory.
    shared : int
        Bytes of shared memory that a block has for variables of no size of their own.
    threads : int, optional
        Of a block; the kernel's own number where it requires one.
    max_steps : int
        Instructions of one group at most.

    Returns
    -------
    int
        Instructions executed, each counted once for the lanes that execute it together.

    Raises
    ------
    Fault
        On an access out of bounds or misaligned; what was never written, where it is used: where it
        is written to global memory, or an address, a condition or a product of matrices is made of
        it; threads that write different values to one place in one instruction, or access one in
        shared memory with no barrier in between, of which one writes; a value that has no defined
        bits; threads that wait for ever.
    LimitReached
        After ``max_steps``.
    Unavailable
        Where this thread flushes subnormal numbers to 0.

    Examples
    --------
    >>> from negeig.kernels.ptx.parse import parse
    >>> program = parse('''
    ... .version 8.7
    ... .target sm_90a
    ... .visible .entry twice(.param .u64 .ptr .global x) .reqntid 2 {
    ...   .reg .b32 %r<3>; .reg .b64 %rd<3>;
    ...   ld.param.b64 %rd1, [x];
    ...   mov.u32 %r1, %tid.x;
    ...   mad.wide.u32 %rd2, %r1, 4, %rd1;
    ...   ld.global.b32 %r2, [%rd2];
    ...   add.s32 %r2, %r2, %r2;
    ...   st.global.b32 [%rd2], %r2;
    ... }''')
    >>> numbers = np.array([20, 21], np.uint32).view(np.uint8)
    >>> memory = Memory.of([("x", numbers, None, 0)])
    >>> execute(program, (1, 1, 1), [memory.address(0)], memory)
    6
    >>> memory.read_back(0)[0].view(np.uint32).tolist()
    [40, 42]
    >>> memory = Memory.of([("x", numbers[:4], None, 0)])
    >>> execute(program, (1, 1, 1), [memory.address(0)], memory)
    Traceback (most recent call last):
    negeig.kernels.ptx.execution.Fault: twice: thread 1 of block 0: ld.global.b32, line 9: reads \
out of bounds: 4 bytes at x + 4, which has 4 bytes
    """
    needs_subnormal_numbers()
    per_block = program.threads or threads or 1
    blocks = grid[0] * grid[1] * grid[2]
    at_once = max(1, TOGETHER // per_block)
    steps = 0
    for start in range(0, blocks, at_once):
        numbers = np.arange(start, min(start + at_once, blocks))
        group = Threads(program, grid, numbers, per_block, arguments, memory, shared)
        schedule = _Schedule(group, max_steps)
        schedule.run()
        steps += schedule.steps
    return steps


def needs_subnormal_numbers() -> None:
    """Raise Unavailable where this thread flushes subnormal numbers to 0."""
    if np.float32(2.0**-149) * np.float32(1) == 0:
        raise Unavailable("subnormal numbers are flushed to 0: torch.set_flush_denormal(False)")


WITH_OTHERS = frozenset(
    ("barrier", "warp_barrier", "shuffle", "reduction", "matrix_load", "matrix_store",
     "matrix_product", "warpgroup_product")
)  # fmt: skip
"""Kinds of instructions that wait for other threads."""

MASKED = frozenset(("warp_barrier", "shuffle", "reduction"))
"""Those whose last operand is the mask of the threads of a warp that take part."""

_AT_WARP = 1 << 20  # no number of a barrier


class _Schedule:
    """Which threads execute which instruction next.

    ``pc`` is the instruction that a lane executes next, ``waits`` what it waits at: the number of a
    barrier, ``_AT_WARP``, or -1 where it can go on.
    """

    def __init__(self, threads: Threads, max_steps: int) -> None:
        self.threads, self.max_steps = threads, max_steps
        self.instructions = threads.program.instructions
        self.end = len(self.instructions)
        self.pc = np.zeros(threads.count, np.int64)
        self.waits = np.full(threads.count, -1)
        self.steps = 0
        self.stops = np.empty(self.end, np.int64)
        for block in threads.program.blocks:
            self.stops[block.start : block.stop] = block.stop

    def run(self) -> None:
        """Run to the end."""
        while (alive := self.pc < self.end).any():
            ready = alive & (self.waits < 0)
            if not ready.any():
                self._release(np.unique(self.waits[alive & (self.waits < _AT_WARP)]))
                ready = alive & (self.waits < 0)
            if not ready.any():
                lane = int(np.flatnonzero(alive)[0])
                raise self._fault(int(self.pc[lane]), lane, "waits for ever: others never arrive")
            at = int(self.pc[ready].min())
            self._run_from(at, np.flatnonzero(ready & (self.pc == at)))

    def _run_from(self, at: int, lanes: Lanes) -> None:
        """Run lanes from an instruction to the end of its block, or to where some have to wait."""
        stop = int(self.stops[at])
        for i in range(at, stop):
            self.steps += 1
            if self.steps > self.max_steps:
                name = f"instructions of {self.threads.program.name}"
                raise LimitReached(name, self.max_steps, reached=self.steps)
            one = self.instructions[i]
            kind = one.operation.kind
            self.threads.select(lanes)
            chosen = self._guarded(one, lanes)
            if kind in ("branch", "return"):
                self.pc[lanes] = i + 1
                target = one.operands[0] if kind == "branch" else None
                self.pc[chosen] = target.index if isinstance(target, Target) else self.end
                return
            if kind in WITH_OTHERS:
                chosen = lanes = self._meet(i, one, lanes, chosen)
                if not lanes.size:
                    return
            if kind == "warp_barrier":
                self.threads.races.meet(chosen, block=False)
            elif chosen.size and kind != "barrier":
                self.threads.select(chosen)
                self._do(i, one)
        self.pc[lanes] = stop

    def _guarded(self, one: Instruction, lanes: Lanes) -> Lanes:
        """Return the lanes whose guard is true, of the selected ones."""
        if one.guard is None:
            return lanes
        taken: Lanes = lanes[self.threads.read(one.guard.register, "pred") != one.guard.negated]
        return taken

    def _meet(self, i: int, one: Instruction, lanes: Lanes, chosen: Lanes) -> Lanes:
        """Let ``chosen`` wait until all that take part have come; return those that go on now.

        Lanes that skip the instruction, and those that go on elsewhere, are left to the schedule.
        """
        threads = self.threads
        if chosen.size == threads.count and (
            one.operation.kind != "barrier" or isinstance(one.arguments[0], Immediate)
        ):
            if one.operation.kind == "barrier":
                threads.races.meet(chosen, block=True)
            return chosen  # every thread there is
        self.pc[lanes] = i + 1
        threads.select(chosen)
        if one.operation.kind == "barrier":
            barrier = threads.read(one.arguments[0], "u32").astype(np.int64)
            self.waits[chosen] = barrier
            self._release(np.unique(barrier))
            free = self.waits[chosen] < 0
            return chosen if free.all() else chosen[:0]
        self.pc[chosen] = i
        self.waits[chosen] = _AT_WARP
        come = np.flatnonzero((self.pc == i) & (self.waits == _AT_WARP))
        arrived = np.bincount(threads.warp[come], minlength=int(threads.warp[-1]) + 1)
        needed = np.bincount(threads.warp)
        if one.operation.kind in MASKED:
            warp = threads.warp[chosen]
            mask = threads.read(one.arguments[-1], "u32") & _ones(needed[warp])
            needed[warp] = np.bitwise_count(mask)
        going: Lanes = come[arrived[threads.warp[come]] == needed[threads.warp[come]]]
        self.waits[going] = -1
        return going

    def _release(self, barriers: Lanes) -> None:
        """Let go on the blocks whose threads all wait at a barrier, or have ended."""
        row, alive = self.threads.row, self.pc < self.end
        for number in barriers:
            here = self.waits == number
            missing = np.bincount(row[alive & ~here], minlength=int(row[-1]) + 1)
            free = here & (missing[row] == 0)
            self.waits[free] = -1
            self.threads.races.meet(np.flatnonzero(free), block=True)

    def _do(self, i: int, one: Instruction) -> None:
        try:
            self.threads.do(one)
        except BadAccess as bad:
            lane = int(np.arange(self.threads.count)[self.threads.lanes][bad.lane])
            raise self._fault(i, lane, str(bad), isinstance(bad, NoBits)) from None

    def _fault(self, i: int, lane: int, text: str, undefined: bool = False) -> Fault:
        threads = self.threads
        where = f"thread {threads.thread[lane]} of block {threads.block[lane]}"
        kind = Undefined if undefined else Fault
        return kind(f"{threads.program.name}: {where}: {self.instructions[i]}: {text}")


def _ones(count: Lanes) -> Bits:
    """Return words with as many low bits set as a warp has threads."""
    return (np.uint64(1) << count.astype(np.uint64)) - np.uint64(1)
