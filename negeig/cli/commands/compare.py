"""``negeig compare``: two languages, equal or told apart."""

from __future__ import annotations

import click

from negeig.automata.expressions.dialects import Syntax
from negeig.claims import InputError, Resources
from negeig.cli.once import option
from negeig.cli.options import json_option, letters, limit_options, options, regex_options, show


@click.command()
@click.argument("regexes", nargs=-1, metavar="[LANGUAGE]...")
@option("--zoo", "zoos", multiple=True, metavar="NAME", help="A named task.")
@option("--file", "files", multiple=True, metavar="PATH", help="A machine file.")
@options(*regex_options)
@limit_options
@json_option
def compare(
    regexes: tuple[str, ...], zoos: tuple[str, ...], files: tuple[str, ...], alphabet: str,
    syntax: Syntax, resources: Resources, as_json: bool,
) -> int:  # fmt: skip
    """Compare two languages: equal, or a shortest separating word (exit code 1)."""
    from negeig.automata.language import Source
    from negeig.pipeline import compare as pipeline
    from negeig.report.terminal.compare import compare_text

    if not regexes and (alphabet or syntax != "negeig"):
        raise InputError(
            "language", "--alphabet and --syntax belong to a regular expression", code="usage"
        )
    sources = [
        *(Source("regex", text, syntax) for text in regexes),
        *(Source("zoo", text) for text in zoos),
        *(Source("file", text) for text in files),
    ]
    result = pipeline.compare(sources, alphabet=letters(alphabet), resources=resources)
    return show(result, compare_text, as_json=as_json)


COMMAND = compare
