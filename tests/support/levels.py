"""Levels of a decomposition, followed letter by letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from negeig.automata.decomposition.stages import Stages
from negeig.automata.machines.machine import Machine


def contexts(stages: Stages, points: Sequence[int]) -> list[Any]:
    """What each level has above it, and last what all of them say together."""
    found: list[Any] = [next(iter(stages.stages[0].splits))]
    for stage, point in zip(stages.stages, points, strict=True):
        found.append(stage.splits[found[-1]][point])
    return found


def follows(machine: Machine, stages: Stages, word: Sequence[int]) -> bool:
    """Whether the points of the levels, read together, are the state after every letter."""
    points, state = list(stages.initial), machine.initial
    for column in word:
        before = contexts(stages, points)
        state = int(machine.transitions[state, column])
        after = [before[0]]
        for i, stage in enumerate(stages.stages):
            points[i] = stage.maps[before[i], column, after[i]][points[i]]
            after.append(stage.splits[after[i]][points[i]])
        if stages.states[after[-1]] != state:
            return False
    return True
