"""What the commands share: options, what they become, and the reading of their values."""

from __future__ import annotations

import math
import os
import re
import shlex
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from negeig.automata.expressions.dialects import SYNTAXES, Syntax
from negeig.automata.labels import shortened, visible
from negeig.claims import MAX_EFFORT, InputError, Resources, StageProgress
from negeig.cli.once import Whole, files, option
from negeig.cli.pages import LANGUAGE, LIMITS, OUTPUT
from negeig.cli.screen import Look

if TYPE_CHECKING:
    from negeig.automata.language import Language, Source
    from negeig.theory.networks.network import LinearRNN

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]


def options(*decorators: Decorator, becomes: str = "", gather: Any = None) -> Decorator:
    """Bundle click options that several commands share.

    With ``gather`` a command is not given them one by one but ``becomes=gather(**options)``.
    """

    def decorate(function: Command) -> Command:
        if gather is None:
            command = function
        else:

            @wraps(function)
            def command(*arguments: Any, **given: Any) -> Any:
                mine = {name: given.pop(name) for name in names}
                return function(*arguments, **given, **{becomes: gather(**mine)})

        before = len(getattr(command, "__click_params__", []))
        for decorator in reversed(decorators):
            command = decorator(command)
        added = command.__click_params__[before:]  # type: ignore[attr-defined]
        names = [parameter.name for parameter in added if parameter.expose_value]
        return command

    return decorate


positive = Whole(min=1)


def finite(_: click.Context, parameter: click.Parameter, seconds: float | None) -> float | None:
    """Refuse what is no number of seconds: a range alone lets nan through."""
    if seconds is not None and not 0 <= seconds < math.inf:
        raise click.BadParameter(f"{seconds} is not a number of seconds", param=parameter)
    return seconds


timeout_option = option(
    "--timeout", type=float, callback=finite, default=None, group=LIMITS, metavar="SECONDS",
    help="Seconds after which to stop with exit code 3.",
)  # fmt: skip

_printed = (
    option("--json", "as_json", is_flag=True, group=OUTPUT, help="Print one JSON object."),
    option("--color", "--colour", "color", type=click.Choice(["auto", "always", "never"]),
           default="auto", group=OUTPUT, show_default=True,
           help="Colours; auto: on a terminal, unless NO_COLOR is set."),
)  # fmt: skip
_verbose = option("-v", "--verbose", is_flag=True, group=OUTPUT, help="Print the evidence too.")
_all = option("--all", "everything", is_flag=True, group=OUTPUT, help="Print the rows left out.")

short_look = options(*_printed, becomes="look", gather=Look)
"""For commands that print all that there is."""

look_options = options(_verbose, *_printed, becomes="look", gather=Look)

full_look = options(_verbose, _all, *_printed, becomes="look", gather=Look)
"""For one that leaves rows out."""


def gone(name: str, instead: str) -> Decorator:
    """Refuse an option that there was once, naming what to use."""

    def refuse(_: click.Context, __: click.Parameter, given: str | None) -> None:
        if given is not None:
            raise click.UsageError(f"{name} is gone: {instead}")

    return option(name, hidden=True, expose_value=False, callback=refuse, default=None)


def _resources(timeout: float | None, **limits: Any) -> Resources:
    start_timeout(timeout)
    return Resources(**limits)


_limits = (
    option("--max-states", type=positive, default=100_000, show_default=True, group=LIMITS,
           help="States of a machine."),
    option("--max-elements", type=positive, default=2_000_000, show_default=True, group=LIMITS,
           help="Elements of a transition monoid."),
    option("--max-closure", type=positive, default=2_000_000, show_default=True, group=LIMITS,
           help="Network states of one closure."),
    option("--max-bytes", type=positive, default=64_000_000, show_default=True, group=LIMITS,
           help="Bytes of an input file."),
    option("--max-memory", type=positive, default=4 << 30, show_default=True, group=LIMITS,
           help="Bytes of the tables of one computation."),
    gone("--construction-seconds", "searches are bounded by counted work, the same on every "
         f"machine; use --effort N, from 1 to {MAX_EFFORT}"),
    gone("--run-seconds", "how many words are run follows from the sizes of the network"),
)  # fmt: skip

_search = option(
    "--effort", type=click.IntRange(1, MAX_EFFORT), default=1, show_default=True, group=LIMITS,
    help="Work of the searches for networks; each step is about four times as much.",
)  # fmt: skip

limit_options = options(*_limits, timeout_option, becomes="resources", gather=_resources)

search_options = options(_search, *_limits, timeout_option, becomes="resources", gather=_resources)
"""For commands that search for networks."""

