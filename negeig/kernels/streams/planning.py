"""Which words a run reads: a share of its letters for each kind, by sizes alone."""

from __future__ import annotations

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.kernels.streams.kinds import KINDS, MAX_CYCLE, MOST_LETTERS, Part
from negeig.kernels.words import away_from_sinks

MAX_ALL = 2**24
"""Letters of all words up to a length at most, where a mix chooses the length."""

SHORTEST = 64
"""Letters of a row at least, in a mix: of fewer letters there are fewer rows."""

MAX_CLOSURE = 2**20
"""Letters of ``closure`` at most, in a mix."""


def plan(words: str, machine: Machine, tokens: int, rows: int) -> tuple[Part, ...]:
    """Return the parts of a run of so many letters at most.

    Parameters
    ----------
    words : str
        A kind of ``KINDS``; ``all:N`` and ``debruijn:N`` choose the length.
    tokens, rows : int
        Letters in all, and words that are read side by side.

    Raises
    ------
    InputError
        For an unknown kind, and where the kind does not fit: too few letters for its words, a
        de Bruijn sequence that is too long, a number where there is none.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [0, 1]], initial=0, outputs=[1, 0])
    >>> for part in plan("mix", machine, 1_000_000, 64):
    ...     print(part.name, part.rows, part.length)
    all:12 4096 12
    closure 1 62500
    debruijn:16 64 1040
    runs 64 1953
    uniform 64 10887
    """
    kind, _, number = words.partition(":")
    if kind not in KINDS:
        raise InputError("--words", f"{words!r} is unknown; there are {', '.join(KINDS)}")
    if kind == "mix" and not number:
        return _mix(machine, tokens, rows)
    order = _order(kind, number, len(machine.alphabet), tokens)
    if kind == "all":
        return (all_words(len(machine.alphabet), order),)
    if kind == "closure":
        return (Part("closure", 1, tokens),)
    if tokens < rows:
        raise InputError(
            "--tokens", f"{tokens:,} letters are not one for each of {rows:,} rows; lower --rows"
        )
    return (Part(kind, rows, tokens // rows, order),)


def all_words(letters: int, length: int) -> Part:
    """Return the words of one length, so all up to it, as their beginnings."""
    return Part("all", letters**length, length, length)


def _mix(machine: Machine, tokens: int, rows: int) -> tuple[Part, ...]:
    letters, rows = len(machine.alphabet), max(1, min(rows, tokens // SHORTEST))
    if letters == 1:  # there is one word of each length
        few = min(tokens // 16, MAX_CLOSURE)
        closure = (Part("closure", 1, few),) if few else ()
        return (*closure, Part("uniform", 1, tokens - few))
    parts = []
    if longest := _longest(letters, min(tokens // 16, MAX_ALL)):
        parts.append(all_words(letters, longest))
    if tokens >= 16:
        parts.append(Part("closure", 1, min(tokens // 16, MAX_CLOSURE)))
    order = _largest_order(letters, tokens // 8) if letters <= MOST_LETTERS else 0
    length = letters**order // rows + order
    if order and rows * length <= tokens // 4:
        parts.append(Part("debruijn", rows, length, order))
    if tokens // 8 >= rows:
        parts.append(Part("runs", rows, tokens // 8 // rows))
    if not away_from_sinks(machine).all() and tokens // 4 >= rows:
        parts.append(Part("avoid-sinks", rows, tokens // 4 // rows))
    left = tokens - sum(part.tokens for part in parts)
    return (*parts, Part("uniform", rows, left // rows))


def _longest(letters: int, tokens: int) -> int:
    """Return the greatest length of which all words have at most so many letters."""
    length = 0
    while (length + 1) * letters ** (length + 1) <= tokens:
        length += 1
    return length


def _largest_order(letters: int, tokens: int) -> int:
    """Return the greatest length of factors whose de Bruijn sequence is not too long."""
    order = 0
    while letters > 1 and letters ** (order + 1) <= min(tokens, MAX_CYCLE):
        order += 1
    return order


def _order(kind: str, number: str, letters: int, tokens: int) -> int:
    """Return the number of a kind, chosen where it is not given; 0 for kinds without."""
    if kind not in ("all", "debruijn"):
        if number:
            raise InputError("--words", f"{kind} takes no number, found {number!r}")
        return 0
    if kind == "all":
        most = tokens if letters == 1 else _longest(letters, tokens)
        chosen, why = most, f"more than {tokens:,} letters; raise --tokens"
    else:
        if letters > MOST_LETTERS:
            raise InputError("--words", f"debruijn takes {MOST_LETTERS} letters at most")
        most = 1 if letters == 1 else _largest_order(letters, MAX_CYCLE)
        chosen = max(1, min(most, _largest_order(letters, tokens)))
        why = f"more than {MAX_CYCLE:,} letters, which are kept in memory"
    if not number and not most:
        raise InputError(
            "--tokens", f"{tokens:,} are fewer letters than all words of length 1 have"
        )
    if not number:
        return chosen
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:9]) <= most:
        most_text = f"1 to {most}; longer words have {why}" if most else f"none: all have {why}"
        raise InputError("--words", f"{kind}:N, expected N from {most_text}; found {number!r}")
    return int(number)
