"""No contractive layer has affinely independent points for the states of a machine."""

from typing import Any

from negeig.automata.machines.machine import Machine
from negeig.proofs_checks.kinds import CertificateKind
from negeig.proofs_checks.runs.subject import machine_json
from negeig.proofs_checks.subjects import MACHINE
from negeig.theory.contractions.refusal import InfeasibilityCertificate


def _portable(about: Any, evidence: Any) -> tuple[Any, Any]:
    """Leave out the idempotents, which say where the equations come from."""
    kept = {key: evidence[key] for key in ("vanishing", "equations")}
    return machine_json(MACHINE.from_json(about)), kept


KIND: CertificateKind[Machine] = CertificateKind(
    name="infeasibility",
    statement="no contractive layer has affinely independent points for the machine's states",
    evidence=InfeasibilityCertificate,
    form=MACHINE,
    read=lambda data, _: InfeasibilityCertificate.from_json(data),
    portable=_portable,
)
