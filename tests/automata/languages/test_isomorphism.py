"""Isomorphisms, against trying every renaming of states and letters."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from negeig.automata import zoo
from negeig.automata.languages.isomorphism import isomorphism
from negeig.automata.languages.reachability import reachable
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import minimize
from negeig.automata.machines.operations import equivalent
from negeig.claims import LimitReached
from support.machines import minimal_machines, small_machines

SMALL = minimal_machines(2)


def is_renaming(first: Machine, second: Machine, states: dict[int, int], letters: dict[str, str]):
    """Whether the maps are bijections of reachable states and letters that keep everything."""
    if sorted(letters) != sorted(first.alphabet) or sorted(letters.values()) != sorted(
        second.alphabet
    ):
        return False
    if sorted(states) != np.flatnonzero(reachable(first)).tolist():
        return False
    if sorted(states.values()) != np.flatnonzero(reachable(second)).tolist():
        return False
    return (
        states[first.initial] == second.initial
        and all(first.outputs[p] == second.outputs[q] for p, q in states.items())
        and all(
            states[int(first.transitions[p, first.index(a)])]
            == int(second.transitions[q, second.index(b)])
            for p, q in states.items()
            for a, b in letters.items()
        )
    )


def exists(first: Machine, second: Machine, rename: bool) -> bool:
    left = np.flatnonzero(reachable(first)).tolist()
    right = np.flatnonzero(reachable(second)).tolist()
    names = permutations(second.alphabet) if rename else [first.alphabet]
    return len(left) == len(right) and any(
        is_renaming(
            first,
            second,
            dict(zip(left, image, strict=True)),
            dict(zip(first.alphabet, letters, strict=True)),
        )
        for letters in names
        for image in permutations(right)
    )


def check(first: Machine, second: Machine) -> tuple[bool, bool]:
    answers = []
    for rename in (False, True):
        found = isomorphism(first, second, rename_letters=rename)
        assert (found is not None) == exists(first, second, rename)
        if found is not None:
            assert is_renaming(first, second, *found)
            assert rename or all(a == b for a, b in found.letters.items())
        answers.append(found is not None)
    return answers[0], answers[1]


def test_every_pair_of_tables_with_two_states() -> None:
    machines = list(small_machines(2))
    seen = {check(first, second) for first in machines[::3] for second in machines[::5]}
    assert seen == {(False, False), (False, True), (True, True)}


def test_isomorphic_minimal_machines_are_equivalent_ones() -> None:
    for first in SMALL:
        for second in SMALL:
            assert (isomorphism(first, second) is not None) == equivalent(first, second)


def renamed(machine: Machine, rng: np.random.Generator, letters: bool) -> Machine:
    """The same machine with states shuffled, letters shuffled or only their columns."""
    states = rng.permutation(machine.size)
    columns = rng.permutation(len(machine.alphabet))
    back = np.argsort(states)
    names = machine.alphabet if letters else [machine.alphabet[c] for c in columns]
    return Machine(
        alphabet=names,
        transitions=states[machine.transitions[back][:, columns]],
        initial=int(states[machine.initial]),
        outputs=[machine.outputs[q] for q in back.tolist()],
    )


def test_renamed_random_machines_and_ones_with_an_edge_changed() -> None:
    seed = 41
    print("seed", seed)
    rng = np.random.default_rng(seed)
    outcomes = set()
    for _ in range(150):
        n, k = int(rng.integers(1, 5)), int(rng.integers(1, 4))
        machine = Machine(
            alphabet=[f"x{i}" for i in range(k)],
            transitions=rng.integers(0, n, (n, k)),
            initial=0,
            outputs=rng.integers(0, 2, n).tolist(),
        )
        for letters in (False, True):
            other = renamed(machine, rng, letters)
            assert check(machine, other)[1]
            assert letters or check(machine, other)[0]
            table = np.array(other.transitions)
            table[rng.integers(n), rng.integers(k)] = rng.integers(n)
            changed = Machine(
                alphabet=other.alphabet,
                transitions=table,
                initial=other.initial,
                outputs=other.outputs,
            )
            outcomes.add(check(machine, changed))
    assert outcomes == {(False, False), (False, True), (True, True)}


@pytest.mark.parametrize("name", ["sym:5", "sym:5:swaps", "modarith:5", "dihedral:12", "dyck2:3"])
def test_zoo_tasks_renamed(name: str) -> None:
    seed = 43
    print("seed", seed)
    rng = np.random.default_rng(seed)
    machine = zoo.get(name)
    for letters in (False, True):
        other = renamed(machine, rng, letters)
        found = isomorphism(machine, other, rename_letters=letters)
        assert found is not None
        assert is_renaming(machine, other, *found)
    outputs = list(machine.outputs)
    outputs[-1] = "another"
    changed = Machine(
        alphabet=machine.alphabet,
        transitions=machine.transitions,
        initial=machine.initial,
        outputs=outputs,
    )
    assert isomorphism(machine, changed, rename_letters=True) is None


def test_letters_may_have_any_names() -> None:
    first = Machine(alphabet="ab", transitions=[[1, 0], [1, 1]], initial=0, outputs=[0, 1])
    second = Machine(alphabet="xy", transitions=[[0, 1], [1, 1]], initial=0, outputs=[0, 1])
    assert isomorphism(first, second) is None
    found = isomorphism(first, second, rename_letters=True)
    assert found is not None
    assert found.letters == {"a": "y", "b": "x"}
    third = Machine(alphabet="x", transitions=[[0]], initial=0, outputs=[0])
    assert isomorphism(first, third, rename_letters=True) is None


def test_many_interchangeable_letters_take_one_try_each() -> None:
    k = 40
    rows = [[1] * k + [0], [0] * k + [1]]
    machine = Machine(alphabet=[f"x{i}" for i in range(k + 1)], transitions=rows, initial=0,
                      outputs=[0, 1])  # fmt: skip
    assert isomorphism(machine, machine, rename_letters=True, max_tries=k + 1) is not None
    with pytest.raises(LimitReached, match="letters tried"):
        isomorphism(machine, machine, rename_letters=True, max_tries=k)


def test_what_refinement_cannot_tell_apart_is_searched() -> None:
    """Word problems whose Cayley graphs are regular: every state and letter looks the same."""

    def cayley(generators: list[list[int]], outputs: list[int]) -> Machine:
        return Machine(
            alphabet="abcdef"[: len(generators)],
            transitions=np.array(generators).T,
            initial=0,
            outputs=outputs,
        )

    six = [[(q + s) % 6 for q in range(6)] for s in (1, 2, 4, 5)]
    other = [[(q + s) % 6 for q in range(6)] for s in (1, 2, 3, 5)]
    flat = [0] * 6
    assert isomorphism(cayley(six, flat), cayley(six[::-1], flat), rename_letters=True)
    assert isomorphism(cayley(six, flat), cayley(other, flat), rename_letters=True) is None
    assert minimize(cayley(six, flat)).size == 1
