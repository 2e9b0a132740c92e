"""Names of states in negeig JSON: an object whose states have names becomes one with numbers.

::

    {"alphabet": ["a"], "initial": "even", "accepting": ["even"],
     "transitions": {"even": {"a": "odd"}, "odd": {"a": "even"}}}

States are in the order of ``"states"`` where it lists them, otherwise of the transitions. A letter
that a state lacks has no transition there.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from difflib import get_close_matches
from typing import Any

from negeig.automata.problems import MOST_SHOWN, Problems, shown


def looks_like(value: dict[str, Any]) -> bool:
    """Whether an object of negeig JSON gives its states names.

    Examples
    --------
    >>> looks_like({"transitions": {"p": {}}}), looks_like({"transitions": [[0]]})
    (True, False)
    """
    return isinstance(value.get("states"), list) or isinstance(value.get("transitions"), dict)


def numbered(value: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the object with numbers for the names; what is none of its own is left to be refused.

    Raises
    ------
    InputError
        Listing the names that are no state's, letters that are not in the alphabet, and states
        listed twice.

    Examples
    --------
    >>> numbered({"alphabet": ["a"], "initial": "p", "transitions": {"p": {"a": "q"}, "q": {}},
    ...           "outputs": {"p": 0, "q": 1}}, "m.json")["transitions"]
    [[1], [None]]
    """
    problems = Problems(name)
    rows = value.get("transitions")
    listed = value.get("states", list(rows) if isinstance(rows, dict) else [])
    names = _Names([_text(state) for state in listed], problems)
    found = {key: item for key, item in value.items() if key != "states"}
    if "initial" in value:
        found["initial"] = names.number(value["initial"], '"initial"')
    if isinstance(value.get("accepting"), list):
        found["accepting"] = [names.number(q, '"accepting"') for q in value["accepting"]]
    if isinstance(value.get("outputs"), dict):
        found["outputs"] = names.in_order(value["outputs"], '"outputs"', None)
    alphabet = value.get("alphabet")
    letters = alphabet if isinstance(alphabet, list) else []
    known = {letter for letter in letters if isinstance(letter, str)}
    if isinstance(rows, dict):
        rows = names.in_order(rows, '"transitions"', {})
    if isinstance(rows, list):
        found["transitions"] = [
            names.row(row, letters, known, f"transitions of {shown(state)}")
            for state, row in zip(names.all, rows, strict=False)
        ] + rows[len(names.all) :]
    if problems:
        raise problems.error()
    return found


def _text(state: object) -> object:
    """Return a state's name; JSON makes names of numbers where they are keys, so they all are."""
    return str(state) if type(state) is int else state


class _Names:
    """The numbers of states by their names, and what was wrong with either."""

    def __init__(self, names: Sequence[object], problems: Problems) -> None:
        self.problems = problems
        self.numbers: dict[str, int] = {}
        for state in names:
            if not isinstance(state, str):
                problems.add(f'"states": {shown(state)} is no name')
            elif state in self.numbers:
                problems.add(f'"states" has {shown(state)} twice')
            else:
                self.numbers[state] = len(self.numbers)

    @property
    def all(self) -> list[str]:
        """The names in the order of their numbers."""
        return list(self.numbers)

    def number(self, state: object, where: str) -> int | None:
        """Return the number of a state, None for what is none, which is a problem."""
        text = _text(state)
        found = self.numbers.get(text) if isinstance(text, str) else None
        if found is None:
            near: list[str] = []
            if isinstance(text, str) and self.problems.count < MOST_SHOWN:
                near = get_close_matches(text, self.numbers, 1)
            hint = f"; did you mean {shown(near[0])}?" if near else ""
            self.problems.add(f"{where}: {shown(state)} is no state{hint}")
        return found

    def in_order(self, by_name: dict[str, Any], where: str, missing: object) -> list[Any]:
        """Return what an object says of each state, in their order."""
        for state in by_name:
            self.number(state, where)
        if missing is None:
            for state in self.all:
                if state not in by_name:
                    self.problems.add(f"{where} says nothing of {shown(state)}")
        return [by_name.get(state, missing) for state in self.all]

    def row(
        self, row: object, letters: Sequence[object], known: Container[object], where: str
    ) -> object:
        """Return a row of transitions as a list of numbers, letter by letter."""
        if isinstance(row, dict):
            for letter in row:
                if letter not in known:
                    self.problems.add(f'{where}: letter {shown(letter)} is not in "alphabet"')
            row = [row.get(letter) if isinstance(letter, str) else None for letter in letters]
        if not isinstance(row, list):
            return row
        return [self._target(cell, where) for cell in row]

    def _target(self, cell: object, where: str) -> object:
        if cell is None:
            return None
        if isinstance(cell, list):
            return [self.number(state, where) for state in cell]
        return self.number(cell, where)
