"""Minimal machines: Hopcroft's partition refinement, and states numbered breadth first."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine, Transitions
from negeig.claims import InputError, Output

Numbers = NDArray[np.int32]
"""One number for each state."""

COMPILED_FROM = 250_000
"""Table entries from which loading the compiled functions costs less than it saves."""


def minimize(machine: Machine) -> Machine:
    """Return the minimal machine for the same outputs; two equivalent machines give equal ones.

    Only reachable states are kept. States are numbered breadth first from the initial state,
    which becomes 0, letters in alphabet order: state numbers follow the shortest, then first,
    word that reaches a state. Outputs are compared as JSON values, so 1, 1.0 and true differ.
    ``points`` are kept. Complexity: O(states x letters x log states).

    Source: Hopcroft, An n log n algorithm for minimizing states in a finite automaton, 1971.

    Raises
    ------
    InputError
        When an output is not a JSON value.

    Examples
    --------
    >>> even = Machine(alphabet="a", transitions=[[1], [2], [3], [0]], initial=2,
    ...                outputs=[1, 0, 1, 0])
    >>> minimize(even) == Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    True
    """
    if machine.transitions.size < COMPILED_FROM:
        reach, refine = breadth_first, partition
    else:
        from negeig.automata.machines import _minimize_compiled as compiled

        reach, refine = compiled.breadth_first, compiled.partition
    order = reach(machine.transitions, machine.initial)
    position = np.zeros(machine.size, dtype=np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    table = position[machine.transitions[order]]
    outputs = [machine.outputs[state] for state in order.tolist()]
    blocks = refine(table, colours(outputs))

    # A block's first state in breadth-first order has the block's first access word, so numbering
    # the blocks by their first states numbers the quotient breadth first.
    _, firsts = np.unique(blocks, return_index=True)
    firsts.sort()
    renumbered = np.empty(len(firsts), dtype=np.int32)
    renumbered[blocks[firsts]] = np.arange(len(firsts), dtype=np.int32)
    return Machine(
        alphabet=machine.alphabet,
        transitions=renumbered[blocks[table[firsts]]],
        initial=0,
        outputs=[outputs[state] for state in firsts.tolist()],
        points=machine.points,
    )


def colours(outputs: Sequence[Output]) -> Numbers:
    """Return a number for each output, 0, 1, ... by first occurrence; equal JSON values share one.

    Examples
    --------
    >>> colours([1, True, 1.0, "1", [1], 1]).tolist()
    [0, 1, 2, 3, 4, 0]
    """
    numbers: dict[int | str, int] = {}
    return np.array([numbers.setdefault(_key(o), len(numbers)) for o in outputs], dtype=np.int32)


_ENCODER = json.JSONEncoder(sort_keys=True)


def _key(output: Output) -> int | str:
    """Map a JSON value to something hashable, different values to different keys."""
    if type(output) is int:
        return output
    try:
        return _ENCODER.encode(output)
    except (TypeError, ValueError):
        raise InputError("machine", f"output {output!r} is not a JSON value") from None


def breadth_first(table: Transitions, initial: int) -> Numbers:
    """Return the states reachable from ``initial`` in breadth-first order, letters in order.

    Examples
    --------
    >>> breadth_first(np.array([[0, 2], [0, 0], [2, 1]], dtype=np.int32), 2).tolist()
    [2, 1, 0]
    """
    rows = table.tolist()
    order = [initial]
    seen = {initial}
    for state in order:  # grows while it is walked
        for target in rows[state]:
            if target not in seen:
                seen.add(target)
                order.append(target)
    return np.array(order, dtype=np.int32)


def partition(table: Transitions, colours: Numbers) -> Numbers:
    """Return the block of each state in the coarsest stable partition that respects the colours.

    Colours are 0, 1, ..., each of at least one state. States share a block exactly when every
    word leads them to states of one colour. Block numbers are 0, 1, ... in no particular order.
    This is the specification of the compiled function of the same name, and the faster of the two
    on small machines, where loading that one takes longer than the work.

    Examples
    --------
    >>> blocks = partition(np.array([[1], [2], [3], [0]], dtype=np.int32), np.array([0, 1, 0, 1]))
    >>> bool(blocks[0] == blocks[2] != blocks[1] == blocks[3])
    True
    """
    states = len(colours)
    sources: list[list[list[int]]] = []
    for column in table.T.tolist():
        into: list[list[int]] = [[] for _ in range(states)]
        for source, target in enumerate(column):
            into[target].append(source)
        sources.append(into)

    block_of: list[int] = colours.tolist()
    blocks: list[set[int]] = [set() for _ in range(max(block_of) + 1)]
    for state, block in enumerate(block_of):
        blocks[block].add(state)

    # Stable for all blocks but one is stable for that one too, so the largest may be left out.
    largest = max(range(len(blocks)), key=lambda block: len(blocks[block]))
    waiting = [block for block in range(len(blocks)) if block != largest]
    while waiting:
        splitter = list(blocks[waiting.pop()])  # a copy: the block itself may be split below
        for into in sources:
            hit: dict[int, list[int]] = {}
            for state in splitter:
                for source in into[state]:
                    hit.setdefault(block_of[source], []).append(source)
            for block, inside in hit.items():
                members = blocks[block]
                if len(inside) == len(members):
                    continue
                smaller = set(inside)
                if 2 * len(inside) > len(members):
                    smaller = members - smaller
                # The smaller part is the new block, so it is the one to wait, whether or not the
                # old block is waiting already: hence log n visits of a state.
                members -= smaller
                for state in smaller:
                    block_of[state] = len(blocks)
                waiting.append(len(blocks))
                blocks.append(smaller)
    return np.array(block_of, dtype=np.int32)
