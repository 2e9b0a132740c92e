"""A certificate that words of up to some length are right: all states that they lead to."""

from __future__ import annotations

from negeig.automata.machines.machine import Machine
from negeig.claims import Progress
from negeig.precision.numbers.arithmetic import Arithmetic
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.subject import Subject
from negeig.proofs_checks.runs.tables import plain_tables
from negeig.theory.networks.network import LinearRNN

LONGEST = 999_999
"""Letters of the longest words that a certificate may be about."""

CLAIM = "for words of up to this length the network's output is the machine's"


def horizon_certificate(
    network: LinearRNN,
    machine: Machine,
    arithmetic: str | Arithmetic,
    length: int = LONGEST,
    *,
    shorten: bool = False,
    max_states: int = 2_000_000,
    progress: Progress | None = None,
) -> Certificate:
    """List the states that words of up to a length lead to, however the length was found.

    With ``shorten`` the length is cut to what ``max_states`` states hold.

    Raises InputError where a word of that length errs, or for an arithmetic that certificates do
    not have; LimitReached beyond ``max_states`` states, where it may not be cut or is 0.

    Examples
    --------
    >>> from negeig.kernels.standard_suite import TASKS
    >>> task = TASKS["mod3-rotations"]
    >>> made = horizon_certificate(task.network, task.machine, "bf16:acc32", 40)
    >>> made.evidence
    {'layers': [41], 'states': 41, 'length': 40}
    >>> made = horizon_certificate(
    ...     task.network, task.machine, "bf16:acc32", shorten=True, max_states=20
    ... )
    >>> made.evidence
    {'layers': [21], 'states': 20, 'length': 19}
    """
    subject = Subject.of(network, machine, arithmetic)
    tables = plain_tables(subject, max_states, progress, length, shorten=shorten)
    return Certificate(
        kind="horizon",
        claim=CLAIM,
        about=subject.to_json(),
        evidence={
            "layers": [len(rows) for rows in tables.layers],
            "states": len(tables.states),
            "length": tables.length,
        },
        rows=(*tables.layers, tables.states),
    )
