"""The command line: parse, call the pipeline, print. Nothing here decides anything.

Heavy modules are imported inside the commands, so that ``negeig --help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from typing import Any, NoReturn

import click

from negeig import __version__
from negeig.claims import InputError, NegeigError
from negeig.cli.options import (
    arithmetic_names,
    eigenvalue_range,
    json_option,
    language_options,
    limit_options,
    machine_options,
    network_and_machine,
    positive,
    progress_on_terminal,
    resources_of,
    start_timeout,
    timeout_option,
    width,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="negeig")
def cli() -> None:
    """Which linear RNNs can track a finite-state task, and which provably cannot.

    LANGUAGE is exactly one of a regular expression, --zoo NAME, --file PATH.

    \b
    Exit codes: 0 holds; 1 refuted or impossible; 2 bad input; 3 undecided
    (a limit was hit, nothing was found, a backend is missing); 4 internal
    error; 130 interrupted.
    """  # noqa: D301 (click needs the character itself)


@cli.command()
@language_options
@click.option(
    "--arithmetic",
    default="bf16,fp32",
    show_default=True,
    metavar="A,B",
    help="Arithmetic models to prove the network in, beside exact.",
)
@click.option(
    "--backend",
    "backends",
    multiple=True,
    metavar="NAME",
    help="Kernel to run the network on: cpu (default), triton. May be repeated.",
)
@click.option("--no-run", is_flag=True, help="Do not run the network on words.")
@click.option(
    "--dimension",
    type=positive,
    default=64,
    show_default=True,
    help="Head dimension for which length bounds are stated.",
)
@click.option(
    "--format",
    "number_format",
    default="bf16",
    show_default=True,
    metavar="F",
    help="Number format for which length bounds are stated.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the random words.")
@click.option(
    "--arch",
    "architectures",
    multiple=True,
    metavar="ARCH",
    help="Ask about one architecture, such as mamba; negeig theorems lists them.",
)
@limit_options
@json_option
def check(
    regex: str | None, zoo: str | None, file: str | None, alphabet: str, arithmetic: str,
    backends: tuple[str, ...], no_run: bool, dimension: int, number_format: str, seed: int,
    architectures: tuple[str, ...], as_json: bool, **limits: Any,
) -> int:  # fmt: skip
    """Check one language: what cannot recognise it, a network that does, and its proofs."""
    from negeig.pipeline import check as pipeline
    from negeig.report.terminal.check import check_text

    if no_run and backends:
        raise InputError("", "--no-run and --backend exclude each other")
    if len(architectures) > 1:
        raise InputError("", "--arch asks about one architecture; all of them are in the catalogue")
    with progress_on_terminal() as progress:
        result = pipeline.check(
            regex,
            zoo=zoo,
            file=file,
            alphabet=tuple(alphabet),
            arithmetic=arithmetic_names(arithmetic),
            backends=() if no_run else backends or ("cpu",),
            dimension=dimension,
            format=number_format,
            seed=seed,
            architecture=architectures[0] if architectures else None,
            resources=resources_of(limits),
            progress=progress,
        )
    _print(result.to_json() if as_json else check_text(result, width()))
    return result.exit_code


@cli.command(name="compile")
@language_options
@click.option("--layers", type=int, metavar="N", help="Most layers.")
@click.option("--steps", type=int, metavar="N", help="Most delta steps a token, in any layer.")
@click.option("--dim", type=int, metavar="N", help="Largest dimension of a layer.")
@click.option(
    "--eigenvalues", metavar="LOW,HIGH", default="-1,1", show_default=True,
    help="Range of the eigenvalues of the steps.",
)  # fmt: skip
@click.option("--unit-keys", is_flag=True, help="Every key has length exactly 1.")
@click.option(
    "--format", "number_format", metavar="F",
    help="A number format, such as bf16, in which the network is proved too.",
)  # fmt: skip
@click.option("--route", "routes", multiple=True, metavar="NAME", help="A route that may be used.")
@click.option(
    "-o", "--output", "outputs", multiple=True, metavar="PATH",
    help="Write the network: JSON (- is standard output), or tensors where the name ends in "
    ".safetensors.",
)  # fmt: skip
@click.option("--dtype", metavar="T", help="Type of the tensors.  [default: float32]")
@click.option("--round-parameters", is_flag=True, help="Round what the type cannot hold.")
@limit_options
@json_option
def compile_command(
    regex: str | None, zoo: str | None, file: str | None, alphabet: str, layers: int | None,
    steps: int | None, dim: int | None, eigenvalues: str, unit_keys: bool,
    number_format: str | None, routes: tuple[str, ...], outputs: tuple[str, ...],
    dtype: str | None, round_parameters: bool, as_json: bool, **limits: Any,
) -> int:  # fmt: skip
    """Compile a language into the exact weights of a linear RNN, proved for all lengths.

    Without a budget the cheapest network counts: fewest layers, then steps a token, then dimension.
    """
    from negeig.pipeline import check as pipeline
    from negeig.report.terminal.compile import compilation_text
    from negeig.theory.networks.network_json import to_json

    budget = pipeline.budget(
        layers=layers,
        steps=steps,
        dim=dim,
        eigenvalues=eigenvalue_range(eigenvalues),
        unit_keys=unit_keys,
        format=number_format,
        routes=tuple(name.strip() for text in routes for name in text.split(",")),
    )
    pipeline.check_outputs(outputs, dtype=dtype, round_parameters=round_parameters)
    if as_json and "-" in outputs:
        raise InputError("", "--json and -o - both print the network; give one of them")
    with progress_on_terminal() as progress:
        made = pipeline.compile(
            regex,
            zoo=zoo,
            file=file,
            alphabet=tuple(alphabet),
            budget=budget,
            held_by=pipeline.storage_format(
                outputs, dtype=dtype, round_parameters=round_parameters
            ),
            resources=resources_of(limits),
            progress=progress,
        )
    for path in dict.fromkeys(outputs):
        pipeline.write_network(
            path, made, dtype=dtype or "float32", round_parameters=round_parameters
        )
    if as_json:
        _print(to_json(made.network, about=made.about()))
    elif not outputs:
        _print(compilation_text(made, width()))
    return 0


@cli.command()
@click.argument("network", metavar="NETWORK")
@machine_options
@click.option(
    "--arithmetic",
    default="exact,bf16,fp32",
    show_default=True,
    metavar="A,B",
    help="exact; F, F:all-ops, F:acc32, F:acc32-step; fp32:fma; grid:2^-q.",
)
@click.option(
    "--round-parameters",
    is_flag=True,
    help="Round parameters that the format cannot hold to nearest even.",
)
@limit_options
@json_option
def precision(
    network: str, machine_file: str | None, regex: str | None, zoo: str | None, alphabet: str,
    arithmetic: str, round_parameters: bool, as_json: bool, **limits: Any,
) -> int:  # fmt: skip
    """Prove or refute a network (JSON file, - is standard input) in several arithmetics."""
    from negeig.pipeline import check as pipeline
    from negeig.report.terminal.check import precision_text

    resources = resources_of(limits)
    with progress_on_terminal() as progress:
        result = pipeline.precision(
            *network_and_machine(network, machine_file, regex, zoo, alphabet, resources),
            arithmetic_names(arithmetic),
            source=network,
            round_parameters=round_parameters,
            resources=resources,
            progress=progress,
        )
    _print(result.to_json() if as_json else precision_text(result, width()))
    return result.exit_code


@cli.command()
@click.argument("network", metavar="NETWORK")
@machine_options
@click.option(
    "--format", "number_format", default="bf16", show_default=True, metavar="F",
    help="Number format that decoders see the state in, saturating: there is no infinity.",
)  # fmt: skip
@click.option(
    "--variant", default="state", show_default=True, metavar="V",
    help="state: the state is cast; terms (one layer only): every term of it first.",
)  # fmt: skip
@click.option(
    "--zero", default="signed", show_default=True, metavar="Z",
    help="signed: decoders see the sign of a zero, as bits show it; one: +0 and -0 are one value.",
)  # fmt: skip
@click.option(
    "--max-steps", type=positive, default=20_000, show_default=True,
    help="Repetitions of a word that are followed.",
)  # fmt: skip
@limit_options
@json_option
def collide(
    network: str, machine_file: str | None, regex: str | None, zoo: str | None, alphabet: str,
    number_format: str, variant: str, zero: str, max_steps: int, as_json: bool, **limits: Any,
) -> int:  # fmt: skip
    """Find two words on which no decoder of a network can be right, in the cast model."""
    from negeig.pipeline import check as pipeline
    from negeig.report.terminal.collide import collision_text

    result = pipeline.collide(
        *network_and_machine(network, machine_file, regex, zoo, alphabet, resources_of(limits)),
        source=network,
        format=number_format,
        variant=variant,
        zero=zero,
        max_steps=max_steps,
    )
    _print(result if as_json else collision_text(result, width()))
    return 3 if result["collision"] is None else 1


@cli.command()
@click.argument("path", metavar="FILE")
@click.option(
    "--layer", type=click.Choice(["delta", "dense", "diagonal"]), default="delta",
    show_default=True, help="What the tensors are.",
)  # fmt: skip
@click.option("--keys", metavar="NAME", help="Tensor of the keys (delta).")
@click.option("--betas", metavar="NAME", help="Tensor of the betas (delta).")
@click.option("--matrices", metavar="NAME", help="Tensor of the matrices (dense) or the diagonals.")
@click.option(
    "--steps", type=click.Choice(["last", "none"]),
    help="Whether the dimension before the keys' own counts the steps of a token (delta).",
)  # fmt: skip
@click.option(
    "--normalise", type=click.Choice(["none", "l2"]), default="none", show_default=True,
    help="Whether keys are divided by their length first (delta).",
)  # fmt: skip
@click.option(
    "--max-tokens", type=positive, default=10_000, show_default=True,
    help="Distinct tokens whose characteristic polynomial is computed.",
)  # fmt: skip
@click.option("--max-bytes", type=positive, default=64_000_000, show_default=True,
              help="Bytes of the file.")  # fmt: skip
@timeout_option
@json_option
def audit(path: str, as_json: bool, timeout: float | None, **options: Any) -> int:
    """Audit a stored layer (safetensors): exact eigenvalue ranges, and the limits that follow."""
    from negeig.pipeline import check as pipeline
    from negeig.report.terminal.audit import audit_text

    start_timeout(timeout)
    with progress_on_terminal() as progress:
        report = None if progress is None else partial(progress, "tokens")
        result = pipeline.audit(path, progress=report, **options)
    _print(result if as_json else audit_text(result, width()))
    return 0 if result["complete"] else 3


@cli.command()
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
    regex: str | None, zoo: str | None, file: str | None, alphabet: str, elements: bool,
    drawn: str | None, picture: str, max_nodes: int | None,
    output: str | None, as_json: bool, **limits: Any,
) -> int:  # fmt: skip
    """Show the transition monoid: structure, varieties, circuit class, decomposition, pictures."""
    from negeig.pipeline import check as pipeline
    from negeig.report.terminal.monoid import monoid_text

    resources = resources_of(limits)
    language: dict[str, Any] = {
        "zoo": zoo,
        "file": file,
        "alphabet": tuple(alphabet),
        "resources": resources,
    }
    if drawn is None and (output is not None or max_nodes is not None):
        raise InputError("", "-o and --max-nodes need a picture: give --text, --dot or --svg")
    if drawn is not None:
        if as_json:
            raise InputError("", "--json and a picture exclude each other")
        from negeig.report.pictures.draw import draw

        machine = pipeline.language(regex, **language).machine.minimal()
        text = draw(picture, drawn, machine, resources, max_nodes)
        if output is None:
            _print(text)
        else:
            pipeline.write_text(output, text + "\n")
        return 0
    result = pipeline.monoid(regex, elements=elements, **language)
    _print(result if as_json else monoid_text(result, width()))
    return 0


@cli.command()
@language_options
@click.option(
    "-o", "--output", required=True, metavar="PATH", help="File to write; - is standard output."
)
@click.option("--to", "file_format", metavar="FORMAT", help="json, dot, jff, fsm or mata.")
@click.option("--minimal", is_flag=True, help="Write the minimal machine.")
@limit_options
def convert(
    regex: str | None, zoo: str | None, file: str | None, alphabet: str, output: str,
    file_format: str | None, minimal: bool, **limits: Any,
) -> int:  # fmt: skip
    """Write a language's machine to a file, in the format of its extension."""
    from negeig.pipeline import check as pipeline

    notices = pipeline.convert(
        output, regex, zoo=zoo, file=file, alphabet=tuple(alphabet), format=file_format,
        minimize=minimal, resources=resources_of(limits),
    )  # fmt: skip
    for notice in notices:
        click.echo(f"negeig: note: {notice}", err=True)
    return 0


