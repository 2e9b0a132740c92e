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
@option("--coq", is_flag=True, help="Have Coq check the closures too; needs coqc.")
@option(
    "--smt",
    default=None,
    metavar="PATH",
    help="Write the closures in floating-point formats for SMT solvers, to be unsatisfiable.",
)
@option(
    "--btor2",
    default=None,
    metavar="PATH",
    help="Write the closures of exact integers for word-level model checkers, to be safe.",
)
@short_look
def verify(
    file: str, permit: str, coq: bool, smt: str | None, btor2: str | None, look: Look
) -> int:
    """Check a certificate with a program of one file that shares no code with negeig."""
    from negeig.pipeline import verify as pipeline
    from negeig.report.terminal.verify import verify_text

    permitted = [name for name in permit.split(",") if name]
    result = pipeline.verify(file, permitted, coq=coq, smt=smt, btor2=btor2)
    return look.show(result, verify_text)


COMMAND = verify
