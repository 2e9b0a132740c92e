"""``negeig.testing``: a right delta rule passes every case, a faulty one is named and shown."""

import re
import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest
import torch

import negeig.testing
from negeig.claims import InputError
from support.delta_kernels import (
    FAULTS,
    chunked,
    clipped,
    delta_rule,
    last_position_forgotten,
    linear_attention,
)

SHORT = {"tasks": ("parity", "flipflop", "mod:3", "sym:3:swaps"), "dim": 8, "value_dim": 3}
TYPES = ["bf16", "fp16", "fp32", torch.bfloat16, torch.float16, torch.float32]


@pytest.mark.parametrize("dtype", TYPES)
def test_a_right_kernel_passes(dtype):
    for case in negeig.testing.cases(layout="fla", dtype=dtype, lengths=(1, 65), **SHORT):
        o, state = delta_rule(**case.inputs)
        case.check(o, state)
        case.check(o)
        case.check(None, state)
        case.check(o.astype(case.o.dtype) if isinstance(o, np.ndarray) else o.to(case.o.dtype))


def test_a_right_kernel_passes_all_that_is_tested_by_default():
    seen = negeig.testing.cases()
    assert len(seen) == len(negeig.testing.TASKS) * len(negeig.testing.LENGTHS)
    shown = [case for case in seen if case.options.length in (1, 64)]
    for case in shown:
        case.check(*delta_rule(**case.inputs))
        assert case.made.tolerance is None
    assert max(len({layer for layer, _ in case.made.heads}) for case in shown) > 1
    assert max(case.made.steps for case in shown) > 1
    assert any((case.inputs["beta"] > 1).any() for case in shown)
    assert any((case.inputs["v"] != 0).any() for case in shown)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_faulty_kernel_is_found(fault):
    found = []
    for case in negeig.testing.cases(dtype="fp32", lengths=(1, 65), **SHORT):
        try:
            case.check(*fault(**case.inputs))
        except AssertionError as error:
            found.append(str(error))
    assert found
    assert all("expected" in text and "found" in text and "drift" in text for text in found)


def test_what_is_said_of_a_wrong_output():
    (case,) = negeig.testing.cases(tasks=("parity",), lengths=(5,), batch=2, dim=4, value_dim=2)
    letters = case.made.tensors["letters"]
    with pytest.raises(AssertionError) as stop:
        case.check(*clipped(**case.inputs))
    first = int(np.argwhere(letters == 1)[:, 1].min())
    text = str(stop.value)
    assert text.startswith("parity-T5-bf16: outputs: ")
    assert f"position {first} (letter {first}, '1') of word" in text
    assert re.search(r"expected -1, found 0\n", text)
    assert "off by 1 there, by 1 at most" in text
    assert "state: " in text


def test_what_is_said_of_a_step_and_of_a_layer():
    (case,) = negeig.testing.cases(tasks=("contains:ab",), lengths=(9,), dim=8)
    assert {layer for layer, _ in case.made.heads} == {1, 2}
    wrong = np.array(case.o, np.float32)
    t = 3 * case.made.steps + 1
    wrong[1, t, -1, 0] += 0.25
    layer, coordinate = case.made.heads[-1]
    with pytest.raises(AssertionError) as stop:
        case.check(wrong)
    assert f"1 of {9 * case.made.steps} positions are wrong" in str(stop.value)
    assert f"position {t} (letter 3, " in str(stop.value)
    assert f"step 2 of {case.made.steps}) of word 1" in str(stop.value)
    assert f"(layer {layer}, coordinate {coordinate}), column 0" in str(stop.value)


def test_a_wrong_state_alone_is_found():
    case = negeig.testing.cases(tasks=("sym:3:swaps",), lengths=(64,), dim=4)[0]
    o, state = last_position_forgotten(**case.inputs)
    case.check(o)
    with pytest.raises(AssertionError, match=r"state: .* entries are wrong"):
        case.check(o, state)


@pytest.mark.parametrize("off", [np.nan, np.inf, 2.0**-20])
def test_one_entry_is_enough(off):
    (case,) = negeig.testing.cases(tasks=("parity",), lengths=(7,), dim=1, value_dim=1)
    o = np.array(case.o, np.float64)
    o[2, 6] += off
    with pytest.raises(AssertionError, match=r"1 of 7 positions are wrong"):
        case.check(o)


