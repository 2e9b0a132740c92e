"""``negeig report``: one self-contained page about a language, or about several side by side."""

from __future__ import annotations

import click

from negeig.automata.expressions.dialects import Syntax
from negeig.claims import InputError, Resources
from negeig.cli.layer_options import AskedLayers, layer_options
from negeig.cli.once import option
from negeig.cli.options import (
    letters,
    options,
    regex_options,
    search_options,
    search_progress,
    short_look,
    warn,
    wrote,
)
from negeig.cli.pages import LANGUAGE, command
from negeig.cli.screen import Look


@command(
    section="Tasks",
    examples="""
    negeig report '(ab)*' -o page.html
        one page with pictures, proofs and a stepper
    negeig report '(11)*' --zoo mod:3 -o both.html
        two tasks side by side
    """,
)
@click.argument("regexes", metavar="[LANGUAGE]...", nargs=-1)
@option(
    "--zoo",
    "tasks",
    group=LANGUAGE,
    multiple=True,
    metavar="NAME",
    help="A named task. May be repeated.",
)
@option(
    "--file",
    "paths",
    group=LANGUAGE,
    multiple=True,
    metavar="PATH",
    help="A machine file. May be repeated.",
)
@options(*regex_options)
@option(
    "-o", "--output", "path", group="Page", required=True, metavar="PATH",
    help="The file to write; its name ends in .html or .htm.",
)  # fmt: skip
@option("--no-run", group="Page", is_flag=True, help="Do not run the networks on words.")
@layer_options
@search_options
@short_look
def report(
    regexes: tuple[str, ...], tasks: tuple[str, ...], paths: tuple[str, ...], alphabet: str,
    syntax: Syntax, path: str, no_run: bool, about: AskedLayers, resources: Resources, look: Look,
) -> int:  # fmt: skip
    """Write a page about a language, with pictures and a stepper; several are compared.

    Regular expressions come first, then the tasks of the zoo, then files.
    """
    from negeig.automata.language import Source
    from negeig.pipeline import report as pipeline
    from negeig.pipeline.parts.check_options import CheckOptions
    from negeig.pipeline.parts.outputs import check_file, write_text
    from negeig.report.html.page import page
    from negeig.report.terminal.report import report_text

    if path == "-":
        raise InputError("output", "a page is not printed: give -o the name of a file")
    check_file(path, {".html": "page", ".htm": "page"})
    sources = [
        *(Source("regex", text, syntax) for text in regexes),
        *(Source("zoo", name) for name in tasks),
        *(Source("file", name) for name in paths),
    ]
    if not sources:
        raise InputError(
            "language", "name a regular expression, --zoo NAME or --file PATH", code="usage"
        )
    for source in sources:
        warn(source)
    more = letters(alphabet)
    if more and not regexes:
        raise InputError("language", "--alphabet belongs to a regular expression", code="usage")
    languages = [
        source.read(more if source.kind == "regex" else (), resources) for source in sources
    ]
    asked = CheckOptions(backends=() if no_run else ("cpu",), **about.chosen)
    command = [argument for one in languages for argument in one.arguments] + about.typed
    with search_progress() as progress:
        found = pipeline.report(
            languages,
            asked,
            command=[*command, "-o", path],
            resources=resources,
            progress=progress,
        )
    write_text(path, page(found))
    number = "one language" if len(languages) == 1 else f"{len(languages)} languages"
    wrote(path, f"a page about {number}, for any browser")
    return look.show(found, report_text)


COMMAND = report
