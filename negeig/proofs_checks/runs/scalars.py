"""Certificates that one number is not enough for one layer, of the kind ``scalar``.

An affine map that keeps a finite set of numbers is the identity, a constant or the mirror about the
midpoint. So two letters that are neither constant nor the identity, nor have the identity as their
product, take more; likewise one of which the square is not the identity.
"""

from __future__ import annotations

from itertools import product

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.repetitions import read_later
from negeig.proofs_checks.runs.subject import machine_json
from negeig.proofs_checks.runs.words_of_maps import columns_of
from negeig.theory.bounds.witnesses import Contexts

CLAIM = "letters act neither as constants nor as the identity or one mirror"


def scalar_certificate(machine: Machine) -> Certificate:
    """Return the certificate of a minimal machine that takes more than one number in one layer.

    Raises InputError where letters do no more than an affine map of numbers can. O(letters^2 x
    states).

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> scalar_certificate(get("mod:3").minimal()).evidence["letters"]
    [1, 1]
    """
    contexts = Contexts(machine)
    letters = range(len(machine.alphabet))
    constant = [_two_values(contexts, a) for a in letters]
    for a, b in product(letters, repeat=2):
        moved = [_moved(contexts, word) for word in ((a,), (b,), (a, b))]
        if constant[a] and constant[b] and all(moved):
            return Certificate(
                kind="scalar",
                claim=CLAIM,
                about=machine_json(machine),
                evidence={
                    "letters": [a, b],
                    "constant": [constant[a], constant[b]],
                    "identity": moved,
                },
            )
    raise InputError("certificate", "letters do no more than the identity, constants or one mirror")


def _two_values(contexts: Contexts, a: int) -> list[list[int]] | None:
    """Return two words and a third, read after them and the letter, with different outputs."""
    column = contexts.machine.transitions[:, a].tolist()
    p, *others = contexts.states
    q = next((q for q in others if column[q] != column[p]), None)
    if q is None:
        return None
    words = contexts.reach(p), contexts.reach(q), contexts.separate(column[p], column[q])
    return [columns_of(contexts.machine, word) for word in words]


def _moved(contexts: Contexts, word: tuple[int, ...]) -> list[list[int]] | None:
    """Return a prefix, and a suffix with letters, between which the word makes a difference."""
    table = contexts.machine.transitions
    for state in contexts.states:
        moved = state
        for a in word:
            moved = int(table[moved, a])
        if (table[moved] != table[state]).any():
            words = contexts.reach(state), read_later(contexts, state, moved)
            return [columns_of(contexts.machine, word) for word in words]
    return None
