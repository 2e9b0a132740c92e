"""Reading a machine from a file or from standard input, and writing one, in any format."""

from __future__ import annotations

import codecs
import os
import re
import stat
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from negeig.automata.formats import (
    aut_file,
    ba_file,
    csv_file,
    dot_file,
    foreign,
    fsm_file,
    jflap_file,
    json_file,
    mata_file,
)
from negeig.automata.formats.completion import Notices, said_of_acceptance
from negeig.automata.formats.documents import binary, of_others
from negeig.automata.formats.text import INVISIBLE
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.writing import write_whole

CHUNK = 1 << 20

WRONG = (
    (re.compile("\0"), "a null character; the file looks like UTF-16 or binary: save it as UTF-8"),
    (
        re.compile("\ufeff"),
        "a byte order mark (U+FEFF) within the text, as where files were joined: take it out",
    ),
    (
        re.compile(f"[{INVISIBLE}]"),
        "a character that cannot be seen (U+200B or U+2060): take it out, or write it by its code",
    ),
    (
        re.compile(r"(?<![0-9])[0-9]{4301}"),
        "a number of more than 4,300 digits, which is not read; name states and letters shorter",
    ),
)
"""What no file may hold, and what to do."""


Parse = Callable[[str, str, int], tuple[Machine, Notices]]
ParseWith = Callable[[str, str, int, Sequence[str] | None], tuple[Machine, Notices]]


@dataclass(frozen=True)
class Format:
    """A file format: recognised by its file name extension, or else by how its text begins.

    ``parse_with`` also takes the accepting states, for formats in which a file may not say them.
    """

    key: str
    name: str
    extensions: tuple[str, ...]
    beginning: str
    parse: Parse
    dumps: Callable[[Machine], str]
    parse_with: ParseWith | None = None


BA_BEGINNING = r"(\[[^\],\n]+\][ \t\r]*\n\s*+)?[^\s,\[]+,\[[^\],\n]+\]->\["
"""A state in brackets, which alone would also be JSON, and an edge."""

FORMATS = (
    Format(
        "json",
        "negeig JSON",
        (".json",),
        rf"(?!{BA_BEGINNING})[{{\[]",
        json_file.parse,
        json_file.dumps,
    ),
    Format("jff", "JFLAP", (".jff",), r"<", jflap_file.parse, jflap_file.dumps),
    Format("mata", "Mata", (".mata", ".vtf"), r"(\#.*+\s*+)*+@", mata_file.parse, mata_file.dumps),
    Format(
        "dot",
        "DOT",
        (".dot", ".gv"),
        r"((//|\#).*+\s*+|/\*(?s:.*?)\*/\s*+)*+(strict|digraph|graph)\b",
        dot_file.parse,
        dot_file.dumps,
        dot_file.parse,
    ),
    Format(
        "aut",
        "Aldebaran",
        (".aut",),
        r"des[ \t]*\(",
        aut_file.parse,
        aut_file.dumps,
        aut_file.parse,
    ),
    Format(
        "csv",
        "CSV",
        (".csv", ".tsv"),
        r"states?[ \t]*[,;\t]",
        csv_file.parse,
        csv_file.dumps,
        csv_file.parse,
    ),
    Format(
        "fsm",
        "AT&T FSM",
        (".fsm", ".att"),
        r"\d+([ \t]+\d+[ \t]+\S|[ \t\r]*\n)",
        fsm_file.parse,
        fsm_file.dumps,
    ),
    Format(
        "ba",
        "BA",
        (".ba",),
        BA_BEGINNING,
        ba_file.parse,
        ba_file.dumps,
    ),
)


def read(
    path: str,
    max_bytes: int = 64_000_000,
    max_states: int = 100_000,
    accepting: Sequence[str] | None = None,
) -> tuple[Machine, Notices]:
    """Read a machine from a file; ``-`` is standard input.

    Parameters
    ----------
    path : str
        A file, a pipe, or ``-``.
    max_bytes : int
        The largest size to read: a file is measured before it is read, a pipe is read this far.
    max_states : int
        The largest number of states.
    accepting : sequence of str, optional
        Names of the accepting states, for a file that does not say which accept.

    Returns
    -------
    machine : Machine
        Complete and deterministic, not minimised.
    notices : tuple of str
        What was completed or determinised.

    Raises
    ------
    InputError
        A file that cannot be opened, is too large, is not UTF-8, or holds no valid machine; every
        problem is listed.
    LimitReached
        More than ``max_states`` states.
    """
    name, data = read_bytes(path, max_bytes)
    return parse(data, name, max_states, accepting)


