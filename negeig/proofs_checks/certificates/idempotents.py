"""Two words, idempotent in the transition monoid, and a context in which efe and fe differ."""

from negeig.automata.machines.machine import Machine
from negeig.proofs_checks.kinds import CertificateKind, about_machine
from negeig.proofs_checks.subjects import MACHINE
from negeig.theory.bounds.witnesses import IdempotentWitness

KIND: CertificateKind[Machine] = CertificateKind(
    name="idempotents",
    statement="the words e and f are idempotent, and efe and fe differ in this context",
    evidence=IdempotentWitness,
    form=MACHINE,
    read=lambda data, _: IdempotentWitness.from_json(data),
    portable=about_machine,
)
