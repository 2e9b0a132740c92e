"""Points of the front: proved networks that no other one beats, and the order among them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from negeig.claims import DEFAULT_RESOURCES, Claim, Region, Verdict
from negeig.theory.constructions.budget import HIGHEST, LOWEST, Budget, has_unit_keys
from negeig.theory.constructions.route import Construction
from negeig.theory.networks.network import LinearRNN

FREE = Budget()
"""The budget that every network meets."""


@dataclass(frozen=True)
class Terms:
    """What a front was made for: the format that parameters are stored in, budget and effort."""

    format: str
    budget: Budget = FREE
    effort: int = DEFAULT_RESOURCES.effort


@dataclass(frozen=True)
class Demands:
    """What a network takes, the less the better in each: the axes of the front.

    Attributes
    ----------
    layers, steps, dim : int
        Layers; most steps a token and largest dimension of any layer.
    below : rational
        How far the least eigenvalue of the steps is below 0: its negative.
    rounded : bool
        Whether the format cannot hold some parameter.
    endless : bool
        Whether it is proved by regions: its exact orbit may be infinite, and formats round it.
    unproved : bool
        Whether it is not proved in every arithmetic asked for.
    unfit : bool
        Whether it is outside the budget.
    """

    layers: int
    steps: int
    dim: int
    below: Fraction
    rounded: bool = False
    endless: bool = False
    unproved: bool = False
    unfit: bool = False

    def __le__(self, other: Demands) -> bool:
        """Whether nothing is worse here than there."""
        return (
            self.layers <= other.layers
            and self.steps <= other.steps
            and self.dim <= other.dim
            and self.below <= other.below
            and self.rounded <= other.rounded
            and self.endless <= other.endless
            and self.unproved <= other.unproved
            and self.unfit <= other.unfit
        )


@dataclass(frozen=True, repr=False)
class Point:
    """A network with what is proved of it.

    Attributes
    ----------
    construction : Construction
    representable : bool
        Whether all parameters are values of the format, so that storing them rounds nothing.
    exceeds, lacks : tuple of str
        The quantities of the budget that it exceeds, and what else keeps it out of the budget.
    claims : tuple of Claim
        The exact one first, then those in the arithmetics asked for; empty before it was tried.
    realised : bool
        Whether its start, scale or key lengths were chosen so that it closes in the format.
    """

    construction: Construction
    representable: bool
    exceeds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    realised: bool = False

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name}={size}" for name, size in self.construction.quantities.items())
        return f"Point({self.construction.route!r}, {sizes})"

    @property
    def network(self) -> LinearRNN:
        """The network itself."""
        return self.construction.network

    @property
    def cost(self) -> tuple[int, int, int]:
        """Layers, steps a token and dimension."""
        return self.construction.cost

    @cached_property
    def eigenvalues(self) -> tuple[Fraction, Fraction]:
        """The least and the largest eigenvalue of the steps; as a budget's range they are met.

        A step has one on the line of its key. The eigenvalue 1 of directions that no key touches
        does not count. An end that is irrational is that of [-1, 1].
        """
        layers = self.construction.network.layers
        values = [value for layer in layers for value in layer.eigenvalues]
        least, most = min(values, default=HIGHEST), max(values, default=HIGHEST)
        return (
            least if isinstance(least, Fraction) else LOWEST,
            most if isinstance(most, Fraction) else HIGHEST,
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """What it needs beyond the budget; empty where it fits."""
        return (*self.exceeds, *self.lacks)

    @property
    def is_exact(self) -> bool:
        """Whether it is proved in exact arithmetic."""
        return bool(self.claims) and self.claims[0].verdict is Verdict.PROVED

    @property
    def is_proved(self) -> bool:
        """Whether it is proved in exact arithmetic and in every one asked for."""
        return bool(self.claims) and all(c.verdict is Verdict.PROVED for c in self.claims)

    @property
    def wins(self) -> bool:
        """Whether it is within the budget and proved in everything asked for."""
        return self.is_proved and not self.problems

    @cached_property
    def demands(self) -> Demands:
        """Its place on every axis; at best, while nothing was tried."""
        return Demands(
            *self.cost,
            below=-self.eigenvalues[0],
            rounded=not self.representable,
            endless=bool(self.claims) and isinstance(self.claims[0].evidence, Region),
            unproved=bool(self.claims) and not self.is_proved,
            unfit=bool(self.problems),
        )

    def beats(self, other: Point) -> bool:
        """Whether this point is at least as good in everything, and not the same in all."""
        return self.demands <= other.demands and self.demands != other.demands

    def key(self, budget: Budget) -> tuple[Any, ...]:
        """Return the key by which networks are ordered, the one to take first.

        Those that are proved as they are before those realised for the format; then the quantity
        that the budget prefers, layers, steps a token and dimension, finitely many exact states,
        the least eigenvalue nearest to 1, and what the format holds.
        """
        layers, steps, dim = self.cost
        first = self.construction.quantities[budget.prefer]
        demands = self.demands
        size = first, layers, steps, dim
        return self.realised, *size, demands.endless, demands.below, demands.rounded

    def to_json(self) -> dict[str, Any]:
        """Return the point as it is listed in the front."""
        return {
            "route": self.construction.route,
            **self.construction.quantities,
            "eigenvalues": [str(value) for value in self.eigenvalues],
            "representable": self.representable,
            "endless": self.demands.endless,
            "unit_keys": has_unit_keys(self.construction.network),
            "proved": [c.id for c in self.claims if c.verdict is Verdict.PROVED],
        }


def front_json(
    front: Sequence[Point], terms: Terms, arguments: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the front with, for each point, the command that builds it."""
    return [
        {**point.to_json(), "command": command(point, front, terms, arguments)} for point in front
    ]


