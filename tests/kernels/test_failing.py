"""Words that err are found, replay in the reference, and are the same every time."""

from dataclasses import replace

import numpy as np
import pytest

from negeig.claims import Unavailable, output_text
from negeig.kernels.backend import load, run_whole
from negeig.kernels.standard_suite import TASKS
from negeig.kernels.streams.failing import find_failing, periods
from negeig.kernels.streams.modelled import Modelled
from negeig.precision.closure.reference import ReferenceSemantics, from_bits
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.formats import BF16
from negeig.precision.stored import round_parameters
from support.kernel_networks import random_pair

BF16_INPUTS = replace(parse("fp32:fma"), name="fp32:fma, bf16 parameters", parameters=BF16)


def outputs(network, arithmetic, word):
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    semantics = ReferenceSemantics(network, stored, model)
    state = semantics.initial()
    for letter in word:
        state, symbol = semantics.step(state, letter)
        yield None if symbol is None else network.outputs[symbol]


def errs(task, arithmetic, word):
    """Whether a word errs at its last letter and nowhere before, letter by letter."""
    wanted = [task.machine.output(word[: i + 1]) for i in range(len(word))]
    right = [
        output_text(a) == output_text(b)
        for a, b in zip(wanted, outputs(task.network, arithmetic, word), strict=True)
    ]
    return all(right[:-1]) and not right[-1]


@pytest.mark.parametrize(
    ("name", "arithmetic"),
    [("mod3-rotations", "bf16:acc32"), ("mod3-rotations", BF16_INPUTS), ("s5-root", "e5m2"),
     ("mirror", "e5m2")],
)  # fmt: skip
def test_words_that_are_found_err(name, arithmetic) -> None:
    task = TASKS[name]
    found = find_failing(task.network, task.machine, parse(arithmetic), letters=400_000)
    assert found.word is not None
    assert errs(task, arithmetic, found.word)
    again = find_failing(task.network, task.machine, parse(arithmetic), letters=400_000)
    assert again == found


def test_rotations_with_bf16_keys_err_where_other_peoples_kernels_do() -> None:
    """Two positions a token there: first wrong at 1,788 to 1,805."""
    task = TASKS["mod3-rotations"]
    found = find_failing(task.network, task.machine, BF16_INPUTS, letters=400_000)
    assert 1_788 <= 2 * len(found.word) <= 1_806
    assert found.word == ("1",) * len(found.word)


@pytest.mark.exhaustive
def test_swaps_with_bf16_keys_err_within_42_000_letters() -> None:
    task = TASKS["s5-root"]
    found = find_failing(task.network, task.machine, BF16_INPUTS, letters=2_500_000)
    assert found.word is not None
    assert len(found.word) < 42_000


def test_nothing_is_found_where_nothing_is_wrong() -> None:
    task = TASKS["s5-swaps"]
    found = find_failing(task.network, task.machine, parse("bf16"), letters=30_000)
    assert found.word is None
    assert found.letters <= 30_000
    assert found.longest > 100


def test_what_is_not_compiled_is_refused() -> None:
    task = TASKS["parity"]
    with pytest.raises(Unavailable, match="not compiled"):
        find_failing(task.network, task.machine, parse("bf16:rtz"), letters=100)


def test_periods_are_words_that_are_no_powers() -> None:
    found = periods(3, 1_000)
    assert len(found) == 3 + 3 + 8
    assert all(word != word[1:] + word[:1] for word in found if len(word) > 1)


@pytest.mark.parametrize("name", ["bf16", "fp32:fma", "e4m3fn", "bf16:acc32", "fp64", "grid:2^-6"])
def test_states_are_those_of_the_reference(name: str) -> None:
    """Bit for bit, on networks that overflow too, and cut into pieces."""
    model = parse(name)
    for seed in range(12):
        network, machine = random_pair(seed)
        stored, rounded = round_parameters_or_none(network, model)
        if stored is None or any(entry.overflows for entry in rounded):
            continue
        read = Modelled(network, machine.alphabet, model)
        words = np.random.default_rng(seed).integers(
            len(machine.alphabet), size=(2, 9), dtype=np.int32
        )
        whole = run_whole(read, words)
        stream = read.stream(2)
        pieces = np.concatenate([stream.read(words[:, :4]), stream.read(words[:, 4:])], axis=1)
        assert (pieces == whole.symbols).all()
        semantics = ReferenceSemantics(network, stored, model)
        for row, word in enumerate(words.tolist()):
            state = semantics.initial()
            for t, a in enumerate(word):
                state, symbol = semantics.step(state, machine.alphabet[a])
                for found, bits in zip(whole.states, state, strict=False):
                    expected = np.array(from_bits(bits))
                    same = found[row, t].astype(np.float64).view(np.uint64) == expected.view(
                        np.uint64
                    )
                    assert (same | np.isnan(expected)).all()
                if symbol is None:
                    break


def round_parameters_or_none(network, model):
    from negeig.claims import InputError

    try:
        return round_parameters(network, model, round_parameters=True)
    except InputError:
        return None, []


def test_the_backend_in_the_same_arithmetic_reads_the_same() -> None:
    task = TASKS["s5-root"]
    words = np.random.default_rng(0).integers(5, size=(16, 200), dtype=np.int32)
    cpu = run_whole(load("cpu", task.network, task.machine.alphabet), words)
    model = run_whole(Modelled(task.network, task.machine.alphabet, parse("fp32")), words)
    assert (cpu.symbols == model.symbols).all()
    assert all((a == b).all() for a, b in zip(cpu.states, model.states, strict=True))


def test_words_are_longer_than_what_is_proved() -> None:
    """Fewer words where they have to be long; none where that takes too many letters."""
    task = TASKS["mod3-rotations"]
    found = find_failing(task.network, task.machine, BF16_INPUTS, letters=60_000, beyond=800)
    assert len(found.word) == 903
    assert find_failing(task.network, task.machine, BF16_INPUTS, letters=60_000, beyond=10_001) == (
        None,
        0,
        0,
        "",
    )
