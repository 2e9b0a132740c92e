r"""Letters as one text, as ``--alphabet`` takes them: ``ab``, or ``up,down`` with commas.

A comma separates letters where there is one; otherwise every character is a letter. ``\,`` is the
comma itself, ``\\`` a backslash and, between commas, ``\`` before a space keeps a space at an end.
A last comma may follow one letter: ``up,``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from negeig.claims import InputError, Letter

_TOKEN = re.compile(r"\\[\\, ]|.", re.DOTALL)


def _span(text: str) -> str | None:
    """Return what is a range to others, such as ``a-z`` or ``0..9``."""
    to = r"(?:-|–|…|\.\.\.?)"
    for found in re.finditer(rf"(?=([0-9]{to}[0-9]|[a-z]{to}[a-z]|[A-Z]{to}[A-Z]))", text):
        if found[1][0] < found[1][-1]:
            return found[1]
    return None


def read_letters(text: str) -> tuple[Letter, ...]:
    r"""Return the letters of a text.

    Raises
    ------
    InputError
        A letter between commas is empty, or begins or ends with a space; without commas, where
        others read a range, such as ``a-z`` or ``0..9``.

    Examples
    --------
    >>> read_letters("ab"), read_letters("up,down"), read_letters("up,")
    (('a', 'b'), ('up', 'down'), ('up',))
    >>> read_letters(r"a\,"), read_letters(r"a,\,"), read_letters("")
    (('a', ','), ('a', ','), ())
    """
    tokens = _TOKEN.findall(text)
    if "," not in tokens and (span := _span(text)):
        raise InputError(
            "alphabet",
            f"{span} in {text!r} is no range here: write the letters out, abc, or with commas, "
            f"{','.join(dict.fromkeys(span))}, where {span[1]} is one of them",
        )
    if "," not in tokens:
        # Every character is a letter, so a backslash before a space is one too.
        return tuple(c for token in tokens for c in (token if token == "\\ " else token[-1]))
    pieces: list[list[str]] = [[]]
    for token in tokens:
        if token == ",":
            pieces.append([])
        else:
            pieces[-1].append(token)
    if len(pieces) == 2 and not pieces[1]:
        del pieces[1]
    if not all(pieces):
        raise InputError(
            "alphabet", rf"an empty letter in {text!r}: commas separate letters, and \, is a comma"
        )
    spaced = [p for p in pieces if len(p) > 1 and " " in (p[0], p[-1])]
    if spaced:
        raise InputError(
            "alphabet",
            [
                rf"letter {''.join(p)!r} begins or ends with a space: leave it out, or write '\ '"
                for p in spaced
            ],
        )
    return tuple("".join(token[-1] for token in piece) for piece in pieces)


def write_letters(letters: Sequence[Letter]) -> str:
    r"""Return a text that :func:`read_letters` reads as these letters.

    Examples
    --------
    >>> write_letters("ab"), write_letters(["up", "down"]), write_letters(["up"])
    ('ab', 'up,down', 'up,')
    >>> write_letters("a,"), write_letters(["up", ",", " "])
    ('a\\,', 'up,\\,, ')
    """
    escaped = [re.sub(r"[\\,]", r"\\\g<0>", letter) for letter in letters]
    if all(len(letter) == 1 for letter in letters) and not _span("".join(escaped)):
        return "".join(escaped)
    # Only at its ends a space needs to be escaped, where a letter has more than that space.
    kept = [re.sub(r"^ | \Z", r"\\ ", text) if len(text) > 1 else text for text in escaped]
    return ",".join(kept) + ("," if len(kept) == 1 else "")
