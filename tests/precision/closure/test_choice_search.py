"""The compiled walk over outcomes beside the plain one: the same result, words and reasons too."""

import contextlib
import itertools
import math

import numpy as np
import pytest

from negeig.claims import InputError, LimitReached
from negeig.precision.closure import _choices_compiled as compiled
from negeig.precision.closure import choice_search
from negeig.precision.closure.choice_search import explore_outcomes, is_compiled
from negeig.precision.closure.choices import ChoiceSemantics
from negeig.precision.closure.reference import to_bits
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.numbers.operations import Operations
from negeig.precision.stored import round_parameters
from negeig.theory.closure import explore_sets as sets
from negeig.theory.closure.explore import Exploration, Task
from negeig.theory.closure.explore_sets import explore_sets
from support.closure_cases import PARITY, dense, parity, swaps
from support.kernel_networks import random_pair

NAMES = ["bf16:acc32:sr", "e4m3fn:acc32:sr", "e4m3fnuz:acc32:sr", "e2m1fn:acc32:sr",
         "fp16:acc32:sr:sat", "e5m2:acc32:sr", "e4m3fn:acc32:sr:sat", "grid:2^-3:sr",
         "bf16:acc32:sr:fma"]  # fmt: skip


def both(network, machine, name: str, most: int, **limits) -> tuple[Exploration, Exploration]:
    model = parse(name)
    stored, _ = round_parameters(network, model, round_parameters=True)
    plain = explore_sets(
        ChoiceSemantics(network, stored, model, most), network, machine, max_states=most
    )
    task = Task(network, machine)
    assert is_compiled(network, task, model)
    return plain, explore_outcomes(network, task, model, stored, most, **limits)


@pytest.mark.parametrize("name", NAMES)
def test_storing_has_the_outcomes_of_exact_numbers(name: str) -> None:
    """Random patterns, values, midpoints and their neighbours, subnormal and beyond the range."""
    model = parse(name)
    exact, spec = Operations(model), choice_search._around(model)
    seed = 23
    print("seed", seed)
    random = np.random.default_rng(seed)
    patterns = random.integers(0, 2**32, 1500, dtype=np.uint64).astype(np.uint32)
    with np.errstate(all="ignore"):
        values = [*patterns.view(np.float32)]
        for x in np.ldexp(random.standard_normal(500), random.integers(-30, 20, 500)):
            values += [np.float32(y) for y in exact.outcomes(float(np.float32(x)))]
        edge = np.float32(float(model.state.max_finite))
        for x in [*values[-300:], edge, np.float32(2 * edge), np.float32(model.state.smallest)]:
            values += [-x, x * np.float32(1.5), np.nextafter(x, np.float32(0)), x / np.float32(2)]
        values += list(np.array([0.0, -0.0, np.inf, -np.inf, np.nan], np.float32))
        two_found = 0
        for x in values:
            inner, outer, two = compiled.around(np.float32(x), spec)
            found = (inner, outer) if two else (inner,)
            expected = exact.outcomes(float(x))
            assert [to_bits([y]) for y in found] == [to_bits([y]) for y in expected], x
            two_found += two
    assert two_found > 200


