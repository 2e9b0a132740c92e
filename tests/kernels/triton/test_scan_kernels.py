"""The scan: the recurrence from left to right, bit for bit, whether or not its seams agree."""

from functools import partial

import numpy as np
import pytest

from negeig.kernels.triton.guesses import guesses
from negeig.kernels.triton.recurrent_plain import Reached, run_plain
from negeig.kernels.triton.scan import Scan, compose_plain, doubled
from negeig.kernels.triton.scan_launch import composer, scan
from negeig.kernels.triton.table import tabulate
from support.kernel_layers import EXACT, NETWORKS, Case, initial, layers_of, letters_for

LENGTHS = [1, 15, 16, 17, 63, 65]


def plain(case: Case) -> Scan:
    """The scan made of twins."""
    table = tabulate(case.layer)
    made = guesses(case.codebook, table)
    operators = partial(run_plain, tabulate(doubled(case.layer)))
    return Scan(case.layer.dim, len(case.layer.starts) - 1, partial(run_plain, table, guesses=made),
                operators, codes_of=made.codes_of)  # fmt: skip


def same(one: Reached, other: Reached) -> None:
    nan = np.isnan(one.states)
    assert (nan == np.isnan(other.states)).all()
    assert (nan | (one.states.view(np.int32) == other.states.view(np.int32))).all()
    assert (one.decoded.failed == other.decoded.failed).all()
    for word, until in enumerate(one.decoded.failed):
        rows = one.decoded.symbols[:until, word], other.decoded.symbols[:until, word]
        assert (rows[0] == rows[1]).all()


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_scan_is_the_recurrence(name: str, length: int) -> None:
    """Writes, dense steps, letters of no step, networks that round and overflow; resumed words."""
    for case in layers_of(NETWORKS[name]):
        table = tabulate(case.layer)
        made = guesses(case.codebook, table)
        letters = table.numbered(letters_for(case.layer, length, 3))
        before = table.pad(initial(case.layer, 3))
        code = made.codes_of(initial(case.layer, 3))
        right = run_plain(table, letters, before, guesses=made, code=code, keep_states=True)
        made_of_twins = plain(case)
        found = made_of_twins.run(letters, before, code=code, chunk=16, keep_states=True)
        same(found, right)
        if name in EXACT:
            assert made_of_twins.confirmed == length
            assert (found.decoded.code == right.decoded.code).all()


@pytest.mark.parametrize("name", ["S3", "flipflop", "dyadic", "k / sqrt 2, S3"])
def test_the_kernels_scan_as_their_twins_do(name: str) -> None:
    for case in layers_of(NETWORKS[name]):
        twins, kernels = plain(case), scan(case.layer, codebook=case.codebook)
        table = tabulate(case.layer)
        letters = table.numbered(letters_for(case.layer, 35, 1))
        before = table.pad(initial(case.layer, 1))
        code = twins.codes_of(initial(case.layer, 1))
        one, other = (
            made.run(letters, before, code=code, chunk=16, keep_states=True)
            for made in (twins, kernels)
        )
        same(one, other)
        if name in EXACT:
            assert kernels.confirmed == 35


def test_a_network_that_rounds_has_seams_that_disagree() -> None:
    """Otherwise going on from a seam would never have been tried."""
    case = next(layers_of(NETWORKS["k / sqrt 2, S5"]))
    table = tabulate(case.layer)
    made = plain(case)
    letters = table.numbered(letters_for(case.layer, 65, 3))
    before = table.pad(initial(case.layer, 3))
    made.run(letters, before, code=made.codes_of(initial(case.layer, 3)), chunk=16)
    assert made.confirmed < 65


@pytest.mark.parametrize("fault", ["operators", "order"])
def test_wrong_operators_cannot_make_wrong_states(fault: str) -> None:
    """Negative twin: level 1 without one letter's step, or level 2 backwards: seams tell."""
    case = next(layers_of(EXACT["S5"]))
    table = tabulate(case.layer)
    made = plain(case)
    if fault == "operators":
        wrong = tabulate(doubled(case.layer))
        wrong.rows[-2] = 0
        made.operators = partial(run_plain, wrong)
    else:
        made.compose = lambda operators, before: compose_plain(operators[::-1], before)
    letters = table.numbered(letters_for(case.layer, 65, 3))
    before = table.pad(initial(case.layer, 3))
    code = made.codes_of(initial(case.layer, 3))
    found = made.run(letters, before, code=code, chunk=16, keep_states=True)
    same(found, run_plain(table, letters, before, guesses=guesses(case.codebook, table), code=code,
                          keep_states=True))  # fmt: skip
    assert made.confirmed < 65


@pytest.mark.parametrize("dim", [1, 3, 5])
def test_composing_is_what_its_twin_does(dim: int) -> None:
    source = np.random.default_rng(dim)
    padded = -(-dim // 4) * 4
    operators = np.zeros((5, 2, dim + 1, padded), np.float32)
    operators[..., :dim] = source.integers(-2, 3, (5, 2, dim + 1, dim))
    before = np.zeros((2, padded), np.float32)
    before[:, :dim] = source.integers(-2, 3, (2, dim))
    found = composer(dim, "interpreter")(operators, before)
    assert (found == compose_plain(operators, before)).all()
