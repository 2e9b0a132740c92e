"""Options that take one value and are given once: a second one never replaces the first in silence.

Every command makes its options with :func:`option`; those that are meant to be repeated say
``multiple=True``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import click
from click.shell_completion import CompletionItem

from negeig.automata.labels import visible


def files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Have the shell complete the name of a file."""
    return [CompletionItem(incomplete, type="file")]


class Once(click.Option):
    """An option of click that, given twice, is bad usage. Flags and ``multiple`` may be repeated.

    click itself keeps the last value and drops the others. ``group`` is the heading that the option
    stands under in the help.

    Examples
    --------
    >>> command = click.Command("zoo", params=[Once(["--name"])], callback=lambda name: name)
    >>> command.main(["--name", "a"], standalone_mode=False)
    'a'
    >>> command.main(["--name", "a", "--name", "b"], standalone_mode=False)
    Traceback (most recent call last):
    click.exceptions.UsageError: --name is given 2 times, as 'a' and 'b'; give it once
    """

    def __init__(self, *names: Any, group: str = "Options", **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.group = group

    @property
    def is_single(self) -> bool:
        """Whether it takes one value, which a second one would contradict."""
        return not (self.multiple or self.is_flag or self.count)

    def make_metavar(self, ctx: click.Context) -> str:
        """Return what stands for the value in the help: N for any number."""
        is_number = isinstance(self.type, (click.types.IntParamType, click.types.FloatParamType))
        return "N" if self.metavar is None and is_number else super().make_metavar(ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return what the shell completes a value to: a file where it is the path of one."""
        if self.metavar in ("FILE", "PATH", "DIR"):
            return files(ctx, self, incomplete)
        return super().shell_complete(ctx, incomplete)

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the value. Raises BadParameter that says which numbers are expected."""
        try:
            return super().type_cast_value(ctx, value)
        except click.BadParameter:
            expected = _numbers(self.type)
            if not expected:
                raise
            shown = f"'{visible(str(value))}'"
            text = f"expected {expected}, found {shown}"
            if expected == "a number" and re.fullmatch(r"\d+,\d+", str(value)):
                text += f"; a decimal has a point, {value.replace(',', '.')}"
            raise click.BadParameter(text, ctx, self) from None

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Return what the help adds in brackets; not that a number of things is none below 0."""
        extra = super().get_help_extra(ctx)
        if extra.get("range") in ("x>=0", "x>=1"):
            del extra["range"]
        return extra

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Have the parser keep every value."""
        if self.is_single:
            parser.add_option(
                obj=self, opts=self.opts, dest=self.name, action="append", nargs=self.nargs
            )
        else:
            super().add_to_parser(parser, ctx)

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Take the one value. Raises UsageError with all of them where there are several."""
        if self.is_single and self.name in opts:
            given = opts[self.name]
            if len(given) > 1:
                shown = [f"'{visible(str(value))}'" for value in given]
                values = f"{', '.join(shown[:-1])} and {shown[-1]}"
                name = max(self.opts, key=len)
                raise click.UsageError(
                    f"{name} is given {len(given)} times, as {values}; give it once", ctx
                )
            opts = {**opts, self.name: given[0]}
        return super().handle_parse_result(ctx, opts, args)


class Whole(click.IntRange):
    """A whole number, also written as 1e6 or 1_000_000.

    Examples
    --------
    >>> Whole(min=1).convert("1e6", None, None), Whole().convert("1_000", None, None)
    (1000000, 1000)
    """

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,3}[eE]\+?\d{1,2}", value):
            digits, _, power = value.lower().partition("e")
            value = int(digits) * 10 ** int(power)
        return super().convert(value, param, ctx)


def _numbers(kind: click.ParamType[Any]) -> str:
    """Return which numbers a type takes, in words; nothing for a type that takes others."""
    if isinstance(kind, click.IntRange):
        if kind.max is not None:
            return f"a whole number from {kind.min} to {kind.max}"
        return "a whole number" + ("" if kind.min is None else f", at least {kind.min}")
    if isinstance(kind, click.types.IntParamType):
        return "a whole number"
    return "a number" if isinstance(kind, click.types.FloatParamType) else ""


def option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """Return the decorator that adds an option, as ``click.option`` does, of class :class:`Once`.

    Examples
    --------
    >>> option("--seed", type=int)(lambda seed: seed).__click_params__
    [<Once seed>]
    """
    return click.option(*names, cls=Once, **settings)
