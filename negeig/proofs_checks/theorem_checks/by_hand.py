"""Two levels for "the first letter is a", made by hand, one of which has to remember."""

from __future__ import annotations

from functools import cache

from negeig.proofs_checks.theorem_checks.networks import Does
from negeig.proofs_checks.theorem_checks.tasks import ONE, ZERO, machine
from negeig.theory.networks.network import DeltaStep, Layer, LinearRNN

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
