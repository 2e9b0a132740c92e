"""Closure through what others wrote: their counts, and their proofs; the third tier."""

import pytest

from negeig import api
from negeig.kernels.registry import find
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.through_closure import close_through
from negeig.precision.closure.rounded_closure import closure

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
    altered = type(machine)(
        alphabet=machine.alphabet, transitions=machine.transitions, initial=machine.initial,
        outputs=[*machine.outputs[:-1], machine.outputs[0]],
    )  # fmt: skip
    found = close_through(one, task.network, altered)
    assert found.verdict == "wrong"
    assert altered.output(found.wrong_word) != machine.output(found.wrong_word)


def test_an_epsilon_in_the_key_is_refuted_for_a_mean_beside_a_bit():
    (one,) = find(("transformers.torch_recurrent_gated_delta_rule+l2norm",))
    task = TASKS["levels"]
    found = close_through(one, task.network, task.machine)
    assert found.verdict in ("wrong", "collision")
    assert found.wrong_word


def test_chunked_ones_are_open():
    (one,) = find(("transformers.torch_chunk_gated_delta_rule",))
    found = close_through(one, TASKS["parity"].network, TASKS["parity"].machine)
    assert (found.verdict, found.states) == ("open", 0)
    assert "works in chunks of 64 tokens" in found.reason
