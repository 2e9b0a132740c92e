"""Implementations in processes of their own: one that hangs or crashes ends nothing but itself.

A process runs those of one package, so that the package is imported once, and streams its results.
When it ends in the middle, or gives no sign in the time it has, another one goes on with the next.
It is started afresh and not forked, as libraries with threads ask for; requests and results are
pickled through its standard input and output.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from io import BufferedReader
from typing import IO, Any, NamedTuple

from negeig.claims import InputError, NegeigError, Unavailable
from negeig.kernels import adapters
from negeig.kernels.answers import Answers
from negeig.kernels.conforming import Conformity, conform, unanswered
from negeig.kernels.implementation import Answer, Implementation, Kernel, Recurrence
from negeig.kernels.messages import LOADING, WORDS, At, Broken, Refused
from negeig.kernels.raised import Misbehaved, told
from negeig.kernels.registry import find
from negeig.kernels.standard_suite import Task
from negeig.kernels.trial import EVERY_STATE, FirstWrong


class Pair(NamedTuple):
    """What one result is about: its number, the implementation, the task and the format."""

    number: int
    one: Implementation
    task: Task
    dtype: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What all results share; see :func:`negeig.kernels.conforming.conform`."""

    tokens: int
    seed: int
    max_memory: int


class Ended(Exception):
    """A process ended before its answer, by itself or, ``late``, because its time was over."""

    def __init__(self, text: str, late: bool) -> None:
        super().__init__(text)
        self.late = late


class Process:
    """One process, started when it is first asked something, and again when it has ended.

    Parameters
    ----------
    seconds : float or None
        Time that it has for each result, and for each import.
    """

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.running: subprocess.Popen[bytes] | None = None
        self.closed = False

    def ask(self, *request: object) -> Iterator[Any]:
        """Send a request and yield the messages that answer it.

        Raises Ended, and RuntimeError for an error of negeig's own there.
        """
        if self.closed:
            raise Ended("it was closed", late=False)
        running = self.running = self.running or _started()
        watch = _Watch(running, self.seconds)
        answers = BufferedReader(Answers(running))
        try:
            _send(running.stdin, (list(adapters.__path__), *request))
            while (message := pickle.load(answers)) is not None:
                if isinstance(message, Broken):
                    raise RuntimeError(message.text)
                if not isinstance(message, At) or message.kind != "call":
                    watch.restart()
                yield message
        except (EOFError, OSError, pickle.UnpicklingError):
            self.running = None
            raise Ended(_ending(_waited(running), watch), watch.late) from None
        finally:
            watch.stop()

    def stop(self) -> None:
        """Kill it, and start it no more."""
        self.closed = True
        if self.running is not None:
            _kill(self.running)

    def close(self) -> None:
        """Stop it and wait for its end."""
        self.stop()
        if self.running is not None:
            _waited(self.running)


class _Watch:
    """Kills a process that sends no result in its time."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float | None) -> None:
        self.process, self.seconds, self.late = process, seconds, False
        self.timer: threading.Timer | None = None
        self.restart()

    def restart(self) -> None:
        self.stop()
        if self.seconds is not None:
            self.timer = threading.Timer(self.seconds, self._over)
            self.timer.daemon = True
            self.timer.start()

    def stop(self) -> None:
        if self.timer is not None:
            self.timer.cancel()

    def _over(self) -> None:
        self.late = True
        _kill(self.process)


def _started() -> subprocess.Popen[bytes]:
    """Start a process that finds what this one finds, and is not interrupted with it."""
    found = os.pathsep.join(path or os.getcwd() for path in sys.path)
    return subprocess.Popen(
        # faulthandler says on standard error in which line of Python a signal came.
        [sys.executable, "-X", "faulthandler", "-c",
         f"from {__name__} import serve; serve()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        # Its tensors are small: threads would wait for each other, and sum in another order.
        env={"OMP_NUM_THREADS": "1"} | os.environ
        | {"PYTHONPATH": found, "PYTHONSAFEPATH": "1"},
    )  # fmt: skip


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and those that it forked, which hold its pipes open too."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # its session is its own


def _waited(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of a process and return its exit code."""
    code = process.wait()
    _kill(process)  # what it forked and left
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # what was not yet written
            pipe.close()  # type: ignore[union-attr]
    return code


def _ending(code: int, watch: _Watch) -> str:
    if watch.late:
        return f"no answer within {watch.seconds:g} seconds"
    if code < 0:
        return f"its process was ended by {signal.Signals(-code).name}"
    return f"its process ended with exit code {code}"


def _send(to: IO[bytes] | None, message: object) -> None:
    if to is not None:
        to.write(pickle.dumps(message))
        to.flush()


def _elsewhere() -> Kernel:
    raise Unavailable("it is imported in a process of its own")


