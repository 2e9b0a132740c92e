"""``negeig explain``: one theorem, or one architecture."""

from __future__ import annotations

import click

from negeig.cli.options import json_option, show


@click.command()
@click.argument("identifier", metavar="ID")
@json_option
def explain(identifier: str, as_json: bool) -> int:
    """Explain one theorem, or one architecture: what it says or is, with its source."""
    from negeig.pipeline import explain as pipeline
    from negeig.report.terminal.explain import explain_text

    return show(pipeline.explain(identifier), explain_text, as_json=as_json)


COMMAND = explain
