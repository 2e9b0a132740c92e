"""A certificate that a network is right on words of every length: all its states."""

from __future__ import annotations

from negeig.automata.machines.machine import Machine
from negeig.claims import LimitReached, Progress
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.subject import Subject
from negeig.proofs_checks.runs.tables import Tables, plain_tables
from negeig.theory.networks.network import LinearRNN

CLAIM = "for words of every length the network's output is the machine's"

FEW_STATES = 2_000
"""States that are explored plainly before the compiled search is loaded."""


def closure_certificate(
    network: LinearRNN,
    machine: Machine,
    arithmetic: str | Arithmetic,
    *,
    max_states: int = 2_000_000,
    progress: Progress | None = None,
) -> Certificate:
    """Explore a network once more, and return every state as a certificate.

    Parameters
    ----------
    network : LinearRNN
        Parameters that the format does not hold are rounded to nearest even.
    machine : Machine
        Minimised first.
    arithmetic : str or Arithmetic
        In exact arithmetic states have to equal codes.
    max_states : int
        Most states of the whole network.

    Raises
    ------
    InputError
        Where the network errs, and for an arithmetic that certificates do not have.
    LimitReached
        Beyond ``max_states`` states.

    Examples
    --------
    >>> import negeig
    >>> made = negeig.compile(zoo="parity")
    >>> certificate = closure_certificate(made.network, made.machine, "bf16")
    >>> for row in list(certificate.lines())[1:]:
    ...     print(row)
    ["3ff0000000000000"]
    ["bff0000000000000"]
    [0,0]
    [1,1]
    """
    subject = Subject.of(network, machine, arithmetic)
    tables = _tables(subject, max_states, progress)
    return Certificate(
        kind="closure",
        claim=CLAIM,
        about=subject.to_json(),
        evidence={"layers": [len(rows) for rows in tables.layers], "states": len(tables.states)},
        rows=(*tables.layers, tables.states),
    )


def _tables(subject: Subject, max_states: int, progress: Progress | None) -> Tables:
    is_compiled = subject.arithmetic.is_basic and bool(subject.network.layers)
    few = min(max_states, FEW_STATES) if is_compiled else max_states
    try:
        return plain_tables(subject, few, progress)
    except LimitReached:
        if few == max_states:
            raise
    from negeig.proofs_checks.runs.compiled_tables import compiled_tables

    return compiled_tables(subject, max_states, progress=progress)
