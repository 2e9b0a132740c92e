"""An overall time limit that holds whatever the program is doing, and keeps what is proved.

A signal handler that raises would do so in the middle of an import or of compiled code. So the work
is done by a child process. When the time is over the parent asks it to stop: a search that can
keep something ends at its next report of progress, and the command prints what it has. Everything
else, and what does not end soon, the parent ends.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from negeig.claims import LimitReached, StageProgress, Stopped, Unavailable

POLL_SECONDS = 0.01

GRACE_SECONDS = 5.0
"""How long a search that was asked to stop may take at least to do so and to print what it has."""

GRACE_PART = 0.25
"""The same as a part of the time limit, where that is more: long work leaves more to print."""

ASK = getattr(signal, "SIGUSR1", None)

_seconds: list[float] = []
"""The time limit of this process, where it is the child that works under one."""


def run_within(seconds: float) -> None:
    """Go on in a child process that may run for so many seconds; the parent never returns.

    The parent exits with the child's code, or raises LimitReached once the time is over. Call it
    before threads are started. Raises Unavailable where processes cannot be forked.
    """
    if not hasattr(os, "fork") or ASK is None:
        raise Unavailable("--timeout needs a system that can fork processes")
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _seconds.append(seconds)
        return
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    code = _wait(child, seconds)
    if code is None:
        os.kill(child, ASK)
        code = _wait(child, max(GRACE_SECONDS, GRACE_PART * seconds))
    if code is None:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if code is None or code == -ASK:
        raise _over(LimitReached, seconds)
    os._exit(code if code >= 0 else 128 - code)


@contextmanager
def stoppable(
    progress: StageProgress, foreign: Callable[[str], bool] = lambda _: False
) -> Iterator[StageProgress]:
    """Yield a progress callback that raises Stopped once the time limit is over.

    The callback that is given where there is no time limit. In the stages that
    ``foreign`` says run code of others, which may never return, the signal itself raises, in the
    middle of what runs; what does not return to Python is ended by the parent.
    """
    if not _seconds or ASK is None:
        yield progress
        return
    asked: list[int] = []
    at = [""]

    def stop(number: int, _: object) -> None:
        asked.append(number)
        if foreign(at[0]):
            raise _over(Stopped, _seconds[0], f"it was at {at[0]}")

    signal.signal(ASK, stop)

    def report(stage: str, done: int) -> None:
        at[0] = stage
        if asked:
            raise _over(Stopped, _seconds[0])
        progress(stage, done)

    try:
        yield report
    finally:  # what is found gets printed, even if the time ends now
        signal.signal(ASK, signal.SIG_IGN)


def _over(kind: type[LimitReached], seconds: float, detail: str = "") -> LimitReached:
    return kind("seconds in all", seconds, reached=seconds, option="--timeout", detail=detail)


def _wait(child: int, seconds: float) -> int | None:
    """Wait so long for a child to end, and return its exit code, or None."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            # The child has been interrupted too and says so itself.
            end = min(end, time.monotonic() + GRACE_SECONDS)
    return None
