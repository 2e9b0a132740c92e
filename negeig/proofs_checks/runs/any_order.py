"""A certificate that a network rounds nothing in any order of any sum, and is right."""

from __future__ import annotations

from dataclasses import replace

from negeig.automata.machines.machine import Machine
from negeig.claims import Exactness, InputError, Progress
from negeig.precision.numbers.formats import FORMATS
from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.runs.closure import closure_certificate
from negeig.proofs_checks.runs.subject import format_json
from negeig.theory.networks.network import LinearRNN


def any_order_certificate(
    network: LinearRNN,
    machine: Machine,
    found: Exactness,
    *,
    max_states: int = 2_000_000,
    progress: Progress | None = None,
) -> Certificate:
    """Return the exact closure of a network in the formats that hold all of its sums.

    It is about one position at a time: ``k.h - w``, that times beta, and ``h - k t``, each in any
    order. Raises as :func:`~negeig.proofs_checks.runs.closure.closure_certificate`, and InputError
    for chunks.

    Examples
    --------
    >>> import negeig
    >>> from negeig.precision.closure.any_order_closure import any_order_closure
    >>> made = negeig.compile(zoo="parity")
    >>> found = any_order_closure(made.network, made.machine).exactness
    >>> certificate = any_order_certificate(made.network, made.machine, found)
    >>> certificate.kind, sorted(certificate.about["arithmetic"])
    ('closure', ['operands', 'sums'])
    """
    if found.chunk:
        raise InputError("certificate", "there is none for the sums of chunks")
    made = closure_certificate(network, machine, "exact", max_states=max_states, progress=progress)
    formats = {"operands": found.operands, "sums": found.sums}
    arithmetic = {name: format_json(FORMATS[own]) for name, own in formats.items()}
    return replace(made, about={**made.about, "arithmetic": arithmetic})
