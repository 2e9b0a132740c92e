"""What lower bounds say of a budget, and of the best that a route could still give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from fractions import Fraction

from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.claims import LimitReached, Resources
from negeig.pipeline.parts.front import Demands
from negeig.theory.bounds.lower_bound import LowerBound
from negeig.theory.bounds.lower_bounds import lower_bounds
from negeig.theory.constructions.budget import HIGHEST, LOWEST, Budget

BOUND_ELEMENTS = 20_000
"""Monoids with more elements are not listed for the sake of lower bounds."""


def bounds_of(
    minimal: Machine, resources: Resources, monoid: TransitionMonoid | None = None
) -> tuple[LowerBound, ...]:
    """Return the lower bounds, from the letters alone where the monoid is too large to list.

    ``monoid`` is that of the machine where it was listed already.
    """
    if monoid is None:
        with suppress(LimitReached):
            monoid = transition_monoid(
                minimal,
                max_elements=min(BOUND_ELEMENTS, resources.max_elements),
                max_memory=resources.max_memory,
            )
    if monoid is not None and monoid.size > BOUND_ELEMENTS:
        monoid = None
    return lower_bounds(minimal, monoid)


def best_demands(
    bounds: Sequence[LowerBound], least_layers: int, most_layers: int | None
) -> list[Demands]:
    """Return what the best networks of a route could take, by the bounds: one of them, or more.

    Routes return networks with finitely many exact states and eigenvalues in [-1, 1], so bounds
    under these assumptions hold for all of them, or networks that contract instead of overwriting:
    where a budget leaves them no other way, the bound that they escape is not among these. The
    route of digits is asked before anything is proved. Bounds that assume the letters' own group do
    not hold for all.

    Parameters
    ----------
    bounds : sequence of LowerBound
    least_layers, most_layers : int
        The fewest and the most layers of the route's networks; None for no limit.
    """
    sound = [bound for bound in bounds if not bound.own_group]
    fewest = max((b.value for b in sound if b.quantity == "layers"), default=0)
    fewest = max(fewest, least_layers)
    # Bounds on networks of some number of layers at most stop to hold above it, one by one.
    limits = {b.layers + 1 for b in sound if b.layers is not None}
    depths = sorted({fewest, *(limit for limit in limits if limit > fewest)})
    return [_best(sound, n) for n in depths if most_layers is None or n <= most_layers]


def _best(bounds: Sequence[LowerBound], layers: int) -> Demands:
    """Return the least that networks of so many layers take in each quantity."""

    def most(values: Iterator[int]) -> int:
        return max(values, default=0)

    applying = [b for b in bounds if b.layers is None or layers <= b.layers]
    always = [b for b in applying if b.steps is None]
    least = min((Fraction(b.value) for b in always if b.on_eigenvalues), default=HIGHEST)
    return Demands(
        layers=layers,
        steps=most(b.value for b in always if b.quantity == "steps"),
        dim=most(b.value for b in always if b.quantity == "dim"),
        below=-least,
    )


def violated(
    bounds: Sequence[LowerBound], budget: Budget
) -> tuple[list[LowerBound], list[LowerBound]]:
    """Return the bounds that no network within the budget meets, and hints at what makes it hard.

    A bound that assumes that letters act as their own group is a hint and no proof: a larger group
    may be cheaper. So is one that networks escape by contracting, where the budget lets them.
    """
    impossible: list[LowerBound] = []
    hints: list[LowerBound] = []
    for bound in bounds:
        if not _applies(bound, budget):
            continue
        if bound.on_eigenvalues:
            is_violated = not bound.is_met_within(*budget.eigenvalues)
        else:
            limit = budget.quantities[bound.quantity]
            is_violated = limit is not None and limit < bound.value
        if is_violated:
            is_hint = bound.own_group or is_escaped(bound, budget)
            (hints if is_hint else impossible).append(bound)
    return impossible, hints


def is_escaped(bound: LowerBound, budget: Budget) -> bool:
    """Whether a budget that violates a bound may be met by networks that contract instead.

    Some eigenvalue that it allows has to be strictly between -1 and 1.

    Examples
    --------
    >>> zero = LowerBound(quantity="eigenvalue", value=0, reason="a letter merges two states")
    >>> ranges = (Fraction(1, 8), HIGHEST), (LOWEST, LOWEST), (LOWEST, HIGHEST)
    >>> [is_escaped(zero, Budget(eigenvalues=ends)) for ends in ranges]
    [True, False, False]
    """
    low, high = budget.eigenvalues
    contracts = low < HIGHEST and high > LOWEST
    return bound.is_met_by_contracting and contracts and not bound.is_met_within(low, high)


def _applies(bound: LowerBound, budget: Budget) -> bool:
    """Whether every network within the budget is one that the bound speaks of."""
    low, _ = budget.eigenvalues
    return bound.is_about(low) and all(
        most is None or (allowed is not None and allowed <= most)
        for most, allowed in ((bound.layers, budget.layers), (bound.steps, budget.steps))
    )
