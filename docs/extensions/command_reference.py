"""The directive ``commands``: the help of every command, as the program prints it."""

from __future__ import annotations

from typing import Any

from click.testing import CliRunner
from sphinx.application import Sphinx

from generated import generated
from negeig.cli.program import COMMANDS, cli


def page() -> str:
    """Return the Markdown of the reference of the command line."""
    parts = ["## negeig", _help()]
    for name in COMMANDS:
        parts += [f"## negeig {name}", _help(name)]
    return "\n\n".join(parts)


def _help(*command: str) -> str:
    """Return what a command says with ``--help`` on a terminal of 80 columns."""
    arguments = [*command, "--help"]
    done = CliRunner().invoke(cli, arguments, prog_name="negeig", terminal_width=80)
    if done.exit_code:
        raise RuntimeError(f"negeig {' '.join(arguments)} ended with {done.exit_code}")
    return f"````text\n{done.output}````"


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("commands", generated(page))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
