"""Commands run in this process or in one of their own, and their JSON held to the schemas."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files

import jsonschema
import pytest

from negeig.automata.formats import json_file
from negeig.cli import main, progress

progress.PLAIN_SECONDS = 1e6  # what a test reads does not depend on how busy the machine is

SCHEMAS = files("negeig.pipeline") / "schemas"


def negeig(capsys, *arguments):
    """Run the command line in this process; return exit code, standard output and error."""
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


# A shell that starts the tests in the background has SIGINT ignored, and children inherit that.
HEEDING_CONTROL_C = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from negeig.cli import main
main(sys.argv[1:])
"""


def begun(*arguments, **how):
    """Start the command line in a process of its own, which Ctrl-C reaches however tests began."""
    command = [sys.executable, "-c", HEEDING_CONTROL_C, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, **pipes, **how)


def copied(text):
    """A report with every command on one line, as a shell reads it, and single spaces."""
    return " ".join(text.replace("\\\n", " ").split())


def valid(text):
    """Parse one JSON object and hold it to the schema it names."""
    document = json.loads(text)
    assert next(iter(document)) == "schema"
    name = document["schema"].removeprefix("negeig.").removesuffix("/1")
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


def peeling_bound(capsys, tmp_path, machine):
    """The row of ``check`` about the lower bound on a machine's layers that a chain shows."""
    path = tmp_path / "machine.json"
    path.write_text(json_file.dumps(machine))
    code, out, _ = negeig(capsys, "check", "--no-run", "--json", "--file", str(path))
    assert code == 0
    (row,) = [row for row in valid(out)["lower_bounds"] if row["theorem"] == "peeling"]
    return row
