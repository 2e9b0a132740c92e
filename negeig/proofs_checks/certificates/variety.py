"""A class of languages that lacks a task: words that break a rule of the class, with a context."""

from negeig.automata.machines.machine import Machine
from negeig.automata.varieties.membership import Membership
from negeig.proofs_checks.kinds import CertificateKind
from negeig.proofs_checks.subjects import MACHINE

KIND: CertificateKind[Machine] = CertificateKind(
    name="variety",
    statement="the task of the minimal machine is not in this class",
    evidence=Membership,
    form=MACHINE,
    read=lambda data, _: Membership.from_json(data),
)
