"""What a command line has written: never over another file that it names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import click

from negeig.automata.labels import visible

PATHS = {"FILE", "PATH", "NETWORK", "CERTIFICATE"}
"""What stands for a path in the help."""

WRITERS = {"--output", "--certificate", "--picture", "--checkpoint", "--smt", "--btor2"}
"""Options whose path is written."""


def keep_apart(ctx: click.Context, parameters: Sequence[click.Parameter]) -> None:
    """Raise UsageError where a file is written that is read, or written, by another name too.

    Devices, and ``-``, are no files that anything is lost in.
    """
    named = [(p, path) for p in parameters if p.metavar in PATHS for path in _values(ctx, p)]
    known: dict[str, str] = {}
    for parameter, path in sorted(named, key=lambda one: _writes(one[0])):  # those that read first
        name = max(parameter.opts, key=len) if _writes(parameter) else parameter.get_error_hint(ctx)
        file = os.path.realpath(path)
        if os.path.exists(file) and not os.path.isfile(file):
            continue
        if file in known and _writes(parameter):
            told = f"{known[file]} and {name} name one file, '{visible(path)}'"
            raise click.UsageError(f"{told}: it would be written over", ctx)
        known[file] = name


def _writes(parameter: click.Parameter) -> bool:
    return not WRITERS.isdisjoint(parameter.opts)


def _values(ctx: click.Context, parameter: click.Parameter) -> Iterator[str]:
    value = ctx.params.get(parameter.name or "")
    for path in (value,) if isinstance(value, str) else value or ():
        if path not in ("", "-"):
            yield path
