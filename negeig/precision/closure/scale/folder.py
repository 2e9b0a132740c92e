"""The folder that keeps a search: the states level by level, and a manifest of what is whole.

``states.bin`` holds the rows of all states in their order and only grows. ``manifest.json`` says
which of it is whole: it is written before any rows, and anew, beside and renamed, when more of them
are on disk, so that a search that is killed anywhere goes on from the levels that the manifest
names. What comes after them in ``states.bin`` is cut off; rows without a manifest are refused.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negeig.claims import InputError
from negeig.writing import write_whole

FORMAT = "negeig.closure-folder/1"
STATES, MANIFEST, LOCK = "states.bin", "manifest.json", "lock"
READ_BYTES = 1 << 24
"""Bytes of a file that are read at once."""

DAMAGED = "restore it from a copy, or delete the folder to begin anew"


class WorkFolder:
    """One search on disk. Open it as a context, which keeps other processes out.

    Parameters
    ----------
    path : str
        Made when missing. Must be empty or hold a search of the same identity.
    identity : dict of str to str
        What a search is about: the arithmetic, and digests of network and machine.
    width : int
        Words of a row.
    word_type : type
        np.uint32 or np.uint64.

    Raises
    ------
    InputError
        Where the folder holds something else, another search, or a damaged one; where another
        process has it open; where nothing can be written there.

    Attributes
    ----------
    levels : list of int
        Where each whole level begins, and where the last ends; ``[0]`` at first.
    fault : int
        The first edge known to be wrong, from a state before the last level; or -1.
    """

    def __init__(
        self, path: str, identity: dict[str, str], width: int, word_type: type[Any]
    ) -> None:
        self.path, self.identity, self.width = Path(path), identity, width
        self.word_type = np.dtype(word_type)
        self.row_bytes = width * self.word_type.itemsize
        self.levels, self.fault = [0], -1
        self._segments: list[list[Any]] = []
        self._arrivals = self._arrivals_digest = ""
        self._hash = hashlib.blake2b(digest_size=16)

    def __enter__(self) -> WorkFolder:
        with self.named():
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = (self.path / LOCK).open("a")
        if not _locks(self._lock):
            self._lock.close()
            raise InputError(str(self.path), "another process explores in this folder")
        try:
            self._read()
        except BaseException:
            self._lock.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._lock.close()

    @property
    def states(self) -> int:
        """How many rows are whole."""
        return self.levels[-1]

    @contextlib.contextmanager
    def named(self) -> Iterator[None]:
        """Turn an error of the system into one that names the folder."""
        try:
            yield
        except OSError as error:
            kept = "" if len(self.levels) < 2 else "; what it holds can be resumed"
            raise InputError(str(self.path), f"{error.strerror or error}{kept}") from error

    def rows(self, first: int, last: int) -> NDArray[Any]:
        """Read rows from one number up to another."""
        with self.named():
            data = np.empty((last - first, self.width), self.word_type)
            view = data.reshape(-1).view(np.uint8).data
            begin = 0
            while begin < len(view):
                got = os.preadv(self._file.fileno(), [view[begin:]], first * self.row_bytes + begin)
                if not got:
                    raise InputError(str(self.path / STATES), f"is too short; {DAMAGED}")
                begin += got
            return data

    def rewind(self) -> None:
        """Cut off what has been appended and is not whole."""
        with self.named():
            self._file.truncate(self.states * self.row_bytes)
        self._hash = hashlib.blake2b(digest_size=16)

    def append(self, rows: NDArray[Any]) -> None:
        """Write rows after those there are; they become whole with :meth:`commit`."""
        data = np.ascontiguousarray(rows).reshape(-1).view(np.uint8).data
        with self.named():
            written = 0
            while written < len(data):
                written += self._file.write(data[written:])
        self._hash.update(data)

    def commit(self, levels: list[int], fault: int, arrivals: NDArray[Any] | None = None) -> None:
        """Make the rows appended since the last time whole."""
        with self.named():
            self._file.flush()
            os.fsync(self._file.fileno())
        appended = levels[-1] - self.levels[-1]
        if arrivals is not None:
            data = arrivals.tobytes()
            self._arrivals, self._arrivals_digest = f"arrivals-{levels[-1]}.bin", _digest(data)
            with self.named():
                write_whole(str(self.path / self._arrivals), data)
        segments = [*self._segments, [appended, self._hash.hexdigest()]]
        content = {
            "format": FORMAT,
            "identity": self.identity,
            "row_bytes": self.row_bytes,
            "levels": levels,
            "fault": fault,
            "segments": segments,
            "arrivals": [self._arrivals, self._arrivals_digest],
        }
        text = json.dumps({**content, "digest": _digest(_canonical(content))})
        with self.named():
            write_whole(str(self.path / MANIFEST), text.encode())
        self._segments, self._hash = segments, hashlib.blake2b(digest_size=16)
        self.levels, self.fault = list(levels), fault
        for old in self.path.glob("arrivals-*.bin"):
            if old.name != self._arrivals:
                old.unlink()

    def arrivals(self, count: int, letters: int) -> NDArray[Any]:
        """Read what :meth:`commit` was given, of the first ``count`` rows."""
        with self.named():
            data = (self.path / self._arrivals).read_bytes()
        if _digest(data) != self._arrivals_digest:
            raise InputError(str(self.path / self._arrivals), f"is damaged; {DAMAGED}")
        return np.frombuffer(data, np.uint32).reshape(-1, letters)[:count]

    def _read(self) -> None:
        """Check all that the folder holds, and cut off what is not whole."""
        manifest, states = self.path / MANIFEST, self.path / STATES
        is_new = not manifest.exists()
        if is_new:
            self._check_unused()
        else:
            with self.named():
                self._take(manifest.read_bytes())
        for left in self.path.glob("level-*"):  # of a pass that was killed
            shutil.rmtree(left, ignore_errors=True)
        with self.named():
            self._file = states.open("a+b", buffering=0)
            try:
                self._check()
                self._file.truncate(self.states * self.row_bytes)
                if is_new:
                    self.commit([0], -1)
            except BaseException:
                self._file.close()
                raise

    def _check_unused(self) -> None:
        """Check that no search without its manifest, and nothing else, is in the folder."""
        begun = f"{MANIFEST}.*.partial"  # by a process that was killed while it wrote the first one
        found = {p.name: p for p in self.path.iterdir() if p.name != LOCK and not p.match(begun)}
        states = found.pop(STATES, None)
        if found:
            names = ", ".join(sorted(found)[:3])
            problem = f"expected an empty folder or one with {MANIFEST}, found {names}"
            raise InputError(str(self.path), problem)
        if states is not None and states.stat().st_size:
            raise InputError(
                str(self.path / MANIFEST), f"expected it beside {STATES}, found none; {DAMAGED}"
            )

    def _take(self, text: bytes) -> None:
        source = str(self.path / MANIFEST)
        try:
            content = json.loads(text)
            digest, kind = content.pop("digest"), content["format"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(source, f"is no manifest of a search; {DAMAGED}") from error
        if kind != FORMAT:
            raise InputError(source, f"expected format {FORMAT!r}, found {kind!r}; {DAMAGED}")
        if digest != _digest(_canonical(content)):
            raise InputError(source, f"is damaged; {DAMAGED}")
        problems = [
            f"explores another {what}: expected {mine}, found {content['identity'].get(what)}"
            for what, mine in self.identity.items()
            if content["identity"].get(what) != mine
        ]
        if problems:
            raise InputError(str(self.path), [*problems, "use another folder"])
        self.levels, self.fault = content["levels"], content["fault"]
        self._segments = content["segments"]
        self._arrivals, self._arrivals_digest = content["arrivals"]

    def _check(self) -> None:
        """Compare the rows with their digests."""
        at, size = 0, os.fstat(self._file.fileno()).st_size
        if size < self.states * self.row_bytes:
            raise InputError(str(self.path / STATES), f"is too short; {DAMAGED}")
        for number, (count, digest) in enumerate(self._segments):
            found = hashlib.blake2b(digest_size=16)
            end = at + count * self.row_bytes
            while at < end:
                data = os.pread(self._file.fileno(), min(READ_BYTES, end - at), at)
                found.update(data)
                at += len(data)
            if found.hexdigest() != digest:
                problem = f"part {number} of {len(self._segments)} is damaged; {DAMAGED}"
                raise InputError(str(self.path / STATES), problem)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True).encode()


def _locks(file: Any) -> bool:
    """Lock a file for this process where the system can; whether no other has it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
