"""What a network gives an implementation, as rows: a proof or a run is about nothing else."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from negeig.report.terminal.layout import Command, Item, Row
from negeig.theory.exact.number_text import value_text
from negeig.theory.exact.numbers import Number

if TYPE_CHECKING:
    from negeig.kernels.uses import Uses

SHOWN = 6
"""Numbers of one kind that are listed."""


def uses_rows(
    uses: Uses, label: str = "inputs", arguments: Sequence[str] = (), *, indent: int = 0
) -> Iterator[Item]:
    """Yield what is used, and where no beta is above 1 how to get a network that has some.

    ``arguments`` name the language on the command line.

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> from negeig.kernels.uses import uses
    >>> from negeig.report.terminal.layout import report
    >>> print(report([uses_rows(uses(TASKS["parity"].network))], 80))
    inputs       beta in {2}, |k|^2 in {1}, 0 or 1 steps a letter, no writes, no
                 decay; nothing is said of other inputs
    """
    few = " or ".join(map(str, uses.steps)) or "no"
    parts = [
        f"beta in {_set(uses.beta)}",
        f"|k|^2 in {_set(uses.key_squares)}",
        f"{few} step{'' if uses.steps == (1,) else 's'} a letter",
        "writes" if uses.writes else "no writes",
        f"decay in {_set(uses.decay)}" if uses.decay else "no decay",
    ]
    yield Row(label, f"{', '.join(parts)}; nothing is said of other inputs", indent=indent)
    if not uses.beta_above_1:
        yield from _with_beta_2(uses, arguments)


def _with_beta_2(uses: Uses, arguments: Sequence[str]) -> Iterator[Item]:
    """Say how to get a network that shows whether an implementation cuts beta off at 1."""
    if uses.reflects:
        language, where = shlex.join(arguments) or "LANGUAGE", "keys of length 1"
    else:
        language, where = shlex.quote("(11)*"), "a task that reflects"
    yield Row("", f"nor of beta above 1; to test it, as for a clamp at 1, take {where}:")
    yield Command("", f"negeig compile {language} --unit-keys --held-by fp32 -o unit.json")


def _set(numbers: Sequence[Number]) -> str:
    shown = ", ".join(value_text(number) for number in numbers[:SHOWN])
    more = f", ... ({len(numbers):,} in all)" if len(numbers) > SHOWN else ""
    return f"{{{shown}{more}}}"
