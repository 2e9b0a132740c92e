"""What a runtime writes about a refusal is said once, in the report: nothing beside it."""

import pytest

from support.command_line import negeig


@pytest.mark.peers
def test_onnxruntime_writes_nothing_of_its_own(capfd):
    asked = ("--suite", "standard", "--task", "parity", "--dtype", "fp32", "--impl", "onnxruntime")
    code, out, err = negeig(capfd, "conform", *asked)
    assert (code, err) == (0, "")
    assert "words of no letters: Fail: [ONNXRuntimeError]" in out
