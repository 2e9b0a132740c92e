"""Small PTX kernels, written by hand, and how they are run."""

import numpy as np

from negeig.kernels.ptx.execution import execute
from negeig.kernels.ptx.memory import Memory
from negeig.kernels.ptx.parse import parse

REGISTERS = """.reg .pred %p<9>; .reg .b16 %h<9>; .reg .b32 %r<40>; .reg .b64 %rd<20>;
.shared .align 16 .b8 here[1024];
"""
ADDRESS = """ld.param.b64 %rd1, [x]; mov.u32 %r1, %tid.x; mov.u32 %r2, %ctaid.x;
mov.u32 %r3, %ntid.x; mad.lo.s32 %r4, %r2, %r3, %r1; mad.wide.u32 %rd2, %r4, 4, %rd1;
ld.param.b64 %rd3, [y]; mad.wide.u32 %rd4, %r4, 4, %rd3;
"""
"""%r1 is the thread, %r4 its number in the launch, [%rd2] and [%rd4] its words of x and y."""


def kernel(body, threads=32, version="8.7", shared_bytes=1024):
    """A kernel of two buffers of words, x and y."""
    return (
        f".version {version}\n.target sm_90a\n.address_size 64\n"
        f".visible .entry k(.param .u64 .ptr x, .param .u64 .ptr y) .reqntid {threads} {{\n"
        f"{REGISTERS.replace('1024', str(shared_bytes))}{ADDRESS}{body}\n}}\n"
    )


def run(body, x, threads=32, blocks=1, size=None, written=None, shared_bytes=1024, **options):
    """What a kernel leaves in y, a word for each thread (or ``size``), given the words of x."""
    program = parse(kernel(body, threads, shared_bytes=shared_bytes))
    x = np.asarray(x, np.uint32)
    y = np.zeros(threads * blocks if size is None else size, np.uint32)
    nothing = np.zeros(4 * y.size, bool)
    memory = Memory.of([("x", x.view(np.uint8), written, 0), ("y", y.view(np.uint8), nothing, 0)])
    execute(program, (blocks, 1, 1), [memory.address(0), memory.address(1)], memory, **options)
    found, filled = memory.read_back(1)
    assert filled.all() or "unwritten" in body
    return found.view(np.uint32)
