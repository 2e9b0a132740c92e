"""Answering a small question loads none of the large libraries, once the question was asked."""

import pytest

from support.loaded import loaded_by

HEAVY = {"numba", "torch", "triton", "scipy", "sympy", "networkx", "matplotlib"}
CHECK = """
from negeig.cli import main
try:
    main({arguments})
except SystemExit as stop:
    assert stop.code == 0
"""


@pytest.mark.parametrize("arguments", [["check", "(11)*"], ["check", "--zoo", "sym:5"]])
def test_a_second_check_is_light(arguments: list[str]) -> None:
    """It proves and runs the network, too: every compiled function on its way is kept.

    Permutations of five points go through the group engine and the compiled closure searches.
    """
    check = CHECK.format(arguments=arguments)
    loaded_by(check)
    loaded = loaded_by(check)
    assert "negeig.kernels.backends._cpu_compiled" in loaded
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
