"""Counters: layers that tell later ones the position of a letter modulo the length of a block.

With two steps a token a layer of dimension 1 to 3 turns a polygon by one corner each time. With
one step a token two layers of single reflections count twice as far with the same polygon (see
:mod:`negeig.theory.constructions.stacks.two_reflections`). Polygons with 2, 3, 4 and 6 corners have
rational mirrors.
"""

from __future__ import annotations

from collections.abc import Mapping

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter
from negeig.theory.constructions.direct.scalar import MIRROR
from negeig.theory.constructions.pieces.mirrors import Mirrors, plane_mirrors, rational_mirrors
from negeig.theory.constructions.stacks.two_reflections import (
    DihedralLetters,
    single_reflections,
    two_layers,
)
from negeig.theory.exact.fields import polygon_degree
from negeig.theory.exact.numbers import Vector
from negeig.theory.factors.factorisation import ONE
from negeig.theory.networks.network import DeltaStep, Layer


def is_rational(corners: int) -> bool:
    """Whether the mirrors of a polygon with this many corners have rational entries.

    Examples
    --------
    >>> [corners for corners in range(2, 100) if is_rational(corners)]
    [2, 3, 4, 6]
    """
    return polygon_degree(corners) == 1 or rational_mirrors(corners) is not None


def numbered(letter: Letter, position: int) -> Letter:
    """Name a letter at a position.

    Examples
    --------
    >>> numbered("a", 2)
    'a at 2'
    """
    return f"{letter} at {position}"


def turning_counter(letters: Mapping[Letter, Letter], modulus: int) -> Layer:
    """Return one layer that emits the name of every letter with its position modulo ``modulus``.

    ``letters`` gives the name of each letter of the alphabet; positions count from 0. Two steps a
    token, one when the modulus is 2, the least there is.

    Examples
    --------
    >>> layer = turning_counter({"a": "a", "b": "b", "c": "a"}, 3)
    >>> layer.dim, layer.steps_per_token, layer.emit[1]
    (3, 2, ('a at 0', 'b at 0', 'a at 0'))
    """
    steps: tuple[DeltaStep, ...] = (MIRROR,)
    start: Vector = (ONE,)
    names: tuple[str, ...] = ("position",)
    if modulus > 2:
        mirrors = _mirrors(modulus)
        steps, start, names = (mirrors.step(0), mirrors.step(1)), mirrors.axis(0), mirrors.names
    codes: list[Vector] = [start]
    while len(codes) < modulus:
        point = codes[-1]
        for step in steps:
            point = step.apply(point)
        codes.append(point)
    return Layer(
        alphabet=tuple(letters),
        initial=start,
        steps=dict.fromkeys(letters, steps),
        codes=tuple(codes),
        emit=tuple(
            tuple(numbered(name, (i - 1) % modulus) for name in letters.values())
            for i in range(modulus)
        ),
        names=names,
    )


def reflecting_counter(letters: Mapping[Letter, Letter], modulus: int) -> tuple[Layer, Layer]:
    """Return two layers of one step a token that emit what a turning counter emits.

    The modulus is even, at least 4; the second layer reflects a polygon of half as many corners.

    Examples
    --------
    >>> [(layer.dim, layer.steps_per_token) for layer in reflecting_counter({"a": "a"}, 8)]
    [(1, 1), (2, 1)]
    """
    names = list(letters.values())
    machine = Machine(
        alphabet=tuple(letters),
        transitions=[[(i + 1) % modulus] * len(names) for i in range(modulus)],
        initial=0,
        outputs=list(range(modulus)),
    )
    plan = single_reflections(DihedralLetters(modulus, ((1, False),) * len(names)))
    return two_layers(
        machine,
        plan,
        _mirrors(plan.order),
        lambda state, column: numbered(names[column], (state - 1) % modulus),
    )


def _mirrors(corners: int) -> Mirrors:
    """Return the mirrors with the simplest numbers."""
    return rational_mirrors(corners) or plane_mirrors(corners)
