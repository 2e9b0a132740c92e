"""fla's compiled kernels: closure through them, their formula, and what the checks find in them."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.kernels.adapters._fla_compiled import COMPILED, compiled
from negeig.kernels.conforming import refusal
from negeig.kernels.implementation import Recurrence
from negeig.kernels.ptx.binary_floats import FORMATS, fused
from negeig.kernels.ptx.counts import contractible, copies, kinds, sass_opcodes
from negeig.kernels.ptx.execution import Fault
from negeig.kernels.ptx.launching import on_cpu
from negeig.kernels.registry import find
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.through_closure import close_through
from negeig.precision.closure.rounded_closure import closure
from negeig.theory.networks.network import DeltaStep
from support.closure_cases import single
from support.machines import with_the_last_output_of_the_first

pytestmark = [
    pytest.mark.peers,
    # fla warns that it finds no GPU.
    pytest.mark.filterwarnings("default"),
]

F32 = np.float32
ADJACENT, ALL = ((0, 1), (1, 2)), ((0, 1), (1, 2), (0, 2))
ROOT = F32(2**-0.5)


def swaps(start, pairs):
    """S_3 by swaps of a start: keys of length 1 rounded to float32, beta 2."""
    orders = list(permutations(range(3)))
    size = Fraction(float(ROOT))
    steps, transitions = {}, np.zeros((6, len(pairs)), int)
    for a, (i, j) in enumerate(pairs):
        key = [Fraction(0)] * 3
        key[i], key[j] = size, -size
        steps["abc"[a]] = (DeltaStep(Fraction(2), tuple(key), Fraction(0)),)
        for q, order in enumerate(orders):
            after = list(order)
            after[i], after[j] = order[j], order[i]
            transitions[q, a] = orders.index(tuple(after))
    codes = [tuple(Fraction(start[x]) for x in order) for order in orders]
    outputs = ["".join(map(str, order)) for order in orders]
    network = single(steps, codes[0], codes, outputs, outputs[0])
    machine = Machine(alphabet=tuple(steps), transitions=transitions, initial=0, outputs=outputs)
    return network, machine


UNFUSED = [
    ((1, 2, 3), ADJACENT, 241),
    ((5, 6, 7), ADJACENT, 12),
    ((2, 3, 5), ADJACENT, 9),
    ((1, 2, 4), ADJACENT, 126),
    ((1, 2, 3), ALL, 264),
]


@pytest.mark.parametrize(("start", "pairs", "states"), UNFUSED)
def test_without_fusion_the_kernel_has_the_states_of_the_reference(start, pairs, states):
    network, machine = swaps(start, pairs)
    one = compiled("fused_recurrent_delta_rule", "sm_90", fusion=False)
    found = close_through(one, network, machine)
    assert (found.verdict, found.states) == ("proved", states)
    assert [assumed.held for assumed in found.assumptions] == [True, True, True]
    assert closure(network, machine, "fp32").states == states


def test_as_shipped_it_has_other_states_and_is_proved():
    """For sm_90; that for sm_80 the program is the same is tested beside the executors."""
    network, machine = swaps((1, 2, 3), ADJACENT)
    (one,) = find(("fla.fused_recurrent_delta_rule@sm_90",))
    found = close_through(one, network, machine)
    assert (found.verdict, found.states) == ("proved", 404)
    altered = with_the_last_output_of_the_first(machine)
    assert close_through(one, network, altered).verdict == "wrong"


def test_a_race_is_found_where_fma_makes_replicas_of_a_sum_differ():
    """Lanes hold fma(a, b, c d) and fma(c, d, a b): unequal, and all write to one place."""
    network, machine = swaps((1, 2, 3), ALL)
    found = close_through(find(("fla.fused_recurrent_delta_rule@sm_90",))[0], network, machine)
    assert found.verdict == "open"
    assert "different values to one place" in found.reason
    assert "fused_recurrent.py:88" in found.reason


def test_a_kernel_that_keeps_its_state_twice_is_not_proved():
    """The gated kernel's two copies of the state round differently: one is read and handed on."""
    network, machine = swaps((1, 2, 3), ADJACENT)
    (one,) = find(("fla.fused_recurrent_gated_delta_rule@sm_90",))
    found = close_through(one, network, machine, max_states=500)
    assert found.verdict == "open"
    held = {assumed.name: assumed.held for assumed in found.assumptions}
    assert held == {"deterministic": True, "batch_independent": True, "split_is_whole": False}


@pytest.mark.parametrize(
    "name",
    [name for name in COMPILED if name.endswith("@sm_90") and not COMPILED[name].chunk],
)
def test_exact_networks_are_proved_through_every_kernel(name):
    (one,) = find((name,))
    # s3-swaps through the delta rule: test_both_executors_close_alike
    is_gate = refusal(one, TASKS["s3-swaps"], "fp32") is not None
    assert is_gate == name.removesuffix("@sm_90").endswith(("gla", "hgrn"))
    swaps_too = not is_gate and name != "fla.fused_recurrent_delta_rule@sm_90"
    for task, states in (("flipflop", 2), *([("s3-swaps", 6)] if swaps_too else [])):
        found = close_through(one, TASKS[task].network, TASKS[task].machine)
        assert (found.verdict, found.states) == ("proved", states), task


def fma(a, b, c):
    bits = (x.view(np.uint32).tolist() for x in (a, b, np.broadcast_to(c, a.shape).copy()))
    return np.array([fused(FORMATS["f32"], *case) for case in zip(*bits, strict=True)],
                    np.uint32).view(F32)  # fmt: skip


