"""One picture by its name and its format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

from negeig.automata.decomposition.cascade_text import describe as text
from negeig.automata.decomposition.holonomy import holonomy
from negeig.automata.machines.machine import Machine
from negeig.automata.monoids.green import GreenRelations
from negeig.automata.monoids.monoid import TransitionMonoid, transition_monoid
from negeig.claims import InputError, Resources
from negeig.report import pictures


def draw(
    what: str, format: str, machine: Machine, resources: Resources, max_nodes: int | None = None
) -> str:
    """Return one picture of a minimal machine as ``text``, ``dot`` or ``svg``.

    ``max_nodes`` is the most nodes drawn; each kind of picture has its own default.
    """

    def monoid() -> TransitionMonoid:
        return transition_monoid(
            machine, max_elements=resources.max_elements, max_memory=resources.max_memory
        )

    limit: dict[str, Any] = {} if max_nodes is None else {"max_nodes": max_nodes}
    drawings: dict[tuple[str, str], Callable[[], str]] = {
        ("machine", "dot"): lambda: pictures.state_diagram_dot(machine, **limit),
        ("machine", "svg"): lambda: pictures.state_diagram_svg(machine, **limit),
        ("eggbox", "text"): lambda: pictures.eggbox_text(GreenRelations(monoid())),
        ("eggbox", "dot"): lambda: pictures.eggbox_dot(GreenRelations(monoid()), **limit),
        ("eggbox", "svg"): lambda: pictures.eggbox_svg(GreenRelations(monoid()), **limit),
        ("cayley", "dot"): lambda: pictures.cayley_dot(monoid(), **limit),
        ("cayley", "svg"): lambda: pictures.cayley_svg(monoid(), **limit),
        ("left-cayley", "dot"): lambda: pictures.cayley_dot(monoid(), side="left", **limit),
        ("left-cayley", "svg"): lambda: pictures.cayley_svg(monoid(), side="left", **limit),
        ("decomposition", "text"): lambda: text(holonomy(machine)),
        ("decomposition", "dot"): lambda: pictures.decomposition_dot(holonomy(machine), **limit),
        ("decomposition", "svg"): lambda: pictures.decomposition_svg(holonomy(machine), **limit),
    }
    if (what, format) not in drawings:
        raise InputError("picture", _unknown(what, format, drawings))
    if format == "text" and max_nodes is not None:
        raise InputError("picture", "--max-nodes is about --dot and --svg; a text shows everything")
    return drawings[what, format]()


def _unknown(what: str, format: str, known: Iterable[tuple[str, str]]) -> str:
    """Say how a picture is drawn instead, or which there are, the nearest name first."""
    formats: dict[str, list[str]] = {}
    for name, kind in known:
        formats.setdefault(name, []).append(kind)
    if what in formats:
        return f"{what} is drawn as {' or '.join(formats[what])}, not as {format}"
    near = get_close_matches(what.lower(), formats, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"there is no picture {what!r}; {hint}the pictures are {', '.join(formats)}"
