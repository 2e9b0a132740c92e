"""``negeig monoid``: the transition monoid of a task."""

from __future__ import annotations

from negeig.claims import InputError, LimitReached, Resources
from negeig.cli.certificate_option import certificate_option, save
from negeig.cli.once import option
from negeig.cli.options import (
    Asked,
    language_options,
    limit_options,
    look_options,
    note,
    positive,
    wrote,
)
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="Tasks",
    examples="""
    negeig monoid '(ab)*'
        its elements, Green's classes, groups and decomposition
    negeig monoid '(ab)*' -o eggbox.svg
        its egg-box as a picture
    negeig monoid --zoo sym:3 --elements
        every element with a shortest word
    negeig monoid 'a(a|b)*' --certificate levels.json
        with its Krohn-Rhodes levels as a certificate, for negeig verify
    """,
)
@language_options
@option(
    "--elements", group="Contents", is_flag=True, help="List every element with a shortest word."
)
@option("--text", group="Picture", is_flag=True, help="Draw as text (eggbox, decomposition).")
@option("--dot", group="Picture", is_flag=True, help="Draw as DOT, for Graphviz.")
@option("--svg", group="Picture", is_flag=True, help="Draw as SVG.")
@option(
    "--picture",
    group="Picture",
    metavar="WHAT",
    help="machine, eggbox, cayley, left-cayley or decomposition.  [default: eggbox]",
)
@option("--max-nodes", group="Picture", type=positive, help="Most nodes of a picture.")
@option(
    "-o",
    "--output",
    group="Picture",
    metavar="PATH",
    help="Write the picture to a file, drawn as its name ends: .txt, .dot, .gv or .svg; - is "
    "standard output.",
)
@certificate_option
@limit_options
@look_options
def monoid(
    asked: Asked, elements: bool, text: bool, dot: bool, svg: bool, picture: str | None,
    max_nodes: int | None, output: str | None, certificate: str | None,
    resources: Resources, look: Look,
) -> int:  # fmt: skip
    """Show the transition monoid: structure, varieties, circuit class, decomposition, pictures."""
    from negeig.pipeline import monoid as pipeline
    from negeig.pipeline.parts.outputs import drawn_as
    from negeig.report.terminal.monoid import monoid_text

    kinds = [name for name, given in (("text", text), ("dot", dot), ("svg", svg)) if given]
    if not kinds and output is not None:
        kinds = drawn_as(output)
    if len(kinds) > 1:
        options = " and ".join(f"--{kind}" for kind in kinds)
        raise InputError("", f"{options} exclude each other: one picture is drawn")
    if not kinds and not (output is None and max_nodes is None and picture is None):
        ways = "give --text, --dot or --svg, or a file that ends in .txt, .dot or .svg"
        if output is not None:
            raise InputError("output", f"{output!r} is of no format that is drawn: {ways}", "usage")
        raise InputError("", f"-o, --picture and --max-nodes need a picture: {ways}")
    if kinds:
        if look.as_json or elements or certificate is not None:
            other = "--elements" if elements else "--certificate"
            other = "--json" if look.as_json else other
            raise InputError("", f"{other} and a picture exclude each other")
        from negeig.pipeline.parts.outputs import check_picture, write_picture
        from negeig.report.pictures.draw import draw

        path = "-" if output is None else output
        check_picture(path, kinds[0])
        language = asked.read(resources)
        note(language)
        machine = language.machine.minimal()
        write_picture(path, draw(picture or "eggbox", kinds[0], machine, resources, max_nodes))
        wrote(path, f"a picture ({picture or 'eggbox'}, {kinds[0]})")
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
    code = look.show(result, monoid_text)
    if certificate is not None:
        from negeig.proofs_checks.of_monoid import of_monoid

        save(certificate, lambda: of_monoid(result))
    return code


COMMAND = monoid
