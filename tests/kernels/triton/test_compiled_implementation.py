"""Our compiled kernel as an implementation: it promises fp32, and closures hold it to that."""

from dataclasses import replace

import numpy as np
import pytest

from negeig import api
from negeig.claims import InputError
from negeig.kernels.adapters.negeig import COMPILED
from negeig.kernels.implementation import Recurrence
from negeig.kernels.registry import find
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.through_closure import close_through
from negeig.precision.closure.rounded_closure import closure
from support.machines import with_the_last_output_of_the_first


def drawn(decay: float = 1.0, dtype: str = "fp32") -> Recurrence:
    draw = np.random.default_rng(20_261_130)
    rows, positions, dim = 3, 7, 5
    key = draw.normal(size=(rows, positions, dim)).astype(np.float32)
    beta, write, initial = (
        draw.normal(size=size).astype(np.float32)
        for size in ((rows, positions), (rows, positions), (rows, dim))
    )
    if dtype == "bf16":
        for array in (key, beta, write):
            array.view(np.int32)[...] &= -(2**16)
    key[1, 3:] = key[0, :4]  # a letter that comes again
    return Recurrence(
        dtype=dtype, steps=1, initial=initial, decay=np.full((rows, positions), decay, np.float32),
        beta=beta, write=write, key=key,
    )  # fmt: skip


@pytest.mark.parametrize("name", COMPILED)
@pytest.mark.parametrize("decay", [1.0, 0.7])
def test_it_computes_what_the_compiled_loop_does_bit_for_bit(name: str, decay: float) -> None:
    ours, loop = (one.kernel() for one in find((name, "negeig.cpu")))
    asked = drawn(decay)
    found, right = ours(asked), loop(asked)
    assert (found.states.view(np.int32) == right.states.view(np.int32)).all()
    assert (found.final.view(np.int32) == right.final.view(np.int32)).all()
    other = ours(replace(asked, write=asked.write + 1))
    assert not (other.states == right.states).all()


def test_parameters_in_bf16_and_no_positions() -> None:
    ours, loop = (one.kernel() for one in find(("triton@sm_90", "negeig.cpu")))
    asked = drawn(dtype="bf16")
    assert (ours(asked).states == loop(asked).states).all()
    nothing = replace(
        asked, **{name: getattr(asked, name)[:, :0] for name in ("decay", "beta", "write", "key")}
    )
    assert ours(nothing).states.shape == (3, 0, 5)
    assert (ours(nothing).final == asked.initial).all()


@pytest.mark.parametrize("name", COMPILED)
def test_it_has_the_states_of_fp32_and_is_proved(name: str) -> None:
    made = api.compile(zoo="sym:3")
    expected = closure(made.network, made.machine, "fp32", round_parameters=True)
    found = close_through(find((name,))[0], made.network, made.machine)
    assert (found.verdict, found.states) == ("proved", expected.states)
    assert found.depth == expected.depth
    assert [assumed.held for assumed in found.assumptions] == [True, True, True]


def test_it_is_refuted_for_another_machine() -> None:
    task = TASKS["s3-swaps"]
    machine = task.machine
    altered = with_the_last_output_of_the_first(machine)
    assert close_through(find(("triton@sm_90",))[0], task.network, altered).verdict == "wrong"


def test_another_target_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"there are triton@sm_80, triton@sm_90$"):
        find(("triton@sm_70",))
