"""``negeig verify``: a certificate checked by the program that shares no code with negeig."""

from __future__ import annotations

import click

from negeig.cli.once import files, option
from negeig.cli.options import positive, short_look
from negeig.cli.pages import LIMITS, command
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
@click.argument("file", metavar="CERTIFICATE", shell_complete=files)
@option(
    "--permit",
    group="Assumptions",
    default="",
    metavar="ID,...",
    help="Assumptions that are permitted: a certificate that needs another is not verified.",
)
@option(
    "--steps",
    group=LIMITS,
    type=positive,
    default=10_000_000,
    show_default=True,
    metavar="N",
    help="Steps of work that a file gets beside 200 for each of its bytes; one that takes more is "
    "malformed.",
)
@option("--coq", is_flag=True, help="Have Coq check closures and regions too; needs coqc.")
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
    file: str, permit: str, steps: int, coq: bool, smt: str | None, btor2: str | None, look: Look
) -> int:
    """Check a certificate with a program of one file that shares no code with negeig."""
    from negeig.pipeline import verify as pipeline
    from negeig.report.terminal.verify import verify_text

    result = pipeline.verify(file, permit, steps=steps, coq=coq, smt=smt, btor2=btor2)
    return look.show(result, verify_text)


COMMAND = verify