class Processes:
    """A process for each package; all of them end with the context.

    Parameters
    ----------
    seconds : float or None
        Time of one result, and of the import of a function of one's own.
    jobs : int
        Processes that work at a time.
    """

    def __init__(self, seconds: float | None, jobs: int) -> None:
        self.seconds, self.jobs = seconds, jobs
        self.processes: dict[str, Process] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.close()

    def _of(self, name: str) -> Process:
        package = name.rpartition(":")[0] or name.partition(".")[0]
        return self.processes.setdefault(package, Process(self.seconds))

    def own(self, name: str) -> Implementation:
        """Return a function of one's own, which is imported in its process only.

        Raises InputError as :func:`negeig.kernels.own_function.own` does, and when the process
        ends.
        """
        try:
            (found,) = self._of(name).ask("find", name)
        except Ended as ended:
            raise InputError("--impl", f"{name}: {ended}, while it was imported") from None
        if isinstance(found, Refused):
            raise InputError(*found)
        one: Implementation = found
        return one

    def run(
        self, pairs: Sequence[Pair], settings: Settings
    ) -> Iterator[tuple[Pair, Conformity | str]]:
        """Yield the results of pairs, in the order in which they come, and what each is at.

        A result whose process ended in a call is ``wrong`` at position 0, as a call that raises is.
        One that took longer than it may is ``missing``: nothing is known of it; so are all of those
        of an implementation that cannot be loaded.

        Raises InputError when a network errs in exact arithmetic.
        """
        groups: dict[Process, list[Pair]] = {}
        for pair in sorted(pairs, key=lambda pair: pair.task.name):  # whose words are drawn once
            if reason := pair.one.missing:
                yield pair, unanswered(pair.one, pair.task, pair.dtype, "missing", reason)
            else:
                groups.setdefault(self._of(pair.one.name), []).append(pair)
        inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def work(process: Process, group: list[Pair]) -> None:
            try:
                for message in _results(process, group, settings):
                    inbox.put(message)
                inbox.put(None)
            except Exception as error:
                inbox.put(error)

        with ThreadPoolExecutor(self.jobs) as pool:
            try:
                for process, group in groups.items():
                    pool.submit(work, process, group)
                left = len(groups)
                while left:
                    message = inbox.get()
                    if isinstance(message, Exception):
                        raise message
                    if message is None:
                        left -= 1
                    else:
                        yield message
            finally:
                for process in groups:  # where it is left early, what waits is not begun
                    process.stop()


def _results(
    process: Process, pairs: Sequence[Pair], settings: Settings
) -> Iterator[tuple[Pair, Conformity | str]]:
    """Run pairs of one package one after the other, in another process where one has ended."""
    left = list(pairs)
    while left and not process.closed:
        at = LOADING
        try:
            names = [(pair.one.name, pair.task, pair.dtype) for pair in left]
            for message in process.ask("run", settings, names):
                if isinstance(message, Refused):
                    raise InputError(*message)
                if isinstance(message, Conformity):
                    yield left.pop(0), message
                    at = LOADING
                else:
                    at = message
                    yield left[0], at.text
        except Ended as ended:
            if process.closed:
                return
            failed = [pair for pair in left if at == LOADING and pair.one is left[0].one]
            for pair in failed or left[:1]:
                left.remove(pair)
                yield pair, _ended(pair, ended, at)


def _ended(pair: Pair, ended: Ended, at: At) -> Conformity:
    reason = f"{ended}, {at.text}"
    if at.wrong is not None:
        found = unanswered(pair.one, pair.task, pair.dtype, "wrong", reason)
        return replace(found, first_wrong=at.wrong)
    if ended.late or at.kind != "call":
        return unanswered(pair.one, pair.task, pair.dtype, "missing", reason)
    first = FirstWrong(0, EVERY_STATE, f"{ended}; {at.text}")
    return replace(unanswered(pair.one, pair.task, pair.dtype, "wrong"), first_wrong=first)


def serve() -> None:
    """Answer requests until there are none: what the process does."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what others print is no answer
    requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()
    server = _Server(lambda message: _send(answers, message))
    while True:
        adapters.__path__, kind, *arguments = requests.get()
        try:
            getattr(server, kind)(*arguments)
        except Exception:  # an error of negeig's own is told as one
            _send(answers, Broken(traceback.format_exc()))
        _send(answers, None)


def _read(requests: queue.SimpleQueue[Any]) -> None:
    """Pass on requests; when there will be none, as when the parent has died, end at once."""
    while True:
        try:
            requests.put(pickle.load(sys.stdin.buffer))
        except EOFError:
            os._exit(0)


class _Server:
    """Answers requests, and keeps what it has imported."""

    def __init__(self, tell: Callable[[object], None]) -> None:
        self.tell = tell
        self.found: dict[str, Implementation] = {}
        self.kernels: dict[str, Kernel | str] = {}

    def find(self, name: str) -> None:
        """Tell an implementation, without what imports it."""
        try:
            (self.found[name],) = find((name,))
            self.tell(replace(self.found[name], load=_elsewhere))
        except InputError as error:
            self.tell(Refused(error.source, error.problems, error.code))

    def run(self, settings: Settings, pairs: Sequence[tuple[str, Task, str]]) -> None:
        """Tell the results of pairs, one after the other."""
        for name, task, dtype in pairs:
            kernel = self._kernel(name)
            self.tell(WORDS)
            try:
                found = conform(
                    self.found[name], None if isinstance(kernel, str) else kernel, task, dtype,
                    settings.tokens, settings.seed, max_memory=settings.max_memory,
                    missing=kernel if isinstance(kernel, str) else "",
                    report=lambda call, wrong: self.tell(
                        At("call", f"in a call of {call}", wrong)
                    ),
                )  # fmt: skip
            except NegeigError as error:
                problems = error.problems if isinstance(error, InputError) else [str(error)]
                self.tell(Refused("network", problems, error.code))
            else:
                self.tell(found)

    def _kernel(self, name: str) -> Kernel | str:
        """Return the kernel, or why there is none."""
        if name not in self.kernels:
            self.tell(LOADING)
            if name not in self.found:
                (self.found[name],) = find((name,))
            try:
                self.kernels[name] = _contained(self.found[name].kernel())
            except Unavailable as error:
                self.kernels[name] = str(error)
        return self.kernels[name]


def _contained(kernel: Kernel) -> Kernel:
    """Return a kernel that raises Misbehaved for what would end its process, as SystemExit does.

    Nobody else interrupts this process.
    """

    def run(asked: Recurrence) -> Answer:
        try:
            return kernel(asked)
        except Exception:
            raise
        except BaseException as error:  # SystemExit, KeyboardInterrupt, GeneratorExit
            raise Misbehaved(told(error)) from error

    return run
