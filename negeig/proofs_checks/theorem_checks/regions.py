"""Checks of the theorems about regions: boxes of states that letters carry into each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, reduce
from typing import Any, TypeAlias

from negeig.automata.machines.machine import Machine
from negeig.claims import Letter, Output
from negeig.precision.closure.letter_error import letter_error
from negeig.precision.numbers.arithmetic import parse
from negeig.precision.stored import round_parameters
from negeig.proofs_checks.theorem_checks.check import Case, Check, each
from negeig.proofs_checks.theorem_checks.subjects.long_words import (
    Answers,
    changed,
    inverted,
    next_state,
    outputs_of,
    right_on_long_words,
)
from negeig.proofs_checks.theorem_checks.subjects.networks import does
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO, machine
from negeig.theory.closure.boxes import (
    Affine,
    Box,
    Row,
    computed,
    hull,
    inside,
    linear,
    moved,
    rational,
)
from negeig.theory.closure.regions import proved_by_regions, widest
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import ids

Sets: TypeAlias = dict[tuple[int, int], Box]
"""Boxes of states, each for a state of the machine and a code."""


@dataclass(frozen=True, eq=False)
class _Boxed:
    """A network of one layer as it runs, its machine, and boxes of its states.

    ``margin`` is how far images may be off, and ``error`` bounds what a letter errs by.
    """

    network: LinearRNN
    task: Machine
    sets: Sets
    answers: Answers
    exact: bool = True
    margin: Fraction = ZERO
    error: Callable[[Letter], Row] = lambda letter: ()

    @property
    def layer(self) -> Layer:
        return self.network.layers[0]

    def moves(self, letter: Letter) -> tuple[bool, ...]:
        """Return which coordinates some step of a letter computes."""
        rows = [computed(step) for step in self.layer.steps[letter]]
        return tuple(map(any, zip(*rows, strict=True))) or (False,) * self.layer.dim

    def image(self, place: tuple[int, int], letter: Letter) -> Box:
        """Return where a letter takes a set, moved by the margin where the letter computes."""
        own = Affine.of(self.layer.steps[letter], self.layer.dim).image(self.sets[place])
        return moved(own, [self.margin * x for x in self.moves(letter)])


@cache
def _digits(task: str) -> _Boxed:
    """Return the network of digits, in exact arithmetic, and the boxes that prove it right."""
    network = does("digits", task).network
    return _with_boxes(network, machine(task))


def _with_boxes(network: LinearRNN, task: Machine) -> _Boxed:
    found = proved_by_regions(network, task)
    assert found is not None
    return _Boxed(network, task, found.boxes, outputs_of(network, "exact"))


def _with_network(task: str, network: LinearRNN) -> _Boxed:
    """Return the boxes of digits with another network."""
    return replace(_digits(task), network=network, answers=outputs_of(network, "exact"))


def _written(network: LinearRNN, factor: int) -> LinearRNN:
    """Return a network of delta steps whose writes are multiplied by a number."""
    steps = {
        letter: tuple(replace(s, write=factor * s.write) for s in old if isinstance(s, DeltaStep))
        for letter, old in network.layers[0].steps.items()
    }
    return changed(network, steps=steps)


def _anywhere(task: str) -> _Boxed:
    """Return digits that are written with the wrong sign, and large boxes of right codes."""
    it = _with_network(task, _written(_digits(task).network, -1))
    whole: Box = ((Fraction(-100), Fraction(100)),)
    return replace(it, sets=dict.fromkeys(it.sets, whole))


def _start_lies_in_a_set(it: _Boxed) -> bool:
    point = tuple((x, x) for x in rational(it.layer.initial))
    return any(q == it.task.initial and inside(point, box) for (q, _), box in it.sets.items())


def _empty_is_right(it: _Boxed) -> bool:
    return bool(it.network.empty == it.task.outputs[it.task.initial])


def _sets_are_carried(it: _Boxed) -> bool:
    return all(
        any(q == next_state(it.task, place[0], letter) and inside(it.image(place, letter), box)
            for (q, _), box in it.sets.items())
        for place in it.sets
        for letter in it.task.alphabet
    )  # fmt: skip


def _sets_lie_in_cells(it: _Boxed) -> bool:
    """Whether all points are nearer to their code than to those before it, as to those after."""
    codes = [rational(code) for code in it.layer.codes]
    for (_, own), box in it.sets.items():
        for other, code in enumerate(codes):
            # |h - own|^2 - |h - other|^2, which is affine in h
            row = [2 * (y - x) for x, y in zip(codes[own], code, strict=True)]
            shift = sum((x * x - y * y for x, y in zip(codes[own], code, strict=True)), ZERO)
            _, most = linear(row, shift, box)
            if most > 0 or (most == 0 and other < own):
                return False
    return True


def _codes_are_right(it: _Boxed) -> bool:
    return all(
        it.network.outputs[symbol] == it.task.outputs[q]
        for q, code in it.sets
        for symbol in it.layer.emit[code]
    )


def _is_right(it: _Boxed) -> bool:
    return right_on_long_words(it.answers, it.task)


def _has_margin(it: _Boxed) -> bool:
    """Whether letters carry boxes into boxes of the right codes, with the margin."""
    return (
        it.margin > 0 and _sets_are_carried(it) and _sets_lie_in_cells(it) and _codes_are_right(it)
    )


def _errs_by_the_margin(it: _Boxed) -> bool:
    return all(
        error <= it.margin
        for letter in it.task.alphabet
        for error, moves in zip(it.error(letter), it.moves(letter), strict=True)
        if moves
    )


def _keeps_the_others(it: _Boxed) -> bool:
    return all(
        error == 0
        for letter in it.task.alphabet
        for error, moves in zip(it.error(letter), it.moves(letter), strict=True)
        if not moves
    )


@cache
def _wide(it: _Boxed) -> _Boxed:
    """Return the boxes of the largest margin that is found."""
    found = proved_by_regions(it.network, it.task)
    assert found is not None
    best = widest(found)
    return replace(it, sets=best.boxes, margin=best.margin or ZERO)


def _rounded(task: str, arithmetic: str) -> _Boxed:
    """Return digits in an arithmetic, with bounds on its errors anywhere in the boxes.

    Raises InputError where it does not hold the parameters, whose exact values make the boxes.
    """
    it = _wide(_digits(task))
    round_parameters(it.network, parse(arithmetic), round_parameters=False)
    around = reduce(hull, it.sets.values())
    return replace(
        it,
        exact=False,
        answers=outputs_of(it.network, arithmetic),
        error=lambda letter: letter_error(it.layer, letter, around, parse(arithmetic)),
    )


def _disturbed(it: _Boxed, size: Fraction, *, chunk: int = 1, everywhere: bool = False) -> _Boxed:
    """Return a layer of one number that an adversary moves towards 0.

    What is decoded after a letter, or carried after a chunk of letters, is off by that size where
    some letter of the chunk so far computes, and everywhere if so wanted.
    """

    def error(letter: Letter) -> Row:
        return tuple(size if x or everywhere else ZERO for x in it.moves(letter))

    def answers(word: Sequence[Letter]) -> list[Output]:
        (h,), found, off = rational(it.layer.initial), [it.network.empty], ZERO
        for read, letter in enumerate(word, 1):
            (h,) = rational(it.layer.apply(letter, (h,)))
            off = max(off, *error(letter))
            seen = h - off if h > 0 else h + off
            away = [abs(seen - c) for (c,) in map(rational, it.layer.codes)]
            row = it.layer.emit[away.index(min(away))]
            found.append(it.network.outputs[row[it.layer.alphabet.index(letter)]])
            if read % chunk == 0:
                h, off = seen, ZERO
        return found

    return replace(it, exact=False, answers=answers, error=error)


def _begun_otherwise(network: LinearRNN) -> _Boxed:
    """Return a network that is begun otherwise than by digits, with their boxes and margin."""
    it = _wide(_digits("ends-with:ab"))
    return _disturbed(replace(it, network=network), it.margin)


@cache
def _register() -> _Boxed:
    """Return a number that a and b overwrite three quarters of the way, and c holds."""
    task = machine("regex:(a|b|c)*ac*")
    write = {"a": -ONE, "b": ONE}
    steps = {
        letter: (DeltaStep(Fraction(3, 4), (ONE,), write[letter]),) if letter in write else ()
        for letter in task.alphabet
    }
    network = one_layer(
        task,
        initial=(ONE,),
        steps=[steps[letter] for letter in task.alphabet],
        codes=[(-ONE if output else ONE,) for output in task.outputs],
    )
    return _with_boxes(network, task)


def _mirrored() -> _Boxed:
    """Return parity, whose letters are mirrors, with its two states as the sets."""
    it = does("scalar", "parity")
    (layer,) = it.network.layers
    sets: Sets = {
        (q, code): tuple((x, x) for x in rational(vector))
        for q, output in enumerate(it.task.outputs)
        for code, vector in enumerate(layer.codes)
        if it.network.outputs[layer.emit[code][0]] == output
    }
    answers = outputs_of(it.network, "exact")
    return _Boxed(it.network, it.task, sets, answers, margin=Fraction(1, 16))


CHECKS: tuple[Check[Any], ...] = (
    Check(
        ids.REGIONS,
        hypotheses=(
            _start_lies_in_a_set,
            _empty_is_right,
            _sets_are_carried,
            _sets_lie_in_cells,
            _codes_are_right,
            lambda it: it.exact,
        ),
        conclusion=_is_right,
        cases=(
            *each(
                "{0}: digits stay in their regions, and are right on 50 words of 40 letters",
                _digits,
                ("ends-with:ab", "ends-with:aab", "ends-with:abba"),
            ),
            Case(
                "a start in no set of its own: as if letters a had been read",
                lambda: _with_network(
                    "ends-with:ab", changed(_digits("ends-with:ab").network, initial=(-ONE,))
                ),
                without=0,
            ),
            Case(
                "yes for the empty word, which is no word of the language",
                lambda: _with_network(
                    "ends-with:ab", replace(_digits("ends-with:ab").network, empty=1)
                ),
                without=1,
            ),
            Case(
                "steps that write twice as much leave the regions",
                lambda: _with_network("ends-with:ab", _written(_digits("ends-with:ab").network, 2)),
                without=2,
            ),
            Case(
                "regions past the cells of their codes: letters mistaken for each other stay there",
                lambda: _anywhere("ends-with:ab"),
                without=3,
            ),
            Case(
                "regions that stay and are decoded wrongly: yes for no",
                lambda: _with_network("ends-with:ab", inverted(_digits("ends-with:ab").network)),
                without=4,
            ),
            Case(
                "rounded: the digits of eight letters collide in e4m3fn",
                lambda: _rounded("ends-with:aaaaaaaa", "e4m3fn"),
                without=5,
            ),
        ),
    ),
    Check(
        ids.MARGIN,
        hypotheses=(
            lambda it: _start_lies_in_a_set(it) and _empty_is_right(it),
            _has_margin,
            _errs_by_the_margin,
            _keeps_the_others,
        ),
        conclusion=_is_right,
        cases=(
            *each(
                "the last letters are ab, in {0}",
                lambda arithmetic: _rounded("ends-with:ab", arithmetic),
                ("bf16", "fp16", "fp32"),
            ),
            Case(
                "each letter errs by all of the margin, towards 0",
                lambda: _disturbed((it := _wide(_digits("ends-with:ab"))), it.margin),
            ),
            Case(
                "words are read in chunks of seven letters, each off by all of the margin",
                lambda: _disturbed((it := _wide(_digits("ends-with:ab"))), it.margin, chunk=7),
            ),
            Case(
                "each letter that writes a register errs so, and another holds it",
                lambda: _disturbed((it := _wide(_register())), it.margin),
            ),
            Case(
                "a start in no set of its own: as if letters a had been read",
                lambda: _begun_otherwise(changed(_digits("ends-with:ab").network, initial=(-ONE,))),
                without=0,
            ),
            Case(
                "yes for the empty word, which is no word of the language",
                lambda: _begun_otherwise(replace(_digits("ends-with:ab").network, empty=1)),
                without=0,
            ),
            Case(
                "errors that add up, at the eigenvalue -1: parity has no margin",
                lambda: _disturbed(_mirrored(), Fraction(1, 16)),
                without=1,
            ),
            Case(
                "errors above the margin: eight letters in 8 bits",
                lambda: _rounded("ends-with:aaaaaaaa", "e4m3fn"),
                without=2,
            ),
            Case(
                "errors of four times the margin",
                lambda: _disturbed((it := _wide(_digits("ends-with:ab"))), 4 * it.margin),
                without=2,
            ),
            Case(
                "a register that loses some of what it holds, at each letter that holds it",
                lambda: _disturbed((it := _wide(_register())), it.margin, everywhere=True),
                without=3,
            ),
        ),
    ),
)
