"""Whether a network's layers are among those that a specification describes, exactly.

The rule, for each layer of the network:

* its coordinates split into blocks that no letter's matrix joins; blocks are put into heads, and a
  head holds blocks whose dimensions add up to its own at most;
* a head takes as many steps on a letter as its blocks take together, since steps of different
  blocks commute; fewer steps than the head has are filled up with steps that do nothing, which
  takes ``beta = 0``, a key of length 0, or a coordinate that is left over;
* ranges are held to the numbers themselves: an end that is open is not in the range;
* fewer layers than ``depth`` are inside, since a decoder may pass a letter on.

Packing takes the largest blocks first, so what is said to be outside for want of heads might fit
otherwise; what is said to be inside is inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt
from typing import Any

from negeig.theory.architectures.architecture import End
from negeig.theory.architectures.layer import HARMLESS, LayerSpec
from negeig.theory.architectures.ranges import Range
from negeig.theory.exact.linear_algebra import is_positive_semidefinite, multiply, rank, transpose
from negeig.theory.exact.number_text import value_text
from negeig.theory.exact.numbers import Matrix, Number, simplified
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.spectra.networks import has_real_spectrum

ZERO, ONE = Fraction(0), Fraction(1)


def outside(spec: LayerSpec, network: LinearRNN, *, sizes: bool = True) -> tuple[str, ...]:
    """Say why a network is not made of such layers; nothing where it is.

    ``sizes=False`` leaves depth and steps a token out. Proofs are not looked at, nor whether a
    format holds the numbers.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.architectures.layer_reading import read_layer
    >>> from negeig.theory.constructions.direct import permutation
    >>> flip = permutation.construct(get("parity").minimal())[0].network
    >>> outside(read_layer("family=delta,beta=0..2,format=exact"), flip)
    ()
    >>> outside(read_layer("family=delta,beta=0..below2,format=exact"), flip)
    ('a step has beta |k|^2 = 2, not in [0, 2)',)
    """
    found: dict[str, None] = {}
    if sizes and spec.depth is not None and len(network.layers) > spec.depth:
        found[f"it has {len(network.layers)} layers, the depth is {spec.depth}"] = None
    for layer in network.layers:
        found |= dict.fromkeys(_layer_outside(spec, network, layer, sizes))
    return tuple(found)


def steps_in(spec: LayerSpec, network: LinearRNN) -> int:
    """Return the steps a token that a head of such layers needs for the network.

    Raises ValueError where the blocks do not fit the heads whatever the steps.
    """
    return max((_least_steps(spec, layer) for layer in network.layers), default=0)


def _layer_outside(spec: LayerSpec, network: LinearRNN, layer: Layer, sizes: bool) -> Iterator[str]:
    if spec.family == "delta":
        if spec.gate is not None and not spec.gate.holds(ONE):
            yield f"its steps have no gate: the gate is 1, not in {spec.gate.interval}"
        yield from _delta_outside(spec, layer)
    else:
        yield from _matrices_outside(spec, layer)
    if spec.spectrum is not None:
        alone = LinearRNN(
            alphabet=layer.alphabet, layers=(layer,), outputs={}, empty=None, field=network.field
        )
        if not has_real_spectrum(alone, nonnegative=spec.spectrum == "nonnegative"):
            yield f"the eigenvalues of a letter are not shown to be {spec.spectrum}"
    try:
        needed = _least_steps(spec, layer)
    except ValueError as error:
        yield str(error)
        return
    if not sizes or spec.family != "delta" or spec.steps is None:
        return
    if needed > spec.steps:
        yield f"a head takes {needed} steps a token, the specification says {spec.steps}"
    elif not _can_idle(spec, layer):
        yield f"letters with fewer steps than {spec.steps} need steps that do nothing, and \
beta={spec.beta} leaves none"


def _delta_outside(spec: LayerSpec, layer: Layer) -> Iterator[str]:
    """Check every step: with keys of length 1 its beta is ``beta |k|^2``, written as a delta."""
    for step in _different_steps(layer):
        if not isinstance(step, DeltaStep):
            yield "a step is no delta step"
            continue
        amount = 1 - step.eigenvalue
        if amount == 0:
            continue
        if spec.keys == "free":
            if not _is_scaled(spec.beta, amount):
                yield f"a step has beta |k|^2 = {value_text(amount)}: no key gives that with \
beta={spec.beta}"
        elif not _is_amount(spec, amount):
            yield f"a step has beta |k|^2 = {value_text(amount)}, {_why_no_amount(spec, amount)}"
        elif not spec.is_exact and _square(step) != 1:
            yield "has keys of other lengths than 1"
        elif not spec.is_exact and spec.eps > 0 and not all(map(_has_exact_square, step.key)):
            yield "has keys whose squared length fp32 rounds, so that an epsilon does not vanish"


def _is_scaled(beta: Range | None, amount: Number) -> bool:
    """Whether a free key gives ``beta |k|^2`` this value for some beta of the range."""
    if beta is None:
        return False
    return beta.most.value > 0 if amount > 0 else beta.least.value < 0


def _is_amount(spec: LayerSpec, amount: Number) -> bool:
    """Whether ``beta |k|^2`` reaches a value other than 0, with keys normalised as said.

    With an epsilon ``|k|^2`` is anything in [0, 1); and it is 1 where the epsilon vanishes in
    fp32, the format in which keys are normalised, beside the square of a key of length 256.
    """
    beta = spec.beta
    if beta is None:
        return False
    if spec.eps == 0 or (not spec.is_exact and spec.eps <= HARMLESS and beta.holds(amount)):
        return beta.holds(amount)
    if not spec.is_exact:  # a shorter key is rounded: only those of length 1 are held exactly
        return False
    return amount < beta.most.value if amount > 0 else amount > beta.least.value


def _why_no_amount(spec: LayerSpec, amount: Number) -> str:
    """Say why normalised keys do not give ``beta |k|^2`` a value: its interval, or the epsilon."""
    if spec.beta is None:
        return "and such layers have no beta"
    if spec.beta.holds(amount) and not spec.is_exact:
        return f"and eps={spec.eps} makes keys shorter: it does not vanish beside 256^2 in fp32"
    if not spec.beta.holds(amount) or spec.eps == 0:
        return f"not in {spec.beta.interval}"
    least, most = spec.beta.least.value, spec.beta.most.value
    left = Range(End(min(least, ZERO), least >= 0), End(max(most, ZERO), most <= 0))
    return f"not in {left.interval}: eps={spec.eps} makes every key shorter than 1"


def _can_idle(spec: LayerSpec, layer: Layer) -> bool:
    """Whether every head can take a step that does nothing, where some letter needs one."""
    if spec.steps is None or (spec.beta is not None and spec.beta.holds(ZERO)):
        return True
    if spec.keys == "free" or spec.eps > 0:
        return True  # the zero vector is a key
    heads = _packed(spec, layer)
    used = [h for h in heads if any(n < (spec.steps or 0) for n in h.steps)]
    return all(head.dim < spec.dim for head in used)


def _matrices_outside(spec: LayerSpec, layer: Layer) -> Iterator[str]:
    """Check every letter's matrix: diagonal, made of rotations, or of bounded norm."""
    for letter in _different_letters(layer):
        matrix = layer.letter_matrix(letter)
        if spec.family == "dense":
            if spec.gate is not None and not _norm_within(matrix, spec.gate):
                yield f"a letter's matrix has a norm outside {spec.gate.interval}"
            continue
        for block in _blocks(layer):
            part = tuple(tuple(matrix[i][j] for j in block) for i in block)
            yield from _block_outside(spec, part)


