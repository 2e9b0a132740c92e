"""Networks in the cast model: exact states, whose coordinates are seen by a function of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import combinations

from negeig.automata.machines.machine import Machine
from negeig.precision.cast.cast import FormatCast
from negeig.precision.cast.collisions import find_collision
from negeig.precision.numbers.formats import FORMATS
from negeig.proofs_checks.theorem_checks.subjects.networks import (
    Does,
    at_rest,
    by_spelling,
    states_of,
)
from negeig.proofs_checks.theorem_checks.subjects.reading_words import spells_words
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO, built, machine, proved
from negeig.theory.closure.regions import closed_by_regions
from negeig.theory.exact.linear_algebra import identity
from negeig.theory.exact.numbers import Matrix, Number, Vector, enclose
from negeig.theory.networks.network import DenseStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import one_hot, one_layer

CAST = FormatCast(FORMATS["e4m3fn"])
"""Of about 250 values, so that words that look alike are short."""

MOST_STEPS = 1_000
"""Repetitions of a word within which two words that look alike are looked for."""

MOST_STATES = 1_000
"""Exact states of a layer that are listed; where there are more, none are."""


@dataclass(frozen=True, eq=False)
class Seen(Does):
    """A network, its task, and how every coordinate is seen.

    By a cast, or modulo an integer, or as it is.
    """

    modulus: int = 0
    as_it_is: bool = False

    def sees(self, x: Number) -> Fraction:
        """Return what is seen of a number; of an irrational one, of a number that is very near."""
        near, _ = enclose(x, 80)
        if self.as_it_is:
            return near
        return near % self.modulus if self.modulus else CAST.cell(near).value


def seen(network: LinearRNN | None, task: str, modulus: int = 0) -> Seen:
    """Return a network that is to do a task, and what is seen of its states.

    Raises LookupError where there is no network.
    """
    if network is None:
        raise LookupError(f"no network for {task}")
    return Seen(network, machine(task), modulus=modulus)


@cache
def seen_built(route: str, task: str) -> Seen:
    """Return what a route builds for a task, seen by the cast."""
    return seen(built(route, task), task)


@cache
def seen_one_hot(task: str) -> Seen:
    """Return one layer of 0/1 matrices for a task, seen by the cast."""
    return seen(one_hot(machine(task)), task)


@cache
def scaled(task: str, factor: Fraction, layers: int = 1) -> Seen:
    """Return layers h <- factor h + w, where w is the number of the letter, from 1 on.

    Every layer but the last tells the next one the letter that it read, and its state's nearest
    integer from 0 to 2.
    """
    letters, codes = machine(task).alphabet, tuple((Fraction(i),) for i in range(3))
    found, alphabet = [], letters
    for _ in range(layers):
        writes = {a: Fraction(i + 1) for i, a in enumerate(alphabet)}
        emit = tuple(tuple(f"{a}{c}" for a in alphabet) for c in range(3))
        steps = {a: (DenseStep(((factor,),), (w,)),) for a, w in writes.items()}
        found.append(Layer(alphabet=alphabet, initial=(ZERO,), steps=steps, codes=codes, emit=emit))
        alphabet = tuple(symbol for row in emit for symbol in row)
    outputs = dict.fromkeys(alphabet, machine(task).outputs[0])
    network = LinearRNN(
        alphabet=letters, layers=tuple(found), outputs=outputs, empty=machine(task).outputs[0]
    )
    return seen(network, task)


@cache
def seen_at_rest(task: str) -> Seen:
    """Return one number that no letter moves, which tells nothing of a task."""
    return seen(at_rest(task).network, task)


def affine(task: Machine, maps: Sequence[tuple[Matrix, Vector]], codes: Sequence[Vector]) -> Seen:
    """Return one layer of dense matrices; code q stands for state q, and the first is initial."""
    steps = [(DenseStep(*one),) for one in maps]
    return Seen(one_layer(task, initial=codes[task.initial], steps=steps, codes=codes), task)


@cache
def counting(task: str) -> Seen:
    """Return h <- h + 1, seen modulo the number of states, for a task that counts.

    A letter adds 1 where it moves the first state.
    """
    found = machine(task)
    writes = [(ONE if row else ZERO,) for row in found.transitions[0].tolist()]
    codes = [(Fraction(q),) for q in range(found.size)]
    one = affine(found, [(identity(1), write) for write in writes], codes)
    return replace(one, modulus=found.size)


@cache
def mirrored(order: int) -> Seen:
    """Return h <- h + 1 and h <- -h seen modulo an integer: the motions of a polygon."""
    points = range(order)
    task = Machine(
        alphabet="cs",
        transitions=[[(q + 1) % order, -q % order] for q in points],
        initial=0,
        outputs=points,
    )
    maps = (((ONE,),), (ONE,)), (((-ONE,),), (ZERO,))
    return replace(affine(task, maps, [(Fraction(q),) for q in points]), modulus=order)


@cache
def spelling(task: str) -> Seen:
    """Return one number that spells the word, and is seen as it is, for a task."""
    return replace(seen(by_spelling(task).network, task), as_it_is=True)


def is_cast(it: Seen) -> bool:
    """Whether numbers are seen in their order, and no more than 1,000 values of them.

    Of the integers from -20 to 20, and of 1,001 numbers from 0 to 1.
    """
    values = [it.sees(Fraction(x)) for x in range(-20, 21)]
    some = {it.sees(Fraction(x, 1_000)) for x in range(1_001)}
    return values == sorted(values) and len(some) <= 1_000


@cache
def recognises(it: Seen) -> bool:
    """Whether the network is proved right on every word as its states are seen.

    It is right exactly, and what is seen of the states of each layer tells which code is nearest;
    or, modulo an integer, what is left of them is right. Seen as it is, a number that spells the
    word tells all.
    """
    if it.as_it_is:
        return spells_words(it.network)
    if it.modulus:
        return _by_residues(it)
    tells = all(_tells_codes(it, layer) for layer in it.network.layers)
    return tells and proved(it.network, it.task)


def tells_what_follows(it: Seen) -> bool:
    """Whether what is seen of the states and the letter tell what will be seen after it.

    Of finitely many exact states of each layer, by their being seen apart. Modulo an integer, by
    integer maps; as it is, always.
    """
    if it.as_it_is:
        return True
    if it.modulus:
        return all(map(_is_of_integers, it.network.layers))
    for layer in it.network.layers:
        found = states_of(layer, MOST_STATES)
        if not found or len({tuple(map(it.sees, state)) for state in found}) < len(found):
            return False
    return True


def _tells_codes(it: Seen, layer: Layer) -> bool:
    """Whether states of a layer that are seen alike have the same nearest code, whatever it reads.

    Of finitely many states one by one; otherwise of boxes, one for each code, that hold them all.
    """
    if found := states_of(layer, MOST_STATES):
        if not (layer.rescales or found <= set(layer.codes)):
            return False
        codes: dict[tuple[Fraction, ...], int] = {}
        for state in found:
            own = layer.nearest(state)
            if codes.setdefault(tuple(map(it.sees, state)), own) != own:
                return False
        return True
    outputs = dict.fromkeys(symbol for row in layer.emit for symbol in row)
    regions = closed_by_regions(
        LinearRNN(alphabet=layer.alphabet, layers=(layer,), outputs=outputs, empty=None)
    )
    if regions is None:
        return False
    boxes = [[tuple(map(it.sees, ends)) for ends in box] for box in regions.boxes.values()]
    return all(
        any(x[1] < y[0] or y[1] < x[0] for x, y in zip(one, other, strict=True))
        for one, other in combinations(boxes, 2)
    )


def _by_residues(it: Seen) -> bool:
    """Whether one layer is right modulo an integer: integer maps are maps of what is left."""
    (layer,) = it.network.layers
    if not _is_of_integers(layer):
        return False

    def left(state: Vector) -> tuple[Fraction, ...]:
        return tuple(map(it.sees, state))

    codes = [left(code) for code in layer.codes]
    todo = [(left(layer.initial), it.task.initial)]
    known = set(todo)
    for state, q in todo:
        for column, letter in enumerate(layer.alphabet):
            after = left(layer.apply(letter, state)), int(it.task.transitions[q, column])
            if after[0] not in codes:
                return False
            symbol = layer.emit[codes.index(after[0])][column]
            if it.network.outputs[symbol] != it.task.outputs[after[1]]:
                return False
            if after not in known:
                known.add(after)
                todo.append(after)
    return bool(it.network.empty == it.task.output(()))


def _is_of_integers(layer: Layer) -> bool:
    """Whether the start, the matrices and what is written are integers."""
    points = [layer.initial, (ZERO,) * layer.dim, *identity(layer.dim)]
    images = [layer.apply(a, p) for a in layer.alphabet for p in points]
    return all(Fraction(str(x)).denominator == 1 for p in (layer.initial, *images) for x in p)


@cache
def fails(it: Seen) -> bool:
    """Whether two words that look alike need different outputs; False where the network is right.

    Raises LookupError where neither is found.
    """
    if not it.modulus and not it.as_it_is and it.network.field is None:
        found = find_collision(it.network, it.task, CAST, max_steps=MOST_STEPS)
        if found is not None:
            return found.verify((it.network, it.task))
    if recognises(it):
        return False
    raise LookupError("no two words that look alike, and no proof that the network is right")
