"""The states of all value channels are handed on, not those of the first ones only."""

import pytest

from negeig.kernels.conforming import conform
from negeig.kernels.own_function import own
from negeig.kernels.standard_suite import TASKS

TEXT = """
import torch

def right(q, k, v, beta, scale, initial_state):
    h, o = initial_state, []
    for t in range(q.shape[1]):
        error = v[:, t] - (h * k[:, t, :, :, None]).sum(2)
        h = h + k[:, t, :, :, None] * (beta[:, t, :, None] * error)[:, :, None]
        o.append((h * q[:, t, :, :, None] * scale).sum(2))
    return torch.stack(o, 1).to(q.dtype), h

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
