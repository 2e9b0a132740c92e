"""Closure in rounded arithmetic: golden counts, compiled beside reference, negative twins."""

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.precision.closure import rounded_closure as closure_module
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers import _rounding_compiled as compiled_rounding
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.compiled_model import CompiledModel
from negeig.precision.stored import nearest, round_parameters
from negeig.theory.exact.numbers import NumberField
from negeig.theory.networks.network import DeltaStep, DenseStep, Layer, LinearRNN
from support.closure_cases import (
    FLIP,
    ONE,
    PARITY,
    SHRINKING_FLIP,
    ZERO,
    after,
    both,
    check_words,
    dense,
    reference,
    single,
    swaps,
    vector,
)

GOLDEN = [
    ("flip", "bf16", "proved", 2),
    ("flip", "bf16:acc32", "proved", 2),
    ("flip", "fp32", "proved", 2),
    ("shrinking flip", "bf16", "proved", 16_130),
    ("shrinking flip", "bf16:acc32", "proved", 16_130),
    ("shrinking flip", "fp32", "proved", 25_120),
    ("S3", "bf16", "proved", 6),
    ("S3", "bf16:acc32", "proved", 6),
    ("S3", "fp32", "proved", 6),
    ("S3 rounded", "bf16", "proved", 127),
    ("S3 rounded", "bf16:acc32", "proved", 6),
    ("S5", "bf16", "proved", 120),
    ("S5", "bf16:acc32", "proved", 120),
    ("S5", "fp32", "proved", 120),
    ("S5 rounded", "bf16", "proved", 254_936),
    ("S5 rounded", "bf16:acc32", "proved", 120),
]


def named(name: str) -> tuple[LinearRNN, Machine]:
    if "flip" in name:
        return (FLIP if name == "flip" else SHRINKING_FLIP), PARITY
    return swaps(int(name[1]), "rounded" in name)


@pytest.mark.parametrize(("name", "arithmetic", "verdict", "states"), GOLDEN)
def test_golden_counts(name: str, arithmetic: str, verdict: str, states: int) -> None:
    network, machine = named(name)
    result = closure(network, machine, arithmetic)
    assert (result.verdict, result.states) == (verdict, states)
    assert (result.words, result.wrong_word, result.decoder_exists) == ((), None, True)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["S3 rounded", "S5 rounded"])
@pytest.mark.parametrize("arithmetic", ["fp32", "fp32:fma"])
def test_fp32_stays_open_above_two_million_states(name: str, arithmetic: str) -> None:
    result = closure(*named(name), arithmetic, max_states=2_000_000)
    assert (result.verdict, result.states, result.decoder_exists) == ("open", 2_000_000, None)
    assert "2,000,000" in result.reason
    assert "--max-closure" in result.reason


@pytest.mark.parametrize(("arithmetic", "errs"), [("fp32", 1), ("fp32:fma", 1), ("bf16", 0)])
def test_s5_errs_on_a_long_word_in_fp32_but_not_in_bf16(arithmetic: str, errs: int) -> None:
    """More precision is not better: the reflections shrink what bf16 rounds back in place."""
    network, machine = swaps(5, rounded=True)
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=False)
    (layer,), numbers = stored.layers, CompiledModel(model)
    codes = np.array(network.layers[0].codes, dtype=np.float64)
    h, scratch = codes[:1].astype(np.float32), np.zeros(5, np.float32)
    state, wrong = 0, 0
    for letter in "acbbad" * 800:
        a = machine.index(letter)
        compiled_rounding.read_letters(
            h, scratch, 5, 1, layer.starts[a:], layer.starts[a + 1 :], layer.steps,
            numbers.model, numbers.rounded, numbers.spec,
        )  # fmt: skip
        state = machine.transitions[state, a]
        wrong |= int(np.argmin(((codes - h) ** 2).sum(axis=1)) != state)
    assert wrong == errs


@pytest.mark.parametrize(
    "arithmetic", ["bf16", "fp16", "fp32", "fp64", "e4m3fn", "e5m2", "bf16:acc32", "fp32:fma"]
)
def test_counting_modulo_three_with_integers(arithmetic: str) -> None:
    step = dense([[0, -1], [1, -1]])
    points = [vector(1, 0), vector(0, 1), vector(-1, -1)]
    network = single({"1": (step,)}, points[0], points, [0, 1, 2], 0)
    machine = Machine(alphabet="1", transitions=[[1], [2], [0]], initial=0, outputs=[0, 1, 2])
    result = closure(network, machine, arithmetic)
    assert (result.verdict, result.states) == ("proved", 3)


