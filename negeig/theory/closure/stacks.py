"""A stack of layers explored: all its states where they are few, otherwise layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, Progress, Stopped
from negeig.theory.closure import by_sets
from negeig.theory.closure.explore import Exploration, Task, explore
from negeig.theory.closure.layerwise import layerwise
from negeig.theory.closure.transducers import Close, Transducer, transducer
from negeig.theory.networks.network import LinearRNN

LAYER_STATES = 100_000
"""Largest number of states of one layer in a proof layer by layer."""


def explore_stack(
    direct: Callable[[int], Exploration],
    close: Close,
    network: LinearRNN,
    machine: Machine,
    *,
    max_states: int,
    direct_states: int,
    progress: Progress | None = None,
) -> Exploration:
    """Explore a stack of layers: all its states where they are few, otherwise layer by layer.

    ``direct`` explores the network up to a number of states. When that is open at
    ``direct_states`` and every layer closes over its own letters, each is replaced by its minimal
    transducer. These are walked through one after the other with sets of the machine's states
    (:mod:`negeig.theory.closure.by_sets`); where that is no proof they are composed
    (:mod:`negeig.theory.closure.layerwise`). ``reason`` says which of the two gave the verdict, and
    ``states`` counts the states met, fewer than there are. Otherwise ``direct`` goes on to
    ``max_states``; a single layer may have no more states either.
    """
    few = min(direct_states, max_states)
    first = direct(few)
    if not first.reason:
        return first

    def go_on() -> Exploration:
        return first if few == max_states else direct(max_states)

    layers: list[Transducer] = []
    for layer in network.layers:
        try:
            found = transducer(layer, network.field, close)
        except Stopped:
            raise
        except LimitReached:  # over all words of its letters, of which the stack may send few
            found = None
        if found is None:
            return go_on()
        layers.append(found)
    each = ", ".join(f"{layer.states:,}" for layer in layers)
    closed = f"layer by layer: the layers close at {each} states"
    more = f"the stack itself has more than {few:,}"
    task = Task(network, machine)
    sets, result = _of_transducers(
        layers, network, task, machine, first.verdict == "open", max_states, progress
    )
    if sets is not None:
        left = ", ".join(f"{count:,}" for count in sets)
        reason = f"{closed} and leave {left} sets of the machine's states; {more}"
        return replace(first, verdict="proved", decoder_exists=True, reason=reason, layerwise=True)
    if result is not None and result.verdict in ("proved", "wrong"):
        return replace(
            result,
            states=first.states,
            decoder_exists=True if result.verdict == "proved" else None,
            reason=f"{closed}, their minimal transducers together at {result.states:,}; {more}",
            layerwise=True,
        )
    return go_on()


MAX_KEPT = 1_000_000
"""Most states times letters of the transducers that are kept for the next arithmetic."""

_Found: TypeAlias = tuple[list[int] | None, Exploration | None]

_LAST: list[tuple[Any, _Found]] = []
"""What was found last, after all that it depends on. In most arithmetics in which a network is
right its layers are the same transducers."""


def _of_transducers(
    layers: Sequence[Transducer],
    network: LinearRNN,
    task: Task,
    machine: Machine,
    may_be_right: bool,
    max_states: int,
    progress: Progress | None,
) -> _Found:
    """Return how many sets each layer leaves where that is a proof, or else the composition."""
    depends = [
        [(layer.actions, layer.after, layer.emitted) for layer in layers],
        (task.alphabet, task.initial, task.delta, task.wanted, task.emitted, task.empty_is_right),
        (may_be_right, max_states, by_sets.MAX_EDGES),
    ]
    for known, found in _LAST:
        if known == depends:
            return found
    sets = by_sets.proved_by_sets(task, layers, progress) if may_be_right else None
    result = None
    if sets is None:
        stack = layerwise(layers, max_together=max_states, progress=progress)
        if stack is not None:
            result = explore(stack, network, machine, max_states=max_states, progress=progress)
    entries = sum(len(layer.after) * len(layer.actions) for layer in layers)
    if entries <= MAX_KEPT and (result is None or not result.reason):  # it may have been stopped
        _LAST[:] = [(depends, (sets, result))]
    return sets, result
