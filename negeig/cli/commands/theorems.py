"""``negeig theorems``: what verdicts rest on."""

from __future__ import annotations

import click

from negeig.cli.options import json_option, show


@click.command()
@json_option
def theorems(as_json: bool) -> int:
    """List the theorems that verdicts rest on."""
    from negeig.pipeline import theorems as pipeline
    from negeig.report.terminal.theorems import theorems_text

    return show(pipeline.theorems(), theorems_text, as_json=as_json)


COMMAND = theorems
