"""An executor that runs a launch with both executors and holds the fast one to the plain one."""

import copy

import numpy as np

from negeig.kernels.ptx.execution import execute as plain
from negeig.kernels.ptx.llvm.execution import execute as fast


class Both:
    """Called as an executor is; counts its launches and remembers their instructions."""

    def __init__(self):
        self.launches = 0
        self.kinds = set()

    def __call__(self, program, grid, arguments, memory, **options):
        other = copy.deepcopy(memory)
        plain(program, grid, arguments, other, **options)
        steps = fast(program, grid, arguments, memory, **options)
        wrong = np.flatnonzero((memory.data != other.data) | (memory.state != other.state))
        assert not wrong.size, (program.name, wrong[:8])
        self.launches += 1
        self.kinds |= {one.operation.kind for one in program.instructions}
        return steps
