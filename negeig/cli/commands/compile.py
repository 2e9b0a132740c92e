"""``negeig compile``: the exact weights of a linear RNN for a language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import click

from negeig.claims import InputError, Resources
from negeig.cli.certificate_option import certificate_option, save
from negeig.cli.once import option
from negeig.cli.options import (
    Asked,
    eigenvalue_range,
    language_options,
    look_options,
    note,
    search_options,
    search_progress,
    wrote,
)
from negeig.cli.pages import command
from negeig.cli.screen import Look


@command(
    "compile",
    section="Networks",
    examples="""
    negeig compile '(11)*'
        the weights, to read
    negeig compile --zoo sym:3 --held-by bf16 -o net.json
        a network whose parameters bf16 holds, to a file
    negeig compile --zoo sym:5 --layers 1 --unit-keys
        within a budget: one layer, keys of length 1
    """,
)
@language_options
@option("--layers", group="Budget", type=int, metavar="N",
        help="Most layers; 0: none, the last letter says the output.")  # fmt: skip
@option(
    "--steps", group="Budget", type=int, metavar="N", help="Most delta steps a token, in any layer."
)
@option("--dim", group="Budget", type=int, metavar="N", help="Largest dimension of a layer.")
@option(
    "--eigenvalues", group="Budget", metavar="LOW,HIGH", default="-1,1", show_default=True,
    help="Range of the eigenvalues of the steps.",
)  # fmt: skip
@option("--unit-keys", group="Budget", is_flag=True, help="Every key has length exactly 1.")
@option(
    "--format", "number_format", group="Budget", metavar="F",
    help="A number format or arithmetic, such as bf16 or grid:2^-6, in which the network is proved "
    "too; grid: the coarsest grid that proves it (another network may be proved on a coarser one).",
)  # fmt: skip
@option(
    "--held-by",
    group="Budget",
    multiple=True,
    metavar="F",
    help="A number format that must hold every parameter, so that storing it rounds nothing.",
)
@option(
    "--prefer",
    group="Budget",
    type=click.Choice(["layers", "steps", "dim"]),
    default="layers",
    show_default=True,
    help="What counts first among networks within the budget.",
)
@option(
    "--route",
    "routes",
    group="Budget",
    multiple=True,
    metavar="NAME",
    help="A route that may be used.",
)
@option(
    "-o", "--output", "outputs", group="Files", multiple=True, metavar="PATH",
    help="Write the network: JSON (.json, no ending, or - for standard output), tensors "
    "(.safetensors) or an ONNX model (.onnx).",
)  # fmt: skip
@option(
    "--for", "layer", group="Files", metavar="LAYER",
    help="A released layer, such as fla.DeltaNet, that the network must be: -o F.safetensors "
    "writes its weights.",
)  # fmt: skip
@option(
    "--dtype", group="Files", metavar="T",
    help="Type of the tensors.  [default: that of --format, otherwise float32]",
)  # fmt: skip
@option("--round-parameters", group="Files", is_flag=True, help="Round what the type cannot hold.")
@certificate_option
@search_options
@look_options
def compile_command(
    asked: Asked, layers: int | None, steps: int | None, dim: int | None, eigenvalues: str,
    unit_keys: bool, number_format: str | None, held_by: tuple[str, ...], prefer: str,
    routes: tuple[str, ...], outputs: tuple[str, ...], layer: str | None, dtype: str | None,
    round_parameters: bool, certificate: str | None, resources: Resources, look: Look,
) -> int:  # fmt: skip
    """Compile a language into the exact weights of a linear RNN, proved for all lengths.

    Without a budget the cheapest network counts: fewest layers, then steps a token, then dimension.
    """
    from negeig.pipeline import compile as pipeline
    from negeig.pipeline.parts.outputs import check_outputs, in_words, write_network
    from negeig.report.terminal.compile import compilation_text

    if layer is None:
        check_outputs(outputs, dtype=dtype, round_parameters=round_parameters)
    else:
        check_outputs(outputs)
        _check_layer(layer, dtype, round_parameters, outputs)
    if look.as_json and "-" in outputs:
        raise InputError("", "--json and -o - both print the network; give one of them")
    dtype, stored_in = _storage(outputs, layer, dtype, number_format, round_parameters)
    budget = pipeline.budget(
        layers=layers,
        steps=steps,
        dim=dim,
        eigenvalues=eigenvalue_range(eigenvalues),
        unit_keys=unit_keys,
        format=number_format,
        held_by=tuple(dict.fromkeys((*_names(held_by), *stored_in))),
        prefer=prefer,
        routes=_names(routes),
    )
    language = asked.read(resources)
    note(language)
    unasked = {name: why for name, why in stored_in.items() if name not in _names(held_by)}
    told = _told(layer, language.arguments, look.verbose, unasked)
    with told, _refusal_saved(certificate), search_progress() as progress:
        if layer is None:
            made = pipeline.compile(language, budget, resources=resources, progress=progress)
        else:
            made = pipeline.compile_layer(
                language, layer, dtype, budget,
                resources=resources, progress=progress,
            )  # fmt: skip
    for path in dict.fromkeys(outputs):
        write_network(path, made, dtype=dtype, round_parameters=round_parameters)
        wrote(path, in_words(path, made, dtype))
    if look.as_json or not outputs:
        look.show(made, compilation_text)
    if made.stopped is not None:
        click.echo(f"negeig: {made.stopped}; this is the cheapest network until then", err=True)
    if certificate is not None:
        from negeig.proofs_checks.of_results import of_compilation

        save(certificate, lambda: of_compilation(made, resources))
    return made.exit_code


@contextmanager
def _told(
    layer: str | None, arguments: Sequence[str], verbose: bool, stored_in: Mapping[str, str]
) -> Iterator[None]:
    """Have an unmet budget say which commands answer about a layer otherwise; -v: the routes.

    And why formats of files that are to be written have to hold the parameters.
    """
    from negeig.pipeline.parts.budget_not_met import BudgetNotMet

    try:
        yield
    except BudgetNotMet as error:
        more = [f"why {name}: {why}" for name, why in stored_in.items()]
        if verbose:
            for outcome in dict.fromkeys(row["outcome"] for row in error.routes):
                names = (row["route"] for row in error.routes if row["outcome"] == outcome)
                more.append(f"routes {outcome}: {', '.join(names)}")
        if layer is not None:
            from negeig.kernels.layers.kind import find
            from negeig.kernels.layers.other_commands import other_commands

            more += other_commands(find(layer), "compile", arguments)
        error.args = ("\n  ".join((str(error), *more)),)
        raise


@contextmanager
def _refusal_saved(path: str | None) -> Iterator[None]:
    """Have an unmet budget write the certificates of what it says is impossible."""
    from negeig.pipeline.parts.budget_not_met import BudgetNotMet

    try:
        yield
    except BudgetNotMet as error:
        if path is not None:
            from negeig.proofs_checks.of_results import of_unmet_budget

            try:
                save(path, partial(of_unmet_budget, error))
            except click.exceptions.Exit:
                click.echo(f"negeig: {error}", err=True)  # what was found is not lost with a file
                raise
        raise


def _storage(
    outputs: Sequence[str], layer: str | None, dtype: str | None, number_format: str | None,
    round_parameters: bool,
) -> tuple[str, dict[str, str]]:  # fmt: skip
    """Return the type of the tensors, and the formats that hold a network to be written."""
    from negeig.kernels import tensors
    from negeig.kernels.layers import export
    from negeig.pipeline.parts.outputs import storage_formats, tensor_type

    known = tensors.DTYPES if layer is None else export.DTYPES
    chosen = dtype or tensor_type(number_format, known)
    return chosen, storage_formats(outputs, dtype=chosen, round_parameters=round_parameters)


def _check_layer(
    layer: str, dtype: str | None, round_parameters: bool, outputs: tuple[str, ...]
) -> None:
    """Refuse what cannot be asked of a layer, before any work is done."""
    from negeig.pipeline.parts.layer_budget import layer_budget

    problems = []
    try:
        layer_budget(layer, dtype or "float32")
    except InputError as error:
        problems += error.problems
    problems += [
        f"-o {path} would be the network without the layer, whose weights are written where the "
        "name ends in .safetensors; for the network alone leave --for out"
        for path in outputs
        if not path.lower().endswith(".safetensors")
    ]
    if round_parameters:
        problems.append("--round-parameters: the weights of a layer are exact or refused")
    if problems:
        raise InputError("--for", problems)


def _names(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that are given one by one, or with commas between them."""
    return tuple(name.strip() for text in texts for name in text.split(","))


COMMAND = compile_command
