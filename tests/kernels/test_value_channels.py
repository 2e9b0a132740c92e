"""The states of all value channels are handed on, not those of the first ones only."""

import pytest

from negeig.kernels.conforming import conform
from negeig.kernels.own_function import own
from negeig.kernels.standard_suite import TASKS

TEXT = """
from support.delta_kernels import delta_rule

def right(q, k, v, beta, scale, initial_state):
    return delta_rule(q, k, v, beta, initial_state, scale)

def block(q, k, v, beta, scale, initial_state):
    o, h = right(q, k, v, beta, scale, initial_state)
    h[..., 64:] = 0
    return o, h
"""


@pytest.mark.parametrize(("name", "verdict"), [("right", "exact"), ("block", "wrong")])
def test_a_final_state_of_65_channels_is_judged(tmp_path, name, verdict):
    (tmp_path / "k.py").write_text(TEXT)
    one = own(f"{tmp_path}/k.py:{name}")
    found = conform(one, one.kernel(), TASKS["s3-swaps"], "fp32", 420, 0)
    assert found.verdict == verdict
