"""Check of the theorem about closures: pairs of states that letters carry into each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.precision.closure.reference import to_bits
from negeig.precision.numbers.arithmetic import parse
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.subjects.long_words import (
    changed,
    inverted,
    next_state,
    outputs_of,
    right_on_long_words,
    semantics,
)
from negeig.proofs_checks.theorem_checks.subjects.networks import by_one_hot, does
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, machine
from negeig.theory.closure.explore import Semantics
from negeig.theory.networks.network import LinearRNN
from negeig.theory.theorems import ids


@dataclass(frozen=True)
class _Listed:
    """A network as it runs, the machine of its task, and pairs of their states."""

    network: LinearRNN
    task: Machine
    pairs: frozenset[tuple[Any, int]]
    arithmetic: str = "exact"

    @property
    def run(self) -> Semantics[Any]:
        return semantics(self.network, self.arithmetic)


def _reached(
    network: LinearRNN, task: Machine, arithmetic: str = "exact", most: int | None = None
) -> _Listed:
    """Return a network with the pairs that words reach, those of up to ``most`` letters."""
    run = semantics(network, arithmetic)
    new = {(run.initial(), task.initial)}
    pairs = set(new)
    length = 0
    while new and length != most:
        new = {
            (run.step(state, letter)[0], next_state(task, q, letter))
            for state, q in new
            for letter in task.alphabet
        } - pairs
        pairs |= new
        length += 1
    return _Listed(network, task, frozenset(pairs), arithmetic)


def _closed(task: str, route: str, arithmetic: str = "exact") -> _Listed:
    it = does(route, task)
    return _reached(it.network, it.task, arithmetic)


def _run_in(task: str, route: str, arithmetic: str) -> _Listed:
    """Return a network that runs rounded, with the pairs of its exact states, each rounded."""
    found = _closed(task, route)
    store = parse(arithmetic).state_rounding.round
    pairs = {
        (tuple(to_bits([float(store(Fraction(float(x)))) for x in v]) for v in state), q)
        for state, q in found.pairs
    }
    return replace(found, pairs=frozenset(pairs), arithmetic=arithmetic)


def _start_is_listed(it: _Listed) -> bool:
    return (it.run.initial(), it.task.initial) in it.pairs


def _letters_stay(it: _Listed) -> bool:
    run = it.run
    return all(
        (run.step(state, letter)[0], next_state(it.task, q, letter)) in it.pairs
        for state, q in it.pairs
        for letter in it.task.alphabet
    )


def _letters_are_answered(it: _Listed) -> bool:
    """Whether the empty word is answered rightly, and each letter read in a listed pair."""
    run, wanted = it.run, it.task.outputs
    if it.network.empty != wanted[it.task.initial]:
        return False
    for state, q in it.pairs:
        for letter in it.task.alphabet:
            _, symbol = run.step(state, letter)
            output = wanted[next_state(it.task, q, letter)]
            if symbol is None or it.network.outputs[symbol] != output:
                return False
    return True


CHECKS: tuple[Check[Any], ...] = (
    Check(
        ids.CLOSURE,
        hypotheses=(_start_is_listed, _letters_stay, _letters_are_answered),
        conclusion=lambda it: right_on_long_words(outputs_of(it.network, it.arithmetic), it.task),
        cases=(
            *each(
                "{0} is closed ({1}) and right on 50 words of 40 letters",
                _closed,
                (("parity", "scalar"), ("sym:4", "permutation"), ("dyck1:2", "partial-injection")),
            ),
            Case(
                "and in bf16, every operation rounded",
                lambda: _closed("sym:4", "permutation", "bf16"),
            ),
            Case(
                "a start that is not listed: parity, begun at the other state",
                lambda: replace(
                    (it := _closed("parity", "scalar")),
                    network=changed(it.network, initial=(-ONE,)),
                ),
                without=0,
            ),
            Case(
                "arithmetic that was not explored: mod:7 by turns is right exactly, not in e5m2",
                lambda: _run_in("mod:7", "rotations", "e5m2"),
                without=1,
            ),
            Case(
                "words of up to one letter: counting modulo 4 is counting modulo 3 so far",
                lambda: _reached(by_one_hot("mod:4").network, machine("mod:3"), most=1),
                without=1,
            ),
            Case(
                "outputs that are not the machine's: yes for no",
                lambda: replace((it := _closed("parity", "scalar")), network=inverted(it.network)),
                without=2,
            ),
        ),
    ),
)
