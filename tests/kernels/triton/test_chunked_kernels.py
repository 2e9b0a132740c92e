"""The chunkwise kernels: exact where nothing rounds, within computed bounds elsewhere."""

from fractions import Fraction as F

import numpy as np
import pytest

from negeig.arrays import Float32s, Ints
from negeig.claims import Unavailable
from negeig.kernels.triton.chunked import CHUNKS, Chunked
from negeig.kernels.triton.chunked_plain import run_chunked_plain
from negeig.kernels.triton.error_bounds import chunked_bound, residual_bound
from negeig.kernels.triton.recurrent_plain import run_plain
from negeig.kernels.triton.table import Table, tabulate
from support.kernel_layers import EXACT, NETWORKS, initial, layers_of, letters_for

LENGTHS = [1, 15, 16, 17, 63, 65]
DELTA = [name for name in EXACT if name != "dense"]
ROOTS = [name for name in NETWORKS if name.startswith("k")]


def reference(table: Table, letters: Ints, before: Float32s) -> Float32s:
    return run_plain(table, letters, before, keep_states=True).states


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize("name", DELTA)
def test_exact_networks_are_exact_in_chunks(name: str, chunk: int) -> None:
    """Kernel, twin and recurrence, for every length around a chunk's, and resumed."""
    for case in layers_of(EXACT[name]):
        table = tabulate(case.layer)
        for length in LENGTHS:
            letters = table.numbered(letters_for(case.layer, length, 2))
            before = table.pad(initial(case.layer, 2))
            right = reference(table, letters, before)
            twin = run_chunked_plain(table, letters, before, chunk=chunk)
            assert (twin.states == right).all()
            assert (twin.after == right[-1]).all()


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", ["parity", "S5", "flipflop", "two layers", "dyadic"])
def test_the_kernels_are_exact_too(name: str, length: int) -> None:
    for case in layers_of(EXACT[name]):
        for chunk in (16, 64):
            kernels = Chunked(case.layer, chunk)
            letters = kernels.table.numbered(letters_for(case.layer, length, 2))
            before = kernels.table.pad(initial(case.layer, 2))
            right = reference(kernels.table, letters, before)
            found = kernels.run(letters, before, keep_states=True)
            assert (found.states == right).all()
            assert (found.after == right[-1]).all()
            resumed = kernels.run(letters, found.after)
            assert (resumed.after == reference(kernels.table, letters, right[-1])[-1]).all()


def exact_states(table: Table, letters: Ints, before: Float32s) -> list[list[F]]:
    """One word's states in rational arithmetic."""
    h = [F(float(x)) for x in before]
    states = []
    for letter in letters:
        for row in table.rows[letter]:
            *key, beta, write, _, _ = (F(float(x)) for x in row)
            amount = beta * (sum(k * x for k, x in zip(key, h, strict=True)) - write)
            h = [x - k * amount for k, x in zip(key, h, strict=True)]
        states.append(h)
    return states


def errors(states: Float32s, exact: list[list[F]]) -> list[float]:
    """Euclidean errors, rounded once."""
    return [
        float(sum((F(float(x)) - y) ** 2 for x, y in zip(state, right, strict=True))) ** 0.5
        for state, right in zip(states, exact, strict=True)
    ]


@pytest.mark.parametrize("name", ROOTS)
def test_errors_are_within_the_bounds(name: str) -> None:
    """Kernel and twin against rational arithmetic; the bound before the run, and the one after."""
    case = next(layers_of(NETWORKS[name]))
    kernels = Chunked(case.layer, 16)
    table = kernels.table
    letters = table.numbered(np.abs(letters_for(case.layer, 65, 1)))
    before = table.pad(initial(case.layer, 1))
    exact = exact_states(table, letters[:, 0], before[0])
    a_priori = np.repeat(chunked_bound(table, letters[:, 0], before[0], chunk=16), 16)[:65]
    runs = [kernels.run(letters, before, keep_states=True).states,
            run_chunked_plain(table, letters, before, chunk=16).states]  # fmt: skip
    for states in runs:
        found = np.array(errors(states[:, 0], exact))
        after = residual_bound(table, letters[:, 0], before[0], states[:, 0])
        assert (found <= after).all()
        assert (found <= a_priori).all()
        assert found.max() > 0


@pytest.mark.parametrize("name", ROOTS)
def test_what_is_wrong_is_out_of_bounds(name: str) -> None:
    """Negative twins: keys with 8 bits, as in a product in bf16; a state not carried on."""
    case = next(layers_of(NETWORKS[name]))
    table, coarse = tabulate(case.layer), tabulate(case.layer)
    coarse.rows.view(np.int32)[...] &= -(2**16)
    letters = table.numbered(np.abs(letters_for(case.layer, 65, 1)))
    before = table.pad(initial(case.layer, 1))
    right, fine, found = (
        run_chunked_plain(rows, letters, before, chunk=16, number=number).states[:, 0]
        for rows, number in ((table, np.float64), (table, np.float32), (coarse, np.float32))
    )
    wrong = np.sqrt(((found - right) ** 2).sum(axis=1))
    assert (wrong > residual_bound(table, letters[:, 0], before[0], fine)).any()
    a_priori = chunked_bound(table, letters[:, 0], before[0], chunk=16)
    again = [run_chunked_plain(table, letters[16 * c :][:16], before, chunk=16).after[0]
             for c in range(1, 4)]  # fmt: skip
    assert (np.linalg.norm(again - right[31:64:16], axis=1) > a_priori[1:4]).any()


def test_no_bound_is_smaller_than_that_of_fewer_chunks() -> None:
    case = next(layers_of(NETWORKS["k / sqrt 2, S5"]))
    table = tabulate(case.layer)
    letters = np.zeros(64, np.int32)
    before = table.pad(initial(case.layer, 1))[0]
    bounds = {chunk: chunked_bound(table, letters, before, chunk=chunk) for chunk in CHUNKS}
    assert (np.diff(bounds[16]) > 0).all()
    assert bounds[16][0] < bounds[32][0] < bounds[64][0]
    known = chunked_bound(table, letters, before, chunk=16, radius=55**0.5)
    assert (known <= bounds[16] * (1 + 1e-6)).all()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(Unavailable, match="dense"):
        Chunked(next(layers_of(EXACT["dense"])).layer)
    with pytest.raises(ValueError, match="not 17"):
        Chunked(next(layers_of(EXACT["parity"])).layer, 17)
