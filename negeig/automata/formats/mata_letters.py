"""Letters of Mata's format that may be something else: symbols of other dialects, numbers, states.

Mata itself prints symbols as numbers, and its ``EPSILON`` is the largest of 32 bits. Source:
https://github.com/VeriFIT/mata, ``nfa/types.hh``.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from negeig.automata.formats import symbols
from negeig.automata.formats.columns import ORDERS, check_numbers, other_order
from negeig.automata.formats.completion import Notices
from negeig.automata.formats.text import NUMBER, Edges
from negeig.automata.problems import Problems, shown

EPSILON = str(2**32 - 1)

SWAPPED = {"source letter target": "source target letter"}
"""What the other order of AT&T lines is for lines that have the letter in the middle."""


def check_letters(
    edges: Edges,
    bare: Mapping[str, str],
    listed: Container[str],
    marked: set[str],
    silent: set[str],
    problems: Problems,
) -> Notices:
    """Note letters that may be something else; add Mata's number of the empty word to ``silent``.

    Parameters
    ----------
    bare : mapping
        The letters that stand without quotes, and where they first do.
    listed : container of str
        The letters that the file declares.
    marked : set of str
        The initial and the final states.
    """
    notices: Notices = ()
    read = [label for label in edges.labels if label not in silent]
    if EPSILON in bare and EPSILON not in silent and all(map(NUMBER.fullmatch, read)):
        silent.add(EPSILON)
        notices = (f"{EPSILON} was read as the empty word, as Mata writes it",)
    for label, place in bare.items():
        if label in silent or (label in listed and not NUMBER.fullmatch(label)):
            continue
        what = symbols.refused(label, drawn=True)
        if symbols.is_empty_word(label):
            what = "the empty word elsewhere"
        if what:
            problems.add(
                f"{place}{shown(label)} is {what}; name it in %Epsilon if it is the empty word, "
                "and put it in quotes if it is a letter"
            )
    names = list(edges.states)
    sources = {names[p] for p, _, _ in edges.triples()}
    targets = {names[q] for _, _, q in edges.triples()}
    other = other_order(sources, targets, read, marked) if read else None
    if other and not problems:
        order = SWAPPED.get(other, other)
        problems.add(
            f"{edges.label_places[0]}the lines may be 'source letter target', as in Mata, or "
            f"'{order}', as in {ORDERS[order]}: the states that edges would lead to have no edges "
            "and are neither initial nor final, but letters are; write 'source letter target'"
        )
    check_numbers(names, bare, problems)
    return notices
