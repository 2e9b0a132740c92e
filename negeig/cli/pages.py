"""Help: examples first, then the options in named groups, within the width of the terminal."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from inspect import cleandoc
from textwrap import fill
from typing import Any

import click
from click.core import ParameterSource

from negeig.claims import InputError
from negeig.cli.once import Once
from negeig.cli.screen import width
from negeig.cli.written import keep_apart

LANGUAGE, OUTPUT, LIMITS = "Language", "Output", "Limits"
"""The groups that commands share; the last two stand at the end."""

NARROW = 64
"""Columns below which what an option does stands below it and not beside."""

ONE_OF = (
    "LANGUAGE is exactly one of a regular expression such as '(ab)*', --zoo NAME and --file PATH."
)
SEVERAL = "Each LANGUAGE is a regular expression such as '(ab)*', --zoo NAME or --file PATH."


class Page(click.HelpFormatter):
    """A page of help. Lines are broken at spaces only, so that names can be copied."""

    def write_text(self, text: str) -> None:
        """Write paragraphs, each filled."""
        for number, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
            if number:
                self.write_paragraph()
            self.write(f"{self.filled(' '.join(paragraph.split()), self.current_indent)}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], *_: Any, **__: Any) -> None:
        """Write names and what they mean, beside or, on a narrow terminal, below them."""
        rows, indent = list(rows), self.current_indent
        names = max((len(name) for name, _ in rows if len(name) <= self.width // 3), default=0)
        column = indent + (4 if self.width < NARROW else names + 2)
        for name, text in rows:
            first = f"{' ' * indent}{name}"
            if self.width < NARROW or len(first) + 2 > column:
                self.write(f"{self.filled(name, indent)}\n")
                first = ""
            if text:
                filled = self.filled(text, column)
                self.write(f"{first}{filled[len(first) :]}\n")
            elif first:
                self.write(f"{first}\n")

    def filled(self, text: str, indent: int) -> str:
        """Return a paragraph in the columns right of the indent."""
        margin = " " * indent
        return fill(
            text, self.width, initial_indent=margin, subsequent_indent=margin,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

    def write_examples(self, examples: Mapping[str, str]) -> None:
        """Write commands, each with what it does below it."""
        for line, about in examples.items():
            self.write(f"{' ' * self.current_indent}{self._command(line)}\n")
            self.write(f"{self.filled(about, self.current_indent + 4)}\n")

    def _command(self, line: str) -> str:
        """Return a command in so many columns, broken as a shell takes it."""
        rows, indent = [""], self.current_indent
        for word in map(shlex.quote, shlex.split(line)):
            if rows[-1] and indent + len(rows[-1]) + 1 + len(word) > self.width - 2:
                rows.append(f"  {word}")
            else:
                rows[-1] = f"{rows[-1]} {word}".lstrip() if len(rows) == 1 else f"{rows[-1]} {word}"
        return f" \\\n{' ' * indent}".join(rows)


class _Context(click.Context):
    def make_formatter(self) -> Page:
        return Page(width=width())


class Command(click.Command):
    r"""A command with examples, in a section of the list of commands.

    ``examples`` are pairs of lines: a command, and what it does.

    Examples
    --------
    >>> @command("zoo", examples="negeig zoo\n  the tasks")
    ... @click.option("--json", is_flag=True, help="One object.")
    ... def zoo(json):
    ...     '''List the tasks.'''
    >>> print(zoo.get_help(zoo.context_class(zoo, info_name="negeig zoo")))
    Usage: negeig zoo [OPTIONS]
    <BLANKLINE>
      List the tasks.
    <BLANKLINE>
    Examples:
      negeig zoo
          the tasks
    <BLANKLINE>
    Options:
      --json  One object.
    <BLANKLINE>
    Output:
      --help  Show this message and exit.
    """

    context_class = _Context

    def __init__(
        self, *arguments: Any, examples: str = "", section: str = "More", **settings: Any
    ) -> None:
        super().__init__(*arguments, **settings)
        lines = cleandoc(examples).splitlines()
        self.examples = {
            line: about.strip() for line, about in zip(lines[::2], lines[1::2], strict=True)
        }
        self.section = section

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. Raises UsageError for those that are too many, saying what to do.

        Likewise where one file is written over another.
        """
        ctx.allow_extra_args = True
        rest = super().parse_args(ctx, args)
        if ctx.resilient_parsing:  # a shell completes what is not whole yet
            return rest
        if rest:
            raise click.UsageError(self._too_many(ctx, rest), ctx)
        keep_apart(ctx, self.params)
        return rest

    def _too_many(self, ctx: click.Context, rest: list[str]) -> str:
        takes = [p.make_metavar(ctx) for p in self.params if isinstance(p, click.Argument)]
        shown = shlex.join(rest)
        if not takes:
            told = f"{ctx.info_name} takes no argument, found {shown}"
            return f"{told}; {about_one(rest[0])}"
        listed = [p for p in self.params if p.metavar == "A,B" and p.name in ctx.params]
        commas = any(
            ctx.get_parameter_source(p.name or "") is ParameterSource.COMMANDLINE for p in listed
        )
        told = f"{shown} is too much: {ctx.info_name} takes {' '.join(takes)}"
        if commas:
            return f"{told}; values of one option have commas between them, and no spaces"
        return f"{told}; what has spaces in it, or one of | * ( ) & ~, needs quotes: 'a b'"

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return what stands behind the name: what it is about, then the options."""
        first, *arguments = super().collect_usage_pieces(ctx)
        return [*arguments, first]

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does, and examples."""
        super().format_help_text(ctx, formatter)
        if self.examples and isinstance(formatter, Page):
            with formatter.section("Examples"):
                formatter.write_examples(self.examples)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options by their groups."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if isinstance(parameter, click.Option) and record is not None:
                groups.setdefault(_group(parameter), []).append(record)
        last = [name for name in (OUTPUT, LIMITS) if name in groups]
        for name in [*(name for name in groups if name not in last), *last]:
            with formatter.section(name):
                if name == LANGUAGE:
                    several = any(p.nargs == -1 for p in self.params)
                    formatter.write_text(SEVERAL if several else ONE_OF)
                formatter.write_dl(groups[name])


