"""Checks of lines with two states and a letter: the order of the fields, numbers in two ways."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set

from negeig.automata.formats.text import same_number
from negeig.automata.problems import Problems

ORDERS = {
    "source letter target": "Mata, Grail+ and FAdo",
    "letter source target": "tables of edges by letter, and BA",
    "source target letter": "AT&T text and OpenFst",
}
"""The orders in which dialects write an edge."""


def other_order(
    sources: Set[str], targets: Set[str], letters: Collection[str], marked: Set[str]
) -> str | None:
    """Return the order that ``source target letter`` lines are more likely in, or None.

    Read as ``source target letter``, no edge of the file would lead to a state that has an edge or
    is marked, while letters are the names of such states; or no source would be a target, while
    every letter is one.

    Parameters
    ----------
    sources, targets, letters : set of str
        The fields that are read so.
    marked : set of str
        States that the file names outside of edges: final ones, and initial ones.

    Examples
    --------
    >>> other_order({"p", "q"}, {"a", "b"}, {"q", "p"}, {"q"})
    'source letter target'
    >>> other_order({"a", "b"}, {"p", "q"}, {"q", "p"}, {"q"})
    'letter source target'
    >>> other_order({"p"}, {"q"}, {"a", "b"}, {"q"}) is None
    True
    """
    known = sources | marked
    if not targets & known and any(letter in known for letter in letters):
        return "source letter target"
    if not sources & (targets | marked) and all(letter in targets | marked for letter in letters):
        return "letter source target"
    return None


def check_numbers(states: Iterable[str], letters: Iterable[str], problems: Problems) -> None:
    """Note two names of one number, among states or letters that are all numbers."""
    for what, names in (("states", states), ("letters", letters)):
        if twice := same_number(names):
            problems.add(
                f"{what} {twice[0]} and {twice[1]} are one number, written in two ways; write each "
                "number in one way"
            )
