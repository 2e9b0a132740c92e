"""A transition monoid shows itself as its egg-box picture."""

from __future__ import annotations

from negeig.automata.monoids.green import GreenRelations
from negeig.automata.monoids.monoid import TransitionMonoid
from negeig.report.pictures import eggbox_svg
from negeig.shown import View


def _svg(monoid: TransitionMonoid) -> str:
    return eggbox_svg(GreenRelations(monoid))


VIEW = View(svg=_svg)
