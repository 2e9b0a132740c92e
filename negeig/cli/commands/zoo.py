"""``negeig zoo``: the named tasks."""

from __future__ import annotations

import click

from negeig.cli.options import json_option, show


@click.command()
@json_option
def zoo(as_json: bool) -> int:
    """List the named tasks."""
    from negeig.pipeline import zoo as pipeline
    from negeig.report.terminal.zoo import zoo_text

    return show(pipeline.zoo(), zoo_text, as_json=as_json)


COMMAND = zoo
