"""The pictures of a small machine's monoid together: egg-box, Cayley graph, decomposition."""

from __future__ import annotations

from typing import Any

from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import GreenRelations
from negeig.automata.monoids.monoid import transition_monoid
from negeig.report.pictures.cayley import cayley_svg
from negeig.report.pictures.decomposition import decomposition_svg
from negeig.report.pictures.eggbox_drawing import eggbox_svg

MOST_CELLS = 200
"""H-classes that are drawn one by one."""

MOST_DECOMPOSED = 40
"""States of a machine whose decomposition is drawn: the work grows with their cube."""


def monoid_pictures(machine: Machine, most: int) -> list[dict[str, Any]]:
    """Return names, captions and pictures; of at most ``most`` elements the Cayley graph too.

    Raises LimitReached for a monoid that is too large to list.

    Examples
    --------
    >>> from negeig.automata.zoo import get
    >>> [drawn["name"] for drawn in monoid_pictures(get("parity").minimal(), 60)]
    ['Egg-box picture', 'Right Cayley graph', 'Krohn-Rhodes decomposition']
    """
    monoid = transition_monoid(machine)
    found = [
        {
            "name": "Egg-box picture",
            "caption": "The egg-box picture of the transition monoid: a table for each J-class.",
            "svg": eggbox_svg(GreenRelations(monoid), max_nodes=MOST_CELLS),
        }
    ]
    if monoid.size <= most:
        found.append(
            {
                "name": "Right Cayley graph",
                "caption": "The right Cayley graph: elements under their shortest words, an edge "
                "for each letter read after them.",
                "svg": cayley_svg(monoid),
            }
        )
    if machine.size <= MOST_DECOMPOSED:
        found.append(
            {
                "name": "Krohn-Rhodes decomposition",
                "caption": "The levels of a cascade of permutation-reset machines that the "
                "machine is an image of, top level first.",
                "svg": decomposition_svg(holonomy(machine)),
            }
        )
    return found
