"""No contractive layer has affinely independent points for the states of a machine."""

from negeig.automata.machines.machine import Machine
from negeig.proofs_checks.kinds import CertificateKind, about_machine
from negeig.proofs_checks.subjects import MACHINE
from negeig.theory.contractions.refusal import InfeasibilityCertificate

KIND: CertificateKind[Machine] = CertificateKind(
    name="infeasibility",
    statement="no contractive layer has affinely independent points for the machine's states",
    evidence=InfeasibilityCertificate,
    form=MACHINE,
    read=lambda data, _: InfeasibilityCertificate.from_json(data),
    portable=about_machine,
)
