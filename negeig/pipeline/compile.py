"""``negeig compile``: the cheapest network for a language within a budget, proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from negeig.automata.language import Language
from negeig.automata.machines.machine import Machine
from negeig.claims import DEFAULT_RESOURCES, Claim, InputError, Resources, StageProgress, Stopped
from negeig.pipeline.choosing import Choice, choose
from negeig.pipeline.parts.budget_format import format_problems
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.depth import Depth, depths_of
from negeig.pipeline.parts.front import Point, front_json
from negeig.pipeline.parts.proving import rounded
from negeig.precision.numbers.formats import unknown_format
from negeig.shown import Shown
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.constructions.budget import Budget
from negeig.theory.constructions.route import Construction, published_bound
from negeig.theory.networks.network import LinearRNN
from negeig.theory.networks.network_json import to_json

if TYPE_CHECKING:
    from negeig.kernels.layers.export import Export


@dataclass(frozen=True, kw_only=True, repr=False)
class Compilation(Shown):
    """A network within a budget, proved for all lengths, and what surrounds it.

    Attributes
    ----------
    machine : Machine
        Minimal.
    winner : Point
        The first network in the order that is within the budget and proved.
    budget : Budget
    choice : Choice
        The front, the lower bounds, and what became of the routes.
    depth : tuple of Depth
        The least number of layers, as far as it is known, for three ranges of eigenvalues.
    arguments : tuple of str
        What names the language on the command line; empty for an object of Python.
    layer : Export or None
        The network as weights of a released layer, where one was asked for.
    """

    machine: Machine
    winner: Point
    budget: Budget
    choice: Choice
    depth: tuple[Depth, ...] = ()
    arguments: tuple[str, ...] = ()
    layer: Export | None = None

    def __repr__(self) -> str:
        layers, steps, dim = self.construction.cost
        proved = ", ".join(claim.id for claim in self.claims)
        cost = f"{layers=}, {steps=}, {dim=}"
        return f"Compilation({self.construction.route!r}, {cost}, proved in {proved})"

    @property
    def construction(self) -> Construction:
        """The network with its route and idea."""
        return self.winner.construction

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Its proofs: exact, and the budget's format where one is named."""
        return self.winner.claims

    @property
    def front(self) -> tuple[Point, ...]:
        """All proved networks that no other one beats, within the budget or not."""
        return self.choice.front

    @property
    def bounds(self) -> tuple[LowerBound, ...]:
        """What no network can go below, each with its assumption."""
        return self.choice.bounds

    @property
    def rejected(self) -> tuple[tuple[Construction, str], ...]:
        """Proposals before it in the order, and why they were not taken."""
        return self.choice.before(self.winner, self.budget)

    @property
    def limits(self) -> tuple[str, ...]:
        """Search limits that cut a route short, and proofs that did not end."""
        return self.choice.limits

    @property
    def stopped(self) -> Stopped | None:
        """That the search was told to stop: there may be something cheaper."""
        return self.choice.stopped

    @property
    def network(self) -> LinearRNN:
        """The exact weights."""
        return self.construction.network

    @property
    def format(self) -> str:
        """The format that the front asks about, in which the parameters are stored."""
        return self.choice.terms.format

    @property
    def rounded(self) -> int:
        """How many parameters are rounded to the budget's format; 0 where it names none."""
        return 0 if self.budget.format is None else rounded(self.network, self.format)

    @property
    def route(self) -> str:
        """Name of the route."""
        return self.construction.route

    @property
    def idea(self) -> str:
        """How the network tracks the state."""
        return self.construction.idea

    @property
    def exit_code(self) -> int:
        """0: there is a network; 3: there is one, and the search for cheaper ones was stopped."""
        return 0 if self.stopped is None else 3

    def to_json(self) -> dict[str, Any]:
        """Return the network as ``negeig.network/1``, with how it was made."""
        return to_json(self.network, about=self.about())

    def about(self) -> dict[str, Any]:
        """Return how the network was made, for the key ``about`` of its JSON."""
        return {
            "route": self.route,
            "idea": self.idea,
            "source": self.construction.source,
            "cost": self.construction.quantities,
            "budget": self.budget.to_json(),
            "claims": [claim.to_json() for claim in self.claims],
            "front": front_json(self.front, self.choice.terms, self.arguments),
            "lower_bounds": [bound.to_json() for bound in self.bounds],
            "depth": [depth.to_json() for depth in self.depth],
            "published_bound": published_bound(self.machine),
            "rejected": [
                {"route": other.route, "cost": list(other.cost), "reason": reason}
                for other, reason in self.rejected
            ],
            "routes": [asked.to_json() for asked in self.choice.asked],
            "limits": list(self.limits),
            "stopped": None if self.stopped is None else str(self.stopped),
            **self._layer_json(),
        }

    def _layer_json(self) -> dict[str, Any]:
        """Return the key ``layer`` where a released layer was asked for."""
        if self.layer is None:
            return {}
        from negeig.kernels.layers.layer_file import about

        return {"layer": about(self.layer)}


