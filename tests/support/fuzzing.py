"""Fuzzing guided by coverage: inputs that reach lines in a new order are kept and altered further.

An execution traces some modules line by line. What it covers are the pairs of lines that follow
each other in a function. Its work is counted in lines, so a loop that does not end is found
without a clock; what it allocates is bounded too. A subject returns an outcome that is permitted,
or raises.
"""

from __future__ import annotations

import json
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

MAX_LINES = 3_000_000
"""Most lines that one execution may run in the traced modules."""

MAX_MEMORY = 200_000_000
"""Most bytes that one execution may hold at once."""

MAX_INPUT = 4_000
"""Most bytes of an input that is made."""

Edge = tuple[str, int, int]
"""A module's file, and two lines of one call that follow each other."""

NUMBERS = (b"0", b"-1", b"1", b"2", b"4294967296", b"18446744073709551616", b"9" * 30, b"1e999")
PIECES = (b"\x00", b"\xff", b"\xc3\xa9", b"\xe2\x82\xac", b"\n", b"\r", b"\t", b" ", b'"', b"\\")
ESCAPES = (b"\\u0061", b"\\ud800", b"\\u00", b"\\x4", b"\\q", b"&#38;", b"&no;")


class Hang(Exception):
    """An execution ran more lines than it may."""


class Greedy(Exception):
    """An execution held more memory than it may."""


@dataclass(frozen=True)
class Fuzzed:
    """What is fuzzed.

    ``run`` takes bytes and returns the name of an outcome that is permitted; whatever it raises is
    a fault. ``modules`` are the files that are traced, ``seeds`` what there is to begin with;
    ``alter`` changes one place of an input that has a structure, half of the time.
    """

    name: str
    run: Callable[[bytes], str]
    modules: frozenset[str]
    seeds: tuple[bytes, ...] = ()
    alter: Callable[[Random, bytes], bytes] | None = None


@dataclass
class Execution:
    """What one execution did: its outcome or its fault, and what it covered."""

    outcome: str = ""
    fault: BaseException | None = None
    edges: set[Edge] = field(default_factory=set)
    lines: int = 0


def execute(subject: Fuzzed, data: bytes, *, memory: bool = False) -> Execution:
    """Run a subject on an input, traced; ``memory`` bounds what it allocates, which takes time."""
    done = Execution()

    def local(last: int, name: str) -> Callable[[FrameType, str, Any], Any]:
        def line(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            if event == "line":
                done.edges.add((name, last, frame.f_lineno))
                last = frame.f_lineno
                done.lines += 1
                if done.lines > MAX_LINES:
                    raise Hang(f"more than {MAX_LINES:,} lines")
            return line

        return line

    def call(frame: FrameType, event: str, _: Any) -> Any:
        name = frame.f_code.co_filename
        return local(-frame.f_lineno, name) if name in subject.modules else None

    before = sys.gettrace()
    if memory:
        tracemalloc.start()
    sys.settrace(call)
    try:
        done.outcome = subject.run(data)
    except Exception as error:  # whatever it is, it is what is looked for
        done.fault = error
    finally:
        sys.settrace(before)
        if memory:
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            if most > MAX_MEMORY:
                done.fault = Greedy(f"{most:,} bytes")
    return done


@dataclass
class Campaign:
    """A search for inputs that cover more, from a corpus; counted in executions, never in time."""

    subject: Fuzzed
    draw: Random
    corpus: list[bytes] = field(default_factory=list)
    reach: list[int] = field(default_factory=list)  # how many pairs of lines each one covers
    covered: set[Edge] = field(default_factory=set)
    outcomes: dict[str, int] = field(default_factory=dict)
    guided: bool = True

    def take(self, data: bytes, *, keep: bool = True) -> bool:
        """Run an input, keep it if it covers more, say whether; AssertionError for a fault."""
        done = execute(self.subject, data)
        if done.fault is not None:
            raise AssertionError(f"{self.subject.name}: {data!r}: {done.fault!r}") from done.fault
        self.outcomes[done.outcome] = self.outcomes.get(done.outcome, 0) + 1
        more = not done.edges <= self.covered
        if more:
            self.covered |= done.edges
            if keep:
                self.corpus.append(data)
                self.reach.append(len(done.edges))
        return more

    def run(self, executions: int) -> Iterator[bytes]:
        """Yield the inputs that cover more than all before them."""
        for _ in range(executions):
            data = self.altered()
            if self.take(data, keep=self.guided):
                yield data

    def altered(self) -> bytes:
        """Alter the input of two that gets farther, mostly in one place or two."""
        one, other = (self.draw.randrange(len(self.corpus)) for _ in range(2))
        data = self.corpus[one if self.reach[one] >= self.reach[other] else other]
        for _ in range(1 + int(self.draw.expovariate(1.5))):
            structured = self.subject.alter if self.draw.randrange(2) else None
            data = structured(self.draw, data) if structured else self._once(data)
        return data[:MAX_INPUT]

    def _once(self, data: bytes) -> bytes:
        draw = self.draw
        at = draw.randrange(len(data) + 1)
        end = min(len(data), at + 1 + int(draw.expovariate(0.2)))
        kind = draw.randrange(8)
        if kind == 0 and at < len(data):
            return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]
        if kind == 1:
            return data[:at] + bytes([draw.randrange(32, 127)]) + data[end:]
        if kind == 2:
            return data[:at] + data[end:]
        if kind == 3:
            return data[:at] + data[at:end] * draw.choice((2, 3, 40)) + data[end:]
        if kind == 4:
            piece = draw.choice(draw.choice((NUMBERS, PIECES, ESCAPES)))
            return data[:at] + piece + data[draw.choice((at, end)) :]
        other = draw.choice(self.corpus)
        start = draw.randrange(len(other) + 1)
        if kind == 5:  # what follows is of another input
            return data[:at] + other[start:]
        piece = other[start : start + 1 + int(draw.expovariate(0.1))]
        return data[:at] + piece + data[at if kind == 6 else end :]


