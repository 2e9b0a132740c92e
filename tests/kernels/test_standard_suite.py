"""The suite's networks are right for their machines, and need what they are there to test."""

import itertools
import pickle
from dataclasses import fields

import numpy as np
import pytest

from negeig.claims import LimitReached
from negeig.kernels.exact_states import ExactWalk, machine_of
from negeig.kernels.implementation import held
from negeig.kernels.positions import NEEDS, needs
from negeig.kernels.standard_suite import TASKS
from negeig.theory.closure.exact_search import exact_closure
from negeig.theory.networks.network_json import dumps


@pytest.mark.parametrize("name", TASKS)
def test_a_network_is_right(name: str) -> None:
    task = TASKS[name]
    assert (task.name, bool(task.about)) == (name, True)
    letters = task.machine.alphabet
    assert task.network.alphabet == letters
    for word in itertools.product(range(len(letters)), repeat=5):
        q, expected = task.machine.initial, []
        for a in word:
            q = task.machine.transitions[q, a]
            expected.append(task.machine.outputs[q])
        assert task.network.run([letters[a] for a in word])[1:] == tuple(expected)


@pytest.mark.parametrize("name", [n for n in TASKS if not {"digits", "decay"} & set(n.split("-"))])
def test_a_network_is_proved(name: str) -> None:
    assert exact_closure(TASKS[name].network, TASKS[name].machine).verdict == "proved"


def test_the_suite_needs_everything_that_an_interface_may_lack() -> None:
    needed = {need for task in TASKS.values() for need in needs(task.network)}
    assert needed == set(NEEDS)
    dims = {layer.dim for task in TASKS.values() for layer in task.network.layers}
    assert {1, 3, 5} <= dims, "odd dimensions"


def test_exact_states_are_those_of_the_layers() -> None:
    task = TASKS["two-layers"]
    words = np.array([[1, 0, 1, 1], [0, 0, 0, 1]], np.int32)
    run = ExactWalk(task.network).run(words, task.machine.alphabet)
    low, high = (p[n] for p, n in zip(run.points, run.numbers, strict=True))
    assert low[:, :, 0].tolist() == [[-1, -1, 1, -1], [1, 1, 1, -1]]
    assert high[:, :, 0].tolist() == [[1, 1, -1, -1], [1, 1, 1, 1]]
    assert run.symbols.tolist() == [[1, 1, 2, 3], [0, 0, 0, 1]]


def test_states_that_never_repeat_are_followed_as_far_as_they_are_small(monkeypatch) -> None:
    monkeypatch.setattr("negeig.kernels.exact_states.MAX_BITS", 64)
    task = TASKS["digits"]
    words = np.zeros((2, 100), np.int32)
    run = ExactWalk(task.network).run(words, task.machine.alphabet)
    assert run.numbers.shape == (1, 2, 29)  # two bits a letter, and five at the start
    monkeypatch.setattr("negeig.kernels.exact_states.MAX_BITS", 1)
    with pytest.raises(LimitReached, match="never repeat"):
        ExactWalk(task.network).run(words, task.machine.alphabet)


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_pickled(name: str) -> None:
    """Number fields cannot be pickled; processes of implementations are given tasks."""
    task = TASKS[name]
    again = pickle.loads(pickle.dumps(task))
    assert again.machine == task.machine
    assert dumps(again.network) == dumps(task.network)
    for field in fields(task):
        if field.name not in ("network", "machine"):
            assert getattr(again, field.name) == getattr(task, field.name)


@pytest.mark.parametrize("name", ["parity", "s3-swaps", "two-layers", "mod3-rotations", "mirror"])
def test_the_machine_of_a_network_is_its_task(name: str) -> None:
    task = TASKS[name]
    assert machine_of(task.network, 1000).difference(task.machine) is None


def test_a_network_without_end_has_no_machine() -> None:
    with pytest.raises(LimitReached, match="name the language"):
        machine_of(TASKS["digits"].network, 100)


def test_states_are_held_to_nearest_even() -> None:
    values = np.array([515, 513, 514, 518, 0.1, 1e30, -1e30])
    assert held(values, "bf16")[:4].tolist() == [516, 512, 512, 520]
    assert held(values, "fp16")[-2:].tolist() == [np.inf, -np.inf]
    assert held(values, "fp32")[4] == np.float32(0.1)
