"""From what a file holds, a partial or nondeterministic table, to a complete machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from negeig.automata.machines.machine import Machine
from negeig.automata.machines.minimize import breadth_first
from negeig.automata.machines.nfa import NFA, determinize
from negeig.automata.machines.size import check_size
from negeig.automata.problems import Problems, shown
from negeig.claims import Letter, Output

MISSING = -1
"""Entry of a table where there is no transition."""

Notices = tuple[str, ...]
"""What was done to the machine while reading it, for people."""

NOTHING_ACCEPTS = "no state accepts, so the language is empty"
OUT_OF_REACH = "no state that accepts can be reached, so the language is empty"

Choices = Mapping[tuple[int, int], tuple[int, ...]]
"""Two or more targets, by state and column."""


def tabulate(
    states: int, letters: int, edges: Iterable[tuple[int, int, int]]
) -> tuple[NDArray[np.int32], Choices]:
    """Return the table of edges (source, column, target), and its entries that are choices.

    Examples
    --------
    >>> table, choices = tabulate(2, 1, [(0, 0, 1), (0, 0, 0), (0, 0, 1)])
    >>> table.tolist(), choices
    ([[1], [-1]], {(0, 0): (0, 1)})
    """
    targets: dict[int, int] = {}
    choices: dict[int, set[int]] = {}
    for source, column, target in edges:
        known = targets.setdefault(source * letters + column, target)
        if known != target:
            choices.setdefault(source * letters + column, {known}).add(target)
    table = np.full(states * letters, MISSING, dtype=np.int32)
    table[list(targets)] = list(targets.values())
    return table.reshape(states, letters), {
        divmod(place, letters): tuple(sorted(several)) for place, several in choices.items()
    }


def complete(
    source: str,
    *,
    alphabet: Sequence[Letter],
    table: NDArray[np.int32],
    choices: Choices,
    initial: Sequence[int],
    outputs: Sequence[Output],
    max_states: int,
    epsilon: Sequence[tuple[int, int]] = (),
) -> tuple[Machine, Notices]:
    """Return a complete deterministic machine, and notices of what that took.

    A missing transition goes to a new sink state. The sink outputs 0 when every output is 0 or 1,
    as in an acceptor, and null otherwise. Where there is a choice, of targets or of initial states,
    or an edge on the empty word, the machine must be an acceptor and the subset construction makes
    it deterministic; its empty subset is then the sink.

    Parameters
    ----------
    source : str
        Name of the input, for messages.
    table : int array, shape (states, letters)
        Targets, MISSING where there is none. It is changed.
    choices : mapping
        From (state, column) to two or more targets; the table is ignored there.
    initial : sequence of int
        The initial states, at least one.
    epsilon : sequence of (source, target)
        Edges that read nothing.

    Raises
    ------
    InputError
        A choice or an edge on the empty word, in a machine with outputs other than 0 and 1.
    LimitReached
        The machine would have more than ``max_states`` states.
    """
    states, letters = table.shape
    acceptor = all(type(o) is int and o in (0, 1) for o in outputs)
    if choices or epsilon or len(initial) > 1:
        if not acceptor:
            problems = Problems(source)
            if len(initial) > 1:
                problems.add(_ambiguous(f"{len(initial)} initial states"))
            for (q, a), targets in choices.items():
                where = f"state {q}, letter {alphabet[a]!r}"
                problems.add(_ambiguous(f"{where}: {len(targets)} targets"))
            for source_state, target in epsilon:
                problems.add(_ambiguous(f"state {source_state}: the empty word leads to {target}"))
            raise problems.error()
        silent: list[list[int]] = [[] for _ in outputs] if epsilon else []
        for source_state, target in epsilon:
            silent[source_state].append(target)
        machine = determinize(
            NFA(
                alphabet=tuple(alphabet),
                transitions=tuple(_edges(table, choices)),
                initial=frozenset(initial),
                accepting=frozenset(q for q, output in enumerate(outputs) if output == 1),
                epsilon=tuple(map(tuple, silent)),
            ),
            max_states,
        )
        return machine, (f"determinised: {states} states became {machine.size}",)
    missing = table == MISSING
    count = int(missing.sum())
    notices: Notices = ()
    if count:
        check_size(states + 1, letters, max_states, source)
        table[missing] = states
        table = np.vstack([table, np.full((1, letters), states, dtype=table.dtype)])
        outputs = [*outputs, 0 if acceptor else None]
        transitions = "1 missing transition" if count == 1 else f"{count} missing transitions"
        null = "" if acceptor else " that outputs null"
        notices = (f"{transitions} completed with a new sink state{null}",)
    return (
        Machine(alphabet=alphabet, transitions=table, initial=initial[0], outputs=outputs),
        notices,
    )


def chosen(
    accepting: Sequence[str], numbers: Mapping[str, int], problems: Problems
) -> list[Output]:
    """Return outputs that accept in the states of these names, for a file that marks none.

    Examples
    --------
    >>> problems = Problems("m.dot")
    >>> chosen(["q"], {"p": 0, "q": 1}, problems), bool(problems)
    ([0, 1], False)
    """
    outputs: list[Output] = [0] * len(numbers)
    for name in accepting:
        if name in numbers:
            outputs[numbers[name]] = 1
        else:
            problems.add(f"--accepting: there is no state {shown(name)}")
    return outputs


def said_of_acceptance(machine: Machine) -> Notices:
    """Return a notice where the language is empty: the file may mean something else.

    Examples
    --------
    >>> said_of_acceptance(Machine(alphabet="a", transitions=[[0], [0]], initial=0, outputs=[0, 1]))
    ('no state that accepts can be reached, so the language is empty',)
    """
    if not machine.is_acceptor:
        return ()
    if not any(machine.outputs):
        return (NOTHING_ACCEPTS,)
    reached = breadth_first(machine.transitions, machine.initial).tolist()
    return () if any(machine.outputs[q] for q in reached) else (OUT_OF_REACH,)


def _ambiguous(what: str) -> str:
    return f"{what}; only an acceptor (outputs 0 and 1) may be nondeterministic"


def _edges(table: NDArray[np.int32], choices: Choices) -> list[dict[int, tuple[int, ...]]]:
    """Return for each state the targets of each letter that has any."""
    edges: list[dict[int, tuple[int, ...]]] = [{} for _ in table]
    for q, a in np.argwhere(table != MISSING).tolist():
        edges[q][a] = (int(table[q, a]),)
    for (q, a), targets in choices.items():
        edges[q][a] = targets
    return edges
