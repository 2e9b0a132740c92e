"""Running networks: the reference, the compiled loop, the words, and the comparison."""

import itertools
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from fractions import Fraction as F

import numpy as np
import pytest

from negeig.arrays import Ints
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Verdict
from negeig.kernels import conformance as run
from negeig.kernels import words
from negeig.kernels.backend import BACKENDS, run_whole
from negeig.kernels.runnable import Runnable
from negeig.theory.networks.network import LinearRNN
from support.kernel_networks import (
    RIGHT,
    Pair,
    delta,
    dense,
    parity,
    prepared,
    random_pair,
    symmetric,
    two_layers,
    vector,
    with_layer,
)


def emitted(packed: Runnable, backend: str, batch: Ints) -> list[list[int]]:
    """Symbols of a backend on a batch."""
    return run_whole(BACKENDS[backend](packed), batch).symbols.tolist()


def batches_of(machine: Machine, shapes: tuple[tuple[int, int], ...] = ((70, 9),)) -> list[Ints]:
    """All words up to a length, and some random ones; 70 words fill more than one program."""
    return list(words.batches(machine, words.Plan(3, shapes, 0), seed=1))


# --- the backends mean the same ------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", RIGHT)
def test_every_backend_agrees_with_exact_arithmetic(name: str, backend: str) -> None:
    network, machine = RIGHT[name]()
    packed = prepared(network, machine)
    symbols = [*network.outputs, None]
    for batch in batches_of(machine):
        for word, found in zip(batch, emitted(packed, backend, batch), strict=True):
            letters = [machine.alphabet[a] for a in word]
            outputs = [network.outputs[symbols[s]] for s in found]
            assert outputs == list(network.run(letters)[1:]) == list(machine.run(letters)[1:])


@pytest.mark.parametrize("backend", ["cpu", "triton"])
def test_backends_agree_with_the_reference_on_arbitrary_networks(backend: str) -> None:
    undecodable = 0
    for seed in range(60 if backend == "cpu" else 8):
        network, machine = random_pair(seed)
        packed = prepared(network, machine)
        for batch in batches_of(machine, ((3, 12),)):
            expected = emitted(packed, "reference", batch)
            assert emitted(packed, backend, batch) == expected, f"seed {seed}"
            undecodable += sum(s == -1 for row in expected for s in row)
    # The sample must contain states that overflow, or the claim is weaker than it looks.
    assert undecodable > 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_state_that_overflows_is_a_mismatch_from_there_on(backend: str) -> None:
    network, machine = parity()
    grows = with_layer(network, 0, steps={"0": (), "1": (delta(-(2**120), (1,)),)})
    result = run.compare(grows, machine, backend=backend, max_tokens=200)
    assert result.verdict is Verdict.REFUTED
    packed = prepared(grows, machine)
    word = np.array([[1, 0, 1, 0, 1]], np.int32)
    # 1 + 2^120 is still a float32, its double power is not; -1 carries on through every later 0.
    assert emitted(packed, backend, word) == [[0, 0, -1, -1, -1]]


@pytest.mark.parametrize("backend", BACKENDS)
def test_pieces_do_not_change_the_result(backend: str) -> None:
    network, machine = random_pair(5)
    runner = BACKENDS[backend](prepared(network, machine))
    batch = batches_of(machine, ((5, 41),))[-1]
    whole, pieces = runner.stream(5), runner.stream(5)
    symbols = whole.read(batch)
    cuts = [0, 0, 1, 3, 20, 20, 41]
    read = [pieces.read(batch[:, a:b]) for a, b in itertools.pairwise(cuts)]
    assert np.concatenate(read, axis=1).tolist() == symbols.tolist()
    for one, other in zip(whole.states, pieces.states, strict=True):
        assert one.tobytes() == other.tobytes()