def test_shapes_and_nothing_at_all():
    (case,) = negeig.testing.cases(tasks=("parity",), lengths=(7,), dim=2)
    with pytest.raises(AssertionError, match=r"expected shape \[3, 7, 1, 16\], found \[3, 6, 1"):
        case.check(case.o[:, :-1])
    with pytest.raises(AssertionError, match="state: expected shape"):
        case.check(case.o, case.state[..., 0])
    with pytest.raises(AssertionError, match="nothing to check"):
        case.check(None)


def test_inputs_are_the_case_s_own():
    """A kernel that writes to its inputs spoils neither the next call nor what is expected."""
    first, again = (
        negeig.testing.cases(tasks=("parity",), lengths=(7,), dim=2)[0] for _ in range(2)
    )
    for array in (first.inputs["initial_state"], first.inputs["k"]):
        array[:] = 3
    again.check(*delta_rule(**again.inputs))


# Layouts.


def test_the_transformers_layout_divides_by_the_root_of_the_dimension():
    for case in negeig.testing.cases(
        "transformers", "fp32", lengths=(9,), tasks=("mod:3",), dim=16
    ):
        names = {"query": "q", "key": "k", "value": "v"}
        given = {names.get(name, name): array for name, array in case.inputs.items()}
        case.check(*delta_rule(**given, scale=0.25))
        with pytest.raises(AssertionError, match="outputs"):
            case.check(*delta_rule(**given))


def test_the_onnx_layout_is_packed():
    for case in negeig.testing.cases("onnx", "fp32", lengths=(9,), tasks=("mod:3",), dim=8):
        heads, rows = len(case.made.heads), case.inputs["beta"].shape[:2]
        q, k, v = (
            case.inputs[name].reshape(*rows, heads, -1) for name in ("query", "key", "value")
        )
        o, state = delta_rule(q, k, v, case.inputs["beta"], case.inputs["past_state"])
        assert case.inputs["decay"].dtype == np.float32
        case.check(o.reshape(*rows, -1), state)
        with pytest.raises(AssertionError, match="expected shape"):
            case.check(o, state)


def test_the_decay_is_an_argument_where_it_is_asked_for():
    plain, gated = (
        negeig.testing.cases(tasks=("parity",), lengths=(9,), dim=2, gated=gated)[0]
        for gated in (False, True)
    )
    assert set(gated.inputs) - set(plain.inputs) == {"g"}
    gated.check(*delta_rule(**gated.inputs))


def test_a_kernel_is_given_what_its_signature_takes():
    """What conform accepts takes the inputs too; nothing that it needs is left out in silence."""

    def short(q, k, v, beta, initial_state, scale):
        return delta_rule(q=q, k=k, v=v, beta=beta, initial_state=initial_state, scale=scale)

    def clipped_short(q, k, v, beta, initial_state, scale):
        return short(q, k, v, np.minimum(beta, 1), initial_state, scale)

    def without_scale(q, k, v, beta, initial_state):
        return short(q, k, v, beta, initial_state, 1.0)

    options = {"lengths": (65,), "tasks": ("parity",), "dim": 8, "value_dim": 3}
    (case,) = negeig.testing.cases(kernel=short, gated=True, **options)
    assert sorted(case.inputs) == ["beta", "initial_state", "k", "q", "scale", "v"]
    case.check(*short(**case.inputs))
    with pytest.raises(AssertionError, match="first wrong: position 0"):
        case.check(*clipped_short(**case.inputs))
    (whole,) = negeig.testing.cases(kernel=lambda **_: None, gated=True, **options)
    assert set(whole.inputs) - set(case.inputs) == {"g", "output_final_state"}
    (other,) = negeig.testing.cases(kernel=without_scale, **options)
    with pytest.raises(TypeError, match="scale"):
        without_scale(**other.inputs)


def test_tensors_and_arrays_hold_the_same():
    options = {"tasks": ("sym:3:swaps",), "lengths": (20,), "dim": 8}
    (arrays,), (tensors,) = (
        negeig.testing.cases(dtype=dtype, **options)
        for dtype in (ml_dtypes.bfloat16, torch.bfloat16)
    )
    assert arrays.inputs["k"].dtype == ml_dtypes.bfloat16
    assert tensors.inputs["k"].dtype == torch.bfloat16
    assert tensors.inputs["initial_state"].dtype == torch.float32
    for name in ("q", "k", "v", "beta", "initial_state"):
        same = tensors.inputs[name].float().numpy() == arrays.inputs[name].astype(np.float32)
        assert same.all()


# What is promised of chunks, and the tolerance.


