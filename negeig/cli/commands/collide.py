"""``negeig collide``: two words that no decoder tells apart."""

from __future__ import annotations

from negeig.claims import Resources
from negeig.cli.certificate_option import certificate_option, save
from negeig.cli.once import option
from negeig.cli.options import Pair, limit_options, look_options, network_options, positive
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="Networks",
    examples="""
    negeig compile --zoo sym:3 --held-by bf16 -o net.json
        a network to look at
    negeig collide net.json --zoo sym:3 --max-steps 1000
        none up to 1,000 repetitions of a word, which proves nothing (exit code 3)
    """,
)
@network_options
@option(
    "--format", "number_format", group="Search", default="bf16", show_default=True, metavar="F",
    help="Number format that decoders see the state in, saturating: there is no infinity.",
)  # fmt: skip
@option(
    "--variant", group="Search", default="state", show_default=True, metavar="V",
    help="state: the state is cast; terms (one layer only): every term of it first.",
)  # fmt: skip
@option(
    "--zero", group="Search", default="signed", show_default=True, metavar="Z",
    help="signed: decoders see the sign of a zero, as bits show it; one: +0 and -0 are one value.",
)  # fmt: skip
@option(
    "--max-steps", group="Search", type=positive, default=20_000, show_default=True,
    help="Repetitions of a word that are followed.",
)  # fmt: skip
@certificate_option
@limit_options
@look_options
def collide(
    pair: Pair, number_format: str, variant: str, zero: str, max_steps: int,
    certificate: str | None, resources: Resources, look: Look,
) -> int:  # fmt: skip
    """Find two words on which no decoder of a network can be right, in the cast model."""
    from negeig.pipeline import collide as pipeline
    from negeig.report.terminal.collide import collide_text

    network, language = pair.read(resources)
    result = pipeline.collide(
        network,
        language.machine,
        source=pair.source,
        format=number_format,
        variant=variant,
        zero=zero,
        max_steps=max_steps,
    )
    code = look.show(result, collide_text)
    if certificate is not None:
        from negeig.proofs_checks.of_results import of_collision

        save(certificate, lambda: of_collision(result, network, language.machine))
    return code


COMMAND = collide