def about_one(name: str) -> str:
    """Say which command tells about one entry of a list, or which task is of nearly that name.

    Examples
    --------
    >>> about_one("parity")
    'negeig explain says more about one: negeig explain parity'
    >>> about_one("parityy")
    'did you mean negeig explain parity?'
    """
    from negeig.automata import zoo
    from negeig.pipeline.explain import explain

    try:
        explain(name)
    except InputError as error:
        heads = [entry.head for entry in zoo.entries()]
        near = difflib.get_close_matches(name.lower(), heads, n=1)
        return f"did you mean negeig explain {near[0]}?" if near else str(error)
    return f"negeig explain says more about one: negeig explain {shlex.quote(name)}"


def _group(parameter: click.Parameter) -> str:
    if isinstance(parameter, Once):
        return parameter.group
    return OUTPUT if "--help" in parameter.opts else "Options"


def command(name: str | None = None, **settings: Any) -> Callable[[Any], Command]:
    """Return the decorator that makes a :class:`Command` of a function."""
    return click.command(name, cls=Command, **settings)


class Commands(click.Group):
    """A group that lists its commands by their sections."""

    context_class = _Context
    order: tuple[str, ...] = ()
    """The sections that come first; others follow."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line for each command."""
        rows: dict[str, list[tuple[str, str]]] = {name: [] for name in self.order}
        for name, one in self.commands.items():
            where = one.section if isinstance(one, Command) else "More"
            rows.setdefault(where, []).append((name, first_sentence(one.help or "")))
        for title, listed in rows.items():
            if listed:
                with formatter.section(title):
                    formatter.write_dl(listed)


def first_sentence(text: str) -> str:
    """Return what a list of commands says of one.

    Examples
    --------
    >>> first_sentence("List the tasks: all. There are many.")
    'List the tasks: all.'
    """
    return re.split(r"(?<=\.)\s", " ".join(text.split()), maxsplit=1)[0]