def test_many_codes_have_the_balls_that_their_coordinates_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, machine = symmetric(4)
    batch = batches_of(machine)[-1]
    expected = emitted(prepared(network, machine), "cpu", batch)
    whole = prepared(network, machine).codebooks[0].radii
    monkeypatch.setattr("negeig.kernels.codebook._MAX_PAIRWISE", 3)
    packed = prepared(network, machine)
    (radius,) = set(packed.codebooks[0].radii)
    assert 0.249 < radius < 0.25, "values of a coordinate are 1 apart"
    assert (radius <= whole).all()
    assert emitted(packed, "cpu", batch) == expected


# --- preparing -----------------------------------------------------------------------------------


def test_every_overflowing_entry_is_named() -> None:
    network, machine = parity()
    big = F(2) ** 200
    steps = {"0": (), "1": (delta(big, (big,), -big),)}
    with pytest.raises(InputError) as caught:
        prepared(with_layer(network, 0, steps=steps, codes=(vector(big), vector(1))), machine)
    assert [p.split(": ")[0] for p in caught.value.problems] == [
        "layer 0, letter '1', step 0, beta",
        "layer 0, letter '1', step 0, key[0]",
        "layer 0, letter '1', step 0, write",
        "layer 0, code 0, entry 0",
    ]
    network, machine = dense()
    turn = replace(network.layers[0].steps["g"][0], bias=(big, F(0)))
    with pytest.raises(InputError, match=r"bias\[0\]: the entry overflows"):
        prepared(with_layer(network, 0, steps={**network.layers[0].steps, "g": (turn,)}), machine)


def test_tables_that_do_not_fit_together_are_refused() -> None:
    network, machine = two_layers()
    other = Machine(alphabet="12", transitions=[[0, 0]], initial=0, outputs=[0])
    with pytest.raises(InputError, match="does not read '2'; its letters are '0', '1'"):
        prepared(network, other)
    emit = (("0 stay", "nowhere"), ("1 stay", "1 stay"))
    with pytest.raises(InputError, match="layer 0 emits 'nowhere'"):
        prepared(with_layer(network, 0, emit=emit), machine)
    with pytest.raises(InputError, match="layer 1 emits '3'"):
        prepared(replace(network, outputs={"0": 0, "1": 1, "2": 2}), machine)


