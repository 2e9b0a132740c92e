"""The gallery of kernels: what it says of fla's delta rule is found again; the third tier."""

import runpy

import pytest

from support.paths import ROOT

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("default"),  # fla warns that it finds no GPU
]


def test_what_is_said_of_a_kernel_of_fla_is_found() -> None:
    gallery = runpy.run_path(str(ROOT / "docs" / "kernels_gallery.py"))
    shown = gallery["PAGE"].read_text()
    name = "fla.fused_recurrent_delta_rule"
    assert gallery["step_row"](name) in shown.splitlines()
    assert gallery["formulas"](name) in shown
