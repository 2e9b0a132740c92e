"""Exact spectra: how many eigenvalues are positive, zero, negative, not real; with certificates."""

from negeig.moved import names_of
from negeig.theory.spectra.certificates import SpectrumCertificate, certificate, refutation
from negeig.theory.spectra.counts import Spectrum, spectrum
from negeig.theory.spectra.products import product_block, product_spectrum
from negeig.theory.spectra.verifier import verify

__all__ = [
    "Spectrum",
    "SpectrumCertificate",
    "certificate",
    "product_block",
    "product_spectrum",
    "refutation",
    "spectrum",
    "verify",
]

__getattr__ = names_of(__name__, Certificate="negeig.theory.spectra:SpectrumCertificate")
