"""``negeig learn``: train a delta layer on a task, once for each range of its eigenvalues."""

from __future__ import annotations

from typing import Any

import click

from negeig.claims import InputError, Resources
from negeig.cli.once import Whole, option
from negeig.cli.options import (
    Asked,
    arithmetic_names,
    eigenvalue_range,
    language_options,
    limit_options,
    look_options,
    note,
    positive,
    search_progress,
    wrote,
)
from negeig.cli.pages import command
from negeig.cli.screen import Look

natural = Whole(min=0)


@command(
    context_settings={"default_map": {"max_closure": 20_000}},
    section="Networks",
    examples="""
    negeig learn --zoo parity --updates 50 --seeds 1 --tokens 1000
        eigenvalues in [0, 1] and in [-1, 1], in seconds; by itself it trains for minutes
    """,
)
@language_options
@option(
    "--range", "ranges", group="Layer", multiple=True, metavar="LOW,HIGH", default=("0,1", "-1,1"),
    show_default=True, help="Range of the eigenvalues of the steps. May be repeated.",
)  # fmt: skip
@option(
    "--steps",
    group="Layer",
    type=positive,
    default=1,
    show_default=True,
    help="Delta steps a token.",
)
@option(
    "--heads",
    group="Layer",
    type=positive,
    default=2,
    show_default=True,
    help="Heads of the layer.",
)
@option("--dim", group="Layer", type=positive, default=16, show_default=True,
        help="Dimension of keys and values.")  # fmt: skip
@option(
    "--seeds",
    group="Training",
    type=positive,
    default=3,
    show_default=True,
    help="Networks for each range.",
)
@option(
    "--seed", group="Training", type=natural, default=0, show_default=True, help="The first seed."
)
@option(
    "--updates",
    group="Training",
    type=positive,
    default=600,
    show_default=True,
    help="Updates of the weights.",
)
@option(
    "--batch",
    group="Training",
    type=positive,
    default=128,
    show_default=True,
    help="Words in each.",
)
@option(
    "--rate",
    group="Training",
    type=float,
    default=0.01,
    show_default=True,
    help="Largest learning rate.",
)
@option("--longest", group="Training", type=positive, default=40, show_default=True,
        help="Letters of the longest words that are trained.")  # fmt: skip
@option("--length", group="What is looked at", type=positive, default=256, show_default=True,
        help="Letters of the words on which accuracy is measured.")  # fmt: skip
@option(
    "--words",
    group="What is looked at",
    type=positive,
    default=256,
    show_default=True,
    help="How many of them.",
)
@option(
    "--arithmetic", group="What is looked at", default="fp32,bf16:acc32", show_default=True,
    metavar="A,B",
    help="Arithmetics in which the states of the trained network are explored.",
)  # fmt: skip
@option("--tokens", group="What is looked at", type=natural, default=262_144, show_default=True,
        help="Tokens of the long run, in the first arithmetic.")  # fmt: skip
@option(
    "--picture", group="Files", metavar="PATH", help="Draw accuracy against position: a file .svg."
)
@option(
    "-o",
    "--output",
    group="Files",
    metavar="PATH",
    help="Write the trained layers: a file .safetensors.",
)
@limit_options
@look_options
def learn(
    asked: Asked, ranges: tuple[str, ...], arithmetic: str, picture: str | None,
    output: str | None, resources: Resources, look: Look, updates: int, batch: int,
    rate: float, longest: int, **numbers: Any,
) -> int:  # fmt: skip
    """Train one delta layer on a task, with eigenvalues in each range, and look at what it learned.

    Accuracy at the trained lengths and beyond, an audit of the layer, and how long it is right: its
    reachable states explored, then long words. Minutes on one CPU.
    """
    from negeig.pipeline import learn as pipeline
    from negeig.pipeline.learning.recipe import Recipe
    from negeig.pipeline.learning.trial import Trial
    from negeig.pipeline.parts.outputs import check_file, check_picture, write_picture
    from negeig.report.terminal.learn import learn_text

    if output is not None:
        if output == "-":
            raise InputError("output", "tensors are no text: name a file after -o")
        check_file(output, {".safetensors": "tensors"})
    if picture is not None:
        check_picture(picture, "svg")
        if picture == "-":
            raise InputError("picture", "standard output has the table: name a file")
    recipe = Recipe(
        updates=updates, batch=batch, rate=rate, longest=longest, shortest=min(3, longest)
    )
    trial = Trial(
        ranges=tuple(eigenvalue_range(text, "--range") for text in ranges),
        recipe=recipe, arithmetic=arithmetic_names(arithmetic), **numbers,
    )  # fmt: skip
    language = asked.read(resources)
    note(language)  # the report says so too, minutes later
    with search_progress() as progress:
        result = pipeline.learn(language, trial, resources=resources, progress=progress)
    if result.networks and output is not None:
        pipeline.write_learned(output, result)
        wrote(output, "the trained networks, as tensors")
    if result.networks and picture is not None:
        from negeig.report.pictures.learning import learning_svg

        write_picture(picture, learning_svg(result))
        wrote(picture, "a picture of the accuracy by position (svg)")
    code = look.show(result, learn_text)
    if result.stopped:
        click.echo(f"negeig: {result.stopped}; the networks until then are above", err=True)
    return code


COMMAND = learn
