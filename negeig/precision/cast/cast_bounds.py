"""When must a stated network fail in the cast model? Exact hypotheses, and the bounds they give.

Theorems 1 and 2 of Grazzi et al. (arXiv 2411.12537) with numbers, for the matrices at hand:
:mod:`.bounds.bounds` has the counting, :func:`.bounds.growth.growth` the exact tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.automata.machines.periods import map_index_period
from negeig.claims import InputError, LimitReached, Word
from negeig.precision.cast.cast import Cast
from negeig.precision.cast.families import Family, Variant
from negeig.theory.bounds.bounds import (
    collision_bound,
    stack_changes,
    stack_power_changes,
    stated_changes,
    terms_changes,
)
from negeig.theory.bounds.growth import Growth, growth
from negeig.theory.bounds.witnesses import (
    Contexts,
    PeriodWitness,
    is_one,
    is_power_of_two,
    period_witnesses,
)
from negeig.theory.exact.linear_algebra import multiply
from negeig.theory.networks.network import Layer
from negeig.theory.theorems import ids

MAX_ELEMENTS = 100_000
"""Elements of a transition monoid in which a word with a period above 1 is looked for."""

MAX_PRODUCTS = 4096
"""Products of one layer's matrices whose spectra are examined for Theorem 2."""


@dataclass(frozen=True)
class CastBound:
    """Why two words u w^k s and u w^(k + gap) s must collide, and for which k at the latest.

    Attributes
    ----------
    theorem : str
        ``"T1"``: all eigenvalues real and >= 0; ``"T2"``: real.
    changes : int
        Most k at which the cast states at k and k + gap differ.
    gap : int
        1, or 2^L for L layers and Theorem 2.
    exponent : int
        Some k up to this one has equal cast states and different outputs at k and k + gap.
    growths : tuple of tuple of Growth
        For each layer the matrices (for Theorem 2, products) that were examined.
    """

    theorem: str
    changes: int
    gap: int
    exponent: int
    growths: tuple[tuple[Growth, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the bound as a JSON object."""
        return {
            "theorem": self.theorem,
            "changes": self.changes,
            "gap": self.gap,
            "exponent": self.exponent,
            "spectra": [[g.to_json() for g in layer] for layer in self.growths],
        }


def bounded_witnesses(
    layers: Sequence[Layer],
    machine: Machine,
    cast: Cast,
    *,
    variant: Variant = "state",
    words: Sequence[Word] | None = None,
) -> Iterator[tuple[PeriodWitness, CastBound | None]]:
    """Yield the families of words on which the outputs cycle, each with its bound if there is one.

    Parameters
    ----------
    layers : sequence of Layer
        One layer, or a stack; Theorem 1 or 2 is used when its hypothesis holds exactly.
    machine : Machine
        The minimal machine of the task.
    words : sequence of words, optional
        Words to repeat; the single letters if not given. For a stack only single letters have
        bounds: the layers above read what they please while a longer word is repeated.
    """
    contexts = Contexts(machine)
    stack = _stack_hypothesis(layers) if len(layers) != 1 else None
    for word in words if words is not None else [(a,) for a in machine.alphabet]:
        if not word:
            raise InputError("words", "the empty word cannot be repeated")
        found = False
        for allowed, bound in ((is_one, _nonnegative), (is_power_of_two, _real)):
            for witness in period_witnesses(contexts, word, allowed):
                limit = bound(layers, stack, witness, cast, variant)
                if limit is not None:
                    found = True
                    yield witness, limit
            if found:
                break
        if not found:
            yield from ((w, None) for w in period_witnesses(contexts, word, is_one))


def witness_bound(
    layers: Sequence[Layer], witness: PeriodWitness, cast: Cast, *, variant: Variant = "state"
) -> CastBound | None:
    """Return the bound on one family of words, as :func:`bounded_witnesses` states it, or None."""
    stack = _stack_hypothesis(layers) if len(layers) != 1 else None
    for allowed, bound in ((is_one, _nonnegative), (is_power_of_two, _real)):
        if not allowed(witness.period):
            found = bound(layers, stack, witness, cast, variant)
            if found is not None:
                return found
    return None


def words_to_repeat(task: Machine) -> tuple[Sequence[Word], bool | None]:
    """Return words of a minimal machine to repeat, and whether one has a period above 1.

    The letters if one of them has, otherwise a shortest word that has. No words: none has (False),
    or the transition monoid has more than ``MAX_ELEMENTS`` elements (None).
    """
    letters = [(a,) for a in task.alphabet]
    columns = (task.transitions[:, i].tolist() for i in range(len(letters)))
    if any(map_index_period(column)[1] > 1 for column in columns):
        return letters, True
    from negeig.automata.monoids.monoid import transition_monoid

    try:
        monoid = transition_monoid(task, MAX_ELEMENTS)
    except LimitReached:
        return (), None
    if monoid.is_aperiodic:
        return (), False
    return (monoid.word(int((monoid.periods > 1).argmax())),), True


@dataclass(frozen=True)
class _Stack:
    """Growths of each layer's letters, and of its products of 2^(i-1) letters (None: too many)."""

    letters: tuple[tuple[Growth, ...], ...]
    products: tuple[tuple[Growth, ...], ...] | None


def _stack_hypothesis(layers: Sequence[Layer]) -> _Stack:
    sizes = [len(layer.alphabet) ** 2**i for i, layer in enumerate(layers)]
    products = None
    if max(sizes, default=0) <= MAX_PRODUCTS:
        products = tuple(tuple(_growths(layer, 2**i)) for i, layer in enumerate(layers))
    return _Stack(tuple(tuple(_growths(layer, 1)) for layer in layers), products)


def _growths(layer: Layer, length: int) -> Iterator[Growth]:
    matrices = {a: layer.letter_matrix(a) for a in layer.alphabet}
    known: dict[Any, Growth] = {}
    for word in product(layer.alphabet, repeat=length):
        matrix = matrices[word[0]]
        for letter in word[1:]:
            matrix = multiply(matrices[letter], matrix)
        if matrix not in known:
            known[matrix] = growth(matrix)
            yield known[matrix]


def _nonnegative(
    layers: Sequence[Layer],
    stack: _Stack | None,
    witness: PeriodWitness,
    cast: Cast,
    variant: Variant,
) -> CastBound | None:
    """Theorem 1."""
    if stack is None:
        family = family_of(layers[0], witness)
        g = growth(family.matrix)
        if not g.nonnegative:
            return None
        changes = _changes(g, cast, variant, family.sequences)
        return _bound(ids.T1, witness, changes, 1, ((g,),))
    if len(witness.word) > 1 or not all(g.nonnegative for layer in stack.letters for g in layer):
        return None
    each = [max(_changes(g, cast, "state", 0) for g in layer) for layer in stack.letters]
    changes = stack_changes(each, places=len(witness.suffix) + 1)
    return _bound(ids.T1, witness, changes, 1, stack.letters)


def _real(
    layers: Sequence[Layer],
    stack: _Stack | None,
    witness: PeriodWitness,
    cast: Cast,
    variant: Variant,
) -> CastBound | None:
    """Theorem 2."""
    if stack is None:
        family = family_of(layers[0], witness)
        g = growth(family.matrix)
        if not g.real:
            return None
        square = _square(g)
        # Even powers after u, and after u w, are powers of the square; each starts once.
        even = family.sequences + len(witness.word)
        odd = even + len(witness.word)
        changes = sum(_changes(square, cast, variant, terms) + 1 for terms in (even, odd))
        return _bound(ids.T2, witness, changes, 2, ((g,),))
    products = stack.products
    if len(witness.word) > 1 or products is None:
        return None
    if not all(g.real for layer in products for g in layer):
        return None
    squares = [max(_changes(_square(g), cast, "state", 0) for g in layer) for layer in products]
    changes = stack_power_changes(squares, places=len(witness.suffix) + 1)
    return _bound(ids.T2, witness, changes, 2 ** len(layers), products)


def family_of(layer: Layer, witness: PeriodWitness) -> Family:
    """Return the witness's words as read by a layer."""
    return Family(layer, witness.prefix, witness.word, witness.suffix)


def _changes(g: Growth, cast: Cast, variant: Variant, sequences: int) -> int:
    numbers = (g.dimension, g.nonzero, g.index, cast.values)
    if variant == "state":
        return stated_changes(*numbers)
    return terms_changes(*numbers, sequences=sequences)


def _square(g: Growth) -> Growth:
    """Return the facts about the square of a matrix with real eigenvalues."""
    return Growth(g.dimension, g.nonzero, -(-g.index // 2), True, True)


def _bound(
    theorem: str,
    witness: PeriodWitness,
    changes: int,
    gap: int,
    growths: tuple[tuple[Growth, ...], ...],
) -> CastBound:
    exponent = collision_bound(
        witness.outputs, witness.period, changes=changes, gap=gap, first=witness.first
    )
    return CastBound(theorem, changes, gap, exponent, growths)