@cli.command()
@click.argument("regexes", nargs=-1, metavar="[LANGUAGE]...")
@click.option("--zoo", "zoos", multiple=True, metavar="NAME", help="A named task.")
@click.option("--file", "files", multiple=True, metavar="PATH", help="A machine file.")
@click.option("--alphabet", default="", metavar="LETTERS", help="Further letters of the regexes.")
@limit_options
@json_option
def compare(
    regexes: tuple[str, ...], zoos: tuple[str, ...], files: tuple[str, ...], alphabet: str,
    as_json: bool, **limits: Any,
) -> int:  # fmt: skip
    """Compare two languages: equal, or a shortest separating word (exit code 1)."""
    from negeig.pipeline import check as pipeline
    from negeig.report.terminal.monoid import compare_text

    languages = [
        *(("regex", text) for text in regexes),
        *(("zoo", text) for text in zoos),
        *(("file", text) for text in files),
    ]
    result = pipeline.compare(languages, alphabet=tuple(alphabet), resources=resources_of(limits))
    _print(result if as_json else compare_text(result))
    return 0 if result["equal"] else 1


@cli.command()
@json_option
def zoo(as_json: bool) -> int:
    """List the named tasks."""
    from negeig.pipeline import check as pipeline
    from negeig.report.terminal.monoid import zoo_text

    result = pipeline.zoo()
    _print(result if as_json else zoo_text(result))
    return 0


