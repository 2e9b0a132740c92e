"""``negeig check``: everything about one language."""

from __future__ import annotations

from negeig.claims import InputError, Resources
from negeig.cli.certificate_option import certificate_option, save
from negeig.cli.once import option
from negeig.cli.options import (
    Asked,
    arithmetic_names,
    full_look,
    given,
    language_options,
    positive,
    search_options,
    search_progress,
)
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    section="Tasks",
    examples="""
    negeig check '(11)*'
        which layers can tell an even number of 1s, and a network, proved
    negeig check --zoo sym:3 --layer family=delta,beta=0..2,steps=2
        whether one layer of mine can: two delta steps a token, beta up to 2
    negeig check --zoo dyck1:4 --arithmetic bf16,fp16:acc32 -v
        proved in other arithmetics; with all the evidence
    """,
)
@language_options
@option(
    "--arithmetic",
    group="Proofs and runs",
    default="bf16,fp32",
    show_default=True,
    metavar="A,B",
    help="Arithmetic models to prove the network in, beside exact; any-order, any-order:bf16; "
    "impl:NAME is an implementation that conform --list shows.",
)
@option(
    "--backend",
    "backends",
    group="Proofs and runs",
    multiple=True,
    metavar="NAME",
    help="Kernel to run the network on: cpu (default), torch, triton. May be repeated.",
)
@option("--no-run", group="Proofs and runs", is_flag=True, help="Do not run the network on words.")
@option(
    "--dimension",
    "--dim",
    "dimension",
    group="Layers that are asked about",
    type=positive,
    default=None,
    help="Head dimension for which length bounds are stated [default: 64]; that of the layers "
    "asked about.",
)
@option(
    "--format",
    "number_format",
    group="Layers that are asked about",
    default=None,
    metavar="F",
    help="Number format for which length bounds are stated [default: bf16]; that of the layers "
    "asked about.",
)
@option(
    "--seed",
    group="Proofs and runs",
    type=int,
    default=0,
    show_default=True,
    help="Seed of the random words.",
)
@option(
    "--arch",
    "architectures",
    group="Layers that are asked about",
    multiple=True,
    metavar="ARCH",
    help="Ask about an architecture or a released model, such as mamba or qwen3_next, or several, "
    "A,B; negeig theorems lists them.",
)
@option(
    "--layer",
    group="Layers that are asked about",
    default=None,
    metavar="SPEC",
    help="Ask about a layer: key=value pairs, such as family=delta,beta=0..2,steps=2, or a JSON "
    "file.",
)
@option(
    "--depth",
    group="Layers that are asked about",
    type=positive,
    default=None,
    help="Most layers, of --layer or --arch.",
)
@option(
    "--heads",
    group="Layers that are asked about",
    type=positive,
    default=None,
    help="Heads of a layer, of --layer or --arch.",
)
@certificate_option
@search_options
@full_look
def check(
    asked: Asked, arithmetic: str, backends: tuple[str, ...], no_run: bool, dimension: int | None,
    number_format: str | None, seed: int, architectures: tuple[str, ...], layer: str | None,
    depth: int | None, heads: int | None, certificate: str | None, resources: Resources,
    look: Look,
) -> int:  # fmt: skip
    """Check one language: what cannot recognise it, a network that does, and its proofs."""
    from negeig.pipeline import check as pipeline
    from negeig.pipeline.parts.check_options import CheckOptions
    from negeig.report.terminal.check import check_text

    if no_run and (idle := given(("backends", "seed"))):
        raise InputError("", [f"--no-run and {name} exclude each other" for name in idle])
    options = CheckOptions(
        arithmetic=arithmetic_names(arithmetic),
        backends=() if no_run else tuple(dict.fromkeys(backends)) or ("cpu",),
        dimension=dimension,
        format=number_format,
        seed=seed,
        architecture=architectures or None,
        layer=layer,
        depth=depth,
        heads=heads,
    )
    language = asked.read(resources)
    with search_progress() as progress:
        result = pipeline.check(language, options, resources=resources, progress=progress)
    if certificate is not None:
        from negeig.proofs_checks.of_results import of_check

        save(certificate, of_check(result, resources))
    return look.show(result, check_text)


COMMAND = check
