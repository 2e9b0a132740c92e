"""An overall time limit that holds whatever the program is doing.

A signal handler that raises would do so in the middle of an import or of compiled code. So the work
is done by a child process, and the parent ends it when the time is over.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from negeig.claims import LimitReached, Unavailable

POLL_SECONDS = 0.01


def run_within(seconds: float) -> None:
    """Go on in a child process that may run for so many seconds; the parent never returns.

    The parent exits with the child's code, or raises LimitReached once the time is over. Call it
    before threads are started. Raises Unavailable where processes cannot be forked.
    """
    if not hasattr(os, "fork"):
        raise Unavailable("--timeout needs a system that can fork processes")
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        return
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(status)
                os._exit(code if code >= 0 else 128 - code)
            time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            # The child has been interrupted too and says so itself.
            end = min(end, time.monotonic() + 5)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise LimitReached("seconds in all", seconds, reached=seconds, option="--timeout")
