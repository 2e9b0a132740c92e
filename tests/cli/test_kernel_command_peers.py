"""``negeig kernel`` on fla's kernels: fma and a race."""

import json

import pytest

from negeig.cli.program import main

pytestmark = [
    pytest.mark.peers,
    # fla warns that it finds no GPU.
    pytest.mark.filterwarnings("default"),
]


def pages(capsys, impl, *language):
    with pytest.raises(SystemExit) as stopped:
        main(["kernel", *language, "--impl", impl, "--json"])
    return stopped.value.code, json.loads(capsys.readouterr().out)["kernels"]


def test_a_race_is_said(capsys):
    code, (page,) = pages(capsys, "fla.fused_recurrent_delta_rule@sm_90", "--zoo", "sym:5")
    assert (code, page["race"]) == (0, True)
    assert page["formula"][0].startswith("t = either((v - ")
    found = page["kernel"]["contraction"]
    assert found["fma"] > 0 == found["contractible"]
