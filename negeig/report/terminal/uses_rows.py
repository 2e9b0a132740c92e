"""What a network gives an implementation, as rows: a proof or a run is about nothing else."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from negeig.report.terminal.text_rows import line
from negeig.theory.exact.number_text import value_text
from negeig.theory.exact.numbers import Number

if TYPE_CHECKING:
    from negeig.kernels.uses import Uses

SHOWN = 6
"""Numbers of one kind that are listed."""


def uses_lines(
    uses: Uses, label: str = "inputs", arguments: Sequence[str] = (), width: int = 100
) -> list[str]:
    """Return what is used, and where no beta is above 1 how to get a network that has some.

    ``arguments`` name the language on the command line.

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> from negeig.kernels.uses import uses
    >>> for row in uses_lines(uses(TASKS["parity"].network), width=80):
    ...     print(row)
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
    rows = [line(label, f"{', '.join(parts)}; nothing is said of other inputs", width=width)]
    if not uses.beta_above_1:
        rows.append(line("", f"nor of beta above 1; {_with_beta_2(uses, arguments)}", width=width))
    return rows


def _with_beta_2(uses: Uses, arguments: Sequence[str]) -> str:
    """Say how to get a network that shows whether an implementation cuts beta off at 1."""
    if uses.reflects:
        language, where = shlex.join(arguments) or "LANGUAGE", "keys of length 1"
    else:
        language, where = shlex.quote("(11)*"), "a task that reflects"
    command = f"negeig compile {language} --unit-keys --held-by fp32 -o unit.json"
    return f"to test it, as for a clamp at 1, take {where}: {command}"


def _set(numbers: Sequence[Number]) -> str:
    shown = ", ".join(value_text(number) for number in numbers[:SHOWN])
    more = f", ... ({len(numbers):,} in all)" if len(numbers) > SHOWN else ""
    return f"{{{shown}{more}}}"
