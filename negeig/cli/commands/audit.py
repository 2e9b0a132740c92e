"""``negeig audit``: what the matrices of a stored layer, or of a model's layers, exclude."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from negeig.claims import InputError
from negeig.cli.certificate_option import certificate_option, save
from negeig.cli.once import files, option
from negeig.cli.options import (
    given,
    look_options,
    positive,
    shown_progress,
    start_timeout,
    timeout_option,
)
from negeig.cli.pages import LIMITS, command
from negeig.cli.screen import Look


@command(
    section="Other people's layers and kernels",
    examples="""
    negeig compile --zoo mod:3 -o layer.safetensors
        a layer to look at; or one that you trained
    negeig audit layer.safetensors
        its eigenvalues, and what no stack of such layers can do
    negeig audit config.json
        the recurrent layers of a Hugging Face model
    """,
)
@click.argument("path", metavar="FILE", shell_complete=files)
@option(
    "--layer", group="Tensors", metavar="[delta|dense|diagonal]", default="delta",
    show_default=True, help="What the tensors are; matrices that turn pairs are dense.",
)  # fmt: skip
@option("--keys", group="Tensors", metavar="NAME", help="Tensor of the keys (delta).")
@option("--betas", group="Tensors", metavar="NAME", help="Tensor of the betas (delta).")
@option(
    "--matrices",
    group="Tensors",
    metavar="NAME",
    help="Tensor of the matrices (dense) or the diagonals.",
)
@option(
    "--steps", group="Tensors", type=click.Choice(["last", "none"]),
    help="Whether the dimension before the keys' own counts the steps of a token (delta).",
)  # fmt: skip
@option(
    "--normalise", group="Tensors", metavar="none|l2|l2:EPS", default="none", show_default=True,
    help="Whether keys are divided by their length first, or by sqrt(|k|^2 + EPS) (delta).",
)  # fmt: skip
@option(
    "--max-tokens", group="Tensors", type=positive, default=10_000, show_default=True,
    help="Distinct tokens whose characteristic polynomial is computed.",
)  # fmt: skip
@option("--max-bytes", type=positive, default=64_000_000, show_default=True, group=LIMITS,
        help="Bytes of the file.")  # fmt: skip
@certificate_option
@timeout_option
@look_options
def audit(
    path: str, look: Look, timeout: float | None, certificate: str | None, **options: Any
) -> int:
    """Audit a stored layer (safetensors) or a model (config.json): what provably is out of reach.

    Of a layer: exact eigenvalue ranges, and the limits that follow. Of a Hugging Face config.json:
    which layers are recurrent, their architecture, and what these cannot do by themselves.
    """
    from negeig.pipeline import audit as pipeline
    from negeig.pipeline.auditing.model_config import audit_config, is_config
    from negeig.report.terminal.audit import audit_text
    from negeig.report.terminal.model_audit import model_text

    start_timeout(timeout)
    if is_config(path):
        if idle := given(options):
            raise InputError(
                "", [f"{name} is about tensors, and {path} is a config" for name in idle]
            )
        if certificate is not None:
            raise InputError("", f"--certificate is about tensors, and {path} is a config")
        return look.show(audit_config(path), model_text)
    with shown_progress() as progress:
        result = pipeline.audit(path, progress=partial(progress, "tokens"), **options)
    code = look.show(result, audit_text)
    if certificate is not None:
        from negeig.proofs_checks.of_audit import of_audit

        save(certificate, lambda: of_audit(result))
    return code


COMMAND = audit
