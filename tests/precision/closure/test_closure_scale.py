"""The search of one layer on threads: the plain exploration's result, whatever their number."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Resources
from negeig.precision.closure._tables_compiled import hash_words
from negeig.precision.closure.rounded_closure import compiled_closure
from negeig.precision.closure.scale import in_memory, layer_problem
from negeig.precision.closure.scale._entries_compiled import enter, slot_of, widen
from negeig.precision.closure.scale.layer_problem import LayerProblem
from negeig.precision.closure.scale.options import Scale
from negeig.precision.closure.scale.part import Found, Part
from negeig.precision.closure.stack_search import StackSearch
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.theory.closure.explore import Exploration, Task, explore
from negeig.theory.networks.network import DenseStep, LinearRNN, Step
from support.closure_cases import ZERO, check_words, reference, single, swaps, vector
from support.random_networks import Maker

ARITHMETICS = [
    "bf16",
    "bf16:acc32-step",
    "fp16:acc32",
    "fp32",
    "fp32:fma",
    "fp64",
    "e4m3fn",
    "e5m2",
]


def plain(network: LinearRNN, machine: Machine, arithmetic: str, most: int) -> Exploration:
    return explore(reference(network, arithmetic), network, machine, max_states=most)


def by_threads(
    network: LinearRNN, machine: Machine, arithmetic: str, most: int, threads: int
) -> Exploration:
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    scale = Scale(threads=threads)
    return compiled_closure(network, machine, model, stored, most, scale=scale)


def by_stack(network: LinearRNN, machine: Machine, arithmetic: str, most: int) -> Exploration:
    """By the search of stacks, which takes one layer too."""
    model = parse(arithmetic)
    stored, _ = round_parameters(network, model, round_parameters=True)
    memory = Resources().max_memory
    search = StackSearch(network, Task(network, machine), model, stored, most, memory)
    collision, reason = search.run(None)
    return Exploration.conclude(
        states=search.count,
        depth=len(search.spell(search.count - 1)),
        wrong=search.wrong_word(),
        collision=collision,
        reason=reason,
    )


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few candidates, on every thread from the first level on."""
    monkeypatch.setattr(layer_problem, "BLOCK_EDGES", 6)
    monkeypatch.setattr(in_memory, "WIDE", 1)
    monkeypatch.setattr(in_memory, "FIRST_SLOTS", 32)
    monkeypatch.setattr(in_memory, "SMALL_SLOTS", 64)
    monkeypatch.setattr(in_memory, "FIRST_LEVELS", 4)


def single_layers(first: int, last: int) -> list[tuple[int, LinearRNN, Machine]]:
    found = []
    for seed in range(first, last):
        maker = Maker(seed)
        network = maker.network()
        if len(network.layers) == 1:
            found.append((seed, network, maker.machine(network.alphabet)))
    return found


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_every_search_gives_the_plain_result(arithmetic: str) -> None:
    verdicts = set()
    for seed, network, machine in single_layers(300, 345):
        for most in (60, 7):
            expected = plain(network, machine, arithmetic, most)
            verdicts.add(expected.verdict)
            assert by_stack(network, machine, arithmetic, most) == expected
            for threads in (1, 2, 3):
                found = by_threads(network, machine, arithmetic, most, threads)
                assert found == expected, (seed, most, threads)
            check_words(network, machine, arithmetic, expected)
    assert {"wrong", "collision"} <= verdicts


def first_round(words: Any) -> Any:
    mixed = (np.uint64(0x243F6A8885A308D3) ^ words) * np.uint64(0x9E3779B97F4A7C15)
    return mixed ^ (mixed >> np.uint64(29))


def equal_hashes() -> tuple[Any, Any]:
    """Two states of two float32 numbers with one 64-bit hash.

    The factor is the golden ratio, so a Fibonacci number times it is nearly whole: first words that
    far apart are mixed to numbers with the same high half, and the second word makes up the rest.
    """
    far, low = 2_971_215_073, 0x85A308D3
    start = np.random.default_rng(0).integers(0, (1 << 32) - far, 1_000).astype(np.uint64)
    one, other = start ^ np.uint64(low), (start + np.uint64(far)) ^ np.uint64(low)
    rest = first_round(one) ^ first_round(other)
    for a, b, c in zip(one.tolist(), other.tolist(), rest.tolist(), strict=True):
        if c < 1 << 32:
            states = np.array([[a, 0x3F800000], [b, 0x3F800000 ^ c]], np.uint32)
            floats = states.view(np.float32)
            if np.isfinite(floats).all() and (np.abs(floats) > 2.0**-100).all():
                assert hash_words(states[0], 2) == hash_words(states[1], 2)
                return floats[0], floats[1]
    raise AssertionError("no such pair")


