"""Minimal machines: all small ones against their residuals, both implementations."""

import math

import numpy as np
import pytest

from negeig.automata.languages.counting import count
from negeig.automata.machines import minimize as module
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import colours, minimize
from negeig.automata.machines.operations import words
from negeig.claims import InputError
from support.machines import random_machine, small_machines
from support.oracles import ORACLES


@pytest.fixture(params=["plain", "compiled"])
def implementation(request, monkeypatch):
    """Run a test with the specification and with the compiled functions."""
    monkeypatch.setattr(module, "COMPILED_FROM", 0 if request.param == "compiled" else float("inf"))
    return request.param


def by_residuals(machine, length=3):
    """Return the minimal machine from outputs on words alone, for machines of few states."""
    rows = machine.transitions.tolist()

    def state(word, start):
        for letter in word:
            start = rows[start]["ab".index(letter)]
        return start

    tests = list(words("ab", length))
    residual = [tuple(machine.outputs[state(w, q)] for w in tests) for q in range(machine.size)]
    numbers, access = {}, []
    for word in words("ab", length):
        key = residual[state(word, machine.initial)]
        if key not in numbers:
            numbers[key] = len(numbers)
            access.append(word)
    return Machine(
        alphabet="ab",
        transitions=[
            [numbers[residual[state((*u, a), machine.initial)]] for a in "ab"] for u in access
        ],
        initial=0,
        outputs=[machine.output(u) for u in access],
    )


@pytest.mark.exhaustive
@pytest.mark.parametrize("states", [1, 2, 3])
def test_every_small_machine_has_the_states_of_its_residuals(states, implementation):
    for machine in small_machines(states):
        assert minimize(machine) == by_residuals(machine), machine.transitions.tolist()


def moore(machine):
    """Moore's refinement, one letter of lookahead a round."""
    block = colours(machine.outputs).astype(np.int64)
    while True:
        rows = np.column_stack([block, block[machine.transitions]])
        _, finer = np.unique(rows, axis=0, return_inverse=True)
        finer = finer.reshape(-1)
        if finer.max() == block.max():
            return block
        block = finer


def test_random_machines_against_moore(implementation):
    seed = 20240607
    print("seed", seed)
    rng = np.random.default_rng(seed)
    for _ in range(150):
        states, letters = int(rng.integers(1, 60)), int(rng.integers(1, 5))
        base = random_machine(rng, states, letters, int(rng.integers(1, 4)))
        # Twins of every state, so that there is something to merge.
        copies = rng.integers(0, 3, base.transitions.shape) * states
        doubled = Machine(
            alphabet=base.alphabet,
            transitions=np.concatenate([base.transitions + copies] * 3),
            initial=base.initial,
            outputs=base.outputs * 3,
        )
        smallest = minimize(doubled)
        assert smallest == minimize(base)
        assert moore(smallest).max() + 1 == smallest.size
        assert base.difference(smallest) is None
        assert minimize(smallest) == smallest


def test_both_implementations_agree_on_larger_machines(monkeypatch):
    seed = 5
    print("seed", seed)
    rng = np.random.default_rng(seed)
    n = 3000
    steps = np.arange(n)
    counter = np.column_stack([steps, (steps + 1) % n])
    cases = [
        random_machine(rng, n, 3, 2),
        Machine(alphabet="ab", transitions=counter, initial=7, outputs=(steps == 0).tolist()),
        Machine(alphabet="ab", transitions=counter, initial=7, outputs=(steps % 30 == 0).tolist()),
        Machine(alphabet="ab", transitions=counter, initial=7, outputs=[0] * n),
    ]
    for machine, size in zip(cases, [None, 3000, 30, 1], strict=True):
        monkeypatch.setattr(module, "COMPILED_FROM", math.inf)
        plain = minimize(machine)
        monkeypatch.setattr(module, "COMPILED_FROM", 0)
        assert minimize(machine) == plain
        assert size is None or plain.size == size


def test_large_machines_use_the_compiled_functions(monkeypatch):
    """At the real threshold the plain functions are not called."""
    n = module.COMPILED_FROM
    monkeypatch.setattr(module, "partition", None)
    monkeypatch.setattr(module, "breadth_first", None)
    table = np.minimum(np.arange(n) + 1, n - 1).reshape(n, 1)
    outputs = [0] * (n - 1) + [1]
    chain = Machine(alphabet="a", transitions=table, initial=0, outputs=outputs)
    assert minimize(chain) == chain
    shorter = Machine(alphabet="a", transitions=table, initial=n - 3, outputs=outputs)
    assert minimize(shorter).transitions.tolist() == [[1], [2], [2]]


@pytest.mark.parametrize("entry", ORACLES, ids=lambda entry: entry["name"])
def test_oracle_tables_and_counts(entry, implementation):
    accepting = set(entry["accepting"])
    machine = Machine(
        alphabet=entry["alphabet"],
        transitions=entry["table"],
        initial=entry["initial"],
        outputs=[int(q in accepting) for q in range(entry["n_states"])],
    )
    smallest, expected = minimize(machine), entry["minimal"]
    assert smallest.size == entry["minimal_dfa_size"]
    assert smallest.transitions.tolist() == expected["table"]
    assert [q for q, output in enumerate(smallest.outputs) if output] == expected["accepting"]
    assert [count(smallest, n) for n in range(11)] == entry["num_accepted_by_length_0_to_10"]


def test_outputs_are_compared_as_json_values():
    different = [1, True, 1.0, "1", "true", None, [1], [True], {"a": 1}, {"a": True}, "", [], {}]
    states = len(different)
    cycle = [[(q + 1) % states] for q in range(states)]
    machine = Machine(alphabet="a", transitions=cycle, initial=0, outputs=different)
    assert minimize(machine).size == states
    assert [repr(o) for o in minimize(machine).outputs] == [repr(o) for o in different]


def test_equal_json_values_are_merged():
    same = [{"x": 1, "y": [2]}, {"y": [2], "x": 1}, {"x": 1, "y": (2,)}]
    machine = Machine(alphabet="a", transitions=[[1], [2], [0]], initial=0, outputs=same)
    assert minimize(machine).size == 1


def test_an_output_that_is_no_json_value_is_refused():
    machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[{1, 2}])
    with pytest.raises(InputError, match="not a JSON value"):
        minimize(machine)


def test_points_belong_to_the_letters_and_stay():
    points = ((1, 0, 2), (1, 2, 0))
    machine = Machine(
        alphabet="sc", transitions=[[1, 0], [0, 1]], initial=1, outputs=[0, 1], points=points
    )
    assert minimize(machine).points == points


def test_only_reachable_states_are_kept(implementation):
    machine = Machine(
        alphabet="a", transitions=[[0], [0], [1]], initial=1, outputs=["never", "start", "x"]
    )
    assert minimize(machine).outputs == ("start", "never")