def budget(**quantities: Any) -> Budget:
    """Return a :class:`~.constructions.budget.Budget`, its formats checked too.

    Raises InputError with every contradiction and every unknown name, and what is allowed.

    Examples
    --------
    >>> budget(layers=1, format="bf16").format
    'bf16'
    """
    problems = _unknown(quantities.get("format"), quantities.get("held_by", ()))
    try:
        made = Budget(**quantities)
    except InputError as error:
        raise InputError("budget", error.problems + problems) from None
    if problems:
        raise InputError("budget", problems)
    return made


def _unknown(format: str | None, held_by: Sequence[str]) -> list[str]:
    """Name the formats of a budget that there are not."""
    held = [problem for name in held_by for problem in unknown_format(name)]
    return format_problems(format) + held


def compile(
    language: Language,
    budget: Budget | None = None,
    *,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> Compilation:
    """Return the cheapest network for a language within a budget, proved right for all lengths.

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
    unknown = _unknown(budget.format, budget.held_by)
    if unknown:
        raise InputError("budget", unknown)
    minimal = language.machine.minimal()
    found = choose(minimal, budget, resources=resources, progress=progress)
    depth = depths_of(minimal, found.bounds, found.front, resources)
    if found.winner is None:
        raise BudgetNotMet(
            language.source, budget, found, depth, language.arguments, machine=minimal
        )
    return Compilation(
        machine=minimal,
        winner=found.winner,
        budget=budget,
        choice=found,
        depth=depth,
        arguments=language.arguments,
    )


def compile_layer(
    language: Language,
    layer: str,
    dtype: str = "float32",
    budget: Budget | None = None,
    *,
    resources: Resources = DEFAULT_RESOURCES,
    progress: StageProgress | None = None,
) -> Compilation:
    """Return the cheapest network that a released layer can be, with the layer's weights.

    Parameters
    ----------
    language : Language
    layer : str
        A name of :func:`negeig.kernels.layers.kind.known`, such as ``fla.DeltaNet``.
    dtype : str
        float32 or bfloat16, of the weights.

    Raises
    ------
    InputError
        For an unknown layer or type, and a budget without any of its eigenvalues.
    BudgetNotMet
        When no network found can be the layer: exit code 1 where a lower bound shows that there is
        none, as where the task takes an eigenvalue that the layer does not have, otherwise 3.

    Examples
    --------
    >>> from negeig.automata.language import Source
    >>> made = compile_layer(Source("regex", "(11)*").read(), "fla.GatedDeltaProduct")
    >>> made.layer.layers[0].arguments["num_householder"], made.layer.values
    (1, (1, 0))
    """
    from negeig.pipeline.parts.layer_budget import layer_budget

    narrowed = layer_budget(layer, dtype, budget, resources.max_memory)
    made = compile(language, narrowed, resources=resources, progress=progress)
    return replace(made, layer=narrowed.export(made.network))
