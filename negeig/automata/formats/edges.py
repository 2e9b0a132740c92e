"""From edges between names, as text formats have them, to a complete machine."""

from __future__ import annotations

from collections.abc import Sequence

from negeig.automata.formats.completion import MISSING, Notices, complete, tabulate
from negeig.automata.formats.text import Edges
from negeig.automata.machines.machine import Machine
from negeig.automata.machines.size import check_size
from negeig.claims import InputError, Letter, Output


def complete_edges(
    source: str,
    *,
    edges: Edges,
    letters: Sequence[Letter | None],
    numbers: Sequence[int],
    initial: Sequence[int],
    outputs: Sequence[Output],
    max_states: int,
) -> tuple[Machine, Notices]:
    """Return the machine of edges, letters in order of appearance; see :func:`.complete`.

    Parameters
    ----------
    letters : sequence of str or None
        The letter of each label of the edges, None for the empty word.
    numbers : sequence of int
        The number of each state of the edges.

    Raises
    ------
    InputError
        There is no letter.
    LimitReached
        More than ``max_states`` states.

    Examples
    --------
    >>> edges = Edges()
    >>> edges.add(("p", ""), ("a", ""), ("p", ""))
    >>> complete_edges("m", edges=edges, letters=["a"], numbers=[0], initial=[0], outputs=[1],
    ...                max_states=10)
    (Machine(1 states over a), ())
    """
    alphabet = {x: i for i, x in enumerate(dict.fromkeys(x for x in letters if x is not None))}
    if not alphabet:
        raise InputError(
            source, "the alphabet is empty: there is no edge with a letter", code="bad-file"
        )
    columns = [MISSING if letter is None else alphabet[letter] for letter in letters]
    check_size(len(outputs), len(alphabet), max_states, source)
    table, choices = tabulate(
        len(outputs),
        len(alphabet),
        (
            (numbers[p], columns[x], numbers[q])
            for p, x, q in edges.triples()
            if columns[x] != MISSING
        ),
    )
    return complete(
        source,
        alphabet=list(alphabet),
        table=table,
        choices=choices,
        initial=initial,
        outputs=outputs,
        max_states=max_states,
        epsilon=[(numbers[p], numbers[q]) for p, x, q in edges.triples() if columns[x] == MISSING],
    )
