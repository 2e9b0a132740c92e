"""``negeig explain``: one theorem, one architecture, or a word of reports."""

from __future__ import annotations

import click

from negeig.cli.options import json_option, show


@click.command()
@click.argument("identifier", metavar="WORD")
@json_option
def explain(identifier: str, as_json: bool) -> int:
    """Explain a theorem, an architecture or a word of reports, such as T1, mamba or decoder."""
    from negeig.pipeline import explain as pipeline
    from negeig.report.terminal.explain import explain_text

    return show(pipeline.explain(identifier), explain_text, as_json=as_json)


COMMAND = explain