untimed_search_options = options(_search, *_limits, becomes="resources", gather=Resources)
"""For one that has a ``--timeout`` of another meaning."""


@dataclass(frozen=True)
class Asked:
    """The language of a command line, not yet read."""

    regex: str | None
    zoo: str | None
    file: str | None
    alphabet: str
    syntax: Syntax
    accepting: str | None = None

    @property
    def is_named(self) -> bool:
        """Whether a language stands on the command line, in any of the three ways."""
        return (self.regex, self.zoo, self.file) != (None, None, None)

    def source(self) -> Source:
        """Return the language that is named; InputError unless exactly one is."""
        from negeig.automata.formats.text import read_names
        from negeig.automata.language import named

        accepting = None if self.accepting is None else read_names(self.accepting)
        return named(self.regex, self.zoo, self.file, self.syntax, accepting)

    def read(self, resources: Resources, more: Sequence[str] = ()) -> Language:
        """Return the language, over more letters if any are given.

        Raises InputError unless exactly one is named, and valid.
        """
        source = self.source()
        warn(source)
        return source.read((*letters(self.alphabet), *more), resources)


def given(names: Container[str]) -> list[str]:
    """Return those options, by their names in the program, that stand on the command line."""
    context = click.get_current_context()
    return [
        max(parameter.opts, key=len)
        for parameter in context.command.params
        if parameter.name in names
        and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    ]


def letters(text: str) -> tuple[str, ...]:
    """Return the letters of --alphabet."""
    from negeig.automata.expressions.letters import read_letters

    return read_letters(text)


regex_options = (
    option("--alphabet", default="", metavar="LETTERS", group=LANGUAGE,
           help="Letters beyond those in the regex: ab, or up,down."),
    option("--syntax", type=click.Choice(SYNTAXES), default="negeig", show_default=True,
           group=LANGUAGE, help="Whose regex it is; python: as re.fullmatch reads it."),
)  # fmt: skip

_language = (
    click.argument("regex", required=False, metavar="LANGUAGE"),
    option("--zoo", metavar="NAME", group=LANGUAGE, help="A named task; see negeig zoo."),
    option("--file", "file", metavar="PATH", group=LANGUAGE,
           help="A machine file; - is standard input."),
    option("--accepting", metavar="STATES", group=LANGUAGE,
           help="States of a file that says none: q1,q2."),
    *regex_options,
)  # fmt: skip

language_options = options(*_language, becomes="asked", gather=Asked)


@dataclass(frozen=True)
class Pair:
    """A network and the language whose machine it is compared with, not yet read."""

    network: str
    asked: Asked

    @property
    def source(self) -> str:
        """What reports call the network: the name of its file, or standard input."""
        from negeig.automata.formats.files import shown_name

        return shown_name(self.network)

    @classmethod
    def of(
        cls, network: str | None, old_regex: str | None, old_file: str | None,
        regex: str | None, file: str | None, **others: Any,
    ) -> Pair:  # fmt: skip
        """Return what a command line names, in today's words or in those there were first.

        Raises InputError, with the command that writes a network, where only a language stands.
        """
        from negeig.automata.language import another_reading

        given = {"regex": (regex, old_regex), "--file": (file, old_file)}
        twice = [name for name, pair in given.items() if None not in pair]
        if twice:
            raise InputError("language", f"{twice[0]} is given twice, by two names", code="usage")
        regex = old_regex if regex is None else regex
        asked = Asked(regex=regex, file=old_file if file is None else file, **others)
        if network is None:
            raise InputError("", _no_network(asked), code="usage")
        if not asked.is_named and network != "-" and not os.path.exists(network):
            kind, name = another_reading(network) or ("regex", network)
            alone = asked
            if kind != "--file":
                alone = replace(asked, zoo=name) if kind == "--zoo" else replace(asked, regex=name)
            raise InputError(
                "", f"{shortened(visible(network), 80)} is no file; {_no_network(alone)}",
                code="usage",
            )  # fmt: skip
        return cls(network, asked)

    def read(self, resources: Resources) -> tuple[LinearRNN, Language]:
        """Return both, a regular expression over the letters that the network reads too.

        Raises InputError for what is not named once, or not valid.
        """
        from negeig.theory.networks.network_json import read

        if self.network == "-" and self.asked.file == "-":
            raise InputError("", "the network and the machine cannot both be standard input")
        self.asked.source()  # What is not named is said before anything is read.
        if not os.path.exists(self.network) and os.path.isfile(self.asked.regex or ""):
            raise InputError(
                "", f"{self.network} is no file, but {self.asked.regex} is one: the network comes "
                "first, then LANGUAGE", code="usage",
            )  # fmt: skip
        network = read(self.network, max_bytes=resources.max_bytes)
        language = self.asked.read(resources, () if self.asked.regex is None else network.alphabet)
        note(language)
        return network, language