def test_a_rounding_cycle_is_a_parity_recogniser_with_positive_eigenvalues() -> None:
    a = [[-0.19921875, 0.91796875], [-0.1591796875, 0.58203125]]
    trace, determinant = a[0][0] + a[1][1], a[0][0] * a[1][1] - a[0][1] * a[1][0]
    assert determinant > 0 < trace * trace - 4 * determinant  # two positive eigenvalues
    step = dense(a, [0.9453125, 0.007171630859375])
    points = [vector(0.62109375, -0.2197265625), vector(0.6171875, -0.2197265625)]
    network = single({"0": (), "1": (step,)}, points[0], points, [1, 0], 1)
    machine = Machine(alphabet="01", transitions=[[0, 1], [1, 0]], initial=0, outputs=[1, 0])
    assert closure(network, machine, "bf16:all-ops").states == 2
    assert closure(network, machine, "bf16:all-ops").verdict == "proved"
    elsewhere = closure(network, machine, "fp32")
    assert (elsewhere.verdict, elsewhere.decoder_exists) == ("collision", False)


@pytest.mark.parametrize(
    ("arithmetic", "states"), [("bf16", 363), ("fp16", 65), ("e4m3fn", 25), ("fp32", 405)]
)
def test_the_sign_of_zero_remembers_the_first_letter(arithmetic: str, states: int) -> None:
    """The state shrinks to a signed zero: no collision, though nearest codes cannot read it."""
    model = parse(arithmetic)
    half, tenth = 0.5, nearest(Fraction(1, 10), model.parameters)
    steps = {
        "a": (dense([[half, tenth], [half, tenth]]),),
        "b": (dense([[tenth, half], [tenth, half]]),),
    }
    codes = [vector(2.0**-5, 2.0**-5), vector(-(2.0**-5), -(2.0**-5))]
    network = single(steps, vector(1, -1), codes, [1, 0], 0)
    machine = Machine(
        alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0, outputs=[0, 1, 0]
    )
    result = closure(network, machine, arithmetic)
    assert (result.states, result.decoder_exists) == (states, True)
    assert result.verdict == "wrong"
    semantics = reference(network, arithmetic)
    state = after(semantics, result.wrong_word)
    assert set(semantics.values(state)[0]) == {0.0}
    assert result.wrong_word[0] == "b"


def icosahedral() -> tuple[LinearRNN, Machine]:
    """A5 by rotations of the icosahedron about neighbouring axes, of order 5 and 3."""
    golden = NumberField((-1, -1, 1), "1.6180339887498948482045868343656381177").element([0, 1])
    half = Fraction(1, 2)
    turn = (
        (half, -golden * half, (golden - 1) * half),
        (golden * half, (golden - 1) * half, -half),
        ((golden - 1) * half, half, golden * half),
    )
    cycle = ((ZERO, ONE, ZERO), (ZERO, ZERO, ONE), (ONE, ZERO, ZERO))
    letters = {"a": turn, "b": cycle}

    def times(matrix, point):
        return tuple(sum((m * x for m, x in zip(row, point, strict=True)), ZERO) for row in matrix)

    start = vector(1, Fraction(1, 2), Fraction(1, 4))
    points, transitions = [start], []
    for point in points:
        row = []
        for matrix in letters.values():
            image = times(matrix, point)
            if image not in points:
                points.append(image)
            row.append(points.index(image))
        transitions.append(row)
        assert len(points) <= 60
    steps = {a: (DenseStep(matrix, (ZERO,) * 3),) for a, matrix in letters.items()}
    outputs: list[object] = list(range(len(points)))
    network = single(steps, start, points, outputs, 0)
    machine = Machine(alphabet="ab", transitions=transitions, initial=0, outputs=outputs)
    return network, machine


def test_the_icosahedral_group_closes_on_a_grid() -> None:
    network, machine = icosahedral()
    assert machine.size == 60
    result = closure(network, machine, "grid:2^-6", round_parameters=True)
    assert (result.verdict, result.states) == ("proved", 60)
    with pytest.raises(InputError, match=r"letter 'a', step 0, matrix\[0\]\[1\]: -0\.809"):
        closure(network, machine, "grid:2^-6")
    finer = closure(network, machine, "fp32", round_parameters=True, max_states=100_000)
    assert finer.verdict == "open"


# Negative twins


def test_a_flipped_sign_of_one_key_entry_is_refuted() -> None:
    network, machine = swaps(3, rounded=False)
    (step,) = network.layers[0].steps["b"]
    key = (step.key[0], -step.key[1], step.key[2])
    bad = {**network.layers[0].steps, "b": (replace(step, key=key),)}
    twin = replace(network, layers=(replace(network.layers[0], steps=bad),))
    result = closure(twin, machine, "bf16", max_states=5_000)
    assert result.verdict in ("wrong", "collision")
    assert "b" in result.wrong_word
    check_words(twin, machine, "bf16", result)


