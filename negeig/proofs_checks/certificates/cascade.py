"""A cascade of permutation-reset machines that computes a machine."""

from negeig.automata.decomposition.cascade_certificate import CascadeCertificate
from negeig.automata.machines.machine import Machine
from negeig.proofs_checks.kinds import CertificateKind, about_machine
from negeig.proofs_checks.subjects import MACHINE

KIND: CertificateKind[Machine] = CertificateKind(
    name="cascade",
    statement="every level permutes or resets, and the cascade computes the machine",
    evidence=CascadeCertificate,
    form=MACHINE,
    read=CascadeCertificate.from_json,
    portable=about_machine,
)
