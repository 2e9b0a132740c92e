"""Collecting the problems of one input, to raise them in one message."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from negeig.automata.labels import json_text
from negeig.claims import InputError

MOST_SHOWN = 20
"""Problems listed in one message; the rest are counted."""


class Problems:
    """The problems found in one input; at most MOST_SHOWN are kept, all are counted.

    Examples
    --------
    >>> problems = Problems("machine.json")
    >>> problems.add("the file is empty")
    >>> print(problems.error())
    machine.json: the file is empty
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.shown: list[str] = []
        self.count = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, problem: str) -> None:
        """Note one problem."""
        self.extend(1, [problem])

    def extend(self, count: int, problems: Iterable[str]) -> None:
        """Note ``count`` problems, asking the iterable only for those that will be shown."""
        room = MOST_SHOWN - len(self.shown)
        self.shown += list(islice(problems, min(room, count)))
        self.count += count

    def error(self) -> InputError:
        """Return the error that lists the problems."""
        hidden = self.count - len(self.shown)
        more = [f"and {hidden:,} more"] if hidden else []
        return InputError(self.source, self.shown + more, code="bad-file")


def shown(value: object) -> str:
    """Return a JSON value as a message shows it: short, and spelt as in JSON.

    Examples
    --------
    >>> [shown(value) for value in (None, True, 7, "a", [1, 2], {})]
    ['null', 'true', '7', '"a"', 'a list', 'an object']
    """
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    text = json_text(value)
    return text if len(text) <= 40 else text[:37] + "..."


def letter_problems(letters: Iterable[object]) -> list[str]:
    """Return what is wrong with an alphabet as read from a file.

    Letters are distinct, non-empty strings of Unicode characters.

    Examples
    --------
    >>> letter_problems(["a", "", "a", 3])
    ['letter 1 is the empty string', 'letter "a" occurs twice', 'letter 3 is 3, not a string']
    """
    problems = []
    seen: set[str] = set()
    repeated: set[str] = set()
    empty = True
    for place, letter in enumerate(letters):
        empty = False
        if not isinstance(letter, str):
            problems.append(f"letter {place} is {shown(letter)}, not a string")
        elif letter == "":
            problems.append(f"letter {place} is the empty string")
        elif any("\ud800" <= c <= "\udfff" for c in letter):
            problems.append(f"letter {shown(letter)} has half of a surrogate pair")
        elif letter in seen and letter not in repeated:
            problems.append(f"letter {shown(letter)} occurs twice")
            repeated.add(letter)
        else:
            seen.add(letter)
    return ["the alphabet is empty"] if empty else problems
