"""The command line: parse, call the pipeline, print; one file a command."""

from __future__ import annotations

import sys
from typing import NoReturn

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code; see :func:`negeig.cli.program.main`."""
    try:
        from negeig.cli import program
    except KeyboardInterrupt:  # before there is a program that could say so
        print("negeig: interrupted", file=sys.stderr)
        sys.exit(130)
    program.main(arguments)
