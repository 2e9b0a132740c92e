r"""A look over the text of an expression of Python's :mod:`re` that Python has already accepted.

Python's parser gives a tree without columns. What no finite machine does, or what this package does
not take over, is found here, by name and with its column; so are anchors that are not at the ends,
and the flags under which each class stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from negeig.automata.expressions.regex_error import RegexError

_TYPES = int(re.ASCII | re.UNICODE)
_FLAGS = {letter: int(re.RegexFlag[letter.upper()]) for letter in "aimsux"}
_TOKEN = re.compile(
    r"""
      (?P<begin> \^ | \\A )
    | (?P<end> \$ | \\[Zz] )
    | (?P<backreference> \\[1-9] (?! (?<=[1-3])[0-7][0-7] ) | \(\?P=\w*\) )
    | (?P<boundary> \\[bB] )
    | (?P<class> \\[dDsSwW] | \. | \[\^?\]?(?:[^\]\\]|\\.)*\] )
    | (?P<letter> \\N\{[^}]*\} | \\. )
    | (?P<comment> \(\?\#(?:[^)\\]|\\.)*\) | \(\?[aimstux]+\) )
    | (?P<look> \(\?<?[=!] )
    | (?P<atomic> \(\?> )
    | (?P<conditional> \(\?\( )
    | (?P<open> \( (?: \?(?:P<\w*>|(?P<on>[aimsux]*)(?:-(?P<off>[imsx]+))?:) )? )
    | (?P<close> \) )
    | (?P<bar> \| )
    | (?P<quantifier> (?: [*+?] | \{(?:[0-9]+(?:,[0-9]*)?|,[0-9]*)\} ) (?P<kind>[?+]?) )
    """,
    re.VERBOSE | re.DOTALL,
)
_ONCE = "it holds in one round at most: write that round out, as in (|^a)b for (^a)*b"
_SPACE = re.compile(r"(?:[ \t\n\r\v\f]|\#(?:[^\n\\]|\\.)*)+", re.DOTALL)
_REFUSED = {
    "backreference": "a backreference: no finite machine compares with what a group has read",
    "boundary": "a boundary of words: write out which letters come before and after",
    "look": "a look-around: in negeig's own syntax, r&s and r&~s say what matches both, or not s",
    "atomic": "an atomic group: write (?: and check that nothing after it needs what it takes",
    "conditional": "a conditional: write both cases as r|s",
}


@dataclass(frozen=True)
class Written:
    """A class in the text, such as ``.`` or ``[^a]``, with its column and the flags it is under."""

    column: int
    text: str
    flags: int


@dataclass(slots=True)
class _Group:
    flags: int
    reads: bool = False  # whether something before here in this branch reads letters
    some_reads: bool = False  # in any branch
    anchors: list[int] = field(default_factory=list)  # indices of all anchors inside
    ends: list[int] = field(default_factory=list)  # of those that stand at an end in this branch
    all_ends: list[int] = field(default_factory=list)


def scan(text: str, flags: int) -> list[Written]:
    """Return the classes of an expression that Python's parser accepts.

    Parameters
    ----------
    text : str
        The expression.
    flags : int
        Those that the expression as a whole has.

    Raises
    ------
    RegexError
        With the column of what is refused.

    Examples
    --------
    >>> scan("^a[bc]$", 0)
    [Written(column=3, text='[bc]', flags=0)]
    >>> scan("a^b", 0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    negeig.automata.expressions.regex_error.RegexError: regex: column 2: '^' is not at the start...
    """
    return _Scan(text, flags).classes


class _Scan:
    """One pass with a stack of open groups."""

    def __init__(self, text: str, flags: int) -> None:
        self.text = text
        self.classes: list[Written] = []
        self.lines: set[int] = set()  # the indices of each $ that holds before every newline
        self.groups = [_Group(flags)]
        self.closed: _Group | None = None  # the group that the token before this one closed
        at = 0
        while at < len(text):
            if self.groups[-1].flags & _FLAGS["x"] and (space := _SPACE.match(text, at)):
                at = space.end()
                continue
            found = _TOKEN.match(text, at)
            self._token(found, at)
            at = found.end() if found else at + 1

    def _token(self, found: re.Match[str] | None, at: int) -> None:
        kind = (found and next(k for k, v in found.groupdict().items() if v is not None)) or ""
        if found is None or kind in ("class", "letter"):
            self._letter()
            if found and kind == "class":
                flags = self.groups[-1].flags & ~_FLAGS["x"]
                self.classes.append(Written(at + 1, found[0], flags))
        elif kind in _REFUSED:
            raise self._error(at, f"'{found[0]}' is {_REFUSED[kind]}")
        elif kind == "open":
            flags = self.groups[-1].flags
            on = sum(_FLAGS[flag] for flag in set(found["on"] or ""))
            off = sum(_FLAGS[flag] for flag in set(found["off"] or ""))
            self.groups.append(_Group(combined(flags, on, off)))
        elif kind == "close":
            self._close()
            return
        elif kind == "bar":
            self._end_branch(self.groups[-1])
        elif kind == "quantifier":
            self._quantifier(found, at)
        elif kind in ("begin", "end"):
            self._anchor(found[0], kind, at)
        self.closed = None

    def _letter(self) -> None:
        for group in self.groups:
            if group.ends:
                self._refuse_end(group.ends[0])
        self.groups[-1].reads = True

    def _refuse_end(self, at: int) -> None:
        sign = "$" if self.text[at] == "$" else self.text[at : at + 2]
        after = "nothing follows"
        if at in self.lines:
            after += r", or where a newline does: write that newline without it, a\nb for a$\nb"
        elif sign == "$":
            after += (
                r", or only a newline that ends the word: write that one without it, a\n for a$\n"
            )
        raise self._error(at, f"'{sign}' is not at the end, and holds only where {after}")

    def _refuse_start(self, sign: str, at: int) -> None:
        before = "nothing has been read"
        if sign == "^" and self.groups[-1].flags & _FLAGS["m"]:
            before += r", or a newline last: write that newline without it, a\nb for a\n^b"
        else:
            before += ": write that case without what stands before it, b for a?^b"
        raise self._error(at, f"'{sign}' is not at the start, and holds only where {before}")

    def _anchor(self, sign: str, kind: str, at: int) -> None:
        if kind == "begin" and any(group.reads for group in self.groups):
            self._refuse_start(sign, at)
        if sign == "$" and self.groups[-1].flags & _FLAGS["m"]:
            self.lines.add(at)
        if kind == "end":
            self.groups[-1].ends.append(at)
        self.groups[-1].anchors.append(at)

    @staticmethod
    def _end_branch(group: _Group) -> None:
        group.some_reads |= group.reads
        group.all_ends += group.ends
        group.reads, group.ends = False, []

    def _close(self) -> None:
        group = self.groups.pop()
        self._end_branch(group)
        around = self.groups[-1]
        around.reads |= group.some_reads
        around.ends += group.all_ends
        around.anchors += group.anchors
        self.closed = group

    def _quantifier(self, found: re.Match[str], at: int) -> None:
        if found["kind"] == "+":
            raise self._error(
                at,
                f"'{found[0]}' is possessive: write '{found[0][:-1]}' and check that nothing after "
                "it needs what it takes",
            )
        once = re.compile(r"\?|\{(0*[01])?(,0*[01])?\}").match(found[0])
        if self.closed is not None and self.closed.anchors and not once:
            raise self._error(
                self.closed.anchors[0], f"an anchor inside a repetition, where {_ONCE}"
            )

    def _error(self, at: int, problem: str) -> RegexError:
        return RegexError(self.text, at + 1, problem)


def combined(flags: int, on: int, off: int) -> int:
    """Return the flags inside a group that sets some: ASCII and Unicode replace each other.

    Examples
    --------
    >>> combined(int(re.U | re.I), int(re.A), int(re.I)) == int(re.A)
    True
    """
    if on & _TYPES:
        flags &= ~_TYPES
    return (flags | on) & ~off
