"""Certificates about two machines: a relation of their states, or a word on which they differ."""

from __future__ import annotations

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, output_text
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.subject import machine_json

SAME_CLAIM = "both machines have the same output on every word"
OTHER_CLAIM = "the outputs of the machines differ on this word"


def comparison_certificate(one: Machine, two: Machine) -> Certificate:
    """Return the certificate that two machines are equivalent, or that they are not.

    The letters of the second one are taken in the order of the first. Pairs of states are followed
    breadth first, so that a word is a shortest one: O(pairs x letters).

    Raises InputError where the alphabets differ as sets.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> comparison_certificate(get("mod:2"), get("parity")).evidence
    {'pairs': [[0, 0], [1, 1]]}
    >>> comparison_certificate(get("mod:4"), get("parity")).evidence
    {'word': ['1', '1']}
    """
    if set(one.alphabet) != set(two.alphabet):
        raise InputError("certificate", "the alphabets differ")
    other = Machine(
        alphabet=one.alphabet,
        transitions=two.transitions[:, [two.index(letter) for letter in one.alphabet]],
        initial=two.initial,
        outputs=two.outputs,
    )
    about = [machine_json(one), machine_json(other)]
    first, second = one.transitions.tolist(), other.transitions.tolist()
    start = (one.initial, other.initial)
    origin: dict[tuple[int, int], tuple[tuple[int, int], str] | None] = {start: None}
    queue = [start]
    for pair in queue:  # grows while it is read
        if output_text(one.outputs[pair[0]]) != output_text(other.outputs[pair[1]]):
            word = []
            step = origin[pair]
            while step is not None:
                word.append(step[1])
                step = origin[step[0]]
            return Certificate(
                kind="inequivalence",
                claim=OTHER_CLAIM,
                about=about,
                evidence={"word": word[::-1]},
            )
        for a, letter in enumerate(one.alphabet):
            after = first[pair[0]][a], second[pair[1]][a]
            if after not in origin:
                origin[after] = pair, letter
                queue.append(after)
    evidence = {"pairs": [list(pair) for pair in queue]}
    return Certificate(kind="equivalence", claim=SAME_CLAIM, about=about, evidence=evidence)