@pytest.mark.parametrize("threads", [1, 2])
def test_states_of_one_hash_are_different(
    threads: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Letters that set the state to one or the other: no compaction by hashes alone is right."""
    monkeypatch.setattr(in_memory, "WIDE", 1)
    points = [vector(*map(float, point)) for point in equal_hashes()]
    nothing = ((ZERO, ZERO), (ZERO, ZERO))
    steps: dict[str, tuple[Step, ...]] = {
        letter: (DenseStep(nothing, point),) for letter, point in zip("ab", points, strict=True)
    }
    network = single(steps, points[0], points, [0, 1], 0)
    last = Machine(alphabet="ab", transitions=[[0, 1], [0, 1]], initial=0, outputs=[0, 1])
    expected = plain(network, last, "fp32", 10)
    assert (expected.verdict, expected.states) == ("proved", 2)
    model = parse("fp32")
    stored, _ = round_parameters(network, model, round_parameters=False)
    for folder in ("", str(tmp_path / "kept")):
        scale = Scale(threads=threads, folder=folder)
        found = compiled_closure(network, last, model, stored, 10, scale=scale)
        assert found == expected


def test_new_states_are_in_order_where_one_has_the_hash_of_a_known_one() -> None:
    """It is first taken for the known one, and then looked for with those that came after it."""
    points = [vector(*map(float, point)) for point in (*equal_hashes(), (0.5, 0.25))]
    nothing = ((ZERO, ZERO), (ZERO, ZERO))
    steps: dict[str, tuple[Step, ...]] = {
        letter: (DenseStep(nothing, point),) for letter, point in zip("abc", points, strict=True)
    }
    network = single(steps, points[0], points, [0, 1, 2], 0)
    last = Machine(alphabet="abc", transitions=[[0, 1, 2]] * 3, initial=0, outputs=[0, 1, 2])
    model = parse("fp32")
    stored, _ = round_parameters(network, model, round_parameters=False)
    problem = LayerProblem(network, Task(network, last), model, stored)
    part = Part(problem, 1 << 20)
    part.begin(0, 1)
    part.add(problem.first)
    ((new, edges),) = part.level([problem.first], True, Found())
    assert edges.tolist() == [1, 2]
    assert new.view(np.float32)[:, :2].tolist() == [[float(x) for x in p] for p in points[1:]]


def test_no_negative_threads() -> None:
    with pytest.raises(InputError, match="--threads must be at least 0, found -1"):
        Scale(threads=-1)


@pytest.mark.usefixtures("small_blocks")
def test_limits_on_states_cut_at_the_same_state() -> None:
    """In the middle of blocks and of levels, and with a fault beside it."""
    network, machine = swaps(3, rounded=True)
    faulty = Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial,
        outputs=[*list(machine.outputs)[:-1], "another"],
    )
    for task in (machine, faulty):
        for most in (*range(1, 128, 9), 127):
            expected = plain(network, task, "bf16", most)
            for threads in (1, 2):
                assert by_threads(network, task, "bf16", most, threads) == expected
    assert plain(network, machine, "bf16", 127).verdict == "proved"


def test_wide_levels_are_the_same_on_threads() -> None:
    """With the blocks that are used: S5, where levels have tens of thousands of states."""
    network, machine = swaps(5, rounded=True)
    one = by_threads(network, machine, "bf16", 1_000_000, 1)
    two = by_threads(network, machine, "bf16", 1_000_000, 2)
    assert one == two
    assert (one.verdict, one.states) == ("proved", 254_936)
    limited = [by_threads(network, machine, "fp32", 300_001, threads) for threads in (1, 2)]
    assert limited[0] == limited[1]
    assert limited[0].states == 300_001


def test_a_changed_table_is_found_by_every_search() -> None:
    """The machine of S5 with one transition changed: a collision, with words that replay."""
    network, machine = swaps(5, rounded=True)
    transitions = np.array(machine.transitions)
    transitions[77, [1, 2]] = transitions[77, [2, 1]]
    changed = Machine(
        alphabet=machine.alphabet, transitions=transitions, initial=0, outputs=machine.outputs
    )
    found = [by_threads(network, changed, "bf16", 300_000, threads) for threads in (1, 2)]
    assert found[0] == found[1]
    assert found[0].verdict == "collision"
    assert found[0] == by_stack(network, changed, "bf16", 300_000)
    check_words(network, changed, "bf16", found[0])


@pytest.mark.parametrize("times", [2, 4])
@pytest.mark.parametrize("seed", range(5))
def test_a_wider_table_has_every_entry_where_it_is_looked_for(seed: int, times: int) -> None:
    """Full to two thirds, with runs of entries that go on at the beginning."""
    draw = np.random.default_rng(seed)
    rows = draw.integers(0, 1 << 30, (680, 3)).astype(np.uint32)
    table, wider = np.zeros(1021, np.uint64), np.zeros(1021 * times, np.uint64)
    enter(table, rows, 0, len(rows), 2, 0, 1)
    widen(table, wider)
    assert sorted(wider[wider > 0].tolist()) == sorted(table[table > 0].tolist())
    assert np.count_nonzero(table) == len(rows)
    for number, row in enumerate(rows):
        h = int(hash_words(row, 2))
        slot = int(slot_of(np.uint64(h), len(wider)))
        while int(wider[slot]) != (h & 0xFFFFFFFF) << 32 | number + 1:
            assert wider[slot] != 0, "a gap before the entry"
            slot = (slot + 1) % len(wider)
