"""Networks that are made by hand: two levels, and registers whose contents are no states."""

from __future__ import annotations

from functools import cache

from negeig.automata.machines.machine import Machine
from negeig.proofs_checks.theorem_checks.subjects.networks import Does
from negeig.proofs_checks.theorem_checks.subjects.tasks import ONE, ZERO, machine
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN
from negeig.theory.networks.one_layer import one_layer

MINUS = -ONE
FIRST = "starts-with:a"


@cache
def by_levels(*, remembers: bool) -> Does:
    """Return two levels: whether a letter came, and which one did when none had, as a unit vector.

    The second is driven by where the first one stood before a letter. That emits its state after
    the letter, and each letter resets it; so it has to remember where it stood.
    """
    task = machine(FIRST)
    letters = tuple(task.alphabet)
    swap, fill = DeltaStep(ONE, (ONE, MINUS), ZERO), DeltaStep(ONE, (ONE, ZERO), ONE)
    came = Layer(
        alphabet=letters,
        initial=(ZERO, ZERO),
        steps=dict.fromkeys(letters, (swap, fill) if remembers else (fill,)),
        codes=((ONE, ONE), (ONE, ZERO)),
        emit=(("later",) * 2, letters if remembers else ("later",) * 2),
    )
    codes = ((ONE, ZERO), (ZERO, ONE), (ZERO, ZERO))
    yes, no = (
        tuple(DeltaStep(ONE, key, write) for key, write in zip(codes[:2], code, strict=True))
        for code in codes[:2]
    )
    which = Layer(
        alphabet=("later", *letters),
        initial=codes[2],
        steps={"later": (), letters[0]: yes, letters[1]: no},
        codes=codes,
        emit=(("yes",) * 3, ("no",) * 3, ("no",) * 3),
    )
    outputs = {"yes": 1, "no": 0}
    return Does(LinearRNN(alphabet=letters, layers=(came, which), outputs=outputs, empty=0), task)


@cache
def with_a_point_more() -> Does:
    """Return 'after some c, and the last letter is a' by two registers: c seen, and then no b.

    The last letter tells a from others, so that points are not states.
    """
    task = machine("regex:(a|b|c)*c(a|b|c)*a")
    forget, both = DeltaStep(ONE, (ZERO, ONE), ZERO), ((ONE, ZERO), (ZERO, ONE))
    fill = tuple(DeltaStep(ONE, key, ONE) for key in both)
    layer = Layer(
        alphabet=task.alphabet,
        initial=(ZERO, ZERO),
        steps={"a": (), "b": (forget,), "c": fill},
        codes=((ZERO, ZERO), (ONE, ZERO), (ONE, ONE)),
        emit=(("no",) * 3, ("yes", "no", "no"), ("yes", "no", "no")),
    )
    network = LinearRNN(
        alphabet=task.alphabet, layers=(layer,), outputs={"no": 0, "yes": 1}, empty=0
    )
    return Does(network, task)


@cache
def two_registers() -> Does:
    """Return two bits, each set and reset by letters of its own, as the corners of a square."""
    rows = [[q | 1, q & 2, q | 2, q & 1] for q in range(4)]
    task = Machine(alphabet="abcd", transitions=rows, initial=0, outputs=range(4))
    keys = ((ONE, ZERO), (ZERO, ONE))
    steps = [(DeltaStep(ONE, key, write),) for key in keys for write in (ONE, ZERO)]
    codes = [(ONE * (q & 1), ONE * (q >> 1)) for q in range(4)]
    return Does(one_layer(task, initial=codes[0], steps=steps, codes=codes), task)