def campaign(
    subject: Fuzzed, corpus: Iterable[bytes], seed: object, *, guided: bool = True
) -> Campaign:
    """Begin with the seeds of a subject and a corpus; the seed is that of what is drawn."""
    made = Campaign(subject, Random(f"{seed} {subject.name}"), guided=guided)
    for data in (*subject.seeds, *corpus, b""):
        made.take(data)
    return made


def stored(folder: Path) -> list[tuple[str, bytes]]:
    """Return the inputs of a corpus with their names, in order."""
    return [(path.name, path.read_bytes()) for path in sorted(folder.glob("*"))]


def store(folder: Path, data: bytes) -> None:
    """Add an input, named after what it is."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath(sha256(data).hexdigest()[:12]).write_bytes(data)


def smaller(subject: Fuzzed, data: bytes, wanted: set[Edge]) -> bytes:
    """Drop parts of an input while it still covers all that is wanted of it."""
    part = len(data) // 2
    while part:
        at = 0
        while at < len(data):
            shorter = data[:at] + data[at + part :]
            done = execute(subject, shorter)
            if done.fault is None and wanted <= done.edges:
                data = shorter
            else:
                at += part
        part //= 2
    return data


VALUES = (None, True, False, 0, -1, 1, 2, 1 << 70, "", "0", "1", "-1", "1/2", "a", [], [[]], {})
"""What values of JSON are replaced by."""


def altered_value(draw: Random, data: bytes) -> bytes:
    """Change one value in one line of JSON: replaced, dropped, doubled, or one of its neighbours.

    The lines are written as certificates are, keys sorted and no spaces; other lines stay.
    """
    lines = data.split(b"\n")
    at = draw.randrange(len(lines))
    try:
        root = [json.loads(lines[at])]
    except (ValueError, RecursionError):
        return data
    places = list(_places(root))
    parent, key = draw.choice(places)
    kind = draw.randrange(5)
    if kind == 0 and parent is not root:
        del parent[key]
    elif kind == 1 and isinstance(parent, list) and parent is not root:
        parent.insert(key, parent[key])
    elif kind == 2:
        other, place = draw.choice(places)
        parent[key] = json.loads(json.dumps(other[place]))
    elif kind == 3 and isinstance(parent[key], int):
        parent[key] += draw.choice((-1, 1))
    else:
        parent[key] = draw.choice(VALUES)
    lines[at] = json.dumps(root[0], sort_keys=True, separators=(",", ":")).encode()
    return b"\n".join(lines)


def _places(root: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield each value inside as what it is part of and where."""
    stack: list[Any] = [root]
    while stack:
        parent = stack.pop()
        for key in list(parent) if isinstance(parent, dict) else range(len(parent)):
            yield parent, key
            if isinstance(parent[key], (dict, list)):
                stack.append(parent[key])