def read_bytes(path: str, max_bytes: int = 64_000_000) -> tuple[str, bytes]:
    """Return what messages call a file (``-`` is standard input), and its contents.

    Raises InputError when it cannot be opened or has more than ``max_bytes`` bytes.
    """
    name = shown_name(path)
    try:
        if path == "-":
            return name, _read_stream(sys.stdin.buffer, name, max_bytes)
        with open(path, "rb") as stream:
            status = os.fstat(stream.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_size > max_bytes:
                raise _too_large(name, f"it has {status.st_size:,} bytes", max_bytes)
            return name, _read_stream(stream, name, max_bytes)
    except OSError as error:
        raise InputError(name, f"cannot be read: {error.strerror}", code="bad-file") from None
    except ValueError as error:
        # A path with a null character, or a closed standard input.
        raise InputError(repr(name), f"cannot be read: {error}", code="bad-file") from None


def shown_name(path: str) -> str:
    """Return what messages call a path: itself, with bytes that are not UTF-8 written out."""
    return "standard input" if path == "-" else path.encode("utf-8", "backslashreplace").decode()


def parse(
    data: bytes, name: str, max_states: int = 100_000, accepting: Sequence[str] | None = None
) -> tuple[Machine, Notices]:
    """Parse a machine from the contents of a file.

    The format follows from the extension of ``name`` or, where that is unknown, from how the text
    begins. Raises as :func:`read` does.

    Examples
    --------
    >>> parse(b"digraph { __start -> q; q -> q [label=a] }", "m.dot", accepting=["q"])
    (Machine(1 states over a), ())
    >>> parse(b"HOA: v1", "m.hoa")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    negeig.claims.InputError: m.hoa: line 1, column 1: this looks like the Hanoi omega-automata ...
    """
    text = decode(data, name)
    if not text.strip():
        raise InputError(name, "the file is empty", code="bad-file")
    _check_characters(text, name)
    if found := foreign.beginning(text):
        start, what = found
        raise InputError(
            name,
            f"{_place(text, start)}: this looks like {what}; it is not read: convert it to one of "
            f"{_formats()}",
            code="bad-file",
        )
    known = _by_extension(name) or _by_content(text)
    if known is None:
        alone = "; a regular expression is no file, but an argument" * ("\n" not in text.strip())
        raise InputError(
            name,
            f"the format is not recognised; negeig reads {_formats()}{alone}",
            code="bad-file",
        )
    if accepting is None:
        return _with_warning(known.parse(text, name, max_states))
    if known.parse_with is None:
        raise InputError(
            name,
            f"--accepting is not for {known.name}, whose files say which states accept",
            "usage",
        )
    return _with_warning(known.parse_with(text, name, max_states, accepting))


def _check_characters(text: str, name: str) -> None:
    """Refuse characters that are there by mistake, and numbers that nothing needs."""
    for pattern, what in WRONG:
        if found := pattern.search(text):
            raise InputError(name, f"{_place(text, found.start())}: {what}", code="bad-file")


def _place(text: str, offset: int) -> str:
    """Return an offset as line and column, counted from 1."""
    line = text.count("\n", 0, offset) + 1
    return f"line {line}, column {offset - text.rfind(chr(10), 0, offset)}"


def _with_warning(read: tuple[Machine, Notices]) -> tuple[Machine, Notices]:
    """Add a notice where no state accepts: it may be that the file does not say which do."""
    machine, notices = read
    return machine, notices + said_of_acceptance(machine)


def dumps(machine: Machine, format: str) -> str:
    r"""Return a machine as text in a format, named by the key of one of :data:`FORMATS`.

    :func:`parse` reads an equal machine back, except for natural points, which are not written; and
    of ``aut``, which has no states that refuse, one of the same language.

    Raises
    ------
    InputError
        An unknown format, or a letter or an output that the format cannot hold.

    Examples
    --------
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> print(dumps(parity, "mata"))
    @NFA-explicit
    %Alphabet-auto
    %Initial q0
    %Final q0
    q0 1 q1
    q1 1 q0
    """
    known = named_format(format)
    halves = [letter for letter in machine.alphabet if re.search("[\ud800-\udfff]", letter)]
    if halves:
        raise InputError(
            known.name,
            f"letter {halves[0]!a} has half of a surrogate pair, which no file holds",
        )
    return known.dumps(machine)


def named_format(key: str) -> Format:
    """Return the format of a key. Raises InputError for an unknown one, with those there are."""
    known = next((known for known in FORMATS if known.key == key), None)
    if known is None:
        keys = ", ".join(known.key for known in FORMATS)
        raise InputError("format", f"unknown format {key!r}; the formats are {keys}", "usage")
    return known


def write(machine: Machine, path: str, format: str | None = None) -> None:
    """Write a machine to a file, in the format of its extension unless another is named.

    Parameters
    ----------
    machine : Machine
        Natural points are not written.
    path : str
        A file, which is replaced, or ``-`` for standard output.
    format : str, optional
        As for :func:`dumps`; needed where the extension says nothing.

    Raises
    ------
    InputError
        As for :func:`dumps`, or the file cannot be written. Nothing is written when the format
        cannot hold the machine.
    """
    if format is None:
        known = _by_extension(path)
        if known is None:
            raise InputError(
                "standard output" if path == "-" else shown_name(path),
                f"name a format, or an extension of {_formats()}",
                "usage",
            )
        format = known.key
    data = (dumps(machine, format) + "\n").encode()
    try:
        if path == "-":
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            write_whole(path, data)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(shown_name(path), f"cannot be written: {reason}", "bad-file") from None


def _by_extension(name: str) -> Format | None:
    extension = PurePath(name).suffix.lower()
    return next((known for known in FORMATS if extension in known.extensions), None)


def _by_content(text: str) -> Format | None:
    return next(
        (x for x in FORMATS if re.match(rf"\s*+(?:{x.beginning})", text, re.IGNORECASE)), None
    )


def _formats() -> str:
    return ", ".join(f"{known.name} ({', '.join(known.extensions)})" for known in FORMATS)


def _read_stream(stream: BinaryIO, name: str, max_bytes: int) -> bytes:
    """Read to the end, but never more than one byte beyond the limit."""
    chunks: list[bytes] = []
    room = max_bytes + 1
    while room and (chunk := stream.read(min(room, CHUNK))):
        chunks.append(chunk)
        room -= len(chunk)
    if not room:
        raise _too_large(name, "it has more bytes", max_bytes)
    return b"".join(chunks)


def _too_large(name: str, size: str, max_bytes: int) -> InputError:
    return InputError(
        name,
        f"the file is too large: {size}, the limit is {max_bytes:,}; raise it with --max-bytes",
        code="file-too-large",
    )


def decode(data: bytes, name: str) -> str:
    """Decode a file's contents as UTF-8; InputError with the first bad byte."""
    if what := binary(data):
        network = "a network is read as JSON, which negeig compile -o NAME.json writes"
        raise InputError(name, f"{what}; {network}", "bad-file")
    if what := of_others(data):
        raise InputError(name, what, "bad-file")
    skipped = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    try:
        return data[skipped:].decode("utf-8")
    except UnicodeDecodeError as error:
        marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        head = data[:4096]
        nulls = max(head[0::2].count(0), head[1::2].count(0))  # as of letters that ASCII has
        is_wide = marked or 3 * nulls > len(head)
        hint = "; it looks like UTF-16: save it as UTF-8" if is_wide else ""
        hint = "; it is no text but binary" if b"\0" in head and not is_wide else hint
        place = error.start + skipped
        raise InputError(
            name, f"not UTF-8: byte 0x{data[place]:02x} at offset {place}{hint}", code="bad-file"
        ) from None
