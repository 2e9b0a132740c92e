"""A kernel executed as machine code of the CPU: the interface, and the results, of the plain twin.

Blocks are independent of one another, so the cores of the CPU share them. Blocks that write
different values to the same place race here as on a GPU.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
from numpy.typing import NDArray

from negeig.claims import LimitReached
from negeig.kernels.ptx.accesses import WORD
from negeig.kernels.ptx.execution import (
    MAX_STEPS,
    Fault,
    Undefined,
    needs_subnormal_numbers,
)
from negeig.kernels.ptx.group import Grid
from negeig.kernels.ptx.instructions import ROW
from negeig.kernels.ptx.llvm.accesses import CONFLICT, COUNT
from negeig.kernels.ptx.llvm.code import (
    ACCESS,
    ALONE,
    DONE,
    FOREVER,
    LIMIT,
    ROUNDS,
    UNASKED,
    UNDEFINED,
)
from negeig.kernels.ptx.llvm.gathering import WINDOW
from negeig.kernels.ptx.llvm.layout import APART_NOW, CONTEXT, PAYLOAD, PC, SHARED_BASE
from negeig.kernels.ptx.llvm.machine_code import MachineCode, machine_code
from negeig.kernels.ptx.memory import BadAccess, Memory, NoBits
from negeig.kernels.ptx.operation import DTYPES, WIDTHS, Access, Bits
from negeig.kernels.ptx.program import Instruction, Program
from negeig.kernels.ptx.warps import WARP

CHUNK = 1 << 19
"""Instructions of warps between two looks at whether to stop, about."""

MOST_BYTES = (1 << 31) - 1
"""Of global memory: offsets are numbers of 32 bits."""


def execute(
    program: Program,
    grid: Grid,
    arguments: Sequence[int],
    memory: Memory,
    *,
    shared: int = 0,
    threads: int | None = None,
    max_steps: int = MAX_STEPS,
    cores: int | None = None,
) -> int:
    """Run a kernel; what it wrote stands in ``memory`` afterwards.

    Parameters
    ----------
    program, grid, arguments, memory, shared, threads
        As in :func:`negeig.kernels.ptx.execution.execute`, and every bit of the results as well,
        where threads do not race.
    max_steps : int
        Instructions of one warp at most.
    cores : int, optional
        Threads of the CPU; as many as there are cores.

    Returns
    -------
    int
        Instructions executed, each counted once for the threads of a warp that execute it together.

    Raises
    ------
    Fault
        As the plain twin: of the first block where there is one.
    LimitReached
        After ``max_steps``; or for 2 GiB of memory.
    InputError
        Naming every instruction that is not translated.
    Unavailable
        Where llvmlite is missing, or this thread flushes subnormal numbers to 0.

    Examples
    --------
    >>> from negeig.kernels.ptx.parse import parse
    >>> program = parse('''
    ... .version 8.7
    ... .target sm_90a
    ... .visible .entry twice(.param .u64 .ptr .global x) .reqntid 32 {
    ...   .reg .b32 %r<3>; .reg .b64 %rd<3>;
    ...   ld.param.b64 %rd1, [x];
    ...   mov.u32 %r1, %tid.x;
    ...   mad.wide.u32 %rd2, %r1, 4, %rd1;
    ...   ld.global.b32 %r2, [%rd2];
    ...   add.s32 %r2, %r2, %r2;
    ...   st.global.b32 [%rd2], %r2;
    ... }''')
    >>> numbers = np.arange(32, dtype=np.uint32).view(np.uint8)
    >>> memory = Memory.of([("x", numbers, None, 0)])
    >>> execute(program, (1, 1, 1), [memory.address(0)], memory)
    6
    >>> memory.read_back(0)[0].view(np.uint32).tolist() == list(range(0, 64, 2))
    True
    >>> memory = Memory.of([("x", numbers[:124], None, 0)])
    >>> execute(program, (1, 1, 1), [memory.address(0)], memory)
    Traceback (most recent call last):
    negeig.kernels.ptx.execution.Fault: twice: thread 31 of block 0: ld.global.b32, line 9: reads \
