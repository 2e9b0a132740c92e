"""``negeig explain``: one theorem, one architecture, or a word of reports."""

from __future__ import annotations

import click

from negeig.cli.options import short_look
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="What verdicts rest on",
    examples="""
    negeig explain T1
        a theorem, with its proof's idea and its source
    negeig explain mamba
        an architecture
    negeig explain decoder
        a word that reports use
    """,
)
@click.argument("words", metavar="WORD", nargs=-1, required=True)
@short_look
def explain(words: tuple[str, ...], look: Look) -> int:
    """Explain a theorem, an architecture or a word of reports, such as T1, mamba or decoder."""
    from negeig.pipeline import explain as pipeline
    from negeig.report.terminal.explain import explain_text

    return look.show(pipeline.explain(" ".join(words)), explain_text)


COMMAND = explain
