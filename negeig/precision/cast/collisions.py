"""Two words on which no decoder of a given network can be right in the cast model.

A collision is a pair of whole words u w^k s and u w^k' s with the same last letter, different
outputs in the task, and the same cast states in all layers. It is found by following the orbit;
for matrices with nonnegative (Theorem 1) or real (Theorem 2) spectra a bound says when at the
latest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, LimitReached, NegeigError, Word
from negeig.precision.cast.cast import Cast, Cell
from negeig.precision.cast.cast_bounds import (
    CastBound,
    bounded_witnesses,
    family_of,
    words_to_repeat,
)
from negeig.precision.cast.cast_stack import CastStack
from negeig.precision.cast.collision import Collision, layers_of
from negeig.precision.cast.families import Family, Variant
from negeig.precision.cast.freezing import Freezing, freezing
from negeig.theory.bounds.witnesses import PeriodWitness
from negeig.theory.networks.network import Layer, LinearRNN

MAX_STEPS = 20_000
"""Repetitions of a word that a search follows unless told otherwise."""

MAX_FAMILIES = 16
"""Families of words searched, those with a bound first."""


@dataclass(frozen=True, kw_only=True)
class CastReport:
    """What the cast model says of a network and a task.

    Attributes
    ----------
    collision : Collision or None
    bounds : tuple of CastBound
        The bounds of the families searched, none where no theorem applies.
    searched : int
        Families of words followed.
    steps : int
        Repetitions up to which they were followed.
    stopped : tuple of str
        Why families of words were followed for fewer steps: casts too costly to decide.
    periodic : bool or None
        Whether a word that was asked about has a period above 1 in the task. False: none has, and
        nothing has to collide. None: no letter has one, and there are too many words to tell.
    freezing : tuple of (Word, Freezing)
        For each letter of a one-layer network that was asked about.
    """

    collision: Collision | None
    bounds: tuple[CastBound, ...]
    searched: int
    steps: int
    stopped: tuple[str, ...] = ()
    periodic: bool | None = True
    freezing: tuple[tuple[Word, Freezing], ...] = ()

    @property
    def verdict(self) -> str:
        """``"collision"``, or ``"open"``: that none was found proves nothing."""
        return "open" if self.collision is None else "collision"

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "verdict": self.verdict,
            "collision": None if self.collision is None else self.collision.to_json(),
            "bounds": [b.to_json() for b in self.bounds],
            "searched": self.searched,
            "steps": self.steps,
            "stopped": list(self.stopped),
            "periodic": self.periodic,
            "freezing": [{"word": list(w), **f.to_json()} for w, f in self.freezing],
        }


def find_collision(
    network: Layer | LinearRNN,
    machine: Machine,
    cast: Cast,
    *,
    variant: Variant = "state",
    max_steps: int = MAX_STEPS,
    words: Sequence[Word] | None = None,
) -> Collision | None:
    """Return the first collision of a network on a task, or None when the search found none.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from negeig.precision.cast.cast import FormatCast
    >>> from negeig.precision.numbers.formats import BF16
    >>> from negeig.theory.networks.network import DenseStep
    >>> half = Fraction(1, 2)
    >>> layer = Layer(alphabet=("1",), initial=(half,), codes=(), emit=(),
    ...               steps={"1": (DenseStep(((half,),), (Fraction(1),)),)})
    >>> parity = Machine(alphabet="1", transitions=[[1], [0]], initial=0, outputs=[1, 0])
    >>> collision = find_collision(layer, parity, FormatCast(BF16))
    >>> collision.exponents, collision.outputs, collision.states, collision.bound.exponent
    ((9, 10), (0, 1), ('4000',), 65279)
    >>> collision.verify((layer, parity))
    True
    """
    return examine(
        network, machine, cast, variant=variant, max_steps=max_steps, words=words
    ).collision


def examine(
    network: Layer | LinearRNN,
    machine: Machine,
    cast: Cast,
    *,
    variant: Variant = "state",
    max_steps: int = MAX_STEPS,
    words: Sequence[Word] | None = None,
    freeze_steps: int = 0,
) -> CastReport:
    """Test the hypotheses of Theorems 1 and 2, state the bounds and look for a collision.

    Parameters
    ----------
    network : Layer or LinearRNN
        Rational entries. A single layer's codes and tables are not used: the collision is one for
        every decoder. In a stack the decoders between the layers are the network's own, and the
        collision is one for every decoder of all layers' cast states and the last letter.
    machine : Machine
        The task; minimised here.
    cast : Cast
        What decoders see of each coordinate.
    variant : str
        ``"state"`` or, for one layer, ``"terms"``: see :mod:`negeig.precision.cast.families`.
    max_steps : int
        Repetitions k of a word followed; a bound beyond it is not reached.
    words : sequence of words, optional
        Words to repeat. If not given all single letters or, where none of them has a period above
        1 in the task, a shortest word that has.
    freeze_steps : int
        For one layer: repetitions of each word within which to look for the step from which the
        cast state never changes. 0: do not look. Not done where no word has a period above 1.

    Raises
    ------
    InputError
        When an entry is not rational, a layer does not read a letter of the task, or ``terms`` is
        asked of a stack.

    Notes
    -----
    O(max_steps n^2) operations on numbers of a few hundred bits for each family searched.
    """
    layers, task = layers_of(network), machine.minimal()
    _check(layers, task, variant, max_steps)
    repeated, periodic = words_to_repeat(task) if words is None else (words, None)
    families = sorted(
        bounded_witnesses(layers, task, cast, variant=variant, words=repeated),
        key=lambda pair: (pair[1] is None, pair[1].exponent if pair[1] else 0),
    )[:MAX_FAMILIES]
    collision, searched, stopped = None, 0, []
    for witness, bound in families:
        searched += 1
        try:
            collision = _follow(layers, task, cast, variant, witness, bound, max_steps)
        except LimitReached as limit:
            stopped.append(str(limit))
        if collision is not None:
            break
    frozen: tuple[tuple[Word, Freezing], ...] = ()
    if families and freeze_steps and len(layers) == 1:
        readings = [Family(layers[0], (), w, ()) for w in repeated]
        frozen = tuple(
            (f.word, freezing(f, cast, variant=variant, max_steps=freeze_steps)) for f in readings
        )
    bounds = tuple(bound for _, bound in families if bound is not None)
    return CastReport(
        collision=collision,
        bounds=bounds,
        searched=searched,
        steps=max_steps,
        stopped=tuple(stopped),
        periodic=True if families else False if words is not None else periodic,
        freezing=frozen,
    )


def _check(layers: Sequence[Layer], task: Machine, variant: Variant, max_steps: int) -> None:
    problems = []
    if layers:
        missing = [a for a in task.alphabet if a not in layers[0].steps]
        problems += [f"the first layer does not read the letter {a!r}" for a in missing]
    if variant not in ("state", "terms"):
        problems.append(f"variant {variant!r}, expected 'state' or 'terms'")
    if variant == "terms" and len(layers) > 1:
        problems.append("the variant 'terms' is for one layer")
    if max_steps < 1:
        problems.append(f"max_steps is {max_steps}, expected at least 1")
    if problems:
        raise InputError("cast model", problems)


def _follow(
    layers: tuple[Layer, ...],
    task: Machine,
    cast: Cast,
    variant: Variant,
    witness: PeriodWitness,
    bound: CastBound | None,
    max_steps: int,
) -> Collision | None:
    """Follow one family of words to its first collision."""
    seen: dict[tuple[str, ...], dict[int, int]] = {}
    for k, cells in _casts(layers, cast, variant, witness):
        if k > max_steps:
            break
        if k < witness.first:
            continue
        output = _output(witness, k)
        states = tuple(cell.bits for cell in cells)
        known = seen.setdefault(states, {})
        other = min((j for o, j in known.items() if o != output), default=None)
        if other is not None:
            return _collision(task, cast, variant, witness, bound, (other, k), states)
        known.setdefault(output, k)
    if bound is not None and bound.exponent + bound.gap <= max_steps:
        raise NegeigError(
            f"internal error: no collision up to {max_steps}, though the bound is {bound.exponent}"
        )
    return None


def _casts(
    layers: Sequence[Layer], cast: Cast, variant: Variant, witness: PeriodWitness
) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    if len(layers) == 1:
        casts = family_of(layers[0], witness).casts(cast, variant)
    else:
        casts = CastStack(layers, cast).casts(witness.prefix, witness.word, witness.suffix)
    return zip(count(), casts)


def _output(witness: PeriodWitness, k: int) -> int:
    """Return the number of the output after u w^k s."""
    if k >= len(witness.outputs):
        k = witness.index + (k - witness.index) % witness.period
    return witness.outputs[k]


def _collision(
    task: Machine,
    cast: Cast,
    variant: Variant,
    witness: PeriodWitness,
    bound: CastBound | None,
    exponents: tuple[int, int],
    states: tuple[str, ...],
) -> Collision:
    ends = [witness.prefix + witness.word * k + witness.suffix for k in exponents]
    return Collision(
        prefix=witness.prefix,
        word=witness.word,
        suffix=witness.suffix,
        exponents=exponents,
        outputs=(task.output(ends[0]), task.output(ends[1])),
        states=states,
        cast=cast,
        variant=variant,
        bound=bound,
    )
