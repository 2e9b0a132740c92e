"""A word whose repetitions the outputs of a machine count modulo a number."""

from negeig.automata.machines.machine import Machine
from negeig.proofs_checks.kinds import CertificateKind, about_machine
from negeig.proofs_checks.subjects import MACHINE
from negeig.theory.bounds.witnesses import PeriodWitness

KIND: CertificateKind[Machine] = CertificateKind(
    name="period",
    statement="the outputs on prefix word^k suffix have this least index and period in k",
    evidence=PeriodWitness,
    form=MACHINE,
    read=PeriodWitness.from_json,
    portable=about_machine,
)
