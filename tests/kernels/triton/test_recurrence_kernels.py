"""The recurrence as Triton kernels, interpreted, beside its numpy twin and the specification."""

import numpy as np
import pytest

from negeig.kernels.decoder import FastDecoder
from negeig.kernels.triton.guesses import guesses
from negeig.kernels.triton.recurrent import Order, Recurrent
from negeig.kernels.triton.recurrent_plain import Reached, run_plain
from negeig.kernels.triton.table import tabulate
from support.kernel_layers import EXACT, NETWORKS, Case, initial, layers_of, letters_for

ORDERS: list[Order] = ["left to right", "tiled"]


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    """Equal bit for bit, every NaN the same."""
    nan = np.isnan(one)
    bits = one.view(np.int32) == other.view(np.int32)
    return one.shape == other.shape and bool((bits | (nan & np.isnan(other))).all())


def run(case: Case, order: Order, length: int, words: int) -> tuple[Reached, Reached]:
    """What the kernel reached, and its twin."""
    kernel = Recurrent(case.layer, order, codebook=case.codebook)
    letters = kernel.table.numbered(letters_for(case.layer, length, words))
    before = kernel.table.pad(initial(case.layer, words))
    code = kernel.guesses.codes_of(initial(case.layer, words))
    tile = kernel.shape.tile if order == "tiled" else None
    twin = run_plain(kernel.table, letters, before, tile=tile, guesses=kernel.guesses, code=code,
                     keep_states=True)  # fmt: skip
    return kernel.run(letters, before, code=code, keep_states=True), twin


@pytest.mark.parametrize("length", [1, 17])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_kernel_does_what_its_twin_does(name: str, length: int) -> None:
    """Every operation, every layer of the stack; the lanes of a tile are added by PTX alone."""
    for case in layers_of(NETWORKS[name]):
        for order in ORDERS:
            found, twin = run(case, order, length if case.layer.dim < 9 else min(length, 3), 3)
            assert same_bits(found.states, twin.states)
            assert same_bits(found.after, twin.after)
            assert (found.decoded.failed == twin.decoded.failed).all()
            for word, until in enumerate(found.decoded.failed):
                assert (found.decoded.symbols[:until, word]
                        == twin.decoded.symbols[:until, word]).all()  # fmt: skip


@pytest.mark.parametrize("name", EXACT)
def test_orders_agree_where_nothing_rounds(name: str) -> None:
    for case in layers_of(EXACT[name]):
        table = tabulate(case.layer, 16)
        letters = table.numbered(letters_for(case.layer, 65, 3))
        before = table.pad(initial(case.layer, 3))
        runs = [run_plain(table, letters, before, tile=tile, keep_states=True).states
                for tile in (None, 4, 8, 16)]  # fmt: skip
        assert all((states == runs[0]).all() for states in runs)


def test_orders_differ_where_something_rounds() -> None:
    """Negative twin: with entries of many bits they cannot all be the same arithmetic."""
    source = np.random.default_rng(0)
    case = next(layers_of(EXACT["S5"]))
    table = tabulate(case.layer, 16)
    table.rows[:-1, :, : table.dim] = source.normal(size=table.rows[:-1, :, : table.dim].shape)
    letters = table.numbered(letters_for(case.layer, 17, 3))
    before = table.pad(initial(case.layer, 3))
    one, other = (run_plain(table, letters, before, tile=tile).after for tile in (None, 4))
    assert not same_bits(one, other)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("cut", [1, 15, 16])
def test_a_resumed_word_is_the_whole_word(order: Order, cut: int) -> None:
    for case in [*layers_of(EXACT["dyadic"]), *layers_of(NETWORKS["k / sqrt 2, S3"])]:
        kernel = Recurrent(case.layer, order, codebook=case.codebook)
        letters = kernel.table.numbered(letters_for(case.layer, 17, 3))
        before = kernel.table.pad(initial(case.layer, 3))
        code = kernel.guesses.codes_of(initial(case.layer, 3))
        whole = kernel.run(letters, before, code=code)
        first = kernel.run(letters[:cut], before, code=code)
        rest = kernel.run(letters[cut:], first.after, code=first.decoded.code)
        assert same_bits(rest.after, whole.after)
        assert (rest.decoded.code == whole.decoded.code).all()


