"""Writing files whole or not at all."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_whole(path: str, data: bytes) -> None:
    """Write a file as :func:`whole_file` does, at once. Raises OSError."""
    with whole_file(path) as file:
        file.write(data)


@contextmanager
def whole_file(path: str) -> Iterator[IO[bytes]]:
    """Open a file beside its place and rename it at the end, so that a full disk loses nothing.

    A link is followed; a device or pipe is written to as it is. Of several writers at once the last
    one to end stays, and of one that is stopped nothing. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with target.open("wb") as file:
            yield file
        return
    beside = _beside(target)
    try:
        with beside.open("wb") as file:
            yield file
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def try_out(path: str) -> None:
    """Raise OSError where :func:`whole_file` could not begin to write; nothing is left there.

    Examples
    --------
    >>> try_out("/dev/null")
    >>> try_out("no-such-folder/page.html")
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: ...
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        return
    beside = _beside(target)
    beside.write_bytes(b"")
    beside.unlink()


def _beside(target: Path) -> Path:
    """Return the file that is renamed once it is whole; its name is no longer than the target's."""
    mine = f".{os.getpid()}-{threading.get_ident()}.partial"
    return target.with_name(f"{target.name[: -len(mine)]}{mine}")
