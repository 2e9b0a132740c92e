"""``certify``: what a result of the Python interface proves, in a file for strangers to check."""

from __future__ import annotations

from os import PathLike, fspath

from negeig.automata.machines.machine import Machine
from negeig.claims import DEFAULT_RESOURCES, InputError, Resources
from negeig.pipeline.check import CheckResult
from negeig.pipeline.compile import Compilation
from negeig.pipeline.monoid import MonoidResult
from negeig.pipeline.parts.budget_not_met import BudgetNotMet
from negeig.pipeline.parts.outputs import CERTIFICATES, check_file
from negeig.pipeline.precision import PrecisionResult
from negeig.proofs_checks.certificate import write
from negeig.proofs_checks.of_claims import Certificates
from negeig.proofs_checks.of_monoid import of_monoid
from negeig.proofs_checks.of_results import (
    of_check,
    of_compilation,
    of_precision,
    of_unmet_budget,
)
from negeig.theory.networks.network import LinearRNN

Certified = CheckResult | Compilation | PrecisionResult | MonoidResult | BudgetNotMet
"""What has certificates: results of check, compile, prove and monoid, and a refusal of compile."""


def certify(
    result: Certified,
    path: str | PathLike[str],
    *,
    network: LinearRNN | None = None,
    machine: Machine | None = None,
    resources: Resources = DEFAULT_RESOURCES,
) -> Certificates:
    """Write certificates of what a result proves; return them, and why other claims have none.

    Each claim is proved anew, in closures of at most ``resources.max_closure`` states. A file whose
    name ends in ``.gz`` is compressed; an existing one is replaced by a complete one only, and by
    none where nothing has a certificate.

    Parameters
    ----------
    result
        What ``check``, ``compile``, ``prove`` or ``monoid`` returned, or the BudgetNotMet that
        ``compile`` raised, which is certified by the lower bounds that the budget violates.
    path
        The file, which ``negeig verify`` and ``checker.py`` read.
    network, machine
        Those that ``prove`` was given; for a result of ``prove`` only.

    Raises InputError for what has no certificates, and for a path that cannot be written, before
    any work is done.

    Examples
    --------
    >>> import os, tempfile
    >>> import negeig
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "parity.json")
    ...     certificates = certify(negeig.check("(11)*"), path)
    ...     negeig.verify(path).verdict
    'VERIFIED'
    >>> [made.kind for made in certificates.made], certificates.missing
    (['closure', 'closure', 'closure', 'period', 'peeling'], \
['kernel:cpu: a run on words is no proof'])
    """
    if not isinstance(result, Certified):
        found = type(result).__name__
        expected = "what check, compile, prove or monoid returned, or a BudgetNotMet"
        raise InputError("certify", f"expected {expected}, found a {found}")
    if isinstance(result, PrecisionResult) is (network is None or machine is None):
        given = "of prove(network, machine, ...) the same two, and of nothing else"
        raise InputError("certify", f"network, machine: expected those {given}")
    check_file(fspath(path), CERTIFICATES, option="certify")
    certificates = _made(result, network, machine, resources)
    if certificates.made:
        write(fspath(path), certificates.made)
    return certificates


def _made(
    result: Certified, network: LinearRNN | None, machine: Machine | None, resources: Resources
) -> Certificates:
    if isinstance(result, CheckResult):
        return of_check(result, resources)
    if isinstance(result, Compilation):
        return of_compilation(result, resources)
    if isinstance(result, MonoidResult):
        return of_monoid(result)
    if isinstance(result, BudgetNotMet):
        return of_unmet_budget(result)
    assert network is not None
    assert machine is not None
    return of_precision(result, network, machine, resources)
