"""Certificates of what ``negeig monoid`` finds: the cascade of Krohn and Rhodes."""

from __future__ import annotations

from typing import Any

from negeig.automata.decomposition.cascade_certificate import CascadeCertificate
from negeig.automata.decomposition.holonomy import holonomy
from negeig.proofs_checks.of_claims import Certificates, of_evidence


def of_monoid(result: Any) -> Certificates:
    """Return that of a :class:`~negeig.pipeline.monoid.MonoidResult`, of its decomposition.

    Examples
    --------
    >>> import negeig
    >>> [made.kind for made in of_monoid(negeig.monoid("a(a|b)*")).made]
    ['cascade']
    """
    found = Certificates()
    machine, decomposition = result.machine, result.decomposition
    if machine is None or decomposition["levels"] is None:
        reason = decomposition.get("reason") or "its machine was not built"
        found.lack("Krohn-Rhodes", reason)
    else:
        of_evidence("Krohn-Rhodes", CascadeCertificate(holonomy(machine)), machine, found)
    if result.varieties is not None:
        found.lack("classes, Since depth", "the rules of each class would stand in the checker")
    return found
