"""Budgets: what a network may cost, and what a construction needs beyond it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any

from negeig.claims import InputError
from negeig.theory.constructions.route import Construction
from negeig.theory.constructions.routes import routes
from negeig.theory.exact.number_text import value_text
from negeig.theory.networks.network import DeltaStep, LinearRNN

LOWEST, HIGHEST = Fraction(-1), Fraction(1)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a network may cost; None leaves a quantity free.

    Attributes
    ----------
    layers, steps, dim : int or None
        Most layers, most steps a token of any layer, largest dimension of any layer.
    eigenvalues : pair of rationals
        Closed range inside [-1, 1] in which every step's eigenvalue ``1 - beta |key|^2`` must lie.
    unit_keys : bool
        Whether every key must have length exactly 1.
    format : str or None
        A number format in which the network must be proved too, its parameters stored in that
        format and every operation rounded to it.
    held_by : tuple of str
        Number formats that each must hold every parameter, so that storing it rounds nothing.
    routes : tuple of str
        Routes that may be used; empty for all.
    prefer : str
        The quantity that counts first among networks within the budget: ``"layers"``, ``"steps"``
        or ``"dim"``; the others follow in this order.

    Raises
    ------
    InputError
        Lists every contradiction and every unknown name, with what is allowed.

    Examples
    --------
    >>> Budget(layers=1, steps=2).exceeded_by(layers=2, steps=1, dim=5)
    ('layers',)
    >>> Budget(steps=-1)
    Traceback (most recent call last):
    ...
    negeig.claims.InputError: budget: steps must be 0 or more, found -1
    """

    layers: int | None = None
    steps: int | None = None
    dim: int | None = None
    eigenvalues: tuple[Fraction, Fraction] = (LOWEST, HIGHEST)
    unit_keys: bool = False
    format: str | None = None
    held_by: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    prefer: str = "layers"

    def __post_init__(self) -> None:
        if wrong := list(self._wrong_types()):
            raise InputError("budget", wrong)
        problems = [
            f"{name} must be 0 or more, found {value}"
            for name, value in self.quantities.items()
            if value is not None and value < 0
        ]
        low, high = self.eigenvalues
        if not LOWEST <= low <= high <= HIGHEST:
            problems.append(
                f"the eigenvalue range must be LOW,HIGH with -1 <= LOW <= HIGH <= 1, "
                f"found {low},{high}"
            )
        if self.prefer not in self.quantities:
            problems.append(
                f"what to prefer is one of {', '.join(self.quantities)}, found {self.prefer!r}"
            )
        known = routes() if self.routes else ()
        names = [route.name for route in known]
        problems += [
            f"unknown route {name!r}; {_near(name, names)}the routes are {', '.join(names)}"
            for name in self.routes
            if name not in names
        ]
        if self.layers is not None:
            needed = [(r.name, r.least_layers) for r in known if r.name in self.routes]
            if needed and all(least > self.layers for _, least in needed):
                problems += [
                    f"route {name!r} takes {least} layers or more, the budget allows {self.layers}"
                    for name, least in needed
                ]
        if problems:
            raise InputError("budget", problems)

    def _wrong_types(self) -> Iterator[str]:
        """Yield what is of another type than it has to be, as from Python it may."""
        for name, value in self.quantities.items():
            if isinstance(value, bool) or not isinstance(value, Integral | None):
                yield f"{name} must be a whole number, found {value!r}"
        ends = self.eigenvalues
        is_pair = isinstance(ends, tuple | list) and len(ends) == 2
        if not is_pair or not all(isinstance(end, Rational | float) for end in ends):
            yield f"eigenvalues must be two numbers, as (0, 1), found {ends!r}"
        if not isinstance(self.format, str | None):
            yield f"format must be a name, as 'bf16', found {self.format!r}"
        for name, names in (("held_by", self.held_by), ("routes", self.routes)):
            is_list = isinstance(names, tuple | list)
            if not is_list or not all(isinstance(one, str) for one in names):
                yield f"{name} must be a tuple of names, found {names!r}"

    @property
    def quantities(self) -> dict[str, int | None]:
        """Layers, steps a token and dimension, in the order in which networks are preferred."""
        return {"layers": self.layers, "steps": self.steps, "dim": self.dim}

    @property
    def further_options(self) -> tuple[str, ...]:
        """Options of the command line beside those of the attributes: none of a plain budget."""
        return ()

    def exceeded_by(self, *, layers: int, steps: int, dim: int) -> tuple[str, ...]:
        """Return the names of the quantities that are above the budget."""
        needed = {"layers": layers, "steps": steps, "dim": dim}
        return tuple(
            name
            for name, limit in self.quantities.items()
            if limit is not None and needed[name] > limit
        )

    def problems(self, construction: Construction) -> tuple[str, ...]:
        """Return what a construction needs beyond the budget, number formats aside; exact.

        Examples
        --------
        >>> from negeig.automata.zoo import get
        >>> from negeig.theory.constructions.direct.permutation import construct
        >>> Budget(dim=2, steps=1).problems(construct(get("mod:3").minimal())[0])
        ('steps: 2 needed, 1 allowed', 'dim: 3 needed, 2 allowed')
        """
        return (*self.exceeding(construction), *self.other_problems(construction))

    def exceeding(self, construction: Construction) -> tuple[str, ...]:
        """Say which quantities a construction exceeds, and by how much."""
        needed = construction.quantities
        return tuple(
            f"{name}: {needed[name]} needed, {self.quantities[name]} allowed"
            for name in self.exceeded_by(**needed)
        )

    def other_problems(self, construction: Construction) -> tuple[str, ...]:
        """Say what stands against a construction beside its size, each as what it does or has."""
        low, high = self.eigenvalues
        found = []
        if self.routes and construction.route not in self.routes:
            found.append(f"is of the route {construction.route}, not of {', '.join(self.routes)}")
        if (low, high) != (LOWEST, HIGHEST):
            outside = [
                value
                for layer in construction.network.layers
                for value in layer.eigenvalues
                if value < low or value > high
            ]
            if outside:
                found.append(
                    f"uses the eigenvalue {value_text(outside[0])}, outside {low} to {high}"
                )
        if self.unit_keys and not has_unit_keys(construction.network):
            found.append("has keys of other lengths than 1")
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        """Return the budget as it is recorded beside a network."""
        return {
            **self.quantities,
            "eigenvalues": [str(value) for value in self.eigenvalues],
            "unit_keys": self.unit_keys,
            "format": self.format,
            "held_by": list(self.held_by),
            "routes": list(self.routes),
            "prefer": self.prefer,
        }


def _near(name: str, names: Sequence[str]) -> str:
    """Say which known name one is like, if any."""
    near = get_close_matches(name, names, n=1)
    return f"did you mean {near[0]}? " if near else ""


def has_unit_keys(network: LinearRNN) -> bool:
    """Whether every key of every delta step has length exactly 1."""
    return all(
        not isinstance(step, DeltaStep) or sum((k * k for k in step.key), Fraction(0)) == 1
        for layer in network.layers
        for steps in layer.steps.values()
        for step in steps
    )
