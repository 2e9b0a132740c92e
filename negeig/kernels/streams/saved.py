"""Where a run stands, as text for a command line and as a file: nothing but numbers, no pickles."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np

from negeig.claims import InputError
from negeig.kernels.backend import States
from negeig.kernels.streams.comparing import Standing
from negeig.kernels.streams.kinds import MAX_POSITION, MAX_ROWS, STREAMED
from negeig.writing import try_out, write_whole

SCHEMA = "negeig.run-checkpoint/1"


def state_text(standing: Standing, row: int = 0) -> str:
    """Write the machine's state and the bits of every layer of a row, in hexadecimal.

    Examples
    --------
    >>> state_text(Standing(0, np.array([7]), (np.array([[1.0, -2.0]], np.float32),)))
    '7/3f800000c0000000'
    """
    bits = [s[row].astype(s.dtype.newbyteorder(">")).tobytes().hex() for s in standing.states]
    return "/".join([str(int(standing.machine[row])), *bits])


def standing_of(texts: Sequence[str], position: int, like: Standing, machine_size: int) -> Standing:
    """Read what :func:`state_text` wrote, a text for each row.

    ``like`` has one row and the types and sizes of every layer. Raises InputError naming the first
    text that is none.

    Examples
    --------
    >>> like = Standing(0, np.array([0]), (np.array([[1.0, -2.0]], np.float32),))
    >>> standing_of(["7/3f800000c0000000"], 5, like, 9).states[0].tolist()
    [[1.0, -2.0]]
    """
    sizes = [s.dtype.itemsize * s.shape[1] for s in like.states]
    machine, layers = [], [bytearray() for _ in sizes]
    for text in texts:
        first, *bits = text.split("/")
        problem = ""
        is_number = first.isascii() and first.isdigit() and len(first) < 20
        if not is_number or int(first) >= machine_size:
            problem = f"a state of the machine from 0 to {machine_size - 1} before the first /"
        elif [len(b) for b in bits] != [2 * size for size in sizes]:
            wanted = ", ".join(str(2 * size) for size in sizes)
            problem = f"hexadecimal digits for each layer: {wanted or 'none'}"
        else:
            try:
                for layer, text_of_layer in zip(layers, bits, strict=True):
                    layer += bytes.fromhex(text_of_layer)
            except ValueError:
                problem = "hexadecimal digits after the first /"
        if problem:
            raise InputError("--state", f"expected {problem}; found {text[:80]!r}")
        machine.append(int(first))

    def states(data: bytearray, layer: States) -> States:
        array = np.frombuffer(bytes(data), layer.dtype.newbyteorder(">"))
        return array.reshape(len(texts), layer.shape[1]).astype(layer.dtype)

    read = tuple(states(data, layer) for data, layer in zip(layers, like.states, strict=True))
    return Standing(position, np.array(machine, np.int32), read)


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A run that can go on.

    Parameters
    ----------
    about : mapping
        What the run is of; it goes on only where this is the same.
    parts : list
        The words planned, in order: kind, rows, length, order, letters compared, note.
    part : int
        Which is being read.
    standing : Standing or None
        Of its rows; None where it begins, as a part that is not streamed does.
    """

    about: Mapping[str, Any]
    parts: list[list[Any]]
    part: int
    standing: Standing | None

    def save(self, path: str) -> None:
        """Write the file beside its place, then rename it. Raises InputError where it cannot."""
        here = self.standing
        rows = [] if here is None else [state_text(here, row) for row in range(len(here.machine))]
        document = {
            "schema": SCHEMA,
            "about": dict(self.about),
            "parts": self.parts,
            "part": self.part,
            "position": None if here is None else here.position,
            "rows": rows,
        }
        text = json.dumps({**document, "sha256": _digest(document)}, ensure_ascii=False)
        try:
            write_whole(path, text.encode())
        except OSError as error:
            raise InputError(
                "--checkpoint", f"{path} cannot be written: {error.strerror}"
            ) from None