out of bounds: 4 bytes at x + 124, which has 124 bytes
    """
    if memory.data.size > MOST_BYTES:
        raise LimitReached("bytes of global memory", MOST_BYTES, reached=memory.data.size)
    needs_subnormal_numbers()
    code = machine_code(program, program.threads or threads or 1, shared)
    return _Launch(code, grid, arguments, memory, max_steps).run(cores or os.cpu_count() or 1)


class _Stopped(Exception):
    """Another part went wrong."""


class _Launch:
    """One launch: what its parts share."""

    def __init__(
        self,
        code: MachineCode,
        grid: Grid,
        arguments: Sequence[int],
        memory: Memory,
        max_steps: int,
    ) -> None:
        self.code, self.grid, self.memory, self.max_steps = code, grid, memory, max_steps
        mask = (1 << 64) - 1
        self.arguments = np.array([value & mask for value in (*arguments, 0)], np.uint64)
        self.blocks = grid[0] * grid[1] * grid[2]
        self.stop = Event()

    def run(self, cores: int) -> int:
        """Run all blocks; the first tells how many make a part."""
        part = _Part(self)
        steps = part.run(0, min(1, self.blocks))
        size = max(1, CHUNK // max(steps, 1))
        starts = range(1, self.blocks, size)
        if cores == 1 or len(starts) <= 1:
            for start in starts:
                steps += part.run(start, min(start + size, self.blocks))
            return steps
        with ThreadPoolExecutor(min(cores, len(starts))) as pool:
            found = [
                pool.submit(self._alone, start, min(start + size, self.blocks)) for start in starts
            ]
            try:
                # In the order of blocks: the first fault is that of the first block.
                return steps + sum(one.result() for one in found)
            finally:
                self.stop.set()

    def _alone(self, first: int, last: int) -> int:
        return 0 if self.stop.is_set() else _Part(self).run(first, last)


class _Part:
    """What one thread of the CPU needs to run blocks: shared memory and the frames of warps."""

    def __init__(self, launch: _Launch) -> None:
        self.launch, self.layout = launch, launch.code.layout
        layout, memory = self.layout, launch.memory
        self.shared = Memory.shared(1, layout.shared_size, SHARED_BASE)
        # Behind shared memory of no bytes too there is something that is in no buffer.
        self.data, self.state = (
            np.concatenate([one, np.zeros(WINDOW, np.uint8)])
            for one in (self.shared.data, self.shared.state)
        )
        self.writer = np.zeros_like(self.state)
        frames = np.zeros(layout.frame * layout.warps + 64, np.uint8)
        self.frames = frames[-frames.ctypes.data % 64 :]
        x, y, z = launch.grid
        passed = {
            "data": memory.data.ctypes.data, "state": memory.state.ctypes.data,
            "base": memory.base, "size": memory.data.size,
            "shared_data": self.data.ctypes.data, "shared_state": self.state.ctypes.data,
            "shared_writer": self.writer.ctypes.data,
            "arguments": launch.arguments.ctypes.data, "x": x, "y": y, "z": z,
            "frames": self.frames.ctypes.data, "max_steps": launch.max_steps,
        }  # fmt: skip
        self.context = np.zeros(PAYLOAD // 8 + 2 * WARP, np.uint64)
        for name, value in passed.items():
            self.context[CONTEXT.index(name)] = value

    def run(self, first: int, last: int) -> int:
        """Run blocks; return the instructions executed."""
        self.context[CONTEXT.index("steps")] = 0
        wrong = self.launch.code.blocks(self.context.ctypes.data, first, last)
        if wrong:
            self._raise()
        return self._passed("steps")

    def _passed(self, name: str) -> int:
        return int(self.context[CONTEXT.index(name)])

    # What went wrong.

    def _raise(self) -> None:
        reason, program = self._passed("reason"), self.layout.program
        if reason == LIMIT:
            limit = self.launch.max_steps
            raise LimitReached(f"instructions of {program.name}", limit, reached=limit + 1)
        if reason == FOREVER:
            thread, i = self._waiting()
            raise self._fault(thread, i, "waits for ever: others never arrive")
        i, bits = self._passed("instruction"), self._passed("lanes")
        lanes = np.flatnonzero([bits >> lane & 1 for lane in range(WARP)])
        payload = self.context[PAYLOAD // 8 :].reshape(2, WARP)[:, lanes]
        one = program.instructions[i]
        try:
            if reason == ACCESS:
                self._access(one, payload[0], int(payload[1, 0]))
            if reason == ROUNDS:
                raise NoBits(0, "sums that round have no defined bits")
            if reason == ALONE:
                raise BadAccess(0, "reads a lane that takes no part")
            if reason == UNASKED:
                raise BadAccess(0, "takes part but is not in the mask")
            assert reason == UNDEFINED
            of = ", ".join(f"{int(x):#x}" for x in payload[: len(one.operation.sources), 0])
            raise NoBits(0, f"of {of} has no defined bits")
        except BadAccess as bad:
            thread = WARP * self._passed("warp") + int(lanes[bad.lane])
            raise self._fault(thread, i, str(bad), isinstance(bad, NoBits)) from None

    def _fault(self, thread: int, i: int, text: str, undefined: bool = False) -> Fault:
        program, block = self.layout.program, self._passed("block")
        where = f"thread {thread} of block {block}"
        kind = Undefined if undefined else Fault
        return kind(f"{program.name}: {where}: {program.instructions[i]}: {text}")

    def _access(self, one: Instruction, addresses: NDArray[np.uint64], what: int) -> None:
        """Have the plain twin's memory say what is wrong with an access."""
        writes, in_shared = bool(what & 2), bool(what & 1)
        words = int(getattr(one.operands[-2], "bits", 0)) // 4  # of a copy
        if what == COUNT:
            raise BadAccess(0, f"copies {int(addresses[0])} of {4 * words} bytes")
        size = self.data.size - WINDOW
        shared = Memory(
            SHARED_BASE, self.data[:size], self.state[:size], self.shared.buffers, rows=1
        )
        memory = shared if in_shared else self.launch.memory
        access = one.operation.access
        if one.operation.kind in ("matrix_load", "matrix_store"):
            access = ROW
        elif one.operation.kind == "copy":
            access = Access("shared", "b32", words) if writes else WORD
        assert access is not None
        if what >= CONFLICT:
            # It says so of values that differ, whatever they are.
            start = addresses[:1] & ~np.uint64(access.bytes - 1)
            same = np.repeat(start, 2)
            values: list[Bits] = [np.arange(2, dtype=DTYPES[WIDTHS[access.type]])] * access.count
            memory.store(same, access, 0, values)
        if writes:
            zeros = [np.zeros(addresses.size, np.uint64)] * access.count
            memory.store(addresses, access, 0, zeros)
        memory.load(addresses, access, 0)
        raise BadAccess(0, "reads what another warp wrote since the last barrier")

    def _waiting(self) -> tuple[int, int]:
        """Return the first thread that has not ended, and its next instruction."""
        end = len(self.layout.program.instructions)
        for warp in range(self.layout.warps):
            frame = self.frames[warp * self.layout.frame :]
            state, apart = (int(frame[at : at + 4].view(np.int32)[0]) for at in (0, APART_NOW))
            if state == DONE:
                continue
            next_ = frame[PC : PC + 4 * WARP].view(np.uint32)
            lane = int(np.flatnonzero(next_ < end)[0]) if apart else 0
            return WARP * warp + lane, int(next_[lane])
        raise AssertionError("no thread waits")
