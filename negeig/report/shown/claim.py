"""A claim shows itself as a row of a table."""

from __future__ import annotations

from negeig.claims import Claim
from negeig.report.html.fragments import claims_html
from negeig.shown import View


def _html(claim: Claim) -> str:
    return claims_html([claim])


VIEW = View(html=_html)
