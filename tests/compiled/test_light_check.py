"""Answering a small question loads none of the large libraries, once the question was asked."""

from support.loaded import loaded_by

HEAVY = {"numba", "torch", "triton", "scipy", "sympy", "networkx", "matplotlib"}
CHECK = """
from negeig.cli import main
try:
    main(["check", "(11)*"])
except SystemExit as stop:
    assert stop.code == 0
"""


def test_a_second_check_of_parity_is_light() -> None:
    """It runs the network, too: every compiled function on its way is kept."""
    loaded_by(CHECK)
    loaded = loaded_by(CHECK)
    assert "negeig.kernels.backends._cpu_compiled" in loaded
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