def _block_outside(spec: LayerSpec, part: Matrix) -> Iterator[str]:
    gate = spec.gate
    if gate is None:
        return
    if spec.family == "diagonal":
        if len(part) > 1:
            yield "a letter's matrix is not diagonal"
        elif not gate.holds(part[0][0]):
            entry = value_text(part[0][0])
            yield f"a letter's matrix has the entry {entry}, not in {gate.interval}"
    elif len(part) == 1:
        if not gate.holds(_absolute(part[0][0])):
            modulus = value_text(_absolute(part[0][0]))
            yield f"a letter's matrix has the modulus {modulus}, not in {gate.interval}"
    elif len(part) > 2 or part[0][0] != part[1][1] or part[0][1] != -part[1][0]:
        yield "a letter's matrix does not turn pairs of coordinates"
    else:
        square = part[0][0] * part[0][0] + part[0][1] * part[0][1]
        squared = Range(
            End(gate.least.value**2, gate.least.is_reached),
            End(gate.most.value**2, gate.most.is_reached),
        )
        if not squared.holds(square):
            yield f"a letter's matrix has the modulus {_root(square)}, not in {gate.interval}"


def _root(square: Number) -> str:
    """Return the square root of a number as text.

    Examples
    --------
    >>> _root(Fraction(1, 4)), _root(Fraction(0)), _root(Fraction(2))
    ('1/2', '0', 'sqrt(2)')
    """
    square = simplified(square)
    if isinstance(square, int | Fraction):
        root = Fraction(isqrt(square.numerator), isqrt(square.denominator))
        if root * root == square:
            return value_text(root)
    return f"sqrt({value_text(square)})"


