"""Reading a machine from a file or from standard input, and writing one, in any format."""

from __future__ import annotations

import codecs
import os
import re
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from negeig.automata.formats import dot_file, fsm_file, jflap_file, json_file, mata_file
from negeig.automata.formats.completion import Notices
from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.writing import write_whole

CHUNK = 1 << 20


@dataclass(frozen=True)
class Format:
    """A file format: recognised by its file name extension, or else by how its text begins."""

    key: str
    name: str
    extensions: tuple[str, ...]
    beginning: str
    parse: Callable[[str, str, int], tuple[Machine, Notices]]
    dumps: Callable[[Machine], str]


FORMATS = (
    Format("json", "negeig JSON", (".json",), r"[{\[]", json_file.parse, json_file.dumps),
    Format("jff", "JFLAP", (".jff",), r"<", jflap_file.parse, jflap_file.dumps),
    Format("mata", "Mata", (".mata",), r"(\#.*+\s*+)*+@", mata_file.parse, mata_file.dumps),
    Format(
        "dot",
        "DOT",
        (".dot", ".gv"),
        r"(strict|digraph|graph)\b|//|/\*|\#",
        dot_file.parse,
        dot_file.dumps,
    ),
    Format(
        "fsm",
        "AT&T FSM",
        (".fsm", ".att"),
        r"\d+([ \t]+\d+[ \t]+\S|[ \t\r]*\n)",
        fsm_file.parse,
        fsm_file.dumps,
    ),
)


def read(
    path: str, max_bytes: int = 64_000_000, max_states: int = 100_000
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
    return parse(data, name, max_states)


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


def parse(data: bytes, name: str, max_states: int = 100_000) -> tuple[Machine, Notices]:
    """Parse a machine from the contents of a file.

    The format follows from the extension of ``name`` or, where that is unknown, from how the text
    begins. Raises as :func:`read` does.

    Examples
    --------
    >>> machine, notices = parse(b"digraph { __start -> q; q -> q [label=a] }", "loop.dot")
    >>> machine
    Machine(1 states over a)
    """
    text = decode(data, name)
    if not text.strip():
        raise InputError(name, "the file is empty", code="bad-file")
    known = _by_extension(name) or _by_content(text)
    if known is None:
        raise InputError(
            name, f"the format is not recognised; negeig reads {_formats()}", code="bad-file"
        )
    return known.parse(text, name, max_states)


def dumps(machine: Machine, format: str) -> str:
    r"""Return a machine as text in a format: ``json``, ``dot``, ``jff``, ``fsm`` or ``mata``.

    :func:`parse` reads an equal machine back, except for natural points, which are not written.

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
    known = next((known for known in FORMATS if known.key == format), None)
    if known is None:
        keys = ", ".join(known.key for known in FORMATS)
        raise InputError("format", f"unknown format {format!r}; the formats are {keys}", "usage")
    halves = [letter for letter in machine.alphabet if re.search("[\ud800-\udfff]", letter)]
    if halves:
        raise InputError(
            known.name,
            f"letter {halves[0]!a} has half of a surrogate pair, which no file holds",
        )
    return known.dumps(machine)


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
    skipped = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    try:
        return data[skipped:].decode("utf-8")
    except UnicodeDecodeError as error:
        utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        hint = "; it looks like UTF-16" if utf16 else ""
        place = error.start + skipped
        raise InputError(
            name, f"not UTF-8: byte 0x{data[place]:02x} at offset {place}{hint}", code="bad-file"
        ) from None
