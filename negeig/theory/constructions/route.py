"""What a route returns, and the list of routes in the order of their cost."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, Output
from negeig.theory.network import DeltaStep, Layer, LinearRNN, Step, Vector

Progress: TypeAlias = Callable[[int], None]
"""Called now and then with the work done so far; raises LimitReached when the time is over."""

MAX_ENTRIES = 20_000_000
"""Largest number of exact entries (codes and keys) a one-hot network may have."""


@dataclass(frozen=True)
class Construction:
    """A network proposed for a machine by one route.

    Attributes
    ----------
    route : str
        Name of the route.
    network : LinearRNN
        Exact weights.
    idea : str
        How the network tracks the state, in a sentence or two.
    source : str
        Theorem identifier of the registry that the route rests on.
    """

    route: str
    network: LinearRNN
    idea: str
    source: str

    @property
    def cost(self) -> tuple[int, int, int]:
        """Layers, steps a token and dimension: the order in which networks are preferred."""
        layers = self.network.layers
        return (
            len(layers),
            max((layer.steps_per_token for layer in layers), default=0),
            max((layer.dim for layer in layers), default=0),
        )


@dataclass(frozen=True)
class NoRoute:
    """Why no route applies to a machine."""

    reason: str


def candidates(machine: Machine) -> list[Construction] | NoRoute:
    """Return networks with rational entries for a minimal machine, cheapest first.

    What the direct one-layer routes read off the machine, and where none applies what a search
    for one layer finds, and else the cascade. See :func:`~.routes.proposals` for all routes.

    Examples
    --------
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> [c.route for c in candidates(parity)]
    ['scalar', 'permutation']
    """
    from negeig.theory.constructions.stacks import cascade

    found = one_layer_routes(machine) or cascade.construct(machine)
    return found or NoRoute(why_not(machine))


def one_layer_routes(machine: Machine) -> list[Construction]:
    """Return the rational networks of at most one layer read off a minimal machine, by cost."""
    from negeig.theory.constructions import constant, one_hot, permutation, scalar

    found: list[Construction] = []
    for route in (constant.construct, scalar.construct, permutation.construct, one_hot.construct):
        found += route(machine)
    return sorted(found, key=lambda construction: construction.cost)


def fits_one_hot(machine: Machine) -> bool:
    """Whether the codes and keys of a network with one coordinate a state stay within memory."""
    return machine.size**2 * (len(machine.alphabet) + 1) <= MAX_ENTRIES


def published_bound(machine: Machine) -> dict[str, int | None]:
    """Return the layers, dimension and steps a token that the published theorems promise.

    When every letter permutes n points: one layer of dimension n with (moved points) - 1 factors
    (Grazzi et al., arXiv 2411.12537, Theorem 3). Otherwise 2^|Q| layers of dimension |Q| with |Q|
    factors (Theorem 4); ``layers`` is None above 2^62.
    """
    actions = machine.points or tuple(tuple(c) for c in machine.transitions.T.tolist())
    if all(len(set(action)) == len(action) for action in actions):
        moved = max(sum(i != image for i, image in enumerate(action)) for action in actions)
        return {"layers": 1, "dim": len(actions[0]), "steps": max(moved - 1, 0)}
    size = machine.size
    return {"layers": 2**size if size <= 62 else None, "dim": size, "steps": size}


def symbols(outputs: Sequence[Output]) -> tuple[Letter, ...]:
    """Return a string for every output, equal for equal outputs only.

    Examples
    --------
    >>> symbols([0, 1, 0]), symbols(["()", "(1 2)"]), symbols([1, "1"])
    (('0', '1', '0'), ('()', '(1 2)'), ('1', '"1"'))
    """
    texts = [json.dumps(o, sort_keys=True) for o in outputs]
    plain = [o if isinstance(o, str) else text for o, text in zip(outputs, texts, strict=True)]
    return tuple(plain if len(set(plain)) == len(set(texts)) else texts)


def one_layer(
    machine: Machine,
    *,
    initial: Vector,
    steps: Sequence[Sequence[Step | DeltaStep]],
    codes: Sequence[Vector],
    names: Sequence[str] = (),
) -> LinearRNN:
    """Return the one-layer network whose code ``codes[q]`` stands for state q of the machine.

    The decoder sees the state after the letter, so every letter emits the output of the state.
    """
    emitted = symbols(machine.outputs)
    width = len(machine.alphabet)
    layer = Layer(
        alphabet=machine.alphabet,
        initial=tuple(initial),
        steps={a: tuple(s) for a, s in zip(machine.alphabet, steps, strict=True)},
        codes=tuple(codes),
        emit=tuple((symbol,) * width for symbol in emitted),
        names=tuple(names),
    )
    return LinearRNN(
        alphabet=machine.alphabet,
        layers=(layer,),
        outputs=dict(zip(emitted, machine.outputs, strict=True)),
        empty=machine.outputs[machine.initial],
    )


def why_not(machine: Machine) -> str:
    """Name a letter that keeps the one-layer routes from applying."""
    if not fits_one_hot(machine):
        return (
            f"{machine.size:,} states need more than {MAX_ENTRIES:,} exact entries with one "
            "coordinate a state, and no smaller action is known"
        )
    for a, letter in enumerate(machine.alphabet):
        column = machine.transitions[:, a]
        images, counts = np.unique(column, return_counts=True)
        if 1 < len(images) < machine.size:
            merged = np.flatnonzero(column == images[int(np.argmax(counts))])
            shown = ", ".join(map(str, merged[:5])) + (", ..." if len(merged) > 5 else "")
            return (
                f"letter {letter!r} merges states {shown} and keeps others apart, and no single "
                "base state makes every letter injective away from it or constant; this needs "
                "more than one layer, or points that the routes at hand do not find"
            )
    return "no route at hand applies"
