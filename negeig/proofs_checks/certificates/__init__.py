"""The kinds of certificates, one file each; see :mod:`negeig.proofs_checks.kinds`."""
