"""Which eigenvalues a matrix of rationals has: all >= 0, all real, or some that are not."""

from negeig.proofs_checks.kinds import CertificateKind
from negeig.proofs_checks.subjects import MATRIX
from negeig.theory.exact.numbers import Matrix
from negeig.theory.spectra import verifier
from negeig.theory.spectra.certificates import SpectrumCertificate, from_json

KIND: CertificateKind[Matrix] = CertificateKind(
    name="spectrum",
    statement="the eigenvalues of the matrix are of this kind",
    evidence=SpectrumCertificate,
    form=MATRIX,
    read=lambda data, _: from_json(data),
    checker=verifier.problems,
    portable=lambda about, evidence: (about, {"trace": [], "factors": [], **evidence}),
)