def test_swapped_decoder_entries_are_wrong_but_a_decoder_exists() -> None:
    network, machine = swaps(3, rounded=True)
    emit = list(network.layers[0].emit)
    emit[1], emit[2] = emit[2], emit[1]
    twin = replace(network, layers=(replace(network.layers[0], emit=tuple(emit)),))
    result = closure(twin, machine, "bf16")
    assert (result.verdict, result.states, result.decoder_exists) == ("wrong", 127, True)
    assert result.words == (result.wrong_word,)
    assert len(result.wrong_word) == 1
    check_words(twin, machine, "bf16", result)


@pytest.mark.parametrize("name", ["S3 rounded", "flip", "shrinking flip"])
@pytest.mark.parametrize("arithmetic", ["bf16", "fp32"])
def test_every_changed_transition_of_the_machine_is_refuted(name: str, arithmetic: str) -> None:
    network, machine = named(name)
    for q, a in itertools.product(range(machine.size), range(len(machine.alphabet))):
        target = (machine.transitions[q, a] + 1) % machine.size
        table = machine.transitions.copy()
        table[q, a] = target
        twin = Machine(
            alphabet=machine.alphabet, transitions=table, initial=0, outputs=machine.outputs
        )
        result = closure(network, twin, arithmetic, max_states=30_000)
        assert result.verdict in ("wrong", "collision"), (q, a)
        assert result.wrong_word is not None
        if result.states < 1_000:
            check_words(network, twin, arithmetic, result)


# Verdicts, limits and errors


def test_a_collision_needs_the_same_last_letter() -> None:
    """A layer that remembers nothing recognises "ends with b" by the letter it has just read."""
    layer = Layer(
        alphabet=("a", "b"),
        initial=(ZERO,),
        steps={"a": (), "b": ()},
        codes=((ZERO,),),
        emit=(("no", "yes"),),
    )
    network = LinearRNN(alphabet=("a", "b"), layers=(layer,), outputs={"no": 0, "yes": 1}, empty=0)
    ends = Machine(alphabet="ab", transitions=[[0, 1], [0, 1]], initial=0, outputs=[0, 1])
    for result in both(network, ends, "bf16", 10):
        assert (result.verdict, result.states) == ("proved", 1)
    second = Machine(
        alphabet="ab", transitions=[[0, 1], [2, 3], [0, 1], [2, 3]], initial=0, outputs=[0, 0, 0, 1]
    )
    for result in both(network, second, "bf16", 10):
        assert result.verdict == "collision"
        assert result.wrong_word == ("b",)
        check_words(network, second, "bf16", result)
    even = Machine(alphabet="ab", transitions=[[1, 1], [0, 0]], initial=0, outputs=[0, 1])
    for result in both(network, even, "bf16", 10):
        assert result.verdict == "collision"
        check_words(network, even, "bf16", result)


def test_twin_states_collide_only_through_one_letter() -> None:
    """Machine states with the same successors; the outputs follow the last two letters' sum."""
    step = DeltaStep(ONE, (ONE,), ZERO)
    network = single({"a": (step,), "b": (step,)}, (ZERO,), [(ZERO,)], [0], 0)
    table = [[1, 2], [1, 2], [2, 1]]
    for outputs in itertools.product((0, 1), repeat=3):
        machine = Machine(alphabet="ab", transitions=table, initial=0, outputs=list(outputs))
        plain, fast = both(network, machine, "fp32", 10)
        assert fast == plain
        check_words(network, machine, "fp32", plain)


def test_the_empty_word_counts() -> None:
    for result in both(replace(FLIP, empty=0), PARITY, "bf16", 10):
        assert (result.verdict, result.words, result.decoder_exists) == ("wrong", ((),), True)
    for result in both(replace(FLIP, empty=True), PARITY, "bf16", 10):
        assert result.wrong_word == ()


def test_outputs_are_compared_with_their_types() -> None:
    loose = replace(FLIP, outputs={"0": True, "1": 0})
    for result in both(loose, PARITY, "bf16", 10):
        assert (result.verdict, result.wrong_word) == ("wrong", ("1", "1"))


