"""The digits route: the last letters decide, and one number holds them as its digits.

``h <- h/B + (1 - 1/B) w`` with one integer w a letter makes the last letter the first digit of h in
base B, the one before it the second, and so on. Where the state is told by the last k letters, as
for "ends with abb", the numbers that end in the same k letters fill an interval, the intervals are
apart, and the code in the middle of each is the nearest one. One layer of dimension 1, one step a
token, eigenvalue 1/B: inside [0, 1].

The exact orbit is infinite, so the proof is by regions (:mod:`negeig.theory.closure.regions`); a
number format holds about as many letters as its significand has digits in base B.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np

from negeig.automata.machines.machine import Machine
from negeig.theory.constructions.route import Construction, Route
from negeig.theory.networks.network import DeltaStep
from negeig.theory.networks.one_layer import one_layer
from negeig.theory.theorems import ids

MAX_CODES = 256
"""Most words of the letters that decide: one code each."""

Word = tuple[int, ...]


def construct(machine: Machine) -> list[Construction]:
    """Return the network where the last k letters tell the state, for some k of 2 or more.

    Exact. Complexity: O(k x states x letters), and O(letters^k) codes. Where the last letter says
    the output no layer is needed at all.

    Examples
    --------
    >>> machine = Machine(alphabet="ab", transitions=[[1, 0], [2, 0], [2, 0]], initial=0,
    ...                   outputs=[0, 0, 1])
    >>> (made,) = construct(machine)
    >>> made.cost, made.network.layers[0].eigenvalues
    ((1, 1, 1), (Fraction(1, 4),))
    """
    length = deciding_letters(machine)
    letters = len(machine.alphabet)
    if length is None or length < 2 or letters ** (length + 1) > MAX_CODES * letters:
        return []
    start = machine.initial
    idle = [a for a in range(letters) if int(machine.transitions[start, a]) == start]
    # The past before the first letter reads as a letter that keeps the initial state, over and
    # over, or else as a letter of its own beyond the others.
    digits = letters + (not idle)
    base = 1 << digits.bit_length()
    past = idle[0] if idle else letters
    writes = [Fraction(2 * a - letters + 1) for a in range(digits)]
    middle = (writes[0] + writes[-1]) / 2
    beta = 1 - Fraction(1, base)
    codes, states = [], []
    for word in _words(letters, length, past):
        code = middle
        state = machine.initial
        for a in word:
            code = code / base + beta * writes[a]
            state = state if a == letters else int(machine.transitions[state, a])
        codes.append((code,))
        states.append(state)
    network = one_layer(
        machine,
        initial=(writes[past],),
        steps=[(DeltaStep(beta, (Fraction(1),), writes[a]),) for a in range(letters)],
        codes=codes,
        states=states,
        names=("digits",),
    )
    idea = (
        f"the last {length} letters tell the state: they are the first digits of one number in "
        f"base {base}, which every letter shifts (eigenvalue 1/{base})"
    )
    return [Construction(ROUTE.name, network, idea, ids.DIGITS)]


def deciding_letters(machine: Machine) -> int | None:
    """Return the least k such that the last k letters tell the state; None where there is none.

    Examples
    --------
    >>> deciding_letters(Machine(alphabet="ab", transitions=[[1, 0], [1, 0]], initial=0,
    ...                          outputs=[0, 1]))
    1
    >>> deciding_letters(Machine(alphabet="a", transitions=[[1], [0]], initial=0, outputs=[0, 1]))
    """
    classes = np.arange(machine.size)
    length = 0
    while len(np.unique(classes)) > 1:
        # States that every word of this length takes to one state are in one class.
        rows = classes[machine.transitions]
        merged = np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)
        if len(np.unique(merged)) == len(np.unique(classes)):
            return None
        classes = merged
        length += 1
    return length


def _words(letters: int, length: int, past: int) -> Iterator[Word]:
    """Yield all words of the length, and shorter ones filled up with a past that is no letter."""
    yield from product(range(letters), repeat=length)
    if past == letters:
        for shorter in range(length):
            for word in product(range(letters), repeat=shorter):
                yield (past,) * (length - shorter) + word


ROUTE = Route(
    name="digits",
    kind="direct",
    rank=15,
    least_layers=1,
    summary="the last letters decide: digits of one number",
    construct=construct,
)