def check_place(path: str) -> None:
    """Raise InputError where no file can be written beside a path, before anything is read."""
    folder = os.path.dirname(os.path.realpath(path))
    if not os.path.isdir(folder):
        raise InputError("--checkpoint", f"{path} cannot be written: there is no folder {folder}")
    if not os.access(folder, os.W_OK):
        raise InputError("--checkpoint", f"{path} cannot be written: {folder} is read-only")
    try:
        try_out(path)
    except OSError as error:
        raise InputError("--checkpoint", f"{path} cannot be written: {error.strerror}") from None


def load(path: str, about: Mapping[str, Any], like: Standing, machine_size: int) -> Checkpoint:
    """Read a checkpoint.

    Raises InputError when it is no regular file, larger than the states of all rows that there can
    be, or damaged, and naming all in which it is of another run.
    """
    bits = sum(s.dtype.itemsize * s.shape[1] for s in like.states)
    most = 2**20 + (MAX_ROWS + 1) * (2 * bits + len(like.states) + 32)
    if not os.path.isfile(path):
        raise InputError(
            "--checkpoint", f"{path} cannot be read: it is no regular file; name another"
        )
    try:
        with open(path, "rb") as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise InputError(
                "--checkpoint",
                f"{path} is no checkpoint of negeig run: it has more than {most:,} bytes; "
                "name another file",
            )
        document = json.loads(data.decode())
    except OSError as error:
        raise InputError("--checkpoint", f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise InputError(
            "--checkpoint", f"{path} is no checkpoint of negeig run; name another file"
        )
    digest = document.pop("sha256", None)
    if digest != _digest(document):
        raise InputError(
            "--checkpoint", f"{path} is damaged: its digest is not that of its content; delete it"
        )
    damaged = _damage(document)
    if damaged:
        raise InputError("--checkpoint", [f"{path} is damaged: {problem}" for problem in damaged])
    other = document["about"]
    problems = [
        f"{path} is of another run: {key} was {other.get(key)!r}, is {value!r}"
        for key, value in about.items()
        if other.get(key) != value
    ]
    if problems:
        raise InputError("--checkpoint", problems)
    position, standing = document["position"], None
    if position is not None:
        try:
            standing = standing_of(document["rows"], position, like, machine_size)
        except InputError as error:
            problem = f"{path} is damaged: rows: {error.problems[0]}"
            raise InputError("--checkpoint", problem) from None
    return Checkpoint(
        about=about,
        parts=document["parts"],
        part=document["part"],
        standing=standing,
    )


def _damage(document: Mapping[str, Any]) -> list[str]:
    """Return what is wrong in a document whatever the run is; its digest may have been made up."""
    about, parts, rows = (document.get(key) for key in ("about", "parts", "rows"))
    part, position = document.get("part"), document.get("position")
    problems = []
    if not isinstance(about, dict):
        problems.append("about: expected an object")
    if not isinstance(parts, list) or not parts or not all(map(_is_part, parts)):
        problems.append("parts: expected kind, rows, length, order, letters read and note of each")
    elif not _is_count(part) or part >= len(parts):
        problems.append(f"part: expected a number from 0 to {len(parts) - 1}")
    elif position is not None and parts[part][0] not in STREAMED:
        problems.append(f"position: {parts[part][0]} has none")
    elif isinstance(about, dict) and isinstance(rows, list):
        held = 0 if position is None else parts[part][1] if about.get("row") is None else 1
        if len(rows) != held:
            problems.append(f"rows: expected {held:,}, found {len(rows):,}")
    if position is not None and not (_is_count(position) and position <= 2 * MAX_POSITION):
        problems.append("position: expected a number of letters")
    if not isinstance(rows, list) or not all(isinstance(row, str) for row in rows):
        problems.append("rows: expected a text for each")
    return problems


def _is_part(part: Any) -> bool:
    if not isinstance(part, list) or len(part) != 6:
        return False
    kind, rows, length, order, tokens, note = part
    if not all(map(_is_count, (rows, length, order, tokens))) or tokens > rows * length:
        return False
    return isinstance(kind, str) and isinstance(note, str)


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def digest_of(value: Any) -> str:
    """Return a short digest of a JSON value, the same for equal values."""
    return _digest(value)[:16]


def _digest(document: Any) -> str:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