@pytest.mark.parametrize("name", NAMES)
def test_random_networks_end_alike(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With tiny first tables and chunks, so that walks grow and stop within an edge."""
    monkeypatch.setattr(choice_search, "FIRST_CAPACITY", 4)
    monkeypatch.setattr(choice_search, "CHUNK", 3)
    verdicts, compared = set(), 0
    for seed, most in itertools.product(range(60), (200, 7)):
        network, machine = random_pair(seed, most=3)
        if len(network.layers) > 1:
            continue
        with contextlib.suppress(InputError):
            plain, fast = both(network, machine, name, most)
            assert fast == plain, seed
            verdicts.add(plain.verdict)
            compared += 1
    assert compared > 10
    assert len(verdicts) > 1


@pytest.mark.parametrize("name", ["bf16:acc32:sr", "grid:2^-4:sr", "e4m3fn:acc32:sr"])
def test_right_networks_and_their_twins_end_alike(name: str) -> None:
    for rounded, most in itertools.product((False, True), (60, 1_500)):
        network, machine = swaps(3, rounded)
        plain, fast = both(network, machine, name, most)
        assert fast == plain
        assert (plain.verdict == "proved") == (not rounded)
    network = parity(dense([[-15 / 16]]))
    plain, fast = both(network, PARITY, name, 400)
    assert fast == plain


def test_states_are_found_in_the_same_order() -> None:
    """Words are read off the order in which states were found."""
    network, machine = swaps(3, rounded=True)
    model = parse("bf16:acc32:sr")
    stored, _ = round_parameters(network, model, round_parameters=True)
    walk = choice_search._Walk(network, Task(network, machine), model, stored, 300, 4 << 30)
    assert walk.run(None).states == 300
    plain = ChoiceSemantics(network, stored, model)
    queue = {plain.initial(): None}
    for state in itertools.islice(iter_growing(queue), 300):
        for letter in machine.alphabet:
            queue |= dict.fromkeys(after for after, _ in plain.outcomes_of(state, letter))
    found = [to_bits(walk.numbers.values(row[:3])) for row in walk.rows[:300]]
    assert found == [bits for (bits,) in itertools.islice(queue, 300)]


def iter_growing(queue: dict):
    """The keys of a dictionary that grows meanwhile, by their order."""
    seen = 0
    while seen < len(queue):
        keys = list(queue)[seen:]
        yield from keys
        seen += len(keys)


def test_outcomes_are_limited_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    network, machine = swaps(3, rounded=False)  # 6 states, 12 outcomes
    for share, verdict in ((1, "open"), (2, "proved")):
        monkeypatch.setattr(sets, "OUTCOMES_A_STATE", share)
        plain, fast = both(network, machine, "bf16:acc32:sr", 7)
        assert fast == plain
        assert plain.verdict == verdict
        assert ("outcomes of letters: stopped at 7" in plain.reason) == (verdict == "open")
    monkeypatch.undo()
    plain, fast = both(*swaps(3, rounded=True), "bf16:acc32:sr", 3)
    assert fast == plain
    assert "outcomes of one letter: stopped at 4, the limit is 3" in plain.reason


def test_a_proof_to_nearest_in_bf16_is_no_proof_by_chance() -> None:
    """S3 with keys (e_i - e_j)/sqrt 2: 6 states to nearest; by chance it is lost in 33 letters."""
    network, machine = swaps(3, rounded=True)
    assert closure(network, machine, "bf16:acc32").states == 6
    result = closure(network, machine, "bf16:acc32:sr")
    assert (result.verdict, result.states, len(result.wrong_word)) == ("collision", 215_294, 33)
    model = parse("bf16:acc32:sr")
    stored, _ = round_parameters(network, model, round_parameters=True)
    semantics = ChoiceSemantics(network, stored, model)
    steps = [len(list(semantics.outcomes_of(semantics.initial(), a))) for a in machine.alphabet]
    assert max(steps) <= 8
    assert wanders(semantics, network, machine, result.wrong_word)


def wanders(semantics, network, machine, word) -> bool:
    """Whether some run of choices errs: the outermost neighbours, away from the right code."""
    states = {semantics.initial()}
    codes = [tuple(map(float, code)) for code in network.layers[0].codes]
    state = machine.initial
    for letter in word:
        state = machine.transitions[state, machine.index(letter)]
        code = codes[state]
        found = {}
        for before in states:
            for after, symbol in semantics.outcomes_of(before, letter):
                found[after] = symbol
        wrong = any(network.outputs[s] != machine.outputs[state] for s in found.values())
        # The states that have gone furthest are enough.
        away = sorted(found, key=lambda s: -math.dist(semantics.values(s)[0], code))
        states = set(away[:400])
    return wrong


def test_memory_and_progress_end_a_walk() -> None:
    network, machine = swaps(3, rounded=True)
    _, fast = both(network, machine, "bf16:acc32:sr", 900, max_memory=1)
    assert fast.verdict == "open"
    model = parse("bf16:acc32:sr")
    stored, _ = round_parameters(network, model, round_parameters=True)
    task = Task(network, machine)
    small = explore_outcomes(network, task, model, stored, 100_000, max_memory=1)
    assert (small.verdict, small.states < 5_000) == ("open", True)
    assert "bytes of memory" in small.reason
    assert "--max-memory" in small.reason

    def stop(states: int) -> None:
        raise LimitReached("seconds", 1, reached=2)

    ended = explore_outcomes(network, task, model, stored, 1_000_000, progress=stop)
    assert ended.reason.startswith("seconds")


def test_the_walk_is_compiled_only_for_what_it_computes() -> None:
    network, machine = swaps(3, rounded=True)
    task = Task(network, machine)
    for name in ("bf16:acc32-step:sr", "bf16:acc32:sr:fma?", "fp32:fma?", "bf16:acc64:sr",
                 "fixed8:2^-4:sr", "bf16:acc32:sr:ftz", "bf16:acc32:sr:daz",
                 "bf16:acc32:sr:butterfly", "bf16:acc32-chunk4:sr"):  # fmt: skip
        assert not is_compiled(network, task, parse(name)), name
    two, other = next((n, m) for n, m in map(random_pair, range(20)) if len(n.layers) == 2)
    assert not is_compiled(two, Task(two, other), parse("bf16:acc32:sr"))
