"""The zoo: tasks people test linear RNNs on, by name.

Every entry documents its letters, its outputs and its source, and defines the task twice: as a
machine and as a direct predicate on words. The tests hold the two together.
"""

from __future__ import annotations

import difflib
import re
from itertools import chain
from typing import TYPE_CHECKING

from negeig.automata.machines.size import check_size
from negeig.automata.zoo.entry import Entry, shown
from negeig.claims import InputError
from negeig.folder import Folder

if TYPE_CHECKING:
    from negeig.automata.machines.machine import Machine

__all__ = ["Entry", "entries", "find", "get"]

FAMILIES = Folder[tuple[Entry, ...]]("ENTRIES", "negeig.automata.zoo.families")
"""The entries by family: a file more is a family more."""

LONGEST_NUMBER = 30
"""Digits a whole-number parameter may have: enough to be told that the machine is too large."""


def entries() -> tuple[Entry, ...]:
    """Return every entry, in the order in which ``negeig zoo`` lists them."""
    return tuple(chain.from_iterable(FAMILIES.values()))


def get(name: str, max_states: int = 100_000) -> Machine:
    """Build the machine of a named task: complete, not necessarily minimal.

    The size is computed first, so a task that is too large costs nothing.

    Parameters
    ----------
    name : str
        A name such as ``"parity"``, ``"mod:3"``, ``"sym:5:swaps"`` or ``"contains:aba"``.
    max_states : int
        The largest number of states to build.

    Raises
    ------
    InputError
        Unknown name (with the nearest ones), or a parameter that is missing or not allowed.
    LimitReached
        The machine would have more than ``max_states`` states.

    Examples
    --------
    >>> get("sym:3").run(["s", "c"])
    ('()', '(1 2)', '(1 3)')
    >>> get("sym:5")
    Machine(120 states over sc)
    """
    entry, parameters = find(name)
    states, letters = entry.size(*parameters)
    check_size(states, letters, max_states, f"zoo task {shown(name)}")
    return entry.build(*parameters)


def find(name: str) -> tuple[Entry, tuple[int | str, ...]]:
    """Return the entry a name belongs to and its parameters, as ``entry.build`` takes them.

    Raises
    ------
    InputError
        As for :func:`get`.

    Examples
    --------
    >>> entry, parameters = find("mod:3")
    >>> entry.pattern, parameters
    ('mod:M', (3,))
    """
    head = name.partition(":")[0]
    family = [entry for entry in entries() if entry.head == head]
    if not family:
        raise InputError("zoo", _unknown(name, head), code="unknown-zoo-name")
    for entry in family:
        texts = entry.texts(name)
        if texts is not None:
            return entry, tuple(
                _number(name, entry, text) if kind == "number" else _word(name, entry, text)
                for text, kind in texts
            )
    forms = ", ".join(entry.pattern for entry in family)
    examples = ", ".join(entry.examples[0] for entry in family)
    raise InputError(
        "zoo",
        f"{shown(name)} is not of the form {forms}; write for example {examples}",
        code="bad-zoo-parameter",
    )


def _number(name: str, entry: Entry, text: str) -> int:
    """Return a whole-number parameter within the entry's bounds."""
    allowed = f"at least {entry.least}" if entry.most is None else f"{entry.least} to {entry.most}"
    if re.fullmatch(r"[0-9]+", text) and len(text) <= LONGEST_NUMBER:
        value = int(text)
        if value >= entry.least and (entry.most is None or value <= entry.most):
            return value
    digits = f" of at most {LONGEST_NUMBER} digits" if len(text) > LONGEST_NUMBER else ""
    raise InputError(
        "zoo",
        f"{shown(name)}: {entry.pattern} takes a whole number{digits}, {allowed}; "
        f"found {shown(text)}",
        code="bad-zoo-parameter",
    )


def _word(name: str, entry: Entry, text: str) -> str:
    """Return a word or list that the entry takes and whose letters can be printed as UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        problem: str | None = "the word is not valid UTF-8"
    else:
        problem = None if entry.problem is None else entry.problem(text)
    if problem is not None:
        raise InputError("zoo", f"{shown(name)}: {problem}", code="bad-zoo-parameter")
    return text


def _unknown(name: str, head: str) -> str:
    """Return the message for a name the zoo does not have, the nearest names in it."""
    if group := re.fullmatch(r"([sacdzq])_?(\d{1,4})", name.strip().lower()):
        head = {"s": "sym", "a": "alt", "d": "dihedral"}.get(group[1], "cyclic")
        called = "quaternion" if group[1] == "q" else f"{head}:{group[2]}"
        return f"no task is called {shown(name)}; the group is {called}; `negeig zoo` lists all"
    heads = list(dict.fromkeys(entry.head for entry in entries()))
    near = difflib.get_close_matches(head[:40].lower(), heads, n=3, cutoff=0)
    patterns = [entry.pattern for match in near for entry in entries() if entry.head == match]
    nearest = ", ".join(patterns)
    return f"no task is called {shown(name)}; the nearest are {nearest}; `negeig zoo` lists all"
