"""Rewrite a network so that every key has length exactly 1, in its field or in dyadic numbers.

Layers normalise their keys. Exactly, a key can be divided by its length wherever that length lies
in the field of the network, or, for rational keys, in one quadratic field; nothing else changes.

A key that is normalised exactly in every number format needs dyadic entries, and the least integer
multiple of such a key has a power of four for its squared length. When the squared length of a
key's least integer multiple is

* a power of four, the key is *rescaled*, and beta and the write with it;
* twice a power of four, as for the swap ``e_i - e_j``, the state is first multiplied by sqrt 2 in a
  dyadic way, an isometry up to that factor: either two coordinates x and y are *turned* into
  x + y and x - y, or a coordinate x is *doubled* into x and x.

Turning costs no dimension, but then every key on these coordinates must be of the second kind.
Doubling lets both kinds meet, as the swaps and overwrites of a cascade do: a step of the first
kind is taken twice, once on each copy. Keys with an odd factor in that squared length are left
alone. See ``docs/theory/exact-reflections.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

from negeig.theory.exact.fields import square_root, squarefree
from negeig.theory.exact.linear_algebra import dot
from negeig.theory.exact.numbers import FieldElement, Number, NumberField, Vector, simplified
from negeig.theory.exact.polynomials import roots_in_field
from negeig.theory.factors.factorisation import ONE, ZERO
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN, Step


def unit_key_networks(network: LinearRNN) -> list[LinearRNN]:
    """Return the networks with keys of length 1 that do the same: dyadic, and over a field.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct import permutation
    >>> swaps = permutation.construct(get("sym:5:swaps"))[0].network
    >>> [(x.layers[0].dim, x.field is None) for x in unit_key_networks(swaps)]
    [(6, True), (5, False)]
    """
    found = (with_unit_keys(network), with_normalised_keys(network))
    return [x for x in found if x is not None]


def with_normalised_keys(network: LinearRNN) -> LinearRNN | None:
    """Return the same network with every key divided by its length, exactly.

    States, dimension and steps stay as they are; beta is multiplied by the squared length and the
    write divided by the length. Delta steps that do nothing are left out. The lengths must lie in
    the field of the network. Where all keys are rational, their lengths may also be rational
    multiples of 1 and one square root: the network is then one over that quadratic field.

    Returns
    -------
    LinearRNN or None
        None where a length lies in no such field.

    Notes
    -----
    A square root in a field of degree d costs the factorisation of a rational polynomial of degree
    2 d; equal squares are looked up.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.groups import rotations
    >>> from negeig.theory.exact.number_text import number_text
    >>> network = with_normalised_keys(rotations.construct(get("cyclic:3"))[0].network)
    >>> for step in network.layers[0].steps["g"]:
    ...     print(number_text(step.beta), [number_text(k) for k in step.key])
    2 ['sqrt(3)/2', '-1/2']
    2 ['0', '1']
    """
    acting = [
        step
        for layer in network.layers
        for steps in layer.steps.values()
        for step in steps
        if isinstance(step, DeltaStep) and _acts(step)
    ]
    squares = {dot(step.key, step.key) for step in acting}
    field = network.field
    if field is None:
        field = _quadratic_field(squares)
    lengths = {square: _root(square, field) for square in squares}
    known = {square: length for square, length in lengths.items() if length is not None}
    if len(known) < len(lengths):
        return None
    return replace(
        network,
        field=field,
        layers=tuple(
            replace(
                layer,
                steps={
                    letter: tuple(_normalised(step, known) for step in steps if _remains(step))
                    for letter, steps in layer.steps.items()
                },
            )
            for layer in network.layers
        ),
    )


def has_dyadic_unit_keys(network: LinearRNN) -> bool:
    """Whether every step is a delta step whose key is dyadic and has length exactly 1.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct import permutation
    >>> swaps = permutation.construct(get("sym:4"))[0].network
    >>> has_dyadic_unit_keys(swaps), has_dyadic_unit_keys(with_unit_keys(swaps))
    (False, True)
    """
    return all(
        isinstance(step, DeltaStep)
        and all(isinstance(k, Fraction) and _is_power_of_two(k.denominator) for k in step.key)
        and sum(k * k for k in step.key if k != 0) == 1
        for layer in network.layers
        for steps in layer.steps.values()
        for step in steps
    )


def unit_keys_obstacle(network: LinearRNN) -> str | None:
    """Name the first step whose key :func:`with_unit_keys` cannot make unit; None if there is none.

    Examples
    --------
    >>> one, two = Fraction(1), Fraction(2)
    >>> step = DeltaStep(two / 3, (one, one, one), 0 * one)
    >>> layer = Layer(alphabet=("a",), initial=(one, one, one), steps={"a": (step,)}, codes=(),
    ...               emit=())
    >>> unit_keys_obstacle(LinearRNN(alphabet=("a",), layers=(layer,), outputs={}, empty=0))
    "layer 0, letter 'a', step 0: (1, 1, 1) has the squared length 3, not a power of two"
    """
    for i, layer in enumerate(network.layers):
        for letter, steps in layer.steps.items():
            for j, step in enumerate(steps):
                problem = _problem(step)
                if problem:
                    return f"layer {i}, letter {letter!r}, step {j}: {problem}"
    return None


def with_unit_keys(network: LinearRNN) -> LinearRNN | None:
    """Return a network that does the same with dyadic keys of length exactly 1.

    Layer by layer the new state is a fixed injective linear image of the old one, so the two
    networks have as many states and emit the same, exactly. Only coordinates that need it are
    turned or doubled; ``names`` follow. Distances along them grow by sqrt 2, which matters to a
    nearest-code decoder only where states are inexact. Steps that do nothing are left out.

    Returns
    -------
    LinearRNN or None
        None where a step stands in the way: :func:`unit_keys_obstacle` says which and why.

    Notes
    -----
    O(steps x dimension) exact operations.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> from negeig.theory.constructions.direct import permutation
    >>> network = with_unit_keys(permutation.construct(get("sym:4"))[0].network)
    >>> layer = network.layers[0]
    >>> layer.names
    ('point 1 + point 2', 'point 1 - point 2', 'point 3 + point 4', 'point 3 - point 4')
    >>> [str(k) for k in layer.steps["c"][1].key]
    ['1/2', '1/2', '-1/2', '-1/2']
    """
    if unit_keys_obstacle(network) is not None:
        return None
    return replace(network, layers=tuple(_unit_layer(layer) for layer in network.layers))


def _quadratic_field(squares: Iterable[Number]) -> NumberField | None:
    """Return the field of the square roots of rational numbers, None where one does not do."""
    classes = {squarefree(square)[0] for square in squares if isinstance(square, Fraction)} - {1}
    if len(classes) != 1:
        return None
    root = square_root(Fraction(classes.pop()))
    return root.field if isinstance(root, FieldElement) else None


def _root(square: Number, field: NumberField | None) -> Number | None:
    """Return the positive square root of a positive number where it lies in the field."""
    roots = roots_in_field((-square, ZERO, ONE), field)
    return next((root for root in roots if root > 0), None)


def _normalised(step: Step, lengths: Mapping[Number, Number]) -> Step:
    """Divide a key by its length, and scale beta and the write to match."""
    if not isinstance(step, DeltaStep):
        return step
    square = dot(step.key, step.key)
    length = lengths[square]
    key = tuple(simplified(k / length) if k != 0 else ZERO for k in step.key)
    return DeltaStep(simplified(step.beta * square), key, simplified(step.write / length))


def _remains(step: Step) -> bool:
    return not isinstance(step, DeltaStep) or _acts(step)


@dataclass(frozen=True)
class _Direction:
    """A key as ``factor`` times its least integer multiple, given by its nonzero entries."""

    factor: Number
    entries: dict[int, int]

    @property
    def square(self) -> int:
        """Squared length of the least integer multiple."""
        return sum(x * x for x in self.entries.values())

    @property
    def needs_root_two(self) -> bool:
        """Whether that is twice a power of four, and not a power of four."""
        return self.square.bit_length() % 2 == 0


@dataclass(frozen=True)
class _Row:
    """A new coordinate: a combination of old ones, as ``copy`` 0 or 1 of the state."""

    terms: tuple[tuple[int, int], ...]
    copy: int = 0

    def of(self, vector: Sequence[Number]) -> Number:
        """Value of the new coordinate."""
        terms = [vector[i] if sign > 0 else -vector[i] for i, sign in self.terms if vector[i] != 0]
        return sum(terms[1:], terms[0]) if terms else ZERO


def _problem(step: Step) -> str | None:
    """Say why a step has no dyadic unit key."""
    if not isinstance(step, DeltaStep):
        return "a dense step has no key"
    if _acts(step):
        direction = _direction(step.key)
        if direction is None:
            return "the key is not a multiple of a rational one"
        if not _is_power_of_two(direction.square):
            shown = ", ".join(str(direction.entries.get(i, 0)) for i in range(len(step.key)))
            return f"({shown}) has the squared length {direction.square}, not a power of two"
    return None


def _acts(step: DeltaStep) -> bool:
    """Whether a step can change a state."""
    return step.beta != 0 and any(k != 0 for k in step.key)


def _direction(key: Vector) -> _Direction | None:
    """Split a key that is not zero; None when its entries are not rational multiples."""
    support = [(i, k) for i, k in enumerate(key) if k != 0]
    first = support[0][1]
    ratios = []
    for _, k in support:
        ratio = k / first
        rational = ratio.rational() if isinstance(ratio, FieldElement) else ratio
        if rational is None:
            return None
        ratios.append(rational)
    denominator = lcm(*(ratio.denominator for ratio in ratios))
    integers = [int(ratio * denominator) for ratio in ratios]
    divisor = gcd(*integers)
    entries = {i: x // divisor for (i, _), x in zip(support, integers, strict=True)}
    return _Direction(first * Fraction(divisor, denominator), entries)


def _unit_layer(layer: Layer) -> Layer:
    """Rewrite one layer, all of whose keys have a direction that can be made unit."""
    directions = {
        letter: [
            (step, direction)
            for step in steps
            if isinstance(step, DeltaStep)
            and _acts(step)
            and (direction := _direction(step.key)) is not None
        ]
        for letter, steps in layer.steps.items()
    }
    rows = _rows(layer.dim, [d for steps in directions.values() for _, d in steps])
    return replace(
        layer,
        initial=tuple(row.of(layer.initial) for row in rows),
        steps={
            letter: tuple(new for step, d in steps for new in _unit_steps(step, d, rows))
            for letter, steps in directions.items()
        },
        codes=tuple(tuple(row.of(code) for row in rows) for code in layer.codes),
        names=tuple(_name(row, layer.names) for row in rows) if layer.names else (),
    )


def _rows(dim: int, directions: Sequence[_Direction]) -> list[_Row]:
    """Choose the new coordinates: old ones kept, turned in pairs, or doubled.

    Coordinates that keys connect are treated alike: kept where no key needs sqrt 2, turned where
    all do, doubled where some do.
    """
    component = list(range(dim))
    for direction in directions:
        joined = {component[i] for i in direction.entries}
        if len(joined) > 1:
            least = min(joined)
            component = [least if c in joined else c for c in component]
    kinds: dict[int, set[bool]] = {}
    for direction in directions:
        kinds.setdefault(component[next(iter(direction.entries))], set()).add(
            direction.needs_root_two
        )
    turned = [i for i in range(dim) if kinds.get(component[i]) == {True}]
    doubled = [i for i in range(dim) if kinds.get(component[i]) == {True, False}]
    if len(turned) % 2:
        doubled.append(turned.pop())
    rows = [_Row(((i, 1),)) for i in range(dim)]
    for i, j in zip(turned[::2], turned[1::2], strict=True):
        rows[i], rows[j] = _Row(((i, 1), (j, 1))), _Row(((i, 1), (j, -1)))
    return rows + [_Row(((i, 1),), copy=1) for i in sorted(doubled)]


def _unit_steps(
    step: DeltaStep, direction: _Direction, rows: Sequence[_Row]
) -> Iterator[DeltaStep]:
    """Yield the step with its key made unit, or the two steps on the two copies of the state."""
    scale = 2 ** ((direction.square.bit_length() - 1) // 2)
    beta = step.beta * direction.factor * direction.factor * direction.square
    write = step.write / (direction.factor * scale)
    images = [sum(sign * direction.entries.get(i, 0) for i, sign in row.terms) for row in rows]
    if direction.needs_root_two:
        yield DeltaStep(beta, _divided(images, 2 * scale), write)
        return
    for copy in (0, 1):
        chosen = [x if row.copy == copy else 0 for x, row in zip(images, rows, strict=True)]
        if any(chosen):
            yield DeltaStep(beta, _divided(chosen, scale), write)


def _divided(entries: Sequence[int], divisor: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(x, divisor) if x else ZERO for x in entries)


def _name(row: _Row, names: Sequence[str]) -> str:
    (i, _), *rest = row.terms
    if rest:
        ((j, sign),) = rest
        return f"{names[i]} {'+' if sign > 0 else '-'} {names[j]}"
    return f"{names[i]}, copy" if row.copy else names[i]


def _is_power_of_two(number: int) -> bool:
    return number & (number - 1) == 0
