"""The command line: parse, call the pipeline, print; one file a command."""

from negeig.cli.program import main

__all__ = ["main"]
