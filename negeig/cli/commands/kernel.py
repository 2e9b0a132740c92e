"""``negeig kernel``: the arithmetic of a compiled kernel in one page."""

from __future__ import annotations

import click

from negeig.claims import Resources
from negeig.cli.once import option
from negeig.cli.options import (
    Asked,
    json_option,
    language_options,
    note,
    search_options,
    search_progress,
    show,
)


@click.command()
@language_options
@option(
    "--impl", default="triton@sm_90", show_default=True, metavar="A,B",
    help="Compiled kernels: triton@sm_90, fla.fused_recurrent_delta_rule@sm_90, ...",
)  # fmt: skip
@search_options
@json_option
def kernel(asked: Asked, impl: str, resources: Resources, as_json: bool) -> int:
    """Show what a compiled kernel computes: instructions, registers, and a step as a formula."""
    from negeig.pipeline import kernel as pipeline
    from negeig.report.terminal.kernel import kernel_text

    names = tuple(name.strip() for name in impl.split(",") if name.strip())
    pipeline.check(names)
    language = asked.read(resources)
    note(language)
    with search_progress() as progress:
        result = pipeline.kernel(language, names, resources=resources, progress=progress)
    return show(result, kernel_text, as_json=as_json)


COMMAND = kernel
