"""Certificates of what a repeated word shows: a period, or an index, of the kind ``period``.

A period tells of turns, and so of steps, dimensions and the eigenvalue -1. An index above 0, with
something read afterwards, tells of a letter that does not permute the states that a layer has to
tell apart, and so of the eigenvalue 0 (docs/theory/lower-bounds.md).
"""

from __future__ import annotations

from collections.abc import Callable

from negeig.automata.machines.machine import Machine
from negeig.claims import InputError, Word
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.kinds import kind_of
from negeig.theory.bounds.witnesses import Contexts, period_witness, period_witnesses


def period_certificate(machine: Machine, word: Word, allowed: Callable[[int], bool]) -> Certificate:
    """Return the certificate of outputs of a minimal machine whose period is not allowed.

    ``allowed`` holds for powers of two up to some one and for nothing else, or for all of them.
    Raises InputError where the word has no other period.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> made = period_certificate(get("mod:3").minimal(), ("1",), lambda period: period <= 2)
    >>> made.evidence["index"], made.evidence["period"]
    (0, 3)
    """
    found = list(period_witnesses(Contexts(machine), word, allowed))
    if not found:
        raise InputError("certificate", "no outputs show the period")
    witness = min(found, key=lambda one: (one.index, one.period))
    return kind_of(witness).certificate(witness, machine)


def index_certificate(machine: Machine) -> Certificate:
    """Return the certificate of a letter that merges states of a minimal machine for good.

    The outputs on ``prefix letter^k suffix`` become periodic after some k only, though the suffix
    has letters. Raises InputError where every letter permutes the states, those merged that every
    letter takes to the same state.

    Notes
    -----
    No power of the letter leads back to a state that is merged with none to which the letter leads.
    So it is told apart from what any number of letters leads to, by a word that has letters.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> made = index_certificate(get("flipflop").minimal())
    >>> made.evidence["index"], made.evidence["period"], made.evidence["suffix"] != []
    (1, 1, True)
    """
    contexts = Contexts(machine)
    rows = [tuple(row) for row in machine.transitions.tolist()]
    for a, letter in enumerate(machine.alphabet):
        led_to = {rows[row[a]] for row in rows}
        for state in contexts.states:
            if rows[state] not in led_to:
                suffix = read_later(contexts, state, _recurring(rows, state, a))
                witness = period_witness(machine, (letter,), contexts.reach(state), suffix)
                return kind_of(witness).certificate(witness, machine)
    raise InputError("certificate", "every letter permutes the states")


def _recurring(rows: list[tuple[int, ...]], state: int, a: int) -> int:
    """Return where a letter leads from a state that often that it has its period."""
    path = {state: 0}
    while (state := rows[state][a]) not in path:
        path[state] = len(path)
    period = len(path) - path[state]
    return list(path)[path[state] + -path[state] % period]


def read_later(contexts: Contexts, p: int, q: int) -> Word:
    """Return a word with letters that tells two states apart, which some letter takes apart."""
    table = contexts.machine.transitions
    for a, letter in enumerate(contexts.machine.alphabet):
        if table[p, a] != table[q, a]:
            return (letter, *contexts.separate(int(table[p, a]), int(table[q, a])))
    raise ValueError(f"states {p} and {q} are merged: every letter takes them to one state")
