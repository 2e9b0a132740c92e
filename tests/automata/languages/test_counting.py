"""Counting, listing and drawing words, against listing all of them, and against automata-lib."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest

from negeig.automata import zoo
from negeig.automata.formats.interop import to_automata_lib
from negeig.automata.languages import counting
from negeig.automata.languages.counting import (
    accepted_words,
    count,
    counts,
    is_empty,
    is_finite,
    is_universal,
    number_of_words,
    random_words,
)
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import minimize
from negeig.automata.machines.operations import words
from negeig.claims import InputError
from support.machines import minimal_machines, small_machines

# All 2-state tables, reachable or not, and all minimal machines of at most three states.
SMALL = minimal_machines(3)
MACHINES = [*small_machines(2), *SMALL]
WORDS = list(words("ab", 6))

NO_AA = Machine(alphabet="ab", transitions=[[1, 0], [2, 0], [2, 2]], initial=0, outputs=[1, 1, 0])


def test_counts_lists_and_sizes_of_every_small_machine() -> None:
    """Three states: a language is finite exactly when no word of length 3 to 5 is in it."""
    for machine in MACHINES:
        accepted = [w for w in WORDS if machine.accepts(w)]
        lengths = Counter(map(len, accepted))
        assert list(islice(counts(machine), 7)) == [lengths[n] for n in range(7)]
        assert list(accepted_words(machine, max_length=6)) == accepted
        assert list(accepted_words(machine, 2, 4)) == [w for w in accepted if 2 <= len(w) <= 4]
        finite = not any(lengths[n] for n in (3, 4, 5))
        assert is_finite(machine) == finite
        assert number_of_words(machine) == (len(accepted) if finite else None)
        assert is_empty(machine) == (not accepted)
        assert is_universal(machine) == (len(accepted) == len(WORDS))
        if finite:
            assert list(accepted_words(machine)) == accepted
        else:
            assert list(islice(accepted_words(machine), len(accepted))) == accepted


def test_both_ways_of_counting_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = 29
    print("seed", seed)
    rng = np.random.default_rng(seed)
    machines = SMALL[:200] + [
        Machine(
            alphabet="abc",
            transitions=rng.integers(0, n, (n, 3)),
            initial=0,
            outputs=rng.integers(0, 2, n).tolist(),
        )
        for n in (4, 9, 25)
    ]
    lengths = [0, 1, 2, 3, 5, 8, 20, 51, 64, 137]
    by_recurrence = [[count(m, n) for n in lengths] for m in machines]
    monkeypatch.setattr(counting, "LARGEST_RECURRENCE", 0)
    assert by_recurrence == [[count(m, n) for n in lengths] for m in machines]
    assert by_recurrence == [[next(islice(counts(m), n, None)) for n in lengths] for m in machines]


def test_a_very_long_length() -> None:
    """Words without aa are counted by Fibonacci numbers, computed here by doubling."""

    def fibonacci(n: int) -> tuple[int, int]:
        if n == 0:
            return 0, 1
        a, b = fibonacci(n // 2)
        c, d = a * (2 * b - a), a * a + b * b
        return (d, c + d) if n % 2 else (c, d)

    for length in (10, 1000, 300_007):
        assert count(NO_AA, length) == fibonacci(length + 2)[0]
    parity = zoo.get("parity")
    assert count(parity, 100_000) == 2**99_999


def test_long_lengths_do_not_count_all_shorter_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    def first_few(machine: Machine) -> Iterator[int]:
        yield from islice(counts(machine), 10)
        raise AssertionError("too many lengths were counted")

    monkeypatch.setattr(counting, "counts", first_few)
    assert count(NO_AA, 5000) % 10**9 == 614_333_751  # of the Fibonacci number F(5002)


def test_words_with_given_outputs() -> None:
    task = zoo.get("flipflop")
    outputs = list(dict.fromkeys(task.outputs))
    assert len(outputs) > 1
    tried = list(words(task.alphabet, 4))
    for chosen in ([outputs[0]], [outputs[1]], outputs):
        matching = [w for w in tried if task.output(w) in chosen]
        assert list(accepted_words(task, max_length=4, outputs=chosen)) == matching
        assert count(task, 4, outputs=chosen) == sum(len(w) == 4 for w in matching)
        assert next(random_words(task, 4, 1, outputs=chosen)) in matching
        assert not is_empty(task, outputs=chosen)
        assert is_universal(task, outputs=chosen) == (chosen == outputs)
    assert is_empty(task, outputs=["no such output"])
    assert number_of_words(task, outputs=["no such output"]) == 0
    # Equal as JSON values, not as Python ones: 1, 1.0 and true differ.
    mixed = Machine(alphabet="a", transitions=[[1], [2], [0]], initial=0, outputs=[1, True, 1.0])
    assert [next(iter(accepted_words(mixed, outputs=[x]))) for x in (1, True, 1.0)] == [
        (), ("a",), ("a", "a"),
    ]  # fmt: skip


def test_listing_does_not_stall_on_dead_ends_or_on_gaps() -> None:
    """One word in 2^60 of length 60; lengths divisible by 101 only; then a million dead letters."""
    n = 60
    rows = [[q + 1, n + 1] for q in range(n)] + [[n + 1, n + 1]] * 2
    one = Machine(alphabet="ab", transitions=rows, initial=0, outputs=[0] * n + [1, 0])
    assert list(accepted_words(one)) == [("a",) * n]
    assert list(accepted_words(one, n)) == [("a",) * n]
    assert list(accepted_words(one, n + 1)) == []
    by_101 = Machine(
        alphabet="a",
        transitions=[[(q + 1) % 101] for q in range(101)],
        initial=0,
        outputs=[1] + [0] * 100,
    )
    assert [len(w) for w in islice(accepted_words(by_101), 4)] == [0, 101, 202, 303]
    wide = Machine(
        alphabet=[f"x{i}" for i in range(2000)],
        transitions=[[1] * 1999 + [0], [1] * 2000],
        initial=0,
        outputs=[1, 0],
    )
    assert [len(w) for w in islice(accepted_words(wide), 30)] == list(range(30))


def test_long_words_need_no_deep_recursion() -> None:
    long = list(islice(accepted_words(NO_AA, 3000), 3))
    assert [len(w) for w in long] == [3000] * 3
    assert long[0] == ("a", "b") * 1500
    assert len(next(random_words(NO_AA, 3000, 1))) == 3000


def test_random_words_are_accepted_and_of_every_kind() -> None:
    for machine in SMALL[:300]:
        for length in range(4):
            possible = {w for w in WORDS if len(w) == length and machine.accepts(w)}
            if not possible:
                with pytest.raises(InputError, match=f"there is no word of length {length}"):
                    next(random_words(machine, length, 0))
                continue
            drawn = set(islice(random_words(machine, length, seed=length), 100))
            assert drawn == possible  # at most 8, so missing one has probability 8 (7/8)^100


def test_random_words_are_uniform_and_repeatable() -> None:
    """8 words without aa of length 4; the chi-squared statistic of 80,000 draws, 7 degrees."""
    seed = 31
    print("seed", seed)
    number = 80_000
    seen = Counter(islice(random_words(NO_AA, 4, seed), number))
    assert len(seen) == 8 == count(NO_AA, 4)
    chi_squared = sum((k - number / 8) ** 2 / (number / 8) for k in seen.values())
    assert chi_squared < 24.3  # exceeded with probability 0.001 by a uniform source
    first = list(islice(random_words(NO_AA, 50, seed), 5))
    assert first == list(islice(random_words(NO_AA, 50, seed), 5))
    assert first != list(islice(random_words(NO_AA, 50, seed + 1), 5))


def test_automata_lib_counts_the_same() -> None:
    seed = 37
    print("seed", seed)
    rng = np.random.default_rng(seed)
    for _ in range(40):
        n = int(rng.integers(1, 8))
        machine = minimize(
            Machine(
                alphabet="ab",
                # Targets mostly ahead, so that finite languages occur.
                transitions=[[min(n, q + int(k)) for k in rng.integers(0, 3, 2)] for q in range(n)]
                + [[n, n]],
                initial=0,
                outputs=[*rng.integers(0, 2, n).tolist(), 0],
            )
        )
        lib = to_automata_lib(machine)
        assert is_empty(machine) == lib.isempty()
        assert is_finite(machine) == lib.isfinite()
        for length in range(7):
            assert count(machine, length) == lib.count_words_of_length(length)
            ours = {"".join(w) for w in accepted_words(machine, length, length)}
            assert ours == set(lib.words_of_length(length))
        if is_finite(machine):
            assert number_of_words(machine) == lib.cardinality()


def test_what_is_refused() -> None:
    task = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[7])
    for call in (
        lambda: next(counts(task)),
        lambda: count(task, 3),
        lambda: next(accepted_words(task)),
        lambda: next(random_words(task, 1, 0)),
        lambda: is_empty(task),
        lambda: is_universal(task),
        lambda: is_finite(task),
    ):
        with pytest.raises(InputError, match="expected an acceptor"):
            call()
    for call in (lambda: count(NO_AA, -1), lambda: next(random_words(NO_AA, -1, 0))):
        with pytest.raises(InputError, match="the length of a word is at least 0, found -1"):
            call()
