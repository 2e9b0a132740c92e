"""``negeig audit``: what the matrices of a stored layer exclude."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from negeig.cli.options import (
    json_option,
    positive,
    progress_on_terminal,
    show,
    start_timeout,
    timeout_option,
)


@click.command()
@click.argument("path", metavar="FILE")
@click.option(
    "--layer", type=click.Choice(["delta", "dense", "diagonal"]), default="delta",
    show_default=True, help="What the tensors are.",
)  # fmt: skip
@click.option("--keys", metavar="NAME", help="Tensor of the keys (delta).")
@click.option("--betas", metavar="NAME", help="Tensor of the betas (delta).")
@click.option("--matrices", metavar="NAME", help="Tensor of the matrices (dense) or the diagonals.")
@click.option(
    "--steps", type=click.Choice(["last", "none"]),
    help="Whether the dimension before the keys' own counts the steps of a token (delta).",
)  # fmt: skip
@click.option(
    "--normalise", type=click.Choice(["none", "l2"]), default="none", show_default=True,
    help="Whether keys are divided by their length first (delta).",
)  # fmt: skip
@click.option(
    "--max-tokens", type=positive, default=10_000, show_default=True,
    help="Distinct tokens whose characteristic polynomial is computed.",
)  # fmt: skip
@click.option("--max-bytes", type=positive, default=64_000_000, show_default=True,
              help="Bytes of the file.")  # fmt: skip
@timeout_option
@json_option
def audit(path: str, as_json: bool, timeout: float | None, **options: Any) -> int:
    """Audit a stored layer (safetensors): exact eigenvalue ranges, and the limits that follow."""
    from negeig.pipeline import audit as pipeline
    from negeig.report.terminal.audit import audit_text

    start_timeout(timeout)
    with progress_on_terminal() as progress:
        report = None if progress is None else partial(progress, "tokens")
        result = pipeline.audit(path, progress=report, **options)
    return show(result, audit_text, as_json=as_json)


COMMAND = audit
