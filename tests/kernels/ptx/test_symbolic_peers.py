"""Formulas of fla's compiled kernels: bit for bit what the executor computes, races said."""

import numpy as np
import pytest

from negeig.kernels.adapters._fla_compiled import compiled
from negeig.kernels.compiled_step import compiled_step
from negeig.kernels.ptx.execution import Fault
from support.formulas import drawn, evaluated, inputs_of

pytestmark = [
    pytest.mark.peers,
    # fla warns that it finds no GPU.
    pytest.mark.filterwarnings("default"),
]

SEED = 20_261_130
DELTA = "fused_recurrent_delta_rule"


def same(name, dim, fusion, asked):
    formula = compiled_step(f"fla.{name}@sm_90", dim, fusion=fusion).formula
    answer = compiled(name, "sm_90", fusion=fusion).kernel()(asked)
    found = np.array(evaluated(formula, inputs_of(asked)))
    return found.view(np.uint32).tolist() == answer.final[0].view(np.uint32).tolist()


@pytest.mark.parametrize("dim", [1, 2, 3, 6])
def test_without_fusion(dim):
    assert all(same(DELTA, dim, False, drawn(dim, seed)) for seed in range(SEED, SEED + 5))


def test_as_shipped_two_coordinates_have_sums_of_their_own():
    formula = compiled_step(f"fla.{DELTA}@sm_90", 2).formula
    assert formula == (
        "h0' = fma((v - fma(h0 + 0, k0, (h1 + 0)*k1))*beta, k0, h0 + 0)",
        "h1' = fma((v - fma(h1 + 0, k1, (h0 + 0)*k0))*beta, k1, h1 + 0)",
    )
    assert all(same(DELTA, 2, True, drawn(2, seed)) for seed in range(SEED, SEED + 5))
    plain = compiled_step(f"fla.{DELTA}@sm_90", 2, fusion=False).formula
    cases = [inputs_of(drawn(2, seed)) for seed in range(SEED, SEED + 5)]
    assert any(evaluated(plain, one) != evaluated(formula, one) for one in cases)


@pytest.mark.parametrize("unused", [0, 2])
def test_as_shipped_where_no_thread_races(unused):
    """Without k0 or k2, as adjacent swaps are, both sums are the same."""
    for seed in range(SEED, SEED + 5):
        asked = drawn(3, seed)
        asked.key[..., unused] = 0
        assert same(DELTA, 3, True, asked)


def test_the_race_is_in_the_formula_though_no_number_shows_it():
    step = compiled_step(f"fla.{DELTA}@sm_90", 3)
    assert step.formula[0] == (
        "t = either((v - (fma(h0 + 0, k0, (h2 + 0)*k2) + fma(h1 + 0, k1, 0)))*beta, "
        "(v - (fma(h2 + 0, k2, (h0 + 0)*k0) + fma(0, 0, (h1 + 0)*k1)))*beta)"
    )
    with pytest.raises(Fault, match="different values to one place"):
        compiled(DELTA, "sm_90").kernel()(drawn(3, SEED))
    assert "either" not in str(compiled_step(f"fla.{DELTA}@sm_90", 3, fusion=False).formula)


@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize("name", ["fused_recurrent_gated_delta_rule", "fused_recurrent_kda"])
def test_kernels_with_a_decay_of_1(name, dim):
    """The state that is handed on; cp.async and its copies in shared memory among them."""
    assert all(same(name, dim, True, drawn(dim, seed)) for seed in range(SEED, SEED + 5))