def _norm_within(matrix: Matrix, gate: Range) -> bool:
    """Whether the Euclidean norm of a matrix is at most, or below, the upper end of a range."""
    most = gate.most.value
    gram = multiply(transpose(matrix), matrix)
    size = range(len(matrix))
    gap = tuple(tuple((most**2 if i == j else ZERO) - gram[i][j] for j in size) for i in size)
    if not is_positive_semidefinite(gap):
        return False
    if gate.most.is_reached:
        return True
    return rank(gap) == len(matrix)


def _has_exact_square(entry: Number) -> bool:
    """Whether squares of such entries, at most 1 together, add up exactly in 24 bits."""
    scaled = simplified(entry * 2**11)
    return isinstance(scaled, Fraction) and scaled.denominator == 1


def _absolute(x: Number) -> Number:
    return -x if x < 0 else x


def _square(step: DeltaStep) -> Number:
    total: Number = sum((k * k for k in step.key if k != 0), ZERO)
    return total


def _different_letters(layer: Layer) -> list[str]:
    """Letters with different steps, one of each."""
    return list({id(steps): letter for letter, steps in layer.steps.items()}.values())


def _different_steps(layer: Layer) -> list[Any]:
    return [step for letter in _different_letters(layer) for step in layer.steps[letter]]


@dataclass
class _Head:
    """What a head holds so far: its dimension, and its steps on each letter."""

    dim: int
    steps: list[int]
    entries: tuple[Number, ...] | None = field(default=None)


def _blocks(layer: Layer) -> list[list[int]]:
    """Return the coordinates in blocks that no step joins."""
    parent = list(range(layer.dim))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def join(indices: Sequence[int]) -> None:
        for i in indices[1:]:
            parent[root(i)] = root(indices[0])

    for step in _different_steps(layer):
        if isinstance(step, DeltaStep):
            if step.beta != 0:
                join([i for i, k in enumerate(step.key) if k != 0])
        else:
            for i, row in enumerate(step.matrix):
                join([i, *(j for j, x in enumerate(row) if x != 0)])
    groups: dict[int, list[int]] = {}
    for i in range(layer.dim):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())


def _packed(spec: LayerSpec, layer: Layer) -> list[_Head]:
    """Put the blocks of a layer into heads, the largest first, each where it adds fewest steps.

    Raises ValueError where they do not fit.
    """
    letters = _different_letters(layer)
    matrices = {a: layer.letter_matrix(a) for a in letters} if spec.gates == "head" else {}
    parts = []
    for block in _blocks(layer):
        inside = set(block)
        steps = [sum(_touches(step, inside) for step in layer.steps[a]) for a in letters]
        width = 2 if spec.family == "rotation" else len(block)
        entries = None
        if spec.family in ("diagonal", "rotation") and spec.gates == "head":
            entries = tuple(
                matrices[a][block[0]][block[0]]
                if spec.family == "diagonal"
                else _modulus_squared(matrices[a], block)
                for a in letters
            )
        parts.append(_Head(width, steps, entries))
    heads: list[_Head] = []
    for part in sorted(parts, key=lambda p: (-p.dim, -max(p.steps, default=0))):
        if part.dim > spec.dim:
            raise ValueError(f"a block has dimension {part.dim}, a head {spec.dim}")
        fitting = [
            head
            for head in heads
            if head.dim + part.dim <= spec.dim and head.entries == part.entries
        ]
        both = {id(h): [a + b for a, b in zip(h.steps, part.steps, strict=True)] for h in fitting}
        best = min(fitting, key=lambda h: max(both[id(h)], default=0), default=None)
        if len(heads) < spec.heads and (
            best is None or max(both[id(best)], default=0) > max(part.steps, default=0)
        ):
            heads.append(part)
        elif best is None:
            raise ValueError(f"its blocks do not fit into {spec.heads} heads of {spec.dim}")
        else:
            best.dim, best.steps = best.dim + part.dim, both[id(best)]
    return heads


def _least_steps(spec: LayerSpec, layer: Layer) -> int:
    return max((n for head in _packed(spec, layer) for n in head.steps), default=0)


def _touches(step: Any, block: set[int]) -> bool:
    if not isinstance(step, DeltaStep):
        return True
    return step.beta != 0 and any(k != 0 and i in block for i, k in enumerate(step.key))


def _modulus_squared(matrix: Matrix, block: Sequence[int]) -> Number:
    """Return the square of the modulus of a block that turns a pair of coordinates, or flips."""
    first = matrix[block[0]][block[0]]
    other = matrix[block[-1]][block[0]] if len(block) > 1 else ZERO
    return first * first + other * other
