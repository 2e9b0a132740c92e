"""``negeig check``: everything about one language."""

from __future__ import annotations

from negeig.claims import InputError, Resources
from negeig.cli.certificate_option import certificate_option, save
from negeig.cli.layer_options import AskedLayers, layer_options
from negeig.cli.once import option
from negeig.cli.options import (
    Asked,
    arithmetic_names,
    full_look,
    given,
    language_options,
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
    "--seed",
    group="Proofs and runs",
    type=int,
    default=0,
    show_default=True,
    help="Seed of the random words.",
)
@layer_options
@certificate_option
@search_options
@full_look
def check(
    asked: Asked, arithmetic: str, backends: tuple[str, ...], no_run: bool, seed: int,
    about: AskedLayers, certificate: str | None, resources: Resources, look: Look,
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
        seed=seed,
        **about.chosen,
    )
    language = asked.read(resources)
    with search_progress() as progress:
        result = pipeline.check(language, options, resources=resources, progress=progress)
    code = look.show(result, check_text)
    if certificate is not None:
        from negeig.proofs_checks.of_results import of_check

        save(certificate, lambda: of_check(result, resources))
    return code


COMMAND = check
