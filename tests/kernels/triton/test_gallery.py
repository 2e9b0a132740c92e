"""The gallery of kernels: what it says of ours is found again."""

import runpy

import pytest

from negeig.kernels.adapters._fla_kernels import KERNELS, is_chunked
from support.paths import ROOT

GALLERY = runpy.run_path(str(ROOT / "docs" / "kernels_gallery.py"))
SHOWN = GALLERY["PAGE"].read_text()


def test_what_is_said_of_our_step_is_found() -> None:
    lines = SHOWN.splitlines()
    assert GALLERY["step_row"]("triton") in lines
    assert GALLERY["closure_row"]("triton") in lines
    assert GALLERY["formulas"]("triton") in SHOWN


def test_what_is_said_of_our_other_kernels_is_found() -> None:
    lines = SHOWN.splitlines()
    rows = [GALLERY["launch_row"](*one) for one in GALLERY["launched"]()]
    assert len(rows) == 8
    assert set(rows) <= set(lines)


def test_a_kernel_that_is_another_has_another_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative twin: with contraction there are fma, and other states."""
    from negeig.kernels.triton import recurrent

    monkeypatch.setitem(recurrent.OPTIONS, "enable_fp_fusion", True)
    assert GALLERY["step_row"]("triton") not in SHOWN
    assert GALLERY["formulas"]("triton") not in SHOWN


def test_every_recurrent_kernel_is_shown_three_times() -> None:
    for name in KERNELS:
        times = SHOWN.count(f"`fla.{name}`")
        assert times == (0 if is_chunked(name) else 3), name


def test_the_texts_are_those_of_the_script() -> None:
    for text in ("OF_STEPS", "CLOSURES_ARE", "OTHERS_ARE", "FORMULAS_ARE"):
        assert GALLERY[text] in SHOWN, text
