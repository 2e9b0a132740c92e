"""``negeig compare``: two languages, equal or told apart."""

from __future__ import annotations

import click

from negeig.automata.expressions.dialects import Syntax
from negeig.claims import InputError, Resources
from negeig.cli.certificate_option import certificate_option, save
from negeig.cli.once import option
from negeig.cli.options import letters, limit_options, options, regex_options, short_look, warn
from negeig.cli.pages import LANGUAGE, command
from negeig.cli.screen import Look


@command(
    section="Tasks",
    examples="""
    negeig compare '(ab)*' '(ab|abab)*'
        equal
    negeig compare '(11)*' --zoo parity
        a shortest word that only one of them has (exit code 1)
    negeig compare '(ab)*' '(ab|abab)*' --certificate equal.json
        with the pairs of states that show it, for negeig verify
    """,
)
@click.argument("regexes", nargs=-1, metavar="[LANGUAGE]...")
@option("--zoo", "zoos", group=LANGUAGE, multiple=True, metavar="NAME", help="A named task.")
@option("--file", "files", group=LANGUAGE, multiple=True, metavar="PATH", help="A machine file.")
@option("--accepting", "accepting", group=LANGUAGE, multiple=True, metavar="STATES",
        help="States of a file that says none: q1,q2; once for each file.")  # fmt: skip
@options(*regex_options)
@certificate_option
@limit_options
@short_look
def compare(
    regexes: tuple[str, ...], zoos: tuple[str, ...], files: tuple[str, ...],
    accepting: tuple[str, ...], alphabet: str, syntax: Syntax, certificate: str | None,
    resources: Resources, look: Look,
) -> int:  # fmt: skip
    """Compare two languages: equal, or a shortest separating word (exit code 1)."""
    from negeig.automata.formats.text import read_names
    from negeig.automata.language import Source
    from negeig.pipeline import compare as pipeline
    from negeig.report.terminal.compare import compare_text

    if not regexes and (alphabet or syntax != "negeig"):
        raise InputError(
            "language", "--alphabet and --syntax belong to a regular expression", code="usage"
        )
    if accepting and len(accepting) != len(files):
        raise InputError(
            "language",
            f"--accepting is for the files, once for each in their order: there are {len(files)}, "
            f"and it is given {len(accepting)} times; negeig convert writes one that says itself "
            "which states accept",
            code="usage",
        )
    names = map(read_names, accepting) if accepting else [None] * len(files)
    marked = zip(files, names, strict=True)
    sources = [
        *(Source("regex", text, syntax) for text in regexes),
        *(Source("zoo", text) for text in zoos),
        *(Source("file", text, accepting=states) for text, states in marked),
    ]
    for source in sources:
        warn(source)
    result = pipeline.compare(sources, alphabet=letters(alphabet), resources=resources)
    code = look.show(result, compare_text)
    if certificate is not None:
        from negeig.proofs_checks.of_results import of_comparison

        save(certificate, lambda: of_comparison(result))
    return code


COMMAND = compare