@pytest.mark.parametrize("missing", ["0", "1"])
def test_a_symbol_without_an_output_is_an_error(missing: str) -> None:
    outputs = {s: o for s, o in FLIP.outputs.items() if s != missing}
    for result in both(replace(FLIP, outputs=outputs), PARITY, "bf16", 10):
        assert (result.verdict, result.decoder_exists) == ("wrong", True)
        assert result.wrong_word == ("1",) * (2 - int(missing))


def test_a_symbol_that_the_next_layer_does_not_read_is_an_error() -> None:
    """The next layer keeps its state then, as it does above a state that cannot be decoded."""
    upper = Layer(
        alphabet=("0",),
        initial=(ONE,),
        steps={"0": (dense([[-1]]),)},
        codes=((ONE,), (-ONE,)),
        emit=(("p",), ("q",)),
    )
    stack = replace(FLIP, layers=(*FLIP.layers, upper), outputs={"p": 1, "q": 0})
    for result in both(stack, PARITY, "bf16", 10):
        assert (result.verdict, result.wrong_word, result.states) == ("wrong", ("1",), 4)
        check_words(stack, PARITY, "bf16", result)
    unread = Layer(
        alphabet=("2",), initial=(ONE,), steps={"2": ()}, codes=((ONE,),), emit=(("0",),)
    )
    for result in both(replace(FLIP, layers=(unread,)), PARITY, "bf16", 10):
        assert (result.verdict, result.states) == ("collision", 1)


def test_no_layers_at_all() -> None:
    network = LinearRNN(alphabet=("a", "b"), layers=(), outputs={"a": 0, "b": 1}, empty=0)
    ends = Machine(alphabet="ab", transitions=[[0, 1], [0, 1]], initial=0, outputs=[0, 1])
    assert closure(network, ends, "bf16").verdict == "proved"
    assert closure(network, ends, "bf16").states == 1
    other = replace(network, outputs={"a": 0})
    assert closure(other, ends, "bf16").wrong_word == ("b",)


def test_the_limit_counts_states_and_keeps_an_error_found_before_it() -> None:
    result = closure(SHRINKING_FLIP, PARITY, "fp32", max_states=1_000)
    assert (result.verdict, result.states, result.depth) == ("open", 1_000, 999)
    assert "stopped at 1,000" in result.reason
    wrong = replace(SHRINKING_FLIP, outputs={"0": 0, "1": 0})
    result = closure(wrong, PARITY, "fp32", max_states=1_000)
    assert (result.verdict, result.decoder_exists) == ("wrong", None)
    assert result.words == (("1", "1"),)
    exactly = closure(SHRINKING_FLIP, PARITY, "bf16", max_states=16_130)
    assert exactly.verdict == "proved"
    assert closure(SHRINKING_FLIP, PARITY, "bf16", max_states=16_129).verdict == "open"


def test_memory_is_bounded() -> None:
    network, machine = swaps(5, rounded=True)
    result = closure(network, machine, "fp32", max_memory=1 << 22)
    assert result.verdict == "open"
    assert 1_000 < result.states < 100_000
    assert "bytes of memory" in result.reason
    assert "--max-memory" in result.reason


def test_progress_is_reported_and_may_stop_the_search() -> None:
    network, machine = swaps(5, rounded=True)
    counts: list[int] = []
    closure(network, machine, "bf16", progress=counts.append)
    assert counts == sorted(counts)
    assert len(counts) > 2

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        closure(network, machine, "bf16", progress=interrupt)


def test_small_networks_do_not_load_the_compiled_search(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the compiled search was called")

    monkeypatch.setattr(closure_module, "compiled_closure", refuse)
    assert closure(FLIP, PARITY, "bf16").states == 2
    monkeypatch.setattr(closure_module, "SMALL_WORK", 0)
    with pytest.raises(AssertionError, match="was called"):
        closure(FLIP, PARITY, "bf16")


def test_bad_input() -> None:
    other = Machine(alphabet="12", transitions=[[1, 0], [0, 0]], initial=0, outputs=[1, 0])
    with pytest.raises(InputError, match="the network does not read '2'"):
        closure(FLIP, other, "bf16")
    with pytest.raises(InputError, match="'bf61' is unknown; did you mean bf16"):
        closure(FLIP, PARITY, "bf61")
    with pytest.raises(InputError, match=r"matrix\[0\]\[0\]: -255/256 is not in e5m2"):
        closure(SHRINKING_FLIP, PARITY, "e5m2")


def test_exact_arithmetic_goes_to_the_exact_closure() -> None:
    assert closure(FLIP, PARITY, "exact").verdict == "proved"
    # It shrinks for ever and keeps its sign, which is what is decoded: no word errs.
    assert closure(SHRINKING_FLIP, PARITY, "exact", max_states=50).verdict == "open"
