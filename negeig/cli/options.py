"""What the commands share: options, and the reading of their values."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import click

from negeig.claims import InputError, Resources

Command = Callable[..., Any]


def options(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Bundle click options that several commands share."""

    def decorate(function: Command) -> Command:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


positive = click.IntRange(min=1)


def finite(_: click.Context, parameter: click.Parameter, seconds: float | None) -> float | None:
    """Refuse what is no number of seconds: a range alone lets nan through."""
    if seconds is not None and not 0 <= seconds < math.inf:
        raise click.BadParameter(f"{seconds} is not a number of seconds", param=parameter)
    return seconds


timeout_option = click.option(
    "--timeout", type=float, callback=finite, default=None,
    help="Seconds after which to stop with exit code 3.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
limit_options = options(
    click.option("--max-states", type=positive, default=100_000, show_default=True,
                 help="States of a machine."),
    click.option("--max-elements", type=positive, default=2_000_000, show_default=True,
                 help="Elements of a transition monoid."),
    click.option("--max-closure", type=positive, default=2_000_000, show_default=True,
                 help="Network states of one closure."),
    click.option("--max-bytes", type=positive, default=64_000_000, show_default=True,
                 help="Bytes of an input file."),
    click.option("--max-memory", type=positive, default=4 << 30, show_default=True,
                 help="Bytes of the tables of one computation."),
    click.option("--construction-seconds", type=float, callback=finite, default=20.0,
                 show_default=True, help="Time to find and prove a network."),
    click.option("--run-seconds", type=float, callback=finite, default=1.0, show_default=True,
                 help="Time to run it on words, on the CPU."),
    timeout_option,
)  # fmt: skip
language_options = options(
    click.argument("regex", required=False),
    click.option("--zoo", metavar="NAME", help="A named task; see negeig zoo."),
    click.option("--file", "file", metavar="PATH", help="A machine file; - is standard input."),
    click.option("--alphabet", default="", metavar="LETTERS",
                 help="Letters beyond those in the regex."),
)  # fmt: skip


machine_options = options(
    click.option("--machine", "machine_file", metavar="FILE", help="The machine to compare with."),
    click.option("--regex", metavar="REGEX", help="The machine as a regular expression."),
    click.option("--zoo", metavar="NAME", help="The machine as a named task."),
    click.option("--alphabet", default="", metavar="LETTERS",
                 help="Letters beyond those in the regex."),
)  # fmt: skip


def network_and_machine(
    network: str, machine_file: str | None, regex: str | None, zoo: str | None, alphabet: str,
    resources: Resources,
) -> tuple[Any, Any]:  # fmt: skip
    """Read a network and the one machine that it is compared with."""
    from negeig.pipeline import check as pipeline

    if sum(given is not None for given in (machine_file, regex, zoo)) != 1:
        raise InputError("", "give the machine as exactly one of --machine, --regex, --zoo")
    if network == "-" and machine_file == "-":
        raise InputError("", "the network and the machine cannot both be standard input")
    language = pipeline.language(
        regex, zoo=zoo, file=machine_file, alphabet=tuple(alphabet), resources=resources
    )
    return pipeline.read_network(network, resources), language.machine


def eigenvalue_range(text: str) -> tuple[Fraction, Fraction]:
    """Read ``LOW,HIGH``, two rationals such as -1, 0.5 or 1/3."""
    parts = text.split(",")
    number = re.compile(r"\s*[+-]?\d{1,9}([./]\d{1,9})?\s*")
    if len(parts) == 2 and all(number.fullmatch(part) for part in parts):
        try:
            return Fraction(parts[0]), Fraction(parts[1])
        except ZeroDivisionError:
            pass
    raise InputError("", f"--eigenvalues needs LOW,HIGH such as -1,1, found {text!r}")


def arithmetic_names(text: str) -> tuple[str, ...]:
    """Split a comma-separated list of arithmetics, each named once."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise InputError("", "--arithmetic needs at least one name, such as bf16 or exact")
    return tuple(dict.fromkeys(names))


def resources_of(limits: dict[str, Any]) -> Resources:
    """Start the overall timeout, and return the other limits."""
    start_timeout(limits.pop("timeout"))
    return Resources(**limits)


def start_timeout(seconds: float | None) -> None:
    """Run what follows in a child process that ends after this many seconds, if any are given."""
    if seconds is not None:
        from negeig.cli.timeout import run_within

        run_within(seconds)


def width() -> int:
    """Return the width of the terminal, 100 columns where the output is no terminal."""
    import shutil

    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100


def progress_on_terminal() -> Any:
    """Return the context of a progress callback (stage, amount), None where nobody looks."""
    from negeig.cli.progress import terminal_progress

    return terminal_progress()
