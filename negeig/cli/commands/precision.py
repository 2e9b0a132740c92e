"""``negeig precision``: a network proved or refuted in several arithmetics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from negeig.claims import InputError, Resources, Stopped
from negeig.cli.certificate_option import certificate_option, save
from negeig.cli.once import Whole, option
from negeig.cli.options import (
    Pair,
    arithmetic_names,
    limit_options,
    look_options,
    network_options,
    search_progress,
    wrote,
)
from negeig.cli.pages import command
from negeig.cli.screen import Look

if TYPE_CHECKING:
    from negeig.pipeline.precision import PrecisionResult


@command(
    section="Networks",
    examples="""
    negeig compile --zoo sym:3 --held-by bf16 -o net.json
        a network to look at
    negeig precision net.json --zoo sym:3
        proved or refuted in exact arithmetic, bf16 and fp32
    negeig precision net.json --zoo sym:3 --arithmetic bf16:acc32:sr,any-order
        states stored with stochastic rounding; sums in any order
    """,
)
@network_options
@option(
    "--arithmetic",
    group="Arithmetic",
    default="exact,bf16,fp32",
    show_default=True,
    metavar="A,B",
    help="exact; F, F:all-ops, F:acc32, F:acc32-step; fp32:fma; grid:2^-q; with suffixes such as "
    ":sr (stochastic), :fma? (whatever is contracted), :rtz, :sat, :ftz; reference, "
    "fused-recurrent; any-order, any-order:bf16; impl:NAME, an implementation that conform --list "
    "shows, or impl:file.py:function; impl:NAME@bf16.",
)
@option(
    "--round-parameters",
    group="Arithmetic",
    is_flag=True,
    help="Round parameters that the format cannot hold to nearest even.",
)
@option(
    "--threads",
    group="Large searches",
    type=Whole(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Threads that explore the states of one layer; 0 for all processors. No answer depends "
    "on them.",
)
@option(
    "--work-folder",
    group="Large searches",
    default="",
    metavar="DIR",
    help="Keep the states of one layer there, one folder for each arithmetic: a search that was "
    "stopped goes on with the same command, and may be larger than the memory.",
)
@option(
    "--picture",
    group="Files",
    metavar="PATH",
    help="Draw the lengths that are proved, and words that err, over the arithmetics: a file .svg.",
)
@option(
    "--scheduler",
    group="Large searches",
    default="",
    metavar="ADDRESS",
    help="Explore the states of one layer on a cluster of dask.distributed; local for workers in "
    "this process. The answer is the same.",
)
@certificate_option
@limit_options
@look_options
def precision(
    pair: Pair,
    arithmetic: str,
    round_parameters: bool,
    threads: int,
    work_folder: str,
    scheduler: str,
    picture: str | None,
    certificate: str | None,
    resources: Resources,
    look: Look,
) -> int:
    """Prove or refute a network (JSON file, - is standard input) in several arithmetics."""
    from negeig.pipeline import precision as pipeline
    from negeig.pipeline.parts.outputs import check_folder, check_picture, write_picture
    from negeig.precision.closure.scale.options import Scale
    from negeig.report.terminal.precision import precision_text

    if picture is not None:
        check_picture(picture, "svg")
        if picture == "-":
            raise InputError("picture", "standard output has the table: name a file")
    if work_folder:
        check_folder(work_folder)
    network, language = pair.read(resources)
    with search_progress() as progress:
        parts = pipeline.precision_one_by_one(
            network,
            language.machine,
            arithmetic_names(arithmetic),
            source=pair.source,
            round_parameters=round_parameters,
            resources=resources,
            scale=Scale(threads=threads, folder=work_folder, scheduler=scheduler),
            progress=progress,
        )
        result, interrupted = _until_stopped(parts, work_folder)
    if picture is not None:
        from negeig.pipeline.parts.horizons import rows_of
        from negeig.report.pictures.horizon import horizon_svg

        write_picture(picture, horizon_svg(rows_of(result.results), pair.source))
        wrote(picture, "a picture of how far each arithmetic is right (svg)")
    code = look.show(result, precision_text)
    if result.stopped is not None:
        click.echo(f"negeig: {result.stopped}; not done: {', '.join(result.missing)}", err=True)
    if certificate is not None:
        from negeig.proofs_checks.of_results import of_precision

        save(certificate, lambda: of_precision(result, network, language.machine, resources))
    return 130 if interrupted else code


def _until_stopped(parts: Iterator[PrecisionResult], folder: str) -> tuple[PrecisionResult, bool]:
    """Return the last of the results, and whether Ctrl-C ended them; at least one row is there."""
    result = next(parts)
    try:
        for more in parts:
            result = more
    except (KeyboardInterrupt, Stopped) as error:
        interrupted = isinstance(error, KeyboardInterrupt)
        if interrupted:
            _kept(folder)
        if not result.results:
            raise
        stopped = "interrupted" if interrupted else str(error)
        return replace(result, stopped=stopped), interrupted
    return result, False


def _kept(folder: str) -> None:
    """Say on standard error that the folder of a search that was ended has what it found."""
    if folder and Path(folder).is_dir():
        from negeig.automata.labels import visible

        again = "the same command goes on from what is whole there"
        click.echo(f"negeig: note: {visible(folder)} is kept; {again}", err=True)


COMMAND = precision
