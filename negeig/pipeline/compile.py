"""``negeig compile``: the cheapest network for a language within a budget, proved."""

from __future__ import annotations

from typing import Any

from negeig.automata.language import Language
from negeig.claims import DEFAULT_RESOURCES, InputError, Resources, StageProgress
from negeig.pipeline.parts.deadline import deadline
from negeig.pipeline.parts.optimising import Compilation, optimise
from negeig.precision.numbers.formats import unknown_format
from negeig.theory.constructions.budget import Budget


def budget(**quantities: Any) -> Budget:
    """Return a :class:`~.constructions.budget.Budget`, its format checked too.

    Raises InputError with every contradiction and every unknown name, and what is allowed.

    Examples
    --------
    >>> budget(layers=1, format="bf16").format
    'bf16'
    """
    problems = unknown_format(quantities.get("format"))
    try:
        made = Budget(**quantities)
    except InputError as error:
        raise InputError("budget", error.problems + problems) from None
    if problems:
        raise InputError("budget", problems)
    return made


def compile(
    language: Language,
    budget: Budget | None = None,
    *,
    held_by: str | None = None,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> Compilation:
    """Return the cheapest network for a language within a budget, proved right for all lengths.

    With ``held_by`` only networks whose parameters are all values of that number format count.
    Proved in exact arithmetic, and in the budget's format too where it names one.

    Raises
    ------
    BudgetNotMet
        When no route gives a network within the budget: exit code 1 where a lower bound shows
        that there is none, otherwise 3.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> compile(Source("regex", "(11)*").read()).network.run("111")
    (1, 0, 1, 0)
    """
    budget = Budget() if budget is None else budget
    unknown = unknown_format(budget.format)
    if unknown:
        raise InputError("budget", unknown)
    with deadline("construction", resources.construction_seconds, progress) as report:
        return optimise(
            language.machine.minimal(),
            budget,
            source=language.source,
            held_by=held_by,
            resources=resources,
            progress=report,
        )
