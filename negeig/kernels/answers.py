"""What a process sends, read until the process itself ends: what it forked may hold its pipe."""

from __future__ import annotations

import io
import os
from multiprocessing.connection import wait
from subprocess import Popen
from typing import Any

TICK = 0.2
"""Seconds after which a process that sends nothing is looked at."""


class Answers(io.RawIOBase):
    """The standard output of a process; it ends with the process, when all that it sent is read.

    Examples
    --------
    >>> import subprocess, sys
    >>> process = subprocess.Popen([sys.executable, "-c", "print(1)"], stdout=subprocess.PIPE)
    >>> int(io.BufferedReader(Answers(process)).read())
    1
    >>> process.stdout.close(), process.wait()
    (None, 0)
    """

    def __init__(self, process: Popen[bytes]) -> None:
        assert process.stdout is not None
        self.process, self.pipe = process, process.stdout.fileno()

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for bytes, read at most as many as the buffer takes, and return how many."""
        ended = False
        while not wait([self.pipe], 0 if ended else TICK):
            if ended:
                return 0
            ended = self.process.poll() is not None  # then what it sent before is in the pipe
        data = os.read(self.pipe, len(buffer))
        buffer[: len(data)] = data
        return len(data)
