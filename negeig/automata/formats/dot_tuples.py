"""Labels of edges in DOT graphs that are tuples: steps of pushdown automata and Turing machines.

What stands between commas in a label is otherwise one letter each, ``a,b`` for both ``a`` and
``b``. Drawings of other machines write a step there: what is read, popped and pushed; what is read
and written, and where the head moves; an input and an output.
"""

from __future__ import annotations

from collections.abc import Sequence

from negeig.automata.formats.dot_labels import DECLARE
from negeig.automata.formats.dot_syntax import Edge, Graph
from negeig.automata.problems import Problems, shown
from negeig.claims import Letter

MOVES = frozenset(
    ("L", "R", "N", "S", "Left", "Right", "Stay", "left", "right", "stay", "<", ">", "←", "→")
)
"""Moves of the head, where a label of a Turing machine ends in one."""

WAYS = MOVES | set("UDEWudew") | {"Up", "Down", "up", "down"}
"""Letters of somebody who walks, of whom ``L`` and ``R`` are others."""


def check_tuples(
    graph: Graph, labels: Sequence[tuple[Edge, Sequence[Letter | None]]], problems: Problems
) -> None:
    """Note labels whose parts between commas are no letters of which each is read alone.

    Parameters
    ----------
    labels : sequence
        Each label that occurs: an edge that has it, and its letters, None for the empty word.
    """
    sizes = {len(letters) for _, letters in labels}
    first, last = ({letters[end] for _, letters in labels} for end in (0, -1))
    is_move = last <= MOVES or {"l", "r"} <= last <= {"l", "r", "n", "s"}
    if is_move and (sizes == {3} or (sizes == {2} and len(labels) > 1 and not first & WAYS)):
        problems.add(
            "every label ends in a move of the head, such as L, R, N or S, as of a Turing "
            f"machine; {DECLARE}"
        )
        return
    if sizes == {3} and len(labels) > 1 and any(None in letters for _, letters in labels):
        problems.add(
            "every label is three symbols, of which some are the empty word, as of a pushdown "
            f"automaton that reads, pops and pushes; {DECLARE}"
        )
    elif sizes == {3} and len(labels) > 1:
        single = {x for _, letters in labels for x in letters if x and len(x) == 1}
        words = [
            x for _, letters in labels for x in letters if x and len(x) > 1 and not x.isdigit()
        ]
        if pushed := [x for x in words if x[0] in single and x[-1] in single]:
            problems.add(
                f"every label is three symbols, and {shown(pushed[0])} is spelled with "
                f"some of them, as of a pushdown automaton that pushes it; {DECLARE}"
            )
    for edge, letters in labels:
        if len(set(letters)) < len(letters):
            problems.add(
                f"{graph.place(edge.offset)}: label {shown(edge.label)} has a symbol twice, as an "
                "input with an output or a step of a pushdown automaton; write each letter once, "
                "and 'input / output' for an output"
            )
            break