def command(point: Point, front: Sequence[Point], terms: Terms, arguments: Sequence[str]) -> str:
    """Return the command line that compiles one point of a front, with no more than it needs.

    ``arguments`` name the language; without any it is called LANGUAGE.
    """
    language = [shlex.quote(argument) for argument in arguments] or ["LANGUAGE"]
    return " ".join(("negeig compile", *options(point, front, terms), *language))


def options(point: Point, front: Sequence[Point], terms: Terms) -> list[str]:
    """Return the options with which one point comes before all others of a front."""
    budget = budget_for(point, front, terms)
    found: list[str] = []
    for name, most in budget.quantities.items():
        found += [] if most is None else [f"--{name}", str(most)]
    found += ["--unit-keys"] * budget.unit_keys
    if budget.eigenvalues != FREE.eigenvalues:
        found += ["--eigenvalues", ",".join(map(str, budget.eigenvalues))]
    for name in budget.held_by:
        found += ["--held-by", name]
    for name in budget.routes:
        found += ["--route", name]
    if budget.format is not None:
        found += ["--format", budget.format]
    if terms.effort != DEFAULT_RESOURCES.effort:
        found += ["--effort", str(terms.effort)]
    return [*found, *budget.further_options]


def budget_for(point: Point, front: Sequence[Point], terms: Terms) -> Budget:
    """Return a budget in which one point comes before all others of a front.

    It demands what that of the front demands beside quantities where the point meets that, and
    otherwise no more than it needs.
    """
    layers, steps, dim = point.cost
    meets = not point.lacks and not (terms.budget.format and point.demands.unproved)
    budget = replace(
        terms.budget if meets else FREE, layers=layers, steps=steps, dim=dim, prefer="layers"
    )
    rivals = [
        other
        for other in front
        if other is not point
        and all(theirs <= mine for theirs, mine in zip(other.cost, point.cost, strict=True))
        and not (meets and other.lacks)
        and not (budget.format and other.demands.unproved)
    ]
    least = point.eigenvalues[0]
    if any(other.eigenvalues[0] < least for other in rivals):
        budget = replace(budget, eigenvalues=(least, budget.eigenvalues[1]))
        rivals = [other for other in rivals if other.eigenvalues[0] >= least]
    if point.representable and not all(other.representable for other in rivals):
        budget = replace(budget, held_by=tuple(dict.fromkeys((*budget.held_by, terms.format))))
        rivals = [other for other in rivals if other.representable]
    if not point.demands.endless and any(other.demands.endless for other in rivals):
        budget = replace(budget, routes=(point.construction.route,))
        rivals = [o for o in rivals if o.construction.route == point.construction.route]
    if not point.demands.unproved and any(other.demands.unproved for other in rivals):
        budget = replace(budget, format=terms.budget.format or terms.format)
    return budget
