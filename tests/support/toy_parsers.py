"""Parsers with faults that only inputs with several right bytes in a row meet."""

from __future__ import annotations

LOCK = b"key"


def nested(data: bytes) -> str:
    """Fail behind three bytes, each looked at only where those before it are right."""
    if data[:1] == LOCK[:1]:
        if data[1:2] == LOCK[1:2]:
            if data[2:3] == LOCK[2:3]:
                raise KeyError("behind the lock")
            return "two"
        return "one"
    return "none"


def endless(data: bytes) -> str:
    """Never end where an input has a byte 0."""
    at = 0
    while at < len(data):
        at += data[at] != 0
    return "read"


def greedy(data: bytes) -> str:
    """Hold as many bytes as a number says."""
    return str(len(bytes(int(data))))
