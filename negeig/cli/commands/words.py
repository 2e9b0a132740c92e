"""``negeig words``: count, list and draw the words of a language."""

from __future__ import annotations

import json
from collections.abc import Sequence

from negeig.claims import InputError, Output, Resources
from negeig.cli.once import Whole, option
from negeig.cli.options import Asked, given, language_options, limit_options, positive, short_look
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="Tasks",
    examples="""
    negeig words '(ab)*'
        how many words of each length there are
    negeig words '(a|b)*abb' --list 5
        the first five
    negeig words --zoo parity --sample 3 --length 20 --output 1
        three words of twenty letters with an even number of 1s, at random
    """,
)
@language_options
@option(
    "--length", group="Which words", type=Whole(min=0), metavar="N",
    help="Count, or list, up to this length; draw words of exactly this one.  [default: 10]",
)  # fmt: skip
@option(
    "--list",
    "first",
    group="Which words",
    type=positive,
    metavar="K",
    help="List the first K words.",
)
@option(
    "--sample",
    group="Which words",
    type=positive,
    metavar="K",
    help="Draw K words, each equally likely.",
)
@option(
    "--seed", group="Which words", type=int, default=0, show_default=True, help="Seed of the draw."
)
@option(
    "--output", "outputs", group="Which words", multiple=True, metavar="JSON",
    help="Words after which the output is this value, for tasks with outputs. May be repeated.",
)  # fmt: skip
@limit_options
@short_look
def words(
    asked: Asked, length: int | None, first: int | None, sample: int | None, seed: int,
    outputs: tuple[str, ...], resources: Resources, look: Look,
) -> int:  # fmt: skip
    """Count the words of a language by length, list the first ones, or draw random ones."""
    from negeig.pipeline import words as pipeline
    from negeig.report.terminal.words import words_text

    if sample is None and given(("seed",)):
        raise InputError("", "--seed is of the words that are drawn: give --sample K too")
    values = json_values(outputs)
    result = pipeline.words(
        asked.read(resources), length=length, first=first, sample=sample, seed=seed,
        outputs=values, resources=resources,
    )  # fmt: skip
    return look.show(result, words_text)


def json_values(texts: Sequence[str]) -> list[Output]:
    """Read the values of --output. Raises InputError with all that are no JSON."""
    values, problems = [], []
    for text in texts:
        try:
            values.append(json.loads(text, parse_constant=int))
        except (ValueError, RecursionError):
            problems.append(f"--output {text} is no JSON; a text needs its quotes: '\"e\"'")
    if problems:
        raise InputError("", problems)
    return values


COMMAND = words
