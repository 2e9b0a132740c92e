"""Chunk kernels of flash-linear-attention, compiled: proved by their form; the third tier."""

from dataclasses import replace
from importlib.machinery import ModuleSpec

import pytest

from negeig.kernels.adapters._fla_chunk_forms import FORMS, IN_THEIR_PLACE
from negeig.kernels.adapters._fla_compiled import COMPILED, compiled
from negeig.kernels.adapters._fla_kernels import KERNELS, is_chunked
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.through_closure import close_through
from support.machines import with_the_last_output_of_the_first
from support.remembered import remembered

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("default"),  # triton warns that there is no driver
]


def test_forms_are_of_kernels_and_of_the_version_that_was_read():
    assert set(FORMS) <= {name for name in KERNELS if is_chunked(name)}
    for one in COMPILED.values():
        if one.chunk is not None and one.form is not None:
            assert one.form.read_in == one.version  # else read its code again


@pytest.mark.parametrize("package", IN_THEIR_PLACE)
def test_no_form_is_claimed_where_other_kernels_may_run(package, monkeypatch):
    assert compiled("chunk_delta_rule", "sm_80").form is FORMS["chunk_delta_rule"]
    spec = ModuleSpec(package, None)
    monkeypatch.setattr(
        "negeig.kernels.adapters._fla_chunk_forms.find_spec",
        lambda name: spec if name == package else None,
    )
    assert compiled("chunk_delta_rule", "sm_80").form is None


@pytest.mark.long
def test_a_chunk_kernel_is_proved_by_its_form_and_by_nothing_else():
    """Its five kernels are made into machine code once, so all of it is one test."""
    one, task = remembered(compiled("chunk_delta_rule", "sm_80")), TASKS["s3-swaps"]
    found = close_through(one, task.network, task.machine, "bf16")
    assert (found.verdict, found.states) == ("proved", 6), found.reason
    assert [assumed.held for assumed in found.assumptions] == [True] * 3
    assert found.exactness.operands == "bf16"
    assert found.exactness.chunk == one.chunk == 64 <= found.exactness.largest_chunk

    altered = with_the_last_output_of_the_first(task.machine)
    assert close_through(one, task.network, altered, "bf16").verdict == "wrong"
    other = close_through(replace(one, form=None), task.network, task.machine, "bf16")
    assert (other.verdict, other.exactness) == ("open", None)
    refused = close_through(one, task.network, task.machine, "fp32")
    assert refused.verdict == "open"
    assert "it does not take fp32" in refused.reason