@pytest.mark.parametrize("words", [1, 31, 65])
def test_any_number_of_words(words: int) -> None:
    case = next(layers_of(NETWORKS["k / sqrt 2, S3"]))
    for order in ORDERS:
        found, twin = run(case, order, 3, words)
        assert same_bits(found.states, twin.states)


@pytest.mark.parametrize("name", ["S4", "flipflop", "two layers", "dyadic"])
def test_parameters_in_bf16(name: str) -> None:
    """Where bf16 holds them, nothing changes."""
    for case in layers_of(EXACT[name]):
        for order in ORDERS:
            kernels = [Recurrent(case.layer, order, bf16=bf16) for bf16 in (False, True)]
            letters = kernels[0].table.numbered(letters_for(case.layer, 9, 3))
            before = kernels[0].table.pad(initial(case.layer, 3))
            one, other = (kernel.run(letters, before).after for kernel in kernels)
            assert same_bits(one, other)


def test_parameters_that_bf16_does_not_hold_are_refused() -> None:
    from negeig.claims import Unavailable

    case = next(layers_of(NETWORKS["k / sqrt 2, S3"]))
    with pytest.raises(Unavailable, match="no bf16 value"):
        Recurrent(case.layer, bf16=True)


@pytest.mark.parametrize("name", NETWORKS)
def test_confirmed_guesses_are_the_decoders(name: str) -> None:
    """Until one fails every symbol is the float64 decoder's; in right networks none fails."""
    for case in layers_of(NETWORKS[name]):
        table = tabulate(case.layer)
        made = guesses(case.codebook, table)
        letters = letters_for(case.layer, 65, 4)
        before = table.pad(initial(case.layer, 4))
        found = run_plain(table, table.numbered(letters), before, guesses=made,
                          code=made.codes_of(initial(case.layer, 4)), keep_states=True)  # fmt: skip
        states = np.moveaxis(found.states[..., : table.dim], 0, 1).reshape(-1, table.dim)
        right = (
            FastDecoder(case.codebook)
            .symbols(np.ascontiguousarray(states), letters.reshape(-1), 0, 65)
            .reshape(4, 65)
        )
        for word, until in enumerate(found.decoded.failed):
            assert (found.decoded.symbols[:until, word] == right[word, :until]).all()
        if name in ("parity", "S3", "S4", "S5", "flipflop", "two layers", "dense"):
            assert (found.decoded.failed == 65).all()


def test_a_guess_is_not_confirmed_from_afar() -> None:
    """Negative twin: states that no table of codes foretells are reported, at once."""
    case = next(layers_of(EXACT["S3"]))
    table = tabulate(case.layer)
    made = guesses(case.codebook, table)
    letters = table.numbered(np.zeros((1, 3), np.int32))
    astray = table.pad(np.float32([[1.75, 2, 3]]))
    found = run_plain(table, letters, astray, guesses=made, code=np.zeros(1, np.int32))
    assert found.decoded.failed.tolist() == [0]


@pytest.mark.parametrize("order", ORDERS)
def test_a_letter_of_fewer_steps_leaves_infinities_alone(order: Order) -> None:
    """Steps that are not there must not multiply an infinity by 0, nor lose a sign."""
    case = next(layers_of(EXACT["dyadic"]))
    kernel = Recurrent(case.layer, order)
    nothing = np.full((1, 3), 2, np.int32)  # the letter c, and then none at all
    nothing[:, 1:] = -1
    before = np.float32([[np.inf, -np.inf, -0.0, np.nan]])
    letters = kernel.table.numbered(nothing)
    assert same_bits(kernel.run(letters, before).after, before)
    tile = kernel.shape.tile if order == "tiled" else None
    assert same_bits(run_plain(kernel.table, letters, before, tile=tile).after, before)
