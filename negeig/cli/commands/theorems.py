"""``negeig theorems``: what verdicts rest on."""

from __future__ import annotations

from negeig.cli.options import short_look
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="What verdicts rest on",
    examples="""
    negeig theorems
        all of them; negeig explain T1 says more about one
    """,
)
@short_look
def theorems(look: Look) -> int:
    """List the theorems that verdicts rest on."""
    from negeig.pipeline import theorems as pipeline
    from negeig.report.terminal.theorems import theorems_text

    return look.show(pipeline.theorems(), theorems_text)


COMMAND = theorems
