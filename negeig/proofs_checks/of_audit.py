"""Certificates of what ``negeig audit`` decides: the eigenvalues of the matrices of tokens."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

from negeig.proofs_checks.certificate import Certificate
from negeig.proofs_checks.kinds import kind_of
from negeig.proofs_checks.of_claims import Certificates
from negeig.theory.exact.numbers import Matrix
from negeig.theory.spectra import certificate

MOST = 1_000
"""Distinct tokens of which certificates are made."""


def of_audit(result: Any) -> Certificates:
    """Return those of an :class:`~negeig.pipeline.audit.AuditResult`, one a distinct matrix.

    What is excluded follows from these, by the theorem that is named beside it. Matrices that are
    too large are counted among what has none.

    Examples
    --------
    >>> import numpy as np
    >>> from negeig.pipeline.audit import audit
    >>> layer = {"k": np.eye(2), "beta": np.array([1.0, 2.0])}
    >>> [one.evidence["kind"] for one in of_audit(audit(layer)).made]
    ['nonnegative', 'real']
    """
    found = Certificates()
    left: Counter[str] = Counter()
    for number, (index, matrix) in enumerate(result.matrices()):
        if number >= MOST:
            left[f"there are more than {MOST:,}"] += 1
        elif matrix is None:
            left["they are too large for one"] += 1
        else:
            found.add(f"token {index}", partial(_certificate, matrix))
    for reason, count in left.items():
        found.lack(f"{count:,} {'matrix' if count == 1 else 'matrices'}", reason)
    return found


def _certificate(matrix: Matrix) -> Certificate:
    proof = certificate(matrix)
    return kind_of(proof).certificate(proof, matrix)
