"""A kernel executed by the plain executor, and as machine code once making that pays.

Machine code is made in milliseconds an instruction and then runs a hundred times faster, so it is
made when the plain executor has done about as much work on a program as that costs. Which of the
two runs is decided by counted work; they leave the same bits. What machine code refuses is left to
the plain executor, which follows values that were never written to where they are used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from negeig.claims import InputError, Unavailable
from negeig.kernels.ptx.execution import MAX_STEPS, TOGETHER, Fault
from negeig.kernels.ptx.execution import execute as execute_plainly
from negeig.kernels.ptx.group import Grid
from negeig.kernels.ptx.memory import Memory
from negeig.kernels.ptx.program import Program

PAYS = 1 << 15
"""Work of the plain executor that costs what machine code of one instruction costs, about."""

A_STEP = 256
"""What a step costs whatever the number of its threads, in steps of one thread."""


@dataclass
class _Past:
    """What has been done with a program."""

    work: int = 0
    plain_only: bool = False


_past: WeakKeyDictionary[Program, _Past] = WeakKeyDictionary()


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

    Parameters and what raises are those of :func:`negeig.kernels.ptx.execution.execute`. Returns
    the instructions executed, each counted once for the threads that execute it together, which
    are those of a group of blocks, or of a warp.

    Examples
    --------
    >>> import numpy as np
    >>> from negeig.kernels.ptx.parse import parse
    >>> program = parse('''
    ... .version 8.7
    ... .target sm_90a
    ... .visible .entry one(.param .u64 .ptr .global x) .reqntid 1 {
    ...   .reg .b32 %r<2>; .reg .b64 %rd<2>;
    ...   ld.param.b64 %rd1, [x];
    ...   mov.u32 %r1, 1;
    ...   st.global.b32 [%rd1], %r1;
    ... }''')
    >>> memory = Memory.of([("x", np.zeros(4, np.uint8), None, 0)])
    >>> execute(program, (1, 1, 1), [memory.address(0)], memory)
    3
    """
    past = _past.setdefault(program, _Past())
    if not past.plain_only and past.work >= PAYS * len(program.instructions):
        before = memory.data.copy(), memory.state.copy()
        try:
            return _as_machine_code(program, grid, arguments, memory, shared, threads, max_steps)
        except (Fault, InputError, Unavailable):
            # It looks at less than the plain executor, and refuses more.
            memory.data[:], memory.state[:] = before
            past.plain_only = True
    steps = execute_plainly(
        program, grid, arguments, memory, shared=shared, threads=threads, max_steps=max_steps
    )
    lanes = grid[0] * grid[1] * grid[2] * (program.threads or threads or 1)
    past.work += steps * (A_STEP + min(lanes, TOGETHER))
    return steps


def _as_machine_code(
    program: Program,
    grid: Grid,
    arguments: Sequence[int],
    memory: Memory,
    shared: int,
    threads: int | None,
    max_steps: int,
) -> int:
    from negeig.kernels.ptx.llvm.execution import execute as execute_fast

    return execute_fast(
        program, grid, arguments, memory, shared=shared, threads=threads, max_steps=max_steps
    )