def test_chunks_that_are_promised_round_nothing():
    for case in negeig.testing.cases(lengths=(70,), tasks=("mod:3", "sym:3:swaps", "flipflop")):
        assert case.made.chunks == (16, 32, 64, 128)
        for chunk in case.made.chunks:
            case.check(*chunked(**case.inputs, chunk=chunk))


def test_a_tolerance_allows_that_much():
    (case,) = negeig.testing.cases(tasks=("parity",), lengths=(9,), dim=2, tolerance=0.125)
    o, state = delta_rule(**case.inputs)
    case.check(o + 0.125, state - 0.125)
    with pytest.raises(AssertionError, match=r"0\.125 is allowed"):
        case.check(o + 0.126)
    with pytest.raises(AssertionError, match="outputs"):
        case.check(*linear_attention(**case.inputs))


def low_state(q, k, v, beta, initial_state, scale, output_final_state):
    """A right delta rule but for its state, which is kept in bf16."""
    state, o = initial_state, []
    for t in range(q.shape[1]):
        at = [slice(None), slice(t, t + 1)]
        _, state = delta_rule(*(x[tuple(at)] for x in (q, k, v, beta)), state)
        state = state.astype(ml_dtypes.bfloat16).astype(np.float32)
        o.append(scale * (q[:, t, :, :, None].astype(np.float32) * state).sum(2))
    return np.stack(o, 1), state


def test_a_network_that_drifts_shows_a_state_of_low_precision():
    exact = {"dtype": "fp32", "tasks": ("mod:3",), "lengths": (50,), "dim": 8}
    (case,) = negeig.testing.cases(**exact)
    case.check(*low_state(**case.inputs))
    (case,) = negeig.testing.cases(**exact, routes=("rotations",), tolerance=0.001)
    case.check(*delta_rule(**case.inputs))
    with pytest.raises(AssertionError, match="first wrong"):
        case.check(*low_state(**case.inputs))


def test_a_failure_is_shown_where_the_check_was_called():
    (case,) = negeig.testing.cases(tasks=("parity",), lengths=(3,), dim=2)
    with pytest.raises(AssertionError) as failed:
        case.check(-case.o)
    assert failed.traceback[-1].frame.code.name == "check"
    assert failed.traceback[-1].ishidden(failed)


# Bad input.


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tasks": "parity"}, "expected tasks as a sequence of names, such as .'parity',., found "),
        ({"tasks": ()}, "expected tasks as a sequence of names"),
        ({"lengths": ()}, r"expected lengths as a sequence of sizes, such as \(65,\), found \(\)"),
        ({"routes": "rotations"}, "expected routes as a sequence of names"),
        ({"routes": ("rotatoins",)}, "unknown route 'rotatoins'; did you mean rotations"),
    ],
)
def test_no_cases_and_a_name_for_names_are_bad_input(given, message):
    with pytest.raises(InputError, match=message):
        negeig.testing.cases(**given)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layout": "mamba"}, "unknown layout 'mamba'; known: fla, transformers, onnx"),
        ({"dtype": "fp8"}, "unknown dtype 'fp8'; known: bf16, fp16, fp32"),
        ({"dtype": torch.float64}, "unknown dtype 'float64'"),
        ({"batch": 0}, "batch must be 1 or more, found 0"),
        ({"lengths": (3, 0)}, "length must be 1 or more, found 0"),
        ({"dim": 0, "value_dim": -1}, "dim must be 1 or more, found 0"),
        ({"layout": "transformers", "dim": 32}, "dim 4, 16, 64, 256"),
        ({"seed": -1}, "the seed must be 0 or more"),
        ({"tolerance": float("nan")}, "the tolerance must be a positive number"),
        ({"device": "cuda"}, "is for torch tensors"),
    ],
)
def test_bad_options_are_named_at_once(options, message):
    with pytest.raises(InputError, match=re.escape(message)):
        negeig.testing.cases(**options)


def test_what_is_wrong_with_a_task_is_said_when_it_is_used():
    (case,) = negeig.testing.cases(tasks=("sym:3:swaps",), lengths=(3,), dim=2)
    with pytest.raises(InputError, match="dim 2 is less than the 4 coordinates of layer 1"):
        _ = case.inputs
    (case,) = negeig.testing.cases(tasks=("no such task",), lengths=(3,))
    with pytest.raises(InputError):
        _ = case.inputs


def test_torch_is_imported_for_tensors_only():
    code = (
        "import sys, negeig.testing\n"
        "case = negeig.testing.cases(tasks=('parity',), lengths=(3,))[0]\n"
        "case.check(case.o, case.state)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