def _no_network(asked: Asked) -> str:
    """Say that a network is missing, and what writes one for the language that was named."""
    command = click.get_current_context().info_name
    ways = (("", asked.regex), ("--zoo ", asked.zoo), ("--file ", asked.file), ("--zoo ", "parity"))
    way, name = next((way, name) for way, name in ways if name)
    language = f"{way}{shlex.quote(shortened(visible(name), 80))}"
    return (
        "a network's file is expected, and then its language; to make one: "
        f"negeig compile {language} -o net.json; then: negeig {command} net.json {language}"
    )


network_options = options(
    click.argument("network", metavar="NETWORK", required=False, shell_complete=files),
    *_language,
    option("--regex", "old_regex", hidden=True),
    option("--machine", "old_file", hidden=True),
    becomes="pair", gather=Pair.of,
)  # fmt: skip
"""For commands about a network and a language."""


def eigenvalue_range(text: str, name: str = "--eigenvalues") -> tuple[Fraction, Fraction]:
    """Read ``LOW,HIGH``, two rationals such as -1, 0.5 or 1/3, that the option of a name gives.

    ``LOW..HIGH``, as ranges of layers are written, is the same.
    """
    parts = text.replace("..", ",").split(",")
    number = re.compile(r"\s*[+-]?\d{1,9}([./]\d{1,9})?\s*")
    if len(parts) == 2 and all(number.fullmatch(part) for part in parts):
        try:
            return Fraction(parts[0]), Fraction(parts[1])
        except ZeroDivisionError:
            pass
    decimals = "; decimals have a point, such as -0.5,1" * (len(parts) > 2)
    raise InputError("", f"{name} needs LOW,HIGH such as -1,1, found {text!r}{decimals}")


def arithmetic_names(text: str) -> tuple[str, ...]:
    """Split a comma-separated list of arithmetics, each named once."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise InputError("", "--arithmetic needs at least one name, such as bf16 or exact")
    return tuple(dict.fromkeys(names))


def start_timeout(seconds: float | None) -> None:
    """Run what follows in a child process that ends after this many seconds, if any are given."""
    if seconds is not None:
        from negeig.cli.timeout import run_within

        run_within(seconds)


def shown_progress() -> AbstractContextManager[StageProgress]:
    """Return the context of a progress callback (stage, amount), which standard error shows."""
    from negeig.cli.progress import progress

    return progress()


@contextmanager
def search_progress() -> Iterator[StageProgress]:
    """Yield the same for a search that keeps what it has when the time limit is over."""
    from negeig.cli.timeout import stoppable
    from negeig.pipeline.parts.through import is_implementation

    with shown_progress() as progress, stoppable(progress, is_implementation) as report:
        yield report


def wrote(path: str, what: str) -> None:
    """Say on standard error which file was written, and what is in it; ``-`` is none."""
    from negeig.automata.labels import visible

    if path != "-":
        click.echo(f"negeig: wrote {visible(path)}: {what}", err=True)


def note(language: Language) -> None:
    """Say on standard error what was completed or determinised, where no report says so."""
    from negeig.automata.language import another_reading_notices

    said = another_reading_notices(language.source)  # by warn
    for notice in language.notices:
        if notice not in said:
            click.echo(f"negeig: note: {notice}", err=True)


def warn(source: Source) -> None:
    """Say on standard error, before any work, that an expression is also a name, and what to type.

    Not beside ``--json``, which has it among its notices. Raises InputError for the name of a file:
    what it spells as an expression is hardly meant, and what is done with it looks right.
    """
    from negeig.automata.language import another_reading, another_reading_notices

    meant = another_reading(source.text) if source.kind == "regex" else None
    context = click.get_current_context()
    if meant is not None and meant[0] == "--file" and source.text != "-":
        path = visible(source.text)
        there = (
            "is a file" if os.path.isfile(source.text) else "looks like a file, and there is none"
        )
        raise InputError(
            "", f"{path} {there}: a machine's file is named by --file {shlex.quote(path)}; as an "
            f"expression it is written ({path})", code="usage",
        )  # fmt: skip
    if meant is None or context.params.get("as_json"):
        return
    typed = list(context.find_root().obj)
    if given(("alphabet", "syntax")):  # which do not go with it
        typed = [context.info_name or "", source.text]
    again: list[str] = ["negeig"]
    for argument in typed:
        again += meant if argument == source.text else [argument]
    if "--" in again:
        again.remove("--")
    (notice,) = another_reading_notices(source.text)
    click.echo(f"negeig: note: {source.text} is {notice}\n  {shlex.join(again)}", err=True)
