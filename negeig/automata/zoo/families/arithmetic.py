"""Zoo: counting and arithmetic modulo a number.

Counters carry their natural points, the residues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from negeig.automata.zoo.entry import Entry, Predicate, machine
from negeig.claims import Letter, Output, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from negeig.automata.machines.machine import Machine

GRAZZI = "Grazzi et al. 2025, Unlocking State-Tracking (arXiv 2411.12537)"
LIU = "Liu et al. 2023, Transformers Learn Shortcuts to Automata (arXiv 2210.10749)"
DELETANG = "Delétang et al. 2023, Neural Networks and the Chomsky Hierarchy (arXiv 2207.02098)"


def counter(modulus: int, shifts: Mapping[Letter, int], outputs: Sequence[Output]) -> Machine:
    """Return the machine that adds up the shifts of its letters modulo ``modulus``."""
    import numpy as np

    states = np.arange(modulus)
    columns = [(states + shift) % modulus for shift in shifts.values()]
    return machine(
        alphabet=tuple(shifts),
        transitions=np.stack(columns, axis=1),
        outputs=outputs,
        points=[column.tolist() for column in columns],
    )


def _mod(modulus: int) -> Machine:
    return counter(modulus, {"0": 0, "1": 1}, [1] + [0] * (modulus - 1))


def _mod_predicate(modulus: int) -> Predicate:
    return lambda word: int(word.count("1") % modulus == 0)


def _cyclic(modulus: int) -> Machine:
    return counter(modulus, {"0": 0, "g": 1}, range(modulus))


def _cyclic_predicate(modulus: int) -> Predicate:
    return lambda word: word.count("g") % modulus


def _cycle_navigation(modulus: int) -> Machine:
    return counter(modulus, {"-": -1, "0": 0, "+": 1}, range(modulus))


def _cycle_navigation_predicate(modulus: int) -> Predicate:
    return lambda word: (word.count("+") - word.count("-")) % modulus


def _origin(modulus: int) -> Machine:
    return counter(modulus, {"-": -1, "0": 0, "+": 1}, [1] + [0] * (modulus - 1))


def _origin_predicate(modulus: int) -> Predicate:
    return lambda word: int((word.count("+") - word.count("-")) % modulus == 0)


def _adder() -> Machine:
    """State 2 c + d has carry c and has just written the digit d."""
    sums = {"00": 0, "01": 1, "10": 1, "11": 2}
    return machine(
        alphabet=tuple(sums),
        transitions=[[carry + total for total in sums.values()] for carry in (0, 0, 1, 1)],
        outputs=[0, 1, 0, 1],
    )


def _carry() -> Machine:
    return machine(
        alphabet=("00", "01", "10", "11"), transitions=[[0, 0, 0, 1], [0, 1, 1, 1]], outputs=[0, 1]
    )


def _sum_of_rows(word: Word) -> int:
    """Return the sum of the two numbers of which the letters are the digits, ones first."""
    return sum(int("".join(row)[::-1] or "0", 2) for row in (zip(*word, strict=True)))


def _adder_predicate() -> Predicate:
    return lambda word: _sum_of_rows(word) >> max(len(word) - 1, 0) & 1


def _carry_predicate() -> Predicate:
    return lambda word: _sum_of_rows(word) >> len(word)


def _digits(modulus: int) -> list[Letter]:
    return [str(digit) for digit in range(modulus)]


def _expression_machine(
    modulus: int,
    pending: NDArray[np.int64],
    after_digit: NDArray[np.int64],
    after_operator: NDArray[np.int64],
    values: NDArray[np.int64],
    initial: int,
) -> Machine:
    """Return the machine whose states are: waiting for a digit, holding a value, ill-formed.

    Parameters
    ----------
    pending : array
        Keys of the states that wait for a digit, ascending.
    after_digit : array, shape (pending, modulus)
        The value state each of them goes to on each digit.
    after_operator : array, shape (values, 3)
        Keys of the states that each value state goes to on ``+``, ``-`` and ``*``.
    values : array
        What each value state outputs.
    initial : int
        Key of the initial state.
    """
    import numpy as np

    waiting, holding = len(pending), len(values)
    sink = waiting + holding
    table = np.full((sink + 1, modulus + 3), sink)
    table[:waiting, :modulus] = waiting + after_digit
    table[waiting:sink, modulus:] = np.searchsorted(pending, after_operator)
    return machine(
        alphabet=[*_digits(modulus), "+", "-", "*"],
        transitions=table,
        initial=int(np.searchsorted(pending, initial)),
        outputs=[None] * waiting + values.tolist() + [None],
    )


def _left_to_right(m: int) -> Machine:
    """Wait for d as the map d -> a + b d that it will undergo: key a m + b."""
    import numpy as np

    v = np.arange(m)
    after_operator = np.stack([v * m + 1, v * m + -1 % m, v], axis=1)
    pending = np.unique(after_operator)
    a, b = np.divmod(pending[:, None], m)
    return _expression_machine(m, pending, (a + b * v) % m, after_operator, v, initial=1)


def _with_precedence(m: int) -> Machine:
    """Wait for d in the sum s + c d, key s m + c; hold the sum s and the last term t, s m + t."""
    import numpy as np

    keys = np.arange(m * m)
    s, t = np.divmod(keys, m)
    total = (s + t) % m
    after_operator = np.stack([total * m + 1, total * m + -1 % m, s * m + t], axis=1)
    after_digit = s[:, None] * m + t[:, None] * np.arange(m) % m
    return _expression_machine(m, keys, after_digit, after_operator, total, initial=1)


def _well_formed(word: Word) -> bool:
    """Whether digits and operators alternate, a digit first and last."""
    operators = ("+", "-", "*")
    return len(word) % 2 == 1 and all(
        (letter in operators) == (place % 2 == 1) for place, letter in enumerate(word)
    )


def _left_to_right_predicate(modulus: int) -> Predicate:
    def value(word: Word) -> Output:
        if not _well_formed(word):
            return None
        result = int(word[0])
        for operator, digit in zip(word[1::2], map(int, word[2::2]), strict=True):
            if operator == "+":
                result += digit
            elif operator == "-":
                result -= digit
            else:
                result *= digit
        return result % modulus

    return value


def _precedence_predicate(modulus: int) -> Predicate:
    def value(word: Word) -> Output:
        if not _well_formed(word):
            return None
        terms = [int(word[0])]
        for operator, digit in zip(word[1::2], map(int, word[2::2]), strict=True):
            if operator == "*":
                terms[-1] *= digit
            else:
                terms.append(digit if operator == "+" else -digit)
        return sum(terms) % modulus

    return value


VALUE = "the value modulo M; null while the word is not digit (operator digit)*, as after 2 +"

ENTRIES: tuple[Entry, ...] = (
    Entry(
        pattern="parity",
        sentence="Whether the number of 1s is even.",
        alphabet="0, 1",
        outputs="1 if even, 0 if odd",
        source=GRAZZI,
        examples=("parity",),
        size=lambda: (2, 2),
        build=lambda: _mod(2),
        predicate=lambda: _mod_predicate(2),
    ),
    Entry(
        pattern="mod:M",
        sentence="Whether the number of 1s is divisible by M.",
        alphabet="0, 1",
        outputs="1 if divisible, else 0",
        source=GRAZZI,
        examples=("mod:3", "mod:8"),
        size=lambda m: (m, 2),
        build=_mod,
        predicate=_mod_predicate,
    ),
    Entry(
        pattern="cyclic:M",
        sentence="Word problem of the cyclic group of order M: g generates it, 0 does nothing.",
        alphabet="0, g",
        outputs="the number of g modulo M",
        source=LIU,
        examples=("cyclic:3", "cyclic:6"),
        size=lambda m: (m, 2),
        build=_cyclic,
        predicate=_cyclic_predicate,
    ),
    Entry(
        pattern="cycle-nav:M",
        sentence="The position of a walker on a cycle of M places: - and + step, 0 stays.",
        alphabet="-, 0, +",
        outputs="the position, 0 to M - 1; 0 at the start",
        source=DELETANG,
        examples=("cycle-nav:5",),
        size=lambda m: (m, 3),
        build=_cycle_navigation,
        predicate=_cycle_navigation_predicate,
    ),
    Entry(
        pattern="cycle-nav:M:origin",
        sentence="Whether a walker on a cycle of M places is where it started: - and + step, 0 "
        "stays.",
        alphabet="-, 0, +",
        outputs="1 at the origin, else 0",
        source=DELETANG,
        examples=("cycle-nav:5:origin",),
        size=lambda m: (m, 3),
        build=_origin,
        predicate=_origin_predicate,
    ),
    Entry(
        pattern="adder",
        sentence="Addition of two binary numbers, a digit of each at a time, the ones first.",
        alphabet="00, 01, 10, 11: the next digit of the first number and of the second",
        outputs="the digit of the sum at the last place read; 0 at the start",
        source=LIU,
        examples=("adder",),
        size=lambda: (4, 4),
        build=_adder,
        predicate=_adder_predicate,
    ),
    Entry(
        pattern="adder:carry",
        sentence="The carry when two binary numbers are added, a digit of each at a time, the ones "
        "first.",
        alphabet="00, 01, 10, 11: the next digit of the first number and of the second",
        outputs="the carry out of the last place read; 0 at the start",
        source=LIU,
        examples=("adder:carry",),
        size=lambda: (2, 4),
        build=_carry,
        predicate=_carry_predicate,
    ),
    Entry(
        pattern="modarith:M",
        sentence="An expression modulo M evaluated strictly from left to right: 1 + 2 * 3 is "
        "(1 + 2) * 3.",
        alphabet="0, ..., M-1, +, -, *",
        outputs=VALUE,
        source=GRAZZI,
        examples=("modarith:5",),
        size=lambda m: (6 if m == 2 else 4 * m - 1, m + 3),
        build=_left_to_right,
        predicate=_left_to_right_predicate,
        least=2,
    ),
    Entry(
        pattern="modarith:M:precedence",
        sentence="An expression modulo M in which * binds more tightly than + and -.",
        alphabet="0, ..., M-1, +, -, *",
        outputs=VALUE,
        source=DELETANG,
        examples=("modarith:3:precedence", "modarith:5:precedence"),
        size=lambda m: (2 * m * m + 1, m + 3),
        build=_with_precedence,
        predicate=_precedence_predicate,
        least=2,
    ),
)
