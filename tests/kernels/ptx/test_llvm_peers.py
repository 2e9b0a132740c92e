"""fla's compiled kernels: machine code leaves the bytes that the plain twin leaves."""

import numpy as np
import pytest

from negeig.kernels.adapters._fla_compiled import compiled
from negeig.kernels.adapters._fla_kernels import KERNELS, is_chunked
from negeig.kernels.implementation import Recurrence
from negeig.kernels.ptx.execution import execute as plain
from negeig.kernels.ptx.targets import TARGETS
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.through_closure import close_through
from support.both_executors import Both

pytestmark = [
    pytest.mark.peers,
    # fla warns that it finds no GPU.
    pytest.mark.filterwarnings("default"),
]

SEED = 20_261_201


def instructions(launches):
    """What the threads of launches do, without the lines of the text."""
    return [
        (one.operation.name, one.operands, one.guard)
        for launch in launches
        for one in launch.compiled.program.instructions
    ]


@pytest.mark.parametrize("name", [name for name in KERNELS if not is_chunked(name)])
def test_random_inputs_bit_for_bit(name):
    """For both targets; machine code is made once where they have the same instructions."""
    draw, rows, length, dim = np.random.default_rng(SEED), 5, 3, 8

    def normal(*shape):
        return draw.standard_normal(shape).astype(np.float32)

    asked = Recurrence(
        dtype="fp32", steps=1, initial=normal(rows, dim), decay=np.ones((rows, length), np.float32),
        beta=normal(rows, length), write=normal(rows, length), key=normal(rows, length, dim),
    )  # fmt: skip
    known = []
    for target in TARGETS:
        launches = []
        compiled(name, target, fusion=False, executor=plain, launches=launches).kernel()(asked)
        if instructions(launches) not in known:
            both = Both()
            compiled(name, target, fusion=False, executor=both).kernel()(asked)
            assert both.launches == len(launches) > 0
            known.append(instructions(launches))


@pytest.mark.parametrize("fusion", [False, True])
def test_the_delta_rule_is_one_program_for_both_targets(fusion):
    """So what closes through one closes through the other."""
    ones, found = np.ones((4, 3), np.float32), []
    asked = Recurrence(dtype="fp32", steps=1, initial=np.ones((4, 3), np.float32), decay=ones,
                       beta=ones, write=ones, key=np.ones((4, 3, 3), np.float32))  # fmt: skip
    for target in TARGETS:
        launches = []
        one = compiled("fused_recurrent_delta_rule", target, fusion=fusion, launches=launches)
        one.kernel()(asked)
        found.append(instructions(launches))
    assert found[0] == found[1]


@pytest.mark.long
def test_both_executors_close_alike():
    task = TASKS["s3-swaps"]
    found = [
        close_through(
            compiled("fused_recurrent_delta_rule", "sm_90", **given), task.network, task.machine
        )
        for given in ({}, {"executor": plain})
    ]
    assert [(one.verdict, one.states, one.depth) for one in found] == [("proved", 6, 3)] * 2
