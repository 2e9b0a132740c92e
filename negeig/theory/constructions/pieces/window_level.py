"""The last letters as the first level of a cascade: digits of one number.

Where the last k letters are known, few states are possible, and fewer levels are left to tell which
it is. The level tells those below the letters before the last one, and the last ones: so its
number is read to k + 1 digits.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from negeig.automata.decomposition.cascade import PointMap
from negeig.automata.decomposition.set_stages import stages_below
from negeig.automata.decomposition.stages import Context, Move, Stage, Stages
from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.pieces.digit_level import KEY
from negeig.theory.constructions.pieces.listed_level import ListedLevel
from negeig.theory.exact.numbers import Vector
from negeig.theory.networks.network import DeltaStep
from negeig.work import Work

MAX_CODES = 256
"""Most words of k + 1 letters: one code each."""

Window = tuple[int, ...]
"""Columns of the last letters; before the first letter stands the number of letters."""

TOP = 0
"""The one context of the first level."""


def windows(machine: Machine, length: int) -> list[Window]:
    """Return the last ``length`` letters of all words; shorter words are filled up from the left.

    Examples
    --------
    >>> machine = Machine(alphabet="a", transitions=[[0]], initial=0, outputs=[0])
    >>> windows(machine, 2)
    [(1, 1), (1, 0), (0, 0)]
    """
    letters = len(machine.alphabet)
    return [
        (letters,) * (length - n) + word
        for n in range(length + 1)
        for word in product(range(letters), repeat=n)
    ]


def window_stages(machine: Machine, length: int, work: Work, *, join: bool) -> Stages | None:
    """Return a cascade whose first level is a window of so many letters.

    None where there are too many windows, or the window tells the state by itself. Raises
    LimitReached by ``work``.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> found = window_stages(get("contains:aba").minimal(), 2, Work("moves", 10_000), join=True)
    >>> [stage.points for stage in found.stages]
    [7, 2]
    """
    if len(machine.alphabet) ** (length + 1) > MAX_CODES:
        return None
    points = windows(machine, length)
    number = {window: i for i, window in enumerate(points)}
    possible = [_possible(machine, window) for window in points]
    if not any(p & (p - 1) for p in possible):
        return None
    columns = range(len(machine.alphabet))
    after = [[number[(*window, a)[1:]] for window in points] for a in columns]
    moves = dict.fromkeys(
        (possible[p], a, possible[q]) for a in columns for p, q in enumerate(after[a])
    )
    work.spend(len(points) * len(columns))
    below = stages_below(machine, moves, possible[0], work, join=join)
    maps: dict[Move, PointMap] = {(TOP, a, TOP): tuple(after[a]) for a in columns}
    splits: dict[Context, dict[int, Context]] = {TOP: dict(enumerate(possible))}
    first = Stage(len(points), maps, splits)
    return Stages(machine.alphabet, (first, *below.stages), (0, *below.initial), below.states)


def window_level(machine: Machine, length: int) -> ListedLevel:
    """Return the first level of :func:`window_stages`: every letter is written as a digit."""
    letters = len(machine.alphabet)
    base = 1 << (letters + 1).bit_length()
    part = 1 - Fraction(1, base)
    number = {window: i for i, window in enumerate(windows(machine, length))}
    points: dict[Vector, int] = {}
    befores: list[list[int | None]] = [[] for _ in range(letters)]
    for window in windows(machine, length + 1):
        code = Fraction(0)  # the middle of all digits: what was read before is anything
        for a in window:
            code = code / base + part * _digit(a, letters)
        points[code,] = number[window[1:]]
        for a in range(letters):
            befores[a].append(number[window[:-1]] if window[-1] == a else None)
    return ListedLevel(
        steps=tuple((DeltaStep(part, KEY, _digit(a, letters)),) for a in range(letters)),
        points=points,
        dim=1,
        start=(_digit(letters, letters),),
        names=("letters",),
        remembers=False,
        befores=tuple(map(tuple, befores)),
    )


def _digit(column: int, letters: int) -> Fraction:
    return Fraction(2 * column - letters)


def _possible(machine: Machine, window: Window) -> int:
    """Return the states, as a set, in which words with these last letters may end."""
    letters = len(machine.alphabet)
    states = {machine.initial} if letters in window[:1] else set(range(machine.size))
    for a in window:
        if a < letters:
            states = {int(machine.transitions[q, a]) for q in states}
    return sum(1 << q for q in states)
