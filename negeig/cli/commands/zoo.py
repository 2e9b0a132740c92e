"""``negeig zoo``: the named tasks."""

from __future__ import annotations

from negeig.cli.options import short_look
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="Tasks",
    examples="""
    negeig zoo
        the named tasks; negeig check --zoo parity takes one
    """,
)
@short_look
def zoo(look: Look) -> int:
    """List the named tasks."""
    from negeig.pipeline import zoo as pipeline
    from negeig.report.terminal.zoo import zoo_text

    return look.show(pipeline.zoo(), zoo_text)


COMMAND = zoo