@cli.command()
@json_option
def theorems(as_json: bool) -> int:
    """List the theorems that verdicts rest on."""
    from negeig.pipeline import check as pipeline
    from negeig.report.terminal.monoid import theorems_text

    result = pipeline.theorems()
    _print(result if as_json else theorems_text(result))
    return 0


@cli.command()
@click.argument("identifier", metavar="ID")
@json_option
def explain(identifier: str, as_json: bool) -> int:
    """Explain one theorem, or one architecture: what it says or is, with its source."""
    from negeig.pipeline import check as pipeline
    from negeig.report.terminal.monoid import theorem_text

    result = pipeline.explain(identifier)
    _print(result if as_json else theorem_text(result))
    return 0


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code."""
    argv = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in argv
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - closed by the caller
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        for argument in argv:
            _check_text(argument)
        code = cli.main(argv, prog_name="negeig", standalone_mode=False)
        code = code if isinstance(code, int) else 0
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except (KeyboardInterrupt, click.Abort):
        code = _fail("interrupted", "interrupted", 130, as_json)
    except click.ClickException as error:
        code = _fail("usage", error.format_message(), 2, as_json)
    except NegeigError as error:
        code = _fail(error.code, str(error), error.exit_code, as_json, error)
    except BrokenPipeError:
        _discard_output()
        code = 0
    except OSError as error:
        _discard_output()
        code = _fail("output", f"the output cannot be written: {error.strerror}", 2, False)
    except SystemError as error:
        # numba turns an interruption while it loads compiled code into a SystemError.
        if not isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            raise
        code = _fail("interrupted", "interrupted", 130, as_json)
    except MemoryError:
        code = _fail("memory", "out of memory; lower --max-closure or --max-elements", 3, as_json)
    except Exception as error:
        if os.environ.get("NEGEIG_DEBUG"):
            raise
        text = f"internal error, please report it: {type(error).__name__}: {error}"
        code = _fail("internal", text, 4, as_json)
    sys.exit(code)


def _discard_output() -> None:
    """Let what is left in the buffer go nowhere, so that the exit is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(
    code: str, message: str, exit_code: int, as_json: bool, error: NegeigError | None = None
) -> int:
    """Report an error, as an object on standard output or as text on standard error."""
    if as_json:
        document: dict[str, Any] = {
            "schema": "negeig.error/1",
            "code": code,
            "message": message,
            "exit_code": exit_code,
        }
        for name in ("problems", "column", "limit", "value", "reached", "option", "impossible",
                     "missing", "tightest", "limits"):  # fmt: skip
            if hasattr(error, name):
                document[name] = getattr(error, name)
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        click.echo(f"negeig: {message}", err=True)
    return exit_code


def _check_text(argument: str) -> None:
    try:
        argument.encode()
    except UnicodeEncodeError:
        raise InputError("", f"argument {argument!a} is not valid UTF-8") from None


def _print(result: Any) -> None:
    if not isinstance(result, str):
        from negeig.pipeline.result import dumps

        result = dumps(result)
    click.echo(result)


if __name__ == "__main__":
    main()
