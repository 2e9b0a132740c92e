"""Output whose reader may leave: what it no longer reads goes nowhere, and the work goes on.

Behind ``| head -1`` the pipe is closed while a command still writes. The exit code is the answer's
all the same, and that is known at the end.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any


class Listened:
    """A stream of text or bytes that a reader may close; otherwise the stream itself.

    Examples
    --------
    >>> reader, writer = os.pipe()
    >>> os.close(reader)
    >>> with open(writer, "w") as stream:
    ...     print("nobody reads this", file=Listened(stream), flush=True)
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def buffer(self) -> Listened:
        """The bytes below a stream of text. Raises AttributeError where there are none."""
        return Listened(self._stream.buffer)

    def write(self, data: str | bytes) -> int:
        """Write data, or nothing where nobody reads. Raises OSError for other reasons."""
        try:
            return int(self._stream.write(data))
        except BrokenPipeError:
            discard(self._stream)
            return len(data)

    def flush(self) -> None:
        """Write what is left, or nothing where nobody reads. Raises OSError for other reasons."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            discard(self._stream)
            self._stream.flush()


@contextlib.contextmanager
def listened() -> Iterator[None]:
    """Let the readers of standard output and standard error leave while this lasts."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (Listened(stream) for stream in before)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # said where it was written
            sys.stdout.flush()
            sys.stderr.flush()
        sys.stdout, sys.stderr = before


def discard(stream: Any) -> None:
    """Let what is left in a stream's buffer, and what comes, go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
