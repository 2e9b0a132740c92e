"""``negeig verify``: a certificate checked by the program that shares no code with negeig."""

from __future__ import annotations

import click

from negeig.cli.once import option
from negeig.cli.options import short_look
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="What verdicts rest on",
    examples="""
    negeig check '(11)*' --certificate parity.json
        a certificate for each claim
    negeig verify parity.json
        checked by a program that shares no code with negeig
    """,
)
@click.argument("file", metavar="CERTIFICATE")
@option(
    "--permit",
    group="Assumptions",
    default="",
    metavar="ID,...",
    help="Assumptions that are permitted: a certificate that needs another is not verified.",
)
@short_look
def verify(file: str, permit: str, look: Look) -> int:
    """Check a certificate with a program of one file that shares no code with negeig."""
    from negeig.pipeline import verify as pipeline
    from negeig.report.terminal.verify import verify_text

    permitted = [name for name in permit.split(",") if name]
    return look.show(pipeline.verify(file, permitted), verify_text)


COMMAND = verify
