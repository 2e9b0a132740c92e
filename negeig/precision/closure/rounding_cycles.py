"""Letters that count because every operation is rounded, and the proof that they do.

Read for ever, a letter whose exact states come to rest may run round a cycle of a format's numbers
instead, some units in the last place across. With a letter that does nothing that cycle is a
network that counts modulo its length. The page on positive eigenvalues in ``docs`` shows some.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from negeig.automata.machines.machine import Machine
from negeig.precision.closure.native_operations import reference_of
from negeig.precision.closure.reference import Bits
from negeig.precision.closure.rounded_closure import closure
from negeig.precision.numbers.arithmetic import Arithmetic, parse
from negeig.precision.stored import round_parameters
from negeig.theory.closure.explore import Exploration
from negeig.theory.exact.numbers import Vector
from negeig.theory.networks.network import Layer, LinearRNN, Step

LONGEST = 10_000
"""Most states that are looked at before a letter counts as one that runs round no cycle."""


def rounding_cycle(
    steps: Sequence[Step], start: Vector, arithmetic: str | Arithmetic
) -> tuple[Vector, ...]:
    """Return the states that one letter, read for ever, ends in; a single one where it rests.

    Parameters
    ----------
    steps : sequence of Step
        The letter's steps; the format holds their numbers.
    start : Vector
        Rational; the first state returned where it is on the cycle.
    arithmetic : str or Arithmetic
        In which a letter leads to one state: no ``:sr``, no ``fma?``.

    Returns
    -------
    tuple of Vector
        Empty where a state is infinite or NaN, or where no state comes back in ``LONGEST`` letters.

    Raises
    ------
    InputError
        For an unknown arithmetic, and for numbers that its format does not hold.

    Examples
    --------
    >>> from negeig.theory.networks.network import DeltaStep
    >>> step = DeltaStep(Fraction(3, 8), (Fraction(3, 2),), Fraction(193, 128))
    >>> [str(h) for h, in rounding_cycle([step], (Fraction(1),), "bf16")], str(step.eigenvalue)
    (['1', '129/128'], '5/32')
    """
    model = parse(arithmetic)
    network = counter(steps, [start])
    stored, _ = round_parameters(network, model, round_parameters=False)
    run = reference_of(network, stored, model)
    state = run.initial()
    number: dict[tuple[Bits, ...], int] = {}
    while state not in number:
        number[state] = len(number)
        state, symbol = run.step(state, "1")
        if symbol is None or len(number) == LONGEST:
            return ()
    found = list(number)[number[state] :]
    return tuple(tuple(map(Fraction, run.values(one)[0])) for one in found)


def counter(steps: Sequence[Step], cycle: Sequence[Vector]) -> LinearRNN:
    """Return the network that counts its letters 1 by a cycle: 0 does nothing, codes are states.

    Examples
    --------
    >>> counter([], [(Fraction(1),)]).run("0110")
    (0, 0, 0, 0, 0)
    """
    names = tuple(map(str, range(len(cycle))))
    layer = Layer(
        alphabet=("0", "1"),
        initial=cycle[0],
        steps={"0": (), "1": tuple(steps)},
        codes=tuple(cycle),
        emit=tuple((name, name) for name in names),
    )
    outputs = {name: int(name) for name in names}
    return LinearRNN(alphabet=("0", "1"), layers=(layer,), outputs=outputs, empty=0)


def residues(modulus: int) -> Machine:
    """Return the machine that outputs the number of letters 1 modulo a number.

    Examples
    --------
    >>> residues(3).run("11011")
    (0, 1, 2, 2, 0, 1)
    """
    rows = [[r, (r + 1) % modulus] for r in range(modulus)]
    return Machine(alphabet="01", transitions=rows, initial=0, outputs=list(range(modulus)))


def counts(
    steps: Sequence[Step], cycle: Sequence[Vector], arithmetic: str | Arithmetic
) -> Exploration:
    """Return the closure that proves, or refutes, that a letter counts along a cycle of states.

    Examples
    --------
    >>> from negeig.theory.networks.network import DeltaStep
    >>> step = DeltaStep(Fraction(3, 8), (Fraction(3, 2),), Fraction(193, 128))
    >>> cycle = (Fraction(1),), (Fraction(129, 128),)
    >>> [(counts([step], cycle, name).verdict) for name in ("bf16", "bf16:rtz", "exact")]
    ['proved', 'collision', 'wrong']
    """
    return closure(counter(steps, cycle), residues(len(cycle)), arithmetic, max_states=LONGEST)