def test_outputs_are_compared_as_json() -> None:
    network, machine = parity()
    assert run.compare(network, machine, max_tokens=50).mismatches == 0
    for outputs in ({"even": True, "odd": 0}, {"even": 1.0, "odd": 0}, {"even": "1", "odd": 0}):
        result = run.compare(replace(network, outputs=outputs), machine, max_tokens=50)
        assert result.word == ("0",)
    lists = replace(network, outputs={"even": {"a": [1], "b": 2}, "odd": 0}, empty=1)
    nested = Machine(
        alphabet="01", transitions=machine.transitions, initial=0, outputs=[{"b": 2, "a": [1]}, 0]
    )
    assert run.compare(replace(lists, empty={"a": [1], "b": 2}), nested).mismatches == 0


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("longest", [None, 1, 7, 128])
@pytest.mark.parametrize("letters", [1, 2, 3, 26])
def test_a_plan_spends_what_it_may(letters: int, longest: int | None) -> None:
    for tokens in [*range(1, 200), 4096, 65_537, 2**20, 3_000_000]:
        planned = words.plan(letters, tokens, longest)
        length = planned.exhaustive_length
        spent = 1 + sum(rows * size for rows, size in planned.random)
        spent += letters**length * length
        assert spent == planned.tokens <= tokens
        if longest is None and letters > 1:
            assert spent == tokens
        if longest is not None:
            assert all(size <= longest for _, size in planned.random)
            assert letters > 1 or length <= longest
        if letters > 1:
            assert letters ** (length + 1) * (length + 1) > min((tokens - 1) // 4, 2**20)
        assert all(rows * size <= 2**20 for rows, size in planned.random)


def test_batches_are_as_planned_and_depend_on_the_seed_only() -> None:
    machine = Machine(alphabet="abc", transitions=[[0, 1, 1], [1, 0, 1]], initial=0, outputs=[0, 1])
    planned = words.plan(3, 5000)
    first, again, other = (list(words.batches(machine, planned, s)) for s in (3, 3, 4))
    shapes = [(3**planned.exhaustive_length, planned.exhaustive_length), *planned.random]
    assert [batch.shape for batch in first] == shapes
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert not (first[-1] == other[-1]).all()
    assert (first[0] == other[0]).all()
    counts = np.bincount(first[-1][0], minlength=3) / first[-1].size
    assert counts.min() > 0.25
    assert [tuple(w) for w in first[0].tolist()] == list(
        itertools.product(range(3), repeat=planned.exhaustive_length)
    )


def test_half_of_the_random_words_avoid_sinks() -> None:
    """(ab)*: a uniform word is lost after three letters or so, a steered one never."""
    machine = Machine(
        alphabet="ab", transitions=[[1, 2], [2, 0], [2, 2]], initial=0, outputs=[1, 0, 0]
    )
    *_, batch, long = words.batches(machine, words.plan(2, 20_000), 0)
    lost = [2 in list(machine.states("ab"[a] for a in word)) for word in [*batch, *long]]
    assert lost == [False, True] * 32 + [False]
    # Where every letter leads into a sink there is nothing to avoid.
    doomed = Machine(
        alphabet="ab", transitions=[[1, 2], [1, 1], [2, 2]], initial=0, outputs=[0, 1, 2]
    )
    *_, long = words.batches(doomed, words.plan(2, 20_000), 0)
    assert set(long[0].tolist()) == {0, 1}


# --- the comparison ------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", RIGHT)
def test_right_networks_pass(name: str, backend: str) -> None:
    network, machine = RIGHT[name]()
    result = run.compare(network, machine, backend=backend, max_tokens=1500)
    assert result.verdict is Verdict.PASSED
    assert (result.mismatches, result.word) == (0, None)
    assert result.exhaustive_length >= 2
    assert 500 < result.tokens <= 1500


def flipped(pair: Pair, letter: str) -> Pair:
    """One sign of a key flipped, a key with another entry: a different hyperplane."""
    network, machine = pair
    steps = dict(network.layers[0].steps)
    step = steps[letter][0]
    at = next(j for j, k in enumerate(step.key) if k != 0)
    key = tuple(-k if j == at else k for j, k in enumerate(step.key))
    steps[letter] = (replace(step, key=key),)
    return with_layer(network, 0, steps=steps), machine


def swapped_decoder(pair: Pair) -> Pair:
    network, machine = pair
    emit = list(network.layers[-1].emit)
    emit[0], emit[1] = emit[1], emit[0]
    return with_layer(network, len(network.layers) - 1, emit=tuple(emit)), machine


def changed_transition(pair: Pair) -> Pair:
    network, machine = pair
    table = machine.transitions.copy()
    table[1, 0] = (table[1, 0] + 1) % machine.size
    return network, Machine(
        alphabet=machine.alphabet, transitions=table, initial=0, outputs=machine.outputs
    )


WRONG: dict[str, Callable[[], Pair]] = {
    "S3, sign flipped": lambda: flipped(symmetric(3), "b"),
    "S4, sign flipped": lambda: flipped(symmetric(4), "c"),
    **{
        f"{name}, {kind.__name__}": (lambda kind=kind, make=make: kind(make()))
        for kind in (swapped_decoder, changed_transition)
        for name, make in RIGHT.items()
        if name != "no layers"
    },
}


def erring(network: LinearRNN, machine: Machine, word: tuple[str, ...]) -> bool:
    """Whether the network errs after a whole word, by the exact reference where it is defined."""
    try:
        found = network.run(word)[-1]
    except ValueError:
        return True
    return json.dumps(found) != json.dumps(machine.output(word))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", WRONG)
def test_wrong_networks_are_refuted_with_a_shortest_word(name: str, backend: str) -> None:
    network, machine = WRONG[name]()
    result = run.compare(network, machine, backend=backend, max_tokens=2500)
    assert result.verdict is Verdict.REFUTED
    assert result.word is not None
    assert result.mismatches > 0
    if "sign" in name:  # the decoder then guesses, so exact arithmetic is no oracle
        return
    assert erring(network, machine, result.word)
    assert len(result.word) <= result.exhaustive_length + 1
    for length in range(len(result.word)):
        for shorter in itertools.product(machine.alphabet, repeat=length):
            assert not erring(network, machine, shorter)


def test_every_position_is_counted() -> None:
    """Mismatches recounted word by word with the machine's own run."""
    network, machine = changed_transition(symmetric(3))
    result = run.compare(network, machine, max_tokens=900, seed=2)
    planned = words.plan(2, 900)
    wrong, positions, count = 0, 1, 1
    for batch in words.batches(machine, planned, 2):
        for word in batch:
            letters = [machine.alphabet[a] for a in word]
            pairs = zip(network.run(letters)[1:], machine.run(letters)[1:], strict=True)
            wrong += sum(a != b for a, b in pairs)
            positions += len(letters)
            count += 1
    assert (result.mismatches, result.tokens, result.words) == (wrong, positions, count)
    assert result.longest == max(length for _, length in planned.random)


def test_the_empty_word_is_compared() -> None:
    network, machine = parity()
    result = run.compare(replace(network, empty=0), machine, max_tokens=100)
    assert (result.verdict, result.word, result.mismatches) == (Verdict.REFUTED, (), 1)
    one = run.compare(network, machine, max_tokens=1)
    assert (one.verdict, one.tokens, one.words, one.longest) == (Verdict.PASSED, 1, 1, 0)


def test_a_million_tokens_of_parity_and_the_same_again() -> None:
    network, machine = parity()
    first, again = (run.compare(network, machine) for _ in range(2))
    assert first.tokens == 2**20
    assert first.verdict is Verdict.PASSED
    assert {**asdict(first), "seconds": 0} == {**asdict(again), "seconds": 0}
    assert first.tokens_per_second > 0
    unary = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    layer = replace(
        network.layers[0],
        alphabet=("1",),
        steps={"1": network.layers[0].steps["1"]},
        emit=(("even",), ("odd",)),
    )
    result = run.compare(replace(network, alphabet=("1",), layers=(layer,)), unary)
    assert (result.exhaustive_length, result.tokens) == (2**20 - 1, 2**20)


def test_an_error_late_in_a_long_word_is_found() -> None:
    """A state that decays is right until it underflows, far beyond the short words."""
    network, machine = parity()
    steps = {"0": (), "1": (delta(F(511, 256), (1,)),)}  # eigenvalue -255/256
    result = run.compare(with_layer(network, 0, steps=steps), machine)
    assert result.verdict is Verdict.PASSED, "the sign survives in the smallest subnormals"
    steps = {"0": (delta(F(1, 256), (1,)),), "1": (delta(F(257, 256), (1,)),)}  # -1/256
    result = run.compare(with_layer(network, 0, steps=steps), machine)
    assert result.verdict is Verdict.REFUTED
    assert result.word is not None
    assert 18 <= len(result.word) <= 30


def test_progress_reaches_the_plan_and_can_stop_the_run() -> None:
    network, machine = symmetric(3)
    seen: list[tuple[int, int]] = []
    result = run.compare(network, machine, progress=lambda *at: seen.append(at))
    assert seen[-1] == (result.tokens, result.tokens)
    assert seen == sorted(seen)
    assert len(seen) > 5

    def stop(done: int, planned: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.compare(network, machine, progress=stop)


def test_bad_arguments_are_all_named() -> None:
    network, machine = parity()
    with pytest.raises(InputError) as caught:
        run.compare(network, machine, backend="abacus", seed=-1, max_tokens=0)
    assert caught.value.problems == [
        "unknown backend 'abacus'; there are cpu, reference, torch, triton",
        "the seed must be 0 or more, not -1",
        "at least 1 token must be allowed, not 0",
    ]
