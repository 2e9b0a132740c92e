"""``negeig kernel``: the arithmetic of a compiled kernel in one page."""

from __future__ import annotations

from negeig.claims import Resources
from negeig.cli.once import option
from negeig.cli.options import (
    Asked,
    language_options,
    look_options,
    note,
    search_options,
    search_progress,
)
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="Other people's layers and kernels",
    examples="""
    negeig kernel --zoo parity --impl triton@sm_90
        instructions, registers, fma or not, and a step as a formula
    """,
)
@language_options
@option(
    "--impl", group="Kernels", default="triton@sm_90", show_default=True, metavar="A,B",
    help="Compiled kernels, each for a GPU; negeig conform --list --impl compiled lists them.",
)  # fmt: skip
@search_options
@look_options
def kernel(asked: Asked, impl: str, resources: Resources, look: Look) -> int:
    """Show what a compiled kernel computes: instructions, registers, and a step as a formula."""
    from negeig.pipeline import kernel as pipeline
    from negeig.report.terminal.kernel import kernel_text

    names = tuple(name.strip() for name in impl.split(",") if name.strip())
    pipeline.check(names)
    language = asked.read(resources)
    note(language)
    with search_progress() as progress:
        result = pipeline.kernel(language, names, resources=resources, progress=progress)
    return look.show(result, kernel_text)


COMMAND = kernel
