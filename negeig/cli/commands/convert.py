"""``negeig convert``: a language's machine in another file format."""

from __future__ import annotations

from negeig.claims import Resources
from negeig.cli.once import option
from negeig.cli.options import Asked, language_options, limit_options, note, wrote
from negeig.cli.pages import command


@command(
    section="Tasks",
    examples="""
    negeig convert '(ab)*' --minimal -o machine.json
        the smallest machine, as JSON
    negeig convert '(ab)*' --to dot
        as DOT, on the screen
    """,
)
@language_options
@option(
    "-o",
    "--output",
    group="File",
    default="-",
    show_default=True,
    metavar="PATH",
    help="File to write; - is standard output.",
)
@option(
    "--to",
    "file_format",
    group="File",
    metavar="FORMAT",
    help="json, jff, mata, dot, aut, csv, fsm or ba.  [default: by the name]",
)
@option("--minimal", group="File", is_flag=True, help="Write the minimal machine.")
@limit_options
def convert(
    asked: Asked, output: str, file_format: str | None, minimal: bool, resources: Resources
) -> int:
    """Write a language's machine to a file, in the format of its extension."""
    from negeig.pipeline import convert as pipeline

    pipeline.check_format(output, file_format)
    language = asked.read(resources)
    pipeline.convert(language, output, format=file_format, minimize=minimal)
    note(language)
    size = f"a machine of {language.machine.size:,} states"
    wrote(output, "the minimal machine" if minimal else size)
    return 0


COMMAND = convert
