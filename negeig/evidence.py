"""Evidence that verifies itself: what every certificate and witness of negeig can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Protocol, TypeVar

from negeig.claims import Letter, Word

Subject = TypeVar("Subject", contravariant=True)

MOST_LETTERS = 20
"""Letters of an alphabet that a message lists."""


class Evidence(Protocol[Subject]):
    """Data that prove a statement about an object: a machine, a matrix, a network and a task.

    The object is not part of the data. Checking recomputes all that the data say from them and the
    object alone. It is exact, never searches and trusts nothing: whatever the data are, an empty
    list of problems is right.

    Examples
    --------
    >>> class Root(Evidence[int]):
    ...     def __init__(self, root: int) -> None:
    ...         self.root = root
    ...     def problems(self, subject: int, /) -> list[str]:
    ...         return [] if self.root**2 == subject else [f"{self.root} is no root of {subject}"]
    ...     def to_json(self) -> dict[str, Any]:
    ...         return {"root": self.root}
    >>> Root(3).verify(9), Root(3).verify(8), Root(3).problems(8)
    (True, False, ['3 is no root of 8'])
    """

    def problems(self, subject: Subject, /) -> list[str]:
        """Return why the statement does not follow, in words; nothing where it is proved.

        A check may stop at the first problem. Data of any kind give problems, never an error.
        """
        ...

    def verify(self, subject: Subject, /) -> bool:
        """Whether the data prove the statement about the object: there are no problems."""
        return not self.problems(subject)

    def to_json(self) -> dict[str, Any]:
        """Return the data as a JSON object."""
        ...


def unknown_letters(alphabet: Sequence[Letter], *words: Word) -> list[str]:
    """Return a problem for each letter of the words that the alphabet does not have.

    Examples
    --------
    >>> unknown_letters("ab", ("a", "c"), ("b",))
    ["letter 'c' is not in the alphabet 'a', 'b'"]
    """
    found = set(chain(*words)).difference(alphabet)
    known = letters_text(alphabet)
    return [f"letter {letter!r} is not in the alphabet {known}" for letter in sorted(found)]


def letters_text(letters: Iterable[Letter]) -> str:
    """Return letters as messages list them, of many the first ones and how many more there are.

    Examples
    --------
    >>> letters_text("ab"), letters_text(map(str, range(23)))[-15:]
    ("'a', 'b'", "'19' and 3 more")
    """
    quoted = [repr(letter) for letter in letters]
    more = f" and {len(quoted) - MOST_LETTERS} more" if len(quoted) > MOST_LETTERS else ""
    return ", ".join(quoted[:MOST_LETTERS]) + more


def read_word(value: Any) -> Word:
    """Return a word from its JSON value, a list of strings; TypeError for anything else.

    Examples
    --------
    >>> read_word(["a", "b"])
    ('a', 'b')
    """
    if not isinstance(value, list) or not all(isinstance(letter, str) for letter in value):
        raise TypeError("expected a word, a list of strings")
    return tuple(value)
