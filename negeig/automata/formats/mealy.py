"""Machines with outputs on their edges, as machines with outputs in their states.

A Mealy machine writes one output for each letter. As a task its output after a word is that of the
last step; before the first letter there is none, which is null. Source: Moore, Gedanken-experiments
on sequential machines, 1956; Mealy, A method for synthesizing sequential circuits, 1955.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from negeig.automata.formats.completion import MISSING, Notices, complete
from negeig.automata.formats.json_file import loads, output_problem
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, shown
from negeig.claims import Letter, Output

Step = tuple[int, int, int, str]
"""An edge: source, column of the letter, target, output as the file has it."""

READ_AS_MEALY = "read as a Mealy machine: the output after a word is that of its last letter"


def complete_mealy(
    source: str,
    *,
    alphabet: Sequence[Letter],
    states: Sequence[str],
    steps: Iterable[Step],
    initial: Sequence[int],
    max_states: int,
    final: Sequence[bool] | None = None,
) -> tuple[Machine, Notices]:
    """Return the machine whose output after a word is that of the last step; null before it.

    A state is split by the outputs of the edges that lead to it, and only what can be reached is
    kept. States are numbered breadth first.

    Parameters
    ----------
    source : str
        Name of the input, for messages.
    states : sequence of str
        What messages call the states.
    steps : iterable of (source, column, target, output)
        At most one for each state and letter. The output is text, :func:`output_value` its value.
    initial : sequence of int
        Exactly one.
    final : sequence of bool, optional
        Where a word may end; after other words the output is null.

    Raises
    ------
    InputError
        Two steps on one letter, several initial states, or an output that cannot be read.
    LimitReached
        The machine would have more than ``max_states`` states.

    Examples
    --------
    >>> machine, notices = complete_mealy("lamp", alphabet=["press"], states=["off", "on"],
    ...     steps=[(0, 0, 1, "lit"), (1, 0, 0, "dark")], initial=[0], max_states=10)
    >>> machine.run(["press", "press"]), notices == (READ_AS_MEALY,)
    ((None, 'lit', 'dark'), True)
    """
    problems = Problems(source)
    if len(initial) != 1:
        problems.add(f"a Mealy machine has one initial state, found {len(initial)}")
    taken: dict[tuple[int, int], tuple[int, str]] = {}
    for state, column, target, output in steps:
        known = taken.setdefault((state, column), (target, output))
        if known != (target, output):
            where = f"state {shown(states[state])}, letter {shown(alphabet[column])}"
            problems.add(f"{where}: two steps; a Mealy machine must be deterministic")
    values: dict[str, Output] = {}
    for _, output in taken.values():
        if output not in values:
            values[output] = output_value(output)
            if problem := output_problem(values[output]):
                problems.add(f"output {shown(output)}: {problem}")
    if problems:
        raise problems.error()
    numbers: dict[tuple[int, str | None], int] = {(initial[0], None): 0}
    order: list[tuple[int, str | None]] = [(initial[0], None)]
    rows: list[list[int]] = []
    for state, _ in order:
        row = []
        for column in range(len(alphabet)):
            step = taken.get((state, column))
            if step is None:
                row.append(MISSING)
                continue
            if step not in numbers:
                numbers[step] = len(order)
                order.append(step)
                check_size(len(order), len(alphabet), max_states, source)
            row.append(numbers[step])
        rows.append(row)
    outputs = [
        None if text is None or (final is not None and not final[state]) else values[text]
        for state, text in order
    ]
    machine, notices = complete(
        source,
        alphabet=alphabet,
        table=np.array(rows, dtype=np.int32).reshape(len(rows), len(alphabet)),
        choices={},
        initial=[0],
        outputs=outputs,
        max_states=max_states,
    )
    return machine, (READ_AS_MEALY, *notices)


def output_value(text: str) -> Output:
    """Return a text that is a JSON value as that value, and any other text as it is.

    Examples
    --------
    >>> output_value("1"), output_value("lit"), output_value('"1"')
    (1, 'lit', '1')
    """
    try:
        return loads(text)
    except ValueError:
        return text
