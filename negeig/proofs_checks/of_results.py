"""Certificates of what a command found: of its claims, and of the limits that it states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from negeig.claims import DEFAULT_RESOURCES, Progress, Resources
from negeig.proofs_checks.of_bounds import of_bounds
from negeig.proofs_checks.of_claims import Certificates, of_claims, of_evidence, of_explorations
from negeig.proofs_checks.runs.machines import comparison_certificate
from negeig.proofs_checks.runs.recorded import answer_certificate, closed_certificate

if TYPE_CHECKING:
    from negeig.automata.machines.machine import Machine
    from negeig.kernels.implementation import Implementation
    from negeig.proofs_checks.certificate import Certificate
    from negeig.theory.networks.network import LinearRNN


def of_check(result: Any, resources: Resources = DEFAULT_RESOURCES) -> Certificates:
    """Return the certificates of a :class:`~negeig.pipeline.check.CheckResult`.

    One for each claim about the network shown that has one, then one for each witness of a limit,
    and one for each lower bound that no other one shows.

    Examples
    --------
    >>> import negeig
    >>> [made.kind for made in of_check(negeig.check("(11)*")).made]
    ['closure', 'closure', 'closure', 'period', 'peeling']
    """
    found = of_claims(
        result.network, result.machine, result.claims, max_states=resources.max_closure
    )
    for limit in result.limits:
        of_evidence(limit.class_, limit.witness, result.machine, found)
    of_bounds(result.lower_bounds, result.machine.minimal(), found)
    return found


def of_compilation(made: Any, resources: Resources = DEFAULT_RESOURCES) -> Certificates:
    """Return the certificates of a :class:`~negeig.pipeline.compile.Compilation`.

    One for each claim about the network that has one, and one for each lower bound that no other
    one shows.

    Examples
    --------
    >>> import negeig
    >>> made = negeig.compile(zoo="first-symbol")
    >>> [one.kind for one in of_compilation(made).made]
    ['regions', 'peeling', 'idempotents', 'scalar', 'period']
    """
    found = of_claims(made.network, made.machine, made.claims, max_states=resources.max_closure)
    of_bounds(made.bounds, made.machine.minimal(), found)
    return found


def of_unmet_budget(error: Any) -> Certificates:
    """Return the certificates of a :class:`~negeig.pipeline.parts.budget_not_met.BudgetNotMet`.

    One for each lower bound that the budget violates; and where the budget names the route
    ``contraction``, that of its semidefinite program without a solution.

    Examples
    --------
    >>> import negeig
    >>> for budget in negeig.Budget(layers=1), negeig.Budget(routes=("contraction",)):
    ...     try:
    ...         negeig.compile(zoo="starts-with:a", budget=budget)
    ...     except negeig.BudgetNotMet as error:
    ...         [one.kind for one in of_unmet_budget(error).made]
    ['idempotents']
    ['infeasibility']
    """
    found = Certificates()
    of_bounds(error.violated, error.machine, found)
    of_evidence("contraction", error.refused_points, error.machine, found)
    return found


def of_precision(
    result: Any, network: LinearRNN, machine: Machine, resources: Resources = DEFAULT_RESOURCES
) -> Certificates:
    """Return those of a :class:`~negeig.pipeline.precision.PrecisionResult` about a network."""
    return of_explorations(
        network, machine, result.results, through=result.through,
        max_states=resources.max_closure, max_memory=resources.max_memory,
    )  # fmt: skip


def of_conformity(
    result: Any,
    tasks: Sequence[Any],
    resources: Resources = DEFAULT_RESOURCES,
    begin: Callable[[], Progress | None] = lambda: None,
) -> Certificates:
    """Return those of a :class:`~negeig.pipeline.conform.ConformResult` about the tasks asked for.

    A wrong answer is one, as it was observed. One that was right on words is imported and explored
    in this process, since that alone is no proof. ``begin`` is asked before each exploration for
    what is told of it, and may end it.

    Examples
    --------
    >>> from negeig.pipeline.conform import conform, suite_tasks
    >>> tasks = suite_tasks("standard", ["parity"])
    >>> result = conform(tasks, ["negeig.cpu"], dtypes=["fp32"])
    >>> [made.kind for made in of_conformity(result, tasks).made]
    ['equivalence']
    """
    found = Certificates()
    asked = {one.arguments: one.task for one in tasks}
    named = {one.name: one for one in result.implementations}
    for arguments, row in zip(result.arguments, result.results, strict=True):
        task, one, wrong = asked[arguments], named[row.impl], row.first_wrong
        name = f"{row.impl}, {row.task}, {row.dtype}"
        given = one, task.network, task.machine, row.dtype
        if row.verdict in ("exact", "right"):
            closed = partial(
                _closed, *given, max_states=resources.max_closure,
                max_memory=resources.max_memory, progress=begin(),
            )  # fmt: skip
            found.add(name, closed)
        elif wrong is None or not wrong.word:
            found.lack(name, row.reason or "it gave no answer that could be wrong")
        else:
            found.add(name, partial(answer_certificate, *given, wrong.word, wrong.found))
    return found


def _closed(one: Implementation, *given: Any, **limits: Any) -> Certificate:
    """Explore an implementation that was run in another process, by its name."""
    from negeig.kernels.registry import find

    (here,) = find((one.name,))
    return closed_certificate(here, *given, **limits)


def of_collision(result: Any, network: LinearRNN, machine: Machine) -> Certificates:
    """Return that of a :class:`~negeig.pipeline.collide.CollideResult` about a network."""
    found = Certificates()
    if result.report.collision is None:
        found.lack("collision", "none was found")
    of_evidence("collision", result.report.collision, (network, machine), found)
    return found


def of_comparison(result: Any) -> Certificates:
    """Return that of a :class:`~negeig.pipeline.compare.CompareResult`: equal, or a word."""
    found = Certificates()
    found.add("languages", partial(comparison_certificate, *result.machines))
    return found
