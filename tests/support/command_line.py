"""Commands run in this process, and their JSON held to the schemas."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from negeig.cli import main

SCHEMAS = files("negeig.pipeline") / "schemas"


def negeig(capsys, *arguments):
    """Run the command line in this process; return exit code, standard output and error."""
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


def valid(text):
    """Parse one JSON object and hold it to the schema it names."""
    document = json.loads(text)
    assert next(iter(document)) == "schema"
    name = document["schema"].removeprefix("negeig.").removesuffix("/1")
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(document)
    return document