def test_the_recurrent_kernel_is_its_formula_bit_for_bit():
    """K = 3, V = 1, beta 2: four lanes, the first two of them added by an fma on either side."""
    import torch
    from fla.ops.delta_rule import fused_recurrent_delta_rule

    draw = np.random.default_rng(20_261_130)
    length, lanes = 12, np.arange(4)
    h = np.array([1, 2, 3, 0], F32)
    k = np.zeros((length, 4), F32)
    for t, at in enumerate(draw.integers(0, 2, length)):
        k[t, at], k[t, at + 1] = ROOT, -ROOT
    v, beta = (draw.standard_normal(length).astype(F32) for _ in range(2))
    launches = []
    with on_cpu("sm_90", launches=launches):
        _, state = fused_recurrent_delta_rule(
            *(torch.from_numpy(k[None, :, None, :3].copy()),) * 2,
            torch.from_numpy(v[None, :, None, None]), torch.from_numpy(beta[None, :, None]),
            scale=1.0, initial_state=torch.from_numpy(h[None, None, :3, None].copy()),
            output_final_state=True,
        )  # fmt: skip
    for t in range(length):
        product = h * k[t]
        s = fma(h, k[t], product[lanes ^ 2])
        s = s + s[lanes ^ 1]
        assert len({x.tobytes() for x in s}) == 1  # these keys make all lanes agree
        h = fma(k[t], (v[t] - s) * beta[t], h)
    assert state.numpy().reshape(-1).view(np.uint32).tolist() == h[:3].view(np.uint32).tolist()
    (compiled_one,) = (launch.compiled for launch in launches)
    ptx, sass = kinds(compiled_one.program), sass_opcodes(compiled_one)
    assert (ptx["fma f32"], ptx["add f32"], ptx["mul f32"]) == (3, 4, 4)
    assert copies(ptx, sass) == 1
    assert list(contractible(compiled_one.program)) == []
    assert (compiled_one.warps, compiled_one.stages) == (1, 1)


CHUNKED = {name: one for name, one in COMPILED.items() if one.chunk}
LAUNCHES = {
    "chunk_delta_rule": 5, "chunk_gated_delta_rule": 5, "chunk_gated_delta_product": 7,
    "chunk_kda": 6, "chunk_gdn2": 6, "chunk_comba": 6, "chunk_iplr_delta_rule": 4,
    "chunk_dplr_delta_rule": 6,
}  # fmt: skip


def swapped(rows, length, dim):
    """What a kernel is asked for S_5 by swaps, keys e_i - e_j, and the states after each."""
    draw = np.random.default_rng(20_261_130)
    start = np.tile(np.arange(1, dim + 1, dtype=F32), (rows, 1))
    key, right, h = np.zeros((rows, length, dim), F32), [], start.copy()
    each = np.arange(rows)
    for t in range(length):
        i = draw.integers(0, dim - 1, rows)
        key[each, t, i], key[each, t, i + 1] = 1, -1
        h[each, i], h[each, i + 1] = h[each, i + 1].copy(), h[each, i].copy()
        right.append(h.copy())
    ones = np.ones((rows, length), F32)
    asked = Recurrence(dtype="bf16", steps=1, initial=start, decay=ones, beta=ones,
                       write=0 * ones, key=key)  # fmt: skip
    return asked, np.stack(right, axis=1)


@pytest.mark.parametrize("target", ["sm_80", "sm_90"])
@pytest.mark.parametrize("name", LAUNCHES)
def test_chunk_kernels_run_end_to_end_on_an_exact_network(name, target):
    """No sum of mma.sync or wgmma rounds; what nothing wrote is selected away."""
    launches = []
    asked, right = swapped(2, 70, 5)
    answer = compiled(name, target, launches=launches).kernel()(asked)
    assert answer.states.tolist() == right.tolist()
    assert len(launches) == LAUNCHES[name]
    found = sum((kinds(launch.compiled.program) for launch in launches), Counter())
    assert found["matrix_product"] + found["warpgroup_product"] > 0
    has_wgmma = target == "sm_90" and name in (
        "chunk_delta_rule", "chunk_gated_delta_rule", "chunk_comba"
    )  # fmt: skip
    assert (found["warpgroup_product"] > 0) == has_wgmma


def test_every_chunk_kernel_can_be_asked_for():
    assert {name.split("@")[0].removeprefix("fla.") for name in CHUNKED} == set(LAUNCHES)
    assert len(CHUNKED) == 2 * len(LAUNCHES)


@pytest.mark.parametrize(("target", "by"), [("sm_80", "mma.sync"), ("sm_90", "mma.sync|wgmma")])
def test_products_that_round_are_refused(target, by):
    asked, _ = swapped(1, 70, 5)
    keys = np.random.default_rng(20_261_130).random(asked.key.shape, F32)
    with pytest.raises(Fault, match=rf"({by}).* sums that round have no defined bits"):
        compiled("chunk_delta_rule", target).kernel()(replace(asked, key=keys))


def test_a_decay_is_refused_since_its_exponential_has_no_defined_bits():
    task = TASKS["resets"]
    found = close_through(find(("fla.fused_recurrent_kda@sm_80",))[0], task.network, task.machine)
    assert found.verdict == "open"
    assert "has no defined bits" in found.reason
    with pytest.raises(InputError, match=r"there are .*fla.fused_recurrent_kda@sm_90"):
        find(("fla.fused_recurrent_kda@sm_70",))
