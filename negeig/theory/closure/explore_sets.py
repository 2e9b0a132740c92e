"""Every reachable state of a network whose letters have several outcomes, beside a machine.

What :mod:`~negeig.theory.closure.explore` is for arithmetics in which a letter leads from one
state to one state. Here a word and the choices made on the way lead to a state, and a network is
right only where it is right on every word *for every choice*.
"""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, LimitReached, Progress, Word
from negeig.theory.closure.explore import (
    REPORT_EVERY,
    Exploration,
    Task,
    limit_reason,
    spell,
)
from negeig.theory.networks.network import LinearRNN

State = TypeVar("State", bound=Hashable)

OUTCOMES_A_STATE = 256
"""Outcomes that are looked at, for each state that is allowed: a count, so a limit of work."""


class SetSemantics(Protocol[State]):
    """A network in one arithmetic with choices. Equal states have equal futures."""

    def initial(self) -> State:
        """Return the state of the whole network before the first letter."""
        ...

    def outcomes_of(self, state: State, letter: Letter) -> Iterable[tuple[State, Letter | None]]:
        """Yield every state after one task letter, and the symbol the last layer emits there.

        At least one; the order is always the same. The symbol is None when a layer's state cannot
        be decoded. May raise LimitReached.
        """
        ...


def explore_sets(
    semantics: SetSemantics[State],
    network: LinearRNN,
    machine: Machine,
    *,
    max_states: int = 2_000_000,
    progress: Progress | None = None,
) -> Exploration:
    """Explore all states that any choices lead to, together with a machine, breadth first.

    Parameters and errors are those of :func:`negeig.theory.closure.explore.explore`.

    Returns
    -------
    Exploration
        ``proved``: right on every word, whatever is chosen. ``wrong``: a shortest word on which
        some choices err; :func:`erring_run` finds them again. ``collision``: two words that with
        some choices lead to the same state with the same last letter, though the machine's
        outputs differ: no decoder is right for all choices. The tables err on ``wrong_word``,
        which is one of the two where none was met before: ``wrong_is_shortest`` says whether
        shorter ones are known to be right. ``open``: a limit was reached, on
        states or on outcomes, of which there are ``OUTCOMES_A_STATE`` times as many allowed.

    Notes
    -----
    Time: one step for each state, letter and outcome. Breadth first over all choices, so a wrong
    word is a shortest one among all words and choices.
    """
    started = time.perf_counter()
    task = Task(network, machine)
    first = semantics.initial()
    number = {first: 0}
    states, reached, depths = [first], [task.initial], [0]
    origin: list[tuple[int, Letter]] = [(-1, "")]
    arrivals: dict[tuple[int, Letter], int] = {}
    wrong: Word | None = None if task.empty_is_right else ()
    looked_at, most = 0, OUTCOMES_A_STATE * max_states

    def finish(collision: tuple[Word, Word] | None = None, reason: str = "") -> Exploration:
        return Exploration.conclude(
            states=len(states),
            depth=depths[-1],
            wrong=wrong,
            collision=collision,
            reason=reason,
            seconds=time.perf_counter() - started,
        )

    def collide(
        one: Word, p: int, two: Word, q: int, state: State, symbol: Letter | None
    ) -> Exploration:
        """Conclude, with the state and symbol at which the two words meet; the second is last."""
        nonlocal wrong
        words = task.collision(one, p, two, q)
        if wrong is not None:
            return finish(words)
        try:
            wrong = erring_word(semantics, task, words, len(one), p, state, symbol)
        except LimitReached as limit:
            return finish(reason=str(limit))
        # All words that are shorter than the second one have been read.
        return replace(finish(words), wrong_is_shortest=len(wrong) <= len(two))

    for source, state in enumerate(states):
        for column, letter in enumerate(task.alphabet):
            goal = task.delta[reached[source]][column]
            outcomes = iter(semantics.outcomes_of(state, letter))
            while True:
                try:
                    if progress is not None and looked_at % REPORT_EVERY == 0:
                        progress(len(states))
                    if looked_at >= most:
                        raise outcomes_limit(most, len(states))
                    found = next(outcomes, None)
                except LimitReached as limit:
                    return finish(reason=str(limit))
                if found is None:
                    break
                looked_at += 1
                after, symbol = found
                if wrong is None and not task.is_right(symbol, goal):
                    wrong = (*spell(origin, source), letter)
                target = number.setdefault(after, len(states))
                if target == len(states):
                    if len(states) >= max_states:
                        return finish(reason=limit_reason(max_states, len(states), depths[-1]))
                    states.append(after)
                    reached.append(goal)
                    depths.append(depths[source] + 1)
                    origin.append((source, letter))
                elif task.row[reached[target]] != task.row[goal]:
                    here, one = (*spell(origin, source), letter), spell(origin, target)
                    return collide(one, reached[target], here, goal, after, symbol)
                if task.has_twins:
                    # Same successors, other output: wrong only when the last letter is the same.
                    other = arrivals.setdefault((target, letter), source)
                    other_goal = task.delta[reached[other]][column]
                    if other_goal != goal:
                        one, here = spell(origin, other), spell(origin, source)
                        return collide(
                            (*one, letter), other_goal, (*here, letter), goal, after, symbol
                        )
    return finish()


def erring_word(
    semantics: SetSemantics[State],
    task: Task,
    words: tuple[Word, Word],
    length: int,
    p: int,
    state: State,
    symbol: Letter | None,
) -> Word:
    """Return the word of a collision on which the tables err.

    The first word reaches ``state`` after ``length`` letters, where the machine is in p, and
    ``symbol`` was emitted; both go on alike. On one run of choices from there the tables emit the
    same after both, where the outputs differ.
    """
    for letter in words[0][length:]:
        state, symbol = next(iter(semantics.outcomes_of(state, letter)))
        p = task.delta[p][task.alphabet.index(letter)]
    return words[0] if not task.is_right(symbol, p) else words[1]


def outcomes_limit(most: int, states: int) -> LimitReached:
    """Return the error that as many outcomes were looked at as may be."""
    return LimitReached(
        "outcomes of letters",
        most,
        reached=most,
        option="--max-closure",
        detail=f"{states:,} network states",
    )


def erring_run(
    semantics: SetSemantics[State], network: LinearRNN, machine: Machine, word: Word
) -> tuple[State, ...] | None:
    """Return states, one after each letter, by which some choices err on a word; None if none do.

    The replay of a wrong word: every state is one of the outcomes of the one before. Time and
    memory: the states that some choices reach after each prefix. The empty word has no states.
    """
    task = Task(network, machine)
    goal = task.initial
    layers: list[dict[State, State | None]] = [{semantics.initial(): None}]
    wrong: State | None = None
    for letter in word:
        goal = task.delta[goal][task.alphabet.index(letter)]
        after: dict[State, State | None] = {}
        wrong = None
        for state in layers[-1]:
            for target, symbol in semantics.outcomes_of(state, letter):
                after.setdefault(target, state)
                if wrong is None and not task.is_right(symbol, goal):
                    wrong = target
                    after[target] = state
        layers.append(after)
    if wrong is None:
        return () if not word and not task.empty_is_right else None
    run = [wrong]
    for before in reversed(layers[2:]):
        previous = before[run[-1]]
        if previous is None:
            raise ValueError("a state of a later letter has one before it")
        run.append(previous)
    return tuple(reversed(run))
