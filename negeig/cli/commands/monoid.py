"""``negeig monoid``: the transition monoid of a task."""

from __future__ import annotations

import click

from negeig.claims import InputError, LimitReached, Resources
from negeig.cli.options import Asked, json_option, language_options, limit_options, positive, show


@click.command()
@language_options
@click.option("--elements", is_flag=True, help="List every element with a shortest word.")
@click.option("--text", "drawn", flag_value="text", help="Draw as text (eggbox, decomposition).")
@click.option("--dot", "drawn", flag_value="dot", help="Draw as DOT, for Graphviz.")
@click.option("--svg", "drawn", flag_value="svg", help="Draw as SVG.")
@click.option(
    "--picture",
    default="eggbox",
    show_default=True,
    metavar="WHAT",
    help="machine, eggbox, cayley, left-cayley or decomposition.",
)
@click.option("--max-nodes", type=positive, help="Most nodes of a picture.")
@click.option("-o", "--output", metavar="PATH", help="Write the picture to a file.")
@limit_options
@json_option
def monoid(
    asked: Asked, elements: bool, drawn: str | None, picture: str, max_nodes: int | None,
    output: str | None, resources: Resources, as_json: bool,
) -> int:  # fmt: skip
    """Show the transition monoid: structure, varieties, circuit class, decomposition, pictures."""
    from negeig.pipeline import monoid as pipeline
    from negeig.report.terminal.monoid import monoid_text

    if drawn is None and (output is not None or max_nodes is not None):
        raise InputError("", "-o and --max-nodes need a picture: give --text, --dot or --svg")
    if drawn is not None:
        if as_json:
            raise InputError("", "--json and a picture exclude each other")
        from negeig.pipeline.parts.outputs import write_text
        from negeig.report.pictures.draw import draw

        machine = asked.read(resources).machine.minimal()
        text = draw(picture, drawn, machine, resources, max_nodes)
        if output is None:
            click.echo(text)
        else:
            write_text(output, text + "\n")
        return 0
    try:
        result = pipeline.monoid(asked.read(resources), elements=elements, resources=resources)
    except LimitReached:
        # The group of a word problem is known without its machine.
        group = None
        if asked.zoo is not None and not elements:
            group = pipeline.word_problem(asked.zoo, resources)
        if group is None:
            raise
        result = group
    return show(result, monoid_text, as_json=as_json)


COMMAND = monoid
