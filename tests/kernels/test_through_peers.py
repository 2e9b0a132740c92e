"""Closure through what others wrote: their counts, and their proofs; the third tier."""

from dataclasses import replace

import pytest

from negeig import api
from negeig.kernels.conforming import refusal
from negeig.kernels.registry import find
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.through_closure import close_through
from negeig.precision.closure.rounded_closure import closure
from support.machines import with_the_last_output_of_the_first

pytestmark = [
    pytest.mark.peers,
    # The packages warn of what they do not find: triton's driver, and their own deprecations.
    pytest.mark.filterwarnings("default"),
]

RECURRENT = (
    "transformers.torch_recurrent_gated_delta_rule",
    "fla.naive_gated_delta_rule",
    "onnxruntime.com.microsoft.LinearAttention",
    "mlx.gated_delta_ops",
)


@pytest.mark.parametrize("name", RECURRENT)
def test_a_recurrent_one_has_the_states_of_fp32_and_is_proved(name):
    (one,) = find((name,))
    made = api.compile(zoo="sym:3")
    expected = closure(made.network, made.machine, "fp32", round_parameters=True)
    found = close_through(one, made.network, made.machine)
    assert (found.verdict, found.states, found.depth) == ("proved", 620, expected.depth)
    assert [assumed.held for assumed in found.assumptions] == [True, True, True]
    assert expected.states == 620


@pytest.mark.parametrize("name", RECURRENT)
def test_it_is_refuted_for_a_machine_that_is_another(name):
    (one,) = find((name,))
    task = TASKS["s3-swaps"]
    machine = task.machine
    altered = with_the_last_output_of_the_first(machine)
    found = close_through(one, task.network, altered)
    assert found.verdict == "wrong"
    assert altered.output(found.wrong_word) != machine.output(found.wrong_word)


@pytest.mark.long
def test_an_epsilon_in_the_key_is_refuted_for_a_mean_beside_a_bit():
    (one,) = find(("transformers.torch_recurrent_gated_delta_rule+l2norm",))
    task = TASKS["levels"]
    found = close_through(one, task.network, task.machine, max_states=50_000)
    assert found.verdict in ("wrong", "collision")
    assert found.wrong_word


CHUNKED = (
    "fla.naive_chunk_delta_rule",
    "fla.naive_chunk_gated_delta_rule",
    "fla.naive_chunk_kda",
    "fla.naive_chunk_gdn2",
    "fla.naive_chunk_comba",
    "fla.naive_chunk_iplr",
    "fla.naive_chunk_dplr",
    "transformers.torch_chunk_gated_delta_rule",
    "transformers.chunk_kimi_delta_attention",
)


@pytest.mark.parametrize("name", CHUNKED)
def test_a_chunked_one_is_proved_where_its_form_rounds_nothing(name):
    (one,) = find((name,))
    assert one.form.read_in == one.version  # else read its code again
    task = TASKS["s3-swaps"]
    dtype = "bf16" if "bf16" in one.dtypes else "fp32"
    found = close_through(one, task.network, task.machine, dtype)
    assert (found.verdict, found.states) == ("proved", 6), found.reason
    assert found.exactness.chunk == one.chunk <= found.exactness.largest_chunk
    assert [assumed.held for assumed in found.assumptions] == [True] * 3


@pytest.mark.parametrize("name", [CHUNKED[0], CHUNKED[-2]])
def test_a_chunked_one_is_refuted_for_another_machine_and_open_for_a_rounded_key(name):
    (one,) = find((name,))
    task = TASKS["s3-swaps"]
    machine = task.machine
    altered = with_the_last_output_of_the_first(machine)
    found = close_through(one, task.network, altered)
    assert (found.verdict, found.exactness) == ("wrong", None)
    root = TASKS["s5-root"]
    found = close_through(one, root.network, root.machine)
    assert found.verdict == "open"
    assert "the network that runs is not the exact one" in found.reason


def test_every_chunked_one_has_a_form_or_divides_keys():
    chunked = [one for one in find(("all",)) if one.chunk is not None and one.device == "cpu"]
    assert {one.name for one in chunked if one.form is None} == {
        "transformers.torch_chunk_gated_delta_rule+l2norm",
        "transformers.chunk_kimi_delta_attention+l2norm",
    }
    assert {one.name for one in chunked if one.form is not None} == set(CHUNKED)


GATES = ("fused_recurrent_gla", "fused_recurrent_simple_gla", "fused_recurrent_hgrn")


@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
@pytest.mark.parametrize("name", GATES)
def test_a_gate_that_forgets_is_a_flip_flop_in_the_compiled_kernel(name, dtype):
    (one,) = find((f"fla.{name}@sm_90",))
    task = TASKS["flipflop"]
    assert refusal(one, task, dtype) is None
    found = close_through(one, task.network, task.machine, dtype)
    assert found.verdict == "proved", found.reason
    assert found.states == closure(task.network, task.machine, "fp32").states
    altered = with_the_last_output_of_the_first(task.machine)
    assert close_through(one, task.network, altered, dtype).verdict == "wrong"


@pytest.mark.parametrize("name", ["fused_recurrent_gla", "fused_recurrent_hgrn"])
def test_each_coordinate_forgets_alone(name):
    (one,) = find((f"fla.{name}@sm_80",))
    made = api.compile(zoo="recall:2:2")
    assert made.network.layers[0].dim > 1
    found = close_through(one, made.network, made.machine)
    assert found.verdict == "proved", found.reason
    assert found.states == closure(made.network, made.machine, "fp32").states


@pytest.mark.parametrize("name", GATES)
def test_a_gate_is_not_given_what_it_cannot_express(name):
    (one,) = find((f"fla.{name}@sm_90",))
    reasons = {task: refusal(one, TASKS[task], "fp32") for task in ("parity", "digits", "s3-swaps")}
    assert reasons["parity"].startswith("negative eigenvalue: ")
    assert reasons["digits"].startswith("eigenvalue between 0 and 1: ")
    assert reasons["s3-swaps"].startswith("negative eigenvalue: ")
    made = api.compile(zoo="recall:2:2")
    registers = replace(TASKS["parity"], network=made.network, machine=made.machine)
    whole = refusal(one, registers, "fp32")
    assert (whole is None) == (name != "fused_recurrent_simple_gla")
